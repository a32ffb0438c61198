// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/webchat/chatroutes.h"
#include "tests/core/channels/webchat/fakehost.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QSignalSpy>
#include <QTest>
#include <QWebSocket>

using namespace peerdesk;
using namespace peerdesk::channels;
using namespace Qt::StringLiterals;

namespace {

/// A page over a real socket.
struct Page
{
    QWebSocket socket;
    std::vector<QJsonObject> got;
    bool isClosed = false;

    Page()
    {
        QObject::connect(&socket, &QWebSocket::textMessageReceived, &socket,
                         [this](const QString &text) {
                             got.push_back(QJsonDocument::fromJson(text.toUtf8()).object());
                         });
        QObject::connect(&socket, &QWebSocket::disconnected, &socket, [this] { isClosed = true; });
    }
    void say(const QJsonObject &frame)
    {
        socket.sendTextMessage(
            QString::fromUtf8(QJsonDocument(frame).toJson(QJsonDocument::Compact)));
    }
    QJsonObject last(const QString &type) const
    {
        for (auto frame = got.rbegin(); frame != got.rend(); ++frame) {
            if (frame->value("type"_L1).toString() == type)
                return *frame;
        }
        return {};
    }
};

struct Answer
{
    int status = 0;
    QByteArray body;
    QList<QNetworkReply::RawHeaderPair> headers;

    QByteArray header(const QByteArray &name) const
    {
        for (const auto &[key, value] : headers) {
            if (key.toLower() == name)
                return value;
        }
        return {};
    }
};

} // namespace

/// Routes, files and frames over loopback with the real server.
class tst_ChatRoutes : public QObject
{
    Q_OBJECT

private:
    struct Desk
    {
        SystemClock clock;
        FakeHost host{clock};
        net::Server server;
        ChannelType type = webchatType(&server);
        ChannelAccount account;
        std::unique_ptr<Connector> chat;
        QNetworkAccessManager http;
        quint16 port = 0;

