// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/routing/taskslots.h"

#include <map>
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

using Oldest = std::optional<std::pair<Time, TaskId>>;

/// Tasks of one key: kept up as they change, never counted anew.
struct CensusCell
{
    std::map<TaskStatus, int> byStatus;
    std::map<int, int> byPriority;
    WaitingSince straight; ///< of the waiting ones those that came into this queue at once
    WaitingSince created;  ///< the others, by creation
    WaitingSince entered;  ///< the same by the time in this queue

    explicit CensusCell(const TaskSlots &tasks)
        : straight(LongerSince{&tasks})
        , created(LongerSince{&tasks})
        , entered(LongerSince{&tasks})
    {}
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

/// How many open tasks there are of what, and which waits longest.
class Census
{
public:
    explicit Census(const TaskSlots &tasks)
        : m_slots(tasks)
    {}
    void add(TaskSlot task, const Counted &counted);
    void remove(TaskSlot task, const Counted &counted);
    /// remove() and add(), without what cancels out.
    void change(TaskSlot task, const Counted &before, const Counted &now);
    const std::map<CensusKey, CensusCell> &cells() const { return m_cells; }
    Oldest oldest(const CensusCell &cell) const; ///< of the waiting ones, by creation
    Oldest longestInQueue(const CensusCell &cell) const;
    void clear() { m_cells.clear(); }

private:
    Oldest first(const WaitingSince &one, const WaitingSince &other) const;

    const TaskSlots &m_slots;
    std::map<CensusKey, CensusCell> m_cells;
};

Counted countedAs(const Task &task);

} // namespace peerdesk::routing
