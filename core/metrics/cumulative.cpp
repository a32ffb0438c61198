// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/cumulative.h"

#include <QJsonArray>

namespace peerdesk::metrics {

using namespace Qt::StringLiterals;
using namespace events;

Cumulative::Cumulative(Wish wish, std::map<ActivityId, Activity> activities, History history,
                       TaskOf taskOf)
    : m_wish(std::move(wish))
    , m_activities(std::move(activities))
    , m_history(std::move(history))
    , m_taskOf(std::move(taskOf))
{}

void Cumulative::stand(WorkerId worker, const Standing &standing)
{
    m_workers[worker] = {standing.activity, std::max(standing.since, m_wish.start)};
}

void Cumulative::add(const Fact &fact, Time at)
{
    m_at = at;
    std::visit(*this, fact);
}

/// A task that began before the span is followed from its own beginning first, without counting.
Cumulative::TaskState *Cumulative::task(TaskId id)
{
    const auto known = m_tasks.find(id);
    if (known != m_tasks.end())
        return &known->second;
    if (!m_isCounting || !m_asked.insert(id).second)
        return nullptr;
    const Time now = m_at;
    m_isCounting = false;
    for (const auto &[fact, at] : m_history(id))
        add(fact, at);
    m_isCounting = true;
    m_at = now;
    const auto found = m_tasks.find(id);
    return found == m_tasks.end() ? nullptr : &found->second;
}

Cumulative::Leg *Cumulative::leg(ReservationId id)
{
    const auto known = m_legs.find(id);
    if (known != m_legs.end())
        return &known->second;
    if (m_isCounting)
        task(m_taskOf(id));
    const auto found = m_legs.find(id);
    return found == m_legs.end() ? nullptr : &found->second;
}

bool Cumulative::isOf(const TaskState &task, WorkerId worker) const
{
    const Scope &scope = m_wish.scope;
    if (!scope.taskChannel.isEmpty() && task.taskChannel != scope.taskChannel)
        return false;
    switch (scope.kind) {
    case Scope::Kind::Workspace:
        return true;
    case Scope::Kind::Queue:
        return task.queue.value == scope.id;
    case Scope::Kind::Workflow:
        return task.workflow.value == scope.id;
    case Scope::Kind::Worker:
        return worker.value == scope.id;
    }
    return false;
}

void Cumulative::operator()(const TaskCreated &f)
{
    TaskState state;
    state.workflow = f.task.workflow;
    state.queue = f.task.taskQueue;
    state.taskChannel = f.task.taskChannel;
    state.created = f.task.dateCreated;
    state.entered = f.task.taskQueueEnteredDate;
    m_tasks[f.task.id] = state;
    if (!m_isCounting || !isOf(state, {}))
        return;
    ++m_counts.created;
    ++m_counts.entered;
}

void Cumulative::operator()(const TaskEnteredQueue &f)
{
    TaskState *state = task(f.task);
    if (!state)
        return;
    const TaskState before = *state;
    state->queue = f.queue;
    state->entered = m_at;
    if (!m_isCounting || before.queue == f.queue)
        return;
    if (isOf(before, {}))
        ++m_counts.moved;
    if (isOf(*state, {}) && m_wish.scope.kind == Scope::Kind::Queue)
        ++m_counts.entered;
}

void Cumulative::operator()(const TaskNoted &f)
{
    const TaskState *state = task(f.task);
    if (m_isCounting && state && f.mark == RoutingMark::WorkflowTimeout && isOf(*state, {}))
        ++m_counts.timedOut;
}

void Cumulative::operator()(const TaskCanceled &f)
{
    const TaskState *state = task(f.task);
    if (!state || !m_isCounting || !isOf(*state, state->worker))
        return;
    ++m_counts.canceled;
    m_untilCanceled.add(m_at - state->created);
    m_canceled.push_back(m_at - state->created);
}

void Cumulative::operator()(const TaskWrapping &f)
{
    if (TaskState *state = task(f.task))
        state->wrapping = m_at;
}

void Cumulative::operator()(const TaskCompleted &f)
{
    TaskState *state = task(f.task);
    if (!state)
        return;
    if (m_isCounting && isOf(*state, state->worker)) {
        ++m_counts.completed;
        handled(*state);
    }
}

void Cumulative::handled(const TaskState &task)
{
    if (!task.accepted.isSet())
        return;
    const Time wrapping = task.wrapping.isSet() ? task.wrapping : m_at;
    m_handle.add(m_at - task.accepted);
    m_talk.add(wrapping - task.accepted);
    m_wrap.add(m_at - wrapping);
}

void Cumulative::operator()(const TransferInitiated &f)
{
    if (TaskState *state = task(f.task))
        state->transfer = f.transfer;
}

void Cumulative::operator()(const TransferCompleted &f)
{
    TaskState *state = task(f.task);
    const Leg *next = leg(f.reservation);
    if (!state || !state->transfer)
        return;
    if (m_isCounting && isOf(*state, state->worker))
        handled(*state);
    if (state->transfer->type == TransferType::Queue) {
        const TaskState before = *state;
        state->queue = state->transfer->toQueue;
        state->entered = state->transfer->dateCreated;
        if (m_isCounting && before.queue != state->queue) {
            m_counts.moved += isOf(before, {});
            m_counts.entered += isOf(*state, {}) && m_wish.scope.kind == Scope::Kind::Queue;
        }
    }
    state->worker = next ? next->worker : WorkerId{};
    state->accepted = m_at;
}

void Cumulative::operator()(const ReservationCreated &f)
{
    m_legs[f.reservation.id] = {
        f.reservation.task, f.reservation.worker, f.reservation.transfer, {}};
    count(m_offers.created, f.reservation.id);
}

void Cumulative::count(int &counter, ReservationId id)
{
    const Leg *offer = leg(id);
    const TaskState *state = offer ? task(offer->task) : nullptr;
    if (m_isCounting && state && isOf(*state, offer->worker))
        ++counter;
}

void Cumulative::operator()(const ReservationAccepted &f)
{
    Leg *accepted = leg(f.reservation);
    TaskState *state = accepted ? task(accepted->task) : nullptr;
    if (!state)
        return;
    accepted = leg(f.reservation);
    accepted->acceptedAt = m_at;
    const bool isFirst = !std::exchange(state->wasAccepted, true);
    if (accepted->transfer.isNull()) {
        state->worker = accepted->worker;
        state->accepted = m_at;
    }
    if (!m_isCounting || !isOf(*state, accepted->worker))
        return;
    ++m_offers.accepted;
    answered(*state, *accepted, isFirst);
}

void Cumulative::answered(const TaskState &task, const Leg &leg, bool isFirst)
{
    m_untilAccepted.add(m_at - task.created);
    m_inQueue.add(m_at - (leg.transfer.isNull() || !task.transfer ? task.entered
                                                                  : task.transfer->dateCreated));
    if (isFirst)
        m_accepted.push_back(m_at - task.created);
}

void Cumulative::operator()(const ReservationRejected &f)
{
    count(m_offers.rejected, f.reservation);
}
void Cumulative::operator()(const ReservationTimedOut &f)
{
    count(m_offers.timedOut, f.reservation);
}
void Cumulative::operator()(const ReservationCanceled &f)
{
    count(m_offers.canceled, f.reservation);
}
void Cumulative::operator()(const ReservationRescinded &f)
{
    count(m_offers.rescinded, f.reservation);
}
void Cumulative::operator()(const ReservationCompleted &f)
{
    endLeg(f.reservation);
}

void Cumulative::endLeg(ReservationId id)
{
    Leg *ended = leg(id);
    const TaskState *state = ended ? task(ended->task) : nullptr;
    if (!state)
        return;
    ended = leg(id);
    const Time began = std::exchange(ended->acceptedAt, Time{});
    if (m_isCounting && began.isSet() && isOf(*state, ended->worker))
        m_held += m_at - std::max(began, m_wish.start);
}

void Cumulative::operator()(const WorkerCreated &f)
{
    if (m_isCounting)
        m_workers[f.worker.id] = {f.worker.activity, m_at};
}

void Cumulative::operator()(const WorkerActivityChanged &f)
{
    if (m_isCounting)
        changeActivity(f.worker, f.activity);
}

void Cumulative::operator()(const WorkerDeleted &f)
{
    if (!m_isCounting)
        return;
    changeActivity(f.worker, {});
    m_workers.erase(f.worker);
}

void Cumulative::changeActivity(WorkerId worker, ActivityId next)
{
    const Scope &scope = m_wish.scope;
    const bool isCounted = scope.kind == Scope::Kind::Workspace ||
                           (scope.kind == Scope::Kind::Worker && scope.id == worker.value);
    const auto before = m_workers.find(worker);
    if (before != m_workers.end() && isCounted && !before->second.activity.isNull())
        m_durations[before->second.activity].add(m_at - before->second.since);
    m_workers[worker] = {next, m_at};
}

double Cumulative::serviceLevel() const
{
    int good = 0;
    int offered = int(m_accepted.size());
    for (const Milliseconds wait : m_accepted)
        good += wait <= m_wish.serviceLevel;
    for (const Milliseconds wait : m_canceled)
        offered += wait >= m_wish.shortAbandon;
    return offered == 0 ? 100.0 : 100.0 * good / offered;
}

double Cumulative::occupancy() const
{
    Milliseconds available{0};
    for (const auto &[id, durations] : m_durations) {
        const auto activity = m_activities.find(id);
        if (activity != m_activities.end() && activity->second.available)
            available += durations.total();
    }
    // Who is available holds tasks at the same time: what is left without one is never below zero.
    const Milliseconds idle = std::max(Milliseconds(0), available - m_held);
    const Milliseconds both = m_held + idle;
    return both.count() == 0 ? 0.0 : 100.0 * double(m_held.count()) / double(both.count());
}

QJsonObject Cumulative::splits() const
{
    QJsonObject out;
    for (const Seconds limit : m_wish.splits) {
        const auto side = [limit](const std::vector<Milliseconds> &waits, bool isAbove) {
            return int(std::count_if(waits.begin(), waits.end(),
                                     [&](Milliseconds wait) { return (wait > limit) == isAbove; }));
        };
        const auto both = [&](bool isAbove) {
            return QJsonObject{{u"reservations_accepted"_s, side(m_accepted, isAbove)},
                               {u"tasks_canceled"_s, side(m_canceled, isAbove)}};
        };
        out.insert(QString::number(limit.count()),
                   QJsonObject{{u"above"_s, both(true)}, {u"below"_s, both(false)}});
    }
    return out;
}

/// Of first acceptances. Source: nearest rank.
QJsonObject Cumulative::percentiles() const
{
    std::vector<Milliseconds> waits = m_accepted;
    std::ranges::sort(waits);
    QJsonObject out;
    for (const int share : {50, 90, 95, 99}) {
        const size_t rank = (waits.size() * size_t(share) + 99) / 100;
        out.insert(u"p%1"_s.arg(share), waits.empty() ? 0.0 : seconds(waits[rank - 1]));
    }
    return out;
}

QJsonObject Cumulative::activities() const
{
    QJsonArray out;
    for (const auto &[id, activity] : m_activities) {
        const auto found = m_durations.find(id);
        QJsonObject one = (found == m_durations.end() ? Durations() : found->second).json();
        one.insert(u"activity"_s, id.toString());
        one.insert(u"friendly_name"_s, activity.friendlyName);
        one.insert(u"available"_s, activity.available);
        out.append(one);
    }
    return {{u"activity_durations"_s, out}, {u"occupancy"_s, occupancy()}};
}

QJsonObject Cumulative::result()
{
    m_at = m_wish.end;
    for (const auto &[worker, standing] : std::map(m_workers))
        changeActivity(worker, standing.activity);
    for (const auto &[id, held] : std::map(m_legs)) {
        if (held.acceptedAt.isSet())
            endLeg(id); // still held
    }
    QJsonObject out{{u"start_time"_s, m_wish.start.toString()},
                    {u"end_time"_s, m_wish.end.toString()},
                    {u"tasks_created"_s, m_counts.created},
                    {u"tasks_entered"_s, m_counts.entered},
                    {u"tasks_moved"_s, m_counts.moved},
                    {u"tasks_canceled"_s, m_counts.canceled},
                    {u"tasks_completed"_s, m_counts.completed},
                    {u"tasks_deleted"_s, 0}, // nothing is ever deleted
                    {u"tasks_timed_out_in_workflow"_s, m_counts.timedOut},
                    {u"reservations_created"_s, m_offers.created},
                    {u"reservations_accepted"_s, m_offers.accepted},
                    {u"reservations_rejected"_s, m_offers.rejected},
                    {u"reservations_timed_out"_s, m_offers.timedOut},
                    {u"reservations_canceled"_s, m_offers.canceled},
                    {u"reservations_rescinded"_s, m_offers.rescinded},
                    {u"avg_task_acceptance_time"_s, m_untilAccepted.average()},
                    {u"wait_duration_until_accepted"_s, m_untilAccepted.json()},
                    {u"wait_duration_until_canceled"_s, m_untilCanceled.json()},
                    {u"wait_duration_in_queue_until_accepted"_s, m_inQueue.json()},
                    {u"wait_percentiles"_s, percentiles()},
                    {u"split_by_wait_time"_s, splits()},
                    {u"service_level"_s, serviceLevel()},
                    {u"handle_time"_s, m_handle.json()},
                    {u"talk_time"_s, m_talk.json()},
                    {u"wrap_up_time"_s, m_wrap.json()}};
    const bool isAboutPeople =
        m_wish.scope.kind == Scope::Kind::Workspace || m_wish.scope.kind == Scope::Kind::Worker;
    const QJsonObject people = isAboutPeople ? activities() : QJsonObject();
    for (auto it = people.begin(); it != people.end(); ++it)
        out.insert(it.key(), it.value());
    return out;
}

} // namespace peerdesk::metrics
