// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/officereader.h"

#include <algorithm>

namespace peerdesk::store {

template <typename Record>
std::vector<Record> OfficeReader::list(const QString &sql, const QVariantList &values) const
{
    std::vector<Record> records;
    const auto rows = m_db->run(sql, values);
    if (!rows) {
        note(rows.error());
        return records;
    }
    while ((*rows)->next()) {
        if (auto record = decoded<Record>((*rows)->value(0).toByteArray()))
            records.push_back(std::move(*record));
    }
    if ((*rows)->lastError().isValid())
        note(storageError((*rows)->lastError(), QStringLiteral("reading")));
    (*rows)->finish();
    return records;
}

template <typename Record>
std::optional<Record> OfficeReader::first(const QString &sql, const QVariantList &values) const
{
    std::vector<Record> records = list<Record>(sql, values);
    if (records.empty())
        return std::nullopt;
    return std::move(records.front());
}

constexpr int MaxPage = 500;

inline int pageLimit(const api::Page &page)
{
    return std::clamp(page.limit, 1, MaxPage);
}

/// A place in a list that is ordered by a number and an id: "number-id".
template <typename Key>
QString cursorOf(qint64 number, const Key &id)
{
    return QStringLiteral("%1-%2").arg(number).arg(id.toString());
}

/// The two values of a cursor, ready to bind; empty for the first page.
/// Errors: Invalid for what cursorOf() did not make.
Result<QVariantList> valuesOfCursor(const QString &cursor);

} // namespace peerdesk::store
