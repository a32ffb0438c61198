// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/filesync.h"

#include <QFile>
#include <QFileInfo>

#include <cstdio>
#include <fcntl.h>
#include <unistd.h>

namespace peerdesk::store {

namespace {

bool syncWith(const QString &path, int flags)
{
    const int descriptor = ::open(QFile::encodeName(path).constData(), flags | O_CLOEXEC);
    if (descriptor < 0)
        return false;
    const bool good = fsync(descriptor) == 0;
    ::close(descriptor);
    return good;
}

} // namespace

bool syncFile(const QString &path)
{
    return syncWith(path, O_RDWR);
}

bool syncFolder(const QString &folder)
{
    return syncWith(folder, O_RDONLY | O_DIRECTORY);
}

bool syncFolderOf(const QString &path)
{
    return syncFolder(QFileInfo(path).absolutePath());
}

bool canBeWritten(const QString &path)
{
    for (const char *tail : {"", "-wal", "-shm"}) {
        const QByteArray file = QFile::encodeName(path) + tail;
        const bool isNeeded = *tail == '\0' || ::access(file.constData(), F_OK) == 0;
        if (isNeeded && ::faccessat(AT_FDCWD, file.constData(), W_OK, AT_EACCESS) != 0)
            return false;
    }
    return true;
}

bool setAside(const QString &path)
{
    const QString aside = path + QStringLiteral(".damaged");
    // The log first: without its file it is nothing, with another one it would be poison.
    for (const char *tail : {"-shm", "-wal", ""}) {
        const QByteArray from = QFile::encodeName(path) + tail;
        const QByteArray to = QFile::encodeName(aside) + tail;
        ::remove(to.constData());
        if (QFile::exists(path + QLatin1String(tail)) &&
            ::rename(from.constData(), to.constData()) != 0)
            return false;
    }
    return syncFolderOf(path);
}

} // namespace peerdesk::store
