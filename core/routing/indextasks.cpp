// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "core/routing/index.h"

/// The tasks' half of the index: what waits in which order, what workers hold, what is due when.
namespace peerdesk::routing {

namespace {

void append(QByteArray &key, const Cell &cell)
{
    key += char('0' + int(cell.kind));
    switch (cell.kind) {
    case Cell::Kind::Null:
    case Cell::Kind::Object:
        break;
    case Cell::Kind::Bool:
        key += cell.truth ? 't' : 'f';
        break;
    case Cell::Kind::Number:
        key += QByteArray::number(cell.number, 'g', 17);
        break;
    case Cell::Kind::Text: {
        const QByteArray text = cell.text.toUtf8();
        key += QByteArray::number(text.size()) + ':' + text;
        break;
    }
    case Cell::Kind::Array:
        for (const Cell &item : cell.items)
            append(key, item);
        key += ']';
        break;
    }
    key += ';';
}

} // namespace

void Index::touchReservation(ReservationId id)
{
    const ReservationView *known = find(m_reservations, id);
    TaskId task = known ? known->task : TaskId{};
    if (const Reservation *reservation = find(m_set.reservations, id))
        task = reservation->task;
    refreshReservation(id);
    if (!task.isNull())
        touchTask(task, id);
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
        const auto task = m_set.tasks.get(reservation->task);
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
        else if (isHeld && reservation->wrapUpEndsAt.isSet())
            view.deadline = Deadline{reservation->wrapUpEndsAt, Deadline::Kind::Leg, id.value};
        if (view.deadline)
            m_deadlines.insert(*view.deadline);
    }
    if (concerned)
        refreshReady(*concerned);
}

void Index::touchTask(TaskId id, ReservationId done)
{
    std::vector<ReservationId> reservations;
    if (const TaskView *known = find(m_tasks, id))
        reservations = known->reservations;
    if (const auto task = m_set.tasks.get(id)) {
        for (const ReservationId &held : task->reservations) {
            if (std::ranges::find(reservations, held) == reservations.end())
                reservations.push_back(held);
        }
    }
    for (const ReservationId &reservation : reservations) {
        if (reservation != done)
            refreshReservation(reservation);
    }
    refreshTask(id);
}

/// Out of everything that is kept about it.
void Index::forgetTask(TaskId id, TaskView &view)
{
    stopWaiting(id, view);
    setDeadlines(view, {});
    m_census.remove(id, view.counted);
}

void Index::stopWaiting(TaskId id, TaskView &view)
{
    if (!view.knownByName.isEmpty()) {
        std::set<TaskId> &asking = m_askedByName[view.knownByName];
        asking.erase(id);
        if (asking.empty())
            m_askedByName.erase(view.knownByName);
        view.knownByName.clear();
    }
    const ClassId classId = std::exchange(view.taskClass, 0);
    const auto found = m_classes.find(classId);
    if (found == m_classes.end())
        return;
    TaskClass &taskClass = found->second;
    taskClass.tasks.erase(view.rank);
    if (!taskClass.tasks.empty())
        return;
    groupFor(taskClass.group).classes.erase(classId);
    m_queues[taskClass.group.first].skippers.erase(classId);
    if (taskClass.isAlone) {
        std::set<ClassId> &asking = m_alone[taskClass.only];
        asking.erase(classId);
        if (asking.empty())
            m_alone.erase(taskClass.only);
    }
    m_classIds.remove(taskClass.key);
    m_classes.erase(found);
}

void Index::refreshTask(TaskId id)
{
    const auto task = m_set.tasks.get(id);
    const auto known = m_tasks.find(id);
    if (!task || task->assignmentStatus == TaskStatus::Completed ||
        task->assignmentStatus == TaskStatus::Canceled) {
        if (known != m_tasks.end()) {
            forgetTask(id, known->second);
            m_tasks.erase(known);
        }
        return;
    }
    const bool isNew = known == m_tasks.end();
    TaskView &view = isNew ? m_tasks[id] : known->second;
    view.reservations = task->reservations;
    const Counted before = std::exchange(view.counted, countedAs(*task));
    if (isNew)
        m_census.add(id, view.counted);
    else
        m_census.change(id, before, view.counted);
    stopWaiting(id, view);
    if (task->isWaiting())
        wait(*task, view);
    setDeadlines(view, deadlinesOf(*task));
}

/// What its step asks of the task.
void Index::readTask(const Task &task, TaskView &view)
{
    view.row.clear();
    view.known.clear();
    const Target *step = target(task);
    const BoundStep *bound = this->step(task);
    const bool isKnown = step && step->known != KnownWorker::None;
    if (!bound || (bound->taskColumns.empty() && !isKnown))
        return;
    const QJsonObject attributes = json::object(task.attributes);
    for (const Reference &reference : bound->taskColumns)
        view.row.push_back(cellOf(follow(attributes, reference, 1), m_symbols, false));
    if (isKnown)
        view.known = follow(attributes, step->knownWorker, 1).toString();
}

