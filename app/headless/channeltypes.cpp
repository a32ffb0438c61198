// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/headless/channeltypes.h"

#include "core/channels/byoc/byocconnector.h"
#include "core/channels/email/emailconnector.h"

namespace peerdesk::app {

std::vector<channels::ChannelType> channelTypes()
{
    using namespace channels;
    return {
        email::emailType(),
        byoc::byocType(),
    };
}

} // namespace peerdesk::app
