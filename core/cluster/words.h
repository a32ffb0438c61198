// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

namespace peerdesk::cluster {

/// Secrets as words for paper and telephone. A word is consonant (16), vowel (4), consonant (8),
/// vowel (4): 11 bits that can be said in any language and are not mistaken for each other.
constexpr int BitsPerWord = 11;

QString wordOf(int number);     ///< of the lowest 11 bits
int numberOf(QStringView word); ///< in lower case; -1 = no such word
/// The bits of `bytes`, most significant first; their number is a multiple of 11.
QStringList wordsOf(const QByteArray &bytes);
/// The other way round, of words that numberOf() knows.
QByteArray bytesOf(const QStringList &words);

} // namespace peerdesk::cluster
