// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/fields.h"
#include "core/base/result.h"
#include "core/domain/ids.h"

#include <memory>
#include <vector>

namespace peerdesk::store {

class Database;

enum class DraftMode { Reply, Note };

/// What an agent has typed and not sent; one per conversation, agent and mode.
struct Draft
{
    ConversationId conversation;
    AgentId agent;
    DraftMode mode = DraftMode::Reply;
    QString text;
    Json attachments;
    CommandId command; ///< the id under which it will be sent: a repeat is recognised
    Time changedAt;
    bool operator==(const Draft &) const = default;
};

/// A command of this PC that has not been answered yet: submitted again with the same id.
struct OutboxItem
{
    CommandId id;
    AgentId agent;
    SessionId session;
    QByteArray command; ///< encoded
    Time queuedAt;
    bool operator==(const OutboxItem &) const = default;
};

/// A provider's answer to an effect, kept until the report is committed (design rule 5).
struct JournalItem
{
    EffectId effect;
    CommandId command; ///< id of the report's command
    QByteArray report; ///< encoded
    Time at;
    bool operator==(const JournalItem &) const = default;
};

/// Most unanswered commands kept; more is Busy.
constexpr int MaxOutboxItems = 10'000;
constexpr int MaxJournalItems = 100'000;

/// local.db: what belongs to this PC alone. synchronous=FULL: what a call stored is on the disk.
/// One object per thread.
class LocalStore
{
public:
    static Result<std::unique_ptr<LocalStore>> open(const QString &path);
    ~LocalStore();

    /// Looks at every page. Errors: Storage, state "corrupt" if one is damaged.
    Result<Done> check() const;

    /// An empty text without attachments removes the draft.
    Result<Done> saveDraft(const Draft &draft);
    /// Errors: NotFound.
    Result<Draft> draft(ConversationId conversation, AgentId agent, DraftMode mode) const;
    Result<std::vector<Draft>> drafts(AgentId agent) const; ///< newest first

    /// Of everybody, for these conversations; nothing of them is left in the file.
    Result<Done> removeDrafts(const std::vector<ConversationId> &conversations);

    /// The same id again replaces nothing. Errors: Busy (MaxOutboxItems).
    Result<Done> addToOutbox(const OutboxItem &item);
    Result<Done> removeFromOutbox(CommandId id);
    Result<std::vector<OutboxItem>> outbox() const; ///< in the order of adding

    /// Call before proposing the report. The same effect and command again is kept once.
    Result<Done> journal(const JournalItem &item);
    Result<Done> removeFromJournal(CommandId command);
    Result<std::vector<JournalItem>> journalled() const; ///< in the order of adding

    Result<Done> setValue(const QString &key, const QByteArray &value);
    /// Empty if never set.
    Result<QByteArray> value(const QString &key) const;

private:
    explicit LocalStore(std::unique_ptr<Database> db);
    Result<int> count(const QString &sql) const;

    std::unique_ptr<Database> m_db;
};

} // namespace peerdesk::store
