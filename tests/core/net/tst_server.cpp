// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/server.h"

#include <QElapsedTimer>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTcpSocket>
#include <QTest>
#include <QTimer>

using namespace peerdesk;
using namespace peerdesk::net;
using namespace Qt::StringLiterals;

namespace {

const QByteArray Host = "Host: x\r\n";

QByteArray get(const QByteArray &target)
{
    return "GET " + target + " HTTP/1.1\r\n" + Host + "\r\n";
}

/// A raw client: says what it is told, keeps what it hears.
class Client
{
public:
    explicit Client(quint16 port)
    {
        QObject::connect(&m_socket, &QTcpSocket::readyRead, &m_socket,
                         [this] { heard += m_socket.readAll(); });
        m_socket.connectToHost(u"127.0.0.1"_s, port);
    }
    void say(const QByteArray &bytes) { m_socket.write(bytes); }
    bool isClosed() const { return m_socket.state() == QAbstractSocket::UnconnectedState; }
    QTcpSocket &socket() { return m_socket; }

    QByteArray heard;

private:
    QTcpSocket m_socket;
};

int statusOf(const QByteArray &answer)
{
    return answer.startsWith("HTTP/1.1 ") ? answer.mid(9, 3).toInt() : 0;
}

QByteArray bodyOf(const QByteArray &answer)
{
    const qsizetype end = answer.indexOf("\r\n\r\n");
    return end < 0 ? QByteArray() : answer.mid(end + 4);
}

ServerLimits tightLimits()
{
    ServerLimits limits;
    limits.bodyBytes = 300'000;
    limits.smallBodyBytes = 1000;
    limits.headerBytes = 4096;
    limits.readSeconds = 1;
    limits.idleSeconds = 1;
    return limits;
}

} // namespace

class TestServer : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<Server> m_server;
    quint16 m_port = 0;
    int m_handled = 0;
    QList<Responder> m_kept;

    void start(const ServerLimits &limits)
    {
        m_server = std::make_unique<Server>(limits);
        m_server->route("GET", u"/hello"_s, [this](const HttpRequest &, const Responder &answer) {
            ++m_handled;
            answer({200, "text/plain", "hello", {{"X-Test", "1"}}});
        });
        const HttpHandler echo = [this](const HttpRequest &request, const Responder &answer) {
            ++m_handled;
            answer({200,
                    "text/plain",
                    QByteArray::number(request.body.size()) + ' ' + request.body.left(20),
                    {}});
        };
        m_server->route("POST", u"/echo"_s, echo);
        m_server->route("POST", u"/upload"_s, echo, true);
        m_server->route("GET", u"/dropped"_s, [](const HttpRequest &, const Responder &) {});
        m_server->route("GET", u"/later"_s, [this](const HttpRequest &, const Responder &answer) {
            m_kept.append(answer);
        });
        m_server->route("GET", u"/describe/{id}"_s, &TestServer::describe);
        m_server->route("GET", u"/odd"_s, [](const HttpRequest &, const Responder &answer) {
            answer({200,
                    "text/plain\r\nX-Evil: 1",
                    "x",
                    {{"X-Split", "a\r\nX-Evil: 2"}, {"Content-Length", "99"}}});
        });
        m_server->route(
            "GET", u"/status/{n}"_s, [](const HttpRequest &request, const Responder &answer) {
                answer({request.parameters.at(u"n"_s).toInt(), "text/plain", "body", {}});
            });
        m_server->webSocket(u"/socket"_s, [](const HttpRequest &, WebSocket *) {});
        const auto port = m_server->listen(u"127.0.0.1"_s, 0);
        QVERIFY(port);
        m_port = *port;
    }

    static void describe(const HttpRequest &request, const Responder &answer)
    {
        QJsonObject o{
            {u"method"_s, QString::fromLatin1(request.method)},
            {u"path"_s, request.path},
            {u"id"_s, request.parameters.at(u"id"_s)},
            {u"peer"_s, request.peerAddress},
            {u"q"_s, request.query.contains(u"q"_s) ? request.query.at(u"q"_s) : QString()}};
        if (request.headers.contains("x-two"))
            o.insert(u"two"_s, QString::fromLatin1(request.headers.at("x-two")));
        answer({200, "application/json", QJsonDocument(o).toJson(), {}});
    }

