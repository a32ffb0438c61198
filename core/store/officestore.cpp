// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/officestore.h"

#include "core/events/apply.h"
#include "core/store/factarchive.h"
#include "core/store/officeschema.h"
#include "core/store/sqltables.h"

namespace peerdesk::store {

namespace {

/// The write connection's page cache: the random parts of the indexes should stay in it.
constexpr int CacheKiB = 16 * 1024;

Result<AppliedBatch> decodeEntry(const LogEntry &entry)
{
    AppliedBatch applied{entry.index, entry.term, true, {}};
    if (entry.payload.isEmpty())
        return applied;
    auto batch = events::decodeBatch(entry.payload);
    if (!batch) {
        Error error = batch.error();
        error.detail = u"log entry %1: "_s.arg(entry.index) + error.detail;
        if (error.code == Error::Code::Invalid)
            error.state = u"corrupt-entry"_s;
        return error;
    }
    applied.isDropped = batch->term != entry.term;
    if (!applied.isDropped)
        applied.batch = std::move(*batch);
    return applied;
}

template <typename... Facts>
bool hold(const std::vector<AppliedBatch> &batches)
{
    const auto isOne = [](const events::Fact &fact) {
        return (std::holds_alternative<Facts>(fact) || ...);
    };
    return std::any_of(batches.begin(), batches.end(), [&](const AppliedBatch &batch) {
        return !batch.isDropped &&
               std::any_of(batch.batch.facts.begin(), batch.batch.facts.end(), isOne);
    });
}

bool erases(const std::vector<AppliedBatch> &batches)
{
    return hold<events::ContentErased, events::CustomerErased>(batches);
}

/// What this PC finds the others by. If the power took it, the log could not bring it back: of
/// several PCs none says what is committed before the others know it.
bool saysWhoBelongs(const std::vector<AppliedBatch> &batches)
{
    return hold<events::OfficeCreated, events::NodeJoined, events::NodeChanged>(batches);
}

/// Decodes entries after `applied` as far as they follow without a gap and make sense.
Applied decodeGroup(const std::vector<LogEntry> &entries, quint64 applied)
{
    Applied group{{}, applied, 0, {}};
    for (const LogEntry &entry : entries) {
        if (entry.index <= applied)
            continue;
        if (entry.index != group.index + 1) {
            group.stoppedBy = Error{
                Error::Code::Invalid,
                u"log entry %1 does not follow %2"_s.arg(entry.index).arg(group.index), u"gap"_s};
            break;
        }
        auto decoded = decodeEntry(entry);
        if (!decoded) {
            group.stoppedBy = decoded.error();
            break;
        }
        group.batches.push_back(std::move(*decoded));
        group.index = entry.index;
    }
    return group;
}

} // namespace

OfficeStore::OfficeStore(std::unique_ptr<Database> db)
    : m_db(std::move(db))
    , m_tables(std::make_unique<SqlTables>(*m_db))
    , m_archive(std::make_unique<FactArchive>(*m_db))
{}

OfficeStore::~OfficeStore() = default;

Result<std::unique_ptr<OfficeStore>> OfficeStore::open(const QString &path)
{
    auto db = Database::open(path, {Access::ReadWrite, officeSchema(), CacheKiB, {}});
    if (!db)
        return db.error();
    (*db)->deferCheckpoints();
    std::unique_ptr<OfficeStore> store(new OfficeStore(std::move(*db)));
    if (const auto loaded = store->load(); !loaded)
        return loaded.error();
    return store;
}

Result<Done> OfficeStore::load()
{
    const auto row = m_db->run(u"SELECT idx, term, digest FROM applied"_s);
    if (!row)
        return row.error();
    if (!(*row)->next())
        return Error{Error::Code::Storage, u"office.db has no applied index"_s, u"corrupt"_s};
    m_index = (*row)->value(0).toULongLong();
    m_term = (*row)->value(1).toULongLong();
    m_tables->reset(Digest::fromBytes((*row)->value(2).toByteArray()));
    (*row)->finish();
    const auto erased = m_db->run(
        u"SELECT (SELECT coalesce(max(position), 0) FROM fact WHERE "_s + factsOfPersons() +
        u" AND type IN (44, 67)) >= ((SELECT idx FROM scrubbed) + 1) << 8"_s);
    if (!erased)
        return erased.error();
    m_mustScrub = (*erased)->next() && (*erased)->value(0).toBool();
    (*erased)->finish();
    return Done{};
}

quint64 OfficeStore::appliedIndex() const
{
    return m_index;
}

quint64 OfficeStore::appliedTerm() const
{
    return m_term;
}

QByteArray OfficeStore::digest() const
{
    return m_tables->digest().bytes();
}

Result<Applied> OfficeStore::apply(const std::vector<LogEntry> &entries)
{
    Applied group = decodeGroup(entries, m_index);
    group.synced = m_synced;
    if (group.batches.empty()) {
        if (group.stoppedBy)
            return *group.stoppedBy;
        return group;
    }
    const bool isErasing = erases(group.batches);
    const bool isSynced =
        isErasing || saysWhoBelongs(group.batches) || group.index >= m_synced + MaxUnsynced;
    if (const auto set = m_db->setSynced(isSynced); !set)
        return set.error();
    if (const auto begun = m_db->begin(); !begun)
        return begun.error();
    const Digest before = m_tables->digest();
    Result<Done> outcome = applyAll(group.batches);
    if (outcome)
        outcome = m_db->commit();
    else
        m_db->rollback();
    if (!outcome) {
        m_tables->reset(before);
        return outcome.error();
    }
    m_mustScrub = m_mustScrub || isErasing;
    m_index = group.index;
    m_term = group.batches.back().term;
    if (isSynced)
        m_synced = m_index;
    group.synced = m_synced;
    return group;
}

Result<Done> OfficeStore::applyAll(std::vector<AppliedBatch> &batches)
{
    for (const AppliedBatch &batch : batches) {
        if (batch.isDropped)
            continue;
        if (const auto applied = applyOne(batch); !applied)
            return applied.error();
    }
    if (const auto flushed = m_tables->flush(); !flushed)
        return flushed.error();
    const auto marked = m_db->run(
        u"UPDATE applied SET idx = ?, term = ?, digest = ?"_s,
        {qint64(batches.back().index), qint64(batches.back().term), m_tables->digest().bytes()});
    if (!marked)
        return marked.error();
    return Done{};
}

Result<Done> OfficeStore::applyOne(const AppliedBatch &batch)
{
    int ordinal = 0;
    for (const events::Fact &fact : batch.batch.facts)
        events::apply(fact, {batch.index, ordinal++, batch.batch.time}, *m_tables);
    if (const auto added = m_archive->add(batch.index, batch.term, batch.batch); !added)
        return added;
    for (const events::Fact &fact : batch.batch.facts) {
        if (const auto forgotten = m_archive->forget(fact); !forgotten)
            return forgotten;
        const auto *content = std::get_if<events::ContentErased>(&fact);
        if (content && m_eraseFiles)
            m_eraseFiles(content->attachments);
    }
    return Done{};
}

void OfficeStore::tidy()
{
    if (m_mustScrub && m_db->scrub() &&
        m_db->run(u"UPDATE scrubbed SET idx = ?"_s, {qint64(m_index)}))
        m_mustScrub = false; // else with the next group, or at the next start
    m_db->tidy();
}

Result<QByteArray> OfficeStore::recomputeDigest()
{
    const auto digest = computeDigest(*m_db);
    if (!digest)
        return digest.error();
    return digest->bytes();
}

Result<Done> OfficeStore::replaceBy(const QString &copy)
{
    const auto theirs = OfficeStore::open(copy); // of this program's version, or brought up to it
    if (!theirs)
        return theirs.error();
    if (const auto set = m_db->setSynced(true); !set)
        return set.error();
    if (const auto replaced = m_db->replaceBy(*(*theirs)->m_db); !replaced)
        return replaced.error();
    if (const auto loaded = load(); !loaded)
        return loaded.error();
    m_synced = m_index;
    m_mustScrub = true; // what stood here before may have been erased meanwhile
    return Done{};
}

Result<quint64> OfficeStore::copy(const QString &file, const QString &target)
{
    const auto db = Database::open(file, {Access::ReadOnly, officeSchema(), CacheKiB, {}});
    if (!db)
        return db.error();
    if (const auto copied = (*db)->copyTo(target); !copied)
        return copied.error();
    const auto made = OfficeStore::open(target);
    return made ? Result<quint64>((*made)->appliedIndex()) : made.error();
}

} // namespace peerdesk::store
