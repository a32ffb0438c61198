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
        refreshTask(task);
}

void Index::countHeld(const ReservationView &view, int times)
{
    const auto worker = m_workers.find(view.worker);
    if (worker == m_workers.end())
        return;
    Load &held = worker->second.load[view.channel];
    held.taken += times;
    held.assigned += view.isPending ? 0 : times;
    worker->second.pendingOffers += view.isPending ? times : 0;
}

void Index::refreshReservation(ReservationId id)
{
    std::optional<WorkerId> concerned;
    const auto known = m_reservations.find(id);
    if (known != m_reservations.end()) {
        const ReservationView &view = known->second;
        concerned = view.worker;
        if (view.deadline)
            m_deadlines.erase(*view.deadline);
        countHeld(view, -1);
    }
    const Reservation *reservation = find(m_set.reservations, id);
    const bool isPending = reservation && reservation->status == ReservationStatus::Pending;
    const bool isHeld = reservation && (reservation->status == ReservationStatus::Accepted ||
                                        reservation->status == ReservationStatus::Wrapping);
    if (isPending || isHeld) {
        ReservationView &view = known == m_reservations.end() ? m_reservations[id] : known->second;
        const auto task = m_set.tasks.get(reservation->task);
        view = {reservation->task, reservation->worker, task ? task->taskChannel : QString(),
                isPending, std::nullopt};
        concerned = view.worker;
        countHeld(view, 1);
        const Time due = m_workers.contains(view.worker) ? reservation->expiresAt : Time{1};
        if (isPending && due.isSet())
            view.deadline = Deadline{due, Deadline::Kind::Offer, id.value};
        else if (isHeld && reservation->wrapUpEndsAt.isSet())
            view.deadline = Deadline{reservation->wrapUpEndsAt, Deadline::Kind::Leg, id.value};
        if (view.deadline)
            m_deadlines.insert(*view.deadline);
    } else if (known != m_reservations.end()) {
        m_reservations.erase(known);
    }
    if (concerned)
        refreshReady(*concerned);
}

/// A task that ends, ends what is held of it.
void Index::touchTask(TaskId id)
{
    std::vector<ReservationId> reservations;
    if (const std::optional<TaskSlot> slot = m_slots.find(id))
        reservations = m_slots.at(*slot).seen.open(id, false).reservations;
    if (const auto task = m_set.tasks.get(id)) {
        for (const ReservationId &held : task->reservations) {
            if (std::ranges::find(reservations, held) == reservations.end())
                reservations.push_back(held);
        }
    }
    for (const ReservationId &reservation : reservations)
        refreshReservation(reservation);
    refreshTask(id);
}

/// Out of everything that is kept about it.
void Index::forgetTask(TaskSlot slot)
{
    const TaskView &view = m_slots.at(slot);
    const Task seen = view.seen.open(view.id, false);
    stopWaiting(slot, view.seen, seen);
    setDeadlines(slot, deadlinesOf(seen), {});
    m_census.remove(slot, countedAs(seen));
    m_slots.remove(slot);
}

/// `seen` is `before`, perhaps without words.
void Index::stopWaiting(TaskSlot slot, const PackedTask &before, const Task &seen)
{
    TaskView &view = m_slots.at(slot);
    const Target *step = seen.isWaiting() ? target(seen) : nullptr;
    const bool isAskedByName = step && step->known == KnownWorker::ByName;
    const QString name = isAskedByName ? askedNameOf(before.open(view.id)) : QString();
    if (!name.isEmpty()) {
        std::set<TaskId> &asking = m_askedByName[name];
        asking.erase(view.id);
        if (asking.empty())
            m_askedByName.erase(name);
    }
    const ClassId classId = std::exchange(view.taskClass, 0);
    const auto found = m_classes.find(classId);
    if (found == m_classes.end())
        return;
    found->second.tasks.erase(turnOf(slot, seen));
    if (found->second.tasks.empty())
        dropClass(classId);
}

