// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/replica.h"

#include "core/cluster/membership.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace peerdesk;
using namespace peerdesk::cluster;
using namespace Qt::StringLiterals;

namespace {

/// A member of an office in this process, over real TLS, disk and threads.
struct Pc
{
    QString name;
    Identity identity;
    QString raftFile;
    std::unique_ptr<Replica> log;
    std::vector<QByteArray> committed; ///< payloads of commands, since the first start
    quint64 applied = 0;
    quint64 lastTerm = 0;
    ClusterState state;
    QString address;
    bool isReady = false;
    bool hasGap = false;
    QString trouble; ///< of the last that was lost
    int protocol = 1;

    void start(bool mayFound, const QByteArray &office = "office")
    {
        Replica::Options options;
        options.raftFile = raftFile;
        options.node = name;
        options.mayFound = mayFound;
        options.links =
            Links::Options{identity, name, address.isEmpty() ? u"127.0.0.1:0"_s : address};
        options.links->protocol = protocol;
        log = Replica::make(std::move(options));
        isReady = false;
        QObject::connect(log.get(), &Consensus::committed, log.get(),
                         [this](const std::vector<LogEntry> &entries) {
                             for (const LogEntry &entry : entries) {
                                 hasGap =
                                     hasGap || entry.index != applied + 1 || entry.term < lastTerm;
                                 applied = entry.index;
                                 lastTerm = entry.term;
                                 if (entry.kind == LogEntry::Kind::Command)
                                     committed.push_back(entry.payload);
                             }
                             log->setApplied(applied);
                         });
        QObject::connect(log.get(), &Consensus::ready, log.get(), [this] { isReady = true; });
        QObject::connect(log.get(), &Consensus::lost, log.get(), [this](const Error &error) {
            isReady = false;
            trouble = error.state;
        });
        QObject::connect(log.get(), &Consensus::stateChanged, log.get(),
                         [this](const ClusterState &now) { state = now; });
        QObject::connect(log.get(), &Replica::listening, log.get(),
                         [this](const QString &at) { address = at; });
        log->start(applied);
        log->setOffice({office, u"Harbor"_s, {}});
    }
    Peer peer() const { return {name, identity.fingerprint(), {address}}; }
    int voters() const
    {
        return int(std::count_if(state.members.begin(), state.members.end(),
                                 [](const Server &one) { return one.role == ServerRole::Voter; }));
    }
};

} // namespace

