// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace peerdesk::channels::twilio {

constexpr int OptedOut = 21610;
constexpr int TooManyRequests = 20429;

/// What an error code of Twilio means, in a sentence for agents; of an unknown one what Twilio
/// said, with its number. Source: "Error and Warning Dictionary".
QString errorSentence(int code, const QString &said);

} // namespace peerdesk::channels::twilio
