// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/telegram/requests.h"
#include "core/channels/vendor/act.h"

/// What is done to messages that are in a chat already. Pure.
namespace peerdesk::channels::telegram {

/// In the order in which they are made. Errors: Invalid, why it cannot be done, in plain words.
Result<std::vector<Request>> requestsFor(const Outgoing &outgoing, const vendor::Act &act);
/// `hasMoved`: the group has got another id since, and its messages with it.
SendResult resultOf(const Result<vendor::ApiReply> &reply, const QString &method, bool hasMoved,
                    Time now);

} // namespace peerdesk::channels::telegram
