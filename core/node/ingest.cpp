// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "core/domain/providerids.h"
#include "core/node/decision.h"
#include "core/node/flows.h"
#include "core/node/richcontent.h"

#include <QCryptographicHash>

/// What providers deliver becomes customers, conversations and messages. Ingest never refuses an
/// item.
namespace peerdesk::node {

using namespace Qt::StringLiterals;
using namespace events;

namespace {

/// A message to a conversation closed longer ago than this starts a new one. Source: decisions,
/// "States".
constexpr Milliseconds ReopenWithin = std::chrono::days(30);
/// Mail without any reference joins a conversation of the same sender and subject this long after
/// its last message.
constexpr Milliseconds SubjectJoinWithin = std::chrono::days(14);

/// What tells two mails of one Message-ID apart, and stays the same however often one of them is
/// delivered and whichever version of the program reads it: no parsed body.
QStringList marksOf(const Json &headers, const QString &subject)
{
    constexpr qsizetype ShownSubject = 200; // what a quarantined item keeps of it
    const QJsonObject all = json::object(headers);
    const QString from = all.value(u"from"_s)[0][u"address"_s].toString();
    if (from.isEmpty())
        return {}; // no mail, or taken in without its headers
    return {from, all.value(u"date"_s).toString(), subject.left(ShownSubject),
            all.value(u"body_hash"_s).toString()};
}

/// Whether `item` is the one that became `known`. What either lacks tells nothing.
bool isSame(const InboundItem &item, const Message &known)
{
    const QStringList ours = marksOf(item.headers, item.content.subject);
    const QStringList theirs = marksOf(known.headers, known.content.subject);
    if (ours.isEmpty() || theirs.isEmpty())
        return true;
    const bool isBodyKnown = !ours.last().isEmpty() && !theirs.last().isEmpty();
    return ours.first(3) == theirs.first(3) && (!isBodyKnown || ours.last() == theirs.last());
}

/// The item under a key of its own: the Message-ID stays with the mail that had it first.
InboundItem renamed(InboundItem item)
{
    const QByteArray marks = marksOf(item.headers, item.content.subject).join(QChar(0)).toUtf8();
    const QByteArray hash = QCryptographicHash::hash(marks, QCryptographicHash::Sha256).toHex();
    const QString own = item.providerId + u'#' + QString::fromLatin1(hash);
    if (item.thread == item.providerId)
        item.thread = own; // it begins a thread: not that of somebody else's mail
    item.providerId = own;
    return item;
}

/// One item on its way in.
class Arrival
{
public:
    Arrival(Decision &decision, const ChannelAccount &account, const InboundItem &item)
        : m_decision(decision)
        , m_account(account)
        , m_item(isTakenByAnother(item) ? renamed(item) : item)
    {}

    void run()
    {
        if (seen(m_item))
            return;
        switch (m_item.kind) {
        case ItemKind::Receipt:
            return takeReceipt();
        case ItemKind::Edited:
        case ItemKind::Deleted:
        case ItemKind::Reacted:
            return takeAlteration();
        default:
            return takeMessage();
        }
    }

private:
    std::optional<Seen> seen(const InboundItem &item) const
    {
        return m_decision.get<Seen>(Seen::idFor(m_account.id, item.providerId));
    }
    ItemSeen seenWith(MessageId message) const
    {
        return {m_account.id, {Seen::idFor(m_account.id, m_item.providerId), message}};
    }
    /// Form mailers give all their mails one Message-ID, and anybody can use one up beforehand.
    bool isTakenByAnother(const InboundItem &item) const
    {
        const auto first = seen(item);
        if (!first || marksOf(item.headers, item.content.subject).isEmpty())
            return false;
        if (first->message.isNull())
            return item.kind != ItemKind::Receipt; // a receipt was here
        const auto known = m_decision.get<Message>(first->message);
        return known && !isSame(item, *known);
    }

