// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "core/channels/line/linerequests.h"
#include "core/channels/line/numbers.h"

#include <QTest>

using namespace peerdesk;
using namespace peerdesk::channels;
using namespace peerdesk::channels::line;
using namespace Qt::StringLiterals;

namespace {

constexpr Time Now{1'790'000'000'000};

Outgoing outgoing(const QString &text)
{
    Outgoing out;
    out.message.id = randomId<MessageId>();
    out.message.content.text = text;
    out.message.createdAt = Now;
    out.address.kind = u"line"_s;
    out.address.value = u"U1"_s;
    out.lastInboundAt = Now - Seconds(10);
    out.answered = Message{};
    out.answered->id = randomId<MessageId>();
    out.answered->providerTime = Now - Seconds(10);
    out.answered->headers =
        json::canonical({{u"reply_token"_s, u"r1"_s}, {u"quote_token"_s, u"q1"_s}});
    return out;
}

QJsonObject choice(const QString &kind, int count, const QString &title = u"Day"_s)
{
    QJsonArray options;
    for (int i = 1; i <= count; ++i)
        options.append(QJsonObject{{u"id"_s, QString::number(i)},
                                   {u"title"_s, title + u' ' + QString::number(i)}});
    return {{u"kind"_s, kind}, {u"text"_s, u"Which day?"_s}, {u"options"_s, options}};
}

} // namespace

