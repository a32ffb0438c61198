// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/email/imapclient.h"
#include "core/channels/email/imapprobe.h"
#include "core/channels/email/sentcopies.h"

#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

using namespace peerdesk;
using namespace peerdesk::channels::email;
using namespace Qt::StringLiterals;

namespace {

struct StoredMail
{
    QByteArray raw;
    qint64 claimedSize = 0; ///< 0 = the true one
    bool isBroken = false;  ///< FETCH answers NO
    bool isSeen = false;
};

/// A small IMAP server on loopback: one folder, IDLE, what it was told in order.
class FakeServer : public QTcpServer
{
public:
    FakeServer()
    {
        listen(QHostAddress::LocalHost);
        connect(this, &QTcpServer::newConnection, this, [this] {
            socket = nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, this, &FakeServer::read);
            socket->write(greeting + "\r\n");
        });
    }

    void add(quint32 uid, const QByteArray &raw) { mails[uid] = {raw, 0, false, false}; }

    QByteArray greeting = "* OK ready";
    QByteArray capabilities = "IMAP4rev1 IDLE SASL-IR AUTH=PLAIN AUTH=XOAUTH2";
    QByteArray afterStartTls;
    quint32 validity = 9;
    bool refusesSignIn = false;
    QByteArray appendAnswer = "OK kept";
    QByteArrayList copies; ///< what was appended
    std::map<quint32, StoredMail> mails;
    QByteArrayList told;
    QTcpSocket *socket = nullptr;
    QByteArray floods; ///< a command that begins so is answered with lines without end
    QByteArray flood;

private:
    void read()
    {
        auto *from = static_cast<QTcpSocket *>(sender());
        if (m_literal > 0 && from->bytesAvailable() < m_literal + 2)
            return;
        if (m_literal > 0) {
            copies.append(from->read(std::exchange(m_literal, 0)));
            from->readLine();
            from->write(m_literalTag + ' ' + appendAnswer + "\r\n");
        }
        while (from->canReadLine()) {
            const QByteArray line = from->readLine().trimmed();
            const qsizetype space = line.indexOf(' ');
            if (line == "DONE") {
                from->write(m_idleTag + " OK idle over\r\n");
            } else if (space < 0) {
                told.append(line);
                from->write(m_saslTag + " NO refused\r\n");
            } else {
                told.append(line.mid(space + 1));
                answer(from, line.left(space), line.mid(space + 1));
            }
        }
    }

    void answer(QTcpSocket *to, const QByteArray &tag, const QByteArray &command)
    {
        QByteArray out;
        if (!floods.isEmpty() && command.startsWith(floods)) {
            const auto more = [this, to] {
                if (to->bytesToWrite() == 0)
                    to->write(flood.repeated(1000));
            };
            connect(to, &QTcpSocket::bytesWritten, this, more);
            return more();
        }
        if (command == "CAPABILITY")
            out = "* CAPABILITY " + capabilities + "\r\n";
        else if (command.startsWith("APPEND") && !command.contains("Nowhere")) {
            m_literalTag = tag;
            m_literal = command.chopped(1).split('{').last().toInt();
            return void(to->write("+ go\r\n"));
        } else if (command.startsWith("APPEND"))
            return void(to->write(tag + " NO [TRYCREATE] no such folder\r\n"));
        else if (command == "STARTTLS")
            return void(to->write(tag + " OK begin\r\n" + afterStartTls));
        else if (command.startsWith("AUTHENTICATE") && refusesSignIn) {
            m_saslTag = tag;
            return void(to->write("+ eyJzdGF0dXMiOiI0MDAifQ==\r\n"));
        } else if (command.startsWith("SELECT"))
            out = "* " + QByteArray::number(mails.size()) + " EXISTS\r\n* OK [UIDVALIDITY " +
                  QByteArray::number(validity) + "] ok\r\n";
        else if (command.startsWith("UID FETCH")) {
            if (!fetch(command, out))
                return void(to->write(tag + " NO cannot\r\n"));
        } else if (command == "IDLE") {
            m_idleTag = tag;
            return void(to->write("+ idling\r\n"));
        }
        to->write(out + tag + " OK done\r\n");
    }

