// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/textfold.h"

#include "core/store/columns.h"

#include <QStringList>

namespace peerdesk::store {

using namespace Qt::StringLiterals;

namespace {

constexpr size_t MaxQueryWords = 16;

/// Letters that Unicode does not decompose although people type them without the stroke.
QStringView strokeless(char32_t c)
{
    switch (c) {
    case U'đ':
    case U'ð':
        return u"d";
    case U'ß':
        return u"ss";
    case U'ł':
        return u"l";
    case U'ø':
        return u"o";
    case U'æ':
        return u"ae";
    case U'œ':
        return u"oe";
    case U'ħ':
        return u"h";
    case U'ı':
        return u"i";
    case U'ŧ':
        return u"t";
    default:
        return {};
    }
}

bool isDroppedMark(char32_t c)
{
    return (c >= 0x0300 && c <= 0x036f) || (c >= 0x064b && c <= 0x0652) ||
           (c >= 0x0591 && c <= 0x05c7);
}

bool isUnspaced(char32_t c)
{
    constexpr char32_t ProlongedSoundMark = 0x30fc;
    switch (QChar::script(c)) {
    case QChar::Script_Han:
    case QChar::Script_Hiragana:
    case QChar::Script_Katakana:
    case QChar::Script_Hangul:
    case QChar::Script_Thai:
    case QChar::Script_Lao:
    case QChar::Script_Khmer:
    case QChar::Script_Myanmar:
        return true;
    default:
        return c == ProlongedSoundMark;
    }
}

bool isWordCharacter(char32_t c)
{
    return QChar::isLetterOrNumber(c) || QChar::isMark(c);
}

/// Without decomposing what would fall apart: Hangul into letters, kana into kana and mark.
void appendFolded(QString &out, const QString &spaced)
{
    const QList<uint> characters = spaced.normalized(QString::NormalizationForm_D).toUcs4();
    for (const char32_t c : characters) {
        if (const QStringView plain = strokeless(c); !plain.isEmpty())
            out += plain;
        else if (!isDroppedMark(c))
            out += QStringView(QChar::fromUcs4(c));
    }
}

QStringList neighbourPairs(const QString &run)
{
    const QList<uint> characters = run.toUcs4();
    QStringList pairs;
    for (qsizetype i = 0; i + 1 < characters.size(); ++i) {
        const char32_t pair[] = {characters[i], characters[i + 1]};
        pairs += QString::fromUcs4(pair, 2);
    }
    return pairs;
}

QString lastCharacter(const QString &run)
{
    const QList<uint> characters = run.toUcs4();
    const char32_t last = characters.last();
    return QString::fromUcs4(&last, 1);
}

/// `word` holds letters, digits and marks only, so quotes cannot end early.
QString quoted(const QString &word)
{
    return u'"' + word + u'"';
}

QString termOf(const Word &word, bool isLast)
{
    if (!word.isUnspaced)
        return isLast ? quoted(word.text) + u" *"_s : quoted(word.text);
    const QStringList pairs = neighbourPairs(word.text);
    return pairs.isEmpty() ? quoted(word.text) + u" *"_s : quoted(pairs.join(u' '));
}

} // namespace

QString folded(QStringView text)
{
    const QString unified =
        text.toString().normalized(QString::NormalizationForm_KC).toCaseFolded();
    QString out;
    out.reserve(unified.size());
    QString spaced;
    const QList<uint> characters = unified.toUcs4();
    for (const char32_t c : characters) {
        if (!isUnspaced(c)) {
            spaced += QStringView(QChar::fromUcs4(c));
            continue;
        }
        appendFolded(out, spaced);
        spaced.clear();
        out += QStringView(QChar::fromUcs4(c));
    }
    appendFolded(out, spaced);
    return out;
}

std::vector<Word> wordsOf(QStringView text)
{
    std::vector<Word> words;
    bool isInWord = false;
    const QList<uint> characters = folded(text).toUcs4();
    for (const char32_t c : characters) {
        if (!isWordCharacter(c)) {
            isInWord = false;
            continue;
        }
        const bool unspaced = isUnspaced(c);
        if (!isInWord || words.back().isUnspaced != unspaced)
            words.push_back({{}, unspaced});
        isInWord = true;
        if (unspaced || words.back().text.size() < MaxWordLength)
            words.back().text += QStringView(QChar::fromUcs4(c));
    }
    return words;
}

QString indexedText(QStringView text)
{
    QStringList terms;
    const std::vector<Word> words = wordsOf(text);
    for (const Word &word : words) {
        if (word.isUnspaced)
            terms << neighbourPairs(word.text) << lastCharacter(word.text);
        else
            terms << word.text;
    }
    return terms.join(u' ');
}

QString matchExpression(QStringView text)
{
    std::vector<Word> words = wordsOf(text);
    if (words.size() > MaxQueryWords)
        words.resize(MaxQueryWords);
    QStringList terms;
    for (size_t i = 0; i < words.size(); ++i)
        terms << termOf(words[i], i + 1 == words.size());
    return terms.join(u' ');
}

QString foldedName(const QString &name)
{
    return folded(name).simplified();
}

} // namespace peerdesk::store
