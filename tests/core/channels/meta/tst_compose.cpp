// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "core/channels/meta/comments.h"
#include "core/channels/meta/compose.h"
#include "core/channels/meta/directconnector.h"
#include "core/channels/meta/numbers.h"

#include <QJsonArray>
#include <QTest>

using namespace peerdesk;
using namespace peerdesk::channels;
using namespace peerdesk::channels::meta;
using namespace Qt::StringLiterals;

namespace {

Outgoing saying(const QString &text, const QJsonObject &rich = {})
{
    Outgoing outgoing;
    outgoing.message.id = randomId<MessageId>();
    outgoing.message.content.text = text;
    if (!rich.isEmpty())
        outgoing.message.content.rich = json::canonical(rich);
    outgoing.agentName = u"Thuy"_s;
    return outgoing;
}

QJsonArray options(int count, const QString &title = u"Option %1"_s)
{
    QJsonArray list;
    for (int i = 1; i <= count; ++i)
        list.append(QJsonObject{{u"id"_s, u"o%1"_s.arg(i)}, {u"title"_s, title.arg(i)}});
    return list;
}

std::vector<Part> parts(const Outgoing &outgoing, Product product = Product::Messenger)
{
    const Result<std::vector<Part>> out = partsOf(outgoing, product, directCapabilities(product));
    return out ? *out : std::vector<Part>();
}

} // namespace

