// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/events/apply.h"
#include "core/routing/workingset.h"

namespace peerdesk::rehearsal {

/// The router's working set as replicated tables: what it does not keep is forgotten.
template <typename... Records>
class SetTables;

template <>
class SetTables<> : public events::Tables
{
public:
    routing::WorkingSet set;

protected:
    template <typename Record, typename Self>
    static auto *mapOf(Self &self)
    {
        if constexpr (std::is_same_v<Record, Activity>)
            return &self.set.activities;
        else if constexpr (std::is_same_v<Record, TaskChannel>)
            return &self.set.taskChannels;
        else if constexpr (std::is_same_v<Record, Worker>)
            return &self.set.workers;
        else if constexpr (std::is_same_v<Record, Queue>)
            return &self.set.queues;
        else if constexpr (std::is_same_v<Record, Workflow>)
            return &self.set.workflows;
        else if constexpr (std::is_same_v<Record, Task>)
            return &self.set.tasks;
        else if constexpr (std::is_same_v<Record, Reservation>)
            return &self.set.reservations;
        else
            return static_cast<std::map<typename Record::Key, Record> *>(nullptr);
    }
    template <typename Record>
    static bool isOpen(const Record &record)
    {
        if constexpr (std::is_same_v<Record, Task>)
            return record.assignmentStatus != TaskStatus::Completed &&
                   record.assignmentStatus != TaskStatus::Canceled;
        else if constexpr (std::is_same_v<Record, Reservation>)
            return record.status == ReservationStatus::Pending ||
                   record.status == ReservationStatus::Accepted ||
                   record.status == ReservationStatus::Wrapping;
        else
            return true;
    }
};

template <typename Record, typename... Rest>
class SetTables<Record, Rest...> : public SetTables<Rest...>
{
    using Key = typename Record::Key;

public:
    std::optional<Record> find(const Key &key) const override
    {
        const auto *map = SetTables<>::template mapOf<Record>(*this);
        if (!map)
            return std::nullopt;
        const auto found = map->find(key);
        return found == map->end() ? std::nullopt : std::optional(found->second);
    }
    void put(const Record &record) override
    {
        auto *map = SetTables<>::template mapOf<Record>(*this);
        if (map && SetTables<>::isOpen(record))
            map->insert_or_assign(record.key(), record);
        else
            erase(record.key());
    }
    void erase(const Key &key) override
    {
        if (auto *map = SetTables<>::template mapOf<Record>(*this))
            map->erase(key);
    }
};

using RoutingTables = events::Replicated<SetTables>;

} // namespace peerdesk::rehearsal
