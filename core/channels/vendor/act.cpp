// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/vendor/act.h"

#include "core/base/json.h"
#include "core/domain/providerids.h"

#include <QCoreApplication>

namespace peerdesk::channels::vendor {

using namespace Qt::StringLiterals;

namespace {

/// Until what nobody knows the end of is tried again.
constexpr Seconds ActAgain{5};

QString words(const char *text)
{
    return QCoreApplication::translate("Act", text);
}

struct Turn
{
    std::vector<ActCall> calls;
    Act act;
    QObject *guard = nullptr;
    Completion<SendResult> done;
};

/// What the customer sees now, where a part is done and the rest will not be.
SendResult stoppedAt(SendResult result, const Turn &turn, size_t at)
{
    const bool isParts =
        turn.act.action == MessageAction::Delete || turn.act.action == MessageAction::Edit;
    if (isParts && at > 0 && result.kind == SendResult::Kind::Refused)
        result.detail = words("This went out as %1 messages. The first %2 were changed or deleted, "
                              "the others the customer still sees as they were: %3")
                            .arg(turn.calls.size())
                            .arg(at)
                            .arg(result.detail);
    return result;
}

void nextCall(const std::shared_ptr<Turn> &turn, size_t at)
{
    if (at == turn->calls.size())
        return turn->done.answer(
            afterAct(SendResult{SendResult::Kind::Accepted, {}, {}, {}}, turn->act));
    turn->calls[at]({turn->guard, [turn, at](const Result<SendResult> &result) {
                         if (result && result->kind == SendResult::Kind::Accepted)
                             return nextCall(turn, at + 1);
                         if (!result)
                             return turn->done.answer(result);
                         turn->done.answer(afterAct(stoppedAt(*result, *turn, at), turn->act));
                     }});
}

} // namespace

std::optional<Act> actOf(const Outgoing &outgoing)
{
    const QJsonObject asked = json::object(outgoing.message.headers);
    const auto action = enumFromName<MessageAction>(asked.value(u"action"_s).toString());
    if (outgoing.message.kind != MessageKind::System || !action || *action == MessageAction::None)
        return std::nullopt;
    Act act{*action, {}, asked.value(u"text"_s).toString(), {}, false};
    if (!outgoing.answered)
        return act;
    act.target = mainProviderId(outgoing.answered->providerId);
    act.ids = providerIdsIn(outgoing.answered->providerId);
    act.isOurs = outgoing.answered->kind == MessageKind::Reply;
    const auto ours = outgoing.answered->reactions.find(OfficeReacts);
    if (ours != outgoing.answered->reactions.end())
        act.shown = ours->second;
    return act;
}

Outgoing sentBefore(const Outgoing &outgoing)
{
    Outgoing before = outgoing;
    before.message = outgoing.answered.value_or(Message{});
    before.attachments.clear();
    for (const Attachment &file : before.message.content.attachments)
        before.attachments[file.sha256] = QByteArrayLiteral("?");
    return before;
}

Outgoing sentAfter(const Outgoing &outgoing, const Act &act)
{
    Outgoing after = sentBefore(outgoing);
    after.message.content = Content{};
    after.message.content.text = act.text;
    return after;
}

Result<Done> checkParts(const Act &act, size_t parts)
{
    if (act.ids.size() > 1 || parts <= 1) // ids are kept all or, before they were, the main one
        return Done{};
    return invalid(words("This went out as %1 messages, of which Peerdesk knows only one: to "
                         "change that one alone would leave the others as they are")
                       .arg(parts));
}

Result<Done> checkRoom(size_t before, size_t after)
{
    if (after <= before)
        return Done{};
    return invalid(words("This text is too long: it went out as %1 messages, and now it needs %2")
                       .arg(before)
                       .arg(after));
}

SendResult afterAct(SendResult result, const Act &act)
{
    if (result.kind == SendResult::Kind::Accepted)
        result.providerId = act.target + u'#' + enumName(act.action);
    if (result.kind == SendResult::Kind::Uncertain)
        result = {SendResult::Kind::Later, {}, result.detail, ActAgain};
    return result;
}

void inTurn(std::vector<ActCall> calls, const Act &act, QObject *guard, Completion<SendResult> done)
{
    nextCall(std::make_shared<Turn>(Turn{std::move(calls), act, guard, std::move(done)}), 0);
}

} // namespace peerdesk::channels::vendor
