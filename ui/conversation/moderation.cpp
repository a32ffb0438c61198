// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/conversation/moderation.h"

#include "core/base/json.h"
#include "ui/common/paint.h"
#include "ui/common/timetext.h"

#include <QCoreApplication>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(peerdesk::ui::Moderation)
};

QString doneText(MessageAction action, const QString &author)
{
    switch (action) {
    case MessageAction::Hide:
        return Words::tr("%1 hid a comment from the public").arg(author);
    case MessageAction::Unhide:
        return Words::tr("%1 made a comment public again").arg(author);
    case MessageAction::Like:
        return Words::tr("%1 liked a comment").arg(author);
    case MessageAction::Unlike:
        return Words::tr("%1 took a like back").arg(author);
    case MessageAction::Delete:
        return Words::tr("%1 deleted a message").arg(author);
    case MessageAction::Edit:
        return Words::tr("%1 changed a message").arg(author);
    case MessageAction::React:
        return Words::tr("%1 reacted to a message").arg(author);
    case MessageAction::None:
        break;
    }
    return {};
}

} // namespace

MessageAction actionOf(const Message &message)
{
    if (message.kind != MessageKind::System || message.headers.isEmpty())
        return MessageAction::None;
    const QString name = json::object(message.headers)[u"action"_s].toString();
    return enumFromName<MessageAction>(name).value_or(MessageAction::None);
}

bool isPrivateAnswer(const Message &message)
{
    return message.kind == MessageKind::Reply && !message.headers.isEmpty() &&
           json::object(message.headers)[u"visibility"_s].toString() == u"private"_s;
}

QString actionText(MessageAction action)
{
    switch (action) {
    case MessageAction::Hide:
        return Words::tr("Hide");
    case MessageAction::Unhide:
        return Words::tr("Show again");
    case MessageAction::Like:
        return Words::tr("Like");
    case MessageAction::Unlike:
        return Words::tr("Take the like back");
    case MessageAction::Delete:
        return Words::tr("Delete\u2026");
    case MessageAction::Edit:
        return Words::tr("Edit\u2026");
    case MessageAction::React:
        return Words::tr("React\u2026");
    case MessageAction::None:
        break;
    }
    return {};
}

QString actionSentence(const Message &message, const QString &author)
{
    const MessageAction action = actionOf(message);
    const QString done = doneText(action, author);
    switch (message.state) {
    case MessageState::Scheduled:
    case MessageState::Queued:
    case MessageState::Sending:
        return Words::tr("%1: on its way").arg(done);
    case MessageState::Failed:
        return Words::tr("%1: not done. %2").arg(done, message.failure);
    case MessageState::Uncertain:
        return Words::tr("%1: it is not known whether that was done").arg(done);
    case MessageState::Canceled:
        return Words::tr("%1: taken back").arg(done);
    case MessageState::Received:
    case MessageState::Sent:
    case MessageState::Delivered:
    case MessageState::Read:
        break;
    }
    return done;
}

QString systemSentence(const Message &message, const QString &author)
{
    if (actionOf(message) != MessageAction::None)
        return actionSentence(message, author);
    if (message.kind != MessageKind::System || message.headers.isEmpty())
        return {};
    const QJsonObject headers = json::object(message.headers);
    const QString channel = headers[u"continued"_s].toString();
    if (channel.isEmpty())
        return {};
    const QString name = headers[u"account"_s].toString();
    return Words::tr("%1 went on by %2 (%3)").arg(author, channelName(channel), isolate(name));
}

std::vector<MessageAction> offeredActions(const std::vector<MessageAction> &allowed,
                                          const Message &target,
                                          const std::vector<Message> &messages)
{
    if (target.kind != MessageKind::Inbound || target.providerId.isEmpty() ||
        target.deletedAt.isSet())
        return {};
    bool isHidden = false;
    bool isLiked = false;
    for (const Message &message : messages) {
        if (message.replyTo != target.id || message.state == MessageState::Failed ||
            message.state == MessageState::Canceled)
            continue;
        const MessageAction action = actionOf(message);
        if (action == MessageAction::Delete)
            return {};
        if (action == MessageAction::Hide || action == MessageAction::Unhide)
            isHidden = action == MessageAction::Hide;
        if (action == MessageAction::Like || action == MessageAction::Unlike)
            isLiked = action == MessageAction::Like;
    }
    std::vector<MessageAction> offered;
    for (const MessageAction action : allowed) {
        const bool isNoChange =
            action == (isHidden ? MessageAction::Hide : MessageAction::Unhide) ||
            action == (isLiked ? MessageAction::Like : MessageAction::Unlike);
        if (!isNoChange && action != MessageAction::None && action != MessageAction::React)
            offered.push_back(action);
    }
    return offered;
}

} // namespace peerdesk::ui
