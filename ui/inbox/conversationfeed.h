// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/inbox/conversationmodel.h"

#include <QTimer>

namespace peerdesk::ui {

/// The views of the inbox. Later holds what the agent has put off; it is left out of the others
/// until its time comes. Queue holds what waits for a person: an open task that nobody has yet, the
/// same that the queues page counts; not what a bot still answers.
enum class InboxView { Mine, Queue, Team, Later, Done };

/// Fills the model from the Desk: pages on demand, and what changed: the first change at once,
/// those that follow it closely as one. GUI thread.
class ConversationFeed : public QObject
{
    Q_OBJECT

public:
    static constexpr int PageSize = 200;
    /// Counts beside the views stop here ("99+").
    static constexpr int CountLimit = 100;

    ConversationFeed(const Context &context, ConversationModel &model, QObject *parent);

    void setView(InboxView view);
    void setText(const QString &text);
    void setOrder(api::ConversationOrder order);
    InboxView view() const { return m_view; }
    const QString &text() const { return m_text; }
    api::ConversationOrder order() const { return m_order; }
    void reload();
    /// When the next of the agent's snoozed conversations comes back; not set = none is known.
    Time nextWake() const { return m_nextWake; }
    /// No change waits to be read.
    bool isSettled() const { return !m_isDirty; }

Q_SIGNALS:
    /// A first page has arrived, or failed.
    void loaded();
    void failed(const peerdesk::Error &error);
    void counted(peerdesk::ui::InboxView view, int count);

private:
    api::ConversationFilter filter(InboxView view) const;
    void onChanged(const api::Changes &changes);
    void onPauseEnded();
    void refresh();
    void loadMore();
    bool belongs(InboxView view, const Conversation &conversation) const;
    std::vector<Conversation> fitting(std::vector<Conversation> rows) const;
    void countAll();
    void count(InboxView view);
    void countQueue();
    void countMine(const std::vector<Conversation> &rows);
    void watchFailures(const api::Changes &changes);
    void onReply(const Message &message);

    const Context &m_context;
    ConversationModel &m_model;
    InboxView m_view = InboxView::Mine;
    QString m_text;
    api::ConversationOrder m_order = api::ConversationOrder::ReplyDueFirst;
    QString m_next;
    std::array<int, 2> m_waiting{}; ///< tasks that are pending, and reserved
    quint64 m_request = 0;          ///< answers to older requests are dropped
    QTimer m_pause;                 ///< after a refresh: what changes meanwhile is read together
    bool m_isDirty = false;         ///< something changed since the last refresh
    QTimer m_wake;                  ///< runs until the next snoozed conversation is due
    Time m_nextWake;
    std::map<ConversationId, MessageId> m_failures;
};

} // namespace peerdesk::ui
