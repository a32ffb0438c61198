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

/// Counts of several census cells together.
struct Tally
{
    int total = 0;
    std::map<TaskStatus, int> byStatus;
    std::map<int, int> byPriority;
    Oldest oldest;         ///< of the waiting ones, by creation
    Oldest longestInQueue; ///< of the waiting ones, by the time in this queue

    void add(const Task &task)
    {
        ++total;
        ++byStatus[task.assignmentStatus];
        ++byPriority[task.priority];
    }
    void add(const Census &census, const CensusCell &cell)
    {
        for (const auto &[status, count] : cell.byStatus) {
            byStatus[status] += count;
            total += count;
        }
        for (const auto &[priority, count] : cell.byPriority)
            byPriority[priority] += count;
        keepFirst(oldest, census.oldest(cell));
        keepFirst(longestInQueue, census.longestInQueue(cell));
    }

private:
    static void keepFirst(Oldest &first, const Oldest &other)
    {
        if (other && (!first || *other < *first))
            first = other;
    }
};

bool isOf(const CensusKey &key, const StatisticsScope &scope)
{
    if (!scope.taskChannel.isEmpty() && key.taskChannel != scope.taskChannel)
        return false;
    switch (scope.kind) {
    case StatisticsScope::Kind::Workspace:
        return true;
    case StatisticsScope::Kind::Queue:
        return key.queue.value == scope.id;
    case StatisticsScope::Kind::Workflow:
        return key.workflow.value == scope.id;
    case StatisticsScope::Kind::Worker:
        break;
    }
    return false;
}

/// A worker holds few tasks: those are looked at.
Tally tallyOf(const WorkingSet &set, WorkerId worker, const QString &taskChannel)
{
    Tally tally;
    for (const auto &[id, held] : set.reservations) {
        if (held.worker != worker || held.status == ReservationStatus::Pending)
            continue;
        const auto task = set.tasks.get(held.task);
        if (task && task->worker == worker &&
            (taskChannel.isEmpty() || task->taskChannel == taskChannel))
            tally.add(*task);
    }
    return tally;
}

Tally tallyOf(const Index &index, const StatisticsScope &scope)
{
    if (scope.kind == StatisticsScope::Kind::Worker)
        return tallyOf(index.set(), WorkerId{scope.id}, scope.taskChannel);
    Tally tally;
    for (const auto &[key, cell] : index.census().cells()) {
        if (isOf(key, scope))
            tally.add(index.census(), cell);
    }
    return tally;
}

qint64 secondsSince(Time then, Time now)
{
    return std::chrono::duration_cast<Seconds>(std::max(Milliseconds(0), now - then)).count();
}

QJsonValue sidOf(const Oldest &task)
{
    return task ? QJsonValue(task->second.toString()) : QJsonValue();
}

qint64 ageOf(const Oldest &task, Time now)
{
    return task ? secondsSince(task->first, now) : 0;
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
            {u"longest_task_waiting_age"_s, ageOf(tally.oldest, now)},
            {u"longest_task_waiting_sid"_s, sidOf(tally.oldest)}};
}

/// Workers per activity.
void addWorkers(const WorkingSet &set, QJsonObject &out, const QString &totalName,
                const std::map<ActivityId, int> &byActivity)
{
    int total = 0;
    int available = 0;
    QJsonArray activities;
    for (const auto &[id, activity] : set.activities) {
        const auto found = byActivity.find(id);
        const int workers = found == byActivity.end() ? 0 : found->second;
        total += workers;
        available += activity.available ? workers : 0;
        activities.append(QJsonObject{{u"activity"_s, id.toString()},
                                      {u"friendly_name"_s, activity.friendlyName},
                                      {u"available"_s, activity.available},
                                      {u"workers"_s, workers}});
    }
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
    const Tally tally = tallyOf(index, scope);
    QJsonObject out = tasksOf(tally, now);
    if (scope.kind == StatisticsScope::Kind::Workspace)
        addWorkers(set, out, u"total_workers"_s, index.activities());
    if (scope.kind == StatisticsScope::Kind::Queue) {
        out.insert(u"longest_relative_task_age_in_queue"_s, ageOf(tally.longestInQueue, now));
        out.insert(u"longest_relative_task_sid_in_queue"_s, sidOf(tally.longestInQueue));
        addWorkers(set, out, u"total_eligible_workers"_s,
                   index.queue(QueueId{scope.id})->activities);
    }
    if (scope.kind == StatisticsScope::Kind::Worker) {
        const Worker &worker = set.workers.at(WorkerId{scope.id});
        out.insert(u"activity"_s, worker.activity.toString());
        out.insert(u"available"_s, worker.available);
    }
    return out;
}

} // namespace peerdesk::routing
