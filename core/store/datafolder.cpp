// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/datafolder.h"

#include <QDir>
#include <QFile>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace peerdesk::store {

using namespace Qt::StringLiterals;

namespace {

Error cannot(const QString &what, const QString &path)
{
    const int code = errno;
    return {Error::Code::Storage,
            u"cannot %1 the data folder %2: %3"_s.arg(what, path,
                                                      QString::fromLocal8Bit(strerror(code))),
            code == EROFS || code == EACCES || code == EPERM ? u"read-only"_s : QString()};
}

/// The process id that the holder of the lock wrote; empty if it has not yet.
QString holder(int descriptor)
{
    char text[32] = {};
    const ssize_t size = pread(descriptor, text, sizeof text - 1, 0);
    return size > 0 ? QString::fromLatin1(text, size).trimmed() : QString();
}

} // namespace

Result<std::unique_ptr<DataFolder>> DataFolder::open(const QString &path)
{
    const QString absolute = QDir(path).absolutePath();
    const QByteArray folder = QFile::encodeName(absolute);
    errno = 0;
    if (!QDir().mkpath(absolute))
        return cannot(u"create"_s, absolute);
    struct stat found = {};
    if (stat(folder.constData(), &found) != 0)
        return cannot(u"look at"_s, absolute);
    // Only what others may is taken away: a folder that its owner may not write stays so.
    if ((found.st_mode & 077) != 0 && chmod(folder.constData(), found.st_mode & 0700) != 0)
        return cannot(u"close to others"_s, absolute);
    const int descriptor =
        ::open((folder + "/lock").constData(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0)
        return cannot(u"write to"_s, absolute);
    if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        const QString pid = holder(descriptor);
        ::close(descriptor);
        return rejected(u"Peerdesk is already running with the data folder %1 (process %2). Close "
                        "it there first, or choose another folder with --data."_s.arg(
                            absolute, pid.isEmpty() ? u"unknown"_s : pid),
                        u"in-use"_s);
    }
    const QByteArray pid = QByteArray::number(qint64(getpid())) + '\n';
    if (ftruncate(descriptor, 0) != 0 ||
        pwrite(descriptor, pid.constData(), size_t(pid.size()), 0) < 0) {
        const Error error = cannot(u"write to"_s, absolute);
        ::close(descriptor);
        return error;
    }
    return std::unique_ptr<DataFolder>(new DataFolder(absolute, descriptor));
}

DataFolder::DataFolder(QString path, int descriptor)
    : m_path(std::move(path))
    , m_descriptor(descriptor)
{}

DataFolder::~DataFolder()
{
    ::close(m_descriptor); // releases the lock; the file stays, removing it would race
}

} // namespace peerdesk::store
