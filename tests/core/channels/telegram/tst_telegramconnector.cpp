// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "core/channels/telegram/telegramconnector.h"
#include "tests/support/vendors/telegramsim.h"
#include "tests/support/vendors/vendorhost.h"

#include <QJsonDocument>
#include <QTest>

using namespace peerdesk;
using namespace peerdesk::channels;
using namespace peerdesk::channels::telegram;
using namespace Qt::StringLiterals;

namespace {

constexpr qint64 Ada = 7'000'000'001; // beyond 32 bit

/// A bot's account against the simulator.
struct Desk
{
    SystemClock clock;
    TelegramSim sim;
    VendorHost host{clock};
    ChannelAccount account;
    std::unique_ptr<Connector> connector;

    /// `scale`: how much faster than life its pauses go by.
    explicit Desk(double scale = 1.0)
        : clock(scale)
    {
        host.secrets[u"token"_s] = TelegramSim::Token;
        account.settings[u"base_url"_s] = sim.base();
        connector = telegramType().make(account, host);
    }
    void restart()
    {
        connector = telegramType().make(account, host);
        connector->start();
    }
    Outgoing to(qint64 person, const QString &text)
    {
        Outgoing out;
        out.message.id = randomId<MessageId>();
        out.message.content.text = text;
        out.conversation.thread = QString::number(person);
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

void addFile(Outgoing &out, const QString &name, const QString &type, const QByteArray &bytes)
{
    const QByteArray sha = QCryptographicHash::hash(bytes, QCryptographicHash::Sha256);
    out.message.content.attachments.push_back({sha, name, type, bytes.size(), {}, false});
    out.attachments[sha] = bytes;
}

} // namespace

class tst_TelegramConnector : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatIsWrittenArrivesOnce()
    {
        Desk desk;
        desk.sim.hasWebhook = true; // of another program, before
        desk.connector->start();
        QTRY_COMPARE(desk.host.lastState, AccountState::Connected);
        QVERIFY(!desk.sim.hasWebhook);
        desk.sim.write(Ada, u"hello"_s);
        desk.sim.pushAgain();
        QTRY_COMPARE(desk.host.items.size(), 1u);
        QTRY_COMPARE(desk.host.repeated, 1);
        QCOMPARE(desk.host.items.front().thread, QString::number(Ada));
        QVERIFY2(desk.sim.problems.isEmpty(), qPrintable(desk.sim.problems.join(u'\n')));
        if (desk.sim.checked == 0)
            qInfo("the vendor's description is not here: requests were not held against it");
        else
            qInfo("%d requests held against the vendor's description", desk.sim.checked);
    }

    void nothingIsConfirmedBeforeItIsCommitted()
    {
        Desk desk;
        desk.host.isHolding = true;
        desk.connector->start();
        desk.sim.write(Ada, u"hello"_s);
        QTRY_COMPARE(desk.host.held.size(), 1u);
        QVERIFY(desk.sim.confirmed == 0);
        desk.restart(); // the PC went off before the commit
        desk.host.held.clear();
        desk.host.isHolding = false;
        QTRY_COMPARE(desk.host.items.size(), 1u);
        QTRY_VERIFY(desk.sim.confirmed > 900'000'001);
    }

