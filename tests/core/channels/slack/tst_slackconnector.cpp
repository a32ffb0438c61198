// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "core/channels/slack/slackconnector.h"
#include "tests/support/vendors/slacksim.h"
#include "tests/support/vendors/vendorhost.h"

#include <QJsonDocument>
#include <QTest>

using namespace peerdesk;
using namespace peerdesk::channels;
using namespace peerdesk::channels::slack;
using namespace Qt::StringLiterals;

namespace {

struct Desk
{
    SystemClock clock{10}; // pauses pass quickly
    SlackSim sim;
    VendorHost host{clock};
    ChannelAccount account;
    std::unique_ptr<Connector> connector;

    Desk()
    {
        host.secrets[u"bot_token"_s] = SlackSim::BotToken;
        host.secrets[u"app_token"_s] = SlackSim::AppToken;
        account.settings[u"base_url"_s] = sim.base();
        connector = slackType().make(account, host);
    }
    bool isConnected() const
    {
        return sim.sockets() > 0 && host.lastState == AccountState::Connected;
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

void addFile(Outgoing &out, const QString &name, const QByteArray &bytes)
{
    const QByteArray sha = QCryptographicHash::hash(bytes, QCryptographicHash::Sha256);
    out.message.content.attachments.push_back(
        {sha,
         name,
         name.endsWith(u".png"_s) ? u"image/png"_s : u"text/plain"_s,
         bytes.size(),
         {},
         false});
    out.attachments[sha] = bytes;
}

} // namespace

class tst_SlackConnector : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatIsWrittenArrivesOnceWithAName()
    {
        Desk desk;
        desk.connector->start();
        QTRY_VERIFY(desk.isConnected());
        desk.sim.write(u"D1"_s, u"U7"_s, u"hello"_s);
        QTRY_COMPARE(desk.host.items.size(), 1u);
        QCOMPARE(desk.host.items.front().senderName, u"Ada Example"_s);
        QCOMPARE(desk.host.items.front().also.front().value, u"ada@example.org"_s);
        QTRY_COMPARE(desk.sim.acknowledged.size(), 1);
        desk.sim.bringAllAgain();
        QTRY_COMPARE(desk.host.repeated, 1);
        QVERIFY2(desk.sim.problems.isEmpty(), qPrintable(desk.sim.problems.join(u'\n')));
    }

    void nothingIsAcknowledgedBeforeItIsCommitted()
    {
        Desk desk;
        desk.connector->start();
        QTRY_VERIFY(desk.isConnected());
        desk.host.isHolding = true;
        desk.sim.write(u"D1"_s, u"U7"_s, u"hello"_s);
        QTRY_COMPARE(desk.host.held.size(), 1u);
        QVERIFY(desk.sim.acknowledged.isEmpty());
        desk.host.release();
        QTRY_COMPARE(desk.sim.acknowledged.size(), 1);
    }

