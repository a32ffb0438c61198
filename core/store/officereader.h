// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/api/desk.h"
#include "core/events/apply.h"
#include "core/events/batch.h"
#include "core/events/tables.h"
#include "core/store/database.h"

#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace peerdesk::store {

/// A fact of the archive with its place in history.
struct HistoricFact
{
    events::Position at;
    CommandId command;
    AgentId actor;
    events::Fact fact;
};

/// What led to a card.
struct CardHistory
{
    std::vector<CustomerId> merged; ///< cards that went into this one, directly or not
    std::vector<CommandId> commands;
};

/// Reads of office.db on a connection of its own; one object per thread, in the thread that opened
/// it. What it returns was committed and applied. `find`, `all` and the look-ups that answer an
/// optional cannot tell "absent" from "disk failed": whoever decides by them asks takeTrouble()
/// before acting. Bounds: every list is bounded by its page or the named limit.
class OfficeReader
{
public:
    /// The file must exist (OfficeStore makes it). Errors: Storage.
    static Result<std::unique_ptr<OfficeReader>> open(const QString &path);
    ~OfficeReader();

    /// The first failed read since the last call, then forgotten.
    std::optional<Error> takeTrouble() const;

    /// Holds one consistent state until endSnapshot(), however much is applied meanwhile. Keep it
    /// short: the WAL cannot be folded back past it.
    void beginSnapshot() const;
    void endSnapshot() const;
    quint64 appliedIndex() const;
    QByteArray digest() const;

    template <typename Record>
    std::optional<Record> find(const typename Record::Key &key) const;
    /// Every row, by id. For tables that stay small: office, node, agent, activity, task channel,
    /// worker, queue, workflow, flow, channel account.
    template <typename Record>
    std::vector<Record> all() const;

    // Office and people
    std::optional<Session> sessionByTokenHash(const QByteArray &sha256) const;
    std::optional<Agent> agentByName(const QString &name) const;
    /// Sessions that are over and still have a row.
    std::vector<Session> endedSessions(int limit) const;

    // Conversations
    /// `filter.text` is not looked at: ask SearchStore and conversationsOf(hits).
    Result<api::PageOf<Conversation>> conversations(const api::ConversationFilter &filter,
                                                    const api::Page &page) const;
    /// Those that exist and pass the filter, in the given order.
    std::vector<Conversation> conversationsOf(const std::vector<ConversationId> &ids,
                                              const api::ConversationFilter &filter) const;
    /// The newest one of this thread that is neither resolved nor closed.
    std::optional<Conversation> openConversation(AccountId account, const QString &thread) const;
    /// The newest one of this thread, whatever its state.
    std::optional<Conversation> latestConversation(AccountId account, const QString &thread) const;
    /// Every way that leads into a conversation from there, besides those that go there now.
    std::vector<Route> routesOn(AccountId account, const QString &thread) const;
    std::vector<Route> routesOf(ConversationId conversation) const;
    /// What went into a card and can be undone, newest first.
    std::vector<CardJoin> joinsInto(CustomerId customer) const;
    std::vector<Likeness> likenessesOf(CustomerId customer) const;
    int conversationCount(CustomerId customer) const;
    /// Snoozed until `now` or earlier.
    std::vector<Conversation> snoozeDue(Time now, int limit) const;

    // Messages
    /// Oldest first within the page; the first page is the newest, `next` is older. Messages of one
    /// millisecond stand in the order in which they were applied.
    Result<api::PageOf<Message>> messages(ConversationId conversation, const api::Page &page) const;
    /// Inbound by its dedupe mark, outbound by the provider's id of a message in this account.
    std::optional<Message> messageByProviderId(AccountId account, const QString &providerId) const;
    /// Of every attachment that a message holds, each once. Takes seconds for a million messages.
    Result<std::vector<QByteArray>> attachmentHashes() const;
    std::optional<Message> lastInbound(ConversationId conversation) const;
    /// Scheduled with `sendAt` at or before `now`, earliest first.
    std::vector<Message> scheduledDue(Time now, int limit) const;
    int queuedOutbound() const; ///< messages queued or sending

    // Customers
    std::vector<Address> addressesOf(CustomerId customer) const;
    std::optional<Address> addressOf(const QString &kind, const QString &scope,
                                     const QString &value) const;
    /// Name or address begins with `text` (folded: case, diacritics); empty = all by name.
    Result<api::PageOf<Customer>> customers(const QString &text, const api::Page &page) const;
    Result<api::CustomerCard> card(CustomerId customer) const;
    /// Who else it may be, what went into it, who said stop.
    void addIdentity(api::CustomerCard &card) const;

