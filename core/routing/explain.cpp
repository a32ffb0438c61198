// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/routing/explain.h"

#include "core/base/json.h"
#include "core/routing/matching.h"
#include "core/routing/scope.h"

#include <QJsonArray>

#include <algorithm>

namespace peerdesk::routing {

using namespace Qt::StringLiterals;

namespace {

/// The first condition that fails, and what would change that; both empty = could take it now.
struct Obstacle
{
    QString reason;
    QString wayOut;

    bool isNone() const { return reason.isEmpty(); }
};

QString activityOf(const Index &index, const Worker &worker)
{
    const auto activity = index.set().activities.find(worker.activity);
    return activity == index.set().activities.end() ? QString() : activity->second.friendlyName;
}

/// The comparisons of an expression that do not hold, as they are written.
QString failing(const Expression &expression, const Resolve &resolve)
{
    const std::vector<const Comparison *> holding = expression.holding(resolve);
    QStringList out;
    for (const Comparison &one : expression.comparisons()) {
        if (std::ranges::find(holding, &one) == holding.end())
            out.append(describe(one));
    }
    return out.join(u"; "_s);
}

/// Why `worker` may not be asked at all.
Obstacle outside(const Index &index, const Task &task, const Worker &worker)
{
    if (mayBeAsked(index, task, worker))
        return {};
    if (task.isTransferring() && task.transfer->initiatingWorker == worker.id)
        return {u"gives the task on"_s, {}};
    if (askedFor(index, task) == Asked::Wanted)
        return {u"the task asks another worker"_s, {}};
    const QueueId queueId = task.waitingQueue();
    if (std::ranges::find(worker.optedOut, queueId) != worker.optedOut.end())
        return {u"opted out of the queue"_s, u"opting in"_s};
    const QueueView *queue = index.queue(queueId);
    const WorkerView *view = index.worker(worker.id);
    if (!index.isMember(worker.id, queueId)) {
        if (!queue || !queue->condition || !view)
            return {u"not in the queue"_s, u"a queue that has members"_s};
        const QJsonObject attributes = json::object(worker.attributes);
        const QString missing = failing(*queue->condition, [&](const Reference &reference) {
            return workerValue(index.set(), worker, attributes, reference);
        });
        return {u"not in the queue"_s, u"attributes so that: "_s + missing};
    }
    const Target *target = index.target(task);
    if (askedFor(index, task) == Asked::Known && worker.id != knownWorker(index, task, *target))
        return {u"the step asks another worker"_s, u"the step's time-out"_s};
    const QJsonObject attributes = json::object(task.attributes);
    return {u"the step's expression does not hold"_s,
            u"attributes so that: "_s +
                failing(*target->expression, targetScope(index, attributes, worker))};
}

/// Why `worker` cannot take anything of this channel now.
Obstacle busy(const Index &index, const Task &task, const Worker &worker)
{
    const QString &channel = task.taskChannel;
    if (index.isReady(worker, channel))
        return {};
    if (!worker.available) {
        const QString activity = activityOf(index, worker);
        return {activity.isEmpty() ? u"not available"_s : u"not available (%1)"_s.arg(activity),
                u"choosing an activity that is available"_s};
    }
    const auto own = worker.channels.find(channel);
    if (own != worker.channels.end() && !own->second.available)
        return {u"%1 is switched off"_s.arg(channel), u"switching %1 on"_s.arg(channel)};
    const int taken = index.load(worker.id, channel).taken;
    const int capacity = index.capacity(worker, channel);
    if (taken >= capacity)
        return {u"no free slot for %1 (%2 of %3)"_s.arg(channel).arg(taken).arg(capacity),
                capacity == 0 ? u"a capacity above 0"_s
                              : u"ending one %1, or asking for one more"_s.arg(channel)};
    const int free = index.freeUnits(worker.id);
    if (index.weight(channel) > free)
        return {
            u"%1 costs %2 units, %3 are free"_s.arg(channel).arg(index.weight(channel)).arg(free),
            u"ending work of %1 units"_s.arg(index.weight(channel) - free)};
    return {u"has another offer open"_s, u"answering it"_s};
}

/// Why nothing is offered although the worker could take it.
Obstacle notNow(const Index &index, const Task &task, const Worker &worker,
                const std::vector<WorkerId> &chosen)
{
    if (std::ranges::find(chosen, worker.id) != chosen.end())
        return {};
    if (const auto since = declinedAt(task, worker.id))
        return {u"declined; asked again after the others or a minute"_s,
                u"the others' answers, or %1"_s.arg((*since + DeclineMemory).toString())};
    const auto queue = index.set().queues.find(task.waitingQueue());
    if (queue != index.set().queues.end() && queue->second.isPull &&
        askedFor(index, task) == Asked::Queue)
        return {u"the queue offers nothing"_s, u"taking it"_s};
    if (isHeldBack(index, task, worker.id))
        return {u"keeps units for something more urgent"_s,
                u"at the latest at %1"_s.arg(index.holds().at(worker.id).until.toString())};
    return {};
}

Obstacle obstacle(const Index &index, const Task &task, const Worker &worker,
                  const std::vector<WorkerId> &chosen)
{
    for (const ReservationId &id : task.reservations) {
        const auto leg = index.set().reservations.find(id);
        if (leg == index.set().reservations.end() || leg->second.worker != worker.id)
            continue;
        if (leg->second.status == ReservationStatus::Pending)
            return {u"offered: %1"_s.arg(leg->second.why), u"an answer"_s};
        const QString words = task.worker == worker.id
                                  ? u"has the task"_s
                                  : u"takes part (%1)"_s.arg(enumName(leg->second.status));
        return {words + (leg->second.why.isEmpty() ? QString() : u": "_s + leg->second.why), {}};
    }
    if (task.worker == worker.id)
        return {u"has the task"_s, {}};
    if (const Obstacle found = outside(index, task, worker); !found.isNone())
        return found;
    const bool isAnyState =
        task.isTransferring() ? task.transfer->ignoreCapacity : task.ignoreCapacity;
    if (const Obstacle found = busy(index, task, worker); !found.isNone() && !isAnyState)
        return found;
    return notNow(index, task, worker, chosen);
}

/// One line per filter of the workflow: whether it matches now, and which one the task is in.
QJsonArray rules(const Index &index, const Task &task, Time now)
{
    QJsonArray out;
    const Plan *plan = index.plan(task.workflow);
    if (!plan)
        return out;
    const QJsonObject attributes = json::object(task.attributes);
    const QJsonObject facts = json::object(task.routingFacts);
    const Resolve resolve = filterScope(task, attributes, facts, now);
    for (size_t i = 0; i < plan->filters.size(); ++i) {
        const Filter &filter = plan->filters[i];
        const bool holds = filter.expression.evaluate(resolve);
        QJsonObject one{{u"filter"_s, filter.friendlyName},
                        {u"matches"_s, holds},
                        {u"current"_s, int(i) == task.filterIndex}};
        if (!holds)
            one.insert(u"failed"_s, failing(filter.expression, resolve));
        out.append(one);
    }
    if (plan->defaultTarget)
        out.append(QJsonObject{{u"filter"_s, u"default"_s},
                               {u"matches"_s, true},
                               {u"current"_s, task.filterIndex < 0}});
    return out;
}

/// How many are served before it in its queue and task channel, itself counted.
int positionOf(const Index &index, const Task &task, const TaskView &view)
{
    const Rank rank = index.rankOf(task);
    const TaskClass *own = index.taskClass(view.taskClass);
    const Group *group = own ? index.group(own->group) : nullptr;
    if (!group)
        return 1;
    int before = 0;
    for (const ClassId id : group->classes) {
        const TaskClass &taskClass = *index.taskClass(id);
        for (const Turn &place : taskClass.tasks) {
            if (!(index.rankOf(taskClass, place) < rank))
                break;
            ++before;
        }
    }
    return before + 1;
}

/// Position x the time that one takes / slots of who is there. Work in hand has lasted on average
/// as long as work lasts (exact for durations without memory); without any nobody can tell.
std::optional<double> expectedWait(const Index &index, const Task &task, int position, Time now)
{
    const QueueId queueId = task.waitingQueue();
    Milliseconds sum{0};
    int running = 0;
    for (const auto &[id, other] : index.set().tasks) {
        const bool isHeld = other.assignmentStatus == TaskStatus::Assigned ||
                            other.assignmentStatus == TaskStatus::Wrapping;
        if (!isHeld || other.taskQueue != queueId || other.taskChannel != task.taskChannel)
            continue;
        sum += now - other.assignedAt;
        ++running;
    }
    int slots_ = 0;
    if (const QueueView *queue = index.queue(queueId)) {
        for (const WorkerId &id : queue->members) {
            const Worker &worker = index.set().workers.at(id);
            slots_ += worker.available ? index.capacity(worker, task.taskChannel) : 0;
        }
    }
    if (running == 0 || slots_ == 0)
        return {};
    return double(position) * double(sum.count()) / 1000.0 / running / slots_;
}

std::optional<Standing> waitingAt(const Index &index, const Task &task,
                                  const std::vector<WorkerId> &chosen, Time now)
{
    const TaskView *view = index.task(task.id);
    if (!task.isWaiting() || !view)
        return std::nullopt;
    const int position = positionOf(index, task, *view);
    return Standing{position, chosen.empty() ? expectedWait(index, task, position, now)
                                             : std::optional<double>(0)};
}

void addWaiting(const Index &index, const Task &task, const std::vector<WorkerId> &chosen, Time now,
                QJsonObject &out)
{
    const std::optional<Standing> standing = waitingAt(index, task, chosen, now);
    if (!standing)
        return;
    out.insert(u"position"_s, standing->position);
    out.insert(u"expected_wait"_s,
               standing->expectedWait ? QJsonValue(*standing->expectedWait) : QJsonValue());
    for (const Deadline &deadline : index.deadlinesOf(task)) {
        if (deadline.kind == Deadline::Kind::Target)
            out.insert(u"next_step_at"_s, deadline.at.toString());
        if (deadline.kind == Deadline::Kind::TimeToLive)
            out.insert(u"ends_at"_s, deadline.at.toString());
    }
    const Target *target = index.target(task);
    if (target && target->known != KnownWorker::None && knownWorker(index, task, *target).isNull())
        out.insert(u"diagnostic"_s, u"the step asks for a worker who is not there: \"%1\""_s.arg(
                                        index.knownOf(task).left(64)));
}

} // namespace

std::optional<Standing> standingOf(Index &index, TaskId id, Time now)
{
    const auto found = index.set().tasks.find(id);
    if (found == index.set().tasks.end())
        return std::nullopt;
    const Task &task = found->second;
    if (task.assignmentStatus == TaskStatus::Reserved)
        return Standing{1, 0};
    return task.assignmentStatus == TaskStatus::Pending
               ? waitingAt(index, task, choose(index, task, now), now)
               : std::nullopt;
}

QJsonObject explainTask(Index &index, TaskId id, Time now)
{
    const auto found = index.set().tasks.find(id);
    if (found == index.set().tasks.end())
        return {};
    const Task &task = found->second;
    const std::vector<WorkerId> chosen =
        task.isWaiting() ? choose(index, task, now) : std::vector<WorkerId>();
    QJsonArray workers;
    int leftOut = 0;
    for (const auto &[workerId, worker] : index.set().workers) {
        if (workers.size() >= MaxExplainedWorkers) {
            ++leftOut;
            continue;
        }
        const Obstacle found_ = obstacle(index, task, worker, chosen);
        QJsonObject line{{u"worker"_s, workerId.toString()},
                         {u"friendly_name"_s, worker.friendlyName},
                         {u"eligible"_s, found_.isNone()},
                         {u"reason"_s, found_.isNone() ? u"could take it now"_s : found_.reason}};
        if (!found_.wayOut.isEmpty())
            line.insert(u"would_free"_s, found_.wayOut);
        workers.append(line);
    }
    const auto queue = index.set().queues.find(task.waitingQueue());
    QJsonObject out{
        {u"task"_s, id.toString()},
        {u"status"_s, enumName(task.assignmentStatus)},
        {u"queue"_s, queue == index.set().queues.end() ? task.waitingQueue().toString()
                                                       : queue->second.friendlyName},
        {u"worker"_s, task.worker.toString()},
        {u"priority"_s, task.priority},
        {u"target"_s, task.targetIndex + 1},
        {u"in_queue_since"_s, task.taskQueueEnteredDate.toString()},
        {u"rules"_s, rules(index, task, now)},
        {u"workers"_s, workers},
    };
    const Plan *plan = index.plan(task.workflow);
    if (plan && task.filterIndex >= 0 && size_t(task.filterIndex) < plan->filters.size())
        out.insert(u"filter"_s, plan->filters[size_t(task.filterIndex)].friendlyName);
    if (leftOut > 0)
        out.insert(u"workers_left_out"_s, leftOut);
    addWaiting(index, task, chosen, now, out);
    return out;
}

} // namespace peerdesk::routing
