// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/routing/settle.h"

#include "core/base/json.h"
#include "core/routing/matching.h"
#include "core/routing/scope.h"

namespace peerdesk::routing {

using namespace Qt::StringLiterals;

namespace {

std::optional<Stop> stopAt(const Index &index, const Task &task, int filter, int target)
{
    const Plan *plan = index.plan(task.workflow);
    const Target *step = plan ? plan->at(filter, target) : nullptr;
    const QueueId queue = step ? index.queueNamed(step->queue) : QueueId{};
    if (queue.isNull())
        return std::nullopt;
    return Stop{filter, target, queue, step->priority.value_or(task.taskPriority)};
}

/// The first step with a queue in `filter` from `target` on.
std::optional<Stop> stopWithin(const Index &index, const Task &task, const Filter &filter,
                               std::pair<int, int> from)
{
    for (int target = from.second; target < int(filter.targets.size()); ++target) {
        if (const auto stop = stopAt(index, task, from.first, target))
            return stop;
    }
    return std::nullopt;
}

/// How long an offer stands; zero = for ever. For a task channel that nobody defined: a minute.
Seconds offerTimeout(const Index &index, const Task &task)
{
    const auto workflow = index.set().workflows.find(task.workflow);
    if (workflow != index.set().workflows.end() && workflow->second.taskReservationTimeout)
        return *workflow->second.taskReservationTimeout;
    const TaskChannel *channel = index.taskChannel(task.taskChannel);
    return channel ? channel->offerTimeout : TaskChannel().offerTimeout;
}

} // namespace

std::optional<Stop> nextStop(const Index &index, const Task &task, Time now)
{
    const Plan *plan = index.plan(task.workflow);
    if (!plan || task.filterIndex < 0)
        return std::nullopt; // the default is the last step
    const QJsonObject attributes = json::object(task.attributes);
    const QJsonObject facts = json::object(task.routingFacts);
    const Resolve resolve = filterScope(task, attributes, facts, now);
    for (int i = task.filterIndex; i < int(plan->filters.size()); ++i) {
        const Filter &filter = plan->filters[size_t(i)];
        const bool isCurrent = i == task.filterIndex;
        if (!isCurrent && !filter.expression.evaluate(resolve))
            continue;
        const int first = isCurrent ? task.targetIndex + 1 : 0;
        if (const auto stop = stopWithin(index, task, filter, {i, first}))
            return stop;
    }
    return stopAt(index, task, -1, 0);
}

ReservationId reservationId(const Task &task, WorkerId worker)
{
    const QString purpose = u"reservation:%1:%2"_s.arg(task.assignmentCount).arg(worker.toString());
    return derivedId<ReservationId>(task.id, purpose.toUtf8());
}

void cancelTask(const WorkingSet &set, const Task &task, const QString &reason,
                const Emit &emitFact)
{
    for (const ReservationId &id : std::vector(task.reservations)) {
        const auto live = set.reservations.find(id);
        if (live != set.reservations.end() && live->second.status == ReservationStatus::Pending)
            emitFact(events::ReservationCanceled{id, reason});
    }
    emitFact(events::TaskCanceled{task.id, reason});
}

void completeTask(const WorkingSet &set, const Task &task, const QString &reason,
                  const Emit &emitFact)
{
    std::vector<ReservationId> held;
    for (const ReservationId &id : task.reservations) {
        const auto live = set.reservations.find(id);
        if (live != set.reservations.end() && live->second.status != ReservationStatus::Pending)
            held.push_back(id);
    }
    emitFact(events::TaskCompleted{task.id, reason}); // the worker's idleness begins with this one
    for (const ReservationId &id : held)
        emitFact(events::ReservationCompleted{id});
}

Settlement::Settlement(Index &index, Time now, const Emit &emitFact, int atMost)
    : m_index(index)
    , m_set(index.set())
    , m_now(now)
    , m_emit(emitFact)
    , m_atMost(atMost)
{}

bool Settlement::run()
{
    while (!isFull()) {
        if (const std::optional<Deadline> due = firstDue()) {
            reach(*due);
            continue;
        }
        if (m_index.isDirty())
            collect();
        if (m_work.empty())
            return false;
        const Entry entry = *m_work.begin();
        m_work.erase(m_work.begin());
        follow(entry);
        tryTask(entry.first.task);
    }
    for (const Entry &entry : m_work) // left for the next run
        m_index.markDirty(entry.first.task, entry.second);
    return firstDue() || m_index.isDirty();
}

void Settlement::emitFact(const events::Fact &fact)
{
    m_emit(fact);
    m_index.changed(fact);
    ++m_emitted;
}

std::optional<Deadline> Settlement::firstDue() const
{
    const auto first = m_index.deadlines().begin();
    if (first == m_index.deadlines().end() || first->at > m_now)
        return std::nullopt;
    return *first;
}

void Settlement::reach(const Deadline &deadline)
{
    m_index.forget(deadline); // whatever comes of it, never twice
    switch (deadline.kind) {
    case Deadline::Kind::Offer:
        return missOffer(ReservationId{deadline.id});
    case Deadline::Kind::WrapUp:
    case Deadline::Kind::TimeToLive:
    case Deadline::Kind::Target:
        return reachTask(deadline);
    case Deadline::Kind::Memory:
        m_index.markDirty(TaskId{deadline.id}, std::nullopt);
        return;
    }
}

void Settlement::missOffer(ReservationId id)
{
    const auto found = m_set.reservations.find(id);
    if (found == m_set.reservations.end())
        return;
    const WorkerId worker = found->second.worker;
    if (!m_set.workers.contains(worker))
        return emitFact(events::ReservationCanceled{id, u"worker deleted"_s});
    emitFact(events::ReservationTimedOut{id});
    const auto missed = m_set.workers.find(worker);
    if (missed == m_set.workers.end() || missed->second.missedOffers < 2 ||
        !missed->second.available)
        return;
    const auto away = m_set.activities.find(m_set.timeoutActivity);
    if (away != m_set.activities.end())
        emitFact(events::WorkerActivityChanged{worker, away->first, away->second.available, true});
}

void Settlement::reachTask(const Deadline &deadline)
{
    const auto found = m_set.tasks.find(TaskId{deadline.id});
    if (found == m_set.tasks.end())
        return;
    const Task task = found->second;
    if (deadline.kind == Deadline::Kind::WrapUp)
        completeTask(m_set, task, u"wrap-up ended"_s,
                     [this](const events::Fact &fact) { emitFact(fact); });
    else if (deadline.kind == Deadline::Kind::TimeToLive)
        cancelTask(m_set, task, u"Task TTL Exceeded"_s,
                   [this](const events::Fact &fact) { emitFact(fact); });
    else
        advance(task, RoutingMark::WorkflowTimeout);
}

/// Turns what changed into work: changed tasks alone, and from groups that gained a worker the
/// first waiting task, which brings its followers.
void Settlement::collect()
{
    const Index::Dirty dirty = m_index.takeDirty();
    for (const TaskId &id : dirty.tasks) {
        const TaskView *task = m_index.task(id);
        if (task && task->isWaiting)
            m_work.emplace(task->rank, std::nullopt);
    }
    for (const Index::GroupKey &key : dirty.groups) {
        const QueueView *queue = m_index.queue(key.first);
        const auto group = queue->groups.find(key.second);
        if (group != queue->groups.end() && !group->second.waiting.empty())
            m_work.emplace(*group->second.waiting.begin(), key);
    }
}

void Settlement::follow(const Entry &entry)
{
    if (!entry.second)
        return;
    const QueueView *queue = m_index.queue(entry.second->first);
    const auto group = queue->groups.find(entry.second->second);
    if (group == queue->groups.end() || group->second.ready.empty())
        return; // nobody left to ask; the next one to come marks the group again
    const auto next = group->second.waiting.upper_bound(entry.first);
    if (next != group->second.waiting.end())
        m_work.emplace(*next, entry.second);
}

void Settlement::tryTask(TaskId id)
{
    const auto found = m_set.tasks.find(id);
    if (found == m_set.tasks.end() || found->second.assignmentStatus != TaskStatus::Pending)
        return;
    const Task task = found->second;
    if (task.assignmentCount > MaxAssignments)
        return cancelTask(m_set, task, u"Assignment count exceeded"_s,
                          [this](const events::Fact &fact) { emitFact(fact); });
    const std::vector<WorkerId> chosen = choose(m_index, task, m_now);
    if (chosen.empty()) {
        const Target *target = m_index.target(task);
        if (target && target->skipIf &&
            target->skipIf->evaluate(skipScope(m_index, task.taskQueue)))
            advance(task, RoutingMark::WorkflowSkipped);
        return;
    }
    const Seconds window = offerTimeout(m_index, task);
    std::vector<Reservation> offers;
    for (const WorkerId &worker : chosen) {
        Reservation offer;
        offer.id = reservationId(task, worker);
        offer.task = id;
        offer.worker = worker;
        offer.dateCreated = m_now;
        offer.expiresAt = window.count() > 0 ? m_now + window : Time{};
        offer.why = reasonFor(m_index, task, m_set.workers.at(worker));
        offers.push_back(std::move(offer));
    }
    const int emittedBefore = m_emitted;
    for (const Reservation &offer : offers) {
        if (m_emitted - emittedBefore >= MaxReservedWorkers)
            return; // the bound of one decision; the rest are asked if these do not take it
        const Worker &worker = m_set.workers.at(offer.worker);
        const bool isOneMore =
            worker.oneMore && !m_index.hasFreeSlot(worker, task.taskChannel); // this was the one
        emitFact(events::ReservationCreated{offer});
        if (isOneMore)
            emitFact(events::WorkerOneMoreChanged{offer.worker, false});
    }
}

void Settlement::advance(const Task &task, RoutingMark why)
{
    const std::optional<Stop> stop = nextStop(m_index, task, m_now);
    if (why == RoutingMark::WorkflowTimeout)
        emitFact(
            events::TaskNoted{task.id, RoutingMark::QueueTimeout, task.workflow, task.taskQueue});
    if (!stop) {
        emitFact(events::TaskNoted{task.id, why, task.workflow, task.taskQueue});
        return cancelTask(m_set, task, enumName(why),
                          [this](const events::Fact &fact) { emitFact(fact); });
    }
    emitFact(events::TaskNoted{task.id, RoutingMark::TargetMatched, task.workflow, stop->queue});
    if (stop->queue != task.taskQueue)
        emitFact(events::TaskNoted{task.id, RoutingMark::QueueMoved, task.workflow, stop->queue});
    emitFact(
        events::TaskEnteredQueue{task.id, stop->queue, stop->filter, stop->target, stop->priority});
}

} // namespace peerdesk::routing
