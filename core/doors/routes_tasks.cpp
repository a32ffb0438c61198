// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/doors/body.h"
#include "core/doors/routes.h"
#include "core/doors/views.h"

#include <QJsonArray>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace peerdesk::doors {

namespace {

void showTask(const ExchangePtr &x, TaskId id, int status = 200)
{
    x->desk().task(id, x->then<Task>([x, status](const Task &found) {
        x->answer(status, view::task(found, x->now()));
    }));
}

void listTasks(const ExchangePtr &x)
{
    const auto page = x->page();
    const auto status = x->queryEnum<TaskStatus>(
        x->query(u"status"_s).isEmpty() ? u"assignment_status"_s : u"status"_s);
    if (!page)
        return x->fail(page.error());
    if (!status)
        return x->fail(status.error());
    const auto show = [x](const api::PageOf<Task> &found) {
        QJsonArray items;
        for (const Task &task : found.items)
            items.append(view::task(task, x->now()));
        x->answer(200, listDocument(items, found.next));
    };
    x->desk().tasks(*status, *page, x->then<api::PageOf<Task>>(show));
}

void postTask(const ExchangePtr &x)
{
    api::CreateTask command;
    command.attributes = json::canonical({});
    Body in(x->body());
    in.takeObject("attributes", command.attributes).take("task_channel", command.taskChannel);
    in.take("workflow", command.workflow).take("priority", command.priority);
    in.take("timeout", command.timeout).take("virtual_start_time", command.virtualStartTime);
    in.take("conversation", command.conversation).take("routing_target", command.routingTarget);
    in.take("ignore_capacity", command.ignoreCapacity);
    if (in.error())
        return x->fail(*in.error());
    if (command.priority < 0)
        return x->fail(invalid(u"The member \"priority\" is 0 or more"_s));
    if (command.timeout && (command.timeout->count() < 1 || command.timeout->count() > 1'209'600))
        return x->fail(invalid(u"The member \"timeout\" is 1 to 1209600 seconds"_s));
    x->submit(command,
              [x](const api::Outcome &outcome) { showTask(x, outcome.as<TaskId>(), 201); });
}

void getTask(const ExchangePtr &x)
{
    const auto id = x->pathId<TaskId>();
    if (!id)
        return x->fail(id.error());
    showTask(x, *id);
}

/// Runs a command about the path's task, then shows the task.
void act(const ExchangePtr &x, const std::function<api::Command(TaskId, const QString &)> &make)
{
    const auto id = x->pathId<TaskId>();
    if (!id)
        return x->fail(id.error());
    QString reason;
    Body in(x->body());
    in.take("reason", reason);
    if (in.error())
        return x->fail(*in.error());
    x->submit(make(*id, reason), [x, id = *id](const api::Outcome &) { showTask(x, id); });
}

void patchTask(const ExchangePtr &x)
{
    api::UpdateTask update;
    Body in(x->body());
    if (in.has("attributes"))
        in.takeObject("attributes", update.attributes.emplace());
    in.take("priority", update.priority);
    if (in.error())
        return x->fail(*in.error());
    act(x, [update](TaskId id, const QString &) {
        api::UpdateTask command = update;
        command.task = id;
        return api::Command(command);
    });
}

/// Why this worker: what the offer said that was taken.
void answerWithWhy(const ExchangePtr &x, const QJsonObject &explanation,
                   const std::optional<ReservationStatus> &status)
{
    const auto worker = WorkerId::fromString(explanation.value(u"worker"_s).toString());
    if (worker.isNull())
        return x->answer(200, explanation);
    const auto show = [x, explanation](const std::vector<api::Offer> &offers) {
        QJsonObject out = explanation;
        const auto of = std::find_if(offers.begin(), offers.end(), [&](const api::Offer &offer) {
            return offer.reservation.task.toString() == out.value(u"task"_s).toString();
        });
        if (of != offers.end())
            out.insert(u"why"_s, of->reservation.why);
        x->answer(200, out);
    };
    x->desk().reservations(worker, status, x->then<std::vector<api::Offer>>(show));
}

/// One that has ended is explained by what became of it.
void explainEnded(const ExchangePtr &x, TaskId id)
{
    x->desk().task(id, x->then<Task>([x](const Task &task) {
        answerWithWhy(x,
                      {{u"task"_s, task.id.toString()},
                       {u"status"_s, enumName(task.assignmentStatus)},
                       {u"queue"_s, task.taskQueue.toString()},
                       {u"worker"_s, task.worker.toString()},
                       {u"priority"_s, task.priority},
                       {u"reason"_s, task.reason}},
                      ReservationStatus::Completed);
    }));
}

void explainTask(const ExchangePtr &x)
{
    const auto id = x->pathId<TaskId>();
    if (!id)
        return x->fail(id.error());
    const auto explained = [x, id = *id](const Result<QJsonObject> &explanation) {
        if (explanation)
            return answerWithWhy(x, *explanation, {});
        const bool mayHaveEnded = explanation.error().code == Error::Code::NotFound;
        mayHaveEnded ? explainEnded(x, id) : x->fail(explanation.error());
    };
    x->desk().explainTask(*id, x->always<QJsonObject>(explained));
}

void listReservations(const ExchangePtr &x)
{
    const auto page = x->page();
    const auto worker = x->queryId<WorkerId>(u"worker"_s);
    const auto status = x->queryEnum<ReservationStatus>(u"status"_s);
    if (!page)
        return x->fail(page.error());
    if (!worker)
        return x->fail(worker.error());
    if (!status)
        return x->fail(status.error());
    const auto show = [x, page = *page](const std::vector<api::Offer> &offers) {
        const auto one = [x](const api::Offer &offer) { return view::offer(offer, x->now()); };
        const Result<QJsonObject> list = slice(offers, page, one, [](const api::Offer &offer) {
            return newestFirst(offer.reservation.dateCreated, offer.reservation.id.toString());
        });
        list ? x->answer(200, *list) : x->fail(list.error());
    };
    x->desk().reservations(*worker, *status, x->then<std::vector<api::Offer>>(show));
}

void showReservation(const ExchangePtr &x, ReservationId id)
{
    x->desk().reservation(id, x->then<api::Offer>([x](const api::Offer &found) {
        x->answer(200, view::offer(found, x->now()));
    }));
}

void getReservation(const ExchangePtr &x)
{
    const auto id = x->pathId<ReservationId>();
    if (!id)
        return x->fail(id.error());
    showReservation(x, *id);
}

void acceptReservation(const ExchangePtr &x)
{
    const auto id = x->pathId<ReservationId>();
    if (!id)
        return x->fail(id.error());
    x->submit(api::AcceptReservation{*id},
              [x, id = *id](const api::Outcome &) { showReservation(x, id); });
}

void rejectReservation(const ExchangePtr &x)
{
    const auto id = x->pathId<ReservationId>();
    if (!id)
        return x->fail(id.error());
    ActivityId activity;
    Body in(x->body());
    in.take("activity", activity);
    if (in.error())
        return x->fail(*in.error());
    x->submit(api::RejectReservation{*id, activity},
              [x, id = *id](const api::Outcome &) { showReservation(x, id); });
}

void completeReservation(const ExchangePtr &x)
{
    const auto id = x->pathId<ReservationId>();
    if (!id)
        return x->fail(id.error());
    x->submit(api::CompleteReservation{*id},
              [x, id = *id](const api::Outcome &) { showReservation(x, id); });
}

void addReservationRoutes(Routes &routes)
{
    const QString one = u"/reservations/{id}"_s;
    const QString shown = u"Reservation"_s;
    routes.push_back({"GET",
                      u"/reservations"_s,
                      Scope::Staff,
                      u"Offers; the live ones unless a status is given"_s,
                      &listReservations,
                      {},
                      u"[Reservation]"_s,
                      u"worker status limit cursor"_s});
    routes.push_back({"GET", one, Scope::Staff, u"One offer"_s, &getReservation, {}, shown, {}});
    routes.push_back({"POST",
                      one + u"/accept"_s,
                      Scope::Staff,
                      u"Take the offered task"_s,
                      &acceptReservation,
                      u" "_s,
                      shown,
                      {}});
    routes.push_back({"POST",
                      one + u"/reject"_s,
                      Scope::Staff,
                      u"Decline; with an activity, take that up at once"_s,
                      &rejectReservation,
                      u"activity:string"_s,
                      shown,
                      {}});
    routes.push_back({"POST",
                      one + u"/complete"_s,
                      Scope::Staff,
                      u"End one's part: after-contact work after a transfer, help asked for"_s,
                      &completeReservation,
                      u" "_s,
                      shown,
                      {}});
}

} // namespace

