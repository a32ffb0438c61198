// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/api/connector.h"
#include "core/channels/email/emailcursor.h"
#include "core/channels/email/emailsettings.h"
#include "core/channels/email/mailaccess.h"
#include "core/channels/email/mime.h"
#include "core/channels/email/sentcopies.h"
#include "core/channels/email/smtpsender.h"

#include <QThreadPool>

namespace peerdesk::channels::email {

/// E-mail account: reads by IMAP, sends by SMTP. Mails become items in the pool; a page of mails
/// is committed in parts small enough for one log entry, each moving the cursor, and is marked as
/// seen only after the last part is committed. Thread: node.
class EmailConnector final : public Connector
{
    Q_OBJECT

public:
    EmailConnector(const ChannelAccount &account, Host &host);

    void start() override;
    void stop() override;
    void send(const Outgoing &outgoing, Completion<SendResult> done) override;
    void test(Completion<QString> done) override;

private:
    struct Parsed
    {
        quint32 uid = 0;
        ParsedMail mail;
    };
    /// A page on its way to commit, part by part.
    struct Pending
    {
        QString folder;
        FolderPosition after;
        std::vector<Parsed> mails;
        size_t committed = 0;
    };

    static std::vector<Parsed> parseAll(const FetchedPage &page, const QString &ownAddress);
    void onPage(const FetchedPage &page);
    void commitPart();
    void onCommitted(const Result<Done> &result, size_t upTo);
    EmailCursor readCursor() const;
    void sendBy(const MailServer &server, const Outgoing &outgoing, Completion<SendResult> done);
    void onSent(const SmtpOutcome &outcome, Completion<SendResult> &done);
    void testReading(const MailServer &server, Completion<QString> done);
    void publish();
    void testSending(Completion<QString> done);

    Host &m_host;
    EmailSettings m_settings;
    MailAccess m_access;
    QThreadPool m_pool; ///< parsing; one thread keeps pages in order and memory bounded
    ImapClient m_client;
    SmtpSender m_sender;
    SentCopies m_copies;
    Pending m_pending;
    Time m_firstSince;
    AccountState m_readState = AccountState::Starting;
    QString m_readSentence;
    QString m_sendTrouble;
};

/// The channel type "email".
ChannelType emailType();

} // namespace peerdesk::channels::email
