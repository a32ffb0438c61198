// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/doors/body.h"
#include "core/doors/routes.h"
#include "core/doors/views.h"

#include <QJsonArray>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace peerdesk::doors {

namespace {

using view::WorkerSurroundings;

/// Reads what a worker's view needs, then goes on.
void lookAround(const ExchangePtr &x, WorkerId worker,
                const std::function<void(const WorkerSurroundings &)> &next)
{
    auto around = std::make_shared<WorkerSurroundings>();
    x->desk().activities(x->then<std::vector<Activity>>([=](const std::vector<Activity> &found) {
        around->activities = found;
        x->desk().taskChannels(
            x->then<std::vector<TaskChannel>>([=](const std::vector<TaskChannel> &channels) {
                around->taskChannels = channels;
                x->desk().reservations(
                    worker, {},
                    x->then<std::vector<api::Offer>>([=](const std::vector<api::Offer> &offers) {
                        around->offers = offers;
                        next(*around);
                    }));
            }));
    }));
}

void withWorker(const ExchangePtr &x, WorkerId id, const std::function<void(const Worker &)> &next)
{
    x->desk().workers(x->then<std::vector<Worker>>([=](const std::vector<Worker> &all) {
        const auto found =
            std::find_if(all.begin(), all.end(), [&](const Worker &one) { return one.id == id; });
        if (found == all.end())
            return x->fail(notFound(u"There is no such worker"_s));
        next(*found);
    }));
}

void showWorker(const ExchangePtr &x, WorkerId id, int status = 200)
{
    withWorker(x, id, [x, status](const Worker &worker) {
        lookAround(x, worker.id, [x, status, worker](const WorkerSurroundings &around) {
            x->answer(status, view::worker(worker, around));
        });
    });
}

void listWorkers(const ExchangePtr &x)
{
    const auto page = x->page();
    if (!page)
        return x->fail(page.error());
    const auto show = [x, page = *page](const std::vector<Worker> &all) {
        lookAround(x, {}, [x, page, all](const WorkerSurroundings &around) {
            const auto one = [&](const Worker &worker) { return view::worker(worker, around); };
            const Result<QJsonObject> list =
                slice(all, page, one, [](const Worker &worker) { return worker.id.toString(); });
            list ? x->answer(200, *list) : x->fail(list.error());
        });
    };
    x->desk().workers(x->then<std::vector<Worker>>(show));
}

void getWorker(const ExchangePtr &x)
{
    const auto id = x->pathId<WorkerId>();
    if (!id)
        return x->fail(id.error());
    showWorker(x, *id);
}

void saveWorker(const ExchangePtr &x, WorkerId id)
{
    api::SaveWorker command;
    command.worker = id;
    Body in(x->body());
    if (id.isNull()) {
        in.require("friendly_name");
        command.attributes = json::canonical({});
    }
    in.take("friendly_name", command.friendlyName).takeObject("attributes", command.attributes);
    if (in.error())
        return x->fail(*in.error());
    x->submit(command, [x, id](const api::Outcome &outcome) {
        showWorker(x, id.isNull() ? outcome.as<WorkerId>() : id, id.isNull() ? 201 : 200);
    });
}

void postWorker(const ExchangePtr &x)
{
    saveWorker(x, {});
}

void patchWorker(const ExchangePtr &x)
{
    const auto id = x->pathId<WorkerId>();
    if (!id)
        return x->fail(id.error());
    saveWorker(x, *id);
}

void deleteWorker(const ExchangePtr &x)
{
    const auto id = x->pathId<WorkerId>();
    if (!id)
        return x->fail(id.error());
    x->submit(api::DeleteWorker{*id}, [x](const api::Outcome &) { x->answer(204, {}); });
}

/// `activity` is an id or a friendly name.
void putActivity(const ExchangePtr &x)
{
    const auto id = x->pathId<WorkerId>();
    if (!id)
        return x->fail(id.error());
    QString wanted;
    bool rejectPending = false;
    Body in(x->body());
    in.require("activity").take("activity", wanted);
    in.take("reject_pending_reservations", rejectPending);
    if (in.error())
        return x->fail(*in.error());
    const auto set = [x, id = *id, wanted, rejectPending](const std::vector<Activity> &all) {
        const auto named = std::find_if(all.begin(), all.end(), [&](const Activity &one) {
            return one.id == ActivityId::fromString(wanted) ||
                   one.friendlyName.compare(wanted, Qt::CaseInsensitive) == 0;
        });
        if (named == all.end())
            return x->fail(invalid(u"The member \"activity\" names no activity"_s));
        x->submit(api::SetActivity{id, named->id, rejectPending},
                  [x, id](const api::Outcome &) { showWorker(x, id); });
    };
    x->desk().activities(x->then<std::vector<Activity>>(set));
}

/// The task channel that the path names by unique name or id, with what there is around it.
void withTaskChannel(const ExchangePtr &x,
                     const std::function<void(const Worker &, const TaskChannel &,
                                              const WorkerSurroundings &)> &next)
{
    const auto id = x->pathId<WorkerId>();
    if (!id)
        return x->fail(id.error());
    withWorker(x, *id, [x, next](const Worker &worker) {
        lookAround(x, worker.id, [x, next, worker](const WorkerSurroundings &around) {
            const QString name = x->parameter(u"task_channel"_s);
            const auto &all = around.taskChannels;
            const auto found = std::find_if(all.begin(), all.end(), [&](const TaskChannel &one) {
                return one.uniqueName == name || one.id == TaskChannelId::fromString(name);
            });
            if (found == all.end())
                return x->fail(notFound(u"There is no such task channel"_s));
            next(worker, *found, around);
        });
    });
}

void getWorkerChannel(const ExchangePtr &x)
{
    withTaskChannel(
        x, [x](const Worker &worker, const TaskChannel &channel, const WorkerSurroundings &around) {
            x->answer(200, view::workerChannel(worker, channel, around));
        });
}

void setWorkerChannel(const ExchangePtr &x, const Worker &worker, const TaskChannel &channel)
{
    WorkerChannel share{channel.defaultCapacity, true};
    const auto own = worker.channels.find(channel.uniqueName);
    if (own != worker.channels.end())
        share = own->second;
    Body in(x->body());
    in.takeAll(share);
    if (in.error())
        return x->fail(*in.error());
    const bool isOwn = x->caller().worker == worker.id;
    if (!isOwn && !allows(Scope::Supervisor, x->caller().role))
        return x->fail(Error{Error::Code::Forbidden, u"That is another worker's capacity"_s, {}});
    if (share.configuredCapacity < 0)
        return x->fail(invalid(u"The member \"configured_capacity\" is 0 or more"_s));
    x->submit(api::SetWorkerChannel{worker.id, channel.uniqueName, share},
              [x](const api::Outcome &) { getWorkerChannel(x); });
}

void putWorkerChannel(const ExchangePtr &x)
{
    withTaskChannel(x, [x](const Worker &worker, const TaskChannel &channel,
                           const WorkerSurroundings &) { setWorkerChannel(x, worker, channel); });
}

void askOneMore(const ExchangePtr &x)
{
    const auto id = x->pathId<WorkerId>();
    if (!id)
        return x->fail(id.error());
    x->submit(api::AskOneMore{*id}, [x, id = *id](const api::Outcome &) { showWorker(x, id); });
}

/// Pull: the first task of the queue (absent = of all queues) that suits.
void takeNext(const ExchangePtr &x)
{
    const auto id = x->pathId<WorkerId>();
    if (!id)
        return x->fail(id.error());
    api::TakeNext command{*id, {}};
    Body in(x->body());
    in.take("queue", command.queue);
    if (in.error())
        return x->fail(*in.error());
    x->submit(command, [x](const api::Outcome &outcome) {
        x->desk().task(outcome.as<TaskId>(), x->then<Task>([x](const Task &task) {
            x->answer(200, view::task(task, x->now()));
        }));
    });
}

void putWorkerQueue(const ExchangePtr &x)
{
    const auto id = x->pathId<WorkerId>();
    const auto queue = x->pathId<QueueId>(u"queue"_s);
    if (!id)
        return x->fail(id.error());
    if (!queue)
        return x->fail(queue.error());
    bool optedIn = true;
    Body in(x->body());
    in.require("opted_in").take("opted_in", optedIn);
    if (in.error())
        return x->fail(*in.error());
    x->submit(api::OptQueue{*id, *queue, optedIn},
              [x, id = *id](const api::Outcome &) { showWorker(x, id); });
}

/// What of the work a worker takes.
void addShareRoutes(Routes &routes, const QString &one, const QString &shown)
{
    routes.push_back({"GET",
                      one + u"/channels/{task_channel}"_s,
                      Scope::Staff,
                      u"Capacity on one task channel"_s,
                      &getWorkerChannel,
                      {},
                      u"WorkerChannel"_s,
                      {}});
    routes.push_back({"PUT",
                      one + u"/channels/{task_channel}"_s,
                      Scope::Staff,
                      u"Set capacity on one task channel"_s,
                      &putWorkerChannel,
                      u"configured_capacity:integer available:boolean"_s,
                      u"WorkerChannel"_s,
                      {}});
    routes.push_back({"POST",
                      one + u"/one-more"_s,
                      Scope::Staff,
                      u"Ask for one task beyond the capacity"_s,
                      &askOneMore,
                      u" "_s,
                      shown,
                      {}});
    routes.push_back({"POST",
                      one + u"/take"_s,
                      Scope::Staff,
                      u"Take the first waiting task that suits, without an offer"_s,
                      &takeNext,
                      u"queue:string"_s,
                      u"Task"_s,
                      {}});
    routes.push_back({"PUT",
                      one + u"/queues/{queue}"_s,
                      Scope::Staff,
                      u"Opt in or out"_s,
                      &putWorkerQueue,
                      u"opted_in!:boolean"_s,
                      shown,
                      {}});
}

} // namespace

