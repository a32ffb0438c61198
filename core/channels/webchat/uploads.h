// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/domain/message.h"

#include <map>

namespace peerdesk::channels::webchat {

/// Bounds of files on their way from a visitor to the first message that names them.
struct UploadLimits
{
    qint64 fileBytes = 10LL * 1024 * 1024;
    qint64 visitorBytes = 30LL * 1024 * 1024;
    qint64 totalBytes = 128LL * 1024 * 1024;
    Milliseconds keep{10LL * 60 * 1000};      ///< unused ones are dropped then
    qint64 addressBytes = 48LL * 1024 * 1024; ///< visitors of one address; at least visitorBytes
};

/// Endings that a visitor may not send: programs and scripts that run by a double click.
const std::vector<QString> &refusedEndings();
/// Whether a file of this name would be one of them where it is opened: blanks and dots at the end,
/// what follows a colon and marks that nobody sees do not count there.
bool isRefusedName(const QString &name);
/// Type by the first bytes for pictures and PDF, else the declared type if it is harmless, else
/// application/octet-stream. Never a type that a browser would run.
QString fileType(const QByteArray &bytes, const QString &declared);

/// Uploaded bytes that no message names yet. Memory only: what is lost here was not acknowledged,
/// and the widget sends it again.
class Uploads
{
public:
    explicit Uploads(UploadLimits limits)
        : m_limits(limits)
    {}

    struct Owner
    {
        QString visitor;
        QString address; ///< the network it comes from
    };
    struct File
    {
        QString name;
        QString type;
        QByteArray bytes;
    };

    /// When all room is taken, whoever holds most of it loses the oldest file. Errors: TooLarge
    /// (over fileBytes, or empty is Invalid), Rejected "type", Busy (visitor's or address's bytes
    /// in use, or nobody holds more than this one would).
    Result<Attachment> add(const Owner &owner, File file, Milliseconds now);
    const File *find(const QString &visitor, const QByteArray &sha256) const;
    void remove(const QString &visitor, const QByteArray &sha256);
    void expire(Milliseconds now);
    qint64 bytes() const { return m_total; }
    const UploadLimits &limits() const { return m_limits; }

private:
    struct Entry
    {
        File file;
        Milliseconds until{0};
        QString address;
        quint64 order = 0;
    };
    using Key = std::pair<QString, QByteArray>;

    qint64 bytesOf(const QString &visitor) const;
    std::map<QString, qint64> bytesByAddress() const;
    bool makeRoom(qint64 size, const QString &address);

    std::map<Key, Entry> m_entries;
    qint64 m_total = 0;
    quint64 m_added = 0;
    UploadLimits m_limits;
};

} // namespace peerdesk::channels::webchat
