// SPDX-License-Identifier: GPL-3.0-or-later
#include "smalloffice.h"

#include <QTemporaryDir>

using namespace peerdesk;
using namespace peerdesk::node;
using namespace peerdesk::node::test;

/// Who may do what is decided by the office as it is now, and by whose work it is.
class TestRights : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<World> m_world;
    std::unique_ptr<SmallOffice> m_office;
    api::Caller m_mia;
    api::Caller m_bob;

    SmallOffice &office() { return *m_office; }
    /// As at a sign-in: what the caller holds stays as it was then.
    api::Caller hired(const QByteArray &name, Role role)
    {
        const Decided saved = save(name, name, role, true);
        const auto id = saved ? saved->as<AgentId>() : AgentId{};
        return {id, {}, role, office().workerOf(id), QString::fromUtf8(name)};
    }
    Decided save(const QByteArray &command, const QByteArray &name, Role role, bool isActive)
    {
        Agent agent;
        agent.id = named<AgentId>(name);
        agent.name = QString::fromUtf8(name);
        agent.role = role;
        agent.isActive = isActive;
        return office().run(command, api::SaveAgent{agent, {}, {}});
    }
    static api::SaveQueue aQueue(const QString &name)
    {
        return {{QueueId{}, name, u"1==1"_s, TaskOrder::Fifo, 1}};
    }
    static bool isForbidden(const Decided &decided)
    {
        return !decided && decided.error().code == Error::Code::Forbidden;
    }
    static QByteArray tokenHash(const QByteArray &word)
    {
        return word.leftJustified(32, '.', true);
    }
    api::Caller signedIn(const QByteArray &word, const Agent &agent)
    {
        const Decided opened =
            office().run("open " + word, api::OpenSession{agent.id, tokenHash(word)});
        return {
            agent.id, opened ? opened->as<SessionId>() : SessionId{}, agent.role, {}, agent.name};
    }
    bool isOver(const api::Caller &caller) { return !asOfNow(office().core().view(), caller); }
    /// Whether the door takes the token.
    bool isLetIn(const QByteArray &word) const
    {
        ReadService readers({m_world->path(u"office.db"_s), {}, {}});
        return readers.office() && readers.authenticate(tokenHash(word));
    }
    ConversationId customerWrites()
    {
        (void)office().run(
            "hello", api::Ingest{office().account(), {office().item(u"m1"_s, u"Hello"_s)}, {}, {}});
        return office().conversation();
    }

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_world = std::make_unique<World>();
        m_world->folder = m_folder->path();
        m_office = std::make_unique<SmallOffice>(*m_world);
        office().found();
        m_mia = hired("mia", Role::Agent);
        m_bob = hired("bob", Role::Agent);
    }
    void cleanup() { m_office.reset(); }

    void aColleaguesWorkIsEndedByItsOwnerOrASupervisorOnly_data()
    {
        QTest::addColumn<QByteArray>("who");
        QTest::addColumn<bool>("parks");
        QTest::addColumn<bool>("isAllowed");
        for (const bool parks : {false, true}) {
            const QByteArray what = parks ? " parks" : " closes";
            QTest::newRow("colleague" + what) << QByteArray("bob") << parks << false;
            QTest::newRow("owner" + what) << QByteArray("mia") << parks << true;
            QTest::newRow("supervisor" + what) << QByteArray("sara") << parks << true;
            QTest::newRow("admin" + what) << QByteArray("boss") << parks << true;
            QTest::newRow("office" + what) << QByteArray() << parks << true;
        }
    }
    void aColleaguesWorkIsEndedByItsOwnerOrASupervisorOnly()
    {
        QFETCH(QByteArray, who);
        QFETCH(bool, parks);
        QFETCH(bool, isAllowed);
        const ConversationId conversation = customerWrites();
        QVERIFY(office().run("take", api::TakeConversation{conversation}, m_mia));
        const TaskId task = office().core().view().get<Conversation>(conversation)->task;
        const api::Caller caller = who == "bob"    ? m_bob
                                   : who == "mia"  ? m_mia
                                   : who == "boss" ? office().boss()
                                   : who == "sara" ? hired("sara", Role::Supervisor)
                                                   : api::Caller{};
        const api::Command command = parks
                                         ? api::Command(api::ParkConversation{conversation})
                                         : api::Command(api::UpdateConversation{
                                               conversation, ConversationStatus::Resolved, {}, {}});
        const Decided ended = office().run("end", command, caller);
        QCOMPARE(bool(ended), isAllowed);
        QCOMPARE(isForbidden(ended), !isAllowed);
        QCOMPARE(office().core().view().warm().set.tasks.contains(task), !isAllowed);
    }
    void whatNobodyWorksOnAnyAgentMayClose()
    {
        const ConversationId conversation = customerWrites();
        QVERIFY(office().run(
            "spam", api::UpdateConversation{conversation, ConversationStatus::Closed, {}, {}},
            m_bob));
    }

    void aRoleThatWasTakenAwayIsGoneAtOnce()
    {
        const api::Caller sara = hired("sara", Role::Admin);
        QVERIFY(office().run("before", aQueue(u"One"_s), sara));
        QVERIFY(save("demote", "sara", Role::Agent, true));
        QVERIFY(isForbidden(office().run("after", aQueue(u"Two"_s), sara)));
        QVERIFY(save("promote", "sara", Role::Admin, true));
        QVERIFY(office().run("again", aQueue(u"Two"_s), sara));
    }
    void whoLeftTheOfficeDoesNothingAnyMore()
    {
        const ConversationId conversation = customerWrites();
        api::SendMessage note;
        note.conversation = conversation;
        note.kind = MessageKind::Note;
        note.content.text = u"hm"_s;
        QVERIFY(office().run("before", note, m_bob));
        QVERIFY(save("leave", "bob", Role::Agent, false));
        QVERIFY(isForbidden(office().run("after", note, m_bob)));
    }
    void whoIsNoAgentOfThisOfficeDoesNothing()
    {
        const api::Caller stranger{named<AgentId>("stranger"), {}, Role::Admin, {}, u"X"_s};
        QVERIFY(isForbidden(office().run("queue", aQueue(u"One"_s), stranger)));
    }
    void aClosedSessionDoesNothingAnyMore()
    {
        const auto opened =
            office().run("open", api::OpenSession{m_mia.agent, QByteArray(32, 's')}, m_mia);
        QVERIFY(opened);
        api::Caller signedIn = m_mia;
        signedIn.session = opened->as<SessionId>();
        const ConversationId conversation = customerWrites();
        QVERIFY(office().run("take", api::TakeConversation{conversation}, signedIn));
        QVERIFY(office().run("close", api::CloseSession{signedIn.session}, signedIn));
        QVERIFY(isForbidden(office().run("park", api::ParkConversation{conversation}, signedIn)));
    }
    void sessionsEndWithWhatTheyWereOpenedFor_data()
    {
        QTest::addColumn<QByteArray>("password");
        QTest::addColumn<Role>("role");
        QTest::addColumn<bool>("isActive");
        QTest::addColumn<bool>("endsOthers");
        QTest::addColumn<bool>("endsOwn");
        const QByteArray old("hash");
        const QByteArray other("other hash");
        QTest::newRow("nothing changed") << old << Role::Admin << true << false << false;
        QTest::newRow("another password") << other << Role::Admin << true << true << false;
        QTest::newRow("another role") << old << Role::Supervisor << true << true << true;
        QTest::newRow("no agent any more") << old << Role::Admin << false << true << true;
        QTest::newRow("password and role") << other << Role::Agent << true << true << true;
    }
    void sessionsEndWithWhatTheyWereOpenedFor()
    {
        QFETCH(const QByteArray, password);
        QFETCH(const Role, role);
        QFETCH(const bool, isActive);
        QFETCH(const bool, endsOthers);
        QFETCH(const bool, endsOwn);
        Agent sara{named<AgentId>("sara"), u"Sara"_s, Role::Admin, "hash", {}, true};
        QVERIFY(office().run("hire", api::SaveAgent{sara, tokenHash("hired"), {}}));
        const api::Caller own = signedIn("own", sara);
        const api::Caller other = signedIn("other", sara);
        const api::Caller mia = signedIn("mia", *office().core().view().get<Agent>(m_mia.agent));

        sara.passwordHash = password;
        sara.role = role;
        sara.isActive = isActive;
        const auto changing = office().submit("change", api::SaveAgent{sara, {}, {}}, own);
        // Decided is enough: what is in flight counts for the next decision.
        QCOMPARE(isOver(other), endsOthers);
        QCOMPARE(isOver(own), endsOwn);
        office().settle();
        QVERIFY(changing->front());
        QCOMPARE(isOver(other), endsOthers);
        QCOMPARE(isOver(own), endsOwn);
        QVERIFY(!isOver(mia)); // is another agent's
        QCOMPARE(isLetIn("other"), !endsOthers);
        QCOMPARE(isLetIn("hired"), !endsOthers);
        QCOMPARE(isLetIn("own"), !endsOwn);
        QVERIFY(isLetIn("mia"));
        if (isActive)
            QVERIFY(!isOver(signedIn("anew", sara)));
    }
    void anAdminWhoSetsAPasswordEndsAllSessionsOfThatAgent()
    {
        const Agent mia = *office().core().view().get<Agent>(m_mia.agent);
        const api::Caller own = signedIn("own", mia);
        Agent sealed = mia;
        sealed.passwordHash = "first";
        QVERIFY(office().run("seal", api::SaveAgent{sealed, {}, {}}, office().boss()));
        QVERIFY(isOver(own));
        QVERIFY(!isLetIn("own"));
    }
    void nobodyNamesTheSessionsThatAreOver()
    {
        Agent mia = *office().core().view().get<Agent>(m_mia.agent);
        const api::Caller own = signedIn("own", mia);
        mia.sessionsFrom = 1'000'000; // as a careless client may send it
        QVERIFY(office().run("save", api::SaveAgent{mia, {}, {}}));
        QVERIFY(!isOver(own));
    }
    void aChannelsTokenBringsTasksAndNothingElse()
    {
        const api::Caller shop = hired("shop", Role::Channel);
        QVERIFY(office().run("task", api::CreateTask{}, shop));
        QVERIFY(isForbidden(
            office().run("read", api::MarkRead{customerWrites(), office().core().now()}, shop)));
    }
    void secretsAreForAdmins()
    {
        const Overlay &view = office().core().view();
        QVERIFY(requireAdmin(view, {}));
        QVERIFY(requireAdmin(view, office().boss()));
        QVERIFY(!requireAdmin(view, hired("sara", Role::Supervisor)));
        api::Caller claims = m_mia;
        claims.role = Role::Admin;
        QVERIFY(!requireAdmin(view, claims));
    }
};

QTEST_GUILESS_MAIN(TestRights)
#include "tst_rights.moc"
