// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/replica.h"

#include "core/cluster/member.h"

#include <QThread>

namespace peerdesk::cluster {

namespace {

class OwnReplica final : public Replica
{
    Q_OBJECT

public:
    explicit OwnReplica(Options options)
        : m_writer(new LogWriter(options.raftFile))
        , m_member(
              new Member({options.node, options.timing, std::move(options.links), options.mayFound,
                          options.raftFile, options.takeover, std::move(options.makeNetwork)},
                         *m_writer))
    {
        pass(&Member::committed, &Consensus::committed);
        pass(&Member::leads, &OwnReplica::onLeads);
        pass(&Member::lost, &Consensus::lost);
        pass(&Member::stateChanged, &Consensus::stateChanged);
        pass(&Member::heard, &Consensus::heard);
        pass(&Member::rested, &Consensus::rested);
        pass(&Member::tookOver, &Replica::tookOver);
        pass(&Member::superseded, &Replica::superseded);
        pass(&Member::listening, &Replica::listening);
        pass(&Member::asksChanged, &Replica::asksChanged);
        pass(&Member::knocked, &Replica::knocked);
        pass(&Member::snapshotWanted, &Replica::snapshotWanted);
        pass(&Member::snapshotFetched, &Replica::snapshotFetched);
        connect(m_member, &Member::stopped, m_writer, &LogWriter::finish);
        if (!options.hasThreads) {
            connect(m_writer, &LogWriter::finished, this, &Consensus::stopped,
                    Qt::QueuedConnection);
            m_writerHere.reset(m_writer);
            m_memberHere.reset(m_member);
            return;
        }
        connect(m_writer, &LogWriter::finished, &m_logThread, &QThread::quit, Qt::DirectConnection);
        connect(&m_logThread, &QThread::finished, this, &Consensus::stopped);
        run(m_logThread, m_writer, "log");
        run(m_consensusThread, m_member, "consensus");
    }
    ~OwnReplica() override
    {
        for (QThread *thread : {&m_consensusThread, &m_logThread}) {
            thread->quit();
            thread->wait();
        }
    }

    void start(quint64 appliedIndex) override
    {
        inMember([appliedIndex](Member &member) { member.start(appliedIndex); });
    }
    void submit(const QByteArray &payload) override
    {
        ++m_stretch.lastIndex;
        inMember([number = m_stretch.number, payload](Member &member) {
            member.submit(number, payload);
        });
    }
    quint64 term() const override { return m_stretch.term; }
    quint64 nextIndex() const override { return m_stretch.lastIndex + 1; }
    void setApplied(quint64 index) override
    {
        inMember([index](Member &member) { member.setApplied(index); });
    }
    void rest() override
    {
        inMember([](Member &member) { member.rest(); });
    }
    void wake() override
    {
        inMember([](Member &member) { member.wake(); });
    }
    void standBack() override
    {
        inMember([](Member &member) { member.standBack(); });
    }
    void forgetUpTo(quint64 index) override
    {
        inMember([index](Member &member) { member.forgetUpTo(index); });
    }
    void tell(const QString &node, const QByteArray &bytes) override
    {
        inMember([node, bytes](Member &member) { member.tell(node, bytes); });
    }
    void setPeers(const std::vector<Peer> &peers, const std::set<QString> &removed) override
    {
        inMember([peers, removed](Member &member) { member.setPeers(peers, removed); });
    }
    void setOffice(const OfficeCard &office) override
    {
        inMember([office](Member &member) { member.setOffice(office); });
    }
    void invite(const Invitation &invitation) override
    {
        inMember([invitation](Member &member) { member.invite(invitation); });
    }
    void admit(const Asker &asker, bool isOurs) override
    {
        inMember([asker, isOurs](Member &member) { member.admit(asker, isOurs); });
    }
    void welcome(const QString &node, const Result<Membership> &membership) override
    {
        inMember([node, membership](Member &member) { member.welcome(node, membership); });
    }
    void offerSnapshot(quint64 index, const QString &path) override
    {
        inMember([index, path](Member &member) { member.offerSnapshot(index, path); });
    }
    void takeOver(const Takeover &takeover, const QByteArray &seed) override
    {
        inMember([takeover, seed](Member &member) { member.takeOver(takeover, seed); });
    }
    void snapshotInstalled(const LogBase &base, bool isGood) override
    {
        inMember([base, isGood](Member &member) { member.installed(base, isGood); });
    }
    void stop() override
    {
        inMember([](Member &member) { member.stop(); });
    }

private:
    /// What the member says comes as an event, whatever thread it has.
    template <typename Signal, typename Slot>
    void pass(Signal signal, Slot slot)
    {
        connect(m_member, signal, this, slot, Qt::QueuedConnection);
    }
    static void run(QThread &thread, QObject *object, const char *name)
    {
        thread.setObjectName(QString::fromLatin1(name));
        object->moveToThread(&thread);
        connect(&thread, &QThread::finished, object, &QObject::deleteLater);
        thread.start();
    }
    template <typename Call>
    void inMember(Call call)
    {
        QMetaObject::invokeMethod(
            m_member, [member = m_member, call] { call(*member); }, Qt::QueuedConnection);
    }
    void onLeads(const Member::Stretch &stretch)
    {
        m_stretch = stretch;
        Q_EMIT ready();
    }

    QThread m_logThread;
    QThread m_consensusThread;
    LogWriter *m_writer;
    Member *m_member;                        ///< ends before the writer, which it waits for
    std::unique_ptr<LogWriter> m_writerHere; ///< without threads
    std::unique_ptr<Member> m_memberHere;
    Member::Stretch m_stretch;
};

} // namespace

std::unique_ptr<Replica> Replica::make(Options options)
{
    return std::make_unique<OwnReplica>(std::move(options));
}

} // namespace peerdesk::cluster

#include "replica.moc"

#include "moc_consensus.cpp"
#include "moc_replica.cpp"