    bool fetch(const QByteArray &command, QByteArray &out)
    {
        const QByteArray set = command.split(' ').at(2);
        const bool isListing = set.endsWith(":*");
        for (const auto &[uid, mail] : mails) {
            const bool isAsked = isListing ? uid >= set.chopped(2).toUInt()
                                           : set.split(',').contains(QByteArray::number(uid));
            if (!isAsked)
                continue;
            const QByteArray number = QByteArray::number(uid);
            if (isListing) {
                const qint64 size = mail.claimedSize > 0 ? mail.claimedSize : mail.raw.size();
                out += "* 1 FETCH (UID " + number + " FLAGS (" + (mail.isSeen ? "\\Seen" : "") +
                       ") RFC822.SIZE " + QByteArray::number(size) +
                       " INTERNALDATE \"21-Nov-2026 10:00:00 +0000\")\r\n";
                continue;
            }
            if (mail.isBroken)
                return false;
            out += "* 1 FETCH (UID " + number + " BODY[]<0> {" +
                   QByteArray::number(mail.raw.size()) + "}\r\n" + mail.raw + ")\r\n";
        }
        return true;
    }

    QByteArray m_idleTag;
    QByteArray m_saslTag;
    QByteArray m_literalTag;
    int m_literal = 0;
};

ImapClientSettings settings(const FakeServer &server)
{
    ImapClientSettings out;
    out.server = {u"127.0.0.1"_s,
                  server.serverPort(),
                  Security::None,
                  u"help@desk.test"_s,
                  "secret",
                  false,
                  {}};
    out.firstBackOff = std::chrono::milliseconds(10);
    return out;
}

/// Runs a client and confirms every page.
struct Reading
{
    explicit Reading(const ImapClientSettings &with)
        : client(with)
    {
        QObject::connect(&client, &ImapClient::pageFetched, &client,
                         [this](const FetchedPage &page) {
                             for (const FetchedMail &mail : page.mails)
                                 mails.push_back(mail);
                             last = page.after;
                             if (confirms)
                                 client.confirmPage();
                         });
        QObject::connect(&client, &ImapClient::caughtUp, &client, [this] { ++caughtUp; });
        QObject::connect(&client, &ImapClient::stateChanged, &client,
                         [this](AccountState now, const QString &text) {
                             state = now;
                             sentence = text;
                         });
    }

    ImapClient client;
    std::vector<FetchedMail> mails;
    FolderPosition last;
    bool confirms = true;
    int caughtUp = 0;
    AccountState state = AccountState::Starting;
    QString sentence;
};

} // namespace

class TestImapClient : public QObject
{
    Q_OBJECT

private slots:
    void nothingIsMarkedSeenBeforeThePageIsConfirmed();
    void newMailDuringIdleIsFetched();
    void mailThatIsTooLargeIsNotDownloaded();
    void mailThatTheServerCannotGiveIsReportedAndPassed();
    void firstReadingLeavesSeenAndOldMailAlone();
    void renumberedFolderIsReadFromTheBeginning();
    void tokensAreOfferedByXoauth2();
    void refusedTokenEndsInASentence();
    void sentMailIsCopiedOnceEach();
    void copyThatFailsIsSaidAndNotRepeated();
    void wordsBeforeTheEncryptionAreNotTrusted();
    void foreignProtocolEndsInASentence();
    void floodsOfLinesEndInASentence_data();
    void floodsOfLinesEndInASentence();
};

void TestImapClient::floodsOfLinesEndInASentence_data()
{
    QTest::addColumn<QByteArray>("command");
    QTest::addColumn<QByteArray>("line");
    QTest::newRow("select") << QByteArray("SELECT") << QByteArray("* 5 EXISTS\r\n");
    QTest::newRow("fetch") << QByteArray("UID FETCH 3 ")
                           << QByteArray("* 1 FETCH (UID 9 BODY[] x)\r\n");
    QTest::newRow("idle") << QByteArray("IDLE") << QByteArray("* 5 RECENT\r\n");
}

void TestImapClient::floodsOfLinesEndInASentence()
{
    QFETCH(QByteArray, command);
    QFETCH(QByteArray, line);
    FakeServer server;
    server.add(3, "From: a@x\r\n\r\none");
    server.floods = command;
    server.flood = line;
    Reading reading(settings(server));
    reading.client.start({}, {});
    QTRY_COMPARE(reading.state, AccountState::Down);
    QVERIFY(reading.sentence.contains(u"floods"_s));
}

