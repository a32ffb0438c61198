// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "core/node/decision.h"

/// What a PC that the office went on without brings back: evidence first, the furthest state wins,
/// and what may not have been sent is held for a person (design rule 10).
namespace peerdesk::node {

using namespace Qt::StringLiterals;
using namespace events;

namespace {

/// How far a message has come; what went further is not taken back.
int rank(MessageState state)
{
    switch (state) {
    case MessageState::Read:
        return 5;
    case MessageState::Delivered:
        return 4;
    case MessageState::Sent:
        return 3;
    case MessageState::Uncertain:
        return 2;
    case MessageState::Failed:
        return 1;
    default:
        return 0;
    }
}

/// Where it stands for the office: what was under way there may have left.
MessageState stateNow(MessageState there)
{
    switch (there) {
    case MessageState::Queued:
    case MessageState::Scheduled:
        return MessageState::Failed;
    case MessageState::Sending:
        return MessageState::Uncertain;
    default:
        return there;
    }
}

QString heldBecause(MessageState there)
{
    return stateNow(there) == there
               ? QString()
               : u"Written on a PC that the office went on without: read it again before you send"_s;
}

/// A reply, or what was to be done to a message at the provider.
bool isOutgoing(const Message &message)
{
    return message.kind == MessageKind::Reply ||
           (message.kind == MessageKind::System &&
            json::object(message.headers).contains(u"action"_s));
}

class Salvage
{
public:
    Salvage(Decision &decision, const api::SalvageMessage &command)
        : m_decision(decision)
        , m_command(command)
    {}

    Decided run()
    {
        const Message &there = m_command.message;
        if (const auto known = m_decision.get<Message>(there.id))
            return advance(*known);
        const CustomerId customer = findOrCreateCustomer();
        const ConversationId conversation = findOrOpenConversation(customer);
        Message message = there;
        message.conversation = conversation;
        there.kind == MessageKind::Inbound ? receive(message) : add(message);
        return about(message.id,
                     enumName(m_decision.get<Message>(message.id).value_or(message).state));
    }

private:
    Decided advance(const Message &known)
    {
        const Message &there = m_command.message;
        const bool isAltered = alter(known);
        const bool isFurther = isOutgoing(known) && rank(there.state) > rank(known.state) &&
                               there.state != MessageState::Failed;
        if (isFurther)
            m_decision.record(MessageStateChanged{known.id, there.state, there.providerId,
                                                  there.failure, known.attempts});
        return about(known.id, isFurther   ? enumName(there.state)
                               : isAltered ? u"altered"_s
                                           : u"known"_s);
    }

    /// What was changed, deleted or reacted to there, and not here or not as late. True = anything.
    bool alter(const Message &known)
    {
        const Message &there = m_command.message;
        const size_t before = m_decision.facts().size();
        for (const auto &[reactor, emoji] : there.reactions) {
            if (!known.reactions.contains(reactor))
                m_decision.record(
                    MessageAltered{known.id, {}, false, reactor, emoji, m_decision.now()});
        }
        if (there.deletedAt.isSet() && !known.deletedAt.isSet())
            m_decision.record(MessageAltered{known.id, {}, true, {}, {}, there.deletedAt});
        else if (there.editedAt > known.editedAt && !known.deletedAt.isSet())
            m_decision.record(
                MessageAltered{known.id, there.content, false, {}, {}, there.editedAt});
        return m_decision.facts().size() > before;
    }

    CustomerId findOrCreateCustomer()
    {
        CustomerId customer;
        if (m_decision.get<Customer>(m_command.customer.id))
            customer = m_command.customer.id;
        for (const Address &address : m_command.addresses) {
            const auto known = m_decision.view().addressOf(identityOf(address));
            if (known && customer.isNull())
                customer = known->customer;
        }
        if (customer.isNull()) {
            customer = m_command.customer.id;
            m_decision.record(CustomerCreated{m_command.customer});
        }
        for (const Address &address : m_command.addresses) {
            const Identity identity = identityOf(address);
            if (!m_decision.view().addressOf(identity))
                m_decision.record(AddressLinked{{m_decision.newAddressId(identity), customer,
                                                 address.kind, address.scope, address.value,
                                                 address.display, address.evidence}});
        }
        return customer;
    }

    static Identity identityOf(const Address &address)
    {
        Identity identity;
        identity.kind = address.kind;
        identity.scope = address.scope;
        identity.value = address.value;
        identity.display = address.display;
        identity.evidence = address.evidence;
        return identity;
    }

