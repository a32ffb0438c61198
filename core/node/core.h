// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/cluster/consensus.h"
#include "core/node/applier.h"
#include "core/node/clockwatch.h"
#include "core/node/decision.h"
#include "core/node/intake.h"
#include "core/node/relay.h"
#include "core/node/service.h"

#include <QDeadlineTimer>
#include <QTimer>

#include <deque>
#include <functional>
#include <map>
#include <memory>

namespace peerdesk::node {

/// The decide loop: commands become facts, facts go into the log, answers come from what was
/// committed and applied here (design rules 1 to 3). Thread: node.
class Core final : public Service
{
    Q_OBJECT

public:
    using Reply = std::function<void(const Decided &)>;
    struct Parts
    {
        NodeId node;
        std::unique_ptr<cluster::Consensus> consensus;
        std::unique_ptr<store::OfficeReader> reader;
        std::unique_ptr<Clock> clock;
        ChannelRulesOf rules;
        std::function<QByteArray()> makeSalt = randomSalt; ///< one for each batch
    };
    /// Most commands decided and not yet applied; more get Busy.
    static constexpr size_t MaxInFlight = 4096;
    /// How long a command waits for a router before its asker is told that there is none.
    static constexpr Milliseconds Patience = std::chrono::seconds(10);
    /// Of those in flight, what channels brought; their next commands wait, so that the log stays
    /// short in front of an agent's click.
    static constexpr size_t MaxSharedInFlight = 64;
    /// Channels' commands decided in one go, before the event loop sees to people again.
    static constexpr int SharedAtOnce = 4;

    /// events::SaltBytes that nobody can guess.
    static QByteArray randomSalt();

    explicit Core(Parts parts);
    ~Core() override;

    void start();
    /// Decides nothing more; what is in flight is written, then stopped() comes.
    void stop();

    /// `reply` runs once in this thread: after commit and local apply, or with the reason why not.
    /// People, timers and evidence are decided at once; what channels bring waits its turn
    /// (Intake). Where another PC is the router, the command goes there; the answer still comes
    /// after local apply. While nobody is, it waits for a while.
    void submit(const api::Caller &caller, CommandId id, const api::Command &command, Reply reply)
    {
        submitFrom(m_node, caller, id, command, std::move(reply));
    }
    /// A command of the office itself.
    void submitInternal(CommandId id, const api::Command &command, Reply reply)
    {
        submit({}, id, command, std::move(reply));
    }

    const Overlay &view() const { return m_overlay; }
    const routing::Router &router() const { return m_router; }
    const store::OfficeReader &reader() const { return *m_reader; }
    /// Office time: the PC's clock as ClockWatch follows it, or, if that was set back, the newest
    /// fact's time and what has passed since.
    Time now() const;
    /// What the router's clock shows, as far as the newest fact tells: for what it is to judge.
    Time routersTime() const
    {
        return m_lastTime + std::max(Milliseconds(0), m_clock->boot() - m_lastTimeAt);
    }
    /// To be called every second or so: how far this PC's clock was set away since the start, 0 =
    /// it was not. now() does not go along with that.
    Milliseconds watchClock();
    Clock &clock() const { return *m_clock; }
    NodeId node() const { return m_node; }
    /// This node is the router, and everything that was in the log at its election is applied.
    bool isReady() const { return m_isReady; }
    const cluster::ClusterState &cluster() const { return m_cluster; }
    /// Outward acts may begin: within the lease the router said so, or, to the router, a majority
    /// of those that vote (design rule 6). A PC that slept knows nothing of what happened since.
    bool mayAct() const;
    /// The router's view: the PCs whose lease may still run, so that nothing of theirs may be given
    /// to another.
    bool mayStillAct(NodeId node) const;
    cluster::Consensus &consensus() { return *m_consensus; }
    quint64 term() const { return std::max(m_cluster.term, m_consensus->term()); }
    quint64 appliedIndex() const { return m_appliedIndex; }
    const QByteArray &digest() const { return m_digest; }
    /// Empty, or why nothing new is decided.
    const QString &trouble() const { return m_trouble.isEmpty() ? m_shortOfRoom : m_trouble; }
    /// While the disk has little room nothing new is taken from people and channels, with this as
    /// the reason; what was begun goes on. Empty = there is room.
    void setShortOfRoom(const QString &sentence);

Q_SIGNALS:
    void committed(const std::vector<peerdesk::store::LogEntry> &entries);
    void changed(const peerdesk::api::Changes &changes);
    void ready();
    void statusChanged();
    void stopped();
    /// How far another PC's wall clock is ahead of this one's.
    void clockSeen(const QString &node, peerdesk::Milliseconds ahead);
    void attachmentHeard(const QString &node, const peerdesk::node::AttachmentNote &note);
    void channelHeard(const QString &node, const peerdesk::node::ChannelNote &note);

public:
    void onApplied(const std::shared_ptr<const store::Applied> &applied,
                   const api::Changes &changes, const QByteArray &digest);
    /// office.db was replaced by a copy from another node, as of `index`.
    void onReplaced(quint64 index, const QByteArray &digest);
    /// What is committed cannot be applied for now: nothing new is decided until it is.
    void onApplyStalled(const Error &error);
    void onApplyStopped(const Error &error);

private:
    /// A command on its way, with everybody who waits for its answer.
    struct Ask
    {
        CommandId id;
        api::Caller caller;
        api::Command command;
        NodeId origin;         ///< the PC where it was asked
        Intake::Source source; ///< the channel that brought it; null = it is no channel's
        size_t items = 1;      ///< of the channel
        QByteArray bodyHash;
        std::vector<Reply> waiters;
        api::Outcome outcome;   ///< once it was decided here
        bool isDecided = false; ///< its facts may be in the log although nobody said so
        QString relayedTo;      ///< the router that was asked, in this term
        int unanswered = 0;     ///< how often one was asked that has said nothing yet
        QDeadlineTimer askAgain{QDeadlineTimer::Forever};
        QDeadlineTimer patience{Patience};
    };

