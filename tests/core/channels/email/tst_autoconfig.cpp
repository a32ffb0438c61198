// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/email/autoconfig.h"
#include "core/channels/email/emailcursor.h"

#include <QTest>

using namespace peerdesk::channels::email;
using namespace Qt::StringLiterals;

class TestAutoconfig : public QObject
{
    Q_OBJECT

private slots:
    void knownProvidersAreTheOnlyCandidate();
    void announcedServersComeBeforeGuesses();
    void guessesAreAlwaysEncrypted();
    void whatIsNoAddressHasNoCandidates_data();
    void whatIsNoAddressHasNoCandidates();
    void cursorSurvivesItsBytes();
    void brokenCursorIsAnEmptyOne_data();
    void brokenCursorIsAnEmptyOne();
    void internalDatesAreRead_data();
    void internalDatesAreRead();
    void folderNamesAreCodedForImap();
};

void TestAutoconfig::knownProvidersAreTheOnlyCandidate()
{
    const auto found =
        candidates(u"Anna@GMAIL.com"_s, {{u"evil.test"_s, 993}}, {{u"evil.test"_s, 587}});
    QCOMPARE(found.size(), 1u);
    QCOMPARE(found[0].imap.host, u"imap.gmail.com"_s);
    QCOMPARE(found[0].smtp.port, quint16(465));
    QVERIFY(!found[0].hint.isEmpty());
    QVERIFY(candidates(u"a@outlook.com"_s, {}, {}).at(0).needsToken);
}

void TestAutoconfig::announcedServersComeBeforeGuesses()
{
    const auto found =
        candidates(u"a@shop.test"_s, {{u"mx1.host.test"_s, 993}}, {{u"mx2.host.test"_s, 587}});
    QCOMPARE(found[0].imap.host, u"mx1.host.test"_s);
    QCOMPARE(found[0].smtp.host, u"mx2.host.test"_s);
    QCOMPARE(found[0].smtp.security, Security::StartTls);
    QCOMPARE(found[1].imap.host, u"imap.shop.test"_s);
}

void TestAutoconfig::guessesAreAlwaysEncrypted()
{
    for (const MailCandidate &one : candidates(u"a@shop.test"_s, {}, {})) {
        QVERIFY(one.imap.security != Security::None && one.smtp.security != Security::None);
        QCOMPARE(one.imap.user, u"a@shop.test"_s);
    }
}

void TestAutoconfig::whatIsNoAddressHasNoCandidates_data()
{
    QTest::addColumn<QString>("address");
    for (const char *address : {"", "anna", "@shop.test", "anna@", "an na@shop.test"})
        QTest::newRow(address) << QString::fromLatin1(address);
}

void TestAutoconfig::whatIsNoAddressHasNoCandidates()
{
    QFETCH(QString, address);
    QVERIFY(candidates(address, {}, {}).empty());
}

void TestAutoconfig::cursorSurvivesItsBytes()
{
    const EmailCursor cursor{{1'790'000'000'000},
                             {{u"INBOX"_s, {4'294'967'295u, 7}}, {u"Büro"_s, {1, 2}}}};
    QCOMPARE(cursorFrom(toBytes(cursor)), cursor);
}

void TestAutoconfig::brokenCursorIsAnEmptyOne_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("noise") << QByteArray("\xff{");
    QTest::newRow("negative") << QByteArray(R"({"folders":{"INBOX":[-1,5]}})");
    QTest::newRow("too big") << QByteArray(R"({"folders":{"INBOX":[1,5000000000]}})");
    QTest::newRow("wrong shape") << QByteArray(R"({"folders":{"INBOX":"x"}})");
}

void TestAutoconfig::brokenCursorIsAnEmptyOne()
{
    QFETCH(QByteArray, bytes);
    QCOMPARE(cursorFrom(bytes), EmailCursor{});
}

void TestAutoconfig::internalDatesAreRead_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<qint64>("ms");
    QTest::newRow("west") << QByteArray("17-Jul-1996 02:44:25 -0700") << 837'596'665'000LL;
    QTest::newRow("padded") << QByteArray(" 1-Jan-1970 00:00:01 +0000") << 1000LL;
    QTest::newRow("noise") << QByteArray("yesterday at noon, roughly") << 0LL;
    QTest::newRow("empty") << QByteArray() << 0LL;
}

void TestAutoconfig::internalDatesAreRead()
{
    QFETCH(QByteArray, text);
    QFETCH(qint64, ms);
    QCOMPARE(parseInternalDate(text).ms, ms);
}

void TestAutoconfig::folderNamesAreCodedForImap()
{
    QCOMPARE(imapFolder(u"INBOX"_s), "\"INBOX\"");
    QCOMPARE(imapFolder(u"Entwürfe & \"x\""_s), "\"Entw&APw-rfe &- \\\"x\\\"\"");
    QCOMPARE(imapFolder(u"a\r\nb"_s), "\"a&AA0ACg-b\"");
    QCOMPARE(imapQuoted("a\r\nLOGOUT"), "\"aLOGOUT\"");
}

QTEST_GUILESS_MAIN(TestAutoconfig)
#include "tst_autoconfig.moc"
