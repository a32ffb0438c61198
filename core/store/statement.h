// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QVariant>

#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace peerdesk::store {

/// What SQLite said last; a disk without room is SQLITE_FULL however it was met. Codes:
/// https://www.sqlite.org/rescode.html.
struct SqliteError
{
    int code = 0;
    QString text;
    bool isValid() const { return code != 0; }
};

/// The error of a failed statement as this module reports it.
Error storageError(const SqliteError &error, const QString &doing);
/// What the last call on this connection failed with.
SqliteError lastErrorOf(sqlite3 *connection);

/// A prepared statement of one connection, in its thread: bind by place from 0, exec(), then walk
/// the rows with next(), then finish(). Exec again starts anew and keeps what is bound.
class Statement
{
public:
    Statement(sqlite3 *connection, const QString &sql);
    ~Statement();
    Statement(const Statement &) = delete;
    Statement &operator=(const Statement &) = delete;

    /// False if SQLite refused the text, see lastError().
    bool isPrepared() const { return m_statement != nullptr; }

    void bindValue(int place, qint64 value);
    void bindValue(int place, int value) { bindValue(place, qint64(value)); }
    /// Null is NULL, empty is not.
    void bindValue(int place, const QByteArray &bytes);
    void bindValue(int place, const QString &text);
    /// Numbers, texts, bytes, or nothing = NULL.
    void bindValue(int place, const QVariant &value);

    bool exec();
    bool next();
    void finish();

    /// Of the current row: qlonglong, double, QString, QByteArray (never null), or nothing.
    QVariant value(int column) const;
    qint64 lastInsertId() const;
    const SqliteError &lastError() const { return m_error; }

private:
    enum class State { Idle, FirstRow, Row };

    bool step();

    sqlite3 *m_connection;
    sqlite3_stmt *m_statement = nullptr;
    State m_state = State::Idle;
    SqliteError m_error;
    std::vector<QByteArray> m_held; ///< what is bound, so that SQLite need not copy it
};

} // namespace peerdesk::store
