// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/flow/expression.h"

#include "core/flow/filters.h"

#include <cmath>

namespace peerdesk::flow::liquid {
using namespace Qt::StringLiterals;

namespace {

/// Work that a value stands for, in units of MaxWork.
qint64 weightOf(const QJsonValue &value)
{
    constexpr qint64 ElementCost = 16;
    if (value.isString())
        return value.toString().size();
    return value.isArray() ? ElementCost * value.toArray().size() : 1;
}

/// Members every list, text and object has besides its own.
QJsonValue builtIn(const QJsonValue &value, const QString &name)
{
    if (name == u"size"_s)
        return applyFilter(u"size"_s, value, {}, {});
    if (value.isArray() && (name == u"first"_s || name == u"last"_s)) {
        const QJsonArray array = value.toArray();
        return name == u"first"_s ? array.first() : array.last();
    }
    return QJsonValue::Undefined;
}

QJsonValue member(const QJsonValue &value, const QString &name)
{
    if (value.isObject()) {
        const QJsonValue own = value.toObject().value(name);
        if (!own.isUndefined())
            return own;
    }
    return builtIn(value, name);
}

QJsonValue element(const QJsonValue &value, qint64 index)
{
    if (!value.isArray())
        return QJsonValue::Undefined;
    const QJsonArray array = value.toArray();
    const qint64 position = index < 0 ? index + array.size() : index;
    return position >= 0 && position < array.size() ? array.at(qsizetype(position))
                                                    : QJsonValue(QJsonValue::Undefined);
}

QJsonValue root(const QString &name, const Scope &scope)
{
    const auto local = scope.locals.find(name);
    return local != scope.locals.end() ? local->second : scope.variables.value(name);
}

QJsonValue lookUp(const QStringList &names, const Scope &scope)
{
    QJsonValue value = root(names.first(), scope);
    for (qsizetype i = 1; i < names.size(); ++i)
        value = member(value, names[i]);
    return value;
}

QJsonValue step(const QJsonValue &value, const Segment &segment, const Scope &scope)
{
    switch (segment.kind) {
    case Segment::Kind::Name:
        return member(value, segment.name);
    case Segment::Kind::Index:
        return element(value, segment.index);
    case Segment::Kind::Reference:
        break;
    }
    const QJsonValue key = lookUp(segment.reference, scope);
    return key.isDouble() ? element(value, key.toInteger()) : member(value, key.toString());
}

bool isEmpty(const QJsonValue &value)
{
    return (value.isString() && value.toString().isEmpty()) ||
           (value.isArray() && value.toArray().isEmpty()) ||
           (value.isObject() && value.toObject().isEmpty());
}

bool isBlank(const QJsonValue &value)
{
    return value.isNull() || value.isUndefined() || value == QJsonValue(false) || isEmpty(value) ||
           (value.isString() && value.toString().trimmed().isEmpty());
}

bool operandsEqual(const Comparison &c, const QJsonValue &left, const QJsonValue &right)
{
    if (c.right.kind == Operand::Kind::Empty)
        return isEmpty(left);
    if (c.right.kind == Operand::Kind::Blank)
        return isBlank(left);
    if (c.left.kind == Operand::Kind::Empty)
        return isEmpty(right);
    if (c.left.kind == Operand::Kind::Blank)
        return isBlank(right);
    return areEqual(left, right);
}

bool contains(const QJsonValue &left, const QJsonValue &right)
{
    if (left.isArray()) {
        for (const QJsonValue item : left.toArray()) {
            if (areEqual(item, right))
                return true;
        }
        return false;
    }
    return left.isString() && left.toString().contains(toText(right));
}

/// -1, 0, 1, or nothing where the two have no order.
std::optional<int> order(const QJsonValue &left, const QJsonValue &right)
{
    const auto a = toNumber(left);
    const auto b = toNumber(right);
    if (a && b)
        return *a < *b ? -1 : int(*a > *b);
    if (left.isString() && right.isString())
        return left.toString().compare(right.toString());
    return std::nullopt;
}

bool holds(const Comparison &comparison, Scope &scope)
{
    const QJsonValue left = evaluate(comparison.left, scope);
    const QJsonValue right = evaluate(comparison.right, scope);
    if (!scope.spend(1 + weightOf(left) + weightOf(right)))
        return false;
    const auto ordered = [&] { return order(left, right); };
    switch (comparison.comparator) {
    case Comparison::Operator::Truth:
        return !left.isNull() && !left.isUndefined() && left != QJsonValue(false);
    case Comparison::Operator::Equal:
        return operandsEqual(comparison, left, right);
    case Comparison::Operator::NotEqual:
        return !operandsEqual(comparison, left, right);
    case Comparison::Operator::Less:
        return ordered().value_or(0) < 0;
    case Comparison::Operator::Greater:
        return ordered().value_or(0) > 0;
    case Comparison::Operator::AtMost:
        return ordered().value_or(1) <= 0;
    case Comparison::Operator::AtLeast:
        return ordered().value_or(-1) >= 0;
    case Comparison::Operator::Contains:
        return contains(left, right);
    }
    return false;
}

} // namespace

QJsonValue evaluate(const Operand &operand, Scope &scope)
{
    if (operand.kind != Operand::Kind::Path)
        return operand.literal;
    QJsonValue value = root(operand.root, scope);
    for (const Segment &segment : operand.path)
        value = step(value, segment, scope);
    return value;
}

QJsonValue evaluate(const Expression &expression, Scope &scope)
{
    QJsonValue value = evaluate(expression.operand, scope);
    for (const Filter &filter : expression.filters) {
        std::vector<QJsonValue> arguments;
        constexpr qint64 DateCost = 2048; // time zones are looked up
        qint64 cost = (filter.name == u"date"_s ? DateCost : 1) + weightOf(value);
        for (const Operand &argument : filter.arguments) {
            arguments.push_back(evaluate(argument, scope));
            cost += weightOf(arguments.back());
        }
        if (!scope.spend(cost))
            return {};
        value = applyFilter(filter.name, value, arguments, scope.variables);
    }
    return scope.spend(1 + weightOf(value)) ? value : QJsonValue();
}

bool evaluate(const Condition &condition, Scope &scope)
{
    bool result = holds(condition.terms.back(), scope);
    for (size_t i = condition.terms.size() - 1; i-- > 0;) {
        const bool left = holds(condition.terms[i], scope);
        result = condition.joinedByAnd[i] ? left && result : left || result;
    }
    return result;
}

bool areEqual(const QJsonValue &left, const QJsonValue &right)
{
    const bool noLeft = left.isNull() || left.isUndefined();
    const bool noRight = right.isNull() || right.isUndefined();
    if (noLeft || noRight)
        return noLeft && noRight;
    if (left.isDouble() != right.isDouble()) {
        const auto a = toNumber(left);
        const auto b = toNumber(right);
        return a && b && *a == *b;
    }
    return left == right;
}

QString cut(QString text, qsizetype limit)
{
    if (text.size() <= limit)
        return text;
    if (limit > 0 && text[limit - 1].isHighSurrogate())
        --limit;
    text.truncate(limit);
    return text;
}

std::optional<double> toNumber(const QJsonValue &value)
{
    if (value.isDouble())
        return value.toDouble();
    if (!value.isString())
        return std::nullopt;
    bool good = false;
    const double number = value.toString().trimmed().toDouble(&good);
    return good && std::isfinite(number) ? std::optional(number) : std::nullopt;
}

QString scalarText(const QJsonValue &value)
{
    if (value.isBool())
        return value.toBool() ? u"true"_s : u"false"_s;
    if (!value.isDouble())
        return cut(value.toString(), MaxText);
    const double number = value.toDouble();
    const qint64 whole = value.toInteger();
    return double(whole) == number ? QString::number(whole) : QString::number(number, 'g', 15);
}

QString toText(const QJsonValue &value)
{
    if (value.isArray())
        return joinText(value.toArray(), {});
    return value.isObject() ? cut(compactJson(value), MaxText) : scalarText(value);
}

} // namespace peerdesk::flow::liquid
