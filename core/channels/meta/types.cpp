// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/meta/types.h"

#include "core/channels/meta/commentsconnector.h"
#include "core/channels/meta/directconnector.h"
#include "core/channels/meta/numbers.h"

namespace peerdesk::channels::meta {

using namespace Qt::StringLiterals;

namespace {

Setting secretOf(const QString &key, const QString &label, bool isRequired, const QString &hint)
{
    Setting setting;
    setting.key = key;
    setting.label = label;
    setting.isSecret = true;
    setting.isRequired = isRequired;
    setting.hint = hint;
    return setting;
}

std::vector<Setting> settingsFor(const Setting &page, const QString &token, const QString &fields,
                                 const QString &base)
{
    const QString secretHint =
        u"developers.facebook.com: your app, App settings, Basic, \"App secret\". Needed for the "
        "webhook: with it every call is checked."_s;
    const QString verifyHint =
        u"Any word that you think up. At Meta: your app, Webhooks, \"Callback URL\" is the address "
        "that Peerdesk shows for this channel, \"Verify token\" is this word. Subscribe to: "_s +
        fields;
    return {page, secretOf(u"token"_s, u"Access token"_s, true, token),
            secretOf(u"app_secret"_s, u"App secret"_s, false, secretHint),
            secretOf(u"verify_token"_s, u"Verify token of the webhook"_s, false, verifyHint),
            vendor::baseUrlSetting(base)};
}

Setting pageSetting(const QString &label, const QString &hint)
{
    Setting setting;
    setting.key = u"page_id"_s;
    setting.label = label;
    setting.hint = hint;
    return setting;
}

const QString PageHint =
    u"A long number. On Facebook: your page, About, Page transparency, \"Page ID\"."_s;
const QString AccountHint =
    u"A long number. developers.facebook.com: your app, Instagram, API setup, beside the account's "
    "name. It must be a business or creator account."_s;

template <typename T>
ChannelType typeOf(const QString &name, const QString &label, Product product,
                   const Capabilities &can)
{
    ChannelType type;
    type.type = name;
    type.label = label;
    type.capabilities = can;
    type.make = [product](const ChannelAccount &account, Host &host) -> std::unique_ptr<Connector> {
        return std::make_unique<T>(account, host, product);
    };
    return type;
}

} // namespace

ChannelType messengerType()
{
    ChannelType type =
        typeOf<DirectConnector>(u"messenger"_s, u"Facebook Messenger"_s, Product::Messenger,
                                directCapabilities(Product::Messenger));
    type.settings = settingsFor(
        pageSetting(u"Page ID"_s, PageHint),
        u"A long-lived page access token with pages_messaging, pages_manage_metadata and "
        "pages_read_engagement. developers.facebook.com: your app, Messenger, Settings, \"Generate "
        "token\". For answers by people after 24 hours the app also needs \"Human Agent\"."_s,
        u"messages, messaging_postbacks, message_echoes, message_deliveries, message_reads, "
        "message_reactions, message_edits, messaging_referrals, standby."_s,
        numbers::FacebookBase);
    return type;
}

ChannelType instagramType()
{
    ChannelType type =
        typeOf<DirectConnector>(u"instagram"_s, u"Instagram Direct"_s, Product::Instagram,
                                directCapabilities(Product::Instagram));
    type.settings = settingsFor(
        pageSetting(u"Account ID"_s, AccountHint),
        u"An access token with instagram_business_basic and instagram_business_manage_messages. "
        "developers.facebook.com: your app, Instagram, API setup, \"Generate token\". It lives 60 "
        "days. In the Instagram app \"Allow access to messages\" must be on."_s,
        u"messages, messaging_postbacks, messaging_seen, message_reactions, messaging_referral, "
        "standby."_s,
        numbers::InstagramBase);
    return type;
}

ChannelType facebookCommentsType()
{
    ChannelType type =
        typeOf<CommentsConnector>(u"facebook_comments"_s, u"Facebook comments"_s,
                                  Product::Messenger, commentCapabilities(Product::Messenger));
    type.settings = settingsFor(
        pageSetting(u"Page ID"_s, PageHint),
        u"A long-lived page access token with pages_read_engagement, pages_read_user_content, "
        "pages_manage_engagement and, for private answers, pages_messaging."_s,
        u"feed."_s, numbers::FacebookBase);
    return type;
}

ChannelType instagramCommentsType()
{
    ChannelType type =
        typeOf<CommentsConnector>(u"instagram_comments"_s, u"Instagram comments"_s,
                                  Product::Instagram, commentCapabilities(Product::Instagram));
    type.settings = settingsFor(
        pageSetting(u"Account ID"_s, AccountHint),
        u"An access token with instagram_business_basic, instagram_business_manage_comments and, "
        "for private answers, instagram_business_manage_messages."_s,
        u"comments, mentions."_s, numbers::InstagramBase);
    return type;
}

} // namespace peerdesk::channels::meta
