// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "core/channels/email/emailconnector.h"
#include "core/channels/email/headers.h"

#include <QJsonArray>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace peerdesk;
using namespace peerdesk::channels;
using namespace peerdesk::channels::email;
using namespace Qt::StringLiterals;

namespace {

const QString Office = u"help@desk.test"_s;
const QString Anna = u"anna@customer.test"_s;

/// A node as the connector sees it: keeps items by provider id and moves the cursor by
/// compare-and-set.
class FakeHost final : public Host
{
public:
    void ingest(InboundPage page, Completion<Done> done) override
    {
        if (page.cursorFrom != log)
            return done.answer(rejected(u"cursor"_s, {}));
        if (failures > 0) {
            --failures;
            return done.answer(Error{Error::Code::Storage, u"disk full"_s, {}});
        }
        if (isHolding) {
            held = std::make_unique<std::pair<InboundPage, Completion<Done>>>(std::move(page),
                                                                              std::move(done));
            return;
        }
        commit(std::move(page), done);
    }
    void commit(InboundPage page, Completion<Done> &done)
    {
        for (const InboundItem &item : page.items) {
            duplicates += items.contains(item.providerId) ? 1 : 0;
            items.emplace(item.providerId, item);
        }
        attachments.merge(page.attachments);
        log = page.cursorTo;
        done.answer(Done{});
    }
    void release()
    {
        isHolding = false;
        const auto waiting = std::exchange(held, nullptr);
        commit(std::move(waiting->first), waiting->second);
    }
    QByteArray cursor() const override { return log; }
    void setState(AccountState now, const QString &detail) override
    {
        state = now;
        sentence = detail;
    }
    void customerTyping(const QString &, bool) override {}
    void history(const QString &, Completion<std::vector<Message>> done) override
    {
        done.answer(std::vector<Message>{});
    }
    void attachment(const QString &, const QByteArray &, Completion<QByteArray> done) override
    {
        done.answer(notFound({}));
    }
    bool isAnyoneAvailable() const override { return true; }
    QByteArray secret(const QString &name) const override
    {
        return name == u"password" ? password : QByteArray();
    }
    Clock &clock() const override { return m_clock; }

    std::map<QString, InboundItem> items;
    std::map<QByteArray, QByteArray> attachments;
    QByteArray log;
    QByteArray password = "secret";
    AccountState state = AccountState::Starting;
    QString sentence;
    int failures = 0;
    int duplicates = 0;
    bool isHolding = false;
    std::unique_ptr<std::pair<InboundPage, Completion<Done>>> held;

private:
    mutable SystemClock m_clock;
};

} // namespace

class TestMailAccount : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void cleanupTestCase();
    void bothServersAreTriedAndNamed();
    void wrongPasswordIsSaidInPlainWords();
    void untrustedCertificateStopsBothWays();
    void plainTextIsRefusedBeyondThisMachine();
    void mailArrivesAndIsSeenOnlyAfterCommit();
    void replyLandsInTheCustomersMailboxInItsThread();
    void failedCommitIsReadAgain();
    void bounceOfOurReplyFailsIt();
    void serverThatVanishesIsWaitedFor();
    void renumberedMailboxLosesAndDoublesNothing();
    void missingFolderDoesNotStopTheOthers();

private:
    QByteArray script(const QStringList &arguments, const QByteArray &input = {});
    ChannelAccount account(const std::map<QString, QString> &more = {}) const;
    void deliver(const QByteArray &id, const QByteArray &more = {}, const QByteArray &body = "hi");
    QJsonArray mailbox(const QString &user);
    bool isSeen(const QByteArray &id);
    SendResult sent(Connector &connector, const Outgoing &outgoing);

    QTemporaryDir m_folder;
    QJsonObject m_server;
};

