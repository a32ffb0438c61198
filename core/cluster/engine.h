// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/fields.h"
#include "core/base/result.h"
#include "core/store/logstore.h"

#include <deque>
#include <map>
#include <memory>
#include <vector>

struct raft_shim;
struct raft_shim_update;

namespace peerdesk::cluster {

using store::LogBase;
using store::LogEntry;

/// Voter: counts for the majority. Standby: a full replica that does not. Spare: a member that gets
/// nothing yet.
enum class ServerRole { Standby, Voter, Spare };

/// A member as the log's configuration names it.
struct Server
{
    quint64 id = 0; ///< Raft's number of it, never 0
    QString node;   ///< the node's id as text
    ServerRole role = ServerRole::Spare;
    bool operator==(const Server &) const = default;
};
using Configuration = std::vector<Server>;

/// The payload of a Change, as libraft lays it out: format 1, number of servers (8 bytes,
/// little-endian), and of each its id (8 bytes), its address (ends with a zero byte), its role (1).
Result<QByteArray> encode(const Configuration &configuration);
/// Errors: Invalid for bytes that are no configuration.
Result<Configuration> decodeConfiguration(const QByteArray &bytes);

/// What members say to each other about the log. Which fields count depends on the type; their
/// meaning is that of raft_shim_message.
struct Message
{
    enum class Type { Append = 1, AppendResult, Vote, VoteResult, Snapshot, TimeoutNow };

    Type type = Type::Append;
    quint64 peer = 0; ///< receiver, or sender of a received one; not on the wire
    quint64 term = 0;
    quint64 index = 0;
    quint64 indexTerm = 0;
    quint64 other = 0;
    bool isGranted = false;
    bool isPreVote = false;
    quint16 features = 0;
    quint16 capacity = 0;
    std::vector<LogEntry> entries; ///< of an Append: those behind `index`, without gap
    QByteArray configuration;      ///< of a Snapshot
    QByteArray data;               ///< of a Snapshot
    bool operator==(const Message &) const = default;
};

enum class State { Unavailable, Follower, Candidate, Leader };

/// Timers of the election, in one place and printed with every figure that depends on them.
struct Timing
{
    Milliseconds election{300};
    Milliseconds heartbeat{100};
};

/// Raft as a pure state machine: inputs and the time come in, an Output says what is to be done.
/// No thread, no clock, no disk, no socket; production and simulation drive the same. `now`:
/// monotonic milliseconds, from 1 on. After an error of any step the engine must not be used again.
class Engine
{
public:
    struct Settings
    {
        quint64 id = 0;
        QString node;
        unsigned seed = 1; ///< of the election's dice
        Timing timing;
    };
    /// What the disk has. `committed`: entries up to here are in the tables already.
    struct Stored
    {
        quint64 term = 0;
        quint64 vote = 0;
        LogBase base;
        std::vector<LogEntry> entries;
        quint64 committed = 0;
        QByteArray takeover = {}; ///< Takeover; not for the engine
    };
    /// To be done in this order; the outputs of several inputs are done one after the other.
    struct Output
    {
        bool hasVote = false; ///< make term() and vote() durable before anything else is done
        /// Runs of entries: each replaces everything from its first index on.
        std::vector<std::vector<LogEntry>> append;
        std::optional<LogBase> install; ///< replace log and tables by this snapshot
        QByteArray installData;
        std::vector<Message> messages;
        std::vector<LogEntry> committed; ///< also in the own log durably; in order, each once
    };

    Engine(const Settings &settings);
    ~Engine();

    Result<Output> start(quint64 now, const Stored &stored);
    /// Errors: Rejected "not-leader" (nothing happened; the engine goes on).
    Result<Output> submit(quint64 now, LogEntry::Kind kind,
                          const std::vector<QByteArray> &payloads);
    Result<Output> receive(quint64 now, const Message &message);
    /// These entries are on the disk, as they were given by append.
    Result<Output> persisted(quint64 now, const std::vector<LogEntry> &entries);
    Result<Output> installed(quint64 now);
    Result<Output> timeout(quint64 now);
    /// Begins to bring a spare up to the log's end. Leader only.
    Result<Output> catchUp(quint64 now, quint64 server);
    Result<Output> transfer(quint64 now, quint64 server);
    /// Entries up to `index` leave the log; they are in the tables durably. A no-op where that is
    /// not possible yet.
    Result<Output> compact(quint64 now, quint64 index);
    /// What a snapshot of the tables as of `index` stands for. Errors: NotFound for an index that
    /// is not committed or lies before base().
    Result<LogBase> baseAt(quint64 index) const;

    State state() const;
    quint64 term() const;
    quint64 vote() const;
    quint64 leader() const; ///< 0 = none known
    quint64 lastIndex() const { return m_base.index + m_log.size(); }
    quint64 commitIndex() const;
    quint64 nextTimeout() const;
    const LogBase &base() const { return m_base; }
    qint64 heldBytes() const { return m_heldBytes; } ///< payloads kept in memory
    /// The members in force, and whether that is not committed yet.
    Configuration configuration() const;
    bool isChanging() const;
    enum class CatchUp { None, Running, Aborted, Finished };
    CatchUp catchUpState(quint64 server) const;
    quint64 matchIndex(quint64 server) const;

private:
    Result<Output> take(int code, const raft_shim_update &update);
    Result<Done> takeUpdate(const raft_shim_update &update, Output &output);
    /// Entries were replaced: the newest Change that is left says who the members are.
    Result<Done> renameMembers();
    void addAppend(const Message &message, unsigned count, Output &output);
    bool isRepeated(const Message &heartbeat);
    /// Sends it, unless it has to wait for this node's own disk.
    void post(Message message, Output &output);
    void postHeld(Output &output);
    /// What is newly committed and durable here; changes among it go back to the library.
    Result<Done> settle(Output &output);
    /// As the leader: who holds all of the log and does not know that it is committed is told now,
    /// not with the next heartbeat.
    void tellCommit(Output &output);
    const LogEntry *at(quint64 index) const;
    void dropFrom(quint64 index);

    raft_shim *m_raft = nullptr;
    quint64 m_id = 0;
    QByteArray m_node;
    LogBase m_base;
    std::deque<LogEntry> m_log; ///< behind the base
    qint64 m_heldBytes = 0;
    quint64 m_reported = 0;          ///< committed up to here was given out
    quint64 m_confirmed = 0;         ///< changes up to here were fed back to the library
    std::vector<Message> m_heldBack; ///< with a Change that is not on this disk yet, and behind it
    std::map<quint64, quint64> m_told; ///< as the leader: what each was told to be committed
    quint64 m_toldTerm = 0;            ///< of that leadership
    std::map<quint64, std::pair<Message, quint64>> m_beats; ///< to whom has no vote: last, when
    quint64 m_now = 0;
};

} // namespace peerdesk::cluster
