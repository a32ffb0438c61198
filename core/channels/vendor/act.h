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
    QStringList ids{};   ///< of all that it became at the vendor's, `target` first

    bool operator==(const Act &) const = default;
};

/// Nothing = a message is to be sent.
std::optional<Act> actOf(const Outgoing &outgoing);
/// The target as it was sent, for builders that tell how many of the vendor's messages it became.
/// Its files are there by name, with one byte each.
Outgoing sentBefore(const Outgoing &outgoing);
/// The same with the new text of `act`.
Outgoing sentAfter(const Outgoing &outgoing, const Act &act);
/// Whether all of the `parts` that a message went out as are known by their ids. One that went out
/// before ids were kept has only the main one's. Errors: Invalid, in plain words.
Result<Done> checkParts(const Act &act, size_t parts);
/// Whether `after` messages find place in the `before` that are there: none can be put in between.
Result<Done> checkRoom(size_t before, size_t after);
/// How an act ended. Done twice is done once: what is not certain is tried again.
SendResult afterAct(SendResult result, const Act &act);

using ActCall = std::function<void(Completion<SendResult>)>;
/// One call after the other, until one does not go well; then it says how far it got. No call at
/// all is done well.
void inTurn(std::vector<ActCall> calls, const Act &act, QObject *guard,
            Completion<SendResult> done);

} // namespace peerdesk::channels::vendor
