// SPDX-License-Identifier: GPL-3.0-or-later
#include "rehearsal.h"

namespace peerdesk::rehearsal {

namespace {

template <typename... Records>
class MemoryTables;

template <>
class MemoryTables<> : public events::Tables
{
public:
    explicit MemoryTables(routing::WorkingSet &set)
        : m_set(set)
    {}

protected:
    routing::WorkingSet &m_set;

    template <typename Map, typename Key, typename Record>
    static void mirror(Map &map, const Key &key, const std::optional<Record> &record)
    {
        if (record)
            map[key] = *record;
        else
            map.erase(key);
    }
    void keep(const ActivityId &key, const std::optional<Activity> &r)
    {
        mirror(m_set.activities, key, r);
    }
    void keep(const TaskChannelId &key, const std::optional<TaskChannel> &r)
    {
        mirror(m_set.taskChannels, key, r);
    }
    void keep(const WorkerId &key, const std::optional<Worker> &r)
    {
        mirror(m_set.workers, key, r);
    }
    void keep(const QueueId &key, const std::optional<Queue> &r) { mirror(m_set.queues, key, r); }
    void keep(const WorkflowId &key, const std::optional<Workflow> &r)
    {
        mirror(m_set.workflows, key, r);
    }
    void keep(const TaskId &key, std::optional<Task> r)
    {
        if (r && (r->assignmentStatus == TaskStatus::Completed ||
                  r->assignmentStatus == TaskStatus::Canceled))
            r.reset();
        mirror(m_set.tasks, key, r);
    }
    void keep(const ReservationId &key, std::optional<Reservation> r)
    {
        if (r && r->status != ReservationStatus::Pending &&
            r->status != ReservationStatus::Accepted && r->status != ReservationStatus::Wrapping)
            r.reset();
        mirror(m_set.reservations, key, r);
    }
    template <typename Key, typename Record>
    void keep(const Key &, const std::optional<Record> &)
    {}
};

template <typename Record, typename... Rest>
class MemoryTables<Record, Rest...> : public MemoryTables<Rest...>
{
    using Key = typename Record::Key;

    std::map<Key, Record> m_rows;

public:
    using MemoryTables<Rest...>::MemoryTables;

    std::optional<Record> find(const Key &key) const override
    {
        const auto row = m_rows.find(key);
        return row == m_rows.end() ? std::nullopt : std::optional(row->second);
    }
    void put(const Record &record) override
    {
        m_rows[record.key()] = record;
        this->keep(record.key(), std::optional<Record>(record));
    }
    void erase(const Key &key) override
    {
        m_rows.erase(key);
        this->keep(key, std::optional<Record>());
    }
};

} // namespace

std::unique_ptr<events::Tables> memoryTables(routing::WorkingSet &set)
{
    return std::make_unique<events::Replicated<MemoryTables>>(set);
}

} // namespace peerdesk::rehearsal
