// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/headless/channeltypes.h"

#include "core/channels/appstore/appstoreconnector.h"
#include "core/channels/byoc/byocconnector.h"
#include "core/channels/email/emailconnector.h"
#include "core/channels/google/playconnector.h"
#include "core/channels/google/youtubeconnector.h"
#include "core/channels/meta/types.h"

namespace peerdesk::app {

std::vector<channels::ChannelType> channelTypes()
{
    using namespace channels;
    return {
        email::emailType(),
        byoc::byocType(),
        meta::messengerType(),
        meta::instagramType(),
        meta::facebookCommentsType(),
        meta::instagramCommentsType(),
        google::googlePlayType(),
        google::youtubeType(),
        appstore::appStoreType(),
    };
}

} // namespace peerdesk::app
