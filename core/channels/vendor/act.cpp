// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/vendor/act.h"

#include "core/base/json.h"

namespace peerdesk::channels::vendor {

using namespace Qt::StringLiterals;

namespace {

/// Until what nobody knows the end of is tried again.
constexpr Seconds ActAgain{5};

struct Turn
{
    std::vector<ActCall> calls;
    QObject *guard = nullptr;
    Completion<SendResult> done;
};

void nextCall(const std::shared_ptr<Turn> &turn, size_t at)
{
    if (at == turn->calls.size())
        return turn->done.answer(SendResult{SendResult::Kind::Accepted, {}, {}, {}});
    turn->calls[at]({turn->guard, [turn, at](const Result<SendResult> &result) {
                         if (result && result->kind == SendResult::Kind::Accepted)
                             return nextCall(turn, at + 1);
                         turn->done.answer(result);
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
    act.target = outgoing.answered->providerId;
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

SendResult afterAct(SendResult result, const Act &act)
{
    if (result.kind == SendResult::Kind::Accepted)
        result.providerId = act.target + u'#' + enumName(act.action);
    if (result.kind == SendResult::Kind::Uncertain)
        result = {SendResult::Kind::Later, {}, result.detail, ActAgain};
    return result;
}

void inTurn(std::vector<ActCall> calls, QObject *guard, Completion<SendResult> done)
{
    nextCall(std::make_shared<Turn>(Turn{std::move(calls), guard, std::move(done)}), 0);
}

} // namespace peerdesk::channels::vendor
