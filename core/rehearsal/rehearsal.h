// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/rehearsal/loads.h"

#include <QJsonObject>

#include <functional>
#include <stop_token>

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

/// How another thread follows a rehearsal and ends it.
struct Watch
{
    std::stop_token stop; ///< asked before each event: then the answer is Cancelled
    std::function<void(size_t)> onArrival; ///< how many arrivals are done; of all that are run
};

/// {workflow, tasks, service_level, wait {avg, max, p50, p90, p95, p99}, abandoned, refused,
/// occupancy, unanswered, queues: {name: {...}}, facts}. Work goes on after `end` until
/// nothing is left to do, for a day at most; numbers cover all of it. Errors: Invalid (the
/// workflow's configuration), Cancelled.
Result<QJsonObject> rehearse(const Setting &setting, const Watch &watch = {});

/// Both on the same load, and what the second changes: {before, after, change}. The watch hears of
/// each arrival twice. Errors as above.
Result<QJsonObject> compare(const Setting &setting, const Workflow &other, const Watch &watch = {});

} // namespace peerdesk::rehearsal
