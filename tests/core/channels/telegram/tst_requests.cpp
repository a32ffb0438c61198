// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "core/channels/telegram/acts.h"
#include "core/domain/providerids.h"

#include <QJsonDocument>
#include <QTest>

using namespace peerdesk;
using namespace peerdesk::channels;
using namespace peerdesk::channels::telegram;
using namespace Qt::StringLiterals;

namespace {

Outgoing outgoing(const QString &text, const QString &thread = u"1111111"_s)
{
    Outgoing out;
    out.message.content.text = text;
    out.conversation.thread = thread;
    return out;
}

Outgoing richMessage(const char *rich)
{
    Outgoing out = outgoing({});
    out.message.content.rich = json::canonical(QJsonDocument::fromJson(rich).object());
    return out;
}

/// A change of our message `target`, which said `before`, to "new".
Outgoing acted(const QString &thread, const QString &target, const QString &before)
{
    Outgoing out = outgoing({}, thread);
    out.message.kind = MessageKind::System;
    out.message.headers = json::canonical({{u"action"_s, u"edit"_s}, {u"text"_s, u"new"_s}});
    Message ours;
    ours.kind = MessageKind::Reply;
    ours.providerId = target;
    ours.content.text = before;
    out.answered = ours;
    return out;
}

void addFile(Outgoing &out, const QString &name, const QString &type, const QByteArray &bytes)
{
    const QByteArray sha = QCryptographicHash::hash(bytes, QCryptographicHash::Sha256);
    out.message.content.attachments.push_back({sha, name, type, bytes.size(), {}, false});
    out.attachments[sha] = bytes;
}

vendor::ApiReply reply(int status, const char *body)
{
    vendor::ApiReply out;
    out.status = status;
    out.body = body;
    out.json = QJsonDocument::fromJson(out.body);
    return out;
}

} // namespace

