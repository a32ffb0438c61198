// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/api/connector.h"
#include "core/channels/discord/cursor.h"
#include "core/channels/vendor/filegathering.h"

#include <set>

/// What the gateway dispatches, as items. Pure.
namespace peerdesk::channels::discord {

/// What has to be known to tell what is for us.
struct Context
{
    QString bot;                      ///< the bot's own user id
    std::set<QString> threads;        ///< channels that are threads with the bot in them
    std::map<QString, Mark> channels; ///< where we have conversations
    QString tag;                      ///< session and sequence: the event's own name
};

/// Something that wants an answer of ours within three seconds.
struct Interaction
{
    QString id;
    QString token;
    QString thread;
    QString message;        ///< that carries the button
    bool opensForm = false; ///< the answer is a form
    bool isCommand = false;

    bool operator==(const Interaction &) const = default;
};

struct Event
{
    std::vector<InboundItem> items;
    std::vector<vendor::WantedFile> files; ///< `where` is the address
    std::optional<Interaction> interaction;
    QString typing;  ///< thread in which the customer types
    QString channel; ///< of a message that counts for the cursor
    QString newest;  ///< its id
    Place place = Place::Direct;
    std::vector<QString> joined; ///< threads that the bot is in now
    std::vector<QString> left;

    bool isEmpty() const { return items.empty() && !interaction; }
};

/// Never fails: what is for us and not understood is visible, the rest is nothing.
Event parse(const QString &name, const QJsonObject &data, const Context &context);

/// Conversation::thread is "CHANNEL", or "CHANNEL/USER" for who writes in a channel of a server.
QString channelOf(const QString &thread);

// Names of our components, told apart by their beginning.
constexpr QLatin1StringView OptionMark{"o:"};
constexpr QLatin1StringView SelectName{"s"};
constexpr QLatin1StringView FormName{"f"};
constexpr QLatin1StringView ModalMark{"m:"};

} // namespace peerdesk::channels::discord