class tst_LineRequests : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aTokenCountsWhileItLives_data()
    {
        QTest::addColumn<int>("ageSeconds");
        QTest::addColumn<bool>("isUsed");
        QTest::newRow("at once") << 0 << true;
        QTest::newRow("at the edge") << 55 << true;
        QTest::newRow("behind it") << 56 << false;
        QTest::newRow("an hour") << 3600 << false;
    }
    void aTokenCountsWhileItLives()
    {
        QFETCH(int, ageSeconds);
        Outgoing out = outgoing(u"Hello"_s);
        out.answered->providerTime = Now - Seconds(ageSeconds);
        QTEST(!replyTokenOf(out).isEmpty(), "isUsed");
        out.answered.reset();
        QVERIFY(replyTokenOf(out).isEmpty());
    }

    void aMessageSentLaterDoesNotUseTheToken()
    {
        Outgoing out = outgoing(u"Hello"_s);
        out.message.sendAt = Now + std::chrono::hours(3);
        QVERIFY(replyTokenOf(out).isEmpty());
    }

    void theRetryKeyIsTheSameForEveryAttempt()
    {
        const auto id = randomId<MessageId>();
        QCOMPARE(retryKey(id, 0), retryKey(id, 0));
        QVERIFY(retryKey(id, 0) != retryKey(id, 1));
        QVERIFY(retryKey(id, 0) != retryKey(randomId<MessageId>(), 0));
        QVERIFY(!QUuid::fromString(retryKey(id, 0)).isNull());
    }

    void whatCannotGoIsRefusedWithItsReason() // M47
    {
        Outgoing out = outgoing(u"Hello"_s);
        out.message.content.attachments.push_back({"a", u"a.pdf"_s, {}, 1, {}, false});
        auto refused = messagesOf(out);
        QVERIFY(!refused);
        QVERIFY(refused.error().detail.contains(u"public address"_s));
        out = outgoing(u"Hello"_s);
        out.lastInboundAt = {};
        refused = messagesOf(out);
        QVERIFY(!refused);
        QVERIFY(refused.error().detail.contains(u"write first"_s));
        QVERIFY(!messagesOf(outgoing(u" \n"_s)));
        out = outgoing(u"Hello"_s);
        out.address.kind = u"email"_s;
        QVERIFY(!messagesOf(out));
    }

    void longTextsAreCutAndAnswersQuote()
    {
        const auto parts = messagesOf(outgoing(QString(12'000, u'x')));
        QCOMPARE(parts->size(), size_t(3));
        Outgoing out = outgoing(u"Yes"_s);
        out.message.replyTo = out.answered->id;
        QCOMPARE(messagesOf(out)->front().value(u"quoteToken"_s).toString(), u"q1"_s);
        out.message.replyTo = randomId<MessageId>();
        QVERIFY(!messagesOf(out)->front().contains(u"quoteToken"_s));
    }

    void aGroupIsWrittenToAsAWhole()
    {
        Outgoing out = outgoing(u"Hello"_s);
        QCOMPARE(chatOf(out), u"U1"_s);
        out.conversation.thread = u"C1"_s;
        QCOMPARE(chatOf(out), u"C1"_s);
    }

    void choicesAreNativeWhereTheyFit_data() // M63
    {
        QTest::addColumn<QJsonObject>("rich");
        QTest::addColumn<QString>("last"); // type of the last message; empty = becomes text
        QTest::addColumn<int>("quickReplies");
        QTest::newRow("13 quick replies") << choice(u"quick_replies"_s, 13) << u"text"_s << 13;
        QTest::newRow("14 quick replies") << choice(u"quick_replies"_s, 14) << QString() << 0;
        QTest::newRow("4 buttons") << choice(u"buttons"_s, 4) << u"template"_s << 0;
        QTest::newRow("5 buttons") << choice(u"buttons"_s, 5) << u"text"_s << 5;
        QTest::newRow("a list of 10") << choice(u"list_picker"_s, 10) << u"template"_s << 0;
        QTest::newRow("a list of 11") << choice(u"list_picker"_s, 11) << u"text"_s << 11;
        QTest::newRow("a list of 14") << choice(u"list_picker"_s, 14) << QString() << 0;
        QTest::newRow("long titles")
            << choice(u"list_picker"_s, 2, QString(60, u'x')) << u"text"_s << 2;
        QTest::newRow("form") << QJsonObject{{u"kind"_s, u"form"_s}} << QString() << 0;
        QTest::newRow("a place") << QJsonObject{{u"kind"_s, u"location"_s},
                                                {u"latitude"_s, 1.5},
                                                {u"longitude"_s, 2.5}}
                                 << u"location"_s << 0;
        QTest::newRow("a link") << QJsonObject{{u"kind"_s, u"rich_link"_s},
                                               {u"title"_s, u"Offer"_s},
                                               {u"url"_s, u"https://x.example"_s}}
                                << u"template"_s << 0;
        QTest::newRow("a link with a long text") << QJsonObject{{u"kind"_s, u"rich_link"_s},
                                                                {u"text"_s, QString(61, u'x')},
                                                                {u"url"_s, u"https://x.example"_s}}
                                                 << QString() << 0;
        const auto card = [](int buttons, const QString &picture) {
            QJsonArray options;
            for (int i = 0; i < buttons; ++i)
                options.append(QJsonObject{{u"id"_s, QString::number(i)}, {u"title"_s, u"Buy"_s}});
            return QJsonObject{{u"title"_s, u"Lamp"_s},
                               {u"text"_s, u"red"_s},
                               {u"image_url"_s, picture},
                               {u"options"_s, options}};
        };
        const auto carousel = [](const QJsonArray &cards) {
            return QJsonObject{{u"kind"_s, u"carousel"_s}, {u"cards"_s, cards}};
        };
        const QString picture = u"https://x.example/a.jpg"_s;
        QTest::newRow("carousel") << carousel({card(2, picture), card(2, picture)}) << u"template"_s
                                  << 0;
        QTest::newRow("carousel, one without a picture")
            << carousel({card(2, picture), card(2, {})}) << QString() << 0;
        QTest::newRow("carousel, other numbers of buttons")
            << carousel({card(2, {}), card(1, {})}) << QString() << 0;
        QTest::newRow("carousel without buttons") << carousel({card(0, {})}) << QString() << 0;
    }
    void choicesAreNativeWhereTheyFit()
    {
        QFETCH(QJsonObject, rich);
        QFETCH(QString, last);
        QFETCH(int, quickReplies);
        const std::vector<QJsonObject> messages = richMessages(rich);
        QCOMPARE(messages.empty(), last.isEmpty());
        if (messages.empty())
            return;
        QCOMPARE(messages.back().value(u"type"_s).toString(), last);
        QCOMPARE(messages.back().value(u"quickReply"_s)[u"items"].toArray().size(), quickReplies);
    }

    void timesAreOfferedAndAnotherOneCanBePicked()
    {
        const QJsonObject slot{{u"id"_s, u"a"_s}, {u"start"_s, u"2026-11-23T09:00:00Z"_s}};
        const std::vector<QJsonObject> messages = richMessages({{u"kind"_s, u"time_picker"_s},
                                                                {u"text"_s, u"When?"_s},
                                                                {u"time_zone"_s, u"Asia/Tokyo"_s},
                                                                {u"slots"_s, QJsonArray{slot}}});
        QCOMPARE(messages.size(), size_t(1));
        const QJsonValue items = messages[0].value(u"quickReply"_s)[u"items"];
        QCOMPARE(items[0][u"action"][u"label"].toString(), u"Mon 23 Nov 18:00"_s);
        QCOMPARE(items[0][u"action"][u"data"].toString(), u"a"_s);
        QCOMPARE(items[1][u"action"][u"type"].toString(), u"datetimepicker"_s);
        QCOMPARE(items[1][u"action"][u"initial"].toString(), u"2026-11-23T18:00"_s);
    }

    void whatDoesNotFitIsNumberedText() // M64
    {
        Outgoing out = outgoing({});
        out.message.content.rich = json::canonical(choice(u"quick_replies"_s, 14));
        const auto messages = messagesOf(out);
        QCOMPARE(messages->size(), size_t(1));
        QVERIFY(messages->front().value(u"text"_s).toString().contains(u"\n14. Day 14"_s));
    }
};

QTEST_APPLESS_MAIN(tst_LineRequests)
#include "tst_linerequests.moc"
