// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/routing/lexer.h"

namespace peerdesk::routing {

using namespace Qt::StringLiterals;

namespace {

bool isLetter(QChar c)
{
    return (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z') || c == u'_';
}
bool isDigit(QChar c)
{
    return c >= u'0' && c <= u'9';
}

class Lexer
{
public:
    explicit Lexer(const QString &text)
        : m_text(text)
    {}

    Result<std::vector<Token>> run()
    {
        while (true) {
            while (m_at < m_text.size() && m_text.at(m_at).isSpace())
                ++m_at;
            if (m_at == m_text.size())
                break;
            const std::optional<Error> error = next();
            if (error)
                return *error;
        }
        m_tokens.push_back({Token::Kind::End, {}, 0, m_at});
        return std::move(m_tokens);
    }

private:
    QChar peek(qsizetype ahead = 0) const
    {
        return m_at + ahead < m_text.size() ? m_text.at(m_at + ahead) : QChar();
    }

    void push(Token::Kind kind, qsizetype length)
    {
        m_tokens.push_back({kind, m_text.mid(m_at, length), 0, m_at});
        m_at += length;
    }

    std::optional<Error> next()
    {
        const QChar c = peek();
        if (c == u'\'' || c == u'"')
            return quoted();
        // After a dot a name may begin with a digit: ids of activities do.
        const bool afterDot = !m_tokens.empty() && m_tokens.back().kind == Token::Kind::Dot;
        if (isLetter(c) || (afterDot && isDigit(c)))
            return word();
        if (isDigit(c) || (c == u'-' && isDigit(peek(1))))
            return number();
        return sign();
    }

    std::optional<Error> quoted()
    {
        const qsizetype end = m_text.indexOf(peek(), m_at + 1);
        if (end < 0)
            return syntaxError(m_text, m_at, u"the quote is not closed"_s);
        m_tokens.push_back({Token::Kind::Text, m_text.mid(m_at + 1, end - m_at - 1), 0, m_at});
        m_at = end + 1;
        return {};
    }

    std::optional<Error> word()
    {
        qsizetype length = 1;
        while (isLetter(peek(length)) || isDigit(peek(length)))
            ++length;
        push(Token::Kind::Word, length);
        return {};
    }

    std::optional<Error> number()
    {
        qsizetype length = 1;
        while (isDigit(peek(length)))
            ++length;
        if (peek(length) == u'.' && isDigit(peek(length + 1))) {
            ++length;
            while (isDigit(peek(length)))
                ++length;
        }
        if (isLetter(peek(length)) || peek(length) == u'.')
            return syntaxError(m_text, m_at, u"this is not a number"_s);
        push(Token::Kind::Number, length);
        bool good = false;
        m_tokens.back().number = m_tokens.back().text.toDouble(&good);
        if (!good)
            return syntaxError(m_text, m_tokens.back().position, u"the number is too large"_s);
        return {};
    }

    std::optional<Error> sign()
    {
        const QStringView rest = QStringView(m_text).mid(m_at);
        for (const QLatin1String two : {"=="_L1, "!="_L1, "<="_L1, ">="_L1}) {
            if (rest.startsWith(two)) {
                push(Token::Kind::Operator, 2);
                return {};
            }
        }
        switch (peek().unicode()) {
        case u'=':
        case u'<':
        case u'>':
            push(Token::Kind::Operator, 1);
            return {};
        case u'(':
            push(Token::Kind::Open, 1);
            return {};
        case u')':
            push(Token::Kind::Close, 1);
            return {};
        case u'[':
            push(Token::Kind::ListOpen, 1);
            return {};
        case u']':
            push(Token::Kind::ListClose, 1);
            return {};
        case u',':
            push(Token::Kind::Comma, 1);
            return {};
        case u'.':
            push(Token::Kind::Dot, 1);
            return {};
        default:
            break;
        }
        return syntaxError(m_text, m_at, u"unexpected character '%1'"_s.arg(peek()));
    }

    const QString &m_text;
    qsizetype m_at = 0;
    std::vector<Token> m_tokens;
};

} // namespace

Result<std::vector<Token>> tokenize(const QString &text)
{
    return Lexer(text).run();
}

Error syntaxError(const QString &text, qsizetype position, const QString &what)
{
    const QStringView before = QStringView(text).left(position);
    const qsizetype line = before.count(u'\n') + 1;
    const qsizetype column = position - (before.lastIndexOf(u'\n') + 1) + 1;
    return invalid(u"line %1, column %2: %3"_s.arg(line).arg(column).arg(what));
}

} // namespace peerdesk::routing