void Index::dropClass(ClassId id)
{
    const auto found = m_classes.find(id);
    const TaskClass &taskClass = found->second;
    groupFor(taskClass.group).classes.erase(id);
    m_queues[taskClass.group.first].skippers.erase(id);
    if (taskClass.isAlone) {
        std::set<ClassId> &asking = m_alone[taskClass.only];
        asking.erase(id);
        if (asking.empty())
            m_alone.erase(taskClass.only);
    }
    m_classIds.remove(taskClass.key);
    m_classes.erase(found);
}

void Index::refreshTask(TaskId id)
{
    const std::optional<TaskSlot> known = m_slots.find(id);
    const auto task = m_set.tasks.get(id);
    if (!task || task->assignmentStatus == TaskStatus::Completed ||
        task->assignmentStatus == TaskStatus::Canceled) {
        if (known)
            forgetTask(*known);
        return;
    }
    const TaskSlot slot = known ? *known : m_slots.add(id);
    TaskView &view = m_slots.at(slot);
    const PackedTask before = std::exchange(view.seen, m_set.tasks.packed(id));
    if (known) {
        const Task seen = before.open(id, false);
        m_census.change(slot, countedAs(seen), countedAs(*task));
        stopWaiting(slot, before, seen);
        setDeadlines(slot, deadlinesOf(seen), deadlinesOf(*task));
    } else {
        m_census.add(slot, countedAs(*task));
        setDeadlines(slot, {}, deadlinesOf(*task));
    }
    if (task->isWaiting())
        wait(slot, *task);
}

Row Index::rowOf(const Task &task) const
{
    Row row;
    const BoundStep *bound = step(task);
    if (!bound || bound->taskColumns.empty())
        return row;
    const QJsonObject attributes = json::object(task.attributes);
    for (const Reference &reference : bound->taskColumns)
        row.push_back(cellOf(follow(attributes, reference, 1), m_symbols));
    return row;
}

QString Index::knownOf(const Task &task) const
{
    const Target *step = target(task);
    return step && step->known != KnownWorker::None
               ? follow(json::object(task.attributes), step->knownWorker, 1).toString()
               : QString();
}

QString Index::askedNameOf(const Task &task) const
{
    const Target *step = task.isWaiting() ? target(task) : nullptr;
    return step && step->known == KnownWorker::ByName ? knownOf(task).toLower() : QString();
}

std::optional<WorkerId> Index::asksOnly(const Task &task) const
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
    return step->known == KnownWorker::BySid ? WorkerId::fromString(knownOf(task))
                                             : workerNamed(knownOf(task));
}

QByteArray Index::classKey(const Task &task, const Row &row,
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
    for (const Cell &cell : row)
        append(key, cell);
    return key;
}

void Index::wait(TaskSlot slot, const Task &task)
{
    if (const QString name = askedNameOf(task); !name.isEmpty())
        m_askedByName[name].insert(task.id);
    Row row = rowOf(task);
    const std::optional<WorkerId> only = asksOnly(task);
    const QByteArray key = classKey(task, row, only);
    ClassId &id = m_classIds[key];
    if (id == 0) {
        id = ++m_lastClass;
        const GroupKey group{task.waitingQueue(), task.taskChannel};
        m_classes.emplace(id, TaskClass{group, key, only.has_value(), only.value_or(WorkerId{}),
                                        std::move(row), Turns(SoonerTurn{&m_slots})});
        if (only)
            m_alone[*only].insert(id);
        else
            groupFor(group).classes.insert(id);
        if (const Target *step = target(task); step && step->skipIf)
            m_queues[group.first].skippers.insert(id);
    }
    m_slots.at(slot).taskClass = id;
    Turns &tasks = m_classes.at(id).tasks;
    const auto own = tasks.insert(turnOf(slot, task)).first;
    const bool isFirst = own == tasks.begin();
    // Behind others of its class it finds nobody whom they did not find.
    if (isFirst || m_set.usesChannelWeights)
        markClass(id, {true, {}});
}

