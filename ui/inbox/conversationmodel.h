// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/context.h"

#include <QAbstractListModel>
#include <QHash>

namespace peerdesk::ui {

/// The rows of the conversation list, by id. It is handed rows and never asks for them. While calm
/// (UX-12) rows change in place, and changes of membership or order wait for applyPending().
class ConversationModel : public QAbstractListModel
{
    Q_OBJECT

public:
    enum Role { IdRole = Qt::UserRole + 1, IsGoneRole };

    ConversationModel(const Context &context, QObject *parent);

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    bool canFetchMore(const QModelIndex &parent) const override;
    void fetchMore(const QModelIndex &parent) override;

    /// Another view: everything changes at once.
    void reset(std::vector<Conversation> rows);
    /// The same view, read again: the smallest change that leads there.
    void merge(std::vector<Conversation> rows);
    /// A further page at the end; ids already here are skipped.
    void append(const std::vector<Conversation> &rows);
    /// One changed conversation that is already in the list.
    void update(const Conversation &conversation);
    void setHasMore(bool hasMore) { m_hasMore = hasMore; }

    void setCalm(bool isCalm);
    int pendingMoves() const;
    void applyPending();
    /// The selected conversation stays, greyed, when it leaves the view (UX-13).
    void setPinned(ConversationId id);

    void setDraft(ConversationId id, const QString &text);
    void setTyping(ConversationId id, bool isTyping);
    /// A message to the customer was not sent.
    void setFailed(ConversationId id, bool didFail);

    const Conversation &at(int row) const { return m_rows[size_t(row)]; }
    int rowOf(ConversationId id) const;
    bool isGone(int row) const { return at(row).id == m_gone; }
    bool isTyping(ConversationId id) const { return m_typing.contains(id); }
    bool didFail(ConversationId id) const { return m_failed.contains(id); }
    QString draft(ConversationId id) const { return m_drafts.value(id); }
    /// UX-81: the whole row in words.
    QString spokenText(int row) const;

Q_SIGNALS:
    void moreWanted();
    void pendingChanged(int moves);

private:
    void arrange(std::vector<Conversation> target);
    void touch(int row);
    bool isSameOrder(const std::vector<Conversation> &rows) const;

    const Context &m_context;
    std::vector<Conversation> m_rows;
    std::optional<std::vector<Conversation>> m_pending;
    QHash<ConversationId, QString> m_drafts;
    QSet<ConversationId> m_typing;
    QSet<ConversationId> m_failed;
    ConversationId m_pinned;
    ConversationId m_gone;
    bool m_isCalm = false;
    bool m_hasMore = false;
};

} // namespace peerdesk::ui
