// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/events/batch.h"
#include "core/store/logstore.h"

#include <csignal>
#include <sys/resource.h>
#include <unistd.h>

/// Synthetic history for the store's tests: always the same ids and times for the same seed.
namespace peerdesk::store::fixtures {

using namespace Qt::StringLiterals;

template <typename IdType>
IdType idOf(const QByteArray &word, int number = 0)
{
    return derivedId<IdType>(NodeId{}, word + '/' + QByteArray::number(number));
}

constexpr Time Start{1'790'000'000'000};

inline events::Batch batchOf(int number, std::vector<events::Fact> facts, quint64 term = 1)
{
    events::Batch batch;
    batch.command = idOf<CommandId>("command", number);
    batch.term = term;
    batch.time = Start + Milliseconds(number * 1000LL);
    batch.facts = std::move(facts);
    batch.salt = batch.command.toBytes();
    return batch;
}

inline LogEntry entryOf(quint64 index, const events::Batch &batch)
{
    return {index, batch.term, events::encode(batch)};
}

inline Customer customerOf(int number, const QString &name = u"Đặng Thị Ánh"_s)
{
    Customer customer;
    customer.id = idOf<CustomerId>("customer", number);
    customer.name = name;
    customer.createdAt = Start;
    return customer;
}

inline Conversation conversationOf(int number)
{
    Conversation conversation;
    conversation.id = idOf<ConversationId>("conversation", number);
    conversation.customer = idOf<CustomerId>("customer", number);
    conversation.account = idOf<AccountId>("account");
    conversation.channel = number % 2 == 0 ? u"email"_s : u"webchat"_s;
    conversation.thread = u"thread-%1"_s.arg(number);
    conversation.subject = u"Order %1"_s.arg(number);
    conversation.customerName = u"Đặng Thị Ánh"_s;
    conversation.createdAt = Start + Milliseconds(number);
    conversation.lastMessageAt = Start + Milliseconds(number);
    return conversation;
}

inline Message messageOf(int conversation, int number)
{
    Message message;
    message.id = idOf<MessageId>("message", conversation * 100'000 + number);
    message.conversation = idOf<ConversationId>("conversation", conversation);
    message.content.text = u"Where is my parcel? It is number %1 of today."_s.arg(number);
    message.createdAt = Start + Milliseconds(number * 10LL);
    message.providerId = u"<%1.%2@example.org>"_s.arg(conversation).arg(number);
    return message;
}

inline events::ItemSeen seenAs(const QString &providerId, MessageId message)
{
    const auto account = idOf<AccountId>("account");
    return {account, {Seen::idFor(account, providerId), message}};
}

/// What one inbound message brings: a new customer and conversation with every tenth.
inline events::Batch inboundBatch(int number)
{
    const int conversation = number / 10;
    std::vector<events::Fact> facts;
    if (number % 10 == 0) {
        facts.push_back(events::CustomerCreated{customerOf(conversation)});
        facts.push_back(events::ConversationOpened{conversationOf(conversation)});
    }
    const Message message = messageOf(conversation, number);
    facts.push_back(events::MessageReceived{message, idOf<AccountId>("account"), std::nullopt});
    facts.push_back(seenAs(message.providerId, message.id));
    CommandRecord record;
    record.id = idOf<CommandId>("command", number);
    record.bodyHash = QByteArray(32, 'h');
    facts.push_back(events::CommandDone{record});
    return batchOf(number, std::move(facts));
}

/// Entries from..to of an inbound history; entry i holds batch i.
inline std::vector<LogEntry> inboundEntries(int from, int to)
{
    std::vector<LogEntry> entries;
    for (int i = from; i <= to; ++i)
        entries.push_back(entryOf(quint64(i), inboundBatch(i)));
    return entries;
}

/// While it lives, no file can grow over `bytes`: to the writer the disk is full.
class FullDisk
{
public:
    explicit FullDisk(quint64 bytes)
    {
        getrlimit(RLIMIT_FSIZE, &m_before);
        signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{bytes, m_before.rlim_max};
        setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FullDisk() { setrlimit(RLIMIT_FSIZE, &m_before); }
    FullDisk(const FullDisk &) = delete;
    FullDisk &operator=(const FullDisk &) = delete;

private:
    rlimit m_before{};
};

/// While it lives, the process has the rights of an ordinary user (root may write anywhere).
class OrdinaryUser
{
public:
    OrdinaryUser()
    {
        if (geteuid() == 0)
            m_isSwitched = seteuid(65534) == 0;
    }
    ~OrdinaryUser()
    {
        if (m_isSwitched && seteuid(0) != 0)
            qFatal("cannot become root again");
    }
    OrdinaryUser(const OrdinaryUser &) = delete;
    OrdinaryUser &operator=(const OrdinaryUser &) = delete;

private:
    bool m_isSwitched = false;
};

} // namespace peerdesk::store::fixtures
