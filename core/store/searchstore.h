// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/domain/ids.h"

#include <QString>
#include <QVariant>

#include <memory>
#include <vector>

namespace peerdesk::store {

class Database;

/// What can be found of one message: `text` holds all that should match it (body, subject, the
/// customer's name).
struct SearchDocument
{
    MessageId message;
    ConversationId conversation;
    Time at;
    QString text; ///< at most MaxSearchText characters count
};

struct SearchHit
{
    MessageId message;
    ConversationId conversation;
    Time at;
    qint64 position = 0; ///< cursor: pass the last hit's as `before`
};

constexpr qsizetype MaxSearchText = 32 * 1024;

/// search.db: full text over messages, following office.db lazily with its own applied index; it
/// may be deleted at any time and is filled again. One object per thread.
class SearchStore
{
public:
    static Result<std::unique_ptr<SearchStore>> open(const QString &path);
    ~SearchStore();

    /// Log index up to which messages are indexed.
    quint64 appliedIndex() const;
    /// Adds or replaces documents, oldest first, and moves the applied index, in one transaction.
    Result<Done> index(const std::vector<SearchDocument> &documents, quint64 upTo);
    /// Forgets messages for good (erasing a person).
    Result<Done> remove(const std::vector<MessageId> &messages);
    /// What was removed is not in the file any more, see Database::scrub(). Slow.
    Result<Done> scrub();
    /// All words must occur; the last may be a beginning. Newest first. `before` = 0 starts at the
    /// newest. A text without any letter or digit finds nothing.
    Result<std::vector<SearchHit>> search(const QString &text, int limit, qint64 before = 0);
    /// Newest conversations in which one message matches, each once, at most `limit`.
    Result<std::vector<ConversationId>> conversations(const QString &text, int limit);

private:
    explicit SearchStore(std::unique_ptr<Database> db);
    Result<Done> indexAll(const std::vector<SearchDocument> &documents, quint64 upTo);
    /// The id that the forgotten document had; null if there was none.
    Result<QVariant> forget(MessageId message);

    std::unique_ptr<Database> m_db;
};

} // namespace peerdesk::store
