// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/events/apply.h"
#include "core/node/warm.h"

#include <memory>
#include <set>
#include <vector>

namespace peerdesk::store {
class OfficeReader;
struct CardHistory;
} // namespace peerdesk::store

namespace peerdesk::node {

/// The one view that decisions read (design rule 3): office.db at its applied index, overlaid with
/// everything in flight. Thread: node.
class Overlay final
{
public:
    explicit Overlay(store::OfficeReader &reader);
    ~Overlay();

    /// Forgets what is in flight and loads the warm records from office.db. Errors: Storage.
    Result<Done> reload();

    /// Facts applied between begin() and commit() can be taken back by rollback().
    void begin(quint64 index);
    void commit();
    void rollback();
    void apply(const events::Fact &fact, const events::Position &at);
    /// For what others decided and office.db has already: the warm records that it touched are read
    /// from there. Nothing may be in flight.
    void follow(const events::Batch &batch, quint64 index);
    /// office.db has everything up to here: rows last written at or below it are read from there
    /// again.
    void evict(quint64 appliedIndex);

    /// The running flow of a conversation.
    std::optional<Execution> executionOf(ConversationId conversation) const;
    /// The newest conversation of a provider thread.
    std::optional<Conversation> byThread(AccountId account, const QString &thread) const;
    /// The ways that a conversation went before.
    std::vector<Route> routesOf(ConversationId conversation) const;
    /// What went into a card and can be undone.
    std::vector<CardJoin> joinsInto(CustomerId customer) const;
    std::optional<Route> routeOf(ConversationId conversation, AccountId account) const
    {
        return get<Route>(Route::idFor(conversation, account));
    }
    /// It goes over this account now or went before.
    bool goesOver(const Conversation &conversation, AccountId account) const
    {
        return conversation.account == account || routeOf(conversation.id, account);
    }
    /// The newest conversation of this customer in this account whose subject ends with `subject`,
    /// in any case.
    std::optional<Conversation> bySubject(CustomerId customer, AccountId account,
                                          const QString &subject) const;
    /// The message that a provider knows under this id, inbound or outbound.
    std::optional<Message> byProviderId(AccountId account, const QString &providerId) const;

    std::optional<Address> addressOf(const Identity &identity) const;
    /// Every address of a customer, by id.
    std::vector<Address> addressesOf(CustomerId customer) const;
    /// Snoozed until `now` or earlier, earliest first.
    std::vector<Conversation> snoozeDue(Time now, int limit) const;
    /// Recorded answers from before `before` that are not recognised for ever, oldest first.
    std::vector<CommandId> passedCommands(Time before, int limit) const;
    /// Sessions that are over and still have a row.
    std::vector<SessionId> endedSessions(int limit) const;
    /// At most `limit` (1..500) conversations of a customer.
    std::vector<Conversation> conversationsOf(CustomerId customer, int limit) const;
    /// Everything that belongs to a conversation, for erasing it. At most `limit` messages.
    std::vector<Message> messagesIn(ConversationId conversation, int limit) const;
    /// At most `limit` (1..500) that are applied, and all that are not yet; oldest first.
    std::vector<Message> newestMessages(ConversationId conversation, int limit) const;
    std::vector<Task> tasksOf(ConversationId conversation) const;
    std::vector<Reservation> reservationsOf(TaskId task) const;
    std::vector<Execution> executionsOf(ConversationId conversation) const;
    std::vector<Effect> effectsOf(const Message &message) const;
    std::vector<Effect> effectsOf(ExecutionId execution) const;
    Result<std::vector<QByteArray>> filesOf(MessageId message) const;
    std::vector<CommandId> commandsNaming(const std::vector<QByteArray> &ids) const;
    Result<store::CardHistory> cardHistory(CustomerId customer) const;
    /// Whether another message than those in `besides` holds this file.
    bool isHeld(const QByteArray &sha256, const std::set<MessageId> &besides) const;

    template <typename Record>
    std::optional<Record> get(const typename Record::Key &key) const
    {
        return m_tables.of<Record>().find(key);
    }
    const Warm &warm() const { return m_warm; }

private:
    class Tables;

    std::unique_ptr<Tables> m_own;
    const events::Tables &m_tables; ///< the same, as decisions see them
    const Warm &m_warm;             ///< theirs
    store::OfficeReader &m_reader;
};

} // namespace peerdesk::node
