// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/logstore.h"

#include "core/store/database.h"

namespace peerdesk::store {

using namespace Qt::StringLiterals;

namespace {

const std::vector<Migration> &logSchema()
{
    static const std::vector<Migration> migrations{
        {1,
         {u"CREATE TABLE entry (idx INTEGER PRIMARY KEY, term INTEGER NOT NULL, "
          "payload BLOB NOT NULL)"_s,
          u"CREATE TABLE state (id INTEGER PRIMARY KEY CHECK (id = 1), term INTEGER NOT NULL, "
          "vote BLOB NOT NULL, cut_index INTEGER NOT NULL, cut_term INTEGER NOT NULL)"_s,
          u"INSERT INTO state VALUES (1, 0, x'', 0, 0)"_s}},
        {2,
         {u"ALTER TABLE entry ADD COLUMN kind INTEGER NOT NULL DEFAULT 1"_s,
          u"ALTER TABLE state ADD COLUMN change_index INTEGER NOT NULL DEFAULT 0"_s,
          u"ALTER TABLE state ADD COLUMN change BLOB NOT NULL DEFAULT x''"_s,
          u"UPDATE state SET vote = 0"_s}},
        {3, {u"ALTER TABLE state ADD COLUMN takeover BLOB NOT NULL DEFAULT x''"_s}}};
    return migrations;
}

} // namespace

LogStore::LogStore(std::unique_ptr<Database> db)
    : m_db(std::move(db))
{}

LogStore::~LogStore() = default;

Result<std::unique_ptr<LogStore>> LogStore::open(const QString &path)
{
    auto db = Database::open(path, {Access::ReadWrite, logSchema(), 2048, {}});
    if (!db)
        return db.error();
    (*db)->deferCheckpoints();
    std::unique_ptr<LogStore> store(new LogStore(std::move(*db)));
    if (const auto loaded = store->load(); !loaded)
        return loaded.error();
    return store;
}

Result<Done> LogStore::load()
{
    const auto state =
        m_db->run(u"SELECT term, vote, cut_index, cut_term, change_index, change, takeover "
                  "FROM state"_s);
    if (!state)
        return state.error();
    if (!(*state)->next())
        return Error{Error::Code::Storage, u"raft.db has no state row"_s, u"corrupt"_s};
    m_term = (*state)->value(0).toULongLong();
    m_vote = quint64((*state)->value(1).toLongLong());
    m_base = {(*state)->value(2).toULongLong(), (*state)->value(3).toULongLong(),
              (*state)->value(4).toULongLong(), (*state)->value(5).toByteArray()};
    m_takeover = (*state)->value(6).toByteArray();
    m_last = m_base.index;
    m_lastTerm = m_base.term;
    (*state)->finish();
    const auto newest = m_db->run(u"SELECT idx, term FROM entry ORDER BY idx DESC LIMIT 1"_s);
    if (!newest)
        return newest.error();
    if ((*newest)->next()) {
        m_last = (*newest)->value(0).toULongLong();
        m_lastTerm = (*newest)->value(1).toULongLong();
    }
    (*newest)->finish();
    return Done{};
}

Result<Done> LogStore::settle(Result<Done> outcome)
{
    if (outcome)
        outcome = m_db->commit();
    else
        m_db->rollback();
    // Whether a failed fsync reached the disk cannot be known, and a second one would lie.
    if (!outcome && outcome.error().state == u"io")
        m_broken = outcome.error();
    return outcome;
}

Result<Done> LogStore::setTerm(quint64 term, quint64 vote)
{
    if (m_broken)
        return *m_broken;
    if (term < m_term)
        return invalid(u"the term cannot go back from %1 to %2"_s.arg(m_term).arg(term));
    if (const auto begun = m_db->begin(); !begun)
        return begun.error();
    const auto written =
        m_db->run(u"UPDATE state SET term = ?, vote = ?"_s, {qint64(term), qint64(vote)});
    const auto settled = settle(written ? Result<Done>(Done{}) : written.error());
    if (!settled)
        return settled.error();
    m_term = term;
    m_vote = vote;
    return Done{};
}

Result<Done> LogStore::setTakeover(const QByteArray &takeover)
{
    if (m_broken)
        return *m_broken;
    if (const auto begun = m_db->begin(); !begun)
        return begun.error();
    const auto written = m_db->run(u"UPDATE state SET takeover = ?"_s, {takeover});
    const auto settled = settle(written ? Result<Done>(Done{}) : written.error());
    if (settled)
        m_takeover = takeover;
    return settled;
}

Result<Done> LogStore::takeOver(const LogEntry &change, const QByteArray &takeover)
{
    if (m_broken)
        return *m_broken;
    if (change.index != m_last + 1 || change.term <= m_term)
        return invalid(u"a takeover goes on behind the log, in a later term"_s);
    if (const Result<Done> checked = check({change}); !checked)
        return checked;
    if (const auto begun = m_db->begin(); !begun)
        return begun.error();
    Result<Done> outcome = write({change});
    if (outcome) {
        const auto marked = m_db->run(u"UPDATE state SET term = ?, vote = 0, takeover = ?"_s,
                                      {qint64(change.term), takeover});
        outcome = marked ? Result<Done>(Done{}) : marked.error();
    }
    if (const auto settled = settle(std::move(outcome)); !settled)
        return settled.error();
    m_last = change.index;
    m_lastTerm = m_term = change.term;
    m_vote = 0;
    m_takeover = takeover;
    return Done{};
}

Result<Done> LogStore::check(const std::vector<LogEntry> &entries) const
{
    quint64 expected = entries.front().index;
    if (expected <= m_base.index || expected > m_last + 1)
        return invalid(u"entry %1 does not continue the log (%2 to %3)"_s.arg(expected)
                           .arg(firstIndex())
                           .arg(m_last));
    for (const LogEntry &entry : entries) {
        if (entry.index != expected++)
            return invalid(u"entries are not consecutive at %1"_s.arg(entry.index));
        if (entry.payload.size() > MaxPayloadBytes) {
            return Error{
                Error::Code::TooLarge, u"entry %1 is larger than 256 KiB"_s.arg(entry.index), {}};
        }
    }
    return Done{};
}

Result<Done> LogStore::write(const std::vector<LogEntry> &entries)
{
    if (entries.front().index <= m_last) {
        const auto dropped =
            m_db->run(u"DELETE FROM entry WHERE idx >= ?"_s, {qint64(entries.front().index)});
        if (!dropped)
            return dropped.error();
    }
    const auto query =
        m_db->prepared(u"INSERT INTO entry (idx, term, payload, kind) VALUES (?, ?, ?, ?)"_s);
    if (!query)
        return query.error();
    for (const LogEntry &entry : entries) {
        (*query)->bindValue(0, qint64(entry.index));
        (*query)->bindValue(1, qint64(entry.term));
        (*query)->bindValue(2, entry.payload.isNull() ? QByteArray("") : entry.payload);
        (*query)->bindValue(3, qint64(entry.kind));
        if (!(*query)->exec())
            return storageError((*query)->lastError(), u"writing the log"_s);
    }
    return Done{};
}

Result<Done> LogStore::append(const std::vector<LogEntry> &entries)
{
    if (m_broken)
        return *m_broken;
    if (entries.empty())
        return Done{};
    if (const auto checked = check(entries); !checked)
        return checked.error();
    if (const auto begun = m_db->begin(); !begun)
        return begun.error();
    if (const auto settled = settle(write(entries)); !settled)
        return settled.error();
    m_last = entries.back().index;
    m_lastTerm = entries.back().term;
    return Done{};
}

Result<std::vector<LogEntry>> LogStore::read(quint64 from, int limit) const
{
    if (from <= m_base.index)
        return notFound(u"entry %1 was cut from the log"_s.arg(from));
    const auto query = m_db->run(
        u"SELECT idx, term, payload, kind FROM entry WHERE idx >= ? ORDER BY idx LIMIT ?"_s,
        {qint64(from), qMax(0, limit)});
    if (!query)
        return query.error();
    std::vector<LogEntry> entries;
    while ((*query)->next()) {
        entries.push_back({(*query)->value(0).toULongLong(), (*query)->value(1).toULongLong(),
                           (*query)->value(2).toByteArray(),
                           LogEntry::Kind((*query)->value(3).toInt())});
    }
    (*query)->finish();
    return entries;
}

Result<Done> LogStore::cutBelow(quint64 index)
{
    if (m_broken)
        return *m_broken;
    if (index > m_last + 1)
        return invalid(u"cannot cut below %1, the log ends at %2"_s.arg(index).arg(m_last));
    if (index <= firstIndex())
        return Done{};
    const Result<LogBase> base = baseAt(qMin(index - 1, m_base.index + MaxCutEntries));
    return base ? forgetUpTo(*base, false) : base.error();
}

Result<LogBase> LogStore::baseAt(quint64 index) const
{
    const auto newest = read(index, 1);
    if (!newest)
        return newest.error();
    if (newest->empty() || newest->front().index != index)
        return Error{Error::Code::Storage, u"entry %1 is missing"_s.arg(index), u"corrupt"_s};
    LogBase base{index, newest->front().term, m_base.changeIndex, m_base.change};
    const auto change = m_db->run(u"SELECT idx, payload FROM entry WHERE idx <= ? AND kind = ? "
                                  "ORDER BY idx DESC LIMIT 1"_s,
                                  {qint64(index), qint64(LogEntry::Kind::Change)});
    if (!change)
        return change.error();
    if ((*change)->next()) {
        base.changeIndex = (*change)->value(0).toULongLong();
        base.change = (*change)->value(1).toByteArray();
    }
    (*change)->finish();
    return base;
}

Result<Done> LogStore::scrub()
{
    return m_broken ? Result<Done>(*m_broken) : m_db->scrub();
}

void LogStore::tidy()
{
    m_db->tidy();
}

Result<Done> LogStore::restartBehind(const LogBase &base)
{
    if (m_broken)
        return *m_broken;
    if (base.index < m_base.index)
        return invalid(u"the log begins at %1 already"_s.arg(firstIndex()));
    if (const auto forgotten = forgetUpTo(base, true); !forgotten)
        return forgotten;
    m_last = base.index;
    m_lastTerm = base.term;
    return Done{};
}

Result<Done> LogStore::forgetUpTo(const LogBase &base, bool andAllBehind)
{
    if (const auto begun = m_db->begin(); !begun)
        return begun.error();
    Result<Done> outcome = Done{};
    const auto marked =
        m_db->run(u"UPDATE state SET cut_index = ?, cut_term = ?, change_index = ?, change = ?"_s,
                  {qint64(base.index), qint64(base.term), qint64(base.changeIndex),
                   base.change.isNull() ? QByteArray("") : base.change});
    const auto deleted =
        andAllBehind ? m_db->run(u"DELETE FROM entry"_s)
                     : m_db->run(u"DELETE FROM entry WHERE idx <= ?"_s, {qint64(base.index)});
    if (!marked || !deleted)
        outcome = marked ? deleted.error() : marked.error();
    if (const auto settled = settle(std::move(outcome)); !settled)
        return settled.error();
    m_base = base;
    return Done{};
}

} // namespace peerdesk::store
