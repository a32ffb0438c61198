// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/domain/routing.h"

#include <absl/container/btree_map.h>

#include <array>
#include <iterator>
#include <memory>
#include <set>

namespace peerdesk::routing {

/// What many tasks have in common: kept once.
struct TaskShape
{
    QString taskChannel;
    WorkflowId workflow;
    QueueId taskQueue;
    int filterIndex = -1;
    int targetIndex = 0;

    bool operator<(const TaskShape &other) const
    {
        return std::tie(workflow, taskQueue, filterIndex, targetIndex, taskChannel) <
               std::tie(other.workflow, other.taskQueue, other.filterIndex, other.targetIndex,
                        other.taskChannel);
    }
};

/// A task without its id in one piece of memory, only what differs from a new one; a quarter of the
/// record and what it points to. Copies share. Not for several threads.
class PackedTask
{
public:
    PackedTask() = default; ///< of nothing: isNull()
    PackedTask(const Task &task, std::shared_ptr<const TaskShape> shape);
    PackedTask(const PackedTask &other);
    PackedTask(PackedTask &&other) noexcept
        : m_body(std::exchange(other.m_body, nullptr))
    {}
    PackedTask &operator=(PackedTask other) noexcept
    {
        std::swap(m_body, other.m_body);
        return *this;
    }
    ~PackedTask();

    bool isNull() const { return m_body == nullptr; }
    /// Equal to the task that went in. Without `words` its attributes are left out.
    Task open(const TaskId &id, bool words = true) const;

private:
    struct Body;
    Body *m_body = nullptr;
};

/// The open tasks by id: to callers much like a std::map, inside packed, since a hundred thousand
/// may wait. Records are read by value: what a reference or iterator gives is the task as it was
/// when it was looked at. One thread; a copy shares nothing.
class TaskTable
{
    using Map = absl::btree_map<TaskId, PackedTask>;

public:
    using key_type = TaskId;
    using mapped_type = Task;
    using value_type = std::pair<const TaskId, Task>;
    using size_type = size_t;

    /// Walks in the order of ids. What it points to lives as long as it stays there; after find()
    /// also until Recent other tasks were looked at.
    class const_iterator
    {
    public:
        using iterator_category = std::forward_iterator_tag;
        using value_type = TaskTable::value_type;
        using difference_type = std::ptrdiff_t;
        using pointer = const value_type *;
        using reference = const value_type &;

        const_iterator() = default;
        reference operator*() const { return *open(); }
        pointer operator->() const { return open(); }
        const_iterator &operator++()
        {
            ++m_at;
            m_open.reset();
            return *this;
        }
        const_iterator operator++(int)
        {
            const_iterator before = *this;
            ++*this;
            return before;
        }
        bool operator==(const const_iterator &other) const { return m_at == other.m_at; }

    private:
        friend class TaskTable;
        const_iterator(const TaskTable *table, Map::const_iterator at)
            : m_table(table)
            , m_at(at)
        {}
        pointer open() const
        {
            if (!m_open)
                m_open = m_table->open(m_at->first, m_at->second);
            return m_open.get();
        }

        const TaskTable *m_table = nullptr;
        Map::const_iterator m_at;
        mutable std::shared_ptr<const value_type> m_open;
    };
    using iterator = const_iterator;

    /// Where `table[id] = task` goes.
    class Place
    {
    public:
        void operator=(const Task &task) const { m_table.insert_or_assign(m_id, task); }

    private:
        friend class TaskTable;
        Place(TaskTable &table, const TaskId &id)
            : m_table(table)
            , m_id(id)
        {}
        TaskTable &m_table;
        TaskId m_id;
    };

    static constexpr size_t Recent = 8; ///< tasks that stay open after they were looked at or put

    TaskTable() = default;
    TaskTable(const TaskTable &other) { *this = other; }
    TaskTable(TaskTable &&) = default;
    TaskTable &operator=(const TaskTable &other);
    TaskTable &operator=(TaskTable &&) = default;
    ~TaskTable() = default;

    size_t size() const { return m_tasks.size(); }
    bool empty() const { return m_tasks.empty(); }
    bool contains(const TaskId &id) const { return m_tasks.contains(id); }
    const_iterator begin() const { return {this, m_tasks.begin()}; }
    const_iterator end() const { return {this, m_tasks.end()}; }
    const_iterator find(const TaskId &id) const { return {this, m_tasks.find(id)}; }
    /// Null if there is none.
    std::shared_ptr<const Task> get(const TaskId &id) const;
    /// As it is kept; null if there is none.
    PackedTask packed(const TaskId &id) const;
    /// There must be one.
    Task at(const TaskId &id) const { return *get(id); }

    Place operator[](const TaskId &id) { return {*this, id}; }
    void insert_or_assign(const TaskId &id, const Task &task);
    void emplace(const TaskId &id, const Task &task); ///< nothing if it is there already
    void erase(const TaskId &id);

private:
    using Open = std::shared_ptr<const value_type>;

    Open open(const TaskId &id, const PackedTask &packed) const;
    const Open &keep(Open open) const;
    void forget(const TaskId &id);
    std::shared_ptr<const TaskShape> shapeOf(const Task &task);

    Map m_tasks;
    std::map<TaskShape, std::shared_ptr<const TaskShape>> m_shapes;
    size_t m_shapesBefore = 0; ///< after those without a task were last dropped
    mutable std::array<Open, Recent> m_recent;
    mutable size_t m_nextRecent = 0;
};

} // namespace peerdesk::routing
