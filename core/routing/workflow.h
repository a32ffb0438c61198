// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/fields.h"
#include "core/base/time.h"
#include "core/routing/expression.h"

#include <optional>

namespace peerdesk::routing {

/// Largest workflow configuration. Source: routing.md 2.10.
constexpr qsizetype MaxConfigurationBytes = 1024 * 1024;

/// One clause of `order_by`.
struct OrderClause
{
    Reference attribute; ///< begins with `worker`
    bool isDescending = false;
};

/// Whom a target asks alone, if it names a known worker.
enum class KnownWorker { None, BySid, ByName };

/// One routing step; queue and priority are inherited from the step before it already.
struct Target
{
    QString queue; ///< id or friendly name, as written
    std::optional<Expression> expression;
    std::optional<Expression> skipIf;
    std::vector<OrderClause> orderBy;
    std::optional<int> priority;
    std::optional<Seconds> timeout;
    KnownWorker known = KnownWorker::None;
    Reference knownWorker; ///< a `task.` reference
};

struct Filter
{
    QString friendlyName;
    Expression expression;
    std::vector<Target> targets; ///< at least one
};

/// A compiled workflow configuration.
struct Plan
{
    std::vector<Filter> filters;
    std::optional<Target> defaultTarget; ///< where tasks wait that no filter wants

    /// The step at (filter, target), filter -1 = default; null where the configuration has none.
    const Target *at(int filter, int target) const;
};

/// Reads Twilio's task_routing document (routing.md 2.5). Unknown keys are ignored; numbers may be
/// strings. Errors: Invalid naming filter, target and column; TooLarge.
Result<Plan> parsePlan(const Json &configuration);

/// Errors: Invalid with line and column, also if an attribute does not begin with `worker`.
Result<std::vector<OrderClause>> parseOrder(const QString &text);

} // namespace peerdesk::routing
