// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/codec.h"
#include "core/store/columns.h"
#include "core/store/database.h"
#include "core/store/digest.h"

#include <optional>
#include <unordered_map>
#include <vector>

namespace peerdesk::store {

using namespace Qt::StringLiterals;

/// What the tables of one connection share: the database, the digest, and the first error of the
/// group, after which nothing of it may be committed.
struct TableContext
{
    Database *db = nullptr;
    Digest digest;
    std::optional<Error> error;
    qsizetype cachedBytes = 0; ///< slots and encoded bodies, about half of what they take

    void fail(Error reason)
    {
        if (!error)
            error = std::move(reason);
    }
};

/// One replicated table with a cache of its rows: a record put several times in one group is
/// written once, by flush(). Apply thread.
template <typename Record>
class SqlTable
{
public:
    using Key = typename Record::Key;

    explicit SqlTable(TableContext &context)
        : m_context(context)
    {}

    std::optional<Record> find(const Key &key) { return slot(key).record; }

    void put(const Record &record)
    {
        Slot &slot = touch(record.key());
        slot.record = record;
    }

    void erase(const Key &key) { touch(key).record.reset(); }

    /// Writes what was touched, in the order in which it was first touched, so that equal logs give
    /// equal row orders.
    void flush()
    {
        for (const auto &[key, slot] : m_touched) {
            if (!m_context.error)
                write(key, *slot);
            slot->isTouched = false;
        }
        m_touched.clear();
    }

    /// Forgets cached rows; anything touched and not flushed is lost.
    void forget()
    {
        m_touched.clear();
        m_slots.clear();
    }

private:
    static constexpr size_t ColumnCount = Columns<Record>::names.size();
    using Values = std::array<QVariant, ColumnCount>;

    struct Slot
    {
        std::optional<Record> record;
        std::optional<Lanes> stored; ///< hash of the row on disk; none = no such row
        Values columns;              ///< of the row on disk, once touched
        bool isTouched = false;
    };
    struct Hash
    {
        size_t operator()(const Key &key) const { return qHash(key.value); }
    };

    Slot &slot(const Key &key)
    {
        const auto found = m_slots.find(key);
        if (found != m_slots.end())
            return found->second;
        Slot &slot = m_slots[key];
        m_context.cachedBytes += qsizetype(sizeof(Slot));
        load(key, slot);
        return slot;
    }

    Slot &touch(const Key &key)
    {
        Slot &touched = slot(key);
        if (!touched.isTouched) {
            if (touched.record)
                touched.columns = Columns<Record>::values(*touched.record);
            touched.isTouched = true;
            m_touched.emplace_back(key, &touched);
        }
        return touched;
    }

    Statement *query(const QString &sql)
    {
        const auto prepared = m_context.db->prepared(sql);
        if (!prepared) {
            m_context.fail(prepared.error());
            return nullptr;
        }
        return *prepared;
    }

    void execute(Statement *query)
    {
        if (query && !query->exec())
            m_context.fail(storageError(query->lastError(), tableName()));
    }

    void load(const Key &key, Slot &slot)
    {
        if (!m_select)
            m_select = query(u"SELECT body FROM %1 WHERE id = ?"_s.arg(tableName()));
        if (!m_select)
            return;
        const QByteArray id = key.toBytes();
        m_select->bindValue(0, id);
        execute(m_select);
        if (m_select->next()) {
            const QByteArray body = m_select->value(0).toByteArray();
            auto record = codec::decode<Record>(body);
            if (record) {
                slot.record = std::move(*record);
                slot.stored = rowHash(Record::table, id, body);
                m_context.cachedBytes += body.size();
            } else {
                m_context.fail(
                    {Error::Code::Storage, tableName() + u": unreadable row"_s, u"corrupt"_s});
            }
        }
        m_select->finish();
    }

    void write(const Key &key, Slot &slot)
    {
        const QByteArray id = key.toBytes();
        if (!slot.record) {
            remove(id, slot);
            return;
        }
        const QByteArray body = codec::encode(*slot.record);
        const Lanes hash = rowHash(Record::table, id, body);
        if (slot.stored == hash)
            return;
        const Values columns = Columns<Record>::values(*slot.record);
        if (slot.stored) {
            update(id, body, slot.columns, columns);
            m_context.digest.subtract(*slot.stored);
        } else {
            insert(id, body, columns);
        }
        m_context.digest.add(hash);
        m_context.cachedBytes += body.size();
        slot.stored = hash;
    }

    void insert(const QByteArray &id, const QByteArray &body, const Values &columns)
    {
        if (!m_insert)
            m_insert = query(insertSql());
        if (!m_insert)
            return;
        m_insert->bindValue(0, id);
        m_insert->bindValue(1, body);
        for (size_t i = 0; i < ColumnCount; ++i)
            m_insert->bindValue(int(i) + 2, columns[i]);
        execute(m_insert);
    }

    /// Names only the columns that changed: SQLite rewrites the indexes of every named one.
    void update(const QByteArray &id, const QByteArray &body, const Values &before,
                const Values &after)
    {
        quint32 changed = 0;
        for (size_t i = 0; i < ColumnCount; ++i)
            changed |= before[i] == after[i] ? 0U : 1U << i;
        Statement *&statement = m_updates[changed];
        if (!statement)
            statement = query(updateSql(changed));
        if (!statement)
            return;
        int place = 0;
        statement->bindValue(place++, body);
        for (size_t i = 0; i < ColumnCount; ++i) {
            if (changed & (1U << i))
                statement->bindValue(place++, after[i]);
        }
        statement->bindValue(place, id);
        execute(statement);
    }

    void remove(const QByteArray &id, Slot &slot)
    {
        if (!slot.stored)
            return;
        Statement *statement = query(u"DELETE FROM %1 WHERE id = ?"_s.arg(tableName()));
        if (!statement)
            return;
        statement->bindValue(0, id);
        execute(statement);
        m_context.digest.subtract(*slot.stored);
        slot.stored.reset();
    }

    static QString tableName() { return QString::fromLatin1(Record::table); }
    static QString insertSql()
    {
        QString names = u"id, body"_s;
        QString marks = u"?, ?"_s;
        for (const char *name : Columns<Record>::names) {
            names += u", "_s + QLatin1String(name);
            marks += u", ?"_s;
        }
        return u"INSERT INTO %1 (%2) VALUES (%3)"_s.arg(tableName(), names, marks);
    }
    static QString updateSql(quint32 changed)
    {
        QString set = u"body = ?"_s;
        for (size_t i = 0; i < ColumnCount; ++i) {
            if (changed & (1U << i))
                set += u", %1 = ?"_s.arg(QLatin1String(Columns<Record>::names[i]));
        }
        return u"UPDATE %1 SET %2 WHERE id = ?"_s.arg(tableName(), set);
    }

    TableContext &m_context;
    std::unordered_map<Key, Slot, Hash> m_slots;
    std::vector<std::pair<Key, Slot *>> m_touched;
    Statement *m_select = nullptr;
    Statement *m_insert = nullptr;
    std::unordered_map<quint32, Statement *> m_updates;
};

} // namespace peerdesk::store
