// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QJsonValue>
#include <QString>

#include <functional>
#include <vector>

namespace peerdesk::routing {

/// One step of a reference: a member name, or an index where `key` is empty.
struct PathStep
{
    QString key;
    qsizetype index = 0;
    bool operator==(const PathStep &) const = default;
};

/// `task.skills[0].level` as its steps. The first step is always a name.
struct Reference
{
    std::vector<PathStep> path;
    qsizetype position = 0; ///< in the source, for messages

    const QString &root() const { return path.front().key; }
    /// The name at `step`; empty if there is none or it is an index.
    QString name(size_t step) const { return step < path.size() ? path[step].key : QString(); }
    bool operator==(const Reference &) const = default;
};

/// Follows `reference` from its step `from` on; a missing member or index is null.
QJsonValue follow(QJsonValue value, const Reference &reference, size_t from = 0);

/// Gives a reference its value in the context where an expression runs.
using Resolve = std::function<QJsonValue(const Reference &)>;

enum class Comparator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Contains,
    Has,
    In,
    NotIn
};

struct Term
{
    enum class Kind { Literal, Reference, List };
    Kind kind = Kind::Literal;
    QJsonValue literal;
    Reference reference;
    std::vector<Term> items; ///< of a list: literals and references; a list inside a list equals
                             ///< nothing and is kept as an empty one
};

struct Comparison
{
    Term left;
    Comparator comparator = Comparator::Equal;
    Term right;
};

/// Truth of `left comparator right` for every mix of types (routing.md 2.4): a missing key is null;
/// only `==` and `!=` know null; other types compare with their own kind alone, else false.
bool compare(const QJsonValue &left, Comparator comparator, const QJsonValue &right);

/// A compiled expression: comparisons joined by AND and OR, in postfix order. A value; evaluating
/// never fails. Bounds: MaxBytes of source, MaxDepth of parentheses and lists.
class Expression
{
public:
    static constexpr qsizetype MaxBytes = 8 * 1024;
    static constexpr int MaxDepth = 64;

    /// Errors: Invalid with line and column; TooLarge.
    static Result<Expression> parse(const QString &text);

    bool evaluate(const Resolve &resolve) const;
    /// The comparisons that hold, for saying why.
    std::vector<const Comparison *> holding(const Resolve &resolve) const;
    /// Every reference in it, in order of appearance.
    std::vector<Reference> references() const;

    enum class Step : quint8 { Compare, And, Or };
    /// In postfix order; Compare takes the next comparison.
    const std::vector<Step> &steps() const { return m_steps; }
    const std::vector<Comparison> &comparisons() const { return m_comparisons; }

private:
    friend class ExpressionParser;

    std::vector<Step> m_steps;
    std::vector<Comparison> m_comparisons;
};

/// A comparison as one writes it.
QString describe(const Comparison &comparison);

/// The value of a term.
QJsonValue valueOf(const Term &term, const Resolve &resolve);

/// Parses one reference that stands alone, as in `known_worker_sid` and `order_by`.
/// Errors: Invalid with line and column.
Result<Reference> parseReference(const QString &text);

} // namespace peerdesk::routing
