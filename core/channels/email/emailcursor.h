// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/email/imapclient.h"

namespace peerdesk::channels::email {

/// Where reading of an account stands: JSON {"since":ms,"folders":{"INBOX":[validity,next]}}.
struct EmailCursor
{
    Time since; ///< mails from before are never taken in, also not after UIDVALIDITY changed
    Positions folders;

    bool operator==(const EmailCursor &) const = default;
};

QByteArray toBytes(const EmailCursor &cursor);
/// Anything that is not a cursor is an empty one: mails are read again and recognised.
EmailCursor cursorFrom(const QByteArray &bytes);

} // namespace peerdesk::channels::email
