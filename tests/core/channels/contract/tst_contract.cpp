// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/vendors/discordpeer.h"
#include "tests/support/vendors/linepeer.h"
#include "tests/support/vendors/slackpeer.h"
#include "tests/support/vendors/socialpeers.h"
#include "tests/support/vendors/telegrampeer.h"
#include "tests/support/vendors/twiliopeer.h"
#include "tests/support/vendors/vendorhost.h"
#include "tests/support/vendors/whatsapppeer.h"

#include "core/base/json.h"
#include "core/channels/api/rich.h"

#include <QTest>

using namespace peerdesk;
using namespace peerdesk::channels;
using namespace peerdesk::channels::vendor;
using namespace Qt::StringLiterals;

namespace {

using MakePeer = std::function<std::unique_ptr<VendorPeer>()>;

template <typename Peer>
MakePeer maker()
{
    return [] { return std::make_unique<Peer>(); };
}

const std::map<QString, MakePeer> &peers()
{
    static const std::map<QString, MakePeer> all{
        {u"app_store"_s, appStorePeer},
        {u"facebook_comments"_s, facebookCommentsPeer},
        {u"google_play"_s, googlePlayPeer},
        {u"instagram_comments"_s, instagramCommentsPeer},
        {u"instagram"_s, instagramPeer},
        {u"discord"_s, maker<DiscordPeer>()},
        {u"line"_s, maker<LinePeer>()},
        {u"slack"_s, maker<SlackPeer>()},
        {u"messenger"_s, messengerPeer},
        {u"sms"_s, maker<TwilioPeer>()},
        {u"telegram"_s, maker<TelegramPeer>()},
        {u"youtube"_s, youtubePeer},
        {u"whatsapp"_s, maker<WhatsAppPeer>()},
        {u"whatsapp_twilio"_s, [] { return std::make_unique<TwilioPeer>(true); }},
    };
    return all;
}

/// One account, its provider and a node in miniature.
struct Station
{
    Station(const QString &name, Clock &clock)
        : peer(peers().at(name)())
        , host(peer->clock() ? *peer->clock() : clock)
        , type(peer->channelType())
    {
        for (const auto &[key, value] : peer->secrets())
            host.secrets[key] = value;
        account.id = derivedId<AccountId>(AccountId{}, "contract");
        account.type = peer->type();
        account.settings = peer->settings();
        connect();
    }
    void connect()
    {
        connector = type.make(account, host);
        connector->start();
    }
    /// Providers that call are answered; what they were not answered well comes again.
    void serveHooks()
    {
        for (const HookCall &call : peer->pendingHooks()) {
            connector->hook(call, {connector.get(), [this, call](const Result<HookAnswer> &answer) {
                                       if (answer)
                                           peer->answered(call, *answer);
                                   }});
        }
    }
    const InboundItem *find(const QString &providerId)
    {
        serveHooks();
        for (const InboundItem &item : host.items) {
            if (item.providerId == providerId)
                return &item;
        }
        return nullptr;
    }
    int count(const QString &text) const
    {
        return int(std::count_if(host.items.begin(), host.items.end(),
                                 [shown = peer->shown(text)](const InboundItem &one) {
                                     return one.content.text == shown;
                                 }));
    }
    /// An agent's answer to `item`.
    std::shared_ptr<std::optional<SendResult>> answer(const InboundItem &item, const QString &text)
    {
        Outgoing outgoing;
        outgoing.message.id = randomId<MessageId>();
        outgoing.message.kind = MessageKind::Reply;
        outgoing.message.content.text = text;
        outgoing.message.createdAt = host.clock().wall();
        outgoing.conversation.thread = item.thread.isEmpty() ? item.sender.value : item.thread;
        outgoing.address.kind = item.sender.kind;
        outgoing.address.scope = item.sender.scope;
        outgoing.address.value = item.sender.value;
        Message answered;
        answered.providerId = item.providerId;
        answered.content = item.content;
        answered.headers = item.headers;
        answered.providerTime = item.providerTime;
        outgoing.answered = answered;
        outgoing.agentName = u"Linh"_s;
        outgoing.lastInboundAt = host.clock().wall();
        auto got = std::make_shared<std::optional<SendResult>>();
        connector->send(outgoing, {connector.get(), [got](const Result<SendResult> &result) {
                                       if (result)
                                           *got = *result;
                                   }});
        return got;
    }
    /// What an agent does to a message that the provider has.
    std::shared_ptr<std::optional<SendResult>> act(const InboundItem &item, MessageAction action,
                                                   const Message &target, const QString &text = {})
    {
        Outgoing outgoing;
        outgoing.message.id = randomId<MessageId>();
        outgoing.message.kind = MessageKind::System;
        outgoing.message.headers =
            json::canonical({{u"action"_s, enumName(action)}, {u"text"_s, text}});
        outgoing.conversation.thread = item.thread.isEmpty() ? item.sender.value : item.thread;
        outgoing.address.kind = item.sender.kind;
        outgoing.address.scope = item.sender.scope;
        outgoing.address.value = item.sender.value;
        outgoing.answered = target;
        outgoing.lastInboundAt = host.clock().wall();
        auto got = std::make_shared<std::optional<SendResult>>();
        connector->send(outgoing, {connector.get(), [got](const Result<SendResult> &result) {
                                       if (result)
                                           *got = *result;
                                   }});
        return got;
    }
    bool can(MessageAction action) const
    {
        const auto &own = type.capabilities.ownActions;
        return std::ranges::find(own, action) != own.end();
    }
    int got(const QString &text) const
    {
        const auto sent = peer->sent();
        return int(std::count_if(sent.begin(), sent.end(), [&](const VendorPeer::Sent &one) {
            return one.text.contains(text);
        }));
    }

