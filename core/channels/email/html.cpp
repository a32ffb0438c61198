// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/email/html.h"

#include "core/channels/email/htmltidy.h"

#include <QUrl>

#include <gumbo.h>

#include <memory>
#include <set>
#include <vector>

namespace peerdesk::channels::email {
using namespace Qt::StringLiterals;
namespace {

bool isOneOf(const QByteArray &name, const std::set<QByteArray> &names)
{
    return names.contains(name);
}

bool isBlock(const QByteArray &name)
{
    static const std::set<QByteArray> names{
        "blockquote", "caption", "center", "dd", "div", "dl", "dt",  "h1",    "h2", "h3", "h4",
        "h5",         "h6",      "hr",     "li", "ol",  "p",  "pre", "table", "tr", "ul"};
    return names.contains(name);
}

/// Small whole numbers and percentages, as width and colspan have them.
bool isMeasure(const QString &value)
{
    if (value.isEmpty() || value.size() > 5)
        return false;
    const QString digits = value.endsWith(u'%') ? value.chopped(1) : value;
    bool isNumber = false;
    const uint number = digits.toUInt(&isNumber);
    return isNumber && number <= 2000;
}

bool isHarmless(const QString &address)
{
    for (const QChar c : address) {
        if (c.unicode() < 0x21 || c.unicode() == 0x7f)
            return false;
    }
    return !address.isEmpty();
}

/// The link if it may be clicked, else empty.
QString link(const QString &value)
{
    const QString address = value.trimmed();
    const QUrl url(address, QUrl::StrictMode);
    const QString scheme = url.scheme();
    const bool isWeb = (scheme == u"http" || scheme == u"https") && !url.host().isEmpty();
    if (!isHarmless(address) || !url.isValid() || !(isWeb || scheme == u"mailto"))
        return {};
    return QString::fromLatin1(url.toEncoded());
}

/// Writes the white-listed tree as HTML and as text, both bounded.
class Writer
{
public:
    explicit Writer(CleanHtml &out)
        : m_out(out)
    {}

    void walk(const GumboNode *root)
    {
        std::vector<std::pair<const GumboNode *, unsigned>> open{{root, 0}};
        while (!open.empty()) {
            auto &[node, next] = open.back();
            if (next >= node->v.element.children.length) {
                leave(node);
                open.pop_back();
                continue;
            }
            const auto *child =
                static_cast<const GumboNode *>(node->v.element.children.data[next++]);
            if (child->type == GUMBO_NODE_ELEMENT) {
                enter(child);
                open.emplace_back(child, 0);
            } else if (child->type == GUMBO_NODE_TEXT || child->type == GUMBO_NODE_WHITESPACE) {
                text(QString::fromUtf8(child->v.text.text));
            }
        }
        m_out.html = QString::fromUtf8(m_html);
    }

private:
    static QByteArray nameOf(const GumboNode *node)
    {
        const QByteArray name = gumbo_normalized_tagname(node->v.element.tag);
        return node->v.element.tag_namespace == GUMBO_NAMESPACE_HTML && isKnownTag(name)
                   ? name
                   : QByteArray();
    }

    /// Room is kept for the end tags of what is open.
    bool write(const QByteArray &piece)
    {
        m_isFull = m_isFull || m_html.size() + piece.size() > MaxHtmlOutput - 2048;
        if (m_isFull)
            m_out.isCut = true;
        else
            m_html += piece;
        return !m_isFull;
    }

    void enter(const GumboNode *node)
    {
        const QByteArray name = nameOf(node);
        if (name.isEmpty()) {
            m_written.push_back(false);
            return;
        }
        beginText(name);
        m_written.push_back(write('<' + name + attributes(name, node) + '>'));
    }

    void leave(const GumboNode *node)
    {
        if (m_written.empty())
            return;
        const QByteArray name = nameOf(node);
        if (m_written.back() && !isVoid(name))
            m_html += "</" + name + '>';
        m_written.pop_back();
        endText(name);
    }

    QByteArray attributes(const QByteArray &name, const GumboNode *node)
    {
        QByteArray all;
        for (unsigned i = 0; i < node->v.element.attributes.length; ++i) {
            const auto *attribute =
                static_cast<const GumboAttribute *>(node->v.element.attributes.data[i]);
            const QByteArray key(attribute->name);
            const QString value = allowed(name, key, QString::fromUtf8(attribute->value));
            if (!value.isEmpty())
                all += ' ' + key + "=\"" + value.toHtmlEscaped().toUtf8() + '"';
        }
        return all;
    }

