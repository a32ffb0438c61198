// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/routingdoor.h"

#include "ui/routing/explanation.h"

namespace peerdesk::ui {

RoutingDoor::RoutingDoor(const Context &context, Rules *rules, QWidget *parent)
    : QObject(parent)
    , m_context(context)
    , m_parent(parent)
    , m_page(new RoutingPage(context, rules, parent))
{}

void RoutingDoor::watch(QueuesPage &queues, ConversationList &list, ConversationPane &conversation)
{
    connect(&list, &ConversationList::whyWanted, this, &RoutingDoor::openWhy);
    connect(&queues, &QueuesPage::whyWanted, this, &RoutingDoor::openWhy);
    connect(&conversation, &ConversationPane::whyWanted, this, &RoutingDoor::openWhy);
}

void RoutingDoor::setOpenPerson(std::function<void(AgentId)> open)
{
    connect(m_page, &RoutingPage::personWanted, this, std::move(open));
}

void RoutingDoor::openWhy(TaskId task)
{
    (new WhyDialog(m_context, task, m_parent->window()))->open();
}

} // namespace peerdesk::ui

#include "moc_routingdoor.cpp"
