// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "core/channels/meta/comments.h"
#include "core/channels/meta/graph.h"
#include "core/channels/meta/messaging.h"

#include <QElapsedTimer>
#include <QJsonArray>
#include <QTest>

using namespace peerdesk;
using namespace peerdesk::channels;
using namespace peerdesk::channels::meta;
using namespace Qt::StringLiterals;

namespace {

const Self Page{Product::Messenger, u"PAGE_ID"_s, u"Lantern shop"_s};
const Self Account{Product::Instagram, u"PAGE_ID"_s, u"lantern_shop"_s};

QJsonObject objectOf(const char *text)
{
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(text, &error);
    if (document.isNull())
        qFatal("%s", qPrintable(error.errorString()));
    return document.object();
}

/// The frame of the platform's published examples around one event.
QByteArray call(const char *event, const char *list = "messaging")
{
    const QByteArray before = "{\"object\":\"page\",\"entry\":[{\"id\":\"PAGE_ID\",\"time\":1,\"";
    return before + list + "\":[" + event + "]}]}";
}

QByteArray about(const char *what)
{
    const QByteArray before = "{\"sender\":{\"id\":\"PSID\"},\"recipient\":{\"id\":\"PAGE_ID\"},"
                              "\"timestamp\":1458692752478,";
    return call((before + what + '}').constData());
}

Parsed parsed(const QByteArray &body, const Self &self = Page)
{
    const Result<Parsed> result = parseWebhook(body, self);
    return result ? *result : Parsed();
}

QString headerOf(const InboundItem &item, const QString &key)
{
    return json::object(item.headers).value(key).toVariant().toString();
}

} // namespace

