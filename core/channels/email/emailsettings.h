// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/api/connector.h"
#include "core/channels/email/compose.h"
#include "core/channels/email/imapclient.h"
#include "core/channels/vendor/oauth.h"

namespace peerdesk::channels::email {

/// What an account's settings mean. Secrets come from the host under "password" and "token".
struct EmailSettings
{
    MailIdentity identity;
    ImapClientSettings imap;
    MailServer smtp;
    int importDays = 7; ///< how far back a new account reads
    QString sentFolder; ///< gets a copy of what is sent; empty = none

    static EmailSettings from(const ChannelAccount &account, const Host &host);
};

/// The settings as the wizard and `channel types` show them.
std::vector<Setting> settingList();
/// The sign-ins in the browser that large providers want instead of a password.
std::vector<vendor::SignIn> signInList();

} // namespace peerdesk::channels::email
