// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/conversation/conversationpane.h"
#include "ui/inbox/conversationlist.h"
#include "ui/routing/routingpage.h"
#include "ui/shell/queuespage.h"

namespace peerdesk::ui {

/// From where supervisors reach routing: its page, and why a task waits from the queues, from the
/// list and from a conversation. GUI thread.
class RoutingDoor : public QObject
{
    Q_OBJECT

public:
    /// All of it outlives this. `parent` holds the page.
    RoutingDoor(const Context &context, Rules *rules, QWidget *parent);
    RoutingPage &page() { return *m_page; }
    void watch(QueuesPage &queues, ConversationList &list, ConversationPane &conversation);
    void openWhy(TaskId task);
    /// How the window shows a person.
    void setOpenPerson(std::function<void(AgentId)> open);

private:
    const Context &m_context;
    QWidget *m_parent;
    RoutingPage *m_page;
};

} // namespace peerdesk::ui
