// SPDX-License-Identifier: GPL-3.0-or-later
#include "smalloffice.h"

#include <QTemporaryDir>

using namespace peerdesk;
using namespace peerdesk::node;
using namespace peerdesk::node::test;

namespace {
int programLevel = 1; ///< of this PC's program
} // namespace

/// In place of the product's own: webhooks came with level 2.
int peerdesk::events::featureLevel()
{
    return programLevel;
}
int peerdesk::events::levelOf(int type, int)
{
    return type == WebhookSaved::type ? 2 : 1;
}

/// M145: PCs whose programs are of different age.
class TestLevels : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<World> m_world;
    std::unique_ptr<SmallOffice> m_office;
    int m_commands = 0;

    SmallOffice &office() { return *m_office; }
    int level() { return office().core().view().warm().office.featureLevel; }
    Decided run(const api::Command &command)
    {
        return office().run("command " + QByteArray::number(++m_commands), command);
    }
    Decided saveWebhook()
    {
        api::SaveWebhook command;
        command.webhook.url = u"https://example.org/"_s;
        command.webhook.events = {u"customer.created"_s};
        return run(command);
    }
    static Node member(const QByteArray &name, int level)
    {
        Node node;
        node.id = named<NodeId>(name);
        node.name = QString::fromLatin1(name);
        node.fingerprint = QByteArray(32, 'f');
        node.featureLevel = level;
        return node;
    }
    static api::UpdateNode report(const QByteArray &name, int level)
    {
        const Node node = member(name, level);
        return {node.id, node.fingerprint, u"127.0.0.1:1"_s, {}, level};
    }
    /// This PC's program starts anew, in this age.
    void restartAs(int newLevel)
    {
        m_office.reset();
        programLevel = newLevel;
        m_office = std::make_unique<SmallOffice>(*m_world);
        QVERIFY(run(api::UpdateNode{m_world->node, {}, {}, {}, newLevel}));
    }

private Q_SLOTS:
    void init()
    {
        programLevel = 1;
        m_folder = std::make_unique<QTemporaryDir>();
        m_world = std::make_unique<World>();
        m_world->folder = m_folder->path();
        m_office = std::make_unique<SmallOffice>(*m_world);
        office().found();
        QVERIFY(run(api::AddNode{member("attic", 1)}));
        QVERIFY(run(api::AddNode{member("cellar", 1)}));
    }
    void cleanup() { m_office.reset(); }

    void anOfficeBeginsWithAllThatItsProgramKnows()
    {
        m_office.reset();
        programLevel = 2;
        m_folder = std::make_unique<QTemporaryDir>();
        m_world = std::make_unique<World>();
        m_world->folder = m_folder->path();
        m_office = std::make_unique<SmallOffice>(*m_world);
        office().found();
        QCOMPARE(level(), 2);
        QVERIFY(saveWebhook());
    }

    void whatIsNewBeginsWhenTheLastPcHasIt()
    {
        QCOMPARE(level(), 1);
        restartAs(2);
        Decided refused = saveWebhook();
        QVERIFY(!refused);
        QCOMPARE(refused.error().state, u"older-program"_s);
        QVERIFY(refused.error().detail.contains(u"attic"_s));
        QVERIFY(refused.error().detail.contains(u"cellar"_s));
        QVERIFY(office().core().view().warm().webhooks.empty());

        QVERIFY(run(report("attic", 2)));
        QCOMPARE(level(), 1);
        refused = saveWebhook();
        QVERIFY(!refused && !refused.error().detail.contains(u"attic"_s));
        QVERIFY(run(report("cellar", 2)));
        QCOMPARE(level(), 2);
        QVERIFY(saveWebhook());
    }

    void aProgramMayGoBackUntilThenAndNotAfter()
    {
        restartAs(2);
        QVERIFY(run(report("attic", 2)));
        QVERIFY(run(report("attic", 1)));
        QVERIFY(run(report("cellar", 2)));
        QCOMPARE(level(), 1);
        QVERIFY(run(report("attic", 2)));
        QCOMPARE(level(), 2);
        const Decided refused = run(report("attic", 1));
        QVERIFY(!refused);
        QCOMPARE(refused.error().state, u"older-program"_s);
    }

    void whoIsRetiredHoldsNobodyBack()
    {
        restartAs(2);
        QVERIFY(run(report("attic", 2)));
        QVERIFY(run(api::RemoveNode{named<NodeId>("cellar")}));
        QCOMPARE(level(), 2);
    }

    void anOlderPcCannotJoin()
    {
        restartAs(2);
        QVERIFY(run(api::RemoveNode{named<NodeId>("attic")}));
        QVERIFY(run(api::RemoveNode{named<NodeId>("cellar")}));
        QCOMPARE(level(), 2);
        const Decided refused = run(api::AddNode{member("shed", 1)});
        QVERIFY(!refused);
        QCOMPARE(refused.error().state, u"older-program"_s);
        QVERIFY(run(api::AddNode{member("shed", 2)}));
        QCOMPARE(level(), 2);
    }
};

QTEST_GUILESS_MAIN(TestLevels)
#include "tst_levels.moc"
