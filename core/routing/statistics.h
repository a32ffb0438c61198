// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/routing/index.h"
#include "core/routing/router.h"

namespace peerdesk::routing {

/// The state at this moment. Source: routing.md 2.8, real time. Ages are whole seconds.
/// Errors: NotFound.
Result<QJsonObject> realTimeStatistics(const Index &index, const StatisticsScope &scope, Time now);

} // namespace peerdesk::routing
