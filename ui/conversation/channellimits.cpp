// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/conversation/channellimits.h"

#include "core/domain/permissions.h"

#include <QCoreApplication>
#include <QJsonObject>
#include <QMimeDatabase>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {

struct Files
{
    Q_DECLARE_TR_FUNCTIONS(peerdesk::ui::Files)
};

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
        for (const QJsonValue kind : can[u"attachment_types"_s].toArray())
            limits.attachmentTypes.push_back(kind.toString());
    }
    return limits;
}

void limitTo(ChannelLimits &limits, const ChannelAccount &account, Role role)
{
    limits.mayAnswerPublicly = !limits.isPublic || isAllowed(account, AnswersBy, role);
    if (!isAllowed(account, ActionsBy, role))
        limits.actions.clear();
}

QString typeNames(const std::vector<QString> &types)
{
    const QMimeDatabase known;
    QStringList names;
    for (const QString &type : types) {
        const QString suffix = known.mimeTypeForName(type).preferredSuffix().toUpper();
        const QString name = type == u"image/*"   ? Files::tr("pictures")
                             : type == u"video/*" ? Files::tr("videos")
                             : type == u"audio/*" ? Files::tr("sound")
                             : suffix.isEmpty()   ? type
                                                  : suffix;
        if (!names.contains(name))
            names += name;
    }
    return names.join(u", "_s);
}

std::optional<Time> answerableUntil(const ChannelLimits &limits, const Conversation &conversation)
{
    if (limits.answerWindow == Seconds(0))
        return std::nullopt;
    return conversation.lastInboundAt + Milliseconds(limits.answerWindow);
}

} // namespace peerdesk::ui
