// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/vendor/markup.h"

#include <QStringView>
#include <QUrl>

namespace peerdesk::channels::vendor {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype MaxCharacters = 32 * 1024;
/// How far the partner of a mark may be: what is further makes nobody wait.
constexpr qsizetype MaxSpan = 4'000;

bool isWord(QChar c)
{
    return c.isLetterOrNumber();
}

bool isSafeLink(const QString &link)
{
    const QUrl url(link, QUrl::StrictMode);
    return url.isValid() &&
           (url.scheme() == u"https" || url.scheme() == u"http" || url.scheme() == u"mailto");
}

/// One line on its way to runs.
class Line
{
public:
    Line(QStringView text, std::vector<Run> &runs)
        : m_text(text)
        , m_runs(runs)
    {}

    void read(bool isHeading)
    {
        m_style.isBold = isHeading;
        while (m_at < m_text.size()) {
            if (!takeEscape() && !takeCode() && !takeLink() && !takeMark())
                m_pending += m_text.at(m_at++);
        }
        flush();
    }

private:
    void flush()
    {
        if (m_pending.isEmpty())
            return;
        Run run = m_style;
        run.text = std::exchange(m_pending, QString());
        push(std::move(run));
    }
    void push(Run run)
    {
        if (!m_runs.empty()) {
            Run same = m_runs.back();
            same.text = run.text;
            if (same == run && run.link.isEmpty())
                return m_runs.back().text.append(run.text), void();
        }
        m_runs.push_back(std::move(run));
    }
    bool takeEscape()
    {
        const bool isEscape =
            m_text.at(m_at) == u'\\' && m_at + 1 < m_text.size() && m_text.at(m_at + 1).isPunct();
        if (isEscape) {
            m_pending += m_text.at(m_at + 1);
            m_at += 2;
        }
        return isEscape;
    }
    qsizetype find(QStringView what, qsizetype from) const
    {
        const qsizetype found =
            m_text.mid(0, std::min(m_text.size(), from + MaxSpan)).indexOf(what, from);
        return found;
    }
    bool takeCode()
    {
        if (m_text.at(m_at) != u'`')
            return false;
        const qsizetype end = find(u"`", m_at + 1);
        if (end <= m_at + 1)
            return false;
        flush();
        Run run = m_style;
        run.isCode = true;
        run.text = m_text.mid(m_at + 1, end - m_at - 1).toString();
        push(std::move(run));
        m_at = end + 1;
        return true;
    }
    bool takeLink()
    {
        if (m_text.at(m_at) != u'[')
            return false;
        const qsizetype middle = find(u"](", m_at);
        const qsizetype end = middle < 0 ? -1 : find(u")", middle);
        if (end < 0 || middle == m_at + 1)
            return false;
        const QString link = m_text.mid(middle + 2, end - middle - 2).toString().trimmed();
        if (!isSafeLink(link))
            return false;
        flush();
        Run run = m_style;
        run.text = m_text.mid(m_at + 1, middle - m_at - 1).toString();
        run.link = link;
        push(std::move(run));
        m_at = end + 1;
        return true;
    }
    bool takeMark()
    {
        return take(u"**", m_style.isBold) || take(u"__", m_style.isBold) ||
               take(u"~~", m_style.isStruck) || take(u"*", m_style.isItalic) ||
               take(u"_", m_style.isItalic);
    }
    /// Opens where a partner follows, closes where one is open. Marks inside words are text.
    bool take(QStringView mark, bool &style)
    {
        if (!m_text.mid(m_at).startsWith(mark))
            return false;
        const qsizetype after = m_at + mark.size();
        const bool isOpen = m_open.contains(mark.toString());
        const QChar before = m_at > 0 ? m_text.at(m_at - 1) : QChar(u' ');
        const QChar behind = after < m_text.size() ? m_text.at(after) : QChar(u' ');
        const bool mayOpen = !behind.isSpace() && !(mark.front() == u'_' && isWord(before)) &&
                             find(mark, after + 1) > 0;
        const bool mayClose = !before.isSpace() && !(mark.front() == u'_' && isWord(behind));
        if (isOpen ? !mayClose : !mayOpen)
            return false;
        flush();
        style = !isOpen;
        if (isOpen)
            m_open.removeAll(mark.toString());
        else
            m_open.append(mark.toString());
        m_at = after;
        return true;
    }

    QStringView m_text;
    std::vector<Run> &m_runs;
    Run m_style;
    QString m_pending;
    QStringList m_open;
    qsizetype m_at = 0;
};

/// The level's marks of a heading are cut away; the dash of a list becomes a dot.
bool takeHeading(QStringView &line)
{
    qsizetype marks = 0;
    while (marks < line.size() && line.at(marks) == u'#')
        ++marks;
    const bool isHeading = marks > 0 && marks <= 6 && marks < line.size() && line.at(marks) == u' ';
    if (isHeading)
        line = line.mid(marks + 1);
    return isHeading;
}

bool takeDash(QStringView &line)
{
    const bool isItem = line.size() > 2 && line.at(1) == u' ' &&
                        (line.at(0) == u'-' || line.at(0) == u'*' || line.at(0) == u'+');
    if (isItem)
        line = line.mid(2);
    return isItem;
}

void addPlain(std::vector<Run> &runs, const QString &text)
{
    Run plain;
    if (!runs.empty()) {
        plain.text = runs.back().text;
        if (plain == runs.back())
            return runs.back().text.append(text), void();
    }
    plain.text = text;
    runs.push_back(plain);
}

} // namespace

std::vector<Run> runsOf(const QString &markdown)
{
    std::vector<Run> runs;
    const QString text = markdown.left(MaxCharacters);
    bool isFirst = true;
    for (QStringView line : QStringView(text).split(u'\n')) {
        if (!isFirst)
            addPlain(runs, u"\n"_s);
        isFirst = false;
        const bool isHeading = takeHeading(line);
        if (!isHeading && takeDash(line))
            addPlain(runs, u"• "_s);
        Line(line, runs).read(isHeading);
    }
    return runs;
}

} // namespace peerdesk::channels::vendor
