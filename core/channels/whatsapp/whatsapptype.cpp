// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/whatsapp/numbers.h"
#include "core/channels/whatsapp/whatsappconnector.h"
#include "core/channels/whatsapp/words.h"

namespace peerdesk::channels::whatsapp {

using namespace Qt::StringLiterals;

namespace {

Setting field(const QString &key, const char *label, const char *hint)
{
    Setting setting;
    setting.key = key;
    setting.label = words(label);
    setting.hint = words(hint);
    return setting;
}

std::vector<Setting> whatsappSettings()
{
    std::vector<Setting> list{
        field(u"phone_number_id"_s, QT_TRANSLATE_NOOP("WhatsApp", "Phone number ID"),
              QT_TRANSLATE_NOOP("WhatsApp", "developers.facebook.com > your app > WhatsApp > API "
                                            "Setup, below the number. Digits, not the number "
                                            "itself")),
        field(u"business_id"_s, QT_TRANSLATE_NOOP("WhatsApp", "WhatsApp Business Account ID"),
              QT_TRANSLATE_NOOP("WhatsApp", "On the same page. With it the test can tell whether "
                                            "messages will come")),
        field(u"token"_s, QT_TRANSLATE_NOOP("WhatsApp", "Access token"),
              QT_TRANSLATE_NOOP("WhatsApp", "business.facebook.com > Settings > System users > "
                                            "Generate token, without expiry, with "
                                            "whatsapp_business_messaging and "
                                            "whatsapp_business_management")),
        field(u"app_secret"_s, QT_TRANSLATE_NOOP("WhatsApp", "App secret"),
              QT_TRANSLATE_NOOP("WhatsApp", "Your app > App settings > Basic > App secret > Show")),
        field(u"verify_token"_s, QT_TRANSLATE_NOOP("WhatsApp", "Verify token"),
              QT_TRANSLATE_NOOP("WhatsApp", "Any word you make up. WhatsApp needs a reachable "
                                            "address: put https://YOUR-ADDRESS/hooks/ID-OF-THIS-"
                                            "CHANNEL and this word in under WhatsApp > "
                                            "Configuration > Webhook, and subscribe \"messages\" "
                                            "and \"smb_message_echoes\"")),
        vendor::baseUrlSetting(u"https://graph.facebook.com/v23.0"_s)};
    for (Setting &setting : list) {
        setting.isSecret = setting.key == u"token"_s || setting.key == u"app_secret"_s;
        setting.isRequired = setting.key != u"business_id"_s && setting.key != u"base_url"_s;
    }
    return list;
}

} // namespace

ChannelType whatsappType()
{
    ChannelType type;
    type.type = u"whatsapp"_s;
    type.label = words("WhatsApp (Cloud API)");
    type.settings = whatsappSettings();
    Capabilities &can = type.capabilities;
    can.ingress = Ingress::Webhook;
    can.replyWindow = Window;
    can.afterWindow = AfterWindow::Template;
    can.proactive = true; // by template
    can.reaches = {u"phone"_s};
    can.deliveryReceipts = true;
    can.readReceipts = true;
    can.edits = true;
    can.reactions = true;
    can.typing = true;
    can.quickReplies = true;
    can.maxTextLength = MaxText * 4; // in up to four messages
    can.files.maxBytes = MaxDocument;
    // Source: Meta, what POST /{phone-number-id}/media names as allowed; webp is for stickers.
    const QString office = u"application/vnd.openxmlformats-officedocument."_s;
    can.files.types = {u"image/jpeg"_s,
                       u"image/png"_s,
                       u"video/mp4"_s,
                       u"video/3gpp"_s,
                       u"audio/aac"_s,
                       u"audio/mp4"_s,
                       u"audio/mpeg"_s,
                       u"audio/amr"_s,
                       u"audio/ogg"_s,
                       u"audio/opus"_s,
                       u"application/pdf"_s,
                       u"text/plain"_s,
                       u"application/msword"_s,
                       u"application/vnd.ms-excel"_s,
                       u"application/vnd.ms-powerpoint"_s,
                       office + u"wordprocessingml.document"_s,
                       office + u"spreadsheetml.sheet"_s,
                       office + u"presentationml.presentation"_s};
    can.rich = {{u"quick_replies"_s, RichUse::Agent}, {u"buttons"_s, RichUse::Agent},
                {u"list_picker"_s, RichUse::Agent},   {u"time_picker"_s, RichUse::Flow},
                {u"markup_text"_s, RichUse::Agent},   {u"rich_link"_s, RichUse::Agent},
                {u"location"_s, RichUse::Agent},      {u"template"_s, RichUse::Agent}};
    type.make = [](const ChannelAccount &account, Host &host) {
        return std::make_unique<WhatsAppConnector>(account, host);
    };
    return type;
}

} // namespace peerdesk::channels::whatsapp
