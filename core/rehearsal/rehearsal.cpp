// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rehearsal/rehearsal.h"

#include "core/base/json.h"
#include "core/metrics/cumulative.h"
#include "core/rehearsal/settables.h"
#include "core/routing/router.h"

#include <set>

namespace peerdesk::rehearsal {

using namespace Qt::StringLiterals;
using namespace events;

namespace {

/// How long after the end what is begun may go on.
constexpr Milliseconds Aftermath = std::chrono::hours(24);

/// Something that people do of themselves.
struct Event
{
    enum class Kind { Arrive, Start, Stop, Accept, WrapUp, Complete, Leave };
    Time at;
    quint64 order = 0; ///< among those of one moment
    Kind kind = Kind::Arrive;
    size_t arrival = 0;
    WorkerId worker;
    ReservationId offer;

    bool operator<(const Event &other) const
    {
        return std::tie(at, order) < std::tie(other.at, other.order);
    }
};

/// One day with one workflow.
class Day
{
public:
    Day(const Setting &setting, const Watch &watch)
        : m_setting(setting)
        , m_watch(watch)
        , m_router(m_tables.set)
    {
        m_available = derivedId<ActivityId>(OfficeId{}, "available");
        m_offline = derivedId<ActivityId>(OfficeId{}, "offline");
        m_tables.set.timeoutActivity = {}; // nobody is sent away: people answer here
        m_tables.set.prioritizeQueueOrder = setting.prioritizeQueueOrder;
        m_tables.set.maxPendingOffers = setting.maxPendingOffers;
        m_tables.set.usesChannelWeights = setting.usesChannelWeights;
    }

    Result<QJsonObject> run()
    {
        if (const Result<Done> furnished = furnish(); !furnished)
            return furnished.error();
        const Time limit = m_setting.end + Aftermath;
        while (!m_watch.stop.stop_requested()) {
            const std::optional<Time> due = m_router.nextDeadline(m_now);
            const Time next = m_events.empty() ? due.value_or(limit) : m_events.begin()->at;
            const Time at = std::max(m_now, due ? std::min(*due, next) : next);
            if (at >= limit || (m_events.empty() && !due))
                break;
            m_now = at;
            while (!m_events.empty() && m_events.begin()->at <= m_now &&
                   !m_watch.stop.stop_requested()) {
                const Event event = *m_events.begin();
                m_events.erase(m_events.begin());
                happen(event);
            }
            settle();
        }
        if (m_watch.stop.stop_requested())
            return Error{Error::Code::Cancelled, u"the rehearsal was stopped"_s, {}};
        return result();
    }

private:
    metrics::Cumulative &counter(metrics::Scope scope)
    {
        metrics::Wish wish{scope, m_setting.start, m_setting.end + Aftermath};
        wish.serviceLevel = m_setting.serviceLevel;
        wish.shortAbandon = m_setting.shortAbandon;
        m_counters.push_back(std::make_unique<metrics::Cumulative>(
            wish, m_tables.set.activities, [](TaskId) { return std::vector<metrics::Told>(); },
            [](ReservationId) { return TaskId{}; }));
        return *m_counters.back();
    }
    Result<Done> furnish()
    {
        m_now = m_setting.start;
        tell(ActivitySaved{{m_available, u"Available"_s, true}});
        tell(ActivitySaved{{m_offline, u"Offline"_s, false}});
        for (const TaskChannel &channel : m_setting.taskChannels)
            tell(TaskChannelSaved{channel});
        for (const Queue &queue : m_setting.queues)
            tell(QueueSaved{queue});
        if (const auto good =
                routing::validateWorkflow(m_tables.set, m_setting.workflow.configuration);
            !good)
            return good.error();
        tell(WorkflowSaved{m_setting.workflow});
        counter({metrics::Scope::Kind::Workspace, {}, {}});
        for (const Queue &queue : m_setting.queues)
            counter({metrics::Scope::Kind::Queue, queue.id.value, {}});
        for (const Colleague &colleague : m_setting.staff)
            hire(colleague);
        for (size_t i = 0; i < m_setting.arrivals.size(); ++i)
            plan(m_setting.arrivals[i].at, Event::Kind::Arrive).arrival = i;
        schedule();
        return Done{};
    }
    void hire(const Colleague &colleague)
    {
        Worker worker = colleague.worker;
        worker.available = colleague.shifts.empty();
        worker.activity = worker.available ? m_available : m_offline;
        worker.dateStatusChanged = worker.lastTaskAt = m_setting.start;
        tell(WorkerCreated{worker});
        for (const Shift &shift : colleague.shifts) {
            plan(shift.from, Event::Kind::Start).worker = worker.id;
            plan(shift.to, Event::Kind::Stop).worker = worker.id;
        }
    }
    Event &plan(Time at, Event::Kind kind)
    {
        m_planned.push_back({std::max(at, m_now), ++m_order, kind, 0, {}, {}});
        return m_planned.back();
    }
    void schedule()
    {
        m_events.insert(m_planned.begin(), m_planned.end());
        m_planned.clear();
    }

