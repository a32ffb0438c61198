// SPDX-License-Identifier: GPL-3.0-or-later
// Reading expressions; evaluating them is in expression.cpp.
#include "core/flow/expression.h"
#include "core/flow/filters.h"

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

} // namespace peerdesk::flow::liquid
