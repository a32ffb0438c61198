// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/api/connector.h"

#include "moc_connector.cpp"
