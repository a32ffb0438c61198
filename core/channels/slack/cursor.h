// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <map>

namespace peerdesk::channels::slack {

/// Up to where each channel, and each thread ("CHANNEL/ROOT") of the last ones, is in the log:
/// timestamps of messages, which are their ids. Bytes of the account's cursor: JSON.
struct Cursor
{
    std::map<QString, QString> channels;
    std::map<QString, QString> threads;

    bool operator==(const Cursor &) const = default;
};
Cursor cursorFrom(const QByteArray &bytes); ///< damaged or empty = the default
QByteArray toBytes(const Cursor &cursor);

/// Remembers a message; of too many the longest quiet is forgotten. `root` empty = no thread.
void remember(Cursor &cursor, const QString &channel, const QString &root, const QString &ts);

/// "1503435956.000247".
bool isTimestamp(const QString &ts);
/// Capitals and digits, as ids of channels, people and files are.
bool isId(const QString &id);
/// Milliseconds since 1970.
qint64 millisecondsOf(const QString &ts);
/// Newest of all that is remembered; empty = nothing is.
QString newestOf(const Cursor &cursor);

} // namespace peerdesk::channels::slack
