// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/officeschema.h"

namespace peerdesk::store {

using namespace Qt::StringLiterals;

namespace {

/// One replicated table. Rows lie in the order of their first put, which is the order of the log;
/// the id has an index of its own.
QString table(const QString &name, const QString &columns = {})
{
    return u"CREATE TABLE "_s + name + u" (id BLOB NOT NULL PRIMARY KEY, body BLOB NOT NULL"_s +
           (columns.isEmpty() ? QString() : u", "_s + columns) + u')';
}

/// For small rows without columns: one tree instead of two.
QString compactTable(const QString &name)
{
    return table(name) + u" WITHOUT ROWID"_s;
}

QString index(const QString &name, const QString &on, const QString &where = {})
{
    return u"CREATE INDEX "_s + name + u" ON "_s + on +
           (where.isEmpty() ? QString() : u" WHERE "_s + where + u" IS NOT NULL"_s);
}

QStringList history()
{
    return {
        u"CREATE TABLE applied (id INTEGER PRIMARY KEY CHECK (id = 1), idx INTEGER NOT NULL, "
        "term INTEGER NOT NULL, digest BLOB NOT NULL)"_s,
        u"INSERT INTO applied VALUES (1, 0, 0, zeroblob(32))"_s,
        u"CREATE TABLE batch (idx INTEGER PRIMARY KEY, term INTEGER NOT NULL, "
        "time INTEGER NOT NULL, command BLOB NOT NULL, origin BLOB NOT NULL, "
        "actor BLOB NOT NULL, session BLOB NOT NULL)"_s,
        // position = log index * 256 + ordinal
        u"CREATE TABLE fact (position INTEGER PRIMARY KEY, type INTEGER NOT NULL, "
        "version INTEGER NOT NULL, body BLOB NOT NULL)"_s,
        u"CREATE TABLE content (position INTEGER PRIMARY KEY, personal BLOB NOT NULL)"_s,
        // id = the first 8 bytes: a narrow tree; readers check the whole id in the fact
        u"CREATE TABLE fact_subject (id INTEGER NOT NULL, position INTEGER NOT NULL, "
        "PRIMARY KEY (id, position)) WITHOUT ROWID"_s,
    };
}

QStringList directory()
{
    return {table(u"office"_s),
            table(u"node"_s),
            table(u"agent"_s, u"name TEXT NOT NULL"_s),
            index(u"agent_by_name"_s, u"agent (name)"_s),
            table(u"session"_s, u"token_hash BLOB NOT NULL"_s),
            index(u"session_by_token"_s, u"session (token_hash)"_s),
            table(u"activity"_s),
            table(u"task_channel"_s),
            table(u"worker"_s),
            table(u"queue"_s),
            table(u"workflow"_s),
            table(u"channel_account"_s),
            table(u"flow"_s)};
}

QStringList customers()
{
    return {
        table(u"customer"_s, u"folded TEXT NOT NULL, surname TEXT"_s),
        index(u"customer_by_name"_s, u"customer (folded, id)"_s),
        index(u"customer_by_surname"_s, u"customer (surname, id)"_s, u"surname"_s),
        table(u"address"_s, u"customer BLOB NOT NULL, folded TEXT NOT NULL"_s),
        index(u"address_by_customer"_s, u"address (customer)"_s),
        index(u"address_by_value"_s, u"address (folded, id)"_s),
        table(u"conversation"_s,
              u"done INTEGER NOT NULL, last_message_at INTEGER NOT NULL, "
              "reply_due INTEGER NOT NULL, assignee BLOB NOT NULL, queue BLOB, "
              "customer BLOB NOT NULL, account BLOB NOT NULL, thread TEXT NOT NULL, "
              "created_at INTEGER NOT NULL, snooze_until INTEGER"_s),
        index(u"conversation_by_time"_s, u"conversation (done, last_message_at, id)"_s),
        index(u"conversation_by_due"_s, u"conversation (done, reply_due, id)"_s),
        index(u"conversation_by_assignee"_s,
              u"conversation (assignee, done, last_message_at, id)"_s),
        index(u"conversation_by_queue"_s, u"conversation (queue, done, last_message_at, id)"_s,
              u"queue"_s),
        index(u"conversation_by_customer"_s,
              u"conversation (customer, done, last_message_at, id)"_s),
        index(u"conversation_by_thread"_s, u"conversation (account, thread, created_at)"_s),
        index(u"conversation_by_snooze"_s, u"conversation (snooze_until)"_s, u"snooze_until"_s),
        table(u"message"_s,
              u"conversation BLOB NOT NULL, created_at INTEGER NOT NULL, kind INTEGER NOT NULL, "
              "provider_id TEXT, scheduled_at INTEGER, outbound INTEGER"_s),
        index(u"message_by_conversation"_s, u"message (conversation, created_at)"_s),
        index(u"message_by_provider_id"_s, u"message (provider_id)"_s, u"provider_id"_s),
        index(u"message_by_schedule"_s, u"message (scheduled_at)"_s, u"scheduled_at"_s),
        index(u"message_by_outbound"_s, u"message (outbound)"_s, u"outbound"_s),
    };
}

QStringList work()
{
    return {
        table(u"task"_s, u"status INTEGER NOT NULL, created_at INTEGER NOT NULL, "
                         "conversation BLOB, open INTEGER"_s),
        index(u"task_by_status"_s, u"task (status, created_at, id)"_s),
        index(u"task_by_time"_s, u"task (created_at, id)"_s),
        index(u"task_by_conversation"_s, u"task (conversation)"_s, u"conversation"_s),
        index(u"task_by_open"_s, u"task (open)"_s, u"open"_s),
        table(u"reservation"_s, u"task BLOB NOT NULL, worker BLOB NOT NULL, "
                                "status INTEGER NOT NULL, created_at INTEGER NOT NULL, "
                                "live INTEGER"_s),
        index(u"reservation_by_task"_s, u"reservation (task)"_s),
        index(u"reservation_by_worker"_s, u"reservation (worker, status, created_at)"_s),
        index(u"reservation_by_status"_s, u"reservation (status, created_at)"_s),
        index(u"reservation_by_live"_s, u"reservation (live, created_at)"_s, u"live"_s),
        table(u"effect"_s, u"open_state INTEGER, message BLOB, execution BLOB"_s),
        index(u"effect_by_state"_s, u"effect (open_state)"_s, u"open_state"_s),
        index(u"effect_by_message"_s, u"effect (message)"_s, u"message"_s),
        index(u"effect_by_execution"_s, u"effect (execution)"_s, u"execution"_s),
        table(u"execution"_s, u"active BLOB, waits_until INTEGER"_s),
        index(u"execution_by_active"_s, u"execution (active)"_s, u"active"_s),
        index(u"execution_by_wait"_s, u"execution (waits_until)"_s, u"waits_until"_s),
        compactTable(u"seen"_s),
        compactTable(u"command"_s),
    };
}

} // namespace

QString factsOfPersons()
{
    return u"type IN (40, 41, 42, 43, 44, 45, 67)"_s;
}

const std::vector<Migration> &officeSchema()
{
    static const std::vector<Migration> migrations{
        {1, history() + directory() + customers() + work()},
        // The inbox shows what is due first, of one agent or queue.
        {2,
         {index(u"conversation_by_assignee_due"_s,
                u"conversation (assignee, done, reply_due, id)"_s),
          index(u"conversation_by_queue_due"_s, u"conversation (queue, done, reply_due, id)"_s,
                u"queue"_s)}},
        // Addresses are found by what they say, not by their id; what is over is swept.
        {3,
         {u"ALTER TABLE address ADD COLUMN lookup BLOB"_s,
          index(u"address_by_lookup"_s, u"address (lookup)"_s),
          u"ALTER TABLE session ADD COLUMN agent BLOB"_s,
          u"ALTER TABLE session ADD COLUMN began_at INTEGER"_s,
          index(u"session_by_agent"_s, u"session (agent, began_at)"_s),
          u"ALTER TABLE agent ADD COLUMN sessions_from INTEGER"_s,
          index(u"agent_by_sessions_from"_s, u"agent (sessions_from, id)"_s, u"sessions_from"_s),
          u"ALTER TABLE command ADD COLUMN passing_since INTEGER"_s,
          index(u"command_by_passing"_s, u"command (passing_since)"_s, u"passing_since"_s)}},
        {4, {compactTable(u"sealed_secret"_s)}},
        {5,
         {compactTable(u"webhook"_s), compactTable(u"tombstone"_s),
          // Of this file alone: up to where what was erased is in no free page any more.
          u"CREATE TABLE scrubbed (id INTEGER PRIMARY KEY CHECK (id = 1), idx INTEGER NOT NULL)"_s,
          u"INSERT INTO scrubbed VALUES (1, 0)"_s,
          u"CREATE INDEX fact_of_person ON fact (type) WHERE "_s + factsOfPersons()}},
        // Over which ways a conversation went, which cards are or may be one person, who said stop.
        {6,
         {table(u"route"_s, u"conversation BLOB NOT NULL, account BLOB NOT NULL, "
                            "thread TEXT NOT NULL"_s),
          index(u"route_by_conversation"_s, u"route (conversation)"_s),
          index(u"route_by_thread"_s, u"route (account, thread)"_s),
          table(u"card_join"_s, u"stayed BLOB NOT NULL"_s),
          index(u"card_join_by_stayed"_s, u"card_join (stayed)"_s),
          table(u"likeness"_s, u"one BLOB NOT NULL, other BLOB NOT NULL"_s),
          index(u"likeness_by_one"_s, u"likeness (one)"_s),
          index(u"likeness_by_other"_s, u"likeness (other)"_s), compactTable(u"opt_out"_s),
          u"DROP INDEX fact_of_person"_s,
          u"CREATE INDEX fact_of_person ON fact (type) WHERE "_s + factsOfPersons()}}};
    return migrations;
}

} // namespace peerdesk::store
