// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "core/channels/line/lineparser.h"

#include <QTest>

using namespace peerdesk;
using namespace peerdesk::channels;
using namespace peerdesk::channels::line;
using namespace Qt::StringLiterals;

namespace {

const QString Taro = u"U4af4980629aaaabbbbccccddddeeeeff"_s;

QJsonObject happened(const QJsonObject &more)
{
    QJsonObject out{{u"webhookEventId"_s, u"01FZ74A0TDDPYRVKNK77XKC3ZR"_s},
                    {u"mode"_s, u"active"_s},
                    {u"timestamp"_s, qint64(1'790'000'000'000)},
                    {u"source"_s, QJsonObject{{u"type"_s, u"user"_s}, {u"userId"_s, Taro}}},
                    {u"replyToken"_s, u"token"_s},
                    {u"deliveryContext"_s, QJsonObject{{u"isRedelivery"_s, false}}}};
    for (auto it = more.begin(); it != more.end(); ++it)
        out.insert(it.key(), it.value());
    return out;
}

QByteArray callOf(const QJsonArray &events)
{
    return QJsonDocument(QJsonObject{{u"destination"_s, u"Ubot"_s}, {u"events"_s, events}})
        .toJson();
}

QJsonObject withMessage(const QJsonObject &message)
{
    QJsonObject whole = message;
    if (!whole.contains(u"id"_s))
        whole.insert(u"id"_s, u"444573844083572737"_s);
    return happened({{u"type"_s, u"message"_s}, {u"message"_s, whole}});
}

InboundItem only(const QJsonObject &one)
{
    const auto delivery = deliveryOf(callOf({one}));
    return delivery && delivery->items.size() == 1 ? delivery->items[0] : InboundItem{};
}

} // namespace