        Desk()
        {
            account.id = randomId<AccountId>();
            account.name = u"Shop <b>&</b> Co"_s;
            chat = type.make(account, host);
            chat->start();
            const auto listening = server.listen(u"127.0.0.1"_s, 0);
            port = listening ? *listening : 0;
        }
        QString place(const QString &path) const { return u"127.0.0.1:%1%2"_s.arg(port).arg(path); }
        Answer call(const QByteArray &verb, const QString &path, const QByteArray &body = {},
                    const QString &token = {})
        {
            QNetworkRequest request(QUrl(u"http://"_s + place(path)));
            request.setAttribute(QNetworkRequest::RedirectPolicyAttribute,
                                 QNetworkRequest::ManualRedirectPolicy);
            request.setRawHeader("Origin", "https://shop.example");
            if (!token.isEmpty())
                request.setRawHeader("Authorization", "Bearer " + token.toLatin1());
            if (verb == "POST")
                request.setRawHeader("Content-Type", "image/png");
            QNetworkReply *reply = http.sendCustomRequest(request, verb, body);
            QSignalSpy finished(reply, &QNetworkReply::finished);
            if (!finished.wait(10'000))
                return {};
            Answer answer;
            answer.status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
            answer.body = reply->readAll();
            answer.headers = reply->rawHeaderPairs();
            reply->deleteLater();
            return answer;
        }
        void connectPage(Page &page, const QString &token = {})
        {
            page.socket.open(
                QUrl(u"ws://"_s + place(u"/chat/ws?account="_s + account.id.toString())));
            QTRY_COMPARE(page.socket.state(), QAbstractSocket::ConnectedState);
            page.say({{u"type"_s, u"hello"_s}, {u"token"_s, token}});
            QTRY_VERIFY(!page.last(u"welcome"_s).isEmpty());
        }
    };

private Q_SLOTS:
    void theWidgetIsSmallAndServedAsScript()
    {
        Desk desk;
        const Answer answer = desk.call("GET", u"/chat/widget.js"_s);
        QCOMPARE(answer.status, 200);
        QVERIFY(answer.header("content-type").startsWith("text/javascript"));
        QVERIFY2(answer.body.size() <= 32 * 1024, qPrintable(QString::number(answer.body.size())));
        QVERIFY(answer.body.contains("attachShadow"));
    }

    void theWidgetHasNothingThatAStrictPolicyBlocks_data()
    {
        QTest::addColumn<QByteArray>("word");
        for (const char *word : {"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write",
                                 "eval(", "new Function", "style=", "onclick", "srcdoc"})
            QTest::newRow(word) << QByteArray(word);
    }
    void theWidgetHasNothingThatAStrictPolicyBlocks()
    {
        QFETCH(QByteArray, word);
        Desk desk;
        QVERIFY(!desk.call("GET", u"/chat/widget.js"_s).body.contains(word));
    }

    void theDemoPageNamesTheAccountAndEscapesIt()
    {
        Desk desk;
        const Answer answer = desk.call("GET", u"/chat/"_s);
        QCOMPARE(answer.status, 200);
        QVERIFY(answer.header("content-security-policy").contains("default-src 'none'"));
        QVERIFY(answer.body.contains("data-account=\"" + desk.account.id.toString().toLatin1()));
        QVERIFY(!answer.body.contains("<b>"));
        QCOMPARE(desk.call("GET", u"/chat"_s).status, 308);
        QCOMPARE(desk.call("GET", u"/chat/demo.css"_s).status, 200);
        QCOMPARE(desk.call("GET", u"/chat/?account=nobody"_s).status, 404);
    }

    void aStoppedChatTellsPagesToComeBackLater()
    {
        Desk desk;
        desk.chat->stop();
        Page page;
        page.socket.open(QUrl(u"ws://"_s + desk.place(u"/chat/ws"_s)));
        QTRY_VERIFY(page.isClosed);
        QCOMPARE(int(page.socket.closeCode()), 4013);
    }

    void aMessageGoesInAndTheAnswerComesOut()
    {
        Desk desk;
        Page page;
        desk.connectPage(page);
        page.say({{u"type"_s, u"message"_s}, {u"seq"_s, 1}, {u"text"_s, u"Grüße <script>"_s}});
        QTRY_VERIFY(!page.last(u"ack"_s).isEmpty());
        QCOMPARE(desk.host.committedItems.at(0).content.text, u"Grüße <script>"_s);
        const QString visitor = page.last(u"welcome"_s).value("visitor"_L1).toString();
        Outgoing out;
        out.message = desk.host.reply(visitor, u"Hello!"_s);
        out.conversation.thread = visitor;
        desk.chat->send(out, {desk.chat.get(), [](const auto &) {}});
        QTRY_COMPARE(page.last(u"message"_s).value("text"_L1).toString(), u"Hello!"_s);
    }

    void aHugeFrameEndsTheSocketAndNothingElse()
    {
        Desk desk;
        Page good;
        Page bad;
        desk.connectPage(good);
        desk.connectPage(bad);
        bad.socket.sendTextMessage(QString(2'000'000, u'x'));
        QTRY_VERIFY(bad.isClosed);
        good.say({{u"type"_s, u"ping"_s}});
        QTRY_VERIFY(!good.last(u"pong"_s).isEmpty());
    }

    void filesGoUpBeforeTheMessageAndAreSafeAtTheTick()
    {
        Desk desk;
        Page page;
        desk.connectPage(page);
        const QJsonObject welcome = page.last(u"welcome"_s);
        const QString token = welcome.value("token"_L1).toString();
        const QByteArray picture = "\x89PNG\r\n\x1a\n" + QByteArray(2'000'000, 'p');
        const Answer up = desk.call("POST", u"/chat/upload?name=leaf.png"_s, picture, token);
        QCOMPARE(up.status, 201);
        QCOMPARE(up.header("access-control-allow-origin"), QByteArray("https://shop.example"));
        const QJsonObject file = QJsonDocument::fromJson(up.body).object();
        const QString sha = file.value("sha256"_L1).toString();
        QCOMPARE(desk.call("GET", u"/chat/file/"_s + sha, {}, token).status, 404); // not committed
        page.say({{u"type"_s, u"message"_s}, {u"seq"_s, 1}, {u"attachments"_s, QJsonArray{file}}});
        QTRY_VERIFY(!page.last(u"ack"_s).isEmpty());
        QCOMPARE(desk.host.files.begin()->second, picture);
        const Answer down = desk.call("GET", u"/chat/file/"_s + sha, {}, token);
        QCOMPARE(down.status, 200);
        QCOMPARE(down.body, picture);
        QCOMPARE(down.header("content-type"), QByteArray("image/png"));
        QVERIFY(down.header("content-security-policy").contains("sandbox"));
        Page stranger;
        desk.connectPage(stranger);
        const QString other = stranger.last(u"welcome"_s).value("token"_L1).toString();
        QCOMPARE(desk.call("GET", u"/chat/file/"_s + sha, {}, other).status, 404);
    }

    void filesAreRefusedWithTheReason_data()
    {
        QTest::addColumn<bool>("hasToken");
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("bytes");
        QTest::addColumn<int>("status");
        QTest::newRow("no token") << false << u"a.png"_s << 10 << 401;
        QTest::newRow("program") << true << u"a.exe"_s << 10 << 415;
        QTest::newRow("too large") << true << u"a.png"_s << 10 * 1024 * 1024 + 1 << 413;
        QTest::newRow("empty") << true << u"a.png"_s << 0 << 400;
    }
    void filesAreRefusedWithTheReason()
    {
        QFETCH(bool, hasToken);
        QFETCH(QString, name);
        QFETCH(int, bytes);
        Desk desk;
        Page page;
        desk.connectPage(page);
        const QString token =
            hasToken ? page.last(u"welcome"_s).value("token"_L1).toString() : QString();
        QTEST(
            desk.call("POST", u"/chat/upload?name="_s + name, QByteArray(bytes, 'x'), token).status,
            "status");
    }

    void browsersMayAskBeforeTheySend()
    {
        Desk desk;
        const Answer answer = desk.call("OPTIONS", u"/chat/upload"_s);
        QCOMPARE(answer.status, 204);
        QVERIFY(answer.header("access-control-allow-headers").contains("authorization"));
    }

    void theSnippetIsOneTag()
    {
        const AccountId id = randomId<AccountId>();
        QCOMPARE(webchatSnippet(u"https://desk.example:8443"_s, id),
                 u"<script src=\"https://desk.example:8443/chat/widget.js\" data-account=\"%1\" "
                 "async></script>"_s.arg(id.toString()));
    }
};

QTEST_GUILESS_MAIN(tst_ChatRoutes)
#include "tst_chatroutes.moc"
