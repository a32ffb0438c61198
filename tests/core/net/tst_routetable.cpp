// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/routetable.h"

#include <QTest>

using namespace peerdesk;
using namespace peerdesk::net;
using namespace Qt::StringLiterals;

class TestRouteTable : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void pathsAreDecodedOnceAndChecked_data()
    {
        QTest::addColumn<QByteArray>("target");
        QTest::addColumn<QString>("path"); // empty = refused
        QTest::newRow("root") << QByteArray("/") << u"/"_s;
        QTest::newRow("umlaut") << QByteArray("/kunden/%C3%A4") << u"/kunden/ä"_s;
        QTest::newRow("decoded once") << QByteArray("/a%2525") << u"/a%25"_s;
        QTest::newRow("plus stays plus") << QByteArray("/a+b") << u"/a+b"_s;
        QTest::newRow("trailing slash") << QByteArray("/chat/") << u"/chat/"_s;
        QTest::newRow("dots in a name") << QByteArray("/a..b/...") << u"/a..b/..."_s;
        const QList<QByteArray> refused{"",        "*",       "http://h/", "a",        "//a",
                                        "/a//b",   "/..",     "/a/../b",   "/a/..",    "/%2e%2e/b",
                                        "/%2E./b", "/./a",    "/a%00",     "/a%0d%0a", "/a%2Fb",
                                        "/a%5cb",  "/a\\b",   "/%",        "/%4",      "/%zz",
                                        "/%ff",    "/%c0%ae", "/a#b",      "/a\x7f",   "/a%C3"};
        for (const QByteArray &target : refused)
            QTest::addRow("refused: %s", target.constData()) << target << QString();
    }
    void pathsAreDecodedOnceAndChecked()
    {
        QFETCH(QByteArray, target);
        QFETCH(QString, path);
        const Result<Target> parsed = parseTarget(target);
        QCOMPARE(static_cast<bool>(parsed), !path.isEmpty());
        if (parsed)
            QCOMPARE(parsed->path, path);
        else
            QCOMPARE(parsed.error().code, Error::Code::Invalid);
    }

    void queriesAreDecodedAndTheFirstOfEqualNamesCounts()
    {
        const Result<Target> parsed = parseTarget("/a?q=x%26y+z&q=2&empty&=v&u=%E4%BD%A0#");
        QVERIFY(parsed);
        QCOMPARE(parsed->query.at(u"q"_s), u"x&y z"_s);
        QCOMPARE(parsed->query.at(u"empty"_s), QString());
        QCOMPARE(parsed->query.at(u"u"_s), u"你#"_s);
    }

    void hostileQueriesAreRefused_data()
    {
        QTest::addColumn<QByteArray>("target");
        QTest::newRow("broken escape") << QByteArray("/a?q=%");
        QTest::newRow("not UTF-8") << QByteArray("/a?q=%ff");
        QTest::newRow("NUL") << QByteArray("/a?q=%00");
        QTest::newRow("257 items") << "/a?" + QByteArray("x&").repeated(256);
    }
    void hostileQueriesAreRefused()
    {
        QFETCH(QByteArray, target);
        QVERIFY(!parseTarget(target));
    }

    void theMostSpecificRouteTakesTheRequest_data()
    {
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QByteArray>("target");
        QTest::addColumn<QString>("pattern"); // empty = none
        QTest::addColumn<QByteArray>("allowed");
        QTest::newRow("literal over parameter") << QByteArray("GET") << QByteArray("/c/new")
                                                << u"/c/new"_s << QByteArray("GET, HEAD, POST");
        QTest::newRow("parameter where the literal has no such method")
            << QByteArray("POST") << QByteArray("/c/new") << u"/c/{id}"_s
            << QByteArray("GET, HEAD, POST");
        QTest::newRow("parameter")
            << QByteArray("POST") << QByteArray("/c/7") << u"/c/{id}"_s << QByteArray("POST");
        QTest::newRow("parameter over rest") << QByteArray("GET") << QByteArray("/files/a")
                                             << u"/files/{name}"_s << QByteArray("GET, HEAD");
        QTest::newRow("rest") << QByteArray("GET") << QByteArray("/files/a/b")
                              << u"/files/{rest...}"_s << QByteArray("GET, HEAD");
        QTest::newRow("rest may be empty") << QByteArray("GET") << QByteArray("/files/")
                                           << u"/files/{rest...}"_s << QByteArray("GET, HEAD");
        QTest::newRow("HEAD by GET") << QByteArray("HEAD") << QByteArray("/c/new") << u"/c/new"_s
                                     << QByteArray("GET, HEAD, POST");
        QTest::newRow("wrong method")
            << QByteArray("DELETE") << QByteArray("/c/7") << QString() << QByteArray("POST");
        QTest::newRow("parameter is never empty")
            << QByteArray("POST") << QByteArray("/c/") << QString() << QByteArray();
        QTest::newRow("too long") << QByteArray("POST") << QByteArray("/c/7/8") << QString()
                                  << QByteArray();
        QTest::newRow("methods are case sensitive") << QByteArray("get") << QByteArray("/c/new")
                                                    << QString() << QByteArray("GET, HEAD, POST");
    }
    void theMostSpecificRouteTakesTheRequest()
    {
        QFETCH(QByteArray, method);
        QFETCH(QByteArray, target);
        QFETCH(QString, pattern);
        QFETCH(QByteArray, allowed);
        RouteTable table;
        const HttpHandler handler = [](const HttpRequest &, const Responder &) {};
        table.add({"GET", u"/files/{rest...}"_s, {}, handler, {}, false});
        table.add({"GET", u"/files/{name}"_s, {}, handler, {}, false});
        table.add({"POST", u"/c/{id}"_s, {}, handler, {}, false});
        table.add({"GET", u"/c/new"_s, {}, handler, {}, false});
        const auto match = table.match(method, parseTarget(target)->segments, false);
        QCOMPARE(match.route < 0 ? QString() : table.at(match.route).pattern, pattern);
        QCOMPARE(match.allowed, allowed);
    }

    void parametersCarryTheirDecodedParts()
    {
        RouteTable table;
        table.add({"GET",
                   u"/c/{id}/m/{rest...}"_s,
                   {},
                   [](const HttpRequest &, const Responder &) {},
                   {},
                   false});
        const auto match = table.match("GET", parseTarget("/c/%C3%A4/m/x/y%20z")->segments, false);
        QCOMPARE(match.parameters.at(u"id"_s), u"ä"_s);
        QCOMPARE(match.parameters.at(u"rest"_s), u"x/y z"_s);
    }
};

QTEST_APPLESS_MAIN(TestRouteTable)
#include "tst_routetable.moc"
