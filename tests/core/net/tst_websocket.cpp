// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/server.h"

#include <QSignalSpy>
#include <QTcpSocket>
#include <QTest>
#include <QWebSocket>

using namespace peerdesk;
using namespace peerdesk::net;
using namespace Qt::StringLiterals;

class TestWebSocket : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<Server> m_server;
    QUrl m_url;
    quint16 m_port = 0;
    QPointer<WebSocket> m_last;
    QByteArrayList m_received;
    int m_closed = 0;

    void start(const ServerLimits &limits)
    {
        m_received.clear();
        m_closed = 0;
        m_server = std::make_unique<Server>(limits);
        m_server->webSocket(
            u"/events/{id}"_s, [this](const HttpRequest &request, WebSocket *socket) {
                m_last = socket;
                connect(socket, &WebSocket::textReceived, this,
                        [this](const QByteArray &text) { m_received.append(text); });
                connect(socket, &WebSocket::closed, this, [this] { ++m_closed; });
                socket->sendText("hello " + request.parameters.at(u"id"_s).toUtf8());
            });
        const auto port = m_server->listen(u"127.0.0.1"_s, 0);
        QVERIFY(port);
        m_port = *port;
        m_url = QUrl(u"ws://127.0.0.1:%1/events/7?token=t"_s.arg(m_port));
    }

    /// Upgrades by hand and never reads more than the handshake unless told to.
    static void handshake(QTcpSocket &socket, quint16 port)
    {
        socket.connectToHost(u"127.0.0.1"_s, port);
        socket.write(
            "GET /events/7 HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    }

private Q_SLOTS:
    void init() { start({}); }
    void cleanup() { m_server.reset(); }

    void textGoesBothWaysInOrder()
    {
        QWebSocket client;
        QStringList heard;
        connect(&client, &QWebSocket::textMessageReceived, this,
                [&heard](const QString &text) { heard.append(text); });
        client.open(m_url);
        QTRY_COMPARE(heard, QStringList{u"hello 7"_s});
        for (int i = 0; i < 200; ++i)
            client.sendTextMessage(QString::number(i));
        QTRY_COMPARE(m_received.size(), 200);
        QCOMPARE(m_received.last(), QByteArray("199"));
        QCOMPARE(m_last->peerAddress(), u"127.0.0.1"_s);
        for (int i = 0; i < 200; ++i)
            m_last->sendText(QByteArray::number(i));
        QTRY_COMPARE(heard.size(), 201);
        QCOMPARE(heard.last(), u"199"_s);
    }

    void bothSidesMayCloseAndItIsToldOnce()
    {
        QWebSocket client;
        QSignalSpy heard(&client, &QWebSocket::textMessageReceived);
        client.open(m_url);
        QTRY_VERIFY(m_last);
        m_last->sendText("last words");
        m_last->close(4001, u"signed out"_s);
        QTRY_COMPARE(client.state(), QAbstractSocket::UnconnectedState);
        QCOMPARE(int(client.closeCode()), 4001);
        QCOMPARE(client.closeReason(), u"signed out"_s);
        QCOMPARE(heard.size(), 2); // hello and the last words came before the end
        QTRY_COMPARE(m_closed, 1);
        QTRY_VERIFY(!m_last);

        QWebSocket other;
        other.open(m_url);
        QTRY_VERIFY(m_last);
        other.close();
        QTRY_COMPARE(m_closed, 2);
        QTRY_VERIFY(!m_last);
    }

    void hostileFramesCloseWithTheRightCode_data()
    {
        QTest::addColumn<int>("size");
        QTest::addColumn<bool>("binary");
        QTest::addColumn<int>("code"); // 0 = stays open
        QTest::newRow("at the bound") << 256 * 1024 << false << 0;
        QTest::newRow("over the bound") << 256 * 1024 + 1 << false << 1009;
        QTest::newRow("far over the bound") << 8 * 1024 * 1024 << false << 1009;
        QTest::newRow("binary") << 10 << true << 1003;
    }
    void hostileFramesCloseWithTheRightCode()
    {
        QFETCH(int, size);
        QFETCH(bool, binary);
        QFETCH(int, code);
        QWebSocket client;
        client.open(m_url);
        QTRY_VERIFY(m_last);
        if (binary)
            client.sendBinaryMessage(QByteArray(size, 'x'));
        else
            client.sendTextMessage(QString(size, u'x'));
        if (code == 0) {
            QTRY_COMPARE(m_received.size(), 1);
            return;
        }
        QTRY_COMPARE(client.state(), QAbstractSocket::UnconnectedState);
        QCOMPARE(int(client.closeCode()), code);
        QTRY_COMPARE(m_closed, 1);
        QVERIFY(m_received.isEmpty());
    }

    void brokenFramesEndTheConnection_data()
    {
        QTest::addColumn<QByteArray>("frame");
        QTest::newRow("not masked") << QByteArray("\x81\x01"
                                                  "a",
                                                  3);
        QTest::newRow("reserved opcode") << QByteArray("\x83\x81\0\0\0\0a", 7);
        QTest::newRow("reserved bit") << QByteArray("\xc1\x81\0\0\0\0a", 7);
        QTest::newRow("continuation of nothing") << QByteArray("\x80\x81\0\0\0\0a", 7);
        QTest::newRow("long ping")
            << QByteArray("\x89\xfe\x00\x7e\0\0\0\0", 8) + QByteArray(126, 'a');
        QTest::newRow("broken UTF-8") << QByteArray("\x81\x82\0\0\0\0\xc3\x28", 8);
        QTest::newRow("2^63 bytes")
            << QByteArray("\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff\0\0\0\0", 14);
    }
    void brokenFramesEndTheConnection()
    {
        QFETCH(QByteArray, frame);
        QTcpSocket client;
        handshake(client, m_port);
        QTRY_VERIFY(m_last);
        client.write(frame);
        QTRY_COMPARE(client.state(), QAbstractSocket::UnconnectedState);
        QTRY_COMPARE(m_closed, 1);
        QVERIFY(m_received.isEmpty());
    }

    void aReaderTooSlowIsClosed()
    {
        ServerLimits limits;
        limits.webSocketQueueBytes = 256 * 1024;
        start(limits);
        QTcpSocket client;
        client.setReadBufferSize(1024);
        handshake(client, m_port);
        QTRY_VERIFY(m_last);
        const QByteArray text(64 * 1024, 'x');
        for (int i = 0; i < 400 && m_last; ++i) // more than every buffer between us
            m_last->sendText(text);
        QTRY_COMPARE_WITH_TIMEOUT(m_closed, 1, 8000);
        QTRY_VERIFY(!m_last);
    }

    void aReaderThatCatchesUpHearsWhyItWasClosed()
    {
        ServerLimits limits;
        limits.webSocketQueueBytes = 1000;
        start(limits);
        QWebSocket client;
        client.open(m_url);
        QTRY_VERIFY(m_last);
        m_last->sendText(QByteArray(1001, 'x'));
        QTRY_COMPARE(client.state(), QAbstractSocket::UnconnectedState);
        QCOMPARE(int(client.closeCode()), 1008);
    }

    void aSilentPeerIsPingedAndADeadOneDropped()
    {
        ServerLimits limits;
        limits.idleSeconds = 1;
        start(limits);
        QWebSocket alive; // answers pings by itself
        alive.open(m_url);
        QTcpSocket dead;
        handshake(dead, m_port);
        QTRY_COMPARE_WITH_TIMEOUT(m_closed, 1, 5000);
        QCOMPARE(alive.state(), QAbstractSocket::ConnectedState);
    }

    void badHandshakesAreRefused_data()
    {
        QTest::addColumn<QByteArray>("target");
        QTest::addColumn<QByteArray>("extra");
        QTest::addColumn<QByteArray>("status");
        QTest::newRow("no key") << QByteArray("/events/7")
                                << QByteArray("Sec-WebSocket-Version: 13\r\n") << QByteArray("400");
        QTest::newRow("old version")
            << QByteArray("/events/7")
            << QByteArray(
                   "Sec-WebSocket-Version: 8\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")
            << QByteArray("426");
        QTest::newRow("unknown path")
            << QByteArray("/elsewhere")
            << QByteArray(
                   "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")
            << QByteArray("404");
    }
    void badHandshakesAreRefused()
    {
        QFETCH(QByteArray, target);
        QFETCH(QByteArray, extra);
        QFETCH(QByteArray, status);
        QTcpSocket client;
        client.connectToHost(u"127.0.0.1"_s, m_port);
        client.write("GET " + target +
                     " HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
                     extra + "\r\n");
        QByteArray heard;
        connect(&client, &QTcpSocket::readyRead, this, [&] { heard += client.readAll(); });
        QTRY_VERIFY(heard.contains("\r\n\r\n"));
        QCOMPARE(heard.mid(9, 3), status);
        QVERIFY(!m_last);
    }

    void closingTheServerSaysGoodbyeAfterTheLastText()
    {
        QWebSocket client;
        QSignalSpy heard(&client, &QWebSocket::textMessageReceived);
        client.open(m_url);
        QTRY_VERIFY(m_last);
        m_last->sendText("the end");
        m_server->close();
        QTRY_COMPARE(client.state(), QAbstractSocket::UnconnectedState);
        QCOMPARE(int(client.closeCode()), 1001);
        QCOMPARE(heard.size(), 2);
        QTRY_COMPARE(m_closed, 1);
    }

    void destroyingTheServerReportsItsSocketsClosed()
    {
        QWebSocket client;
        client.open(m_url);
        QTRY_VERIFY(m_last);
        m_server.reset();
        QCOMPARE(m_closed, 1);
        QTRY_COMPARE(client.state(), QAbstractSocket::UnconnectedState);
    }
};

QTEST_GUILESS_MAIN(TestWebSocket)
#include "tst_websocket.moc"
