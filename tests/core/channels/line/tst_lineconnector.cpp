// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "core/channels/line/lineconnector.h"
#include "tests/support/vendors/linesim.h"
#include "tests/support/vendors/vendorhost.h"

#include <QTest>

using namespace peerdesk;
using namespace peerdesk::channels;
using namespace Qt::StringLiterals;
using Kind = SendResult::Kind;
using Fault = LineSim::Fault;

namespace {

const QString Taro = u"U4af4980629aaaabbbbccccddddeeeeff"_s;
const QByteArray Png = QByteArray::fromHex("89504e470d0a1a0a0000000d49484452");

struct Desk
{
    SystemClock clock{20.0};
    LineSim sim;
    VendorHost host{clock};
    ChannelAccount account;
    std::unique_ptr<Connector> connector;

    Desk()
    {
        host.secrets = {{u"token"_s, LineSim::Token},
                        {u"channel_secret"_s, LineSim::ChannelSecret}};
        account.id = randomId<AccountId>();
        account.settings = {{u"base_url"_s, sim.base()}, {u"data_url"_s, sim.dataBase()}};
        restart();
    }
    void restart()
    {
        connector = line::lineType().make(account, host);
        connector->start();
        if (!QTest::qWaitFor([&] { return host.lastState == AccountState::Connected; }))
            qWarning("not connected");
    }
    HookAnswer call(const HookCall &hook)
    {
        std::optional<HookAnswer> answer;
        connector->hook(hook, {connector.get(), [&](const Result<HookAnswer> &said) {
                                   answer = said ? *said : HookAnswer{500, {}, {}};
                               }});
        const bool isOver = QTest::qWaitFor([&] { return answer.has_value(); }, 20'000);
        return isOver ? *answer : HookAnswer{0, {}, {}};
    }
    int deliver()
    {
        int status = 200;
        while (status == 200 && !sim.calls.empty()) {
            status = call(sim.calls.front()).status;
            if (status == 200)
                sim.calls.pop_front();
        }
        return status;
    }
    /// An answer to the last message that came; `isLate` = its token is not used.
    Outgoing answer(const QString &text, bool isLate = false)
    {
        Outgoing out;
        out.message.id = randomId<MessageId>();
        out.message.content.text = text;
        out.message.attempts = 1;
        out.address.kind = u"line"_s;
        out.address.value = Taro;
        out.lastInboundAt = clock.wall();
        if (!host.items.empty()) {
            out.answered = Message{};
            out.answered->headers = host.items.back().headers;
            out.answered->providerTime = host.items.back().providerTime;
            out.message.createdAt =
                out.answered->providerTime + (isLate ? Seconds(300) : Seconds(3));
        }
        return out;
    }
    SendResult send(const Outgoing &outgoing)
    {
        std::optional<SendResult> result;
        connector->send(outgoing, {connector.get(), [&](const Result<SendResult> &sent) {
                                       result = sent ? *sent : SendResult{};
                                   }});
        const bool isOver = QTest::qWaitFor([&] { return result.has_value(); }, 15'000);
        return isOver ? *result : SendResult{Kind::Uncertain, {}, u"no answer"_s, {}};
    }
};

} // namespace

class tst_LineConnector : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theStateShowsTheQuotaAndWhatIsMissing() // M47
    {
        Desk desk;
        QTRY_VERIFY(desk.host.lastDetail.contains(u"37 of 200"_s));
        QVERIFY(desk.host.lastDetail.contains(u"reachable address"_s));
        desk.sim.callWith({}); // LINE asks whether we are there
        QCOMPARE(desk.deliver(), 200);
        QVERIFY(!desk.host.lastDetail.contains(u"reachable address"_s));
        QCOMPARE(desk.host.ingests, 0);
    }

