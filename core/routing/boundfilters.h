// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/domain/routing.h"
#include "core/routing/boundexpression.h"
#include "core/routing/workflow.h"

namespace peerdesk::routing {

/// The filters of a workflow, with what they ask of a task bound to columns: a new task's
/// attributes are read once, however many filters there are.
class BoundFilters
{
public:
    BoundFilters() = default; ///< none matches
    BoundFilters(const Plan &plan, Symbols &symbols);

    /// Of `facts` ({"customer":{},"channel":{},"now":{}}), what the filters mention.
    Json factsOf(const QJsonObject &facts) const;
    /// The first filter that matches; -1 = none.
    int firstMatch(const Task &task, Time now, const Symbols &symbols) const;

private:
    std::vector<Reference> m_columns;
    std::vector<BoundExpression> m_filters;
};

} // namespace peerdesk::routing
