// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/ui/fakedesk.h"
#include "ui/conversation/draftstore.h"

namespace peerdesk::test {

/// 21 November 2026, 10:44 in Tokyo time, taken as local: the moment of all pictures.
Time demoTime();

/// Synthetic people and what they wrote.
class DemoOffice
{
public:
    explicit DemoOffice(FakeDesk &desk);

    api::Caller linh() const;
    void fill();
    /// An offer of a call by Carla, 14 of 20 seconds left.
    api::Offer offer();
    /// Long names, long texts, a hundred conversations.
    void makeBusy();
    void goOffline();
    /// Aiko's channel is down, and the last message to her was not sent.
    void breakChannel();
    /// Two colleagues take a break.
    void sendSomeAway();
    /// Tasks that wait.
    void fillQueues();
    /// Aiko's conversation stands below a post of ours, where `least` (a role, empty = everybody)
    /// may answer and hide. Her first comment.
    /// Messages can be changed, deleted and reacted to. The last text of ours.
    Message makeChangeable();
    Message makeComments(const QString &least);
    /// Aiko's conversation holds rich messages of most kinds.
    void fillRich();
    /// Queues with conditions, people with skills, two workflows, and who waits.
    void fillRouting();
    /// A recorded yesterday: 120 tasks in two hours, two of three for Billing.
    void fillLog();
    /// Task channels, flows, types of channels, and accounts that have a type, a flow and a PC.
    void fillSettings();
    ConversationId aiko() const { return m_aiko; }
    ConversationId carla() const { return m_carla; }

private:
    struct Row
    {
        QString name;
        QString channel;
        QString queue;
        QString text;
        int minutesAgo;
        int unread;
        std::optional<int> dueSeconds;
        int targetSeconds;
    };

    void fillPeople();
    void fillStatus();
    ConversationId addRow(const Row &row, bool isMine);
    void fillAiko();
    void fillAikoCard();
    Message inbound(const QString &text, int minute) const;
    Message ours(const QString &text, int minute, MessageKind kind, MessageState state) const;
    QueueId queue(const QString &name) const;

    FakeDesk &m_desk;
    ConversationId m_aiko;
    ConversationId m_carla;
};

/// Drafts in memory.
class FakeDraftStore : public ui::DraftStore
{
public:
    std::vector<ui::Draft> drafts;
    int saves = 0;
    std::optional<Error> failWith;

    void load(AgentId agent, Completion<std::vector<ui::Draft>> done) override;
    void save(const ui::Draft &draft, Completion<Done> done) override;
};

} // namespace peerdesk::test
