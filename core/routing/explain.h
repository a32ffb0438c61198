// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/routing/index.h"
#include "core/routing/router.h"

namespace peerdesk::routing {

/// Most workers that an explanation lists; more are counted in `workers_left_out`.
constexpr int MaxExplainedWorkers = 1000;

/// See explain() in router.h. Empty if there is no such open task.
QJsonObject explainTask(Index &index, TaskId id, Time now);

/// See Router::standing().
std::optional<Standing> standingOf(Index &index, TaskId id, Time now);

} // namespace peerdesk::routing
