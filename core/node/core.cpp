// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/node/core.h"

#include <QCryptographicHash>
#include <QRandomGenerator>

namespace peerdesk::node {

using namespace Qt::StringLiterals;

namespace {

/// Longest the timer sleeps: a moved wall clock is noticed after that.
constexpr Milliseconds MaxNap = std::chrono::seconds(30);
/// A timer that could not settle what is due does not spin.
constexpr Milliseconds MinNap{10};
/// How long a node may act after it asked the router, on the clock that runs during sleep.
constexpr Milliseconds Lease = std::chrono::seconds(4);
constexpr Milliseconds LeaseMargin{500};
constexpr Milliseconds RenewEvery{800};
/// How often it is looked whether a held command has waited long enough.
constexpr Milliseconds PatienceStep{250};
/// After so long a router that has said nothing is asked again: the command or the answer may have
/// been lost. It knows both by the command's id.
constexpr Milliseconds AskAgain{1'500};
constexpr qint64 EndOfTime = std::numeric_limits<qint64>::max();

template <typename Command>
constexpr bool IsRecorded =
    !std::is_same_v<Command, api::Ingest> && !std::is_same_v<Command, api::TimeReached> &&
    !std::is_same_v<Command, api::ReportEffect> && !std::is_same_v<Command, api::MarkRead> &&
    !std::is_same_v<Command, api::NoteDeliveries> && !std::is_same_v<Command, api::ImportCard> &&
    !std::is_same_v<Command, api::ImportConversation>;

/// Commands whose repeat is recognised by their id; the others are recognised by what they are
/// about.
bool isRecorded(const api::Command &command)
{
    return std::visit([](const auto &c) { return IsRecorded<std::decay_t<decltype(c)>>; }, command);
}

/// What a repeat of a command id must be equal to.
QByteArray bodyHashOf(const api::Caller &caller, const api::Command &command)
{
    if (!caller.request.isEmpty()) // a door's repeat may carry another salt or fresher defaults
        return QCryptographicHash::hash(caller.request, QCryptographicHash::Sha256);
    QByteArray bytes = QByteArray::number(qulonglong(command.index())) + ':';
    bytes += std::visit([](const auto &c) { return codec::encode(c); }, command);
    return QCryptographicHash::hash(bytes, QCryptographicHash::Sha256);
}

/// Where a command waits for its turn: null = nowhere, it is a person's, a timer's or evidence.
Intake::Source sourceOf(const api::Caller &caller, const api::Command &command)
{
    if (const auto *ingest = std::get_if<api::Ingest>(&command))
        return ingest->account.value;
    return caller.role == Role::Channel ? caller.agent.value : Intake::Source();
}

size_t itemsOf(const api::Command &command)
{
    const auto *ingest = std::get_if<api::Ingest>(&command);
    return ingest ? std::max<size_t>(1, ingest->items.size()) : 1;
}

Error sameIdOtherBody()
{
    return {Error::Code::Conflict, u"this command id was used for something else"_s, {}};
}

} // namespace

QByteArray Core::randomSalt()
{
    std::array<quint32, events::SaltBytes / sizeof(quint32)> words{};
    QRandomGenerator::system()->fillRange(words.data(), qsizetype(words.size()));
    return {reinterpret_cast<const char *>(words.data()), events::SaltBytes};
}

Core::Core(Parts parts)
    : m_node(parts.node)
    , m_consensus(std::move(parts.consensus))
    , m_reader(std::move(parts.reader))
    , m_clock(std::move(parts.clock))
    , m_watch(*m_clock)
    , m_rules(std::move(parts.rules))
    , m_makeSalt(std::move(parts.makeSalt))
    , m_overlay(*m_reader)
    , m_router(m_overlay.warm().set)
    , m_timer(this)
    , m_patience(this)
    , m_renewal(this)
{
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &Core::onTimer);
    connect(&m_patience, &QTimer::timeout, this, &Core::onPatience);
    connect(&m_renewal, &QTimer::timeout, this, &Core::renewLease);
    connect(m_consensus.get(), &cluster::Consensus::committed, this, &Core::onCommitted);
    connect(m_consensus.get(), &cluster::Consensus::ready, this, &Core::onLogReady);
    connect(m_consensus.get(), &cluster::Consensus::lost, this, &Core::onLost);
    connect(m_consensus.get(), &cluster::Consensus::stateChanged, this, &Core::onClusterChanged);
    connect(m_consensus.get(), &cluster::Consensus::heard, this, &Core::onHeard);
    connect(m_consensus.get(), &cluster::Consensus::stopped, this, &Core::stopped);
}

Core::~Core()
{
    const Error closed{
        Error::Code::Unknown, u"Peerdesk was closed before the outcome was known"_s, {}};
    answer(takeFlights(0), closed);
    for (const auto &[id, ask] : std::exchange(m_held, {}))
        reply(ask, closed);
    for (const auto &[index, answered] : std::exchange(m_answered, {}))
        reply(answered.first, closed);
}

void Core::start()
{
    m_appliedIndex = m_committedIndex = m_reader->appliedIndex();
    m_digest = m_reader->digest();
    if (const Result<Done> loaded = m_overlay.reload(); !loaded)
        m_trouble = loaded.error().detail;
    m_router.rebuild();
    if (const auto newest = m_reader->eventsAfter(m_appliedIndex, -1, 1);
        newest && !newest->empty())
        setLastTime(newest->front().at.time);
    watchClock();
    m_renewal.start(m_clock->toReal(RenewEvery));
    m_consensus->start(m_appliedIndex);
}

void Core::stop()
{
    m_isStopping = true;
    m_timer.stop();
    m_patience.stop();
    m_renewal.stop();
    for (const Intake::Work &work : m_intake.drain())
        work(); // each is told that nothing was decided
    m_consensus->stop();
}

Time Core::now() const
{
    return std::max(routersTime(), m_watch.now());
}

Milliseconds Core::watchClock()
{
    m_watch.follow(m_lastTime);
    return m_watch.jump();
}

void Core::setLastTime(Time time)
{
    m_lastTime = time;
    m_lastTimeAt = m_clock->boot();
}

void Core::onLogReady()
{
    m_isLogReady = true;
    m_readyAt = m_consensus->nextIndex() - 1;
    if (m_appliedIndex >= m_readyAt)
        beReady();
}

/// Everything that was in the log at election is applied here: decisions may begin (design rule 1).
void Core::beReady()
{
    const Result<Done> loaded = m_overlay.reload();
    m_router.rebuild();
    if (!loaded) {
        m_trouble = loaded.error().detail;
        return Q_EMIT statusChanged();
    }
    m_isReady = true;
    m_leases.clear();
    m_leasesSince = m_clock->boot();
    renewLease();
    readNextSnooze();
    armTimer();
    if (!std::exchange(m_wasReady, true))
        Q_EMIT ready();
    Q_EMIT statusChanged();
    route();
    pump();
}

std::optional<Decided> Core::recorded(CommandId id, const QByteArray &bodyHash) const
{
    const auto record = m_overlay.get<CommandRecord>(id);
    if (!record)
        return std::nullopt;
    const bool isForgotten = record->bodyHash.isEmpty(); // erased with the person it was about
    if (!isForgotten && record->bodyHash != bodyHash)
        return Decided(sameIdOtherBody());
    return Decided(api::Outcome{record->subject, record->state, true});
}

void Core::submitFrom(NodeId origin, const api::Caller &caller, CommandId id,
                      const api::Command &command, const Reply &reply)
{
    const Intake::Source source = sourceOf(caller, command);
    Ask ask;
    ask.id = id;
    ask.caller = caller;
    ask.origin = origin;
    ask.command = command;
    ask.source = source;
    ask.items = itemsOf(command);
    ask.bodyHash = bodyHashOf(caller, command);
    ask.waiters = {reply};
    if (source.isNull())
        return decideOrJoin(std::move(ask));
    const qsizetype bytes =
        std::visit([](const auto &c) { return codec::encode(c); }, command).size();
    const size_t items = ask.items;
    const auto work = [this, ask = std::move(ask)] { decideOrJoin(ask); };
    if (!m_intake.put(source, bytes, items, work))
        return reply(
            Error{Error::Code::Busy, u"too much waits from this channel: try again"_s, {}});
    pump();
}

void Core::pump()
{
    for (int i = 0; i < SharedAtOnce; ++i) {
        if (m_sharedInFlight >= MaxSharedInFlight && !m_isStopping)
            return; // goes on when some of it is answered
        const auto work = m_intake.takeShared();
        if (!work)
            return;
        (*work)();
    }
    pumpSoon();
}

void Core::pumpSoon()
{
    if (!m_intake.hasShared() || std::exchange(m_isPumpDue, true))
        return;
    QMetaObject::invokeMethod(
        this,
        [this] {
            m_isPumpDue = false;
            pump();
        },
        Qt::QueuedConnection);
}

void Core::setShortOfRoom(const QString &sentence)
{
    if (std::exchange(m_shortOfRoom, sentence) != sentence)
        Q_EMIT statusChanged();
}

void Core::decideOrJoin(Ask ask)
{
    const Reply &asker = ask.waiters.front();
    if (m_isStalled)
        return asker(Error{Error::Code::Storage, m_trouble, u"disk-full"_s});
    if (!m_shortOfRoom.isEmpty() && (!ask.source.isNull() || !ask.caller.agent.isNull()))
        return asker(Error{Error::Code::Storage, m_shortOfRoom, u"disk-full"_s});
    if (m_isStopping || (!m_isReady && !m_trouble.isEmpty())) {
        const QString why = m_trouble.isEmpty() ? u"Peerdesk is closing"_s : m_trouble;
        return asker(Error{Error::Code::NoMajority, why, {}});
    }
    Ask *same = nullptr;
    if (const auto flying = m_flightOf.find(ask.id); flying != m_flightOf.end())
        same = &m_flights.at(flying->second);
    if (const auto held = m_held.find(ask.id); held != m_held.end())
        same = &held->second;
    if (same && same->bodyHash != ask.bodyHash)
        return asker(sameIdOtherBody());
    if (same)
        return same->waiters.push_back(asker);
    if (m_flights.size() + m_held.size() >= MaxInFlight)
        return asker(
            Error{Error::Code::Busy, u"too much is under way: try again in a moment"_s, {}});
    if (!ask.source.isNull()) {
        ++m_sharedInFlight;
        m_intake.began(ask.source, ask.items);
    }
    if (m_isReady)
        return decideHere(std::move(ask));
    hold(std::move(ask));
    route();
}

void Core::decideHere(Ask ask)
{
    if (const auto known = recorded(ask.id, ask.bodyHash))
        return reply(ask, *known);
    events::Batch batch;
    const Decided decided = decideNow(ask, batch);
    if (!decided || batch.facts.empty())
        return reply(ask, decided);
    const quint64 index = m_consensus->nextIndex();
    ask.outcome = *decided;
    ask.isDecided = true;
    m_flightOf[ask.id] = index;
    m_flights[index] = std::move(ask);
    m_consensus->submit(events::encode(batch));
    armTimer();
}

void Core::hold(Ask ask)
{
    // The clock's own command is of its moment: the next router makes one of its own.
    if (std::holds_alternative<api::TimeReached>(ask.command))
        return reply(ask, Error{Error::Code::NoMajority, u"there is no router now"_s, {}});
    m_heldOrder.push_back(ask.id);
    const CommandId id = ask.id;
    m_held.insert_or_assign(id, std::move(ask));
    if (!m_patience.isActive())
        m_patience.start(PatienceStep);
}

/// The same commands with the same ids, in the order in which they came; never the facts.
void Core::route()
{
    if (m_isReady) {
        for (const CommandId id : std::exchange(m_heldOrder, {})) {
            if (auto held = m_held.extract(id); !held.empty())
                decideHere(std::move(held.mapped()));
        }
        return;
    }
    for (const CommandId id : m_heldOrder) {
        if (const auto held = m_held.find(id); held != m_held.end())
            relay(held->second);
    }
}

void Core::relay(Ask &ask)
{
    const QString &router = m_cluster.leader;
    const QString mark = router + u'@' + QString::number(m_cluster.term);
    const bool isElsewhere = !router.isEmpty() && router != m_node.toString();
    const bool isAsked = ask.relayedTo == mark && !ask.askAgain.hasExpired();
    if (!isElsewhere || isAsked || !m_cluster.reachable.contains(router))
        return;
    ask.relayedTo = mark;
    ask.askAgain.setRemainingTime(AskAgain);
    ++ask.unanswered;
    m_consensus->tell(router, encode(RelayedCommand{ask.id, ask.caller, ask.command}));
}

void Core::onHeard(const QString &node, const QByteArray &bytes)
{
    const auto heard = decodeRelay(bytes);
    if (!heard)
        return qWarning("%ls: %ls", qUtf16Printable(node), qUtf16Printable(heard.error().detail));
    if (const auto *command = std::get_if<RelayedCommand>(&*heard))
        return onRelayed(node, *command);
    if (const auto *unknown = std::get_if<UnknownCommand>(&*heard))
        return refuseUnknown(node, unknown->id);
    if (const auto *lease = std::get_if<LeaseNote>(&*heard))
        return onLease(node, *lease);
    if (const auto *attachment = std::get_if<AttachmentNote>(&*heard))
        return Q_EMIT attachmentHeard(node, *attachment);
    if (const auto *channel = std::get_if<ChannelNote>(&*heard))
        return Q_EMIT channelHeard(node, *channel);
    onRelayAnswered(std::get<RelayAnswer>(*heard));
}

void Core::refuseUnknown(const QString &node, CommandId id)
{
    const auto self = m_overlay.get<Node>(m_node);
    m_consensus->tell(
        node, encode(RelayAnswer{id, m_appliedIndex,
                                 rejected(u"%1, which routes now, runs an older Peerdesk that "
                                          "cannot do this yet: update it there"_s.arg(
                                              self ? self->name : m_node.toString()),
                                          u"older-program"_s)}));
}

void Core::onRelayed(const QString &node, const RelayedCommand &relayed)
{
    const QPointer<Core> self(this);
    const auto tell = [self, node, id = relayed.id](const Decided &decided) {
        if (self)
            self->m_consensus->tell(node, encode(RelayAnswer{id, self->m_appliedIndex, decided}));
    };
    if (!m_isReady || m_isStopping)
        return tell(
            Error{Error::Code::NoMajority, u"this PC is not the router"_s, NotRouter.toString()});
    submitFrom(NodeId::fromString(node), relayed.caller, relayed.id, relayed.command, tell);
}

bool Core::mayAct() const
{
    const Milliseconds now = m_clock->boot();
    return now < m_leaseUntil || (m_isReady && agreedAt() == now);
}

Milliseconds Core::agreedAt() const
{
    std::vector<Milliseconds> times;
    for (const cluster::Server &server : m_cluster.members) {
        if (server.role != cluster::ServerRole::Voter)
            continue;
        const auto grant = m_grants.find(server.node);
        const bool isSelf = server.node == m_node.toString();
        times.push_back(isSelf                    ? m_clock->boot()
                        : grant == m_grants.end() ? Milliseconds(0)
                                                  : grant->second);
    }
    std::ranges::sort(times, std::greater());
    return times.empty() ? m_clock->boot() : times[times.size() / 2];
}

/// Who asks counts from asking, the router from hearing it and a margin more.
void Core::renewLease()
{
    const QByteArray note = encode(LeaseNote{false, m_clock->boot().count(), m_clock->wall().ms});
    if (m_isReady) {
        m_leaseUntil = std::max(m_leaseUntil, agreedAt() + Lease);
        for (const cluster::Server &server : m_cluster.members) {
            if (server.node != m_node.toString())
                m_consensus->tell(server.node, note);
        }
    } else if (!m_cluster.leader.isEmpty() && m_cluster.leader != m_node.toString()) {
        m_consensus->tell(m_cluster.leader, note);
    }
}

void Core::onLease(const QString &node, const LeaseNote &note)
{
    if (note.wall != 0) // the way here takes some milliseconds
        Q_EMIT clockSeen(node, Milliseconds(note.wall - m_clock->wall().ms));
    if (note.isGranted)
        return onGranted(node, note);
    if (m_isReady)
        m_leases[NodeId::fromString(node)] = m_clock->boot() + Lease + LeaseMargin;
    if (m_isReady || m_cluster.leader == node)
        m_consensus->tell(node, encode(LeaseNote{true, note.sentAt, m_clock->wall().ms,
                                                 m_isReady ? m_consensus->nextIndex() - 1 : 0}));
}

void Core::onGranted(const QString &node, const LeaseNote &note)
{
    const Milliseconds askedAt(note.sentAt);
    Milliseconds &known = m_grants[node];
    known = std::max(known, askedAt);
    if (!m_isReady && node != m_cluster.leader)
        return; // it was asked by this node as the router that it was
    m_ripening.emplace_back(m_isReady ? 0 : note.position,
                            (m_isReady ? agreedAt() : askedAt) + Lease);
    useRipeGrants();
}

void Core::useRipeGrants()
{
    const bool couldAct = mayAct();
    std::erase_if(m_ripening, [this](const auto &grant) {
        const auto [position, until] = grant;
        if (position <= m_appliedIndex)
            m_leaseUntil = std::max(m_leaseUntil, until);
        return position <= m_appliedIndex || until < m_clock->boot();
    });
    if (mayAct() != couldAct)
        Q_EMIT statusChanged();
}

bool Core::mayStillAct(NodeId node) const
{
    if (node == m_node)
        return true;
    const auto lease = m_leases.find(node);
    const Milliseconds until = lease == m_leases.end() ? Milliseconds(0) : lease->second;
    return m_clock->boot() < std::max(until, m_leasesSince + Lease + LeaseMargin);
}

void Core::onRelayAnswered(const RelayAnswer &answer)
{
    const auto held = m_held.find(answer.command);
    if (held == m_held.end())
        return; // known already, or its asker was told that nobody knows
    if (!answer.decided && answer.decided.error().state == NotRouter) {
        --held->second.unanswered;
        held->second.relayedTo.clear(); // asked again by onPatience()
        return;
    }
    Ask ask = std::move(held->second);
    m_held.erase(held);
    if (answer.index <= m_appliedIndex)
        return reply(ask, answer.decided);
    m_answered.emplace(answer.index, std::pair(std::move(ask), answer.decided));
}

void Core::onPatience()
{
    std::erase_if(m_heldOrder, [this](CommandId id) { return !m_held.contains(id); });
    std::vector<Ask> tired;
    for (auto it = m_held.begin(); it != m_held.end();) {
        const bool isOver = it->second.patience.hasExpired();
        if (isOver)
            tired.push_back(std::move(it->second));
        it = isOver ? m_held.erase(it) : std::next(it);
    }
    for (const Ask &ask : tired) {
        const bool mayBeDone = ask.isDecided || ask.unanswered > 0;
        reply(ask, mayBeDone ? Error{Error::Code::Unknown,
                                     u"The other PCs did not answer in time: it may be done"_s,
                                     {}}
                             : Error{Error::Code::NoMajority,
                                     m_trouble.isEmpty()
                                         ? u"Too few PCs of the office are on for anything new"_s
                                         : m_trouble,
                                     {}});
    }
    if (m_held.empty())
        return m_patience.stop();
    route();
}

void Core::onClusterChanged(const cluster::ClusterState &state)
{
    const bool isNewRouter = m_cluster.leader != state.leader;
    const bool hasOtherMembers = m_cluster.members != state.members;
    m_cluster = state;
    if (isNewRouter || hasOtherMembers)
        renewLease();
    route();
    Q_EMIT statusChanged();
}

Result<Done> Core::everyPcReads(const std::vector<events::Fact> &facts) const
{
    const Warm &warm = m_overlay.warm();
    int needed = 1;
    for (const events::Fact &fact : facts)
        needed = std::max(needed, events::levelOf(fact));
    if (needed <= warm.office.featureLevel)
        return Done{};
    QStringList older;
    for (const auto &[id, node] : warm.nodes) {
        if (!node.isRemoved && node.featureLevel < needed)
            older.append(node.name);
    }
    return rejected(u"This begins to work once every PC runs the newer Peerdesk; an older one runs "
                    "on %1"_s.arg(older.join(u", "_s)),
                    u"older-program"_s);
}

Decided Core::decideNow(const Ask &ask, events::Batch &batch)
{
    const Time time = now();
    const quint64 index = m_consensus->nextIndex();
    m_overlay.begin(index);
    const QByteArray salt = m_makeSalt();
    Decision decision(m_overlay, m_router, m_rules,
                      {index, time, ask.origin, ask.id, ask.caller, salt});
    Decided decided = decide(decision, ask.command);
    if (decided) {
        m_hasMore = decision.settle();
        if (isRecorded(ask.command) && !decision.facts().empty())
            decision.record(
                events::CommandDone{{ask.id, ask.bodyHash, decided->subject, decided->state, time,
                                     decision.isNewId(decided->subject)}});
        batch = {ask.id,
                 m_consensus->term(),
                 time,
                 m_node,
                 ask.caller.agent,
                 ask.caller.session,
                 decision.facts(),
                 salt};
        if (batch.facts.size() > events::MaxBatchFacts ||
            events::encode(batch).size() > events::MaxBatchBytes)
            decided = Error{Error::Code::TooLarge, u"this is more than one step may change"_s, {}};
    }
    if (const std::optional<Error> trouble = m_reader->takeTrouble())
        decided = *trouble;
    if (const Result<Done> readable = decided ? everyPcReads(batch.facts) : Done{}; !readable)
        decided = readable.error();
    if (!decided) {
        decision.undo();
        return decided;
    }
    m_overlay.commit();
    setLastTime(time);
    return decided;
}

void Core::onCommitted(const std::vector<store::LogEntry> &entries)
{
    if (!entries.empty())
        m_committedIndex = entries.back().index;
    Q_EMIT committed(entries);
}

void Core::onApplied(const std::shared_ptr<const store::Applied> &applied,
                     const api::Changes &changes, const QByteArray &digest)
{
    m_appliedIndex = applied->index;
    m_digest = digest;
    for (const store::AppliedBatch &batch : applied->batches)
        if (batch.batch.time > m_lastTime)
            setLastTime(batch.batch.time);
    const bool isOfThisTerm = !applied->batches.empty() && applied->batches.back().term == term();
    if (std::exchange(m_isStalled, false) || (isOfThisTerm && !m_trouble.isEmpty())) {
        // the disk takes writes again
        m_trouble.clear();
        Q_EMIT statusChanged();
    }
    for (const store::AppliedBatch &batch : applied->batches) {
        if (m_isReady || batch.isDropped)
            continue;
        m_overlay.follow(batch.batch, batch.index);
        for (const events::Fact &fact : batch.batch.facts)
            m_router.changed(fact);
    }
    m_overlay.evict(m_appliedIndex);
    m_consensus->setApplied(applied->synced);
    if (!m_isReady && m_isLogReady && m_appliedIndex >= m_readyAt)
        beReady();
    Q_EMIT changed(changes);
    while (!m_flights.empty() && m_flights.begin()->first <= m_appliedIndex) {
        const Ask ask = std::move(m_flights.begin()->second);
        m_flights.erase(m_flights.begin());
        m_flightOf.erase(ask.id);
        reply(ask, ask.outcome);
    }
    for (const store::AppliedBatch &batch : applied->batches)
        answerHeld(batch);
    while (!m_answered.empty() && m_answered.begin()->first <= m_appliedIndex) {
        const auto answered = m_answered.extract(m_answered.begin());
        reply(answered.mapped().first, answered.mapped().second);
    }
    if (m_isReady && !m_isStopping && !changes.conversations.empty()) {
        readNextSnooze();
        armTimer();
    }
    pump();
    useRipeGrants();
}

void Core::answerHeld(const store::AppliedBatch &applied)
{
    if (applied.isDropped)
        return;
    auto held = m_held.find(applied.batch.command);
    if (held == m_held.end() || !held->second.isDecided)
        return;
    const Ask ask = std::move(held->second);
    m_held.erase(held);
    reply(ask, recorded(ask.id, ask.bodyHash).value_or(ask.outcome));
}

/// This node is not the router any more, or not of the log it numbered. What is committed stays in
/// flight and is applied first (design rule 1). The rest is surely not in the log: nothing
/// happened, the same id may be tried again; or nobody knows: the same commands are put to whoever
/// routes next.
void Core::onLost(const Error &error, bool isSure)
{
    if (error.code == Error::Code::Storage)
        m_trouble = error.detail;
    std::vector<Ask> lost = takeFlights(m_committedIndex + 1);
    m_isReady = m_isLogReady = false;
    if (const Result<Done> loaded = m_overlay.reload(); !loaded)
        m_trouble = loaded.error().detail;
    m_router.rebuild();
    if (isSure) {
        answer(lost, {Error::Code::Storage, error.detail, {}});
    } else if (!m_trouble.isEmpty()) {
        answer(lost, {Error::Code::Unknown, m_trouble, {}});
    } else {
        for (Ask &ask : lost)
            hold(std::move(ask));
        route();
    }
    Q_EMIT statusChanged();
}

std::vector<Core::Ask> Core::takeFlights(quint64 from)
{
    std::vector<Ask> taken;
    for (auto it = m_flights.lower_bound(from); it != m_flights.end(); it = m_flights.erase(it)) {
        m_flightOf.erase(it->second.id);
        taken.push_back(std::move(it->second));
    }
    return taken;
}

void Core::reply(const Ask &ask, const Decided &decided)
{
    if (!ask.source.isNull()) {
        --m_sharedInFlight;
        m_intake.ended(ask.source, ask.items);
        pumpSoon();
    }
    for (const Reply &waiter : ask.waiters)
        waiter(decided);
}

void Core::answer(const std::vector<Ask> &asks, const Error &error)
{
    for (const Ask &ask : asks)
        reply(ask, error);
}

void Core::onReplaced(quint64 index, const QByteArray &digest)
{
    m_appliedIndex = m_committedIndex = index;
    m_digest = digest;
    if (const Result<Done> loaded = m_overlay.reload(); !loaded)
        m_trouble = loaded.error().detail;
    m_router.rebuild();
    if (const auto newest = m_reader->eventsAfter(m_appliedIndex, -1, 1);
        newest && !newest->empty())
        setLastTime(newest->front().at.time);
    api::Changes changes;
    changes.directory = true;
    changes.appliedIndex = index;
    Q_EMIT changed(changes);
    Q_EMIT statusChanged();
}

void Core::onApplyStalled(const Error &error)
{
    m_isStalled = true;
    m_trouble = error.detail;
    Q_EMIT statusChanged();
}

/// What is in flight may be in the log: it will be applied when this PC can apply again.
void Core::onApplyStopped(const Error &error)
{
    m_isReady = false;
    m_trouble = error.detail;
    answer(takeFlights(0), {Error::Code::Unknown, error.detail, {}});
    m_consensus->standBack();
    Q_EMIT statusChanged();
}

void Core::armTimer()
{
    std::optional<Time> next = m_hasMore ? now() : m_router.nextDeadline(now());
    const auto &waits = m_overlay.warm().waits;
    if (!waits.empty() && (!next || waits.begin()->first < *next))
        next = waits.begin()->first;
    // One that is due may be awake in flight already; what is applied then arms the timer anew.
    const bool mayWake = m_nextSnooze && (*m_nextSnooze > now() || m_flights.empty());
    if (mayWake && (!next || *m_nextSnooze < *next))
        next = *m_nextSnooze;
    const Milliseconds nap = next ? std::clamp(*next - now(), MinNap, MaxNap) : MaxNap;
    m_timer.start(m_clock->toReal(nap));
}

void Core::readNextSnooze()
{
    const std::vector<Conversation> first = m_reader->snoozeDue({EndOfTime}, 1);
    m_nextSnooze = first.empty() ? std::nullopt : std::optional(first.front().snoozeUntil);
}

void Core::onTimer()
{
    if (!m_isReady || m_isStopping)
        return;
    api::TimeReached command{now()};
    submitInternal(randomId<CommandId>(), command, [this](const Decided &) {
        if (!m_isStopping)
            armTimer();
    });
}

} // namespace peerdesk::node

#include "moc_core.cpp"
#include "moc_service.cpp"
