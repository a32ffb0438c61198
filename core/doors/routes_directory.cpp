// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/doors/body.h"
#include "core/doors/routes.h"
#include "core/doors/views.h"
#include "core/routing/router.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace peerdesk::doors {

namespace {

/// What is special about one kind of configuration; the rest is the same for all.
template <typename Record>
struct Kind
{
    using Id = typename Record::Key;

    QString path;
    QString schema;
    QString takes;
    void (api::Desk::*read)(Completion<std::vector<Record>>);
    Record fresh;
    std::function<api::Command(const Record &)> save;
    std::function<api::Command(Id)> erase;
    /// Where it is not simply the record.
    std::function<QJsonObject(const Record &)> show = [](const Record &record) {
        return json::write(record).toObject();
    };
    std::function<Result<api::Command>(const QJsonObject &body, const Record &before)> commandFor =
        {};
};

/// Workflow and flow documents may come as an object or, as Twilio sends them, as JSON text.
QJsonObject withDocuments(QJsonObject body)
{
    for (const QString &name : {u"configuration"_s, u"definition"_s}) {
        const QJsonValue value = body.value(name);
        if (!value.isString())
            continue;
        const QJsonDocument document = QJsonDocument::fromJson(value.toString().toUtf8());
        if (document.isObject())
            body.insert(name, document.object());
    }
    return body;
}

template <typename Record>
void withRecord(const ExchangePtr &x, const Kind<Record> &kind, typename Record::Key id,
                const std::function<void(const Record &)> &next)
{
    const auto find = [x, id, next](const std::vector<Record> &all) {
        const auto found =
            std::find_if(all.begin(), all.end(), [&](const Record &one) { return one.id == id; });
        if (found == all.end())
            return x->fail(notFound(u"There is nothing with this id"_s));
        next(*found);
    };
    (x->desk().*kind.read)(x->then<std::vector<Record>>(find));
}

template <typename Record>
void save(const ExchangePtr &x, const Kind<Record> &kind, Record record, int status)
{
    const auto id = record.id;
    const QJsonObject body = withDocuments(x->body());
    const Result<api::Command> command = kind.commandFor ? kind.commandFor(body, record) : [&] {
        Body in(body);
        in.takeAll(record, {u"id"_s});
        return in.error() ? Result<api::Command>(*in.error()) : kind.save(record);
    }();
    if (!command)
        return x->fail(command.error());
    x->submit(*command, [x, kind, id, status](const api::Outcome &outcome) {
        const auto of = id.isNull() ? outcome.as<typename Record::Key>() : id;
        withRecord<Record>(x, kind, of, [x, kind, status](const Record &saved) {
            x->answer(status, kind.show(saved));
        });
    });
}

template <typename Record>
void list(const ExchangePtr &x, const Kind<Record> &kind)
{
    const auto page = x->page();
    if (!page)
        return x->fail(page.error());
    const auto show = [x, kind, page = *page](const std::vector<Record> &all) {
        const Result<QJsonObject> shown =
            slice(all, page, kind.show, [](const Record &one) { return one.id.toString(); });
        shown ? x->answer(200, *shown) : x->fail(shown.error());
    };
    (x->desk().*kind.read)(x->then<std::vector<Record>>(show));
}

/// Runs `next` with the id in the path.
template <typename IdType>
void withId(const ExchangePtr &x, const std::function<void(IdType)> &next)
{
    const auto id = x->pathId<IdType>();
    id ? next(*id) : x->fail(id.error());
}

template <typename Record>
void add(Routes &routes, const Kind<Record> &kind)
{
    using Id = typename Record::Key;
    const QString one = kind.path + u"/{id}"_s;
    const auto listAll = [kind](const ExchangePtr &x) { list(x, kind); };
    const auto create = [kind](const ExchangePtr &x) { save(x, kind, kind.fresh, 201); };
    const auto get = [kind](const ExchangePtr &x) {
        withId<Id>(x, [x, kind](Id id) {
            withRecord<Record>(
                x, kind, id, [x, kind](const Record &found) { x->answer(200, kind.show(found)); });
        });
    };
    const auto change = [kind](const ExchangePtr &x) {
        withId<Id>(x, [x, kind](Id id) {
            withRecord<Record>(x, kind, id,
                               [x, kind](const Record &found) { save(x, kind, found, 200); });
        });
    };
    routes.push_back({"GET",
                      kind.path,
                      Scope::Staff,
                      u"All, in order"_s,
                      listAll,
                      {},
                      u'[' + kind.schema + u']',
                      u"limit cursor"_s});
    routes.push_back(
        {"POST", kind.path, Scope::Admin, u"New"_s, create, kind.takes, kind.schema, {}, 201});
    routes.push_back({"GET", one, Scope::Staff, u"One"_s, get, {}, kind.schema, {}});
    routes.push_back({"PUT",
                      one,
                      Scope::Admin,
                      u"Change; absent members stay"_s,
                      change,
                      kind.takes,
                      kind.schema,
                      {}});
    const auto erase = [kind](const ExchangePtr &x) {
        withId<Id>(x, [x, kind](Id id) {
            x->submit(kind.erase(id), [x](const api::Outcome &) { x->answer(204, {}); });
        });
    };
    routes.push_back({"DELETE", one, Scope::Admin, u"Remove"_s, erase, {}, {}, {}, 204});
}

/// What is saved is a draft, unless it says `status: published`. A flow that was never published
/// runs as it is.
Result<api::Command> readFlow(const QJsonObject &body, const Flow &before)
{
    api::SaveFlow command{before, true};
    QString status = u"draft"_s;
    if (!before.draft.isEmpty())
        command.flow.definition = before.draft;
    Body in(body);
    in.take("friendly_name", command.flow.friendlyName);
    in.takeObject("definition", command.flow.definition).take("status", status);
    in.take("commit_message", command.flow.message);
    if (before.id.isNull())
        in.require("friendly_name").require("definition");
    if (in.error())
        return *in.error();
    if (status != u"draft" && status != u"published")
        return invalid(u"The member \"status\" is draft or published"_s);
    command.isDraft = status == u"draft";
    command.flow.draft = {};
    return api::Command(command);
}

void publishFlow(const ExchangePtr &x)
{
    const auto id = x->pathId<FlowId>();
    if (!id)
        return x->fail(id.error());
    api::PublishFlow command{*id, {}};
    Body in(x->body());
    in.take("commit_message", command.message);
    if (in.error())
        return x->fail(*in.error());
    x->submit(command, [x, id = *id](const api::Outcome &) {
        x->desk().flows(x->then<std::vector<Flow>>([x, id](const std::vector<Flow> &all) {
            const auto saved =
                std::find_if(all.begin(), all.end(), [&](const Flow &one) { return one.id == id; });
            saved == all.end() ? x->fail(notFound(u"There is no such flow any more"_s))
                               : x->answer(200, view::flow(*saved));
        }));
    });
}

/// Answers {valid, errors}: a refusal of the document is this call's good answer.
void validateWorkflow(const ExchangePtr &x)
{
    const QJsonObject body = withDocuments(x->body());
    const QJsonValue inner = body.value(u"configuration"_s);
    const Json configuration = json::canonical(inner.isObject() ? inner.toObject() : body);
    const auto check = [x, configuration](const std::vector<Queue> &queues) {
        routing::WorkingSet set;
        for (const Queue &queue : queues)
            set.queues.emplace(queue.id, queue);
        const Result<Done> valid = routing::validateWorkflow(set, configuration);
        QJsonArray errors;
        if (!valid)
            errors.append(QJsonObject{{u"detail"_s, valid.error().detail}});
        x->answer(200, {{u"valid"_s, valid.has_value()}, {u"errors"_s, errors}});
    };
    x->desk().queues(x->then<std::vector<Queue>>(check));
}

} // namespace

