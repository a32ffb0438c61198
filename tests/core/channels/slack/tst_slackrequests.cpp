// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "core/channels/slack/acts.h"
#include "core/channels/slack/manifest.h"
#include "core/channels/slack/text.h"
#include "core/domain/providerids.h"

#include <QJsonDocument>
#include <QTest>

using namespace peerdesk;
using namespace peerdesk::channels;
using namespace peerdesk::channels::slack;
using namespace Qt::StringLiterals;

namespace {

Outgoing outgoing(const QString &text, const QString &thread = u"C1/1355517523.000005"_s)
{
    Outgoing out;
    out.message.id = randomId<MessageId>();
    out.message.content.text = text;
    out.conversation.thread = thread;
    return out;
}

Outgoing richMessage(const QByteArray &rich)
{
    Outgoing out = outgoing({});
    out.message.content.rich = json::canonical(QJsonDocument::fromJson(rich).object());
    return out;
}

QByteArray options(int count)
{
    QByteArray all;
    for (int i = 0; i < count; ++i) {
        QByteArray one = R"({"id":"oN","title":"T"},)";
        all += one.replace('N', QByteArray::number(i));
    }
    all.chop(1);
    return '[' + all + ']';
}

vendor::ApiReply reply(int status, const QByteArray &body)
{
    vendor::ApiReply out;
    out.status = status;
    out.json = QJsonDocument::fromJson(body);
    return out;
}

} // namespace

