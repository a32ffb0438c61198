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

void Census::add(TaskId task, const Counted &counted)
{
    CensusCell &cell = m_cells[counted.key];
    ++cell.byStatus[counted.status];
    ++cell.byPriority[counted.priority];
    if (!isWaiting(counted.status))
        return;
    cell.created.emplace(counted.created, task);
    cell.entered.emplace(counted.entered, task);
}

void Census::remove(TaskId task, const Counted &counted)
{
    const auto found = m_cells.find(counted.key);
    if (found == m_cells.end())
        return;
    CensusCell &cell = found->second;
    less(cell.byStatus, counted.status);
    less(cell.byPriority, counted.priority);
    cell.created.erase({counted.created, task});
    cell.entered.erase({counted.entered, task});
    if (cell.byStatus.empty())
        m_cells.erase(found);
}

void Census::change(TaskId task, const Counted &before, const Counted &now)
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

Counted countedAs(const Task &task)
{
    return {{task.workflow, task.taskQueue, task.taskChannel},
            task.assignmentStatus,
            task.priority,
            task.dateCreated,
            task.taskQueueEnteredDate};
}

} // namespace peerdesk::routing
