// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/routing/census.h"

namespace peerdesk::routing {

namespace {

bool isWaiting(TaskStatus status)
{
    return status == TaskStatus::Pending || status == TaskStatus::Reserved;
}

template <typename Key>
void less(std::map<Key, int> &counts, const Key &key)
{
    const auto found = counts.find(key);
    if (found != counts.end() && --found->second == 0)
        counts.erase(found);
}

} // namespace

void Census::add(TaskSlot task, const Counted &counted)
{
    CensusCell &cell = m_cells.try_emplace(counted.key, m_slots).first->second;
    ++cell.byStatus[counted.status];
    ++cell.byPriority[counted.priority];
    if (!isWaiting(counted.status))
        return;
    if (counted.created == counted.entered) {
        cell.straight.insert({counted.created, task});
        return;
    }
    cell.created.insert({counted.created, task});
    cell.entered.insert({counted.entered, task});
}

void Census::remove(TaskSlot task, const Counted &counted)
{
    const auto found = m_cells.find(counted.key);
    if (found == m_cells.end())
        return;
    CensusCell &cell = found->second;
    less(cell.byStatus, counted.status);
    less(cell.byPriority, counted.priority);
    if (isWaiting(counted.status) && counted.created == counted.entered) {
        cell.straight.erase({counted.created, task});
    } else if (isWaiting(counted.status)) {
        cell.created.erase({counted.created, task});
        cell.entered.erase({counted.entered, task});
    }
    if (cell.byStatus.empty())
        m_cells.erase(found);
}

void Census::change(TaskSlot task, const Counted &before, const Counted &now)
{
    if (before == now)
        return;
    Counted sameButState = before;
    sameButState.status = now.status;
    const auto found = m_cells.find(before.key);
    if (sameButState != now || isWaiting(before.status) != isWaiting(now.status) ||
        found == m_cells.end()) {
        remove(task, before);
        add(task, now);
        return;
    }
    less(found->second.byStatus, before.status);
    ++found->second.byStatus[now.status];
}

Oldest Census::first(const WaitingSince &one, const WaitingSince &other) const
{
    Oldest out;
    for (const WaitingSince *waiting : {&one, &other}) {
        if (waiting->empty())
            continue;
        const std::pair since(waiting->begin()->at, m_slots.id(waiting->begin()->slot));
        if (!out || since < *out)
            out = since;
    }
    return out;
}

Oldest Census::oldest(const CensusCell &cell) const
{
    return first(cell.straight, cell.created);
}

Oldest Census::longestInQueue(const CensusCell &cell) const
{
    return first(cell.straight, cell.entered);
}

Counted countedAs(const Task &task)
{
    return {{task.workflow, task.taskQueue, task.taskChannel},
            task.assignmentStatus,
            task.priority,
            task.dateCreated,
            task.taskQueueEnteredDate};
}

} // namespace peerdesk::routing
