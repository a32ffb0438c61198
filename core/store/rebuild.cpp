// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/rebuild.h"

#include "core/events/apply.h"
#include "core/store/factarchive.h"
#include "core/store/officeschema.h"
#include "core/store/sqltables.h"

#include <QFile>

namespace peerdesk::store {

namespace {

/// Facts restored before what they touched is written out: bounds the memory.
constexpr int FactsPerFlush = 512;

/// One rebuild inside one transaction.
class Rebuilder
{
public:
    explicit Rebuilder(Database &db)
        : m_db(db)
        , m_tables(db)
    {}

    Result<RebuildReport> run()
    {
        const auto before = computeDigest(m_db);
        if (!before)
            return before.error();
        if (const auto emptied = empty(); !emptied)
            return emptied.error();
        RebuildReport report{before->bytes(), {}, 0};
        for (bool more = true; more;) {
            const auto applied = applySome();
            if (!applied)
                return applied.error();
            report.facts += *applied;
            more = *applied == FactsPerFlush;
        }
        report.digestAfter = m_tables.digest().bytes();
        const auto marked =
            m_db.run(u"UPDATE applied SET digest = ?"_s, {m_tables.digest().bytes()});
        if (!marked)
            return marked.error();
        return report;
    }

private:
    Result<Done> empty()
    {
        for (const char *table : ReplicatedTables) {
            const auto deleted = m_db.run(u"DELETE FROM %1"_s.arg(QLatin1String(table)));
            if (!deleted)
                return deleted.error();
        }
        return Done{};
    }

    Result<int> applySome()
    {
        const auto rows = m_db.run(u"SELECT f.position, f.type, f.version, f.body, c.personal, "
                                   "b.time FROM fact f JOIN batch b ON b.idx = f.position >> 8 "
                                   "LEFT JOIN content c ON c.position = f.position "
                                   "WHERE f.position > ? ORDER BY f.position LIMIT ?"_s,
                                   {m_position, FactsPerFlush});
        if (!rows)
            return rows.error();
        int count = 0;
        while ((*rows)->next()) {
            const Statement &row = **rows;
            m_position = row.value(0).toLongLong();
            const auto fact =
                events::restore({row.value(1).toInt(), row.value(2).toInt(),
                                 row.value(3).toByteArray(), row.value(4).toByteArray()});
            if (!fact)
                return fact.error();
            events::apply(*fact,
                          {indexOfPosition(m_position), ordinalOfPosition(m_position),
                           Time{row.value(5).toLongLong()}},
                          m_tables);
            ++count;
        }
        (*rows)->finish();
        if (const auto flushed = m_tables.flush(); !flushed)
            return flushed.error();
        return count;
    }

    Database &m_db;
    SqlTables m_tables;
    qint64 m_position = -1;
};

} // namespace

Result<RebuildReport> rebuild(const QString &officeFile)
{
    if (!QFile::exists(officeFile))
        return notFound(u"there is no office in "_s + officeFile);
    const auto db = Database::open(officeFile, {Access::ReadWrite, officeSchema(), 16 * 1024, {}});
    if (!db)
        return db.error();
    if (const auto begun = (*db)->begin(); !begun)
        return begun.error();
    Rebuilder rebuilder(**db);
    const auto report = rebuilder.run();
    if (!report) {
        (*db)->rollback();
        return report.error();
    }
    if (const auto committed = (*db)->commit(); !committed)
        return committed.error();
    return *report;
}

} // namespace peerdesk::store
