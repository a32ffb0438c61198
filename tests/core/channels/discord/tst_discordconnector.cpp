// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "core/channels/discord/discordconnector.h"
#include "core/channels/discord/limits.h"
#include "tests/support/vendors/discordsim.h"
#include "tests/support/vendors/vendorhost.h"

#include <QJsonDocument>
#include <QTest>

using namespace peerdesk;
using namespace peerdesk::channels;
using namespace peerdesk::channels::discord;
using namespace Qt::StringLiterals;

namespace {

const QString Ada = u"1100000000000000005"_s;
const QString Direct = u"1150000000000000007"_s;

struct Desk
{
    SystemClock clock;
    DiscordSim sim;
    VendorHost host{clock};
    ChannelAccount account;
    std::unique_ptr<Connector> connector;

    /// `scale`: how much faster than life its pauses go by.
    explicit Desk(double scale = 10)
        : clock(scale)
    {
        host.secrets[u"token"_s] = DiscordSim::Token;
        account.settings[u"base_url"_s] = sim.base();
        connector = discordType().make(account, host);
    }
    void restart()
    {
        connector.reset();
        connector = discordType().make(account, host);
        connector->start();
    }
    bool isConnected() const
    {
        return sim.isConnected() && host.lastState == AccountState::Connected;
    }
    Outgoing to(const QString &thread, const QString &text)
    {
        Outgoing out;
        out.message.id = randomId<MessageId>();
        out.message.content.text = text;
        out.conversation.thread = thread;
        return out;
    }
    SendResult send(const Outgoing &outgoing)
    {
        std::optional<SendResult> result;
        connector->send(outgoing, {connector.get(), [&](const Result<SendResult> &sent) {
                                       result = sent ? *sent : SendResult{};
                                   }});
        const bool isOver = QTest::qWaitFor([&] { return result.has_value(); }, 15'000);
        return isOver ? *result : SendResult{SendResult::Kind::Uncertain, {}, u"no answer"_s, {}};
    }
};

} // namespace

class tst_DiscordConnector : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatIsWrittenArrivesOnce()
    {
        Desk desk;
        desk.connector->start();
        QTRY_VERIFY(desk.isConnected());
        QCOMPARE(desk.sim.intents & limits::MessageContent, 0); // not without the switch
        desk.sim.write(Direct, Ada, u"hello"_s);
        QTRY_COMPARE(desk.host.items.size(), 1u);
        desk.sim.dispatchAllAgain();
        QTRY_COMPARE(desk.host.repeated, 1);
        QCOMPARE(desk.host.items.front().content.text, u"hello"_s);
        QVERIFY2(desk.sim.problems.isEmpty(), qPrintable(desk.sim.problems.join(u'\n')));
    }

    void aBrokenConnectionIsResumedWithoutLoss()
    {
        Desk desk;
        desk.connector->start();
        QTRY_VERIFY(desk.isConnected());
        desk.sim.write(Direct, Ada, u"one"_s);
        QTRY_COMPARE(desk.host.items.size(), 1u);
        desk.sim.dropConnection();
        desk.sim.write(Direct, Ada, u"two"_s); // while nobody is there
        QTRY_COMPARE(desk.host.items.size(), 2u);
        QCOMPARE(desk.sim.identifies, 1);
        QCOMPARE(desk.sim.resumes, 1);
        desk.sim.askToReconnect();
        QTRY_COMPARE(desk.sim.resumes, 2);
    }

    void resumingBeginsBehindWhatIsCommitted()
    {
        Desk desk;
        desk.connector->start();
        QTRY_VERIFY(!desk.host.cursorBytes.isEmpty()); // the session is in the log
        desk.host.isHolding = true;
        desk.sim.write(Direct, Ada, u"one"_s);
        QTRY_COMPARE(desk.host.held.size(), 1u);
        desk.restart(); // the PC went off before the commit: another one goes on
        desk.host.held.clear();
        desk.host.isHolding = false;
        desk.sim.write(Direct, Ada, u"two"_s);
        QTRY_COMPARE(desk.host.items.size(), 2u);
        QCOMPARE(desk.host.items.front().content.text, u"one"_s);
        QCOMPARE(desk.sim.identifies, 1);
    }

    void anotherPcResumesTheSession()
    {
        Desk desk;
        desk.connector->start();
        QTRY_VERIFY(desk.isConnected());
        desk.sim.write(Direct, Ada, u"one"_s);
        QTRY_COMPARE(desk.host.items.size(), 1u);
        desk.connector->stop();
        desk.sim.dropConnection();
        desk.sim.write(Direct, Ada, u"two"_s);
        desk.restart();
        QTRY_COMPARE(desk.host.items.size(), 2u);
        QCOMPARE(desk.sim.identifies, 1);
    }

