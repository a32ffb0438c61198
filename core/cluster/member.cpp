// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/member.h"

#include "core/base/codec.h"

#include <QRandomGenerator>

namespace peerdesk::cluster {

using namespace Qt::StringLiterals;

namespace {

/// A voter that was not heard for so long is replaced by a standby.
constexpr quint64 SilentAfterMs = 90'000;
/// How long a closing PC waits for its successor and for its vote to be taken off.
constexpr Milliseconds HandOver{1'500};
constexpr Milliseconds RetryFullDisk{1'000};
/// How long what is committed waits for the standby's copy before it is kept on this PC only.
constexpr Milliseconds CopyPatience{400};
/// How often the members are thought about without an occasion.
constexpr Milliseconds ReviewEvery{1'000};
/// Entries kept although they are applied: what a slow member may still want.
constexpr quint64 Trailing = 4096;
/// Nothing is cut before so much has gathered behind the trail.
constexpr quint64 CutStep = 4096;
/// From so many missing entries on a member says that it is catching up, and no majority is counted
/// with it.
constexpr quint64 FarBehind = 1'000;
/// After so many elections' time without a word nobody is believed to lead.
constexpr quint64 SilentElections = 3;

} // namespace

Member::Member(Options options, LogWriter &writer)
    : m_options(std::move(options))
    , m_writer(writer)
    , m_snapshots(m_options.raftFile, this)
    , m_timer(this)
    , m_restart(this)
    , m_review(this)
    , m_members({m_options.node})
    , m_copyPatience(this)
    , m_handOver(this)
{
    m_uptime.start();
    m_timer.setSingleShot(true);
    m_timer.setTimerType(Qt::PreciseTimer);
    m_restart.setSingleShot(true);
    m_handOver.setSingleShot(true);
    connect(&m_handOver, &QTimer::timeout, this, &Member::signedOff);
    connect(&m_timer, &QTimer::timeout, this, &Member::onTimer);
    connect(&m_review, &QTimer::timeout, this, [this] {
        report();
        giveUpCopy();
        review();
        if (m_isStandingBack)
            m_isHandingOver = false; // whoever was asked did not begin
        signOff();
    });
    connect(&m_writer, &LogWriter::opened, this, &Member::onOpened);
    connect(&m_writer, &LogWriter::written, this, &Member::onWritten);
    connect(&m_writer, &LogWriter::failed, this, &Member::onLogFailed);
    connect(&m_restart, &QTimer::timeout, this, &Member::openLog);
    m_copyPatience.setSingleShot(true);
    connect(&m_copyPatience, &QTimer::timeout, this, [this] {
        m_isCopyLate = true;
        tellCommitted();
        report();
    });
    connect(&m_writer, &LogWriter::installed, this, [this] {
        if (m_engine)
            perform(m_engine->installed(now()));
    });
    connect(&m_snapshots, &Snapshots::wanted, this, &Member::snapshotWanted);
    connect(&m_snapshots, &Snapshots::fetched, this, [this](const LogBase &base) {
        if (m_isFinished)
            return;
        inWriter([base](LogWriter &log) { log.prepareInstall(base); });
    });
    connect(&m_writer, &LogWriter::installPrepared, this, [this](const LogBase &base) {
        Q_EMIT snapshotFetched(base, m_snapshots.fetchedFile());
    });
    connect(&m_snapshots, &Snapshots::ask, this, [this](const QString &node, const FilePart &part) {
        m_links->send(node, {Channel::Snapshot, codec::encode(part)});
    });
}

Member::~Member()
{
    if (m_links)
        m_links->disconnect(this);
}

void Member::start(quint64 appliedIndex)
{
    m_reported = appliedIndex;
    if (m_options.links) {
        m_links = m_options.makeNetwork(*m_options.links, this);
        connect(m_links.get(), &Network::heard, this, &Member::onHeard);
        connect(m_links.get(), &Network::superseded, this, &Member::onSuperseded);
        connect(m_links.get(), &Network::disowned, this, &Member::onDisowned);
        connect(m_links.get(), &Network::asksChanged, this, &Member::asksChanged);
        connect(m_links.get(), &Network::knocked, this, &Member::knocked);
        connect(m_links.get(), &Network::reachableChanged, this, &Member::onReachableChanged);
        (void)m_links->listen(); // where that fails the address is empty, and who hears it says so
        Q_EMIT listening(m_links->address());
    }
    m_review.start(ReviewEvery);
    openLog();
}

LogWriter::Founder Member::founder() const
{
    const Configuration alone{{serverId(m_options.node), m_options.node, ServerRole::Voter}};
    const Result<QByteArray> bytes = encode(alone);
    Q_ASSERT(bytes); // one member has one number
    return {m_options.mayFound, *bytes, m_reported, m_options.takeover};
}

void Member::openLog()
{
    inWriter([how = founder()](LogWriter &writer) { writer.open(how); });
}

/// The others are gone for good, says a person: from the next entry on this node is the office.
void Member::takeOver(Takeover takeover, const QByteArray &seed)
{
    if (!m_engine || isLeading() || m_isStopping || m_isSuperseded)
        return Q_EMIT tookOver(rejected(tr("This PC cannot take the office over now"), {}));
    const auto before = decodeTakeover(m_takeover);
    takeover.generation = (before ? before->generation : 1) + 1;
    takeover.index = m_engine->lastIndex();
    takeover.term = m_engine->term() + TakeoverTerms;
    takeover.node = m_options.node;
    takeover = signedBy(takeover, seed);
    const LogEntry change{takeover.index + 1, takeover.term, founder().configuration,
                          LogEntry::Kind::Change};
    m_engine.reset();
    m_timer.stop();
    inWriter([change, takeover, how = founder()](LogWriter &writer) {
        writer.takeOver(change, codec::encode(takeover), how);
    });
    Q_EMIT tookOver(takeover);
}

void Member::onSuperseded(const QByteArray &takeover)
{
    if (std::exchange(m_isSuperseded, true))
        return;
    m_engine.reset();
    m_uncopied.clear();
    m_timer.stop();
    endStretch({Error::Code::Unknown, tr("The office went on without this PC"), {}}, false);
    report();
    Q_EMIT superseded(takeover);
}

void Member::onDisowned(const QString &by, Refusal why)
{
    // Of two lives the router says which is the member; whom it takes the others will.
    const bool isForOther =
        why == Refusal::Twin && m_engine && !isLeaderSilent() && nodeOf(m_engine->leader()) != by;
    if (isForOther || std::exchange(m_isDisowned, true))
        return;
    const QString reason =
        why == Refusal::Twin
            ? tr("This PC's data folder is in use on another PC, too. Close Peerdesk on the one "
                 "that "
                 "has the copy, delete the copy there and let that PC join the office by an "
                 "invitation; then start Peerdesk here again.")
            : tr("This PC's data folder is older than what the office has from this PC, as after a "
                 "backup was put back. Retire this PC on another one (\"office remove\") and let "
                 "it "
                 "join anew with an empty data folder; the office has everything else.");
    m_engine.reset();
    m_uncopied.clear();
    m_timer.stop();
    QMetaObject::invokeMethod(
        m_links.get(), [links = m_links.get()] { links->close(); }, Qt::QueuedConnection);
    endStretch({Error::Code::Storage, reason, u"disowned"_s}, false);
    report();
}

void Member::onOpened(const Engine::Stored &stored)
{
    if (m_isFinished || m_isSuperseded || m_isDisowned)
        return; // the writer goes with its thread
    m_isFailureTold = false;
    m_takeover = stored.takeover;
    if (m_links) {
        m_links->setTakeover(m_takeover);
        m_links->begin(stored.entries.empty() ? stored.base.index : stored.entries.back().index);
    }
    const Engine::Settings settings{serverId(m_options.node), m_options.node,
                                    QRandomGenerator::global()->generate(), m_options.timing};
    m_engine = std::make_unique<Engine>(settings);
    m_leadingTerm = 0;
    perform(m_engine->start(now(), stored));
}

void Member::onWritten(const std::vector<LogEntry> &entries)
{
    if (m_engine)
        perform(m_engine->persisted(now(), entries));
}

/// The engine and its unwritten entries go; what the disk has begins anew, at once or when there is
/// room again.
void Member::onLogFailed(const Error &error)
{
    if (m_isFinished)
        return;
    const Configuration members = m_engine ? m_engine->configuration() : Configuration();
    const bool isAlone = members.size() == 1;
    const bool wasRunning = m_engine != nullptr;
    m_engine.reset();
    m_uncopied.clear(); // told when the log was read again
    m_timer.stop();
    if (error.state == u"disk-full"_s)
        m_restart.start(RetryFullDisk);
    if (wasRunning || !std::exchange(m_isFailureTold, true) || m_restart.remainingTime() < 0)
        endStretch(error, isAlone && error.state == u"disk-full"_s);
    report();
}

void Member::onTimer()
{
    if (!m_engine)
        return;
    if (m_engine->nextTimeout() > now())
        return arm();
    perform(m_engine->timeout(now()));
}

void Member::onHeard(const QString &node, const Frame &frame)
{
    if (frame.channel == Channel::Office)
        return Q_EMIT heard(node, frame.body);
    if (frame.channel == Channel::Leave) {
        m_leaving.try_emplace(node, false);
        return review();
    }
    if (frame.channel == Channel::Snapshot) {
        const Result<FilePart> part = codec::decode<FilePart>(frame.body);
        if (part && !part->bytes.isEmpty()) {
            m_snapshots.take(node, *part);
            return report();
        }
        const auto given = part ? m_snapshots.give(*part) : std::nullopt;
        if (given)
            m_links->send(node, {Channel::Snapshot, codec::encode(*given)});
        return;
    }
    m_lastHeard[node] = now();
    Result<Message> message = decodeMessage(frame.body);
    if (!message)
        return qWarning("%ls: %ls", qUtf16Printable(node), qUtf16Printable(message.error().detail));
    message->peer = serverId(node);
    if (message->type == Message::Type::Append)
        noteLogEnd(message->other);
    else if (message->type == Message::Type::Snapshot)
        noteLogEnd(message->index);
    if (m_engine)
        perform(m_engine->receive(now(), *message));
}

/// Followed in steps of a hundredth: who watches a long way needs no more.
void Member::noteLogEnd(quint64 index)
{
    if (index > m_logEnd + m_logEnd / 100)
        m_logEnd = index;
}

void Member::submit(quint64 stretch, const QByteArray &payload)
{
    if (m_isLost || stretch != m_stretch.number)
        return; // decided for a log that is not this one any more
    m_queue.push_back(payload);
    if (!std::exchange(m_isFlushDue, true))
        QMetaObject::invokeMethod(this, &Member::flush, Qt::QueuedConnection);
}

void Member::flush()
{
    m_isFlushDue = false;
    const std::vector<QByteArray> queue = std::exchange(m_queue, {});
    if (m_engine && !queue.empty())
        perform(m_engine->submit(now(), LogEntry::Kind::Command, queue));
}

void Member::perform(Result<Engine::Output> result)
{
    if (!result && result.error().state != u"not-leader"_s)
        return onLogFailed(result.error());
    if (result) {
        if (result->hasVote && !keepVote())
            return;
        for (std::vector<LogEntry> &run : result->append) {
            inWriter([run = std::move(run)](LogWriter &writer) { writer.append(run); });
        }
        if (result->install)
            install(*result);
        for (const Message &message : result->messages)
            send(message);
        m_uncopied.insert(m_uncopied.end(), std::make_move_iterator(result->committed.begin()),
                          std::make_move_iterator(result->committed.end()));
    }
    tellCommitted();
    watchLeadership();
    report();
    review();
    arm();
    signOff();
}

void Member::tellCommitted()
{
    const quint64 end = copiedIndex();
    const auto held = std::find_if(m_uncopied.begin(), m_uncopied.end(),
                                   [end](const LogEntry &entry) { return entry.index > end; });
    if (held == m_uncopied.end())
        m_copyPatience.stop();
    else if (!m_copyPatience.isActive())
        m_copyPatience.start(CopyPatience);
    if (held == m_uncopied.begin())
        return;
    std::vector<LogEntry> told(std::make_move_iterator(m_uncopied.begin()),
                               std::make_move_iterator(held));
    m_uncopied.erase(m_uncopied.begin(), held);
    m_reported = told.back().index;
    for (LogEntry &entry : told) {
        if (entry.kind != LogEntry::Kind::Command)
            entry.payload.clear();
    }
    Q_EMIT committed(told);
}

const Server *Member::soleStandby(const Configuration &configuration) const
{
    const Server *standby = nullptr;
    for (const Server &server : configuration) {
        if (server.role == ServerRole::Voter && server.node != m_options.node)
            return nullptr;
        if (server.role == ServerRole::Standby && (!standby || isReachable(server.node)))
            standby = &server;
    }
    return standby;
}

/// Two copies before anybody is told: with several voters that is what committed means, with one
/// its standby is waited for, for as long as it keeps up.
quint64 Member::copiedIndex()
{
    constexpr quint64 All = std::numeric_limits<quint64>::max();
    if (!isLeading() || m_isStopping)
        return All;
    const Configuration configuration = m_engine->configuration();
    const Server *standby = soleStandby(configuration);
    if (!standby)
        return All;
    const quint64 copied = m_engine->matchIndex(standby->id);
    if (!isReachable(standby->node))
        m_isCopyLate = true;
    else if (copied >= m_engine->commitIndex())
        m_isCopyLate = false;
    return m_isCopyLate ? All : copied;
}

void Member::send(const Message &message)
{
    if (!m_links)
        return;
    Message out = message;
    if (out.type == Message::Type::Snapshot) {
        const std::optional<Snapshots::Offer> &offer = m_snapshots.offer();
        const Result<LogBase> base =
            offer ? m_engine->baseAt(offer->index) : Result<LogBase>(notFound(QString()));
        if (!base)
            return m_snapshots.want(); // the library offers it again
        out.index = base->index;
        out.indexTerm = base->term;
        out.other = base->changeIndex;
        out.configuration = base->change;
        out.data = codec::encode(offer->facts);
    }
    m_links->send(nodeOf(message.peer), {Channel::Log, encode(out)});
}

/// The log here ends before what the others still have: the tables come from who leads.
void Member::install(const Engine::Output &output)
{
    const Result<FileFacts> facts = codec::decode<FileFacts>(output.installData);
    if (!facts)
        return qWarning("a snapshot without a file: %ls", qUtf16Printable(facts.error().detail));
    m_snapshots.fetch(nodeOf(m_engine->leader()), *output.install, *facts);
}

void Member::offerSnapshot(quint64 index, const QString &path)
{
    m_snapshots.setOffer(index, path);
}

void Member::installed(const LogBase &base, bool isGood)
{
    m_snapshots.forgetFetched();
    if (!m_engine || m_engine->base() != base)
        return; // the log failed meanwhile; it is offered again
    if (!isGood) {
        m_engine.reset(); // from what the disk has, and the offer comes again
        return openLog();
    }
    m_reported = base.index;
    inWriter([base](LogWriter &writer) { writer.install(base); });
}

/// The only place where one thread waits for another: a vote that is not on the disk must not be
/// told to anybody.
bool Member::keepVote()
{
    const Result<Done> kept =
        LogWriter::keepVote(m_writer, m_engine->term(), m_engine->vote()).get();
    if (!kept)
        onLogFailed(kept.error());
    return bool(kept);
}

void Member::watchLeadership()
{
    if (!isLeading()) {
        if (!m_isLost)
            endStretch({Error::Code::Unknown, tr("Another PC may be the router now"), {}}, false);
        return;
    }
    if (m_leadingTerm != m_engine->term()) {
        endStretch({Error::Code::Unknown, tr("This PC became the router anew"), {}}, false);
        m_leadingTerm = m_engine->term();
        m_leadingSince = now();
        // Entries of older terms count as committed only when one of this term is behind them.
        m_barrier = m_engine->lastIndex() + 1;
        return perform(m_engine->submit(now(), LogEntry::Kind::Barrier, {QByteArray()}));
    }
    if (m_isLost && m_reported >= m_barrier && !isLeaving()) {
        m_isLost = false;
        m_stretch = {m_stretch.number + 1, m_engine->term(), m_engine->lastIndex()};
        Q_EMIT leads(m_stretch);
    }
}

void Member::endStretch(const Error &error, bool isSure)
{
    m_queue.clear();
    const bool isNews = !std::exchange(m_isLost, true) || error.code == Error::Code::Storage;
    if (isNews)
        Q_EMIT lost(error, isSure);
}

/// Between two stretches: what was submitted before keeps its place, what comes is numbered anew.
void Member::change(const Configuration &configuration)
{
    const Result<QByteArray> bytes = encode(configuration);
    if (!bytes)
        return qWarning("members: %ls", qUtf16Printable(bytes.error().detail));
    flush();
    if (!isLeading() || m_engine->isChanging())
        return;
    endStretch({Error::Code::Unknown, tr("The members of the office change"), {}}, false);
    m_barrier = m_engine->lastIndex() + 1;
    perform(m_engine->submit(now(), LogEntry::Kind::Change, {*bytes}));
}

void Member::review()
{
    if (m_isLost || !isLeading() || m_engine->isChanging() || isLeaving() ||
        (m_isStandingBack && successor() != 0))
        return;
    Census census;
    census.self = m_options.node;
    census.configuration = m_engine->configuration();
    census.members = m_members;
    census.removed = m_removed;
    if (m_links)
        census.reachable = m_links->reachable();
    census.reachable.insert(m_options.node);
    for (const auto &[node, isBack] : m_leaving)
        census.leaving.insert(node);
    for (const Server &server : census.configuration) {
        const auto heardAt = m_lastHeard.find(server.node);
        const quint64 last =
            std::max(m_leadingSince, heardAt == m_lastHeard.end() ? 0 : heardAt->second);
        if (!census.reachable.contains(server.node) && now() > last + SilentAfterMs)
            census.silent.insert(server.node);
        if (server.node != m_options.node && isBehind(server.id))
            census.behind.insert(server.node);
        if (m_links) // what is not committed may be taken back
            m_links->acknowledged(
                server.node, std::min(m_engine->matchIndex(server.id), m_engine->commitIndex()));
        const Engine::CatchUp progress = m_engine->catchUpState(server.id);
        if (server.role == ServerRole::Spare && progress == Engine::CatchUp::Finished)
            census.caughtUp.insert(server.node);
        if (server.role == ServerRole::Spare && progress == Engine::CatchUp::Running)
            census.catchingUp.insert(server.node);
    }
    const Step step = nextStep(census);
    if (step.kind == Step::Kind::Change)
        return change(step.configuration);
    if (step.kind == Step::Kind::CatchUp)
        perform(m_engine->catchUp(now(), serverId(step.node)));
}

bool Member::isBehind(quint64 server) const
{
    const quint64 held = m_engine->matchIndex(server);
    return held == 0 || held + FarBehind < m_engine->lastIndex();
}

bool Member::isLeaderSilent() const
{
    const auto heard = m_lastHeard.find(nodeOf(m_engine->leader()));
    const quint64 until = (heard == m_lastHeard.end() ? 0 : heard->second) +
                          SilentElections * quint64(m_options.timing.election.count());
    return !isLeading() && until < now();
}

void Member::giveUpCopy()
{
    if (!m_engine || !m_snapshots.isWaiting() || !isLeaderSilent())
        return;
    m_snapshots.forgetFetched();
    m_engine.reset();
    m_timer.stop();
    openLog();
}

void Member::setPeers(const std::vector<Peer> &peers, const std::set<QString> &removed)
{
    m_members = {m_options.node};
    for (const Peer &peer : peers)
        m_members.insert(peer.node);
    m_removed = removed;
    m_peers = peers;
    if (m_links && !m_isResting)
        m_links->setPeers(peers);
    review();
}

void Member::tell(const QString &node, const QByteArray &bytes)
{
    if (m_links)
        m_links->send(node, {Channel::Office, bytes});
}

void Member::setOffice(const OfficeCard &office)
{
    if (m_links)
        m_links->setOffice(office);
}

void Member::invite(const Invitation &invitation)
{
    if (m_links)
        m_links->invite(invitation);
}

void Member::admit(const Asker &asker, bool isOurs)
{
    if (m_links)
        m_links->admit(asker, isOurs);
}

void Member::welcome(const QString &node, const Result<Membership> &membership)
{
    if (m_links)
        m_links->welcome(node, membership);
}

void Member::forgetUpTo(quint64 index)
{
    m_forgetUpTo = std::max(m_forgetUpTo, index);
    m_isForgetting = true;
    forget();
}

/// The file is scrubbed even if it was cut before: the program may have ended in between.
void Member::forget()
{
    if (!m_isForgetting || !m_engine)
        return;
    if (m_engine->base().index < m_forgetUpTo)
        perform(m_engine->compact(now(), m_forgetUpTo));
    if (!m_engine || m_engine->base().index < m_forgetUpTo)
        return; // with what is applied next
    m_isForgetting = false;
    inWriter([index = m_forgetUpTo](LogWriter &writer) {
        writer.cutBelow(index + 1);
        writer.scrub();
    });
}

void Member::setApplied(quint64 index)
{
    forget();
    if (!m_engine || index < m_engine->base().index + Trailing + CutStep)
        return;
    const quint64 cut = index - Trailing;
    perform(m_engine->compact(now(), cut));
    if (m_engine && m_engine->base().index == cut)
        inWriter([cut](LogWriter &writer) { writer.cutBelow(cut + 1); });
}

void Member::report()
{
    ClusterState state;
    if (m_engine) {
        state.state = m_engine->state();
        state.term = m_engine->term();
        state.members = m_engine->configuration();
        state.leader = nodeOf(m_engine->leader());
        // Who does not vote never asks for a new leader, so it would believe in the old one for
        // ever.
        if (isLeaderSilent())
            state.leader.clear();
    }
    if (m_links)
        state.reachable = m_links->reachable();
    if (m_links)
        state.versions = m_links->versions();
    if (m_links)
        state.refused = m_links->refused();
    if (!isLeading() && m_logEnd > m_reported + FarBehind) {
        state.logEnd = m_logEnd;
        state.copied = m_snapshots.fetchedShare();
    }
    state.takeover = m_takeover;
    state.isOnlyHere = isLeading() && soleStandby(state.members) && m_isCopyLate;
    if (state == m_shown)
        return;
    m_shown = state;
    Q_EMIT stateChanged(state);
}

QString Member::nodeOf(quint64 server) const
{
    for (const Server &known : m_shown.members) {
        if (known.id == server)
            return known.node;
    }
    for (const QString &node : m_members) {
        if (serverId(node) == server)
            return node;
    }
    return {};
}

void Member::arm()
{
    if (!m_engine)
        return m_timer.stop();
    const quint64 next = m_engine->nextTimeout();
    m_timer.start(Milliseconds(next > now() ? next - now() : 0));
}

void Member::stop()
{
    m_isStopping = true;
    m_handOver.start(HandOver);
    flush();
    signOff();
}

void Member::rest()
{
    m_isResting = true;
    m_isRested = false;
    m_saidGoodbyeTo.clear();
    m_handOver.start(HandOver);
    flush();
    signOff();
}

void Member::wake()
{
    m_isResting = m_isRested = m_isHandingOver = false;
    m_handOver.stop();
    m_saidGoodbyeTo.clear();
    if (m_links)
        m_links->setPeers(m_peers);
    review();
}

void Member::signedOff()
{
    if (m_isStopping)
        return finish();
    if (!m_isResting || std::exchange(m_isRested, true))
        return;
    m_handOver.stop();
    if (m_links)
        m_links->setPeers({}); // who is spoken with is given its vote back
    Q_EMIT rested();
}

void Member::standBack()
{
    m_isStandingBack = true;
    signOff();
}

/// What was submitted is committed first; then a leader makes another one lead, and whoever votes
/// has its vote taken off, so that those who stay on are enough.
void Member::signOff()
{
    if (m_isFinished || m_isRested || !(isLeaving() || m_isStandingBack))
        return;
    if (isLeading()) {
        if (m_reported < m_engine->lastIndex() || m_engine->isChanging() || m_isHandingOver)
            return;
        const quint64 next = successor();
        if (next == 0)
            return signedOff();
        m_isHandingOver = true;
        const Configuration members = m_engine->configuration();
        const auto it = std::find_if(members.begin(), members.end(),
                                     [next](const Server &server) { return server.id == next; });
        if (it->role == ServerRole::Voter)
            return perform(m_engine->transfer(now(), next));
        m_isHandingOver = false;
        Configuration both = members;
        both[size_t(it - members.begin())].role = ServerRole::Voter;
        return change(both);
    }
    if (!isLeaving())
        return;
    const Configuration members = m_engine ? m_engine->configuration() : Configuration();
    const bool isVoter = std::any_of(members.begin(), members.end(), [this](const Server &server) {
        return server.node == m_options.node && server.role == ServerRole::Voter;
    });
    const QString leader = m_engine ? nodeOf(m_engine->leader()) : QString();
    const bool isAnybodyThere = leader.isEmpty() ? m_isHandingOver : isReachable(leader);
    if (!isVoter || members.size() < 2 || !isAnybodyThere)
        return signedOff();
    if (m_saidGoodbyeTo != leader && !leader.isEmpty()) {
        m_saidGoodbyeTo = leader;
        m_links->send(leader, {Channel::Leave, {}});
    }
}

quint64 Member::successor()
{
    quint64 next = 0;
    for (const Server &server : m_engine->configuration()) {
        if (server.node == m_options.node || !isReachable(server.node) ||
            m_leaving.contains(server.node) || isBehind(server.id))
            continue;
        if (server.role == ServerRole::Voter)
            return server.id;
        if (server.role == ServerRole::Standby)
            next = server.id;
    }
    return next;
}

/// Who left and is here again stays.
void Member::onReachableChanged()
{
    for (auto it = m_leaving.begin(); it != m_leaving.end();) {
        const bool isHere = isReachable(it->first);
        const bool isBack = isHere && it->second;
        it->second = it->second || !isHere;
        it = isBack ? m_leaving.erase(it) : std::next(it);
    }
    tellCommitted();
    report();
    review();
    signOff();
}

void Member::finish()
{
    if (std::exchange(m_isFinished, true))
        return;
    m_timer.stop();
    m_review.stop();
    m_restart.stop();
    m_snapshots.forgetFetched();
    m_engine.reset(); // nothing asks the writer any more, which goes with its thread
    Q_EMIT stopped();
}

} // namespace peerdesk::cluster

#include "moc_member.cpp"
