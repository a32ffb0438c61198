// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/routing/index.h"

#include "core/base/json.h"
#include "core/routing/scope.h"

#include <algorithm>

namespace peerdesk::routing {

using namespace Qt::StringLiterals;

namespace {

/// A text of its own for every reference from `from` on.
QByteArray pathKey(const Reference &reference, size_t from)
{
    QByteArray out;
    for (size_t i = from; i < reference.path.size(); ++i) {
        const PathStep &step = reference.path[i];
        out += step.key.isEmpty() ? '[' + QByteArray::number(step.index) : '.' + step.key.toUtf8();
    }
    return out;
}

QByteArray columnKey(const Reference &reference, size_t from)
{
    const bool isLoad = from > 0 && isLoadReference(reference);
    return (isLoad ? "load" : "") + pathKey(reference, from);
}

} // namespace

std::map<WorkerId, Time> lastDeclines(const Task &task)
{
    std::map<WorkerId, Time> out;
    for (const Exclusion &exclusion : task.excluded) {
        Time &since = out[exclusion.worker];
        since = std::max(since, exclusion.since);
    }
    return out;
}

void Newcomers::add(WorkerId worker)
{
    if (isEverybody || std::ranges::find(workers, worker) != workers.end())
        return;
    workers.push_back(worker);
    isEverybody = workers.size() > MaxWorkers;
}

void Newcomers::add(const Newcomers &others)
{
    isEverybody = isEverybody || others.isEverybody;
    for (const WorkerId &worker : others.workers)
        add(worker);
}

Index::Index(const WorkingSet &set)
    : m_set(set)
{
    rebuild();
}

void Index::rebuild()
{
    m_workers.clear();
    m_workerNames.clear();
    m_activities.clear();
    m_reservations.clear();
    m_classes.clear();
    m_classIds.clear();
    m_alone.clear();
    m_askedByName.clear();
    m_deadlines.clear();
    m_due.clear();
    m_census.clear();
    m_slots.clear();
    m_holds.clear();
    m_columns.clear();
    m_columnIds.clear();
    m_hasLoadColumns = false;
    m_dirty = {};
    m_channels.clear();
    for (const auto &[id, channel] : m_set.taskChannels)
        m_channels.emplace(channel.uniqueName, id);
    rebuildPlans();
    rebuildQueues();
    for (const auto &[id, worker] : m_set.workers)
        refreshWorker(id);
    for (const auto &[id, reservation] : m_set.reservations)
        refreshReservation(id);
    for (const auto &[id, task] : m_set.tasks)
        refreshTask(id);
}

void Index::rebuildPlans()
{
    std::map<WorkflowId, CachedPlan> old = std::exchange(m_plans, {});
    for (const auto &[id, workflow] : m_set.workflows) {
        CachedPlan &cached = m_plans[id];
        const auto known = old.find(id);
        cached.source = workflow.configuration.text;
        if (known != old.end() && known->second.source == cached.source)
            cached.plan = std::move(known->second.plan);
        else if (Result<Plan> plan = parsePlan(workflow.configuration))
            cached.plan = std::move(*plan);
        bind(cached);
    }
}

void Index::bind(CachedPlan &cached)
{
    if (!cached.plan)
        return;
    cached.filters = BoundFilters(*cached.plan, m_symbols);
    if (cached.plan->defaultTarget)
        cached.steps.emplace(std::pair(-1, 0), boundStep(*cached.plan->defaultTarget));
    for (size_t filter = 0; filter < cached.plan->filters.size(); ++filter) {
        const std::vector<Target> &targets = cached.plan->filters[filter].targets;
        for (size_t target = 0; target < targets.size(); ++target)
            cached.steps.emplace(std::pair(int(filter), int(target)), boundStep(targets[target]));
    }
}

BoundStep Index::boundStep(const Target &target)
{
    using Place = BoundExpression::Place;
    BoundStep out;
    if (target.expression) {
        out.expression = BoundExpression(
            *target.expression,
            [&](const Reference &reference) -> Place {
                if (reference.root() == u"worker")
                    return {Place::Source::First, column(reference, 1)};
                out.taskColumns.push_back(reference);
                return {Place::Source::Second, int(out.taskColumns.size()) - 1};
            },
            m_symbols);
    }
    for (const OrderClause &clause : target.orderBy) {
        out.order.emplace_back(column(clause.attribute, 1), clause.isDescending);
        out.orderKey += (clause.isDescending ? '-' : '+') + pathKey(clause.attribute, 1);
    }
    if (out.order.size() > Ordering::MaxClauses)
        out.orderKey.clear();
    return out;
}

int Index::column(const Reference &reference, size_t from)
{
    const bool isLoad = from > 0 && isLoadReference(reference);
    const QByteArray key = columnKey(reference, from);
    const auto known = m_columnIds.find(key);
    if (known != m_columnIds.end())
        return known->second;
    m_hasLoadColumns = m_hasLoadColumns || isLoad;
    m_columns.push_back({reference, from, isLoad});
    return m_columnIds.emplace(key, int(m_columns.size()) - 1).first->second;
}

void Index::rebuildQueues()
{
    std::map<QueueId, QueueView> old = std::exchange(m_queues, {});
    m_queueNames.clear();
    for (const auto &[id, queue] : m_set.queues) {
        m_queueNames.emplace(queue.friendlyName.toLower(), id);
        QueueView &view = m_queues[id];
        view.source = queue.targetWorkers;
        const auto known = old.find(id);
        if (known != old.end() && known->second.source == queue.targetWorkers) {
            view.condition = std::move(known->second.condition);
        } else if (!queue.targetWorkers.trimmed().isEmpty()) {
            if (Result<Expression> expression = Expression::parse(queue.targetWorkers))
                view.condition = std::move(*expression);
        }
        if (view.condition) {
            const auto locate = [this](const Reference &reference) -> BoundExpression::Place {
                return {BoundExpression::Place::Source::First, column(reference, 0)};
            };
            view.targetWorkers = BoundExpression(*view.condition, locate, m_symbols);
        }
    }
}

void Index::changed(const events::Fact &fact)
{
    ++m_told;
    std::visit(
        [this](const auto &f) {
            using F = std::decay_t<decltype(f)>;
            using namespace events;
            if constexpr (std::is_same_v<F, TaskCreated>)
                touchTask(f.task.id);
            else if constexpr (std::is_same_v<F, ReservationCreated>)
                touchReservation(f.reservation.id);
            else if constexpr (std::is_same_v<F, WorkerCreated>)
                refreshWorker(f.worker.id);
            else if constexpr (std::is_same_v<F, TaskUpdated> ||
                               std::is_same_v<F, TaskEnteredQueue> ||
                               std::is_same_v<F, TaskCanceled> || std::is_same_v<F, TaskWrapping> ||
                               std::is_same_v<F, TaskCompleted> ||
                               std::is_same_v<F, TransferInitiated> ||
                               std::is_same_v<F, TransferFailed> ||
                               std::is_same_v<F, TransferCanceled> ||
                               std::is_same_v<F, TransferCompleted>)
                touchTask(f.task);
            else if constexpr (std::is_same_v<F, ReservationAccepted> ||
                               std::is_same_v<F, ReservationRejected> ||
                               std::is_same_v<F, ReservationTimedOut> ||
                               std::is_same_v<F, ReservationCanceled> ||
                               std::is_same_v<F, ReservationRescinded> ||
                               std::is_same_v<F, ReservationWrapping> ||
                               std::is_same_v<F, ReservationCompleted>)
                touchReservation(f.reservation);
            else if constexpr (std::is_same_v<F, WorkerUpdated> ||
                               std::is_same_v<F, WorkerDeleted> ||
                               std::is_same_v<F, WorkerActivityChanged> ||
                               std::is_same_v<F, WorkerChannelChanged> ||
                               std::is_same_v<F, WorkerOneMoreChanged> ||
                               std::is_same_v<F, WorkerQueueOptChanged>)
                refreshWorker(f.worker);
            else if constexpr (std::is_same_v<F, ActivitySaved> ||
                               std::is_same_v<F, ActivityDeleted> ||
                               std::is_same_v<F, TaskChannelDeleted> ||
                               std::is_same_v<F, TaskChannelSaved> ||
                               std::is_same_v<F, QueueSaved> || std::is_same_v<F, QueueDeleted> ||
                               std::is_same_v<F, WorkflowSaved> ||
                               std::is_same_v<F, WorkflowDeleted> ||
                               std::is_same_v<F, OfficeCreated> ||
                               std::is_same_v<F, WorkspaceSaved>)
                rebuild();
        },
        fact);
}

const TaskView *Index::task(TaskId id) const
{
    const std::optional<TaskSlot> slot = m_slots.find(id);
    return slot ? &m_slots.at(*slot) : nullptr;
}

const Group *Index::group(const GroupKey &key) const
{
    const QueueView *view = find(m_queues, key.first);
    return view ? find(view->groups, key.second) : nullptr;
}

const Plan *Index::plan(WorkflowId id) const
{
    const CachedPlan *cached = find(m_plans, id);
    return cached && cached->plan ? &*cached->plan : nullptr;
}

const BoundFilters *Index::filters(WorkflowId id) const
{
    const CachedPlan *cached = find(m_plans, id);
    return cached && cached->plan ? &cached->filters : nullptr;
}

const Target *Index::target(const Task &task) const
{
    const Plan *found = task.isTransferring() ? nullptr : plan(task.workflow);
    return found ? found->at(task.filterIndex, task.targetIndex) : nullptr;
}

const BoundStep *Index::step(const Task &task) const
{
    const CachedPlan *cached = task.isTransferring() ? nullptr : find(m_plans, task.workflow);
    return cached ? find(cached->steps, std::pair(task.filterIndex, task.targetIndex)) : nullptr;
}

QueueId Index::queueNamed(const QString &name) const
{
    const QueueId id = QueueId::fromString(name);
    if (!id.isNull() && m_set.queues.contains(id))
        return id;
    const QueueId *named = find(m_queueNames, name.toLower());
    return named ? *named : QueueId{};
}

WorkerId Index::workerNamed(const QString &name) const
{
    const WorkerId *named = find(m_workerNames, name.toLower());
    return named ? *named : WorkerId{};
}

const TaskChannel *Index::taskChannel(const QString &uniqueName) const
{
    const TaskChannelId *id = find(m_channels, uniqueName);
    return id ? find(m_set.taskChannels, *id) : nullptr;
}

bool Index::isMember(WorkerId worker, QueueId queue) const
{
    const WorkerView *view = find(m_workers, worker);
    return view && std::ranges::find(view->queues, queue) != view->queues.end();
}

int Index::capacity(const Worker &worker, const QString &channel) const
{
    if (const WorkerChannel *own = find(worker.channels, channel))
        return own->configuredCapacity;
    const TaskChannel *shared = taskChannel(channel);
    return shared ? shared->defaultCapacity : 1;
}

Load Index::load(WorkerId worker, const QString &channel) const
{
    const WorkerView *view = find(m_workers, worker);
    const Load *found = view ? find(view->load, channel) : nullptr;
    return found ? *found : Load{};
}

int Index::weight(const QString &channel) const
{
    const TaskChannel *shared = m_set.usesChannelWeights ? taskChannel(channel) : nullptr;
    return shared ? shared->channelWeight : 0;
}

int Index::freeUnits(WorkerId worker) const
{
    int used = 0;
    if (const WorkerView *view = find(m_workers, worker)) {
        for (const auto &[channel, load] : view->load)
            used += load.taken * weight(channel);
    }
    return WorkerUnits - used;
}

bool Index::isPresent(const Worker &worker, const QString &channel) const
{
    const WorkerView *view = find(m_workers, worker.id);
    if (!view || !worker.available || view->pendingOffers >= std::max(1, m_set.maxPendingOffers))
        return false;
    const WorkerChannel *own = find(worker.channels, channel);
    return !own || own->available;
}

bool Index::isReady(const Worker &worker, const QString &channel) const
{
    if (!isPresent(worker, channel))
        return false;
    if (worker.oneMore && capacity(worker, channel) > 0)
        return true;
    const int units = weight(channel);
    return hasFreeSlot(worker, channel) && (units == 0 || freeUnits(worker.id) >= units);
}

bool Index::hasFreeSlot(const Worker &worker, const QString &channel) const
{
    return load(worker.id, channel).taken < capacity(worker, channel);
}

void Index::setHolds(std::map<WorkerId, Hold> holds)
{
    const std::map<WorkerId, Hold> before = std::exchange(m_holds, std::move(holds));
    for (const auto &[worker, hold] : before) {
        const Hold *now = find(m_holds, worker);
        if (!now || now->rank > hold.rank || now->below < hold.below)
            refreshReady(worker);
    }
}

void Index::markClass(ClassId id, const Newcomers &who)
{
    m_dirty.classes[id].add(who);
}

void Index::markTask(TaskId id)
{
    const TaskView *view = task(id);
    if (view && view->taskClass != 0)
        markClass(view->taskClass, {true, {}});
}

} // namespace peerdesk::routing
