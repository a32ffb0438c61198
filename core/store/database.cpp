// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/database.h"

#include <sqlite3.h>

namespace peerdesk::store {

using namespace Qt::StringLiterals;

namespace {

constexpr std::chrono::milliseconds BusyTimeout{5000};

QString stateOf(int code)
{
    switch (code & 0xff) {
    case SQLITE_FULL:
        return u"disk-full"_s;
    case SQLITE_READONLY:
        return u"read-only"_s;
    case SQLITE_IOERR:
        return u"io"_s;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return u"corrupt"_s;
    default:
        return {};
    }
}

QString sentenceOf(const QString &state)
{
    if (state == u"disk-full")
        return u"The disk is full: nothing was written. "_s;
    if (state == u"read-only")
        return u"The data folder cannot be written. "_s;
    if (state == u"io")
        return u"The disk reports an error. "_s;
    if (state == u"corrupt")
        return u"The file is damaged or is no Peerdesk database. "_s;
    return {};
}

/// The one place through which the key of every database file goes. Encryption is off: a file can
/// have no key yet, and to ignore one would leave in clear what was meant to be sealed.
Result<Done> applyKey(sqlite3 *, const QByteArray &key)
{
    if (!key.isEmpty())
        return Error{Error::Code::Storage, u"this program cannot open encrypted files"_s, {}};
    return Done{};
}

/// All pages of one connection's file into the other's, in one transaction.
Result<Done> copyPages(sqlite3 *from, sqlite3 *to)
{
    sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
    int code = sqlite3_errcode(to);
    if (backup) {
        sqlite3_backup_step(backup, -1);
        code = sqlite3_backup_finish(backup);
    }
    if (code == SQLITE_OK)
        return Done{};
    return Error{Error::Code::Storage,
                 sentenceOf(stateOf(code)) + QString::fromUtf8(sqlite3_errmsg(to)), stateOf(code)};
}

Error newerVersion(const QString &path, int found, int known)
{
    return {Error::Code::Storage,
            u"%1 was written by a newer version of Peerdesk (format %2, this program knows %3). "
            "Update Peerdesk on this PC; the data was left untouched."_s.arg(path)
                .arg(found)
                .arg(known),
            u"newer-version"_s};
}

} // namespace

Error storageError(const SqliteError &error, const QString &doing)
{
    const QString state = stateOf(error.code);
    return {Error::Code::Storage, sentenceOf(state) + doing + u": "_s + error.text, state};
}

Database::Database(QString path)
    : m_path(std::move(path))
{}

Database::~Database()
{
    m_statements.clear();
    sqlite3_close(m_db);
}

Result<std::unique_ptr<Database>> Database::open(const QString &path, const OpenOptions &options)
{
    std::unique_ptr<Database> database(new Database(path));
    if (const auto connected = database->connect(options); !connected)
        return connected.error();
    if (const auto migrated = database->migrate(options.migrations); !migrated)
        return migrated.error();
    return database;
}

Result<Done> Database::connect(const OpenOptions &options)
{
    m_access = options.access;
    const int access = m_access == Access::ReadOnly ? SQLITE_OPEN_READONLY
                                                    : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    // Without SQLite's own mutex: a connection belongs to one thread.
    if (sqlite3_open_v2(m_path.toUtf8().constData(), &m_db, access | SQLITE_OPEN_NOMUTEX,
                        nullptr) != SQLITE_OK)
        return storageError(lastErrorOf(m_db), u"opening "_s + m_path);
    sqlite3_extended_result_codes(m_db, 1);
    sqlite3_busy_timeout(m_db, int(BusyTimeout.count()));
    if (const auto keyed = applyKey(m_db, options.key); !keyed)
        return keyed.error();

    QStringList pragmas{u"PRAGMA cache_size = -%1"_s.arg(options.cacheKiB),
                        u"PRAGMA temp_store = MEMORY"_s};
    if (m_access == Access::ReadWrite) {
        pragmas += {u"PRAGMA journal_mode = WAL"_s, u"PRAGMA synchronous = FULL"_s,
                    u"PRAGMA journal_size_limit = 16777216"_s, u"PRAGMA secure_delete = FAST"_s};
    } else {
        pragmas += u"PRAGMA query_only = ON"_s;
    }
    for (const QString &pragma : pragmas) {
        if (const auto set = once(pragma); !set)
            return set.error();
    }
    return Done{};
}

Result<Done> Database::migrate(const std::vector<Migration> &migrations)
{
    const auto version = run(u"PRAGMA user_version"_s);
    if (!version)
        return version.error();
    const int found = (*version)->next() ? (*version)->value(0).toInt() : 0;
    (*version)->finish();
    const int known = migrations.empty() ? 0 : migrations.back().number;
    if (found > known)
        return newerVersion(m_path, found, known);
    if (found == known)
        return Done{};
    if (m_access == Access::ReadOnly) {
        return Error{Error::Code::Storage,
                     u"%1 has not been brought to format %2 yet"_s.arg(m_path).arg(known),
                     {}};
    }
    if (const auto begun = begin(); !begun)
        return begun.error();
    for (const Migration &migration : migrations) {
        if (migration.number <= found)
            continue;
        for (const QString &statement : migration.statements) {
            if (const auto changed = once(statement); !changed) {
                rollback();
                return changed.error();
            }
        }
    }
    // A pragma takes no bound value; the number is ours.
    if (const auto set = run(u"PRAGMA user_version = %1"_s.arg(known)); !set) {
        rollback();
        return set.error();
    }
    return commit();
}

Result<Done> Database::once(const QString &sql)
{
    Statement statement(m_db, sql);
    if (!statement.isPrepared() || !statement.exec())
        return storageError(statement.lastError(), u"opening "_s + m_path);
    return Done{};
}

Result<Statement *> Database::prepared(const QString &sql)
{
    if (const auto found = m_statements.constFind(sql); found != m_statements.cend())
        return found->get();
    auto statement = std::make_shared<Statement>(m_db, sql);
    if (!statement->isPrepared())
        return storageError(statement->lastError(), u"preparing "_s + sql);
    m_statements.insert(sql, statement);
    return statement.get();
}

Result<Statement *> Database::run(const QString &sql, const QVariantList &values)
{
    const auto query = prepared(sql);
    if (!query)
        return query.error();
    for (int i = 0; i < values.size(); ++i)
        (*query)->bindValue(i, values[i]);
    if (!(*query)->exec()) {
        const Error error = storageError((*query)->lastError(), u"in "_s + m_path);
        (*query)->finish();
        return error;
    }
    return *query;
}

Result<Done> Database::begin()
{
    const auto begun = run(m_access == Access::ReadOnly ? u"BEGIN"_s : u"BEGIN IMMEDIATE"_s);
    if (!begun)
        return begun.error();
    return Done{};
}

Result<Done> Database::commit()
{
    const auto committed = run(u"COMMIT"_s);
    if (!committed) {
        rollback();
        return committed.error();
    }
    return Done{};
}

void Database::rollback()
{
    // After a full disk SQLite has rolled back by itself; "no transaction" is then the wanted
    // state.
    (void)run(u"ROLLBACK"_s);
}

Result<Done> Database::copyTo(const QString &target)
{
    const auto made = Database::open(target, {});
    return made ? copyPages(m_db, (*made)->m_db) : made.error();
}

Result<Done> Database::replaceBy(const Database &source)
{
    return copyPages(source.m_db, m_db);
}

Result<Done> Database::setSynced(bool isSynced)
{
    if (isSynced == m_isSynced)
        return Done{};
    const auto set =
        once(isSynced ? u"PRAGMA synchronous = FULL"_s : u"PRAGMA synchronous = NORMAL"_s);
    if (set)
        m_isSynced = isSynced;
    return set;
}

void Database::deferCheckpoints()
{
    sqlite3_wal_hook(m_db, &Database::onCommitted, this); // in place of SQLite's own
}

int Database::onCommitted(void *self, sqlite3 *, const char *, int walPages)
{
    auto &database = *static_cast<Database *>(self);
    database.m_walPages = walPages;
    if (walPages >= MaxWalPages)
        database.tidy();
    return SQLITE_OK;
}

void Database::tidy()
{
    if (m_walPages < TidyPages)
        return;
    m_walPages = 0; // the next commit says how many there are
    sqlite3_wal_checkpoint_v2(m_db, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
}

Result<Done> Database::scrub()
{
    const auto size = run(u"SELECT page_count * page_size FROM pragma_page_count, "
                          "pragma_page_size"_s);
    if (!size)
        return size.error();
    const qint64 bytes = (*size)->next() ? (*size)->value(0).toLongLong() : 0;
    (*size)->finish();
    if (bytes <= MaxScrubBytes) {
        if (const auto made = once(u"VACUUM"_s); !made)
            return made;
    }
    const int code =
        sqlite3_wal_checkpoint_v2(m_db, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
    if (code != SQLITE_OK)
        return storageError(lastErrorOf(m_db), u"emptying the log of "_s + m_path);
    m_walPages = 0;
    return Done{};
}

QStringList Database::plans()
{
    QStringList plans;
    const QStringList statements = m_statements.keys();
    for (const QString &statement : statements) {
        if (!statement.startsWith(u"SELECT"_s))
            continue;
        // Our own statement text, nothing foreign in it.
        Statement query(m_db, u"EXPLAIN QUERY PLAN "_s + statement);
        if (!query.isPrepared() || !query.exec())
            plans += statement + u": "_s + query.lastError().text;
        while (query.next())
            plans += statement + u": "_s + query.value(3).toString();
    }
    return plans;
}

} // namespace peerdesk::store
