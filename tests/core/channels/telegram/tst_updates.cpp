// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "core/channels/telegram/limits.h"
#include "core/channels/telegram/updates.h"

#include <QElapsedTimer>
#include <QJsonDocument>
#include <QTest>

using namespace peerdesk;
using namespace peerdesk::channels;
using namespace peerdesk::channels::telegram;
using namespace Qt::StringLiterals;

namespace {

QJsonArray updates(const char *text)
{
    return QJsonDocument::fromJson(QByteArray("[") + text + "]").array();
}

Updates parsed(const char *text)
{
    return parse(updates(text), {}, u"123456"_s);
}

/// As the vendor's guide to webhooks shows a text message, and variations of its message.
QByteArray sample(const QByteArray &extra)
{
    return R"({"update_id":10000,"message":{"date":1441645532,
        "chat":{"last_name":"Test Lastname","id":1111111,"type":"private","first_name":"Test Firstname",
        "username":"Testusername"},"message_id":1365,"from":{"last_name":"Test Lastname","id":1111111,
        "first_name":"Test Firstname","username":"Testusername"},)" +
           extra + "}}";
}

} // namespace

class tst_Updates : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aTextMessageIsTaken()
    {
        const Updates out = parsed(sample(R"("text":"/start")"));
        QCOMPARE(out.items.size(), 1u);
        const InboundItem &item = out.items.front();
        QCOMPARE(item.providerId, u"1111111:1365"_s);
        QCOMPARE(item.thread, u"1111111"_s);
        QCOMPARE(item.sender.kind, u"telegram"_s);
        QCOMPARE(item.sender.value, u"1111111"_s);
        QCOMPARE(item.sender.display, u"@Testusername"_s);
        QCOMPARE(item.senderName, u"Test Firstname Test Lastname"_s);
        QCOMPARE(item.content.text, u"/start"_s);
        QCOMPARE(item.providerTime.ms, 1441645532000);
        QVERIFY(!item.isAutomatic);
        QCOMPARE(json::object(item.headers)["raw"_L1]["message_id"_L1].toInt(), 1365);
        QCOMPARE(out.cursor.offset, 10001);
    }

    void kindsOfContentAreReadable_data()
    {
        QTest::addColumn<QByteArray>("extra");
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("files");
        QTest::newRow("photo, the largest")
            << QByteArray(
                   R"("photo":[{"file_id":"s","file_size":1},{"file_id":"L","file_size":9}],"caption":"see")")
            << u"see"_s << 1;
        QTest::newRow("voice") << QByteArray(R"("voice":{"file_id":"AwADBAAD","duration":5})")
                               << QString() << 1;
        QTest::newRow("document")
            << QByteArray(
                   R"("document":{"file_id":"AwADBAADbXXXXXXXXXXXGBdhD2l6_XX","file_name":"Testfile.pdf",
                "mime_type":"application/pdf","file_size":536392})")
            << QString() << 1;
        QTest::newRow("animation comes as document too, once")
            << QByteArray(R"("animation":{"file_id":"a"},"document":{"file_id":"a"})") << QString()
            << 1;
        QTest::newRow("sticker") << QByteArray(R"("sticker":{"file_id":"st","emoji":"🎉"})")
                                 << u"🎉"_s << 1;
        QTest::newRow("contact") << QByteArray(
                                        R"("contact":{"first_name":"Eve","phone_number":"+48601"})")
                                 << u"Contact: Eve, +48601"_s << 0;
        QTest::newRow("poll") << QByteArray(
                                     R"("poll":{"question":"Tea?","options":[{"text":"yes"}]})")
                              << u"Poll: Tea?\n• yes"_s << 0;
        QTest::newRow("dice") << QByteArray(R"("dice":{"emoji":"🎲","value":4})") << u"🎲 4"_s << 0;
        QTest::newRow("hidden link is shown")
            << QByteArray(R"("text":"😀 here","entities":[{"type":"text_link","offset":3,"length":4,
                "url":"https:\/\/a.example/"}])")
            << u"😀 here (https://a.example/)"_s << 0;
        QTest::newRow("unknown kind")
            << QByteArray(R"("giveaway":{"x":1})") << u"[Unsupported message: giveaway]"_s << 0;
        QTest::newRow("nothing at all")
            << QByteArray(R"("has_media_spoiler":true)") << u"[Unsupported message: empty]"_s << 0;
        QTest::newRow("too large to fetch")
            << QByteArray(
                   R"("video":{"file_id":"v","file_name":"trip.mp4","file_size":10000000000})")
            << u"[File trip.mp4: it is larger than the 20 MB that Telegram hands out]"_s << 0;
    }
    void kindsOfContentAreReadable()
    {
        QFETCH(const QByteArray, extra);
        const Updates out = parsed(sample(extra));
        QCOMPARE(out.items.size(), 1u);
        QTEST(out.items.front().content.text, "text");
        QTEST(int(out.files.size()), "files");
    }

    void theLargestPhotoIsFetched()
    {
        const Updates out = parsed(
            sample(R"("photo":[{"file_id":"s","file_size":1},{"file_id":"L","file_size":9}])"));
        QCOMPARE(out.files.front().where, u"L"_s);
    }

    void aPlaceIsAPlace()
    {
        const Updates out = parsed(sample(
            R"("location":{"latitude":52.2,"longitude":21.0},"venue":{"title":"Office","address":"Main St",
               "location":{"latitude":52.2,"longitude":21.0}})"));
        const QJsonObject rich = json::object(out.items.front().content.rich);
        QCOMPARE(rich.value("kind"_L1).toString(), u"location"_s);
        QCOMPARE(rich.value("title"_L1).toString(), u"Office"_s);
        QVERIFY(out.items.front().content.text.contains(u"Main St"_s));
    }

    void onesOwnNumberIsAnAddressAnothersIsNot_data()
    {
        QTest::addColumn<QByteArray>("contact");
        QTest::addColumn<int>("also");
        QTest::newRow("own") << QByteArray(R"({"phone_number":"48601234567","user_id":1111111})")
                             << 1;
        QTest::newRow("another's")
            << QByteArray(R"({"phone_number":"48601234567","user_id":2})") << 0;
        QTest::newRow("of nobody") << QByteArray(R"({"phone_number":"48601234567"})") << 0;
        QTest::newRow("no number")
            << QByteArray(R"({"phone_number":"4860x","user_id":1111111})") << 0;
    }
    void onesOwnNumberIsAnAddressAnothersIsNot()
    {
        QFETCH(const QByteArray, contact);
        const Updates out = parsed(sample("\"contact\":" + contact));
        QTEST(int(out.items.front().also.size()), "also");
        if (!out.items.front().also.empty())
            QCOMPARE(out.items.front().also.front().value, u"+48601234567"_s);
    }

    void answersPointToWhatTheyAnswer()
    {
        const Updates out = parsed(sample(R"("text":"yes","reply_to_message":{"message_id":7})"));
        QCOMPARE(out.items.front().threadHints, std::vector<QString>{u"1111111:7"_s});
    }

    void groupsAndTheirTopicsAreThreads()
    {
        const Updates out = parsed(R"({"update_id":1,"message":{"message_id":9,"date":1,
            "chat":{"id":-1001234567890,"type":"supergroup","title":"Crew"},
            "from":{"id":5,"first_name":"Bo"},"message_thread_id":77,"is_topic_message":true,"text":"x"}})");
        QCOMPARE(out.items.front().thread, u"-1001234567890/77"_s);
        QCOMPARE(chatFrom(out.items.front().thread), (Chat{u"-1001234567890"_s, u"77"_s, {}}));
        QCOMPARE(out.items.front().sender.value, u"5"_s);
    }

    void editsCarryTheWholeNewContent()
    {
        const Updates out = parsed(R"({"update_id":4,"edited_message":{"message_id":9,"date":1,
            "edit_date":5,"chat":{"id":5,"type":"private"},"from":{"id":5,"first_name":"Bo"},"text":"new"}})");
        QCOMPARE(out.items.front().kind, ItemKind::Edited);
        QCOMPARE(out.items.front().receiptFor, u"5:9"_s);
        QCOMPARE(out.items.front().content.text, u"new"_s);
        QVERIFY(out.items.front().providerId != u"5:9"_s);
        QCOMPARE(out.items.front().providerTime.ms, 5000);
    }

    void reactionsAreEventsOnAMessage_data()
    {
        QTest::addColumn<QByteArray>("now");
        QTest::addColumn<QString>("text");
        QTest::newRow("set") << QByteArray(R"([{"type":"emoji","emoji":"👍"}])") << u"👍"_s;
        QTest::newRow("taken back") << QByteArray("[]") << QString();
        QTest::newRow("custom") << QByteArray(R"([{"type":"custom_emoji","custom_emoji_id":"1"}])")
                                << u"⭐"_s;
    }
    void reactionsAreEventsOnAMessage()
    {
        QFETCH(const QByteArray, now);
        const Updates out =
            parsed(R"({"update_id":4,"message_reaction":{"chat":{"id":5,"type":"private"},
            "message_id":9,"date":3,"user":{"id":5,"first_name":"Bo"},"old_reaction":[],"new_reaction":)" +
                   now + "}}");
        QCOMPARE(out.items.front().kind, ItemKind::Reacted);
        QCOMPARE(out.items.front().receiptFor, u"5:9"_s);
        QTEST(out.items.front().content.text, "text");
    }

    void aPressedButtonIsAStructuredAnswer()
    {
        const Updates out =
            parsed(R"({"update_id":10000,"callback_query":{"id":"4382bfdwdsb323b2d9",
            "from":{"last_name":"Test Lastname","id":1111111,"first_name":"Test Firstname"},"chat_instance":"1",
            "data":"blue","message":{"message_id":44,"chat":{"id":1111111,"type":"private"},"date":0,
            "reply_markup":{"inline_keyboard":[[{"text":"Red","callback_data":"red"}],
            [{"text":"Blue","callback_data":"blue"}]]}}}})");
        QCOMPARE(out.callbacks, std::vector<QString>{u"4382bfdwdsb323b2d9"_s});
        const InboundItem &item = out.items.front();
        QCOMPARE(item.content.text, u"Blue"_s);
        QCOMPARE(item.threadHints.front(), u"1111111:44"_s);
        const QJsonObject rich = json::object(item.content.rich);
        QCOMPARE(rich.value("kind"_L1).toString(), u"answer"_s);
        QCOMPARE(rich.value("payload"_L1).toString(), u"blue"_s);
    }

    void aBusinessChatIsTheCustomersAndTheAccountIsOutside()
    {
        const Updates out = parsed(R"({"update_id":1,"business_message":{"message_id":3,"date":1,
            "business_connection_id":"bcX/1","chat":{"id":50,"type":"private","first_name":"Cus"},
            "from":{"id":50,"first_name":"Cus"},"text":"hello"}},
            {"update_id":2,"business_message":{"message_id":4,"date":1,
            "business_connection_id":"bcX/1","chat":{"id":50,"type":"private","first_name":"Cus"},
            "from":{"id":60,"first_name":"Owner"},"text":"from the app"}},
            {"update_id":3,"business_message":{"message_id":5,"date":1,
            "business_connection_id":"bcX/1","chat":{"id":50,"type":"private"},
            "from":{"id":60,"first_name":"Owner"},"sender_business_bot":{"id":123456},"text":"ours"}},
            {"update_id":4,"deleted_business_messages":{"business_connection_id":"bcX/1",
            "chat":{"id":50,"type":"private"},"message_ids":[3,4]}})");
        QCOMPARE(out.items.size(), 4u); // our own is not there
        QVERIFY(!out.items[0].isAutomatic);
        QVERIFY(out.items[1].isAutomatic);
        QCOMPARE(out.items[1].sender.value, u"50"_s);
        QCOMPARE(out.items[1].senderName, u"Owner"_s);
        QVERIFY(json::object(out.items[1].headers)["outside"_L1].toBool());
        QCOMPARE(out.items[0].thread, out.items[1].thread);
        QCOMPARE(chatFrom(out.items[0].thread).id, u"50"_s);
        QVERIFY(!chatFrom(out.items[0].thread).business.isEmpty());
        QCOMPARE(out.items[2].kind, ItemKind::Deleted);
        QCOMPARE(out.items[2].receiptFor, out.items[0].providerId);
        QCOMPARE(out.lastInBusiness.at(out.items[0].thread), 3);
    }

    void ownMessagesAreSkipped()
    {
        const Updates out = parsed(R"({"update_id":1,"message":{"message_id":3,"date":1,
            "chat":{"id":-5,"type":"group"},"from":{"id":123456,"is_bot":true,"first_name":"D"},"text":"x"}})");
        QVERIFY(out.items.empty());
        QCOMPARE(out.cursor.offset, 2);
    }

    void aBlockIsANoticeThatNothingAnswers()
    {
        const Updates out =
            parsed(R"({"update_id":1,"my_chat_member":{"chat":{"id":5,"type":"private"},
            "from":{"id":5,"first_name":"Bo"},"date":1,"old_chat_member":{"status":"member"},
            "new_chat_member":{"status":"kicked"}}})");
        QCOMPARE(out.items.size(), 1u);
        QVERIFY(out.items.front().isAutomatic);
        QVERIFY(out.items.front().content.text.contains(u"blocked"_s));
    }

    void aGroupThatBecameASupergroupStaysOneThread()
    {
        const Updates out = parsed(R"({"update_id":1,"message":{"message_id":3,"date":1,
            "chat":{"id":-5,"type":"group"},"from":{"id":7},"migrate_to_chat_id":-1009}},
            {"update_id":2,"message":{"message_id":1,"date":1,
            "chat":{"id":-1009,"type":"supergroup"},"from":{"id":7,"first_name":"B"},"text":"here"}})");
        QCOMPARE(out.items.size(), 1u);
        QCOMPARE(out.items.front().thread, u"-5"_s);
        QCOMPARE(cursorFrom(toBytes(out.cursor)), out.cursor);
    }

    void whatIsNoMessageIsVisibleOrCountedPast_data()
    {
        QTest::addColumn<QByteArray>("update");
        QTest::addColumn<int>("items");
        QTest::addColumn<qint64>("offset");
        QTest::newRow("no id") << QByteArray(R"({"message":{"text":"x"}})") << 0 << qint64(0);
        QTest::newRow("a number") << QByteArray("7") << 0 << qint64(0);
        QTest::newRow("message without chat")
            << QByteArray(R"({"update_id":5,"message":{"message_id":1,"text":"x"}})") << 1
            << qint64(6);
        QTest::newRow("message is a list")
            << QByteArray(R"({"update_id":5,"message":[1]})") << 1 << qint64(6);
        QTest::newRow("id beyond 2^53")
            << QByteArray(R"({"update_id":1e300,"message":{}})") << 1 << qint64(1);
        QTest::newRow("unknown update")
            << QByteArray(R"({"update_id":5,"new_thing":{}})") << 0 << qint64(6);
        QTest::newRow("button of no chat")
            << QByteArray(R"({"update_id":5,"callback_query":{"id":"1","data":"x"}})") << 0
            << qint64(6);
    }
    void whatIsNoMessageIsVisibleOrCountedPast()
    {
        QFETCH(const QByteArray, update);
        const Updates out = parsed(update);
        QTEST(int(out.items.size()), "items");
        QTEST(out.cursor.offset, "offset");
    }

    void manyLargeFilesAreCutIntoPages()
    {
        QJsonArray many;
        for (int i = 0; i < 50; ++i)
            many.append(
                QJsonDocument::fromJson(
                    R"({"update_id":)" + QByteArray::number(i + 1) +
                    R"(,"message":{"message_id":)" + QByteArray::number(i + 1) +
                    R"(,"date":1,"chat":{"id":5},"from":{"id":5},"video":{"file_id":"v","file_size":19000000}}})")
                    .object());
        const Updates out = parse(many, {}, {});
        QVERIFY(out.isCut);
        QCOMPARE(out.items.size(), 4u);
        QCOMPARE(out.cursor.offset, 5);
    }

    void fiveThousandASecondAndMore()
    {
        QJsonArray page;
        for (int i = 0; i < 1000; ++i) {
            QJsonObject update =
                updates(sample(R"("text":"where is my parcel?")")).at(0).toObject();
            update.insert(u"update_id"_s, i + 1);
            page.append(update);
        }
        QElapsedTimer timer;
        timer.start();
        const Updates out = parse(page, {}, {});
        QCOMPARE(out.items.size(), 1000u);
        qInfo("%lld items a second",
              1'000'000'000'000LL / std::max<qint64>(1, timer.nsecsElapsed()));
    }
};

QTEST_GUILESS_MAIN(tst_Updates)
#include "tst_updates.moc"
