// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/api/connector.h"

namespace peerdesk::app {

/// Every kind of channel but the web chat, which needs the server: in the order in which a person
/// is shown them.
std::vector<channels::ChannelType> channelTypes();

} // namespace peerdesk::app
