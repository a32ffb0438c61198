// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/events/tables.h"
#include "core/node/departures.h"
#include "core/routing/workingset.h"

#include <map>
#include <optional>
#include <set>

namespace peerdesk::node {

/// Records that decisions need all the time, kept in memory: small tables whole, of the large ones
/// what is still open.
struct Warm
{
    Office office;
    routing::WorkingSet set;
    std::map<NodeId, Node> nodes;
    std::map<AgentId, Agent> agents;
    std::map<AccountId, ChannelAccount> accounts;
    std::map<FlowId, Flow> flows;
    std::map<SealId, SealedSecret> seals;
    std::map<WebhookId, Webhook> webhooks;
    std::map<ExecutionId, Execution> executions;                   ///< active
    std::map<ConversationId, ExecutionId> executionOfConversation; ///< active
    std::set<std::pair<Time, ExecutionId>> waits; ///< reply time-outs of executions
    std::map<EffectId, Effect> effects;           ///< ready or claimed
    Departures departures;                        ///< in which order they may start

    /// Takes a record's new state in; nullopt = erased. Types that are not kept here change
    /// nothing.
    template <typename Record>
    void keep(const typename Record::Key &key, const std::optional<Record> &record)
    {
        if constexpr (std::is_same_v<Record, Execution>)
            unindex(key);
        if constexpr (std::is_same_v<Record, Effect>) {
            if (const Effect *before = find<Effect>(key))
                departures.leave(*before);
            if (record && isOpen(*record))
                departures.enter(*record);
        }
        if (auto *map = mapOf<Record>(*this)) {
            if (record && isOpen(*record))
                (*map)[key] = *record;
            else
                map->erase(key);
        }
        if constexpr (std::is_same_v<Record, Office>) {
            office = record.value_or(Office{});
            set.timeoutActivity = office.timeoutActivity;
            set.prioritizeQueueOrder = office.prioritizeQueueOrder;
            set.maxPendingOffers = office.maxPendingOffers;
            set.usesChannelWeights = office.usesChannelWeights;
        }
        if constexpr (std::is_same_v<Record, Execution>)
            index(key, record);
    }

    /// The record if it is kept here.
    template <typename Record>
    const Record *find(const typename Record::Key &key) const
    {
        const auto *map = mapOf<Record>(*this);
        if (!map)
            return nullptr;
        const auto it = map->find(key);
        return it == map->end() ? nullptr : &it->second;
    }

private:
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
        else if constexpr (std::is_same_v<Record, Node>)
            return &self.nodes;
        else if constexpr (std::is_same_v<Record, Agent>)
            return &self.agents;
        else if constexpr (std::is_same_v<Record, ChannelAccount>)
            return &self.accounts;
        else if constexpr (std::is_same_v<Record, Flow>)
            return &self.flows;
        else if constexpr (std::is_same_v<Record, SealedSecret>)
            return &self.seals;
        else if constexpr (std::is_same_v<Record, Webhook>)
            return &self.webhooks;
        else if constexpr (std::is_same_v<Record, Execution>)
            return &self.executions;
        else if constexpr (std::is_same_v<Record, Effect>)
            return &self.effects;
        else
            return static_cast<std::map<typename Record::Key, Record> *>(nullptr);
    }

    template <typename Record>
    static bool isOpen(const Record &)
    {
        return true;
    }
    static bool isOpen(const Task &task)
    {
        return task.assignmentStatus != TaskStatus::Completed &&
               task.assignmentStatus != TaskStatus::Canceled;
    }
    static bool isOpen(const Reservation &reservation)
    {
        return reservation.status == ReservationStatus::Pending ||
               reservation.status == ReservationStatus::Accepted ||
               reservation.status == ReservationStatus::Wrapping;
    }
    static bool isOpen(const Execution &execution)
    {
        return execution.status == ExecutionStatus::Active;
    }
    static bool isOpen(const Effect &effect)
    {
        return effect.state == EffectState::Ready || effect.state == EffectState::Claimed;
    }
    void index(ExecutionId id, const std::optional<Execution> &execution)
    {
        if (!execution || !isOpen(*execution))
            return;
        executionOfConversation[execution->conversation] = id;
        if (execution->waitsUntil.isSet())
            waits.emplace(execution->waitsUntil, id);
    }
    void unindex(ExecutionId id)
    {
        const auto it = executions.find(id);
        if (it == executions.end())
            return;
        waits.erase({it->second.waitsUntil, id});
        const auto running = executionOfConversation.find(it->second.conversation);
        if (running != executionOfConversation.end() && running->second == id)
            executionOfConversation.erase(running);
    }
};

} // namespace peerdesk::node
