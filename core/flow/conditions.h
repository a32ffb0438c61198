// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QString>

#include <array>
#include <optional>

namespace peerdesk::flow {

/// Condition types of a split, named as in the definition.
enum class ConditionType {
    EqualTo,
    NotEqualTo,
    MatchesAnyOf,
    DoesNotMatchAnyOf,
    IsBlank,
    IsNotBlank,
    Regex,
    Contains,
    DoesNotContain,
    StartsWith,
    DoesNotStartWith,
    LessThan,
    GreaterThan,
    IsBeforeTime,
    IsAfterTime,
    IsBeforeDate,
    IsAfterDate
};

/// Most characters of an input that a regular expression sees.
constexpr qsizetype MaxRegexInput = 4096;
/// Longest regular expression.
constexpr qsizetype MaxRegexPattern = 1024;

std::optional<ConditionType> conditionType(const QString &name);
/// Whether the condition compares with a value (all but is_blank and is_not_blank).
bool needsValue(ConditionType type);
/// Errors: Invalid if the pattern is too long or no regular expression.
Result<Done> checkPattern(const QString &pattern);

/// Whether `input` meets the condition. Both sides are trimmed, runs of white space count as one
/// space, case and Unicode compatibility forms are folded. Numbers, times and dates that cannot be
/// read never match; nothing contains or starts with an empty value. A regular expression must
/// match the whole input, in any case; one that needs too many steps does not match.
bool meets(ConditionType type, const QString &input, const QString &value);

/// What meets() may cost at most, in units of liquid::MaxWork.
qint64 costOf(ConditionType type, const QString &input, const QString &value);

} // namespace peerdesk::flow
