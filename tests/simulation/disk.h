// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <functional>
#include <map>
#include <random>
#include <vector>

namespace peerdesk::simulation {

/// The disk of one PC under its databases: what SQLite wrote to a file and did not sync since may
/// be lost, torn or kept when the PC goes off, each write for itself. Other files (attachments,
/// notes) are kept as they are. Every folder of a simulated PC has one, for as long as it lives.
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
    /// Called at each sync: a slow disk.
    std::function<void()> onSync;

    /// From now on nothing reaches the disk: the power is off.
    void cut() { m_isCut = true; }
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
    void synced(const QByteArray &path);
    void removed(const QByteArray &path) { m_unsynced.erase(path); }
    /// Whose folder holds that file; null = nobody's.
    static Disk *under(const QByteArray &path);

private:
    void loseSome(const QByteArray &path, const std::vector<Change> &changes,
                  std::mt19937_64 &dice);

    QByteArray m_folder;
    std::map<QByteArray, std::vector<Change>> m_unsynced;
    bool m_isCut = false;
};

/// Puts the layer below SQLite; once, before any database is opened.
void lieUnderSqlite();

} // namespace peerdesk::simulation
