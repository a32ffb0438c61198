// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/email/deliverystatus.h"
#include "core/channels/email/mimetree.h"

namespace peerdesk::channels::email {

/// A notice about one of our own messages.
struct Receipt
{
    QString messageId; ///< of our message, without angle brackets
    DeliveryStatus status;
};

/// Reads a delivery notice: RFC 3464 reports, and the free-form bounces of older servers where they
/// come from a mail system and return a Message-ID that only we make. Nothing for reports about
/// foreign mail and for delays: those stay ordinary automatic mail. `text`: of the notice.
std::optional<Receipt> receiptIn(const MailTree &tree, const QString &text);

/// Automatic mail that must never be answered automatically. Source: RFC 3834 section 2.
bool isAutomatic(const MailTree &tree);

} // namespace peerdesk::channels::email
