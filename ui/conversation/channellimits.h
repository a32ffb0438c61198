// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/domain/channel.h"
#include "core/domain/filetypes.h"
#include "core/domain/office.h"

#include <QJsonArray>

namespace peerdesk::ui {

/// What an agent has to know about a kind of channel, from its capability record.
struct ChannelLimits
{
    QString label;
    bool isPublic = false;                 ///< everybody can read the answers
    bool privateAnswers = false;           ///< besides, to the person alone
    std::vector<MessageAction> actions;    ///< what can be done to customers' messages
    std::vector<MessageAction> ownActions; ///< and to ours
    bool mayAnswerPublicly = true;         ///< this agent, see limitTo()
    Seconds answerWindow{0};               ///< for people; 0 = without end
    Seconds freeWindow{0};                 ///< what is later goes out marked as a person's
    bool hasTemplates = false;             ///< after the window, an approved template may go out
    std::map<QString, QString> rich;       ///< by kind: "agent", "flow" or "text"
    int maxText = 0;                       ///< characters; 0 = no limit
    FileRules files = ownFiles();

    /// Of what goes through no channel.
    static FileRules ownFiles()
    {
        FileRules own;
        own.maxBytes = 25LL * 1024 * 1024;
        return own;
    }
};

/// `types` as of Desk::channelTypes(); an unknown channel has no limits of its own.
ChannelLimits limitsOf(const QJsonArray &types, const QString &channel);

/// What the channel's settings leave to somebody of this role (M29).
void limitTo(ChannelLimits &limits, const ChannelAccount &account, Role role);

/// "JPG, PDF, videos": what people call these types of files.
QString typeNames(const std::vector<QString> &types);

/// Why one more file cannot go with `others`, as a sentence; empty = it can.
QString fileProblem(const FileRules &rules, const std::vector<Attachment> &others,
                    const QString &name, const QString &mimeType, qint64 size);

/// Until when this customer may be answered there; not set = without end. A time long past = the
/// customer never wrote.
std::optional<Time> answerableUntil(const ChannelLimits &limits, const Conversation &conversation);

} // namespace peerdesk::ui
