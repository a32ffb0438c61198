// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/routing/recordtable.h"
#include "core/routing/tasktable.h"

#include <absl/container/btree_set.h>
#include <absl/container/flat_hash_set.h>

#include <deque>
#include <optional>
#include <vector>

namespace peerdesk::routing {

using ClassId = quint32;
/// A task's number while the index knows it: ids are four times as long.
using TaskSlot = quint32;

/// What the index keeps of a task. The rest is derived from the record as it was last read.
struct TaskView
{
    TaskId id;
    PackedTask seen;
    ClassId taskClass = 0; ///< 0 = does not wait
};

/// The tasks that the index knows, by number and by id. Numbers say nothing: equals are ordered by
/// id.
class TaskSlots
{
public:
    TaskSlots() = default;
    TaskSlots(const TaskSlots &) = delete;
    TaskSlots &operator=(const TaskSlots &) = delete;

    const TaskId &id(TaskSlot slot) const { return m_views[slot].id; }
    TaskView &at(TaskSlot slot) { return m_views[slot]; }
    const TaskView &at(TaskSlot slot) const { return m_views[slot]; }
    std::optional<TaskSlot> find(const TaskId &id) const
    {
        const auto found = m_byId.find(id);
        return found == m_byId.end() ? std::nullopt : std::optional(*found);
    }
    /// It must not be there yet.
    TaskSlot add(const TaskId &id)
    {
        TaskSlot slot = TaskSlot(m_views.size());
        if (m_free.empty()) {
            m_views.emplace_back();
        } else {
            slot = m_free.back();
            m_free.pop_back();
        }
        m_views[slot].id = id;
        m_byId.insert(slot);
        return slot;
    }
    void remove(TaskSlot slot)
    {
        m_byId.erase(slot);
        m_views[slot] = {};
        m_free.push_back(slot);
    }
    void clear()
    {
        m_byId.clear();
        m_free.clear();
        m_views.clear();
    }

private:
    struct Hash
    {
        using is_transparent = void;
        const TaskSlots *tasks;
        size_t operator()(TaskSlot slot) const { return IdHash()(tasks->id(slot)); }
        size_t operator()(const TaskId &id) const { return IdHash()(id); }
    };
    struct Same
    {
        using is_transparent = void;
        const TaskSlots *tasks;
        bool operator()(TaskSlot left, TaskSlot right) const { return left == right; }
        bool operator()(TaskSlot left, const TaskId &right) const
        {
            return tasks->id(left) == right;
        }
    };

    std::deque<TaskView> m_views;
    std::vector<TaskSlot> m_free;
    absl::flat_hash_set<TaskSlot, Hash, Same> m_byId{0, Hash{this}, Same{this}};
};

/// Where a task stands among those that wait with it; `priority` is negative, so that less is
/// sooner.
struct Turn
{
    qint64 time = 0;
    qint32 priority = 0;
    TaskSlot slot = 0;
};
struct SoonerTurn
{
    const TaskSlots *tasks;
    bool operator()(const Turn &left, const Turn &right) const
    {
        if (left.priority != right.priority)
            return left.priority < right.priority;
        if (left.time != right.time)
            return left.time < right.time;
        return left.slot != right.slot && tasks->id(left.slot) < tasks->id(right.slot);
    }
};
using Turns = absl::btree_set<Turn, SoonerTurn>;

/// A task since a moment.
struct Since
{
    Time at;
    TaskSlot slot = 0;
};
struct LongerSince
{
    const TaskSlots *tasks;
    bool operator()(const Since &left, const Since &right) const
    {
        if (left.at != right.at)
            return left.at < right.at;
        return left.slot != right.slot && tasks->id(left.slot) < tasks->id(right.slot);
    }
};
using WaitingSince = absl::btree_set<Since, LongerSince>;

} // namespace peerdesk::routing
