// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/api/desk.h"
#include "ui/onboarding/backstage.h"
#include "ui/onboarding/page.h"

#include <QStackedWidget>

namespace peerdesk::ui {

class ChatPage;
class MailPage;
class OtherPage;
class SnippetPage;

/// What an assistant borrows; all of it outlives it.
struct AssistantParts
{
    Look &look;
    api::Desk &desk;
    Workshop &workshop;
    api::Caller caller;
};

/// What a new channel may lead to and which channels there are.
struct ChannelPlan
{
    std::vector<Flow> flows;
    std::vector<Queue> queues;
    FlowId defaultFlow;
    std::vector<ChannelAccount> accounts;

    /// The first web chat; null if there is none.
    AccountId chat() const;
    /// The flow that leads straight to a person; the office's default where there is none.
    FlowId firstChoice() const;
};

/// Connects channels: e-mail, web chat, and the message to oneself that needs neither. The last
/// step of the first run, and a dialog afterwards. GUI thread.
class ChannelAssistant : public QWidget
{
    Q_OBJECT

public:
    explicit ChannelAssistant(const AssistantParts &parts, QWidget *parent = nullptr);

    /// The office's flows, queues and channels are read.
    bool isReady() const { return m_unread == 0; }
    MailPage &mail() { return *m_mail; }
    ChatPage &chat() { return *m_chat; }
    SnippetPage &snippet() { return *m_snippet; }
    OtherPage &other() { return *m_other; }
    Page &current() const;
    void showChoice();

Q_SIGNALS:
    /// The person is done here, with or without a channel.
    void finished();
    /// The web chat is there and the person is available: open a test chat with it.
    void testWanted(peerdesk::AccountId chat);

private:
    Page *buildChoice();
    void connectPages();
    void readPlan();
    void onRead();
    void turnTo(Page *page);
    void showSnippet(AccountId account);
    void openChat();
    void startTest();
    void becomeAvailable(AccountId chat);
    void refuse(const Error &error);

    AssistantParts m_parts;
    ChannelPlan m_plan;
    int m_unread = 0; ///< answers that are still to come
    QStackedWidget *m_pages;
    Page *m_choice;
    Label *m_connected;
    Button *m_finish;
    MailPage *m_mail;
    ChatPage *m_chat;
    SnippetPage *m_snippet;
    OtherPage *m_other;
};

} // namespace peerdesk::ui
