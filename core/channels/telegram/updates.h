// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/api/connector.h"
#include "core/channels/vendor/filegathering.h"

#include <QJsonArray>

/// What the Bot API delivers, as items. Pure.
namespace peerdesk::channels::telegram {

/// Where reading stands. Bytes of the account's cursor: JSON.
struct Cursor
{
    qint64 offset = 0; ///< the next update's id; 0 = from the oldest that is kept
    Time at;           ///< when updates were last asked for, to CursorRefresh
    Time gapFrom;      ///< nobody asked from here ...
    Time gapTo;        ///< ... to here, longer than updates are kept
    /// A group that became a supergroup got a new id: new to old. Its conversations go on.
    std::map<QString, QString> moved;

    bool operator==(const Cursor &) const = default;
};
Cursor cursorFrom(const QByteArray &bytes); ///< damaged or empty = the default
QByteArray toBytes(const Cursor &cursor);

/// A chat as it stands in Conversation::thread: "CHAT", "CHAT/TOPIC" or "business/CONNECTION/CHAT".
struct Chat
{
    QString id;
    QString topic;
    QString business; ///< connection through which the bot speaks for an account

    bool operator==(const Chat &) const = default;
};
Chat chatFrom(const QString &thread);
QString threadOf(const Chat &chat);
/// What a message is called for ever: "CHAT:MESSAGE", with the business connection before it.
QString messageKey(const Chat &chat, qint64 message);

struct Updates
{
    std::vector<InboundItem> items;
    std::vector<vendor::WantedFile> files; ///< `where` is the file_id
    std::vector<QString> callbacks;        ///< to be answered once the page is committed
    /// Last message of each business chat, for read marks.
    std::map<QString, qint64> lastInBusiness;
    Cursor cursor;      ///< behind what was taken
    bool isCut = false; ///< the rest is for the next page
};
/// `bot` is the bot's own user id. Never fails: what is not understood is visible, what is no
/// update is counted past.
Updates parse(const QJsonArray &updates, const Cursor &cursor, const QString &bot);

/// Kinds of updates to ask for by name: some come only so.
QJsonArray wantedUpdates();

} // namespace peerdesk::channels::telegram
