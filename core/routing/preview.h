// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/routing/workingset.h"

#include <QJsonObject>

namespace peerdesk::routing {

/// Who would be asked for `task` if it came now, in words: explain() of it with `order`, the ids of
/// those who could take it now, best first (at most 50), and `skips` where nobody could and the
/// step would be left at once; else, where the step has an end, `times_out_after` seconds and
/// `then`, the queue that is next, empty = the task would be given up. Nothing is changed. Errors:
/// those of place().
Result<QJsonObject> preview(const WorkingSet &set, Task task, const QJsonObject &facts, Time now);

/// Members of a queue with this expression, whatever they do now. Errors: those of
/// Expression::parse().
Result<std::vector<WorkerId>> membersOf(const WorkingSet &set, const QString &targetWorkers);

} // namespace peerdesk::routing
