// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/fields.h"
#include "core/domain/routing.h"

namespace peerdesk {

/// The office itself: one record, key OfficeId{}.
struct Office
{
    using Key = OfficeId;
    OfficeId id;
    QString name;
    Time createdAt;
    int featureLevel = 1; ///< what needs a higher one is not decided: core/events/levels.h
    ActivityId defaultActivity;
    ActivityId timeoutActivity; ///< Away: where two missed offers in a row put a worker
    WorkflowId defaultWorkflow;
    FlowId defaultFlow;
    QString timeZone;       ///< IANA name, for hours and reports; empty = UTC
    QString locale;         ///< BCP 47, the language of the office; empty = unknown
    QByteArray recoveryKey; ///< public; signs takeovers. Empty = none yet
    TaskOrder prioritizeQueueOrder = TaskOrder::Fifo; ///< which kind of queue a worker in both
                                                      ///< kinds serves first
    int maxPendingOffers = 1;                         ///< open offers per worker at a time, 1..50
    bool usesChannelWeights = false; ///< task channels cost units of a worker's 100

    static constexpr const char *table = "office";
    static constexpr auto fields()
    {
        return FieldList{field(1, "id", &Office::id),
                         field(2, "name", &Office::name),
                         field(3, "created_at", &Office::createdAt),
                         field(4, "feature_level", &Office::featureLevel),
                         field(5, "default_activity", &Office::defaultActivity),
                         field(6, "timeout_activity", &Office::timeoutActivity),
                         field(7, "default_workflow", &Office::defaultWorkflow),
                         field(8, "default_flow", &Office::defaultFlow),
                         field(9, "timezone", &Office::timeZone),
                         field(10, "locale", &Office::locale),
                         field(11, "recovery_key", &Office::recoveryKey),
                         field(12, "prioritize_queue_order", &Office::prioritizeQueueOrder),
                         field(13, "max_pending_offers", &Office::maxPendingOffers),
                         field(14, "uses_channel_weights", &Office::usesChannelWeights)};
    }
    Key key() const { return id; }
    bool operator==(const Office &) const = default;
};

/// One PC of the office.
struct Node
{
    using Key = NodeId;
    NodeId id;
    QString name;
    Time joinedAt;
    QByteArray fingerprint; ///< SHA-256 of its certificate: who shows another one is not this PC
    QString addresses;      ///< HOST:PORT where it was reached, apart by blanks
    bool isRemoved = false; ///< retired: shut out for ever
    QByteArray sealingKey;  ///< public; secrets are sealed with it for this PC. Empty = none
    int featureLevel = 1;   ///< of its program

    static constexpr const char *table = "node";
    static constexpr auto fields()
    {
        return FieldList{field(1, "id", &Node::id),
                         field(2, "name", &Node::name),
                         field(3, "joined_at", &Node::joinedAt),
                         field(4, "fingerprint", &Node::fingerprint),
                         field(5, "addresses", &Node::addresses),
                         field(6, "removed", &Node::isRemoved),
                         field(7, "sealing_key", &Node::sealingKey),
                         field(8, "feature_level", &Node::featureLevel)};
    }
    Key key() const { return id; }
    bool operator==(const Node &) const = default;
};

enum class Role { Agent, Supervisor, Admin, Channel };
template <>
struct EnumNames<Role>
{
    static constexpr std::array names{"agent", "supervisor", "admin", "channel"};
};

/// A person who signs in. Routing sees the worker.
struct Agent
{
    using Key = AgentId;
    AgentId id;
    QString name;
    Role role = Role::Agent;
    QByteArray passwordHash; ///< argon2id string, empty = no password yet
    WorkerId worker;         ///< null = takes no tasks
    bool isActive = true;
    quint64 sessionsFrom = 0; ///< log index: sessions that began below it are over

    static constexpr const char *table = "agent";
    static constexpr auto fields()
    {
        return FieldList{field(1, "id", &Agent::id),
                         field(2, "name", &Agent::name),
                         field(3, "role", &Agent::role),
                         field(4, "password_hash", &Agent::passwordHash),
                         field(5, "worker", &Agent::worker),
                         field(6, "is_active", &Agent::isActive),
                         field(7, "sessions_from", &Agent::sessionsFrom)};
    }
    Key key() const { return id; }
    bool operator==(const Agent &) const = default;
};

/// A bearer token in force. Only the token's SHA-256 is kept.
struct Session
{
    using Key = SessionId;
    SessionId id;
    AgentId agent;
    QByteArray tokenHash; ///< SHA-256 of the token's bytes
    Time createdAt;
    quint64 beganAt = 0; ///< log index: where it was opened, or last outlived the agent's others

    static constexpr const char *table = "session";
    static constexpr auto fields()
    {
        return FieldList{field(1, "id", &Session::id), field(2, "agent", &Session::agent),
                         field(3, "token_hash", &Session::tokenHash),
                         field(4, "created_at", &Session::createdAt),
                         field(5, "began_at", &Session::beganAt)};
    }
    Key key() const { return id; }
    bool operator==(const Session &) const = default;
};

/// Whether `session` still opens the door for `agent`, whose it is.
inline bool isInForce(const Session &session, const Agent &agent)
{
    return session.agent == agent.id && agent.isActive && session.beganAt >= agent.sessionsFrom;
}

} // namespace peerdesk