QByteArray TestMailAccount::script(const QStringList &arguments, const QByteArray &input)
{
    QProcess process;
    QStringList all{QStringLiteral(MAILSERVER_SCRIPT), arguments.front(),
                    m_folder.filePath(u"server"_s)};
    process.start(u"python3"_s, all + arguments.mid(1));
    process.write(input);
    process.closeWriteChannel();
    if (!process.waitForFinished(60'000) || process.exitCode() != 0)
        qWarning().noquote() << process.readAllStandardError();
    return process.readAllStandardOutput();
}

void TestMailAccount::initTestCase()
{
    QFile::setPermissions(m_folder.path(), QFile::Permissions(0x7755));
    m_server = QJsonDocument::fromJson(script({u"start"_s})).object();
    if (m_server.contains(u"skip"_s) || m_server.isEmpty())
        QSKIP(qPrintable(m_server.value(u"skip"_s).toString()));
}

void TestMailAccount::cleanupTestCase()
{
    if (m_server.contains(u"imap"_s))
        script({u"stop"_s});
}

ChannelAccount TestMailAccount::account(const std::map<QString, QString> &more) const
{
    ChannelAccount out;
    out.id = randomId<AccountId>();
    out.type = u"email"_s;
    out.settings = {{u"address"_s, Office},
                    {u"display_name"_s, u"Blumenladen Grün"_s},
                    {u"imap_host"_s, u"localhost"_s},
                    {u"imap_port"_s, QString::number(m_server.value(u"imaps"_s).toInt())},
                    {u"imap_security"_s, u"tls"_s},
                    {u"smtp_host"_s, u"localhost"_s},
                    {u"smtp_port"_s, QString::number(m_server.value(u"submission"_s).toInt())},
                    {u"smtp_security"_s, u"starttls"_s},
                    {u"poll_seconds"_s, u"10"_s},
                    {u"ca_file"_s, m_server.value(u"ca_file"_s).toString()}};
    for (const auto &[key, value] : more)
        out.settings[key] = value;
    return out;
}

void TestMailAccount::deliver(const QByteArray &id, const QByteArray &more, const QByteArray &body)
{
    script({u"deliver"_s, Office}, "From: Anna Nowak <anna@customer.test>\r\nTo: help@desk.test\r\n"
                                   "Subject: =?windows-1252?Q?Gr=FC=DFe?=\r\nMessage-ID: <" +
                                       id + ">\r\n" + more + "\r\n" + body + "\r\n");
}

QJsonArray TestMailAccount::mailbox(const QString &user)
{
    return QJsonDocument::fromJson(script({u"read"_s, user})).array();
}

bool TestMailAccount::isSeen(const QByteArray &id)
{
    for (const QJsonValue mail : mailbox(Office)) {
        if (mail[u"raw"_s].toString().contains(QString::fromLatin1(id)))
            return mail[u"seen"_s].toBool();
    }
    return false;
}

SendResult TestMailAccount::sent(Connector &connector, const Outgoing &outgoing)
{
    std::optional<Result<SendResult>> answer;
    connector.send(outgoing, {this, [&](const Result<SendResult> &result) { answer = result; }});
    [&] { QTRY_VERIFY_WITH_TIMEOUT(answer.has_value(), 20'000); }();
    return answer && *answer ? **answer : SendResult{};
}

void TestMailAccount::bothServersAreTriedAndNamed()
{
    FakeHost host;
    const struct
    {
        std::map<QString, QString> settings;
        QString part;
    } cases[] = {
        {{}, u"Reading and sending work"_s},
        {{{u"imap_security"_s, u"starttls"_s},
          {u"imap_port"_s, QString::number(m_server.value(u"imap"_s).toInt())},
          {u"smtp_security"_s, u"tls"_s},
          {u"smtp_port"_s, QString::number(m_server.value(u"smtps"_s).toInt())}},
         u"Reading and sending work"_s},
        {{{u"imap_port"_s, u"1"_s}}, u"incoming mail server localhost:1 cannot be reached"_s},
        {{{u"smtp_port"_s, u"1"_s}}, u"outgoing mail server localhost:1 cannot be reached"_s},
        {{{u"folders"_s, u"INBOX,Nowhere"_s}}, u"folder Nowhere does not exist"_s},
    };
    for (const auto &one : cases) {
        EmailConnector connector(account(one.settings), host);
        QString said;
        connector.test({this, [&](const Result<QString> &result) {
                            said = result ? *result : result.error().detail;
                        }});
        QTRY_VERIFY_WITH_TIMEOUT(!said.isEmpty(), 20'000);
        QVERIFY2(said.contains(one.part), qPrintable(said));
    }
}

void TestMailAccount::wrongPasswordIsSaidInPlainWords()
{
    FakeHost host;
    host.password = "wrong-word";
    EmailConnector connector(account(), host);
    connector.start();
    QTRY_COMPARE_WITH_TIMEOUT(host.state, AccountState::Down, 20'000);
    QVERIFY2(host.sentence.contains(u"does not accept the user name or password"_s),
             qPrintable(host.sentence));
    QVERIFY(!host.sentence.contains(u"wrong-word"_s));
    Outgoing outgoing;
    outgoing.message.id = randomId<MessageId>();
    outgoing.message.content.text = u"x"_s;
    outgoing.address.value = Anna;
    const SendResult result = sent(connector, outgoing);
    QCOMPARE(result.kind, SendResult::Kind::Later); // the mail waits until the account is mended
    QVERIFY2(result.detail.contains(u"535"_s), qPrintable(result.detail));
    QVERIFY(!result.detail.contains(u"wrong-word"_s));
}

void TestMailAccount::untrustedCertificateStopsBothWays()
{
    FakeHost host;
    EmailConnector connector(account({{u"ca_file"_s, {}}}), host);
    connector.start();
    QTRY_COMPARE_WITH_TIMEOUT(host.state, AccountState::Down, 20'000);
    QVERIFY2(host.sentence.contains(u"is not trusted"_s), qPrintable(host.sentence));
    Outgoing outgoing;
    outgoing.message.id = randomId<MessageId>();
    outgoing.address.value = Anna;
    const SendResult result = sent(connector, outgoing);
    QCOMPARE(result.kind, SendResult::Kind::Later);
    QVERIFY2(result.detail.contains(u"is not trusted"_s), qPrintable(result.detail));
}

void TestMailAccount::plainTextIsRefusedBeyondThisMachine()
{
    FakeHost host;
    EmailConnector connector(account({{u"imap_security"_s, u"none"_s},
                                      {u"imap_host"_s, u"192.0.2.1"_s},
                                      {u"smtp_security"_s, u"none"_s},
                                      {u"smtp_host"_s, u"192.0.2.1"_s}}),
                             host);
    connector.start();
    QTRY_COMPARE(host.state, AccountState::Down);
    QVERIFY(host.sentence.contains(u"without encryption"_s));
    Outgoing outgoing;
    outgoing.message.id = randomId<MessageId>();
    outgoing.address.value = Anna;
    QCOMPARE(sent(connector, outgoing).kind, SendResult::Kind::Refused);
}

void TestMailAccount::mailArrivesAndIsSeenOnlyAfterCommit()
{
    FakeHost host;
    EmailConnector connector(account(), host);
    connector.start();
    QTRY_COMPARE_WITH_TIMEOUT(host.state, AccountState::Connected, 20'000);
    host.isHolding = true;
    deliver(
        "pushed@customer.test",
        "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=A\r\n",
        "--A\r\nContent-Type: text/plain; charset=iso-2022-jp\r\n\r\n\x1b$B;3ED\x1b(B\r\n--A\r\n"
        "Content-Disposition: attachment; filename*=UTF-8''h%C3%B3a.pdf\r\n\r\n%PDF-x\r\n--A--");
    QTRY_VERIFY_WITH_TIMEOUT(host.held != nullptr, 20'000);
    QVERIFY(!isSeen("pushed@customer.test"));
    host.release();
    QTRY_VERIFY_WITH_TIMEOUT(isSeen("pushed@customer.test"), 20'000);
    const InboundItem item = host.items.at(u"pushed@customer.test"_s);
    QCOMPARE(item.content.text, u"山田"_s);
    QCOMPARE(item.content.subject, u"Grüße"_s);
    QCOMPARE(item.content.attachments.at(0).name, u"hóa.pdf"_s);
    QCOMPARE(host.attachments.at(item.content.attachments.at(0).sha256), "%PDF-x");
    QCOMPARE(host.duplicates, 0);
}

void TestMailAccount::replyLandsInTheCustomersMailboxInItsThread()
{
    FakeHost host;
    EmailConnector connector(account(), host);
    connector.start();
    deliver("question@customer.test", "References: <root@customer.test>\r\n", "May I ask?");
    QTRY_VERIFY_WITH_TIMEOUT(host.items.contains(u"question@customer.test"_s), 20'000);
    const InboundItem item = host.items.at(u"question@customer.test"_s);
    Outgoing outgoing;
    outgoing.message.id = randomId<MessageId>();
    outgoing.message.authorKind = AuthorKind::Agent;
    outgoing.message.createdAt = {1'790'000'000'000};
    outgoing.message.content.text = u"Of course.\n.\nYours"_s;
    outgoing.message.content.attachments = {
        {"k", u"Rechnung für hóa.pdf"_s, u"application/pdf"_s, 6, {}, false}};
    outgoing.attachments = {{"k", "%PDF-1"}};
    outgoing.agentName = u"Berta"_s;
    outgoing.address.value = Anna;
    outgoing.answered = Message{};
    outgoing.answered->content = item.content;
    outgoing.answered->headers = item.headers;
    const SendResult result = sent(connector, outgoing);
    QCOMPARE(result.kind, SendResult::Kind::Accepted);
    QJsonArray mails;
    QTRY_VERIFY_WITH_TIMEOUT(!(mails = mailbox(Anna)).isEmpty(), 20'000);
    const ParsedMail mail = parse(mails.last()[u"raw"_s].toString().toUtf8(), {Anna, {}});
    QCOMPARE(mail.item.providerId, result.providerId);
    QCOMPARE(mail.item.threadHints,
             (std::vector<QString>{u"question@customer.test"_s, u"root@customer.test"_s}));
    QCOMPARE(mail.item.content.subject, u"Re: Grüße"_s);
    QCOMPARE(mail.item.senderName, u"Berta, Blumenladen Grün"_s);
    QCOMPARE(mail.item.content.text, u"Of course.\n.\nYours"_s);
    QVERIFY(
        json::object(mail.item.headers).value(u"quoted"_s).toString().contains(u"> May I ask?"_s));
    QVERIFY(mail.item.content.html.contains(u"May I ask?"_s));
    QCOMPARE(mail.item.content.attachments.at(0).name, u"Rechnung für hóa.pdf"_s);
    QCOMPARE(mail.attachments.begin()->second, "%PDF-1");
    QVERIFY(!mail.item.isAutomatic);
}

void TestMailAccount::failedCommitIsReadAgain()
{
    FakeHost host;
    host.failures = 2;
    deliver("again@customer.test");
    EmailConnector connector(account(), host);
    connector.start();
    QTRY_VERIFY_WITH_TIMEOUT(host.items.contains(u"again@customer.test"_s), 30'000);
    QCOMPARE(host.failures, 0);
    QCOMPARE(host.duplicates, 0);
}

void TestMailAccount::bounceOfOurReplyFailsIt()
{
    FakeHost host;
    EmailConnector connector(account(), host);
    connector.start();
    Outgoing outgoing;
    outgoing.message.id = randomId<MessageId>();
    outgoing.message.content.text = u"Hello?"_s;
    outgoing.address.value = u"nobody-here@customer.test"_s;
    const SendResult result = sent(connector, outgoing);
    QCOMPARE(result.kind, SendResult::Kind::Accepted);
    const auto receipt = [&]() -> const InboundItem * {
        for (const auto &[id, item] : host.items) {
            if (item.kind == ItemKind::Receipt && item.receiptFor == result.providerId)
                return &item;
        }
        return nullptr;
    };
    QTRY_VERIFY_WITH_TIMEOUT(receipt() != nullptr, 40'000);
    QCOMPARE(receipt()->receiptState, MessageState::Failed);
    QVERIFY2(receipt()->receiptReason.startsWith(
                 u"nobody-here@customer.test: There is no such mailbox"_s),
             qPrintable(receipt()->receiptReason));
}

void TestMailAccount::serverThatVanishesIsWaitedFor()
{
    FakeHost host;
    EmailConnector connector(account(), host);
    connector.start();
    QTRY_COMPARE_WITH_TIMEOUT(host.state, AccountState::Connected, 20'000);
    script({u"stop-imap"_s});
    QTRY_COMPARE_WITH_TIMEOUT(host.state, AccountState::Down, 20'000);
    QVERIFY(!host.sentence.isEmpty());
    script({u"start-imap"_s});
    deliver("afterwards@customer.test");
    QTRY_VERIFY_WITH_TIMEOUT(host.items.contains(u"afterwards@customer.test"_s), 40'000);
    QTRY_COMPARE(host.state, AccountState::Connected);
    QCOMPARE(host.duplicates, 0);
}

void TestMailAccount::renumberedMailboxLosesAndDoublesNothing()
{
    FakeHost host;
    deliver("before@customer.test");
    {
        EmailConnector connector(account(), host);
        connector.start();
        QTRY_VERIFY_WITH_TIMEOUT(host.items.contains(u"before@customer.test"_s), 20'000);
        QTRY_VERIFY_WITH_TIMEOUT(isSeen("before@customer.test"), 20'000);
    }
    const Positions old = cursorFrom(host.log).folders;
    script({u"renumber"_s, Office});
    deliver("meanwhile@customer.test");
    EmailConnector connector(account(), host);
    connector.start();
    QTRY_VERIFY_WITH_TIMEOUT(host.items.contains(u"meanwhile@customer.test"_s), 20'000);
    QVERIFY(cursorFrom(host.log).folders.at(u"INBOX"_s).validity != old.at(u"INBOX"_s).validity);
    QVERIFY2(host.duplicates > 0, "the rescan offers known mails again; the log recognises them");
}

void TestMailAccount::missingFolderDoesNotStopTheOthers()
{
    FakeHost host;
    deliver("inbox@customer.test");
    EmailConnector connector(account({{u"folders"_s, u"INBOX, Missing, INBOX"_s}}), host);
    connector.start();
    QTRY_VERIFY_WITH_TIMEOUT(host.items.contains(u"inbox@customer.test"_s), 20'000);
    QTRY_COMPARE_WITH_TIMEOUT(host.state, AccountState::Degraded, 20'000);
    QVERIFY(host.sentence.contains(u"Missing"_s));
    deliver("pushed-too@customer.test");
    QTRY_VERIFY_WITH_TIMEOUT(host.items.contains(u"pushed-too@customer.test"_s), 20'000);
}

QTEST_GUILESS_MAIN(TestMailAccount)
#include "tst_mailaccount.moc"
