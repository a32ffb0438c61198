// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/routing/index.h"

#include "core/base/json.h"
#include "core/routing/scope.h"

namespace peerdesk::routing {

using namespace Qt::StringLiterals;

std::map<WorkerId, Time> lastDeclines(const Task &task)
{
    std::map<WorkerId, Time> out;
    for (const Exclusion &exclusion : task.excluded) {
        Time &since = out[exclusion.worker];
        since = std::max(since, exclusion.since);
    }
    return out;
}

Index::Index(const WorkingSet &set)
    : m_set(set)
{
    rebuild();
}

void Index::rebuild()
{
    m_workers.clear();
    m_tasks.clear();
    m_reservations.clear();
    m_deadlines.clear();
    m_dirty = {};
    m_channels.clear();
    for (const auto &[id, channel] : m_set.taskChannels)
        m_channels.emplace(channel.uniqueName, id);
    rebuildPlans();
    rebuildQueues();
    for (const auto &[id, worker] : m_set.workers)
        refreshWorker(id);
    for (const auto &[id, reservation] : m_set.reservations)
        refreshReservation(id);
    for (const auto &[id, task] : m_set.tasks)
        refreshTask(id);
}

void Index::rebuildPlans()
{
    std::map<WorkflowId, CachedPlan> old = std::exchange(m_plans, {});
    for (const auto &[id, workflow] : m_set.workflows) {
        const auto known = old.find(id);
        if (known != old.end() && known->second.source == workflow.configuration.text) {
            m_plans.emplace(id, std::move(known->second));
            continue;
        }
        CachedPlan &cached = m_plans[id];
        cached.source = workflow.configuration.text;
        if (Result<Plan> plan = parsePlan(workflow.configuration))
            cached.plan = std::move(*plan);
    }
}

void Index::rebuildQueues()
{
    std::map<QueueId, QueueView> old = std::exchange(m_queues, {});
    m_queueNames.clear();
    for (const auto &[id, queue] : m_set.queues) {
        m_queueNames.emplace(queue.friendlyName.toLower(), id);
        QueueView &view = m_queues[id];
        view.source = queue.targetWorkers;
        const auto known = old.find(id);
        if (known != old.end() && known->second.source == queue.targetWorkers) {
            view.targetWorkers = std::move(known->second.targetWorkers);
        } else if (!queue.targetWorkers.trimmed().isEmpty()) {
            if (Result<Expression> expression = Expression::parse(queue.targetWorkers))
                view.targetWorkers = std::move(*expression);
        }
    }
}

void Index::changed(const events::Fact &fact)
{
    std::visit(
        [this](const auto &f) {
            using F = std::decay_t<decltype(f)>;
            using namespace events;
            if constexpr (std::is_same_v<F, TaskCreated>)
                touchTask(f.task.id);
            else if constexpr (std::is_same_v<F, ReservationCreated>)
                touchReservation(f.reservation.id);
            else if constexpr (std::is_same_v<F, WorkerCreated>)
                refreshWorker(f.worker.id);
            else if constexpr (std::is_same_v<F, TaskUpdated> ||
                               std::is_same_v<F, TaskEnteredQueue> ||
                               std::is_same_v<F, TaskCanceled> || std::is_same_v<F, TaskWrapping> ||
                               std::is_same_v<F, TaskCompleted>)
                touchTask(f.task);
            else if constexpr (std::is_same_v<F, ReservationAccepted> ||
                               std::is_same_v<F, ReservationRejected> ||
                               std::is_same_v<F, ReservationTimedOut> ||
                               std::is_same_v<F, ReservationCanceled> ||
                               std::is_same_v<F, ReservationRescinded> ||
                               std::is_same_v<F, ReservationWrapping> ||
                               std::is_same_v<F, ReservationCompleted>)
                touchReservation(f.reservation);
            else if constexpr (std::is_same_v<F, WorkerUpdated> ||
                               std::is_same_v<F, WorkerDeleted> ||
                               std::is_same_v<F, WorkerActivityChanged> ||
                               std::is_same_v<F, WorkerChannelChanged> ||
                               std::is_same_v<F, WorkerOneMoreChanged> ||
                               std::is_same_v<F, WorkerQueueOptChanged>)
                refreshWorker(f.worker);
            else if constexpr (std::is_same_v<F, ActivitySaved> ||
                               std::is_same_v<F, ActivityDeleted> ||
                               std::is_same_v<F, TaskChannelDeleted> ||
                               std::is_same_v<F, TaskChannelSaved> ||
                               std::is_same_v<F, QueueSaved> || std::is_same_v<F, QueueDeleted> ||
                               std::is_same_v<F, WorkflowSaved> ||
                               std::is_same_v<F, WorkflowDeleted> ||
                               std::is_same_v<F, OfficeCreated>)
                rebuild();
        },
        fact);
}

const Plan *Index::plan(WorkflowId id) const
{
    const CachedPlan *cached = find(m_plans, id);
    return cached && cached->plan ? &*cached->plan : nullptr;
}

const Target *Index::target(const Task &task) const
{
    const Plan *found = plan(task.workflow);
    return found ? found->at(task.filterIndex, task.targetIndex) : nullptr;
}

QueueId Index::queueNamed(const QString &name) const
{
    const QueueId id = QueueId::fromString(name);
    if (!id.isNull() && m_set.queues.contains(id))
        return id;
    const QueueId *named = find(m_queueNames, name.toLower());
    return named ? *named : QueueId{};
}

const TaskChannel *Index::taskChannel(const QString &uniqueName) const
{
    const TaskChannelId *id = find(m_channels, uniqueName);
    return id ? find(m_set.taskChannels, *id) : nullptr;
}

bool Index::isMember(WorkerId worker, QueueId queue) const
{
    const QueueView *view = find(m_queues, queue);
    return view && view->members.contains(worker);
}

int Index::capacity(const Worker &worker, const QString &channel) const
{
    if (const WorkerChannel *own = find(worker.channels, channel))
        return own->configuredCapacity;
    const TaskChannel *shared = taskChannel(channel);
    return shared ? shared->defaultCapacity : 1;
}

Load Index::load(WorkerId worker, const QString &channel) const
{
    const WorkerView *view = find(m_workers, worker);
    const Load *found = view ? find(view->load, channel) : nullptr;
    return found ? *found : Load{};
}

bool Index::isReady(const Worker &worker, const QString &channel) const
{
    const WorkerView *view = find(m_workers, worker.id);
    if (!view || !worker.available || view->pendingOffers >= std::max(1, m_set.maxPendingOffers))
        return false;
    const WorkerChannel *own = find(worker.channels, channel);
    if (own && !own->available)
        return false;
    return hasFreeSlot(worker, channel) || (worker.oneMore && capacity(worker, channel) > 0);
}

bool Index::hasFreeSlot(const Worker &worker, const QString &channel) const
{
    return load(worker.id, channel).taken < capacity(worker, channel);
}

void Index::refreshWorker(WorkerId id)
{
    const Worker *worker = find(m_set.workers, id);
    const bool isKnown = m_workers.contains(id);
    if (!worker && !isKnown)
        return;
    WorkerView &view = m_workers[id];
    if (!isKnown)
        countLoad(id, view);
    leaveQueues(id, view);
    if (!worker)
        return removeWorker(id);
    if (!isKnown || view.source != worker->attributes.text) {
        view.source = worker->attributes.text;
        view.attributes = json::object(worker->attributes);
    }
    view.activity = worker->activity;
    view.available = worker->available;
    enterQueues(*worker, view);
    refreshReady(id);
}

void Index::countLoad(WorkerId id, WorkerView &view)
{
    for (const auto &[reservation, held] : m_reservations) {
        if (held.worker != id)
            continue;
        view.load[held.channel].taken += 1;
        view.load[held.channel].assigned += !held.isPending;
        view.pendingOffers += held.isPending;
    }
}

void Index::leaveQueues(WorkerId id, WorkerView &view)
{
    for (const QueueId &queueId : view.queues) {
        QueueView &queue = m_queues[queueId];
        queue.members.erase(id);
        queue.activities[view.activity] -= 1;
        queue.available -= view.available;
        for (auto &[channel, group] : queue.groups)
            group.ready.erase(view.idle);
        m_dirty.tasks.insert(queue.skippers.begin(), queue.skippers.end());
    }
    view.queues.clear();
}

void Index::enterQueues(const Worker &worker, WorkerView &view)
{
    const Resolve resolve = [&](const Reference &reference) {
        return workerValue(m_set, worker, view.attributes, reference);
    };
    for (auto &[id, queue] : m_queues) {
        if (!queue.targetWorkers || std::ranges::find(worker.optedOut, id) != worker.optedOut.end())
            continue;
        if (!queue.targetWorkers->evaluate(resolve))
            continue;
        view.queues.push_back(id);
        queue.members.insert(worker.id);
        queue.activities[view.activity] += 1;
        queue.available += view.available;
        m_dirty.tasks.insert(queue.skippers.begin(), queue.skippers.end());
    }
}

void Index::removeWorker(WorkerId id)
{
    const auto view = m_workers.find(id);
    m_dirty.tasks.insert(view->second.wantedBy.begin(), view->second.wantedBy.end());
    m_workers.erase(view);
    // Its open offers are due at once: nobody is there to answer.
    for (const auto &[reservation, held] : std::map(m_reservations)) {
        if (held.worker == id)
            refreshReservation(reservation);
    }
}

void Index::refreshReady(WorkerId id)
{
    const Worker *worker = find(m_set.workers, id);
    const auto known = m_workers.find(id);
    if (!worker || known == m_workers.end())
        return;
    WorkerView &view = known->second;
    const IdleKey before = view.idle;
    view.idle = {worker->lastTaskAt, worker->dateStatusChanged, id};
    for (const QueueId &queueId : view.queues) {
        for (auto &[channel, group] : m_queues[queueId].groups) {
            group.ready.erase(before);
            if (!isReady(*worker, channel))
                continue;
            group.ready.insert(view.idle);
            if (!group.waiting.empty())
                m_dirty.groups.emplace(queueId, channel);
        }
    }
    m_dirty.tasks.insert(view.wantedBy.begin(), view.wantedBy.end());
}

void Index::touchReservation(ReservationId id)
{
    const ReservationView *known = find(m_reservations, id);
    TaskId task = known ? known->task : TaskId{};
    if (const Reservation *reservation = find(m_set.reservations, id))
        task = reservation->task;
    refreshReservation(id);
    if (!task.isNull())
        touchTask(task);
}

void Index::refreshReservation(ReservationId id)
{
    std::optional<WorkerId> concerned;
    if (const auto known = m_reservations.find(id); known != m_reservations.end()) {
        const ReservationView &view = known->second;
        concerned = view.worker;
        if (view.deadline)
            m_deadlines.erase(*view.deadline);
        if (const auto worker = m_workers.find(view.worker); worker != m_workers.end()) {
            Load &held = worker->second.load[view.channel];
            held.taken -= 1;
            held.assigned -= !view.isPending;
            worker->second.pendingOffers -= view.isPending;
        }
        m_reservations.erase(known);
    }
    const Reservation *reservation = find(m_set.reservations, id);
    const bool isPending = reservation && reservation->status == ReservationStatus::Pending;
    const bool isHeld = reservation && (reservation->status == ReservationStatus::Accepted ||
                                        reservation->status == ReservationStatus::Wrapping);
    if (isPending || isHeld) {
        ReservationView &view = m_reservations[id];
        const Task *task = find(m_set.tasks, reservation->task);
        view = {reservation->task, reservation->worker, task ? task->taskChannel : QString(),
                isPending, std::nullopt};
        concerned = view.worker;
        const auto worker = m_workers.find(view.worker);
        if (worker != m_workers.end()) {
            Load &held = worker->second.load[view.channel];
            held.taken += 1;
            held.assigned += isHeld;
            worker->second.pendingOffers += isPending;
        }
        const Time due = worker == m_workers.end() ? Time{1} : reservation->expiresAt;
        if (isPending && due.isSet())
            view.deadline = Deadline{due, Deadline::Kind::Offer, id.value};
        if (view.deadline)
            m_deadlines.insert(*view.deadline);
    }
    if (concerned)
        refreshReady(*concerned);
}

void Index::touchTask(TaskId id)
{
    std::set<ReservationId> reservations;
    if (const TaskView *known = find(m_tasks, id))
        reservations = known->reservations;
    if (const Task *task = find(m_set.tasks, id))
        reservations.insert(task->reservations.begin(), task->reservations.end());
    for (const ReservationId &reservation : reservations)
        refreshReservation(reservation);
    refreshTask(id);
}

void Index::removeTask(TaskView &view)
{
    for (const Deadline &deadline : view.deadlines)
        m_deadlines.erase(deadline);
    view.deadlines.clear();
    if (view.isWaiting) {
        group(view.queue, view.channel).waiting.erase(view.rank);
        m_queues[view.queue].skippers.erase(view.rank.task);
    }
    view.isWaiting = false;
    if (const auto worker = m_workers.find(view.wanted); worker != m_workers.end())
        worker->second.wantedBy.erase(view.rank.task);
}

void Index::refreshTask(TaskId id)
{
    const Task *task = find(m_set.tasks, id);
    const auto known = m_tasks.find(id);
    if (known != m_tasks.end())
        removeTask(known->second);
    if (!task || task->assignmentStatus == TaskStatus::Completed ||
        task->assignmentStatus == TaskStatus::Canceled) {
        if (known != m_tasks.end())
            m_tasks.erase(known);
        return;
    }
    TaskView &view = m_tasks[id];
    if (view.source != task->attributes.text) {
        view.source = task->attributes.text;
        view.attributes = json::object(task->attributes);
    }
    view.reservations = {task->reservations.begin(), task->reservations.end()};
    view.queue = task->taskQueue;
    view.channel = task->taskChannel;
    view.rank = rankOf(*task);
    view.wanted = task->routingTargetWorker;
    if (task->assignmentStatus == TaskStatus::Pending)
        wait(*task, view);
    setDeadlines(*task, view);
}

void Index::wait(const Task &task, TaskView &view)
{
    view.isWaiting = true;
    group(view.queue, view.channel).waiting.insert(view.rank);
    const Target *step = target(task);
    if (step && step->skipIf)
        m_queues[view.queue].skippers.insert(task.id);
    if (const auto worker = m_workers.find(view.wanted); worker != m_workers.end())
        worker->second.wantedBy.insert(task.id);
    m_dirty.tasks.insert(task.id);
}

void Index::setDeadlines(const Task &task, TaskView &view)
{
    using Due = Deadline::Kind;
    const auto add = [&](Time at, Due kind) {
        view.deadlines.push_back({at, kind, task.id.value});
    };
    const bool isPending = task.assignmentStatus == TaskStatus::Pending;
    if (task.timeout && (isPending || task.assignmentStatus == TaskStatus::Reserved))
        add(task.dateCreated + *task.timeout, Due::TimeToLive);
    if (task.assignmentStatus == TaskStatus::Wrapping && task.wrapUpEndsAt.isSet())
        add(task.wrapUpEndsAt, Due::WrapUp);
    if (isPending) {
        const Target *step = target(task);
        if (step && step->timeout)
            add(task.taskQueueEnteredDate + *step->timeout, Due::Target);
        for (const auto &[worker, since] : lastDeclines(task))
            add(since + DeclineMemory, Due::Memory);
    }
    m_deadlines.insert(view.deadlines.begin(), view.deadlines.end());
}

Group &Index::group(QueueId queue, const QString &channel)
{
    QueueView &view = m_queues[queue];
    const auto known = view.groups.find(channel);
    if (known != view.groups.end())
        return known->second;
    Group &fresh = view.groups[channel];
    for (const WorkerId &member : view.members) {
        const Worker *worker = find(m_set.workers, member);
        if (worker && isReady(*worker, channel))
            fresh.ready.insert(m_workers[member].idle);
    }
    return fresh;
}

Rank Index::rankOf(const Task &task) const
{
    const Queue *queue = find(m_set.queues, task.taskQueue);
    const TaskOrder order = queue ? queue->taskOrder : TaskOrder::Fifo;
    const qint64 start =
        (task.virtualStartTime.isSet() ? task.virtualStartTime : task.dateCreated).ms;
    const int kind = order == m_set.prioritizeQueueOrder ? 0 : 1;
    return order == TaskOrder::Fifo ? Rank{kind, -qint64(task.priority), start, task.id}
                                    : Rank{kind, -start, 0, task.id};
}

} // namespace peerdesk::routing