class tst_LineParser : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aTextIsRead()
    {
        const InboundItem item =
            only(withMessage({{u"type"_s, u"text"_s},
                              {u"text"_s, u"Hello (love)"_s},
                              {u"quoteToken"_s, u"q3Plxr4AgKd"_s},
                              {u"quotedMessageId"_s, u"468789577898262530"_s}}));
        QCOMPARE(item.providerId, u"444573844083572737"_s); // what "unsend" refers to
        QCOMPARE(item.content.text, u"Hello (love)"_s);
        QCOMPARE(item.sender.kind, u"line"_s);
        QCOMPARE(item.sender.scope, u"Ubot"_s);
        QCOMPARE(item.sender.value, Taro);
        QVERIFY(item.thread.isEmpty());
        QCOMPARE(item.threadHints, std::vector<QString>{u"468789577898262530"_s});
        const QJsonObject headers = json::object(item.headers);
        QCOMPARE(headers.value(u"reply_token"_s).toString(), u"token"_s);
        QCOMPARE(headers.value(u"quote_token"_s).toString(), u"q3Plxr4AgKd"_s);
        QVERIFY(headers.contains(u"raw"_s));
        QVERIFY(!headers.contains(u"redelivered"_s));
    }

    void aGroupIsOneThread()
    {
        QJsonObject one = withMessage({{u"type"_s, u"text"_s}, {u"text"_s, u"hi"_s}});
        one.insert(
            u"source"_s,
            QJsonObject{{u"type"_s, u"group"_s}, {u"groupId"_s, u"C1"_s}, {u"userId"_s, Taro}});
        const auto delivery = deliveryOf(callOf({one}));
        QCOMPARE(delivery->items[0].thread, u"C1"_s);
        QCOMPARE(delivery->people, (std::vector{Person{0, Taro, u"group/C1"_s}}));
        one.insert(u"source"_s, QJsonObject{{u"type"_s, u"group"_s}, {u"groupId"_s, u"C1"_s}});
        QCOMPARE(only(one).sender.value, u"C1"_s); // who has not agreed to be known
    }

    void filesAreWanted_data()
    {
        QTest::addColumn<QString>("type");
        QTest::addColumn<QString>("name");
        QTest::newRow("image") << u"image"_s << u"image.jpg"_s;
        QTest::newRow("video") << u"video"_s << u"video.mp4"_s;
        QTest::newRow("audio") << u"audio"_s << u"audio.m4a"_s;
        QTest::newRow("file") << u"file"_s << u"offer.pdf"_s;
    }
    void filesAreWanted()
    {
        QFETCH(QString, type);
        QFETCH(QString, name);
        QJsonObject message{{u"type"_s, type}};
        if (type == u"file"_s)
            message.insert(u"fileName"_s, name);
        const auto delivery = deliveryOf(callOf({withMessage(message)}));
        QCOMPARE(delivery->files,
                 (std::vector{vendor::WantedFile{0, name, u"444573844083572737"_s, type}}));
    }

    void aPictureAtAnybodysServerIsALinkNotFetched()
    {
        const QJsonObject provider{{u"type"_s, u"external"_s},
                                   {u"originalContentUrl"_s, u"https://evil.example/a.jpg"_s}};
        const auto delivery = deliveryOf(
            callOf({withMessage({{u"type"_s, u"image"_s}, {u"contentProvider"_s, provider}})}));
        QVERIFY(delivery->files.empty());
        QCOMPARE(delivery->items[0].content.text, u"https://evil.example/a.jpg"_s);
    }

    void answersAreData() // M68
    {
        const InboundItem tap = only(happened(
            {{u"type"_s, u"postback"_s}, {u"postback"_s, QJsonObject{{u"data"_s, u"yes"_s}}}}));
        QCOMPARE(json::object(tap.content.rich).value(u"payload"_s).toString(), u"yes"_s);
        QCOMPARE(tap.providerId, u"01FZ74A0TDDPYRVKNK77XKC3ZR"_s);
        const QJsonObject params{{u"datetime"_s, u"2026-11-23T10:00"_s}};
        const InboundItem time = only(happened(
            {{u"type"_s, u"postback"_s},
             {u"postback"_s, QJsonObject{{u"data"_s, u"picked-time"_s}, {u"params"_s, params}}}}));
        QCOMPARE(time.content.text, u"2026-11-23 10:00"_s);
        QCOMPARE(json::object(time.content.rich).value(u"values"_s).toObject(), params);
    }

    void anUnsendTakesTheTextAway()
    {
        const InboundItem item = only(happened(
            {{u"type"_s, u"unsend"_s}, {u"unsend"_s, QJsonObject{{u"messageId"_s, u"325708"_s}}}}));
        QCOMPARE(item.kind, ItemKind::Deleted);
        QCOMPARE(item.receiptFor, u"325708"_s);
    }

    void stickersAndPlacesAreReadable()
    {
        const InboundItem sticker = only(withMessage(
            {{u"type"_s, u"sticker"_s}, {u"keywords"_s, QJsonArray{u"cony"_s, u"hi"_s}}}));
        QCOMPARE(sticker.content.text, u"[Sticker: cony, hi]"_s);
        QCOMPARE(only(withMessage({{u"type"_s, u"sticker"_s}})).content.text, u"[Sticker]"_s);
        const InboundItem place = only(withMessage({{u"type"_s, u"location"_s},
                                                    {u"title"_s, u"Shop"_s},
                                                    {u"address"_s, u"Market 1"_s},
                                                    {u"latitude"_s, 50.06},
                                                    {u"longitude"_s, 19.94}}));
        QCOMPARE(json::object(place.content.rich).value(u"kind"_s).toString(), u"location"_s);
        QVERIFY(place.content.text.contains(u"Market 1"_s));
    }

    void whatAnotherModuleAnswersStartsNoFlow()
    {
        QJsonObject one = withMessage({{u"type"_s, u"text"_s}, {u"text"_s, u"hi"_s}});
        one.insert(u"mode"_s, u"standby"_s);
        QVERIFY(only(one).isAutomatic);
        QVERIFY(only(happened({{u"type"_s, u"follow"_s}})).isAutomatic);
        QVERIFY(only(happened({{u"type"_s, u"unfollow"_s}})).isAutomatic);
    }

    void aRedeliveryIsTheSameItem()
    {
        QJsonObject one = withMessage({{u"type"_s, u"text"_s}, {u"text"_s, u"hi"_s}});
        const QString id = only(one).providerId;
        one.insert(u"deliveryContext"_s, QJsonObject{{u"isRedelivery"_s, true}});
        one.insert(u"webhookEventId"_s, u"another"_s);
        QCOMPARE(only(one).providerId, id);
        QVERIFY(json::object(only(one).headers).value(u"redelivered"_s).toBool());
    }

    void whatIsUnknownIsVisibleWhatIsBesideIsNot_data()
    {
        QTest::addColumn<QJsonObject>("what");
        QTest::addColumn<bool>("isShown");
        QTest::newRow("a new event") << happened({{u"type"_s, u"hologram"_s}}) << true;
        QTest::newRow("a new message") << withMessage({{u"type"_s, u"hologram"_s}}) << true;
        QTest::newRow("a message without id")
            << withMessage({{u"id"_s, QJsonValue()}, {u"type"_s, u"text"_s}}) << true;
        QTest::newRow("an unsend of nothing") << happened({{u"type"_s, u"unsend"_s}}) << true;
        QTest::newRow("nothing at all") << QJsonObject() << true;
        QTest::newRow("beacon") << happened({{u"type"_s, u"beacon"_s}}) << false;
        QTest::newRow("suspended") << happened({{u"type"_s, u"botSuspended"_s}}) << false;
    }
    void whatIsUnknownIsVisibleWhatIsBesideIsNot()
    {
        QFETCH(QJsonObject, what);
        QFETCH(bool, isShown);
        const auto delivery = deliveryOf(callOf({what}));
        QVERIFY(delivery);
        QCOMPARE(delivery->items.size(), size_t(isShown ? 1 : 0));
        if (isShown) {
            QVERIFY(delivery->items[0].content.text.startsWith(u"[Unsupported message"_s));
            QVERIFY(!delivery->items[0].providerId.isEmpty());
        }
    }

    void hostileBodiesDoNoHarm_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<bool>("isCall");
        QTest::newRow("nothing") << QByteArray() << false;
        QTest::newRow("an array") << QByteArray("[]") << false;
        QTest::newRow("no events") << QByteArray("{}") << false;
        QTest::newRow("LINE asks whether we are there")
            << QByteArray(R"({"destination":"Ubot","events":[]})") << true;
        QTest::newRow("events of nulls") << QByteArray(R"({"events":[null,5,[],{}]})") << true;
        QTest::newRow("too deep") << QByteArray(5000, '[') << false;
    }
    void hostileBodiesDoNoHarm()
    {
        QFETCH(QByteArray, body);
        QTEST(bool(deliveryOf(body)), "isCall");
    }
};

QTEST_APPLESS_MAIN(tst_LineParser)
#include "tst_lineparser.moc"