class tst_Requests : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatIsDoneToAMessageIsOneCall()
    {
        Outgoing out = acted(u"1111111"_s, u"1111111:42"_s, u"Hello"_s);
        const auto edit = requestsFor(out, *vendor::actOf(out));
        QVERIFY2(edit, edit ? "" : qPrintable(edit.error().detail));
        QCOMPARE(edit->front().method, u"editMessageText"_s);
        QCOMPARE(edit->front().body, (QJsonObject{{u"message_id"_s, 42}, {u"text"_s, u"new"_s}}));
        vendor::Act act = *vendor::actOf(out);
        act.action = MessageAction::React;
        act.text = u"❤\uFE0F"_s; // the vendor's list has it without the last character
        const auto react = requestsFor(out, act);
        QCOMPARE(react->front().method, u"setMessageReaction"_s);
        QCOMPARE(react->front().body.value(u"reaction"_s)[0][u"emoji"].toString(), u"❤"_s);
        act.text.clear();
        QVERIFY(requestsFor(out, act)->front().body.value(u"reaction"_s).toArray().isEmpty());
    }
    /// The vendor takes the keyboard away with a change that does not bring it along.
    void aChangeDoesNotTakeTheButtonsAway()
    {
        Outgoing out = acted(u"1111111"_s, u"1111111:42"_s, u"Shall we?"_s);
        out.answered->content.quickReplies = {u"Yes"_s, u"No"_s};
        const auto edit = requestsFor(out, *vendor::actOf(out));
        QVERIFY(!edit);
        QVERIFY2(edit.error().detail.contains(u"buttons"_s), qPrintable(edit.error().detail));
        vendor::Act act = *vendor::actOf(out);
        act.action = MessageAction::Delete;
        QVERIFY(requestsFor(out, act)); // both go
    }
    void businessChatsHaveCallsOfTheirOwn()
    {
        Outgoing out = acted(u"business/bc1/22"_s, u"bc1:22:42"_s, u"Hello"_s);
        vendor::Act act = *vendor::actOf(out);
        QCOMPARE(requestsFor(out, act)->front().body.value(u"business_connection_id"_s).toString(),
                 u"bc1"_s);
        act.action = MessageAction::Delete;
        QCOMPARE(requestsFor(out, act)->front().method, u"deleteBusinessMessages"_s);
        act.action = MessageAction::React;
        QVERIFY(!requestsFor(out, act));
    }
    void whatWentOutInPartsIsChangedAsAWhole()
    {
        const QString ids = joinedProviderIds({u"1111111:42"_s, u"1111111:43"_s});
        const Outgoing out = acted(u"1111111"_s, ids, QString(5'000, u'x'));
        vendor::Act act = *vendor::actOf(out);
        const auto said = [&] {
            QStringList all;
            const auto requests = requestsFor(out, act);
            for (const Request &request : requests ? *requests : std::vector<Request>())
                all << u"%1 %2 %3"_s.arg(request.method)
                           .arg(request.body.value(u"message_id"_s).toInteger())
                           .arg(request.body.value(u"text"_s).toString().size());
            return all;
        };
        QCOMPARE(said(), (QStringList{u"editMessageText 42 3"_s, u"deleteMessage 43 0"_s}));
        act.text = QString(4'100, u'y');
        QCOMPARE(said(), (QStringList{u"editMessageText 42 4096"_s, u"editMessageText 43 4"_s}));
        act.text = QString(8'200, u'y'); // nothing can be put in between
        QVERIFY(requestsFor(out, act).error().detail.contains(u"needs 3"_s));
        act.action = MessageAction::Delete;
        QCOMPARE(said(), (QStringList{u"deleteMessage 42 0"_s, u"deleteMessage 43 0"_s}));
        act.action = MessageAction::React;
        act.text = u"👍"_s;
        QCOMPARE(said().size(), 1);
        const Outgoing business = acted(
            u"business/bc1/22"_s, joinedProviderIds({u"bc1:22:42"_s, u"bc1:22:43"_s}), u"x"_s);
        act = *vendor::actOf(business);
        act.action = MessageAction::Delete;
        QCOMPARE(requestsFor(business, act)->size(), 2u);
    }
    /// Sent by a Peerdesk that kept the first id only.
    void whatHasOneIdForSeveralPartsIsNotChangedByHalves()
    {
        const Outgoing out = acted(u"1111111"_s, u"1111111:42"_s, QString(5'000, u'x'));
        vendor::Act act = *vendor::actOf(out);
        for (const MessageAction action : {MessageAction::Edit, MessageAction::Delete}) {
            act.action = action;
            QVERIFY(!requestsFor(out, act));
        }
        act.action = MessageAction::React;
        QVERIFY(requestsFor(out, act));
        const Outgoing longer = acted(u"1111111"_s, u"1111111:42"_s, u"Hello"_s);
        act = *vendor::actOf(longer);
        act.text = QString(5'000, u'x');
        QVERIFY(!requestsFor(longer, act));
    }
    void onlyWhatIsInThisChatIsTouched()
    {
        for (const char *target : {"", "42", "9:42", "1111111:0", "1111111:x", "1111111:42:1"}) {
            const Outgoing out = acted(u"1111111"_s, QString::fromLatin1(target), u"Hello"_s);
            QVERIFY2(!requestsFor(out, *vendor::actOf(out)), target);
        }
    }
    void goneIsDeletedAndSameIsChanged()
    {
        using Kind = SendResult::Kind;
        const auto gone =
            reply(400, R"({"ok":false,"description":"Bad Request: message to delete not found"})");
        QCOMPARE(resultOf(gone, u"deleteMessage"_s, false, {}).kind, Kind::Accepted);
        QCOMPARE(resultOf(gone, u"deleteMessage"_s, true, {}).kind,
                 Kind::Refused); // the group has moved
        QCOMPARE(resultOf(gone, u"editMessageText"_s, false, {}).kind, Kind::Refused);
        const auto same = reply(
            400, R"({"ok":false,"description":"Bad Request: message is not modified: same"})");
        QCOMPARE(resultOf(same, u"editMessageText"_s, false, {}).kind, Kind::Accepted);
        const auto late =
            reply(400, R"({"ok":false,"description":"Bad Request: message can\u0027t be edited"})");
        QVERIFY(resultOf(late, u"editMessageText"_s, false, {}).detail.contains(u"48 hours"_s));
    }

    void aTextIsOneCall()
    {
        const auto requests = requestsFor(outgoing(u"Hello & <b>you</b>"_s));
        QVERIFY(requests);
        QCOMPARE(requests->size(), 1u);
        QCOMPARE(requests->front().method, u"sendMessage"_s);
        QCOMPARE(requests->front().body,
                 (QJsonObject{{u"chat_id"_s, 1111111}, {u"text"_s, u"Hello & <b>you</b>"_s}}));
        QCOMPARE(callFor(u"1:x"_s, requests->front()).path, u"/bot1:x/sendMessage"_s);
    }

    void topicsAndBusinessChatsAreNamed()
    {
        const auto topic = requestsFor(outgoing(u"x"_s, u"-100/7"_s));
        QCOMPARE(topic->front().body.value("message_thread_id"_L1).toInt(), 7);
        const auto business = requestsFor(outgoing(u"x"_s, u"business/bc1/50"_s));
        QCOMPARE(business->front().body.value("business_connection_id"_L1).toString(), u"bc1"_s);
        QCOMPARE(business->front().body.value("chat_id"_L1).toInt(), 50);
    }

    void longTextsAreSplitNeverInsideACharacter()
    {
        const auto requests = requestsFor(outgoing(u"😀"_s.repeated(4'000)));
        QVERIFY(requests->size() >= 2);
        QString whole;
        for (const Request &request : *requests) {
            const QString part = request.body.value("text"_L1).toString();
            QVERIFY(part.size() <= 4'096);
            QVERIFY(!part.front().isLowSurrogate());
            whole += part;
        }
        QCOMPARE(whole, u"😀"_s.repeated(4'000));
    }

    void aShortTextGoesWithItsFile()
    {
        Outgoing out = outgoing(u"the offer"_s);
        addFile(out, u"offer.pdf"_s, u"application/pdf"_s, "%PDF-1");
        const auto requests = requestsFor(out);
        QCOMPARE(requests->size(), 1u);
        QCOMPARE(requests->front().method, u"sendDocument"_s);
        QCOMPARE(requests->front().body.value("caption"_L1).toString(), u"the offer"_s);
        const vendor::ApiCall call = callFor(u"1:x"_s, requests->front());
        QVERIFY(call.contentType.startsWith("multipart/form-data"));
        QVERIFY(call.body.contains("%PDF-1"));
        QVERIFY(call.body.contains("filename=\"offer.pdf\""));
    }

    void aLongTextAndAFileAreTwo()
    {
        Outgoing out = outgoing(QString(1'025, u'x'));
        addFile(out, u"a.png"_s, u"image/png"_s, "png");
        const auto requests = requestsFor(out);
        QCOMPARE(requests->size(), 2u);
        QCOMPARE(requests->at(1).method, u"sendPhoto"_s);
        QCOMPARE(asDocument(requests->at(1)).upload->field, QByteArray("document"));
    }

    void filesThatCannotGoAreRefusedBefore()
    {
        Outgoing large = outgoing(u"x"_s);
        addFile(large, u"film.mkv"_s, u"video/x-matroska"_s, QByteArray(50'000'001, 'x'));
        QCOMPARE(requestsFor(large).error().code, Error::Code::TooLarge);
        Outgoing empty = outgoing(u"x"_s);
        addFile(empty, u"e"_s, u"text/plain"_s, {});
        QVERIFY(!requestsFor(empty));
        QVERIFY(!requestsFor(outgoing(u" \n"_s)));
        QVERIFY(!requestsFor(outgoing(u"x"_s, {})));
    }

    void choicesAreButtonsThatLeadBack()
    {
        const auto requests = requestsFor(richMessage(
            R"({"kind":"quick_replies","text":"Colour?","options":[{"id":"red","title":"Red"},
                {"id":")"
            "an-id-that-is-far-too-long-for-the-sixty-four-bytes-that-a-button-may-carry"
            R"(","title":"Blue"},{"id":"m","title":"More of it","url":"https:\/\/x.example/"}]})"));
        QCOMPARE(requests->size(), 1u);
        QVERIFY(requests->front().isMain);
        const QJsonArray rows =
            requests->front().body["reply_markup"_L1]["inline_keyboard"_L1].toArray();
        QCOMPARE(rows.size(), 1);
        QCOMPARE(rows[0][0]["callback_data"_L1].toString(), u"red"_s);
        QCOMPARE(rows[0][1]["callback_data"_L1].toString(), u"#2"_s);
        QCOMPARE(rows[0][2]["url"_L1].toString(), u"https://x.example/"_s);
    }

    void everyKindIsSendable_data()
    {
        QTest::addColumn<QByteArray>("rich");
        QTest::addColumn<QStringList>("methods");
        QTest::newRow("list") << QByteArray(R"({"kind":"list_picker","text":"Pick","options":[
            {"id":"a","title":"A","description":"first"}]})")
                              << QStringList{u"sendMessage"_s};
        QTest::newRow("several at once: as text")
            << QByteArray(
                   R"({"kind":"list_picker","multiple":true,"text":"Pick","options":[{"id":"a","title":"A"}]})")
            << QStringList{u"sendMessage"_s};
        QTest::newRow("times") << QByteArray(R"({"kind":"time_picker","text":"When?","slots":[
            {"id":"1","start":"2026-11-23T09:00:00Z","minutes":30}]})")
                               << QStringList{u"sendMessage"_s};
        QTest::newRow("form: as text")
            << QByteArray(R"({"kind":"form","text":"Hi","fields":[{"id":"n","label":"Name"}]})")
            << QStringList{u"sendMessage"_s};
        QTest::newRow("carousel") << QByteArray(R"({"kind":"carousel","text":"Look","cards":[
            {"title":"One","image_url":"https:\/\/x.example/1.png","options":[{"id":"1","title":"Take"}]},
            {"title":"Two","options":[{"id":"1","title":"Take"}]}]})")
                                  << QStringList{u"sendMessage"_s, u"sendPhoto"_s,
                                                 u"sendMessage"_s};
        QTest::newRow("venue")
            << QByteArray(
                   R"({"kind":"location","latitude":1.5,"longitude":2,"title":"Shop","text":"Main 1"})")
            << QStringList{u"sendVenue"_s};
        QTest::newRow("place") << QByteArray(R"({"kind":"location","latitude":1.5,"longitude":2})")
                               << QStringList{u"sendLocation"_s};
        QTest::newRow("link")
            << QByteArray(R"({"kind":"rich_link","url":"https:\/\/x.example/a","title":"A"})")
            << QStringList{u"sendMessage"_s};
    }
    void everyKindIsSendable()
    {
        QFETCH(const QByteArray, rich);
        QFETCH(const QStringList, methods);
        const auto requests = requestsFor(richMessage(rich.constData()));
        QVERIFY(requests);
        QStringList got;
        for (const Request &request : *requests)
            got << request.method;
        QCOMPARE(got, methods);
    }

    void buttonsOfCardsAreToldApart()
    {
        const auto requests = requestsFor(richMessage(
            R"({"kind":"carousel","cards":[{"title":"One","options":[{"id":"1","title":"Take"}]},
                {"title":"Two","options":[{"id":"1","title":"Take"}]}]})"));
        const auto payload = [&](size_t i) {
            return requests->at(i)
                .body["reply_markup"_L1]["inline_keyboard"_L1][0][0]["callback_data"_L1]
                .toString();
        };
        QCOMPARE(payload(0), u"#1"_s);
        QCOMPARE(payload(1), u"#2"_s);
    }

    void markupIsPlacesInTheText()
    {
        const auto requests = requestsFor(richMessage(
            R"x({"kind":"markup_text","markdown":"😀 **now** [here](https:\/\/x.example)"})x"));
        const QJsonObject body = requests->front().body;
        QCOMPARE(body["text"_L1].toString(), u"😀 now here"_s);
        const QJsonArray entities = body["entities"_L1].toArray();
        QCOMPARE(entities.size(), 2);
        QCOMPARE(entities[0]["offset"_L1].toInt(), 3); // UTF-16 units
        QCOMPARE(entities[0]["length"_L1].toInt(), 3);
        QCOMPARE(entities[1]["url"_L1].toString(), u"https://x.example"_s);
    }

    void answersSayWhatHappened_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<SendResult::Kind>("kind");
        using Kind = SendResult::Kind;
        QTest::newRow("taken") << 200 << QByteArray(R"({"ok":true,"result":{"message_id":7}})")
                               << Kind::Accepted;
        QTest::newRow("taken, unreadable") << 200 << QByteArray(R"({"ok":tr)") << Kind::Uncertain;
        QTest::newRow("blocked")
            << 403
            << QByteArray(R"({"ok":false,"description":"Forbidden: bot was blocked by the user"})")
            << Kind::Refused;
        QTest::newRow("slow down")
            << 429
            << QByteArray(
                   R"({"ok":false,"description":"Too Many Requests","parameters":{"retry_after":5}})")
            << Kind::Later;
        QTest::newRow("their trouble") << 502 << QByteArray("<html>") << Kind::Uncertain;
        QTest::newRow("token gone")
            << 401 << QByteArray(R"({"ok":false,"description":"Unauthorized"})") << Kind::Refused;
    }
    void answersSayWhatHappened()
    {
        QFETCH(const int, status);
        QFETCH(const QByteArray, body);
        const SendResult result = resultOf(reply(status, body.constData()), {u"5"_s, {}, {}}, {1});
        QTEST(result.kind, "kind");
        if (result.kind == SendResult::Kind::Accepted)
            QCOMPARE(result.providerId, u"5:7"_s);
        else
            QVERIFY(!result.detail.isEmpty());
        if (result.kind == SendResult::Kind::Later)
            QCOMPARE(result.retryAfter, Seconds(5));
    }
};

QTEST_GUILESS_MAIN(tst_Requests)
#include "tst_requests.moc"
