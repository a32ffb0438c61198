// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/time.h"
#include "core/domain/channel.h"

#include <QByteArray>

#include <map>

namespace peerdesk::channels::email {

/// Longest text that goes with a message; longer text becomes the attachment "message.txt".
constexpr qsizetype MaxTextBytes = 32 * 1024;
/// Most attachments named by one item; past it the whole mail is attached as one file as well.
constexpr size_t MaxAttachments = 100;

struct ParseContext
{
    QString ownAddress; ///< of the account, lower case
    Time receivedAt;    ///< the server's INTERNALDATE; header dates are unreliable
};

/// A mail as an inbound item. `item.headers` is a JSON object with message_id, in_reply_to,
/// references, from, to, cc, reply_to, date, subject_key, is_reply, quoted, remote_images and,
/// without a date, body_hash (of the raw body). A quarantined one has from, date and message_id if
/// its head can be read.
struct ParsedMail
{
    InboundItem item;
    std::map<QByteArray, QByteArray> attachments; ///< bytes by SHA-256
    bool isOwn = false; ///< an echo of a mail this account sent: nothing to ingest
};

/// Turns raw mail into an item. Never fails: what cannot be parsed comes back quarantined with the
/// raw bytes attached. Message-IDs are without angle brackets everywhere. Pure; any thread.
/// Source: RFC 5322, 2045-2049, 2231, 3464 (delivery notices), 3834 (automatic mail).
ParsedMail parse(const QByteArray &raw, const ParseContext &context);

/// A mail that is not downloaded, or cannot be: a notice that says why, with the bytes there are.
ParsedMail quarantined(const QByteArray &raw, const QString &reason, const ParseContext &context);

} // namespace peerdesk::channels::email
