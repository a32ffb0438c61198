// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "core/channels/meta/types.h"
#include "tests/support/vendors/metasim.h"
#include "tests/support/vendors/vendordesk.h"

#include <QJsonDocument>
#include <QTest>

using namespace peerdesk;
using namespace peerdesk::channels;
using namespace Qt::StringLiterals;
using meta::Product;
using Kind = SendResult::Kind;

namespace {

/// 7 seconds of it are 35 milliseconds.
constexpr double Scale = 200;

struct Desk : VendorDesk<MetaSim>
{
    explicit Desk(Product product = Product::Messenger)
        : VendorDesk(Scale, product)
    {}
    Outgoing saying(const QString &text, Milliseconds ago = Milliseconds(1'000)) const
    {
        InboundItem item;
        item.sender.value = item.thread = u"P1"_s;
        Outgoing outgoing = answering(item, text);
        outgoing.lastInboundAt = clock.wall() - ago;
        return outgoing;
    }
    int call(const HookCall &call)
    {
        std::optional<HookAnswer> answer;
        connector->hook(call, {connector.get(), [&](const Result<HookAnswer> &answered) {
                                   answer = answered ? *answered : HookAnswer{500, {}, {}};
                               }});
        (void)QTest::qWaitFor([&] { return answer.has_value(); }, 10'000);
        body = answer ? answer->body : QByteArray();
        return answer ? answer->status : 0;
    }
    QStringList texts() const
    {
        QStringList out;
        for (const InboundItem &item : host.items)
            out << item.content.text;
        return out;
    }
    size_t polls() const { return sim.callsOf("GET", u"conversations"_s).size(); }

    QByteArray body;
};

} // namespace

class TestDirectConnector : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatCustomersWriteComesOnceAndInOrder()
    {
        Desk desk;
        desk.sim.write(u"P1"_s, u"one"_s);
        desk.sim.write(u"P1"_s, u"two"_s);
        desk.connector->start();
        QTRY_COMPARE(desk.texts(), (QStringList{u"one"_s, u"two"_s}));
        desk.sim.write(u"P2"_s, u"three"_s);
        QTRY_COMPARE(desk.host.items.size(), size_t(3));
        const size_t polls = desk.polls();
        QTRY_VERIFY(desk.polls() > polls + 3);
        QCOMPARE(desk.host.items.size(), size_t(3));
        QCOMPARE(desk.host.repeated, 0); // nothing is said twice to the log
        QCOMPARE(desk.host.items[2].senderName, u"Name of P2"_s);
        QCOMPARE(desk.host.lastState, AccountState::Connected);
        QCOMPARE(desk.sim.complaints(), QStringList());
    }

    void aNewOwnerGoesOnWhereTheLogStands()
    {
        Desk desk;
        desk.sim.write(u"P1"_s, u"one"_s);
        desk.connector->start();
        QTRY_COMPARE(desk.host.items.size(), size_t(1));
        desk.connector->stop();
        desk.sim.write(u"P1"_s, u"while nobody listened"_s);
        desk.restart();
        QTRY_COMPARE(desk.host.items.size(), size_t(2));
        QCOMPARE(desk.host.items[1].content.text, u"while nobody listened"_s);
    }

    void aRefusedCommitIsTriedAgain()
    {
        Desk desk;
        desk.host.failing = 2;
        desk.sim.write(u"P1"_s, u"one"_s);
        desk.connector->start();
        QTRY_COMPARE(desk.texts(), QStringList{u"one"_s});
        QVERIFY(desk.host.ingests >= 3);
    }

    void manyConversationsAreWalkedToTheEnd()
    {
        Desk desk;
        for (int i = 0; i < 450; ++i)
            desk.sim.write(u"P%1"_s.arg(i), u"hello"_s);
        desk.connector->start();
        QTRY_COMPARE_WITH_TIMEOUT(desk.host.items.size(), size_t(450), 60'000);
        QCOMPARE(desk.host.repeated, 0);
    }

    void pollAndCallTogetherMakeOneMessage()
    {
        Desk desk;
        desk.connector->start();
        QTRY_VERIFY(desk.polls() > 0);
        const QString id = desk.sim.write(u"P1"_s, u"hello"_s);
        const HookCall call = desk.sim.hook(
            desk.sim.messageEvent(u"P1"_s, {{u"mid"_s, id}, {u"text"_s, u"hello"_s}}));
        for (int i = 0; i < 5; ++i)
            QCOMPARE(desk.call(call), 200);
        const size_t polls = desk.polls();
        QTRY_VERIFY_WITH_TIMEOUT(desk.polls() > polls + 1, 10'000);
        QCOMPARE(desk.host.items.size(), size_t(1));
    }

    void callsAreSignedOverTheirBytes_data()
    {
        QTest::addColumn<int>("change");
        QTest::newRow("no signature") << 0;
        QTest::newRow("another key's") << 1;
        QTest::newRow("another body's") << 2;
        QTest::newRow("the old kind") << 3;
        QTest::newRow("re-encoded body") << 4;
        QTest::newRow("cut off") << 5;
    }
    void callsAreSignedOverTheirBytes()
    {
        QFETCH(int, change);
        Desk desk;
        HookCall call = desk.sim.hook(
            desk.sim.messageEvent(u"P1"_s, {{u"mid"_s, u"m"_s}, {u"text"_s, u"a/b"_s}}));
        QByteArray &signature = call.headers["x-hub-signature-256"];
        switch (change) {
        case 0:
            call.headers.erase("x-hub-signature-256");
            break;
        case 1:
            signature = "sha256=" + QByteArray(64, 'a');
            break;
        case 2:
            call.body += ' ';
            break;
        case 3:
            signature = "sha1=" + signature.mid(7);
            break;
        case 4:
            call.body.replace("a/b", "a\\/b");
            break;
        default:
            signature.chop(2);
        }
        QCOMPARE(desk.call(call), 403);
        QVERIFY(desk.host.items.empty());
    }

    void theHandshakeNeedsOurWord()
    {
        Desk desk;
        HookCall call;
        call.method = "GET";
        call.query = {{u"hub.mode"_s, u"subscribe"_s},
                      {u"hub.verify_token"_s, QString::fromLatin1(MetaSim::VerifyToken)},
                      {u"hub.challenge"_s, u"1158201444"_s}};
        QCOMPARE(desk.call(call), 200);
        QCOMPARE(desk.body, QByteArray("1158201444"));
        call.query[u"hub.verify_token"_s] = u"guessed"_s;
        QCOMPARE(desk.call(call), 403);
        desk.host.secrets.erase(u"verify_token"_s);
        call.query[u"hub.verify_token"_s] = QString();
        QCOMPARE(desk.call(call), 403);
    }

    void aCallIsAnsweredAfterTheCommitOnly()
    {
        Desk desk;
        desk.host.failing = 1;
        const HookCall call = desk.sim.hook(
            desk.sim.messageEvent(u"P1"_s, {{u"mid"_s, u"m"_s}, {u"text"_s, u"x"_s}}));
        QCOMPARE(desk.call(call), 503);
        QCOMPARE(desk.call(call), 200);
        QCOMPARE(desk.host.items.size(), size_t(1));
    }

    void filesComeAlongAndTheirLossIsSaid()
    {
        Desk desk;
        desk.sim.addFile(u"leak.png"_s, QByteArray::fromHex("89504e470d0a1a0a0000000d49484452"));
        const auto file = [&](const QString &name) {
            return QJsonObject{{u"name"_s, name}, {u"file_url"_s, desk.sim.fileUrl(name)}};
        };
        const QJsonArray both{file(u"leak.png"_s), file(u"expired.jpg"_s)};
        desk.sim.add(
            u"P1"_s, u"P1"_s,
            {{u"message"_s, u"Look"_s}, {u"attachments"_s, QJsonObject{{u"data"_s, both}}}});
        desk.connector->start();
        QTRY_COMPARE_WITH_TIMEOUT(desk.host.items.size(), size_t(1), 20'000);
        const InboundItem &item = desk.host.items.front();
        QCOMPARE(item.content.attachments.size(), size_t(1));
        QCOMPARE(item.content.attachments[0].mimeType, u"image/png"_s);
        QVERIFY(item.content.text.startsWith(u"Look\n[File expired.jpg"_s));
        QCOMPARE(desk.sim.complaints(), QStringList()); // the token stayed at home
    }

    void answersGoOutAndTheirEchoIsNotDoubled()
    {
        Desk desk;
        desk.sim.write(u"P1"_s, u"Are you open?"_s);
        desk.connector->start();
        QTRY_COMPARE(desk.host.items.size(), size_t(1));
        const SendResult sent = desk.send(desk.saying(u"Until six."_s));
        QCOMPARE(sent.kind, Kind::Accepted);
        QVERIFY(!sent.providerId.isEmpty());
        const size_t polls = desk.polls();
        QTRY_VERIFY(desk.polls() > polls + 2);
        QCOMPARE(desk.host.items.size(), size_t(1));
        Message known;
        known.kind = MessageKind::Reply;
        known.providerId = sent.providerId;
        desk.host.histories[u"P1"_s] = {known};
        desk.restart(); // who comes next knows it from the conversation
        const size_t before = desk.polls();
        QTRY_VERIFY(desk.polls() > before + 2);
        QCOMPARE(desk.host.items.size(), size_t(1));
        QCOMPARE(desk.sim.complaints(), QStringList());
    }

    void whatThePageWroteElsewhereIsShown()
    {
        Desk desk;
        desk.sim.write(u"P1"_s, u"Are you open?"_s);
        desk.sim.echo(u"P1"_s, u"Typed in the inbox"_s);
        desk.connector->start();
        QTRY_COMPARE(desk.host.items.size(), size_t(2));
        const InboundItem &item = desk.host.items[1];
        QVERIFY(item.isAutomatic);
        QCOMPARE(item.sender.value, u"P1"_s);
        const QJsonObject headers = json::object(item.headers);
        QVERIFY(headers.value(u"outside"_s).toBool());
        QCOMPARE(headers.value(u"outside_name"_s).toString(), u"lantern_shop"_s);
    }

    /// M36.
    void after24HoursOnlyPeopleAnswer()
    {
        Desk desk;
        Outgoing outgoing = desk.saying(u"Sorry for the wait"_s, std::chrono::hours(25));
        SendResult sent = desk.send(outgoing);
        QCOMPARE(sent.kind, Kind::Accepted);
        const QJsonObject body = desk.sim.callsOf("POST", u"messages"_s).back().body;
        QCOMPARE(body.value(u"messaging_type"_s).toString(), u"MESSAGE_TAG"_s);
        QCOMPARE(body.value(u"tag"_s).toString(), u"HUMAN_AGENT"_s);
        outgoing.agentName.clear(); // a flow
        sent = desk.send(outgoing);
        QCOMPARE(sent.kind, Kind::Refused);
        QVERIFY(sent.detail.contains(u"24 hours"_s));
        sent = desk.send(desk.saying(u"late"_s, std::chrono::days(7) + std::chrono::minutes(1)));
        QCOMPARE(sent.kind, Kind::Refused);
        QVERIFY(sent.detail.contains(u"7 days"_s));
        QCOMPARE(desk.sim.sent().size(), size_t(1));
    }

    void theProvidersOwnClockWins()
    {
        Desk desk;
        desk.sim.isWindowClosed = true;
        const SendResult sent = desk.send(desk.saying(u"hello"_s));
        QCOMPARE(sent.kind, Kind::Refused);
        QVERIFY(sent.detail.contains(u"customer has to write first"_s));
    }

    void moodsOfTheProvider_data()
    {
        QTest::addColumn<int>("mood");
        QTest::addColumn<int>("kind");
        QTest::addColumn<int>("got");
        using Mood = vendor::VendorPeer::Mood;
        QTest::newRow("too many") << int(Mood::TooMany) << int(Kind::Later) << 0;
        QTest::newRow("refuses") << int(Mood::Refuses) << int(Kind::Refused) << 0;
        // It is found in the conversation, so that it is known to be sent.
        QTest::newRow("takes and breaks") << int(Mood::TakesAndBreaks) << int(Kind::Accepted) << 1;
    }
    void moodsOfTheProvider()
    {
        QFETCH(int, mood);
        QFETCH(int, kind);
        QFETCH(int, got);
        for (const Product product : {Product::Messenger, Product::Instagram}) {
            Desk desk(product);
            desk.sim.setMood(vendor::VendorPeer::Mood(mood));
            const SendResult sent = desk.send(desk.saying(u"Until six."_s));
            QCOMPARE(int(sent.kind), kind);
            QCOMPARE(int(desk.sim.sent().size()), got);
            if (sent.kind == Kind::Later)
                QCOMPARE(sent.retryAfter, desk.sim.retryAfter());
        }
    }

    void whatCannotBeFoundStaysUncertain()
    {
        Desk desk;
        desk.sim.failOnce(u"messages"_s, {500, {{u"code"_s, 1}}, {}});
        QCOMPARE(desk.send(desk.saying(u"lost?"_s)).kind, Kind::Uncertain);
    }

    void aPartThatFailsIsSaidPlainly()
    {
        Desk desk;
        Outgoing outgoing = desk.saying(u"Here it is"_s);
        outgoing.message.content.attachments = {
            {"sha", u"offer.pdf"_s, u"application/pdf"_s, 4, {}, false}};
        outgoing.attachments = {{"sha", "%PDF"}};
        QCOMPARE(desk.send(outgoing).kind, Kind::Accepted);
        QVERIFY(desk.sim.callsOf("POST", u"messages"_s)
                    .back()
                    .contentType.startsWith("multipart/form-data"));
        desk.sim.failOnce(u"messages"_s, {});
        QCOMPARE(desk.send(outgoing).kind, Kind::Refused);
        QCOMPARE(desk.sim.sent().size(), size_t(2)); // the first part failed: nothing went out
        QCOMPARE(desk.sim.complaints(), QStringList());
    }

    void marksReachTheMessagesBeforeThem()
    {
        Desk desk;
        Message early;
        early.kind = MessageKind::Reply;
        early.providerId = u"m_early"_s;
        early.createdAt = {1'000'000};
        Message late = early;
        late.providerId = u"m_late"_s;
        late.createdAt = {9'000'000};
        desk.host.histories[u"P1"_s] = {early, late};
        QJsonObject event = desk.sim.messageEvent(u"P1"_s, {});
        event.remove(u"message"_s);
        event.insert(u"read"_s, QJsonObject{{u"watermark"_s, 5'000'000'000'000.0}});
        event.insert(u"read"_s, QJsonObject{{u"watermark"_s, 5'000}}); // seconds: 1970, 01:23
        QCOMPARE(desk.call(desk.sim.hook(event)), 200);
        QCOMPARE(desk.host.items.size(), size_t(1));
        QCOMPARE(desk.host.items[0].receiptFor, u"m_early"_s);
        QCOMPARE(desk.host.items[0].receiptState, MessageState::Read);
    }

    void aRevokedTokenIsSaidAtOnce()
    {
        Desk desk;
        desk.sim.isTokenRevoked = true;
        desk.connector->start();
        QTRY_COMPARE(desk.host.lastState, AccountState::Down);
        QVERIFY(desk.host.lastDetail.contains(u"token"_s));
        QVERIFY(!desk.host.lastDetail.contains(QString::fromLatin1(MetaSim::Token)));
        QVERIFY(desk.test().startsWith(u"! "_s));
    }

    /// M40.
    void thePrivacySwitchIsFoundByTheTest()
    {
        Desk desk(Product::Instagram);
        QVERIFY2(desk.test().contains(u"can be read and answered"_s), qPrintable(desk.test()));
        desk.sim.isAccessOff = true;
        QVERIFY(desk.test().contains(u"Allow access to messages"_s));
        const SendResult sent = desk.send(desk.saying(u"hello"_s));
        QCOMPARE(sent.kind, Kind::Refused);
        QVERIFY(sent.detail.contains(u"Allow access to messages"_s));
        desk.connector->start();
        QTRY_COMPARE(desk.host.lastState, AccountState::Down);
        QVERIFY(desk.host.lastDetail.contains(u"Allow access to messages"_s));
        desk.sim.isAccessOff = false;
        QTRY_COMPARE(desk.host.lastState, AccountState::Connected);
    }

    void instagramsTokenIsRenewedAndKept()
    {
        Desk desk(Product::Instagram);
        desk.connector->start();
        QTRY_COMPARE(desk.sim.lastToken, QByteArray("IGrenewed"));
        QCOMPARE(desk.host.secrets[u"token"_s], QByteArray("IGrenewed"));
        desk.sim.write(u"P1"_s, u"hello"_s);
        QTRY_COMPARE(desk.host.items.size(), size_t(1));
    }

    void fullLimitsMakePollsRare()
    {
        Desk desk;
        desk.sim.usage = {{"x-app-usage", "{\"call_count\":99}"}};
        desk.connector->start();
        QTRY_COMPARE(desk.host.lastState, AccountState::Connected);
        const size_t polls = desk.polls();
        const Time from = desk.clock.wall();
        QTRY_VERIFY_WITH_TIMEOUT(desk.polls() > polls, 10'000);
        QVERIFY(desk.clock.wall() - from >= std::chrono::minutes(4));
    }

    void typingAndReadingAreSigns()
    {
        Desk desk;
        desk.connector->start();
        desk.connector->agentTyping(u"P1"_s, true);
        desk.connector->agentRead(u"P1"_s, {});
        QTRY_COMPARE(desk.sim.callsOf("POST", u"messages"_s).size(), size_t(2));
        QCOMPARE(desk.sim.callsOf("POST", u"messages"_s)[1].body.value(u"sender_action"_s),
                 QJsonValue(u"mark_seen"_s));
    }
};

QTEST_GUILESS_MAIN(TestDirectConnector)
#include "tst_directconnector.moc"
