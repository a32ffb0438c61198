// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/conversation/channellimits.h"

#include <QString>

#include <vector>

namespace peerdesk::ui {

/// What of ours a System message did to another message at the provider.
MessageAction actionOf(const Message &message);

/// Only the customer gets it, although the channel has answers for everybody.
bool isPrivateAnswer(const Message &message);

/// What a System message says besides its text: "Ana hid a comment", or that the conversation went
/// over to another channel; empty = nothing.
QString systemSentence(const Message &message, const QString &author);

/// "Hide", "Take the like back": as a button.
QString actionText(MessageAction action);

/// "Ana hid this comment", or that it waits, or why it was not done.
QString actionSentence(const Message &message, const QString &author);

/// What may be done to a customer's `target` below its bubble now, of `allowed`; reactions are in
/// its menu. `messages` hold what was done before.
std::vector<MessageAction> offeredActions(const std::vector<MessageAction> &allowed,
                                          const Message &target,
                                          const std::vector<Message> &messages);

} // namespace peerdesk::ui
