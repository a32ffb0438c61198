// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QString>

#include <memory>
#include <optional>
#include <vector>

namespace peerdesk::store {

class Database;

/// One entry of the replicated log; the payload is opaque here.
struct LogEntry
{
    /// Command: the office's. Barrier: nothing, it only ends what older terms left open. Change:
    /// who is a member, encoded by core/cluster.
    enum class Kind : quint8 { Command = 1, Barrier, Change };

    quint64 index = 0; ///< from 1
    quint64 term = 0;
    QByteArray payload;
    Kind kind = Kind::Command;
    bool operator==(const LogEntry &) const = default;
};

/// Where the kept log begins: the last entry that is not kept any more, and the newest Change up to
/// it.
struct LogBase
{
    quint64 index = 0; ///< 0 = nothing was ever cut
    quint64 term = 0;
    quint64 changeIndex = 0;
    QByteArray change; ///< payload of the entry at changeIndex
    bool operator==(const LogBase &) const = default;
};

/// Largest payload of one entry. Source: decisions, "One Raft entry".
constexpr qsizetype MaxPayloadBytes = 256 * 1024;
/// Most entries that one cutBelow() removes, so that a transaction stays under 20 ms.
constexpr int MaxCutEntries = 2048;

/// raft.db: log, term and vote. Log thread only. synchronous=FULL: when a call has returned, its
/// effect is on the disk. After a failed write to the disk itself (not: disk full) every further
/// write is refused until the file is opened again; a failed fsync must not be retried.
class LogStore
{
public:
    static Result<std::unique_ptr<LogStore>> open(const QString &path);
    ~LogStore();

    /// Index of the oldest entry kept; lastIndex() + 1 when there is none.
    quint64 firstIndex() const { return m_base.index + 1; }
    const LogBase &base() const { return m_base; }
    /// Index of the newest entry ever appended and not replaced; 0 = none.
    quint64 lastIndex() const { return m_last; }
    /// Term of the entry at lastIndex(), also after everything was cut.
    quint64 lastTerm() const { return m_lastTerm; }
    quint64 term() const { return m_term; }
    /// Whom this node voted for in term(); 0 = nobody.
    quint64 vote() const { return m_vote; }

    /// Opaque: why this log goes on without members that were there before; empty = none left it.
    const QByteArray &takeover() const { return m_takeover; }
    /// What an empty log of a newcomer begins with.
    Result<Done> setTakeover(const QByteArray &takeover);
    /// One transaction: `change` becomes the newest entry and its term the term, nobody is voted
    /// for. Errors: Invalid, Storage.
    Result<Done> takeOver(const LogEntry &change, const QByteArray &takeover);

    /// Errors: Invalid if the term goes back.
    Result<Done> setTerm(quint64 term, quint64 vote);
    /// One transaction, one fsync. Indexes are consecutive; the first may replace kept entries (all
    /// from it on are dropped), but leaves no gap and touches nothing that was cut.
    /// Errors: Invalid, TooLarge (MaxPayloadBytes), Storage. Nothing is kept on an error.
    Result<Done> append(const std::vector<LogEntry> &entries);
    /// At most `limit` entries from `from` on, in order. Errors: NotFound if `from` was cut.
    Result<std::vector<LogEntry>> read(quint64 from, int limit) const;
    /// Forgets entries with a smaller index, at most MaxCutEntries per call; call again while
    /// firstIndex() < index. Only for what is fsynced in office.db. Errors: Invalid beyond the end.
    Result<Done> cutBelow(quint64 index);
    /// Work on the file that append() leaves for later: call it when the entries were reported.
    void tidy();
    /// See Database::scrub(): what was cut is in the file no more.
    Result<Done> scrub();
    /// Forgets every entry and goes on behind `base`: tables came from a peer, or the log is older
    /// than the tables that were made from it (restored or lost raft.db). Errors: Invalid for a
    /// base before the present one.
    Result<Done> restartBehind(const LogBase &base);

private:
    explicit LogStore(std::unique_ptr<Database> db);
    Result<Done> load();
    Result<Done> check(const std::vector<LogEntry> &entries) const;
    Result<Done> write(const std::vector<LogEntry> &entries);
    /// Ends the transaction by the outcome of its statements.
    Result<Done> settle(Result<Done> outcome);
    /// One transaction: `base` is kept, entries up to it, or all (`andAllBehind`), are gone.
    Result<Done> forgetUpTo(const LogBase &base, bool andAllBehind);
    /// The newest Change up to `index`; that of the base if none is newer.
    Result<LogBase> baseAt(quint64 index) const;

    std::unique_ptr<Database> m_db;
    LogBase m_base;
    quint64 m_last = 0;
    quint64 m_lastTerm = 0;
    quint64 m_term = 0;
    quint64 m_vote = 0;
    QByteArray m_takeover;
    std::optional<Error> m_broken;
};

} // namespace peerdesk::store
