// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/conversation/messageacts.h"

#include "ui/conversation/moderation.h"

#include <QCoreApplication>

#include <algorithm>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {

struct ActWords
{
    Q_DECLARE_TR_FUNCTIONS(peerdesk::ui::MessageActs)
};

/// What every provider with reactions knows.
const QStringList &commonEmoji()
{
    static const QStringList emoji{u"👍"_s, u"❤\uFE0F"_s, u"🎉"_s, u"🙏"_s, u"🔥"_s, u"👎"_s};
    return emoji;
}

bool has(const std::vector<MessageAction> &actions, MessageAction action)
{
    return std::ranges::find(actions, action) != actions.end();
}

bool isThere(const Message &target)
{
    const bool isOurs =
        target.kind == MessageKind::Reply &&
        (target.state == MessageState::Sent || target.state == MessageState::Delivered ||
         target.state == MessageState::Read);
    return (isOurs || target.kind == MessageKind::Inbound) && !target.providerId.isEmpty() &&
           !target.deletedAt.isSet();
}

bool isUnderWay(const Message &target, const std::vector<Message> &messages)
{
    return std::any_of(messages.begin(), messages.end(), [&](const Message &one) {
        return one.replyTo == target.id && actionOf(one) != MessageAction::None &&
               (one.state == MessageState::Queued || one.state == MessageState::Sending);
    });
}

QString whyNot(const ChannelLimits &limits, const Message &target, MessageAction action,
               const api::Caller &caller)
{
    if (!has(limits.ownActions, action))
        return ActWords::tr("not possible on %1").arg(limits.label);
    if (caller.role == Role::Agent && target.author != caller.agent)
        return ActWords::tr("only for who wrote it, and supervisors");
    const bool isPlain = target.content.rich.isEmpty() && target.content.quickReplies.empty();
    if (action == MessageAction::Edit && !isPlain)
        return ActWords::tr("a change would take its buttons or card away");
    if (action == MessageAction::Edit && !target.content.attachments.empty())
        return ActWords::tr("only text alone can be changed");
    return {};
}

void addReactions(std::vector<OfferedAct> &acts, const Message &target, const QString &reason)
{
    const auto given = target.reactions.find(OfficeReacts);
    const QString shown = given == target.reactions.end() ? QString() : given->second;
    for (const QString &emoji : commonEmoji()) {
        if (emoji != shown)
            acts.push_back(
                {MessageAction::React, emoji, ActWords::tr("React with %1").arg(emoji), reason});
    }
    if (!shown.isEmpty())
        acts.push_back({MessageAction::React, {}, ActWords::tr("Take %1 back").arg(shown), reason});
}

} // namespace

std::vector<OfferedAct> offeredActs(const ChannelLimits &limits, const Message &target,
                                    const std::vector<Message> &messages, const api::Caller &caller)
{
    if (!isThere(target) || limits.label.isEmpty())
        return {};
    const QString busy =
        isUnderWay(target, messages) ? ActWords::tr("a change is on its way") : QString();
    std::vector<OfferedAct> acts;
    if (target.kind == MessageKind::Inbound) {
        if (has(limits.actions, MessageAction::React))
            addReactions(acts, target, busy);
        return acts;
    }
    if (limits.ownActions.empty())
        return {{MessageAction::None,
                 {},
                 ActWords::tr("Edit, delete, react"),
                 ActWords::tr("not possible on %1").arg(limits.label)}};
    const auto reasonFor = [&](MessageAction action) {
        const QString reason = whyNot(limits, target, action, caller);
        return reason.isEmpty() ? busy : reason;
    };
    for (const MessageAction action : {MessageAction::Edit, MessageAction::Delete})
        acts.push_back({action, action == MessageAction::Edit ? target.content.text : QString(),
                        actionText(action), reasonFor(action)});
    addReactions(acts, target, reasonFor(MessageAction::React));
    return acts;
}

} // namespace peerdesk::ui
