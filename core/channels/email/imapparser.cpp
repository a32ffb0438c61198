// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/email/imapparser.h"

#include <algorithm>
#include <optional>

namespace peerdesk::channels::email {
using namespace Qt::StringLiterals;
namespace {

Error tooLarge()
{
    return {Error::Code::TooLarge, u"The mail server sent more than it may."_s, {}};
}

Error malformed()
{
    return invalid(u"The mail server does not speak IMAP."_s);
}

bool isStatusWord(const QByteArray &word)
{
    return word == "OK" || word == "NO" || word == "BAD" || word == "BYE" || word == "PREAUTH";
}

/// The text of these is for people and never holds a literal.
bool isStatusLine(const QByteArray &line)
{
    if (line.startsWith('+'))
        return true;
    const qsizetype space = line.indexOf(' ');
    if (space <= 0)
        return false;
    const qsizetype end = line.indexOf(' ', space + 1);
    return isStatusWord(line.mid(space + 1, end < 0 ? -1 : end - space - 1).toUpper());
}

/// The length of the literal that the line announces at its end.
std::optional<qsizetype> announcedLiteral(const QByteArray &line)
{
    if (!line.endsWith('}'))
        return std::nullopt;
    const qsizetype open = line.lastIndexOf('{');
    QByteArray digits = line.mid(open + 1).chopped(1);
    if (digits.endsWith('+'))
        digits.chop(1);
    const bool isNumber =
        open >= 0 && !digits.isEmpty() && digits.size() <= 12 &&
        std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
    return isNumber ? std::optional<qsizetype>(digits.toLongLong()) : std::nullopt;
}

/// Reads values out of the texts and literals of one response, without recursion.
class ValueReader
{
public:
    ValueReader(const std::vector<QByteArray> &texts, std::vector<QByteArray> &literals)
        : m_texts(texts)
        , m_literals(literals)
    {}

    Result<std::vector<ImapValue>> run()
    {
        m_open.emplace_back();
        for (; m_text < m_texts.size(); ++m_text) {
            m_at = 0;
            while (m_at < m_texts[m_text].size()) {
                if (!step())
                    return malformed();
                if (m_count > ImapParser::MaxValues || m_open.size() > ImapParser::MaxDepth)
                    return tooLarge();
            }
            if (m_text < m_literals.size())
                add({ImapValue::Kind::String, std::move(m_literals[m_text]), {}});
        }
        if (m_open.size() != 1)
            return malformed();
        return std::move(m_open.front());
    }

private:
    bool step()
    {
        const QByteArray &line = m_texts[m_text];
        const char c = line[m_at];
        if (c == ' ') {
            ++m_at;
            return true;
        }
        if (c == '(') {
            ++m_at;
            m_open.emplace_back();
            return true;
        }
        if (c == ')')
            return close();
        if (c == '"')
            return quoted();
        if (c == '{' || (c == '~' && line.mid(m_at, 2) == "~{")) {
            m_at = line.size();
            return m_text < m_literals.size();
        }
        atom();
        return true;
    }

    bool close()
    {
        ++m_at;
        if (m_open.size() < 2)
            return false;
        ImapValue list{ImapValue::Kind::List, {}, std::move(m_open.back())};
        m_open.pop_back();
        add(std::move(list));
        return true;
    }

    bool quoted()
    {
        const QByteArray &line = m_texts[m_text];
        QByteArray text;
        for (++m_at; m_at < line.size(); ++m_at) {
            if (line[m_at] == '"') {
                ++m_at;
                add({ImapValue::Kind::String, text, {}});
                return true;
            }
            if (line[m_at] == '\\' && m_at + 1 < line.size())
                ++m_at;
            text += line[m_at];
        }
        return false;
    }

    /// Up to a space or a bracket; "BODY[HEADER.FIELDS (TO)]<0>" is one atom.
    void atom()
    {
        const QByteArray &line = m_texts[m_text];
        const qsizetype from = m_at;
        int brackets = 0;
        while (m_at < line.size()) {
            const char c = line[m_at];
            if (brackets == 0 && (c == ' ' || c == '(' || c == ')' || c == '"'))
                break;
            brackets += c == '[' ? 1 : c == ']' && brackets > 0 ? -1 : 0;
            ++m_at;
        }
        if (m_at == from)
            ++m_at;
        const QByteArray text = line.mid(from, m_at - from);
        const bool isNil = text.compare("NIL", Qt::CaseInsensitive) == 0;
        add({isNil ? ImapValue::Kind::Nil : ImapValue::Kind::Atom,
             isNil ? QByteArray() : text,
             {}});
    }

