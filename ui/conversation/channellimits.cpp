// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/conversation/channellimits.h"

#include "core/domain/permissions.h"

#include <QJsonObject>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {

std::vector<MessageAction> actionsIn(const QJsonValue &names)
{
    std::vector<MessageAction> actions;
    for (const QJsonValue name : names.toArray()) {
        if (const auto known = enumFromName<MessageAction>(name.toString()))
            actions.push_back(*known);
    }
    return actions;
}

} // namespace

ChannelLimits limitsOf(const QJsonArray &types, const QString &channel)
{
    ChannelLimits limits;
    for (const QJsonValue type : types) {
        if (type[u"type"].toString() != channel)
            continue;
        const QJsonObject can = type[u"capabilities"].toObject();
        const QString after = can[u"after_window"_s].toString();
        const qint64 window = can[u"reply_window"_s].toInteger();
        limits.label = type[u"label"].toString();
        limits.isPublic = can[u"public"_s].toBool();
        limits.privateAnswers = can[u"private_answers"_s].toBool();
        limits.actions = actionsIn(can[u"actions"_s]);
        limits.ownActions = actionsIn(can[u"own_actions"_s]);
        limits.answerWindow =
            Seconds(after == u"human_tag"_s ? std::max(window, can[u"human_window"_s].toInteger())
                                            : window);
        limits.freeWindow = Seconds(window);
        limits.hasTemplates = after == u"template"_s;
        const QJsonObject rich = can[u"rich"_s].toObject();
        for (auto it = rich.begin(); it != rich.end(); ++it)
            limits.rich[it.key()] = it.value().toString();
        limits.maxText = can[u"max_text_length"_s].toInt();
        limits.maxAttachmentBytes =
            can[u"max_attachment_bytes"_s].toInteger(limits.maxAttachmentBytes);
    }
    return limits;
}

void limitTo(ChannelLimits &limits, const ChannelAccount &account, Role role)
{
    limits.mayAnswerPublicly = !limits.isPublic || isAllowed(account, AnswersBy, role);
    if (!isAllowed(account, ActionsBy, role))
        limits.actions.clear();
}

std::optional<Time> answerableUntil(const ChannelLimits &limits, const Conversation &conversation)
{
    if (limits.answerWindow == Seconds(0))
        return std::nullopt;
    return conversation.lastInboundAt + Milliseconds(limits.answerWindow);
}

} // namespace peerdesk::ui
