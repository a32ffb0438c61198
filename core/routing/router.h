// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/events/facts.h"
#include "core/routing/workingset.h"

#include <QJsonObject>

#include <functional>
#include <memory>
#include <optional>

/// The task router's decisions (routing.md 2.1-2.5). Pure: every function reads the working set, is
/// told the time, and emits facts. `Emit` applies the fact to the working set before it returns, so
/// each decision sees the ones before it.
namespace peerdesk::routing {

using Emit = std::function<void(const events::Fact &)>;

/// Places a new task: evaluates the workflow's filters over its attributes and fills filterIndex,
/// targetIndex, taskQueue, priority and taskQueueEnteredDate; also routingFacts, and where not set
/// taskPriority (from priority), dateCreated and virtualStartTime (now). `facts` are the extra
/// references of filters: {"customer":{},"channel":{},"now":{"hour":0,"weekday":1}}; `now` is UTC
/// where it is not given. Errors: NotFound (no such workflow, queue), Rejected (no filter matches
/// and there is no default), Invalid (the workflow's configuration).
Result<Task> place(const WorkingSet &set, Task task, const QJsonObject &facts, Time now);

/// After-contact work of a conversation ends by itself after this; that of a task without one by
/// request only.
constexpr Milliseconds WrapUpTime = std::chrono::minutes(5);

/// Most facts that one settle() emits unless told otherwise.
constexpr int MaxSettleFacts = 100'000;

/// Settles everything that can be settled now: expired offers, target and task time-outs, ended
/// wrap-ups, then matches waiting tasks with eligible workers. Run after each command and when a
/// deadline is reached; a second run at the same `now` emits nothing. Stops between two decisions
/// once `atMost` facts are out (one decision has at most 52); true = there is more to settle now.
bool settle(const WorkingSet &set, Time now, const Emit &emitFact, int atMost = MaxSettleFacts);

/// After a task's attributes changed: evaluates the filters anew. Where the first that matches is
/// the one it is in already (or the task is no longer pending), it stays in its step. Errors:
/// NotFound.
Result<Done> reevaluate(const WorkingSet &set, TaskId id, Time now, const Emit &emitFact);

/// The next moment at which settle() has something to do by time alone.
std::optional<Time> nextDeadline(const WorkingSet &set, Time now);

/// Errors: NotFound; Forbidden if it is another worker's; Rejected with the reservation's state. An
/// offer of a cold transfer makes the worker the owner, one of a warm transfer a participant.
Result<Done> accept(const WorkingSet &set, ReservationId id, WorkerId worker, Time now,
                    const Emit &emitFact);
/// A set `activity` is taken up at once. Same errors.
Result<Done> reject(const WorkingSet &set, ReservationId id, WorkerId worker, ActivityId activity,
                    Time now, const Emit &emitFact);
/// assigned → wrapping, for `duration` (zero = until completed by hand). Errors: NotFound, Rejected
/// with the task's state.
Result<Done> wrapUp(const WorkingSet &set, TaskId id, Milliseconds duration, Time now,
                    const Emit &emitFact);
/// assigned|wrapping → completed.
Result<Done> complete(const WorkingSet &set, TaskId id, const QString &reason,
                      const Emit &emitFact);
/// pending|reserved → canceled; live offers end.
Result<Done> cancel(const WorkingSet &set, TaskId id, const QString &reason, const Emit &emitFact);
/// Pull: makes `worker` the owner without an offer; pending or reserved tasks only. Capacity is not
/// asked: the person chose.
Result<Done> take(const WorkingSet &set, TaskId id, WorkerId worker, Time now,
                  const Emit &emitFact);
/// Begins to hand an assigned task on; id, type, mode and target of `transfer` are looked at, and
/// ignoreCapacity. Errors: NotFound, Invalid, Rejected with the state of the task, of the transfer
/// that is under way or of the worker.
Result<Done> beginTransfer(const WorkingSet &set, TaskId id, Transfer transfer, Time now,
                           const Emit &emitFact);
/// Warm: who has joined becomes the owner. Errors: NotFound, Rejected with the transfer's state.
Result<Done> completeTransfer(const WorkingSet &set, TaskId id, Time now, const Emit &emitFact);
/// Errors: NotFound, Rejected with the transfer's state.
Result<Done> cancelTransfer(const WorkingSet &set, TaskId id, const QString &reason,
                            const Emit &emitFact);
/// Ends one worker's part of a task: after-contact work after a transfer, or help that was asked
/// for. That of the task's owner ends the task. Errors: NotFound, Rejected with the state.
Result<Done> completeLeg(const WorkingSet &set, ReservationId id, const Emit &emitFact);
/// Changes a worker's activity; with `rejectPending` its pending offers end as rejected.
Result<Done> setActivity(const WorkingSet &set, WorkerId worker, ActivityId activity,
                         bool rejectPending, Time now, const Emit &emitFact);

/// Errors: Invalid with line/column in `detail`.
Result<Done> validateExpression(const QString &expression);
Result<Done> validateWorkflow(const WorkingSet &set, const Json &configuration);

/// Why a task waits, or why its worker has it: {task, status, queue, worker, workers:[{worker,
/// eligible, reason}]}.
QJsonObject explain(const WorkingSet &set, TaskId id, Time now);

class Index;

/// What a waiting customer can be told.
struct Standing
{
    int position = 1;                   ///< in its queue and task channel, itself counted
    std::optional<double> expectedWait; ///< seconds; nothing = nobody can tell
};

/// What is counted: everything, or what belongs to one queue, workflow or worker.
struct StatisticsScope
{
    enum class Kind { Workspace, Queue, Workflow, Worker };
    Kind kind = Kind::Workspace;
    QUuid id = {};            ///< null for the workspace
    QString taskChannel = {}; ///< empty = all
};

/// The same decisions with what they derive from the working set kept warm between calls: compiled
/// expressions, queue membership, loads, deadlines. The free functions above derive it anew each
/// time, which takes up to a second with 10,000 workers and tasks; a node uses this. Whoever
/// changes the set tells `changed`, also with each fact of a batch that was taken back; facts that
/// settle() emits are followed by itself (being told again does no harm). Borrows the set. One
/// thread.
class Router
{
public:
    explicit Router(const WorkingSet &set);
    ~Router();
    Router(const Router &) = delete;
    Router &operator=(const Router &) = delete;

    /// After `fact` was applied to the set, or taken back.
    void changed(const events::Fact &fact);
    /// After the set was replaced as a whole.
    void rebuild();

    bool settle(Time now, const Emit &emitFact, int atMost = MaxSettleFacts);
    std::optional<Time> nextDeadline(Time now) const;
    /// As place(), without compiling the workflow anew.
    Result<Task> place(Task task, const QJsonObject &facts, Time now) const;
    /// The first waiting task that the worker may be asked for, in one queue or (null) in all that
    /// it is a member of, whatever its capacity. Errors: NotFound.
    Result<TaskId> nextFor(WorkerId worker, QueueId queue) const;
    QJsonObject explain(TaskId id, Time now) const;
    /// Where a task stands that nobody has yet, as explain() tells it; one that is being offered is
    /// first. Nothing for others.
    std::optional<Standing> standing(TaskId id, Time now) const;
    /// Errors: NotFound, Invalid.
    Result<QJsonObject> statistics(const StatisticsScope &scope, Time now) const;

private:
    std::unique_ptr<Index> m_index;
};

} // namespace peerdesk::routing
