// SPDX-License-Identifier: GPL-3.0-or-later
#include "smalloffice.h"

#include "core/store/rebuild.h"

#include <QFile>
#include <QTemporaryDir>

using namespace peerdesk;
using namespace peerdesk::node;
using namespace peerdesk::node::test;

/// What is over leaves the tables, the same on every node and a little at a time.
class TestSweep : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<World> m_world;
    std::unique_ptr<SmallOffice> m_office;
    int m_ticks = 0;

    SmallOffice &office() { return *m_office; }
    template <typename Record>
    bool isKept(const typename Record::Key &key)
    {
        return office().core().reader().find<Record>(key).has_value();
    }
    /// The office's timer runs out; how many facts that made.
    size_t tick()
    {
        const size_t before = m_world->log->size();
        const auto answers = office().submit("tick" + QByteArray::number(++m_ticks),
                                             api::TimeReached{*m_world->now});
        office().settle();
        if (answers->size() != 1 || !answers->front())
            return std::numeric_limits<size_t>::max();
        size_t facts = 0;
        for (size_t i = before; i < m_world->log->size(); ++i)
            facts += events::decodeBatch((*m_world->log)[i].payload)->facts.size();
        return facts;
    }
    /// Neither a replay of the log nor the archive gives other tables.
    void compareWithOthers()
    {
        const QByteArray digest = office().digest();
        m_office.reset();
        const auto report = store::rebuild(m_world->path(u"office.db"_s));
        QVERIFY(report);
        QCOMPARE(report->digestBefore, digest);
        QCOMPARE(report->digestAfter, digest);
        for (const char *tail : {"", "-wal", "-shm"})
            QFile::remove(m_world->path(u"office.db"_s) + QLatin1String(tail));
        m_office = std::make_unique<SmallOffice>(*m_world);
        QCOMPARE(office().digest(), digest);
    }

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_world = std::make_unique<World>();
        m_world->folder = m_folder->path();
        m_office = std::make_unique<SmallOffice>(*m_world);
        office().found();
    }
    void cleanup() { m_office.reset(); }

    void otherAnswersThanOfCreatedThingsAreForgottenAfterSevenDays()
    {
        const api::SaveQueue made{{QueueId{}, u"One"_s, u"1==1"_s, TaskOrder::Fifo, 1}};
        const Decided queue = office().run("make", made, office().boss());
        QVERIFY(queue);
        api::SaveQueue renamed = made;
        renamed.queue.id = queue->as<QueueId>();
        renamed.queue.friendlyName = u"Two"_s;
        QVERIFY(office().run("rename", renamed, office().boss()));
        *m_world->now = *m_world->now + std::chrono::days(7);
        QCOMPARE(tick(), size_t(0)); // to the day, and not before
        QVERIFY(isKept<CommandRecord>(named("rename")));
        QVERIFY(office().run("rename", renamed, office().boss())->wasRepeat);
        *m_world->now = *m_world->now + Milliseconds(1);
        QCOMPARE(tick(), size_t(1));
        QVERIFY(!isKept<CommandRecord>(named("rename")));
        // A created thing is recognised for ever.
        *m_world->now = *m_world->now + std::chrono::days(4'000);
        tick();
        const Decided again = office().run("make", made, office().boss());
        QVERIFY(again && again->wasRepeat);
        QCOMPARE(again->subject, queue->subject);
        api::SaveQueue other = made;
        other.queue.friendlyName = u"Other"_s;
        QCOMPARE(office().run("make", other, office().boss()).error().code, Error::Code::Conflict);
        compareWithOthers();
    }

    void aMountainIsSweptALittleAtATime()
    {
        constexpr int Most = 200;
        constexpr int Commands = 2 * Most + 50;
        const WorkerId worker = office().workerOf(named<AgentId>("boss"));
        const auto name = [](int i) { return "command" + QByteArray::number(i); };
        for (int i = 0; i < Commands; ++i)
            (void)office().submit(name(i), api::OptQueue{worker, queue(), i % 2 == 0},
                                  office().boss());
        office().settle();
        *m_world->now = *m_world->now + std::chrono::days(8);
        for (const int left : {Commands - Most, Commands - 2 * Most, 0, 0}) {
            QVERIFY(tick() <= 1);
            int kept = 0;
            for (int i = 0; i < Commands; ++i)
                kept += isKept<CommandRecord>(named(name(i)));
            QCOMPARE(kept, left);
        }
        compareWithOthers();
    }

    /// Two ticks before the first is applied: the second sees what the first did.
    void nothingIsSweptTwice()
    {
        const WorkerId worker = office().workerOf(named<AgentId>("boss"));
        QVERIFY(office().run("opt", api::OptQueue{worker, queue(), false}, office().boss()));
        *m_world->now = *m_world->now + std::chrono::days(8);
        const size_t before = m_world->log->size();
        for (const char *one : {"first", "second"})
            (void)office().submit(one, api::TimeReached{*m_world->now});
        office().settle();
        QCOMPARE(m_world->log->size(), before + 1);
    }

    void sessionsThatAreOverAreSwept()
    {
        constexpr int Most = 32;
        constexpr int Sessions = Most + 10;
        Agent boss = *office().core().view().get<Agent>(named<AgentId>("boss"));
        std::vector<SessionId> ended;
        for (int i = 0; i < Sessions; ++i) {
            const QByteArray word = "session" + QByteArray::number(i);
            const Decided opened =
                office().run(word, api::OpenSession{boss.id, word.leftJustified(32, '.')});
            QVERIFY(opened);
            ended.push_back(opened->as<SessionId>());
        }
        QCOMPARE(tick(), size_t(0));
        api::Caller own = office().boss();
        own.session = ended.back();
        ended.pop_back();
        boss.passwordHash = "another";
        QVERIFY(office().run("change", api::SaveAgent{boss, {}, {}}, own));
        QCOMPARE(tick(), size_t(Most));
        QVERIFY(tick() > 0);
        QCOMPARE(tick(), size_t(0));
        for (const SessionId &session : ended)
            QVERIFY(!isKept<Session>(session));
        QVERIFY(isKept<Session>(own.session));
        compareWithOthers();
    }

private:
    QueueId queue() const { return derivedId<QueueId>(named("found"), "everyone"); }
};

QTEST_GUILESS_MAIN(TestSweep)
#include "tst_sweep.moc"
