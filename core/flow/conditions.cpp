// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/flow/conditions.h"

#include "core/flow/dateformat.h"

#include <QRegularExpression>
#include <QStringList>

#include <algorithm>
#include <cmath>

namespace peerdesk::flow {
using namespace Qt::StringLiterals;

namespace {

constexpr std::array Names{"equal_to",
                           "not_equal_to",
                           "matches_any_of",
                           "does_not_match_any_of",
                           "is_blank",
                           "is_not_blank",
                           "regex",
                           "contains",
                           "does_not_contain",
                           "starts_with",
                           "does_not_start_with",
                           "less_than",
                           "greater_than",
                           "is_before_time",
                           "is_after_time",
                           "is_before_date",
                           "is_after_date"};

/// Upper case first: it alone makes "SS" of "ß". The dot that folding leaves of a Turkish "İ" goes,
/// so that I, ı, İ and i are one letter: keyboards and phones mix them.
QString folded(const QString &text)
{
    constexpr auto Form = QString::NormalizationForm_KC;
    QString out = text.normalized(Form).replace(QChar(0x0130), u'I').toUpper().toCaseFolded();
    out.replace(u"i\u0307"_s, u"i"_s);
    return out.normalized(Form).simplified();
}

bool isOneOf(const QString &input, const QString &list)
{
    const QStringList choices = list.split(u',');
    return std::any_of(choices.begin(), choices.end(),
                       [&](const QString &choice) { return folded(choice) == input; });
}

/// The limits stop a pattern that backtracks without end; they hold for the interpreter and the
/// compiled form alike. A pattern's own limits can only lower them.
QRegularExpression limited(const QString &pattern)
{
    return QRegularExpression(
        u"(*LIMIT_MATCH=100000)(*LIMIT_DEPTH=10000)\\A(?:%1)\\z"_s.arg(pattern),
        QRegularExpression::CaseInsensitiveOption | QRegularExpression::UseUnicodePropertiesOption);
}

bool matchesPattern(const QString &input, const QString &pattern)
{
    if (!checkPattern(pattern))
        return false;
    return limited(pattern).match(input.trimmed().left(MaxRegexInput)).hasMatch();
}

std::optional<double> number(const QString &text)
{
    bool good = false;
    const double value = text.trimmed().toDouble(&good);
    return good && std::isfinite(value) ? std::optional(value) : std::nullopt;
}

/// Whether both sides can be read and `left` comes before `right`.
template <typename T>
bool before(const std::optional<T> &left, const std::optional<T> &right)
{
    return left && right && *left < *right;
}

bool meetsText(ConditionType type, const QString &input, const QString &value)
{
    const QString left = folded(input);
    const QString right = folded(value);
    if (type == ConditionType::EqualTo || type == ConditionType::NotEqualTo)
        return (left == right) == (type == ConditionType::EqualTo);
    if (type == ConditionType::MatchesAnyOf || type == ConditionType::DoesNotMatchAnyOf)
        return isOneOf(left, value) == (type == ConditionType::MatchesAnyOf);
    if (type == ConditionType::Contains || type == ConditionType::DoesNotContain)
        return (!right.isEmpty() && left.contains(right)) == (type == ConditionType::Contains);
    return (!right.isEmpty() && left.startsWith(right)) == (type == ConditionType::StartsWith);
}

} // namespace

std::optional<ConditionType> conditionType(const QString &name)
{
    for (size_t i = 0; i < Names.size(); ++i) {
        if (name == QLatin1String(Names[i]))
            return static_cast<ConditionType>(i);
    }
    return std::nullopt;
}

bool needsValue(ConditionType type)
{
    return type != ConditionType::IsBlank && type != ConditionType::IsNotBlank;
}

Result<Done> checkPattern(const QString &pattern)
{
    if (pattern.size() > MaxRegexPattern)
        return invalid(u"the regular expression is longer than 1,024 characters"_s);
    // On its own first: a pattern must not close the group that limits it.
    const QRegularExpression alone(pattern);
    if (!alone.isValid())
        return invalid(u"the regular expression is wrong: %1"_s.arg(alone.errorString()));
    const QRegularExpression inside = limited(pattern);
    if (!inside.isValid())
        return invalid(u"the regular expression is wrong: %1"_s.arg(inside.errorString()));
    return Done{};
}

bool meets(ConditionType type, const QString &input, const QString &value)
{
    switch (type) {
    case ConditionType::EqualTo:
    case ConditionType::NotEqualTo:
    case ConditionType::MatchesAnyOf:
    case ConditionType::DoesNotMatchAnyOf:
    case ConditionType::Contains:
    case ConditionType::DoesNotContain:
    case ConditionType::StartsWith:
    case ConditionType::DoesNotStartWith:
        return meetsText(type, input, value);
    case ConditionType::IsBlank:
        return input.trimmed().isEmpty();
    case ConditionType::IsNotBlank:
        return !input.trimmed().isEmpty();
    case ConditionType::Regex:
        return matchesPattern(input, value);
    case ConditionType::LessThan:
        return before(number(input), number(value));
    case ConditionType::GreaterThan:
        return before(number(value), number(input));
    case ConditionType::IsBeforeTime:
        return before(readTime(input), readTime(value));
    case ConditionType::IsAfterTime:
        return before(readTime(value), readTime(input));
    case ConditionType::IsBeforeDate:
        return before(readDate(input), readDate(value));
    case ConditionType::IsAfterDate:
        return before(readDate(value), readDate(input));
    }
    return false;
}

qint64 costOf(ConditionType type, const QString &input, const QString &value)
{
    constexpr qint64 Least = 64;
    constexpr qint64 FoldCost = 4;    // per character
    constexpr qint64 ChoiceCost = 32; // per character: every one may be a choice
    constexpr qint64 RegexCost = 25'000;
    const bool hasChoices =
        type == ConditionType::MatchesAnyOf || type == ConditionType::DoesNotMatchAnyOf;
    return type == ConditionType::Regex ? RegexCost
                                        : Least + FoldCost * input.size() +
                                              (hasChoices ? ChoiceCost : FoldCost) * value.size();
}

} // namespace peerdesk::flow
