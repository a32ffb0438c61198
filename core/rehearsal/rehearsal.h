// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/rehearsal/loads.h"

#include <QJsonObject>

namespace peerdesk::rehearsal {

/// When somebody is there.
struct Shift
{
    Time from;
    Time to;
};

struct Colleague
{
    Worker worker;
    std::vector<Shift> shifts; ///< empty = all the time
};

/// All that one rehearsal depends on.
struct Setting
{
    Time start;
    Time end;
    std::vector<TaskChannel> taskChannels;
    std::vector<Queue> queues;
    Workflow workflow;
    std::vector<Colleague> staff;
    std::vector<Arrival> arrivals;
    Milliseconds answerAfter{0}; ///< from offer to acceptance
    Seconds serviceLevel{20};
    Seconds shortAbandon{5};
    TaskOrder prioritizeQueueOrder = TaskOrder::Fifo;
    int maxPendingOffers = 1;
    bool usesChannelWeights = false;
};

/// Most arrivals of one rehearsal.
constexpr size_t MaxArrivals = 200'000;

/// {workflow, tasks, service_level, wait {avg, max, p50, p90, p95, p99}, abandoned, refused,
/// occupancy, unanswered, queues: {name: {...}}, facts}. Work goes on after `end` until
/// nothing is left to do, for a day at most; numbers cover all of it. Errors: Invalid (the
/// workflow's configuration).
Result<QJsonObject> rehearse(const Setting &setting);

/// Both on the same load, and what the second changes: {before, after, change}. Errors as above.
Result<QJsonObject> compare(const Setting &setting, const Workflow &other);

} // namespace peerdesk::rehearsal