    void onlySignedCallsAreRead_data()
    {
        QTest::addColumn<QString>("what");
        for (const char *what : {"no signature", "another body", "re-encoded", "GET"})
            QTest::newRow(what) << QString::fromLatin1(what);
    }
    void onlySignedCallsAreRead()
    {
        QFETCH(QString, what);
        Desk desk;
        desk.sim.write(Taro, u"こんにちは"_s);
        HookCall call = desk.sim.calls.front();
        if (what == u"no signature")
            call.headers.clear();
        else if (what == u"another body")
            call.body += ' ';
        else if (what == u"re-encoded")
            call.body = QJsonDocument::fromJson(call.body).toJson(QJsonDocument::Indented);
        else
            call.method = "GET";
        QCOMPARE(desk.call(call).status, what == u"GET" ? 405 : 401);
        QVERIFY(desk.host.items.empty());
    }

    void anAnswerComesAfterTheCommitOnly()
    {
        Desk desk;
        desk.sim.write(Taro, u"one"_s);
        desk.host.failing = 1;
        QCOMPARE(desk.deliver(), 503);
        QVERIFY(desk.host.items.empty());
        QCOMPARE(desk.deliver(), 200);
        QCOMPARE(desk.host.items.size(), size_t(1));
        QCOMPARE(desk.host.items[0].senderName, u"LINE taro"_s);
        QCOMPARE(desk.host.items[0].language, u"ja"_s);
        QCOMPARE(desk.sim.profileCalls, 1); // known the second time
    }

    void whoCannotBeNamedIsHeardAllTheSame()
    {
        Desk desk;
        desk.sim.brokenProfiles = 1;
        desk.sim.write(Taro, u"one"_s);
        QCOMPARE(desk.deliver(), 200);
        QVERIFY(desk.host.items.at(0).senderName.isEmpty());
        desk.sim.write(Taro, u"two"_s);
        QCOMPARE(desk.deliver(), 200);
        QCOMPARE(desk.host.items.at(1).senderName, u"LINE taro"_s);
    }

    void filmsAreFetchedOnceTheyAreReady()
    {
        Desk desk;
        desk.sim.addFile(u"777"_s, Png, 2);
        desk.sim.writeMore(Taro, {{u"type"_s, u"video"_s}, {u"id"_s, u"777"_s}});
        QCOMPARE(desk.deliver(), 200);
        const Content &content = desk.host.items.at(0).content;
        QCOMPARE(content.attachments.size(), size_t(1));
        QCOMPARE(desk.host.files[content.attachments[0].sha256], Png);
        QCOMPARE(desk.sim.problems, QStringList());
    }

    void aFileThatIsGoneDoesNotLoseItsMessage_data()
    {
        QTest::addColumn<QString>("type");
        QTest::newRow("image") << u"image"_s;
        QTest::newRow("film that LINE could not make ready") << u"video"_s;
    }
    void aFileThatIsGoneDoesNotLoseItsMessage()
    {
        QFETCH(QString, type);
        Desk desk;
        desk.sim.writeMore(Taro, {{u"type"_s, type}});
        QCOMPARE(desk.deliver(), 200);
        QVERIFY(desk.host.items.at(0).content.text.startsWith(u"[File "_s + type));
    }

    void anAnswerIsFreeWhileTheTokenLivesThenPushed()
    {
        Desk desk;
        desk.sim.write(Taro, u"hello"_s);
        desk.deliver();
        const SendResult first = desk.send(desk.answer(u"one"_s));
        QCOMPARE(first.kind, Kind::Accepted);
        QVERIFY(!first.providerId.isEmpty());
        QVERIFY(!desk.sim.sent.at(0).isPush);
        QCOMPARE(desk.send(desk.answer(u"two"_s)).kind, Kind::Accepted); // the token is used
        QVERIFY(desk.sim.sent.at(1).isPush);
        desk.sim.write(Taro, u"hello again"_s);
        desk.deliver();
        QCOMPARE(desk.send(desk.answer(u"three"_s, true)).kind, Kind::Accepted);
        QVERIFY(desk.sim.sent.at(2).isPush);
        QCOMPARE(desk.sim.sent.at(2).to, Taro);
        QCOMPARE(desk.sim.problems, QStringList());
    }

