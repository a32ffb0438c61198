// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/email/imapprobe.h"
#include "core/channels/email/sentcopies.h"
#include "tests/core/channels/email/fakeimap.h"

#include <QTest>

using namespace peerdesk;
using namespace peerdesk::channels::email;
using namespace Qt::StringLiterals;

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
