// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/slack/manifest.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace peerdesk::channels::slack {

using namespace Qt::StringLiterals;

const QStringList &neededScopes()
{
    static const QStringList scopes{
        u"app_mentions:read"_s, u"channels:history"_s, u"channels:read"_s,   u"chat:write"_s,
        u"files:read"_s,        u"files:write"_s,      u"groups:history"_s,  u"groups:read"_s,
        u"im:history"_s,        u"im:read"_s,          u"im:write"_s,        u"mpim:history"_s,
        u"mpim:read"_s,         u"reactions:read"_s,   u"reactions:write"_s, u"users:read"_s,
        u"users:read.email"_s};
    return scopes;
}

QByteArray manifest()
{
    const QJsonArray events{u"app_mention"_s,     u"message.channels"_s, u"message.groups"_s,
                            u"message.im"_s,      u"message.mpim"_s,     u"reaction_added"_s,
                            u"reaction_removed"_s};
    const QJsonObject app{
        {u"display_information"_s, QJsonObject{{u"name"_s, u"Peerdesk"_s}}},
        {u"features"_s,
         QJsonObject{{u"app_home"_s, QJsonObject{{u"messages_tab_enabled"_s, true},
                                                 {u"messages_tab_read_only_enabled"_s, false}}},
                     {u"bot_user"_s, QJsonObject{{u"display_name"_s, u"Peerdesk"_s},
                                                 {u"always_online"_s, true}}}}},
        {u"oauth_config"_s,
         QJsonObject{
             {u"scopes"_s, QJsonObject{{u"bot"_s, QJsonArray::fromStringList(neededScopes())}}}}},
        {u"settings"_s,
         QJsonObject{{u"event_subscriptions"_s, QJsonObject{{u"bot_events"_s, events}}},
                     {u"interactivity"_s, QJsonObject{{u"is_enabled"_s, true}}},
                     {u"socket_mode_enabled"_s, true},
                     {u"org_deploy_enabled"_s, false},
                     {u"token_rotation_enabled"_s, false}}}};
    return QJsonDocument(app).toJson(QJsonDocument::Indented);
}

} // namespace peerdesk::channels::slack