    void add(ImapValue value)
    {
        ++m_count;
        m_open.back().push_back(std::move(value));
    }

    const std::vector<QByteArray> &m_texts;
    std::vector<QByteArray> &m_literals;
    size_t m_text = 0;
    qsizetype m_at = 0;
    size_t m_count = 0;
    std::vector<std::vector<ImapValue>> m_open;
};

ImapResponse statusResponse(const QByteArray &line)
{
    ImapResponse response;
    const qsizetype space = line.indexOf(' ');
    response.tag = line.left(space);
    const qsizetype end = line.indexOf(' ', space + 1);
    response.status = line.mid(space + 1, end < 0 ? -1 : end - space - 1).toUpper();
    response.text = end < 0 ? QByteArray() : line.mid(end + 1);
    const qsizetype bracket = response.text.indexOf(']');
    if (response.text.startsWith('[') && bracket > 0) {
        response.code = response.text.mid(1, bracket - 1);
        response.text = response.text.mid(bracket + 1).trimmed();
    }
    return response;
}

} // namespace

Result<Done> ImapParser::feed(const QByteArray &bytes)
{
    if (m_isBroken)
        return malformed();
    qsizetype at = 0;
    while (at < bytes.size()) {
        if (m_literalLeft > 0) {
            const qsizetype part = std::min(m_literalLeft, bytes.size() - at);
            m_draft.literals.back().append(bytes.constData() + at, part);
            m_literalLeft -= part;
            at += part;
            continue;
        }
        if (const Result<Done> read = addText(bytes, at); !read) {
            m_isBroken = true;
            return read;
        }
    }
    return Done{};
}

Result<Done> ImapParser::addText(const QByteArray &bytes, qsizetype &at)
{
    const qsizetype end = bytes.indexOf('\n', at);
    const qsizetype part = (end < 0 ? bytes.size() : end) - at;
    m_draft.size += part;
    if (m_draft.size > MaxLine)
        return tooLarge();
    m_draft.texts.back().append(bytes.constData() + at, part);
    at += part + (end < 0 ? 0 : 1);
    return end < 0 ? Done{} : endLine();
}

Result<Done> ImapParser::endLine()
{
    QByteArray &line = m_draft.texts.back();
    if (line.endsWith('\r'))
        line.chop(1);
    const std::optional<qsizetype> literal =
        isStatusLine(m_draft.texts.front()) ? std::nullopt : announcedLiteral(line);
    if (!literal)
        return finishDraft();
    m_draft.literalSize += *literal;
    if (*literal > MaxLiteral || m_draft.literalSize > MaxLiteral ||
        m_draft.literals.size() > MaxValues)
        return tooLarge();
    m_draft.literals.emplace_back();
    m_draft.texts.emplace_back();
    m_literalLeft = *literal;
    return Done{};
}

Result<Done> ImapParser::finishDraft()
{
    Draft draft = std::exchange(m_draft, Draft{});
    const QByteArray &first = draft.texts.front();
    if (m_ready.size() >= MaxWaiting)
        return tooLarge();
    if (first.isEmpty())
        return Done{};
    if (first.startsWith('+')) {
        m_ready.push_back({"+", {}, {}, first.mid(1).trimmed(), {}});
        return Done{};
    }
    if (isStatusLine(first)) {
        m_ready.push_back(statusResponse(first));
        return Done{};
    }
    if (!first.startsWith("* "))
        return malformed();
    draft.texts.front().remove(0, 2);
    Result<std::vector<ImapValue>> values = ValueReader(draft.texts, draft.literals).run();
    if (!values)
        return values.error();
    m_ready.push_back({"*", {}, {}, {}, std::move(*values)});
    return Done{};
}

ImapResponse ImapParser::take()
{
    ImapResponse next = std::move(m_ready.front());
    m_ready.pop_front();
    return next;
}

bool ImapParser::isAtRest() const
{
    return m_ready.empty() && m_literalLeft == 0 && m_draft.texts.size() == 1 &&
           m_draft.texts.front().isEmpty();
}

} // namespace peerdesk::channels::email
