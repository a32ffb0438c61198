// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/routing/settle.h"

#include "core/base/json.h"
#include "core/routing/matching.h"
#include "core/routing/scope.h"
#include "core/routing/transfer.h"

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
    if (!task.isTransferring())
        return derivedId<ReservationId>(task.id, purpose.toUtf8());
    return derivedId<ReservationId>(
        task.transfer->id, purpose.toUtf8() + ':' + QByteArray::number(task.excluded.size()));
}

Reservation offerOf(const Task &task, WorkerId worker, Time now, Time expiresAt)
{
    Reservation offer;
    offer.id = reservationId(task, worker);
    offer.task = task.id;
    offer.worker = worker;
    offer.dateCreated = now;
    offer.expiresAt = expiresAt;
    if (task.isTransferring())
        offer.transfer = task.transfer->id;
    return offer;
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
    cancelTransferOf(set, task.id, u"the task ended"_s, emitFact);
    std::vector<ReservationId> held;
    const auto current = set.tasks.get(task.id); // the transfer may have changed it
    for (const ReservationId &id : current->reservations) {
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
    , m_follow([this](const events::Fact &fact) { this->emitFact(fact); })
    , m_atMost(atMost)
{}

bool Settlement::run()
{
    while (!isFull()) {
        if (const std::optional<Deadline> due = firstDue()) {
            reach(*due);
            continue;
        }
        m_index.setHolds(holdsAt(m_index, m_now));
        if (m_index.isDirty())
            collect();
        if (m_work.empty())
            return false;
        work();
    }
    for (const auto &[place, who] : m_work) // left for the next run
        m_index.markClass(place.second, {true, {}});
    return firstDue() || m_index.isDirty();
}

void Settlement::emitFact(const events::Fact &fact)
{
    const quint64 before = m_index.told();
    m_emit(fact);
    if (m_index.told() == before) // whoever applies facts may have said it already
        m_index.changed(fact);
    ++m_emitted;
}

std::optional<Deadline> Settlement::firstDue() const
{
    const std::optional<Deadline> first = m_index.firstDeadline();
    return first && first->at <= m_now ? first : std::nullopt;
}

void Settlement::reach(const Deadline &deadline)
{
    m_index.forget(deadline); // whatever comes of it, never twice
    switch (deadline.kind) {
    case Deadline::Kind::Offer:
        return missOffer(ReservationId{deadline.id});
    case Deadline::Kind::Leg:
        if (m_set.reservations.contains(ReservationId{deadline.id}))
            emitFact(events::ReservationCompleted{ReservationId{deadline.id}});
        return;
    case Deadline::Kind::WrapUp:
    case Deadline::Kind::TimeToLive:
    case Deadline::Kind::Target:
        return reachTask(deadline);
    case Deadline::Kind::Memory:
        m_index.markTask(TaskId{deadline.id});
        return;
    }
}

void Settlement::missOffer(ReservationId id)
{
    const auto found = m_set.reservations.find(id);
    if (found == m_set.reservations.end())
        return;
    const Reservation offer = found->second;
    if (!m_set.workers.contains(offer.worker)) {
        emitFact(events::ReservationCanceled{id, u"worker deleted"_s});
        return attemptFailed(m_set, offer, u"is gone"_s, m_follow);
    }
    emitFact(events::ReservationTimedOut{id});
    attemptFailed(m_set, offer, u"did not answer"_s, m_follow);
    const auto missed = m_set.workers.find(offer.worker);
    if (missed == m_set.workers.end() || missed->second.missedOffers < 2 ||
        !missed->second.available)
        return;
    const auto away = m_set.activities.find(m_set.timeoutActivity);
    if (away != m_set.activities.end())
        emitFact(
            events::WorkerActivityChanged{offer.worker, away->first, away->second.available, true});
}

void Settlement::reachTask(const Deadline &deadline)
{
    const auto found = m_set.tasks.find(TaskId{deadline.id});
    if (found == m_set.tasks.end())
        return;
    const Task task = found->second;
    if (deadline.kind == Deadline::Kind::WrapUp)
        completeTask(m_set, task, u"wrap-up ended"_s, m_follow);
    else if (deadline.kind == Deadline::Kind::TimeToLive)
        cancelTask(m_set, task, u"Task TTL Exceeded"_s, m_follow);
    else
        advance(task, RoutingMark::WorkflowTimeout);
}

/// Turns what changed into work: the first task of every class for which something changed.
void Settlement::collect()
{
    const Index::Dirty dirty = m_index.takeDirty();
    for (const auto &[id, who] : dirty.classes)
        add(id, who);
    for (const auto &[key, who] : dirty.groups) {
        const Group *group = m_index.group(key);
        if (!group)
            continue;
        for (const ClassId id : group->classes)
            add(id, who);
    }
}

void Settlement::add(ClassId id, const Newcomers &who)
{
    const TaskClass *taskClass = m_index.taskClass(id);
    if (taskClass)
        m_work[{m_index.firstOf(*taskClass), id}].add(who);
}

void Settlement::work()
{
    const auto best = m_work.begin();
    const auto [rank, id] = best->first;
    const Newcomers who = std::move(best->second);
    m_work.erase(best);
    const TaskClass *taskClass = m_index.taskClass(id);
    if (!taskClass)
        return;
    const Rank first = m_index.firstOf(*taskClass);
    if (first > rank) // its first one is gone: the next has its own turn
        return add(id, who);
    if (!taskClass->isAlone && !isAnyReady(*taskClass, who))
        return;                                    // whoever came free has something else by now
    const auto task = m_set.tasks.get(first.task); // as it is now, whatever comes of it
    const Found found = tryTask(*task, who);
    if (found == Found::Nobody)
        return;
    taskClass = m_index.taskClass(id);
    if (taskClass && (found == Found::Elsewhere || isAnyReady(*taskClass, who)))
        add(id, who);
}

bool Settlement::isAnyReady(const TaskClass &taskClass, const Newcomers &who) const
{
    if (who.isEverybody)
        return true;
    return std::ranges::any_of(who.workers, [&](WorkerId id) {
        const auto worker = m_set.workers.find(id);
        return worker != m_set.workers.end() &&
               m_index.isReady(worker->second, taskClass.group.second);
    });
}

Settlement::Found Settlement::tryTask(const Task &task, const Newcomers &who)
{
    if (task.assignmentCount > MaxAssignments && !task.isTransferring()) {
        cancelTask(m_set, task, u"Assignment count exceeded"_s, m_follow);
        return Found::Elsewhere;
    }
    const std::vector<WorkerId> chosen = choose(m_index, task, m_now, who);
    if (chosen.empty())
        return nobodyFor(task);
    offer(task, chosen);
    return Found::Somebody;
}

Settlement::Found Settlement::nobodyFor(const Task &task)
{
    if (task.isTransferring()) {
        const QString hopeless = hopelessness(m_set, task);
        if (hopeless.isEmpty())
            return Found::Nobody;
        emitFact(events::TransferFailed{task.id, task.transfer->id, hopeless});
        return Found::Elsewhere;
    }
    const Target *target = m_index.target(task);
    if (!target || !target->skipIf || !target->skipIf->evaluate(skipScope(m_index, task.taskQueue)))
        return Found::Nobody;
    advance(task, RoutingMark::WorkflowSkipped);
    return Found::Elsewhere;
}

void Settlement::offer(const Task &task, const std::vector<WorkerId> &chosen)
{
    const Seconds window = offerTimeout(m_index, task);
    const Time expiresAt = window.count() > 0 ? m_now + window : Time{};
    const auto queue = m_set.queues.find(task.waitingQueue());
    const bool isAccepted = queue != m_set.queues.end() && queue->second.autoAccept;
    std::vector<Reservation> offers;
    for (const WorkerId &worker : chosen) {
        offers.push_back(offerOf(task, worker, m_now, expiresAt));
        offers.back().why = reasonFor(m_index, task, m_set.workers.at(worker));
    }
    const int emittedBefore = m_emitted;
    for (const Reservation &offer : offers) {
        if (m_emitted - emittedBefore >= MaxReservedWorkers)
            return; // the bound of one decision; the rest are asked if these do not take it
        const Worker &worker = m_set.workers.at(offer.worker);
        const int units = m_index.weight(task.taskChannel);
        const bool hasRoom = m_index.hasFreeSlot(worker, task.taskChannel) &&
                             (units == 0 || m_index.freeUnits(offer.worker) >= units);
        const bool isOneMore = worker.oneMore && !hasRoom; // this was the one
        emitFact(events::ReservationCreated{offer});
        if (isOneMore)
            emitFact(events::WorkerOneMoreChanged{offer.worker, false});
        if (isAccepted)
            std::ignore = accept(m_set, offer.id, offer.worker, m_now, m_follow);
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
        return cancelTask(m_set, task, enumName(why), m_follow);
    }
    emitFact(events::TaskNoted{task.id, RoutingMark::TargetMatched, task.workflow, stop->queue});
    if (stop->queue != task.taskQueue)
        emitFact(events::TaskNoted{task.id, RoutingMark::QueueMoved, task.workflow, stop->queue});
    emitFact(
        events::TaskEnteredQueue{task.id, stop->queue, stop->filter, stop->target, stop->priority});
}

} // namespace peerdesk::routing