    void submitFrom(NodeId origin, const api::Caller &caller, CommandId id,
                    const api::Command &command, const Reply &reply);
    void decideOrJoin(Ask ask);
    void decideHere(Ask ask);
    /// Keeps it until there is a router.
    void hold(Ask ask);
    /// Decides or relays what is held.
    void route();
    void relay(Ask &ask);
    void onHeard(const QString &node, const QByteArray &bytes);
    void onRelayed(const QString &node, const RelayedCommand &relayed);
    void refuseUnknown(const QString &node, CommandId id);
    void onLease(const QString &node, const LeaseNote &note);
    void onGranted(const QString &node, const LeaseNote &note);
    void useRipeGrants();
    void renewLease();
    /// As the router: when, on the boot clock, a majority of those that vote surely followed it.
    Milliseconds agreedAt() const;
    void onRelayAnswered(const RelayAnswer &answer);
    void onPatience();
    void onClusterChanged(const cluster::ClusterState &state);
    /// Decides what waits, as far as its turn has come.
    void pump();
    /// pump(), once what is going on is over.
    void pumpSoon();
    void onLogReady();
    void onCommitted(const std::vector<store::LogEntry> &entries);
    void onLost(const Error &error, bool isSure);
    /// Flights at or behind an index leave the list.
    std::vector<Ask> takeFlights(quint64 from);
    void reply(const Ask &ask, const Decided &decided);
    void answer(const std::vector<Ask> &asks, const Error &error);
    /// What was held and turns out to be in the log is answered.
    void answerHeld(const store::AppliedBatch &applied);
    void beReady();
    /// The recorded answer of a command that was decided before; nullopt = it is new.
    std::optional<Decided> recorded(CommandId id, const QByteArray &bodyHash) const;
    Decided decideNow(const Ask &ask, events::Batch &batch);
    /// Errors: Rejected "older-program", naming the PCs that could not read one of these.
    Result<Done> everyPcReads(const std::vector<events::Fact> &facts) const;
    void setLastTime(Time time);
    void armTimer();
    /// The earliest snooze in office.db.
    void readNextSnooze();
    void onTimer();

    NodeId m_node;
    std::unique_ptr<cluster::Consensus> m_consensus;
    std::unique_ptr<store::OfficeReader> m_reader;
    std::unique_ptr<Clock> m_clock;
    ClockWatch m_watch;
    ChannelRulesOf m_rules;
    std::function<QByteArray()> m_makeSalt;
    Overlay m_overlay;
    routing::Router m_router;
    std::map<quint64, Ask> m_flights; ///< decided here, by log index
    std::map<CommandId, quint64> m_flightOf;
    std::map<CommandId, Ask> m_held; ///< neither decided nor refused yet
    std::deque<CommandId> m_heldOrder;
    /// Answers of the router, until what they rest on is applied here.
    std::multimap<quint64, std::pair<Ask, Decided>> m_answered;
    Intake m_intake;
    size_t m_sharedInFlight = 0;
    bool m_isPumpDue = false;
    QTimer m_timer;
    QTimer m_patience;
    QTimer m_renewal;
    Milliseconds m_leaseUntil{0};             ///< on the boot clock
    std::map<QString, Milliseconds> m_grants; ///< when each that said yes was asked; boot clock
    /// From which applied index on, until when on the boot clock.
    std::vector<std::pair<quint64, Milliseconds>> m_ripening;
    std::map<NodeId, Milliseconds> m_leases; ///< as the router: until when each may act
    Milliseconds m_leasesSince{0};           ///< as the router: leases of before are unknown
    cluster::ClusterState m_cluster;
    Time m_lastTime; ///< of the newest fact; the office's clock never goes back behind it
    Milliseconds m_lastTimeAt{0};     ///< on the boot clock
    std::optional<Time> m_nextSnooze; ///< as of what is applied
    quint64 m_appliedIndex = 0;
    quint64 m_committedIndex = 0;
    quint64 m_readyAt = 0;
    QByteArray m_digest;
    QString m_trouble;
    QString m_shortOfRoom;
    bool m_isLogReady = false;
    bool m_isReady = false;
    bool m_wasReady = false;  ///< ready() was emitted
    bool m_isStalled = false; ///< the disk is full for office.db
    bool m_isStopping = false;
    bool m_hasMore = false; ///< the router has more to settle now than fits a batch
};

} // namespace peerdesk::node
