// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/localstore.h"

#include "core/store/database.h"

namespace peerdesk::store {

using namespace Qt::StringLiterals;

namespace {

const std::vector<Migration> &localSchema()
{
    static const std::vector<Migration> migrations{
        {1,
         {u"CREATE TABLE draft (conversation BLOB NOT NULL, agent BLOB NOT NULL, "
          "mode INTEGER NOT NULL, text TEXT NOT NULL, attachments BLOB NOT NULL, "
          "command BLOB NOT NULL, changed_at INTEGER NOT NULL, "
          "PRIMARY KEY (conversation, agent, mode))"_s,
          u"CREATE INDEX draft_by_agent ON draft (agent, changed_at)"_s,
          u"CREATE TABLE outbox (place INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, "
          "agent BLOB NOT NULL, session BLOB NOT NULL, command BLOB NOT NULL, "
          "queued_at INTEGER NOT NULL)"_s,
          u"CREATE TABLE journal (place INTEGER PRIMARY KEY, command BLOB NOT NULL UNIQUE, "
          "effect BLOB NOT NULL, report BLOB NOT NULL, at INTEGER NOT NULL)"_s,
          u"CREATE TABLE setting (key TEXT PRIMARY KEY, value BLOB NOT NULL)"_s}}};
    return migrations;
}

template <typename IdType>
IdType idAt(const Statement &query, int column)
{
    return {QUuid::fromRfc4122(query.value(column).toByteArray())};
}

QByteArray bytes(const QByteArray &value)
{
    return value.isNull() ? QByteArray("") : value; // Qt binds a null array as SQL NULL
}

Draft draftAt(const Statement &query)
{
    return {idAt<ConversationId>(query, 0),    idAt<AgentId>(query, 1),
            DraftMode(query.value(2).toInt()), query.value(3).toString(),
            {query.value(4).toByteArray()},    idAt<CommandId>(query, 5),
            {query.value(6).toLongLong()}};
}

Result<Done> done(const Result<Statement *> &result)
{
    if (!result)
        return result.error();
    return Done{};
}

} // namespace

LocalStore::LocalStore(std::unique_ptr<Database> db)
    : m_db(std::move(db))
{}

LocalStore::~LocalStore() = default;

Result<std::unique_ptr<LocalStore>> LocalStore::open(const QString &path)
{
    auto db = Database::open(path, {Access::ReadWrite, localSchema(), 512, {}});
    if (!db)
        return db.error();
    return std::unique_ptr<LocalStore>(new LocalStore(std::move(*db)));
}

Result<Done> LocalStore::check() const
{
    const auto query = m_db->run(u"PRAGMA quick_check(1)"_s);
    if (!query)
        return query.error();
    const QString said = (*query)->next() ? (*query)->value(0).toString() : QString();
    const auto error = (*query)->lastError();
    (*query)->finish();
    if (error.isValid())
        return storageError(error, u"checking "_s + m_db->path());
    if (said != u"ok")
        return Error{Error::Code::Storage, u"%1: %2"_s.arg(m_db->path(), said), u"corrupt"_s};
    return Done{};
}

Result<Done> LocalStore::saveDraft(const Draft &draft)
{
    if (draft.text.isEmpty() && draft.attachments.isEmpty()) {
        return done(
            m_db->run(u"DELETE FROM draft WHERE conversation = ? AND agent = ? AND mode = ?"_s,
                      {draft.conversation.toBytes(), draft.agent.toBytes(), int(draft.mode)}));
    }
    const QString text = draft.text.isNull() ? u""_s : draft.text;
    return done(
        m_db->run(u"INSERT OR REPLACE INTO draft VALUES (?, ?, ?, ?, ?, ?, ?)"_s,
                  {draft.conversation.toBytes(), draft.agent.toBytes(), int(draft.mode), text,
                   bytes(draft.attachments.text), draft.command.toBytes(), draft.changedAt.ms}));
}

Result<Draft> LocalStore::draft(ConversationId conversation, AgentId agent, DraftMode mode) const
{
    const auto query =
        m_db->run(u"SELECT conversation, agent, mode, text, attachments, command, changed_at "
                  "FROM draft WHERE conversation = ? AND agent = ? AND mode = ?"_s,
                  {conversation.toBytes(), agent.toBytes(), int(mode)});
    if (!query)
        return query.error();
    if (!(*query)->next())
        return notFound(u"no draft"_s);
    Draft draft = draftAt(**query);
    (*query)->finish();
    return draft;
}

Result<Done> LocalStore::removeDrafts(const std::vector<ConversationId> &conversations)
{
    for (const ConversationId &conversation : conversations) {
        const auto removed = done(
            m_db->run(u"DELETE FROM draft WHERE conversation = ?"_s, {conversation.toBytes()}));
        if (!removed)
            return removed;
    }
    return m_db->scrub();
}

Result<std::vector<Draft>> LocalStore::drafts(AgentId agent) const
{
    const auto query =
        m_db->run(u"SELECT conversation, agent, mode, text, attachments, command, changed_at "
                  "FROM draft WHERE agent = ? ORDER BY changed_at DESC"_s,
                  {agent.toBytes()});
    if (!query)
        return query.error();
    std::vector<Draft> drafts;
    while ((*query)->next())
        drafts.push_back(draftAt(**query));
    (*query)->finish();
    return drafts;
}

Result<int> LocalStore::count(const QString &sql) const
{
    const auto query = m_db->run(sql);
    if (!query)
        return query.error();
    const int count = (*query)->next() ? (*query)->value(0).toInt() : 0;
    (*query)->finish();
    return count;
}

Result<Done> LocalStore::addToOutbox(const OutboxItem &item)
{
    const auto kept = count(u"SELECT count(*) FROM outbox"_s);
    if (!kept)
        return kept.error();
    if (*kept >= MaxOutboxItems)
        return Error{Error::Code::Busy, u"too many unanswered commands"_s, {}};
    return done(m_db->run(u"INSERT INTO outbox (id, agent, session, command, queued_at) "
                          "VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING"_s,
                          {item.id.toBytes(), item.agent.toBytes(), item.session.toBytes(),
                           bytes(item.command), item.queuedAt.ms}));
}

Result<Done> LocalStore::removeFromOutbox(CommandId id)
{
    return done(m_db->run(u"DELETE FROM outbox WHERE id = ?"_s, {id.toBytes()}));
}

Result<std::vector<OutboxItem>> LocalStore::outbox() const
{
    const auto query = m_db->run(
        u"SELECT id, agent, session, command, queued_at FROM outbox ORDER BY place LIMIT ?"_s,
        {MaxOutboxItems});
    if (!query)
        return query.error();
    std::vector<OutboxItem> items;
    while ((*query)->next()) {
        const Statement &row = **query;
        items.push_back({idAt<CommandId>(row, 0),
                         idAt<AgentId>(row, 1),
                         idAt<SessionId>(row, 2),
                         row.value(3).toByteArray(),
                         {row.value(4).toLongLong()}});
    }
    (*query)->finish();
    return items;
}

Result<Done> LocalStore::journal(const JournalItem &item)
{
    const auto kept = count(u"SELECT count(*) FROM journal"_s);
    if (!kept)
        return kept.error();
    if (*kept >= MaxJournalItems)
        return Error{Error::Code::Busy, u"too many unreported answers"_s, {}};
    return done(
        m_db->run(u"INSERT INTO journal (command, effect, report, at) VALUES (?, ?, ?, ?) "
                  "ON CONFLICT (command) DO NOTHING"_s,
                  {item.command.toBytes(), item.effect.toBytes(), bytes(item.report), item.at.ms}));
}

Result<Done> LocalStore::removeFromJournal(CommandId command)
{
    return done(m_db->run(u"DELETE FROM journal WHERE command = ?"_s, {command.toBytes()}));
}

Result<std::vector<JournalItem>> LocalStore::journalled() const
{
    const auto query =
        m_db->run(u"SELECT effect, command, report, at FROM journal ORDER BY place LIMIT ?"_s,
                  {MaxJournalItems});
    if (!query)
        return query.error();
    std::vector<JournalItem> items;
    while ((*query)->next()) {
        const Statement &row = **query;
        items.push_back({idAt<EffectId>(row, 0),
                         idAt<CommandId>(row, 1),
                         row.value(2).toByteArray(),
                         {row.value(3).toLongLong()}});
    }
    (*query)->finish();
    return items;
}

Result<Done> LocalStore::setValue(const QString &key, const QByteArray &value)
{
    return done(m_db->run(u"INSERT OR REPLACE INTO setting VALUES (?, ?)"_s, {key, bytes(value)}));
}

Result<QByteArray> LocalStore::value(const QString &key) const
{
    const auto query = m_db->run(u"SELECT value FROM setting WHERE key = ?"_s, {key});
    if (!query)
        return query.error();
    const QByteArray value = (*query)->next() ? (*query)->value(0).toByteArray() : QByteArray();
    (*query)->finish();
    return value;
}

} // namespace peerdesk::store