    void aTokenThatDiedEarlierLeadsToAPush()
    {
        Desk desk;
        desk.sim.write(Taro, u"hello"_s);
        desk.deliver();
        const Outgoing out = desk.answer(u"one"_s);
        desk.sim.deadTokens.insert(
            json::object(out.answered->headers).value(u"reply_token"_s).toString());
        QCOMPARE(desk.send(out).kind, Kind::Accepted);
        QCOMPARE(desk.sim.sent.size(), size_t(1));
        QVERIFY(desk.sim.sent.at(0).isPush);
    }

    /// The program ended during a reply; nobody knows whether it got through.
    void aSecondAttemptDoesNotPushWhatAReplyMayHaveSaid()
    {
        Desk desk;
        desk.sim.write(Taro, u"hello"_s);
        desk.deliver();
        Outgoing out = desk.answer(u"one"_s);
        desk.sim.fail(Fault::BreaksAfter);
        QCOMPARE(desk.send(out).kind, Kind::Uncertain);
        QCOMPARE(desk.sim.sent.size(), size_t(1));
        desk.restart(); // what it knew of tokens is gone
        out.message.attempts = 2;
        QCOMPARE(desk.send(out).kind, Kind::Uncertain);
        QCOMPARE(desk.sim.sent.size(), size_t(1));
    }

    void aPushIsNeverDoubled_data()
    {
        QTest::addColumn<int>("fault");
        QTest::newRow("answer lost") << int(Fault::BreaksAfter);
        QTest::newRow("broken before") << int(Fault::BreaksBefore);
    }
    void aPushIsNeverDoubled()
    {
        QFETCH(int, fault);
        Desk desk;
        Outgoing out = desk.answer(u"one"_s);
        desk.sim.fail(Fault(fault));
        const SendResult first = desk.send(out);
        QCOMPARE(first.kind, Kind::Accepted); // tried again with the same key
        QCOMPARE(first.providerId, desk.sim.sent.at(0).id);
        desk.restart();
        out.message.attempts = 2; // as the gate does after a crash
        QCOMPARE(desk.send(out).kind, Kind::Accepted);
        QCOMPARE(desk.sim.sent.size(), size_t(1));
        QCOMPARE(desk.sim.retryKeys.front(), desk.sim.retryKeys.back());
    }

    void aSendEndsAsItWent_data()
    {
        QTest::addColumn<int>("fault");
        QTest::addColumn<int>("kind");
        QTest::newRow("too many") << int(Fault::TooMany) << int(Kind::Later);
        QTest::newRow("month used up") << int(Fault::OverQuota) << int(Kind::Refused);
        QTest::newRow("refused") << int(Fault::Refused) << int(Kind::Refused);
        QTest::newRow("down for good") << int(Fault::BreaksBefore) << int(Kind::Uncertain);
    }
    void aSendEndsAsItWent()
    {
        QFETCH(int, fault);
        Desk desk;
        desk.sim.mood = Fault(fault);
        const SendResult result = desk.send(desk.answer(u"Hello"_s));
        QTEST(int(result.kind), "kind");
        QVERIFY(!result.detail.isEmpty());
        if (result.kind == Kind::Later)
            QCOMPARE(result.retryAfter, Seconds(7));
        QVERIFY(desk.sim.sent.empty());
    }

