// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/meta/parsed.h"

/// Messenger and Instagram Direct: payloads to items. Pure; never refuses one thing for another.
/// Source: Messenger Platform, "Webhook Events"; Instagram Platform, "Webhooks"; Graph API,
/// "Conversation" and "Message".
namespace peerdesk::channels::meta {

/// What our own messages carry, so that their echo is known as ours: this and the message's id.
inline const QString OwnMark = QStringLiteral("peerdesk:");

/// What a call of the webhook says about this page. Errors: Invalid, if it is no JSON object with
/// entries: ask for it again.
Result<Parsed> parseWebhook(const QByteArray &body, const Self &self);

/// A page of the conversations edge.
struct ConversationPage
{
    Parsed parsed;
    Time newest;         ///< update that was seen
    Time oldest;         ///< update that was seen; not set = no conversation was there
    QString after;       ///< cursor of the next page; empty = it is the last
    bool hasGap = false; ///< more came in one conversation than Meta tells
};
/// Messages that are newer than `after`.
ConversationPage parseConversations(const QJsonObject &page, const Self &self, Time newerThan);
/// The fields to ask for.
QString conversationFields();

} // namespace peerdesk::channels::meta
