// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "core/channels/slack/events.h"
#include "core/channels/slack/text.h"

#include <QElapsedTimer>
#include <QJsonDocument>
#include <QTest>

using namespace peerdesk;
using namespace peerdesk::channels;
using namespace peerdesk::channels::slack;
using namespace Qt::StringLiterals;

namespace {

QJsonObject object(const QByteArray &text)
{
    return QJsonDocument::fromJson(text).object();
}

Context context(bool onlyOthers = false)
{
    return {u"U0BOT"_s, u"B0BOT"_s, u"T1"_s, onlyOthers};
}

Event read(const QByteArray &text, const Context &known = context())
{
    return parse(u"events_api"_s, {{u"event"_s, object(text)}}, known);
}

/// The vendor's own example of a message, in a direct channel, and more members.
QByteArray sample(const QByteArray &more = {}, const QByteArray &channel = "D024BE91L")
{
    return R"({"type":"message","channel":")" + channel +
           R"(","user":"U2147483697","text":"Hello hello can you hear me?","ts":"1355517523.000005")" +
           more + "}";
}

} // namespace

class tst_SlackEvents : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aDirectMessageIsTaken()
    {
        const Event out = read(sample());
        QCOMPARE(out.items.size(), 1u);
        const InboundItem &item = out.items.front();
        QCOMPARE(item.providerId, u"D024BE91L:1355517523.000005"_s);
        QCOMPARE(item.thread, u"D024BE91L"_s);
        QCOMPARE(item.sender.kind, u"slack"_s);
        QCOMPARE(item.sender.scope, u"T1"_s);
        QCOMPARE(item.sender.value, u"U2147483697"_s);
        QCOMPARE(item.content.text, u"Hello hello can you hear me?"_s);
        QCOMPARE(item.providerTime.ms, 1355517523000);
        QCOMPARE(out.newest, u"1355517523.000005"_s);
    }

    /// M53: a thread is a conversation.
    void channelsAreThreads_data()
    {
        QTest::addColumn<QByteArray>("more");
        QTest::addColumn<QString>("thread");
        QTest::newRow("begins one") << QByteArray() << u"C1/1355517523.000005"_s;
        QTest::newRow("goes on") << QByteArray(R"(,"thread_ts":"1355517000.000001")")
                                 << u"C1/1355517000.000001"_s;
        QTest::newRow("seen by all too")
            << QByteArray(R"(,"subtype":"thread_broadcast","thread_ts":"1355517000.000001")")
            << u"C1/1355517000.000001"_s;
    }
    void channelsAreThreads()
    {
        QFETCH(const QByteArray, more);
        QTEST(read(sample(more, "C1")).items.front().thread, "thread");
        QCOMPARE(placeFrom(u"C1/1.2"_s), (Place{u"C1"_s, u"1.2"_s}));
    }

    void ownMessagesAreSkippedOthersBotsAreNotAnswered()
    {
        QVERIFY(read(sample(R"(,"bot_id":"B0BOT")")).items.empty());
        const Event other = read(sample(R"(,"subtype":"bot_message","bot_id":"B7")"));
        QVERIFY(other.items.front().isAutomatic);
    }

    void colleaguesAreOutsideWhereOnlyOthersAreCustomers()
    {
        const QByteArray own = sample(R"(,"team":"T1")", "C1");
        const QByteArray other = sample(R"(,"team":"T1","user_team":"T9")", "C1");
        QVERIFY(!read(own).items.front().isAutomatic);
        const InboundItem colleague = read(own, context(true)).items.front();
        QVERIFY(colleague.isAutomatic);
        QVERIFY(json::object(colleague.headers)["outside"_L1].toBool());
        QVERIFY(!read(other, context(true)).items.front().isAutomatic);
    }

    void whatIsSaidIsReadable_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("readableText");
        QTest::newRow("escaped") << u"1 &lt; 2 &amp;&amp; 3 &gt; 2 &amp;lt;"_s
                                 << u"1 < 2 && 3 > 2 &lt;"_s;
        QTest::newRow("link") << u"see <https://x.example|the page>"_s
                              << u"see the page (https://x.example)"_s;
        QTest::newRow("bare link") << u"<https://x.example>"_s << u"https://x.example"_s;
        QTest::newRow("mail") << u"<mailto:a@b.example|a@b.example>"_s << u"a@b.example"_s;
        QTest::newRow("mention") << u"<@U7> and <#C1|general> <!here>"_s
                                 << u"@U7 and #general @here"_s;
        QTest::newRow("date") << u"<!date^1392734382^{date}|tomorrow>"_s << u"tomorrow"_s;
        QTest::newRow("never closed") << u"a <b"_s << u"a <b"_s;
        QTest::newRow("empty") << u"<>"_s << QString();
    }
    void whatIsSaidIsReadable()
    {
        QFETCH(const QString, text);
        QTEST(readable(text), "readableText");
    }

    void whatWeSayIsOnlyText()
    {
        QCOMPARE(escaped(u"<!channel> & co"_s), u"&lt;!channel&gt; &amp; co"_s);
        QCOMPARE(readable(escaped(u"<@U1> &amp; \"x\""_s)), u"<@U1> &amp; \"x\""_s);
        QCOMPARE(toMarkup(u"**b** _i_ ~~s~~ `c` [l](https://x.example) <!here>"_s),
                 u"*b* _i_ ~s~ `c` <https://x.example|l> &lt;!here&gt;"_s);
    }

    void housekeepingIsNothingTheUnknownIsVisible()
    {
        QVERIFY(read(sample(R"(,"subtype":"channel_join")", "C1")).items.empty());
        const Event unknown = read(sample(R"(,"subtype":"hologram")"));
        QCOMPARE(unknown.items.front().content.text, u"[Unsupported message: hologram]"_s);
    }

    /// M53: what is edited there is edited here.
    void editsAndDeletionsAreAboutAMessage()
    {
        const QByteArray edit = R"({"type":"message","subtype":"message_changed","channel":"D1",
            "ts":"1358878755.000001","message":{"type":"message","user":"U7","text":"new",
            "ts":"1355517523.000005","edited":{"user":"U7","ts":"1358878755.000001"}},
            "previous_message":{"text":"old"}})";
        QCOMPARE(read(edit).items.front().kind, ItemKind::Edited);
        QCOMPARE(read(edit).items.front().receiptFor, u"D1:1355517523.000005"_s);
        QByteArray preview = edit;
        QVERIFY(read(preview.replace("\"old\"", "\"new\"")).items.empty()); // of a link
        const Event gone = read(R"({"type":"message","subtype":"message_deleted","channel":"D1",
            "ts":"1358878755.000001","deleted_ts":"1355517523.000005","previous_message":{"user":"U7"}})");
        QCOMPARE(gone.items.front().kind, ItemKind::Deleted);
        QCOMPARE(gone.items.front().receiptFor, u"D1:1355517523.000005"_s);
    }

    void reactionsAreEventsOnAMessage()
    {
        const QByteArray added =
            R"({"type":"reaction_added","user":"U024BE7LH","reaction":"thumbsup",
            "item_user":"U0G9QF9C6","item":{"type":"message","channel":"C0G9QF9GZ",
            "ts":"1360782400.498405"},"event_ts":"1360782804.083113"})";
        QCOMPARE(read(added).items.front().content.text, u"👍"_s);
        QCOMPARE(read(added).items.front().receiptFor, u"C0G9QF9GZ:1360782400.498405"_s);
        QByteArray removed = added;
        QVERIFY(read(removed.replace("_added", "_removed")).items.front().content.text.isEmpty());
    }

    void filesAreFetchedOrNamed()
    {
        const Event out = read(sample(R"(,"subtype":"file_share","files":[
            {"id":"F1","name":"a.pdf","size":5,"url_private":"p","url_private_download":"d"},
            {"id":"F2","name":"b.pdf","file_access":"check_file_info"},
            {"id":"F3","name":"c","is_external":true,"url_private":"elsewhere"},
            {"id":"F4","name":"d","mode":"tombstone"},
            {"id":"F5","name":"e","size":10000000000,"url_private":"p"}])"));
        QCOMPARE(out.files.size(), 2u);
        QCOMPARE(out.files[0].where, u"d"_s);
        QCOMPARE(out.files[1].kind, u"info"_s);
        const QString text = out.items.front().content.text;
        QVERIFY(text.contains(u"elsewhere"_s) && text.contains(u"deleted"_s) &&
                text.contains(u"50 MB"_s));
    }

    void answersAreStructured_data()
    {
        QTest::addColumn<QByteArray>("action");
        QTest::addColumn<QByteArray>("rich");
        QTest::newRow("button") << QByteArray(
                                       R"({"action_id":"o:1","value":"red","text":{"text":"Red"}})")
                                << QByteArray(R"({"kind":"answer","payload":"red","title":"Red"})");
        QTest::newRow("list")
            << QByteArray(
                   R"({"action_id":"s","selected_option":{"value":"b","text":{"text":"Big"}}})")
            << QByteArray(R"({"kind":"answer","payload":"b","title":"Big"})");
        QTest::newRow("choosing goes on") << QByteArray(R"({"action_id":"ms"})") << QByteArray();
        QTest::newRow("several")
            << QByteArray(R"({"action_id":"done"})")
            << QByteArray(R"({"kind":"answer","options":["a","b"],"payload":"","title":"A, B"})");
        QTest::newRow("a link was opened") << QByteArray(R"({"action_id":"u:1"})") << QByteArray();
    }
    void answersAreStructured()
    {
        QFETCH(const QByteArray, action);
        QFETCH(const QByteArray, rich);
        QJsonObject payload = object(R"({"type":"block_actions","user":{"id":"U7","name":"bo"},
            "channel":{"id":"D1"},"message":{"ts":"1355517523.000005"},"state":{"values":{"x":{"ms":{
            "selected_options":[{"value":"a","text":{"text":"A"}},{"value":"b","text":{"text":"B"}}]}}}}})");
        payload.insert(u"actions"_s, QJsonArray{object(action)});
        const Event out = parse(u"interactive"_s, payload, context());
        QCOMPARE(out.items.empty(), rich.isEmpty());
        if (!rich.isEmpty()) {
            QCOMPARE(out.items.front().content.rich.text, rich);
            QCOMPARE(out.items.front().threadHints.front(), u"D1:1355517523.000005"_s);
        }
    }

    void aFormComesBackWithItsValues()
    {
        const Event out = parse(u"interactive"_s, object(R"({"type":"view_submission",
            "user":{"id":"U7"},"view":{"id":"V1",
            "private_metadata":"{\u0022thread\u0022:\u0022D1\u0022,\u0022message\u0022:\u0022D1:5\u0022}","state":{"values":{
            "field:name":{"v":{"type":"plain_text_input","value":"Ada"}},
            "field:day":{"v":{"type":"datepicker","selected_date":"2026-11-23"}},
            "field:ok":{"v":{"type":"checkboxes","selected_options":[{"value":"true"}]}},
            "other":{"v":{"value":"x"}}}}}})"),
                                context());
        const QJsonObject values =
            json::object(out.items.front().content.rich)["values"_L1].toObject();
        QCOMPARE(values["name"_L1].toString(), u"Ada"_s);
        QCOMPARE(values["day"_L1].toString(), u"2026-11-23"_s);
        QVERIFY(values["ok"_L1].toBool());
        QVERIFY(!values.contains(u"other"_s));
        QCOMPARE(out.items.front().threadHints.front(), u"D1:5"_s);
    }

    void whatIsBrokenIsNothing_data()
    {
        QTest::addColumn<QString>("type");
        QTest::addColumn<QByteArray>("payload");
        QTest::newRow("empty") << u"events_api"_s << QByteArray("{}");
        QTest::newRow("no channel")
            << u"events_api"_s
            << QByteArray(R"({"event":{"type":"message","ts":"1355517523.000005"}})");
        QTest::newRow("path in the channel")
            << u"events_api"_s
            << QByteArray(
                   R"({"event":{"type":"message","channel":"D1/..","ts":"1355517523.000005"}})");
        QTest::newRow("ts is a number")
            << u"events_api"_s
            << QByteArray(R"({"event":{"type":"message","channel":"D1","ts":5}})");
        QTest::newRow("action without actions")
            << u"interactive"_s << QByteArray(R"({"type":"block_actions","actions":[]})");
        QTest::newRow("form of another thread")
            << u"interactive"_s
            << QByteArray(
                   R"({"type":"view_submission","user":{"id":"U7"},"view":{"private_metadata":"x"}})");
        QTest::newRow("unknown envelope") << u"moon"_s << QByteArray("{}");
    }
    void whatIsBrokenIsNothing()
    {
        QFETCH(const QString, type);
        QFETCH(const QByteArray, payload);
        const Event out = parse(type, object(payload), context());
        QVERIFY(out.items.empty() && out.files.empty() && !out.form);
    }

    void theCursorForgetsTheLongestQuiet()
    {
        Cursor cursor;
        for (int i = 0; i < 300; ++i)
            remember(cursor, u"C%1"_s.arg(i), {}, u"17900%1.000001"_s.arg(i, 5, 10, QChar(u'0')));
        QCOMPARE(cursor.channels.size(), 200u);
        QVERIFY(!cursor.channels.contains(u"C0"_s));
        QCOMPARE(cursorFrom(toBytes(cursor)), cursor);
        remember(cursor, u"C299"_s, u"1790000000.000001"_s, u"1790000399.000001"_s);
        QCOMPARE(cursor.channels[u"C299"_s], u"1790000299.000001"_s); // a reply is no history
        QCOMPARE(cursor.threads[u"C299/1790000000.000001"_s], u"1790000399.000001"_s);
    }

    void fiveThousandASecondAndMore()
    {
        const QJsonObject payload{{u"event"_s, object(sample())}};
        const Context known = context();
        QElapsedTimer timer;
        timer.start();
        for (int i = 0; i < 1000; ++i)
            QCOMPARE(parse(u"events_api"_s, payload, known).items.size(), 1u);
        qInfo("%lld items a second", 1000000000000LL / std::max<qint64>(1, timer.nsecsElapsed()));
    }
};

QTEST_GUILESS_MAIN(tst_SlackEvents)
#include "tst_slackevents.moc"
