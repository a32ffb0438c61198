// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/attachmentstore.h"

#include "core/store/filesync.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QTemporaryFile>

#include <cerrno>
#include <cstdio>
#include <unistd.h>

namespace peerdesk::store {

using namespace Qt::StringLiterals;

namespace {

Error storage(const QString &what, const QString &path, const QString &state = {})
{
    return {Error::Code::Storage, what + u' ' + path, state};
}

bool syncFolders(const QString &shard, const QString &folder)
{
    return syncFolder(shard) && syncFolder(folder) &&
           syncFolder(folder.left(folder.lastIndexOf(u'/')));
}

} // namespace

AttachmentStore::AttachmentStore(QString folder)
    : m_folder(QDir(folder).absolutePath())
{}

QString AttachmentStore::pathOf(const QByteArray &sha256) const
{
    if (sha256.size() != 32)
        return {};
    const QString name = QString::fromLatin1(sha256.toHex());
    return m_folder + u'/' + name.left(2) + u'/' + name;
}

bool AttachmentStore::has(const QByteArray &sha256) const
{
    const QString path = pathOf(sha256);
    return !path.isEmpty() && QFile::exists(path);
}

Result<QByteArray> AttachmentStore::put(const QByteArray &bytes) const
{
    if (bytes.size() > MaxAttachmentBytes)
        return Error{Error::Code::TooLarge, u"an attachment may have 50 MiB at most"_s, {}};
    const QByteArray sha256 = QCryptographicHash::hash(bytes, QCryptographicHash::Sha256);
    const QString path = pathOf(sha256);
    const QString shard = path.left(path.lastIndexOf(u'/'));
    // Its bytes were synced before it got its name, but whoever put it may not have come to the
    // folders.
    if (get(sha256))
        return syncFolders(shard, m_folder) ? Result<QByteArray>(sha256)
                                            : storage(u"cannot sync"_s, shard, u"io"_s);
    if (!QDir().mkpath(shard))
        return storage(u"cannot create"_s, shard);
    QTemporaryFile file(shard + u"/new-XXXXXX"_s);
    if (!file.open() || file.write(bytes) != bytes.size() || !file.flush() ||
        fsync(file.handle()) != 0)
        return storage(file.errorString() + u", writing"_s, file.fileName(),
                       errno == ENOSPC || errno == EFBIG ? u"disk-full"_s : QString());
    const QByteArray target = QFile::encodeName(path);
    if (::rename(QFile::encodeName(file.fileName()).constData(), target.constData()) != 0)
        return storage(u"cannot put in place"_s, path);
    file.setAutoRemove(false);
    if (!syncFolders(shard, m_folder))
        return storage(u"cannot sync"_s, shard, u"io"_s);
    return sha256;
}

void AttachmentStore::remove(const QByteArray &sha256) const
{
    const QString path = pathOf(sha256);
    if (path.isEmpty() || !QFile::exists(path))
        return;
    if (!QFile::remove(path)) // a file that cannot be deleted is one that people must know of
        qWarning("cannot delete %ls", qUtf16Printable(path));
    (void)syncFolder(path.left(path.lastIndexOf(u'/')));
}

Result<QByteArray> AttachmentStore::get(const QByteArray &sha256) const
{
    const QString path = pathOf(sha256);
    if (path.isEmpty())
        return invalid(u"not a SHA-256"_s);
    QFile file(path);
    if (!file.exists())
        return Error{Error::Code::NotFound, u"this attachment is not on this PC"_s,
                     NotOnThisPc.toString()};
    if (!file.open(QIODevice::ReadOnly))
        return storage(file.errorString() + u", reading"_s, path);
    if (file.size() > MaxAttachmentBytes)
        return storage(u"larger than any attachment:"_s, path, u"corrupt"_s);
    QByteArray bytes = file.readAll();
    if (QCryptographicHash::hash(bytes, QCryptographicHash::Sha256) != sha256)
        return storage(u"not what its name says:"_s, path, u"corrupt"_s);
    return bytes;
}

} // namespace peerdesk::store
