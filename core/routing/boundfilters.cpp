// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/routing/boundfilters.h"

#include "core/base/json.h"
#include "core/routing/scope.h"

#include <algorithm>

namespace peerdesk::routing {

BoundFilters::BoundFilters(const Plan &plan, Symbols &symbols)
{
    using Place = BoundExpression::Place;
    const auto locate = [this](const Reference &reference) -> Place {
        const auto known = std::ranges::find(m_columns, reference.path, &Reference::path);
        const auto column = int(known - m_columns.begin());
        if (known == m_columns.end())
            m_columns.push_back(reference);
        return {Place::Source::First, column};
    };
    for (const Filter &filter : plan.filters)
        m_filters.emplace_back(filter.expression, locate, symbols);
}

Json BoundFilters::factsOf(const QJsonObject &facts) const
{
    const QJsonObject kept = facts.isEmpty() ? facts : mentioned(facts, m_columns);
    return kept.isEmpty() ? Json{} : json::canonical(kept);
}

int BoundFilters::firstMatch(const Task &task, Time now, const Symbols &symbols) const
{
    static const Row none;
    const QJsonObject attributes = json::object(task.attributes);
    const QJsonObject facts =
        task.routingFacts.text.isEmpty() ? QJsonObject() : json::object(task.routingFacts);
    const Resolve resolve = filterScope(task, attributes, facts, now);
    Row row;
    row.reserve(m_columns.size());
    for (const Reference &column : m_columns)
        row.push_back(cellOf(resolve(column), symbols));
    const auto match = std::ranges::find_if(
        m_filters, [&](const BoundExpression &filter) { return filter.evaluate(row, none); });
    return match == m_filters.end() ? -1 : int(match - m_filters.begin());
}

} // namespace peerdesk::routing
