// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/officereader.h"
#include "core/store/officestore.h"
#include "storefixtures.h"

#include <QTemporaryDir>
#include <QTest>

using namespace peerdesk;
using namespace peerdesk::store;
using namespace Qt::StringLiterals;
using namespace peerdesk::store::fixtures;

namespace {

constexpr int Conversations = 60;

/// Conversation number i: every third is closed, every fifth has the agent, every fourth the queue.
Conversation variedConversation(int i)
{
    Conversation c = conversationOf(i);
    c.customer = idOf<CustomerId>("customer", i % 7);
    c.status = i % 3 == 0 ? ConversationStatus::Closed : ConversationStatus::Open;
    if (i % 5 == 0)
        c.assignee = idOf<AgentId>("agent");
    if (i % 4 == 0)
        c.queue = idOf<QueueId>("queue");
    if (i % 2 == 0)
        c.replyDueAt = Start + Milliseconds(1'000'000 - i);
    if (i % 10 == 0)
        c.snoozeUntil = Start + Milliseconds(i * 10);
    c.lastMessageAt = Start + Milliseconds(i / 2); // pairs share a moment
    return c;
}

} // namespace

class TestOfficeReader : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    std::unique_ptr<OfficeStore> m_store;
    std::unique_ptr<OfficeReader> m_reader;
    quint64 m_index = 0;

    void apply(std::vector<events::Fact> facts)
    {
        ++m_index;
        const auto applied =
            m_store->apply({entryOf(m_index, batchOf(int(m_index), std::move(facts)))});
        if (!applied)
            qFatal("%s", qPrintable(applied.error().detail));
    }
    void fillConversations()
    {
        const std::array names{u"Đặng Thị Ánh"_s, u"Jürgen Groß"_s,  u"Anna Smith"_s, u"李 小龙"_s,
                               u"Smith"_s,        u"Zoë O'Connor"_s, u"annabel"_s};
        for (int i = 0; i < int(names.size()); ++i)
            apply({events::CustomerCreated{customerOf(i, names[size_t(i)])}});
        Address address;
        address.customer = idOf<CustomerId>("customer", 1);
        address.kind = u"email"_s;
        address.value = u"j.gross@example.org"_s;
        address.id = Address::newId("salt", address.kind, address.scope, address.value);
        apply({events::AddressLinked{address}});
        for (int i = 0; i < Conversations; ++i)
            apply({events::ConversationOpened{variedConversation(i)}});
    }
    void fillMessages()
    {
        for (int i = 0; i < 12; ++i) {
            Message message = messageOf(1, i);
            message.createdAt = Start + Milliseconds(i / 4); // four share a moment
            apply({events::MessageReceived{message, idOf<AccountId>("account"), std::nullopt},
                   seenAs(message.providerId, message.id)});
        }
        Message reply = messageOf(1, 50);
        reply.kind = MessageKind::Reply;
        reply.state = MessageState::Scheduled;
        reply.sendAt = Start + Seconds(60);
        reply.providerId = u"<ours@example.org>"_s;
        Effect effect;
        effect.id = idOf<EffectId>("effect");
        effect.message = reply.id;
        effect.account = idOf<AccountId>("account");
        apply({events::MessageAdded{reply}, events::EffectIntended{effect}});
    }
    void fillWork()
    {
        for (int i = 0; i < 10; ++i) {
            Task task;
            task.id = idOf<TaskId>("task", i);
            task.conversation = idOf<ConversationId>("conversation", i);
            task.dateCreated = Start + Milliseconds(i);
            Reservation reservation;
            reservation.id = idOf<ReservationId>("reservation", i);
            reservation.task = task.id;
            reservation.worker = idOf<WorkerId>("worker", i % 2);
            reservation.dateCreated = Start + Milliseconds(i);
            apply({events::TaskCreated{task}, events::ReservationCreated{reservation}});
            if (i >= 6)
                apply({events::ReservationCanceled{reservation.id, u"x"_s},
                       events::TaskCanceled{task.id, u"x"_s}});
        }
        Execution execution;
        execution.id = idOf<ExecutionId>("execution");
        execution.conversation = idOf<ConversationId>("conversation", 2);
        execution.waitsUntil = Start + Seconds(5);
        apply({events::ExecutionStarted{execution}});
        Agent agent;
        agent.id = idOf<AgentId>("agent");
        agent.name = u"Mai"_s;
        Session session;
        session.id = idOf<SessionId>("session");
        session.agent = agent.id;
        session.tokenHash = QByteArray(32, 't');
        apply({events::AgentSaved{agent}, events::SessionOpened{session}});
    }

    /// All items of a paged list, by pages of `limit`.
    template <typename T, typename Query>
    static std::vector<T> allPages(int limit, Query query)
    {
        std::vector<T> items;
        api::Page page{limit, {}};
        for (int rounds = 0; rounds < 100; ++rounds) {
            const auto answer = query(page);
            if (!answer)
                qFatal("%s", qPrintable(answer.error().detail));
            items.insert(items.end(), answer->items.begin(), answer->items.end());
            if (answer->next.isEmpty())
                return items;
            page.after = answer->next;
        }
        return {};
    }