void addWorkerRoutes(Routes &routes)
{
    const QString one = u"/workers/{id}"_s;
    const QString shown = u"Worker"_s;
    routes.push_back({"GET",
                      u"/workers"_s,
                      Scope::Staff,
                      u"Workers"_s,
                      &listWorkers,
                      {},
                      u"[Worker]"_s,
                      u"limit cursor"_s});
    routes.push_back({"POST",
                      u"/workers"_s,
                      Scope::Admin,
                      u"New worker"_s,
                      &postWorker,
                      u"friendly_name!:string attributes:object"_s,
                      shown,
                      {},
                      201});
    routes.push_back({"GET", one, Scope::Staff, u"One worker"_s, &getWorker, {}, shown, {}});
    routes.push_back({"PATCH",
                      one,
                      Scope::Admin,
                      u"Change name or attributes"_s,
                      &patchWorker,
                      u"friendly_name:string attributes:object"_s,
                      shown,
                      {}});
    routes.push_back(
        {"DELETE", one, Scope::Admin, u"Remove a worker"_s, &deleteWorker, {}, {}, {}, 204});
    routes.push_back({"PUT",
                      one + u"/activity"_s,
                      Scope::Staff,
                      u"Set the activity"_s,
                      &putActivity,
                      u"activity!:string reject_pending_reservations:boolean"_s,
                      shown,
                      {}});
    addShareRoutes(routes, one, shown);
}

} // namespace peerdesk::doors