void addTaskRoutes(Routes &routes)
{
    const QString one = u"/tasks/{id}"_s;
    const QString shown = u"Task"_s;
    routes.push_back({"GET",
                      u"/tasks"_s,
                      Scope::Staff,
                      u"Tasks"_s,
                      &listTasks,
                      {},
                      u"[Task]"_s,
                      u"status limit cursor"_s});
    routes.push_back({"POST",
                      u"/tasks"_s,
                      Scope::Any,
                      u"New task to route"_s,
                      &postTask,
                      u"workflow:string task_channel:string attributes:object priority:integer "
                      u"timeout:integer virtual_start_time:time conversation:string "
                      u"routing_target:string ignore_capacity:boolean"_s,
                      shown,
                      {},
                      201});
    routes.push_back({"GET", one, Scope::Any, u"One task"_s, &getTask, {}, shown, {}});
    routes.push_back({"PATCH",
                      one,
                      Scope::Staff,
                      u"Change attributes or priority"_s,
                      &patchTask,
                      u"attributes:object priority:integer"_s,
                      shown,
                      {}});
    routes.push_back({"GET",
                      one + u"/explain"_s,
                      Scope::Staff,
                      u"Why it waits, or why this worker has it"_s,
                      &explainTask,
                      {},
                      {},
                      {}});
    const auto simple = [&](const char *verb, const QString &summary, auto make) {
        routes.push_back({"POST",
                          one + u'/' + QLatin1String(verb),
                          Scope::Staff,
                          summary,
                          [make](const ExchangePtr &x) { act(x, make); },
                          u"reason:string"_s,
                          shown,
                          {}});
    };
    simple("cancel", u"End a task that nobody has yet"_s, [](TaskId id, const QString &why) {
        return api::Command(api::CancelTask{id, why});
    });
    simple("wrapup", u"Go over to after-contact work"_s,
           [](TaskId id, const QString &) { return api::Command(api::WrapUpTask{id}); });
    simple("complete", u"Finish the task"_s, [](TaskId id, const QString &why) {
        return api::Command(api::CompleteTask{id, why});
    });
    addReservationRoutes(routes);
    addTransferRoutes(routes);
}

} // namespace peerdesk::doors
