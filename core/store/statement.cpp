// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/statement.h"

#include <sqlite3.h>

#include <cerrno>

namespace peerdesk::store {

SqliteError lastErrorOf(sqlite3 *connection)
{
    const int code = sqlite3_extended_errcode(connection);
    const int cause = (code & 0xff) == SQLITE_IOERR ? sqlite3_system_errno(connection) : 0;
    const bool isFull = cause == ENOSPC || cause == EDQUOT || cause == EFBIG;
    return {isFull ? SQLITE_FULL : code, QString::fromUtf8(sqlite3_errmsg(connection))};
}

Statement::Statement(sqlite3 *connection, const QString &sql)
    : m_connection(connection)
{
    const QByteArray utf8 = sql.toUtf8();
    const int code = sqlite3_prepare_v3(connection, utf8.constData(), int(utf8.size()),
                                        SQLITE_PREPARE_PERSISTENT, &m_statement, nullptr);
    if (code != SQLITE_OK)
        m_error = lastErrorOf(connection);
    else
        m_held.resize(size_t(sqlite3_bind_parameter_count(m_statement)));
}

Statement::~Statement()
{
    sqlite3_finalize(m_statement);
}

void Statement::bindValue(int place, qint64 value)
{
    finish();
    sqlite3_bind_int64(m_statement, place + 1, value);
}

void Statement::bindValue(int place, const QByteArray &bytes)
{
    finish();
    if (bytes.isNull()) {
        sqlite3_bind_null(m_statement, place + 1);
        return;
    }
    const QByteArray &held = m_held.at(size_t(place)) = bytes;
    sqlite3_bind_blob64(m_statement, place + 1, held.constData(), sqlite3_uint64(held.size()),
                        SQLITE_STATIC);
}

void Statement::bindValue(int place, const QString &text)
{
    finish();
    if (text.isNull()) {
        sqlite3_bind_null(m_statement, place + 1);
        return;
    }
    const QByteArray &held = m_held.at(size_t(place)) = text.toUtf8();
    sqlite3_bind_text64(m_statement, place + 1, held.constData(), sqlite3_uint64(held.size()),
                        SQLITE_STATIC, SQLITE_UTF8);
}

void Statement::bindValue(int place, const QVariant &value)
{
    switch (value.typeId()) {
    case QMetaType::QByteArray:
        return bindValue(place, *static_cast<const QByteArray *>(value.constData()));
    case QMetaType::QString:
        return bindValue(place, *static_cast<const QString *>(value.constData()));
    case QMetaType::UnknownType:
        return bindValue(place, QByteArray());
    case QMetaType::Double:
        finish();
        sqlite3_bind_double(m_statement, place + 1, value.toDouble());
        return;
    default:
        Q_ASSERT_X(value.canConvert<qint64>(), "Statement", "what is bound is a number");
        bindValue(place, value.toLongLong());
    }
}

/// Resets at the end and on an error: a statement that is not reset takes no values.
bool Statement::step()
{
    const int code = sqlite3_step(m_statement);
    if (code == SQLITE_ROW)
        return true;
    if (code != SQLITE_DONE)
        m_error = lastErrorOf(m_connection);
    sqlite3_reset(m_statement);
    m_state = State::Idle;
    return false;
}

bool Statement::exec()
{
    finish();
    m_error = {};
    if (step())
        m_state = State::FirstRow;
    return !m_error.isValid();
}

bool Statement::next()
{
    if (m_state == State::FirstRow)
        m_state = State::Row;
    else if (m_state == State::Row)
        return step();
    return m_state == State::Row;
}

void Statement::finish()
{
    if (m_state == State::Idle)
        return;
    sqlite3_reset(m_statement);
    m_state = State::Idle;
}

QVariant Statement::value(int column) const
{
    switch (sqlite3_column_type(m_statement, column)) {
    case SQLITE_INTEGER:
        return qint64(sqlite3_column_int64(m_statement, column));
    case SQLITE_FLOAT:
        return sqlite3_column_double(m_statement, column);
    case SQLITE_TEXT: {
        const auto *text = reinterpret_cast<const char *>(sqlite3_column_text(m_statement, column));
        return QString::fromUtf8(text, sqlite3_column_bytes(m_statement, column));
    }
    case SQLITE_BLOB: {
        const auto *bytes = static_cast<const char *>(sqlite3_column_blob(m_statement, column));
        return bytes ? QByteArray(bytes, sqlite3_column_bytes(m_statement, column))
                     : QByteArray("");
    }
    default:
        return {};
    }
}

qint64 Statement::lastInsertId() const
{
    return sqlite3_last_insert_rowid(m_connection);
}

} // namespace peerdesk::store
