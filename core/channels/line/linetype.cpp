// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/line/lineconnector.h"
#include "core/channels/line/numbers.h"
#include "core/channels/line/words.h"

namespace peerdesk::channels::line {

using namespace Qt::StringLiterals;

namespace {

Setting lineField(const QString &key, const char *label, const char *hint)
{
    Setting setting;
    setting.key = key;
    setting.label = words(label);
    setting.hint = words(hint);
    return setting;
}

std::vector<Setting> lineSettings()
{
    std::vector<Setting> list{
        lineField(u"token"_s, QT_TRANSLATE_NOOP("Line", "Channel access token"),
                  QT_TRANSLATE_NOOP("Line", "developers.line.biz > your provider > your Messaging "
                                            "API channel > Messaging API > Channel access token "
                                            "(long-lived) > Issue")),
        lineField(u"channel_secret"_s, QT_TRANSLATE_NOOP("Line", "Channel secret"),
                  QT_TRANSLATE_NOOP("Line", "In the same channel: Basic settings > Channel secret. "
                                            "LINE needs a reachable address: put https://YOUR-"
                                            "ADDRESS/hooks/ID-OF-THIS-CHANNEL in under Messaging "
                                            "API > Webhook URL, switch on \"Use webhook\" and "
                                            "\"Webhook redelivery\", and switch off the auto-reply "
                                            "messages")),
        vendor::baseUrlSetting(u"https://api.line.me"_s),
        vendor::baseUrlSetting(u"https://api-data.line.me"_s)};
    list[0].isSecret = list[1].isSecret = true;
    list[3].key = u"data_url"_s;
    list[3].label = words(QT_TRANSLATE_NOOP("Line", "Address of LINE's files"));
    return list;
}

} // namespace

ChannelType lineType()
{
    ChannelType type;
    type.type = u"line"_s;
    type.label = words(QT_TRANSLATE_NOOP("Line", "LINE"));
    type.settings = lineSettings();
    Capabilities &can = type.capabilities;
    can.ingress = Ingress::Webhook;
    can.edits = true; // unsend
    can.typing = true;
    can.quickReplies = true;
    can.maxTextLength = MaxText * 4; // in up to four messages
    can.idempotentFor = RetryKeyLives;
    can.rich = {{u"quick_replies"_s, RichUse::Agent}, {u"buttons"_s, RichUse::Agent},
                {u"list_picker"_s, RichUse::Agent},   {u"time_picker"_s, RichUse::Agent},
                {u"card"_s, RichUse::Agent},          {u"carousel"_s, RichUse::Agent},
                {u"rich_link"_s, RichUse::Agent},     {u"location"_s, RichUse::Agent}};
    type.make = [](const ChannelAccount &account, Host &host) {
        return std::make_unique<LineConnector>(account, host);
    };
    return type;
}

} // namespace peerdesk::channels::line
