// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/events/apply.h"
#include "core/events/batch.h"
#include "core/node/warm.h"
#include "core/store/officereader.h"

#include <functional>
#include <map>
#include <set>
#include <vector>

namespace peerdesk::node {

/// What all tables of the overlay share.
class OverlayBase : public events::Tables
{
public:
    explicit OverlayBase(store::OfficeReader &reader)
        : m_reader(reader)
    {}

protected:
    store::OfficeReader &m_reader;
    Warm m_warm;
    quint64 m_index = 0;                       ///< of the batch being decided
    std::vector<std::function<void()>> m_undo; ///< takes it back, last first
    bool m_isFollowing = false;
    std::vector<std::function<void()>> m_touched; ///< brings a warm record up to date
};

/// One table of the overlay after the other: each level overrides find, put and erase of its record
/// type.
template <typename... Records>
class OverlayTables;

template <>
class OverlayTables<> : public OverlayBase
{
public:
    using OverlayBase::OverlayBase;

protected:
    void rowsOf() const {}
    void current() const {}
    void evictRows(quint64) {}
    void forgetRows() {}
};

template <typename Record, typename... Rest>
class OverlayTables<Record, Rest...> : public OverlayTables<Rest...>
{
    using Key = typename Record::Key;

public:
    using OverlayTables<Rest...>::OverlayTables;

    std::optional<Record> find(const Key &key) const override
    {
        if (const auto row = m_rows.find(key); row != m_rows.end())
            return row->second.record;
        if (const Record *warm = this->m_warm.template find<Record>(key))
            return *warm;
        return this->m_reader.template find<Record>(key);
    }
    void put(const Record &record) override { write(record.key(), record); }
    void erase(const Key &key) override { write(key, std::nullopt); }

protected:
    struct Row
    {
        std::optional<Record> record; ///< nullopt = erased
        quint64 writtenAt = 0;        ///< index of the last batch that touched it
    };

    using OverlayTables<Rest...>::rowsOf;
    /// What is in flight of this record type.
    const std::map<Key, Row> &rowsOf(std::type_identity<Record>) const { return m_rows; }

    void evictRows(quint64 appliedIndex)
    {
        std::erase_if(m_rows,
                      [&](const auto &row) { return row.second.writtenAt <= appliedIndex; });
        OverlayTables<Rest...>::evictRows(appliedIndex);
    }
    void forgetRows()
    {
        m_rows.clear();
        OverlayTables<Rest...>::forgetRows();
    }

    /// `stored` as it is with what is in flight; only records that `fits` holds for.
    template <typename Fits>
    std::vector<Record> current(const std::vector<Record> &stored, const Fits &fits) const
    {
        std::map<Key, Record> found;
        for (const Record &record : stored)
            found.emplace(record.key(), record);
        for (const auto &[key, row] : m_rows) {
            found.erase(key);
            if (row.record && fits(*row.record))
                found.emplace(key, *row.record);
        }
        std::vector<Record> out;
        for (auto &[key, record] : found)
            out.push_back(std::move(record));
        return out;
    }
    using OverlayTables<Rest...>::current;

private:
    void write(const Key &key, const std::optional<Record> &record)
    {
        if (this->m_isFollowing) {
            this->m_touched.push_back([this, key] {
                this->m_warm.template keep<Record>(key, this->m_reader.template find<Record>(key));
            });
            return;
        }
        const auto row = m_rows.find(key);
        const std::optional<Row> before =
            row == m_rows.end() ? std::nullopt : std::optional(row->second);
        const std::optional<Record> warmBefore = find(key);
        this->m_undo.push_back([this, key, before, warmBefore] {
            if (before)
                m_rows[key] = *before;
            else
                m_rows.erase(key);
            this->m_warm.template keep<Record>(key, warmBefore);
        });
        m_rows[key] = {record, this->m_index};
        this->m_warm.template keep<Record>(key, record);
    }

    std::map<Key, Row> m_rows;
};

/// The one view that decisions read (design rule 3): office.db at its applied index, overlaid with
/// everything in flight. Thread: node.
class Overlay final : public events::Replicated<OverlayTables>
{
public:
    using events::Replicated<OverlayTables>::OverlayTables;

    /// Forgets what is in flight and loads the warm records from office.db. Errors: Storage.
    Result<Done> reload();

    /// Facts applied between begin() and commit() can be taken back by rollback().
    void begin(quint64 index);
    void commit() { m_undo.clear(); }
    void rollback();
    void apply(const events::Fact &fact, const events::Position &at);
    /// For what others decided and office.db has already: the warm records that it touched are read
    /// from there. Nothing may be in flight.
    void follow(const events::Batch &batch, quint64 index);
    /// office.db has everything up to here: rows last written at or below it are read from there
    /// again.
    void evict(quint64 appliedIndex) { evictRows(appliedIndex); }

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
    Result<std::vector<QByteArray>> filesOf(MessageId message) const
    {
        return m_reader.filesOf(message);
    }
    std::vector<CommandId> commandsNaming(const std::vector<QByteArray> &ids) const
    {
        return m_reader.commandsNaming(ids);
    }
    Result<store::OfficeReader::CardHistory> cardHistory(CustomerId customer) const
    {
        return m_reader.cardHistory(customer);
    }
    /// Whether another message than those in `besides` holds this file.
    bool isHeld(const QByteArray &sha256, const std::set<MessageId> &besides) const;

    template <typename Record>
    std::optional<Record> get(const typename Record::Key &key) const
    {
        return static_cast<const events::TableOf<Record> &>(*this).find(key);
    }
    const Warm &warm() const { return m_warm; }
};

} // namespace peerdesk::node
