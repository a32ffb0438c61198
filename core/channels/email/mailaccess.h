// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/email/mailserver.h"
#include "core/channels/vendor/tokenkeeper.h"

namespace peerdesk::channels::email {

/// What lets an account into its mail servers: the password that it has, or an access token that is
/// renewed here, by the PC that runs the account, before it ends. Thread: node.
class MailAccess final : public QObject
{
    Q_OBJECT

public:
    MailAccess(const ChannelAccount &account, Host &host, QObject *parent = nullptr);

    /// `server` with what gets in now; a password at once. Errors: Unauthorized (somebody has to
    /// sign in again), Network, Busy, Storage, Unknown.
    void enter(const MailServer &server, Completion<MailServer> done);
    /// The server did not let `server` in. True = that was a token, which is not used again: the
    /// next one may get in.
    bool refuse(const MailServer &server);

private:
    vendor::VendorApi m_api;
    std::unique_ptr<vendor::TokenKeeper> m_keeper; ///< null = a password
};

} // namespace peerdesk::channels::email
