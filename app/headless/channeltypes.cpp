// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/headless/channeltypes.h"

#include "core/channels/appstore/appstoreconnector.h"
#include "core/channels/byoc/byocconnector.h"
#include "core/channels/discord/discordconnector.h"
#include "core/channels/email/emailconnector.h"
#include "core/channels/google/playconnector.h"
#include "core/channels/google/youtubeconnector.h"
#include "core/channels/line/lineconnector.h"
#include "core/channels/meta/types.h"
#include "core/channels/slack/slackconnector.h"
#include "core/channels/telegram/telegramconnector.h"
#include "core/channels/twilio/twilioconnector.h"
#include "core/channels/whatsapp/whatsappconnector.h"

namespace peerdesk::app {

std::vector<channels::ChannelType> channelTypes()
{
    using namespace channels;
    return {
        email::emailType(),
        twilio::smsType(),
        twilio::whatsappTwilioType(),
        whatsapp::whatsappType(),
        telegram::telegramType(),
        discord::discordType(),
        slack::slackType(),
        meta::messengerType(),
        meta::instagramType(),
        meta::facebookCommentsType(),
        meta::instagramCommentsType(),
        line::lineType(),
        google::googlePlayType(),
        appstore::appStoreType(),
        google::youtubeType(),
        byoc::byocType(),
    };
}

} // namespace peerdesk::app
