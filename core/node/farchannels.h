// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/api/desk.h"
#include "core/base/clock.h"
#include "core/domain/channel.h"
#include "core/node/relay.h"

#include <QObject>

#include <functional>
#include <map>
#include <optional>
#include <set>

namespace peerdesk::node {

/// How a channel does, as the PC that runs it says.
struct ChannelHealth
{
    AccountState state = AccountState::Starting;
    QString detail; ///< in plain words
    bool operator==(const ChannelHealth &) const = default;
};

/// What comes to this PC for a channel that another one runs: calls of its provider, and questions
/// to it. They go over the link to that PC, and its answer comes back; without one in time, or when
/// that PC goes, whoever asked is told that the channel is elsewhere and comes again. Nothing is
/// acknowledged here. Also the news that PCs tell each other of channels: how those do that one
/// runs, and who is at their conversations. News are kept in memory only. Thread: node.
class FarChannels final : public QObject
{
    Q_OBJECT

public:
    using Answered = Completion<QByteArray>;
    struct Parts
    {
        const Clock &clock;
        std::function<void(const QString &node, const ChannelNote &note)> tell;
        std::function<std::set<QString>()> reachable;                ///< PCs, as in ClusterState
        std::function<std::map<AccountId, ChannelHealth>()> running; ///< what this PC runs
        /// Answers for a channel that runs here. Errors: Rejected "elsewhere", NotFound.
        std::function<void(const ChannelNote &asked, Answered done)> answer;
    };
    /// Questions that wait at the same time; more are told to come again.
    static constexpr size_t MaxWaiting = 64;
    /// Bytes of a question or an answer: one frame of the link holds it.
    static constexpr qsizetype MaxBytes = 6LL * 1024 * 1024;
    /// As long as the slowest provider waits for its answer.
    static constexpr Milliseconds Patience = std::chrono::seconds(30);
    /// Channels of which another PC's word is kept, and the characters of one.
    static constexpr size_t MaxTold = 1'000;
    static constexpr qsizetype MaxDetail = 1'000;
    /// The same presence is told once in this time; what a customer's page sends is nobody's to
    /// bound.
    static constexpr Milliseconds SameAgain = std::chrono::seconds(1);

    FarChannels(Parts parts, QObject *parent = nullptr);

    void ask(NodeId owner, const ChannelNote &question, Answered done);
    void hear(const QString &node, const ChannelNote &note);
    /// Who waits for a PC that is gone is told at once, what it said of its channels is forgotten;
    /// who comes is told of ours.
    void onReachableChanged();

    /// To all PCs in reach, of a channel that this one runs.
    void tellHealth(AccountId account, const ChannelHealth &health);
    /// What `runner` said last; nullopt = nothing since it came into reach.
    std::optional<ChannelHealth> healthOf(AccountId account, NodeId runner) const;
    /// To all PCs in reach.
    void tellPresence(const api::Presence &presence);

Q_SIGNALS:
    void healthHeard();
    void presenceHeard(const peerdesk::api::Presence &presence);

private:
    struct Waiting
    {
        QString node;
        Answered done;
    };
    struct Told
    {
        QString node;
        ChannelHealth health;
    };
    void end(CommandId id, Result<QByteArray> result);
    bool isReachable(const QString &node) const { return m_parts.reachable().contains(node); }
    void tellAll(const ChannelNote &note);
    void hearHealth(const QString &node, const ChannelNote &note);
    void hearPresence(const ChannelNote &note);

    Parts m_parts;
    std::map<CommandId, Waiting> m_waiting;
    std::set<QString> m_reached; ///< who was told what this PC runs
    std::map<AccountId, Told> m_told;
    std::map<std::tuple<ConversationId, AgentId, bool>, Milliseconds> m_presences; ///< told when
};

/// What is told when the PC that runs a channel does not answer.
Error isElsewhere();

QByteArray encodeCall(const HookCall &call);
Result<HookCall> decodeCall(const QByteArray &bytes);
QByteArray encodeAnswer(const HookAnswer &answer);
Result<HookAnswer> decodeAnswer(const QByteArray &bytes);

} // namespace peerdesk::node
