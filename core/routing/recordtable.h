// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <absl/container/flat_hash_set.h>

#include <cstring>
#include <map>

namespace peerdesk::routing {

/// Ids are hashes or random already.
struct IdHash
{
    template <typename IdType>
    size_t operator()(const IdType &id) const noexcept
    {
        size_t out = 0;
        std::memcpy(&out, id.value.data4, sizeof out);
        return out ^ id.value.data1;
    }
};

/// Records by id, to callers a std::map: walked in the order of ids, and what is found stays where
/// it is. Found by hash, since with ten thousand each step down a tree misses the cache. One
/// thread.
template <typename Id, typename Record>
class RecordTable
{
    using Map = std::map<Id, Record>;

public:
    using key_type = Id;
    using mapped_type = Record;
    using value_type = typename Map::value_type;
    using size_type = typename Map::size_type;
    using iterator = typename Map::iterator;
    using const_iterator = typename Map::const_iterator;

    RecordTable() = default;
    RecordTable(const RecordTable &other) { *this = other; }
    RecordTable(RecordTable &&) = default;
    RecordTable &operator=(const RecordTable &other)
    {
        if (this == &other)
            return *this;
        m_places.clear();
        m_records = other.m_records;
        for (auto at = m_records.begin(); at != m_records.end(); ++at)
            m_places.insert(at);
        return *this;
    }
    RecordTable &operator=(RecordTable &&) = default;
    ~RecordTable() = default;

    size_type size() const { return m_records.size(); }
    bool empty() const { return m_records.empty(); }
    iterator begin() { return m_records.begin(); }
    iterator end() { return m_records.end(); }
    const_iterator begin() const { return m_records.begin(); }
    const_iterator end() const { return m_records.end(); }
    iterator find(const Id &id)
    {
        const auto place = m_places.find(id);
        return place == m_places.end() ? m_records.end() : *place;
    }
    const_iterator find(const Id &id) const
    {
        const auto place = m_places.find(id);
        return place == m_places.end() ? m_records.end() : const_iterator(*place);
    }
    bool contains(const Id &id) const { return m_places.contains(id); }
    /// There must be one.
    const Record &at(const Id &id) const { return find(id)->second; }

    Record &operator[](const Id &id) { return place(id)->second; }
    void insert_or_assign(const Id &id, const Record &record) { place(id)->second = record; }
    void erase(const Id &id)
    {
        const auto place = m_places.find(id);
        if (place == m_places.end())
            return;
        const iterator at = *place;
        m_places.erase(place);
        m_records.erase(at);
    }
    void clear()
    {
        m_places.clear();
        m_records.clear();
    }

private:
    struct Hash
    {
        using is_transparent = void;
        size_t operator()(const Id &id) const { return IdHash()(id); }
        size_t operator()(iterator at) const { return IdHash()(at->first); }
    };
    struct Same
    {
        using is_transparent = void;
        bool operator()(iterator left, iterator right) const { return left == right; }
        bool operator()(iterator left, const Id &right) const { return left->first == right; }
    };

    iterator place(const Id &id)
    {
        const auto known = m_places.find(id);
        if (known != m_places.end())
            return *known;
        const iterator fresh = m_records.try_emplace(id).first;
        m_places.insert(fresh);
        return fresh;
    }

    Map m_records;
    absl::flat_hash_set<iterator, Hash, Same> m_places;
};

} // namespace peerdesk::routing