    void takeReceipt()
    {
        m_decision.record(seenWith({}));
        const auto message = m_decision.view().byProviderId(m_account.id, m_item.receiptFor);
        if (!message || message->kind != MessageKind::Reply || !isAboutAll(*message) ||
            !advances(message->state, m_item.receiptState))
            return;
        m_decision.record(MessageStateChanged{
            message->id, m_item.receiptState, {}, m_item.receiptReason, message->attempts});
    }

    /// Of a message that went out in parts the main one's receipts are shown, and that any failed;
    /// after which nothing is known to be well with all of them.
    bool isAboutAll(const Message &message) const
    {
        if (providerIdsIn(message.providerId).size() < 2 ||
            m_item.receiptState == MessageState::Failed)
            return true;
        return message.state != MessageState::Failed &&
               m_item.receiptFor == mainProviderId(message.providerId);
    }

    /// Receipts may come late, twice and out of order: states only go forward, and a failure report
    /// stands last.
    static bool advances(MessageState from, MessageState to)
    {
        if (to == MessageState::Failed)
            return from != MessageState::Failed && from != MessageState::Read;
        const auto rank = [](MessageState state) {
            return state == MessageState::Read        ? 3
                   : state == MessageState::Delivered ? 2
                   : state == MessageState::Sent      ? 1
                                                      : 0;
        };
        return rank(to) > rank(from);
    }

    /// Providers deliver in any order: an edit that comes before its message is that message, and
    /// what was deleted before it came never shows.
    void takeAlteration()
    {
        const auto known = m_decision.view().byProviderId(m_account.id, m_item.receiptFor);
        if (!known) {
            m_decision.record(seenWith({}));
            const Seen target{Seen::idFor(m_account.id, m_item.receiptFor), {}};
            if (m_decision.get<Seen>(target.id) || m_item.kind == ItemKind::Reacted)
                return; // deleted before, or nothing to stick it to
            if (m_item.kind == ItemKind::Deleted)
                return m_decision.record(ItemSeen{m_account.id, target});
            InboundItem first = m_item;
            first.kind = ItemKind::Message;
            first.providerId = m_item.receiptFor;
            return Arrival(m_decision, m_account, first).run();
        }
        m_decision.record(seenWith(known->id));
        // Nobody but who wrote it changes a message: what went out from here stays as it went out.
        const bool isOurs = known->kind != MessageKind::Inbound && m_item.kind != ItemKind::Reacted;
        const bool isGone = isOurs || known->deletedAt.isSet();
        const bool isStale = m_item.kind == ItemKind::Edited && m_item.providerTime.isSet() &&
                             m_item.providerTime < known->editedAt;
        if (isGone || isStale)
            return;
        MessageAltered altered{known->id, {}, false, {}, {}, when()};
        if (m_item.kind == ItemKind::Edited)
            altered.content = m_item.content;
        else if (m_item.kind == ItemKind::Deleted)
            altered.isDeleted = true;
        else
            altered.reactor = m_item.sender.value, altered.emoji = m_item.content.text.left(32);
        m_decision.record(altered);
    }
    Time when() const
    {
        return m_item.providerTime.isSet() ? m_item.providerTime : m_decision.now();
    }

    void takeMessage()
    {
        const Customer customer = findOrCreateCustomer();
        for (const Identity &identity : m_item.also)
            link(identity, customer.id, identity.evidence);
        Conversation conversation = findOrOpenConversation(customer);
        if (!m_item.isAutomatic) {
            followCustomer(m_decision, conversation, m_account.id);
            conversation = *m_decision.get<Conversation>(conversation.id);
        }
        Message message = makeMessage(conversation);
        completeAnswer(m_decision, conversation, m_item, message.content);
        std::optional<Time> due;
        if (!m_item.isAutomatic && m_item.kind == ItemKind::Message)
            due = m_decision.now() + replyTarget(m_account.type);
        m_decision.record(MessageReceived{message, m_account.id, due});
        m_decision.record(seenWith(message.id));
        takeWish(message);
        if (m_item.isAutomatic || m_item.kind == ItemKind::Quarantined)
            return; // shown, but nothing answers by itself (RFC 3834)
        conversation = *m_decision.get<Conversation>(conversation.id);
        if (isForFlow(m_decision, conversation))
            runFlow(m_decision, conversation, message);
    }