void addDirectoryRoutes(Routes &routes)
{
    Queue freshQueue;
    freshQueue.targetWorkers = u"1==1"_s;
    // What TaskRouter's single-task workers needed is taken and means nothing (routing.md 2.1).
    add<Queue>(routes, {u"/queues"_s, u"Queue"_s,
                        u"friendly_name!:string target_workers:string task_order:string "
                        u"max_reserved_workers:integer auto_accept:boolean pull:boolean "
                        u"reservation_activity:string "
                        u"assignment_activity:string"_s,
                        &api::Desk::queues, freshQueue,
                        [](const Queue &one) { return api::SaveQueue{one}; },
                        [](QueueId id) { return api::DeleteQueue{id}; }});
    add<Workflow>(routes, {u"/workflows"_s,
                           u"Workflow"_s,
                           u"friendly_name!:string configuration!:object "
                           u"task_reservation_timeout:integer"_s,
                           &api::Desk::workflows,
                           {},
                           [](const Workflow &one) { return api::SaveWorkflow{one}; },
                           [](WorkflowId id) { return api::DeleteWorkflow{id}; }});
    routes.push_back({"POST",
                      u"/workflows/validate"_s,
                      Scope::Staff,
                      u"Check a workflow document without saving it"_s,
                      &validateWorkflow,
                      u"configuration:object task_routing:object"_s,
                      {},
                      {}});
    add<Activity>(routes, {u"/activities"_s,
                           u"Activity"_s,
                           u"friendly_name!:string available:boolean"_s,
                           &api::Desk::activities,
                           {},
                           [](const Activity &one) { return api::SaveActivity{one}; },
                           [](ActivityId id) { return api::DeleteActivity{id}; }});
    add<TaskChannel>(routes, {u"/task-channels"_s,
                              u"TaskChannel"_s,
                              u"unique_name!:string friendly_name:string "
                              u"default_capacity:integer offer_timeout:integer "
                              u"channel_weight:integer "
                              u"channel_optimized_routing:boolean"_s,
                              &api::Desk::taskChannels,
                              {},
                              [](const TaskChannel &one) { return api::SaveTaskChannel{one}; },
                              [](TaskChannelId id) { return api::DeleteTaskChannel{id}; }});
    add<Flow>(routes, {u"/flows"_s,
                       u"Flow"_s,
                       u"friendly_name!:string definition!:object status:string "
                       u"commit_message:string"_s,
                       &api::Desk::flows,
                       {},
                       [](const Flow &one) { return api::SaveFlow{one}; },
                       [](FlowId id) { return api::DeleteFlow{id}; },
                       &view::flow,
                       &readFlow});
    routes.push_back({"POST",
                      u"/flows/{id}/publish"_s,
                      Scope::Admin,
                      u"Customers meet the draft from now on"_s,
                      &publishFlow,
                      u"commit_message:string"_s,
                      u"Flow"_s,
                      {}});
}

} // namespace peerdesk::doors
