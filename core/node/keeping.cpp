// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/node/decision.h"

#include <algorithm>

/// What of customers and history comes in and goes away as a whole: erasing a person, and what was
/// kept elsewhere before.
namespace peerdesk::node {

using namespace Qt::StringLiterals;
using namespace events;

namespace {

/// Of one step of an erasure, which is one batch: what is more waits for the next.
constexpr int MaxErasedMessages = 500;
constexpr int MaxErasedConversations = 15;
constexpr size_t MaxImportedMessages = 100;

template <typename Record>
void addIds(const std::vector<Record> &records, std::vector<typename Record::Key> &into)
{
    for (const Record &record : records)
        into.push_back(record.id);
}

/// One step: what of a customer goes away now, as one fact.
class Erasure
{
public:
    Erasure(Decision &decision, const Customer &customer)
        : m_decision(decision)
        , m_customer(customer)
    {}

    Decided run()
    {
        const auto conversations =
            m_decision.view().conversationsOf(m_customer.id, MaxErasedConversations + 1);
        for (const Conversation &conversation : conversations) {
            if (!m_hasMore)
                take(conversation);
        }
        if (const Result<Done> chosen = chooseFiles(); !chosen)
            return chosen.error();
        m_erased.commands = commandsOf();
        if (!(m_erased == ContentErased{}))
            m_decision.record(m_erased);
        if (!m_routes.routes.empty())
            m_decision.record(m_routes);
        if (m_hasMore)
            return about(m_customer.id, u"more"_s);
        return eraseCard();
    }

private:
    const Overlay &view() const { return m_decision.view(); }

    void take(const Conversation &conversation)
    {
        const int room = MaxErasedMessages - int(m_erased.messages.size());
        if (room <= 0 || m_erased.conversations.size() >= MaxErasedConversations) {
            m_hasMore = true;
            return;
        }
        (void)closeWork(m_decision, conversation, u"erased"_s); // an admin may end anybody's work
        std::vector<Message> messages = view().messagesIn(conversation.id, room + 1);
        const bool isWhole = int(messages.size()) <= room;
        if (!isWhole)
            messages.resize(size_t(room));
        for (const Message &message : messages) {
            m_erased.messages.push_back(message.id);
            addIds(view().effectsOf(message), m_erased.effects);
        }
        m_hasMore = !isWhole;
        if (isWhole)
            takeRest(conversation);
    }

    void takeRest(const Conversation &conversation)
    {
        m_erased.conversations.push_back(conversation.id);
        addIds(view().routesOf(conversation.id), m_routes.routes);
        const std::vector<Execution> executions = view().executionsOf(conversation.id);
        addIds(executions, m_erased.executions);
        for (const Execution &execution : executions)
            addIds(view().effectsOf(execution.id), m_erased.effects);
        const std::vector<Task> tasks = view().tasksOf(conversation.id);
        addIds(tasks, m_erased.tasks);
        for (const Task &task : tasks)
            addIds(view().reservationsOf(task.id), m_erased.reservations);
    }

    /// Files that nobody else's message holds.
    Result<Done> chooseFiles()
    {
        const std::set<MessageId> going(m_erased.messages.begin(), m_erased.messages.end());
        std::set<QByteArray> files;
        for (const MessageId &id : m_erased.messages) {
            const auto message = m_decision.get<Message>(id);
            for (const Attachment &held :
                 message ? message->content.attachments : std::vector<Attachment>())
                files.insert(held.sha256);
            const auto earlier = view().filesOf(id);
            if (!earlier)
                return earlier.error();
            files.insert(earlier->begin(), earlier->end());
        }
        for (const QByteArray &sha256 : files) {
            if (!view().isHeld(sha256, going))
                m_erased.attachments.push_back(sha256);
        }
        return Done{};
    }

    std::vector<CommandId> commandsOf() const
    {
        std::vector<QByteArray> ids;
        const auto add = [&ids](const auto &all) {
            for (const auto &id : all)
                ids.push_back(id.toBytes());
        };
        add(m_erased.messages);
        add(m_erased.conversations);
        add(m_erased.effects);
        add(m_erased.tasks);
        add(m_erased.reservations);
        return recorded(view().commandsNaming(ids));
    }
    /// Those whose answer is still remembered.
    std::vector<CommandId> recorded(std::vector<CommandId> commands) const
    {
        std::erase_if(commands,
                      [this](CommandId id) { return !m_decision.get<CommandRecord>(id); });
        return commands;
    }

