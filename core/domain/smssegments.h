// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

/// How many parts a text costs as SMS. Pure.
/// Source: 3GPP TS 23.038 (sections 6.2.1 and 6.2.1.1), TS 23.040 section 9.2.3.24.1.
namespace peerdesk::sms {

enum class Alphabet {
    Gsm7, ///< 160 septets alone, 153 in each of several parts
    Ucs2  ///< 70 units of 16 bits alone, 67 in each of several parts
};

struct Segments
{
    Alphabet alphabet = Alphabet::Gsm7;
    int units = 0;    ///< septets or 16-bit units, headers not counted
    int segments = 0; ///< 0 for an empty text
    int left = 0;     ///< units that still fit into the last part
    QString odd;      ///< the first character that GSM-7 lacks; empty = none

    bool operator==(const Segments &) const = default;
};

/// Septets that the character takes: 1, 2 (by the extension table), 0 = not in GSM-7.
int gsmSeptets(QChar character);
/// Neither an extension character nor a surrogate pair is parted.
Segments segmentsOf(const QString &text);

} // namespace peerdesk::sms
