// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/routing/router.h"

#include "core/base/json.h"
#include "core/routing/boundfilters.h"
#include "core/routing/explain.h"
#include "core/routing/matching.h"
#include "core/routing/scope.h"
#include "core/routing/settle.h"
#include "core/routing/statistics.h"
#include "core/routing/transfer.h"

namespace peerdesk::routing {

using namespace Qt::StringLiterals;

namespace {

/// Earliest start that a task may claim: 1900-01-01. Source: routing.md 2.1.
constexpr Time EarliestStart{-2'208'988'800'000};
constexpr qint64 EndOfTime = std::numeric_limits<qint64>::max();

QueueId queueNamed(const WorkingSet &set, const QString &name)
{
    const QueueId id = QueueId::fromString(name);
    if (!id.isNull() && set.queues.contains(id))
        return id;
    for (const auto &[queueId, queue] : set.queues) {
        if (queue.friendlyName.compare(name, Qt::CaseInsensitive) == 0)
            return queueId;
    }
    return {};
}

template <typename Status>
Error wrongState(const QString &what, Status status)
{
    return rejected(u"%1 is %2"_s.arg(what, enumName(status)), enumName(status));
}

Result<Task> taskIn(const WorkingSet &set, TaskId id)
{
    const auto found = set.tasks.find(id);
    if (found == set.tasks.end())
        return notFound(u"no open task %1"_s.arg(id.toString()));
    return found->second;
}

/// An offer that `worker` may still answer.
Result<Reservation> openOffer(const WorkingSet &set, ReservationId id, WorkerId worker, Time now)
{
    const auto found = set.reservations.find(id);
    if (found == set.reservations.end())
        return notFound(u"no live reservation %1"_s.arg(id.toString()));
    const Reservation &reservation = found->second;
    if (reservation.worker != worker)
        return Error{Error::Code::Forbidden, u"the offer is another worker's"_s, {}};
    if (reservation.status != ReservationStatus::Pending)
        return wrongState(u"the offer"_s, reservation.status);
    if (reservation.expiresAt.isSet() && reservation.expiresAt <= now)
        return wrongState(u"the offer"_s, ReservationStatus::Timeout);
    return reservation;
}

/// The pending offers of a task, apart from `except`.
std::vector<ReservationId> pendingOffers(const WorkingSet &set, const Task &task,
                                         ReservationId except)
{
    std::vector<ReservationId> out;
    for (const ReservationId &id : task.reservations) {
        const auto found = set.reservations.find(id);
        if (id != except && found != set.reservations.end() &&
            found->second.status == ReservationStatus::Pending)
            out.push_back(id);
    }
    return out;
}

bool isWaiting(const Task &task)
{
    return task.assignmentStatus == TaskStatus::Pending ||
           task.assignmentStatus == TaskStatus::Reserved;
}

} // namespace

namespace {

/// place() by a workflow that is compiled already; `queueNamed` finds a queue by id or name.
template <typename QueueNamed>
Result<Task> placeBy(const Plan &plan, const BoundFilters &filters, const Symbols &symbols,
                     Task task, const QJsonObject &facts, Time now, const QueueNamed &queueNamed)
{
    if (!task.dateCreated.isSet())
        task.dateCreated = now;
    if (!task.virtualStartTime.isSet())
        task.virtualStartTime = task.dateCreated;
    task.virtualStartTime = std::clamp(task.virtualStartTime, EarliestStart, now);
    if (task.taskPriority == 0)
        task.taskPriority = task.priority;
    task.routingFacts = filters.factsOf(facts);
    task.filterIndex = filters.firstMatch(task, now, symbols);
    task.targetIndex = 0;
    const Target *target = plan.at(task.filterIndex, 0);
    if (!target)
        return rejected(u"no filter matches and there is no default"_s, {});
    task.taskQueue = queueNamed(target->queue);
    if (task.taskQueue.isNull())
        return notFound(u"no such queue: %1"_s.arg(target->queue));
    task.priority = target->priority.value_or(task.taskPriority);
    task.taskQueueEnteredDate = now;
    task.assignmentStatus = TaskStatus::Pending;
    return task;
}

} // namespace

Result<Task> place(const WorkingSet &set, Task task, const QJsonObject &facts, Time now)
{
    const auto workflow = set.workflows.find(task.workflow);
    if (workflow == set.workflows.end())
        return notFound(u"no such workflow: %1"_s.arg(task.workflow.toString()));
    const Result<Plan> plan = parsePlan(workflow->second.configuration);
    if (!plan)
        return plan.error();
    Symbols symbols;
    const BoundFilters filters(*plan, symbols);
    return placeBy(*plan, filters, symbols, std::move(task), facts, now,
                   [&](const QString &name) { return queueNamed(set, name); });
}

Result<Done> reevaluate(const WorkingSet &set, TaskId id, Time now, const Emit &emitFact)
{
    const Result<Task> task = taskIn(set, id);
    if (!task)
        return task.error();
    if (task->assignmentStatus != TaskStatus::Pending)
        return Done{};
    Task again = *task;
    again.priority = again.taskPriority;
    const Result<Task> placed = place(set, again, json::object(task->routingFacts), now);
    if (placed && placed->filterIndex != task->filterIndex)
        emitFact(events::TaskEnteredQueue{id, placed->taskQueue, placed->filterIndex,
                                          placed->targetIndex, placed->priority});
    return Done{};
}

Result<Done> accept(const WorkingSet &set, ReservationId id, WorkerId worker, Time now,
                    const Emit &emitFact)
{
    const Result<Reservation> offer = openOffer(set, id, worker, now);
    if (!offer)
        return offer.error();
    const Result<Task> task = taskIn(set, offer->task);
    if (!task)
        return task.error();
    const bool isHandedOn = !offer->transfer.isNull();
    if (isHandedOn ? !task->isTransferring() || task->transfer->id != offer->transfer
                   : task->assignmentStatus != TaskStatus::Reserved)
        return wrongState(u"the task"_s, task->assignmentStatus);
    emitFact(events::ReservationAccepted{id});
    for (const ReservationId &sibling : pendingOffers(set, *task, id))
        emitFact(events::ReservationRescinded{sibling});
    if (isHandedOn && task->transfer->mode == TransferMode::Cold)
        finishTransfer(set, task->id, now, emitFact);
    return Done{};
}

Result<Done> reject(const WorkingSet &set, ReservationId id, WorkerId worker, ActivityId activity,
                    Time now, const Emit &emitFact)
{
    const Result<Reservation> offer = openOffer(set, id, worker, now);
    if (!offer)
        return offer.error();
    if (!activity.isNull() && !set.activities.contains(activity))
        return notFound(u"no such activity: %1"_s.arg(activity.toString()));
    emitFact(events::ReservationRejected{id});
    attemptFailed(set, *offer, u"declined"_s, emitFact);
    return activity.isNull() ? Done{} : setActivity(set, worker, activity, false, now, emitFact);
}

Result<Done> wrapUp(const WorkingSet &set, TaskId id, Milliseconds duration, Time now,
                    const Emit &emitFact)
{
    const Result<Task> task = taskIn(set, id);
    if (!task)
        return task.error();
    if (task->assignmentStatus != TaskStatus::Assigned)
        return wrongState(u"the task"_s, task->assignmentStatus);
    cancelTransferOf(set, id, u"the task ended"_s, emitFact);
    std::vector<ReservationId> held;
    const auto current = set.tasks.get(id); // the transfer may have changed it
    for (const ReservationId &leg : current->reservations) {
        if (set.reservations.at(leg).status == ReservationStatus::Accepted)
            held.push_back(leg);
    }
    emitFact(events::TaskWrapping{id, duration.count() > 0 ? now + duration : Time{}});
    for (const ReservationId &leg : held)
        emitFact(events::ReservationWrapping{leg});
    return Done{};
}

Result<Done> complete(const WorkingSet &set, TaskId id, const QString &reason, const Emit &emitFact)
{
    const Result<Task> task = taskIn(set, id);
    if (!task)
        return task.error();
    if (task->assignmentStatus != TaskStatus::Assigned &&
        task->assignmentStatus != TaskStatus::Wrapping)
        return wrongState(u"the task"_s, task->assignmentStatus);
    completeTask(set, *task, reason, emitFact);
    return Done{};
}

Result<Done> cancel(const WorkingSet &set, TaskId id, const QString &reason, const Emit &emitFact)
{
    const Result<Task> task = taskIn(set, id);
    if (!task)
        return task.error();
    if (!isWaiting(*task))
        return wrongState(u"the task"_s, task->assignmentStatus);
    cancelTask(set, *task, reason, emitFact);
    return Done{};
}

Result<Done> take(const WorkingSet &set, TaskId id, WorkerId worker, Time now, const Emit &emitFact)
{
    const Result<Task> task = taskIn(set, id);
    if (!task)
        return task.error();
    if (!set.workers.contains(worker))
        return notFound(u"no such worker: %1"_s.arg(worker.toString()));
    const bool isHandedOn = task->isTransferring() && task->transfer->joined.isNull() &&
                            task->transfer->initiatingWorker != worker;
    if (!isWaiting(*task) && !isHandedOn)
        return wrongState(u"the task"_s, task->assignmentStatus);
    ReservationId own; // an offer to the same worker is simply accepted
    for (const ReservationId &offer : pendingOffers(set, *task, {})) {
        if (set.reservations.at(offer).worker == worker)
            own = offer;
    }
    for (const ReservationId &other : pendingOffers(set, *task, own))
        emitFact(events::ReservationRescinded{other});
    if (own.isNull()) {
        Reservation taken = offerOf(set.tasks.at(id), worker, now, {});
        taken.why = u"taken"_s;
        own = taken.id;
        emitFact(events::ReservationCreated{taken});
    }
    emitFact(events::ReservationAccepted{own});
    if (isHandedOn && task->transfer->mode == TransferMode::Cold)
        finishTransfer(set, id, now, emitFact);
    return Done{};
}

Result<Done> setActivity(const WorkingSet &set, WorkerId worker, ActivityId activity,
                         bool rejectPending, Time now, const Emit &emitFact)
{
    Q_UNUSED(now)
    const auto found = set.workers.find(worker);
    if (found == set.workers.end())
        return notFound(u"no such worker: %1"_s.arg(worker.toString()));
    const auto wanted = set.activities.find(activity);
    if (wanted == set.activities.end())
        return notFound(u"no such activity: %1"_s.arg(activity.toString()));
    if (rejectPending) {
        std::vector<Reservation> offers;
        for (const auto &[id, reservation] : set.reservations) {
            if (reservation.worker == worker && reservation.status == ReservationStatus::Pending)
                offers.push_back(reservation);
        }
        for (const Reservation &offer : offers) {
            emitFact(events::ReservationRejected{offer.id});
            attemptFailed(set, offer, u"declined"_s, emitFact);
        }
    }
    // Choosing the activity one is in already does not start idleness anew.
    if (found->second.activity != activity || found->second.available != wanted->second.available)
        emitFact(events::WorkerActivityChanged{worker, activity, wanted->second.available, false});
    return Done{};
}

Result<Done> validateExpression(const QString &expression)
{
    const Result<Expression> parsed = Expression::parse(expression);
    return parsed ? Result<Done>(Done{}) : Result<Done>(parsed.error());
}

Result<Done> validateWorkflow(const WorkingSet &set, const Json &configuration)
{
    const Result<Plan> plan = parsePlan(configuration);
    if (!plan)
        return plan.error();
    for (size_t i = 0; i < plan->filters.size(); ++i) {
        const std::vector<Target> &targets = plan->filters[i].targets;
        for (size_t t = 0; t < targets.size(); ++t) {
            if (queueNamed(set, targets[t].queue).isNull())
                return invalid(
                    u"filter %1: target %2: no such queue: %3"_s.arg(i + 1).arg(t + 1).arg(
                        targets[t].queue));
        }
    }
    if (plan->defaultTarget && queueNamed(set, plan->defaultTarget->queue).isNull())
        return invalid(u"default_filter: no such queue: %1"_s.arg(plan->defaultTarget->queue));
    return Done{};
}

Router::Router(const WorkingSet &set)
    : m_index(std::make_unique<Index>(set))
{}

Router::~Router() = default;

void Router::changed(const events::Fact &fact)
{
    m_index->changed(fact);
}

void Router::rebuild()
{
    m_index->rebuild();
}

bool Router::settle(Time now, const Emit &emitFact, int atMost)
{
    return Settlement(*m_index, now, emitFact, atMost).run();
}

std::optional<Time> Router::nextDeadline(Time now) const
{
    Time released{EndOfTime}; // when units are no longer kept
    for (const auto &[worker, hold] : holdsAt(*m_index, now))
        released = std::min(released, hold.until);
    if (const std::optional<Time> deadline = m_index->nextDeadline(now))
        return std::min(*deadline, released);
    return released.ms == EndOfTime ? std::nullopt : std::optional(released);
}

Result<Task> Router::place(Task task, const QJsonObject &facts, Time now) const
{
    const Plan *plan = m_index->plan(task.workflow);
    if (!plan) // gone or damaged: the long way says which
        return routing::place(m_index->set(), std::move(task), facts, now);
    return placeBy(*plan, *m_index->filters(task.workflow), m_index->symbols(), std::move(task),
                   facts, now, [this](const QString &name) { return m_index->queueNamed(name); });
}

Result<TaskId> Router::nextFor(WorkerId worker, QueueId queue) const
{
    const WorkingSet &set = m_index->set();
    const auto who = set.workers.find(worker);
    const WorkerView *view = m_index->worker(worker);
    if (who == set.workers.end() || !view)
        return notFound(u"no such worker: %1"_s.arg(worker.toString()));
    if (!queue.isNull() && !set.queues.contains(queue))
        return notFound(u"no such queue: %1"_s.arg(queue.toString()));
    std::optional<Rank> best;
    for (const QueueId &id : queue.isNull() ? view->queues : std::vector{queue}) {
        const QueueView *waiting = m_index->queue(id);
        for (const auto &[channel, group] : waiting->groups) {
            for (const ClassId taskClass : group.classes) {
                const Rank first = m_index->firstOf(*m_index->taskClass(taskClass));
                if ((!best || first < *best) &&
                    mayBeAsked(*m_index, set.tasks.at(first.task), who->second))
                    best = first;
            }
        }
    }
    if (!best)
        return notFound(u"nothing waits there for this worker"_s);
    return best->task;
}

std::optional<Standing> Router::standing(TaskId id, Time now) const
{
    return standingOf(*m_index, id, now);
}

QJsonObject Router::explain(TaskId id, Time now) const
{
    return explainTask(*m_index, id, now);
}

Result<QJsonObject> Router::statistics(const StatisticsScope &scope, Time now) const
{
    return realTimeStatistics(*m_index, scope, now);
}

bool settle(const WorkingSet &set, Time now, const Emit &emitFact, int atMost)
{
    return Router(set).settle(now, emitFact, atMost);
}

std::optional<Time> nextDeadline(const WorkingSet &set, Time now)
{
    return Router(set).nextDeadline(now);
}

QJsonObject explain(const WorkingSet &set, TaskId id, Time now)
{
    return Router(set).explain(id, now);
}

} // namespace peerdesk::routing
