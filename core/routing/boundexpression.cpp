// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/routing/boundexpression.h"

#include <QJsonArray>
#include <QJsonObject>

#include <cmath>

namespace peerdesk::routing {

namespace {

const Cell Null;

bool sameText(const Cell &left, const Cell &right)
{
    if (left.symbol != 0 && right.symbol != 0)
        return left.symbol == right.symbol;
    return left.text == right.text;
}

/// Of two scalars.
bool equal(const Cell &left, const Cell &right)
{
    if (left.kind != right.kind)
        return false;
    switch (left.kind) {
    case Cell::Kind::Null:
        return true;
    case Cell::Kind::Bool:
        return left.truth == right.truth;
    case Cell::Kind::Number:
        return left.number == right.number;
    case Cell::Kind::Text:
        return sameText(left, right);
    case Cell::Kind::Array:
    case Cell::Kind::Object:
        break;
    }
    return false;
}

bool holds(const Cell &array, const Cell &value)
{
    for (const Cell &item : array.items) {
        if (equal(item, value))
            return true;
    }
    return false;
}

bool isDifferent(const Cell &left, const Cell &right)
{
    const bool isNull = left.kind == Cell::Kind::Null;
    if (isNull || right.kind == Cell::Kind::Null)
        return isNull != (right.kind == Cell::Kind::Null);
    return left.isScalar() && left.kind == right.kind && !equal(left, right);
}

/// -1, 0, 1; nothing where the two have no order.
std::optional<int> order(const Cell &left, const Cell &right)
{
    if (left.kind == Cell::Kind::Number && right.kind == Cell::Kind::Number)
        return left.number < right.number ? -1 : int(left.number > right.number);
    if (left.kind == Cell::Kind::Text && right.kind == Cell::Kind::Text)
        return left.text.compare(right.text);
    return std::nullopt;
}

} // namespace

quint32 Symbols::intern(const QString &text)
{
    quint32 &id = m_ids[text];
    if (id == 0)
        id = quint32(m_ids.size());
    return id;
}

quint32 Symbols::share(QString &text)
{
    const quint32 id = intern(text);
    text = m_ids.constFind(text).key();
    return id;
}

std::optional<qint64> integerOf(const Cell &cell)
{
    constexpr double Largest = 9e15;
    if (cell.kind != Cell::Kind::Number || cell.number != std::floor(cell.number) ||
        std::abs(cell.number) > Largest)
        return std::nullopt;
    return qint64(cell.number);
}

namespace {

template <typename SymbolOf>
Cell read(const QJsonValue &value, const SymbolOf &symbolOf)
{
    Cell out;
    switch (value.type()) {
    case QJsonValue::Null:
    case QJsonValue::Undefined:
        break;
    case QJsonValue::Bool:
        out.kind = Cell::Kind::Bool;
        out.truth = value.toBool();
        break;
    case QJsonValue::Double:
        out.kind = Cell::Kind::Number;
        out.number = value.toDouble();
        break;
    case QJsonValue::String:
        out.kind = Cell::Kind::Text;
        out.text = value.toString();
        out.symbol = symbolOf(out.text);
        break;
    case QJsonValue::Object:
        out.kind = Cell::Kind::Object;
        break;
    case QJsonValue::Array: {
        out.kind = Cell::Kind::Array;
        const QJsonArray items = value.toArray();
        for (const QJsonValue item : items) {
            if (!item.isArray() && !item.isObject()) // those equal nothing
                out.items.push_back(read(item, symbolOf));
        }
        break;
    }
    }
    return out;
}

} // namespace

Cell cellOf(const QJsonValue &value, Symbols &symbols, bool intern)
{
    return intern ? read(value, [&](QString &text) { return symbols.share(text); })
                  : cellOf(value, symbols);
}

Cell cellOf(const QJsonValue &value, const Symbols &symbols)
{
    return read(value, [&](const QString &text) { return symbols.find(text); });
}

bool compare(const Cell &left, Comparator comparator, const Cell &right)
{
    using Kind = Cell::Kind;
    switch (comparator) {
    case Comparator::Equal:
        return equal(left, right);
    case Comparator::NotEqual:
        return isDifferent(left, right);
    case Comparator::Less:
        return order(left, right).value_or(0) < 0;
    case Comparator::LessOrEqual:
        return order(left, right).value_or(1) <= 0;
    case Comparator::Greater:
        return order(left, right).value_or(0) > 0;
    case Comparator::GreaterOrEqual:
        return order(left, right).value_or(-1) >= 0;
    case Comparator::Contains:
        return left.kind == Kind::Text && right.kind == Kind::Text &&
               left.text.contains(right.text);
    case Comparator::Has:
        return left.kind == Kind::Array && right.isScalar() && holds(left, right);
    case Comparator::In:
        return left.isScalar() && right.kind == Kind::Array && holds(right, left);
    case Comparator::NotIn:
        return left.isScalar() && right.kind == Kind::Array && !holds(right, left);
    }
    return false;
}

BoundExpression::BoundExpression(const Expression &expression, const Locate &locate,
                                 Symbols &symbols)
{
    for (const Comparison &one : expression.comparisons())
        m_tests.push_back(
            {bind(one.left, locate, symbols), bind(one.right, locate, symbols), one.comparator});
    std::vector<std::vector<Op>> stack;
    quint32 next = 0;
    for (const Expression::Step step : expression.steps()) {
        if (step == Expression::Step::Compare) {
            stack.push_back({{Op::Kind::Test, next++}});
            continue;
        }
        const std::vector<Op> right = std::move(stack.back());
        stack.pop_back();
        std::vector<Op> &left = stack.back();
        left.push_back(
            {step == Expression::Step::And ? Op::Kind::SkipIfFalse : Op::Kind::SkipIfTrue,
             quint32(right.size())});
        left.insert(left.end(), right.begin(), right.end());
    }
    if (!stack.empty())
        m_program = std::move(stack.back());
}

BoundExpression::Operand BoundExpression::bind(const Term &term, const Locate &locate,
                                               Symbols &symbols)
{
    Operand out;
    switch (term.kind) {
    case Term::Kind::Literal:
        out.place.source = Place::Source::Literal;
        out.literal = cellOf(term.literal, symbols, true);
        return out;
    case Term::Kind::Reference:
        out.place = locate(term.reference);
        return out;
    case Term::Kind::List:
        break;
    }
    out.place.source = Place::Source::Literal;
    out.literal.kind = Cell::Kind::Array;
    for (const Term &item : term.items) {
        if (item.kind == Term::Kind::List)
            continue; // equals nothing
        out.isList = out.isList || item.kind == Term::Kind::Reference;
        out.items.push_back(bind(item, locate, symbols));
    }
    if (!out.isList) {
        for (Operand &item : out.items)
            out.literal.items.push_back(std::move(item.literal));
        out.items.clear();
    }
    return out;
}

const Cell &BoundExpression::cell(const Place &place, const Cell &literal, const Row &first,
                                  const Row &second)
{
    if (place.source == Place::Source::Literal)
        return literal;
    const Row &row = place.source == Place::Source::First ? first : second;
    return size_t(place.column) < row.size() ? row[size_t(place.column)] : Null;
}

Cell BoundExpression::list(const Operand &operand, const Row &first, const Row &second)
{
    Cell out;
    out.kind = Cell::Kind::Array;
    for (const Operand &item : operand.items) {
        const Cell &value = cell(item.place, item.literal, first, second);
        if (value.isScalar())
            out.items.push_back(value);
    }
    return out;
}

bool BoundExpression::holds(const Test &test, const Row &first, const Row &second)
{
    if (!test.left.isList && !test.right.isList)
        return compare(cell(test.left.place, test.left.literal, first, second), test.comparator,
                       cell(test.right.place, test.right.literal, first, second));
    const auto value = [&](const Operand &operand) {
        return operand.isList ? list(operand, first, second)
                              : cell(operand.place, operand.literal, first, second);
    };
    return compare(value(test.left), test.comparator, value(test.right));
}

QStringList BoundExpression::agreements(const Row &first, const Row &second) const
{
    QStringList out;
    for (const Test &test : m_tests) {
        const bool isIn = test.comparator == Comparator::In;
        const bool canAgree =
            isIn || test.comparator == Comparator::Has || test.comparator == Comparator::Equal;
        const bool isFixed = test.left.place.source == Place::Source::Literal &&
                             test.right.place.source == Place::Source::Literal;
        if (!canAgree || isFixed || !holds(test, first, second))
            continue;
        const Operand &scalar = isIn ? test.left : test.right;
        const Cell &agreed = cell(scalar.place, scalar.literal, first, second);
        if (agreed.kind == Cell::Kind::Text && !agreed.text.isEmpty())
            out.append(agreed.text);
    }
    return out;
}

bool BoundExpression::evaluate(const Row &first, const Row &second) const
{
    bool truth = false;
    for (size_t at = 0; at < m_program.size(); ++at) {
        const Op &op = m_program[at];
        if (op.kind == Op::Kind::Test)
            truth = holds(m_tests[op.argument], first, second);
        else if (truth == (op.kind == Op::Kind::SkipIfTrue))
            at += op.argument;
    }
    return truth;
}

} // namespace peerdesk::routing
