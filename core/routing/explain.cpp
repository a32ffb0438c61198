// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/routing/explain.h"

#include "core/routing/matching.h"

#include <QJsonArray>

namespace peerdesk::routing {

using namespace Qt::StringLiterals;

namespace {

/// Why `worker` may not be asked at all; empty = may be.
QString outsideReason(const Index &index, const Task &task, const Worker &worker)
{
    const Asked asked = askedFor(index, task);
    if (mayBeAsked(index, task, worker))
        return {};
    if (asked == Asked::Wanted)
        return u"the task asks another worker"_s;
    if (std::ranges::find(worker.optedOut, task.taskQueue) != worker.optedOut.end())
        return u"opted out of the queue"_s;
    if (!index.isMember(worker.id, task.taskQueue))
        return u"not in the queue"_s;
    const Target *target = index.target(task);
    if (asked == Asked::Known && worker.id != knownWorker(index, task, *target))
        return u"the step asks another worker"_s;
    return u"the step's expression does not hold"_s;
}

/// Why `worker` cannot take anything of this channel now; empty = can.
QString busyReason(const Index &index, const Task &task, const Worker &worker)
{
    if (index.isReady(worker, task.taskChannel))
        return {};
    if (!worker.available) {
        const auto activity = index.set().activities.find(worker.activity);
        return activity == index.set().activities.end()
                   ? u"not available"_s
                   : u"not available (%1)"_s.arg(activity->second.friendlyName);
    }
    const auto own = worker.channels.find(task.taskChannel);
    if (own != worker.channels.end() && !own->second.available)
        return u"%1 is switched off"_s.arg(task.taskChannel);
    const int taken = index.load(worker.id, task.taskChannel).taken;
    const int capacity = index.capacity(worker, task.taskChannel);
    if (taken >= capacity)
        return u"no free slot for %1 (%2 of %3)"_s.arg(task.taskChannel).arg(taken).arg(capacity);
    return u"has another offer open"_s;
}

QString workerReason(const Index &index, const Task &task, const Worker &worker,
                     const std::vector<WorkerId> &chosen)
{
    if (task.worker == worker.id)
        return u"has the task"_s;
    for (const ReservationId &id : task.reservations) {
        const auto offer = index.set().reservations.find(id);
        if (offer != index.set().reservations.end() && offer->second.worker == worker.id)
            return u"offered: %1"_s.arg(offer->second.why);
    }
    if (const QString reason = outsideReason(index, task, worker); !reason.isEmpty())
        return reason;
    if (const QString reason = busyReason(index, task, worker); !reason.isEmpty())
        return reason;
    if (declinedAt(task, worker.id) && std::ranges::find(chosen, worker.id) == chosen.end())
        return u"declined; asked again after the others or a minute"_s;
    return {};
}

} // namespace

QJsonObject explainTask(const Index &index, TaskId id, Time now)
{
    const auto found = index.set().tasks.find(id);
    if (found == index.set().tasks.end())
        return {};
    const Task &task = found->second;
    const std::vector<WorkerId> chosen = choose(index, task, now);
    QJsonArray workers;
    int leftOut = 0;
    for (const auto &[workerId, worker] : index.set().workers) {
        if (workers.size() >= MaxExplainedWorkers) {
            ++leftOut;
            continue;
        }
        const QString reason = workerReason(index, task, worker, chosen);
        workers.append(QJsonObject{
            {u"worker"_s, workerId.toString()},
            {u"friendly_name"_s, worker.friendlyName},
            {u"eligible"_s, reason.isEmpty()},
            {u"reason"_s, reason.isEmpty() ? u"could take it now"_s : reason},
        });
    }
    const auto queue = index.set().queues.find(task.taskQueue);
    const Plan *plan = index.plan(task.workflow);
    QJsonObject out{
        {u"task"_s, id.toString()},
        {u"status"_s, enumName(task.assignmentStatus)},
        {u"queue"_s, queue == index.set().queues.end() ? task.taskQueue.toString()
                                                       : queue->second.friendlyName},
        {u"worker"_s, task.worker.toString()},
        {u"priority"_s, task.priority},
        {u"target"_s, task.targetIndex + 1},
        {u"in_queue_since"_s, task.taskQueueEnteredDate.toString()},
        {u"workers"_s, workers},
    };
    if (plan && task.filterIndex >= 0 && size_t(task.filterIndex) < plan->filters.size())
        out.insert(u"filter"_s, plan->filters[size_t(task.filterIndex)].friendlyName);
    if (leftOut > 0)
        out.insert(u"workers_left_out"_s, leftOut);
    return out;
}

} // namespace peerdesk::routing
