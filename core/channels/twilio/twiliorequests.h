// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/twilio/twilioparser.h"

namespace peerdesk::channels::twilio {

/// On whose behalf messages go out.
struct Sender
{
    Medium medium = Medium::Sms;
    QString account; ///< AC...
    QString from;    ///< +48..., an alphanumeric sender, a short code
    QString service; ///< MG..., empty = none: Twilio picks the number by it
};

/// What goes as files of one message of ours; in WhatsApp each is a message there.
FileRules filesOf(Medium medium);

/// One request to Twilio.
struct SendRequest
{
    QString name; ///< in a sentence: "text", "file offer.pdf"
    QString to;   ///< as Twilio writes it
    QString body;
    std::vector<std::pair<QString, QString>> fields; ///< of the form

    bool operator==(const SendRequest &) const = default;
};

/// What goes out for a message: text in parts of 1,600 characters, files by the addresses in
/// `mediaUrls` (as many as the message has; empty = there are none), templates by ContentSid.
/// Pure. Errors: Rejected, with the reason for agents: nothing of it may be sent.
Result<std::vector<SendRequest>> requestsOf(const Outgoing &outgoing, const Sender &sender,
                                            const std::vector<QString> &mediaUrls, Time now);

} // namespace peerdesk::channels::twilio
