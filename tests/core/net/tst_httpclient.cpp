// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/httpclient.h"

#include <QPointer>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

using namespace peerdesk;
using namespace peerdesk::net;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

/// Answers every whole request with the same bytes, then closes or not.
class Scripted : public QTcpServer
{
public:
    Scripted() { listen(QHostAddress::LocalHost); }

    QByteArray answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    bool closes = false;
    int closeFromRequest = 1000; ///< from this request on, close instead of answering
    QByteArrayList requests;

protected:
    void incomingConnection(qintptr handle) override
    {
        auto *socket = new QTcpSocket(this);
        socket->setSocketDescriptor(handle);
        connect(socket, &QTcpSocket::readyRead, socket, [this, socket] { onData(socket); });
    }

private:
    void onData(QTcpSocket *socket)
    {
        const QByteArray heard = socket->readAll();
        requests.append(heard);
        if (requests.size() < closeFromRequest)
            socket->write(answer);
        if (closes || requests.size() >= closeFromRequest)
            socket->disconnectFromHost();
    }
};

class TestHttpClient : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<HttpClient> m_client;
    std::unique_ptr<Scripted> m_server;
    std::optional<Result<HttpReply>> m_result;
    int m_answers = 0;

    HttpCall call(const QByteArray &method = "POST", const QByteArray &body = "{}")
    {
        HttpCall out;
        out.method = method;
        out.url = QUrl(u"http://127.0.0.1:%1/bot"_s.arg(m_server->serverPort()));
        out.body = body;
        return out;
    }
    void run(const HttpCall &httpCall)
    {
        m_result.reset();
        m_client->request(httpCall, {this, [this](const Result<HttpReply> &r) {
                                         m_result = r;
                                         ++m_answers;
                                     }});
    }

