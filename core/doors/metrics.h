// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/api/desk.h"

#include <map>

namespace peerdesk::doors {

/// What /metrics shows: numbers only, no names or contents of people. Pure.
/// Source: Prometheus text format 0.0.4.
QByteArray metricsText(const api::OfficeStatus &status, const std::map<int, quint64> &answers,
                       int streams);

} // namespace peerdesk::doors