private Q_SLOTS:
    void init()
    {
        m_handled = 0;
        start(tightLimits());
    }
    void cleanup()
    {
        m_kept.clear();
        m_server.reset();
    }

    void handlersRunInTheServersThreadAndSeeTheWholeRequest()
    {
        Client client(m_port);
        client.say(
            "GET /describe/%C3%A4?q=a+b HTTP/1.1\r\nHost: x\r\nX-Two: 1\r\nx-two: 2\r\n\r\n");
        QTRY_VERIFY(client.heard.contains("\r\n\r\n{"));
        const QJsonObject o = QJsonDocument::fromJson(bodyOf(client.heard)).object();
        QCOMPARE(o.value(u"id"_s).toString(), u"ä"_s);
        QCOMPARE(o.value(u"path"_s).toString(), u"/describe/ä"_s);
        QCOMPARE(o.value(u"q"_s).toString(), u"a b"_s);
        QCOMPARE(o.value(u"two"_s).toString(), u"1, 2"_s);
        QCOMPARE(o.value(u"peer"_s).toString(), u"127.0.0.1"_s);
        QVERIFY(client.heard.contains("X-Content-Type-Options: nosniff"));
    }

    void refusedRequestsGetAProblemAndNeverReachAHandler_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<int>("status");
        QTest::addColumn<bool>("closes");
        const QByteArray post = "POST /echo HTTP/1.1\r\n" + Host;
        QTest::newRow("unknown path") << get("/nothing") << 404 << false;
        QTest::newRow("wrong method") << "PUT /hello HTTP/1.1\r\n" + Host + "\r\n" << 405 << false;
        QTest::newRow("socket path without upgrade") << get("/socket") << 426 << false;
        QTest::newRow("bad method") << QByteArray("FOO BAR\r\n\r\n") << 400 << true;
        QTest::newRow("garbage") << QByteArray("\x16\x03\x01\x00\xff\x00", 6).repeated(20) << 400
                                 << true;
        QTest::newRow("negative length") << post + "Content-Length: -5\r\n\r\nhello" << 400 << true;
        QTest::newRow("huge length")
            << post + "Content-Length: 99999999999\r\n\r\nhello" << 413 << true;
        QTest::newRow("length over the small bound") << post + "Content-Length: 1001\r\n\r\n"
                                                     << 413 << true;
        QTest::newRow("chunks over the small bound")
            << post + "Transfer-Encoding: chunked\r\n\r\n1000\r\n" + QByteArray(0x1000, 'x') << 413
            << true;
        QTest::newRow("length and chunked")
            << post + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
            << 400 << true;
        QTest::newRow("chunked and length")
            << post + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n"
            << 400 << true;
        QTest::newRow("two lengths")
            << post + "Content-Length: 4\r\nContent-Length: 5\r\n\r\nhello" << 400 << true;
        QTest::newRow("bad chunk size")
            << post + "Transfer-Encoding: chunked\r\n\r\nZZ\r\nhello\r\n0\r\n\r\n"
            << 400 << true;
        QTest::newRow("unknown coding") << post + "Transfer-Encoding: gzip\r\n\r\n" << 400 << true;
        QTest::newRow("two codings") << post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"
                                     << 400 << true;
        QTest::newRow("header without colon")
            << QByteArray("GET /hello HTTP/1.1\r\nHost x\r\n\r\n") << 400 << true;
        QTest::newRow("space before colon")
            << QByteArray("GET /hello HTTP/1.1\r\nHost : x\r\n\r\n") << 400 << true;
        QTest::newRow("no host") << QByteArray("GET /hello HTTP/1.1\r\n\r\n") << 400 << true;
        QTest::newRow("two hosts") << "GET /hello HTTP/1.1\r\n" + Host + Host + "\r\n"
                                   << 400 << true;
        QTest::newRow("version 9.9") << "GET /hello HTTP/9.9\r\n" + Host + "\r\n" << 400 << true;
        QTest::newRow("head over the bound")
            << "GET /hello HTTP/1.1\r\n" + Host + "X: " + QByteArray(8 << 20, 'a') + "\r\n\r\n"
            << 431 << true;
        QTest::newRow("many headers")
            << "GET /hello HTTP/1.1\r\n" + Host + QByteArray("X: a\r\n").repeated(100'000) + "\r\n"
            << 431 << true;
        QTest::newRow("long target") << get("/" + QByteArray(1 << 20, 'a')) << 431 << true;
        QTest::newRow("dots") << get("/../../etc/passwd") << 400 << true;
        QTest::newRow("encoded dots and NUL") << get("/%00%2e%2e/etc") << 400 << true;
        QTest::newRow("double slash") << get("//hello") << 400 << true;
        QTest::newRow("absolute form") << get("http://x/hello") << 400 << true;
        QTest::newRow("asterisk") << "OPTIONS * HTTP/1.1\r\n" + Host + "\r\n" << 400 << true;
        QTest::newRow("odd expectation") << post + "Expect: wonders\r\nContent-Length: 1\r\n\r\n"
                                         << 417 << true;
    }
    void refusedRequestsGetAProblemAndNeverReachAHandler()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(int, status);
        QFETCH(bool, closes);
        Client client(m_port);
        client.say(bytes);
        QTRY_VERIFY(client.heard.contains("\r\n\r\n{"));
        QCOMPARE(statusOf(client.heard), status);
        QVERIFY(client.heard.contains("Content-Type: application/problem+json"));
        const QJsonObject problem = QJsonDocument::fromJson(bodyOf(client.heard)).object();
        QCOMPARE(problem.value(u"status"_s).toInt(), status);
        QVERIFY(!problem.value(u"type"_s).toString().isEmpty());
        QVERIFY(!problem.value(u"title"_s).toString().isEmpty());
        if (status == 405)
            QVERIFY(client.heard.contains("Allow: GET, HEAD\r\n"));
        QCOMPARE(client.heard.contains("Connection: close"), closes);
        if (closes)
            QTRY_VERIFY(client.isClosed());
        QCOMPARE(m_handled, 0);
    }

    void aSmuggledSecondRequestIsNotServed()
    {
        Client client(m_port);
        client.say("POST /echo HTTP/1.1\r\n" + Host +
                   "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" +
                   get("/hello"));
        QTRY_VERIFY(client.isClosed());
        QCOMPARE(client.heard.count("\r\n\r\n"), 1);
        QCOMPARE(m_handled, 0);
    }

    void acceptedRequestsAnswer_data()
    {
        QTest::addColumn<QList<QByteArray>>("parts");
        QTest::addColumn<int>("answers");
        QTest::addColumn<QByteArray>("last");
        const QByteArray post = "POST /echo HTTP/1.1\r\n" + Host;
        QTest::newRow("plain") << QList<QByteArray>{get("/hello")} << 1 << QByteArray("hello");
        QTest::newRow("split") << QList<QByteArray>{"GET /he", "llo HTTP/1.1\r\n", Host, "\r\n"}
                               << 1 << QByteArray("hello");
        QTest::newRow("pipelined")
            << QList<QByteArray>{get("/hello").repeated(3)} << 3 << QByteArray("hello");
        QTest::newRow("keep alive")
            << QList<QByteArray>{get("/hello"), post + "Content-Length: 2\r\n\r\nab"} << 2
            << QByteArray("2 ab");
        QTest::newRow("no length") << QList<QByteArray>{post + "\r\n"} << 1 << QByteArray("0 ");
        QTest::newRow("chunked")
            << QList<QByteArray>{post + "Transfer-Encoding: chunked\r\n\r\n5\r\nhel",
                                 "lo\r\n0\r\n\r\n"}
            << 1 << QByteArray("5 hello");
        QTest::newRow("at the small bound")
            << QList<QByteArray>{post + "Content-Length: 1000\r\n\r\n" + QByteArray(1000, 'y')} << 1
            << "1000 " + QByteArray(20, 'y');
        QTest::newRow("large route") << QList<QByteArray>{"POST /upload HTTP/1.1\r\n" + Host +
                                                              "Content-Length: 300000\r\n\r\n",
                                                          QByteArray(300'000, 'z')}
                                     << 1 << "300000 " + QByteArray(20, 'z');
        QTest::newRow("HTTP/1.0") << QList<QByteArray>{"GET /hello HTTP/1.0\r\n\r\n"} << 1
                                  << QByteArray("hello");
    }
    void acceptedRequestsAnswer()
    {
        QFETCH(QList<QByteArray>, parts);
        QFETCH(int, answers);
        QFETCH(QByteArray, last);
        Client client(m_port);
        QTRY_COMPARE(client.socket().state(), QAbstractSocket::ConnectedState);
        for (const QByteArray &part : parts) {
            client.say(part);
            client.socket().flush();
        }
        QTRY_COMPARE(client.heard.count(" 200 OK\r\n"), answers);
        QTRY_VERIFY(client.heard.endsWith("\r\n\r\n" + last));
    }

    void headOfAGetRouteHasTheLengthAndNoBody()
    {
        Client client(m_port);
        client.say("HEAD /hello HTTP/1.1\r\n" + Host + "\r\n" + get("/nothing"));
        QTRY_COMPARE(client.heard.count("HTTP/1.1 "), 2);
        QVERIFY(client.heard.startsWith("HTTP/1.1 200 "));
        QVERIFY(client.heard.contains("Content-Length: 5\r\n"));
        QVERIFY(!client.heard.contains("hello"));
    }

    void aClientThatAsksFirstIsToldToGoOn()
    {
        Client client(m_port);
        client.say("POST /echo HTTP/1.1\r\n" + Host +
                   "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n");
        QTRY_COMPARE(client.heard, QByteArray("HTTP/1.1 100 Continue\r\n\r\n"));
        client.say("ab");
        QTRY_VERIFY(client.heard.endsWith("2 ab"));
    }

    void anUndeclaredHugeUploadIsRefusedBeforeItsEnd()
    {
        Client client(m_port);
        client.say("POST /upload HTTP/1.1\r\n" + Host + "Content-Length: 300001\r\n\r\n");
        QTRY_COMPARE(statusOf(client.heard), 413);
    }

    void whatIsOverEveryBoundIsToldTheRightOne()
    {
        Client client(m_port);
        client.say("POST /upload HTTP/1.1\r\n" + Host + "Content-Length: 99999999999\r\n\r\n");
        QTRY_VERIFY(client.heard.contains("over 300000 bytes"));
    }

    void whatAHandlerWritesCannotSplitTheAnswer()
    {
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"header was left out"_s));
        Client client(m_port);
        client.say(get("/odd"));
        QTRY_VERIFY(client.heard.endsWith("\r\n\r\nx"));
        QVERIFY(!client.heard.contains("X-Evil"));
        QVERIFY(client.heard.contains("Content-Length: 1\r\n"));
    }

    void oddStatusesAreFramedRight_data()
    {
        QTest::addColumn<int>("asked");
        QTest::addColumn<int>("sent");
        QTest::addColumn<bool>("hasBody");
        QTest::newRow("no content") << 204 << 204 << false;
        QTest::newRow("not modified") << 304 << 304 << false;
        QTest::newRow("created") << 201 << 201 << true;
        QTest::newRow("zero") << 0 << 500 << true;
        QTest::newRow("continue") << 100 << 500 << true;
        QTest::newRow("beyond") << 1000 << 500 << true;
    }
    void oddStatusesAreFramedRight()
    {
        QFETCH(int, asked);
        QFETCH(int, sent);
        QFETCH(bool, hasBody);
        Client client(m_port);
        client.say(get("/status/" + QByteArray::number(asked)) + get("/nothing"));
        QTRY_COMPARE(client.heard.count("HTTP/1.1 "), 2);
        QCOMPARE(statusOf(client.heard), sent);
        QCOMPARE(client.heard.contains("\r\n\r\nbodyHTTP"), hasBody);
    }

    void aDroppedResponderAnswers500()
    {
        Client client(m_port);
        client.say(get("/dropped"));
        QTRY_COMPARE(statusOf(client.heard), 500);
    }

    void anAnswerCountsOnceAndMayComeLater()
    {
        Client client(m_port);
        client.say(get("/later"));
        QTRY_COMPARE(m_kept.size(), 1);
        m_kept.first()({200, "text/plain", "first", {}});
        m_kept.first()({200, "text/plain", "second", {}});
        m_kept.clear();
        client.say(get("/hello"));
        QTRY_COMPARE(client.heard.count("HTTP/1.1 "), 2);
        QVERIFY(client.heard.contains("first"));
        QVERIFY(!client.heard.contains("second"));
    }

    void aResponderMayOutliveClientAndServer()
    {
        {
            Client client(m_port);
            client.say(get("/later"));
            QTRY_COMPARE(m_kept.size(), 1);
        }
        const Responder late = m_kept.takeFirst();
        m_server.reset();
        late({200, "text/plain", "nobody is there", {}});
    }

    void aSlowLorisIsCutOffHoweverOftenItWrites()
    {
        Client client(m_port);
        QTimer drip;
        QObject::connect(&drip, &QTimer::timeout, &client.socket(), [&client] {
            if (!client.isClosed())
                client.say("X: y\r\n");
        });
        drip.start(100);
        QElapsedTimer time;
        time.start();
        client.say("GET /hello HTTP/1.1\r\n" + Host);
        QTRY_VERIFY_WITH_TIMEOUT(client.isClosed(), 4000);
        QVERIFY(time.elapsed() >= 900);
        QCOMPARE(m_handled, 0);
    }

    void aSlowBodyIsCutOffToo()
    {
        Client client(m_port);
        client.say("POST /echo HTTP/1.1\r\n" + Host + "Content-Length: 100\r\n\r\nabc");
        QTRY_VERIFY_WITH_TIMEOUT(client.isClosed(), 4000);
        QCOMPARE(m_handled, 0);
    }

    void anIdleConnectionIsClosed()
    {
        Client client(m_port);
        client.say(get("/hello"));
        QTRY_VERIFY(client.heard.endsWith("hello"));
        QTRY_VERIFY_WITH_TIMEOUT(client.isClosed(), 4000);
    }

    void connectionsOverTheBoundAreClosedAndThePlaceComesBack()
    {
        ServerLimits limits = tightLimits();
        limits.connections = 2;
        limits.idleSeconds = 30;
        limits.readSeconds = 30;
        start(limits);
        auto first = std::make_unique<Client>(m_port);
        first->say(get("/hello"));
        Client second(m_port);
        second.say(get("/hello"));
        QTRY_VERIFY(first->heard.endsWith("hello") && second.heard.endsWith("hello"));
        Client third(m_port);
        third.say(get("/hello"));
        QTRY_VERIFY(third.isClosed());
        QVERIFY(third.heard.isEmpty());
        first.reset();
        const auto isServedAgain = [this] {
            Client again(m_port);
            again.say(get("/hello"));
            return QTest::qWaitFor(
                       [&again] { return again.isClosed() || again.heard.endsWith("hello"); }) &&
                   again.heard.endsWith("hello");
        };
        QTRY_VERIFY(isServedAgain());
    }

    void closingAnswersWhatIsBeingHandledAndTakesNothingNew()
    {
        Client waiting(m_port);
        waiting.say(get("/later"));
        Client idle(m_port);
        idle.say(get("/hello"));
        QTRY_VERIFY(idle.heard.endsWith("hello") && m_kept.size() == 1);
        m_server->close();
        QTRY_VERIFY(idle.isClosed());
        Client late(m_port);
        QTRY_VERIFY(late.isClosed());
        m_kept.first()({200, "text/plain", "kept promise", {}});
        QTRY_VERIFY(waiting.heard.endsWith("kept promise"));
        QTRY_VERIFY(waiting.isClosed());
        QVERIFY(m_server->listen(u"127.0.0.1"_s, 0)); // and it can be opened again
    }

    void destroyingTheServerDoesNotWaitForHandlers()
    {
        Client waiting(m_port);
        waiting.say(get("/later"));
        QTRY_COMPARE(m_kept.size(), 1);
        QElapsedTimer time;
        time.start();
        m_server.reset();
        QVERIFY(time.elapsed() < 900);
        QTRY_VERIFY(waiting.isClosed());
    }

    void listeningFailsWithAReason()
    {
        Server other;
        const auto taken = other.listen(u"127.0.0.1"_s, m_port);
        QVERIFY(!taken);
        QCOMPARE(taken.error().code, Error::Code::Network);
        QVERIFY(!taken.error().detail.isEmpty());
        const auto nowhere = other.listen(u"not an address"_s, 0);
        QVERIFY(!nowhere);
        QCOMPARE(nowhere.error().code, Error::Code::Invalid);
        const auto foreign = other.listen(u"192.0.2.1"_s, 0);
        QVERIFY(!foreign);
        QCOMPARE(foreign.error().code, Error::Code::Network);
    }

    void routesAreListed()
    {
        const auto routes = m_server->routes();
        QVERIFY(std::find(routes.begin(), routes.end(),
                          std::pair(QByteArray("POST"), u"/upload"_s)) != routes.end());
        QVERIFY(std::find(routes.begin(), routes.end(),
                          std::pair(QByteArray("GET"), u"/socket"_s)) != routes.end());
    }
};

QTEST_GUILESS_MAIN(TestServer)
#include "tst_server.moc"
