// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/discord/requests.h"
#include "core/channels/vendor/act.h"

/// What is done to messages that are in a channel already. Pure.
namespace peerdesk::channels::discord {

/// In the order in which they are made; none = nothing is to be done. Errors: Invalid, why it
/// cannot be done, in plain words.
Result<std::vector<vendor::ApiCall>> callsFor(const Outgoing &outgoing, const vendor::Act &act);
/// What is to go and is gone is a success.
SendResult resultOf(const Result<vendor::ApiReply> &reply, const vendor::ApiCall &call, Time now);

} // namespace peerdesk::channels::discord
