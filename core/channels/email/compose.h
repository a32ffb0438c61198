// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/channels/api/connector.h"

namespace peerdesk::channels::email {

/// Of all files of one mail together; many servers take no more.
constexpr qint64 MaxFileBytes = 25LL * 1024 * 1024;

/// Who the office is on this account.
struct MailIdentity
{
    QString address;     ///< lower case
    QString displayName; ///< of the office, may be empty
};

/// A mail ready for SMTP.
struct ComposedMail
{
    QByteArray bytes;  ///< CRLF line ends, lines at most 998 bytes, 7 bit
    QString messageId; ///< without angle brackets
    QString from;      ///< envelope sender
    std::vector<QString> recipients;
};

/// Builds the mail for a message: a reply where `outgoing.answered` is set. The same input gives
/// the same bytes, so a person's retry carries the same Message-ID. Pure; any thread.
/// Errors: Invalid (no usable address), TooLarge (over 25 MiB of attachments), NotFound (bytes of
/// an attachment are missing). Source: RFC 5322, RFC 2045-2047, RFC 2231, RFC 3834 section 5.
Result<ComposedMail> compose(const Outgoing &outgoing, const MailIdentity &office);

} // namespace peerdesk::channels::email
