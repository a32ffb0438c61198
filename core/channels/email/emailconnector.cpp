// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/email/emailconnector.h"

#include "core/base/pool.h"
#include "core/channels/email/compose.h"
#include "core/channels/email/imapprobe.h"

namespace peerdesk::channels::email {
using namespace Qt::StringLiterals;
namespace {

/// Items of one part; with its facts it stays below the bound of a log entry (256 KiB).
constexpr qsizetype PartBytes = 96 * 1024;
constexpr size_t PartItems = 16;
/// A mail that waits for somebody to sign in, or for the provider to give a token.
constexpr Seconds SignInRetry{60};

qsizetype sizeOf(const InboundItem &item)
{
    return item.content.text.size() * 3 + item.content.html.toUtf8().size() +
           item.headers.text.size() + qsizetype(item.content.attachments.size()) * 300 + 1000;
}

ParsedMail parsed(const FetchedMail &mail, const QString &folder, quint32 validity,
                  const ParseContext &context)
{
    if (mail.kind == FetchedMail::Kind::Whole)
        return parse(mail.raw, context);
    const bool isLarge = mail.kind == FetchedMail::Kind::TooLarge;
    const QString why =
        isLarge ? u"A mail of %1 MB is larger than the 50 MB that are taken in. It is still in the "
                  "mailbox, folder %2."_s.arg(mail.size / (1024 * 1024))
                      .arg(folder)
                : u"A mail could not be fetched from the server. It is still in the mailbox, "
                  "folder %1."_s.arg(folder);
    ParsedMail notice = quarantined(mail.raw, why, context);
    notice.item.providerId = u"uid:%1:%2:%3"_s.arg(folder).arg(validity).arg(mail.uid);
    return notice;
}

} // namespace

EmailConnector::EmailConnector(const ChannelAccount &account, Host &host)
    : m_host(host)
    , m_settings(EmailSettings::from(account, host))
    , m_access(account, host)
    , m_client(m_settings.imap, &m_access)
    , m_copies(m_settings.imap.server, m_settings.sentFolder, &m_access)
{
    connect(&m_copies, &SentCopies::troubleChanged, this, &EmailConnector::publish);
    m_pool.setMaxThreadCount(1);
    connect(&m_client, &ImapClient::pageFetched, this, &EmailConnector::onPage);
    connect(&m_client, &ImapClient::stateChanged, this,
            [this](AccountState state, const QString &sentence) {
                m_readState = state;
                m_readSentence = sentence;
                publish();
            });
}

void EmailConnector::start()
{
    const std::chrono::hours back(24 * m_settings.importDays);
    m_firstSince = m_host.clock().wall() - std::chrono::duration_cast<Milliseconds>(back);
    const EmailCursor cursor = readCursor();
    m_client.start(cursor.folders, cursor.since);
}

void EmailConnector::stop()
{
    m_client.stop();
}

EmailCursor EmailConnector::readCursor() const
{
    EmailCursor cursor = cursorFrom(m_host.cursor());
    if (!cursor.since.isSet())
        cursor.since = m_firstSince;
    return cursor;
}

std::vector<EmailConnector::Parsed> EmailConnector::parseAll(const FetchedPage &page,
                                                             const QString &ownAddress)
{
    std::vector<Parsed> all;
    for (const FetchedMail &mail : page.mails)
        all.push_back({mail.uid, parsed(mail, page.folder, page.after.validity,
                                        {ownAddress, mail.receivedAt})});
    return all;
}

void EmailConnector::onPage(const FetchedPage &page)
{
    const QString own = m_settings.identity.address;
    const auto onParsed = [this, folder = page.folder,
                           after = page.after](const Result<std::vector<Parsed>> &mails) {
        if (!mails)
            return m_client.restart(readCursor().folders);
        m_pending = {folder, after, *mails, 0};
        commitPart();
    };
    runInPool<std::vector<Parsed>>(m_pool, this, [page, own] { return parseAll(page, own); },
                                   {this, onParsed});
}

void EmailConnector::commitPart()
{
    EmailCursor cursor = readCursor();
    InboundPage part;
    part.cursorFrom = m_host.cursor();
    qsizetype bytes = 0;
    size_t next = m_pending.committed;
    for (; next < m_pending.mails.size() && part.items.size() < PartItems; ++next) {
        const ParsedMail &mail = m_pending.mails[next].mail;
        bytes += sizeOf(mail.item);
        if (bytes > PartBytes && !part.items.empty())
            break;
        if (mail.isOwn)
            continue;
        part.items.push_back(mail.item);
        part.attachments.insert(mail.attachments.begin(), mail.attachments.end());
    }
    const bool isLast = next == m_pending.mails.size();
    cursor.folders[m_pending.folder] = {
        m_pending.after.validity, isLast ? m_pending.after.nextUid : m_pending.mails[next].uid};
    part.cursorTo = toBytes(cursor);
    m_host.ingest(std::move(part),
                  {this, [this, next](const Result<Done> &result) { onCommitted(result, next); }});
}

void EmailConnector::onCommitted(const Result<Done> &result, size_t upTo)
{
    if (!result) {
        // Not committed, or nobody knows: the cursor tells where to read on.
        m_pending = {};
        return m_client.restart(readCursor().folders);
    }
    m_pending.committed = upTo;
    if (upTo < m_pending.mails.size())
        return commitPart();
    m_pending = {};
    m_client.confirmPage();
}

void EmailConnector::send(const Outgoing &outgoing, Completion<SendResult> done)
{
    auto answer = std::make_shared<Completion<SendResult>>(std::move(done));
    m_access.enter(
        m_settings.smtp,
        {this, [this, outgoing, answer](const Result<MailServer> &server) {
             if (server)
                 return sendBy(*server, outgoing, std::move(*answer));
             // Nothing went out, and it is the account's trouble, not the mail's.
             m_sendTrouble = server.error().detail;
             publish();
             answer->answer(SendResult{SendResult::Kind::Later, {}, m_sendTrouble, SignInRetry});
         }});
}

void EmailConnector::sendBy(const MailServer &server, const Outgoing &outgoing,
                            Completion<SendResult> done)
{
    auto answer = std::make_shared<Completion<SendResult>>(std::move(done));
    m_sender.send(
        server, [outgoing, identity = m_settings.identity] { return compose(outgoing, identity); },
        {this, [this, answer, server](const Result<SmtpOutcome> &outcome) {
             if (!outcome)
                 return answer->answer(outcome.error());
             if (outcome->isAuthFailure)
                 m_access.refuse(server);
             onSent(*outcome, *answer);
         }});
}

void EmailConnector::onSent(const SmtpOutcome &outcome, Completion<SendResult> &done)
{
    const bool isTrouble = outcome.isAuthFailure || outcome.isCertificateFailure ||
                           outcome.result.kind == SendResult::Kind::Later;
    if (isTrouble || outcome.result.kind == SendResult::Kind::Accepted) {
        m_sendTrouble = isTrouble ? outcome.sentence : QString();
        publish();
    }
    done.answer(outcome.result);
    if (outcome.result.kind == SendResult::Kind::Accepted)
        m_copies.keep(outcome.bytes);
}

void EmailConnector::publish()
{
    const bool isReading = m_readState == AccountState::Connected;
    const QString trouble = m_sendTrouble.isEmpty() ? m_copies.trouble() : m_sendTrouble;
    if (isReading && !trouble.isEmpty())
        m_host.setState(AccountState::Degraded, trouble);
    else
        m_host.setState(m_readState, m_readSentence);
}

void EmailConnector::test(Completion<QString> done)
{
    auto answer = std::make_shared<Completion<QString>>(std::move(done));
    m_access.enter(m_settings.imap.server, {this, [this, answer](const Result<MailServer> &server) {
                                                if (server)
                                                    return testReading(*server, std::move(*answer));
                                                answer->answer(server.error());
                                            }});
}

void EmailConnector::testReading(const MailServer &server, Completion<QString> done)
{
    auto answer = std::make_shared<Completion<QString>>(std::move(done));
    const auto onRead = [this, answer, server](const Result<Done> &result) {
        if (result)
            return testSending(std::move(*answer));
        if (result.error().state == stateOf(ImapFailure::Kind::Credentials))
            m_access.refuse(server);
        answer->answer(result.error());
    };
    (new ImapProbe(server, m_settings.imap.folders, {this, onRead}, this))->start();
}

void EmailConnector::testSending(Completion<QString> done)
{
    auto answer = std::make_shared<Completion<QString>>(std::move(done));
    const auto onTried = [this, answer](const Result<SmtpOutcome> &outcome) {
        if (!outcome)
            return answer->answer(outcome.error());
        if (outcome->result.kind != SendResult::Kind::Accepted)
            return answer->answer(outcome->error());
        answer->answer(u"Reading and sending work for %1."_s.arg(m_settings.identity.address));
    };
    m_access.enter(m_settings.smtp, {this, [this, answer, onTried](const Result<MailServer> &smtp) {
                                         if (!smtp)
                                             return answer->answer(smtp.error());
                                         m_sender.probe(*smtp, {this, onTried});
                                     }});
}

ChannelType emailType()
{
    ChannelType type;
    type.type = u"email"_s;
    type.label = u"E-mail"_s;
    type.settings = settingList();
    type.capabilities.taskChannel = u"email"_s;
    type.capabilities.proactive = true;
    type.capabilities.reaches = {u"email"_s};
    type.capabilities.html = true;
    type.capabilities.answersOnceADay = true;
    type.capabilities.rich = {{u"markup_text"_s, RichUse::Agent}};
    type.capabilities.files.maxBytes = type.capabilities.files.maxTotalBytes = MaxFileBytes;
    type.make = [](const ChannelAccount &account, Host &host) -> std::unique_ptr<Connector> {
        return std::make_unique<EmailConnector>(account, host);
    };
    return type;
}

} // namespace peerdesk::channels::email

#include "moc_emailconnector.cpp"
