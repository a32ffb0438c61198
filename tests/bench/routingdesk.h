// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"
#include "core/rehearsal/settables.h"
#include "core/routing/router.h"

#include <QJsonArray>

/// The router over records in memory and nothing else, with workers of twenty skills.
namespace peerdesk::bench {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

constexpr int Skills = 20;

template <typename IdType>
IdType id(const QByteArray &name)
{
    return derivedId<IdType>(OfficeId{}, name);
}

/// Records, the router, and nothing else.
class Desk
{
public:
    rehearsal::RoutingTables tables;
    routing::Router router{tables.set};
    Time now{1'790'000'000'000};
    quint64 facts = 0;
    std::vector<ReservationId> offers;                       ///< since they were last looked at
    std::function<void(const events::Fact &)> recorded = {}; ///< told of every fact

    void tell(const events::Fact &fact)
    {
        events::apply(fact, {++facts, 0, now}, tables);
        router.changed(fact);
        if (const auto *offered = std::get_if<events::ReservationCreated>(&fact))
            offers.push_back(offered->reservation.id);
        if (recorded)
            recorded(fact);
    }
    routing::Emit emitter()
    {
        return [this](const events::Fact &fact) { tell(fact); };
    }
    void settle()
    {
        while (router.settle(now, emitter()))
            continue;
    }

    void furnish(int workers)
    {
        for (const bool available : {true, false})
            tell(events::ActivitySaved{{id<ActivityId>(available ? "on" : "off"),
                                        available ? u"On"_s : u"Off"_s, available}});
        tell(events::TaskChannelSaved{{id<TaskChannelId>("chat"), u"chat"_s, u"chat"_s, 1, 60s}});
        QJsonArray filters;
        for (int i = 0; i < Skills; ++i) {
            const QString name = u"Q%1"_s.arg(i);
            tell(events::QueueSaved{{id<QueueId>(name.toUtf8()), name, u"skills HAS 's%1'"_s.arg(i),
                                     TaskOrder::Fifo, 1}});
            QJsonObject target{{u"queue"_s, name}, {u"timeout"_s, 86'400}};
            if (i % 3 == 0)
                target.insert(u"order_by"_s, u"worker.level DESC"_s);
            if (i % 3 == 1)
                target.insert(u"expression"_s, u"task.language IN worker.languages"_s);
            filters.append(QJsonObject{{u"filter_friendly_name"_s, name},
                                       {u"expression"_s, u"skill == 's%1'"_s.arg(i)},
                                       {u"targets"_s, QJsonArray{target}}});
        }
        const QJsonObject routing{{u"filters"_s, filters},
                                  {u"default_filter"_s, QJsonObject{{u"queue"_s, u"Q0"_s}}}};
        tell(events::WorkflowSaved{
            {id<WorkflowId>("W"), u"W"_s, json::canonical({{u"task_routing"_s, routing}}), {}}});
        for (int i = 0; i < workers; ++i)
            hire(i);
        settle();
    }
    void hire(int i)
    {
        Worker worker;
        worker.id = workerId(i);
        worker.friendlyName = u"w%1"_s.arg(i);
        worker.attributes = json::canonical(
            {{u"skills"_s, QJsonArray{u"s%1"_s.arg(i % Skills), u"s%1"_s.arg((i + 7) % Skills)}},
             {u"languages"_s, QJsonArray{i % 2 ? u"de"_s : u"es"_s, u"en"_s}},
             {u"level"_s, i % 10}});
        worker.activity = id<ActivityId>("on");
        worker.available = true;
        worker.dateStatusChanged = worker.lastTaskAt = now - std::chrono::seconds(i);
        tell(events::WorkerCreated{worker});
    }
    static WorkerId workerId(int i) { return id<WorkerId>("w" + QByteArray::number(i)); }

    /// 200 bytes of attributes, as the text that a client sends.
    static Task arriving(int i)
    {
        Task task;
        task.id = id<TaskId>("t" + QByteArray::number(i));
        const QJsonObject attributes{{u"skill"_s, u"s%1"_s.arg(i % Skills)},
                                     {u"language"_s, i % 3 ? u"es"_s : u"de"_s},
                                     {u"customer"_s, u"customer number %1"_s.arg(i)},
                                     {u"subject"_s, QString(120, u'x')}};
        task.attributes = json::canonical(attributes);
        task.taskChannel = u"chat"_s;
        task.workflow = id<WorkflowId>("W");
        return task;
    }
    void create(Task task)
    {
        const Result<Task> placed = router.place(std::move(task), {}, now);
        if (!placed)
            qFatal("%s", qPrintable(placed.error().detail));
        tell(events::TaskCreated{*placed});
    }
};

} // namespace peerdesk::bench