void TestImapClient::nothingIsMarkedSeenBeforeThePageIsConfirmed()
{
    FakeServer server;
    server.add(3, "From: a@x\r\n\r\none");
    server.add(5, "From: a@x\r\n\r\ntwo");
    Reading reading(settings(server));
    reading.confirms = false;
    reading.client.start({}, {});
    QTRY_COMPARE(reading.mails.size(), 2u);
    QVERIFY(!server.told.join('\n').contains("STORE"));
    reading.confirms = true;
    reading.client.confirmPage();
    QTRY_COMPARE(reading.caughtUp, 1);
    QVERIFY(server.told.contains("UID STORE 3,5 +FLAGS.SILENT (\\Seen)"));
    QCOMPARE(reading.last, (FolderPosition{9, 6}));
}

void TestImapClient::newMailDuringIdleIsFetched()
{
    FakeServer server;
    Reading reading(settings(server));
    reading.client.start({{u"INBOX"_s, {9, 7}}}, {});
    QTRY_VERIFY(server.told.contains("IDLE"));
    server.add(7, "From: a@x\r\n\r\nnew");
    server.socket->write("* 1 EXISTS\r\n");
    QTRY_COMPARE(reading.mails.size(), 1u);
    QTRY_COMPARE(server.told.count("IDLE"), 2);
    QCOMPARE(reading.mails[0].raw, "From: a@x\r\n\r\nnew");
    QCOMPARE(reading.mails[0].receivedAt, Time::fromString(u"2026-11-21T10:00:00Z"_s));
}

void TestImapClient::mailThatIsTooLargeIsNotDownloaded()
{
    FakeServer server;
    server.add(1, "From: a@x\r\n\r\n");
    server.mails[1].claimedSize = 60LL * 1024 * 1024;
    server.add(2, "From: a@x\r\n\r\nsmall");
    Reading reading(settings(server));
    reading.client.start({}, {});
    QTRY_COMPARE(reading.mails.size(), 2u);
    QCOMPARE(reading.mails[0].kind, FetchedMail::Kind::TooLarge);
    QVERIFY(server.told.contains("UID FETCH 1 (UID BODY.PEEK[HEADER]<0.65536>)"));
    QCOMPARE(reading.mails[1].kind, FetchedMail::Kind::Whole);
    QTRY_COMPARE(reading.caughtUp, 1);
    QVERIFY(!server.told.contains("UID STORE 1 +FLAGS.SILENT (\\Seen)"));
}

void TestImapClient::mailThatTheServerCannotGiveIsReportedAndPassed()
{
    FakeServer server;
    for (quint32 uid = 1; uid <= 5; ++uid)
        server.add(uid, "From: a@x\r\n\r\n" + QByteArray::number(uid));
    server.mails[3].isBroken = true;
    Reading reading(settings(server));
    reading.client.start({}, {});
    QTRY_COMPARE(reading.mails.size(), 5u);
    QCOMPARE(reading.mails[2].kind, FetchedMail::Kind::Unreadable);
    QCOMPARE(reading.mails[4].raw, "From: a@x\r\n\r\n5");
    QTRY_COMPARE(reading.last.nextUid, 6u);
}

void TestImapClient::firstReadingLeavesSeenAndOldMailAlone()
{
    FakeServer server;
    server.add(1, "From: a@x\r\n\r\nread by somebody");
    server.mails[1].isSeen = true;
    server.add(2, "From: a@x\r\n\r\nunread");
    Reading recent(settings(server));
    recent.client.start({}, {});
    QTRY_COMPARE(recent.caughtUp, 1);
    QCOMPARE(recent.mails.size(), 1u);
    QCOMPARE(recent.mails[0].uid, 2u);
    Reading later(settings(server));
    later.client.start({}, Time::fromString(u"2026-11-22T00:00:00Z"_s));
    QTRY_COMPARE(later.caughtUp, 1);
    QVERIFY(later.mails.empty());
    QCOMPARE(later.last, (FolderPosition{9, 3}));
}