    std::unique_ptr<VendorPeer> peer;
    VendorHost host;
    ChannelType type;
    ChannelAccount account;
    std::unique_ptr<Connector> connector;
};

} // namespace

/// M20: what every connector keeps, whatever its provider does. One column for each provider.
class TestContract : public QObject
{
    Q_OBJECT
    SystemClock m_clock{20.0}; // polls and pauses pass quickly

    static void columns()
    {
        QTest::addColumn<QString>("name");
        for (const auto &[name, make] : peers())
            QTest::newRow(qPrintable(name)) << name;
    }

private Q_SLOTS:
    void whatACustomerWritesArrivesOnce_data() { columns(); }
    void whatACustomerWritesArrivesOnce()
    {
        QFETCH(QString, name);
        Station station(name, m_clock);
        const QString id = station.peer->write(u"anna"_s, u"Dzień dobry 👋"_s);
        const InboundItem *item = nullptr;
        QTRY_VERIFY_WITH_TIMEOUT((item = station.find(id)), 15'000);
        QCOMPARE(item->content.text, station.peer->shown(u"Dzień dobry 👋"_s));
        QVERIFY(!item->sender.value.isEmpty() && !item->sender.kind.isEmpty());
        QVERIFY(item->providerTime.isSet());
        for (int i = 0; i < 5; ++i)
            station.peer->deliverAgain();
        const QString last = station.peer->write(u"anna"_s, u"last"_s);
        QTRY_VERIFY_WITH_TIMEOUT(station.find(last), 15'000);
        QCOMPARE(station.count(u"Dzień dobry 👋"_s), 1);
        QCOMPARE(station.peer->complaints(), QStringList());
    }

    void whatIsNotCommittedComesAgain_data() { columns(); }
    void whatIsNotCommittedComesAgain()
    {
        QFETCH(QString, name);
        Station station(name, m_clock);
        if (name == u"discord") // nothing can be resumed before its first session is in the log
            QTRY_VERIFY_WITH_TIMEOUT(!station.host.cursorBytes.isEmpty(), 15'000);
        station.host.isHolding = true;
        const QString id = station.peer->write(u"anna"_s, u"do not lose me"_s);
        QTRY_VERIFY_WITH_TIMEOUT((station.find(id), !station.host.held.empty()), 15'000);
        station.connector.reset(); // the PC dies before the commit
        station.host.held.clear();
        station.host.isHolding = false;
        station.connect();
        QTRY_VERIFY_WITH_TIMEOUT(station.find(id), 15'000);
        QCOMPARE(station.count(u"do not lose me"_s), 1);
    }

    void aFailedCommitIsTriedAgain_data() { columns(); }
    void aFailedCommitIsTriedAgain()
    {
        QFETCH(QString, name);
        Station station(name, m_clock);
        station.host.failing = 2;
        const QString id = station.peer->write(u"anna"_s, u"again"_s);
        QTRY_VERIFY_WITH_TIMEOUT(station.find(id), 20'000);
        QCOMPARE(station.count(u"again"_s), 1);
    }

    void anUnknownKindIsVisible_data() { columns(); }
    void anUnknownKindIsVisible()
    {
        QFETCH(QString, name);
        Station station(name, m_clock);
        const QString id = station.peer->writeUnknown(u"anna"_s);
        const InboundItem *item = nullptr;
        QTRY_VERIFY_WITH_TIMEOUT((item = station.find(id)), 15'000);
        QVERIFY(!item->content.text.isEmpty() || !item->content.attachments.empty());
    }

    void hostileTextIsMadeSafe_data() { columns(); }
    void hostileTextIsMadeSafe()
    {
        QFETCH(QString, name);
        Station station(name, m_clock);
        const QString id = station.peer->write(u"anna"_s, u"a\u202eb\u0007c"_s);
        const InboundItem *item = nullptr;
        QTRY_VERIFY_WITH_TIMEOUT((item = station.find(id)), 15'000);
        QVERIFY(!item->content.text.contains(QChar(7)));
        QVERIFY(item->content.text.endsWith(QChar(0x202c))); // what turns the text is closed
    }

    /// M04: text messages and Messenger go round, as all others do; web chat in
    /// `functional/journey`.
    void anAnswerReachesItsCustomerOnce_data() { columns(); }
    void anAnswerReachesItsCustomerOnce()
    {
        QFETCH(QString, name);
        Station station(name, m_clock);
        const QString id = station.peer->write(u"anna"_s, u"hello"_s);
        QTRY_VERIFY_WITH_TIMEOUT(station.find(id), 15'000);
        const auto result = station.answer(*station.find(id), u"50% off & <b>more</b>"_s);
        QTRY_VERIFY_WITH_TIMEOUT(result->has_value(), 15'000);
        QVERIFY2((*result)->kind == SendResult::Kind::Accepted, qPrintable((*result)->detail));
        QVERIFY(!(*result)->providerId.isEmpty());
        QCOMPARE(station.peer->sent().size(), size_t(1));
        QCOMPARE(station.peer->sent()[0].customer, u"anna"_s);
        QCOMPARE(station.peer->sent()[0].text, u"50% off & <b>more</b>"_s);
        QCOMPARE(station.peer->complaints(), QStringList());
    }

    void tooManyMeansLater_data() { columns(); }
    void tooManyMeansLater()
    {
        QFETCH(QString, name);
        Station station(name, m_clock);
        const QString id = station.peer->write(u"anna"_s, u"hello"_s);
        QTRY_VERIFY_WITH_TIMEOUT(station.find(id), 15'000);
        station.peer->setMood(VendorPeer::Mood::TooMany);
        const auto result = station.answer(*station.find(id), u"slowly"_s);
        QTRY_VERIFY_WITH_TIMEOUT(result->has_value(), 15'000);
        QCOMPARE((*result)->kind, SendResult::Kind::Later);
        QVERIFY((*result)->retryAfter >= station.peer->retryAfter());
        QCOMPARE(station.got(u"slowly"_s), 0);
    }

    void aRefusalSaysWhy_data() { columns(); }
    void aRefusalSaysWhy()
    {
        QFETCH(QString, name);
        Station station(name, m_clock);
        const QString id = station.peer->write(u"anna"_s, u"hello"_s);
        QTRY_VERIFY_WITH_TIMEOUT(station.find(id), 15'000);
        station.peer->setMood(VendorPeer::Mood::Refuses);
        const auto result = station.answer(*station.find(id), u"never"_s);
        QTRY_VERIFY_WITH_TIMEOUT(result->has_value(), 15'000);
        QCOMPARE((*result)->kind, SendResult::Kind::Refused);
        QVERIFY2((*result)->detail.size() > 10, qPrintable((*result)->detail));
        QCOMPARE(station.got(u"never"_s), 0);
    }

    /// It has the message and does not say so: nobody may say "not sent", and it goes out once.
    void aLostAnswerIsNoRefusal_data() { columns(); }
    void aLostAnswerIsNoRefusal()
    {
        QFETCH(QString, name);
        Station station(name, m_clock);
        const QString id = station.peer->write(u"anna"_s, u"hello"_s);
        QTRY_VERIFY_WITH_TIMEOUT(station.find(id), 15'000);
        station.peer->setMood(VendorPeer::Mood::TakesAndBreaks);
        const auto result = station.answer(*station.find(id), u"perhaps"_s);
        QTRY_VERIFY_WITH_TIMEOUT(result->has_value(), 30'000);
        const bool isRepeatable = station.type.capabilities.idempotentFor > Seconds(0);
        const bool isHonest = (*result)->kind == SendResult::Kind::Uncertain ||
                              (*result)->kind == SendResult::Kind::Accepted ||
                              (isRepeatable && (*result)->kind == SendResult::Kind::Later);
        QVERIFY2(isHonest, qPrintable(u"%1 %2"_s.arg(int((*result)->kind)).arg((*result)->detail)));
        QCOMPARE(station.got(u"perhaps"_s), 1);
    }

    void aLongTextArrivesWholeOrNotAtAll_data() { columns(); }
    void aLongTextArrivesWholeOrNotAtAll()
    {
        QFETCH(QString, name);
        Station station(name, m_clock);
        const QString id = station.peer->write(u"anna"_s, u"hello"_s);
        QTRY_VERIFY_WITH_TIMEOUT(station.find(id), 15'000);
        const QString text = u"word "_s.repeated(1'900).trimmed();
        const auto result = station.answer(*station.find(id), text);
        QTRY_VERIFY_WITH_TIMEOUT(result->has_value(), 60'000);
        QString whole;
        for (const VendorPeer::Sent &part : station.peer->sent())
            whole += part.text + u' ';
        if ((*result)->kind == SendResult::Kind::Accepted)
            QCOMPARE(whole.simplified(), text);
        else
            QVERIFY((*result)->kind == SendResult::Kind::Refused && whole.isEmpty());
        QCOMPARE(station.peer->complaints(), QStringList());
    }

    /// What is changed, deleted or reacted to stands so at the provider; twice is once.
    void whatIsDoneToOursStandsAtTheProvider_data() { columns(); }
    void whatIsDoneToOursStandsAtTheProvider()
    {
        QFETCH(QString, name);
        Station station(name, m_clock);
        if (station.type.capabilities.ownActions.empty())
            return;
        const QString id = station.peer->write(u"anna"_s, u"hello"_s);
        QTRY_VERIFY_WITH_TIMEOUT(station.find(id), 15'000);
        const InboundItem item = *station.find(id);
        const auto sent = station.answer(item, u"first words"_s);
        QTRY_VERIFY_WITH_TIMEOUT(sent->has_value(), 15'000);
        Message ours;
        ours.kind = MessageKind::Reply;
        ours.providerId = (*sent)->providerId;
        ours.content.text = u"first words"_s;
        QCOMPARE(station.peer->standing(ours.providerId), u"first words"_s);
        const auto isDone = [&](MessageAction action, const QString &text) {
            const auto done = station.act(item, action, ours, text);
            return QTest::qWaitFor([&] { return done->has_value(); }, 15'000) &&
                   (*done)->kind == SendResult::Kind::Accepted && !(*done)->providerId.isEmpty();
        };
        for (int i = 0; i < 2 && station.can(MessageAction::Edit); ++i) {
            QVERIFY(isDone(MessageAction::Edit, u"50% <b>other</b> words"_s));
            QCOMPARE(station.peer->standing(ours.providerId), u"50% <b>other</b> words"_s);
        }
        for (const QString &emoji : {u"👍"_s, u"👍"_s, u"❤\uFE0F"_s, QString(), QString()}) {
            if (!station.can(MessageAction::React))
                break;
            QVERIFY(isDone(MessageAction::React, emoji));
            ours.reactions[OfficeReacts] = emoji; // as the ledger has it then
            const QStringList shown = station.peer->reactionsTo(ours.providerId);
            QCOMPARE(shown.size(), emoji.isEmpty() ? 0 : 1);
            QVERIFY(emoji.isEmpty() || emoji.startsWith(shown.first().left(1)));
        }
        for (int i = 0; i < 2 && station.can(MessageAction::Delete); ++i) {
            QVERIFY(isDone(MessageAction::Delete, {}));
            QCOMPARE(station.peer->standing(ours.providerId), std::nullopt);
        }
        QCOMPARE(station.peer->complaints(), QStringList());
    }

    /// A long text goes out as several of the provider's messages: it is changed and goes as one.
    void whatWentOutInPartsIsChangedAndDeletedWhole_data() { columns(); }
    void whatWentOutInPartsIsChangedAndDeletedWhole()
    {
        QFETCH(QString, name);
        Station station(name, m_clock);
        if (station.type.capabilities.ownActions.empty())
            return;
        const QString id = station.peer->write(u"anna"_s, u"hello"_s);
        QTRY_VERIFY_WITH_TIMEOUT(station.find(id), 15'000);
        const InboundItem item = *station.find(id);
        Message ours;
        ours.kind = MessageKind::Reply;
        ours.content.text = u"word "_s.repeated(1'900).trimmed();
        const auto sent = station.answer(item, ours.content.text);
        QTRY_VERIFY_WITH_TIMEOUT(sent->has_value(), 60'000);
        QCOMPARE((*sent)->kind, SendResult::Kind::Accepted);
        ours.providerId = (*sent)->providerId;
        QVERIFY(station.peer->sent().size() > 1);
        const auto doneTo = [&](MessageAction action, const QString &text) {
            const auto done = station.act(item, action, ours, text);
            (void)QTest::qWaitFor([&] { return done->has_value(); }, 60'000);
            return done->value_or(SendResult{}).kind;
        };
        const auto standing = [&] {
            QStringList all;
            for (const VendorPeer::Sent &part : station.peer->sent())
                all << part.text;
            return all.join(u' ').simplified();
        };
        for (const QString &text : {u"other "_s.repeated(1'500).trimmed(), u"short"_s}) {
            if (!station.can(MessageAction::Edit))
                break;
            QCOMPARE(doneTo(MessageAction::Edit, text), SendResult::Kind::Accepted);
            QCOMPARE(standing(), text);
            ours.content.text = text; // as the ledger has it then
        }
        if (station.can(MessageAction::Edit)) // there is no room for it any more
            QCOMPARE(doneTo(MessageAction::Edit, u"long "_s.repeated(1'900)),
                     SendResult::Kind::Refused);
        for (int i = 0; i < 2 && station.can(MessageAction::Delete); ++i) {
            QCOMPARE(doneTo(MessageAction::Delete, {}), SendResult::Kind::Accepted);
            QCOMPARE(standing(), QString());
        }
        QCOMPARE(station.peer->complaints(), QStringList());
    }

    void whatIsDoneToCustomersMessagesStandsAtTheProvider_data() { columns(); }
    void whatIsDoneToCustomersMessagesStandsAtTheProvider()
    {
        QFETCH(QString, name);
        Station station(name, m_clock);
        const auto &can = station.type.capabilities.actions;
        if (std::ranges::find(can, MessageAction::React) == can.end())
            return;
        const QString id = station.peer->write(u"anna"_s, u"hello"_s);
        QTRY_VERIFY_WITH_TIMEOUT(station.find(id), 15'000);
        const InboundItem item = *station.find(id);
        const int items = int(station.host.items.size());
        Message theirs;
        theirs.providerId = id;
        const auto done = station.act(item, MessageAction::React, theirs, u"👍"_s);
        QTRY_VERIFY_WITH_TIMEOUT(done->has_value(), 15'000);
        QVERIFY2((*done)->kind == SendResult::Kind::Accepted, qPrintable((*done)->detail));
        QCOMPARE(station.peer->reactionsTo(id), QStringList{u"👍"_s});
        const QString last = station.peer->write(u"anna"_s, u"last"_s);
        QTRY_VERIFY_WITH_TIMEOUT(station.find(last), 15'000);
        QCOMPARE(int(station.host.items.size()), items + 1); // what we did is no news
        QCOMPARE(station.peer->complaints(), QStringList());
    }

    /// Doing it again does no harm: nobody has to be told "perhaps".
    void anActThatFailsIsTriedAgainOrSaysWhy_data() { columns(); }
    void anActThatFailsIsTriedAgainOrSaysWhy()
    {
        QFETCH(QString, name);
        Station station(name, m_clock);
        const QString id = station.peer->write(u"anna"_s, u"hello"_s);
        QTRY_VERIFY_WITH_TIMEOUT(station.find(id), 15'000);
        const InboundItem item = *station.find(id);
        const auto sent = station.answer(item, u"first words"_s);
        QTRY_VERIFY_WITH_TIMEOUT(sent->has_value(), 15'000);
        Message ours;
        ours.kind = MessageKind::Reply;
        ours.providerId = (*sent)->providerId;
        ours.content.text = u"first words"_s;
        using Mood = VendorPeer::Mood;
        for (const Mood mood : {Mood::TooMany, Mood::Refuses, Mood::TakesAndBreaks}) {
            if (!station.can(MessageAction::Edit))
                break;
            station.peer->setMood(mood);
            const auto done = station.act(item, MessageAction::Edit, ours, u"other words"_s);
            QTRY_VERIFY_WITH_TIMEOUT(done->has_value(), 15'000);
            const bool isRefused = mood == Mood::Refuses;
            QCOMPARE((*done)->kind,
                     isRefused ? SendResult::Kind::Refused : SendResult::Kind::Later);
            QVERIFY(!isRefused || (*done)->detail.size() > 10);
            QCOMPARE(station.peer->standing(ours.providerId),
                     mood == Mood::TakesAndBreaks ? u"other words"_s : u"first words"_s);
        }
        if (station.can(MessageAction::Edit))
            return;
        // What the record does not have is refused, and nothing is sent for it.
        const size_t before = station.peer->sent().size();
        const auto done = station.act(item, MessageAction::Edit, ours, u"other words"_s);
        QTRY_VERIFY_WITH_TIMEOUT(done->has_value(), 15'000);
        QCOMPARE((*done)->kind, SendResult::Kind::Refused);
        QCOMPARE(station.peer->sent().size(), before);
    }

    void afterStopNothingIsAsked_data() { columns(); }
    void afterStopNothingIsAsked()
    {
        QFETCH(QString, name);
        Station station(name, m_clock);
        const QString id = station.peer->write(u"anna"_s, u"hello"_s);
        QTRY_VERIFY_WITH_TIMEOUT(station.find(id), 15'000);
        station.connector->stop();
        const int ingests = station.host.ingests;
        const QString late = station.peer->write(u"anna"_s, u"too late"_s);
        QVERIFY(!QTest::qWaitFor([&] { return station.host.ingests != ingests; }, 300));
        station.connector->start();
        QTRY_VERIFY_WITH_TIMEOUT(station.find(late), 15'000);
    }

    void unsignedCallsAreNotHeard_data() { columns(); }
    void unsignedCallsAreNotHeard()
    {
        QFETCH(QString, name);
        Station station(name, m_clock);
        if (station.type.capabilities.ingress != Ingress::Webhook)
            return;
        station.peer->write(u"anna"_s, u"forged"_s);
        for (HookCall call : station.peer->pendingHooks()) {
            call.body.replace("forged", "f0rged"); // signed for another body
            std::optional<int> status;
            station.connector->hook(
                call, {station.connector.get(), [&](const Result<HookAnswer> &answer) {
                           status = answer ? answer->status : 0;
                       }});
            QVERIFY(status && *status >= 400 && *status < 500);
        }
        QCOMPARE(station.host.ingests, 0);
    }
};

QTEST_GUILESS_MAIN(TestContract)
#include "tst_contract.moc"
