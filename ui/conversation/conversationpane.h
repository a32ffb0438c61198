// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/conversation/channelstrip.h"
#include "ui/conversation/collision.h"
#include "ui/conversation/composer.h"
#include "ui/conversation/findbar.h"
#include "ui/conversation/header.h"
#include "ui/conversation/libraries.h"
#include "ui/conversation/outbox.h"
#include "ui/conversation/picturesource.h"
#include "ui/conversation/timelineview.h"

#include <QStackedWidget>

namespace peerdesk::ui {

/// What the pane works with besides the context; all of it outlives the pane.
struct ConversationParts
{
    Drafts &drafts;
    Outbox &outbox;
    Preferences &preferences;
    OfficeState &office;
    PictureSource *pictures = nullptr; ///< may be absent
};

/// One conversation: header, strips, timeline, composer. GUI thread.
class ConversationPane : public QWidget
{
    Q_OBJECT

public:
    ConversationPane(const Context &context, const ConversationParts &parts, QWidget *parent);

    /// With `words`, finds them in it.
    void open(ConversationId conversation, const QString &words = {});
    ConversationId conversation() const { return m_conversation.id; }
    CustomerId customer() const { return m_conversation.customer; }
    Composer &composer() { return *m_composer; }
    TimelineView &timeline() { return *m_timeline; }
    ConversationHeader &header() { return *m_header; }
    MessageModel &messages() { return *m_messages; }
    FindBar &findBar() { return *m_find; }
    Collision &collision() { return *m_collision; }
    const Conversation &current() const { return m_conversation; }
    const std::optional<Task> &task() const { return m_task; }
    /// What stands between the text and Send: a colleague's answer, an empty placeholder.
    Strip &guard() { return *m_guard; }
    /// What went wrong, or is not known.
    Strip &errorStrip() { return *m_error; }
    Strip &presenceStrip() { return *m_presence; }
    ChannelStrip &channelStrip() { return *m_channel; }
    /// Into the reply, or beside it.
    void useLibraryItem(const LibraryItem &item);

Q_SIGNALS:
    void customerShown(peerdesk::CustomerId customer);
    /// What is kept for replies, as far as the open conversation's channel takes it.
    void librariesShown(const peerdesk::ui::Libraries &libraries);
    void backWanted();
    void cardWanted();
    /// The button or the key for the end of the work on it.
    void wrapUpWanted();
    void whyWanted(peerdesk::TaskId task);
    /// The task of the open conversation was read; no value = it has none.
    void taskShown(const std::optional<peerdesk::Task> &task);

protected:
    void changeEvent(QEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    enum class Guard { None, Colleague, Placeholder };

    void build();
    void connectParts();
    void connectOutbox();
    void connectTimeline();
    void refresh();
    void onConversation(const Conversation &conversation);
    void loadTask();
    void loadRecipient();
    void showReach();
    void showLibraries();
    void continueBy(const Way &way);
    void showRecipient();
    void showRights();
    void onAction(MessageId message, MessageAction action, const QString &text);
    void edit(const api::SendMessage &command);
    void onChanged(const api::Changes &changes);
    void showPresence();
    void showOffice();
    void onSend(const Draft &draft, Time sendAt);
    /// Shows what speaks against sending this; None = nothing.
    Guard check(const Draft &draft);
    /// How things stand, for a text that may have to wait for the office.
    api::WaitedSince seen() const;
    void review();
    void onSendFailed(ConversationId conversation, const Error &error);
    void showHeld();
    void showUnknown();
    void markRead();
    void submit(const api::Command &command);
    void saveAttachment(const Attachment &attachment);
    void showPicture(const Attachment &attachment);
    void openMail(const Message &message);
    void openLink(const QUrl &url);
    QWidget *buildEmptyPage();

    const Context &m_context;
    ConversationParts m_parts;
    Conversation m_conversation;
    ConversationId m_wanted;
    QString m_words; ///< to be found once the messages are there
    std::optional<Task> m_task;
    QString m_recipient;
    api::CustomerCard m_card;
    MessageModel *m_messages;
    Collision *m_collision;
    QStackedWidget *m_pages;
    ConversationHeader *m_header;
    ChannelStrip *m_channel;
    Strip *m_presence;
    Strip *m_error;
    TimelineView *m_timeline;
    FindBar *m_find;
    Strip *m_guard;
    Composer *m_composer;
    Guard m_guarding = Guard::None;
    int m_guardRow = -1;
    Time m_guardedSendAt;
    bool m_isGuardPassed = false;
    Time m_markedUpTo;
    bool m_isUnknownShown = false; ///< the strip says that an outcome is not known
};

} // namespace peerdesk::ui