    void aLostSessionIsMadeGoodFromTheChannels()
    {
        Desk desk;
        desk.connector->start();
        QTRY_VERIFY(desk.isConnected());
        desk.sim.write(Direct, Ada, u"one"_s);
        QTRY_COMPARE(desk.host.items.size(), 1u);
        desk.sim.forgetSessions();
        desk.sim.dropConnection();
        desk.sim.write(Direct, Ada, u"two"_s); // no session hears it
        desk.sim.write(Direct, Ada, u"three"_s);
        QTRY_COMPARE_WITH_TIMEOUT(desk.host.items.size(), 3u, 15'000);
        QCOMPARE(desk.host.items[1].content.text, u"two"_s); // oldest first
        QCOMPARE(desk.host.items[2].content.text, u"three"_s);
        QCOMPARE(desk.sim.identifies, 2);
    }

    void aGatewayThatStopsAnsweringIsLeft()
    {
        Desk desk(1);
        desk.sim.heartbeat = 1'000;
        desk.sim.isDeaf = true;
        desk.connector->start();
        QTRY_COMPARE_WITH_TIMEOUT(desk.sim.resumes, 1, 15'000);
        QVERIFY(desk.sim.heartbeats >= 1);
    }

    void fatalCloseCodesStopAndSayWhy_data()
    {
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("word");
        QTest::newRow("token") << 4004 << u"token"_s;
        QTest::newRow("intents") << 4014 << u"Message Content Intent"_s;
    }
    void fatalCloseCodesStopAndSayWhy()
    {
        QFETCH(const int, code);
        QFETCH(const QString, word);
        Desk desk;
        desk.connector->start();
        QTRY_VERIFY(desk.isConnected());
        desk.sim.closeWith(quint16(code));
        QTRY_COMPARE(desk.host.lastState, AccountState::Down);
        QVERIFY2(desk.host.lastDetail.contains(word), qPrintable(desk.host.lastDetail));
    }

    void noStartsLeftIsSaid()
    {
        Desk desk;
        desk.sim.startsLeft = 0;
        desk.connector->start();
        QTRY_COMPARE(desk.host.lastState, AccountState::Degraded);
        QCOMPARE(desk.sim.identifies, 0);
    }

    void interactionsAreAcknowledgedAfterTheCommit()
    {
        Desk desk;
        desk.connector->start();
        QTRY_VERIFY(desk.isConnected());
        Outgoing out = desk.to(Direct, {});
        out.message.content.rich =
            json::canonical(QJsonDocument::fromJson(R"({"kind":"quick_replies","text":"Colour?",
            "options":[{"id":"red","title":"Red"},{"id":"blue","title":"Blue"}]})")
                                .object());
        const SendResult sent = desk.send(out);
        QCOMPARE(sent.kind, SendResult::Kind::Accepted);
        desk.host.isHolding = true;
        QVERIFY(desk.sim.press(Direct, Ada, u"Blue"_s));
        QTRY_COMPARE(desk.host.held.size(), 1u);
        QVERIFY(desk.sim.callbacks.empty());
        desk.host.release();
        QTRY_COMPARE(desk.sim.callbacks.size(), 1u);
        QCOMPARE(desk.sim.callbacks.front()["type"_L1].toInt(), 6);
        const InboundItem item = desk.host.items.front();
        QCOMPARE(json::object(item.content.rich)["payload"_L1].toString(), u"blue"_s);
        QCOMPARE(item.threadHints.front(), sent.providerId);
        QVERIFY2(desk.sim.problems.isEmpty(), qPrintable(desk.sim.problems.join(u'\n')));
    }

    void aFormOpensFromTheHistory()
    {
        Desk desk;
        desk.connector->start();
        QTRY_VERIFY(desk.isConnected());
        Outgoing out = desk.to(Direct, {});
        out.message.content.rich = json::canonical(
            QJsonDocument::fromJson(
                R"({"kind":"form","text":"You?","fields":[{"id":"n","label":"Name"}]})")
                .object());
        const SendResult sent = desk.send(out);
        Message kept = out.message;
        kept.providerId = sent.providerId;
        desk.host.histories[Direct].push_back(kept);
        QVERIFY(desk.sim.press(Direct, Ada, u"Fill in"_s));
        QTRY_COMPARE(desk.sim.callbacks.size(), 1u);
        QCOMPARE(desk.sim.callbacks.front()["type"_L1].toInt(), 9);
        QCOMPARE(desk.sim.callbacks.front()["data"_L1]["custom_id"_L1].toString(),
                 u"m:"_s + sent.providerId);
    }

    void aSecondTryIsNoSecondMessage_data()
    {
        QTest::addColumn<int>("faults");
        QTest::addColumn<SendResult::Kind>("kind");
        QTest::newRow("taken, then 500") << 1 << SendResult::Kind::Accepted;
        QTest::newRow("500 for ever") << 9 << SendResult::Kind::Uncertain;
    }
    void aSecondTryIsNoSecondMessage()
    {
        QFETCH(const int, faults);
        Desk desk;
        for (int i = 0; i < faults; ++i)
            desk.sim.failNext({500, {}, true, {}});
        const SendResult sent = desk.send(desk.to(Direct, u"once"_s));
        QTEST(sent.kind, "kind");
        QCOMPARE(desk.sim.sent.size(), 1u);
        QVERIFY(desk.sim.posts <= 3);
    }

    void refusalsAreSaidInPlainWords()
    {
        Desk desk;
        desk.sim.failNext({403, {{u"code"_s, 50007}, {u"message"_s, u"Cannot send"_s}}, false, {}});
        const SendResult shut = desk.send(desk.to(Direct, u"x"_s));
        QCOMPARE(shut.kind, SendResult::Kind::Refused);
        QVERIFY(shut.detail.contains(u"direct messages"_s));
        desk.sim.failNext({429, {{u"retry_after"_s, 6.2}}, false, {}});
        const SendResult slow = desk.send(desk.to(Direct, u"x"_s));
        QCOMPARE(slow.kind, SendResult::Kind::Later);
        QCOMPARE(slow.retryAfter, Seconds(7));
        QCOMPARE(desk.send(desk.to(u"../users"_s, u"x"_s)).kind, SendResult::Kind::Refused);
        QVERIFY(desk.sim.sent.empty());
    }

    void filesComeAndGo()
    {
        Desk desk;
        desk.connector->start();
        QTRY_VERIFY(desk.isConnected());
        const QString there = desk.sim.addFile(u"a.png"_s, "\x89PNG\r\n\x1a\n");
        const auto file = [](const QString &name, const QString &url) {
            return QJsonObject{{u"filename"_s, name}, {u"url"_s, url}, {u"size"_s, 8}};
        };
        desk.sim.write(
            Direct, Ada, u"see"_s,
            {{u"attachments"_s, QJsonArray{file(u"a.png"_s, there),
                                           file(u"b.png"_s, desk.sim.base() + u"/cdn/gone"_s)}}});
        QTRY_COMPARE_WITH_TIMEOUT(desk.host.items.size(), 1u, 10'000);
        QCOMPARE(desk.host.items.front().content.attachments.size(), 1u);
        QVERIFY(desk.host.items.front().content.text.contains(u"[File b.png:"_s));
        Outgoing out = desk.to(Direct, u"here"_s);
        const QByteArray sha = QCryptographicHash::hash("bytes", QCryptographicHash::Sha256);
        out.message.content.attachments.push_back({sha, u"c.txt"_s, u"text/plain"_s, 5, {}, false});
        out.attachments[sha] = "bytes";
        QCOMPARE(desk.send(out).kind, SendResult::Kind::Accepted);
        QCOMPARE(desk.sim.files.front(), QByteArray("bytes"));
        QVERIFY2(desk.sim.problems.isEmpty(), qPrintable(desk.sim.problems.join(u'\n')));
    }

    void typingIsShownBothWays()
    {
        Desk desk(1);
        desk.connector->start();
        QTRY_VERIFY(desk.isConnected());
        desk.sim.dispatch(u"TYPING_START"_s, {{u"channel_id"_s, Direct}, {u"user_id"_s, Ada}});
        QTRY_COMPARE(desk.host.typing.size(), 1u);
        desk.connector->agentTyping(Direct, true);
        desk.connector->agentTyping(Direct, true);
        QTRY_COMPARE(desk.sim.typings, 1);
    }

    void theTestIsARealCall()
    {
        Desk desk;
        std::optional<Result<QString>> said;
        desk.connector->test(
            {desk.connector.get(), [&](const Result<QString> &answer) { said = answer; }});
        QTRY_VERIFY(said.has_value());
        QVERIFY(*said && (**said).contains(u"desk"_s));
        desk.sim.isTokenRevoked = true;
        said.reset();
        desk.connector->test(
            {desk.connector.get(), [&](const Result<QString> &answer) { said = answer; }});
        QTRY_VERIFY(said.has_value());
        QVERIFY(!*said && said->error().detail.contains(u"token"_s));
    }
};

QTEST_GUILESS_MAIN(tst_DiscordConnector)
#include "tst_discordconnector.moc"
