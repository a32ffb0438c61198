// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/node/core.h"

#include <QRandomGenerator>

namespace peerdesk::node {

using namespace Qt::StringLiterals;

namespace {

/// Longest the timer sleeps: a moved wall clock is noticed after that.
constexpr Milliseconds MaxNap = std::chrono::seconds(30);
/// A timer that could not settle what is due does not spin.
constexpr Milliseconds MinNap{10};
constexpr qint64 EndOfTime = std::numeric_limits<qint64>::max();

template <typename Command>
constexpr bool IsRecorded =
    !std::is_same_v<Command, api::Ingest> && !std::is_same_v<Command, api::TimeReached> &&
    !std::is_same_v<Command, api::ClaimEffect> && !std::is_same_v<Command, api::ReportEffect> &&
    !std::is_same_v<Command, api::MarkRead>;

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
    , m_rules(std::move(parts.rules))
    , m_makeSalt(std::move(parts.makeSalt))
    , m_overlay(*m_reader)
    , m_router(m_overlay.warm().set)
    , m_timer(this)
    , m_trouble(std::move(parts.trouble))
{
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &Core::onTimer);
    connect(m_consensus.get(), &cluster::Consensus::committed, this, &Core::committed);
    connect(m_consensus.get(), &cluster::Consensus::ready, this, &Core::onLogReady);
    connect(m_consensus.get(), &cluster::Consensus::lost, this, &Core::onLost);
    connect(m_consensus.get(), &cluster::Consensus::stopped, this, &Core::stopped);
}

Core::~Core()
{
    for (auto &[index, flight] : m_flights) {
        for (const Reply &reply : flight.waiters)
            reply(Error{
                Error::Code::Unknown, u"Peerdesk was closed before the outcome was known"_s, {}});
    }
}

void Core::start()
{
    m_appliedIndex = m_reader->appliedIndex();
    m_digest = m_reader->digest();
    if (const auto newest = m_reader->eventsAfter(m_appliedIndex, -1, 1);
        newest && !newest->empty())
        setLastTime(newest->front().at.time);
    m_consensus->start(m_appliedIndex);
}

void Core::stop()
{
    m_isStopping = true;
    m_timer.stop();
    for (const Intake::Work &work : m_intake.drain())
        work(); // each is told that nothing was decided
    m_consensus->stop();
}

Time Core::now() const
{
    const Milliseconds since = std::max(Milliseconds(0), m_clock->boot() - m_lastTimeAt);
    return std::max(m_lastTime + since, m_clock->wall());
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
    readNextSnooze();
    armTimer();
    if (!std::exchange(m_wasReady, true))
        Q_EMIT ready();
    Q_EMIT statusChanged();
}

std::optional<Decided> Core::recorded(CommandId id, const QByteArray &bodyHash) const
{
    const auto record = m_overlay.get<CommandRecord>(id);
    if (!record)
        return std::nullopt;
    if (record->bodyHash != bodyHash)
        return Decided(sameIdOtherBody());
    return Decided(api::Outcome{record->subject, record->state, true});
}

void Core::submit(const api::Caller &caller, CommandId id, const api::Command &command, Reply reply)
{
    const Intake::Source source = sourceOf(caller, command);
    if (source.isNull())
        return decideOrJoin(caller, id, command, false, reply);
    const qsizetype bytes =
        std::visit([](const auto &c) { return codec::encode(c); }, command).size();
    const auto work = [this, caller, id, command, reply] {
        decideOrJoin(caller, id, command, true, reply);
    };
    if (!m_intake.put(source, bytes, work))
        return reply(
            Error{Error::Code::Busy, u"too much waits from this channel: try again"_s, {}});
    pump();
}

void Core::pump()
{
    for (int i = 0; i < SharedAtOnce; ++i) {
        if (m_isReady && m_sharedInFlight >= MaxSharedInFlight)
            return; // goes on when some of it is applied
        const auto work = m_intake.takeShared();
        if (!work)
            return;
        (*work)();
    }
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

void Core::decideOrJoin(const api::Caller &caller, CommandId id, const api::Command &command,
                        bool isShared, const Reply &reply)
{
    if (m_isStalled)
        return reply(Error{Error::Code::Storage, m_trouble, u"disk-full"_s});
    if (!m_isReady || m_isStopping) {
        const QString why = m_trouble.isEmpty() ? u"the office is not ready yet"_s : m_trouble;
        return reply(Error{Error::Code::NoMajority, why, {}});
    }
    const QByteArray bodyHash = bodyHashOf(caller, command);
    if (const auto flying = m_flightOf.find(id); flying != m_flightOf.end()) {
        Flight &flight = m_flights.at(flying->second);
        if (flight.bodyHash != bodyHash)
            return reply(sameIdOtherBody());
        flight.waiters.push_back(reply);
        return;
    }
    if (const auto answer = recorded(id, bodyHash))
        return reply(*answer);
    if (m_flights.size() >= MaxInFlight)
        return reply(
            Error{Error::Code::Busy, u"too much is under way: try again in a moment"_s, {}});
    events::Batch batch;
    const Decided decided = decideNow(caller, id, command, bodyHash, batch);
    if (!decided || batch.facts.empty())
        return reply(decided);
    const quint64 index = m_consensus->nextIndex();
    m_flights[index] = {id, isShared, bodyHash, *decided, {}};
    m_flights[index].waiters.push_back(reply);
    m_sharedInFlight += isShared;
    m_flightOf[id] = index;
    m_consensus->submit(events::encode(batch));
    armTimer();
}

Decided Core::decideNow(const api::Caller &caller, CommandId id, const api::Command &command,
                        const QByteArray &bodyHash, events::Batch &batch)
{
    const Time time = now();
    const quint64 index = m_consensus->nextIndex();
    m_overlay.begin(index);
    const QByteArray salt = m_makeSalt();
    Decision decision(m_overlay, m_router, m_rules, {index, time, m_node, id, caller, salt});
    Decided decided = decide(decision, command);
    if (decided) {
        m_hasMore = decision.settle();
        if (isRecorded(command) && !decision.facts().empty())
            decision.record(events::CommandDone{{id, bodyHash, decided->subject, decided->state,
                                                 time, decision.isNewId(decided->subject)}});
        batch = {
            id,  m_consensus->term(), time, m_node, caller.agent, caller.session, decision.facts(),
            salt};
        if (batch.facts.size() > events::MaxBatchFacts ||
            events::encode(batch).size() > events::MaxBatchBytes)
            decided = Error{Error::Code::TooLarge, u"this is more than one step may change"_s, {}};
    }
    if (const std::optional<Error> trouble = m_reader->takeTrouble())
        decided = *trouble;
    if (!decided) {
        decision.undo();
        return decided;
    }
    m_overlay.commit();
    setLastTime(time);
    return decided;
}

void Core::onApplied(const std::shared_ptr<const store::Applied> &applied,
                     const api::Changes &changes, const QByteArray &digest)
{
    m_appliedIndex = applied->index;
    m_digest = digest;
    for (const store::AppliedBatch &batch : applied->batches)
        if (batch.batch.time > m_lastTime)
            setLastTime(batch.batch.time);
    const bool isOfThisTerm =
        !applied->batches.empty() && applied->batches.back().term == m_consensus->term();
    if (std::exchange(m_isStalled, false) || (isOfThisTerm && !m_trouble.isEmpty())) {
        // the disk takes writes again
        m_trouble.clear();
        Q_EMIT statusChanged();
    }
    m_overlay.evict(m_appliedIndex);
    m_consensus->setApplied(applied->synced);
    if (!m_isReady && m_isLogReady && m_appliedIndex >= m_readyAt)
        beReady();
    Q_EMIT changed(changes);
    while (!m_flights.empty() && m_flights.begin()->first <= m_appliedIndex) {
        const Flight flight = std::move(m_flights.begin()->second);
        m_flights.erase(m_flights.begin());
        m_flightOf.erase(flight.command);
        m_sharedInFlight -= flight.isShared;
        for (const Reply &reply : flight.waiters)
            reply(flight.outcome);
    }
    if (m_isReady && !m_isStopping && !changes.conversations.empty()) {
        readNextSnooze();
        armTimer();
    }
    pump();
}

/// A term ended. What it had not committed is surely not in the log: nothing happened, the same id
/// may be tried again. What it had committed stays in flight and is applied first (design rule 1).
void Core::onLost(const Error &error)
{
    m_trouble = error.detail;
    const std::vector<Flight> lost = takeFlights(m_consensus->nextIndex());
    m_isReady = false;
    m_readyAt = m_consensus->nextIndex() - 1;
    if (m_isLogReady && m_appliedIndex >= m_readyAt)
        beReady();
    answer(lost, {Error::Code::Storage, error.detail, {}});
    Q_EMIT statusChanged();
}

std::vector<Core::Flight> Core::takeFlights(quint64 from)
{
    std::vector<Flight> taken;
    for (auto it = m_flights.lower_bound(from); it != m_flights.end(); it = m_flights.erase(it)) {
        m_flightOf.erase(it->second.command);
        m_sharedInFlight -= it->second.isShared;
        taken.push_back(std::move(it->second));
    }
    return taken;
}

void Core::answer(const std::vector<Flight> &flights, const Error &error)
{
    for (const Flight &flight : flights) {
        for (const Reply &reply : flight.waiters)
            reply(error);
    }
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
