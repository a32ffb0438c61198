// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/domain/providerids.h"
#include "core/events/tables.h"

#include <QVariant>

#include <array>

namespace peerdesk::store {

/// What of a record stands in columns of its own, besides id and body, so that an index can find
/// it. Columns are derived and not replicated: NULL keeps a row out of a partial index.
template <typename Record>
struct Columns
{
    static constexpr std::array<const char *, 0> names{};
    static std::array<QVariant, 0> values(const Record &) { return {}; }
};

/// Lower case without diacritics, as names are looked up.
QString foldedName(const QString &name);

namespace detail {
template <typename Tag>
QVariant idColumn(const Id<Tag> &id)
{
    return id.isNull() ? QVariant() : QVariant(id.toBytes());
}
inline QVariant timeColumn(Time time)
{
    return time.isSet() ? QVariant(time.ms) : QVariant();
}
inline QVariant textColumn(const QString &text)
{
    return text.isEmpty() ? QVariant() : QVariant(text);
}
inline QVariant flag(bool set)
{
    return set ? QVariant(1) : QVariant();
}
} // namespace detail

/// Where a conversation without a due time stands in the order of due times: last.
constexpr qint64 NeverDue = std::numeric_limits<qint64>::max();

template <>
struct Columns<Conversation>
{
    static constexpr std::array names{"done",       "last_message_at", "reply_due", "assignee",
                                      "queue",      "customer",        "account",   "thread",
                                      "created_at", "snooze_until"};
    static std::array<QVariant, names.size()> values(const Conversation &c)
    {
        return {int(isDone(c.status)),
                c.lastMessageAt.ms,
                c.replyDueAt.isSet() ? c.replyDueAt.ms : NeverDue,
                c.assignee.toBytes(), // zero = nobody, which is looked for as well
                detail::idColumn(c.queue),
                c.customer.toBytes(),
                c.account.toBytes(),
                c.thread,
                c.createdAt.ms,
                detail::timeColumn(c.snoozeUntil)};
    }
};

template <>
struct Columns<Message>
{
    static constexpr std::array names{"conversation", "created_at",   "kind",
                                      "provider_id",  "scheduled_at", "outbound"};
    static std::array<QVariant, names.size()> values(const Message &m)
    {
        const bool isScheduled = m.state == MessageState::Scheduled;
        const bool isOutbound = m.state == MessageState::Queued || m.state == MessageState::Sending;
        return {m.conversation.toBytes(),
                m.createdAt.ms,
                int(m.kind),
                detail::textColumn(mainProviderId(m.providerId)),
                isScheduled ? QVariant(m.sendAt.ms) : QVariant(),
                detail::flag(isOutbound)};
    }
};

template <>
struct Columns<Customer>
{
    static constexpr std::array names{"folded", "surname"};
    static std::array<QVariant, names.size()> values(const Customer &c)
    {
        const QString folded = foldedName(c.name);
        const qsizetype space = folded.lastIndexOf(u' ');
        return {folded, space < 0 ? QVariant() : QVariant(folded.mid(space + 1))};
    }
};

template <>
struct Columns<Address>
{
    static constexpr std::array names{"customer", "folded", "lookup"};
    static std::array<QVariant, names.size()> values(const Address &a)
    {
        return {a.customer.toBytes(), foldedName(a.value),
                Address::lookupKey(a.kind, a.scope, a.value)};
    }
};

template <>
struct Columns<Route>
{
    static constexpr std::array names{"conversation", "account", "thread"};
    static std::array<QVariant, names.size()> values(const Route &r)
    {
        return {r.conversation.toBytes(), r.account.toBytes(), r.thread};
    }
};

template <>
struct Columns<CardJoin>
{
    static constexpr std::array names{"stayed"};
    static std::array<QVariant, names.size()> values(const CardJoin &j)
    {
        return {j.after.id.toBytes()};
    }
};

template <>
struct Columns<Likeness>
{
    static constexpr std::array names{"one", "other"};
    static std::array<QVariant, names.size()> values(const Likeness &l)
    {
        return {l.one.toBytes(), l.other.toBytes()};
    }
};

template <>
struct Columns<Session>
{
    static constexpr std::array names{"token_hash", "agent", "began_at"};
    static std::array<QVariant, names.size()> values(const Session &s)
    {
        return {s.tokenHash, s.agent.toBytes(), qint64(s.beganAt)};
    }
};

template <>
struct Columns<Agent>
{
    static constexpr std::array names{"name", "sessions_from"};
    static std::array<QVariant, names.size()> values(const Agent &a)
    {
        return {a.name, a.sessionsFrom > 0 ? QVariant(qint64(a.sessionsFrom)) : QVariant()};
    }
};

inline bool isOpen(TaskStatus status)
{
    return status != TaskStatus::Completed && status != TaskStatus::Canceled;
}

template <>
struct Columns<Task>
{
    static constexpr std::array names{"status", "created_at", "conversation", "open"};
    static std::array<QVariant, names.size()> values(const Task &t)
    {
        return {int(t.assignmentStatus), t.dateCreated.ms, detail::idColumn(t.conversation),
                detail::flag(isOpen(t.assignmentStatus))};
    }
};

inline bool isLive(ReservationStatus status)
{
    return status == ReservationStatus::Pending || status == ReservationStatus::Accepted ||
           status == ReservationStatus::Wrapping;
}

template <>
struct Columns<Reservation>
{
    static constexpr std::array names{"task", "worker", "status", "created_at", "live"};
    static std::array<QVariant, names.size()> values(const Reservation &r)
    {
        return {r.task.toBytes(), r.worker.toBytes(), int(r.status), r.dateCreated.ms,
                detail::flag(isLive(r.status))};
    }
};

template <>
struct Columns<Effect>
{
    static constexpr std::array names{"open_state", "message", "execution"};
    static std::array<QVariant, names.size()> values(const Effect &e)
    {
        const bool isPending = e.state == EffectState::Ready || e.state == EffectState::Claimed;
        return {isPending ? QVariant(int(e.state)) : QVariant(), detail::idColumn(e.message),
                detail::idColumn(e.execution)};
    }
};

template <>
struct Columns<Execution>
{
    static constexpr std::array names{"active", "waits_until"};
    static std::array<QVariant, names.size()> values(const Execution &e)
    {
        const bool isActive = e.status == ExecutionStatus::Active;
        return {isActive ? detail::idColumn(e.conversation) : QVariant(),
                isActive ? detail::timeColumn(e.waitsUntil) : QVariant()};
    }
};

template <>
struct Columns<CommandRecord>
{
    static constexpr std::array names{"passing_since"}; ///< what is not recognised for ever
    static std::array<QVariant, names.size()> values(const CommandRecord &c)
    {
        return {c.isCreation ? QVariant() : QVariant(c.at.ms)};
    }
};

} // namespace peerdesk::store