std::vector<Deadline> Index::deadlinesOf(const Task &task) const
{
    using Event = Deadline::Kind;
    std::vector<Deadline> out;
    const auto add = [&](Time at, Event kind) { out.push_back({at, kind, task.id.value}); };
    const bool isPending = task.assignmentStatus == TaskStatus::Pending;
    if (task.timeout && (isPending || task.assignmentStatus == TaskStatus::Reserved))
        add(task.dateCreated + *task.timeout, Event::TimeToLive);
    if (task.assignmentStatus == TaskStatus::Wrapping && task.wrapUpEndsAt.isSet())
        add(task.wrapUpEndsAt, Event::WrapUp);
    if (isPending) {
        const Target *step = target(task);
        if (step && step->timeout)
            add(task.taskQueueEnteredDate + *step->timeout, Event::Target);
    }
    if (task.isWaiting()) {
        for (const auto &[worker, since] : lastDeclines(task))
            add(since + DeclineMemory, Event::Memory);
    }
    return out;
}

void Index::setDeadlines(TaskSlot slot, const std::vector<Deadline> &before,
                         const std::vector<Deadline> &now)
{
    if (before == now)
        return;
    for (const Deadline &deadline : before)
        m_due.erase({deadline.at, deadline.kind, slot});
    for (const Deadline &deadline : now)
        m_due.insert({deadline.at, deadline.kind, slot});
}

std::optional<Deadline> Index::firstDeadline() const
{
    std::optional<Deadline> first;
    if (!m_due.empty())
        first = {m_due.begin()->at, m_due.begin()->kind, m_slots.id(m_due.begin()->slot).value};
    if (!m_deadlines.empty() && (!first || *m_deadlines.begin() < *first))
        first = *m_deadlines.begin();
    return first;
}

std::optional<Time> Index::nextDeadline(Time now) const
{
    std::optional<Time> next;
    for (const Due &due : m_due) {
        if (due.kind == Deadline::Kind::Memory && due.at <= now)
            continue;
        next = due.at;
        break;
    }
    if (!m_deadlines.empty() && (!next || m_deadlines.begin()->at < *next))
        next = m_deadlines.begin()->at;
    return next;
}

void Index::forget(const Deadline &deadline)
{
    if (m_deadlines.erase(deadline) > 0)
        return;
    if (const std::optional<TaskSlot> slot = m_slots.find(TaskId{deadline.id}))
        m_due.erase({deadline.at, deadline.kind, *slot});
}

bool Index::isFifo(const GroupKey &key) const
{
    const Queue *queue = find(m_set.queues, key.first);
    return !queue || queue->taskOrder == TaskOrder::Fifo;
}

Turn Index::turnOf(TaskSlot slot, const Task &task) const
{
    const qint64 start =
        (task.virtualStartTime.isSet() ? task.virtualStartTime : task.dateCreated).ms;
    const qint64 sooner = std::min<qint64>(-qint64(task.priority), INT_MAX);
    return isFifo({task.waitingQueue(), {}}) ? Turn{start, qint32(sooner), slot}
                                             : Turn{-start, 0, slot};
}

Rank Index::rankOf(const TaskClass &taskClass, const Turn &place) const
{
    const bool isFifo = this->isFifo(taskClass.group);
    const int kind =
        (isFifo ? TaskOrder::Fifo : TaskOrder::Lifo) == m_set.prioritizeQueueOrder ? 0 : 1;
    const TaskId &id = m_slots.id(place.slot);
    return isFifo ? Rank{kind, place.priority, place.time, id} : Rank{kind, place.time, 0, id};
}

Rank Index::rankOf(const Task &task) const
{
    const Queue *queue = find(m_set.queues, task.waitingQueue());
    const TaskOrder order = queue ? queue->taskOrder : TaskOrder::Fifo;
    const Turn place = turnOf(0, task);
    const int kind = order == m_set.prioritizeQueueOrder ? 0 : 1;
    return order == TaskOrder::Fifo ? Rank{kind, place.priority, place.time, task.id}
                                    : Rank{kind, place.time, 0, task.id};
}

} // namespace peerdesk::routing