    void manyMessagesGoFiveAtATime()
    {
        Desk desk;
        QCOMPARE(desk.send(desk.answer(QString(31'000, u'x'))).kind, Kind::Accepted);
        QCOMPARE(desk.sim.sent.size(), size_t(7));
        QCOMPARE(desk.sim.pushCalls, 2);
        QVERIFY(desk.sim.retryKeys.front() != desk.sim.retryKeys.back());
        QCOMPARE(desk.sim.problems, QStringList());
    }

    void choicesAreWithinTheLimits()
    {
        Desk desk;
        for (const QString &kind : {u"quick_replies"_s, u"buttons"_s, u"list_picker"_s}) {
            Outgoing out = desk.answer({});
            QJsonArray options;
            for (int i = 0; i < 4; ++i)
                options.append(QJsonObject{{u"id"_s, QString(400, u'ż')},
                                           {u"title"_s, QString(38, u'x')},
                                           {u"description"_s, QString(55, u'd')}});
            out.message.content.rich = json::canonical(
                {{u"kind"_s, kind}, {u"text"_s, QString(150, u't')}, {u"options"_s, options}});
            QCOMPARE(desk.send(out).kind, Kind::Accepted);
        }
        QCOMPARE(desk.sim.problems, QStringList());
    }

    void everyKindIsAsTheDocumentsSay() // M63
    {
        Desk desk;
        const QJsonObject option{{u"id"_s, u"a"_s}, {u"title"_s, u"Yes"_s}};
        const QJsonObject link{
            {u"id"_s, u"b"_s}, {u"title"_s, u"Track"_s}, {u"url"_s, u"https://x.example/t"_s}};
        const QJsonObject slot{{u"id"_s, u"a"_s}, {u"start"_s, u"2026-11-23T09:00:00Z"_s}};
        const QJsonObject card{{u"title"_s, u"Lamp"_s},
                               {u"image_url"_s, u"https://x.example/a.jpg"_s},
                               {u"options"_s, QJsonArray{option, link}}};
        const std::vector<QJsonObject> kinds{
            {{u"kind"_s, u"quick_replies"_s}, {u"options"_s, QJsonArray{option, link}}},
            {{u"kind"_s, u"buttons"_s}, {u"options"_s, QJsonArray{option, link}}},
            {{u"kind"_s, u"list_picker"_s}, {u"options"_s, QJsonArray{option, link}}},
            {{u"kind"_s, u"time_picker"_s}, {u"slots"_s, QJsonArray{slot}}},
            {{u"kind"_s, u"carousel"_s}, {u"cards"_s, QJsonArray{card, card}}},
            {{u"kind"_s, u"card"_s}, {u"cards"_s, QJsonArray{card}}},
            {{u"kind"_s, u"rich_link"_s}, {u"url"_s, u"https://x.example"_s}},
            {{u"kind"_s, u"location"_s}, {u"latitude"_s, 50.06}, {u"longitude"_s, 19.94}},
            {{u"kind"_s, u"markup_text"_s}, {u"markdown"_s, u"**now**"_s}}};
        for (QJsonObject rich : kinds) {
            rich.insert(u"text"_s, u"Well?"_s);
            Outgoing out = desk.answer({});
            out.message.content.rich = json::canonical(rich);
            QCOMPARE(desk.send(out).kind, Kind::Accepted);
        }
        QCOMPARE(desk.sim.problems, QStringList());
    }

    void typingAndReadAreShown()
    {
        Desk desk;
        desk.sim.write(Taro, u"hello"_s);
        desk.deliver();
        desk.connector->agentTyping(Taro, true);
        desk.connector->agentTyping(Taro, true);    // too soon
        desk.connector->agentTyping(u"C1"_s, true); // not in groups
        desk.connector->agentRead(Taro, desk.clock.wall());
        QTRY_COMPARE(desk.sim.readTokens.size(), 1);
        QTRY_COMPARE(desk.sim.loading, QStringList{Taro});
        QVERIFY(desk.sim.readTokens[0].startsWith(u"read-"_s));
        QCOMPARE(desk.sim.problems, QStringList());
    }

    void aWrongTokenIsShown()
    {
        Desk desk;
        desk.sim.isRevoked = true;
        desk.connector = line::lineType().make(desk.account, desk.host);
        desk.connector->start();
        QTRY_COMPARE(desk.host.lastState, AccountState::Down);
        std::optional<Result<QString>> said;
        desk.connector->test({this, [&](const Result<QString> &answer) { said = answer; }});
        QTRY_VERIFY(said.has_value());
        QVERIFY(!*said);
    }

    void theTestSaysWhatWorks()
    {
        Desk desk;
        std::optional<Result<QString>> said;
        desk.connector->test({this, [&](const Result<QString> &answer) { said = answer; }});
        QTRY_VERIFY(said.has_value());
        QVERIFY(*said);
        QVERIFY((**said).contains(u"@216example"_s));
    }
};

QTEST_GUILESS_MAIN(tst_LineConnector)
#include "tst_lineconnector.moc"