    void anAcknowledgementThatIsLostDoublesNothing()
    {
        Desk desk;
        desk.connector->start();
        QTRY_VERIFY(desk.isConnected());
        desk.host.isHolding = true;
        desk.sim.write(u"D1"_s, u"U7"_s, u"hello"_s);
        QTRY_COMPARE(desk.host.held.size(), 1u);
        desk.sim.dropSockets(); // the socket that brought it is gone
        desk.host.release();
        QTRY_VERIFY_WITH_TIMEOUT(desk.sim.acknowledged.size() >= 1, 10'000);
        QCOMPARE(desk.host.items.size(), 1u);
    }

    void theNextSocketIsThereBeforeTheLastOneGoes()
    {
        Desk desk;
        desk.connector->start();
        QTRY_VERIFY(desk.isConnected());
        desk.sim.warn();
        QTRY_COMPARE(desk.sim.sockets(), 2);
        desk.sim.write(u"D1"_s, u"U7"_s, u"by the old one"_s);
        QTRY_COMPARE(desk.host.items.size(), 1u);
        QVERIFY(desk.host.lastDetail.isEmpty()); // both are ours
    }

    void whatNobodyHeardIsReadAgain()
    {
        Desk desk;
        desk.connector->start();
        QTRY_VERIFY(desk.isConnected());
        const QString root = desk.sim.write(u"C1"_s, u"U7"_s, u"one"_s);
        QTRY_COMPARE(desk.host.items.size(), 1u);
        desk.connector->stop();
        desk.sim.dropSockets();
        desk.sim.write(u"C1"_s, u"U7"_s, u"two"_s);
        desk.sim.write(u"C1"_s, u"U7"_s, u"reply"_s, {{u"thread_ts"_s, root}});
        desk.sim.write(u"D9"_s, u"U8"_s, u"somebody new"_s);
        desk.connector->start();
        QTRY_COMPARE_WITH_TIMEOUT(desk.host.items.size(), 4u, 15'000);
        QStringList texts;
        for (const InboundItem &item : desk.host.items)
            texts << item.content.text;
        texts.sort();
        QCOMPARE(texts, (QStringList{u"one"_s, u"reply"_s, u"somebody new"_s, u"two"_s}));
        QVERIFY2(desk.sim.problems.isEmpty(), qPrintable(desk.sim.problems.join(u'\n')));
    }

    void anotherProgramAtTheSameAppIsNamed()
    {
        Desk desk;
        desk.sim.otherConnections = 1;
        desk.connector->start();
        QTRY_COMPARE(desk.host.lastState, AccountState::Degraded);
        QVERIFY(desk.host.lastDetail.contains(u"Another program"_s));
    }

    void finalTroubleStopsAndSaysWhy()
    {
        Desk desk;
        desk.connector->start();
        QTRY_VERIFY(desk.isConnected());
        desk.sim.disableLink();
        QTRY_COMPARE(desk.host.lastState, AccountState::Down);
        QVERIFY(desk.host.lastDetail.contains(u"Socket Mode"_s));
        Desk other;
        other.sim.isTokenRevoked = true;
        other.connector->start();
        QTRY_COMPARE(other.host.lastState, AccountState::Down);
        QVERIFY(other.host.lastDetail.contains(u"token"_s));
        Desk wrong;
        wrong.host.secrets[u"bot_token"_s] = "xapp-1";
        wrong.connector = slackType().make(wrong.account, wrong.host);
        wrong.connector->start();
        QCOMPARE(wrong.host.lastState, AccountState::Down);
        QVERIFY(wrong.sim.calls.isEmpty());
    }

    void buttonsLeadBack()
    {
        Desk desk;
        desk.connector->start();
        QTRY_VERIFY(desk.isConnected());
        Outgoing out = desk.to(u"D1"_s, {});
        out.message.content.rich =
            json::canonical(QJsonDocument::fromJson(R"({"kind":"quick_replies","text":"Colour?",
            "options":[{"id":"red","title":"Red"},{"id":"blue","title":"Blue"}]})")
                                .object());
        const SendResult sent = desk.send(out);
        QCOMPARE(sent.kind, SendResult::Kind::Accepted);
        QVERIFY(desk.sim.press(u"D1"_s, u"U7"_s, u"Blue"_s));
        QTRY_COMPARE(desk.host.items.size(), 1u); // not our own message
        const InboundItem item = desk.host.items.front();
        QCOMPARE(json::object(item.content.rich)["payload"_L1].toString(), u"blue"_s);
        QCOMPARE(item.threadHints.front(), sent.providerId);
    }

    void aFormOpensFromTheHistory()
    {
        Desk desk;
        desk.connector->start();
        QTRY_VERIFY(desk.isConnected());
        Outgoing out = desk.to(u"D1"_s, {});
        out.message.content.rich = json::canonical(
            QJsonDocument::fromJson(
                R"({"kind":"form","text":"You?","fields":[{"id":"n","label":"Name"}]})")
                .object());
        const SendResult sent = desk.send(out);
        Message kept = out.message;
        kept.providerId = sent.providerId;
        desk.host.histories[u"D1"_s].push_back(kept);
        QVERIFY(desk.sim.press(u"D1"_s, u"U7"_s, u"Fill in"_s));
        QTRY_COMPARE(desk.sim.views.size(), 1u);
        QCOMPARE(desk.sim.views.front()["blocks"_L1][0]["block_id"_L1].toString(), u"field:n"_s);
    }

    void anUncertainSendIsLookedUp()
    {
        Desk desk;
        desk.sim.failNext(u"chat.postMessage"_s, {500, {}, true, {}});
        const SendResult found = desk.send(desk.to(u"D1"_s, u"once"_s));
        QCOMPARE(found.kind, SendResult::Kind::Accepted);
        QCOMPARE(desk.sim.sent.size(), 1u);
        desk.sim.failNext(u"chat.postMessage"_s, {500, {}, false, {}});
        const SendResult lost = desk.send(desk.to(u"D1"_s, u"perhaps"_s));
        QCOMPARE(lost.kind, SendResult::Kind::Uncertain);
        QCOMPARE(desk.sim.calls.count(u"chat.postMessage"_s), 2); // never by itself again
    }

    void slowDownIsLater()
    {
        Desk desk;
        desk.sim.failNext(u"chat.postMessage"_s,
                          {429,
                           {{u"ok"_s, false}, {u"error"_s, u"ratelimited"_s}},
                           false,
                           {{"Retry-After", "9"}}});
        const SendResult sent = desk.send(desk.to(u"D1"_s, u"x"_s));
        QCOMPARE(sent.kind, SendResult::Kind::Later);
        QCOMPARE(sent.retryAfter, Seconds(9));
    }

    /// M53: an image goes into its thread; what a customer sends is fetched.
    void filesComeAndGo()
    {
        Desk desk;
        desk.connector->start();
        QTRY_VERIFY(desk.isConnected());
        const QString there = desk.sim.addFile(u"a.txt"_s, "some text");
        const auto file = [](const QString &name, const QString &url) {
            return QJsonObject{{u"id"_s, u"F1"_s}, {u"name"_s, name}, {u"url_private"_s, url}};
        };
        desk.sim.write(u"D1"_s, u"U7"_s, u"see"_s,
                       {{u"subtype"_s, u"file_share"_s},
                        {u"files"_s, QJsonArray{file(u"a.txt"_s, there),
                                                file(u"b.txt"_s, u"http://127.0.0.1:1/x"_s)}}});
        QTRY_COMPARE_WITH_TIMEOUT(desk.host.items.size(), 1u, 10'000);
        QCOMPARE(desk.host.items.front().content.attachments.size(), 1u);
        QVERIFY(
            desk.host.items.front().content.text.contains(u"outside Slack"_s)); // no token there
        Outgoing out = desk.to(u"C1/1790000001.000100"_s, u"here"_s);
        addFile(out, u"c & d.png"_s, "bytes");
        QCOMPARE(desk.send(out).kind, SendResult::Kind::Accepted);
        QCOMPARE(desk.sim.shared.size(), 1u);
        QCOMPARE(desk.sim.uploads[desk.sim.shared.front().first], QByteArray("bytes"));
        QCOMPARE(desk.sim.shared.front().second["thread_ts"_L1].toString(), u"1790000001.000100"_s);
        QVERIFY2(desk.sim.problems.isEmpty(), qPrintable(desk.sim.problems.join(u'\n')));
    }

    void whatTheCustomerGotIsSaidWhenTheRestFails()
    {
        Desk desk;
        desk.sim.failNext(
            u"files.getUploadURLExternal"_s,
            {200,
             {{u"ok"_s, false}, {u"error"_s, u"missing_scope"_s}, {u"needed"_s, u"files:write"_s}},
             false,
             {}});
        Outgoing out = desk.to(u"D1"_s, u"here"_s);
        addFile(out, u"a.txt"_s, "bytes");
        const SendResult sent = desk.send(out);
        QCOMPARE(sent.kind, SendResult::Kind::Refused);
        QVERIFY2(sent.detail.contains(u"the text"_s) && sent.detail.contains(u"files:write"_s),
                 qPrintable(sent.detail));
        QCOMPARE(desk.sim.sent.size(), 1u);
    }

    void theTestIsARealCall()
    {
        Desk desk;
        std::optional<Result<QString>> said;
        desk.connector->test(
            {desk.connector.get(), [&](const Result<QString> &answer) { said = answer; }});
        QTRY_VERIFY(said.has_value());
        QVERIFY(*said && (**said).contains(u"Example Office"_s));
        QVERIFY(desk.sim.calls.contains(u"apps.connections.open"_s));
    }
};

QTEST_GUILESS_MAIN(tst_SlackConnector)
#include "tst_slackconnector.moc"
