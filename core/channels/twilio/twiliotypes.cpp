// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/twilio/numbers.h"
#include "core/channels/twilio/twilioconnector.h"
#include "core/channels/twilio/twiliorequests.h"
#include "core/channels/twilio/words.h"

namespace peerdesk::channels::twilio {

using namespace Qt::StringLiterals;

namespace {

Setting field(const QString &key, const char *label, const char *hint, const QString &form)
{
    Setting setting;
    setting.key = key;
    setting.label = words(label);
    setting.hint = words(hint);
    setting.form = form;
    return setting;
}

std::vector<Setting> accountSettings(const char *numberLabel, const char *numberHint)
{
    std::vector<Setting> list{
        field(u"account_sid"_s, QT_TRANSLATE_NOOP("Twilio", "Account SID"),
              QT_TRANSLATE_NOOP("Twilio", "Twilio console, start page, \"Account Info\": begins "
                                          "with AC"),
              u"text"_s),
        field(u"key_sid"_s, QT_TRANSLATE_NOOP("Twilio", "API key SID"),
              QT_TRANSLATE_NOOP("Twilio",
                                "Better than the account's own secret: Account > API keys "
                                "& tokens > Create API key (Standard). Begins with SK. "
                                "Empty: the Auth Token is used"),
              u"text"_s),
        field(u"secret"_s, QT_TRANSLATE_NOOP("Twilio", "Secret of the API key, or Auth Token"),
              QT_TRANSLATE_NOOP("Twilio", "The key's secret is shown once, when it is made"),
              u"text"_s),
        field(u"number"_s, numberLabel, numberHint, u"text"_s),
        field(u"messaging_service"_s, QT_TRANSLATE_NOOP("Twilio", "Messaging service"),
              QT_TRANSLATE_NOOP("Twilio", "Only where the country asks for one (USA: A2P 10DLC). "
                                          "Begins with MG"),
              u"text"_s),
        field(u"public_address"_s, QT_TRANSLATE_NOOP("Twilio", "Public address of this office"),
              QT_TRANSLATE_NOOP("Twilio",
                                "https://... under which /hooks of this PC can be reached "
                                "from the Internet. Needed only to send files. Empty: no "
                                "files can be sent"),
              u"text"_s),
        field(u"import_days"_s, QT_TRANSLATE_NOOP("Twilio", "Days to look back at first"),
              QT_TRANSLATE_NOOP("Twilio", "0 = from now on"), u"number 0 30"_s),
        vendor::baseUrlSetting(u"https://api.twilio.com"_s)};
    for (Setting &setting : list) {
        setting.isSecret = setting.key == u"secret"_s;
        setting.isRequired =
            setting.isSecret || setting.key == u"account_sid"_s || setting.key == u"number"_s;
        if (setting.key == u"import_days"_s)
            setting.fallback = u"1"_s;
    }
    return list;
}

Capabilities common(Medium medium)
{
    Capabilities out;
    out.ingress = Ingress::Poll;
    out.deliveryReceipts = true;
    out.maxTextLength = MaxBody * 4; // in up to four messages
    out.files = filesOf(medium);
    return out;
}

} // namespace

ChannelType smsType()
{
    ChannelType type;
    type.type = u"sms"_s;
    type.label = words("SMS (Twilio)");
    type.settings = accountSettings(
        QT_TRANSLATE_NOOP("Twilio", "Number"),
        QT_TRANSLATE_NOOP("Twilio", "With country code: +48732145678. Phone Numbers > Manage > "
                                    "Active numbers. Clear its messaging webhook there: Peerdesk "
                                    "asks by itself"));
    type.capabilities = common(Medium::Sms);
    type.capabilities.taskChannel = u"sms"_s;
    type.capabilities.proactive = true;
    type.capabilities.reaches = {u"phone"_s};
    type.make = [](const ChannelAccount &account, Host &host) {
        return std::make_unique<TwilioConnector>(account, host, Medium::Sms);
    };
    return type;
}

ChannelType whatsappTwilioType()
{
    ChannelType type;
    type.type = u"whatsapp_twilio"_s;
    type.label = words("WhatsApp (Twilio)");
    type.settings = accountSettings(
        QT_TRANSLATE_NOOP("Twilio", "WhatsApp number"),
        QT_TRANSLATE_NOOP("Twilio",
                          "With country code, without \"whatsapp:\": +48732145678. "
                          "Messaging > Senders > WhatsApp senders. The business has to be "
                          "verified by Meta there"));
    type.capabilities = common(Medium::WhatsApp);
    type.capabilities.replyWindow = WhatsAppWindow;
    type.capabilities.afterWindow = AfterWindow::Template;
    type.capabilities.proactive = true; // by template
    type.capabilities.reaches = {u"phone"_s};
    type.capabilities.readReceipts = true;
    type.capabilities.rich = {{u"markup_text"_s, RichUse::Agent},
                              {u"template"_s, RichUse::Agent},
                              {u"location"_s, RichUse::Agent}};
    type.make = [](const ChannelAccount &account, Host &host) {
        return std::make_unique<TwilioConnector>(account, host, Medium::WhatsApp);
    };
    return type;
}

} // namespace peerdesk::channels::twilio
