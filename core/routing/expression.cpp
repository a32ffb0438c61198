// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/routing/expression.h"

#include "core/routing/lexer.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QVarLengthArray>
#include <QVariant>

#include <array>

namespace peerdesk::routing {

using namespace Qt::StringLiterals;
using Kind = Token::Kind;

namespace {

bool isScalar(const QJsonValue &value)
{
    return !value.isArray() && !value.isObject();
}

/// Equality of two scalars of one type; null equals null.
bool same(const QJsonValue &left, const QJsonValue &right)
{
    return isScalar(left) && left.type() == right.type() && left == right;
}

bool contains(const QJsonArray &array, const QJsonValue &value)
{
    return std::any_of(array.begin(), array.end(),
                       [&](const QJsonValue &item) { return same(item, value); });
}

bool isOrdered(const QJsonValue &left, Comparator comparator, const QJsonValue &right)
{
    int order = 0;
    if (left.isDouble() && right.isDouble())
        order = left.toDouble() < right.toDouble() ? -1 : left.toDouble() > right.toDouble();
    else if (left.isString() && right.isString())
        order = left.toString().compare(right.toString());
    else
        return false;
    switch (comparator) {
    case Comparator::Less:
        return order < 0;
    case Comparator::LessOrEqual:
        return order <= 0;
    case Comparator::Greater:
        return order > 0;
    case Comparator::GreaterOrEqual:
        return order >= 0;
    case Comparator::Equal:
    case Comparator::NotEqual:
    case Comparator::Contains:
    case Comparator::Has:
    case Comparator::In:
    case Comparator::NotIn:
        break;
    }
    return false;
}

bool isDifferent(const QJsonValue &left, const QJsonValue &right)
{
    if (left.isNull() || right.isNull()) // `x != null` means "x is there", whatever its type
        return left.isNull() != right.isNull();
    return isScalar(left) && left.type() == right.type() && left != right;
}

QJsonValue defined(const QJsonValue &value)
{
    return value.isUndefined() ? QJsonValue() : value;
}

QString describe(const QJsonValue &literal)
{
    if (literal.isString())
        return u'\'' + literal.toString() + u'\'';
    return literal.isNull() ? u"null"_s : literal.toVariant().toString();
}

QString describe(const Reference &reference)
{
    QString out;
    for (const PathStep &step : reference.path) {
        if (step.key.isEmpty())
            out += u"[%1]"_s.arg(step.index);
        else
            out += (out.isEmpty() ? QString() : u"."_s) + step.key;
    }
    return out;
}

QString describe(const Term &term)
{
    if (term.kind == Term::Kind::Literal)
        return describe(term.literal);
    if (term.kind == Term::Kind::Reference)
        return describe(term.reference);
    QStringList items;
    for (const Term &item : term.items)
        items.append(item.kind == Term::Kind::Reference ? describe(item.reference)
                                                        : describe(item.literal));
    return u'[' + items.join(u", "_s) + u']';
}

} // namespace

QJsonValue follow(QJsonValue value, const Reference &reference, size_t from)
{
    for (size_t i = from; i < reference.path.size(); ++i) {
        const PathStep &step = reference.path[i];
        if (!step.key.isEmpty())
            value = value.toObject().value(step.key);
        else
            value = value.toArray().at(step.index);
    }
    return defined(value);
}

bool compare(const QJsonValue &left, Comparator comparator, const QJsonValue &right)
{
    switch (comparator) {
    case Comparator::Equal:
        return same(left, right);
    case Comparator::NotEqual:
        return isDifferent(left, right);
    case Comparator::Less:
    case Comparator::LessOrEqual:
    case Comparator::Greater:
    case Comparator::GreaterOrEqual:
        return isOrdered(left, comparator, right);
    case Comparator::Contains:
        return left.isString() && right.isString() && left.toString().contains(right.toString());
    case Comparator::Has:
        return left.isArray() && isScalar(right) && contains(left.toArray(), right);
    case Comparator::In:
        return isScalar(left) && right.isArray() && contains(right.toArray(), left);
    case Comparator::NotIn:
        return isScalar(left) && right.isArray() && !contains(right.toArray(), left);
    }
    return false;
}

QJsonValue valueOf(const Term &term, const Resolve &resolve)
{
    switch (term.kind) {
    case Term::Kind::Literal:
        return term.literal;
    case Term::Kind::Reference:
        return defined(resolve(term.reference));
    case Term::Kind::List:
        break;
    }
    QJsonArray array;
    for (const Term &item : term.items) {
        if (item.kind == Term::Kind::Reference)
            array.append(defined(resolve(item.reference)));
        else if (item.kind == Term::Kind::Literal)
            array.append(item.literal);
    }
    return array;
}

/// Shunting-yard with an explicit stack, so that hostile nesting costs no stack of ours.
class ExpressionParser
{
public:
    ExpressionParser(const QString &text, std::vector<Token> tokens)
        : m_text(text)
        , m_tokens(std::move(tokens))
    {}

