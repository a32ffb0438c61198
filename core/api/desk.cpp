// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/api/desk.h"

#include "moc_desk.cpp"