private Q_SLOTS:
    void init()
    {
        m_client = std::make_unique<HttpClient>();
        m_server = std::make_unique<Scripted>();
        m_answers = 0;
    }

    void repliesCarryStatusHeadersAndBody_data()
    {
        QTest::addColumn<QByteArray>("answer");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        for (const int status : {200, 201, 301, 400, 401, 404, 409, 429, 500, 503, 599})
            QTest::addRow("%d", status)
                << "HTTP/1.1 " + QByteArray::number(status) +
                       " X\r\nX-Test: 1\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: "
                       "4\r\n\r\nbody"
                << status << QByteArray("body");
        QTest::newRow("204") << QByteArray("HTTP/1.1 204 X\r\nX-Test: 1\r\n\r\n") << 204
                             << QByteArray();
    }
    void repliesCarryStatusHeadersAndBody()
    {
        QFETCH(QByteArray, answer);
        QFETCH(int, status);
        QFETCH(QByteArray, body);
        m_server->answer = answer;
        HttpCall asked = call();
        asked.headers["X-Asked"] = "yes";
        run(asked);
        QTRY_VERIFY(m_result);
        QVERIFY2(*m_result, qPrintable(m_result->error().detail));
        QCOMPARE((*m_result)->status, status);
        QCOMPARE((*m_result)->body, body);
        QCOMPARE((*m_result)->headers.at("x-test"), QByteArray("1"));
        QCOMPARE(m_server->requests.size(), 1); // no redirect was followed
        QVERIFY(m_server->requests.first().contains("X-Asked: yes"));
    }

    void lossBeforeSendingIsToldApartFromLossAfterIt_data()
    {
        QTest::addColumn<QByteArray>("answer");
        QTest::addColumn<bool>("closes");
        QTest::addColumn<QByteArray>("body");
        QTest::newRow("silence") << QByteArray() << false << QByteArray("{}");
        QTest::newRow("silence to no body") << QByteArray() << false << QByteArray();
        QTest::newRow("closed unanswered") << QByteArray() << true << QByteArray("{}");
        QTest::newRow("cut short") << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
                                   << true << QByteArray("{}");
        QTest::newRow("stalled") << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
                                 << false << QByteArray("{}");
        QTest::newRow("not HTTP") << QByteArray("220 mail ESMTP\r\n") << true << QByteArray("{}");
    }
    void lossBeforeSendingIsToldApartFromLossAfterIt()
    {
        QFETCH(QByteArray, answer);
        QFETCH(bool, closes);
        m_server->answer = answer;
        QFETCH(QByteArray, body);
        m_server->closes = closes;
        HttpCall asked = call("POST", body);
        asked.timeout = 500ms;
        run(asked);
        QTRY_VERIFY(m_result);
        QVERIFY(!*m_result);
        QCOMPARE(m_result->error().code, Error::Code::Unknown);
        QCOMPARE(m_server->requests.size(), 1);

        m_server->close();
        run(asked);
        QTRY_VERIFY(m_result);
        QCOMPARE(m_result->error().code, Error::Code::Network);
    }

    void aKeptConnectionThatBreaksDoesNotDoubleAPost_data()
    {
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QByteArray>("body");
        QTest::newRow("body") << QByteArray("POST") << QByteArray("{\"n\":1}");
        QTest::newRow("empty body") << QByteArray("POST") << QByteArray();
        QTest::newRow("put") << QByteArray("PUT") << QByteArray("x");
        QTest::newRow("delete") << QByteArray("DELETE") << QByteArray();
        QTest::newRow("long body") << QByteArray("POST") << QByteArray(20'000, 'x');
    }
    void aKeptConnectionThatBreaksDoesNotDoubleAPost()
    {
        QFETCH(QByteArray, method);
        QFETCH(QByteArray, body);
        run(call("GET", {}));
        QTRY_VERIFY(m_result && *m_result);
        m_server->closeFromRequest = 2;
        HttpCall asked = call(method, body);
        asked.timeout = 3000ms;
        run(asked);
        QTRY_VERIFY(m_result);
        QVERIFY(!*m_result);
        QCOMPARE(m_result->error().code, Error::Code::Unknown);
        int sent = 0;
        for (const QByteArray &request : std::as_const(m_server->requests))
            sent += request.startsWith(method + ' ');
        QCOMPARE(sent, 1);
    }

    void longRepliesAreCutOff_data()
    {
        QTest::addColumn<QByteArray>("answer");
        QTest::newRow("declared") << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n");
        QTest::newRow("endless") << "HTTP/1.1 200 OK\r\n\r\n" + QByteArray(100'000, 'x');
        QTest::newRow("chunks") << "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2000\r\n" +
                                       QByteArray(0x2000, 'x') + "\r\n";
    }
    void longRepliesAreCutOff()
    {
        QFETCH(QByteArray, answer);
        m_server->answer = answer;
        HttpCall asked = call();
        asked.maxBytes = 1000;
        run(asked);
        QTRY_VERIFY(m_result);
        QVERIFY(!*m_result);
        QCOMPARE(m_result->error().code, Error::Code::TooLarge);
    }

    void wrongCallsAreRefusedBeforeAnythingIsSent_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QByteArray>("header");
        const QString good = u"http://127.0.0.1:1/"_s;
        QTest::newRow("file") << u"file:///etc/passwd"_s << QByteArray("GET") << QByteArray("x");
        QTest::newRow("data") << u"data:text/plain,x"_s << QByteArray("GET") << QByteArray("x");
        QTest::newRow("no host") << u"http:///x"_s << QByteArray("GET") << QByteArray("x");
        QTest::newRow("method") << good << QByteArray("GET /x HTTP/1.1\r\n") << QByteArray("x");
        QTest::newRow("header") << good << QByteArray("GET") << QByteArray("x\r\nX-Evil: 1");
    }
    void wrongCallsAreRefusedBeforeAnythingIsSent()
    {
        QFETCH(QString, url);
        QFETCH(QByteArray, method);
        QFETCH(QByteArray, header);
        HttpCall asked;
        asked.url = QUrl(url);
        asked.method = method;
        asked.headers["X-A"] = header;
        run(asked);
        QVERIFY(m_result);
        QCOMPARE(m_result->error().code, Error::Code::Invalid);
    }

    void destroyingTheClientCancelsOnce()
    {
        m_server->answer.clear();
        run(call());
        QTRY_COMPARE(m_server->requests.size(), 1);
        m_client.reset();
        QVERIFY(m_result);
        QCOMPARE(m_result->error().code, Error::Code::Cancelled);
        QCOMPARE(m_answers, 1);
    }
};

QTEST_GUILESS_MAIN(TestHttpClient)
#include "tst_httpclient.moc"
