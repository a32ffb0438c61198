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
#include "core/domain/permissions.h"

namespace peerdesk::app {

using namespace Qt::StringLiterals;

namespace {

/// Where everybody can read the answers, the owner says who may give them.
void addPermissions(channels::ChannelType &type)
{
    channels::Setting answers;
    answers.key = AnswersBy;
    answers.label = u"Who may answer in public"_s;
    answers.isRequired = false;
    answers.fallback = u"agent"_s;
    answers.form = u"one-of agent supervisor admin"_s;
    answers.hint = u"Who has this role or a higher one."_s;
    type.settings.push_back(answers);
    if (type.capabilities.actions.empty())
        return;
    answers.key = ActionsBy;
    answers.label = u"Who may hide, like and delete"_s;
    type.settings.push_back(answers);
}

} // namespace

std::vector<channels::ChannelType> channelTypes()
{
    using namespace channels;
    std::vector<ChannelType> types{
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
    for (ChannelType &type : types) {
        if (type.capabilities.isPublic)
            addPermissions(type);
    }
    return types;
}

} // namespace peerdesk::app