/// The log of a PC alone, and of several.
class TestReplica : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    std::vector<std::unique_ptr<Pc>> m_pcs;

    Pc &pc(const QString &name)
    {
        auto made = std::make_unique<Pc>();
        made->name = name;
        made->identity = *Identity::make(name);
        made->raftFile = m_folder->filePath(name + u".db"_s);
        m_pcs.push_back(std::move(made));
        return *m_pcs.back();
    }
    void introduce()
    {
        std::vector<Peer> peers;
        for (const auto &one : m_pcs)
            peers.push_back(one->peer());
        for (const auto &one : m_pcs) {
            if (one->log)
                one->log->setPeers(peers, {});
        }
    }
    Pc *leader()
    {
        for (const auto &one : m_pcs) {
            if (one->log && one->isReady)
                return one.get();
        }
        return nullptr;
    }
    Pc *follower()
    {
        for (const auto &one : m_pcs) {
            if (one.get() != leader())
                return one.get();
        }
        return nullptr;
    }
    /// As the power does: its vote stays.
    static void close(Pc &pc)
    {
        pc.log.reset();
        pc.isReady = false;
        pc.state = {};
    }
    /// Three PCs that vote.
    void makeOffice(const QStringList &names)
    {
        for (const QString &name : names)
            pc(name);
        m_pcs.front()->start(true);
        for (size_t i = 1; i < m_pcs.size(); ++i)
            m_pcs[i]->start(false);
        for (const auto &one : m_pcs)
            QTRY_VERIFY(!one->address.isEmpty());
        introduce();
        QTRY_VERIFY_WITH_TIMEOUT(isSettled(int(names.size())), 8'000);
    }
    bool isSettled(int members)
    {
        const Pc *at = leader();
        return at && int(at->state.members.size()) == members &&
               at->voters() == votersFor(members) &&
               std::none_of(at->state.members.begin(), at->state.members.end(),
                            [](const Server &one) { return one.role == ServerRole::Spare; });
    }
    void commit(const QByteArray &payload)
    {
        QTRY_VERIFY_WITH_TIMEOUT(leader() != nullptr, 10'000);
        Pc *at = leader();
        at->log->submit(payload);
        QTRY_VERIFY(!at->committed.empty() && at->committed.back() == payload);
    }
    void everybodyHas(const std::vector<QByteArray> &payloads)
    {
        for (const auto &one : m_pcs) {
            if (!one->log)
                continue;
            QTRY_COMPARE_WITH_TIMEOUT(one->committed, payloads, 10'000);
            QVERIFY(!one->hasGap);
        }
    }

private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }
    void cleanup() { m_pcs.clear(); }

    void aPcAloneGoesOnAfterARestart()
    {
        Pc &one = pc(u"a"_s);
        one.start(true);
        commit("one");
        commit("two");
        one.start(true);
        commit("three");
        everybodyHas({"one", "two", "three"});
    }

    void whatTheTablesLackIsReportedAgain()
    {
        Pc &one = pc(u"a"_s);
        one.start(true);
        commit("one");
        const quint64 applied = one.applied;
        commit("two");
        one.applied = applied;
        one.committed.pop_back();
        one.start(true);
        QTRY_VERIFY(one.isReady);
        everybodyHas({"one", "two"});
    }

    void aLogOlderThanTheTablesGoesOnBehindThem()
    {
        Pc &one = pc(u"a"_s);
        one.start(true);
        commit("from a backup");
        one.applied += 7;
        one.start(true);
        commit("after it");
        QVERIFY(one.applied > 9);
        one.start(true);
        commit("again");
        everybodyHas({"from a backup", "after it", "again"});
    }

    void aLostLogGoesOnBehindTheTables()
    {
        Pc &one = pc(u"a"_s);
        one.start(true);
        commit("before it was lost");
        one.log.reset();
        for (const char *end : {"", "-wal", "-shm"})
            QFile::remove(one.raftFile + QLatin1String(end));
        const quint64 applied = one.applied;
        one.start(true);
        commit("after it");
        QVERIFY(one.applied > applied);
        one.start(true);
        commit("again");
        everybodyHas({"before it was lost", "after it", "again"});
    }

    void whoHasOtherPcsDoesNotBeginAnOfficeOfItsOwn()
    {
        Pc &one = pc(u"a"_s);
        one.start(false);
        QTRY_VERIFY(!one.address.isEmpty());
        QSignalSpy lost(one.log.get(), &Consensus::lost);
        one.applied = 3;
        one.start(false);
        QSignalSpy refused(one.log.get(), &Consensus::lost);
        QTRY_COMPARE(refused.count(), 1);
        QCOMPARE(refused.front().front().value<Error>().state, u"log-lost"_s);
        QVERIFY(!one.isReady);
    }

    void stoppingWritesWhatWasSubmitted()
    {
        Pc &one = pc(u"a"_s);
        one.start(true);
        QTRY_VERIFY(one.isReady);
        for (int i = 0; i < 500; ++i)
            one.log->submit(QByteArray::number(i));
        QSignalSpy stopped(one.log.get(), &Consensus::stopped);
        one.log->stop();
        QTRY_COMPARE(stopped.count(), 1);
        QCOMPARE(one.committed.size(), size_t(500));
    }

    void threePcsHoldOneLog()
    {
        makeOffice({u"a"_s, u"b"_s, u"c"_s});
        commit("one");
        commit("two");
        everybodyHas({"one", "two"});
    }

    void whenTheLeaderDiesAnotherGoesOn()
    {
        makeOffice({u"a"_s, u"b"_s, u"c"_s});
        commit("one");
        everybodyHas({"one"});
        Pc *dead = leader();
        dead->log.reset();
        dead->isReady = false;
        commit("two");
        QVERIFY(leader() != dead);
        dead->start(false);
        introduce();
        everybodyHas({"one", "two"});
    }

    void aClosingLeaderHandsOver()
    {
        makeOffice({u"a"_s, u"b"_s, u"c"_s});
        commit("one");
        Pc *closing = leader();
        QSignalSpy stopped(closing->log.get(), &Consensus::stopped);
        QElapsedTimer clock;
        clock.start();
        closing->log->stop();
        QTRY_COMPARE(stopped.count(), 1);
        closing->log.reset();
        closing->isReady = false;
        commit("two");
        QVERIFY(leader() != closing);
    }

    /// Also where another one votes only after that.
    void whoCanDecideNothingMoreLetsAnotherLead_data()
    {
        QTest::addColumn<QStringList>("names");
        QTest::newRow("three that vote") << QStringList{u"a"_s, u"b"_s, u"c"_s};
        QTest::newRow("one that votes") << QStringList{u"a"_s, u"b"_s};
    }
    void whoCanDecideNothingMoreLetsAnotherLead()
    {
        QFETCH(QStringList, names);
        makeOffice(names);
        commit("one");
        everybodyHas({"one"});
        Pc *stuck = leader();
        stuck->log->standBack();
        QTRY_VERIFY_WITH_TIMEOUT(leader() && leader() != stuck, 8'000);
        commit("two");
        everybodyHas({"one", "two"});
        QVERIFY(leader() != stuck);
    }

    void whoSleepsLetsAnotherLeadAndVotesAgainAwake_data()
    {
        whoCanDecideNothingMoreLetsAnotherLead_data();
    }
    void whoSleepsLetsAnotherLeadAndVotesAgainAwake()
    {
        QFETCH(QStringList, names);
        makeOffice(names);
        commit("one");
        everybodyHas({"one"});
        Pc *sleeper = leader();
        QSignalSpy rested(sleeper->log.get(), &Consensus::rested);
        sleeper->log->rest();
        QTRY_COMPARE(rested.count(), 1);
        QTRY_VERIFY(leader() && leader() != sleeper);
        const auto roleOfSleeper = [&] {
            for (const Server &one : leader()->state.members) {
                if (one.node == sleeper->name)
                    return one.role;
            }
            return ServerRole::Spare;
        };
        QTRY_VERIFY(roleOfSleeper() != ServerRole::Voter);
        QVERIFY(sleeper->state.reachable.empty());
        introduce(); // as when something changes in the office meanwhile
        commit("two");
        QVERIFY(leader() != sleeper);
        QCOMPARE(rested.count(), 1);
        sleeper->log->wake();
        QTRY_VERIFY_WITH_TIMEOUT(isSettled(int(names.size())), 8'000);
        everybodyHas({"one", "two"});
    }

    void withoutAMajorityNothingIsDecided()
    {
        makeOffice({u"a"_s, u"b"_s, u"c"_s});
        commit("one");
        Pc *last = leader();
        for (const auto &one : m_pcs) {
            if (one.get() != last)
                one->log.reset();
        }
        QTRY_VERIFY_WITH_TIMEOUT(!last->isReady, 5'000);
        last->log->submit("nobody agrees");
        QTRY_VERIFY(last->state.state != State::Leader);
        QCOMPARE(last->committed, std::vector<QByteArray>{"one"});
    }

    void aFolderThatComesFromABackupIsNotTheMemberItWas()
    {
        makeOffice({u"a"_s, u"b"_s, u"c"_s});
        commit("one");
        everybodyHas({"one"});
        Pc &old = *follower();
        close(old);
        const QString backup = m_folder->filePath(u"backup"_s);
        QVERIFY(QFile::copy(old.raftFile, backup));
        const auto [committed, applied] = std::pair(old.committed, old.applied);
        old.start(false);
        introduce();
        commit("two");
        everybodyHas({"one", "two"});
        QTRY_VERIFY(leader() && leader()->state.reachable.contains(old.name));
        close(old);
        for (const char *end : {"", "-wal", "-shm"})
            QFile::remove(old.raftFile + QLatin1String(end));
        QVERIFY(QFile::copy(backup, old.raftFile));
        old.committed = committed;
        old.applied = applied;
        old.start(false);
        introduce();
        QTRY_COMPARE(old.trouble, u"disowned"_s);
        QTRY_COMPARE(leader()->state.refused, (std::map{std::pair(old.name, Refusal::Older)}));
        commit("three"); // the other two
    }

    void aFolderThatRunsOnTwoPcsIsFoundOut()
    {
        makeOffice({u"a"_s, u"b"_s, u"c"_s});
        commit("one");
        everybodyHas({"one"});
        Pc &first = *follower();
        close(first);
        Pc second;
        second.name = first.name;
        second.identity = first.identity;
        second.applied = first.applied;
        second.lastTerm = first.lastTerm;
        second.raftFile = m_folder->filePath(u"copy"_s);
        QVERIFY(QFile::copy(first.raftFile, second.raftFile));
        first.start(false);
        introduce();
        commit("two");
        everybodyHas({"one", "two"});
        second.start(false);
        QTRY_VERIFY(!second.address.isEmpty());
        std::vector<Peer> others;
        for (const auto &one : m_pcs)
            others.push_back(one->peer());
        second.log->setPeers(others, {});
        QTRY_VERIFY(first.trouble == u"disowned"_s || second.trouble == u"disowned"_s);
        commit("three");
    }

    void programsThatAreTooFarApartSaySoOnBothSides()
    {
        makeOffice({u"a"_s, u"b"_s, u"c"_s});
        Pc &newer = *follower();
        close(newer);
        newer.protocol = 2;
        newer.start(false);
        introduce();
        const Pc *router = leader();
        QTRY_COMPARE(router->state.refused, (std::map{std::pair(newer.name, Refusal::Protocol)}));
        QTRY_COMPARE(newer.state.refused.size(), size_t(2));
        QVERIFY(newer.state.reachable.empty());
        commit("the others go on");
    }

    void strangersStayOut_data()
    {
        QTest::addColumn<bool>("sameName");
        QTest::addColumn<QByteArray>("office");
        QTest::newRow("a key that nobody pinned") << true << QByteArray("office");
        QTest::newRow("another office") << false << QByteArray("another");
    }
    void strangersStayOut()
    {
        QFETCH(bool, sameName);
        QFETCH(QByteArray, office);
        makeOffice({u"a"_s, u"b"_s});
        commit("one");
        Pc &stranger = pc(u"z"_s);
        if (sameName)
            stranger.name = u"b"_s; // claims to be b, with a key of its own
        stranger.start(false, office);
        QTRY_VERIFY(!stranger.address.isEmpty());
        if (!sameName) {
            introduce();
            QTRY_COMPARE(m_pcs[0]->state.members.size(), size_t(3));
            QTRY_VERIFY(m_pcs[0]->isReady);
        }
        stranger.log->setPeers({m_pcs[0]->peer(), m_pcs[1]->peer()}, {});
        commit("two");
        QVERIFY(stranger.committed.empty());
        QVERIFY(stranger.state.reachable.empty());
    }
};

QTEST_GUILESS_MAIN(TestReplica)
#include "tst_replica.moc"
