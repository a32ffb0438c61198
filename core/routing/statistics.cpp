// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/routing/statistics.h"

#include <QJsonArray>

namespace peerdesk::routing {

using namespace Qt::StringLiterals;

namespace {

bool exists(const WorkingSet &set, const StatisticsScope &scope)
{
    switch (scope.kind) {
    case StatisticsScope::Kind::Workspace:
        return true;
    case StatisticsScope::Kind::Queue:
        return set.queues.contains(QueueId{scope.id});
    case StatisticsScope::Kind::Workflow:
        return set.workflows.contains(WorkflowId{scope.id});
    case StatisticsScope::Kind::Worker:
        return set.workers.contains(WorkerId{scope.id});
    }
    return false;
}

bool isCounted(const Task &task, const StatisticsScope &scope)
{
    if (!scope.taskChannel.isEmpty() && task.taskChannel != scope.taskChannel)
        return false;
    switch (scope.kind) {
    case StatisticsScope::Kind::Workspace:
        return true;
    case StatisticsScope::Kind::Queue:
        return task.taskQueue.value == scope.id;
    case StatisticsScope::Kind::Workflow:
        return task.workflow.value == scope.id;
    case StatisticsScope::Kind::Worker:
        return task.worker.value == scope.id;
    }
    return false;
}

/// Counts tasks and remembers which waits longest.
struct Tally
{
    int total = 0;
    std::map<TaskStatus, int> byStatus;
    std::map<int, int> byPriority;
    const Task *oldest = nullptr;         ///< of the waiting ones, by creation
    const Task *longestInQueue = nullptr; ///< of the waiting ones, by the time in this queue

    void count(const Task &task)
    {
        ++total;
        ++byStatus[task.assignmentStatus];
        ++byPriority[task.priority];
        const bool isWaiting = task.assignmentStatus == TaskStatus::Pending ||
                               task.assignmentStatus == TaskStatus::Reserved;
        if (!isWaiting)
            return;
        if (!oldest || task.dateCreated < oldest->dateCreated)
            oldest = &task;
        if (!longestInQueue || task.taskQueueEnteredDate < longestInQueue->taskQueueEnteredDate)
            longestInQueue = &task;
    }
};

qint64 secondsSince(Time then, Time now)
{
    return std::chrono::duration_cast<Seconds>(std::max(Milliseconds(0), now - then)).count();
}

QJsonValue sidOf(const Task *task)
{
    return task ? QJsonValue(task->id.toString()) : QJsonValue();
}

QJsonObject tasksOf(const Tally &tally, Time now)
{
    QJsonObject byStatus;
    for (const TaskStatus status :
         {TaskStatus::Pending, TaskStatus::Reserved, TaskStatus::Assigned, TaskStatus::Wrapping}) {
        const auto found = tally.byStatus.find(status);
        byStatus.insert(enumName(status), found == tally.byStatus.end() ? 0 : found->second);
    }
    QJsonObject byPriority;
    for (const auto &[priority, count] : tally.byPriority)
        byPriority.insert(QString::number(priority), count);
    return {{u"total_tasks"_s, tally.total},
            {u"tasks_by_status"_s, byStatus},
            {u"tasks_by_priority"_s, byPriority},
            {u"longest_task_waiting_age"_s,
             tally.oldest ? secondsSince(tally.oldest->dateCreated, now) : 0},
            {u"longest_task_waiting_sid"_s, sidOf(tally.oldest)}};
}

/// Workers per activity, of those that `fits` holds for.
template <typename Fits>
void addWorkers(const WorkingSet &set, QJsonObject &out, const QString &totalName, const Fits &fits)
{
    std::map<ActivityId, int> byActivity;
    int total = 0;
    int available = 0;
    for (const auto &[id, worker] : set.workers) {
        if (!fits(id))
            continue;
        ++total;
        available += worker.available;
        ++byActivity[worker.activity];
    }
    QJsonArray activities;
    for (const auto &[id, activity] : set.activities)
        activities.append(QJsonObject{{u"activity"_s, id.toString()},
                                      {u"friendly_name"_s, activity.friendlyName},
                                      {u"available"_s, activity.available},
                                      {u"workers"_s, byActivity[id]}});
    out.insert(totalName, total);
    out.insert(u"total_available_workers"_s, available);
    out.insert(u"activity_statistics"_s, activities);
}

} // namespace

Result<QJsonObject> realTimeStatistics(const Index &index, const StatisticsScope &scope, Time now)
{
    const WorkingSet &set = index.set();
    if (!exists(set, scope))
        return notFound(u"there is nothing with this id"_s);
    if (!scope.taskChannel.isEmpty() && !index.taskChannel(scope.taskChannel))
        return invalid(u"there is no task channel \"%1\""_s.arg(scope.taskChannel.left(64)));
    Tally tally;
    for (const auto &[id, task] : set.tasks) {
        if (isCounted(task, scope))
            tally.count(task);
    }
    QJsonObject out = tasksOf(tally, now);
    if (scope.kind == StatisticsScope::Kind::Workspace)
        addWorkers(set, out, u"total_workers"_s, [](WorkerId) { return true; });
    if (scope.kind == StatisticsScope::Kind::Queue) {
        const Task *longest = tally.longestInQueue;
        out.insert(u"longest_relative_task_age_in_queue"_s,
                   longest ? secondsSince(longest->taskQueueEnteredDate, now) : 0);
        out.insert(u"longest_relative_task_sid_in_queue"_s, sidOf(longest));
        addWorkers(set, out, u"total_eligible_workers"_s,
                   [&](WorkerId id) { return index.isMember(id, QueueId{scope.id}); });
    }
    if (scope.kind == StatisticsScope::Kind::Worker) {
        const Worker &worker = set.workers.at(WorkerId{scope.id});
        out.insert(u"activity"_s, worker.activity.toString());
        out.insert(u"available"_s, worker.available);
    }
    return out;
}

} // namespace peerdesk::routing
