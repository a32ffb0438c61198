// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/rebuild.h"

#include "core/events/apply.h"
#include "core/store/factarchive.h"
#include "core/store/filesync.h"
#include "core/store/officeschema.h"
#include "core/store/sqltables.h"

#include <QFile>

#include <cstdio>

namespace peerdesk::store {

namespace {

/// Facts restored before what they touched is written out: bounds the memory and the transaction.
constexpr int FactsPerGroup = 512;
constexpr int RebuildCacheKiB = 16 * 1024;

QString unfinished(const QString &officeFile)
{
    return officeFile + u".rebuilding"_s;
}

/// One row of `sql`, or the error that kept it from being read.
Result<std::optional<QVariantList>> firstRow(Database &db, const QString &sql, int columns)
{
    const auto rows = db.run(sql);
    if (!rows)
        return rows.error();
    std::optional<QVariantList> row;
    if ((*rows)->next()) {
        row.emplace();
        for (int i = 0; i < columns; ++i)
            row->append((*rows)->value(i));
    }
    const auto error = (*rows)->lastError();
    (*rows)->finish();
    if (error.isValid())
        return storageError(error, u"reading "_s + db.path());
    return row;
}

/// Copies the archive of one file into a new one and applies it there.
class Rebuilder
{
public:
    Rebuilder(Database &from, Database &to)
        : m_from(from)
        , m_to(to)
        , m_tables(to)
        , m_archive(to)
    {}

    Result<RebuildReport> run()
    {
        const auto before = computeDigest(m_from); // damage is why people rebuild
        RebuildReport report{before ? before->bytes() : QByteArray(), {}, 0};
        for (int count = FactsPerGroup; count == FactsPerGroup; report.facts += count) {
            const auto copied = inOneTransaction([this] { return copySome(); });
            if (!copied)
                return copied.error();
            count = *copied;
        }
        const auto ended = inOneTransaction([this] { return finish(); });
        if (!ended)
            return ended.error();
        report.digestAfter = m_tables.digest().bytes();
        return report;
    }

private:
    template <typename Work>
    Result<int> inOneTransaction(const Work &work)
    {
        if (const auto begun = m_to.begin(); !begun)
            return begun.error();
        Result<int> outcome = work();
        if (!outcome) {
            m_to.rollback();
            return outcome;
        }
        if (const auto committed = m_to.commit(); !committed)
            return committed.error();
        return outcome;
    }

    /// How many facts were copied; fewer than FactsPerGroup = those were the last.
    Result<int> copySome()
    {
        const auto rows =
            m_from.run(u"SELECT f.position, f.type, f.version, f.body, c.personal FROM fact f "
                       "LEFT JOIN content c ON c.position = f.position "
                       "WHERE f.position > ? ORDER BY f.position LIMIT ?"_s,
                       {m_position, FactsPerGroup});
        if (!rows)
            return rows.error();
        int count = 0;
        Result<Done> good = Done{};
        while (good && (*rows)->next()) {
            const Statement &row = **rows;
            m_position = row.value(0).toLongLong();
            good = take({row.value(1).toInt(), row.value(2).toInt(), row.value(3).toByteArray(),
                         row.value(4).toByteArray()});
            ++count;
        }
        // The end of the rows and a page that cannot be read look alike until one asks.
        if (good && (*rows)->lastError().isValid())
            good = storageError((*rows)->lastError(), u"reading the archive"_s);
        (*rows)->finish();
        if (!good)
            return good.error();
        if (const auto flushed = m_tables.flush(); !flushed)
            return flushed.error();
        return count;
    }

    Result<Done> take(const events::ArchivedFact &archived)
    {
        const quint64 index = indexOfPosition(m_position);
        if (index != m_index) {
            if (const auto copied = copyBatch(index); !copied)
                return copied;
        }
        const auto fact = events::restore(archived);
        if (!fact)
            return fact.error();
        events::apply(*fact, {index, ordinalOfPosition(m_position), m_time}, m_tables);
        return m_archive.keep(m_position, archived, *fact);
    }

