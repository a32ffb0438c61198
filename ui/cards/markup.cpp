// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/cards/markup.h"

#include <QRegularExpression>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype MaxSpan = 1'000; ///< characters between two marks
constexpr qsizetype MaxStyles = 500; ///< further marks stay as they are

/// Reads one line from left to right; what is open is looked for within MaxSpan.
class LineReader
{
public:
    LineReader(QStringView line, StyledText &out)
        : m_line(line)
        , m_out(out)
    {}

    void read(TextStyle style, int depth)
    {
        while (m_at < m_line.size()) {
            if (!readLink(style, depth) && !readSpan(style, depth))
                m_out.text += m_line.at(m_at++);
        }
    }

private:
    static bool isWord(QChar c) { return c.isLetterOrNumber(); }

    void nested(QStringView inner, TextStyle style, int depth)
    {
        const auto start = m_out.text.size();
        if (depth < 4 && !style.isCode)
            LineReader(inner, m_out).read(TextStyle(), depth + 1);
        else
            m_out.text += inner;
        style.start = int(start);
        style.length = int(m_out.text.size() - start);
        if (style.length > 0)
            m_out.styles.push_back(style);
    }

    bool readLink(const TextStyle &style, int depth)
    {
        const bool isPicture =
            m_line.at(m_at) == u'!' && m_at + 1 < m_line.size() && m_line.at(m_at + 1) == u'[';
        const qsizetype open = isPicture ? m_at + 1 : m_at;
        if (m_line.at(open) != u'[' || qsizetype(m_out.styles.size()) >= MaxStyles)
            return false;
        const QStringView ahead = m_line.mid(open + 1, MaxSpan);
        const qsizetype middle = ahead.indexOf(u"](");
        const qsizetype end = middle < 0 ? -1 : ahead.indexOf(u')', middle);
        if (middle < 0 || end < 0)
            return false;
        const QString address =
            ahead.mid(middle + 2, end - middle - 2).toString().trimmed().section(u' ', 0, 0);
        TextStyle link = style;
        link.url = openable(address);
        nested(ahead.left(middle), link, depth);
        m_at = open + 1 + end + 1;
        return true;
    }

    bool readSpan(const TextStyle &style, int depth)
    {
        if (qsizetype(m_out.styles.size()) >= MaxStyles)
            return false;
        for (const auto &mark : {u"**"_s, u"__"_s, u"~~"_s, u"*"_s, u"_"_s, u"`"_s}) {
            if (!m_line.mid(m_at).startsWith(mark))
                continue;
            const QStringView ahead = m_line.mid(m_at + mark.size(), MaxSpan);
            const qsizetype end = ahead.indexOf(mark);
            const bool isInWord = mark.startsWith(u'_') && m_at > 0 && isWord(m_line.at(m_at - 1));
            if (end <= 0 || isInWord || ahead.front().isSpace() || ahead.at(end - 1).isSpace())
                continue;
            TextStyle span = style;
            span.isBold |= mark == u"**"_s || mark == u"__"_s;
            span.isItalic |= mark == u"*"_s || mark == u"_"_s;
            span.isStruck |= mark == u"~~"_s;
            span.isCode |= mark == u"`"_s;
            nested(ahead.left(end), span, depth);
            m_at += mark.size() + end + mark.size();
            return true;
        }
        return false;
    }

    QStringView m_line;
    StyledText &m_out;
    qsizetype m_at = 0;
};

} // namespace

QUrl openable(const QString &address)
{
    const QUrl url(address, QUrl::StrictMode);
    const QString scheme = url.scheme();
    const bool isWeb = (scheme == u"https"_s || scheme == u"http"_s) && !url.host().isEmpty();
    return url.isValid() && (isWeb || scheme == u"mailto"_s) ? url : QUrl();
}

StyledText fromMarkup(const QString &markdown)
{
    static const QRegularExpression heading(u"^ {0,3}#{1,6} +"_s);
    static const QRegularExpression bullet(u"^ {0,8}[-*+] +"_s);
    StyledText out;
    QString normal = markdown;
    normal.replace(u"\r\n"_s, u"\n"_s).replace(u'\r', u'\n');
    bool isFirst = true;
    for (QStringView line : QStringView(normal).split(u'\n')) {
        if (!std::exchange(isFirst, false))
            out.text += u'\n';
        const auto start = out.text.size();
        const auto title = heading.match(line);
        const auto point = bullet.match(line);
        if (title.hasMatch())
            line = line.mid(title.capturedLength());
        if (point.hasMatch()) {
            out.text += u"\u2022 "_s;
            line = line.mid(point.capturedLength());
        }
        LineReader(line, out).read(TextStyle(), 0);
        if (title.hasMatch() && out.text.size() > start)
            out.styles.push_back({int(start), int(out.text.size() - start), true});
    }
    return out;
}

} // namespace peerdesk::ui
