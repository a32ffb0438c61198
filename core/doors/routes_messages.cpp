// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/doors/body.h"
#include "core/doors/routes.h"
#include "core/doors/views.h"

#include <QJsonArray>

using namespace Qt::StringLiterals;

namespace peerdesk::doors {

namespace {

void getMessage(const ExchangePtr &x)
{
    const auto id = x->pathId<MessageId>();
    if (!id)
        return x->fail(id.error());
    x->desk().message(
        *id, x->then<Message>([x](const Message &found) { x->answer(200, view::message(found)); }));
}

void answerState(const ExchangePtr &x, MessageId id, int status)
{
    x->desk().message(id, x->then<Message>([x, status](const Message &found) {
        x->answer(status,
                  {{u"message"_s, found.id.toString()}, {u"state"_s, enumName(found.state)}});
    }));
}

void retryMessage(const ExchangePtr &x)
{
    const auto id = x->pathId<MessageId>();
    if (!id)
        return x->fail(id.error());
    x->submit(api::RetryMessage{*id},
              [x, id = *id](const api::Outcome &) { answerState(x, id, 202); });
}

/// What is done to it at the provider is a message of its own: its state tells what came of it.
void actOn(const ExchangePtr &x, MessageId id, MessageAction action, const QString &text)
{
    x->desk().message(id, x->then<Message>([x, action, text](const Message &found) {
        api::SendMessage command;
        command.conversation = found.conversation;
        command.replyTo = found.id;
        command.action = action;
        command.content.text = text;
        x->submit(command, [x](const api::Outcome &outcome) {
            x->answer(202, {{u"message"_s, view::subject(outcome)}, {u"state"_s, outcome.state}});
        });
    }));
}

void editMessage(const ExchangePtr &x)
{
    const auto id = x->pathId<MessageId>();
    if (!id)
        return x->fail(id.error());
    QString text;
    Body in(x->body());
    in.require("text").take("text", text);
    if (in.error())
        return x->fail(*in.error());
    actOn(x, *id, MessageAction::Edit, text);
}

void reactToMessage(const ExchangePtr &x)
{
    const auto id = x->pathId<MessageId>();
    if (!id)
        return x->fail(id.error());
    QString emoji;
    Body in(x->body());
    in.require("emoji").take("emoji", emoji);
    if (in.error())
        return x->fail(*in.error());
    actOn(x, *id, MessageAction::React, emoji);
}

void cancel(const ExchangePtr &x, MessageId id)
{
    x->submit(api::CancelMessage{id}, [x, id](const api::Outcome &) { answerState(x, id, 200); });
}

/// What has not left is taken back, what has is deleted where the customer reads it.
void removeMessage(const ExchangePtr &x, MessageId id)
{
    x->desk().message(id, x->then<Message>([x, id](const Message &found) {
        const bool hasLeft = found.state == MessageState::Sent ||
                             found.state == MessageState::Delivered ||
                             found.state == MessageState::Read;
        if (hasLeft && found.kind == MessageKind::Reply)
            actOn(x, id, MessageAction::Delete, {});
        else
            cancel(x, id);
    }));
}

void deleteMessage(const ExchangePtr &x)
{
    const auto id = x->pathId<MessageId>();
    if (!id)
        return x->fail(id.error());
    removeMessage(x, *id);
}

void deleteConversationMessage(const ExchangePtr &x)
{
    const auto conversation = x->pathId<ConversationId>();
    const auto id = x->pathId<MessageId>(u"message"_s);
    if (!conversation)
        return x->fail(conversation.error());
    if (!id)
        return x->fail(id.error());
    x->desk().message(*id, x->then<Message>([x, of = *conversation](const Message &found) {
        if (found.conversation != of)
            return x->fail(notFound(u"No such message there"_s));
        removeMessage(x, found.id);
    }));
}

void traceMessage(const ExchangePtr &x)
{
    const auto id = x->pathId<MessageId>();
    if (!id)
        return x->fail(id.error());
    using Steps = std::vector<api::TraceStep>;
    x->desk().trace(*id, x->then<Steps>([x](const Steps &steps) {
        x->answer(200, listDocument(view::all(steps, &view::traceStep), {}));
    }));
}

void postAttachment(const ExchangePtr &x)
{
    const QByteArray bytes = x->request().body;
    if (bytes.isEmpty())
        return x->fail(invalid(u"The body holds no bytes"_s));
    x->desk().upload(
        x->caller(), bytes, x->then<QByteArray>([x, size = bytes.size()](const QByteArray &sha) {
            x->answer(201,
                      {{u"sha256"_s, QString::fromLatin1(sha.toHex())}, {u"size"_s, qint64(size)}});
        }));
}

/// Never shown in place: a stranger's bytes must not run as a page of ours.
void sendBytes(const ExchangePtr &x, const QByteArray &bytes)
{
    net::HttpResponse response;
    response.contentType = "application/octet-stream";
    response.body = bytes;
    response.headers["Content-Disposition"] = "attachment";
    response.headers["X-Content-Type-Options"] = "nosniff";
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'";
    response.headers["Cache-Control"] = "private, no-store";
    x->send(std::move(response));
}

void getAttachment(const ExchangePtr &x)
{
    const QByteArray hex = x->parameter(u"sha256"_s).toLatin1();
    const QByteArray sha = QByteArray::fromHex(hex);
    if (hex.size() != 64 || sha.size() != 32)
        return x->fail(notFound(u"There is no such attachment"_s));
    x->desk().attachment(x->caller(), sha, x->then<QByteArray>([x](const QByteArray &bytes) {
        sendBytes(x, bytes);
    }));
}

/// What is done to a message at the customer's.
void addAlterationRoutes(Routes &routes, const QString &one)
{
    routes.push_back(
        {"PATCH",
         one,
         Scope::Staff,
         u"Change the text of a message of ours at the customer's, where the channel can"_s,
         &editMessage,
         u"text!:string"_s,
         {},
         {},
         202});
    routes.push_back({"PUT",
                      one + u"/reaction"_s,
                      Scope::Staff,
                      u"The office's reaction to a message; empty = taken back"_s,
                      &reactToMessage,
                      u"emoji!:string"_s,
                      {},
                      {},
                      202});
}

} // namespace

void addMessageRoutes(Routes &routes)
{
    const QString one = u"/messages/{id}"_s;
    routes.push_back({"GET",
                      one,
                      Scope::Any,
                      u"Delivery state, provider id, attempts"_s,
                      &getMessage,
                      {},
                      u"Message"_s,
                      {}});
    routes.push_back(
        {"DELETE",
         one,
         Scope::Staff,
         u"Cancel what has not left; delete at the customer's what has, where the channel can"_s,
         &deleteMessage,
         {},
         {},
         {}});
    routes.push_back(
        {"DELETE",
         u"/conversations/{id}/messages/{message}"_s,
         Scope::Staff,
         u"Cancel what has not left; delete at the customer's what has, where the channel can"_s,
         &deleteConversationMessage,
         {},
         {},
         {}});
    addAlterationRoutes(routes, one);
    routes.push_back({"POST",
                      one + u"/retry"_s,
                      Scope::Staff,
                      u"Try a failed or uncertain message again"_s,
                      &retryMessage,
                      u" "_s,
                      {},
                      {},
                      202});
    routes.push_back({"GET",
                      one + u"/trace"_s,
                      Scope::Staff,
                      u"The message's journey"_s,
                      &traceMessage,
                      {},
                      u"[TraceStep]"_s,
                      {}});
    routes.push_back({"POST",
                      u"/attachments"_s,
                      Scope::Any,
                      u"Store bytes; safe when answered"_s,
                      &postAttachment,
                      u"bytes"_s,
                      {},
                      {},
                      201});
    routes.push_back({"GET",
                      u"/attachments/{sha256}"_s,
                      Scope::Staff,
                      u"Bytes of an attachment of a conversation that you may see"_s,
                      &getAttachment,
                      {},
                      u"bytes"_s,
                      {}});
}

} // namespace peerdesk::doors
