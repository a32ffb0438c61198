// SPDX-License-Identifier: GPL-3.0-or-later
#include "smalloffice.h"

#include <QTemporaryDir>

using namespace peerdesk;
using namespace peerdesk::node;
using namespace peerdesk::node::test;

/// Until when a PC may act outwards without hearing from the others.
class TestLease : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<World> m_world;
    std::unique_ptr<SmallOffice> m_office;
    const QString m_back = derivedId<NodeId>(NodeId{}, "back").toString();
    const QString m_attic = derivedId<NodeId>(NodeId{}, "attic").toString();

    Core &core() { return m_office->core(); }
    HeldLog &log() { return m_office->held(); }
    QString self() { return m_world->node.toString(); }
    void pass(Milliseconds time) { *m_world->now = *m_world->now + time; }
    /// What was asked of or answered to that node since this was called last.
    std::vector<LeaseNote> told(const QString &node)
    {
        std::vector<LeaseNote> out;
        for (const auto &[to, bytes] : log().told) {
            const auto note = decodeRelay(bytes);
            const auto *lease = note ? std::get_if<LeaseNote>(&*note) : nullptr;
            if (lease && to == node)
                out.push_back(*lease);
        }
        std::erase_if(log().told, [&](const auto &entry) { return entry.first == node; });
        return out;
    }
    void agree(const QString &node, const LeaseNote &asked)
    {
        Q_EMIT log().heard(node, encode(LeaseNote{true, asked.sentAt, 0}));
    }

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_world = std::make_unique<World>();
        m_world->folder = m_folder->path();
        m_office = std::make_unique<SmallOffice>(*m_world);
        m_office->found();
    }
    void cleanup() { m_office.reset(); }

    void aloneItMayAlwaysAct()
    {
        pass(std::chrono::hours(1));
        QVERIFY(core().mayAct());
        log().lead(self(), {self()});
        pass(std::chrono::hours(1));
        QVERIFY(core().mayAct());
    }

    /// It was stopped, or the PC slept, and another may be the router and run its channels since.
    void aRouterThatSleptDoesNotActUntilAMajorityFollowsIt()
    {
        log().lead(self(), {self(), m_back, m_attic});
        pass(std::chrono::seconds(5)); // what it could do alone is over
        QVERIFY(!core().mayAct());
        const auto asked = told(m_back);
        QCOMPARE(asked.size(), size_t(1));
        agree(m_back, asked.front()); // too late: it was asked five seconds ago
        QVERIFY(!core().mayAct());

        log().lead(self(), {self(), m_back, m_attic, u"one more"_s});
        log().lead(self(), {self(), m_back, m_attic});
        agree(m_attic, told(m_attic).back());
        QVERIFY(core().mayAct());
        pass(std::chrono::milliseconds(3'999));
        QVERIFY(core().mayAct());
        pass(std::chrono::milliseconds(1));
        QVERIFY(!core().mayAct());
    }

    void oneOfTheOtherFourIsNoMajority()
    {
        const QStringList five{self(), m_back, m_attic, u"d"_s, u"e"_s};
        log().lead(self(), five);
        pass(std::chrono::seconds(5));
        log().lead(self(), {self()});
        log().lead(self(), five);
        agree(m_back, told(m_back).back());
        pass(std::chrono::seconds(4)); // alone it was right until now
        QVERIFY(!core().mayAct());
        log().lead(self(), {self(), m_back});
        log().lead(self(), five);
        agree(m_back, told(m_back).back());
        QVERIFY(!core().mayAct());
        agree(m_attic, told(m_attic).back());
        QVERIFY(core().mayAct());
    }

    void whoFollowsSaysYesToItsRouterOnly()
    {
        log().follow(m_back);
        (void)told(m_back);
        const LeaseNote question{false, 17, 0};
        Q_EMIT log().heard(m_attic, encode(question));
        QVERIFY(told(m_attic).empty());
        Q_EMIT log().heard(m_back, encode(question));
        const auto answers = told(m_back);
        QCOMPARE(answers.size(), size_t(1));
        QVERIFY(answers.front().isGranted);
        QCOMPARE(answers.front().sentAt, qint64(17));
    }

    /// It was away, and another PC was given its channels meanwhile: its own tables do not say so.
    void whoLagsBehindActsOnceItHasCaughtUp()
    {
        log().follow(m_back);
        pass(std::chrono::seconds(5));
        const quint64 end = log().nextIndex();
        const qint64 asked = core().clock().boot().count();
        Q_EMIT log().heard(m_back, encode(LeaseNote{true, asked, 0, end}));
        QVERIFY(!core().mayAct());
        log().commitTheirs(core().term(), {{end, 0, {}}});
        m_office->apply();
        QCOMPARE(core().appliedIndex(), end);
        QVERIFY(core().mayAct());
        pass(std::chrono::seconds(4));
        QVERIFY(!core().mayAct());
    }

    void aYesOfWhoIsNotItsRouterIsNone()
    {
        log().follow(m_back);
        pass(std::chrono::seconds(5));
        const LeaseNote now{true, core().clock().boot().count(), 0};
        Q_EMIT log().heard(m_attic, encode(now));
        QVERIFY(!core().mayAct());
        Q_EMIT log().heard(m_back, encode(now));
        QVERIFY(core().mayAct());
    }
};

QTEST_GUILESS_MAIN(TestLease)
#include "tst_lease.moc"
