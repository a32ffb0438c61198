// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/fields.h"
#include "core/domain/ids.h"
#include "core/domain/message.h"

#include <QCryptographicHash>

namespace peerdesk {

struct Customer
{
    using Key = CustomerId;
    CustomerId id;
    QString name;
    QString language; ///< BCP 47, empty = unknown
    Json facts;       ///< customer.* in flows and routing
    std::vector<QString> tags;
    QString notes;
    Time createdAt;

    static constexpr const char *table = "customer";
    static constexpr auto fields()
    {
        return FieldList{field(1, "id", &Customer::id),
                         personal(2, "name", &Customer::name),
                         personal(3, "language", &Customer::language),
                         personal(4, "facts", &Customer::facts),
                         personal(5, "tags", &Customer::tags),
                         personal(6, "notes", &Customer::notes),
                         field(7, "created_at", &Customer::createdAt)};
    }
    Key key() const { return id; }
    bool operator==(const Customer &) const = default;
};

enum class Evidence { Typed, Provider, Verified };
template <>
struct EnumNames<Evidence>
{
    static constexpr std::array names{"typed", "provider", "verified"};
};

/// One way to reach a customer. The same (kind, scope, value) is one row for ever: whoever decides
/// looks it up by lookupKey(). The id tells nothing of the address: it stays in history when the
/// person is erased, and phone numbers are few enough to try them all.
struct Address
{
    using Key = AddressId;
    AddressId id; ///< see newId()
    CustomerId customer;
    QString kind;  ///< "email", "phone", "webchat", "telegram", ...
    QString scope; ///< account for provider-scoped ids, empty for e-mail and E.164
    QString value; ///< canonical: lower-case e-mail, E.164, provider id
    QString display;
    Evidence evidence = Evidence::Provider; ///< Typed = unverified link

    static constexpr const char *table = "address";
    static constexpr auto fields()
    {
        return FieldList{field(1, "id", &Address::id),
                         field(2, "customer", &Address::customer),
                         field(3, "kind", &Address::kind),
                         field(4, "scope", &Address::scope),
                         personal(5, "value", &Address::value),
                         personal(6, "display", &Address::display),
                         field(7, "evidence", &Address::evidence)};
    }
    Key key() const { return id; }
    bool operator==(const Address &) const = default;
    /// First 16 bytes of SHA-256 over the three parts. For a column of the row, never for a fact.
    static QByteArray lookupKey(const QString &kind, const QString &scope, const QString &value)
    {
        return hashOf({}, kind, scope, value);
    }
    /// The id of an address that a batch with this salt links first.
    static AddressId newId(const QByteArray &salt, const QString &kind, const QString &scope,
                           const QString &value)
    {
        return {QUuid::fromRfc4122(hashOf("address" + salt, kind, scope, value))};
    }

private:
    static QByteArray hashOf(const QByteArray &salt, const QString &kind, const QString &scope,
                             const QString &value)
    {
        QCryptographicHash hash(QCryptographicHash::Sha256);
        hash.addData(salt + kind.toUtf8() + '\n' + scope.toUtf8() + '\n' + value.toUtf8());
        return hash.result().left(16);
    }
};

enum class ConversationStatus { New, Open, Pending, Escalated, Resolved, Closed };
template <>
struct EnumNames<ConversationStatus>
{
    static constexpr std::array names{"new", "open", "pending", "escalated", "resolved", "closed"};
};

/// Nobody has to do anything any more.
inline bool isDone(ConversationStatus status)
{
    return status == ConversationStatus::Resolved || status == ConversationStatus::Closed;
}

struct Conversation
{
    using Key = ConversationId;
    ConversationId id;
    CustomerId customer;
    AccountId account;
    QString channel; ///< channel type: "email", "webchat", ...
    QString thread;  ///< provider's thread or the visitor id; unique with account while open
    AddressId address;
    ConversationStatus status = ConversationStatus::New;
    QString subject;
    std::vector<QString> tags;
    Time snoozeUntil;
    Time createdAt;
    Time lastMessageAt;
    QString snippet; ///< first 120 characters of the last message
    int unread = 0;  ///< customer messages since an agent last read
    Time replyDueAt; ///< not set = nothing due
    TaskId task;     ///< open task, null = none
    AgentId assignee;
    AgentId lastAgent;
    QueueId queue;        ///< of the open task
    QString customerName; ///< copy for lists
    Time readUpTo;        ///< last message time that an agent has seen
    Time lastInboundAt;   ///< office time of the customer's last message
    MessageId question;   ///< our last message with something to choose or fill in

    static constexpr const char *table = "conversation";
    static constexpr auto fields()
    {
        return FieldList{field(1, "id", &Conversation::id),
                         field(2, "customer", &Conversation::customer),
                         field(3, "account", &Conversation::account),
                         field(4, "channel", &Conversation::channel),
                         personal(5, "thread", &Conversation::thread),
                         field(6, "address", &Conversation::address),
                         field(7, "status", &Conversation::status),
                         personal(8, "subject", &Conversation::subject),
                         personal(9, "tags", &Conversation::tags),
                         field(10, "snooze_until", &Conversation::snoozeUntil),
                         field(11, "created_at", &Conversation::createdAt),
                         field(12, "last_message_at", &Conversation::lastMessageAt),
                         personal(13, "snippet", &Conversation::snippet),
                         field(14, "unread", &Conversation::unread),
                         field(15, "reply_due_at", &Conversation::replyDueAt),
                         field(16, "task", &Conversation::task),
                         field(17, "assignee", &Conversation::assignee),
                         field(18, "last_agent", &Conversation::lastAgent),
                         field(19, "queue", &Conversation::queue),
                         personal(20, "customer_name", &Conversation::customerName),
                         field(21, "read_up_to", &Conversation::readUpTo),
                         field(22, "last_inbound_at", &Conversation::lastInboundAt),
                         field(23, "question", &Conversation::question)};
    }
    Key key() const { return id; }
    bool operator==(const Conversation &) const = default;
};

/// Which of two conversations of one provider thread the next message belongs to: what is not done
/// goes before what is, then the newer one.
inline bool isNewer(const Conversation &one, const Conversation &than)
{
    return isDone(one.status) != isDone(than.status) ? isDone(than.status)
                                                     : one.createdAt > than.createdAt;
}

} // namespace peerdesk