    /// STOP and START, as the channel's connector read them.
    void takeWish(const Message &message)
    {
        const QString wish = json::object(m_item.headers).value(u"opt"_s).toString();
        const auto address = m_decision.view().addressOf(m_item.sender);
        const bool isOut = wish == u"out"_s;
        if (address && (isOut || wish == u"in"_s) &&
            isOut != m_decision.get<OptOut>(OptOut::idFor(address->id)).has_value())
            m_decision.record(OptOutChanged{address->id, isOut, message.id});
    }

    Customer findOrCreateCustomer()
    {
        if (const auto known = customerOf(m_item.sender)) {
            if (answersOurs())
                link(m_item.sender, known->id, Evidence::Verified);
            return isSenderProven() ? improved(*known) : *known;
        }
        for (const Identity &identity : m_item.also) {
            const auto known = customerOf(identity);
            if (!known)
                continue;
            link(m_item.sender, known->id, identity.evidence); // anybody can type an address
            return *known;
        }
        return created();
    }

    Customer created()
    {
        Customer customer;
        customer.id = m_decision.newId<CustomerId>("customer:" + m_item.providerId.toUtf8());
        customer.name = m_item.senderName.simplified().left(200);
        if (customer.name.isEmpty())
            customer.name =
                m_item.sender.display.isEmpty() ? m_item.sender.value : m_item.sender.display;
        customer.language = m_item.language;
        customer.createdAt = m_decision.now();
        m_decision.record(CustomerCreated{customer});
        link(m_item.sender, customer.id, m_item.sender.evidence);
        return customer;
    }

    /// Takes over a name or language that the card lacks.
    Customer improved(Customer customer)
    {
        CustomerUpdated update{customer.id, {}, {}, {}, {}, {}};
        const QString name = m_item.senderName.simplified().left(200);
        if (!name.isEmpty() && (customer.name.isEmpty() || customer.name == m_item.sender.value ||
                                customer.name == m_item.sender.display))
            update.name = name;
        if (customer.language.isEmpty() && !m_item.language.isEmpty())
            update.language = m_item.language;
        if (!update.name && !update.language)
            return customer;
        m_decision.record(update);
        return *m_decision.get<Customer>(customer.id);
    }

    std::optional<Customer> customerOf(const Identity &identity) const
    {
        const auto address = m_decision.view().addressOf(identity);
        return address ? m_decision.get<Customer>(address->customer) : std::nullopt;
    }
    bool isSenderProven() const
    {
        const auto address = m_decision.view().addressOf(m_item.sender);
        return address && address->evidence != Evidence::Typed;
    }
    /// Whoever answers a message of ours has received it: its id cannot be guessed.
    bool answersOurs() const
    {
        const auto sender = m_decision.view().addressOf(m_item.sender);
        const auto isOurs = [&](const QString &hint) {
            const auto message = m_decision.view().byProviderId(m_account.id, hint);
            const auto conversation = message && message->kind == MessageKind::Reply
                                          ? m_decision.get<Conversation>(message->conversation)
                                          : std::nullopt;
            return conversation && sender && conversation->address == sender->id;
        };
        return std::any_of(m_item.threadHints.begin(), m_item.threadHints.end(), isOurs);
    }
    /// An address belongs to one customer for good; only its evidence may grow, and only by proof.
    void link(const Identity &identity, CustomerId customer, Evidence evidence)
    {
        const auto existing = m_decision.view().addressOf(identity);
        const bool grows = existing && existing->customer == customer &&
                           existing->evidence == Evidence::Typed && evidence == Evidence::Verified;
        if (existing && !grows)
            return noteLikeness(m_decision, customer, identity);
        const AddressId id = existing ? existing->id : m_decision.newAddressId(identity);
        m_decision.record(AddressLinked{{id, customer, identity.kind, identity.scope,
                                         identity.value, identity.display, evidence}});
    }

