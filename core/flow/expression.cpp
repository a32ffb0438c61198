// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/flow/expression.h"

#include "core/flow/filters.h"

#include <QJsonDocument>

#include <cmath>

namespace peerdesk::flow::liquid {
using namespace Qt::StringLiterals;

namespace {

bool isWordStart(QChar c)
{
    return c.isLetter() || c == u'_';
}
bool isWord(QChar c)
{
    return c.isLetterOrNumber() || c == u'_' || c == u'-';
}

qint64 sizeOf(const QJsonValue &value)
{
    if (value.isString())
        return value.toString().size();
    return value.isArray() ? value.toArray().size() : 1;
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
    if (!scope.spend(1 + sizeOf(left) + sizeOf(right)))
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

void Cursor::skipSpaces()
{
    while (m_at < m_text.size() && m_text[m_at].isSpace())
        ++m_at;
}

bool Cursor::atEnd()
{
    skipSpaces();
    return m_at >= m_text.size();
}

bool Cursor::take(QStringView symbol)
{
    skipSpaces();
    if (!m_text.mid(m_at).startsWith(symbol))
        return false;
    m_at += symbol.size();
    return true;
}

bool Cursor::takeWord(QStringView word)
{
    skipSpaces();
    const qsizetype before = m_at;
    if (identifier() == word)
        return true;
    m_at = before;
    return false;
}

QString Cursor::identifier()
{
    skipSpaces();
    const qsizetype from = m_at;
    if (!isWordStart(peek()))
        return {};
    while (m_at < m_text.size() && isWord(m_text[m_at]))
        ++m_at;
    return m_text.mid(from, m_at - from).toString();
}

Result<Operand> Cursor::text(QChar quote)
{
    const qsizetype from = ++m_at;
    const qsizetype to = m_text.indexOf(quote, from);
    if (to < 0)
        return invalid(u"a quotation mark is not closed"_s);
    m_at = to + 1;
    Operand out;
    out.literal = m_text.mid(from, to - from).toString();
    return out;
}

Result<Operand> Cursor::number()
{
    const qsizetype from = m_at;
    if (peek() == u'-')
        ++m_at;
    const auto digits = [this] {
        while (peek() >= u'0' && peek() <= u'9')
            ++m_at;
    };
    digits();
    const bool fraction = peek() == u'.' && m_at + 1 < m_text.size() && m_text[m_at + 1].isDigit();
    if (fraction) {
        ++m_at;
        digits();
    }
    const QString spelled = m_text.mid(from, m_at - from).toString();
    bool good = false;
    Operand out;
    if (const qint64 whole = spelled.toLongLong(&good); good && !fraction)
        out.literal = whole;
    else
        out.literal = spelled.toDouble(&good);
    if (!good)
        return invalid(u"'%1' is not a number"_s.arg(spelled));
    return out;
}

Result<Segment> Cursor::bracket()
{
    skipSpaces();
    Segment out;
    if (peek() == u'"' || peek() == u'\'') {
        const auto name = text(peek());
        if (!name)
            return name.error();
        out.name = name->literal.toString();
    } else if (peek() == u'-' || peek().isDigit()) {
        const auto index = number();
        if (!index)
            return index.error();
        out.kind = Segment::Kind::Index;
        out.index = index->literal.toInteger();
    } else {
        out.kind = Segment::Kind::Reference;
        do
            out.reference.append(identifier());
        while (take(u"."));
        if (out.reference.contains(QString()) || out.reference.size() > MaxParts)
            return invalid(u"a name is missing in [ ]"_s);
    }
    if (!take(u"]"))
        return invalid(u"] is missing"_s);
    return out;
}

Result<Operand> Cursor::path()
{
    Operand out;
    out.kind = Operand::Kind::Path;
    out.root = identifier();
    while (qsizetype(out.path.size()) <= MaxParts) {
        if (peek() == u'[') {
            ++m_at;
            const auto segment = bracket();
            if (!segment)
                return segment.error();
            out.path.push_back(*segment);
        } else if (peek() == u'.' && m_at + 1 < m_text.size() && isWord(m_text[m_at + 1])) {
            const qsizetype from = ++m_at;
            while (m_at < m_text.size() && isWord(m_text[m_at]))
                ++m_at;
            const QString name = m_text.mid(from, m_at - from).toString();
            out.path.push_back({Segment::Kind::Name, name, 0, {}});
        } else {
            return out;
        }
    }
    return invalid(u"a path has too many parts"_s);
}

Result<Operand> Cursor::operand()
{
    skipSpaces();
    const QChar next = peek();
    if (next == u'"' || next == u'\'')
        return text(next);
    if (next == u'-' || (next >= u'0' && next <= u'9'))
        return number();
    if (!isWordStart(next))
        return invalid(u"a value is missing before '%1'"_s.arg(rest().left(20)));
    auto out = path();
    if (!out || !out->path.empty())
        return out;
    const QString word = out->root;
    if (word == u"true"_s || word == u"false"_s)
        return Operand{Operand::Kind::Literal, word == u"true"_s, {}, {}};
    if (word == u"nil"_s || word == u"null"_s)
        return Operand{Operand::Kind::Literal, QJsonValue(), {}, {}};
    if (word == u"empty"_s)
        return Operand{Operand::Kind::Empty, QJsonValue(u""_s), {}, {}};
    if (word == u"blank"_s)
        return Operand{Operand::Kind::Blank, QJsonValue(u""_s), {}, {}};
    return out;
}

Result<Filter> Cursor::filter()
{
    Filter out;
    out.name = identifier();
    if (!isFilter(out.name))
        return invalid(u"no such filter: '%1'"_s.arg(out.name));
    if (!take(u":"))
        return out;
    do {
        const auto argument = operand();
        if (!argument)
            return argument.error();
        out.arguments.push_back(*argument);
    } while (take(u",") && qsizetype(out.arguments.size()) < MaxParts);
    return out;
}

Result<Expression> Cursor::expression()
{
    const auto first = operand();
    if (!first)
        return first.error();
    Expression out{*first, {}};
    while (take(u"|")) {
        const auto next = filter();
        if (!next)
            return next.error();
        out.filters.push_back(*next);
        if (qsizetype(out.filters.size()) > MaxParts)
            return invalid(u"too many filters"_s);
    }
    return out;
}

Result<Comparison> Cursor::comparison()
{
    using Operator = Comparison::Operator;
    const auto left = operand();
    if (!left)
        return left.error();
    Comparison out{*left, Operator::Truth, {}};
    if (take(u"=="))
        out.comparator = Operator::Equal;
    else if (take(u"!=") || take(u"<>"))
        out.comparator = Operator::NotEqual;
    else if (take(u"<="))
        out.comparator = Operator::AtMost;
    else if (take(u">="))
        out.comparator = Operator::AtLeast;
    else if (take(u"<"))
        out.comparator = Operator::Less;
    else if (take(u">"))
        out.comparator = Operator::Greater;
    else if (takeWord(u"contains"))
        out.comparator = Operator::Contains;
    else
        return out;
    const auto right = operand();
    if (!right)
        return right.error();
    out.right = *right;
    return out;
}

Result<Condition> Cursor::condition()
{
    Condition out;
    while (qsizetype(out.terms.size()) < MaxParts) {
        const auto term = comparison();
        if (!term)
            return term.error();
        out.terms.push_back(*term);
        if (takeWord(u"and"))
            out.joinedByAnd.push_back(true);
        else if (takeWord(u"or"))
            out.joinedByAnd.push_back(false);
        else
            return out;
    }
    return invalid(u"a condition has too many parts"_s);
}

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
        qint64 cost = 1 + sizeOf(value);
        for (const Operand &argument : filter.arguments) {
            arguments.push_back(evaluate(argument, scope));
            cost += sizeOf(arguments.back());
        }
        if (!scope.spend(cost))
            return {};
        value = applyFilter(filter.name, value, arguments, scope.variables);
    }
    return scope.spend(1 + sizeOf(value)) ? value : QJsonValue();
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