class TestMessaging : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyKindOfEventBecomesWhatItIs_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("text");
        const auto row = [](const char *name, const char *event, ItemKind kind, const char *key,
                            const QString &text) {
            QTest::newRow(name) << about(event) << int(kind) << QString::fromLatin1(key) << text;
        };
        row("text", R"("message":{"mid":"mid.1","text":"hello, world!"})", ItemKind::Message,
            "mid.1", u"hello, world!"_s);
        row("quick reply",
            R"("message":{"mid":"mid.2","text":"Red","quick_reply":{"payload":"red"}})",
            ItemKind::Message, "mid.2", u"Red"_s);
        row("location",
            R"("message":{"mid":"m","attachments":[{"type":"location","title":"Home","payload":{"coordinates":{"lat":50.5,"long":19.25}}}]})",
            ItemKind::Message, "m", u"[Location: 50.5, 19.25] Home"_s);
        row("link",
            R"("message":{"mid":"m","text":"see","attachments":[{"type":"fallback","title":"Lamps","url":"https:\/\/lamps.example"}]})",
            ItemKind::Message, "m", u"see\n[Link] Lamps https://lamps.example"_s);
        row("shared reel",
            R"("message":{"mid":"m","attachments":[{"type":"ig_reel","payload":{"title":"Glow","url":"https:\/\/i.example/r"}}]})",
            ItemKind::Message, "m", u"[Shared a reel] Glow https://i.example/r"_s);
        row("unknown attachment",
            R"("message":{"mid":"m","attachments":[{"type":"hologram","payload":{}}]})",
            ItemKind::Message, "m", u"[Unsupported attachment: hologram]"_s);
        row("nothing that is known", R"("message":{"mid":"m"})", ItemKind::Message, "m",
            u"[Unsupported message]"_s);
        row("unsupported", R"("message":{"mid":"m","is_unsupported":true})", ItemKind::Message, "m",
            u"[Unsupported message: Meta does not pass it on. See it in its app.]"_s);
        row("unsent", R"("message":{"mid":"m","is_deleted":true})", ItemKind::Deleted, "m#deleted",
            QString());
        row("postback",
            R"("postback":{"mid":"mid.p","title":"Start","payload":"<DEFINED_PAYLOAD>"})",
            ItemKind::Message, "mid.p", u"Start"_s);
        row("postback without id", R"("postback":{"title":"Start","payload":"x"})",
            ItemKind::Message, "postback:PSID:1458692752478", u"Start"_s);
        row("reaction",
            "\"reaction\":{\"reaction\":\"love\",\"emoji\":\"\xe2\x9d\xa4\",\"action\":\"react\","
            "\"mid\":\"mid.r\"}",
            ItemKind::Reacted, "mid.r#react:PSID:1458692752478", u"\u2764"_s);
        row("reaction taken back",
            R"("reaction":{"reaction":"love","emoji":"x","action":"unreact","mid":"mid.r"})",
            ItemKind::Reacted, "mid.r#unreact:PSID:1458692752478", QString());
        row("delivered", R"("delivery":{"mids":["mid.d"]})", ItemKind::Receipt, "mid.d#delivered",
            QString());
        row("seen on Instagram", R"("read":{"mid":"mid.s"})", ItemKind::Receipt, "mid.s#read",
            QString());
        row("came by a link",
            R"("referral":{"ref":"summer","source":"SHORTLINK","type":"OPEN_THREAD"})",
            ItemKind::Message, "referral:PSID:1458692752478",
            u"[Opened the chat from: SHORTLINK summer]"_s);
        row("a kind of tomorrow", R"("hologram_call":{"a":1})", ItemKind::Message,
            "hologram_call:PSID:1458692752478", u"[Unsupported message: hologram_call]"_s);
    }
    void everyKindOfEventBecomesWhatItIs()
    {
        QFETCH(QByteArray, body);
        QFETCH(int, kind);
        QFETCH(QString, key);
        QFETCH(QString, text);
        const Parsed out = parsed(body);
        QCOMPARE(out.items.size(), size_t(1));
        const InboundItem &item = out.items.front();
        QCOMPARE(int(item.kind), kind);
        QCOMPARE(item.providerId, key);
        QCOMPARE(item.content.text, text);
        if (item.kind != ItemKind::Receipt) {
            QCOMPARE(item.sender.kind, u"messenger"_s);
            QCOMPARE(item.sender.scope, u"PAGE_ID"_s);
            QCOMPARE(item.sender.value, u"PSID"_s);
            QCOMPARE(item.thread, u"PSID"_s);
            QCOMPARE(item.providerTime.ms, 1458692752478);
        }
    }

    void answersToChoicesAreData()
    {
        const Parsed quick = parsed(
            about(R"("message":{"mid":"m","text":"Red","quick_reply":{"payload":"\u00232"}})"));
        QCOMPARE(json::object(quick.items.at(0).content.rich).value(u"payload"_s).toString(),
                 u"#2"_s);
        const Parsed pressed =
            parsed(about(R"("postback":{"mid":"p","title":"T","payload":"id1"})"));
        QCOMPARE(json::object(pressed.items.at(0).content.rich).value(u"kind"_s).toString(),
                 u"answer"_s);
    }

    void anEditCarriesTheNewTextAndEachHasItsKey()
    {
        const auto edit = [](const char *text, const char *number) {
            return parsed(about(QByteArray(R"("message_edit":{"mid":"mid.e","text":")" +
                                           QByteArray(text) + R"(","num_edit":)" + number + "}")
                                    .constData()))
                .items.at(0);
        };
        const InboundItem first = edit("one", "\"1\""); // a text in the platform's own example
        const InboundItem second = edit("two", "2");
        QCOMPARE(int(first.kind), int(ItemKind::Edited));
        QCOMPARE(first.receiptFor, u"mid.e"_s);
        QCOMPARE(second.content.text, u"two"_s);
        QVERIFY(first.providerId != second.providerId);
        QCOMPARE(edit("two", "2").providerId, second.providerId);
    }

    void anEchoIsSaidOutsideUnlessWeSaidIt()
    {
        const auto echo = [](const QByteArray &more) {
            return parsed(call(QByteArray(R"({"sender":{"id":"PAGE_ID"},"recipient":{"id":"PSID"},)"
                                          R"("timestamp":5,"message":{"is_echo":true,"mid":"m",)"
                                          R"("text":"We are open")" +
                                          more + "}}")
                                   .constData()));
        };
        const Parsed outside = echo({});
        QCOMPARE(outside.items.size(), size_t(1));
        QCOMPARE(outside.items[0].sender.value, u"PSID"_s); // the conversation is the customer's
        QVERIFY(outside.items[0].isAutomatic);
        QCOMPARE(headerOf(outside.items[0], u"outside"_s), u"true"_s);
        QCOMPARE(headerOf(outside.items[0], u"outside_name"_s), u"Lantern shop"_s);
        const QByteArray ours = R"(,"metadata":"peerdesk:0123")";
        const QByteArray others = R"(,"metadata":"another program")";
        QVERIFY(echo(ours).items.empty());
        QCOMPARE(echo(others).items.size(), size_t(1));
    }

    void storiesAreVisibleAndTheirPicturesWanted()
    {
        const Parsed mention = parsed(
            about(
                R"("message":{"mid":"m","attachments":[{"type":"story_mention","payload":{"url":"https:\/\/cdn.example/s"}}]})"),
            Account);
        QCOMPARE(mention.items.at(0).content.text, u"[Mentioned you in a story]"_s);
        QCOMPARE(mention.files.at(0).where, u"https://cdn.example/s"_s);
        QCOMPARE(mention.items.at(0).sender.kind, u"instagram"_s);
        const Parsed reply = parsed(
            about(
                R"("message":{"mid":"m","text":"Nice!","reply_to":{"story":{"url":"https:\/\/cdn.example/t","id":"1"}}})"),
            Account);
        QCOMPARE(reply.items.at(0).content.text, u"[Reply to your story]\nNice!"_s);
        QCOMPARE(reply.files.at(0).where, u"https://cdn.example/t"_s);
    }

    void filesAreWantedAndBounded()
    {
        QByteArray many;
        for (int i = 0; i < 30; ++i)
            many += QByteArray(i ? "," : "") +
                    R"({"type":"image","payload":{"url":"https:\/\/cdn.example/i"}})";
        const Parsed out = parsed(
            about(QByteArray(R"("message":{"mid":"m","attachments":[)" + many + "]}").constData()));
        QCOMPARE(out.items.size(), size_t(1));
        QCOMPARE(out.files.size(), size_t(20));
        QCOMPARE(out.items[0].content.text.count(u"[File: image]"_s), 10);
    }

    void marksWithoutIdsNameTheirThread()
    {
        const Parsed read = parsed(about(R"("read":{"watermark":1458668856253})"));
        QVERIFY(read.items.empty());
        QCOMPARE(read.watermarks.size(), size_t(1));
        QCOMPARE(read.watermarks[0].thread, u"PSID"_s);
        QCOMPARE(read.watermarks[0].upTo.ms, 1458668856253);
    }

    void aFloodOfMarksIsBounded()
    {
        QByteArray events;
        for (int i = 0; i < 3'000; ++i)
            events += QByteArray(i ? "," : "") + "{\"sender\":{\"id\":\"P" +
                      QByteArray::number(i % 2'000) +
                      "\"},\"recipient\":{\"id\":\"PAGE_ID\"},\"read\":{\"watermark\":" +
                      QByteArray::number(i + 1) + "}}";
        const Parsed out = parsed(call(events.constData()));
        QCOMPARE(out.watermarks.size(), size_t(500));
        QCOMPARE(out.watermarks[0].upTo.ms, 2'001'000); // the later one, in seconds
    }

    void anotherProgramsThreadIsShownButNotAnswered()
    {
        const Parsed out = parsed(call(
            R"({"sender":{"id":"PSID"},"recipient":{"id":"PAGE_ID"},"timestamp":1,"message":{"mid":"m","text":"x"}})",
            "standby"));
        QVERIFY(out.items.at(0).isAutomatic);
    }

    void hostileCallsLoseNothingOfOthers_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<bool>("isUnderstood");
        QTest::addColumn<int>("items");
        QTest::newRow("empty") << QByteArray() << false << 0;
        QTest::newRow("no JSON") << QByteArray("<html>") << false << 0;
        QTest::newRow("a list") << QByteArray("[]") << false << 0;
        QTest::newRow("entry is no list") << QByteArray(R"({"entry":{}})") << false << 0;
        QTest::newRow("entries of wrong types")
            << QByteArray(R"({"entry":[1,"x",null,{"id":"PAGE_ID","messaging":[7,null,{}]}]})")
            << true << 0;
        QTest::newRow("another page")
            << QByteArray(
                   R"({"entry":[{"id":"OTHER","messaging":[{"sender":{"id":"P"},"message":{"mid":"m","text":"x"}}]}]})")
            << true << 0;
        QTest::newRow("wrong types inside")
            << about(R"("message":{"mid":["x"],"text":{"a":1},"attachments":"no","reply_to":3})")
            << true << 1;
        QTest::newRow("text with nulls")
            << about(R"("message":{"mid":"m","text":"a\u0000b"})") << true << 1;
        QTest::newRow("deep") << QByteArray(100'000, '[') << false << 0;
    }
    void hostileCallsLoseNothingOfOthers()
    {
        QFETCH(QByteArray, body);
        QFETCH(bool, isUnderstood);
        QFETCH(int, items);
        const Result<Parsed> result = parseWebhook(body, Page);
        QCOMPARE(bool(result), isUnderstood);
        if (result)
            QCOMPARE(int(result->items.size()), items);
        for (const InboundItem &item : result ? result->items : std::vector<InboundItem>())
            QVERIFY(!item.content.text.contains(QChar(0)));
        QCOMPARE(bool(parseCommentHook(body, Page)), isUnderstood);
    }

    void theConversationsEdgeSaysTheSame()
    {
        const QJsonObject page =
            objectOf(R"({"data":[{"id":"t_1","updated_time":"2026-11-22T02:00:00+0000",
            "participants":{"data":[{"name":"Anna","id":"PSID"},{"name":"Lantern shop","id":"PAGE_ID"}]},
            "messages":{"data":[
              {"id":"m_3","created_time":"2026-11-22T02:00:00+0000","from":{"id":"PAGE_ID"},"message":"From the inbox"},
              {"id":"m_2","created_time":"2026-11-22T01:59:00+0000","from":{"id":"PSID"},"message":"",
               "attachments":{"data":[{"mime_type":"image/png","name":"leak.png","image_data":{"url":"https:\/\/cdn.example/l"}}]}},
              {"id":"m_1","created_time":"2026-11-20T01:00:00+0000","from":{"id":"PSID"},"message":"old"}]}}],
            "paging":{"cursors":{"after":"QVFI"},"next":"https:\/\/graph.facebook.com/x?access_token=secret"}})");
        const ConversationPage out =
            parseConversations(page, Page, Time::fromString(u"2026-11-22T00:00:00Z"_s));
        QCOMPARE(out.after, u"QVFI"_s);
        QCOMPARE(out.newest, Time::fromString(u"2026-11-22T02:00:00Z"_s));
        QCOMPARE(out.parsed.items.size(), size_t(2));
        QCOMPARE(out.parsed.items[0].providerId, u"m_2"_s); // oldest first
        QCOMPARE(out.parsed.items[0].senderName, u"Anna"_s);
        QCOMPARE(out.parsed.files.at(0).name, u"leak.png"_s);
        QVERIFY(out.parsed.items[1].isAutomatic);
        QCOMPARE(headerOf(out.parsed.items[1], u"outside"_s), u"true"_s);
        QCOMPARE(parseConversations({}, Page, {}).parsed.items.size(), size_t(0));
    }

    void limitsAndErrorsAreToldInHttpsWords_data()
    {
        QTest::addColumn<int>("code");
        QTest::addColumn<int>("status");
        QTest::addColumn<int>("plainStatus");
        QTest::newRow("token") << 190 << 400 << 401;
        QTest::newRow("application limit") << 4 << 400 << 429;
        QTest::newRow("page limit") << 32 << 403 << 429;
        QTest::newRow("messaging limit") << 613 << 400 << 429;
        QTest::newRow("business limit") << 80006 << 400 << 429;
        QTest::newRow("permission") << 10 << 400 << 403;
        QTest::newRow("pages permission") << 200 << 400 << 403;
        QTest::newRow("parameter") << 100 << 400 << 400;
        QTest::newRow("error in a success") << 100 << 200 << 400;
        QTest::newRow("nobody knows") << 2 << 500 << 500;
    }
    void limitsAndErrorsAreToldInHttpsWords()
    {
        QFETCH(int, code);
        QFETCH(int, status);
        QFETCH(int, plainStatus);
        vendor::ApiReply reply;
        reply.status = status;
        reply.json = QJsonDocument(
            QJsonObject{{u"error"_s, QJsonObject{{u"code"_s, code}, {u"message"_s, u"why"_s}}}});
        QCOMPARE(plain(reply).status, plainStatus);
    }

    void usageSteersTheInterval()
    {
        const Milliseconds usual{7'000};
        const auto percent = [](int value) {
            return usageOf({{"x-app-usage", "{\"call_count\":" + QByteArray::number(value) +
                                                ",\"total_time\":3,\"total_cputime\":1}"}});
        };
        QCOMPARE(steered(usual, percent(10)), usual);
        QVERIFY(steered(usual, percent(80)) > usual);
        QVERIFY(steered(usual, percent(90)) > steered(usual, percent(80)));
        QCOMPARE(steered(usual, percent(99)), Milliseconds(300'000));
        const Usage business = usageOf(
            {{"x-business-use-case-usage",
              R"({"1":[{"type":"messenger","call_count":100,"estimated_time_to_regain_access":12}]})"}});
        QCOMPARE(business.regain, Seconds(720));
        QCOMPARE(steered(usual, business), Milliseconds(720'000));
        QCOMPARE(usageOf({{"x-app-usage", "not json"}}).percent, 0);
    }

    void fiveThousandItemsASecond()
    {
        const QByteArray body = about(R"("message":{"mid":"mid.1","text":"hello, world!"})");
        QElapsedTimer timer;
        timer.start();
        for (int i = 0; i < 2'000; ++i)
            QCOMPARE(parsed(body).items.size(), size_t(1));
        qInfo("%lld items a second", 2'000'000 / std::max<qint64>(1, timer.elapsed()));
    }
};

QTEST_APPLESS_MAIN(TestMessaging)
#include "tst_messaging.moc"
