// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"
#include "core/events/apply.h"
#include "core/routing/router.h"

#include <QtTest>

#include <memory>

/// A small office in memory: facts go through events::apply, the working set follows.
namespace peerdesk::rehearsal {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

/// Every replicated table in memory; `set` follows what the router keeps of them.
std::unique_ptr<events::Tables> memoryTables(routing::WorkingSet &set);

/// A set and the facts that made it. Everything is named; ids derive from names.
class TestOffice
{
public:
    Time now{1'790'000'000'000};
    std::vector<std::pair<events::Fact, Time>> log;
    routing::WorkingSet workingSet;
    std::unique_ptr<events::Tables> tables = memoryTables(workingSet);
    routing::Router router{workingSet};

    TestOffice()
    {
        activity(u"Available"_s, true);
        activity(u"Break"_s, false);
        workingSet.timeoutActivity = activity(u"Away"_s, false);
        channel(u"chat"_s, 3, 60s);
        channel(u"voice"_s, 1, 20s);
        channel(u"email"_s, 5, 120s);
    }

    const routing::WorkingSet &set() const { return workingSet; }
    routing::Emit emitter()
    {
        return [this](const events::Fact &fact) {
            log.emplace_back(fact, now);
            events::apply(fact, {log.size(), 0, now}, *tables);
            router.changed(fact);
        };
    }
    void tell(const events::Fact &fact) { emitter()(fact); }

    template <typename IdType>
    static IdType id(const QString &name)
    {
        return derivedId<IdType>(OfficeId{}, name.toUtf8());
    }
    static Json attributes(const QString &text)
    {
        return json::canonical(QJsonDocument::fromJson(text.toUtf8()).object());
    }

    ActivityId activity(const QString &name, bool available)
    {
        tell(events::ActivitySaved{{id<ActivityId>(name), name, available}});
        return id<ActivityId>(name);
    }
    void channel(const QString &name, int capacity, Seconds offerTimeout)
    {
        tell(events::TaskChannelSaved{
            {id<TaskChannelId>(name), name, name, capacity, offerTimeout}});
    }
    QueueId queue(const QString &name, const QString &workers = u"1==1"_s,
                  TaskOrder order = TaskOrder::Fifo, int maxReserved = 1)
    {
        tell(events::QueueSaved{{id<QueueId>(name), name, workers, order, maxReserved}});
        return id<QueueId>(name);
    }
    /// A worker in activity `state`, idle since `idleMinutes` before now.
    WorkerId worker(const QString &name, const QString &json = u"{}"_s, int idleMinutes = 0,
                    const QString &state = u"Available"_s)
    {
        Worker worker;
        worker.id = id<WorkerId>(name);
        worker.friendlyName = name;
        worker.attributes = attributes(json);
        worker.activity = id<ActivityId>(state);
        worker.available = set().activities.at(worker.activity).available;
        worker.dateStatusChanged = now - std::chrono::minutes(idleMinutes);
        worker.lastTaskAt = worker.dateStatusChanged;
        tell(events::WorkerCreated{worker});
        return worker.id;
    }
    WorkflowId workflow(const QString &name, const QString &routing,
                        std::optional<Seconds> offerTimeout = {})
    {
        const Json configuration = attributes(u"{\"task_routing\":%1}"_s.arg(routing));
        tell(events::WorkflowSaved{{id<WorkflowId>(name), name, configuration, offerTimeout}});
        return id<WorkflowId>(name);
    }

    Task draft(const QString &name, const QString &json = u"{}"_s,
               const QString &taskChannel = u"chat"_s)
    {
        Task task;
        task.id = id<TaskId>(name);
        task.attributes = attributes(json);
        task.taskChannel = taskChannel;
        task.workflow = set().workflows.empty() ? WorkflowId{} : set().workflows.begin()->first;
        return task;
    }
    /// Places and creates; does not settle.
    Result<Done> create(const Task &task, const QJsonObject &facts = {})
    {
        const Result<Task> placed = routing::place(set(), task, facts, now);
        if (!placed)
            return placed.error();
        tell(events::TaskCreated{*placed});
        return Done{};
    }
    TaskId task(const QString &name, const QString &json = u"{}"_s,
                const QString &taskChannel = u"chat"_s)
    {
        const Task made = draft(name, json, taskChannel);
        const Result<Done> created = create(made);
        if (!created)
            qFatal("%s", qPrintable(created.error().detail));
        settle();
        return made.id;
    }

    void settle() { router.settle(now, emitter()); }
    /// Lets time pass, stopping at every deadline on the way.
    void pass(Milliseconds span)
    {
        const Time end = now + span;
        for (int turns = 0; turns < 10'000; ++turns) {
            const std::optional<Time> next = router.nextDeadline(now);
            if (!next || *next > end)
                break;
            now = std::max(now, *next);
            settle();
        }
        now = end;
        settle();
    }

    Task get(const QString &name) const
    {
        return tables->of<Task>().find(id<TaskId>(name)).value_or(Task{});
    }
    Worker person(const QString &name) const { return set().workers.at(id<WorkerId>(name)); }
    /// Names of those with a pending offer for the task, in the order of the offers.
    QStringList offered(const QString &taskName) const
    {
        QStringList out;
        for (const ReservationId &offer : get(taskName).reservations) {
            const auto found = set().reservations.find(offer);
            if (found != set().reservations.end() &&
                found->second.status == ReservationStatus::Pending)
                out += set().workers.at(found->second.worker).friendlyName;
        }
        return out;
    }
    ReservationId offer(const QString &taskName, const QString &workerName) const
    {
        for (const ReservationId &held : get(taskName).reservations) {
            if (set().reservations.at(held).worker == id<WorkerId>(workerName))
                return held;
        }
        return {};
    }
    Result<Done> accept(const QString &taskName, const QString &workerName)
    {
        const auto done = routing::accept(set(), offer(taskName, workerName),
                                          id<WorkerId>(workerName), now, emitter());
        settle();
        return done;
    }
    Result<Done> reject(const QString &taskName, const QString &workerName)
    {
        const auto done = routing::reject(set(), offer(taskName, workerName),
                                          id<WorkerId>(workerName), {}, now, emitter());
        settle();
        return done;
    }
    void become(const QString &workerName, const QString &state, bool rejectPending = false)
    {
        const auto done = routing::setActivity(
            set(), id<WorkerId>(workerName), id<ActivityId>(state), rejectPending, now, emitter());
        if (!done)
            qFatal("%s", qPrintable(done.error().detail));
        settle();
    }
    QString queueOf(const QString &taskName) const
    {
        return set().queues.at(get(taskName).taskQueue).friendlyName;
    }
    QString statusOf(const QString &taskName) const
    {
        return enumName(get(taskName).assignmentStatus);
    }
};

} // namespace peerdesk::rehearsal
