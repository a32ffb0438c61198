// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/email/smtpsender.h"

#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

using namespace peerdesk;
using namespace peerdesk::channels;
using namespace peerdesk::channels::email;
using namespace Qt::StringLiterals;

namespace {

/// What the server does when it meets a step: answers, or drops the line.
struct Script
{
    QByteArray greeting = "220 ready";
    QByteArray mail = "250 ok";
    QByteArray rcpt = "250 ok";
    QByteArray data = "354 go";
    QByteArray done = "250 queued"; ///< after the final dot
    QByteArray hello = "250 fine";
    QByteArray token = "235 welcome"; ///< after a token
    QByteArray told;                  ///< the sign-in that the server was told
    int mails = 0;                    ///< complete ones seen
    int connections = 0;
};

/// SMTP server on loopback that follows a script; an empty answer drops the connection.
class ScriptedServer : public QTcpServer
{
public:
    explicit ScriptedServer(Script &script)
        : m_script(script)
    {
        listen(QHostAddress::LocalHost);
        connect(this, &QTcpServer::newConnection, this, &ScriptedServer::welcome);
    }

private:
    void welcome()
    {
        QTcpSocket *socket = nextPendingConnection();
        ++m_script.connections;
        m_isData = false;
        connect(socket, &QTcpSocket::readyRead, this, [this, socket] { read(socket); });
        answer(socket, m_script.greeting);
    }
    void answer(QTcpSocket *socket, const QByteArray &line)
    {
        if (line.isEmpty())
            socket->disconnectFromHost();
        else
            socket->write(line + "\r\n");
    }
    void read(QTcpSocket *socket)
    {
        while (socket->canReadLine()) {
            const QByteArray line = socket->readLine().trimmed();
            if (m_isData && line != ".")
                continue;
            if (m_isData) {
                m_isData = false;
                ++m_script.mails;
                answer(socket, m_script.done);
            } else if (line.startsWith("MAIL")) {
                answer(socket, m_script.mail);
            } else if (line.startsWith("RCPT")) {
                answer(socket, m_script.rcpt);
            } else if (line == "DATA") {
                m_isData = m_script.data.startsWith("354");
                answer(socket, m_script.data);
            } else if (line.startsWith("EHLO")) {
                answer(socket, m_script.hello);
            } else if (line.startsWith("AUTH")) {
                m_script.told = line;
                m_isTokenDue = true;
                answer(socket, "334 "); // the token comes by itself
            } else if (std::exchange(m_isTokenDue, false)) {
                m_script.told += ' ' + line;
                answer(socket, m_script.token);
            } else if (m_script.token.startsWith("334") && !line.startsWith("QUIT")) {
                answer(socket, "535 5.7.8 the token has expired"); // RFC 7628 section 3.2.3
            } else {
                answer(socket, line == "QUIT" ? "221 bye" : "250 fine");
            }
        }
    }

    Script &m_script;
    bool m_isData = false;
    bool m_isTokenDue = false;
};

} // namespace

Q_DECLARE_METATYPE(Script)

class TestSmtpSender : public QObject
{
    Q_OBJECT

private slots:
    void answerOfTheServerDecides_data();
    void answerOfTheServerDecides();
    void unreachableServerIsTriedLater();
    void deletingTheSenderAnswersTheAsker();
    void tokenSignsInByXoauth2_data();
    void tokenSignsInByXoauth2();
};

void TestSmtpSender::answerOfTheServerDecides_data()
{
    QTest::addColumn<Script>("script");
    QTest::addColumn<SendResult::Kind>("kind");
    QTest::addColumn<QString>("words");
    const auto row = [](const char *name, auto change, SendResult::Kind kind, const char *words) {
        Script script;
        change(script);
        QTest::newRow(name) << script << kind << QString::fromLatin1(words);
    };
    using Kind = SendResult::Kind;
    row(
        "accepted", [](Script &) {}, Kind::Accepted, "");
    row(
        "greylisted", [](Script &s) { s.rcpt = "451 4.7.1 greylisted"; }, Kind::Later,
        "greylisted");
    row(
        "no such user", [](Script &s) { s.rcpt = "550 5.1.1 no such user"; }, Kind::Refused,
        "no such user");
    row(
        "sender refused", [](Script &s) { s.mail = "553 not yours"; }, Kind::Refused, "not yours");
    row(
        "DATA refused", [](Script &s) { s.data = "554 no"; }, Kind::Refused, "554");
    row(
        "content refused", [](Script &s) { s.done = "552 5.7.0 virus"; }, Kind::Refused, "virus");
    row(
        "content later", [](Script &s) { s.done = "452 disk full"; }, Kind::Later, "disk full");
    row(
        "busy", [](Script &s) { s.greeting = "421 busy"; }, Kind::Later, "");
    row(
        "dropped at the greeting", [](Script &s) { s.greeting.clear(); }, Kind::Later, "");
    row(
        "dropped before the mail", [](Script &s) { s.data.clear(); }, Kind::Later, "");
    row(
        "dropped after the mail", [](Script &s) { s.done.clear(); }, Kind::Uncertain,
        "before it confirmed");
}

