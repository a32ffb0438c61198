// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/statement.h"

#include <QHash>
#include <QStringList>

#include <memory>
#include <vector>

namespace peerdesk::store {

enum class Access { ReadWrite, ReadOnly };

/// One step of a file's schema. Numbers ascend from 1 and are never changed once published.
struct Migration
{
    int number = 0;
    QStringList statements;
};

/// How a file is opened. `key` is what the key hook gets; encryption is off, so a non-empty key is
/// refused rather than ignored.
struct OpenOptions
{
    Access access = Access::ReadWrite;
    std::vector<Migration> migrations; ///< of the newest version that this program knows
    int cacheKiB = 2048;               ///< SQLite's page cache
    QByteArray key;
};

/// One SQLite connection of one thread: WAL, synchronous=FULL (a commit is an fsync), values
/// are bound, never concatenated. Use and destroy it in the thread that opened it. Errors of every
/// call: Storage, with `state` one of "disk-full", "read-only", "newer-version", "corrupt", "io" or
/// empty.
class Database
{
public:
    /// Opens, keys, checks the version and migrates forward in one transaction.
    /// A file from a newer program is left untouched.
    static Result<std::unique_ptr<Database>> open(const QString &path, const OpenOptions &options);
    ~Database();
    Database(const Database &) = delete;
    Database &operator=(const Database &) = delete;

    /// A prepared statement, kept for the life of the connection. The pointer stays valid.
    Result<Statement *> prepared(const QString &sql);
    /// Binds by position and executes. For statements with rows, iterate the query, then
    /// `finish()`.
    Result<Statement *> run(const QString &sql, const QVariantList &values = {});

    /// BEGIN IMMEDIATE for writers, a read snapshot for readers.
    Result<Done> begin();
    Result<Done> commit();
    void rollback();
    /// Whether later commits are synced; those before the last synced one then are, too. What is
    /// not synced survives the end of the program, not of the power; the file stays consistent.
    Result<Done> setSynced(bool isSynced);
    /// From now on no commit waits until what it wrote lies in the file itself (a checkpoint, with
    /// two fsyncs): that is left to tidy(), up to MaxWalPages.
    void deferCheckpoints();
    /// Does it, if TidyPages lie in the WAL by now; others go on reading and writing. Call it when
    /// nobody waits. A failure costs disk only: the next call tries again.
    void tidy();

    /// What was deleted is in no free page and no log of the file any more: writes it anew, if it
    /// has MaxScrubBytes at most (of a larger one only what is deleted from now on is overwritten),
    /// and empties the WAL. Others wait to write meanwhile. Errors: also if others still read what
    /// was before; then try again.
    Result<Done> scrub();

    /// A consistent copy as of now; `target` must not exist. Others go on meanwhile.
    Result<Done> copyTo(const QString &target);
    /// Becomes what `source` holds, in one transaction: whoever reads sees all of it or nothing.
    Result<Done> replaceBy(const Database &source);

    /// For tests: EXPLAIN QUERY PLAN of every SELECT that was used so far, "statement: step".
    QStringList plans();

    const QString &path() const { return m_path; }

    static constexpr int TidyPages = 1'000;
    static constexpr qint64 MaxScrubBytes = 512LL * 1024 * 1024;
    static constexpr int MaxWalPages = 16'000; ///< about 64 MB: then a commit does it after all

private:
    static int onCommitted(void *self, sqlite3 *connection, const char *name, int walPages);
    explicit Database(QString path);
    Result<Done> connect(const OpenOptions &options);
    Result<Done> migrate(const std::vector<Migration> &migrations);
    /// Runs a statement of ours once, without keeping it.
    Result<Done> once(const QString &sql);

    QString m_path;
    sqlite3 *m_db = nullptr;
    Access m_access = Access::ReadWrite;
    bool m_isSynced = true;
    int m_walPages = 0; ///< as of the last commit, once checkpoints are deferred
    QHash<QString, std::shared_ptr<Statement>> m_statements;
};

} // namespace peerdesk::store
