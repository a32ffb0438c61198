// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/events/tables.h"

#include <map>

/// All replicated tables in plain maps, for tests of apply().
namespace peerdesk::tests {

template <typename... Records>
class MemoryLevels;

template <>
class MemoryLevels<> : public events::Tables
{
};

template <typename Record, typename... Rest>
class MemoryLevels<Record, Rest...> : public MemoryLevels<Rest...>
{
    using Key = typename Record::Key;

public:
    std::optional<Record> find(const Key &key) const override
    {
        const auto row = m_rows.find(key);
        return row == m_rows.end() ? std::nullopt : std::optional(row->second);
    }
    void put(const Record &record) override { m_rows[record.key()] = record; }
    void erase(const Key &key) override { m_rows.erase(key); }

private:
    std::map<Key, Record> m_rows;
};

using MemoryTables = events::Replicated<MemoryLevels>;

} // namespace peerdesk::tests