    void aDiskThatFailsLosesNothing()
    {
        Desk desk;
        desk.host.failing = 1;
        desk.connector->start();
        desk.sim.write(Ada, u"hello"_s);
        QTRY_COMPARE_WITH_TIMEOUT(desk.host.items.size(), 1u, 10'000);
        QCOMPARE(desk.host.ingests >= 2, true);
    }

    void filesAreFetchedAtOnce()
    {
        Desk desk;
        desk.sim.addFile(u"doc1"_s, "%PDF-1.4 it is");
        desk.connector->start();
        desk.sim.write(Ada, {},
                       {{u"document"_s,
                         QJsonObject{{u"file_id"_s, u"doc1"_s}, {u"file_name"_s, u"../a.pdf"_s}}}});
        desk.sim.write(Ada, {},
                       {{u"document"_s,
                         QJsonObject{{u"file_id"_s, u"gone"_s}, {u"file_name"_s, u"b.pdf"_s}}}});
        QTRY_COMPARE_WITH_TIMEOUT(desk.host.items.size(), 2u, 10'000);
        const Attachment file = desk.host.items.front().content.attachments.at(0);
        QCOMPARE(file.name, u"a.pdf"_s);
        QCOMPARE(desk.host.files[file.sha256], QByteArray("%PDF-1.4 it is"));
        QVERIFY(desk.host.items.back().content.attachments.empty());
        QVERIFY(desk.host.items.back().content.text.startsWith(u"[File b.pdf:"_s));
    }

    void aButtonIsAcknowledgedAfterItsCommit()
    {
        Desk desk;
        desk.connector->start();
        QTRY_COMPARE(desk.host.lastState, AccountState::Connected);
        Outgoing out = desk.to(Ada, {});
        out.message.content.rich =
            json::canonical(QJsonDocument::fromJson(R"({"kind":"quick_replies","text":"Colour?",
            "options":[{"id":"red","title":"Red"},{"id":"blue","title":"Blue"}]})")
                                .object());
        const SendResult sent = desk.send(out);
        QCOMPARE(sent.kind, SendResult::Kind::Accepted);
        desk.host.isHolding = true;
        QVERIFY(desk.sim.press(Ada, u"Blue"_s));
        QTRY_COMPARE(desk.host.held.size(), 1u);
        QVERIFY(desk.sim.answeredCallbacks.isEmpty());
        desk.host.release();
        QTRY_COMPARE(desk.sim.answeredCallbacks.size(), 1);
        const InboundItem item = desk.host.items.front();
        QCOMPARE(json::object(item.content.rich)["payload"_L1].toString(), u"blue"_s);
        QCOMPARE(item.threadHints.front(), sent.providerId); // it leads to the question
    }

    void aSecondReaderIsNamed()
    {
        Desk desk(20);
        desk.connector->start();
        QTRY_VERIFY(desk.sim.isWaiting());
        for (int i = 0; i < 40; ++i)
            desk.sim.fail(
                u"getUpdates"_s,
                {409,
                 {{u"ok"_s, false},
                  {u"error_code"_s, 409},
                  {u"description"_s, u"Conflict: terminated by other getUpdates request"_s}},
                 false,
                 false});
        desk.sim.otherReader();
        QTRY_VERIFY_WITH_TIMEOUT(desk.host.lastDetail.contains(u"same token"_s), 60'000);
        QCOMPARE(desk.host.lastState, AccountState::Degraded);
    }

    void aRevokedTokenIsSaidAtOnceAndNeverShown()
    {
        Desk desk;
        desk.connector->start();
        QTRY_COMPARE(desk.host.lastState, AccountState::Connected);
        desk.sim.revoke();
        desk.sim.otherReader();
        QTRY_COMPARE_WITH_TIMEOUT(desk.host.lastState, AccountState::Down, 10'000);
        QVERIFY(!desk.host.lastDetail.contains(QLatin1StringView(TelegramSim::Token)));
        const SendResult sent = desk.send(desk.to(Ada, u"x"_s));
        QCOMPARE(sent.kind, SendResult::Kind::Refused);
        QVERIFY(!sent.detail.contains(u"TESTtoken"_s));
    }

    void anUnreachableServerDoesNotShowTheToken()
    {
        Desk desk;
        desk.account.settings[u"base_url"_s] = u"http://127.0.0.1:1"_s;
        desk.connector = telegramType().make(desk.account, desk.host);
        const SendResult sent = desk.send(desk.to(Ada, u"x"_s));
        QCOMPARE(sent.kind, SendResult::Kind::Later);
        QVERIFY(!sent.detail.contains(u"TESTtoken"_s));
    }

    void aTokenThatIsNoneIsNotCalledWith()
    {
        Desk desk;
        desk.host.secrets[u"token"_s] = "12:a/../../x";
        desk.restart();
        QTRY_COMPARE(desk.host.lastState, AccountState::Down);
        QVERIFY(desk.sim.calls.empty());
    }

    void aGapLongerThanTheVendorKeepsIsShown()
    {
        Desk desk;
        const Time longAgo = desk.clock.wall() - std::chrono::hours(50);
        Cursor cursor;
        cursor.offset = 5;
        cursor.at = longAgo;
        desk.host.cursorBytes = toBytes(cursor);
        desk.connector->start();
        QTRY_COMPARE(desk.host.lastState, AccountState::Connected);
        QTRY_VERIFY(desk.host.lastDetail.contains(u"24 hours"_s));
        QTRY_COMPARE(cursorFrom(desk.host.cursorBytes).gapFrom, longAgo); // and after a restart
        desk.restart();
        QTRY_VERIFY(desk.host.lastDetail.contains(u"24 hours"_s));
    }

    void sendsEndInOneOfFourWays_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<bool>("isAccepted");
        QTest::addColumn<bool>("isDropped");
        QTest::addColumn<SendResult::Kind>("kind");
        using Kind = SendResult::Kind;
        QTest::newRow("taken, then 500") << 500 << true << false << Kind::Uncertain;
        QTest::newRow("taken, answer lost") << 200 << true << true << Kind::Uncertain;
        QTest::newRow("slow down") << 429 << false << false << Kind::Later;
        QTest::newRow("bad") << 400 << false << false << Kind::Refused;
    }
    void sendsEndInOneOfFourWays()
    {
        QFETCH(const int, status);
        QFETCH(const bool, isAccepted);
        QFETCH(const bool, isDropped);
        Desk desk;
        desk.sim.fail(u"sendMessage"_s, {status,
                                         {{u"ok"_s, false},
                                          {u"description"_s, u"no"_s},
                                          {u"parameters"_s, QJsonObject{{u"retry_after"_s, 9}}}},
                                         isAccepted,
                                         isDropped});
        const SendResult sent = desk.send(desk.to(Ada, u"x"_s));
        QTEST(sent.kind, "kind");
        QCOMPARE(desk.sim.callsOf(u"sendMessage"_s).size(), 1u); // never by itself again
        if (sent.kind == SendResult::Kind::Later)
            QCOMPARE(sent.retryAfter, Seconds(9));
    }

    /// M48: no bot opens a chat.
    void whoNeverWroteCannotBeWrittenTo()
    {
        Desk desk;
        desk.sim.fail(
            u"sendMessage"_s,
            {403,
             {{u"ok"_s, false},
              {u"error_code"_s, 403},
              {u"description"_s, u"Forbidden: bot can't initiate conversation with a user"_s}},
             false,
             false});
        const SendResult sent = desk.send(desk.to(Ada, u"news"_s));
        QCOMPARE(sent.kind, SendResult::Kind::Refused);
        QVERIFY2(sent.detail.contains(u"has to write to the bot first"_s), qPrintable(sent.detail));
    }

    void aBlockedBotIsSaidInPlainWords()
    {
        Desk desk;
        desk.sim.blockedBy.insert(Ada);
        const SendResult sent = desk.send(desk.to(Ada, u"x"_s));
        QCOMPARE(sent.kind, SendResult::Kind::Refused);
        QVERIFY(sent.detail.contains(u"blocked"_s));
    }

    void aMovedGroupGetsItOnce()
    {
        Desk desk;
        desk.sim.migrated[-5] = -1009;
        const SendResult sent = desk.send(desk.to(-5, u"x"_s));
        QCOMPARE(sent.kind, SendResult::Kind::Accepted);
        QVERIFY(sent.providerId.startsWith(u"-5:"_s)); // as messages from there are named
        QCOMPARE(desk.sim.sent.size(), 1u);
        QCOMPARE(desk.sim.sent.front().value("chat_id"_L1).toInteger(), -1009);
    }

    void aPictureThatIsNoPhotoGoesAsFile()
    {
        Desk desk;
        Outgoing out = desk.to(Ada, u"see"_s);
        addFile(out, u"long.png"_s, u"image/png"_s, "\x89PNG");
        desk.sim.fail(
            u"sendPhoto"_s,
            {400,
             {{u"ok"_s, false}, {u"description"_s, u"Bad Request: PHOTO_INVALID_DIMENSIONS"_s}},
             false,
             false});
        QCOMPARE(desk.send(out).kind, SendResult::Kind::Accepted);
        QCOMPARE(desk.sim.callsOf(u"sendDocument"_s).size(), 1u);
        QCOMPARE(desk.sim.callsOf(u"sendDocument"_s).front().fileField, QByteArray("document"));
        QVERIFY2(desk.sim.problems.isEmpty(), qPrintable(desk.sim.problems.join(u'\n')));
    }

    void whatTheCustomerGotIsSaidWhenTheRestFails()
    {
        Desk desk;
        Outgoing out = desk.to(Ada, QString(2'000, u'x'));
        addFile(out, u"a.pdf"_s, u"application/pdf"_s, "%PDF");
        desk.sim.fail(
            u"sendDocument"_s,
            {400, {{u"ok"_s, false}, {u"description"_s, u"Bad Request: no"_s}}, false, false});
        const SendResult sent = desk.send(out);
        QCOMPARE(sent.kind, SendResult::Kind::Refused);
        QVERIFY2(sent.detail.contains(u"the text"_s) && sent.detail.contains(u"a.pdf"_s),
                 qPrintable(sent.detail));
        QCOMPARE(desk.sim.sent.size(), 1u); // the text, once
    }

    void typingAndReadMarksGoWhereTheyCan()
    {
        Desk desk;
        desk.connector->start();
        desk.sim.push({{u"business_message"_s, QJsonObject{{u"message_id"_s, 3},
                                                           {u"date"_s, 1},
                                                           {u"business_connection_id"_s, u"bc1"_s},
                                                           {u"chat"_s, QJsonObject{{u"id"_s, 50}}},
                                                           {u"from"_s, QJsonObject{{u"id"_s, 50}}},
                                                           {u"text"_s, u"hi"_s}}}});
        QTRY_COMPARE(desk.host.items.size(), 1u);
        const QString thread = desk.host.items.front().thread;
        desk.connector->agentTyping(thread, true);
        desk.connector->agentTyping(thread, true); // still shown
        desk.connector->agentRead(thread, {});
        QTRY_COMPARE(desk.sim.callsOf(u"readBusinessMessage"_s).size(), 1u);
        QCOMPARE(desk.sim.callsOf(u"sendChatAction"_s).size(), 1u);
        QVERIFY2(desk.sim.problems.isEmpty(), qPrintable(desk.sim.problems.join(u'\n')));
    }

    void theTestIsARealCall()
    {
        Desk desk;
        desk.sim.hasWebhook = true;
        std::optional<Result<QString>> said;
        desk.connector->test(
            {desk.connector.get(), [&](const Result<QString> &answer) { said = answer; }});
        QTRY_VERIFY(said.has_value());
        QVERIFY(*said);
        QVERIFY((**said).contains(u"@desk_bot"_s));
        QVERIFY((**said).contains(u"webhook"_s));
        QVERIFY(desk.sim.hasWebhook); // it only looks
    }
};

QTEST_GUILESS_MAIN(tst_TelegramConnector)
#include "tst_telegramconnector.moc"
