// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "core/channels/twilio/twilioconnector.h"
#include "tests/support/vendors/twiliosim.h"
#include "tests/support/vendors/vendorhost.h"

#include <QTest>

using namespace peerdesk;
using namespace peerdesk::channels;
using namespace Qt::StringLiterals;
using Kind = SendResult::Kind;
using Fault = TwilioSim::Fault;

namespace {

const QString Ada = u"+48601234567"_s;
const QByteArray Png = QByteArray::fromHex("89504e470d0a1a0a0000000d49484452");

/// A number's account against the simulator, in fast time.
struct Desk
{
    SystemClock clock{60.0};
    TwilioSim sim;
    VendorHost host{clock};
    ChannelAccount account;
    ChannelType type;
    std::unique_ptr<Connector> connector;

    explicit Desk(bool isWhatsApp = false)
        : type(isWhatsApp ? twilio::whatsappTwilioType() : twilio::smsType())
    {
        sim.isWhatsApp = isWhatsApp;
        host.secrets[u"secret"_s] = TwilioSim::Secret;
        account.id = randomId<AccountId>();
        account.settings = {{u"base_url"_s, sim.base()},
                            {u"account_sid"_s, QLatin1StringView(TwilioSim::Account)},
                            {u"number"_s, QLatin1StringView(TwilioSim::Number)}};
        connector = type.make(account, host);
    }
    ~Desk()
    {
        if (!sim.problems.isEmpty())
            qWarning() << sim.problems;
    }
    void restart()
    {
        connector = type.make(account, host);
        connector->start();
    }
    QString customer(const QString &number) const
    {
        return (sim.isWhatsApp ? u"whatsapp:"_s : QString()) + number;
    }
    Outgoing to(const QString &number, const QString &text)
    {
        Outgoing out;
        out.message.id = randomId<MessageId>();
        out.message.content.text = text;
        out.address.kind = u"phone"_s;
        out.address.value = number;
        out.lastInboundAt = clock.wall();
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
    QStringList texts() const
    {
        QStringList out;
        for (const InboundItem &item : host.items) {
            if (item.kind == ItemKind::Message)
                out << item.content.text;
        }
        return out;
    }
    std::vector<MessageState> fates() const
    {
        std::vector<MessageState> out;
        for (const InboundItem &item : host.items) {
            if (item.kind == ItemKind::Receipt)
                out.push_back(item.receiptState);
        }
        return out;
    }
};

} // namespace

class tst_TwilioConnector : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatIsWrittenArrivesOnceAndInOrder() // M58
    {
        Desk desk;
        desk.sim.receive(Ada, u"one"_s);
        desk.sim.receive(Ada, u"two"_s);
        desk.connector->start();
        QTRY_COMPARE(desk.texts(), QStringList({u"one"_s, u"two"_s}));
        desk.sim.receive(Ada, u"three"_s);
        QTRY_COMPARE(desk.texts(), QStringList({u"one"_s, u"two"_s, u"three"_s}));
        const int ingests = desk.host.ingests;
        const int lists = desk.sim.lists;
        QTRY_VERIFY(desk.sim.lists >= lists + 3); // nothing new: nothing goes into the log
        QCOMPARE(desk.host.ingests, ingests);
        QCOMPARE(desk.host.lastState, AccountState::Connected);
        QCOMPARE(desk.sim.problems, QStringList());
    }

    void aNewOwnerGoesOnBehindWhatIsCommitted()
    {
        Desk desk;
        desk.sim.receive(Ada, u"one"_s);
        desk.connector->start();
        QTRY_COMPARE(desk.texts().size(), 1);
        desk.connector.reset();
        desk.sim.receive(Ada, u"two"_s);
        desk.restart();
        QTRY_COMPARE(desk.texts(), QStringList({u"one"_s, u"two"_s}));
    }

    void aCommitThatFailsIsTriedAgain()
    {
        Desk desk;
        desk.sim.receive(Ada, u"one"_s);
        desk.host.failing = 2;
        desk.connector->start();
        QTRY_COMPARE(desk.texts(), QStringList({u"one"_s}));
        QVERIFY(desk.host.ingests >= 3);
    }

    void aLogThatStandsElsewhereIsFollowed()
    {
        Desk desk;
        desk.sim.receive(Ada, u"one"_s);
        desk.connector->start();
        QTRY_COMPARE(desk.texts().size(), 1);
        desk.host.cursorBytes = desk.clock.wall().toString().toUtf8() + ";77";
        desk.sim.receive(Ada, u"two"_s);
        QTRY_COMPARE(desk.texts(), QStringList({u"one"_s, u"two"_s}));
        QVERIFY(desk.host.cursorBytes.endsWith(";78"));
    }

