// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/email/autoconfig.h"

#include "core/channels/email/headers.h"
#include "core/channels/email/imapprobe.h"

#include <QStringList>

#include <array>

namespace peerdesk::channels::email {
using namespace Qt::StringLiterals;
namespace {

struct Provider
{
    const char *domains; ///< separated by spaces
    const char *imap;
    const char *smtp;
    quint16 smtpPort; ///< 465 = TLS, 587 = STARTTLS
    bool needsToken;
    const char *hint;
};

constexpr std::array<Provider, 9> Providers{{
    {"gmail.com googlemail.com", "imap.gmail.com", "smtp.gmail.com", 465, false,
     "Google takes an app password or a Google sign-in, not the usual password."},
    {"outlook.com hotmail.com live.com msn.com", "outlook.office365.com", "smtp.office365.com", 587,
     true, "Microsoft needs a sign-in in the browser."},
    {"yahoo.com ymail.com yahoo.de yahoo.fr yahoo.co.uk", "imap.mail.yahoo.com",
     "smtp.mail.yahoo.com", 465, false, "Yahoo takes an app password."},
    {"icloud.com me.com mac.com", "imap.mail.me.com", "smtp.mail.me.com", 587, false,
     "Apple takes an app-specific password."},
    {"gmx.de gmx.net gmx.at gmx.ch", "imap.gmx.net", "mail.gmx.net", 465, false,
     "Switch on IMAP in the GMX settings first."},
    {"web.de", "imap.web.de", "smtp.web.de", 465, false,
     "Switch on IMAP in the WEB.DE settings first."},
    {"t-online.de", "secureimap.t-online.de", "securesmtp.t-online.de", 465, false,
     "T-Online takes the e-mail password, not the log-in password."},
    {"fastmail.com fastmail.fm", "imap.fastmail.com", "smtp.fastmail.com", 465, false,
     "Fastmail takes an app password."},
    {"mailbox.org", "imap.mailbox.org", "smtp.mailbox.org", 465, false, ""},
}};

MailServer server(const QString &host, quint16 port, Security security, const QString &user)
{
    MailServer made;
    made.host = host;
    made.port = port;
    made.security = security;
    made.user = user;
    return made;
}

Security submissionSecurity(quint16 port)
{
    return port == 465 ? Security::Tls : Security::StartTls;
}

} // namespace

std::vector<MailCandidate> candidates(const QString &address,
                                      const std::vector<ServiceRecord> &imaps,
                                      const std::vector<ServiceRecord> &submission)
{
    const QString user = address.trimmed();
    const QString domain = domainOf(user);
    if (domain.isEmpty() || user.startsWith(u'@') || user.contains(u' '))
        return {};
    std::vector<MailCandidate> all;
    for (const Provider &one : Providers) {
        if (!QString::fromLatin1(one.domains).split(u' ').contains(domain))
            continue;
        return {{server(QString::fromLatin1(one.imap), 993, Security::Tls, user),
                 server(QString::fromLatin1(one.smtp), one.smtpPort,
                        submissionSecurity(one.smtpPort), user),
                 one.needsToken, QString::fromLatin1(one.hint)}};
    }
    if (!imaps.empty() && !submission.empty())
        all.push_back({server(imaps.front().host, imaps.front().port, Security::Tls, user),
                       server(submission.front().host, submission.front().port,
                              submissionSecurity(submission.front().port), user),
                       false,
                       {}});
    const std::array<std::pair<QString, QString>, 3> names{
        {{u"imap."_s + domain, u"smtp."_s + domain},
         {u"mail."_s + domain, u"mail."_s + domain},
         {domain, domain}}};
    for (const auto &[imap, smtp] : names) {
        for (const quint16 port : {quint16(465), quint16(587)})
            all.push_back({server(imap, 993, Security::Tls, user),
                           server(smtp, port, submissionSecurity(port), user),
                           false,
                           {}});
    }
    return all;
}

FindMailServers::FindMailServers(QString address, QByteArray secret, Completion<MailCandidate> done,
                                 QObject *parent)
    : Operation(std::move(done), parent)
    , m_address(std::move(address))
    , m_secret(std::move(secret))
{
    const QString domain = domainOf(m_address);
    m_imaps.setType(QDnsLookup::SRV);
    m_imaps.setName(u"_imaps._tcp."_s + domain);
    m_submission.setType(QDnsLookup::SRV);
    m_submission.setName(u"_submission._tcp."_s + domain);
    connect(&m_imaps, &QDnsLookup::finished, this, &FindMailServers::onLookedUp);
    connect(&m_submission, &QDnsLookup::finished, this, &FindMailServers::onLookedUp);
}

void FindMailServers::start()
{
    if (candidates(m_address, {}, {}).empty())
        return finish(notFound(u"This is not an e-mail address."_s));
    m_imaps.lookup();
    m_submission.lookup();
}

void FindMailServers::onLookedUp()
{
    if (m_hasLooked || !m_imaps.isFinished() || !m_submission.isFinished())
        return;
    m_hasLooked = true;
    const auto records = [](const QDnsLookup &lookup) {
        std::vector<ServiceRecord> found;
        for (const QDnsServiceRecord &record : lookup.serviceRecords()) {
            if (record.port() > 0 && record.target() != u".")
                found.push_back({record.target(), record.port()});
        }
        return found;
    };
    m_candidates = candidates(m_address, records(m_imaps), records(m_submission));
    tryNext();
}

void FindMailServers::tryNext()
{
    if (m_at >= m_candidates.size())
        return finish(m_failure);
    m_candidates[m_at].imap.secret = m_secret;
    m_candidates[m_at].smtp.secret = m_secret;
    const auto onProbed = [this](const Result<Done> &result) {
        result ? trySending() : failed(result.error());
    };
    (new ImapProbe(m_candidates[m_at].imap, {u"INBOX"_s}, {this, onProbed}, this))->start();
}

void FindMailServers::trySending()
{
    const auto onProbed = [this](const Result<SmtpOutcome> &outcome) {
        if (outcome && outcome->result.kind == SendResult::Kind::Accepted)
            return finish(m_candidates[m_at]);
        failed(outcome ? outcome->error() : outcome.error());
    };
    m_sender.probe(m_candidates[m_at].smtp, {this, onProbed});
}

void FindMailServers::failed(const Error &error)
{
    // A server that is there and objects tells more than a guessed name that does not exist.
    if (m_failure.detail.isEmpty() || m_failure.state == u"unreachable")
        m_failure = error;
    if (error.state == u"credentials")
        return finish(error);
    ++m_at;
    tryNext();
}

} // namespace peerdesk::channels::email
