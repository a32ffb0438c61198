// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/consensus.h"
#include "core/cluster/links.h"
#include "core/cluster/logwriter.h"
#include "core/cluster/membership.h"
#include "core/cluster/snapshots.h"

#include <QElapsedTimer>

namespace peerdesk::cluster {

/// This node's part in the log: drives the engine with time, disk and network. Lives in the
/// consensus thread.
class Member final : public QObject
{
    Q_OBJECT

public:
    struct Options
    {
        QString node;
        Timing timing;
        std::optional<Links::Options> links; ///< none = nobody else can be reached
        bool mayFound = false;
        QString raftFile;         ///< snapshots lie beside it
        QByteArray takeover = {}; ///< what a newcomer was told of the office
        MakeNetwork makeNetwork = makeLinks;
    };
    /// A leadership, or a stretch of one without a change of the members: entries are numbered by
    /// who submits them, so that what was numbered in another stretch is dropped.
    struct Stretch
    {
        quint64 number = 0;
        quint64 term = 0;
        quint64 lastIndex = 0;
    };

    Member(Options options, LogWriter &writer);
    ~Member() override;

    void start(quint64 appliedIndex);
    void submit(quint64 stretch, const QByteArray &payload);
    /// Who belongs to the office, and who was retired from it.
    void setPeers(const std::vector<Peer> &peers, const std::set<QString> &removed);
    void tell(const QString &node, const QByteArray &bytes);
    void setOffice(const OfficeCard &office);
    void invite(const Invitation &invitation);
    void admit(const Asker &asker, bool isOurs);
    void welcome(const QString &node, const Result<Membership> &membership);
    void setApplied(quint64 index);
    /// Cuts the log there as soon as it can be, and scrubs its file.
    void forgetUpTo(quint64 index);
    /// As Consensus::standBack().
    void standBack();
    /// The copy that was wanted; an empty path = it could not be made.
    void offerSnapshot(quint64 index, const QString &path);
    /// The tables are now what the snapshot of `base` holds; or could not be replaced.
    void installed(const LogBase &base, bool isGood);
    /// Goes on alone: a Takeover in the name of this node, of which index, term and generation are
    /// filled in, is signed by `seed`. tookOver() follows.
    void takeOver(Takeover takeover, const QByteArray &seed);
    void stop();
    /// As Consensus::rest() and wake().
    void rest();
    void wake();

Q_SIGNALS:
    void rested();
    void committed(const std::vector<peerdesk::store::LogEntry> &entries);
    void leads(const peerdesk::cluster::Member::Stretch &stretch);
    void lost(const peerdesk::Error &error, bool isSure);
    void stateChanged(const peerdesk::cluster::ClusterState &state);
    void heard(const QString &node, const QByteArray &bytes);
    void listening(const QString &address);
    void asksChanged(const std::vector<peerdesk::cluster::Asker> &asks);
    void knocked(const peerdesk::cluster::Newcomer &newcomer);
    void snapshotWanted(const QString &path);
    void snapshotFetched(const peerdesk::store::LogBase &base, const QString &path);
    void stopped();
    void tookOver(const peerdesk::Result<peerdesk::cluster::Takeover> &result);
    /// As Links::superseded(); nothing is decided or voted here any more.
    void superseded(const QByteArray &takeover);

private:
    template <typename Call>
    void inWriter(Call call)
    {
        QMetaObject::invokeMethod(
            &m_writer, [writer = &m_writer, call = std::move(call)] { call(*writer); },
            Qt::QueuedConnection);
    }
    LogWriter::Founder founder() const;
    void onSuperseded(const QByteArray &takeover);
    /// This data folder is not, or not any more, the member that it says to be: it neither votes
    /// nor leads, and people are told.
    void onDisowned(const QString &by, Refusal why);
    void openLog();
    void onOpened(const Engine::Stored &stored);
    void onWritten(const std::vector<LogEntry> &entries);
    void onLogFailed(const Error &error);
    void onHeard(const QString &node, const Frame &frame);
    void noteLogEnd(quint64 index);
    void onTimer();
    void flush();
    /// Does what an output says, and what follows from it.
    void perform(Result<Engine::Output> result);
    bool keepVote();
    void send(const Message &message);
    void install(const Engine::Output &output);
    void forget();
    void report();
    void watchLeadership();
    /// Tells what is committed, once a second PC has it too where one keeps up.
    void tellCommitted();
    /// Up to where a second full copy exists; what lies behind it is held back for a moment.
    quint64 copiedIndex();
    /// The standby of a PC that votes alone; null = there is none, or others vote too.
    const Server *soleStandby(const Configuration &configuration) const;
    void endStretch(const Error &error, bool isSure);
    void change(const Configuration &configuration);
    bool isLeaving() const { return m_isStopping || m_isResting; }
    void signOff();
    /// All that can be done about it before the end, or before sleep, is done.
    void signedOff();
    /// As the leader: whether so much of the log is not known to be there that nothing may wait for
    /// that copy.
    bool isBehind(quint64 server) const;
    /// Who copies the tables neither votes nor stands: when nobody leads any more from whom they
    /// could come, this node goes on from what its disk has.
    void giveUpCopy();
    /// As the leader that is about to be closed; 0 = nobody can follow.
    quint64 successor();
    void onReachableChanged();
    void finish();
    void review();
    void arm();
    quint64 now() const { return quint64(m_uptime.elapsed()) + 1; }
    bool isReachable(const QString &node) const
    {
        return m_links && m_links->reachable().contains(node);
    }
    bool isLeading() const { return m_engine && m_engine->state() == State::Leader; }
    QString nodeOf(quint64 server) const;
    /// Whether who leads, as far as is known, was not heard for a while.
    bool isLeaderSilent() const;