class tst_SlackRequests : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatIsDoneToAMessageNamesItAndEscapesTheText()
    {
        Outgoing out = outgoing({}, u"D1"_s);
        Message ours;
        ours.kind = MessageKind::Reply;
        ours.providerId = u"D1:1355517523.000005"_s;
        ours.content.text = u"before"_s;
        ours.reactions[OfficeReacts] = u"❤\uFE0F"_s;
        out.answered = ours;
        const auto acts = [&](const char *action, const QString &text) {
            out.message.kind = MessageKind::System;
            out.message.headers =
                json::canonical({{u"action"_s, QString::fromLatin1(action)}, {u"text"_s, text}});
            const auto made = actsFor(out, *vendor::actOf(out));
            return made ? *made : std::vector<ActRequest>();
        };
        const QString ts = u"1355517523.000005"_s;
        QCOMPARE(
            acts("edit", u"<b> & co"_s),
            (std::vector<ActRequest>{
                {u"chat.update"_s,
                 {{u"channel"_s, u"D1"_s}, {u"ts"_s, ts}, {u"text"_s, u"&lt;b&gt; &amp; co"_s}}}}));
        QCOMPARE(acts("delete", {}),
                 (std::vector<ActRequest>{
                     {u"chat.delete"_s, {{u"channel"_s, u"D1"_s}, {u"ts"_s, ts}}}}));
        const auto changed = acts("react", u"👍"_s); // the new one first
        QCOMPARE(changed.size(), 2u);
        QCOMPARE(emojiFor(changed[0].body.value(u"name"_s).toString()), u"👍"_s);
        QCOMPARE(changed[1].method, u"reactions.remove"_s);
        QCOMPARE(changed[1].body.value(u"name"_s).toString(), u"heart"_s);
        QVERIFY(acts("react", u"🦖"_s).empty()); // nobody here knows its name
        out.answered->providerId = joinedProviderIds({u"D1:"_s + ts, u"file:F1"_s});
        QCOMPARE(
            acts("delete", {}),
            (std::vector<ActRequest>{{u"chat.delete"_s, {{u"channel"_s, u"D1"_s}, {u"ts"_s, ts}}},
                                     {u"files.delete"_s, {{u"file"_s, u"F1"_s}}}}));
        QVERIFY(acts("edit", u"x"_s).empty()); // no file can be changed
        out.answered->providerId = u"file:F1"_s;
        QVERIFY(acts("react", u"👍"_s).empty());
    }
    void whatStandsAlreadyAsItWasWantedIsDone()
    {
        using Kind = SendResult::Kind;
        const auto kind = [](const QString &method, const char *error) {
            const auto told = reply(200, QByteArray(R"({"ok":false,"error":")") + error + "\"}");
            return resultOf(told, ActRequest{method, {}}, u"D1:1.1"_s, {}).kind;
        };
        QCOMPARE(kind(u"reactions.remove"_s, "no_reaction"), Kind::Accepted);
        QCOMPARE(kind(u"reactions.add"_s, "already_reacted"), Kind::Accepted);
        QCOMPARE(kind(u"chat.delete"_s, "message_not_found"), Kind::Accepted);
        QCOMPARE(kind(u"files.delete"_s, "file_deleted"), Kind::Accepted);
        QCOMPARE(kind(u"chat.update"_s, "message_not_found"), Kind::Refused);
        QCOMPARE(kind(u"reactions.add"_s, "no_reaction"), Kind::Refused);
    }
    void everyEmojiOfTheListHasItsNameBack()
    {
        for (const char *name : {"+1", "-1", "heart", "tada", "fire", "pray"})
            QCOMPARE(emojiFor(nameOf(emojiFor(QString::fromLatin1(name)))),
                     emojiFor(QString::fromLatin1(name)));
        QCOMPARE(nameOf(u":shipit:"_s), u"shipit"_s);
        QCOMPARE(nameOf(u"❤"_s), u"heart"_s);
        QVERIFY(nameOf({}).isEmpty());
    }

    void aTextGoesIntoItsThread()
    {
        const auto requests = requestsFor(outgoing(u"a < b"_s));
        QCOMPARE(requests->size(), 1u);
        const QJsonObject message = requests->front().message;
        QCOMPARE(message["channel"_L1].toString(), u"C1"_s);
        QCOMPARE(message["thread_ts"_L1].toString(), u"1355517523.000005"_s);
        QCOMPARE(message["text"_L1].toString(), u"a &lt; b"_s);
        QCOMPARE(message["metadata"_L1]["event_payload"_L1]["key"_L1].toString(),
                 requests->front().key);
    }

    void directAnswersGoWhereTheCustomerWrote()
    {
        Outgoing out = outgoing(u"x"_s, u"D1"_s);
        QVERIFY(!requestsFor(out)->front().message.contains(u"thread_ts"_s));
        out.answered = Message{};
        out.answered->headers =
            json::canonical(QJsonObject{{u"thread_ts"_s, u"1355517523.000005"_s}});
        QCOMPARE(requestsFor(out)->front().message["thread_ts"_L1].toString(),
                 u"1355517523.000005"_s);
    }

    void richContentIsNativeWithinTheLimits_data()
    {
        QTest::addColumn<QByteArray>("rich");
        QTest::addColumn<QString>("element");
        const auto choice = [](const char *kind, int count, const char *more = "") {
            QByteArray rich = R"({"kind":"KIND","text":"Which?"MORE,"options":ALL})";
            return rich.replace("KIND", kind).replace("MORE", more).replace("ALL", options(count));
        };
        QTest::newRow("buttons") << choice("quick_replies", 25) << u"button"_s;
        QTest::newRow("many buttons: a list") << choice("quick_replies", 26) << u"static_select"_s;
        QTest::newRow("list") << choice("list_picker", 100) << u"static_select"_s;
        QTest::newRow("several") << choice("list_picker", 3, R"(,"multiple":true)")
                                 << u"multi_static_select"_s;
        QTest::newRow("too many") << choice("list_picker", 101) << QString();
        QTest::newRow("form")
            << QByteArray(R"({"kind":"form","text":"You?","fields":[{"id":"n","label":"Name"}]})")
            << u"button"_s;
        QTest::newRow("cards")
            << QByteArray(
                   R"({"kind":"card","cards":[{"title":"A","options":[{"id":"1","title":"Take"}]}]})")
            << u"button"_s;
    }
    void richContentIsNativeWithinTheLimits()
    {
        QFETCH(const QByteArray, rich);
        QFETCH(const QString, element);
        const auto requests = requestsFor(richMessage(rich));
        QVERIFY(requests);
        QCOMPARE(requests->size(), 1u);
        QString got;
        for (const QJsonValue block : requests->front().message["blocks"_L1].toArray()) {
            if (block[u"elements"].isArray())
                got = block[u"elements"][0][u"type"].toString();
        }
        QCOMPARE(got, element);
        QVERIFY(!requests->front().message["text"_L1].toString().isEmpty()); // for notifications
    }

    void aModalHasTheFieldsOfItsForm()
    {
        const QJsonObject form = QJsonDocument::fromJson(R"({"kind":"form","text":"About you",
            "fields":[{"id":"n","label":"Name","required":true},{"id":"d","label":"Day","type":"date"},
            {"id":"c","label":"Size","type":"choice","options":[{"id":"s","title":"Small"}]}]})")
                                     .object();
        const auto modal = modalFor(form, {u"t"_s, u"D1"_s, u"D1:5"_s});
        QVERIFY(modal);
        const QJsonArray blocks = (*modal)["blocks"_L1].toArray();
        QCOMPARE(blocks.size(), 3);
        QCOMPARE(blocks[0]["block_id"_L1].toString(), u"field:n"_s);
        QVERIFY(!blocks[0]["optional"_L1].toBool());
        QCOMPARE(blocks[1]["element"_L1]["type"_L1].toString(), u"datepicker"_s);
        QCOMPARE(blocks[2]["element"_L1]["type"_L1].toString(), u"static_select"_s);
    }

    void answersSayWhatHappened_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<SendResult::Kind>("kind");
        using Kind = SendResult::Kind;
        QTest::newRow("taken") << 200 << QByteArray(R"({"ok":true})") << Kind::Accepted;
        QTest::newRow("unreadable") << 200 << QByteArray("<html>") << Kind::Uncertain;
        QTest::newRow("their trouble")
            << 200 << QByteArray(R"({"ok":false,"error":"internal_error"})") << Kind::Uncertain;
        QTest::newRow("500") << 500 << QByteArray() << Kind::Uncertain;
        QTest::newRow("slow down")
            << 429 << QByteArray(R"({"ok":false,"error":"ratelimited"})") << Kind::Later;
        QTest::newRow("archived") << 200 << QByteArray(R"({"ok":false,"error":"is_archived"})")
                                  << Kind::Refused;
        QTest::newRow("token") << 200 << QByteArray(R"({"ok":false,"error":"token_revoked"})")
                               << Kind::Refused;
    }
    void answersSayWhatHappened()
    {
        QFETCH(const int, status);
        QFETCH(const QByteArray, body);
        const SendResult result = resultOf(reply(status, body), u"C1:1"_s, {1});
        QTEST(result.kind, "kind");
        QCOMPARE(result.detail.isEmpty(), result.kind == SendResult::Kind::Accepted);
    }

    void anUncertainMessageIsFoundByItsKey()
    {
        const QJsonArray messages =
            QJsonDocument::fromJson(R"([{"ts":"1355517523.000005","metadata":{"event_payload":
                {"key":"k1"}}},{"ts":"bad","metadata":{"event_payload":{"key":"k2"}}}])")
                .array();
        QCOMPARE(findByKey(messages, u"C1"_s, u"k1"_s), u"C1:1355517523.000005"_s);
        QVERIFY(findByKey(messages, u"C1"_s, u"k2"_s).isEmpty());
        QVERIFY(findByKey(messages, u"C1"_s, {}).isEmpty());
    }

    void theManifestIsWhatTheVendorTakes()
    {
        const QJsonObject app = QJsonDocument::fromJson(manifest()).object();
        QVERIFY(app["settings"_L1]["socket_mode_enabled"_L1].toBool());
        QVERIFY(app["settings"_L1]["interactivity"_L1]["is_enabled"_L1].toBool());
        QCOMPARE(app["oauth_config"_L1]["scopes"_L1]["bot"_L1].toArray().size(),
                 neededScopes().size());
    }
};

QTEST_GUILESS_MAIN(tst_SlackRequests)
#include "tst_slackrequests.moc"
