// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "core/channels/discord/acts.h"
#include "core/channels/discord/gateway.h"
#include "core/domain/providerids.h"

#include <QJsonDocument>
#include <QTest>

using namespace peerdesk;
using namespace peerdesk::channels;
using namespace peerdesk::channels::discord;
using namespace Qt::StringLiterals;

namespace {

Outgoing outgoing(const QString &text)
{
    Outgoing out;
    out.message.id = randomId<MessageId>();
    out.message.content.text = text;
    out.conversation.thread = u"7"_s;
    return out;
}

Outgoing richMessage(const QByteArray &rich)
{
    Outgoing out = outgoing({});
    out.message.content.rich = json::canonical(QJsonDocument::fromJson(rich).object());
    return out;
}

void addFile(Outgoing &out, const QString &name, const QByteArray &bytes)
{
    const QByteArray sha = QCryptographicHash::hash(bytes, QCryptographicHash::Sha256);
    out.message.content.attachments.push_back(
        {sha, name, u"text/plain"_s, bytes.size(), {}, false});
    out.attachments[sha] = bytes;
}

QByteArray options(int count)
{
    QByteArray all;
    for (int i = 0; i < count; ++i)
        all += (i ? "," : "") + QByteArray(R"({"id":"o)") + QByteArray::number(i) +
               R"(","title":"T"})";
    return "[" + all + "]";
}

} // namespace

