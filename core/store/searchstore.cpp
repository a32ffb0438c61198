// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/searchstore.h"

#include "core/store/database.h"
#include "core/store/textfold.h"

#include <limits>
#include <set>

namespace peerdesk::store {

using namespace Qt::StringLiterals;

namespace {

/// Most hits of one answer, and most answers looked through for distinct conversations.
constexpr int MaxHits = 500;
constexpr int MaxRounds = 20;

const std::vector<Migration> &searchSchema()
{
    // Words are cut by us, so the ascii tokenizer only splits at our spaces. The index refers to
    // the documents' text instead of copying it. Beginnings get lists of their own: without one,
    // all places of a word are gathered before the newest is known, which is slow for frequent
    // words. Longer words are not that frequent.
    static const std::vector<Migration> migrations{
        {1,
         {u"CREATE TABLE applied (id INTEGER PRIMARY KEY CHECK (id = 1), idx INTEGER NOT NULL)"_s,
          u"INSERT INTO applied VALUES (1, 0)"_s,
          u"CREATE TABLE document (id INTEGER PRIMARY KEY, message BLOB NOT NULL UNIQUE, "
          "conversation BLOB NOT NULL, at INTEGER NOT NULL, text TEXT NOT NULL)"_s,
          u"CREATE VIRTUAL TABLE words USING fts5 (text, content = 'document', "
          "content_rowid = 'id', tokenize = 'ascii', prefix = '1 2 3 4 5 6 7')"_s}}};
    return migrations;
}

} // namespace

SearchStore::SearchStore(std::unique_ptr<Database> db)
    : m_db(std::move(db))
{}

SearchStore::~SearchStore() = default;

Result<std::unique_ptr<SearchStore>> SearchStore::open(const QString &path)
{
    auto db = Database::open(path, {Access::ReadWrite, searchSchema(), 8 * 1024, {}});
    if (!db)
        return db.error();
    // It follows the archive from where it is: a cut of the power costs no more than indexing
    // again, and no fsync of it stands before one of the log.
    if (const auto set = (*db)->setSynced(false); !set)
        return set.error();
    return std::unique_ptr<SearchStore>(new SearchStore(std::move(*db)));
}

quint64 SearchStore::appliedIndex() const
{
    const auto row = m_db->run(u"SELECT idx FROM applied"_s);
    if (!row)
        return 0; // everything is indexed again, which replaces equal documents
    const quint64 index = (*row)->next() ? (*row)->value(0).toULongLong() : 0;
    (*row)->finish();
    return index;
}

Result<Done> SearchStore::index(const std::vector<SearchDocument> &documents, quint64 upTo)
{
    if (const auto begun = m_db->begin(); !begun)
        return begun.error();
    if (const auto indexed = indexAll(documents, upTo); !indexed) {
        m_db->rollback();
        return indexed.error();
    }
    return m_db->commit();
}

Result<Done> SearchStore::indexAll(const std::vector<SearchDocument> &documents, quint64 upTo)
{
    for (const SearchDocument &document : documents) {
        const auto place = forget(document.message); // a replaced one keeps its place
        if (!place)
            return place.error();
        const QString text = indexedText(QStringView(document.text).left(MaxSearchText));
        const auto added = m_db->run(
            u"INSERT INTO document (id, message, conversation, at, text) VALUES (?, ?, ?, ?, ?)"_s,
            {*place, document.message.toBytes(), document.conversation.toBytes(), document.at.ms,
             text.isNull() ? u""_s : text});
        if (!added)
            return added.error();
        const auto indexed = m_db->run(u"INSERT INTO words (rowid, text) VALUES (?, ?)"_s,
                                       {(*added)->lastInsertId(), text});
        if (!indexed)
            return indexed.error();
    }
    const auto marked = m_db->run(u"UPDATE applied SET idx = ?"_s, {qint64(upTo)});
    if (!marked)
        return marked.error();
    return Done{};
}

Result<QVariant> SearchStore::forget(MessageId message)
{
    const auto found =
        m_db->run(u"SELECT id, text FROM document WHERE message = ?"_s, {message.toBytes()});
    if (!found)
        return found.error();
    const bool exists = (*found)->next();
    const QVariantList row =
        exists ? QVariantList{(*found)->value(0), (*found)->value(1)} : QVariantList{};
    (*found)->finish();
    if (!exists)
        return QVariant();
    const auto unindexed =
        m_db->run(u"INSERT INTO words (words, rowid, text) VALUES ('delete', ?, ?)"_s, row);
    if (!unindexed)
        return unindexed.error();
    const auto deleted = m_db->run(u"DELETE FROM document WHERE id = ?"_s, {row.first()});
    if (!deleted)
        return deleted.error();
    return row.first();
}

Result<Done> SearchStore::remove(const std::vector<MessageId> &messages)
{
    if (const auto begun = m_db->begin(); !begun)
        return begun.error();
    for (const MessageId &message : messages) {
        if (const auto forgotten = forget(message); !forgotten) {
            m_db->rollback();
            return forgotten.error();
        }
    }
    return m_db->commit();
}

Result<Done> SearchStore::scrub()
{
    // Until its parts are made one, the index keeps the words beside the mark that they are gone.
    const auto merged = m_db->run(u"INSERT INTO words (words) VALUES ('optimize')"_s);
    if (!merged)
        return merged.error();
    (*merged)->finish();
    return m_db->scrub();
}

Result<std::vector<SearchHit>> SearchStore::search(const QString &text, int limit, qint64 before)
{
    std::vector<SearchHit> hits;
    const QString expression = matchExpression(text);
    if (expression.isEmpty())
        return hits;
    const auto rows =
        m_db->run(u"SELECT d.id, d.message, d.conversation, d.at FROM words CROSS JOIN document d "
                  "ON d.id = words.rowid WHERE words MATCH ? AND words.rowid < ? "
                  "ORDER BY words.rowid DESC LIMIT ?"_s,
                  {expression, before > 0 ? before : std::numeric_limits<qint64>::max(),
                   qBound(0, limit, MaxHits)});
    if (!rows)
        return rows.error();
    while ((*rows)->next()) {
        const Statement &row = **rows;
        hits.push_back({{QUuid::fromRfc4122(row.value(1).toByteArray())},
                        {QUuid::fromRfc4122(row.value(2).toByteArray())},
                        {row.value(3).toLongLong()},
                        row.value(0).toLongLong()});
    }
    (*rows)->finish();
    return hits;
}

Result<std::vector<ConversationId>> SearchStore::conversations(const QString &text, int limit)
{
    std::vector<ConversationId> found;
    std::set<ConversationId> known;
    qint64 before = 0;
    for (int round = 0; round < MaxRounds; ++round) {
        const auto hits = search(text, MaxHits, before);
        if (!hits)
            return hits.error();
        for (const SearchHit &hit : *hits) {
            if (int(found.size()) < limit && known.insert(hit.conversation).second)
                found.push_back(hit.conversation);
        }
        if (int(hits->size()) < MaxHits || int(found.size()) >= limit)
            break;
        before = hits->back().position;
    }
    return found;
}

} // namespace peerdesk::store