private Q_SLOTS:
    void initTestCase()
    {
        auto store = OfficeStore::open(m_folder.filePath(u"office.db"_s));
        QVERIFY2(store, qPrintable(store.error().detail));
        m_store = std::move(*store);
        fillConversations();
        fillMessages();
        fillWork();
        auto reader = OfficeReader::open(m_folder.filePath(u"office.db"_s));
        QVERIFY2(reader, qPrintable(reader.error().detail));
        m_reader = std::move(*reader);
    }

    void cleanup()
    {
        const auto trouble = m_reader->takeTrouble();
        QVERIFY2(!trouble, trouble ? qPrintable(trouble->detail) : "");
    }

    void everyListIsWholeAndOrderedByPagesOfAnySize_data()
    {
        QTest::addColumn<int>("variant");
        QTest::addColumn<int>("order");
        for (int order = 0; order < 3; ++order) {
            for (int variant = 0; variant < 9; ++variant) {
                QTest::newRow(qPrintable(u"variant %1 order %2"_s.arg(variant).arg(order)))
                    << variant << order;
            }
        }
    }
    void everyListIsWholeAndOrderedByPagesOfAnySize()
    {
        QFETCH(int, variant);
        QFETCH(int, order);
        api::ConversationFilter filter;
        filter.order = api::ConversationOrder(order);
        filter.onlyActive = variant == 1 || variant == 6;
        filter.onlyDone = variant == 2;
        filter.onlyUnassigned = variant == 3;
        if (variant == 4 || variant == 6)
            filter.agent = idOf<AgentId>("agent");
        if (variant == 5)
            filter.queue = idOf<QueueId>("queue");
        if (variant == 7)
            filter.customer = idOf<CustomerId>("customer", 3);
        if (variant == 8) {
            filter.status = ConversationStatus::Open;
            filter.channel = u"email"_s;
        }
        size_t expected = 0;
        for (int i = 0; i < Conversations; ++i) {
            const auto stored = m_reader->find<Conversation>(variedConversation(i).id);
            QVERIFY(stored.has_value());
            expected += m_reader->conversationsOf({stored->id}, filter).size();
        }
        QVERIFY(expected > 0);
        const auto query = [&](const api::Page &page) {
            return m_reader->conversations(filter, page);
        };
        const auto whole = allPages<Conversation>(500, query);
        QCOMPARE(whole.size(), expected);
        for (size_t i = 1; i < whole.size(); ++i) {
            const bool isOrdered = filter.order == api::ConversationOrder::NewestFirst
                                       ? whole[i - 1].lastMessageAt >= whole[i].lastMessageAt
                                   : filter.order == api::ConversationOrder::LongestWaiting
                                       ? whole[i - 1].lastMessageAt <= whole[i].lastMessageAt
                                       : !whole[i].replyDueAt.isSet() ||
                                             (whole[i - 1].replyDueAt.isSet() &&
                                              whole[i - 1].replyDueAt <= whole[i].replyDueAt);
            QVERIFY(isOrdered);
        }
        for (const int limit : {1, 3, 7})
            QVERIFY(allPages<Conversation>(limit, query) == whole);
    }

    void foreignCursorsAreRefused_data()
    {
        QTest::addColumn<QString>("cursor");
        QTest::newRow("word") << u"first"_s;
        QTest::newRow("dash") << u"-"_s;
        QTest::newRow("sql") << u"1-' OR 1=1 --"_s;
        QTest::newRow("half") << u"17-"_s;
        QTest::newRow("base64") << u"AAAA"_s;
        QTest::newRow("wide") << u"日本語"_s;
    }
    void foreignCursorsAreRefused()
    {
        QFETCH(QString, cursor);
        const api::Page page{10, cursor};
        QCOMPARE(m_reader->conversations({}, page).error().code, Error::Code::Invalid);
        QCOMPARE(m_reader->messages(idOf<ConversationId>("c"), page).error().code,
                 Error::Code::Invalid);
        QCOMPARE(m_reader->customers({}, page).error().code, Error::Code::Invalid);
        QCOMPARE(m_reader->tasks({}, page).error().code, Error::Code::Invalid);
    }

    void messagesComeNewestPageFirstOldestFirstInside()
    {
        const auto conversation = idOf<ConversationId>("conversation", 1);
        const auto whole = m_reader->messages(conversation, {500, {}});
        QCOMPARE(whole->items.size(), size_t(13));
        for (int i = 0; i < 12; ++i)
            QCOMPARE(whole->items[size_t(i)].id, messageOf(1, i).id);
        std::vector<Message> backwards;
        api::Page page{5, {}};
        for (int round = 0; round < 3; ++round) {
            const auto part = m_reader->messages(conversation, page);
            backwards.insert(backwards.begin(), part->items.begin(), part->items.end());
            page.after = part->next;
        }
        QVERIFY(page.after.isEmpty());
        QVERIFY(backwards == whole->items);
    }

    void lookUpsFindWhatDecisionsNeed()
    {
        const auto account = idOf<AccountId>("account");
        QCOMPARE(m_reader->messageByProviderId(account, u"<1.3@example.org>"_s)->id,
                 messageOf(1, 3).id);
        QCOMPARE(m_reader->messageByProviderId(account, u"<ours@example.org>"_s)->id,
                 messageOf(1, 50).id);
        QVERIFY(!m_reader->messageByProviderId(idOf<AccountId>("other"), u"<ours@example.org>"_s));
        QVERIFY(!m_reader->messageByProviderId(account, {}));
        QCOMPARE(m_reader->lastInbound(idOf<ConversationId>("conversation", 1))->id,
                 messageOf(1, 11).id);
        QVERIFY(!m_reader->openConversation(account, u"thread-3"_s));
        QCOMPARE(m_reader->latestConversation(account, u"thread-3"_s)->id, conversationOf(3).id);
        QCOMPARE(m_reader->openConversation(account, u"thread-4"_s)->id, conversationOf(4).id);
        QVERIFY(!m_reader->openConversation(account, {}));
        QCOMPARE(m_reader->sessionByTokenHash(QByteArray(32, 't'))->id, idOf<SessionId>("session"));
        QVERIFY(!m_reader->sessionByTokenHash({}));
        QCOMPARE(m_reader->agentByName(u"Mai"_s)->id, idOf<AgentId>("agent"));
        QCOMPARE(m_reader->conversationCount(idOf<CustomerId>("customer", 3)), 9 - 0);
        QCOMPARE(m_reader->snoozeDue(Start + Milliseconds(200), 10).size(), size_t(3));
        QCOMPARE(m_reader->scheduledDue(Start + Seconds(60), 10).size(), size_t(1));
        QVERIFY(m_reader->scheduledDue(Start + Seconds(59), 10).empty());
        QCOMPARE(m_reader->queuedOutbound(), 0);
    }

    void workIsFoundByItsState()
    {
        QCOMPARE(m_reader->openTasks().size(), size_t(6));
        QCOMPARE(m_reader->tasksOf(idOf<ConversationId>("conversation", 3)).size(), size_t(1));
        QCOMPARE(m_reader->liveReservations().size(), size_t(6));
        QCOMPARE(m_reader->reservations({}, {}).front().id, idOf<ReservationId>("reservation", 5));
        const auto worker = idOf<WorkerId>("worker", 1);
        QCOMPARE(m_reader->reservations(worker, {}).size(), size_t(3));
        QCOMPARE(m_reader->reservations(worker, ReservationStatus::Canceled).size(), size_t(2));
        QCOMPARE(m_reader->reservations({}, ReservationStatus::Canceled).size(), size_t(4));
        QCOMPARE(m_reader->reservationsOf(idOf<TaskId>("task", 2)).size(), size_t(1));
        const auto tasks = [&](const api::Page &page) { return m_reader->tasks({}, page); };
        QCOMPARE(allPages<Task>(3, tasks).size(), size_t(10));
        const auto canceled = [&](const api::Page &page) {
            return m_reader->tasks(TaskStatus::Canceled, page);
        };
        QCOMPARE(allPages<Task>(3, canceled).size(), size_t(4));
        QCOMPARE(m_reader->readyEffects(10).size(), size_t(1));
        QVERIFY(m_reader->claimedEffects(10).empty());
        QCOMPARE(m_reader->effectsOf(messageOf(1, 50).id).size(), size_t(1));
        QVERIFY(m_reader->effectsOf(ExecutionId{}).empty());
        QVERIFY(m_reader->activeExecution(idOf<ConversationId>("conversation", 2)).has_value());
        QCOMPARE(m_reader->activeExecutions(10).size(), size_t(1));
        QCOMPARE(m_reader->executionsDue(Start + Seconds(5), 10).size(), size_t(1));
        QVERIFY(m_reader->executionsDue(Start + Seconds(4), 10).empty());
        QCOMPARE(m_reader->all<Agent>().size(), size_t(1));
    }

    void customersAreFoundByTheBeginningOfNameSurnameOrAddress_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("count");
        QTest::newRow("all") << QString() << 7;
        QTest::newRow("without marks") << u"dang thi"_s << 1;
        QTest::newRow("sharp s") << u"JURGEN GROSS"_s << 1;
        QTest::newRow("two begin so") << u"Anna"_s << 2;
        QTest::newRow("surname and name") << u"smith"_s << 2;
        QTest::newRow("address") << u"j.gross@"_s << 1;
        QTest::newRow("none") << u"%"_s << 0;
    }
    void customersAreFoundByTheBeginningOfNameSurnameOrAddress()
    {
        QFETCH(QString, text);
        QFETCH(int, count);
        const auto query = [&](const api::Page &page) { return m_reader->customers(text, page); };
        const auto whole = allPages<Customer>(500, query);
        QCOMPARE(int(whole.size()), count);
        QVERIFY(allPages<Customer>(1, query) == whole);
    }

    void aCardShowsAddressesAndTimeline()
    {
        const auto card = m_reader->card(idOf<CustomerId>("customer", 1));
        QVERIFY(card);
        QCOMPARE(card->addresses.size(), size_t(1));
        QCOMPARE(card->timeline.size(), size_t(9));
        QVERIFY(card->timeline.front().at >= card->timeline.back().at);
        QCOMPARE(m_reader->card(idOf<CustomerId>("nobody")).error().code, Error::Code::NotFound);
    }

    void historyComesBackAsItWas()
    {
        const auto first = m_reader->eventsAfter(0, -1, 3);
        QVERIFY2(first, qPrintable(first.error().detail));
        QCOMPARE(first->size(), size_t(3));
        QCOMPARE((*first)[0].at.index, 1U);
        QVERIFY((*first)[0].fact == events::Fact(events::CustomerCreated{customerOf(0)}));
        QCOMPARE((*first)[0].command, idOf<CommandId>("command", 1));
        size_t count = 0;
        quint64 index = 0;
        int ordinal = -1;
        for (auto part = m_reader->eventsAfter(index, ordinal, 10); !part->empty();
             part = m_reader->eventsAfter(index, ordinal, 10)) {
            count += part->size();
            index = part->back().at.index;
            ordinal = part->back().at.ordinal;
        }
        QCOMPARE(index, m_index);
        QCOMPARE(count, size_t(7 + 1 + Conversations + 24 + 2 + 28 + 1 + 2));
    }

    void aMessagesJourneyIsFound()
    {
        const auto facts = m_reader->factsAbout(messageOf(1, 50).id);
        QVERIFY2(facts, qPrintable(facts.error().detail));
        QStringList names;
        for (const HistoricFact &historic : *facts)
            names += events::factName(historic.fact);
        QCOMPARE(names.size(), 5); // opened, added, intended, task, reservation
        QCOMPARE(m_reader->factsAbout({}).error().code, Error::Code::NotFound);
    }

    void aSnapshotStandsStill()
    {
        m_reader->beginSnapshot();
        const quint64 before = m_reader->appliedIndex();
        apply({events::CustomerCreated{customerOf(100)}});
        QCOMPARE(m_reader->appliedIndex(), before);
        QVERIFY(!m_reader->find<Customer>(customerOf(100).id));
        m_reader->endSnapshot();
        QCOMPARE(m_reader->appliedIndex(), before + 1);
        QVERIFY(m_reader->find<Customer>(customerOf(100).id).has_value());
        QCOMPARE(m_reader->digest(), m_store->digest());
    }

    /// Runs last: looks at every statement that the tests above used.
    void noQueryReadsAGrowingTableWhole()
    {
        const QStringList plans = m_reader->plans();
        QVERIFY(plans.size() > 40);
        for (const QString &plan : plans) {
            const bool isSmall =
                plan.contains(u"SCAN agent "_s) || plan.contains(u"SCAN applied"_s);
            const bool isScan = plan.contains(u": SCAN "_s) && !plan.contains(u" USING "_s);
            const bool isSort = plan.contains(u"TEMP B-TREE"_s);
            QVERIFY2(isSmall || (!isScan && !isSort), qPrintable(plan));
        }
    }
};

QTEST_GUILESS_MAIN(TestOfficeReader)
#include "tst_officereader.moc"