    QString allowed(const QByteArray &tag, const QByteArray &key, const QString &value)
    {
        if (key == "href")
            return tag == "a" ? link(value) : QString();
        if (key == "src")
            return tag == "img" ? picture(value.trimmed()) : QString();
        if (key == "alt" || key == "title")
            return value.left(500);
        if (isOneOf(key, {"width", "height", "colspan", "rowspan", "start"}))
            return isMeasure(value) ? value : QString();
        const QString word = value.toLower();
        if (key == "dir")
            return word == u"ltr" || word == u"rtl" ? word : QString();
        if (key == "align")
            return word == u"left" || word == u"right" || word == u"center" ? word : QString();
        return {};
    }

    QString picture(const QString &value)
    {
        if (value.startsWith("cid:"_L1, Qt::CaseInsensitive))
            return isHarmless(value) ? u"cid:"_s + value.mid(4) : QString();
        const QString remote = value.startsWith("//"_L1) ? u"https:"_s + value : value;
        const QString address = link(remote);
        if (address.isEmpty() || address.startsWith("mailto:"_L1))
            return {};
        ++m_out.remoteImages;
        return QLatin1String(BlockedPrefix) + address;
    }

    void text(const QString &piece)
    {
        write(piece.toHtmlEscaped().toUtf8());
        if (m_pre > 0) {
            const QStringList lines = piece.split(u'\n');
            for (qsizetype i = 0; i < lines.size(); ++i) {
                if (i > 0)
                    newLine();
                append(lines[i]);
            }
            return;
        }
        const bool isSpaced =
            !piece.isEmpty() && piece.front().isSpace() && piece.front() != QChar::Nbsp;
        const QString words = collapsed(piece);
        if (words.isEmpty()) {
            m_isGap = m_isGap || isSpaced;
            return;
        }
        append((m_isGap || isSpaced) && !m_isLineStart ? u' ' + words : words);
        m_isGap = piece.back().isSpace() && piece.back() != QChar::Nbsp;
    }

    static QString collapsed(const QString &piece)
    {
        QString kept = piece;
        kept.replace(QChar::Nbsp, QChar(0xe000));
        kept = kept.simplified();
        return kept.replace(QChar(0xe000), u' ');
    }

    void append(const QString &words)
    {
        if (words.isEmpty())
            return;
        if (m_out.text.size() + words.size() > MaxDerivedText) {
            m_out.isCut = true;
            return;
        }
        if (m_isLineStart)
            m_out.text += u"> "_s.repeated(m_quotes);
        m_out.text += words;
        m_isLineStart = false;
        m_blankLines = 0;
    }

    void newLine()
    {
        m_isGap = false;
        if (m_isLineStart && ++m_blankLines > 1)
            return;
        if (m_isLineStart && m_quotes > 0)
            m_out.text += u">"_s.repeated(m_quotes);
        m_out.text += u'\n';
        m_isLineStart = true;
    }

    void freshLine()
    {
        if (!m_isLineStart)
            newLine();
    }

    void beginText(const QByteArray &name)
    {
        if (isBlock(name))
            freshLine();
        if (name == "br")
            newLine();
        else if (name == "li")
            append(u"- "_s);
        else if (name == "hr")
            append(u"---"_s);
        else if (name == "td" || name == "th")
            m_isGap = true;
        else if (name == "pre")
            ++m_pre;
        else if (name == "blockquote")
            ++m_quotes;
    }

    void endText(const QByteArray &name)
    {
        if (isBlock(name))
            freshLine();
        if (isOneOf(name, {"p", "h1", "h2", "h3"}))
            newLine();
        else if (name == "pre")
            --m_pre;
        else if (name == "blockquote")
            --m_quotes;
    }

    CleanHtml &m_out;
    QByteArray m_html;
    std::vector<bool> m_written; ///< per open element: its start tag is in the output
    bool m_isFull = false;
    bool m_isLineStart = true;
    bool m_isGap = false; ///< white space is due before the next word
    int m_blankLines = 1; ///< empty lines just written; none at the top
    int m_quotes = 0;
    int m_pre = 0;
};

} // namespace

CleanHtml sanitize(const QString &html)
{
    CleanHtml out;
    QByteArray input = html.toUtf8();
    if (input.size() > MaxHtmlInput) {
        input.truncate(MaxHtmlInput);
        input = QString::fromUtf8(input).toUtf8();
        out.isCut = true;
    }
    const TidyHtml tidied = tidy(input);
    out.isCut = out.isCut || tidied.isCut;
    const std::unique_ptr<GumboOutput, void (*)(GumboOutput *)> tree(
        gumbo_parse_with_options(&kGumboDefaultOptions, tidied.html.constData(),
                                 size_t(tidied.html.size())),
        [](GumboOutput *done) { gumbo_destroy_output(&kGumboDefaultOptions, done); });
    Writer(out).walk(tree->root);
    while (out.text.endsWith(u'\n') || out.text.endsWith(u' '))
        out.text.chop(1);
    return out;
}

} // namespace peerdesk::channels::email