    void tell(const Fact &fact)
    {
        apply(fact, {++m_facts, 0, m_now}, m_tables);
        m_router.changed(fact);
        note(fact);
    }
    routing::Emit emitter()
    {
        return [this](const Fact &fact) { tell(fact); };
    }
    /// Counts, and lets people do what they do about it.
    void note(const Fact &fact)
    {
        for (const auto &counter : m_counters)
            counter->add(fact, m_now);
        if (const auto *offered = std::get_if<ReservationCreated>(&fact))
            plan(m_now + m_setting.answerAfter, Event::Kind::Accept).offer =
                offered->reservation.id;
        if (const auto *accepted = std::get_if<ReservationAccepted>(&fact)) {
            const auto leg = m_tables.set.reservations.find(accepted->reservation);
            const auto begun = leg == m_tables.set.reservations.end()
                                   ? m_arrivalOf.end()
                                   : m_arrivalOf.find(leg->second.task);
            if (begun != m_arrivalOf.end())
                plan(m_now + m_setting.arrivals[begun->second].work, Event::Kind::WrapUp).arrival =
                    begun->second;
        }
    }
    void settle()
    {
        while (!m_watch.stop.stop_requested() && m_router.settle(m_now, emitter()))
            continue;
        schedule();
    }

    static TaskId taskOf(size_t arrival)
    {
        return derivedId<TaskId>(OfficeId{}, QByteArray::number(qulonglong(arrival)));
    }
    void happen(const Event &event)
    {
        const auto &set = m_tables.set;
        const TaskId task = taskOf(event.arrival);
        const Arrival *arrival = event.arrival < m_setting.arrivals.size()
                                     ? &m_setting.arrivals[event.arrival]
                                     : nullptr;
        switch (event.kind) {
        case Event::Kind::Arrive:
            return arrive(*arrival, event.arrival);
        case Event::Kind::Start:
        case Event::Kind::Stop:
            std::ignore = routing::setActivity(
                set, event.worker, event.kind == Event::Kind::Start ? m_available : m_offline,
                event.kind == Event::Kind::Stop, m_now, emitter());
            break;
        case Event::Kind::Accept: {
            const auto offer = set.reservations.find(event.offer);
            if (offer != set.reservations.end())
                std::ignore =
                    routing::accept(set, event.offer, offer->second.worker, m_now, emitter());
            break;
        }
        case Event::Kind::WrapUp:
            if (arrival->wrapUp.count() > 0 &&
                routing::wrapUp(set, task, Milliseconds(0), m_now, emitter()))
                plan(m_now + arrival->wrapUp, Event::Kind::Complete).arrival = event.arrival;
            else
                std::ignore = routing::complete(set, task, {}, emitter());
            break;
        case Event::Kind::Complete:
            std::ignore = routing::complete(set, task, {}, emitter());
            break;
        case Event::Kind::Leave:
            if (routing::cancel(set, task, u"left"_s, emitter()))
                ++m_left;
            break;
        }
        schedule();
    }
    void arrive(const Arrival &arrival, size_t number)
    {
        if (m_watch.onArrival)
            m_watch.onArrival(++m_arrived);
        Task task;
        task.id = taskOf(number);
        task.workflow = m_setting.workflow.id;
        task.taskChannel = arrival.taskChannel;
        task.attributes = arrival.attributes;
        task.taskPriority = arrival.priority;
        Result<Task> placed = m_router.place(task, json::object(arrival.facts), m_now);
        if (!placed) {
            ++m_refused;
            return;
        }
        m_arrivalOf[task.id] = number;
        tell(TaskCreated{*placed});
        if (arrival.patience.count() > 0)
            plan(m_now + arrival.patience, Event::Kind::Leave).arrival = number;
        schedule();
    }

