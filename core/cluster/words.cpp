// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/words.h"

namespace peerdesk::cluster {

namespace {

constexpr QStringView First = u"bdfghjklmnprstvz";
constexpr QStringView Vowels = u"aiou";
constexpr QStringView Second = u"bdklmnrt";

} // namespace

QString wordOf(int number)
{
    return QString(First[(number >> 7) & 15]) + Vowels[(number >> 5) & 3] +
           Second[(number >> 2) & 7] + Vowels[number & 3];
}

int numberOf(QStringView word)
{
    if (word.size() != 4)
        return -1;
    const qsizetype a = First.indexOf(word[0]);
    const qsizetype b = Vowels.indexOf(word[1]);
    const qsizetype c = Second.indexOf(word[2]);
    const qsizetype d = Vowels.indexOf(word[3]);
    return a < 0 || b < 0 || c < 0 || d < 0 ? -1 : int(a << 7 | b << 5 | c << 2 | d);
}

QStringList wordsOf(const QByteArray &bytes)
{
    QStringList words;
    quint32 bits = 0;
    int count = 0;
    for (const char byte : bytes) {
        bits = bits << 8 | quint8(byte);
        count += 8;
        if (count < BitsPerWord)
            continue;
        count -= BitsPerWord;
        words += wordOf(int(bits >> count));
    }
    return words;
}

QByteArray bytesOf(const QStringList &words)
{
    QByteArray bytes;
    quint32 bits = 0;
    int count = 0;
    for (const QString &word : words) {
        bits = bits << BitsPerWord | quint32(numberOf(word));
        for (count += BitsPerWord; count >= 8; bytes += char(bits >> count))
            count -= 8;
    }
    return bytes;
}

} // namespace peerdesk::cluster