    void manyPagesComeWhole_data()
    {
        QTest::addColumn<bool>("isShuffled");
        QTest::newRow("newest first") << false;
        QTest::newRow("the wrong way round") << true;
    }
    void manyPagesComeWhole()
    {
        QFETCH(bool, isShuffled);
        Desk desk;
        desk.sim.isShuffled = isShuffled;
        desk.sim.pageSize = 7;
        for (int i = 0; i < 160; ++i)
            desk.sim.receive(Ada, QString::number(i));
        desk.connector->start();
        QTRY_COMPARE_WITH_TIMEOUT(desk.texts().size(), 160, 20'000);
        QCOMPARE(desk.host.repeated, 0);
    }

    void filesAreFetchedWithoutTheSecret() // M34
    {
        Desk desk;
        desk.sim.receive(Ada, u"see"_s,
                         {{u"image/png"_s, Png}, {u"image/svg+xml"_s, "<svg onload='x()'/>"}});
        desk.connector->start();
        QTRY_COMPARE(desk.host.items.size(), size_t(1));
        const Content &content = desk.host.items[0].content;
        QCOMPARE(content.attachments.size(), size_t(2));
        QCOMPARE(desk.host.files[content.attachments[0].sha256], Png);
        QCOMPARE(content.attachments[1].mimeType, u"application/octet-stream"_s);
        QVERIFY(!desk.sim.wasSecretLed);
        QCOMPARE(desk.sim.redirects, 2);
    }

    void aFileThatIsGoneDoesNotLoseItsMessage()
    {
        Desk desk;
        desk.sim.isExpired = true;
        desk.sim.receive(Ada, u"see"_s, {{u"image/png"_s, Png}});
        desk.connector->start();
        QTRY_COMPARE(desk.host.items.size(), size_t(1));
        QVERIFY(desk.texts()[0].startsWith(u"see\n[File file-1"_s));
    }

    void statesAreFollowedToTheEnd()
    {
        Desk desk;
        desk.connector->start();
        QTRY_COMPARE(desk.host.lastState, AccountState::Connected);
        const SendResult sent = desk.send(desk.to(Ada, u"Hello"_s));
        QCOMPARE(sent.kind, Kind::Accepted);
        desk.sim.setStatus(sent.providerId, u"sent"_s);
        QTRY_COMPARE(desk.fates(), std::vector{MessageState::Sent});
        desk.sim.setStatus(sent.providerId, u"undelivered"_s, 30006);
        QTRY_COMPARE(desk.fates().size(), size_t(2));
        QCOMPARE(desk.fates()[1], MessageState::Failed);
        QVERIFY(desk.host.items.back().receiptReason.contains(u"landline"_s));
        QCOMPARE(desk.host.items.back().receiptFor, sent.providerId);
        const int calls = desk.sim.statusCalls;
        const int lists = desk.sim.lists;
        QTRY_VERIFY(desk.sim.lists >= lists + 3);
        QCOMPARE(desk.sim.statusCalls, calls); // it is over
    }

    void aFateThatFailedToCommitIsToldAgain()
    {
        Desk desk;
        desk.connector->start();
        QTRY_COMPARE(desk.host.lastState, AccountState::Connected);
        const SendResult sent = desk.send(desk.to(Ada, u"Hello"_s));
        desk.host.failing = 1;
        desk.sim.setStatus(sent.providerId, u"delivered"_s);
        QTRY_COMPARE(desk.fates(), std::vector{MessageState::Delivered});
        QCOMPARE(desk.host.failing, 0);
    }

    void whatHappenedWhileNobodyAskedIsCaughtUp()
    {
        Desk desk(true);
        desk.connector->start();
        QTRY_COMPARE(desk.host.lastState, AccountState::Connected);
        const SendResult sent = desk.send(desk.to(Ada, u"Hello"_s));
        desk.connector.reset();
        desk.sim.setStatus(sent.providerId, u"read"_s);
        desk.restart();
        QTRY_COMPARE(desk.fates(), std::vector{MessageState::Read}); // M49: read receipts
    }

    void aSendEndsAsItWent_data()
    {
        QTest::addColumn<int>("fault");
        QTest::addColumn<int>("kind");
        QTest::addColumn<int>("reached"); // customers' messages
        QTest::newRow("too many") << int(Fault::TooMany) << int(Kind::Later) << 0;
        QTest::newRow("opted out") << int(Fault::OptedOut) << int(Kind::Refused) << 0;
        QTest::newRow("window over") << int(Fault::WindowOver) << int(Kind::Refused) << 0;
        QTest::newRow("taken, answer lost") << int(Fault::BreaksAfter) << int(Kind::Accepted) << 1;
        QTest::newRow("broken, not taken") << int(Fault::BreaksBefore) << int(Kind::Uncertain) << 0;
    }
    void aSendEndsAsItWent()
    {
        QFETCH(int, fault);
        Desk desk;
        desk.connector->start();
        QTRY_COMPARE(desk.host.lastState, AccountState::Connected);
        desk.sim.fail(Fault(fault));
        const SendResult result = desk.send(desk.to(Ada, u"100% + 50 %41 ąę\n& more"_s));
        QTEST(int(result.kind), "kind");
        QTEST(int(desk.sim.sent.size()), "reached");
        QCOMPARE(desk.sim.forms.size(), size_t(1)); // never a second time by itself
        QCOMPARE(desk.sim.forms[0].at(u"Body"_s).first(), u"100% + 50 %41 ąę\n& more"_s);
        if (result.kind == Kind::Later)
            QCOMPARE(result.retryAfter, Seconds(7));
        if (result.kind == Kind::Accepted)
            QCOMPARE(result.providerId, desk.sim.sent[0].value(u"sid"_s).toString());
        QVERIFY(result.kind == Kind::Accepted || !result.detail.isEmpty());
    }

    /// The same text went out a moment before: that one is known, and is not taken for this.
    void aLookUpDoesNotTakeTheEarlierForTheLater()
    {
        Desk desk;
        desk.connector->start();
        QTRY_COMPARE(desk.host.lastState, AccountState::Connected);
        QCOMPARE(desk.send(desk.to(Ada, u"ok"_s)).kind, Kind::Accepted);
        desk.sim.fail(Fault::BreaksBefore);
        QCOMPARE(desk.send(desk.to(Ada, u"ok"_s)).kind, Kind::Uncertain);
        QCOMPARE(desk.sim.sent.size(), size_t(1));
    }

    void aLaterPartThatFailsSaysWhatTheCustomerGot()
    {
        Desk desk;
        desk.connector->start();
        QTRY_COMPARE(desk.host.lastState, AccountState::Connected);
        const QString text = QString(1600, u'a') + u'\n' + QString(50, u'b');
        std::optional<SendResult> result;
        desk.sim.fail(Fault::TooMany);
        QCOMPARE(desk.send(desk.to(Ada, text)).kind, Kind::Later); // nothing went out yet
        desk.sim.fail(Fault::None);
        desk.sim.fail(Fault::OptedOut);
        desk.connector->send(desk.to(Ada, text),
                             {this, [&](const Result<SendResult> &sent) { result = *sent; }});
        QTRY_VERIFY(result.has_value());
        QCOMPARE(result->kind, Kind::Refused);
        QVERIFY(result->detail.contains(u"part 1 of 2 of the text"_s));
        QVERIFY(result->detail.contains(u"STOP"_s));
        QCOMPARE(desk.sim.sent.size(), size_t(1));
    }

    void filesAreServedToTwilioUnderNamesThatCannotBeGuessed()
    {
        Desk desk;
        desk.account.settings[u"public_address"_s] = u"https://office.example/"_s;
        desk.restart();
        QTRY_COMPARE(desk.host.lastState, AccountState::Connected);
        Outgoing out = desk.to(Ada, u"the plan"_s);
        const QByteArray sha = QCryptographicHash::hash(Png, QCryptographicHash::Sha256);
        out.message.content.attachments = {
            {sha, u"../pl an.png"_s, u"image/png"_s, Png.size(), {}, false}};
        out.attachments[sha] = Png;
        QCOMPARE(desk.send(out).kind, Kind::Accepted);
        const QString url = desk.sim.forms[0].at(u"MediaUrl"_s).first();
        const QString prefix =
            u"https://office.example/hooks/"_s + desk.account.id.toString() + u'/';
        QVERIFY(url.startsWith(prefix + u"media/"_s));
        HookAnswer served;
        HookCall call{"GET", url.mid(prefix.size()), {}, {}, {}};
        const auto take = [&](const Result<HookAnswer> &answer) { served = *answer; };
        desk.connector->hook(call, {this, take});
        QCOMPARE(served.status, 200);
        QCOMPARE(served.body, Png);
        call.rest = u"media/00000000000000000000000000000000/plan.png"_s;
        desk.connector->hook(call, {this, take});
        QCOMPARE(served.status, 404);
        call.method = "POST";
        desk.connector->hook(call, {this, take});
        QCOMPARE(served.status, 405);
    }

    void aWrongSecretIsShownAtOnce()
    {
        Desk desk;
        desk.sim.isRevoked = true;
        desk.connector->start();
        QTRY_COMPARE(desk.host.lastState, AccountState::Down);
        QVERIFY(!desk.host.lastDetail.isEmpty());
    }

    void aVendorThatIsDownForAWhileLosesNothing()
    {
        Desk desk;
        desk.sim.brokenLists = 4;
        desk.sim.receive(Ada, u"still here"_s);
        desk.connector->start();
        QTRY_COMPARE_WITH_TIMEOUT(desk.texts(), QStringList({u"still here"_s}), 15'000);
        QCOMPARE(desk.host.lastState, AccountState::Connected);
    }

    /// M49: the list is Twilio's, with what WhatsApp says of each.
    void theTemplatesAreThoseThatTwilioLists()
    {
        Desk desk(true);
        const auto entry = [](const QString &sid, const QString &status, const QString &body) {
            return QJsonObject{
                {u"sid"_s, sid},
                {u"friendly_name"_s, u"name of "_s + sid},
                {u"language"_s, u"en"_s},
                {u"variables"_s, QJsonObject{{u"1"_s, u"Ada"_s}, {u"2"_s, u"5 pm"_s}}},
                {u"types"_s,
                 QJsonObject{
                     {u"twilio/quick-reply"_s,
                      QJsonObject{{u"body"_s, body},
                                  {u"actions"_s, QJsonArray{QJsonObject{{u"title"_s, u"Fine"_s},
                                                                        {u"id"_s, u"ok"_s}}}}}}}},
                {u"approval_requests"_s,
                 QJsonObject{{u"category"_s, u"UTILITY"_s},
                             {u"status"_s, status},
                             {u"rejection_reason"_s,
                              status == u"rejected"_s ? u"too short"_s : QString()}}}};
        };
        desk.sim.contents = {entry(u"HX1"_s, u"approved"_s, u"Dear {{1}}, at {{2}}."_s),
                             entry(u"HX2"_s, u"rejected"_s, u"Hi"_s),
                             entry(u"HX3"_s, u"unsubmitted"_s, u"Hi"_s),
                             entry(u"HX4"_s, u"approved"_s, u"Only {{2}}"_s)};
        std::optional<Result<TemplateList>> said;
        desk.connector->templates({this, [&](const Result<TemplateList> &list) { said = list; }});
        QTRY_VERIFY(said.has_value());
        QVERIFY(*said);
        const std::vector<MessageTemplate> &all = (*said)->templates;
        QCOMPARE(all.size(), size_t(4));
        QCOMPARE(all[0].name, u"HX1"_s);
        QCOMPARE(all[0].title, u"name of HX1"_s);
        QCOMPARE(all[0].whyNot, QString());
        QCOMPARE(all[0].variables,
                 (std::vector<TemplateVariable>{{u"body"_s, 0, u"{{1}}"_s, u"Ada"_s},
                                                {u"body"_s, 1, u"{{2}}"_s, u"5 pm"_s}}));
        QVERIFY(all[1].whyNot.contains(u"too short"_s));
        QVERIFY(!all[2].whyNot.isEmpty());
        QVERIFY(all[3].whyNot.contains(u"numbered"_s));
        QCOMPARE(desk.sim.problems, QStringList());
    }

    void theTestSaysWhatWorksAndWhatIsMissing()
    {
        Desk desk;
        std::optional<Result<QString>> said;
        const auto take = [&](const Result<QString> &answer) { said = answer; };
        desk.connector->test({this, take});
        QTRY_VERIFY(said.has_value());
        QVERIFY(*said);
        QVERIFY((**said).contains(u"SMS works"_s)); // this number has no MMS
        desk.account.settings[u"number"_s] = u"+48999999999"_s;
        desk.connector = desk.type.make(desk.account, desk.host);
        said.reset();
        desk.connector->test({this, take});
        QTRY_VERIFY(said.has_value());
        QVERIFY(!*said);
        QVERIFY(said->error().detail.contains(u"not one of its numbers"_s));
    }

    void requestsAreAsTheDescriptionSays()
    {
        Desk desk;
        desk.connector->start();
        QTRY_COMPARE(desk.host.lastState, AccountState::Connected);
        desk.send(desk.to(Ada, u"Hello"_s));
        QCOMPARE(desk.sim.problems, QStringList());
        if (desk.sim.checked == 0)
            QSKIP("Twilio's description is not here: requests were checked for lengths only");
        qInfo() << desk.sim.checked << "requests held against Twilio's description";
    }
};

QTEST_GUILESS_MAIN(tst_TwilioConnector)
#include "tst_twilioconnector.moc"
