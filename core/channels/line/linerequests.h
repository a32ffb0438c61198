// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/api/connector.h"

#include <QJsonObject>

namespace peerdesk::channels::line {

/// What a datetimepicker sends back besides the time.
constexpr QLatin1StringView PickedTime{"picked-time"};

/// LINE's message objects for a message of ours, in order. Pure. Errors: Rejected, with the reason
/// for agents: nothing of it may be sent. Source: Messaging API, "Message objects".
Result<std::vector<QJsonObject>> messagesOf(const Outgoing &outgoing);
/// Whom to push to: the chat or the group.
QString chatOf(const Outgoing &outgoing);
/// The token that the customer's last message came with, if this message was made while it lived:
/// every attempt of one message decides the same. Empty = none.
QString replyTokenOf(const Outgoing &outgoing);
/// The key that makes LINE take a push once: the same for every attempt.
QString retryKey(MessageId message, int part);

/// Rich content as LINE shows it; empty = it has to become text. Pure.
std::vector<QJsonObject> richMessages(const QJsonObject &rich);

} // namespace peerdesk::channels::line