std::optional<WorkerId> Index::asksOnly(const Task &task, const TaskView &view) const
{
    if (task.isTransferring()) {
        return task.transfer->type == TransferType::Worker ? std::optional(task.transfer->toWorker)
                                                           : std::nullopt;
    }
    if (!task.routingTargetWorker.isNull() && m_set.workers.contains(task.routingTargetWorker))
        return task.routingTargetWorker;
    const Target *step = target(task);
    if (!step || step->known == KnownWorker::None)
        return std::nullopt;
    return step->known == KnownWorker::BySid ? WorkerId::fromString(view.known)
                                             : workerNamed(view.known);
}

QByteArray Index::classKey(const Task &task, const TaskView &view,
                           const std::optional<WorkerId> &only) const
{
    QByteArray key = task.waitingQueue().toBytes() + task.taskChannel.toUtf8() + '\n';
    if (!task.excluded.empty() || task.isTransferring() || !task.preferredWorker.isNull())
        return key + task.id.toBytes(); // a case of its own
    key += task.workflow.toBytes() + QByteArray::number(task.filterIndex) + ',' +
           QByteArray::number(task.targetIndex) + ',';
    if (only)
        key += (task.routingTargetWorker == *only ? '!' : '=') + only->toBytes();
    key += task.ignoreCapacity ? '*' : ',';
    for (const Cell &cell : view.row)
        append(key, cell);
    return key;
}

void Index::wait(const Task &task, TaskView &view)
{
    readTask(task, view);
    const Target *step = target(task);
    if (step && step->known == KnownWorker::ByName && !view.known.isEmpty()) {
        view.knownByName = view.known.toLower();
        m_askedByName[view.knownByName].insert(task.id);
    }
    const std::optional<WorkerId> only = asksOnly(task, view);
    const QByteArray key = classKey(task, view, only);
    ClassId &id = m_classIds[key];
    if (id == 0) {
        id = ++m_lastClass;
        const GroupKey group{task.waitingQueue(), task.taskChannel};
        m_classes.emplace(id,
                          TaskClass{group, key, only.has_value(), only.value_or(WorkerId{}), {}});
        if (only)
            m_alone[*only].insert(id);
        else
            groupFor(group).classes.insert(id);
        if (step && step->skipIf)
            m_queues[group.first].skippers.insert(id);
    }
    view.taskClass = id;
    view.rank = rankOf(task);
    m_classes.at(id).tasks.insert(view.rank);
    markClass(id, {true, {}});
}

std::vector<Deadline> Index::deadlinesOf(const Task &task) const
{
    using Due = Deadline::Kind;
    std::vector<Deadline> out;
    const auto add = [&](Time at, Due kind) { out.push_back({at, kind, task.id.value}); };
    const bool isPending = task.assignmentStatus == TaskStatus::Pending;
    if (task.timeout && (isPending || task.assignmentStatus == TaskStatus::Reserved))
        add(task.dateCreated + *task.timeout, Due::TimeToLive);
    if (task.assignmentStatus == TaskStatus::Wrapping && task.wrapUpEndsAt.isSet())
        add(task.wrapUpEndsAt, Due::WrapUp);
    if (isPending) {
        const Target *step = target(task);
        if (step && step->timeout)
            add(task.taskQueueEnteredDate + *step->timeout, Due::Target);
    }
    if (task.isWaiting()) {
        for (const auto &[worker, since] : lastDeclines(task))
            add(since + DeclineMemory, Due::Memory);
    }
    return out;
}

void Index::setDeadlines(TaskView &view, std::vector<Deadline> due)
{
    if (view.deadlines == due)
        return;
    for (const Deadline &deadline : view.deadlines)
        m_deadlines.erase(deadline);
    view.deadlines = std::move(due);
    m_deadlines.insert(view.deadlines.begin(), view.deadlines.end());
}

Rank Index::rankOf(const Task &task) const
{
    const Queue *queue = find(m_set.queues, task.waitingQueue());
    const TaskOrder order = queue ? queue->taskOrder : TaskOrder::Fifo;
    const qint64 start =
        (task.virtualStartTime.isSet() ? task.virtualStartTime : task.dateCreated).ms;
    const int kind = order == m_set.prioritizeQueueOrder ? 0 : 1;
    return order == TaskOrder::Fifo ? Rank{kind, -qint64(task.priority), start, task.id}
                                    : Rank{kind, -start, 0, task.id};
}

} // namespace peerdesk::routing
