// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/domain/smssegments.h"

namespace peerdesk::sms {

namespace {

/// The default alphabet in the order of its codes, without 0x1b (the way to the extension table).
constexpr QStringView Basic{
    u"@\u00a3$\u00a5\u00e8\u00e9\u00f9\u00ec\u00f2\u00c7\n\u00d8\u00f8\r\u00c5\u00e5"
    u"\u0394_\u03a6\u0393\u039b\u03a9\u03a0\u03a8\u03a3\u0398\u039e\u00c6\u00e6\u00df\u00c9"
    u" !\"#\u00a4%&'()*+,-./0123456789:;<=>?"
    u"\u00a1ABCDEFGHIJKLMNOPQRSTUVWXYZ\u00c4\u00d6\u00d1\u00dc\u00a7"
    u"\u00bfabcdefghijklmnopqrstuvwxyz\u00e4\u00f6\u00f1\u00fc\u00e0"};
constexpr QStringView Extension{u"\f^{}\\[~]|\u20ac"};

struct Bounds
{
    int alone;
    int each; ///< of several: the rest is the header that joins them
};
constexpr Bounds Gsm7Bounds{160, 153};
constexpr Bounds Ucs2Bounds{70, 67};

QString firstOdd(const QString &text)
{
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (gsmSeptets(text.at(i)) == 0)
            return text.mid(i, text.at(i).isHighSurrogate() ? 2 : 1);
    }
    return {};
}

/// What cannot be parted: the units of the character at `at`; moves behind it.
int takeCharacter(const QString &text, qsizetype &at, Alphabet alphabet)
{
    const QChar c = text.at(at++);
    if (alphabet == Alphabet::Gsm7)
        return gsmSeptets(c);
    const bool isPair = c.isHighSurrogate() && at < text.size() && text.at(at).isLowSurrogate();
    at += isPair ? 1 : 0;
    return isPair ? 2 : 1;
}

} // namespace

int gsmSeptets(QChar character)
{
    if (Basic.contains(character))
        return 1;
    return Extension.contains(character) ? 2 : 0;
}

Segments segmentsOf(const QString &text)
{
    Segments out;
    out.odd = firstOdd(text);
    out.alphabet = out.odd.isEmpty() ? Alphabet::Gsm7 : Alphabet::Ucs2;
    const Bounds bounds = out.alphabet == Alphabet::Gsm7 ? Gsm7Bounds : Ucs2Bounds;
    int inPart = 0;
    int parts = 1;
    for (qsizetype at = 0; at < text.size();) {
        const int units = takeCharacter(text, at, out.alphabet);
        out.units += units;
        if (inPart + units > bounds.each) {
            ++parts;
            inPart = 0;
        }
        inPart += units;
    }
    if (out.units <= bounds.alone) {
        out.segments = out.units == 0 ? 0 : 1;
        out.left = bounds.alone - out.units;
        return out;
    }
    out.segments = parts;
    out.left = bounds.each - inPart;
    return out;
}

} // namespace peerdesk::sms
