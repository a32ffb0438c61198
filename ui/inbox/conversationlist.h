// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/inbox/conversationmodel.h"

#include <QElapsedTimer>
#include <QListView>
#include <QTimer>

namespace peerdesk::ui {

/// The list widget: keeps the selection by id, is calm while the agent's hand or a menu is on it,
/// and repaints times on one shared timer, visible rows only.
class ConversationList : public QListView
{
    Q_OBJECT

public:
    ConversationList(const Context &context, ConversationModel &model, QWidget *parent);

    void select(ConversationId id);
    ConversationId selected() const { return m_selected; }
    /// Selects the row `step` away from the selected one.
    void move(int step);
    /// UX-14: what Shift and Ctrl have gathered; empty unless there are two or more.
    std::vector<Conversation> gathered() const;
    void dropGathered();
    void keyboardSearch(const QString &) override {}
    /// Rows are equally high: what changed is painted, nothing is laid out anew.
    void dataChanged(const QModelIndex &topLeft, const QModelIndex &bottomRight,
                     const QList<int> &roles = {}) override
    {
        QAbstractItemView::dataChanged(topLeft, bottomRight, roles);
    }

Q_SIGNALS:
    void conversationSelected(peerdesk::ConversationId id);
    void gatheredChanged(int count);
    /// From a row's menu (right click or menu key), by supervisors.
    void whyWanted(peerdesk::TaskId task);

protected:
    void contextMenuEvent(QContextMenuEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void selectionChanged(const QItemSelection &selected,
                          const QItemSelection &deselected) override;
    void currentChanged(const QModelIndex &current, const QModelIndex &previous) override;
    void enterEvent(QEnterEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    void restoreSelection();
    void updateCalm();
    void tick();
    bool hasCloseDeadline() const;

    const Context &m_context;
    ConversationModel &m_model;
    ConversationId m_selected;
    bool m_isRestoring = false;
    bool m_isGathering = false; ///< Shift or Ctrl is held in this event
    bool m_hasMenu = false;     ///< a row's menu is open
    QTimer m_clockTimer;
    QTimer m_keyTimer;
};

} // namespace peerdesk::ui
