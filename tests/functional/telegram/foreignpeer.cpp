// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "core/channels/telegram/telegramconnector.h"
#include "core/net/httpclient.h"
#include "tests/support/vendors/vendorhost.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace peerdesk;
using namespace peerdesk::channels;
using namespace peerdesk::channels::telegram;
using namespace Qt::StringLiterals;

namespace {

const QString Token = u"123456:foreign-peer"_s;

/// A customer's program at the foreign server, and our bot.
struct Desk
{
    SystemClock clock;
    VendorHost host{clock};
    ChannelAccount account;
    net::HttpClient client;
    std::unique_ptr<Connector> connector;

    Desk()
    {
        host.secrets[u"token"_s] = Token.toLatin1();
        account.settings[u"base_url"_s] = qEnvironmentVariable("BOT_API");
        connector = telegramType().make(account, host);
        connector->start();
    }
    /// What the customer's side of the server is told, and says.
    QJsonObject say(const QString &method, const QJsonObject &body)
    {
        net::HttpCall call;
        call.method = "POST";
        call.url = QUrl(qEnvironmentVariable("BOT_API") + u'/' + method);
        call.headers["content-type"] = "application/json";
        call.body = QJsonDocument(body).toJson();
        std::optional<QJsonObject> answer;
        client.request(call, {&client, [&](const Result<net::HttpReply> &reply) {
                                  answer = reply ? QJsonDocument::fromJson(reply->body).object()
                                                 : QJsonObject();
                              }});
        return QTest::qWaitFor([&] { return answer.has_value(); }) ? *answer : QJsonObject();
    }
    static QJsonObject fromCustomer()
    {
        const QJsonObject person{{u"id"_s, 71}, {u"first_name"_s, u"Ada"_s}, {u"is_bot"_s, false}};
        const QJsonObject chat{{u"id"_s, 71}, {u"type"_s, u"private"_s}};
        return {{u"botToken"_s, Token},
                {u"from"_s, person},
                {u"chat"_s, chat},
                {u"date"_s, 1'790'000'000}};
    }
    SendResult send(Outgoing outgoing)
    {
        outgoing.message.id = randomId<MessageId>();
        outgoing.conversation.thread = u"71"_s;
        std::optional<SendResult> result;
        connector->send(outgoing, {connector.get(), [&](const Result<SendResult> &sent) {
                                       result = sent ? *sent : SendResult{};
                                   }});
        return QTest::qWaitFor([&] { return result.has_value(); }) ? *result : SendResult{};
    }
};

} // namespace

/// A customer and the desk, over a Bot API that others have written.
class TestForeignPeer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aConversationGoesBothWays()
    {
        Desk desk;
        QTRY_COMPARE(desk.host.lastState, AccountState::Connected);
        QJsonObject hello = Desk::fromCustomer();
        hello.insert(u"text"_s, u"is anybody there?"_s);
        desk.say(u"sendMessage"_s, hello);
        QTRY_COMPARE(desk.host.items.size(), 1u);
        QCOMPARE(desk.host.items.front().content.text, u"is anybody there?"_s);
        QCOMPARE(desk.host.items.front().thread, u"71"_s);

        Outgoing answer;
        answer.message.content.text = u"yes"_s;
        QCOMPARE(desk.send(answer).kind, SendResult::Kind::Accepted);
        Outgoing question;
        question.message.content.rich =
            json::canonical(QJsonDocument::fromJson(R"({"kind":"quick_replies","text":"Which?",
                "options":[{"id":"a","title":"A"},{"id":"b","title":"B"}]})")
                                .object());
        QCOMPARE(desk.send(question).kind, SendResult::Kind::Accepted);
        const QJsonArray got = desk.say(u"getUpdates"_s, {{u"token"_s, Token}, {u"chatId"_s, 71}})
                                   .value(u"result"_s)
                                   .toArray();
        QCOMPARE(got.size(), 2);
        QCOMPARE(got[0][u"message"][u"text"].toString(), u"yes"_s);
        const QJsonValue button = got[1][u"message"][u"reply_markup"][u"inline_keyboard"][0][1];
        QCOMPARE(button[u"text"].toString(), u"B"_s);

        QJsonObject press = Desk::fromCustomer();
        QJsonObject about = Desk::fromCustomer();
        about.insert(u"message_id"_s, 3);
        press.insert(u"message"_s, about);
        press.insert(u"data"_s, button[u"callback_data"]);
        desk.say(u"sendCallback"_s, press);
        QTRY_COMPARE(desk.host.items.size(), 2u);
        const QJsonObject rich = json::object(desk.host.items.back().content.rich);
        QCOMPARE(rich.value("payload"_L1).toString(), u"b"_s);
    }
};

QTEST_GUILESS_MAIN(TestForeignPeer)
#include "foreignpeer.moc"