class tst_Messages : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatIsDoneToAMessageIsSaidWithItsAddress()
    {
        Outgoing out = outgoing({});
        Message ours;
        ours.kind = MessageKind::Reply;
        ours.providerId = u"42"_s;
        ours.content.text = u"before"_s;
        ours.reactions[OfficeReacts] = u"👍"_s;
        out.answered = ours;
        const auto calls = [&](const char *action, const QString &text) {
            out.message.kind = MessageKind::System;
            out.message.headers =
                json::canonical({{u"action"_s, QString::fromLatin1(action)}, {u"text"_s, text}});
            QStringList said;
            const auto made = callsFor(out, *vendor::actOf(out));
            for (const vendor::ApiCall &call : made ? *made : std::vector<vendor::ApiCall>())
                said << QString::fromLatin1(call.method) + u' ' + call.path +
                            QString::fromUtf8(call.body);
            return made ? said.join(u'|') : u"refused"_s;
        };
        const QString message = u"/channels/7/messages/42"_s;
        QCOMPARE(calls("delete", {}), u"DELETE "_s + message);
        QCOMPARE(calls("edit", u"@everyone"_s),
                 u"PATCH "_s + message +
                     u"{\"allowed_mentions\":{\"parse\":[]},\"content\":\"@everyone\"}"_s);
        QCOMPARE(calls("edit", QString(2'001, u'x')), u"refused"_s); // no room for a second one
        const QString reactions = message + u"/reactions/"_s;
        QCOMPARE(calls("react", u"🎉"_s),
                 u"PUT %1%F0%9F%8E%89/@me|DELETE %1%F0%9F%91%8D/@me"_s.replace(u"%1"_s, reactions));
        QCOMPARE(calls("react", {}), u"DELETE "_s + reactions + u"%F0%9F%91%8D/@me"_s);
        QCOMPARE(calls("hide", {}), u"refused"_s);
        out.answered->content.text = QString(2'001, u'x'); // two, and one id is known
        QCOMPARE(calls("delete", {}), u"refused"_s);
        out.answered->providerId = joinedProviderIds({u"42"_s, u"43"_s});
        QCOMPARE(calls("delete", {}), u"DELETE %1|DELETE /channels/7/messages/43"_s.arg(message));
        QCOMPARE(calls("edit", u"short"_s),
                 u"PATCH %1{\"allowed_mentions\":{\"parse\":[]},\"content\":\"short\"}|DELETE "
                 "/channels/7/messages/43"_s.arg(message));
        QVERIFY(calls("edit", QString(2'001, u'y')).count(u"PATCH"_s) == 2);
        QCOMPARE(calls("edit", QString(4'001, u'y')), u"refused"_s);
    }

    void aTextIsOneMessageWithANonceOfItsOwn()
    {
        const Outgoing out = outgoing(u"hi @everyone"_s);
        const auto first = requestsFor(out);
        QCOMPARE(first->size(), 1u);
        const QJsonObject payload = first->front().payload;
        QCOMPARE(payload["content"_L1].toString(), u"hi @everyone"_s);
        QVERIFY(payload["enforce_nonce"_L1].toBool());
        QVERIFY(payload["nonce"_L1].toString().size() <= 25);
        QVERIFY(payload["allowed_mentions"_L1]["parse"_L1].toArray().isEmpty()); // calls nobody
        QCOMPARE(*requestsFor(out), *first); // a second try is the same
        QVERIFY(requestsFor(outgoing(u"hi"_s))->front().payload["nonce"_L1] != payload["nonce"_L1]);
    }

    void partsHaveNoncesOfTheirOwn()
    {
        const auto requests = requestsFor(outgoing(u"word "_s.repeated(1'000)));
        QVERIFY(requests->size() >= 3);
        std::set<QString> nonces;
        for (const Request &request : *requests) {
            QVERIFY(request.payload["content"_L1].toString().size() <= 2'000);
            nonces.insert(request.payload["nonce"_L1].toString());
        }
        QCOMPARE(nonces.size(), requests->size());
    }

    void filesGoWithTheText()
    {
        Outgoing out = outgoing(u"see"_s);
        addFile(out, u"a.txt"_s, "one");
        addFile(out, u"b.txt"_s, "two");
        const auto requests = requestsFor(out);
        QCOMPARE(requests->size(), 1u);
        const vendor::ApiCall call = callFor(u"7"_s, requests->front());
        QCOMPARE(call.path, u"/channels/7/messages"_s);
        QVERIFY(call.body.contains("name=\"files[1]\""));
        QVERIFY(call.body.contains("payload_json"));
        Outgoing large = outgoing(u"see"_s);
        addFile(large, u"a.bin"_s, QByteArray(10 * 1024 * 1024 + 1, 'x'));
        QCOMPARE(requestsFor(large).error().code, Error::Code::TooLarge);
    }

    void anAnswerInAServerSaysToWhom()
    {
        Outgoing out = outgoing(u"x"_s);
        out.conversation.thread = u"7/5"_s;
        out.answered = Message{};
        out.answered->providerId = u"44"_s;
        const QJsonObject payload = requestsFor(out)->front().payload;
        QCOMPARE(payload["message_reference"_L1]["message_id"_L1].toString(), u"44"_s);
        QVERIFY(payload["allowed_mentions"_L1]["replied_user"_L1].toBool());
    }

    void richContentIsNativeWithinTheLimits_data()
    {
        QTest::addColumn<QByteArray>("rich");
        QTest::addColumn<QString>("member");
        const auto choice = [](const char *kind, int count, const char *more = "") {
            QByteArray rich = R"({"kind":"KIND","text":"Which?"MORE,"options":ALL})";
            return rich.replace("KIND", kind).replace("MORE", more).replace("ALL", options(count));
        };
        QTest::newRow("buttons") << choice("quick_replies", 25) << u"components"_s;
        QTest::newRow("too many buttons") << choice("quick_replies", 26) << QString();
        QTest::newRow("list") << choice("list_picker", 25) << u"components"_s;
        QTest::newRow("list, several")
            << choice("list_picker", 3, R"(,"multiple":true)") << u"components"_s;
        QTest::newRow("too long a list") << choice("list_picker", 26) << QString();
        QTest::newRow("times") << QByteArray(R"({"kind":"time_picker","text":"When?","slots":[
            {"id":"1","start":"2026-11-23T09:00:00Z","minutes":30}]})")
                               << u"components"_s;
        QTest::newRow("form")
            << QByteArray(R"({"kind":"form","text":"You?","fields":[{"id":"n","label":"Name"}]})")
            << u"components"_s;
        QTest::newRow("long form") << QByteArray(R"({"kind":"form","text":"You?","fields":[
            {"id":"1","label":"a"},{"id":"2","label":"b"},{"id":"3","label":"c"},
            {"id":"4","label":"d"},{"id":"5","label":"e"},{"id":"6","label":"f"}]})")
                                   << QString();
        QTest::newRow("cards") << QByteArray(R"({"kind":"carousel","cards":[{"title":"A",
            "options":[{"id":"1","title":"Take"}]},{"title":"B"}]})")
                               << u"embeds"_s;
        QTest::newRow("link") << QByteArray(R"({"kind":"rich_link","url":"https:\/\/x.example"})")
                              << u"embeds"_s;
        QTest::newRow("markup") << QByteArray(R"({"kind":"markup_text","markdown":"**now**"})")
                                << u"content"_s;
        QTest::newRow("place") << QByteArray(R"({"kind":"location","latitude":1,"longitude":2})")
                               << QString();
    }
    void richContentIsNativeWithinTheLimits()
    {
        QFETCH(const QByteArray, rich);
        QFETCH(const QString, member);
        const auto requests = requestsFor(richMessage(rich));
        QVERIFY(requests);
        QCOMPARE(requests->size(), 1u);
        const QJsonObject payload = requests->front().payload;
        if (member.isEmpty()) { // numbered text
            QVERIFY(!payload.contains(u"components"_s) && !payload.contains(u"embeds"_s));
            QVERIFY(!payload["content"_L1].toString().isEmpty());
        } else {
            QVERIFY(payload.contains(member));
        }
    }

    void severalMayBeChosenWhereAskedFor()
    {
        const auto requests = requestsFor(richMessage(
            R"({"kind":"list_picker","text":"?","multiple":true,"options":)" + options(3) + "}"));
        const QJsonObject select =
            requests->front().payload["components"_L1][0]["components"_L1][0].toObject();
        QCOMPARE(select["max_values"_L1].toInt(), 3);
        QCOMPARE(select["options"_L1][1]["value"_L1].toString(), u"o1"_s);
    }

    void aModalHasTheFieldsOfItsForm()
    {
        const QJsonObject form = QJsonDocument::fromJson(R"({"kind":"form","text":"About you",
            "fields":[{"id":"n","label":"Name","required":true},{"id":"w","label":"Why",
            "type":"long_text"}]})")
                                     .object();
        const auto modal = modalFor(form, u"44"_s);
        QVERIFY(modal);
        QCOMPARE((*modal)["custom_id"_L1].toString(), u"m:44"_s);
        const QJsonObject second = (*modal)["components"_L1][1]["components"_L1][0].toObject();
        QCOMPARE(second["style"_L1].toInt(), 2);
        QCOMPARE(second["custom_id"_L1].toString(), u"w"_s);
    }

    void closeCodesMeanWhatTheVendorSays_data()
    {
        QTest::addColumn<int>("code");
        QTest::addColumn<bool>("isFatal");
        QTest::addColumn<bool>("mayResume");
        for (const int code : {4004, 4010, 4011, 4012, 4013, 4014})
            QTest::addRow("%d", code) << code << true << false;
        for (const int code : {4003, 4007, 4009})
            QTest::addRow("%d", code) << code << false << false;
        for (const int code : {1000, 1001, 1006, 4000, 4001, 4002, 4005, 4008, 4999})
            QTest::addRow("%d", code) << code << false << true;
    }
    void closeCodesMeanWhatTheVendorSays()
    {
        QFETCH(const int, code);
        const Ended how = meaningOf(code);
        QTEST(how.isFatal, "isFatal");
        QTEST(how.mayResume, "mayResume");
        QCOMPARE(!how.sentence.isEmpty(), how.isFatal);
    }

    void bucketsAreKeptTo()
    {
        vendor::ApiReply reply;
        reply.headers = {{"x-ratelimit-remaining", "0"}, {"x-ratelimit-reset-after", "1.5"}};
        QCOMPARE(pauseAfter(reply), Milliseconds(1'500));
        reply.headers["x-ratelimit-remaining"] = "3";
        QCOMPARE(pauseAfter(reply), Milliseconds(0));
        reply.headers = {{"x-ratelimit-remaining", "0"}, {"x-ratelimit-reset-after", "1e99"}};
        QCOMPARE(pauseAfter(reply), Milliseconds(60'000));
        reply.headers["x-ratelimit-reset-after"] = "nan";
        QCOMPARE(pauseAfter(reply), Milliseconds(0));
    }
};

QTEST_GUILESS_MAIN(tst_Messages)
#include "tst_messages.moc"
