// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/engine.h"

#include "core/cluster/raft_shim.h"

#include <QtEndian>

namespace peerdesk::cluster {

using namespace Qt::StringLiterals;

namespace {

/// Entries sent ahead of a follower's answers. The library's default of 32 costs two thirds of the
/// throughput.
constexpr unsigned MaxInFlight = 1024;
/// Most payload bytes of one message, unless one entry alone is larger.
constexpr qint64 MaxMessageBytes = 1024 * 1024;
constexpr unsigned SnapshotAgainMs = 2'000;
constexpr int NotLeader = 7; // RAFT_NOTLEADER
/// Below the time of an election, so that whoever has no vote does not take its leader for gone.
constexpr quint64 StandbyHeartbeatMs = 250;

raft_shim_bytes bytesOf(const QByteArray &bytes)
{
    return {bytes.constData(), size_t(bytes.size())};
}

QByteArray copyOf(const raft_shim_bytes &bytes)
{
    return {static_cast<const char *>(bytes.data), qsizetype(bytes.size)};
}

void addServer(void *context, const raft_shim_server *server)
{
    static_cast<Configuration *>(context)->push_back(
        {server->id, QString::fromLatin1(server->address), ServerRole(server->role)});
}

std::vector<raft_shim_entry> shimEntries(const std::vector<LogEntry> &entries)
{
    std::vector<raft_shim_entry> out;
    out.reserve(entries.size());
    for (const LogEntry &entry : entries)
        out.push_back({entry.term, int(entry.kind), bytesOf(entry.payload)});
    return out;
}

raft_shim_base shimBase(const LogBase &base)
{
    return {base.index, base.term, base.changeIndex, bytesOf(base.change)};
}

constexpr quint64 MaxServers = 1000;
constexpr qsizetype NumberBytes = 8;

/// The library reads on where bytes end too early.
bool isConfiguration(const QByteArray &bytes)
{
    qsizetype at = 1 + NumberBytes;
    if (bytes.size() < at || bytes.at(0) != 1)
        return false;
    const quint64 count = qFromLittleEndian<quint64>(bytes.constData() + 1);
    for (quint64 i = 0; i < count && count <= MaxServers; ++i) {
        const qsizetype end = bytes.indexOf('\0', at + NumberBytes);
        if (end < 0 || end + 1 >= bytes.size() ||
            quint8(bytes.at(end + 1)) > quint8(ServerRole::Spare))
            return false;
        at = end + 2;
    }
    return count > 0 && count <= MaxServers;
}

Error failed(int code)
{
    const QString what = QString::fromUtf8(raft_shim_error(code));
    if (code == NotLeader)
        return rejected(what, u"not-leader"_s);
    return {Error::Code::Storage, u"the log cannot go on: "_s + what, u"consensus"_s};
}

} // namespace

Result<QByteArray> encode(const Configuration &configuration)
{
    std::vector<QByteArray> names;
    std::vector<raft_shim_server> servers;
    names.reserve(configuration.size());
    for (const Server &server : configuration) {
        names.push_back(server.node.toLatin1());
        servers.push_back({server.id, names.back().constData(), int(server.role)});
    }
    QByteArray out;
    const auto sink = [](void *context, raft_shim_bytes bytes) {
        *static_cast<QByteArray *>(context) = copyOf(bytes);
    };
    if (!raft_shim_encode(servers.data(), unsigned(servers.size()), sink, &out))
        return invalid(u"two members with one number, or an unknown role"_s);
    return out;
}

Result<Configuration> decodeConfiguration(const QByteArray &bytes)
{
    Configuration out;
    if (!isConfiguration(bytes) || !raft_shim_decode(bytesOf(bytes), addServer, &out))
        return invalid(u"no configuration"_s);
    return out;
}

Engine::Engine(const Settings &settings)
    : m_id(settings.id)
    , m_node(settings.node.toLatin1())
{
    const raft_shim_settings raw{m_id,
                                 m_node.constData(),
                                 settings.seed,
                                 unsigned(settings.timing.election.count()),
                                 unsigned(settings.timing.heartbeat.count()),
                                 MaxInFlight,
                                 SnapshotAgainMs};
    m_raft = raft_shim_new(&raw);
    Q_CHECK_PTR(m_raft);
}

Engine::~Engine()
{
    raft_shim_free(m_raft);
}

Result<Engine::Output> Engine::start(quint64 now, const Stored &stored)
{
    m_now = now;
    m_base = stored.base;
    m_log.assign(stored.entries.begin(), stored.entries.end());
    for (const LogEntry &entry : m_log)
        m_heldBytes += entry.payload.size();
    m_reported = std::max(stored.committed, m_base.index);
    m_confirmed = m_base.index;
    const std::vector<raft_shim_entry> entries = shimEntries(stored.entries);
    const raft_shim_stored raw{stored.term, stored.vote, shimBase(m_base), entries.data(),
                               unsigned(entries.size())};
    raft_shim_update update;
    return take(raft_shim_start(m_raft, now, &raw, &update), update);
}

Result<Engine::Output> Engine::submit(quint64 now, LogEntry::Kind kind,
                                      const std::vector<QByteArray> &payloads)
{
    m_now = now;
    std::vector<raft_shim_entry> entries;
    entries.reserve(payloads.size());
    for (const QByteArray &payload : payloads)
        entries.push_back({term(), int(kind), bytesOf(payload)});
    raft_shim_update update;
    return take(raft_shim_submit(m_raft, now, entries.data(), unsigned(entries.size()), &update),
                update);
}

/// The library wants a Change first in its message; otherwise a follower records a wrong index for
/// it and refuses every later one.
static size_t untilNextChange(const std::vector<LogEntry> &entries, size_t from)
{
    size_t end = from + 1;
    while (end < entries.size() && entries[end].kind != LogEntry::Kind::Change)
        ++end;
    return end;
}

Result<Engine::Output> Engine::receive(quint64 now, const Message &message)
{
    m_now = now;
    std::vector<raft_shim_entry> entries = shimEntries(message.entries);
    Output output;
    size_t from = 0;
    do {
        const size_t end = message.entries.empty() ? 0 : untilNextChange(message.entries, from);
        raft_shim_message raw{};
        raw.type = int(message.type);
        raw.peer = message.peer;
        raw.address = "";
        raw.term = message.term;
        raw.index = message.index + from;
        raw.index_term = from == 0 ? message.indexTerm : message.entries[from - 1].term;
        raw.other = message.other;
        raw.is_granted = message.isGranted;
        raw.is_pre_vote = message.isPreVote;
        raw.features = message.features;
        raw.capacity = message.capacity;
        raw.entries = entries.data() + from;
        raw.entry_count = unsigned(end - from);
        raw.configuration = bytesOf(message.configuration);
        raw.data = bytesOf(message.data);
        raft_shim_update update;
        if (const int code = raft_shim_receive(m_raft, now, &raw, &update); code != 0)
            return failed(code);
        if (const Result<Done> taken = takeUpdate(update, output); !taken)
            return taken.error();
        from = end;
    } while (from < message.entries.size());
    if (const Result<Done> settled = settle(output); !settled)
        return settled.error();
    tellCommit(output);
    return output;
}

Result<Engine::Output> Engine::persisted(quint64 now, const std::vector<LogEntry> &entries)
{
    m_now = now;
    quint64 newest = 0;
    for (const LogEntry &entry : entries) {
        const LogEntry *held = at(entry.index);
        if (!held || held->term != entry.term)
            break; // replaced meanwhile
        newest = entry.index;
    }
    if (newest <= raft_shim_stored_index(m_raft))
        return Output{};
    raft_shim_update update;
    Result<Output> output = take(raft_shim_persisted(m_raft, now, newest, &update), update);
    if (output)
        postHeld(*output);
    return output;
}

Result<Engine::Output> Engine::installed(quint64 now)
{
    m_now = now;
    m_reported = m_confirmed = m_base.index;
    raft_shim_update update;
    return take(raft_shim_installed(m_raft, now, &update), update);
}

Result<Engine::Output> Engine::timeout(quint64 now)
{
    m_now = now;
    raft_shim_update update;
    return take(raft_shim_timeout(m_raft, now, &update), update);
}

Result<Engine::Output> Engine::catchUp(quint64 now, quint64 server)
{
    m_now = now;
    raft_shim_update update;
    return take(raft_shim_catch_up(m_raft, now, server, &update), update);
}

Result<Engine::Output> Engine::transfer(quint64 now, quint64 server)
{
    m_now = now;
    raft_shim_update update;
    return take(raft_shim_transfer(m_raft, now, server, &update), update);
}

Result<Engine::Output> Engine::compact(quint64 now, quint64 index)
{
    m_now = now;
    const Result<LogBase> base = baseAt(index);
    if (!base || index == m_base.index)
        return Output{};
    raft_shim_update update;
    const raft_shim_base raw = shimBase(*base);
    Result<Output> output = take(raft_shim_compacted(m_raft, now, &raw, 0, &update), update);
    while (m_base.index < index && !m_log.empty()) {
        ++m_base.index;
        m_heldBytes -= m_log.front().payload.size();
        m_log.pop_front();
    }
    m_base = *base;
    return output;
}

Result<LogBase> Engine::baseAt(quint64 index) const
{
    if (index == m_base.index)
        return m_base;
    const LogEntry *last = at(index);
    if (!last || index > std::min(m_reported, m_confirmed))
        return notFound(u"entry %1 is not committed here"_s.arg(index));
    LogBase base{index, last->term, m_base.changeIndex, m_base.change};
    for (quint64 i = m_base.index + 1; i <= index; ++i) {
        if (const LogEntry *entry = at(i); entry->kind == LogEntry::Kind::Change) {
            base.changeIndex = i;
            base.change = entry->payload;
        }
    }
    return base;
}

Result<Engine::Output> Engine::take(int code, const raft_shim_update &update)
{
    if (code != 0)
        return failed(code);
    Output output;
    if (const Result<Done> taken = takeUpdate(update, output); !taken)
        return taken.error();
    if (const Result<Done> settled = settle(output); !settled)
        return settled.error();
    tellCommit(output);
    return output;
}

Result<Done> Engine::takeUpdate(const raft_shim_update &update, Output &output)
{
    output.hasVote = output.hasVote || update.has_vote;
    if (update.entry_count > 0) {
        const bool isReplaced = update.first <= lastIndex();
        dropFrom(update.first);
        std::vector<LogEntry> run;
        run.reserve(update.entry_count);
        for (unsigned i = 0; i < update.entry_count; ++i) {
            const raft_shim_entry &raw = update.entries[i];
            run.push_back(
                {update.first + i, raw.term, copyOf(raw.payload), LogEntry::Kind(raw.kind)});
            m_heldBytes += run.back().payload.size();
            m_log.push_back(run.back());
        }
        output.append.push_back(std::move(run));
        if (isReplaced) {
            if (const Result<Done> renamed = renameMembers(); !renamed)
                return renamed;
        }
    }
    if (update.has_snapshot) {
        m_base = {update.snapshot.index, update.snapshot.term, update.snapshot.configuration_index,
                  copyOf(update.snapshot.configuration)};
        m_log.clear();
        m_heldBytes = 0;
        m_reported = m_confirmed = m_base.index;
        output.install = m_base;
        output.installData = copyOf(update.snapshot_data);
    }
    for (unsigned i = 0; i < update.message_count; ++i) {
        const raft_shim_message &raw = update.messages[i];
        Message message;
        message.type = Message::Type(raw.type);
        message.peer = raw.peer;
        message.term = raw.term;
        message.index = raw.index;
        message.indexTerm = raw.index_term;
        message.other = raw.other;
        message.isGranted = raw.is_granted;
        message.isPreVote = raw.is_pre_vote;
        message.features = raw.features;
        message.capacity = raw.capacity;
        if (message.type == Message::Type::Snapshot) {
            message.other = m_base.changeIndex;
            message.configuration = m_base.change;
        }
        if (message.type == Message::Type::Append)
            addAppend(message, raw.entry_count, output);
        else
            output.messages.push_back(std::move(message));
    }
    return Done{};
}

Result<Done> Engine::renameMembers()
{
    quint64 index = m_base.changeIndex;
    QByteArray members = m_base.change;
    for (const LogEntry &entry : m_log) {
        if (entry.kind == LogEntry::Kind::Change) {
            index = entry.index;
            members = entry.payload;
        }
    }
    const bool isCommitted = index <= std::max(m_confirmed, m_base.index);
    const int code = raft_shim_renamed(m_raft, index, isCommitted, bytesOf(members));
    return code == 0 ? Result<Done>(Done{}) : failed(code);
}

/// The library says how many entries to send; they are filled in, bounded, and cut so that a Change
/// is the first of its message.
void Engine::addAppend(const Message &message, unsigned count, Output &output)
{
    if (count == 0 && isRepeated(message))
        return;
    Message part = message;
    qint64 bytes = 0;
    for (unsigned i = 1; i <= count; ++i) {
        const LogEntry *entry = at(message.index + i);
        if (!entry)
            break; // cut meanwhile: the library finds out by the answer
        const bool isFull = bytes + entry->payload.size() > MaxMessageBytes;
        if (!part.entries.empty() && (isFull || entry->kind == LogEntry::Kind::Change)) {
            const LogEntry &last = part.entries.back();
            Message next = message;
            next.index = last.index;
            next.indexTerm = last.term;
            post(std::exchange(part, next), output);
            bytes = 0;
        }
        bytes += entry->payload.size();
        part.entries.push_back(*entry);
    }
    post(std::move(part), output);
}

/// Who has no vote is told less often that its leader lives: it elects nobody, and each message
/// wakes two PCs. What is new goes at once.
bool Engine::isRepeated(const Message &heartbeat)
{
    const Configuration members = configuration();
    const bool isVoter = std::ranges::any_of(members, [&](const Server &server) {
        return server.id == heartbeat.peer && server.role == ServerRole::Voter;
    });
    const auto last = m_beats.find(heartbeat.peer);
    if (!isVoter && last != m_beats.end() && last->second.first == heartbeat &&
        m_now < last->second.second + StandbyHeartbeatMs)
        return true;
    if (isVoter)
        m_beats.erase(heartbeat.peer);
    else
        m_beats[heartbeat.peer] = {heartbeat, m_now};
    return false;
}

/// A Change goes to others only when it is on this disk too. Else, after a crash here, who lost its
/// vote by it may be the only one to have it: it must not stand, those who may lack what it has,
/// and nobody is elected although all are there.
void Engine::post(Message message, Output &output)
{
    const auto isForSame = [&](const Message &held) { return held.peer == message.peer; };
    const bool isChange =
        !message.entries.empty() && message.entries.front().kind == LogEntry::Kind::Change;
    const bool isUnsynced =
        isChange && message.entries.front().index > raft_shim_stored_index(m_raft);
    const bool isBehindHeld =
        !message.entries.empty() && std::any_of(m_heldBack.begin(), m_heldBack.end(), isForSame);
    (isUnsynced || isBehindHeld ? m_heldBack : output.messages).push_back(std::move(message));
}

void Engine::postHeld(Output &output)
{
    for (Message &message : std::exchange(m_heldBack, {})) {
        if (state() == State::Leader && message.term == term())
            post(std::move(message), output);
    }
}

Result<Done> Engine::settle(Output &output)
{
    for (;;) {
        const quint64 end =
            std::min(raft_shim_commit_index(m_raft), raft_shim_stored_index(m_raft));
        if (m_confirmed >= end && m_reported >= end)
            return Done{};
        while (m_reported < end) {
            const LogEntry *entry = at(++m_reported);
            if (!entry)
                return Error{Error::Code::Storage, u"entry %1 is missing"_s.arg(m_reported), {}};
            output.committed.push_back(*entry);
        }
        while (m_confirmed < end) {
            const LogEntry *entry = at(++m_confirmed);
            if (!entry || entry->kind != LogEntry::Kind::Change)
                continue;
            raft_shim_update update;
            const int code =
                raft_shim_configured(m_raft, m_now, m_confirmed, bytesOf(entry->payload), &update);
            if (code != 0)
                return failed(code);
            if (const Result<Done> taken = takeUpdate(update, output); !taken)
                return taken;
        }
    }
}

/// An Append like a heartbeat, but behind the newest committed entry: whoever hears it compares
/// that entry's term with its own log before it believes, as with every Append. While more is under
/// way nothing is said: the entries themselves bring it.
void Engine::tellCommit(Output &output)
{
    const quint64 commit = commitIndex();
    if (state() != State::Leader || commit != lastIndex())
        return;
    if (std::exchange(m_toldTerm, term()) != term())
        m_told.clear();
    const LogEntry *newest = at(commit);
    for (const Server &server : configuration()) {
        if (server.id == m_id || m_told[server.id] >= commit || matchIndex(server.id) < commit)
            continue;
        m_told[server.id] = commit;
        Message message;
        message.peer = server.id;
        message.term = term();
        message.index = message.other = commit;
        message.indexTerm = newest ? newest->term : m_base.term;
        output.messages.push_back(std::move(message));
    }
}

const LogEntry *Engine::at(quint64 index) const
{
    if (index <= m_base.index || index > lastIndex())
        return nullptr;
    return &m_log[size_t(index - m_base.index - 1)];
}

void Engine::dropFrom(quint64 index)
{
    while (!m_log.empty() && lastIndex() >= index) {
        m_heldBytes -= m_log.back().payload.size();
        m_log.pop_back();
    }
}

State Engine::state() const
{
    return State(raft_shim_state(m_raft));
}

quint64 Engine::term() const
{
    return raft_shim_term(m_raft);
}

quint64 Engine::vote() const
{
    return raft_shim_vote(m_raft);
}

quint64 Engine::leader() const
{
    return state() == State::Leader ? m_id : raft_shim_leader(m_raft);
}

quint64 Engine::commitIndex() const
{
    return raft_shim_commit_index(m_raft);
}

quint64 Engine::nextTimeout() const
{
    return raft_shim_next_timeout(m_raft);
}

Configuration Engine::configuration() const
{
    Configuration out;
    raft_shim_servers(m_raft, false, addServer, &out);
    return out;
}

bool Engine::isChanging() const
{
    return raft_shim_is_changing(m_raft);
}

Engine::CatchUp Engine::catchUpState(quint64 server) const
{
    const int state = raft_shim_catch_up_state(m_raft, server);
    return state < 0 ? CatchUp::None : CatchUp(state);
}

quint64 Engine::matchIndex(quint64 server) const
{
    return raft_shim_match_index(m_raft, server);
}

} // namespace peerdesk::cluster
