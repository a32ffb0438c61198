// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/doors/body.h"
#include "core/doors/routes.h"
#include "core/doors/views.h"

#include <QJsonArray>

using namespace Qt::StringLiterals;

namespace peerdesk::doors {

namespace {

void getStatus(const ExchangePtr &x)
{
    x->desk().status(x->then<api::OfficeStatus>(
        [x](const api::OfficeStatus &status) { x->answer(200, view::status(status)); }));
}

void getCommand(const ExchangePtr &x)
{
    const auto id = x->pathId<CommandId>();
    if (!id)
        return x->fail(id.error());
    x->desk().command(*id, x->then<api::Outcome>([x, id = *id](const api::Outcome &outcome) {
        x->answer(200, view::outcome(id, outcome));
    }));
}

void getMe(const ExchangePtr &x)
{
    const api::Caller &caller = x->caller();
    x->answer(200, {{u"agent"_s, json::write(caller.agent)},
                    {u"name"_s, caller.name},
                    {u"role"_s, enumName(caller.role)},
                    {u"worker"_s, json::write(caller.worker)},
                    {u"session"_s, json::write(caller.session)}});
}

void deleteSession(const ExchangePtr &x)
{
    const auto id = x->pathId<SessionId>();
    if (!id)
        return x->fail(id.error());
    x->submit(api::CloseSession{*id}, [x](const api::Outcome &) { x->answer(204, {}); });
}

void listAgents(const ExchangePtr &x)
{
    const auto page = x->page();
    if (!page)
        return x->fail(page.error());
    const auto show = [x, page = *page](const std::vector<Agent> &all) {
        const Result<QJsonObject> list =
            slice(all, page, &view::agent, [](const Agent &one) { return one.id.toString(); });
        list ? x->answer(200, *list) : x->fail(list.error());
    };
    x->desk().agents(x->then<std::vector<Agent>>(show));
}

QJsonObject workspace(const Office &office)
{
    return {{u"id"_s, json::write(office.id)},
            {u"friendly_name"_s, office.name},
            {u"default_activity"_s, json::write(office.defaultActivity)},
            {u"timeout_activity"_s, json::write(office.timeoutActivity)},
            {u"prioritize_queue_order"_s, enumName(office.prioritizeQueueOrder)},
            {u"max_pending_offers"_s, office.maxPendingOffers},
            {u"uses_channel_weights"_s, office.usesChannelWeights},
            {u"multi_task_enabled"_s, true}};
}

void getWorkspace(const ExchangePtr &x)
{
    x->desk().status(x->then<api::OfficeStatus>(
        [x](const api::OfficeStatus &status) { x->answer(200, workspace(status.office)); }));
}

/// Absent members stay.
void putWorkspace(const ExchangePtr &x)
{
    x->desk().status(x->then<api::OfficeStatus>([x](const api::OfficeStatus &status) {
        const Office &office = status.office;
        api::SaveWorkspace command{office.defaultActivity, office.timeoutActivity,
                                   office.prioritizeQueueOrder, office.maxPendingOffers,
                                   office.usesChannelWeights};
        Body in(x->body());
        in.takeAll(command);
        if (in.error())
            return x->fail(*in.error());
        x->submit(command, [x](const api::Outcome &) { getWorkspace(x); });
    }));
}

} // namespace

void addOfficeRoutes(Routes &routes)
{
    routes.push_back(
        {"GET", u"/status"_s, Scope::Any, u"This node and its office"_s, &getStatus, {}, {}, {}});
    routes.push_back({"GET",
                      u"/workspace"_s,
                      Scope::Staff,
                      u"How the office routes, beyond queues and workflows"_s,
                      &getWorkspace,
                      {},
                      {},
                      {}});
    routes.push_back({"PUT",
                      u"/workspace"_s,
                      Scope::Admin,
                      u"Change that; absent members stay"_s,
                      &putWorkspace,
                      u"friendly_name:string default_activity:string timeout_activity:string "
                      u"prioritize_queue_order:string max_pending_offers:integer "
                      u"uses_channel_weights:boolean"_s,
                      {},
                      {}});
    routes.push_back({"GET",
                      u"/commands/{id}"_s,
                      Scope::Any,
                      u"What became of a command"_s,
                      &getCommand,
                      {},
                      {},
                      {}});
    routes.push_back(
        {"GET", u"/sessions/current"_s, Scope::Any, u"Who asks"_s, &getMe, {}, {}, {}});
    routes.push_back({"DELETE",
                      u"/sessions/{id}"_s,
                      Scope::Any,
                      u"Sign out"_s,
                      &deleteSession,
                      {},
                      {},
                      {},
                      204});
    routes.push_back({"GET",
                      u"/agents"_s,
                      Scope::Staff,
                      u"People"_s,
                      &listAgents,
                      {},
                      u"[Agent]"_s,
                      u"limit cursor"_s});
}

} // namespace peerdesk::doors
