// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace peerdesk::channels::twilio {

/// What a customer asks for with one word. Twilio answers these itself, so no flow does; who asked
/// for no more messages gets none (error 21610) until START.
enum class Wish { None, Stop, Start, Help };

/// Source: "Twilio support for opt-out keywords (SMS STOP filtering)": the word alone, any case.
Wish wishOf(const QString &text);
/// As it is kept in a message's headers under "opt": "out", "in", "help" or empty.
QString wishName(Wish wish);

} // namespace peerdesk::channels::twilio
