// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/database.h"

#include <QAtomicInteger>
#include <QSqlError>

namespace peerdesk::store {

using namespace Qt::StringLiterals;

namespace {

/// Codes of https://www.sqlite.org/rescode.html, primary part.
enum SqliteCode { IoError = 10, Corrupt = 11, Full = 13, ReadOnly = 8, NotADatabase = 26 };

QString stateOf(int code)
{
    switch (code & 0xff) {
    case Full:
        return u"disk-full"_s;
    case ReadOnly:
        return u"read-only"_s;
    case IoError:
        return u"io"_s;
    case Corrupt:
    case NotADatabase:
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
Result<Done> applyKey(QSqlDatabase &, const QByteArray &key)
{
    if (!key.isEmpty())
        return Error{Error::Code::Storage, u"this program cannot open encrypted files"_s, {}};
    return Done{};
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

Error storageError(const QSqlError &error, const QString &doing)
{
    const QString state = stateOf(error.nativeErrorCode().toInt());
    return {Error::Code::Storage, sentenceOf(state) + doing + u": "_s + error.text(), state};
}

Database::Database(QString path)
    : m_path(std::move(path))
{
    static QAtomicInteger<quint64> counter; // connection names are process-wide in Qt
    m_name = u"peerdesk-%1"_s.arg(counter.fetchAndAddRelaxed(1));
}

Database::~Database()
{
    m_statements.clear();
    m_db.close();
    m_db = {};
    QSqlDatabase::removeDatabase(m_name);
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
    m_db = QSqlDatabase::addDatabase(u"QSQLITE"_s, m_name);
    if (!m_db.isValid()) {
        return Error{
            Error::Code::Storage, u"the QSQLITE driver is missing (libqt6sql6-sqlite)"_s, {}};
    }
    m_db.setDatabaseName(m_path);
    QString connect = u"QSQLITE_BUSY_TIMEOUT=5000"_s;
    if (m_access == Access::ReadOnly)
        connect += u";QSQLITE_OPEN_READONLY"_s;
    m_db.setConnectOptions(connect);
    if (!m_db.open())
        return storageError(m_db.lastError(), u"opening "_s + m_path);
    if (const auto keyed = applyKey(m_db, options.key); !keyed)
        return keyed.error();

    QStringList pragmas{u"PRAGMA cache_size = -%1"_s.arg(options.cacheKiB),
                        u"PRAGMA temp_store = MEMORY"_s};
    if (m_access == Access::ReadWrite) {
        pragmas += {u"PRAGMA journal_mode = WAL"_s, u"PRAGMA synchronous = FULL"_s,
                    u"PRAGMA journal_size_limit = 16777216"_s};
    } else {
        pragmas += u"PRAGMA query_only = ON"_s;
    }
    for (const QString &pragma : pragmas) {
        QSqlQuery query(m_db);
        if (!query.exec(pragma))
            return storageError(query.lastError(), u"opening "_s + m_path);
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
            QSqlQuery query(m_db);
            if (!query.exec(statement)) {
                const Error error = storageError(query.lastError(), u"preparing "_s + m_path);
                query.finish();
                rollback();
                return error;
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

Result<QSqlQuery *> Database::prepared(const QString &sql)
{
    if (const auto found = m_statements.constFind(sql); found != m_statements.cend())
        return found->get();
    auto query = std::make_shared<QSqlQuery>(m_db);
    query->setForwardOnly(true);
    if (!query->prepare(sql))
        return storageError(query->lastError(), u"preparing "_s + sql);
    m_statements.insert(sql, query);
    return query.get();
}

Result<QSqlQuery *> Database::run(const QString &sql, const QVariantList &values)
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

QStringList Database::plans()
{
    QStringList plans;
    const QStringList statements = m_statements.keys();
    for (const QString &statement : statements) {
        if (!statement.startsWith(u"SELECT"_s))
            continue;
        QSqlQuery query(m_db);
        // Our own statement text, nothing foreign in it.
        if (!query.prepare(u"EXPLAIN QUERY PLAN "_s + statement) || !query.exec())
            plans += statement + u": "_s + query.lastError().text();
        while (query.next())
            plans += statement + u": "_s + query.value(3).toString();
    }
    return plans;
}

} // namespace peerdesk::store
