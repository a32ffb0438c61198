// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/discord/acts.h"

#include "core/channels/discord/limits.h"
#include "core/channels/discord/words.h"

#include <QJsonArray>
#include <QUrl>

#include <algorithm>

namespace peerdesk::channels::discord {

using namespace Qt::StringLiterals;
using namespace channels::vendor;

namespace {

// Source: "JSON Error Codes".
enum Code {
    UnknownMessage = 10008,
    UnknownEmoji = 10014,
    TooManyReactions = 30010,
    TooManyEdits = 30046,
    ReactionBlocked = 90001
};

ApiCall bare(const QByteArray &method, const QString &path)
{
    ApiCall call = getCall(path);
    call.method = method;
    return call;
}

ApiCall reaction(const QByteArray &method, const QString &message, const QString &emoji)
{
    const QString name = QString::fromLatin1(QUrl::toPercentEncoding(emoji));
    return bare(method, u"%1/reactions/%2/@me"_s.arg(message, name));
}

/// The new one first: if Discord does not take it, the old one still stands.
std::vector<ApiCall> react(const QString &message, const Act &act)
{
    std::vector<ApiCall> calls;
    if (!act.text.isEmpty())
        calls.push_back(reaction("PUT", message, act.text));
    if (!act.shown.isEmpty() && act.shown != act.text)
        calls.push_back(reaction("DELETE", message, act.shown));
    return calls;
}

/// What is too much by now goes.
Result<std::vector<ApiCall>> edit(const QStringList &messages, const std::vector<Request> &after)
{
    const QJsonObject nobody{{u"parse"_s, QJsonArray()}};
    std::vector<ApiCall> calls;
    for (const QString &message : messages) {
        if (calls.size() >= after.size()) {
            calls.push_back(bare("DELETE", message));
            continue;
        }
        const QJsonValue text = after[calls.size()].payload.value(u"content"_s);
        calls.push_back(
            jsonCall("PATCH", message, {{u"content"_s, text}, {u"allowed_mentions"_s, nobody}}));
    }
    return calls;
}

/// How many messages it went out as, at least.
size_t partsOf(const Outgoing &outgoing)
{
    qint64 bytes = 0;
    for (const Attachment &file : outgoing.answered->content.attachments)
        bytes += file.size;
    const Result<std::vector<Request>> before = requestsFor(sentBefore(outgoing));
    return std::max(before ? before->size() : 1, bytes > limits::RequestBytes ? size_t(2) : 1);
}

QString sentenceFor(int code)
{
    switch (code) {
    case UnknownMessage:
        return words("This message is not in Discord any more");
    case UnknownEmoji:
        return words("Discord does not know this emoji");
    case TooManyReactions:
        return words("This message has as many different reactions as Discord allows");
    case ReactionBlocked:
        return words("The customer does not let the bot react to their messages");
    case TooManyEdits:
        return words("Messages older than an hour were changed too often; Discord wants a pause");
    default:
        return {};
    }
}

} // namespace

Result<std::vector<ApiCall>> callsFor(const Outgoing &outgoing, const Act &act)
{
    const QString channel = channelOf(outgoing.conversation.thread);
    if (!isSnowflake(channel) || act.ids.isEmpty() || !std::ranges::all_of(act.ids, isSnowflake))
        return invalid(words("It is not known which message in Discord this is about"));
    QStringList messages;
    for (const QString &id : act.ids)
        messages << u"/channels/%1/messages/%2"_s.arg(channel, id);
    if (act.action == MessageAction::React)
        return react(messages.front(), act);
    if (!act.isOurs || (act.action != MessageAction::Edit && act.action != MessageAction::Delete))
        return invalid(words("Discord lets no bot do that"));
    const size_t before = partsOf(outgoing);
    if (const Result<Done> known = checkParts(act, before); !known)
        return known.error();
    if (act.action == MessageAction::Delete)
        return edit(messages, {});
    const Result<std::vector<Request>> after = requestsFor(sentAfter(outgoing, act));
    if (!after)
        return after.error();
    if (const Result<Done> room = checkRoom(before, after->size()); !room)
        return room.error();
    return edit(messages, *after);
}

SendResult resultOf(const Result<ApiReply> &reply, const ApiCall &call, Time now)
{
    if (!reply)
        return failedSend(reply, reply.error().detail, now);
    const int code = reply->object().value(u"code"_s).toInt();
    const bool isGone = call.method == "DELETE" && (code == UnknownMessage || code == UnknownEmoji);
    if (reply->isSuccess() || isGone)
        return SendResult{SendResult::Kind::Accepted, {}, {}, {}};
    SendResult failed = resultOf(reply, now);
    if (const QString sentence = sentenceFor(code);
        failed.kind == SendResult::Kind::Refused && !sentence.isEmpty())
        failed.detail = sentence;
    return failed;
}

} // namespace peerdesk::channels::discord