    Result<Done> copyBatch(quint64 index)
    {
        const auto row = m_from.run(u"SELECT idx, term, time, command, origin, actor, session "
                                    "FROM batch WHERE idx = ?"_s,
                                    {qint64(index)});
        if (!row)
            return row.error();
        QVariantList values;
        if ((*row)->next()) {
            for (int i = 0; i < 7; ++i)
                values.append((*row)->value(i));
        }
        const auto error = (*row)->lastError();
        (*row)->finish();
        if (values.isEmpty() || error.isValid())
            return Error{Error::Code::Storage,
                         u"batch %1 cannot be read: "_s.arg(index) + error.text, u"corrupt"_s};
        m_index = index;
        m_term = values[1].toULongLong();
        m_time = Time{values[2].toLongLong()};
        const auto added =
            m_to.run(u"INSERT INTO batch (idx, term, time, command, origin, actor, session) "
                     "VALUES (?, ?, ?, ?, ?, ?, ?)"_s,
                     values);
        return added ? Result<Done>(Done{}) : added.error();
    }

    /// Dropped entries have no batch: where the log stands is in a row of its own, and the newest
    /// batch stands in for it if that is what is damaged.
    Result<int> finish()
    {
        const auto applied = firstRow(m_from, u"SELECT idx, term FROM applied"_s, 2);
        if (applied && *applied && (**applied)[0].toULongLong() >= m_index) {
            m_index = (**applied)[0].toULongLong();
            m_term = (**applied)[1].toULongLong();
        }
        const auto marked = m_to.run(u"UPDATE applied SET idx = ?, term = ?, digest = ?"_s,
                                     {qint64(m_index), qint64(m_term), m_tables.digest().bytes()});
        return marked ? Result<int>(0) : marked.error();
    }

    Database &m_from;
    Database &m_to;
    SqlTables m_tables;
    FactArchive m_archive;
    qint64 m_position = -1;
    quint64 m_index = 0;
    quint64 m_term = 0;
    Time m_time;
};

/// Everything that is in the write-ahead log goes into the file, so that the file alone is whole.
Result<Done> foldBack(Database &db)
{
    const auto row = firstRow(db, u"PRAGMA wal_checkpoint(TRUNCATE)"_s, 1);
    if (!row)
        return row.error();
    if (!*row || (**row)[0].toInt() != 0)
        return rejected(u"%1 is in use"_s.arg(db.path()), u"in-use"_s);
    return Done{};
}

Result<RebuildReport> build(const QString &officeFile)
{
    const auto from =
        Database::open(officeFile, {Access::ReadWrite, officeSchema(), RebuildCacheKiB, {}});
    if (!from)
        return from.error();
    if (const auto folded = foldBack(**from); !folded)
        return folded.error();
    const auto to = Database::open(unfinished(officeFile),
                                   {Access::ReadWrite, officeSchema(), RebuildCacheKiB, {}});
    if (!to)
        return to.error();
    // Its commits need not be synced one by one: before the rename the whole file is.
    if (const auto set = (*to)->setSynced(false); !set)
        return set.error();
    auto report = Rebuilder(**from, **to).run();
    if (!report)
        return report;
    if (const auto folded = foldBack(**to); !folded)
        return folded.error();
    return report;
}

Result<Done> putInPlace(const QString &officeFile)
{
    const QString made = unfinished(officeFile);
    // A write-ahead log that stayed would be read as one of the new file.
    const QString log = officeFile + u"-wal"_s;
    if (QFile::exists(log) && QFile(log).size() > 0)
        return rejected(u"%1 is in use"_s.arg(officeFile), u"in-use"_s);
    if (!syncFile(made) || ::rename(QFile::encodeName(made).constData(),
                                    QFile::encodeName(officeFile).constData()) != 0)
        return Error{Error::Code::Storage, u"cannot put %1 in place"_s.arg(made), u"io"_s};
    if (!syncFolderOf(officeFile))
        return Error{Error::Code::Storage, u"cannot sync the folder of "_s + officeFile, u"io"_s};
    return Done{};
}

} // namespace

Result<RebuildReport> rebuild(const QString &officeFile)
{
    if (!QFile::exists(officeFile))
        return notFound(u"there is no office in "_s + officeFile);
    forgetUnfinishedRebuild(officeFile);
    auto report = build(officeFile); // both files are closed when it returns
    if (report) {
        if (const auto placed = putInPlace(officeFile); !placed)
            report = placed.error();
    }
    if (!report)
        forgetUnfinishedRebuild(officeFile);
    return report;
}

void forgetUnfinishedRebuild(const QString &officeFile)
{
    for (const auto *tail : {"", "-wal", "-shm"})
        QFile::remove(unfinished(officeFile) + QLatin1String(tail));
}

} // namespace peerdesk::store
