// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/events/facts.h"
#include "core/routing/workingset.h"

#include <QJsonObject>

#include <functional>
#include <optional>

/// The task router's decisions (routing.md 2.1-2.5). Pure: every function reads the working set, is
/// told the time, and emits facts. `Emit` applies the fact to the working set before it returns, so
/// each decision sees the ones before it.
namespace peerdesk::routing {

using Emit = std::function<void(const events::Fact &)>;

/// Places a new task: evaluates the workflow's filters over its attributes and fills filterIndex,
/// targetIndex, taskQueue, priority and taskQueueEnteredDate. `facts` are the extra references of
/// filters: {"customer":{},"channel":{}}. Errors: NotFound (no such workflow, queue), Rejected (no
/// filter matches and there is no default).
Result<Task> place(const WorkingSet &set, Task task, const QJsonObject &facts, Time now);

/// Settles everything that can be settled now: expired offers, target and task time-outs, ended
/// wrap-ups, then matches waiting tasks with eligible workers. Run after each command and when a
/// deadline is reached; a second run at the same `now` emits nothing.
void settle(const WorkingSet &set, Time now, const Emit &emit);

/// The next moment at which settle() has something to do by time alone.
std::optional<Time> nextDeadline(const WorkingSet &set, Time now);

/// Errors: NotFound; Forbidden if it is another worker's; Rejected with the reservation's state.
Result<Done> accept(const WorkingSet &set, ReservationId id, WorkerId worker, Time now,
                    const Emit &emit);
/// A set `activity` is taken up at once. Same errors.
Result<Done> reject(const WorkingSet &set, ReservationId id, WorkerId worker, ActivityId activity,
                    Time now, const Emit &emit);
/// assigned → wrapping, for `duration` (zero = until completed by hand). Errors: NotFound, Rejected
/// with the task's state.
Result<Done> wrapUp(const WorkingSet &set, TaskId id, Milliseconds duration, Time now,
                    const Emit &emit);
/// assigned|wrapping → completed.
Result<Done> complete(const WorkingSet &set, TaskId id, const QString &reason, const Emit &emit);
/// pending|reserved → canceled; live offers end.
Result<Done> cancel(const WorkingSet &set, TaskId id, const QString &reason, const Emit &emit);
/// Pull: makes `worker` the owner without an offer; pending or reserved tasks only. Capacity is not
/// asked: the person chose.
Result<Done> take(const WorkingSet &set, TaskId id, WorkerId worker, Time now, const Emit &emit);
/// Changes a worker's activity; with `rejectPending` its pending offers end as rejected.
Result<Done> setActivity(const WorkingSet &set, WorkerId worker, ActivityId activity,
                         bool rejectPending, Time now, const Emit &emit);

/// Errors: Invalid with line/column in `detail`.
Result<Done> validateExpression(const QString &expression);
Result<Done> validateWorkflow(const WorkingSet &set, const Json &configuration);

/// Why a task waits, or why its worker has it: {task, status, queue, worker, workers:[{worker,
/// eligible, reason}]}.
QJsonObject explain(const WorkingSet &set, TaskId id, Time now);

} // namespace peerdesk::routing
