// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/doors/body.h"
#include "core/doors/routes.h"
#include "core/doors/views.h"

#include <QJsonArray>

using namespace Qt::StringLiterals;

namespace peerdesk::doors {

namespace {

void showConversation(const ExchangePtr &x, ConversationId id)
{
    x->desk().conversation(id, x->then<Conversation>([x](const Conversation &found) {
        x->answer(200, view::conversation(found));
    }));
}

/// Runs a command about the path's conversation, then shows the conversation.
void act(const ExchangePtr &x, const std::function<api::Command(ConversationId)> &make)
{
    const auto id = x->pathId<ConversationId>();
    if (!id)
        return x->fail(id.error());
    x->submit(make(*id), [x, id = *id](const api::Outcome &) { showConversation(x, id); });
}

std::optional<Error> readStatus(const QString &status, api::ConversationFilter &filter)
{
    if (status == u"active")
        filter.onlyActive = true;
    else if (status == u"done")
        filter.onlyDone = true;
    else if (!status.isEmpty())
        filter.status = enumFromName<ConversationStatus>(status);
    if (!status.isEmpty() && !filter.status && !filter.onlyActive && !filter.onlyDone)
        return invalid(u"The parameter \"status\" has an unknown value"_s);
    return {};
}

std::optional<Error> readOrder(const QString &order, api::ConversationFilter &filter)
{
    if (order == u"reply_due")
        filter.order = api::ConversationOrder::ReplyDueFirst;
    else if (order == u"longest_waiting")
        filter.order = api::ConversationOrder::LongestWaiting;
    else if (!order.isEmpty() && order != u"newest")
        return invalid(u"The parameter \"order\" is newest, reply_due or longest_waiting"_s);
    return {};
}

Result<api::ConversationFilter> readFilter(const Exchange &x)
{
    api::ConversationFilter filter;
    if (const auto error = readStatus(x.query(u"status"_s), filter))
        return *error;
    if (const auto error = readOrder(x.query(u"order"_s), filter))
        return *error;
    const auto queue = x.queryId<QueueId>(u"queue"_s);
    const auto customer = x.queryId<CustomerId>(u"customer"_s);
    if (!queue)
        return queue.error();
    if (!customer)
        return customer.error();
    filter.queue = *queue;
    filter.customer = *customer;
    const QString agent = x.query(u"agent"_s);
    if (agent == u"me") {
        filter.agent = x.caller().agent;
    } else if (agent == u"none") {
        filter.onlyUnassigned = true;
    } else {
        const auto id = x.queryId<AgentId>(u"agent"_s);
        if (!id)
            return id.error();
        filter.agent = *id;
    }
    filter.channel = x.query(u"channel"_s);
    filter.tag = x.query(u"tag"_s).trimmed();
    filter.text = x.query(u"q"_s);
    return filter;
}

void listConversations(const ExchangePtr &x)
{
    const auto page = x->page();
    const auto filter = readFilter(*x);
    if (!page)
        return x->fail(page.error());
    if (!filter)
        return x->fail(filter.error());
    x->desk().conversations(
        *filter, *page,
        x->then<api::PageOf<Conversation>>([x](const api::PageOf<Conversation> &found) {
            x->answer(200, listDocument(view::all(found.items, &view::conversation), found.next));
        }));
}

void getConversation(const ExchangePtr &x)
{
    const auto id = x->pathId<ConversationId>();
    if (!id)
        return x->fail(id.error());
    showConversation(x, *id);
}

void patchConversation(const ExchangePtr &x)
{
    api::UpdateConversation update;
    Body in(x->body());
    in.take("status", update.status).take("tags", update.tags);
    in.takeTime("snooze_until", update.snoozeUntil);
    if (in.error())
        return x->fail(*in.error());
    act(x, [update](ConversationId id) {
        api::UpdateConversation command = update;
        command.conversation = id;
        return api::Command(command);
    });
}

void readConversation(const ExchangePtr &x)
{
    const auto id = x->pathId<ConversationId>();
    if (!id)
        return x->fail(id.error());
    Time upTo;
    Body in(x->body());
    in.take("up_to", upTo);
    if (in.error())
        return x->fail(*in.error());
    x->desk().conversation(*id, x->then<Conversation>([x, upTo](const Conversation &found) {
        const Time until = upTo.isSet() ? upTo : found.lastMessageAt;
        act(x, [until](ConversationId one) { return api::Command(api::MarkRead{one, until}); });
    }));
}

void assignConversation(const ExchangePtr &x)
{
    AgentId agent;
    Body in(x->body());
    in.require("agent").take("agent", agent);
    if (in.error())
        return x->fail(*in.error());
    act(x, [agent](ConversationId id) { return api::Command(api::AssignConversation{id, agent}); });
}

void continueConversation(const ExchangePtr &x)
{
    AccountId account;
    AddressId address;
    Body in(x->body());
    in.require("account").require("address").take("account", account).take("address", address);
    if (in.error())
        return x->fail(*in.error());
    act(x, [account, address](ConversationId id) {
        return api::Command(api::ContinueConversation{id, account, address});
    });
}

void typeInConversation(const ExchangePtr &x)
{
    const auto id = x->pathId<ConversationId>();
    if (!id)
        return x->fail(id.error());
    bool isTyping = true;
    Body in(x->body());
    in.take("typing", isTyping);
    if (in.error())
        return x->fail(*in.error());
    x->desk().conversation(*id, x->then<Conversation>([x, isTyping](const Conversation &found) {
        x->desk().announcePresence({found.id, x->caller().agent, x->caller().name, isTyping});
        x->answer(200, {{u"conversation"_s, found.id.toString()}, {u"typing"_s, isTyping}});
    }));
}

void listMessages(const ExchangePtr &x)
{
    const auto id = x->pathId<ConversationId>();
    const auto page = x->page();
    if (!id)
        return x->fail(id.error());
    if (!page)
        return x->fail(page.error());
    const auto show = [x, id = *id, page = *page](const Conversation &) {
        x->desk().messages(
            id, page, x->then<api::PageOf<Message>>([x](const api::PageOf<Message> &found) {
                x->answer(200, listDocument(view::all(found.items, &view::message), found.next));
            }));
    };
    x->desk().conversation(*id, x->then<Conversation>(show));
}

/// `{text | content, ...}`: content may be an object, or its members may stand beside `text`.
Result<api::SendMessage> readMessage(const QJsonObject &body)
{
    api::SendMessage command;
    Body in(body);
    if (in.has("content")) {
        if (in.value("content").isString()) {
            in.take("content", command.content.text);
        } else if (in.value("content").isObject()) {
            Body inner(in.value("content").toObject());
            inner.takeAll(command.content);
            if (inner.error())
                return *inner.error();
        } else {
            return invalid(u"The member \"content\" has a wrong type or value"_s);
        }
    }
    in.takeAll(command.content);
    in.take("kind", command.kind).take("reply_to", command.replyTo);
    in.take("send_at", command.sendAt).take("visibility", command.visibility);
    in.take("action", command.action);
    if (in.error())
        return *in.error();
    if (command.kind != MessageKind::Reply && command.kind != MessageKind::Note)
        return invalid(u"The member \"kind\" is reply or note"_s);
    if (command.action != MessageAction::None && command.kind == MessageKind::Note)
        return invalid(u"A note has no \"action\""_s);
    const Content &content = command.content;
    if (command.action == MessageAction::None && content.text.isEmpty() && content.html.isEmpty() &&
        content.attachments.empty() && content.rich.isEmpty())
        return invalid(u"The message is empty: give \"text\" or \"content\""_s);
    for (const Attachment &attachment : content.attachments) {
        if (attachment.sha256.size() != 32)
            return invalid(u"The member \"attachments\" needs the sha256 of uploaded bytes"_s);
    }
    return command;
}

void postMessage(const ExchangePtr &x)
{
    const auto id = x->pathId<ConversationId>();
    if (!id)
        return x->fail(id.error());
    Result<api::SendMessage> command = readMessage(x->body());
    if (!command)
        return x->fail(command.error());
    command->conversation = *id;
    x->submit(*command, [x](const api::Outcome &outcome) {
        x->answer(202, {{u"message"_s, view::subject(outcome)}, {u"state"_s, outcome.state}});
    });
}

/// Calls that take no body and show the conversation.
void addActions(Routes &routes, const QString &one)
{
    const auto simple = [&](const char *verb, const QString &summary, auto make) {
        routes.push_back({"POST",
                          one + u'/' + QLatin1String(verb),
                          Scope::Staff,
                          summary,
                          [make](const ExchangePtr &x) { act(x, make); },
                          u" "_s,
                          u"Conversation"_s,
                          {}});
    };
    simple("take", u"Become its owner without an offer"_s,
           [](ConversationId id) { return api::Command(api::TakeConversation{id}); });
    simple("park", u"Put it aside and free the capacity"_s,
           [](ConversationId id) { return api::Command(api::ParkConversation{id}); });
    simple("resume", u"Take it up again; the last agent is asked first"_s,
           [](ConversationId id) { return api::Command(api::ResumeConversation{id}); });
    routes.push_back({"POST",
                      one + u"/continue"_s,
                      Scope::Staff,
                      u"Go on over another channel of the same customer"_s,
                      &continueConversation,
                      u"account!:string address!:string"_s,
                      u"Conversation"_s,
                      {}});
}

} // namespace

void addConversationRoutes(Routes &routes)
{
    const QString base = u"/conversations"_s;
    const QString one = base + u"/{id}"_s;
    const QString shown = u"Conversation"_s;
    routes.push_back({"GET",
                      base,
                      Scope::Staff,
                      u"Conversations by filter"_s,
                      &listConversations,
                      {},
                      u"[Conversation]"_s,
                      u"status queue agent channel tag customer q order limit cursor"_s});
    routes.push_back(
        {"GET", one, Scope::Staff, u"One conversation"_s, &getConversation, {}, shown, {}});
    routes.push_back({"PATCH",
                      one,
                      Scope::Staff,
                      u"Change status, tags or snooze"_s,
                      &patchConversation,
                      u"status:string tags:array snooze_until:time"_s,
                      shown,
                      {}});
    routes.push_back({"GET",
                      one + u"/messages"_s,
                      Scope::Staff,
                      u"Messages, oldest first within a page; pages go backwards in time"_s,
                      &listMessages,
                      {},
                      u"[Message]"_s,
                      u"limit cursor"_s});
    routes.push_back({"POST",
                      one + u"/messages"_s,
                      Scope::Staff,
                      u"Send a reply or write a note; the answer comes when it is committed"_s,
                      &postMessage,
                      u"text:string content:object subject:string html:string "
                      u"attachments:array quick_replies:array rich:object reply_to:string "
                      u"visibility:string action:string "
                      u"kind:string send_at:time"_s,
                      {},
                      {},
                      202});
    routes.push_back({"POST",
                      one + u"/read"_s,
                      Scope::Staff,
                      u"Mark as read"_s,
                      &readConversation,
                      u"up_to:time"_s,
                      shown,
                      {}});
    routes.push_back({"POST",
                      one + u"/assign"_s,
                      Scope::Staff,
                      u"Give it to an agent"_s,
                      &assignConversation,
                      u"agent!:string"_s,
                      shown,
                      {}});
    routes.push_back({"POST",
                      one + u"/typing"_s,
                      Scope::Staff,
                      u"Show or end the typing mark"_s,
                      &typeInConversation,
                      u"typing:boolean"_s,
                      {},
                      {}});
    addActions(routes, one);
}

} // namespace peerdesk::doors
