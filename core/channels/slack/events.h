// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/api/connector.h"
#include "core/channels/slack/cursor.h"
#include "core/channels/vendor/filegathering.h"

/// What Socket Mode brings and histories show, as items. Pure.
namespace peerdesk::channels::slack {

/// Who we are there.
struct Context
{
    QString user;            ///< the app's own user
    QString bot;             ///< the app's bot id
    QString team;            ///< workspace in which it is installed
    bool onlyOthers = false; ///< people of our own workspace are colleagues, not customers
};

/// A form is to be opened, within three seconds.
struct FormWish
{
    QString trigger;
    QString thread;
    QString message; ///< provider id of the message with the button

    bool operator==(const FormWish &) const = default;
};

struct Event
{
    std::vector<InboundItem> items;
    std::vector<vendor::WantedFile>
        files;       ///< `where` is the address, or the id if `kind` is "info"
    QString channel; ///< of a message that counts for the cursor
    QString root;
    QString newest;
    std::optional<FormWish> form;
};

/// `payload` of an envelope of this type ("events_api", "interactive", "slash_commands"). Never
/// fails: what is for us and not understood is visible, the rest is nothing.
Event parse(const QString &type, const QJsonObject &payload, const Context &context);
/// One message of a channel's history, which does not name its channel.
Event parseMessage(QJsonObject message, const QString &channel, const Context &context);

/// Conversation::thread is "CHANNEL" for direct messages, "CHANNEL/ROOT" elsewhere.
struct Place
{
    QString channel;
    QString root; ///< message that begins the thread; empty = the channel itself

    bool operator==(const Place &) const = default;
};
Place placeFrom(const QString &thread);
bool isDirect(const QString &channel);
QString messageKey(const QString &channel, const QString &ts);

// Names of our elements.
constexpr QLatin1StringView OptionMark{"o:"}; ///< a button that is an answer
constexpr QLatin1StringView LinkMark{"u:"};   ///< a button that opens an address
constexpr QLatin1StringView SelectName{"s"};
constexpr QLatin1StringView SeveralName{"ms"}; ///< counts once `DoneName` is pressed
constexpr QLatin1StringView DoneName{"done"};
constexpr QLatin1StringView FormName{"f"};
constexpr QLatin1StringView FieldMark{"field:"}; ///< block of a field of a form

} // namespace peerdesk::channels::slack
