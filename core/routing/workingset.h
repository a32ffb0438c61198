// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/domain/routing.h"
#include "core/routing/recordtable.h"
#include "core/routing/tasktable.h"

#include <map>

namespace peerdesk::routing {

/// What the router keeps warm: configuration, workers, open tasks and live reservations. All are
/// walked in the order of ids, so that every walk is the same on every node.
struct WorkingSet
{
    std::map<ActivityId, Activity> activities;
    std::map<TaskChannelId, TaskChannel> taskChannels;
    RecordTable<WorkerId, Worker> workers;
    std::map<QueueId, Queue> queues;
    std::map<WorkflowId, Workflow> workflows;
    TaskTable tasks;                                      ///< pending, reserved, assigned, wrapping
    RecordTable<ReservationId, Reservation> reservations; ///< pending, accepted, wrapping
    ActivityId timeoutActivity; ///< where a second missed offer in a row leads
    TaskOrder prioritizeQueueOrder = TaskOrder::Fifo; ///< which kind of queue a worker in both
                                                      ///< kinds serves first
    bool usesChannelWeights = false; ///< task channels cost units of a worker's 100
    int maxPendingOffers = 1;        ///< open offers per worker at a time; >= 1
};

} // namespace peerdesk::routing