    // Work
    /// Newest first.
    Result<api::PageOf<Task>> tasks(const std::optional<TaskStatus> &status,
                                    const api::Page &page) const;
    /// Every task that is not completed or canceled: the router's working set at start.
    std::vector<Task> openTasks() const;
    std::vector<Task> tasksOf(ConversationId conversation) const; ///< oldest first
    /// Null worker = all; no status = live ones (pending, accepted, wrapping). Newest first, at
    /// most 500.
    std::vector<Reservation> reservations(WorkerId worker,
                                          const std::optional<ReservationStatus> &status) const;
    std::vector<Reservation> reservationsOf(TaskId task) const; ///< oldest first
    /// Pending, accepted or wrapping: the router's working set at start. Not bounded by 500.
    std::vector<Reservation> liveReservations() const;

    // What erasing a person looks for
    /// Oldest first.
    std::vector<Message> messagesIn(ConversationId conversation, int limit) const;
    std::vector<ExecutionId> executionsOf(ConversationId conversation) const;
    /// Files that it holds or held before it was edited or deleted.
    Result<std::vector<QByteArray>> filesOf(MessageId message) const;
    /// Those that led to a fact which names one of the ids.
    std::vector<CommandId> commandsNaming(const std::vector<QByteArray> &ids) const;
    Result<CardHistory> cardHistory(CustomerId customer) const;
    /// Log index of the newest erasing fact; 0 = nothing was ever erased.
    quint64 newestErasure() const;

    // Ledger and flows
    /// Recorded answers from before `before` that are not recognised for ever, oldest first.
    std::vector<CommandId> passedCommands(Time before, int limit) const;
    std::vector<Effect> readyEffects(int limit) const;   ///< oldest first
    std::vector<Effect> claimedEffects(int limit) const; ///< oldest first
    std::vector<Effect> effectsOf(MessageId message) const;
    std::vector<Effect> effectsOf(ExecutionId execution) const;
    std::optional<Execution> activeExecution(ConversationId conversation) const;
    std::vector<Execution> activeExecutions(int limit) const;
    /// Active with a reply time-out at or before `now`, earliest first.
    std::vector<Execution> executionsDue(Time now, int limit) const;

    // History
    /// Facts after (index, ordinal), oldest first, at most `limit`, with their content restored
    /// unless it was erased. (index, -1) = from the batch's first fact.
    Result<std::vector<HistoricFact>> eventsAfter(quint64 index, int ordinal, int limit) const;
    /// The same, only facts that statistics are made of, at most 5,000.
    Result<std::vector<HistoricFact>> routingFactsAfter(quint64 index, int ordinal,
                                                        int limit) const;
    /// The first batch at or after `time`; past the last one if there is none.
    quint64 firstIndexAt(Time time) const;
    /// Of workers who changed since: the activity in which each was before `time`. Looks back over
    /// a bounded number of facts.
    std::map<WorkerId, ActivityId> activitiesBefore(Time time) const;
    /// Everything in history that touches this message: its own facts, its effects, its
    /// conversation's opening and tasks, their reservations. Oldest first, at most 500.
    Result<std::vector<HistoricFact>> factsAbout(MessageId message) const;
    /// Facts that name this id (message, conversation, task, reservation or effect), oldest first.
    Result<std::vector<HistoricFact>> factsNaming(const QByteArray &id, int limit) const;

    /// For tests: how SQLite runs the queries used so far.
    QStringList plans() const { return m_db->plans(); }

private:
    explicit OfficeReader(std::unique_ptr<Database> db);

    std::optional<QByteArray> body(const char *table, const QByteArray &id) const;
    std::vector<QByteArray> bodies(const char *table) const;
    void note(const Error &error) const;
    template <typename Record>
    std::optional<Record> decoded(const QByteArray &bytes) const;
    /// Decodes the first column of every row; a failure is noted as trouble.
    template <typename Record>
    std::vector<Record> list(const QString &sql, const QVariantList &values = {}) const;
    template <typename Record>
    std::optional<Record> first(const QString &sql, const QVariantList &values) const;
    qint64 number(const QString &sql, const QVariantList &values = {}) const;

    Result<std::vector<HistoricFact>> facts(const QString &sql, const QVariantList &values) const;
    std::vector<Conversation> conversationsIn(bool areDone, const api::ConversationFilter &filter,
                                              const QVariantList &after, int limit) const;

    std::unique_ptr<Database> m_db;
    mutable std::optional<Error> m_trouble;
};

template <typename Record>
std::optional<Record> OfficeReader::decoded(const QByteArray &bytes) const
{
    auto record = codec::decode<Record>(bytes);
    if (record)
        return std::move(*record);
    note({Error::Code::Storage,
          QStringLiteral("an unreadable row in %1").arg(QLatin1String(Record::table)),
          QStringLiteral("corrupt")});
    return std::nullopt;
}

template <typename Record>
std::optional<Record> OfficeReader::find(const typename Record::Key &key) const
{
    const auto bytes = body(Record::table, key.toBytes());
    return bytes ? decoded<Record>(*bytes) : std::nullopt;
}

template <typename Record>
std::vector<Record> OfficeReader::all() const
{
    std::vector<Record> records;
    for (const QByteArray &bytes : bodies(Record::table)) {
        if (auto record = decoded<Record>(bytes))
            records.push_back(std::move(*record));
    }
    return records;
}

} // namespace peerdesk::store