    Options m_options;
    LogWriter &m_writer;
    std::unique_ptr<Network> m_links;
    Snapshots m_snapshots;
    std::unique_ptr<Engine> m_engine;
    QElapsedTimer m_uptime;
    QTimer m_timer;
    QTimer m_restart;             ///< after a full disk
    bool m_isFailureTold = false; ///< why the log does not open; it is tried again each second
    QTimer m_review;
    std::map<QString, quint64> m_lastHeard; ///< by now()
    quint64 m_leadingSince = 0;             ///< by now()
    std::vector<Peer> m_peers;
    std::set<QString> m_members;
    std::map<QString, bool> m_leaving; ///< who said so, and whether its link has ended since
    std::vector<LogEntry> m_uncopied;  ///< committed, and held back for the standby
    QTimer m_copyPatience;
    bool m_isCopyLate = false; ///< the standby does not keep up: nobody waits for it
    std::set<QString> m_removed;
    std::vector<QByteArray> m_queue; ///< submitted, one step takes them all
    ClusterState m_shown;
    Stretch m_stretch;
    quint64 m_leadingTerm = 0; ///< a barrier of this term was submitted
    quint64 m_barrier = 0;     ///< its index; decisions wait until it is committed
    quint64 m_reported = 0;    ///< committed up to here was told
    quint64 m_forgetUpTo = 0;  ///< the log must not reach below it
    bool m_isForgetting = false;
    quint64 m_logEnd = 0; ///< as far as the leader has said
    bool m_isLost = true; ///< no stretch is open
    bool m_isFlushDue = false;
    bool m_isStopping = false;
    bool m_isHandingOver = false;
    bool m_isStandingBack = false;
    bool m_isResting = false;
    bool m_isRested = false;
    QTimer m_handOver; ///< longest that others are waited for before the end, or before sleep
    QByteArray m_takeover;
    bool m_isSuperseded = false;
    bool m_isDisowned = false;
    QString m_saidGoodbyeTo; ///< the leader that knows that this PC is about to be closed
    bool m_isFinished = false;
};

} // namespace peerdesk::cluster