    ConversationId findOrOpenConversation(CustomerId customer)
    {
        const Conversation &there = m_command.conversation;
        auto known = m_decision.get<Conversation>(there.id);
        if (!known)
            known = m_decision.view().byThread(there.account, there.thread);
        if (known) {
            if (isDone(known->status) && m_command.message.kind == MessageKind::Inbound)
                m_decision.record(ConversationUpdated{known->id, ConversationStatus::Open, {}, {}});
            return known->id;
        }
        Conversation conversation;
        conversation.id = there.id;
        conversation.customer = customer;
        conversation.customerName = there.customerName;
        conversation.account = there.account;
        conversation.channel = there.channel;
        conversation.thread = there.thread;
        conversation.subject = there.subject;
        conversation.tags = there.tags;
        conversation.createdAt = there.createdAt;
        const auto reached =
            std::find_if(m_command.addresses.begin(), m_command.addresses.end(),
                         [&](const Address &address) { return address.id == there.address; });
        if (reached != m_command.addresses.end())
            conversation.address =
                m_decision.view().addressOf(identityOf(*reached)).value_or(Address{}).id;
        m_decision.record(ConversationOpened{conversation});
        return conversation.id;
    }

    /// No flow answers what it may have answered already: who wrote last waits for a person.
    void receive(const Message &message)
    {
        const AccountId account = m_command.conversation.account;
        m_decision.record(MessageReceived{message, account, {}});
        const auto id = Seen::idFor(account, message.providerId);
        if (!m_decision.get<Seen>(id))
            m_decision.record(ItemSeen{account, {id, message.id}});
        const auto conversation = m_decision.get<Conversation>(message.conversation);
        if (m_command.isLast && conversation && conversation->task.isNull())
            (void)createTask(m_decision, *conversation, {}); // else it stands open and unassigned
    }

    void add(Message message)
    {
        const MessageState there = message.state;
        if (isOutgoing(message)) {
            message.state = stateNow(there);
            message.sendAt = {};
            if (const QString why = heldBecause(there); !why.isEmpty())
                message.failure = why;
        }
        m_decision.record(MessageAdded{message});
        const bool isHeld = isOutgoing(message) && rank(message.state) < 3;
        if (!isHeld || message.state == MessageState::Canceled)
            return;
        Effect effect; // what "Send again" takes up
        effect.id = derivedId<EffectId>(message.id, "send");
        effect.kind = EffectKind::SendMessage;
        effect.account = m_command.conversation.account;
        effect.conversation = message.conversation;
        effect.message = message.id;
        m_decision.record(EffectIntended{effect});
        m_decision.record(EffectEnded{effect.id, message.state == MessageState::Uncertain
                                                     ? EffectState::Uncertain
                                                     : EffectState::Failed});
    }

    Decision &m_decision;
    const api::SalvageMessage &m_command;
};

QString joined(const std::vector<QString> &tags)
{
    return QStringList(tags.begin(), tags.end()).join(u", "_s);
}

} // namespace

Decided decide(Decision &decision, const api::SalvageMessage &command)
{
    if (command.message.id.isNull() || command.conversation.id.isNull() ||
        command.customer.id.isNull())
        return invalid(u"a message, its conversation and its customer"_s);
    if (isErased(decision, command.customer.id, command.conversation.id))
        return about(command.message.id, u"erased"_s);
    return Salvage(decision, command).run();
}

Decided decide(Decision &decision, const api::SalvageCustomer &command)
{
    const Customer &there = command.customer;
    const auto here = decision.get<Customer>(there.id);
    if (!here)
        return about(there.id, u"unknown"_s); // it comes with its messages
    if (*here == there)
        return about(there.id, u"known"_s);
    CustomerUpdated update{there.id, {}, {}, {}, {}, {}};
    if (!command.hasConflict) {
        update = {there.id, there.name, there.language, there.facts, there.tags, there.notes};
    } else {
        QStringList differing;
        const auto compare = [&](const QString &what, const QString &ours, const QString &theirs) {
            if (ours != theirs)
                differing += u"%1: %2"_s.arg(what, theirs);
        };
        compare(u"name"_s, here->name, there.name);
        compare(u"language"_s, here->language, there.language);
        compare(u"tags"_s, joined(here->tags), joined(there.tags));
        compare(u"facts"_s, QString::fromUtf8(here->facts.text),
                QString::fromUtf8(there.facts.text));
        compare(u"notes"_s, here->notes, there.notes);
        if (differing.isEmpty())
            return about(there.id, u"known"_s);
        update.notes = here->notes + (here->notes.isEmpty() ? QString() : u"\n"_s) +
                       u"[%1 has] %2"_s.arg(command.from, differing.join(u"; "_s));
    }
    decision.record(update);
    return about(there.id, command.hasConflict ? u"conflict"_s : u"taken"_s);
}

} // namespace peerdesk::node
