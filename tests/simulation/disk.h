// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <functional>
#include <map>
#include <random>
#include <vector>

namespace peerdesk::simulation {

/// The disk of one PC: what SQLite wrote to a file and did not sync since may be lost, torn or kept
/// when the PC goes off, each write for itself. Of other files (attachments, notes) the bytes are
/// safe once fsync() was asked for the file, and its name once it was asked for the folder: names
/// that came or went since may be gone or be back, bytes be missing or cut off. Names of databases
/// stay. Every folder of a simulated PC has one, for as long as it lives.
class Disk
{
public:
    enum class Fault { None, Full, WriteFails, SyncFails };

    explicit Disk(const QString &folder);
    ~Disk();
    Disk(const Disk &) = delete;
    Disk &operator=(const Disk &) = delete;

    Fault fault = Fault::None;
    qint64 syncs = 0;
    qint64 lostWrites = 0;
    qint64 lostFiles = 0; ///< names and bytes of files that are no databases
    /// Called at each sync: a slow disk.
    std::function<void()> onSync;

    /// From now on nothing reaches the disk: the power is off.
    void cut() { m_isCut = true; }
    /// The power goes in the middle of what the program does: at the sync of that number from now.
    void cutAtSync(int number) { m_syncsLeft = number; }
    /// The databases become what the disk has; nobody may have them open.
    void goOn(std::mt19937_64 &dice);

    struct Change
    {
        qint64 at = 0;
        QByteArray before;
        QByteArray after;
        qint64 sizeBefore = 0;
        bool isTruncation = false;
    };
    // For the layer below SQLite:
    bool isCut() const { return m_isCut; }
    void note(const QByteArray &path, Change change) { m_unsynced[path].push_back(change); }
    /// False: the disk fails, or the power goes.
    bool beginSync();
    void synced(const QByteArray &path);
    void removed(const QByteArray &path) { m_unsynced.erase(path); }
    /// Whose folder holds that file or is that folder; null = nobody's.
    static Disk *under(const QByteArray &path);
    /// For fsync() of a file that is open, and may not have that name yet; false = it fails.
    bool syncPlain(const QByteArray &path, const QByteArray &opened);

private:
    void loseSome(const QByteArray &path, const std::vector<Change> &changes,
                  std::mt19937_64 &dice);

    using Folder = std::map<QByteArray, quint64>; ///< inodes of files, 0 of folders, by name
    static Folder listed(const QByteArray &folder);
    /// Names and bytes there are safe from now on.
    void keepFolder(const QByteArray &folder);
    void keepFile(const QByteArray &path);
    void keepAll(const QByteArray &folder);
    void losePlain(const QByteArray &folder, std::mt19937_64 &dice);
    void loseNames(const QByteArray &folder, std::mt19937_64 &dice);
    void loseBytes(const QByteArray &path, std::mt19937_64 &dice);
    /// A second name of a file whose name is safe, in case that it is taken away.
    QByteArray spare(quint64 inode) const;

    QByteArray m_folder;
    QByteArray m_spares;                      ///< the folder of spare()
    std::map<QByteArray, Folder> m_names;     ///< by folder: what the disk has
    std::map<quint64, QByteArray> m_contents; ///< hashes of the bytes that the disk has, by inode
    std::map<QByteArray, std::vector<Change>> m_unsynced;
    bool m_isCut = false;
    int m_syncsLeft = 0; ///< until the power goes; 0 = it stays
};

/// Puts the layer below SQLite; once, before any database is opened.
void lieUnderSqlite();

} // namespace peerdesk::simulation
