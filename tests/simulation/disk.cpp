// SPDX-License-Identifier: GPL-3.0-or-later
#include "disk.h"

#include <QDir>
#include <QFile>

#include <sqlite3.h>

namespace peerdesk::simulation {

namespace {

constexpr qint64 Sector = 512; ///< a write is torn between two of these only

std::vector<Disk *> &disks()
{
    static std::vector<Disk *> all;
    return all;
}

sqlite3_vfs *below = nullptr;

/// One open file; what SQLite's own layer needs lies behind it.
struct Open
{
    sqlite3_file base;
    Disk *disk;
    QByteArray *path; ///< null: a temporary file
    sqlite3_file *real() { return reinterpret_cast<sqlite3_file *>(this + 1); }
};

Open *of(sqlite3_file *file)
{
    return reinterpret_cast<Open *>(file);
}

const sqlite3_io_methods *methodsOf(sqlite3_file *file)
{
    return of(file)->real()->pMethods;
}

bool isCut(sqlite3_file *file)
{
    return of(file)->disk && of(file)->disk->isCut();
}

int onClose(sqlite3_file *file)
{
    const int code = methodsOf(file)->xClose(of(file)->real());
    delete of(file)->path;
    return code;
}

int onRead(sqlite3_file *file, void *to, int count, sqlite3_int64 at)
{
    return isCut(file) ? SQLITE_IOERR_READ
                       : methodsOf(file)->xRead(of(file)->real(), to, count, at);
}

QByteArray readBack(sqlite3_file *file, qint64 count, qint64 at)
{
    QByteArray bytes(count, '\0');
    methodsOf(file)->xRead(of(file)->real(), bytes.data(), int(count), at);
    return bytes;
}

int onWrite(sqlite3_file *file, const void *from, int count, sqlite3_int64 at)
{
    Disk *disk = of(file)->disk;
    if (!disk || !of(file)->path)
        return methodsOf(file)->xWrite(of(file)->real(), from, count, at);
    if (disk->isCut() || disk->fault == Disk::Fault::WriteFails)
        return SQLITE_IOERR_WRITE;
    if (disk->fault == Disk::Fault::Full)
        return SQLITE_FULL;
    sqlite3_int64 size = 0;
    methodsOf(file)->xFileSize(of(file)->real(), &size);
    const qint64 overlap = std::clamp<qint64>(size - at, 0, count);
    disk->note(*of(file)->path, {at, readBack(file, overlap, at),
                                 QByteArray(static_cast<const char *>(from), count), size, false});
    return methodsOf(file)->xWrite(of(file)->real(), from, count, at);
}

int onTruncate(sqlite3_file *file, sqlite3_int64 to)
{
    Disk *disk = of(file)->disk;
    if (isCut(file))
        return SQLITE_IOERR_TRUNCATE;
    sqlite3_int64 size = 0;
    methodsOf(file)->xFileSize(of(file)->real(), &size);
    if (disk && of(file)->path && size > to)
        disk->note(*of(file)->path, {to, readBack(file, size - to, to), {}, size, true});
    return methodsOf(file)->xTruncate(of(file)->real(), to);
}

int onSync(sqlite3_file *file, int flags)
{
    Disk *disk = of(file)->disk;
    if (!disk || !of(file)->path)
        return methodsOf(file)->xSync(of(file)->real(), flags);
    if (disk->isCut() || disk->fault == Disk::Fault::SyncFails)
        return SQLITE_IOERR_FSYNC;
    disk->synced(*of(file)->path);
    return SQLITE_OK; // what is on the disk is what this class says
}

template <auto Member, typename... Args>
int pass(sqlite3_file *file, Args... args)
{
    return (methodsOf(file)->*Member)(of(file)->real(), args...);
}

void onShmBarrier(sqlite3_file *file)
{
    methodsOf(file)->xShmBarrier(of(file)->real());
}

const sqlite3_io_methods &methods()
{
    using M = sqlite3_io_methods;
    static const M all{2,
                       onClose,
                       onRead,
                       onWrite,
                       onTruncate,
                       onSync,
                       pass<&M::xFileSize, sqlite3_int64 *>,
                       pass<&M::xLock, int>,
                       pass<&M::xUnlock, int>,
                       pass<&M::xCheckReservedLock, int *>,
                       pass<&M::xFileControl, int, void *>,
                       pass<&M::xSectorSize>,
                       pass<&M::xDeviceCharacteristics>,
                       pass<&M::xShmMap, int, int, int, void volatile **>,
                       pass<&M::xShmLock, int, int, int>,
                       onShmBarrier,
                       pass<&M::xShmUnmap, int>,
                       nullptr,
                       nullptr};
    return all;
}

int openFile(sqlite3_vfs *, const char *name, sqlite3_file *file, int flags, int *outFlags)
{
    constexpr int Kept = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL |
                         SQLITE_OPEN_SUPER_JOURNAL;
    Open *opened = of(file);
    *opened = {};
    opened->disk = name ? Disk::under(name) : nullptr;
    if (opened->disk && opened->disk->isCut())
        return SQLITE_CANTOPEN;
    const int code = below->xOpen(below, name, opened->real(), flags, outFlags);
    if (code != SQLITE_OK)
        return code;
    if (name && (flags & Kept))
        opened->path = new QByteArray(name);
    opened->base.pMethods = &methods();
    return SQLITE_OK;
}

int deleteFile(sqlite3_vfs *, const char *name, int isSynced)
{
    Disk *disk = Disk::under(name);
    if (disk && disk->isCut())
        return SQLITE_IOERR_DELETE;
    if (disk)
        disk->removed(name);
    return below->xDelete(below, name, isSynced);
}

} // namespace

void lieUnderSqlite()
{
    below = sqlite3_vfs_find(nullptr);
    static sqlite3_vfs layer = *below;
    layer.pNext = nullptr;
    layer.zName = "simulated";
    layer.szOsFile = int(sizeof(Open)) + below->szOsFile;
    layer.xOpen = openFile;
    layer.xDelete = deleteFile;
    if (sqlite3_vfs_register(&layer, 1) != SQLITE_OK)
        qFatal("no layer below SQLite");
}

Disk::Disk(const QString &folder)
    : m_folder((QDir(folder).absolutePath() + u'/').toUtf8())
{
    disks().push_back(this);
}

Disk::~Disk()
{
    std::erase(disks(), this);
}

Disk *Disk::under(const QByteArray &path)
{
    for (Disk *disk : disks()) {
        if (path.startsWith(disk->m_folder))
            return disk;
    }
    return nullptr;
}

void Disk::synced(const QByteArray &path)
{
    m_unsynced.erase(path);
    ++syncs;
    if (onSync)
        onSync();
}

void Disk::goOn(std::mt19937_64 &dice)
{
    for (const auto &[path, changes] : m_unsynced)
        loseSome(path, changes, dice);
    m_unsynced.clear();
    // What several connections share of a WAL is memory: it is gone with the power.
    const QDir folder(QString::fromUtf8(m_folder));
    for (const QString &name : folder.entryList({QStringLiteral("*-shm")}))
        QFile::remove(folder.filePath(name));
    m_isCut = false;
    fault = Fault::None;
}

/// First as if nothing had been written since the sync, then what came through all the same.
void Disk::loseSome(const QByteArray &path, const std::vector<Change> &changes,
                    std::mt19937_64 &dice)
{
    QFile file(QString::fromUtf8(path));
    if (!file.open(QIODevice::ReadWrite))
        return; // removed since
    const auto write = [&file](qint64 at, const QByteArray &bytes) {
        if (!file.seek(at) || file.write(bytes) != bytes.size())
            qFatal("the simulation's own disk is full");
    };
    for (auto change = changes.rbegin(); change != changes.rend(); ++change) {
        write(change->at, change->before);
        file.resize(change->sizeBefore);
    }
    const unsigned kept = unsigned(dice() % 101); // per cent
    for (const Change &change : changes) {
        if (dice() % 100 >= kept) {
            ++lostWrites;
        } else if (change.isTruncation) {
            file.resize(change.at);
        } else {
            const bool isTorn = change.after.size() > Sector && dice() % 8 == 0;
            const qint64 sectors = change.after.size() / Sector;
            write(change.at, isTorn ? change.after.left(qint64(dice() % quint64(sectors)) * Sector)
                                    : change.after);
        }
    }
}

} // namespace peerdesk::simulation
