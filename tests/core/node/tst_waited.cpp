// SPDX-License-Identifier: GPL-3.0-or-later
#include "smalloffice.h"

#include <QTemporaryDir>

using namespace peerdesk;
using namespace peerdesk::node;
using namespace peerdesk::node::test;

/// A text that had to wait for the office goes out only if it still fits.
class TestWaited : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<World> m_world;
    std::unique_ptr<SmallOffice> m_office;
    Agent m_mia;
    int m_runs = 0;

    SmallOffice &office() { return *m_office; }
    api::Caller mia() const
    {
        return {m_mia.id, {}, Role::Agent, m_office->workerOf(m_mia.id), m_mia.name};
    }
    QByteArray nextName() { return "run" + QByteArray::number(++m_runs); }
    void pass(Milliseconds time) { *m_world->now = *m_world->now + time; }
    TaskId task()
    {
        return office().core().view().get<Conversation>(office().conversation())->task;
    }
    api::WaitedSince asItStands()
    {
        return {office().core().now(), office().messages().back().id, task()};
    }
    Decided reply(const api::Caller &caller, const QString &text,
                  const api::WaitedSince &waited = {})
    {
        api::SendMessage command;
        command.conversation = office().conversation();
        command.content.text = text;
        command.waited = waited;
        return office().run(nextName(), command, caller);
    }
    Decided take(const QString &id)
    {
        return office().run(nextName(),
                            api::Ingest{office().account(), {office().item(id, id)}, {}, {}});
    }

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_world = std::make_unique<World>();
        m_world->folder = m_folder->path();
        m_office = std::make_unique<SmallOffice>(*m_world);
        office().found();
        office().openChannel();
        m_mia.id = named<AgentId>("mia");
        m_mia.name = u"Mia"_s;
        m_mia.role = Role::Agent;
        QVERIFY(office().run("hire", api::SaveAgent{m_mia, {}, {}}));
        QVERIFY(take(u"m1"_s));
        QVERIFY(office().run("mine", api::TakeConversation{office().conversation()}, mia()));
    }
    void cleanup() { m_office.reset(); }

    /// What the customer writes meanwhile, and one's own texts before it, do not matter.
    void itGoesOutWhereNothingElseHappened()
    {
        const api::WaitedSince then = asItStands();
        pass(std::chrono::hours(11));
        QVERIFY(take(u"m2"_s));
        QVERIFY(reply(mia(), u"one"_s, then));
        QVERIFY(reply(mia(), u"two"_s, then));
        QCOMPARE(office().messages().size(), size_t(4));
    }
    void notWhereSomebodyElseHasAnswered()
    {
        const api::WaitedSince then = asItStands();
        QVERIFY(reply(office().boss(), u"I did"_s));
        const Decided refused = reply(mia(), u"late"_s, then);
        QVERIFY(!refused);
        QCOMPARE(refused.error().state, u"moved-on"_s);
        QCOMPARE(office().messages().size(), size_t(2));
        QVERIFY(reply(mia(), u"on purpose"_s));
        QVERIFY(reply(mia(), u"having read it"_s, asItStands()));
    }
    void notWhereItIsNoLongerTheirs()
    {
        const api::WaitedSince then = asItStands();
        QVERIFY(!then.task.isNull());
        api::UpdateConversation done{office().conversation(), ConversationStatus::Resolved, {}, {}};
        QVERIFY(office().run("done", done, office().boss()));
        const Decided refused = reply(mia(), u"late"_s, then);
        QVERIFY(!refused);
        QCOMPARE(refused.error().state, u"moved-on"_s);
        QVERIFY(reply(mia(), u"who never had it"_s, {then.at, then.seen, {}}));
    }
    void notOnAnotherDay()
    {
        const api::WaitedSince then = asItStands();
        pass(std::chrono::hours(12) + std::chrono::seconds(1));
        const Decided refused = reply(mia(), u"late"_s, then);
        QVERIFY(!refused);
        QCOMPARE(refused.error().state, u"moved-on"_s);
    }
};

QTEST_GUILESS_MAIN(TestWaited)
#include "tst_waited.moc"