class TestCompose : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    /// M36: the clock at 24 hours and at 7 days.
    void theWindowClosesSharp_data()
    {
        QTest::addColumn<qint64>("seconds");
        QTest::addColumn<int>("byPerson");
        QTest::addColumn<int>("byFlow");
        constexpr qint64 Day = 24 * 3600;
        const auto row = [](const char *name, qint64 seconds, Permission person, Permission flow) {
            QTest::newRow(name) << seconds << int(person) << int(flow);
        };
        using enum Permission;
        row("at once", 0, Plain, Plain);
        row("a second before 24 h", Day - 1, Plain, Plain);
        row("at 24 h", Day, Tagged, Closed);
        row("at 7 d", 7 * Day, Tagged, Closed);
        row("at 7 d + 1 s", 7 * Day + 1, Closed, Closed);
    }
    void theWindowClosesSharp()
    {
        QFETCH(qint64, seconds);
        QFETCH(int, byPerson);
        QFETCH(int, byFlow);
        const Time said{1'790'000'000'000};
        const Time now = said + Seconds(seconds);
        QCOMPARE(int(permissionAt(now, said, true)), byPerson);
        QCOMPARE(int(permissionAt(now, said, false)), byFlow);
        QCOMPARE(int(permissionAt(now, {}, true)), int(Permission::Closed));
    }

    void longTextsGoInPartsThatFit_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("onMessenger");
        QTest::newRow("short") << u"hello"_s << 1;
        QTest::newRow("at the limit") << QString(2'000, u'x') << 1;
        QTest::newRow("one more") << QString(2'001, u'x') << 2;
        QTest::newRow("emoji") << u"\U0001F36A"_s.repeated(1'500) << 2;
        QTest::newRow("three bytes each") << QString(1'900, QChar(0x4e2d)) << 1;
    }
    void longTextsGoInPartsThatFit()
    {
        QFETCH(QString, text);
        QFETCH(int, onMessenger);
        const std::vector<Part> messenger = parts(saying(text));
        QCOMPARE(int(messenger.size()), onMessenger);
        QString whole;
        for (const Part &part : messenger) {
            whole += part.text;
            QVERIFY(part.message.value(u"metadata"_s).toString().startsWith(u"peerdesk:"_s));
        }
        QCOMPARE(whole, text);
        whole.clear();
        for (const Part &part : parts(saying(text), Product::Instagram)) {
            QVERIFY(part.text.toUtf8().size() <= numbers::InstagramText);
            QVERIFY(!part.message.contains(u"metadata"_s));
            whole += part.text;
        }
        QCOMPARE(whole, text);
    }

    void tooMuchIsRefusedWhole()
    {
        QVERIFY(!partsOf(saying(QString(60'000, u'x')), Product::Messenger,
                         directCapabilities(Product::Messenger)));
        QVERIFY(!partsOf(saying({}), Product::Messenger, {}));
        for (const Product product : {Product::Messenger, Product::Instagram}) {
            // What the record says is what an agent is told while writing.
            const Capabilities can = directCapabilities(product);
            QVERIFY(partsOf(saying(QString(can.maxTextLength, u'x')), product, can));
            QVERIFY(!partsOf(saying(QString(can.maxTextLength + 1, u'x')), product, can));
        }
    }

    void choicesAreNativeWithinTheLimits_data()
    {
        QTest::addColumn<QJsonObject>("rich");
        QTest::addColumn<QString>("form");
        const auto rich = [](const QString &kind, const QJsonArray &list) {
            return QJsonObject{{u"kind"_s, kind}, {u"text"_s, u"Which?"_s}, {u"options"_s, list}};
        };
        QTest::newRow("13 quick replies") << rich(u"quick_replies"_s, options(13)) << u"quick"_s;
        QTest::newRow("14 quick replies") << rich(u"quick_replies"_s, options(14)) << u"text"_s;
        QTest::newRow("a long title")
            << rich(u"quick_replies"_s, options(2, u"A title of more than twenty %1"_s))
            << u"text"_s;
        QTest::newRow("3 buttons") << rich(u"buttons"_s, options(3)) << u"button"_s;
        QTest::newRow("4 buttons") << rich(u"buttons"_s, options(4)) << u"text"_s;
        QTest::newRow("10 to pick") << rich(u"list_picker"_s, options(10)) << u"generic"_s;
        QTest::newRow("11 to pick") << rich(u"list_picker"_s, options(11)) << u"text"_s;
        QTest::newRow("a form") << QJsonObject{{u"kind"_s, u"form"_s}, {u"text"_s, u"Which?"_s}}
                                << u"text"_s;
    }
    void choicesAreNativeWithinTheLimits()
    {
        QFETCH(QJsonObject, rich);
        QFETCH(QString, form);
        const std::vector<Part> out = parts(saying(u"Which?"_s, rich));
        QVERIFY(!out.empty());
        const QJsonObject last = out.back().message;
        const QString native =
            last.contains(u"quick_replies"_s)
                ? u"quick"_s
                : last.value(u"attachment"_s)[u"payload"_s][u"template_type"_s].toString(u"text"_s);
        QCOMPARE(native, form);
        int saidTwice = 0;
        for (const Part &part : out)
            saidTwice += part.message.value(u"text"_s).toString().contains(u"Which?"_s) ? 1 : 0;
        QVERIFY(saidTwice <= 1);
    }

    void onlyFlowsSendSlots()
    {
        const QJsonObject offered{
            {u"kind"_s, u"time_picker"_s},
            {u"text"_s, u"When?"_s},
            {u"time_zone"_s, u"UTC"_s},
            {u"slots"_s, QJsonArray{QJsonObject{{u"id"_s, u"s1"_s},
                                                {u"start"_s, u"2026-11-23T10:00:00Z"_s},
                                                {u"minutes"_s, 30}}}}};
        Outgoing outgoing = saying(u"When?"_s, offered);
        QVERIFY(!parts(outgoing).back().message.contains(u"attachment"_s));
        outgoing.agentName.clear();
        QVERIFY(parts(outgoing).back().message.contains(u"attachment"_s));
    }

    void filesAreForMessengerOnly()
    {
        Outgoing outgoing = saying(u"Here"_s);
        outgoing.message.content.attachments = {
            {"sha", u"offer.pdf"_s, u"application/pdf"_s, 4, {}, false}};
        outgoing.attachments = {{"sha", "%PDF"}};
        const std::vector<Part> out = parts(outgoing);
        QCOMPARE(out.size(), size_t(2));
        const vendor::ApiCall call = fileCall(
            sendCall(u"1"_s, {{u"id"_s, u"P"_s}}, Permission::Tagged, out[1]), out[1], "%PDF");
        QVERIFY(call.contentType.startsWith("multipart/form-data"));
        for (const char *field : {"name=\"recipient\"", "name=\"filedata\"; filename=\"offer.pdf\"",
                                  "HUMAN_AGENT", "%PDF", "\"type\":\"file\""})
            QVERIFY2(call.body.contains(field), field);
        const auto refused =
            partsOf(outgoing, Product::Instagram, directCapabilities(Product::Instagram));
        QVERIFY(!refused);
        QVERIFY(refused.error().detail.contains(u"public address"_s));
        outgoing.attachments.clear();
        QVERIFY(!partsOf(outgoing, Product::Messenger, directCapabilities(Product::Messenger)));
    }

    void commentsAreComparedByTheirText()
    {
        const Self self{Product::Messenger, u"PAGE"_s, u"Lanterns"_s};
        Comment comment;
        comment.id = comment.topId = u"1_2"_s;
        comment.authorId = u"U"_s;
        comment.text = u"Too dear"_s;
        comment.at = {1'790'000'000'000};
        CommentCursor cursor;
        const Time since{1'789'999'000'000};
        QCOMPARE(compare({comment}, self, since, cursor).items.size(), size_t(1));
        QCOMPARE(compare({comment}, self, since, cursor).items.size(), size_t(0));
        comment.text = u"Too cheap"_s;
        const CommentCursor again = CommentCursor::fromBytes(cursor.toBytes());
        QCOMPARE(again, cursor);
        const Parsed edited = compare({comment}, self, since, cursor);
        QCOMPARE(int(edited.items.at(0).kind), int(ItemKind::Edited));
        QCOMPARE(edited.items[0].receiptFor, u"1_2"_s);
        QCOMPARE(edited.items[0].content.text, u"Too cheap"_s);
        QCOMPARE(compare({comment}, self, since, cursor).items.size(), size_t(0));
    }

    void theMemoryOfTextsIsBounded()
    {
        const Self self{Product::Messenger, u"PAGE"_s, {}};
        std::vector<Comment> many;
        for (int i = 0; i < 1'000; ++i) {
            Comment comment;
            comment.id = comment.topId = u"1_%1"_s.arg(i);
            comment.authorId = u"U"_s;
            comment.at = {1'790'000'000'000 + i};
            many.push_back(comment);
        }
        CommentCursor cursor;
        QCOMPARE(compare(many, self, {}, cursor).items.size(), size_t(1'000));
        QCOMPARE(cursor.seen.size(), size_t(numbers::RememberedTexts));
        QVERIFY(cursor.seen.contains(u"1_999"_s));
        QVERIFY(cursor.toBytes().size() < 20'000);
    }

    void callsAboutCommentsMeanTheSameAsPolls()
    {
        const Self page{Product::Messenger, u"PAGE"_s, {}};
        const auto feed = [&](const QByteArray &verb, const QByteArray &text) {
            return parseCommentHook(
                       R"({"object":"page","entry":[{"id":"PAGE","changes":[{"field":"feed","value":{
                       "item":"comment","verb":")" +
                           verb +
                           R"(","comment_id":"9_1","post_id":"PAGE_9","parent_id":"PAGE_9",
                       "from":{"id":"U","name":"Ann"},"message":")" +
                           text + R"(","created_time":1790000000}}]}]})",
                       page)
                ->items.at(0);
        };
        const InboundItem added = feed("add", "Hi");
        QCOMPARE(added.providerId, u"9_1"_s);
        QCOMPARE(added.thread, u"9_1/U"_s);
        QCOMPARE(int(feed("edited", "Ho").kind), int(ItemKind::Edited));
        QCOMPARE(int(feed("remove", "").kind), int(ItemKind::Deleted));
        CommentCursor cursor;
        Comment same;
        same.id = same.topId = u"9_1"_s;
        same.authorId = u"U"_s;
        same.text = u"Hi"_s;
        same.at = {1'790'000'000'000};
        (void)compare({same}, page, {}, cursor);
        same.text = u"Ho"_s;
        QCOMPARE(compare({same}, page, {}, cursor).items.at(0).providerId,
                 feed("edited", "Ho").providerId);
    }
};

QTEST_APPLESS_MAIN(TestCompose)
#include "tst_compose.moc"
