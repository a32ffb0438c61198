// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "tests/core/node/smalloffice.h"

#include <QTemporaryDir>

using namespace peerdesk;
using namespace peerdesk::node;
using namespace Qt::StringLiterals;

/// What channels bring is taken whole, in turn, and never refused.
class TestArrival : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<test::World> m_world;
    std::unique_ptr<test::SmallOffice> m_office;

    std::optional<Result<Done>> take(const channels::InboundPage &page)
    {
        std::optional<Result<Done>> answer;
        m_office->host().ingest(page, {this, [&](Result<Done> done) { answer = done; }});
        m_office->settle();
        return answer;
    }
    api::Ingest one(const QString &id) const
    {
        return {m_office->account(), {m_office->item(id, u"hello "_s + id)}, {}, {}};
    }

    InboundItem mail(const QString &from, const QString &date, const QString &subject,
                     const QString &text, const QString &bodyHash = {}) const
    {
        InboundItem item = m_office->item(u"form@shop.test"_s, text);
        item.thread = item.providerId; // as a mail that answers nothing
        item.sender.value = from;
        item.content.subject = subject;
        QJsonObject headers{{u"from"_s, QJsonArray{QJsonObject{{u"address"_s, from}}}},
                            {u"date"_s, date}};
        if (!bodyHash.isEmpty())
            headers[u"body_hash"_s] = bodyHash;
        item.headers = json::canonical(headers);
        return item;
    }
    /// What came from this address, in all its conversations.
    size_t messagesFrom(const QString &address) const
    {
        const auto &view = m_office->core().view();
        const auto known =
            view.addressOf({u"wire"_s, m_office->account().toString(), address, {}, {}});
        size_t count = 0;
        if (!known)
            return count;
        for (const Conversation &one : view.conversationsOf(known->customer, 100))
            count += m_office->core().reader().messages(one.id, {100, {}})->items.size();
        return count;
    }

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_world = std::make_unique<test::World>();
        m_world->folder = m_folder->path();
        m_office = std::make_unique<test::SmallOffice>(*m_world);
        m_office->found();
        m_office->openChannel();
    }
    void cleanup()
    {
        m_office.reset();
        m_world.reset();
        m_folder.reset();
    }

    void anItemThatFitsNoBatchIsQuarantinedAndTheOthersAreTaken()
    {
        channels::InboundPage page;
        page.items = {m_office->item(u"before"_s, u"first"_s),
                      m_office->item(u"huge"_s, QString(400 * 1024, u'x')),
                      m_office->item(u"after"_s, u"last"_s)};
        page.cursorTo = "page 1";
        const auto answer = take(page);
        QVERIFY(answer && *answer);
        QCOMPARE(m_office->host().cursor(), QByteArray("page 1"));
        const std::vector<Message> messages = m_office->messages();
        QCOMPARE(messages.size(), size_t(3));
        const Message &huge = messages[1];
        QCOMPARE(huge.providerId, u"huge"_s);
        QVERIFY(huge.content.text.size() < 5000);
        QCOMPARE(huge.content.attachments.size(), size_t(1));
        const Result<QByteArray> whole =
            m_office->attachments().get(huge.content.attachments[0].sha256);
        QVERIFY(whole && whole->size() > 400 * 1024);
        QCOMPARE(QJsonDocument::fromJson(*whole)[u"content"_s][u"text"_s].toString().size(),
                 400 * 1024);
    }
    void aQuarantinedItemThatComesAgainIsKnown()
    {
        channels::InboundPage page;
        page.items = {m_office->item(u"huge"_s, QString(400 * 1024, u'x'))};
        for (int i = 0; i < 2; ++i) {
            const auto answer = take(page);
            QVERIFY(answer && *answer);
            QCOMPARE(m_office->messages().size(), size_t(1));
        }
    }
    void anotherMailOfTheSameMessageIdIsTakenInOnce()
    {
        const InboundItem first = mail(u"anna@x.test"_s, u"10:00"_s, u"Form"_s, u"one"_s);
        InboundItem reread = first; // by a later version
        reread.content.text = u"read differently"_s;
        reread.providerTime = {};
        const std::vector<InboundItem> others{
            mail(u"eve@x.test"_s, u"10:00"_s, u"Form"_s, u"two"_s),
            mail(u"anna@x.test"_s, u"10:01"_s, u"Form"_s, u"three"_s),
            mail(u"anna@x.test"_s, u"10:00"_s, u"Other"_s, u"four"_s),
            mail(u"bert@x.test"_s, {}, u"Form"_s, u"five"_s, u"aa"_s),
            mail(u"bert@x.test"_s, {}, u"Form"_s, u"six"_s, u"bb"_s)};
        channels::InboundPage page;
        page.items = {first, reread};
        page.items.insert(page.items.end(), others.begin(), others.end());
        for (int i = 0; i < 2; ++i) {
            const auto answer = take(page);
            QVERIFY(answer && *answer);
            const auto known =
                m_office->core().view().byProviderId(m_office->account(), first.providerId);
            QVERIFY(known);
            QCOMPARE(known->content.text, u"one"_s);
            size_t count = 0;
            for (const QString &from : {u"anna@x.test"_s, u"eve@x.test"_s, u"bert@x.test"_s})
                count += messagesFrom(from);
            QCOMPARE(count, size_t(6));
            QCOMPARE(messagesFrom(u"eve@x.test"_s), size_t(1)); // in a conversation of her own
        }
    }
    void aMailTooLargeOfAUsedMessageIdIsNotLost()
    {
        channels::InboundPage page;
        page.items = {mail(u"anna@x.test"_s, u"10:00"_s, u"Form"_s, u"one"_s),
                      mail(u"eve@x.test"_s, u"10:00"_s, u"Form"_s, QString(400 * 1024, u'x'))};
        for (int i = 0; i < 2; ++i) {
            const auto answer = take(page);
            QVERIFY(answer && *answer);
            QCOMPARE(messagesFrom(u"anna@x.test"_s), size_t(1));
            QCOMPARE(messagesFrom(u"eve@x.test"_s), size_t(1));
        }
    }
    void anItemOfAbsurdKeysIsTakenToo()
    {
        InboundItem item = m_office->item(QString(300'000, u'k'), u"hello"_s);
        item.sender.value = QString(300'000, u's');
        item.threadHints = std::vector<QString>(2000, QString(200, u'h'));
        channels::InboundPage page;
        page.items = {item};
        for (int i = 0; i < 2; ++i) {
            const auto answer = take(page);
            QVERIFY(answer && *answer);
            QCOMPARE(m_office->messages().size(), size_t(1));
        }
    }
    void aFloodDoesNotStandInFrontOfAClick()
    {
        std::vector<test::SmallOffice::Answers> flood;
        for (int i = 0; i < 300; ++i) {
            const QString id = u"flood %1"_s.arg(i);
            flood.push_back(m_office->submit(id.toUtf8(), one(id)));
        }
        QCOMPARE(m_office->held().held(), Intake::MaxUnderWay);
        const auto click = m_office->submit(
            "click",
            api::SetActivity{m_office->workerOf(m_office->boss().agent),
                             derivedId<ActivityId>(test::named("found"), "Available"), false},
            m_office->boss());
        QCOMPARE(m_office->held().held(), Intake::MaxUnderWay + 1); // decided at once
        m_office->settle();
        QCOMPARE(click->size(), size_t(1));
        const auto isAllTaken = [&] {
            m_office->settle();
            return std::all_of(flood.begin(), flood.end(),
                               [](const auto &answers) { return answers->size() == 1; });
        };
        QTRY_VERIFY(isAllTaken());
        QCOMPARE(m_office->messages().size(), size_t(300));
    }
    void aFloodOfOneChannelDoesNotStandInFrontOfAnother()
    {
        ChannelAccount other = *m_office->core().view().get<ChannelAccount>(m_office->account());
        other.id = {};
        other.name = u"Quiet"_s;
        const Decided made = m_office->run("quiet", api::SaveAccount{other}, m_office->boss());
        QVERIFY(made);
        std::vector<test::SmallOffice::Answers> flood;
        for (int i = 0; i < 300; ++i) {
            const QString id = u"flood %1"_s.arg(i);
            flood.push_back(m_office->submit(id.toUtf8(), one(id)));
        }
        QCOMPARE(m_office->held().held(), Intake::MaxUnderWay);
        api::Ingest quiet = one(u"quiet"_s);
        quiet.account = made->as<AccountId>();
        quiet.items.front().thread = u"quiet"_s;
        const auto answer = m_office->submit("said quietly", quiet);
        QCOMPARE(m_office->held().held(), Intake::MaxUnderWay + 1); // behind one share, not 300
        m_office->held().commit();
        m_office->apply();
        QCOMPARE(answer->size(), size_t(1));
        QVERIFY(answer->front());
        const auto taken = std::count_if(flood.begin(), flood.end(),
                                         [](const auto &answers) { return answers->size() == 1; });
        QCOMPARE(size_t(taken), Intake::MaxUnderWay);
        QTRY_VERIFY((m_office->settle(), flood.back()->size() == 1)); // and goes on
    }
    void whatWaitsWhenTheNodeStopsIsToldThatNothingHappened()
    {
        std::vector<test::SmallOffice::Answers> flood;
        for (int i = 0; i < 100; ++i) {
            const QString id = u"flood %1"_s.arg(i);
            flood.push_back(m_office->submit(id.toUtf8(), one(id)));
        }
        m_office->core().stop();
        QCOMPARE(flood.back()->size(), size_t(1));
        QVERIFY(!flood.back()->front());
        QCOMPARE(flood.back()->front().error().code, Error::Code::NoMajority);
    }
    void aFlowKnowsTheOfficesTimeZoneAndLanguage()
    {
        QVERIFY(m_office->core().view().warm().office.timeZone.isEmpty());
        const QJsonObject flow{
            {u"initial_state"_s, u"Trigger"_s},
            {u"states"_s,
             QJsonArray{
                 QJsonObject{
                     {u"name"_s, u"Trigger"_s},
                     {u"type"_s, u"trigger"_s},
                     {u"transitions"_s, QJsonArray{QJsonObject{{u"event"_s, u"incomingMessage"_s},
                                                               {u"next"_s, u"say"_s}}}}},
                 QJsonObject{{u"name"_s, u"say"_s},
                             {u"type"_s, u"send-message"_s},
                             {u"properties"_s,
                              QJsonObject{{u"body"_s, u"{{office.name}} {{office.timezone}}"_s}}},
                             {u"transitions"_s, QJsonArray()}}}}};
        Flow told;
        told.friendlyName = u"Where"_s;
        told.definition = json::canonical(flow);
        const Decided saved = m_office->run("flow", api::SaveFlow{told}, m_office->boss());
        QVERIFY2(saved, saved ? "" : qPrintable(saved.error().detail));
        auto account = m_office->core().view().get<ChannelAccount>(m_office->account());
        account->flow = saved->as<FlowId>();
        QVERIFY(m_office->run("use it", api::SaveAccount{*account}, m_office->boss()));
        QVERIFY(m_office->run("hello", one(u"m1"_s)));
        QCOMPARE(m_office->messages().back().content.text, u"Shop UTC"_s);
    }
    void aSnoozedConversationComesBackWhenItIsTime()
    {
        QVERIFY(m_office->run("hello", one(u"m1"_s)));
        const ConversationId id = m_office->conversation();
        const Time until = *m_world->now + std::chrono::hours(1);
        QVERIFY(m_office->run("snooze",
                              api::UpdateConversation{id, ConversationStatus::Pending, {}, until}));
        const auto stateNow = [&] { return *m_office->core().view().get<Conversation>(id); };
        QVERIFY(m_office->run("early", api::TimeReached{*m_world->now}));
        QCOMPARE(stateNow().snoozeUntil, until);
        *m_world->now = until;
        QVERIFY(m_office->run("due", api::TimeReached{until}));
        QCOMPARE(stateNow().status, ConversationStatus::Open);
        QVERIFY(!stateNow().snoozeUntil.isSet());
    }
    void anOfficeIsFoundedInATimeZoneThatIsOne()
    {
        QTemporaryDir folder;
        test::World world;
        world.folder = folder.path();
        test::SmallOffice office(world);
        api::CreateOffice command;
        command.name = command.adminName = u"Shop"_s;
        command.admin = test::named<AgentId>("boss");
        command.node = world.node;
        command.timeZone = u"Mars/Olympus"_s;
        QVERIFY(!office.run("bad", command));
        command.timeZone = u"Asia/Ho_Chi_Minh"_s;
        command.locale = u"vi"_s;
        QVERIFY(office.run("good", command));
        QCOMPARE(office.core().view().warm().office.timeZone, u"Asia/Ho_Chi_Minh"_s);
        QCOMPARE(office.core().view().warm().office.locale, u"vi"_s);
    }
};

QTEST_GUILESS_MAIN(TestArrival)

#include "tst_arrival.moc"
