// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "core/domain/providerids.h"
#include "core/node/decision.h"
#include "core/node/flows.h"

/// The effect ledger: who may start an outward act, and what came of it (design rules 4 and 5).
namespace peerdesk::node {

using namespace Qt::StringLiterals;
using namespace events;

namespace {

/// Tries that surely sent nothing (429, connection refused) before a message is shown as failed.
constexpr int MaxAttempts = 8;

MessageState messageStateOf(EffectState state)
{
    switch (state) {
    case EffectState::Succeeded:
        return MessageState::Sent;
    case EffectState::Failed:
        return MessageState::Failed;
    case EffectState::Uncertain:
        return MessageState::Uncertain;
    case EffectState::Claimed:
        return MessageState::Sending;
    case EffectState::Canceled:
        return MessageState::Canceled;
    case EffectState::Ready:
        return MessageState::Queued;
    }
    return MessageState::Queued;
}

/// Evidence is never refused: "sent" beats "uncertain" and "failed"; nothing else changes an ended
/// effect.
bool mayEnd(EffectState from, EffectState to)
{
    switch (from) {
    case EffectState::Ready:
    case EffectState::Claimed:
        return true;
    case EffectState::Uncertain:
        return to == EffectState::Succeeded || to == EffectState::Failed;
    case EffectState::Failed:
    case EffectState::Canceled:
        return to == EffectState::Succeeded;
    case EffectState::Succeeded:
        return false;
    }
    return false;
}

/// Only "sent" says something about more than the attempt that it answers.
bool isStale(const Effect &effect, const api::ReportEffect &report)
{
    return report.attempt != effect.attempts && report.state != EffectState::Succeeded;
}

void showOnMessage(Decision &decision, const Effect &effect, const api::ReportEffect &report)
{
    const auto message = decision.get<Message>(effect.message);
    if (!message)
        return;
    // A receipt may have come before the answer to the send itself.
    const bool isReceipted =
        message->state == MessageState::Delivered || message->state == MessageState::Read;
    const MessageState state = isReceipted ? message->state : messageStateOf(report.state);
    decision.record(
        MessageStateChanged{message->id, state, report.providerId, report.detail, effect.attempts});
    // A customer may react to a later part, or answer it.
    for (const QString &part : providerIdsIn(report.providerId).mid(1))
        decision.record(ItemSeen{effect.account, {Seen::idFor(effect.account, part), message->id}});
}

/// What was done to a message of ours, or how the office reacted, shows on that message.
void showOnTarget(Decision &decision, const Effect &effect)
{
    const auto message = decision.get<Message>(effect.message);
    const auto target = message && message->kind == MessageKind::System
                            ? decision.get<Message>(message->replyTo)
                            : std::nullopt;
    if (!target)
        return;
    const QJsonObject asked = json::object(message->headers);
    const auto action = enumFromName<MessageAction>(asked.value(u"action"_s).toString());
    const QString text = asked.value(u"text"_s).toString();
    MessageAltered altered{target->id, {}, false, {}, {}, decision.now()};
    if (action == MessageAction::React) {
        altered.reactor = OfficeReacts;
        altered.emoji = text;
    } else if (target->kind == MessageKind::Reply && action == MessageAction::Edit) {
        altered.content = target->content;
        altered.content->text = text;
        altered.content->html.clear();
    } else if (target->kind == MessageKind::Reply && action == MessageAction::Delete) {
        altered.isDeleted = true;
    } else {
        return;
    }
    decision.record(altered);
}

void tellFlow(Decision &decision, const Effect &effect, const api::ReportEffect &report)
{
    const auto execution =
        effect.execution.isNull() ? std::nullopt : decision.get<Execution>(effect.execution);
    if (!execution || execution->status != ExecutionStatus::Active ||
        execution->awaiting != effect.id)
        return;
    // "Maybe sent" goes on as sent: a flow that sends again on failure must not double it.
    const bool isGood =
        report.state == EffectState::Succeeded ||
        (report.state == EffectState::Uncertain && effect.kind == EffectKind::SendMessage);
    flow::Input input;
    input.response = json::object(report.response);
    input.detail = report.detail;
    if (effect.kind == EffectKind::CallBot)
        input.kind = isGood ? flow::Input::Kind::BotAnswered : flow::Input::Kind::BotFailed;
    else
        input.kind = isGood ? flow::Input::Kind::Sent : flow::Input::Kind::SendFailed;
    resumeFlow(decision, *execution, input);
}

} // namespace

Decided decide(Decision &decision, const api::ClaimEffect &command)
{
    const auto effect = decision.get<Effect>(command.effect);
    if (!effect)
        return notFound(u"no such effect"_s);
    const auto account = decision.get<ChannelAccount>(effect->account);
    if (effect->state != EffectState::Ready || effect->retryAt > decision.now())
        return rejected(u"not to be started now"_s, enumName(effect->state));
    if (!account || account->owner != command.node || account->fence != command.fence)
        return rejected(u"this PC does not run the channel any more"_s, u"fenced"_s);
    if (effect->startBy.isSet() && effect->startBy < decision.now()) {
        api::ReportEffect late{
            effect->id, EffectState::Failed, {}, u"it waited too long to be sent"_s, {},
            {},         effect->attempts};
        return decide(decision, late);
    }
    decision.record(EffectClaimed{effect->id, command.node, command.fence});
    if (effect->kind == EffectKind::SendMessage) {
        decision.record(MessageStateChanged{
            effect->message, MessageState::Sending, {}, {}, effect->attempts + 1});
    }
    return about(effect->id, u"claimed"_s);
}

Decided decide(Decision &decision, const api::ReportEffect &command)
{
    const auto effect = decision.get<Effect>(command.effect);
    if (!effect)
        return notFound(u"no such effect"_s);
    if (!mayEnd(effect->state, command.state) || isStale(*effect, command))
        return about(effect->id, enumName(effect->state)); // known already, or no news any more
    api::ReportEffect report = command;
    if (report.state == EffectState::Ready && effect->attempts >= MaxAttempts)
        report.state = EffectState::Failed;
    if (report.state == EffectState::Ready) {
        decision.record(EffectRetried{effect->id, report.retryAt});
        if (effect->kind == EffectKind::SendMessage)
            showOnMessage(decision, *effect, report);
        return about(effect->id, u"ready"_s);
    }
    decision.record(EffectEnded{effect->id, report.state});
    if (effect->kind == EffectKind::SendMessage)
        showOnMessage(decision, *effect, report);
    if (report.state == EffectState::Succeeded)
        showOnTarget(decision, *effect);
    tellFlow(decision, *effect, report);
    return about(effect->id, enumName(report.state));
}

bool giveUp(Decision &decision, const std::function<bool(const Effect &)> &isGivenUp,
            const QString &why)
{
    const std::map<EffectId, Effect> open = decision.warm().effects;
    for (const auto &[id, effect] : open) {
        if (!isGivenUp(effect))
            continue;
        if (int(decision.facts().size()) >= Decision::MaxDecidedFacts)
            return false;
        api::ReportEffect ended;
        ended.effect = id;
        ended.attempt = effect.attempts;
        ended.state =
            effect.kind == EffectKind::SendMessage ? EffectState::Uncertain : EffectState::Failed;
        ended.detail = why;
        (void)decide(decision, ended); // an open one can always be ended
    }
    return true;
}

} // namespace peerdesk::node
