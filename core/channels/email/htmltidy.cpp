// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/email/htmltidy.h"

#include <algorithm>
#include <set>
#include <vector>

namespace peerdesk::channels::email {
namespace {

using Names = std::set<QByteArray>;

const Names &known()
{
    static const Names names{
        "a",     "abbr", "b",     "big", "blockquote", "br",     "caption", "center", "cite",
        "code",  "col",  "dd",    "del", "div",        "dl",     "dt",      "em",     "font",
        "h1",    "h2",   "h3",    "h4",  "h5",         "h6",     "hr",      "i",      "img",
        "ins",   "li",   "ol",    "p",   "pre",        "q",      "s",       "small",  "span",
        "sub",   "sup",  "u",     "ul",  "strike",     "strong", "table",   "tbody",  "td",
        "tfoot", "th",   "thead", "tr",  "tt"};
    return names;
}

const Names &treatedAsDiv()
{
    static const Names names{"address", "article", "aside",  "fieldset", "figcaption", "figure",
                             "footer",  "form",    "header", "main",     "nav",        "section"};
    return names;
}

/// Their content is dropped with them.
const Names &dropped()
{
    static const Names names{"applet", "audio",    "canvas",  "embed",    "head",
                             "iframe", "math",     "noembed", "object",   "script",
                             "select", "style",    "svg",     "template", "video",
                             "xmp",    "textarea", "title",   "noframes", "noscript"};
    return names;
}

/// Browsers read these as raw text up to the end tag, even to the end of the document.
const Names &raw()
{
    static const Names names{"iframe", "noembed", "noframes", "script",
                             "style",  "xmp",     "textarea", "title"};
    return names;
}

const Names &closesParagraph()
{
    static const Names names{"blockquote", "center", "dd",  "div",   "dl", "dt", "h1",
                             "h2",         "h3",     "h4",  "h5",    "h6", "hr", "li",
                             "ol",         "p",      "pre", "table", "ul"};
    return names;
}

/// A set of known tags as bits, so that the open tags are searched in no time.
using Bits = quint64;

Bits bit(const QByteArray &name)
{
    const auto found = known().find(name);
    return found == known().end() ? 0 : Bits(1) << std::distance(known().begin(), found);
}

Bits bits(std::initializer_list<const char *> names)
{
    Bits all = 0;
    for (const char *name : names)
        all |= bit(name);
    return all;
}

struct Groups
{
    Bits table = bit("table");
    Bits cells = bits({"td", "th"});
    Bits parts = bits({"caption", "col", "tbody", "td", "tfoot", "th", "thead", "tr"});
    Bits sections = bits({"tbody", "thead", "tfoot"});
    Bits paragraph = bit("p");
    Bits item = bit("li");
    Bits lists = bits({"ul", "ol"});
    Bits definition = bits({"dt", "dd"});
    Bits definitions = bit("dl");
    Bits link = bit("a");
    Bits row = bit("tr");
    Bits caption = bit("caption");
    Bits box = cells | table; ///< an end tag inside does not reach past it
};

const Groups &groups()
{
    static const Groups all;
    return all;
}

bool isTablePart(const QByteArray &name)
{
    return (bit(name) & groups().parts) != 0;
}

bool isSpace(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

bool isLetter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool isKeptAttribute(const QByteArray &name)
{
    static const Names names{"align", "alt",   "colspan", "dir",  "height", "href",    "lang",
                             "src",   "start", "title",   "type", "width",  "rowspan", "cite"};
    return names.contains(name);
}

class Tidier
{
public:
    explicit Tidier(const QByteArray &in)
        : m_in(in)
        , m_lower(in.toLower())
    {
        m_out.html.reserve(in.size());
    }

    TidyHtml run()
    {
        while (m_at < m_in.size()) {
            const char c = m_in[m_at];
            if (c == '<')
                markup();
            else
                text(c);
        }
        closeDownTo(0);
        return std::move(m_out);
    }

private:
    void text(char c)
    {
        ++m_at;
        if (c == '\0')
            return;
        if (c == '>')
            m_out.html += "&gt;";
        else
            m_out.html += c;
    }

    void markup()
    {
        const char next = peek(1);
        if (next == '!' && m_in.mid(m_at, 4) == "<!--")
            return skipPast("-->", 4);
        if (next == '!' || next == '?')
            return skipPast(">", 1);
        if (next == '/' && isLetter(peek(2)))
            return endTag();
        if (isLetter(next))
            return startTag();
        m_out.html += "&lt;";
        ++m_at;
    }

    char peek(qsizetype ahead) const
    {
        return m_at + ahead < m_in.size() ? m_in[m_at + ahead] : '\0';
    }

    void skipPast(const char *mark, qsizetype from)
    {
        const qsizetype end = m_in.indexOf(mark, m_at + from);
        m_at = end < 0 ? m_in.size() : end + qsizetype(qstrlen(mark));
    }

    QByteArray tagName()
    {
        const qsizetype from = m_at;
        while (m_at < m_in.size() && !isSpace(m_in[m_at]) && m_in[m_at] != '>' && m_in[m_at] != '/')
            ++m_at;
        return m_lower.mid(from, std::min<qsizetype>(m_at - from, 32));
    }

    void endTag()
    {
        m_at += 2;
        QByteArray name = tagName();
        skipPast(">", 0);
        if (treatedAsDiv().contains(name))
            name = "div";
        if (m_flattened > 0) {
            if (name == "table")
                --m_flattened;
            if (name == "table" || isTablePart(name))
                return;
        }
        const int open = find(bit(name), name == "table" ? 0 : groups().box);
        if (name == "p" && open < 0)
            m_out.html += "<br>";
        else if (open >= 0)
            closeDownTo(size_t(open));
    }

    void startTag()
    {
        ++m_at;
        QByteArray name = tagName();
        const QByteArray kept = attributes();
        if (dropped().contains(name))
            return dropContent(name);
        if (treatedAsDiv().contains(name))
            name = "div";
        if (!known().contains(name) || !makeRoom(name))
            return;
        if (++m_tags > MaxTags) {
            m_out.isCut = true;
            return;
        }
        m_out.html += '<' + name + kept + '>';
        if (isVoid(name))
            return;
        m_open.push_back(name);
        m_openBits.push_back(bit(name));
        m_tables += name == "table" ? 1 : 0;
    }

    /// Reads up to the end of the tag as browsers do and returns what is kept of it.
    QByteArray attributes()
    {
        QByteArray kept;
        int count = 0;
        while (m_at < m_in.size() && m_in[m_at] != '>') {
            if (isSpace(m_in[m_at]) || m_in[m_at] == '/') {
                ++m_at;
                continue;
            }
            const QByteArray name = attributeName();
            const QByteArray value = attributeValue();
            if (isKeptAttribute(name) && ++count <= 16 && value.size() <= MaxAttributeBytes)
                kept += ' ' + name + "=\"" + QByteArray(value).replace('"', "&quot;") + '"';
        }
        ++m_at;
        return kept;
    }

    QByteArray attributeName()
    {
        const qsizetype from = m_at++;
        while (m_at < m_in.size() && !isSpace(m_in[m_at]) && m_in[m_at] != '>' &&
               m_in[m_at] != '/' && m_in[m_at] != '=')
            ++m_at;
        return m_lower.mid(from, std::min<qsizetype>(m_at - from, 32));
    }

    QByteArray attributeValue()
    {
        qsizetype at = m_at;
        while (at < m_in.size() && isSpace(m_in[at]))
            ++at;
        if (at >= m_in.size() || m_in[at] != '=')
            return {};
        ++at;
        while (at < m_in.size() && isSpace(m_in[at]))
            ++at;
        m_at = at;
        if (at >= m_in.size())
            return {};
        if (m_in[at] == '"' || m_in[at] == '\'') {
            const qsizetype end = m_in.indexOf(m_in[at], at + 1);
            m_at = end < 0 ? m_in.size() : end + 1;
            return cleaned(at + 1, (end < 0 ? m_in.size() : end) - at - 1);
        }
        while (m_at < m_in.size() && !isSpace(m_in[m_at]) && m_in[m_at] != '>')
            ++m_at;
        return cleaned(at, m_at - at);
    }

    QByteArray cleaned(qsizetype from, qsizetype length) const
    {
        if (length > MaxAttributeBytes)
            return QByteArray(MaxAttributeBytes + 1, ' ');
        return m_in.mid(from, length).replace('\0', "");
    }

    void dropContent(const QByteArray &name)
    {
        if (m_unclosed.contains(name))
            return;
        const QByteArray mark = "</" + name;
        const qsizetype end = m_lower.indexOf(mark, m_at);
        if (end >= 0) {
            m_at = end;
            skipPast(">", 0);
        } else if (raw().contains(name)) {
            m_at = m_in.size();
            m_out.isCut = true;
        } else {
            m_unclosed.insert(name);
        }
    }

    /// Closes what `name` ends without saying so. False: the tag is dropped.
    bool makeRoom(const QByteArray &name)
    {
        if (m_flattened > 0 || (name == "table" && tableDepth() >= MaxTableDepth)) {
            if (name == "table")
                ++m_flattened;
            if (name == "tr" || name == "table")
                m_out.html += "<br>";
            else if (isTablePart(name))
                m_out.html += ' ';
            if (name == "table" || isTablePart(name))
                return false;
        }
        const Groups &g = groups();
        if (closesParagraph().contains(name))
            closeNearest(g.paragraph, g.box);
        if (name == "li")
            closeNearest(g.item, g.lists | g.box);
        else if (name == "dt" || name == "dd")
            closeNearest(g.definition, g.definitions | g.box);
        else if (name == "a")
            closeNearest(g.link, g.box);
        else if (isTablePart(name))
            return makeRoomInTable(name);
        return m_open.size() < MaxOpenTags || isVoid(name);
    }

    bool makeRoomInTable(const QByteArray &name)
    {
        const Groups &g = groups();
        if (tableDepth() == 0)
            return false;
        if (name == "td" || name == "th")
            closeNearest(g.cells | g.caption, g.row | g.table);
        else if (name == "tr")
            closeNearest(g.row | g.caption, g.sections | g.table);
        else
            closeNearest(g.sections | g.caption, g.table);
        return m_open.size() < MaxOpenTags;
    }

    int tableDepth() const { return m_tables; }

    /// Index of the innermost open tag of `wanted`, not looking past any of `border`; -1 if none.
    int find(Bits wanted, Bits border) const
    {
        for (int i = int(m_openBits.size()) - 1; i >= 0; --i) {
            const Bits one = m_openBits[size_t(i)];
            if ((one & wanted) != 0)
                return i;
            if ((one & border) != 0)
                return -1;
        }
        return -1;
    }

    void closeNearest(Bits wanted, Bits border)
    {
        const int open = find(wanted, border);
        if (open >= 0)
            closeDownTo(size_t(open));
    }

    void closeDownTo(size_t size)
    {
        while (m_open.size() > size) {
            m_out.html += "</" + m_open.back() + '>';
            m_tables -= m_open.back() == "table" ? 1 : 0;
            m_open.pop_back();
            m_openBits.pop_back();
        }
    }

    const QByteArray &m_in;
    const QByteArray m_lower;
    qsizetype m_at = 0;
    int m_tags = 0;
    int m_flattened = 0; ///< open tables past the depth
    int m_tables = 0;    ///< open ones
    std::vector<QByteArray> m_open;
    std::vector<Bits> m_openBits; ///< of m_open
    Names m_unclosed;             ///< dropped elements known to have no end tag ahead
    TidyHtml m_out;
};

} // namespace

bool isVoid(const QByteArray &name)
{
    return name == "br" || name == "hr" || name == "img" || name == "col";
}

TidyHtml tidy(const QByteArray &utf8)
{
    return Tidier(utf8).run();
}

bool isKnownTag(const QByteArray &name)
{
    return known().contains(name);
}

} // namespace peerdesk::channels::email
