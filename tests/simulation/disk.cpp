// SPDX-License-Identifier: GPL-3.0-or-later
#include "disk.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>

#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace peerdesk::simulation {

using namespace Qt::StringLiterals;

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
    if (!disk->beginSync())
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
    , m_spares((QDir(folder).absolutePath() + u".spare/"_s).toUtf8())
{
    QDir().mkpath(QString::fromUtf8(m_spares));
    disks().push_back(this);
}

Disk::~Disk()
{
    std::erase(disks(), this);
}

Disk *Disk::under(const QByteArray &path)
{
    for (Disk *disk : disks()) {
        if (path.startsWith(disk->m_folder) || path + '/' == disk->m_folder)
            return disk;
    }
    return nullptr;
}

bool Disk::beginSync()
{
    if (m_syncsLeft > 0 && --m_syncsLeft == 0)
        m_isCut = true;
    return !m_isCut && fault != Fault::SyncFails;
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
    losePlain(m_folder.chopped(1), dice);
    keepAll(m_folder.chopped(1));
    m_isCut = false;
    m_syncsLeft = 0;
    fault = Fault::None;
}

namespace {

/// Databases lie behind SQLite's layer, and what is locked is locked by a program.
bool isPlain(const QString &name)
{
    return !name.contains(u".db") && name != u"lock";
}

quint64 inodeOf(const QByteArray &path)
{
    struct stat found = {};
    return stat(path.constData(), &found) == 0 ? quint64(found.st_ino) : 0;
}

QByteArray hashOf(const QByteArray &path)
{
    QFile file(QString::fromUtf8(path));
    QCryptographicHash hash(QCryptographicHash::Sha256);
    return file.open(QIODevice::ReadOnly) && hash.addData(&file) ? hash.result() : QByteArray();
}

bool hasDatabase(const QString &folder)
{
    return !QDir(folder).entryList({u"*.db*"_s}, QDir::Files).isEmpty();
}

} // namespace

Disk::Folder Disk::listed(const QByteArray &folder)
{
    Folder out;
    const QDir dir(QString::fromUtf8(folder));
    for (const QFileInfo &entry :
         dir.entryInfoList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot)) {
        if (entry.isDir() ? !hasDatabase(entry.filePath()) : isPlain(entry.fileName()))
            out[entry.fileName().toUtf8()] = entry.isDir() ? 0 : inodeOf(entry.filePath().toUtf8());
    }
    return out;
}

QByteArray Disk::spare(quint64 inode) const
{
    return m_spares + QByteArray::number(inode);
}

void Disk::keepFolder(const QByteArray &folder)
{
    Folder &names = m_names[folder];
    names = listed(folder);
    for (const auto &[name, inode] : names) {
        if (inode != 0)
            (void)::link((folder + '/' + name).constData(), spare(inode).constData());
    }
}

void Disk::keepFile(const QByteArray &path)
{
    m_contents[inodeOf(path)] = hashOf(path);
}

/// What survived is what the disk has.
void Disk::keepAll(const QByteArray &folder)
{
    keepFolder(folder);
    for (const auto &[name, inode] : Folder(m_names[folder])) {
        if (inode == 0)
            keepAll(folder + '/' + name);
        else
            keepFile(folder + '/' + name);
    }
}

bool Disk::syncPlain(const QByteArray &path, const QByteArray &opened)
{
    if (!beginSync())
        return false;
    const QFileInfo what(QString::fromUtf8(path));
    if (what.isDir())
        keepFolder(path);
    else if (isPlain(what.fileName()))
        keepFile(opened);
    return true;
}

void Disk::losePlain(const QByteArray &folder, std::mt19937_64 &dice)
{
    loseNames(folder, dice);
    for (const auto &[name, inode] : listed(folder)) {
        if (inode == 0)
            losePlain(folder + '/' + name, dice);
        else
            loseBytes(folder + '/' + name, dice);
    }
}

/// Each name becomes what it was, or stays what it is.
void Disk::loseNames(const QByteArray &folder, std::mt19937_64 &dice)
{
    const Folder before = m_names[folder];
    const Folder after = listed(folder);
    Folder both = before;
    both.insert(after.begin(), after.end());
    for (const auto &[name, unused] : both) {
        const QByteArray path = folder + '/' + name;
        const auto was = before.find(name);
        const auto is = after.find(name);
        if (was != before.end() && is != after.end() && was->second == is->second)
            continue;
        if (dice() % 2 == 0)
            continue;
        ++lostFiles;
        if (is != after.end() && is->second == 0)
            QDir(QString::fromUtf8(path)).removeRecursively();
        else
            ::unlink(path.constData());
        if (was != before.end() && was->second != 0 &&
            ::link(spare(was->second).constData(), path.constData()) != 0)
            qFatal("a file that was safe is nowhere");
    }
}

void Disk::loseBytes(const QByteArray &path, std::mt19937_64 &dice)
{
    const auto safe = m_contents.find(inodeOf(path));
    if (safe != m_contents.end() && safe->second == hashOf(path))
        return;
    QFile file(QString::fromUtf8(path));
    const unsigned kept = unsigned(dice() % 3); // all, some, nothing
    if (kept == 0)
        return;
    ++lostFiles;
    file.resize(kept == 1 ? qint64(dice() % quint64(file.size() + 1)) : 0);
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

using peerdesk::simulation::Disk;

namespace {

/// What a program asks fsync() for goes to its PC's disk; anything else to the machine's.
int syncInstead(int descriptor, long call)
{
    const QByteArray opened = "/proc/self/fd/" + QByteArray::number(descriptor);
    char name[4096];
    const ssize_t size = readlink(opened.constData(), name, sizeof name);
    const QByteArray path(name, std::max<ssize_t>(0, size));
    Disk *disk = Disk::under(path);
    if (!disk)
        return int(syscall(call, descriptor));
    if (disk->syncPlain(path, opened))
        return 0;
    errno = EIO;
    return -1;
}

} // namespace

extern "C" __attribute__((visibility("default"))) int fsync(int descriptor)
{
    return syncInstead(descriptor, SYS_fsync);
}

extern "C" __attribute__((visibility("default"))) int fdatasync(int descriptor)
{
    return syncInstead(descriptor, SYS_fdatasync);
}
