// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "core/routing/index.h"
#include "core/routing/scope.h"

#include <algorithm>

/// The workers' half of the index: who is a member of what and ready for what.
namespace peerdesk::routing {

void Index::refreshWorker(WorkerId id)
{
    const Worker *worker = find(m_set.workers, id);
    const bool isKnown = m_workers.contains(id);
    if (!worker && !isKnown)
        return;
    WorkerView &view = m_workers[id];
    const QString before = view.name;
    const QString now = worker ? worker->friendlyName.toLower() : QString();
    if (isKnown && --m_activities[view.activity] == 0)
        m_activities.erase(view.activity);
    if (!isKnown)
        countLoad(id, view);
    leaveQueues(id, view);
    if (!worker) {
        removeWorker(id);
        return nameChanged(id, before, now);
    }
    view.name = now;
    view.activity = worker->activity;
    view.available = worker->available;
    ++m_activities[view.activity];
    refreshRow(*worker, view, false);
    enterQueues(*worker, view);
    refreshReady(id);
    if (!isKnown || before != now)
        nameChanged(id, before, now);
}

/// Names decide which worker a step by name means.
void Index::nameChanged(WorkerId worker, const QString &before, const QString &now)
{
    if (before != now && !before.isEmpty())
        m_workerNames.erase(before);
    if (!now.isEmpty())
        m_workerNames[now] = worker;
    for (const QString &name : {before, now}) {
        const auto asking = m_askedByName.find(name);
        if (asking == m_askedByName.end())
            continue;
        for (const TaskId &task : std::set(asking->second))
            refreshTask(task);
    }
}

void Index::refreshRow(const Worker &worker, WorkerView &view, bool isLoadOnly)
{
    const QJsonObject attributes = isLoadOnly ? QJsonObject() : json::object(worker.attributes);
    view.row.resize(m_columns.size());
    for (size_t i = 0; i < m_columns.size(); ++i) {
        const Column &column = m_columns[i];
        if (column.isLoad)
            view.row[i] = cellOf(loadValue(*this, worker, column.reference), m_symbols, false);
        else if (!isLoadOnly)
            view.row[i] =
                cellOf(workerValue(m_set, worker, attributes, column.reference, column.from),
                       m_symbols, true);
    }
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
        if (--queue.activities[view.activity] == 0)
            queue.activities.erase(view.activity);
        queue.available -= view.available;
        for (auto &[channel, group] : queue.groups) {
            group.ready.erase(view.idle);
            for (auto &[key, ordering] : group.orderings)
                order(ordering, id, view.idle, false);
        }
        for (const ClassId skipper : queue.skippers)
            markClass(skipper, {true, {}});
    }
    view.queues.clear();
}

void Index::enterQueues(const Worker &worker, WorkerView &view)
{
    static const Row nothing;
    for (auto &[id, queue] : m_queues) {
        if (!queue.condition || std::ranges::find(worker.optedOut, id) != worker.optedOut.end())
            continue;
        if (!queue.targetWorkers.evaluate(view.row, nothing))
            continue;
        view.queues.push_back(id);
        queue.members.insert(worker.id);
        queue.activities[view.activity] += 1;
        queue.available += view.available;
        for (const ClassId skipper : queue.skippers)
            markClass(skipper, {true, {}});
    }
}

void Index::removeWorker(WorkerId id)
{
    m_workers.erase(id);
    if (const auto asking = m_alone.find(id); asking != m_alone.end()) {
        std::vector<TaskId> tasks;
        for (const ClassId asked : asking->second) {
            for (const Turn &place : m_classes.at(asked).tasks)
                tasks.push_back(m_slots.id(place.slot));
        }
        for (const TaskId &task : tasks) // what asked this worker alone is routed like any other
            refreshTask(task);
    }
    // Its open offers are due at once: nobody is there to answer. Everywhere in the same order.
    std::set<ReservationId> offers;
    for (const auto &[reservation, held] : m_reservations) {
        if (held.worker == id)
            offers.insert(reservation);
    }
    for (const ReservationId &offer : offers)
        refreshReservation(offer);
}

