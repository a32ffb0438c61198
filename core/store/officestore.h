// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/events/batch.h"
#include "core/store/logstore.h"

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace peerdesk::store {

class Database;
class SqlTables;
class FactArchive;

/// What became of one log entry. Dropped: empty payload, or decided in another term than it was
/// logged in; then nothing of it was applied.
struct AppliedBatch
{
    quint64 index = 0;
    quint64 term = 0;
    bool isDropped = false;
    events::Batch batch;
};

struct Applied
{
    std::vector<AppliedBatch> batches; ///< in order, those applied by this call
    quint64 index = 0;                 ///< the applied index now
    quint64 synced = 0;                ///< OfficeStore::syncedIndex() now
    std::optional<Error> stoppedBy;    ///< why the entries after `index` were not applied
};

/// Most log entries that a cut of the power may make this node apply again.
constexpr quint64 MaxUnsynced = 1024;

/// office.db: the replicated tables and the fact archive, written on the apply thread only. What it
/// applies is on the disk in raft.db already, so a commit is synced only every MaxUnsynced entries,
/// and where it erases or says which PCs belong to the office; after a cut of the power
/// appliedIndex() is an earlier one and the log is applied again from there.
class OfficeStore
{
public:
    static Result<std::unique_ptr<OfficeStore>> open(const QString &path);
    ~OfficeStore();

    quint64 appliedIndex() const;
    quint64 appliedTerm() const;
    /// Up to here what was applied is surely on the disk: raft.db may be cut below it. 0 = not
    /// known.
    quint64 syncedIndex() const { return m_synced; }
    /// 32 bytes over all replicated tables at appliedIndex(): equal on all nodes that applied the
    /// same log.
    QByteArray digest() const;

    /// Applies a group in one transaction, together with archive, digest and applied index.
    /// Entries at or below appliedIndex() are skipped (a replay); the rest must follow without a
    /// gap. An entry that cannot be applied ends the group: what was before it is committed and
    /// `stoppedBy` is set; if it was the first, its error is returned. It fails the same way again.
    /// Errors: Rejected "unknown-fact" (update this PC), Invalid "corrupt-entry" or "gap", Storage
    /// (nothing of the group was applied).
    Result<Applied> apply(const std::vector<LogEntry> &entries);

    /// Called in apply() with the files that an erasing fact names, before it is committed: what
    /// the log has will be erased, however often it is applied.
    void setFileEraser(std::function<void(const std::vector<QByteArray> &)> erase)
    {
        m_eraseFiles = std::move(erase);
    }

    /// Work on the file that apply() leaves for later, so that nobody waits for it: call it after
    /// the answers were given.
    void tidy();

    /// Becomes the copy that another node made of its tables; on the disk when it returns. Errors:
    /// Storage, Rejected "newer-version"; then nothing has changed.
    Result<Done> replaceBy(const QString &copy);

    /// The digest computed from all rows; slow, for tests and repair.
    Result<QByteArray> recomputeDigest();

    /// A copy of the tables in `file` to the new file `target`; the applied index of the copy.
    /// Any thread, while others read and write.
    static Result<quint64> copy(const QString &file, const QString &target);

private:
    explicit OfficeStore(std::unique_ptr<Database> db);
    Result<Done> load();
    Result<Done> applyAll(std::vector<AppliedBatch> &batches);
    Result<Done> applyOne(const AppliedBatch &batch);

    std::unique_ptr<Database> m_db;
    std::unique_ptr<SqlTables> m_tables;
    std::unique_ptr<FactArchive> m_archive;
    quint64 m_index = 0;
    quint64 m_term = 0;
    quint64 m_synced = 0;
    std::function<void(const std::vector<QByteArray> &)> m_eraseFiles;
    bool m_mustScrub = false; ///< something was erased, and may still stand in free pages
};

} // namespace peerdesk::store
