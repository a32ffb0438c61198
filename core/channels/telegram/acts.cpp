// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/telegram/acts.h"

#include "core/channels/telegram/limits.h"
#include "core/channels/telegram/words.h"

#include <QJsonArray>

namespace peerdesk::channels::telegram {

using namespace Qt::StringLiterals;
using namespace channels::vendor;

namespace {

Result<Request> edit(const Chat &chat, qint64 message, const QString &text)
{
    if (text.size() > limits::TextCharacters)
        return invalid(words("Telegram takes at most %1 characters in one message")
                           .arg(limits::TextCharacters));
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

Result<Request> react(const Chat &chat, qint64 message, QString emoji)
{
    emoji.remove(QChar(0xfe0f)); // in the vendor's list they stand without it
    if (!chat.business.isEmpty())
        return invalid(words("Telegram lets no bot react in the chats of a business account"));
    QJsonArray reactions;
    if (!emoji.isEmpty())
        reactions.append(QJsonObject{{u"type"_s, u"emoji"_s}, {u"emoji"_s, emoji}});
    return Request{words("the reaction"),
                   u"setMessageReaction"_s,
                   {{u"message_id"_s, message}, {u"reaction"_s, reactions}},
                   {},
                   false};
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

Result<Request> requestFor(const Outgoing &outgoing, const Act &act)
{
    const Chat chat = chatFrom(outgoing.conversation.thread);
    const qint64 message = act.target.section(u':', -1).toLongLong();
    if (chat.id.isEmpty() || message <= 0 || act.target != messageKey(chat, message))
        return invalid(words("It is not known which message in Telegram this is about"));
    if (act.action == MessageAction::React)
        return react(chat, message, act.text);
    if (!act.isOurs || (act.action != MessageAction::Edit && act.action != MessageAction::Delete))
        return invalid(words("Telegram lets no bot do that"));
    const Result<std::vector<Request>> before = requestsFor(sentBefore(outgoing));
    if (!before)
        return before.error();
    if (before->size() > 1)
        return invalid(words("This went out as several messages of Telegram's, and only the first "
                             "could be changed"));
    if (act.action == MessageAction::Delete)
        return remove(chat, message);
    if (!before->empty() && before->front().body.contains(u"reply_markup"_s))
        return invalid(words("This message has buttons, and a change of its text would take them "
                             "away"));
    return edit(chat, message, act.text);
}

SendResult resultOf(const Result<ApiReply> &reply, const Act &act, bool hasMoved, Time now)
{
    if (!reply)
        return failedSend(reply, reply.error().detail, now);
    const QString said = descriptionOf(*reply);
    const bool isGood = reply->isSuccess() && reply->object().value(u"ok"_s).toBool();
    // As if it had been done before: the message reads so already, or is gone.
    const bool isSame = said.contains(u"message is not modified"_s);
    const bool isGone = act.action == MessageAction::Delete && !hasMoved &&
                        said.contains(u"message to delete not found"_s);
    if (isGood || isSame || isGone)
        return SendResult{SendResult::Kind::Accepted, {}, {}, {}};
    SendResult failed = resultOf(reply, Chat{}, now);
    if (const QString sentence = sentenceFor(said);
        failed.kind == SendResult::Kind::Refused && !sentence.isEmpty())
        failed.detail = sentence;
    return failed;
}

} // namespace peerdesk::channels::telegram