void TestSmtpSender::answerOfTheServerDecides()
{
    QFETCH(Script, script);
    QFETCH(SendResult::Kind, kind);
    QFETCH(QString, words);
    ScriptedServer server(script);
    MailServer to;
    to.host = u"127.0.0.1"_s;
    to.port = server.serverPort();
    to.security = Security::None;
    SmtpSender sender;
    std::optional<SmtpOutcome> outcome;
    sender.send(to,
                [] {
                    return ComposedMail{
                        "Subject: x\r\n\r\nhi\r\n", u"id@x"_s, u"a@x.test"_s, {u"b@x.test"_s}};
                },
                {this, [&](const Result<SmtpOutcome> &result) { outcome = *result; }});
    QTRY_VERIFY_WITH_TIMEOUT(outcome.has_value(), 30'000);
    QCOMPARE(outcome->result.kind, kind);
    QVERIFY2(outcome->result.detail.contains(words), qPrintable(outcome->result.detail));
    QCOMPARE(script.connections, 1);
    QVERIFY(script.mails <= 1);
    QCOMPARE(outcome->result.providerId, u"id@x"_s);
}

void TestSmtpSender::unreachableServerIsTriedLater()
{
    MailServer to;
    to.host = u"127.0.0.1"_s;
    to.port = 1;
    to.security = Security::None;
    const std::atomic<bool> isAborted = false;
    const SmtpOutcome outcome =
        sendBlocking(to, {"x", u"id@x"_s, u"a@x.test"_s, {u"b@x.test"_s}}, isAborted);
    QCOMPARE(outcome.result.kind, SendResult::Kind::Later);
    QVERIFY(outcome.result.retryAfter.count() > 0);
}

void TestSmtpSender::deletingTheSenderAnswersTheAsker()
{
    QTcpServer silent;
    silent.listen(QHostAddress::LocalHost);
    MailServer to;
    to.host = u"127.0.0.1"_s;
    to.port = silent.serverPort();
    to.security = Security::None;
    std::optional<Error::Code> code;
    {
        SmtpSender sender;
        sender.probe(to, {this, [&](const Result<SmtpOutcome> &r) { code = r.error().code; }});
        QTRY_VERIFY(silent.hasPendingConnections());
    }
    QCOMPARE(code, Error::Code::Cancelled);
}

void TestSmtpSender::tokenSignsInByXoauth2_data()
{
    QTest::addColumn<QByteArray>("answer");
    QTest::addColumn<SendResult::Kind>("kind");
    QTest::newRow("good") << QByteArray("235 welcome") << SendResult::Kind::Accepted;
    QTest::newRow("expired") << QByteArray("334 eyJzdGF0dXMiOiI0MDEifQ==")
                             << SendResult::Kind::Later;
    QTest::newRow("refused at once") << QByteArray("535 5.7.3 no") << SendResult::Kind::Later;
}

/// An account that is not let in keeps its mail: it goes out once the account is mended.
void TestSmtpSender::tokenSignsInByXoauth2()
{
    QFETCH(QByteArray, answer);
    QFETCH(SendResult::Kind, kind);
    Script script;
    script.hello = "250-here\r\n250-SASL-IR\r\n250 AUTH PLAIN XOAUTH2";
    script.token = answer;
    ScriptedServer server(script);
    const MailServer to{u"127.0.0.1"_s,
                        server.serverPort(),
                        Security::None,
                        u"help@desk.test"_s,
                        "s3cret-token",
                        true,
                        {}};
    SmtpSender sender;
    std::optional<SmtpOutcome> outcome;
    sender.send(to,
                [] {
                    return ComposedMail{
                        "Subject: x\r\n\r\nhi\r\n", u"id@x"_s, u"a@x.test"_s, {u"b@x.test"_s}};
                },
                {this, [&](const Result<SmtpOutcome> &result) { outcome = *result; }});
    QTRY_VERIFY_WITH_TIMEOUT(outcome.has_value(), 30'000);
    QCOMPARE(outcome->result.kind, kind);
    QCOMPARE(outcome->isAuthFailure, kind != SendResult::Kind::Accepted);
    QCOMPARE(script.mails, kind == SendResult::Kind::Accepted ? 1 : 0);
    const QByteArray coded = QByteArray("user=help@desk.test\x01"
                                        "auth=Bearer s3cret-token\x01\x01")
                                 .toBase64();
    QCOMPARE(script.told, "AUTH XOAUTH2 " + coded);
    QVERIFY(!outcome->sentence.contains(u"s3cret"_s));
}

QTEST_GUILESS_MAIN(TestSmtpSender)
#include "tst_smtpsender.moc"
