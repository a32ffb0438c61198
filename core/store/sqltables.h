// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/sqltable.h"

#include <tuple>

namespace peerdesk::store {

namespace detail {

/// Implements TableOf for each record in turn over one SqlTable each.
template <typename Base, typename... Records>
class Dispatch : public Base
{
public:
    virtual void flushAll() {}
    virtual void forgetAll() {}

protected:
    explicit Dispatch(TableContext &) {}
};

template <typename Base, typename Record, typename... Rest>
class Dispatch<Base, Record, Rest...> : public Dispatch<Base, Rest...>
{
    using Next = Dispatch<Base, Rest...>;

public:
    std::optional<Record> find(const typename Record::Key &key) const override
    {
        return m_table.find(key);
    }
    void put(const Record &record) override { m_table.put(record); }
    void erase(const typename Record::Key &key) override { m_table.erase(key); }

    void flushAll() override
    {
        m_table.flush();
        Next::flushAll();
    }
    void forgetAll() override
    {
        m_table.forget();
        Next::forgetAll();
    }

protected:
    explicit Dispatch(TableContext &context)
        : Next(context)
        , m_table(context)
    {}

private:
    mutable SqlTable<Record> m_table; ///< reading fills its cache
};

template <typename... Records>
using DispatchAll = Dispatch<events::Tables, Records...>;

template <typename... Records>
struct TableNames
{
    static constexpr std::array<const char *, sizeof...(Records)> names{Records::table...};
};

} // namespace detail

/// Names of the replicated tables: what the digest covers and what a rebuild makes anew.
inline constexpr auto ReplicatedTables = events::Replicated<detail::TableNames>::names;

/// Most bytes of row bodies kept between groups.
constexpr qsizetype MaxCachedBytes = 4 * 1024 * 1024;

struct TableContextHolder
{
    TableContext context;
};

/// The SQLite projection of all replicated records, with the digest over them. Used inside a write
/// transaction: facts are applied, flush() writes, then commit; after a rollback reset().
class SqlTables final : private TableContextHolder, public events::Replicated<detail::DispatchAll>
{
public:
    explicit SqlTables(Database &db)
        : events::Replicated<detail::DispatchAll>(context)
    {
        context.db = &db;
    }

    /// Writes what was touched. Errors: the first failure since reset(), also of a read.
    Result<Done> flush()
    {
        flushAll();
        if (context.error)
            return *context.error;
        if (context.cachedBytes > MaxCachedBytes) {
            forgetAll();
            context.cachedBytes = 0;
        }
        return Done{};
    }
    /// Forgets everything not flushed and every cached row.
    void reset(const Digest &digest)
    {
        forgetAll();
        context.error.reset();
        context.cachedBytes = 0;
        context.digest = digest;
    }
    const Digest &digest() const { return context.digest; }
};

/// The digest from all rows of `db`. Slow.
Result<Digest> computeDigest(Database &db);

} // namespace peerdesk::store
