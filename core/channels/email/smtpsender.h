// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/api/connector.h"
#include "core/channels/email/compose.h"
#include "core/channels/email/mailserver.h"

#include <QThreadPool>

#include <atomic>

namespace peerdesk::channels::email {

/// What one conversation with an SMTP server came to.
struct SmtpOutcome
{
    SendResult result;
    bool isAuthFailure = false;
    bool isCertificateFailure = false;
    QString sentence; ///< for people; empty on success
    QByteArray bytes; ///< of the mail, if it was accepted

    /// The failure as an Error: Network, the sentence, and credentials, certificate, unreachable or
    /// refused as its state. Meaningless on success.
    Error error() const;
};

/// One blocking attempt, for a worker thread. Certificates are always checked.
/// Accepted: the server took the mail. Refused: it said 5xx. Later: it said 4xx, did not let us in
/// (the account's trouble, not the mail's) or could not be reached before the mail was handed over.
/// Uncertain: the connection broke after the last byte and before the answer. `isAborted` ends it
/// within a second. Source: RFC 5321 sections 4.2 and 4.5.
SmtpOutcome sendBlocking(const MailServer &server, const ComposedMail &mail,
                         const std::atomic<bool> &isAborted);
/// Signs in and says goodbye. Accepted or the reason.
SmtpOutcome probeBlocking(const MailServer &server, const std::atomic<bool> &isAborted);

/// Runs SMTP conversations in a pool of two threads; answers come in the owner's thread. Never
/// tries again by itself. Deleting it aborts what is under way.
class SmtpSender final : public QObject
{
    Q_OBJECT

public:
    explicit SmtpSender(QObject *parent = nullptr);
    ~SmtpSender() override;

    /// `make` builds the mail in the worker; what it cannot build is Refused with its detail.
    void send(const MailServer &server, std::function<Result<ComposedMail>()> make,
              Completion<SmtpOutcome> done);
    void probe(const MailServer &server, Completion<SmtpOutcome> done);

private:
    void run(std::function<SmtpOutcome()> work, Completion<SmtpOutcome> done);

    QThreadPool m_pool;
    /// Read by the workers: they may outlive a call, not the pool.
    std::shared_ptr<std::atomic<bool>> m_isAborted;
};

} // namespace peerdesk::channels::email
