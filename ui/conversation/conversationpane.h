// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/conversation/composer.h"
#include "ui/conversation/header.h"
#include "ui/conversation/outbox.h"
#include "ui/conversation/timelineview.h"

#include <QStackedWidget>

namespace peerdesk::ui {

/// One conversation: header, strips, timeline, composer. GUI thread.
class ConversationPane : public QWidget
{
    Q_OBJECT

public:
    ConversationPane(const Context &context, Drafts &drafts, Outbox &outbox, QWidget *parent);

    void open(ConversationId conversation);
    ConversationId conversation() const { return m_conversation.id; }
    CustomerId customer() const { return m_conversation.customer; }
    Composer &composer() { return *m_composer; }
    TimelineView &timeline() { return *m_timeline; }
    ConversationHeader &header() { return *m_header; }
    MessageModel &messages() { return *m_messages; }
    /// The words over everything else, e.g. that this PC is offline; empty hides it.
    void setBanner(const QString &text);

Q_SIGNALS:
    void customerShown(peerdesk::CustomerId customer);
    void backWanted();
    void cardWanted();

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void connectParts();
    void connectTimeline();
    void refresh();
    void onConversation(const Conversation &conversation);
    void loadTask();
    void loadRecipient();
    void showRecipient();
    void onChanged(const api::Changes &changes);
    void onPresence(const api::Presence &presence);
    void onTyped();
    void onSend(const Draft &draft);
    void onSendFailed(ConversationId conversation, const Error &error);
    void showHeld();
    void markRead();
    void submit(const api::Command &command);
    void saveAttachment(const Attachment &attachment);
    void openMail(const Message &message);
    void openLink(const QUrl &url);
    QWidget *buildEmptyPage();

    const Context &m_context;
    Drafts &m_drafts;
    Outbox &m_outbox;
    Conversation m_conversation;
    ConversationId m_wanted;
    std::optional<Task> m_task;
    QString m_recipient;
    MessageModel *m_messages;
    QStackedWidget *m_pages;
    ConversationHeader *m_header;
    Strip *m_banner;
    Strip *m_presence;
    Strip *m_error;
    TimelineView *m_timeline;
    Composer *m_composer;
    QTimer m_presenceTimer;
    QTimer m_typingPause;
    int m_heldSeconds = -1;
    Time m_markedUpTo;
};

} // namespace peerdesk::ui