void Index::refreshReady(WorkerId id)
{
    const Worker *worker = find(m_set.workers, id);
    const auto known = m_workers.find(id);
    if (!worker || known == m_workers.end())
        return;
    WorkerView &view = known->second;
    if (m_hasLoadColumns)
        refreshRow(*worker, view, true);
    const IdleKey before = view.idle;
    view.idle = {worker->lastTaskAt, worker->dateStatusChanged, id};
    for (const QueueId &queueId : view.queues) {
        QueueView &queue = m_queues[queueId];
        for (const auto &[channel, group] : queue.groups)
            refreshGroup(*worker, before, queue, {queueId, channel});
    }
    if (const auto asking = m_alone.find(id); asking != m_alone.end()) {
        for (const ClassId asked : asking->second)
            markClass(asked, {true, {}});
    }
}

void Index::refreshGroup(const Worker &worker, const IdleKey &before, QueueView &queue,
                         const GroupKey &key)
{
    Group &group = queue.groups.at(key.second);
    const IdleKey &now = m_workers.at(worker.id).idle;
    const bool isReady = this->isReady(worker, key.second);
    const auto place = group.ready.find(before);
    const bool wasReady = place != group.ready.end();
    const bool isSame = wasReady == isReady && (!isReady || before == now);
    if (wasReady && !isSame)
        group.ready.erase(place);
    if (isReady && !isSame)
        group.ready.insert(now);
    for (auto &[spec, ordering] : group.orderings) {
        if (!isSame || m_hasLoadColumns)
            order(ordering, worker.id, now, isReady);
    }
    if (isReady && !group.classes.empty())
        m_dirty.groups[key].add(worker.id);
}

void Index::order(Ordering &ordering, WorkerId worker, const IdleKey &idle, bool isReady) const
{
    if (const auto known = ordering.keys.find(worker); known != ordering.keys.end()) {
        ordering.ready.erase(known->second);
        ordering.keys.erase(known);
        ordering.odd.erase(worker);
    }
    if (!isReady)
        return;
    Ordering::Key key;
    key.idle = idle;
    const Row &row = m_workers.at(worker).row;
    for (size_t i = 0; i < ordering.clauses.size(); ++i) {
        const auto &[column, isDescending] = ordering.clauses[i];
        const Cell &cell = row[size_t(column)];
        const std::optional<qint64> number = integerOf(cell);
        if (!number && cell.kind != Cell::Kind::Null)
            ordering.odd.insert(worker);
        // Who lacks the attribute comes last either way.
        key.values[i] =
            number ? (isDescending ? -*number : *number) : std::numeric_limits<qint64>::max();
    }
    ordering.ready.insert(key);
    ordering.keys.emplace(worker, key);
}

const Ordering *Index::ordering(const GroupKey &key, const BoundStep &step)
{
    if (step.orderKey.isEmpty())
        return nullptr;
    Group &group = groupFor(key);
    const auto known = group.orderings.find(step.orderKey);
    if (known != group.orderings.end())
        return known->second.odd.empty() ? &known->second : nullptr;
    Ordering &fresh = group.orderings[step.orderKey];
    fresh.clauses = step.order;
    for (const IdleKey &ready : group.ready)
        order(fresh, ready.worker, ready, true);
    return fresh.odd.empty() ? &fresh : nullptr;
}

Group &Index::groupFor(const GroupKey &key)
{
    QueueView &view = m_queues[key.first];
    const auto known = view.groups.find(key.second);
    if (known != view.groups.end())
        return known->second;
    Group &fresh = view.groups[key.second];
    for (const WorkerId &member : view.members) {
        const Worker *worker = find(m_set.workers, member);
        if (worker && isReady(*worker, key.second))
            fresh.ready.insert(m_workers[member].idle);
    }
    return fresh;
}

} // namespace peerdesk::routing
