// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/api/connector.h"

namespace peerdesk::channels::meta {

/// The channel types "messenger", "instagram", "facebook_comments" and "instagram_comments".
ChannelType messengerType();
ChannelType instagramType();
ChannelType facebookCommentsType();
ChannelType instagramCommentsType();

} // namespace peerdesk::channels::meta
