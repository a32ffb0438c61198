// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/operation.h"
#include "core/channels/email/mailserver.h"
#include "core/channels/email/smtpsender.h"

#include <QDnsLookup>

#include <vector>

namespace peerdesk::channels::email {

/// Servers that an address may belong to, without user and secret filled in beyond the user name.
struct MailCandidate
{
    MailServer imap;
    MailServer smtp;
    bool needsToken = false; ///< the provider takes no passwords from programs
    QString hint;            ///< for people, e.g. where to get an app password

    bool operator==(const MailCandidate &) const = default;
};

/// A host and port that DNS announced.
struct ServiceRecord
{
    QString host;
    quint16 port = 0;
};

/// What to try for an address, best first: known providers, then what DNS announces, then the
/// usual names. Empty for what is no address. Pure. Source: RFC 6186 for the DNS names.
std::vector<MailCandidate> candidates(const QString &address,
                                      const std::vector<ServiceRecord> &imaps,
                                      const std::vector<ServiceRecord> &submission);

/// Asks DNS, then tries the candidates one after another with the given secret and ends with the
/// first that signs in for reading and sending. A server that refuses the password ends the search,
/// so that no account is locked by trying. Errors: Network with the most telling sentence and the
/// failure's name as its state (see ImapProbe); NotFound for what is no address.
class FindMailServers final : public Operation<MailCandidate>
{
public:
    FindMailServers(QString address, QByteArray secret, Completion<MailCandidate> done,
                    QObject *parent);
    void start() override;

private:
    void onLookedUp();
    void tryNext();
    void trySending();
    void failed(const Error &error);

    QString m_address;
    QByteArray m_secret;
    QDnsLookup m_imaps;
    QDnsLookup m_submission;
    SmtpSender m_sender;
    std::vector<MailCandidate> m_candidates;
    size_t m_at = 0;
    Error m_failure; ///< what to tell if none works
    bool m_hasLooked = false;
};

} // namespace peerdesk::channels::email
