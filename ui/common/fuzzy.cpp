// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/fuzzy.h"

namespace peerdesk::ui {

namespace {
constexpr int LongestText = 1000; ///< characters looked at
}

QString foldText(const QString &text)
{
    const QString apart = text.left(LongestText).normalized(QString::NormalizationForm_KD);
    QString out;
    out.reserve(apart.size());
    for (const QChar c : apart) {
        if (c.category() == QChar::Mark_NonSpacing)
            continue;
        out += c == QChar(0x0111) || c == QChar(0x0110) ? QChar(u'd') : c.toLower();
    }
    return out;
}

int fuzzyScore(const QString &text, const QString &wanted)
{
    if (wanted.isEmpty())
        return 1;
    if (text.startsWith(wanted))
        return 1000 - int(qMin<qsizetype>(text.size(), 200));
    const qsizetype whole = text.indexOf(wanted);
    if (whole > 0)
        return (text[whole - 1].isLetterOrNumber() ? 500 : 800) - int(qMin<qsizetype>(whole, 200));
    int score = 0;
    qsizetype at = 0;
    qsizetype last = -2;
    for (const QChar c : wanted) {
        if (c.isSpace())
            continue;
        at = text.indexOf(c, at);
        if (at < 0)
            return 0;
        const bool isStart = at == 0 || !text[at - 1].isLetterOrNumber();
        score += at == last + 1 ? 12 : isStart ? 16 : 1;
        last = at++;
    }
    // Letters strewn over long words are no match that a person would see.
    return score >= 5 * int(wanted.size()) ? qMin(score, 400) : 0;
}

} // namespace peerdesk::ui