void TestImapClient::renumberedFolderIsReadFromTheBeginning()
{
    FakeServer server;
    server.add(1, "From: a@x\r\n\r\none");
    server.mails[1].isSeen = true;
    Reading reading(settings(server));
    reading.client.start({{u"INBOX"_s, {8, 500}}}, {});
    QTRY_COMPARE(reading.caughtUp, 1);
    QCOMPARE(reading.mails.size(), 1u);
    QCOMPARE(reading.last, (FolderPosition{9, 2}));
}

void TestImapClient::tokensAreOfferedByXoauth2()
{
    FakeServer server;
    ImapClientSettings with = settings(server);
    with.server.isToken = true;
    Reading reading(with);
    reading.client.start({}, {});
    QTRY_COMPARE(reading.caughtUp, 1);
    const QByteArray coded = QByteArray("user=help@desk.test\x01"
                                        "auth=Bearer secret\x01\x01")
                                 .toBase64();
    QVERIFY(server.told.contains("AUTHENTICATE XOAUTH2 " + coded));
}

void TestImapClient::refusedTokenEndsInASentence()
{
    FakeServer server;
    server.refusesSignIn = true;
    ImapClientSettings with = settings(server);
    with.server.isToken = true;
    Reading reading(with);
    reading.client.start({}, {});
    QTRY_COMPARE(reading.state, AccountState::Down);
    QVERIFY(reading.sentence.contains(u"does not accept"_s));
    QVERIFY(!reading.sentence.contains(u"secret"_s));
}

void TestImapClient::sentMailIsCopiedOnceEach()
{
    FakeServer server;
    SentCopies copies(settings(server).server, u"Gesendete Objekte & mehr"_s);
    int idle = 0;
    connect(&copies, &SentCopies::idle, this, [&] { ++idle; });
    const QByteArray first = "Subject: one\r\n\r\nwith a {3}\r\nliteral in it\r\n";
    copies.keep(first);
    copies.keep("Subject: two\r\n\r\n");
    QTRY_COMPARE(idle, 1);
    QCOMPARE(server.copies, (QByteArrayList{first, "Subject: two\r\n\r\n"}));
    QVERIFY(server.told.contains("APPEND \"Gesendete Objekte &- mehr\" (\\Seen) {" +
                                 QByteArray::number(first.size()) + '}'));
    QVERIFY(copies.trouble().isEmpty());
    SentCopies none(settings(server).server, {});
    none.keep(first);
    QCOMPARE(server.copies.size(), 2);
}

void TestImapClient::copyThatFailsIsSaidAndNotRepeated()
{
    FakeServer server;
    SentCopies copies(settings(server).server, u"Nowhere"_s);
    copies.keep("Subject: one\r\n\r\n");
    QTRY_VERIFY(copies.trouble().contains(u"Nowhere"_s));
    const auto tries = [&] {
        return std::count_if(server.told.begin(), server.told.end(),
                             [](const QByteArray &line) { return line.startsWith("APPEND"); });
    };
    QCOMPARE(tries(), 1);
    copies.keep("Subject: two\r\n\r\n"); // a new connection, a try of its own
    QTRY_COMPARE(tries(), 2);
}

void TestImapClient::wordsBeforeTheEncryptionAreNotTrusted()
{
    FakeServer server;
    server.afterStartTls = "* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n";
    ImapClientSettings with = settings(server);
    with.server.security = Security::StartTls;
    Reading reading(with);
    reading.client.start({}, {});
    QTRY_COMPARE(reading.state, AccountState::Down);
    QVERIFY2(reading.sentence.contains(u"out of turn"_s), qPrintable(reading.sentence));
    QVERIFY(!server.told.join().contains("AUTHENTICATE"));
}

void TestImapClient::foreignProtocolEndsInASentence()
{
    FakeServer server;
    server.greeting = "220 smtp.example ESMTP";
    Reading reading(settings(server));
    reading.client.start({}, {});
    QTRY_COMPARE(reading.state, AccountState::Down);
    QVERIFY2(reading.sentence.contains(u"does not speak IMAP"_s), qPrintable(reading.sentence));
}

QTEST_GUILESS_MAIN(TestImapClient)
#include "tst_imapclient.moc"
