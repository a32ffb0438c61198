// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/telegram/acts.h"

#include "core/channels/telegram/words.h"

#include <QJsonArray>

#include <algorithm>

namespace peerdesk::channels::telegram {

using namespace Qt::StringLiterals;
using namespace channels::vendor;

namespace {

qint64 messageIn(const QString &id)
{
    return id.section(u':', -1).toLongLong();
}

Request change(const Chat &chat, qint64 message, const QJsonValue &text)
{
    QJsonObject body{{u"message_id"_s, message}, {u"text"_s, text}};
    if (!chat.business.isEmpty())
        body.insert(u"business_connection_id"_s, chat.business);
    return Request{words("the change"), u"editMessageText"_s, body, {}, false};
}

Request remove(const Chat &chat, qint64 message)
{
    if (chat.business.isEmpty())
        return {words("the deletion"), u"deleteMessage"_s, {{u"message_id"_s, message}}, {}, false};
    return {words("the deletion"),
            u"deleteBusinessMessages"_s,
            {{u"business_connection_id"_s, chat.business}, {u"message_ids"_s, QJsonArray{message}}},
            {},
            false};
}

Result<std::vector<Request>> edit(const Outgoing &outgoing, const Act &act,
                                  const std::vector<Request> &before)
{
    if (std::ranges::any_of(before, [](const Request &request) {
            return request.body.contains(u"reply_markup"_s);
        }))
        return invalid(words("This message has buttons, and a change of its text would take them "
                             "away"));
    const Result<std::vector<Request>> after = requestsFor(sentAfter(outgoing, act));
    if (!after)
        return after.error();
    if (const Result<Done> room = checkRoom(before.size(), after->size()); !room)
        return room.error();
    const Chat chat = chatFrom(outgoing.conversation.thread);
    std::vector<Request> requests;
    for (const QString &id : act.ids) {
        const qint64 message = messageIn(id);
        requests.push_back(
            requests.size() < after->size()
                ? change(chat, message, (*after)[requests.size()].body.value(u"text"_s))
                : remove(chat, message));
    }
    return requests;
}

Result<std::vector<Request>> react(const Chat &chat, qint64 message, QString emoji)
{
    emoji.remove(QChar(0xfe0f)); // in the vendor's list they stand without it
    if (!chat.business.isEmpty())
        return invalid(words("Telegram lets no bot react in the chats of a business account"));
    QJsonArray reactions;
    if (!emoji.isEmpty())
        reactions.append(QJsonObject{{u"type"_s, u"emoji"_s}, {u"emoji"_s, emoji}});
    return std::vector<Request>{{words("the reaction"),
                                 u"setMessageReaction"_s,
                                 {{u"message_id"_s, message}, {u"reaction"_s, reactions}},
                                 {},
                                 false}};
}

QString sentenceFor(const QString &said)
{
    if (said.contains(u"not found"_s))
        return words("This message is not in the chat any more");
    if (said.contains(u"can't be deleted"_s) || said.contains(u"can't be edited"_s))
        return words("Telegram lets nobody change this message any more; a bot may delete what it "
                     "has sent for 48 hours");
    if (said.contains(u"REACTION_INVALID"_s) || said.contains(u"REACTIONS_"_s))
        return words("Telegram does not have this emoji as a reaction here");
    return {};
}

} // namespace

Result<std::vector<Request>> requestsFor(const Outgoing &outgoing, const Act &act)
{
    const Chat chat = chatFrom(outgoing.conversation.thread);
    const auto isHere = [&](const QString &id) {
        return messageIn(id) > 0 && id == messageKey(chat, messageIn(id));
    };
    if (chat.id.isEmpty() || act.ids.isEmpty() || !std::ranges::all_of(act.ids, isHere))
        return invalid(words("It is not known which message in Telegram this is about"));
    if (act.action == MessageAction::React)
        return react(chat, messageIn(act.target), act.text);
    if (!act.isOurs || (act.action != MessageAction::Edit && act.action != MessageAction::Delete))
        return invalid(words("Telegram lets no bot do that"));
    const Result<std::vector<Request>> before = requestsFor(sentBefore(outgoing));
    if (!before)
        return before.error();
    if (const Result<Done> known = checkParts(act, before->size()); !known)
        return known.error();
    if (act.action == MessageAction::Edit)
        return edit(outgoing, act, *before);
    std::vector<Request> requests;
    for (const QString &id : act.ids)
        requests.push_back(remove(chat, messageIn(id)));
    return requests;
}

SendResult resultOf(const Result<ApiReply> &reply, const QString &method, bool hasMoved, Time now)
{
    if (!reply)
        return failedSend(reply, reply.error().detail, now);
    const QString said = descriptionOf(*reply);
    const bool isGood = reply->isSuccess() && reply->object().value(u"ok"_s).toBool();
    // As if it had been done before: the message reads so already, or is gone.
    const bool isSame = said.contains(u"message is not modified"_s);
    const bool isGone =
        method == u"deleteMessage" && !hasMoved && said.contains(u"message to delete not found"_s);
    if (isGood || isSame || isGone)
        return SendResult{SendResult::Kind::Accepted, {}, {}, {}};
    SendResult failed = resultOf(reply, Chat{}, now);
    if (const QString sentence = sentenceFor(said);
        failed.kind == SendResult::Kind::Refused && !sentence.isEmpty())
        failed.detail = sentence;
    return failed;
}

} // namespace peerdesk::channels::telegram
