// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/api/connector.h"

namespace peerdesk::channels::vendor {

/// What is to be done to a message that the vendor has already, instead of sending one.
struct Act
{
    MessageAction action = MessageAction::None;
    QString target;      ///< the vendor's id of the message; empty = it is not known
    QString text;        ///< Edit: the new one. React: the emoji, empty = taken back
    QString shown;       ///< React: what the office shows there until now
    bool isOurs = false; ///< it went out from here

    bool operator==(const Act &) const = default;
};

/// Nothing = a message is to be sent.
std::optional<Act> actOf(const Outgoing &outgoing);
/// The target as it was sent, for builders that tell how many of the vendor's messages it became.
/// Its files are there by name, with one byte each.
Outgoing sentBefore(const Outgoing &outgoing);
/// How an act ended. Done twice is done once: what is not certain is tried again.
SendResult afterAct(SendResult result, const Act &act);

using ActCall = std::function<void(Completion<SendResult>)>;
/// One call after the other, until one does not go well. No call at all is done well.
void inTurn(std::vector<ActCall> calls, QObject *guard, Completion<SendResult> done);

} // namespace peerdesk::channels::vendor
