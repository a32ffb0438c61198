// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/snapshots.h"

#include <QCryptographicHash>
#include <QFileInfo>

namespace peerdesk::cluster {

namespace {

constexpr quint64 PartBytes = 1024 * 1024;
constexpr Milliseconds AskAgain{1'000};
constexpr Milliseconds KeepOffer = std::chrono::minutes(10);

QByteArray sha256Of(const QString &path)
{
    QFile file(path);
    QCryptographicHash hash(QCryptographicHash::Sha256);
    return file.open(QIODevice::ReadOnly) && hash.addData(&file) ? hash.result() : QByteArray();
}

} // namespace

Snapshots::Snapshots(const QString &raftFile, QObject *parent)
    : QObject(parent)
    , m_offerPath(raftFile + QStringLiteral(".offer"))
    , m_fetchPath(raftFile + QStringLiteral(".fetched"))
    , m_again(this)
    , m_keep(this)
{
    m_again.setSingleShot(true);
    m_keep.setSingleShot(true);
    connect(&m_again, &QTimer::timeout, this, &Snapshots::askNext);
    connect(&m_keep, &QTimer::timeout, this, [this] {
        m_offer.reset();
        QFile::remove(m_offerPath);
    });
}

void Snapshots::want()
{
    if (std::exchange(m_isWanted, true))
        return;
    m_offer.reset();
    QFile::remove(m_offerPath);
    Q_EMIT wanted(m_offerPath);
}

void Snapshots::setOffer(quint64 index, const QString &path)
{
    m_isWanted = false;
    if (path.isEmpty())
        return; // wanted again at the next occasion
    m_offer = Offer{index, {quint64(QFileInfo(path).size()), sha256Of(path)}, path};
    m_keep.start(KeepOffer);
}

std::optional<FilePart> Snapshots::give(const FilePart &request)
{
    if (!m_offer || m_offer->index != request.index || !request.bytes.isEmpty())
        return std::nullopt;
    QFile file(m_offer->path);
    if (!file.open(QIODevice::ReadOnly) || !file.seek(qint64(request.offset)))
        return std::nullopt;
    m_keep.start(KeepOffer);
    return FilePart{request.index, request.offset, file.read(PartBytes)};
}

void Snapshots::fetch(const QString &from, const LogBase &base, const FileFacts &facts)
{
    if (m_fetch && m_fetch->base == base && m_fetch->facts == facts) {
        m_fetch->from = from;
    } else {
        QFile::remove(m_fetchPath);
        m_fetch = Fetch{from, base, facts, 0};
    }
    askNext();
}

int Snapshots::fetchedShare() const
{
    const quint64 size = m_fetch ? m_fetch->facts.size : 0;
    return size > 0 ? int(m_fetch->offset * 100 / size) : 0;
}

void Snapshots::askNext()
{
    if (!m_fetch)
        return;
    m_again.start(AskAgain);
    Q_EMIT ask(m_fetch->from, {m_fetch->base.index, m_fetch->offset, {}});
}

void Snapshots::take(const QString &from, const FilePart &part)
{
    if (!m_fetch || m_fetch->from != from || part.index != m_fetch->base.index ||
        part.offset != m_fetch->offset || part.bytes.isEmpty())
        return; // of a request that was repeated
    QFile file(m_fetchPath);
    const bool isWritten = file.open(QIODevice::ReadWrite) && file.seek(qint64(part.offset)) &&
                           file.write(part.bytes) == part.bytes.size() && file.flush();
    if (!isWritten)
        return qWarning("snapshot: %ls", qUtf16Printable(file.errorString())); // asked again
    m_fetch->offset += quint64(part.bytes.size());
    if (m_fetch->offset < m_fetch->facts.size)
        return askNext();
    m_again.stop();
    finish();
}

void Snapshots::finish()
{
    if (sha256Of(m_fetchPath) == m_fetch->facts.sha256)
        return Q_EMIT fetched(m_fetch->base);
    qWarning("a snapshot came damaged and is fetched anew");
    QFile::remove(m_fetchPath);
    m_fetch->offset = 0;
    askNext();
}

void Snapshots::forgetFetched()
{
    m_fetch.reset();
    m_again.stop();
    QFile::remove(m_fetchPath);
}

} // namespace peerdesk::cluster

#include "moc_snapshots.cpp"