    Result<Expression> expression()
    {
        bool wantsOperand = true;
        while (!m_error) {
            if (wantsOperand)
                wantsOperand = !operand();
            else if (is(Kind::Close))
                close();
            else if (current().isKeyword("AND"_L1))
                wantsOperand = join(Pending::And);
            else if (current().isKeyword("OR"_L1))
                wantsOperand = join(Pending::Or);
            else
                break;
        }
        if (!m_error && !is(Kind::End))
            fail(u"expected AND, OR or the end"_s);
        while (!m_error && !m_pending.empty()) {
            if (m_pending.back() == Pending::Paren)
                fail(u"a parenthesis is not closed"_s);
            else
                pop();
        }
        if (m_error)
            return *m_error;
        return std::move(m_result);
    }

    Result<Reference> loneReference()
    {
        Reference reference = takeReference();
        if (!m_error && !is(Kind::End))
            fail(u"expected the end of the reference"_s);
        if (m_error)
            return *m_error;
        return reference;
    }

private:
    enum class Pending { Paren, Or, And }; // in order of binding

    const Token &current() const { return m_tokens[m_at]; }
    bool is(Kind kind) const { return current().kind == kind; }
    bool take(Kind kind)
    {
        if (!is(kind))
            return false;
        ++m_at;
        return true;
    }
    void fail(const QString &what)
    {
        if (!m_error)
            m_error = syntaxError(m_text, current().position, what);
    }

    /// One "(" or one comparison. True once a comparison is complete.
    bool operand()
    {
        if (is(Kind::Open)) {
            if (++m_depth > Expression::MaxDepth)
                fail(u"nested deeper than %1"_s.arg(Expression::MaxDepth));
            ++m_at;
            m_pending.push_back(Pending::Paren);
            return false;
        }
        m_result.m_comparisons.push_back(comparison());
        m_result.m_steps.push_back(Expression::Step::Compare);
        return true;
    }

    void close()
    {
        while (!m_pending.empty() && m_pending.back() != Pending::Paren)
            pop();
        if (m_pending.empty())
            return fail(u"this parenthesis was never opened"_s);
        m_pending.pop_back();
        --m_depth;
        ++m_at;
    }

    bool join(Pending connective)
    {
        while (!m_pending.empty() && m_pending.back() >= connective)
            pop();
        m_pending.push_back(connective);
        ++m_at;
        return true;
    }

    void pop()
    {
        m_result.m_steps.push_back(m_pending.back() == Pending::And ? Expression::Step::And
                                                                    : Expression::Step::Or);
        m_pending.pop_back();
    }

    Comparison comparison()
    {
        Comparison out;
        out.left = term();
        if (m_error)
            return out;
        const std::optional<Comparator> comparator = takeComparator();
        if (comparator) {
            out.comparator = *comparator;
            out.right = term();
            return out;
        }
        if (out.left.kind != Term::Kind::Reference)
            fail(u"expected an operator"_s);
        out.right.literal = true; // a bare reference asks whether it is true
        return out;
    }

    std::optional<Comparator> takeComparator()
    {
        static const std::map<QString, Comparator> signs{
            {u"=="_s, Comparator::Equal},         {u"="_s, Comparator::Equal},
            {u"!="_s, Comparator::NotEqual},      {u"<"_s, Comparator::Less},
            {u"<="_s, Comparator::LessOrEqual},   {u">"_s, Comparator::Greater},
            {u">="_s, Comparator::GreaterOrEqual}};
        const Token token = current();
        if (take(Kind::Operator))
            return signs.at(token.text);
        if (token.isKeyword("CONTAINS"_L1) || token.isKeyword("HAS"_L1) ||
            token.isKeyword("IN"_L1)) {
            ++m_at;
            return token.isKeyword("HAS"_L1)  ? Comparator::Has
                   : token.isKeyword("IN"_L1) ? Comparator::In
                                              : Comparator::Contains;
        }
        if (token.isKeyword("NOT"_L1)) {
            ++m_at;
            if (current().isKeyword("IN"_L1))
                ++m_at;
            else
                fail(u"expected IN after NOT"_s);
            return Comparator::NotIn;
        }
        return std::nullopt;
    }

    Term term()
    {
        Term out;
        if (!is(Kind::ListOpen))
            return scalar();
        out.kind = Term::Kind::List;
        int depth = 0;
        do {
            if (take(Kind::ListOpen)) {
                if (++depth + m_depth > Expression::MaxDepth)
                    fail(u"nested deeper than %1"_s.arg(Expression::MaxDepth));
                if (take(Kind::ListClose))
                    --depth;
                else
                    continue; // an item must follow
            } else {
                const Term item = scalar();
                if (depth == 1)
                    out.items.push_back(item);
            }
            while (depth > 0 && take(Kind::ListClose))
                --depth;
            if (depth > 0 && !m_error && !take(Kind::Comma))
                fail(u"expected ',' or ']'"_s);
        } while (depth > 0 && !m_error);
        return out;
    }

