// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/node/warm.h"
#include "core/store/officereader.h"

#include <functional>
#include <map>
#include <vector>

namespace peerdesk::node {

/// What all tables of the overlay share.
class OverlayBase : public events::Tables
{
public:
    explicit OverlayBase(store::OfficeReader &reader)
        : m_reader(reader)
    {}

protected:
    store::OfficeReader &m_reader;
    Warm m_warm;
    quint64 m_index = 0;                       ///< of the batch being decided
    std::vector<std::function<void()>> m_undo; ///< takes it back, last first
    bool m_isFollowing = false;
    std::vector<std::function<void()>> m_touched; ///< brings a warm record up to date
};

/// One table of the overlay after the other: each level overrides find, put and erase of its record
/// type.
template <typename... Records>
class OverlayTables;

template <>
class OverlayTables<> : public OverlayBase
{
public:
    using OverlayBase::OverlayBase;

protected:
    void rowsOf() const {}
    void current() const {}
    void evictRows(quint64) {}
    void forgetRows() {}
};

template <typename Record, typename... Rest>
class OverlayTables<Record, Rest...> : public OverlayTables<Rest...>
{
    using Key = typename Record::Key;

public:
    using OverlayTables<Rest...>::OverlayTables;

    std::optional<Record> find(const Key &key) const override
    {
        if (const auto row = m_rows.find(key); row != m_rows.end())
            return row->second.record;
        if (const Record *warm = this->m_warm.template find<Record>(key))
            return *warm;
        return this->m_reader.template find<Record>(key);
    }
    void put(const Record &record) override { write(record.key(), record); }
    void erase(const Key &key) override { write(key, std::nullopt); }

protected:
    struct Row
    {
        std::optional<Record> record; ///< nullopt = erased
        quint64 writtenAt = 0;        ///< index of the last batch that touched it
    };

    using OverlayTables<Rest...>::rowsOf;
    /// What is in flight of this record type.
    const std::map<Key, Row> &rowsOf(std::type_identity<Record>) const { return m_rows; }

    void evictRows(quint64 appliedIndex)
    {
        std::erase_if(m_rows,
                      [&](const auto &row) { return row.second.writtenAt <= appliedIndex; });
        OverlayTables<Rest...>::evictRows(appliedIndex);
    }
    void forgetRows()
    {
        m_rows.clear();
        OverlayTables<Rest...>::forgetRows();
    }

    /// `stored` as it is with what is in flight; only records that `fits` holds for.
    template <typename Fits>
    std::vector<Record> current(const std::vector<Record> &stored, const Fits &fits) const
    {
        std::map<Key, Record> found;
        for (const Record &record : stored)
            found.emplace(record.key(), record);
        for (const auto &[key, row] : m_rows) {
            found.erase(key);
            if (row.record && fits(*row.record))
                found.emplace(key, *row.record);
        }
        std::vector<Record> out;
        for (auto &[key, record] : found)
            out.push_back(std::move(record));
        return out;
    }
    using OverlayTables<Rest...>::current;

private:
    void write(const Key &key, const std::optional<Record> &record)
    {
        if (this->m_isFollowing) {
            this->m_touched.push_back([this, key] {
                this->m_warm.template keep<Record>(key, this->m_reader.template find<Record>(key));
            });
            return;
        }
        const auto row = m_rows.find(key);
        const std::optional<Row> before =
            row == m_rows.end() ? std::nullopt : std::optional(row->second);
        const std::optional<Record> warmBefore = find(key);
        this->m_undo.push_back([this, key, before, warmBefore] {
            if (before)
                m_rows[key] = *before;
            else
                m_rows.erase(key);
            this->m_warm.template keep<Record>(key, warmBefore);
        });
        m_rows[key] = {record, this->m_index};
        this->m_warm.template keep<Record>(key, record);
    }

    std::map<Key, Row> m_rows;
};

} // namespace peerdesk::node