    QJsonObject result()
    {
        QJsonObject queues;
        for (size_t i = 0; i < m_setting.queues.size(); ++i)
            queues.insert(m_setting.queues[i].friendlyName, summary(*m_counters[i + 1]));
        QJsonObject out = summary(*m_counters.front());
        out.insert(u"workflow"_s, m_setting.workflow.friendlyName);
        out.insert(u"queues"_s, queues);
        out.insert(u"left"_s, m_left);
        out.insert(u"refused"_s, m_refused);
        out.insert(u"unanswered"_s, unanswered());
        out.insert(u"facts"_s, qint64(m_facts));
        return out;
    }
    int unanswered() const
    {
        int waiting = 0;
        for (const auto &[id, task] : m_tables.set.tasks)
            waiting += task.assignmentStatus == TaskStatus::Pending ||
                       task.assignmentStatus == TaskStatus::Reserved;
        return waiting;
    }
    QJsonObject summary(metrics::Cumulative &counter) const
    {
        const QJsonObject all = counter.result();
        QJsonObject wait = all.value(u"wait_percentiles"_s).toObject();
        const QJsonObject waits = all.value(u"wait_duration_until_accepted"_s).toObject();
        wait.insert(u"avg"_s, waits.value(u"avg"_s));
        wait.insert(u"max"_s, waits.value(u"max"_s));
        QJsonObject out{{u"tasks"_s, all.value(u"tasks_entered"_s)},
                        {u"answered"_s, all.value(u"reservations_accepted"_s)},
                        {u"canceled"_s, all.value(u"tasks_canceled"_s)},
                        {u"moved"_s, all.value(u"tasks_moved"_s)},
                        {u"service_level"_s, all.value(u"service_level"_s)},
                        {u"wait"_s, wait},
                        {u"handle_time"_s, all.value(u"handle_time"_s)}};
        if (all.contains(u"occupancy"_s))
            out.insert(u"occupancy"_s, all.value(u"occupancy"_s));
        return out;
    }
    const Setting &m_setting;
    const Watch &m_watch;
    RoutingTables m_tables;
    routing::Router m_router;
    std::vector<std::unique_ptr<metrics::Cumulative>> m_counters; ///< office, then each queue
    std::set<Event> m_events;
    std::vector<Event> m_planned;
    std::map<TaskId, size_t> m_arrivalOf;
    ActivityId m_available;
    ActivityId m_offline;
    Time m_now;
    quint64 m_facts = 0;
    quint64 m_order = 0;
    size_t m_arrived = 0;
    int m_left = 0;
    int m_refused = 0;
};

QJsonObject change(const QJsonObject &before, const QJsonObject &after)
{
    QJsonObject out;
    for (auto it = before.begin(); it != before.end(); ++it) {
        const QJsonValue now = after.value(it.key());
        if (it->isObject() && now.isObject())
            out.insert(it.key(), change(it->toObject(), now.toObject()));
        else if (it->isDouble() && now.isDouble())
            out.insert(it.key(), now.toDouble() - it->toDouble());
    }
    return out;
}

} // namespace

Result<QJsonObject> rehearse(const Setting &setting, const Watch &watch)
{
    return Day(setting, watch).run();
}

Result<QJsonObject> compare(const Setting &setting, const Workflow &other, const Watch &watch)
{
    const Result<QJsonObject> before = rehearse(setting, watch);
    if (!before)
        return before.error();
    Setting changed = setting;
    changed.workflow = other;
    Watch second = watch;
    if (watch.onArrival)
        second.onArrival = [&watch, first = setting.arrivals.size()](size_t done) {
            watch.onArrival(first + done);
        };
    const Result<QJsonObject> after = rehearse(changed, second);
    if (!after)
        return after.error();
    return QJsonObject{
        {u"before"_s, *before}, {u"after"_s, *after}, {u"change"_s, change(*before, *after)}};
}

} // namespace peerdesk::rehearsal
