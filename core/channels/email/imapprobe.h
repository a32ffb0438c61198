// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/operation.h"
#include "core/channels/email/imapsession.h"

namespace peerdesk::channels::email {

/// The name of a failure, for Error::state: unreachable, credentials, certificate, protocol,
/// unsafe.
QString stateOf(ImapFailure::Kind kind);

/// Signs in and opens every folder once. Errors: Network with a sentence for people and the name of
/// the failure as its state.
class ImapProbe final : public Operation<Done>
{
public:
    ImapProbe(const MailServer &server, QStringList folders, Completion<Done> done,
              QObject *parent);
    void start() override;

private:
    void openNext();

    ImapSession m_session;
    QStringList m_folders;
};

} // namespace peerdesk::channels::email
