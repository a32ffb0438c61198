// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/domain/routing.h"

#include <map>
#include <set>
#include <tuple>

namespace peerdesk::routing {

/// What a task counts as at this moment.
struct CensusKey
{
    WorkflowId workflow;
    QueueId queue;
    QString taskChannel;
    bool operator<(const CensusKey &other) const
    {
        return std::tie(workflow, queue, taskChannel) <
               std::tie(other.workflow, other.queue, other.taskChannel);
    }
    bool operator==(const CensusKey &) const = default;
};

/// Tasks of one key: kept up as they change, never counted anew.
struct CensusCell
{
    std::map<TaskStatus, int> byStatus;
    std::map<int, int> byPriority;
    std::set<std::pair<Time, TaskId>> created; ///< of the waiting ones
    std::set<std::pair<Time, TaskId>> entered; ///< the same by the time in this queue
};

/// The task as it was last counted.
struct Counted
{
    CensusKey key;
    TaskStatus status = TaskStatus::Pending;
    int priority = 0;
    Time created;
    Time entered;
    bool operator==(const Counted &) const = default;
};

/// How many open tasks there are of what, and which waits longest. A value.
class Census
{
public:
    void add(TaskId task, const Counted &counted);
    void remove(TaskId task, const Counted &counted);
    /// remove() and add(), without what cancels out.
    void change(TaskId task, const Counted &before, const Counted &now);
    const std::map<CensusKey, CensusCell> &cells() const { return m_cells; }
    void clear() { m_cells.clear(); }

private:
    std::map<CensusKey, CensusCell> m_cells;
};

Counted countedAs(const Task &task);

} // namespace peerdesk::routing
