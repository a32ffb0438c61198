// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "core/channels/discord/events.h"

#include <QElapsedTimer>
#include <QJsonDocument>
#include <QTest>

using namespace peerdesk;
using namespace peerdesk::channels;
using namespace peerdesk::channels::discord;
using namespace Qt::StringLiterals;

namespace {

QJsonObject object(const QByteArray &text)
{
    return QJsonDocument::fromJson(text).object();
}

Context context()
{
    Context known;
    known.bot = u"99"_s;
    known.tag = u"s.1"_s;
    return known;
}

/// The vendor's own example of a message, with the members that an event has.
QJsonObject sample(const QByteArray &extra)
{
    return object(R"({"id":"334385199974967042","channel_id":"290926798999357250","type":0,
        "content":"Supa Hot","author":{"username":"Mason","discriminator":"9999",
        "id":"53908099506183680","avatar":"a_bab14f271d565501444b2ca3be944b25"},
        "attachments":[],"embeds":[],"mentions":[],"mention_roles":[],"pinned":false,
        "mention_everyone":false,"tts":false,"timestamp":"2017-07-11T17:27:07.299000+00:00",
        "edited_timestamp":null)" +
                  extra + "}");
}

} // namespace

class tst_Events : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    /// M60: a direct message is a conversation.
    void aDirectMessageIsTaken()
    {
        const Event event = parse(u"MESSAGE_CREATE"_s, sample({}), context());
        QCOMPARE(event.items.size(), 1u);
        const InboundItem &item = event.items.front();
        QCOMPARE(item.providerId, u"334385199974967042"_s);
        QCOMPARE(item.thread, u"290926798999357250"_s);
        QCOMPARE(item.sender.value, u"53908099506183680"_s);
        QCOMPARE(item.sender.kind, u"discord"_s);
        QCOMPARE(item.senderName, u"Mason"_s);
        QCOMPARE(item.content.text, u"Supa Hot"_s);
        QCOMPARE(item.providerTime.toString(), u"2017-07-11T17:27:07.299Z"_s); // out of the id
        QCOMPARE(event.newest, item.providerId);
    }

    /// M60: so is who calls the bot in a channel.
    void inServersOnlyWhatIsForTheBotIsTaken_data()
    {
        QTest::addColumn<QByteArray>("extra");
        QTest::addColumn<bool>("isTaken");
        QTest::addColumn<QString>("thread");
        const QString own = u"290926798999357250/53908099506183680"_s;
        QTest::newRow("talk of others") << QByteArray(R"(,"guild_id":"1")") << false << QString();
        QTest::newRow("mention") << QByteArray(R"(,"guild_id":"1","mentions":[{"id":"99"}])")
                                 << true << own;
        QTest::newRow("answer to the bot")
            << QByteArray(R"(,"guild_id":"1","referenced_message":{"id":"5","author":{"id":"99"}})")
            << true << own;
        QTest::newRow("mention in a thread")
            << QByteArray(R"(,"guild_id":"1","channel_type":11,"mentions":[{"id":"99"}])") << true
            << u"290926798999357250"_s;
        QTest::newRow("talk in a thread")
            << QByteArray(R"(,"guild_id":"1","channel_type":11)") << false << QString();
    }
    void inServersOnlyWhatIsForTheBotIsTaken()
    {
        QFETCH(const QByteArray, extra);
        QFETCH(const bool, isTaken);
        const Event event = parse(u"MESSAGE_CREATE"_s, sample(extra), context());
        QCOMPARE(!event.items.empty(), isTaken);
        if (isTaken)
            QTEST(event.items.front().thread, "thread");
    }

    /// M60: and a thread in which the bot is.
    void aThreadWithTheBotIsTakenWhole()
    {
        Context known = context();
        known.threads.insert(u"290926798999357250"_s);
        QVERIFY(!parse(u"MESSAGE_CREATE"_s, sample(R"(,"guild_id":"1")"), known).items.empty());
    }

    void threadsAreJoinedAndLeft()
    {
        const Event list = parse(u"GUILD_CREATE"_s, object(R"({"threads":[
            {"id":"5","member":{"id":"5"}},{"id":"6"}]})"),
                                 context());
        QCOMPARE(list.joined, std::vector<QString>{u"5"_s});
        const Event gone =
            parse(u"THREAD_MEMBERS_UPDATE"_s,
                  object(R"({"id":"5","removed_member_ids":["99","4"]})"), context());
        QCOMPARE(gone.left, std::vector<QString>{u"5"_s});
    }

    void theCallToTheBotIsNoPartOfTheText()
    {
        QJsonObject message = sample(R"(,"guild_id":"1")");
        message.insert(u"content"_s, u"<@99> ask <@7> about <:blob:123>"_s);
        message.insert(u"mentions"_s,
                       QJsonArray{QJsonObject{{u"id"_s, u"99"_s}},
                                  QJsonObject{{u"id"_s, u"7"_s}, {u"global_name"_s, u"Bo"_s}}});
        const Event event = parse(u"MESSAGE_CREATE"_s, message, context());
        QCOMPARE(event.items.front().content.text, u"ask @Bo about :blob:"_s);
    }

    void ownMessagesAreSkippedOthersBotsAreNotAnswered()
    {
        QJsonObject own = sample({});
        own.insert(u"author"_s, QJsonObject{{u"id"_s, u"99"_s}, {u"bot"_s, true}});
        QVERIFY(parse(u"MESSAGE_CREATE"_s, own, context()).isEmpty());
        QJsonObject other = sample({});
        other.insert(u"author"_s, QJsonObject{{u"id"_s, u"7"_s}, {u"bot"_s, true}});
        QVERIFY(parse(u"MESSAGE_CREATE"_s, other, context()).items.front().isAutomatic);
    }

    void contentIsReadableOrNamed_data()
    {
        QTest::addColumn<QByteArray>("extra");
        QTest::addColumn<QString>("contains");
        QTest::newRow("sticker") << QByteArray(R"(,"content":"","sticker_items":[{"name":"Wave"}])")
                                 << u"[Sticker: Wave]"_s;
        QTest::newRow("poll") << QByteArray(R"(,"content":"","poll":{"question":{"text":"Tea?"},
            "answers":[{"poll_media":{"text":"yes"}}]})")
                              << u"Poll: Tea?\n• yes"_s;
        QTest::newRow("forwarded")
            << QByteArray(
                   R"(,"content":"","message_snapshots":[{"message":{"content":"old news"}}])")
            << u"old news"_s;
        QTest::newRow("unknown type")
            << QByteArray(R"(,"type":77)") << u"[Unsupported message: Discord 77]"_s;
        QTest::newRow("no content") << QByteArray(R"(,"content":"")") << u"[Unsupported message"_s;
        QTest::newRow("file of 10 GB")
            << QByteArray(R"(,"attachments":[{"filename":"a.bin","size":10000000000,"url":"x"}])")
            << u"[File a.bin: it is larger than 50 MB]"_s;
    }
    void contentIsReadableOrNamed()
    {
        QFETCH(const QByteArray, extra);
        QFETCH(const QString, contains);
        QJsonObject message = sample({});
        const QJsonObject more = object("{" + extra.mid(1) + "}");
        for (auto it = more.begin(); it != more.end(); ++it)
            message.insert(it.key(), it.value());
        const Event event = parse(u"MESSAGE_CREATE"_s, message, context());
        QVERIFY2(event.items.front().content.text.contains(contains),
                 qPrintable(event.items.front().content.text));
    }

    void previewsOfLinksAreNoEdits()
    {
        QVERIFY(parse(u"MESSAGE_UPDATE"_s, sample({}), context()).isEmpty());
        QJsonObject edit = sample({});
        edit.insert(u"edited_timestamp"_s, u"2017-07-11T17:30:00.000000+00:00"_s);
        edit.insert(u"content"_s, u"new"_s);
        const Event event = parse(u"MESSAGE_UPDATE"_s, edit, context());
        QCOMPARE(event.items.front().kind, ItemKind::Edited);
        QCOMPARE(event.items.front().receiptFor, u"334385199974967042"_s);
        QCOMPARE(event.items.front().content.text, u"new"_s);
        QVERIFY(event.items.front().providerId != event.items.front().receiptFor);
    }

    void deletionsCountWhereWeHaveAConversation()
    {
        const QJsonObject direct = object(R"({"id":"5","channel_id":"7"})");
        QCOMPARE(parse(u"MESSAGE_DELETE"_s, direct, context()).items.front().kind,
                 ItemKind::Deleted);
        const QJsonObject server = object(R"({"ids":["5","6"],"channel_id":"7","guild_id":"1"})");
        QVERIFY(parse(u"MESSAGE_DELETE_BULK"_s, server, context()).isEmpty());
        Context known = context();
        known.channels[u"7"_s] = {Place::Thread, u"1"_s};
        QCOMPARE(parse(u"MESSAGE_DELETE_BULK"_s, server, known).items.size(), 2u);
    }

    void reactionsAreEventsOnAMessage()
    {
        const QJsonObject reaction = object(R"({"user_id":"5","channel_id":"7","message_id":"9",
            "emoji":{"id":null,"name":"🔥"}})");
        const Event set = parse(u"MESSAGE_REACTION_ADD"_s, reaction, context());
        QCOMPARE(set.items.front().content.text, u"🔥"_s);
        QCOMPARE(set.items.front().receiptFor, u"9"_s);
        const Event back = parse(u"MESSAGE_REACTION_REMOVE"_s, reaction, context());
        QVERIFY(back.items.front().content.text.isEmpty());
    }

    void answersAreStructured_data()
    {
        QTest::addColumn<QByteArray>("data");
        QTest::addColumn<int>("type");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QByteArray>("rich");
        QTest::newRow("button") << QByteArray(R"({"custom_id":"o:red","component_type":2})") << 3
                                << u"Red"_s
                                << QByteArray(R"({"kind":"answer","payload":"red","title":"Red"})");
        QTest::newRow("one of a list")
            << QByteArray(R"({"custom_id":"s","component_type":3,"values":["b"]})") << 3 << u"Big"_s
            << QByteArray(R"({"kind":"answer","payload":"b","title":"Big"})");
        QTest::newRow("several of a list")
            << QByteArray(R"({"custom_id":"s","component_type":3,"values":["b","c"]})") << 3
            << u"Big, c"_s
            << QByteArray(R"({"kind":"answer","options":["b","c"],"payload":"","title":"Big, c"})");
        QTest::newRow("form") << QByteArray(
                                     R"({"custom_id":"m:44","components":[{"type":1,"components":[
                {"custom_id":"name","value":"Ada"}]}]})")
                              << 5 << u"name: Ada"_s
                              << QByteArray(R"({"kind":"answer","values":{"name":"Ada"}})");
        QTest::newRow("command") << QByteArray(
                                        R"({"name":"order","options":[{"name":"n","value":7}]})")
                                 << 2 << u"/order 7"_s << QByteArray();
    }
    void answersAreStructured()
    {
        QFETCH(const QByteArray, data);
        QFETCH(const int, type);
        QFETCH(const QByteArray, rich);
        QJsonObject interaction = object(R"({"id":"8","token":"t","channel_id":"7",
            "user":{"id":"5","username":"bo"},"message":{"id":"44","components":[{"components":[
            {"custom_id":"o:red","label":"Red"},{"custom_id":"s","options":[
            {"value":"b","label":"Big"}]}]}]}})");
        interaction.insert(u"type"_s, type);
        interaction.insert(u"data"_s, object(data));
        const Event event = parse(u"INTERACTION_CREATE"_s, interaction, context());
        QCOMPARE(event.items.size(), 1u);
        QTEST(event.items.front().content.text, "text");
        QCOMPARE(event.items.front().content.rich.text, rich);
        QCOMPARE(event.items.front().threadHints, std::vector<QString>{u"44"_s});
        QCOMPARE(event.interaction->token, u"t"_s);
    }

    void theButtonOfAFormOpensIt()
    {
        const Event event = parse(u"INTERACTION_CREATE"_s, object(R"({"id":"8","token":"t",
            "type":3,"channel_id":"7","user":{"id":"5"},"message":{"id":"44"},
            "data":{"custom_id":"f"}})"),
                                  context());
        QVERIFY(event.items.empty());
        QVERIFY(event.interaction->opensForm);
    }

    void whatIsBrokenIsNothing_data()
    {
        QTest::addColumn<QString>("event");
        QTest::addColumn<QByteArray>("data");
        QTest::newRow("empty") << u"MESSAGE_CREATE"_s << QByteArray("{}");
        QTest::newRow("id is a number")
            << u"MESSAGE_CREATE"_s << QByteArray(R"({"id":5,"channel_id":"7"})");
        QTest::newRow("path in the channel")
            << u"MESSAGE_CREATE"_s << QByteArray(R"({"id":"5","channel_id":"7/../8"})");
        QTest::newRow("unknown event") << u"MOON_LANDING"_s << QByteArray(R"({"id":"5"})");
        QTest::newRow("interaction of nobody")
            << u"INTERACTION_CREATE"_s << QByteArray(R"({"id":"5","type":3,"channel_id":"7"})");
    }
    void whatIsBrokenIsNothing()
    {
        QFETCH(const QString, event);
        QFETCH(const QByteArray, data);
        QVERIFY(parse(event, object(data), context()).isEmpty());
    }

    void theCursorForgetsTheLongestQuiet()
    {
        Cursor cursor;
        for (int i = 0; i < 300; ++i)
            remember(cursor, QString::number(1000 + i), Place::Direct, QString::number(5000 + i));
        QCOMPARE(cursor.channels.size(), 200u);
        QVERIFY(!cursor.channels.contains(u"1000"_s));
        QCOMPARE(cursorFrom(toBytes(cursor)), cursor);
        remember(cursor, u"1299"_s, Place::Direct, u"9"_s); // an old one again
        QCOMPARE(cursor.channels[u"1299"_s].last, u"5299"_s);
        QCOMPARE(cursorFrom("{\"channels\":{\"x\":1}}"), Cursor{});
    }

    void fiveThousandASecondAndMore()
    {
        const QJsonObject message = sample({});
        const Context known = context();
        QElapsedTimer timer;
        timer.start();
        for (int i = 0; i < 1000; ++i)
            QCOMPARE(parse(u"MESSAGE_CREATE"_s, message, known).items.size(), 1u);
        qInfo("%lld items a second", 1000000000000LL / std::max<qint64>(1, timer.nsecsElapsed()));
    }
};

QTEST_GUILESS_MAIN(tst_Events)
#include "tst_events.moc"
