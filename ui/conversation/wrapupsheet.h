// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/context.h"
#include "ui/common/widgets.h"
#include "ui/conversation/outbox.h"

#include <QComboBox>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QTimer>

namespace peerdesk::ui {

/// UX 3.7: what ends the work on a task: outcome, tags, a note, when to look again. A sheet at the
/// side, not a dialog: the agent may go on elsewhere, and what was filled in stays until the task
/// is finished or the window closes. A finished conversation is done, unless it is to be looked at
/// again. GUI thread.
class WrapUpSheet : public QWidget
{
    Q_OBJECT

public:
    static constexpr int MaxRecent = 3;

    WrapUpSheet(const Context &context, const Outbox &outbox, QWidget *parent);

    void open(const Conversation &conversation, const Task &task);
    void close();
    /// The task went on: shows what is left of its time; a task that is over closes the sheet.
    void showTask(const std::optional<Task> &task);
    ConversationId conversation() const { return m_conversation.id; }
    /// Sends what was filled in, completes the task and marks the conversation as done. Asks first
    /// when the customer's last message has no answer.
    void finish();
    /// The question is open.
    bool isAsking() const { return m_question->isVisibleTo(this); }
    QPushButton &anywayButton() { return *m_anyway; }
    QPushButton &backButton() { return *m_back; }
    QLineEdit &outcome() { return *m_outcome; }
    QLineEdit &tags() { return *m_tags; }
    QPlainTextEdit &note() { return *m_note; }

Q_SIGNALS:
    void finished(const peerdesk::Conversation &conversation, bool isDone);
    /// It failed after the sheet had closed, because the task is over.
    void failed(const QString &words);
    void closed();

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    struct Form
    {
        QString outcome;
        QString tags;
        QString note;
        int followUp = 0;
    };

    /// What is being finished; meanwhile the sheet may show another one.
    struct Ending
    {
        Conversation conversation;
        TaskId task;
        QString outcome;
        bool isDone;
    };

    void build();
    void keep();
    void showRecent();
    void showTime();
    Time followUpAt() const;
    void ask(bool isAsked);
    void onMessages(const Result<api::PageOf<Message>> &page);
    void sendAll();
    api::UpdateConversation update() const;
    void complete(const Ending &ending);
    void end(const Ending &ending);
    void submit(const api::Command &command, const std::function<void()> &next);

    const Context &m_context;
    const Outbox &m_outbox;
    Conversation m_conversation;
    Task m_task;
    std::map<ConversationId, Form> m_forms; ///< half-filled, while the window lives
    QStringList m_recent;                   ///< outcomes used last, newest first
    Label *m_title;
    Label *m_time;
    QLineEdit *m_outcome;
    QWidget *m_recentRow;
    QLineEdit *m_tags;
    QPlainTextEdit *m_note;
    QComboBox *m_followUp;
    Label *m_error;
    QWidget *m_question;
    Button *m_anyway;
    Button *m_back;
    Button *m_finish;
    QTimer m_timer;
};

} // namespace peerdesk::ui