    QString thread() const { return m_item.thread.isEmpty() ? m_item.sender.value : m_item.thread; }

    std::optional<Conversation> continued(const Customer &customer) const
    {
        for (const QString &hint : m_item.threadHints) {
            const auto message = m_decision.view().byProviderId(m_account.id, hint);
            if (auto found =
                    message ? m_decision.get<Conversation>(message->conversation) : std::nullopt)
                return found;
        }
        std::optional<Conversation> found = m_decision.view().byThread(m_account.id, thread());
        if (!found)
            found = bySubject(customer);
        return found;
    }

    /// Mail programs that drop References: same sender, same subject, not long ago.
    std::optional<Conversation> bySubject(const Customer &customer) const
    {
        const QString key = json::object(m_item.headers).value(u"subject_key"_s).toString();
        if (key.isEmpty() || !m_item.content.subject.contains(u':'))
            return std::nullopt; // not an answer
        const auto found = m_decision.view().bySubject(customer.id, m_account.id, key);
        if (!found || m_decision.now() - found->lastMessageAt > SubjectJoinWithin)
            return std::nullopt;
        return found;
    }

    Conversation findOrOpenConversation(const Customer &customer)
    {
        if (const auto found = continued(customer)) {
            if (!isDone(found->status)) {
                if (found->status == ConversationStatus::Pending || found->snoozeUntil.isSet())
                    m_decision.record(
                        ConversationUpdated{found->id, ConversationStatus::Open, {}, Time{}});
                return *m_decision.get<Conversation>(found->id);
            }
            if (m_decision.now() - found->lastMessageAt <= ReopenWithin) {
                m_decision.record(ConversationUpdated{found->id, ConversationStatus::Open, {}, {}});
                return *m_decision.get<Conversation>(found->id);
            }
        }
        Conversation conversation;
        conversation.id =
            derivedId<ConversationId>(m_account.id, "conversation:" + m_item.providerId.toUtf8());
        conversation.customer = customer.id;
        conversation.customerName = customer.name;
        conversation.account = m_account.id;
        conversation.channel = m_account.type;
        conversation.thread = thread();
        conversation.address = m_decision.view().addressOf(m_item.sender).value_or(Address{}).id;
        conversation.subject = m_item.content.subject;
        conversation.createdAt = m_decision.now();
        m_decision.record(ConversationOpened{conversation});
        return conversation;
    }

    Message makeMessage(const Conversation &conversation) const
    {
        Message message;
        message.id = derivedId<MessageId>(m_account.id, "message:" + m_item.providerId.toUtf8());
        message.conversation = conversation.id;
        message.kind = MessageKind::Inbound;
        message.state = MessageState::Received;
        message.authorKind = AuthorKind::Customer;
        message.content = m_item.content;
        message.createdAt = m_decision.now();
        message.providerTime = m_item.providerTime;
        message.providerId = m_item.providerId;
        message.headers = m_item.headers;
        return message;
    }

    Decision &m_decision;
    const ChannelAccount &m_account;
    const InboundItem m_item;
};

} // namespace

bool isProven(const Decision &decision, const Conversation &conversation)
{
    const auto address = decision.get<Address>(conversation.address);
    return !address || address->evidence != Evidence::Typed;
}

Decided decide(Decision &decision, const api::Ingest &command)
{
    const auto account = decision.get<ChannelAccount>(command.account);
    if (!account)
        return notFound(u"this channel was removed"_s);
    const bool moves = command.cursorFrom != command.cursorTo;
    if (moves && account->cursor != command.cursorFrom)
        return rejected(u"the log stands elsewhere in this channel"_s, u"cursor"_s);
    for (const InboundItem &item : command.items)
        Arrival(decision, *account, item).run();
    if (moves)
        decision.record(CursorMoved{account->id, command.cursorTo});
    return about(account->id);
}

} // namespace peerdesk::node
