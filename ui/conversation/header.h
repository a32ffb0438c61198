// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/context.h"
#include "ui/common/widgets.h"
#include "ui/conversation/ways.h"

#include <QMenu>
#include <QTimer>

namespace peerdesk::ui {

/// Who this is, where it runs, what is due, and what can be done with it. Only actions that work in
/// the conversation's present state are offered.
class ConversationHeader : public QWidget
{
    Q_OBJECT

public:
    ConversationHeader(const Context &context, QWidget *parent);

    void showConversation(const Conversation &conversation, const std::optional<Task> &task);
    /// On which other channels it could go on.
    void setWays(const std::vector<Way> &ways) { m_ways = ways; }
    /// In narrow windows: a way back to the list.
    void setBackVisible(bool on) { m_back->setVisible(on); }
    QPushButton &mainButton() { return *m_main; }
    QToolButton &transferButton() { return *m_transfer; }
    QToolButton &cardButton() { return *m_card; }
    void openTransfer();
    void openSnooze();
    void openMore();

Q_SIGNALS:
    void commandWanted(const peerdesk::api::Command &command);
    void backWanted();
    void cardWanted();
    /// The end of the work on the task: outcome, tags, follow-up.
    void wrapUpWanted();
    /// Why it waits, or why it is with whom it is.
    void whyWanted(peerdesk::TaskId task);

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    bool isMine() const;
    bool isDone() const;
    QString subtitle() const;
    void refresh();
    void refreshDue();
    void runMain();
    std::vector<Agent> colleagues() const;
    void addWays(QMenu &menu);
    QMenu *newMenu();

    const Context &m_context;
    Conversation m_conversation;
    std::optional<Task> m_task;
    std::vector<Way> m_ways;
    IconButton *m_back;
    Avatar *m_avatar;
    Label *m_name;
    ChipLabel *m_due;
    Label *m_subtitle;
    IconButton *m_transfer;
    IconButton *m_snooze;
    IconButton *m_more;
    IconButton *m_card;
    Button *m_main;
    QTimer m_timer;
};

} // namespace peerdesk::ui
