// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/meta/directconnector.h"

#include "core/base/json.h"
#include "core/channels/meta/messaging.h"
#include "core/channels/meta/numbers.h"

namespace peerdesk::channels::meta {

using namespace Qt::StringLiterals;

namespace {

constexpr int LookedUp = 10;

bool isTextOurs(const QJsonObject &message, const QString &text)
{
    return message.value(u"message"_s).toString().trimmed() == text.trimmed();
}

} // namespace

DirectConnector::DirectConnector(const ChannelAccount &account, Host &host, Product product)
    : MetaConnector(account, host, product)
{}

Milliseconds DirectConnector::usualInterval() const
{
    return numbers::DirectInterval;
}

QString DirectConnector::connectedSentence() const
{
    return m_hasGap ? tr("A conversation had more new messages than Meta tells at once: look there "
                         "too. With a webhook none are missed.")
                    : MetaConnector::connectedSentence();
}

Result<Parsed> DirectConnector::parseHook(const QByteArray &body) const
{
    return parseWebhook(body, m_self);
}

QUrlQuery DirectConnector::conversationQuery(const QString &fields, int limit) const
{
    QUrlQuery query;
    query.addQueryItem(u"platform"_s,
                       m_self.product == Product::Instagram ? u"instagram"_s : u"messenger"_s);
    query.addQueryItem(u"fields"_s, fields);
    query.addQueryItem(u"limit"_s, QString::number(limit));
    return query;
}

void DirectConnector::poll(const QByteArray &cursor, Completion<Polled> done)
{
    beginPoll(cursor);
    const QJsonObject stands = QJsonDocument::fromJson(cursor).object();
    const auto state = std::make_shared<Walk>();
    const Time since{stands.value(u"since"_s).toInteger()};
    state->from = cursor;
    state->number = stands.value(u"n"_s).toInteger();
    state->newest = std::max(since, Time{stands.value(u"top"_s).toInteger()});
    state->after = stands.value(u"after"_s).toString();
    state->since =
        since.isSet() ? since - numbers::Overlap : m_host.clock().wall() - numbers::FirstLookBack;
    state->done = std::move(done);
    walk(state);
}

void DirectConnector::walk(const std::shared_ptr<Walk> &state)
{
    QUrlQuery query = conversationQuery(conversationFields(), numbers::PageSize);
    if (!state->after.isEmpty())
        query.addQueryItem(u"after"_s, state->after);
    vendor::ApiCall call = vendor::getCall(u"/%1/conversations"_s.arg(m_self.id), query);
    call.bucket = u"poll"_s;
    graph(call, [this, state](const Result<vendor::ApiReply> &reply) {
        if (!reply)
            return state->done.answer(reply.error());
        const bool isFine = reply->isSuccess() && graphError(*reply).code == 0;
        if (!isFine && plain(*reply).status == 400 && !state->after.isEmpty()) {
            state->after.clear(); // that place is gone: from the top again
            return walk(state);
        }
        if (!isFine)
            return state->done.answer(errorIn(*reply));
        onConversations(state, reply->object());
    });
}

void DirectConnector::onConversations(const std::shared_ptr<Walk> &state, const QJsonObject &page)
{
    ConversationPage found = parseConversations(page, m_self, state->since);
    state->newest = std::max(state->newest, found.newest);
    m_hasGap = found.hasGap && !state->from.isEmpty();
    for (vendor::WantedFile &file : found.parsed.files) {
        file.item += state->parsed.items.size();
        state->parsed.files.push_back(file);
    }
    for (InboundItem &item : found.parsed.items)
        state->parsed.items.push_back(std::move(item));
    const bool isWhole =
        found.after.isEmpty() || !found.oldest.isSet() || found.oldest < state->since;
    state->after = isWhole ? QString() : found.after;
    if (isWhole || ++state->pages >= numbers::MaxPages)
        return endWalk(state, isWhole);
    walk(state);
}

void DirectConnector::endWalk(const std::shared_ptr<Walk> &state, bool isWhole)
{
    const auto onComplete = [this, state, isWhole](const Result<InboundPage> &page) {
        if (!page)
            return state->done.answer(page.error());
        Polled polled;
        polled.page = *page;
        polled.page.cursorFrom = polled.page.cursorTo = state->from;
        QJsonObject stands = QJsonDocument::fromJson(state->from).object();
        const bool moves = !page->items.empty() || !isWhole || state->from.isEmpty() ||
                           stands.contains(u"after"_s);
        stands.insert(u"n"_s, state->number + 1);
        stands.insert(isWhole ? u"since"_s : u"top"_s, state->newest.ms);
        stands.insert(u"after"_s, state->after);
        if (isWhole) {
            stands.remove(u"after"_s);
            stands.remove(u"top"_s);
        }
        if (moves)
            polled.page.cursorTo = json::canonical(stands).text;
        polled.hasMore = !isWhole;
        endPoll(polled.page);
        state->done.answer(std::move(polled));
    };
    complete(std::move(state->parsed), {this, onComplete});
}

void DirectConnector::send(const Outgoing &outgoing, Completion<SendResult> done)
{
    const Permission permission =
        permissionAt(m_host.clock().wall(), outgoing.lastInboundAt, !outgoing.agentName.isEmpty());
    if (permission == Permission::Closed) {
        const QString reason =
            !outgoing.lastInboundAt.isSet() ? tr("The customer has to write first.")
            : outgoing.agentName.isEmpty()
                ? tr("Automatic answers are allowed for 24 hours after the customer's message.")
                : tr("The customer's message is older than 7 days: the customer has to write "
                     "first.");
        return done.answer(SendResult{SendResult::Kind::Refused, {}, reason, {}});
    }
    Result<std::vector<Part>> parts =
        partsOf(outgoing, m_self.product, directCapabilities(m_self.product));
    if (!parts)
        return done.answer(SendResult{SendResult::Kind::Refused, {}, parts.error().detail, {}});
    Delivery delivery;
    delivery.recipient = {{u"id"_s, outgoing.address.value}};
    delivery.permission = permission;
    delivery.thread = outgoing.address.value;
    delivery.files = outgoing.attachments;
    deliver(delivery, *parts, std::move(done));
}

/// The newest messages of the conversation: one of ours with this text, since the send began.
void DirectConnector::lookUp(const Delivery &delivery, const Part &part,
                             std::function<void(const QString &id)> done)
{
    const QString text = part.text;
    if (text.isEmpty())
        return done({});
    QUrlQuery query =
        conversationQuery(u"messages.limit(%1){id,created_time,from,message}"_s.arg(LookedUp), 1);
    query.addQueryItem(u"user_id"_s, delivery.thread);
    const Time from = delivery.began - numbers::ClockSkew;
    graph(vendor::getCall(u"/%1/conversations"_s.arg(m_self.id), query),
          [this, text, from, done](const Result<vendor::ApiReply> &reply) {
              const QJsonArray messages =
                  reply ? reply->object().value(u"data"_s)[0][u"messages"_s][u"data"_s].toArray()
                        : QJsonArray();
              for (const QJsonValue value : messages) {
                  const QJsonObject message = value.toObject();
                  const QString id = message.value(u"id"_s).toString();
                  if (message.value(u"from"_s)[u"id"_s].toString() == m_self.id &&
                      !m_own.contains(id) && isTextOurs(message, text) &&
                      timeOf(message.value(u"created_time"_s)) >= from)
                      return done(id);
              }
              done({});
          });
}

void DirectConnector::act(const QString &thread, const QString &action)
{
    if (!isRunning() || thread.isEmpty())
        return;
    vendor::ApiCall call = vendor::jsonCall(
        "POST", u"/%1/messages"_s.arg(m_self.id),
        {{u"recipient"_s, QJsonObject{{u"id"_s, thread}}}, {u"sender_action"_s, action}});
    call.bucket = u"text"_s;
    graph(call, [](const Result<vendor::ApiReply> &) {}); // a sign that is lost harms nobody
}

void DirectConnector::agentTyping(const QString &thread, bool isTyping)
{
    act(thread, isTyping ? u"typing_on"_s : u"typing_off"_s);
}

void DirectConnector::agentRead(const QString &thread, Time upTo)
{
    Q_UNUSED(upTo)
    act(thread, u"mark_seen"_s);
}

void DirectConnector::test(Completion<QString> done)
{
    const auto asker = std::make_shared<Completion<QString>>(std::move(done));
    prepare({this, [this, asker](const Result<Done> &prepared) {
                 if (!prepared)
                     return asker->answer(prepared.error());
                 testConversations(m_self.name, asker);
             }});
}

void DirectConnector::testConversations(const QString &name,
                                        const std::shared_ptr<Completion<QString>> &done)
{
    vendor::ApiCall call = vendor::getCall(u"/%1/conversations"_s.arg(m_self.id),
                                           conversationQuery(u"id,updated_time"_s, 1));
    graph(call, [this, name, done](const Result<vendor::ApiReply> &reply) {
        if (!reply)
            return done->answer(reply.error());
        const GraphError error = graphError(*reply);
        if (isAccessSwitchedOff(error))
            return done->answer(Error{
                Error::Code::Forbidden, tr("%1 is connected. %2").arg(name, accessAdvice()), {}});
        if (!reply->isSuccess() || error.code != 0)
            return done->answer(errorIn(*reply));
        const bool isSigned = !m_host.secret(u"app_secret"_s).isEmpty();
        done->answer(
            tr("%1: messages can be read and answered. ").arg(name) +
            (isSigned ? tr("Calls of the webhook are checked with the app secret.")
                      : tr("Without the app secret there is no webhook: messages come every few "
                           "seconds; buttons, edits, reactions and read marks do not.")));
    });
}

Capabilities directCapabilities(Product product)
{
    Capabilities can;
    can.ingress = Ingress::Poll;
    can.replyWindow = numbers::ReplyWindow;
    can.afterWindow = AfterWindow::HumanTag;
    can.humanWindow = numbers::HumanWindow;
    can.rich = {{u"quick_replies"_s, RichUse::Agent}, {u"list_picker"_s, RichUse::Agent},
                {u"rich_link"_s, RichUse::Agent},     {u"buttons"_s, RichUse::Agent},
                {u"card"_s, RichUse::Agent},          {u"carousel"_s, RichUse::Agent},
                {u"time_picker"_s, RichUse::Flow}};
    can.edits = true;
    can.reactions = true;
    can.quickReplies = true;
    can.typing = true;
    can.readReceipts = true;
    const bool isMessenger = product == Product::Messenger;
    can.deliveryReceipts = isMessenger;
    // In several messages; Instagram counts bytes, up to three for a character.
    can.maxTextLength =
        numbers::MaxParts * (isMessenger ? numbers::MessengerText : numbers::InstagramText / 3);
    can.files.maxBytes = isMessenger ? numbers::MaxFile : 0;
    if (!isMessenger) // Instagram has no slots; they would be ten cards
        can.rich.erase(u"time_picker"_s);
    return can;
}

} // namespace peerdesk::channels::meta

#include "moc_directconnector.cpp"