    Term scalar()
    {
        Term out;
        const Token token = current();
        if (take(Kind::Text))
            out.literal = token.text;
        else if (take(Kind::Number))
            out.literal = token.number;
        else if (token.isKeyword("true"_L1) || token.isKeyword("false"_L1)) {
            out.literal = token.isKeyword("true"_L1);
            ++m_at;
        } else if (token.isKeyword("null"_L1))
            ++m_at;
        else {
            out.kind = Term::Kind::Reference;
            out.reference = takeReference();
        }
        return out;
    }

    Reference takeReference()
    {
        Reference out{{}, current().position};
        if (!is(Kind::Word) || isReserved(current())) {
            fail(u"expected a value"_s);
            return out;
        }
        out.path.push_back({current().text, 0});
        ++m_at;
        while (!m_error && (is(Kind::Dot) || is(Kind::ListOpen))) {
            if (take(Kind::Dot)) {
                if (!is(Kind::Word))
                    fail(u"expected a name after '.'"_s);
                out.path.push_back({current().text, 0});
                m_at += is(Kind::Word);
            } else {
                ++m_at;
                takeIndex(out);
            }
        }
        return out;
    }

    void takeIndex(Reference &reference)
    {
        bool good = false;
        const int index = current().text.toInt(&good);
        if (!is(Kind::Number) || !good || index < 0)
            return fail(u"expected an index"_s);
        reference.path.push_back({{}, index});
        ++m_at;
        if (!take(Kind::ListClose))
            fail(u"expected ']'"_s);
    }

    static bool isReserved(const Token &token)
    {
        for (const QLatin1String word :
             {"AND"_L1, "OR"_L1, "NOT"_L1, "IN"_L1, "HAS"_L1, "CONTAINS"_L1}) {
            if (token.isKeyword(word))
                return true;
        }
        return false;
    }

    const QString &m_text;
    std::vector<Token> m_tokens;
    size_t m_at = 0;
    int m_depth = 0;
    std::vector<Pending> m_pending;
    std::optional<Error> m_error;
    Expression m_result;
};

Result<Expression> Expression::parse(const QString &text)
{
    if (text.toUtf8().size() > MaxBytes)
        return Error{
            Error::Code::TooLarge, u"an expression has at most %1 bytes"_s.arg(MaxBytes), {}};
    Result<std::vector<Token>> tokens = tokenize(text);
    if (!tokens)
        return tokens.error();
    return ExpressionParser(text, std::move(*tokens)).expression();
}

Result<Reference> parseReference(const QString &text)
{
    if (text.size() > Expression::MaxBytes)
        return invalid(u"the reference is too long"_s);
    Result<std::vector<Token>> tokens = tokenize(text);
    if (!tokens)
        return tokens.error();
    return ExpressionParser(text, std::move(*tokens)).loneReference();
}

bool Expression::evaluate(const Resolve &resolve) const
{
    QVarLengthArray<bool, MaxDepth * 2 + 2> stack;
    size_t next = 0;
    for (const Step step : m_steps) {
        if (step == Step::Compare) {
            const Comparison &c = m_comparisons[next++];
            stack.append(
                compare(valueOf(c.left, resolve), c.comparator, valueOf(c.right, resolve)));
            continue;
        }
        const bool right = stack.last();
        stack.removeLast();
        stack.last() = step == Step::And ? stack.last() && right : stack.last() || right;
    }
    return !stack.isEmpty() && stack.last();
}

std::vector<const Comparison *> Expression::holding(const Resolve &resolve) const
{
    std::vector<const Comparison *> out;
    for (const Comparison &c : m_comparisons) {
        if (compare(valueOf(c.left, resolve), c.comparator, valueOf(c.right, resolve)))
            out.push_back(&c);
    }
    return out;
}

QString describe(const Comparison &comparison)
{
    static constexpr std::array signs{"==", "!=",       "<",   "<=", ">",
                                      ">=", "CONTAINS", "HAS", "IN", "NOT IN"};
    return describe(comparison.left) + u' ' + QLatin1String(signs[size_t(comparison.comparator)]) +
           u' ' + describe(comparison.right);
}

std::vector<Reference> Expression::references() const
{
    std::vector<Reference> out;
    const auto add = [&out](const Term &term) {
        if (term.kind == Term::Kind::Reference)
            out.push_back(term.reference);
        for (const Term &item : term.items) {
            if (item.kind == Term::Kind::Reference)
                out.push_back(item.reference);
        }
    };
    for (const Comparison &c : m_comparisons) {
        add(c.left);
        add(c.right);
    }
    return out;
}

} // namespace peerdesk::routing
