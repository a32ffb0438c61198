// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/slack/acts.h"

#include "core/channels/slack/text.h"
#include "core/channels/slack/words.h"

#include <algorithm>

namespace peerdesk::channels::slack {

using namespace Qt::StringLiterals;
using namespace channels::vendor;

namespace {

constexpr QLatin1StringView Update{"chat.update"};
constexpr QLatin1StringView Delete{"chat.delete"};
constexpr QLatin1StringView DeleteFile{"files.delete"};
constexpr QLatin1StringView AddReaction{"reactions.add"};
constexpr QLatin1StringView RemoveReaction{"reactions.remove"};

/// The new one first: if Slack does not take it, the old one still stands.
Result<std::vector<ActRequest>> react(const QString &channel, const QString &ts, const Act &act)
{
    std::vector<ActRequest> requests;
    const auto add = [&](const QString &method, const QString &name) {
        requests.push_back(
            {method, {{u"channel"_s, channel}, {u"timestamp"_s, ts}, {u"name"_s, name}}});
    };
    const QString name = nameOf(act.text);
    if (!act.text.isEmpty() && name.isEmpty())
        return invalid(words("It is not known what Slack calls the emoji %1").arg(act.text));
    if (!act.text.isEmpty())
        add(AddReaction, name);
    if (!act.shown.isEmpty() && act.shown != act.text)
        add(RemoveReaction, nameOf(act.shown));
    return requests;
}

bool isFile(const QString &id)
{
    return id.startsWith(FileMark) && isId(id.mid(FileMark.size()));
}

bool isMessage(const QString &id)
{
    return isId(id.section(u':', 0, 0)) && isTimestamp(id.section(u':', 1));
}

QJsonObject placeIn(const QString &message)
{
    return {{u"channel"_s, message.section(u':', 0, 0)}, {u"ts"_s, message.section(u':', 1)}};
}

ActRequest remove(const QString &id)
{
    if (isFile(id))
        return {DeleteFile, {{u"file"_s, id.mid(FileMark.size())}}};
    return {Delete, placeIn(id)};
}

/// What is too much by now goes.
std::vector<ActRequest> edit(const QStringList &ids, const std::vector<Request> &after)
{
    std::vector<ActRequest> requests;
    for (const QString &id : ids) {
        requests.push_back(remove(id));
        if (requests.size() > after.size())
            continue;
        QJsonObject body = placeIn(id);
        body.insert(u"text"_s, after[requests.size() - 1].message.value(u"text"_s));
        requests.back() = {Update, body};
    }
    return requests;
}

/// What says that it stands already as it was wanted.
bool isDoneBefore(const ActRequest &request, const QString &error)
{
    return (request.method == AddReaction && error == u"already_reacted") ||
           (request.method == RemoveReaction && error == u"no_reaction") ||
           (request.method == Delete && error == u"message_not_found") ||
           (request.method == DeleteFile &&
            (error == u"file_not_found" || error == u"file_deleted"));
}

QString sentenceFor(const QString &error)
{
    if (error == u"message_not_found")
        return words("This message is not in Slack any more");
    if (error == u"cant_update_message" || error == u"cant_delete_message" ||
        error == u"cant_delete_file")
        return words("Slack lets the app change only what it has sent itself");
    if (error == u"edit_window_closed")
        return words("This workspace lets nobody change messages that are as old as this one");
    if (error == u"invalid_name" || error == u"no_such_emoji")
        return words("Slack does not know this emoji");
    if (error == u"too_many_emoji" || error == u"too_many_reactions")
        return words("This message has as many different reactions as Slack allows");
    return {};
}

} // namespace

Result<std::vector<ActRequest>> actsFor(const Outgoing &outgoing, const Act &act)
{
    const bool isDelete = act.isOurs && act.action == MessageAction::Delete;
    const auto isReached = [&](const QString &id) {
        return isMessage(id) || (isDelete && isFile(id));
    };
    if (act.ids.isEmpty() || !std::ranges::all_of(act.ids, isReached))
        return invalid(words("Peerdesk can change messages in Slack, but no files and no pressed "
                             "buttons"));
    if (act.action == MessageAction::React)
        return react(act.target.section(u':', 0, 0), act.target.section(u':', 1), act);
    if (!act.isOurs || (act.action != MessageAction::Edit && act.action != MessageAction::Delete))
        return invalid(words("Slack lets no app do that"));
    const Result<std::vector<Request>> before = requestsFor(sentBefore(outgoing));
    if (!before)
        return before.error();
    if (const Result<Done> known = checkParts(act, before->size()); !known)
        return known.error();
    if (isDelete)
        return edit(act.ids, {});
    const Result<std::vector<Request>> after = requestsFor(sentAfter(outgoing, act));
    if (!after)
        return after.error();
    if (const Result<Done> room = checkRoom(before->size(), after->size()); !room)
        return room.error();
    return edit(act.ids, *after);
}

SendResult resultOf(const Result<ApiReply> &reply, const ActRequest &request, const QString &target,
                    Time now)
{
    const QString error = reply ? errorOf(*reply) : QString();
    if (reply && isDoneBefore(request, error))
        return SendResult{SendResult::Kind::Accepted, {}, {}, {}};
    SendResult result = resultOf(reply, target, now);
    if (const QString sentence = sentenceFor(error);
        result.kind == SendResult::Kind::Refused && !sentence.isEmpty())
        result.detail = sentence;
    return result;
}

} // namespace peerdesk::channels::slack
