// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <map>

namespace peerdesk::channels::discord {

/// Where a channel stands in which we have a conversation.
enum class Place { Direct, Server, Thread };

struct Mark
{
    Place place = Place::Direct;
    QString last; ///< newest message that is committed

    bool operator==(const Mark &) const = default;
};

/// Where reading stands: the gateway's session for resuming, and per channel the newest message for
/// when a session cannot be resumed. Bytes of the account's cursor: JSON.
struct Cursor
{
    QString session;
    QString resumeUrl;
    qint64 sequence = 0;
    std::map<QString, Mark> channels;

    bool operator==(const Cursor &) const = default;
};
Cursor cursorFrom(const QByteArray &bytes); ///< damaged or empty = the default
QByteArray toBytes(const Cursor &cursor);

/// Remembers the newest message of a channel; of too many channels the longest quiet is forgotten.
void remember(Cursor &cursor, const QString &channel, Place place, const QString &message);

/// Ids are decimal numbers of 64 bits in texts.
bool isSnowflake(const QString &id);
/// Which of two is older.
bool isBefore(const QString &left, const QString &right);

} // namespace peerdesk::channels::discord