    Decided eraseCard()
    {
        const auto history = view().cardHistory(m_customer.id);
        if (!history)
            return history.error();
        CustomerErased erased{m_customer.id, history->merged, {}, recorded(history->commands)};
        for (const Address &address : view().addressesOf(m_customer.id))
            erased.addresses.push_back(address.id);
        m_decision.record(erased);
        return about(m_customer.id, u"erased"_s);
    }

    Decision &m_decision;
    const Customer m_customer;
    ContentErased m_erased;
    RoutesForgotten m_routes;
    bool m_hasMore = false;
};

bool isSure(Evidence evidence)
{
    return evidence != Evidence::Typed;
}

/// What was on its way elsewhere does not leave from here.
MessageState importedState(MessageState there)
{
    switch (there) {
    case MessageState::Scheduled:
    case MessageState::Queued:
        return MessageState::Canceled;
    case MessageState::Sending:
        return MessageState::Uncertain;
    default:
        return there;
    }
}

/// The past as such: nobody's work, nothing due.
Conversation asPast(const Decision &decision, Conversation conversation)
{
    if (!isDone(conversation.status))
        conversation.status = ConversationStatus::Closed;
    if (!decision.get<ChannelAccount>(conversation.account))
        conversation.account = {};
    if (!decision.get<Agent>(conversation.lastAgent))
        conversation.lastAgent = {};
    conversation.assignee = {};
    conversation.task = {};
    conversation.queue = {};
    conversation.snoozeUntil = {};
    conversation.replyDueAt = {};
    conversation.question = {};
    conversation.unread = 0;
    conversation.readUpTo = conversation.lastMessageAt;
    return conversation;
}

} // namespace

bool isErased(const Decision &decision, CustomerId customer, ConversationId conversation)
{
    return decision.get<Tombstone>(Tombstone::idFor(customer)) ||
           (!conversation.isNull() && decision.get<Tombstone>(Tombstone::idFor(conversation)));
}

Decided decide(Decision &decision, const api::EraseCustomer &command)
{
    const auto customer = decision.get<Customer>(command.customer);
    if (!customer)
        return notFound(u"no such customer"_s);
    return Erasure(decision, *customer).run();
}

Decided decide(Decision &decision, const api::ImportCard &command)
{
    const Customer &card = command.customer;
    if (card.id.isNull())
        return invalid(u"a card needs an id"_s);
    if (isErased(decision, card.id, {}))
        return about(card.id, u"erased"_s);
    if (decision.get<Customer>(card.id))
        return about(card.id, u"known"_s);
    std::vector<Identity> fresh;
    for (const Identity &identity : command.addresses) {
        const auto known = decision.view().addressOf(identity);
        if (known && isSure(known->evidence) && isSure(identity.evidence))
            return about(known->customer, u"known"_s); // the same person has a card here
        if (!known)
            fresh.push_back(identity);
    }
    decision.record(CustomerCreated{card});
    for (const Identity &identity : fresh)
        decision.record(
            AddressLinked{{decision.newAddressId(identity), card.id, identity.kind, identity.scope,
                           identity.value, identity.display, identity.evidence}});
    return about(card.id, u"created"_s);
}

Decided decide(Decision &decision, const api::ImportConversation &command)
{
    if (command.conversation.id.isNull() || command.messages.size() > MaxImportedMessages)
        return invalid(u"a conversation with at most %1 messages"_s.arg(MaxImportedMessages));
    if (isErased(decision, command.conversation.customer, command.conversation.id))
        return about(command.conversation.id, u"erased"_s);
    if (!decision.get<Customer>(command.conversation.customer))
        return notFound(u"the conversation's customer has to come first"_s);
    bool isNew = false;
    if (!decision.get<Conversation>(command.conversation.id)) {
        Conversation conversation = asPast(decision, command.conversation);
        conversation.address = decision.view().addressOf(command.address).value_or(Address{}).id;
        decision.record(ConversationImported{conversation});
        isNew = true;
    }
    for (Message message : command.messages) {
        if (message.id.isNull() || decision.get<Message>(message.id))
            continue;
        message.conversation = command.conversation.id;
        message.state = importedState(message.state);
        message.sendAt = {};
        message.content.html.clear(); // nobody has cleaned it; the text says the same
        if (!decision.get<Agent>(message.author))
            message.author = {};
        decision.record(MessageImported{message});
        isNew = true;
    }
    return about(command.conversation.id, isNew ? u"created"_s : u"known"_s);
}

} // namespace peerdesk::node
