// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/email/imapparser.h"

#include <QTest>

using namespace peerdesk::channels::email;

namespace {

const QByteArray Stream =
    "* OK [CAPABILITY IMAP4rev1 IDLE] ready {12}\r\n"
    "* 3 EXISTS\r\n"
    "* FLAGS (\\Seen \\Answered)\r\n"
    "* OK [UIDVALIDITY 12] valid\r\n"
    "* 1 FETCH (UID 7 FLAGS (\\Seen) INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" "
    "BODY[HEADER.FIELDS (TO \"X\")]<0> {5}\r\na)\r\nb BODY[] {0}\r\n ENV (NIL \"q\\\"\\\\\" "
    "(x)))\r\n"
    "+ idling\r\n"
    "a1 OK done\r\n"
    "a2 NO [UNAVAILABLE] later\r\n";

std::vector<ImapResponse> all(ImapParser &parser)
{
    std::vector<ImapResponse> out;
    while (parser.hasResponse())
        out.push_back(parser.take());
    return out;
}

} // namespace

class TestImapParser : public QObject
{
    Q_OBJECT

private slots:
    void responsesAreReadWithLiteralsAndLists();
    void theCutOfTheStreamDoesNotMatter();
    void badStreamsAreRefusedForGood_data();
    void badStreamsAreRefusedForGood();
    void restIsKnownForStartTls();
};

void TestImapParser::responsesAreReadWithLiteralsAndLists()
{
    ImapParser parser;
    QVERIFY(parser.feed(Stream));
    const std::vector<ImapResponse> out = all(parser);
    QCOMPARE(out.size(), 8u);
    QCOMPARE(out[0].status, "OK");
    QCOMPARE(out[0].code, "CAPABILITY IMAP4rev1 IDLE");
    QCOMPARE(out[0].text, "ready {12}");
    QCOMPARE(out[1].values[1].text, "EXISTS");
    QCOMPARE(out[3].code, "UIDVALIDITY 12");
    const std::vector<ImapValue> fetch = out[4].values.at(2).list;
    QCOMPARE(fetch.size(), 12u);
    QCOMPARE(fetch[1].text, "7");
    QCOMPARE(fetch[3].list.at(0).text, "\\Seen");
    QCOMPARE(fetch[6].text, "BODY[HEADER.FIELDS (TO \"X\")]<0>");
    QCOMPARE(fetch[7].text, "a)\r\nb");
    QCOMPARE(fetch[9].text, "");
    QCOMPARE(fetch[11].list.at(0).kind, ImapValue::Kind::Nil);
    QCOMPARE(fetch[11].list.at(1).text, "q\"\\");
    QCOMPARE(out[5].tag, "+");
    QCOMPARE(out[6].tag, "a1");
    QCOMPARE(out[7].status, "NO");
    QCOMPARE(out[7].code, "UNAVAILABLE");
}

void TestImapParser::theCutOfTheStreamDoesNotMatter()
{
    ImapParser whole;
    QVERIFY(whole.feed(Stream));
    const std::vector<ImapResponse> expected = all(whole);
    for (qsizetype cut = 0; cut <= Stream.size(); ++cut) {
        ImapParser parser;
        QVERIFY(parser.feed(Stream.left(cut)));
        QVERIFY(parser.feed(Stream.mid(cut)));
        QVERIFY2(all(parser) == expected, QByteArray::number(cut).constData());
    }
    ImapParser bytewise;
    for (const char c : Stream)
        QVERIFY(bytewise.feed(QByteArray(1, c)));
    QVERIFY(all(bytewise) == expected);
}

void TestImapParser::badStreamsAreRefusedForGood_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<peerdesk::Error::Code>("code");
    using Code = peerdesk::Error::Code;
    QTest::newRow("another protocol") << QByteArray("HTTP/1.1 400 Bad\r\n\r\n") << Code::Invalid;
    QTest::newRow("open list") << QByteArray("* 1 FETCH (UID 1\r\n") << Code::Invalid;
    QTest::newRow("stray end") << QByteArray("* 1 FETCH )\r\n") << Code::Invalid;
    QTest::newRow("open quote") << QByteArray("* LIST \"abc\r\n") << Code::Invalid;
    QTest::newRow("endless line") << QByteArray(ImapParser::MaxLine + 1, 'x') << Code::TooLarge;
    QTest::newRow("huge literal") << QByteArray("* 1 FETCH (BODY[] {999999999999}\r\n")
                                  << Code::TooLarge;
    QTest::newRow("overflowing literal")
        << QByteArray("* 1 FETCH (BODY[] {99999999999999999999}\r\n") << Code::Invalid;
    QTest::newRow("literals that add up") << QByteArray("* 1 FETCH (A {52000000}\r\n") +
                                                 QByteArray(52'000'000, 'x') + " B {52000000}\r\n"
                                          << Code::TooLarge;
    QTest::newRow("deep") << QByteArray("* ") + QByteArray(1000, '(') + "\r\n" << Code::TooLarge;
    QTest::newRow("many values") << QByteArray("* ") + QByteArray("a ").repeated(30'000) + "\r\n"
                                 << Code::TooLarge;
    QTest::newRow("many empty responses")
        << QByteArray("* 1 X\r\n").repeated(100'001) << Code::TooLarge;
}

void TestImapParser::badStreamsAreRefusedForGood()
{
    QFETCH(QByteArray, bytes);
    QFETCH(peerdesk::Error::Code, code);
    ImapParser parser;
    const auto result = parser.feed(bytes);
    QVERIFY(!result);
    QCOMPARE(result.error().code, code);
    QVERIFY(!parser.feed("* OK fine\r\n"));
}

void TestImapParser::restIsKnownForStartTls()
{
    ImapParser parser;
    QVERIFY(parser.isAtRest());
    QVERIFY(parser.feed("a1 OK begin\r\n* OK inj"));
    parser.take();
    QVERIFY(!parser.isAtRest());
}

QTEST_GUILESS_MAIN(TestImapParser)
#include "tst_imapparser.moc"
