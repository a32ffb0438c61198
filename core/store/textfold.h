// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <vector>

namespace peerdesk::store {

/// Lower case, compatibility forms unified, diacritics of Latin, Greek, Cyrillic, Arabic and Hebrew
/// dropped (đ, ł, ø and the like too). Other scripts keep their marks, which carry the vowels.
QString folded(QStringView text);

/// A run of letters and digits of one kind.
struct Word
{
    QString text;
    bool isUnspaced = false; ///< of a script that puts no spaces between words (Chinese, Japanese,
                             ///< Korean, Thai ...)
    bool operator==(const Word &) const = default;
};

/// Folds and cuts into words, longer ones than MaxWordLength cut short.
std::vector<Word> wordsOf(QStringView text);

constexpr qsizetype MaxWordLength = 64;

/// What the full-text index holds of a text: words, and for unspaced runs each pair of neighbours
/// plus the last character alone, separated by spaces.
QString indexedText(QStringView text);

/// The full-text expression for what a person typed: all words, the last may be a beginning; parts
/// of unspaced runs match anywhere. Empty if there is nothing to look for. At most 16 words count.
QString matchExpression(QStringView text);

} // namespace peerdesk::store
