// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "core/node/decision.h"

#include <algorithm>

/// One conversation over several channels of the same customer (M03).
namespace peerdesk::node {

using namespace Qt::StringLiterals;
using namespace events;

namespace {

/// Where a conversation with this customer stood on that account before.
struct Trace
{
    QString thread;
    Time lastInboundAt;
};

constexpr int LookedAt = 500;

std::optional<Trace> traceOf(const Decision &decision, const Conversation &conversation,
                             AccountId account, AddressId address)
{
    std::optional<Trace> found;
    const auto take = [&](const QString &thread, Time at) {
        if (!found || found->lastInboundAt <= at)
            found = Trace{thread, at};
    };
    for (const Conversation &one :
         decision.view().conversationsOf(conversation.customer, LookedAt)) {
        if (one.account == account && one.address == address)
            take(one.thread, one.lastInboundAt);
        const auto route = decision.view().routeOf(one.id, account);
        if (route && route->address == address)
            take(route->thread, route->lastInboundAt);
    }
    return found;
}

Result<Done> checkAddress(const Decision &decision, const Conversation &conversation,
                          const Address &address)
{
    if (address.customer != conversation.customer)
        return notFound(u"this customer has no such address"_s);
    if (address.evidence == Evidence::Typed)
        return rejected(u"nobody has verified that %1 is this customer's. Confirm it on the card "
                        "first"_s.arg(address.value),
                        u"not-verified"_s);
    return checkOptOut(decision, address.id);
}

/// The sentence in the conversation: who went over, and where to.
void noteContinued(Decision &decision, ConversationId conversation, const ChannelAccount &account)
{
    Message note;
    note.id = decision.newId<MessageId>("message");
    note.conversation = conversation;
    note.kind = MessageKind::System;
    note.authorKind = AuthorKind::Agent;
    note.author = decision.caller().agent;
    note.createdAt = decision.now();
    note.headers = json::canonical({{u"continued"_s, account.type}, {u"account"_s, account.name}});
    decision.record(MessageAdded{note});
}

} // namespace

Decided decide(Decision &decision, const api::ContinueConversation &command)
{
    const auto conversation = decision.get<Conversation>(command.conversation);
    const auto account = decision.get<ChannelAccount>(command.account);
    const auto address = decision.get<Address>(command.address);
    if (!conversation || !account || !address)
        return notFound(u"no such conversation, channel or address"_s);
    if (conversation->account == account->id)
        return rejected(u"the conversation is on this channel already"_s, u"same-channel"_s);
    if (const Result<Done> good = checkAddress(decision, *conversation, *address); !good)
        return good.error();
    const ChannelRules rules = decision.rules(account->type);
    const auto trace = traceOf(decision, *conversation, account->id, address->id);
    if (rules.isPublic ||
        (!trace && std::ranges::find(rules.reaches, address->kind) == rules.reaches.end()))
        return rejected(u"%1 cannot write to %2 first"_s.arg(account->name, address->value),
                        u"not-possible"_s);
    const QString thread = trace ? trace->thread : address->value;
    const auto there = decision.view().byThread(account->id, thread);
    if (there && there->id != conversation->id && !isDone(there->status))
        return rejected(u"there is an open conversation with this customer on %1 already: go on "
                        "in that one"_s.arg(account->name),
                        u"open-elsewhere"_s);
    decision.record(ConversationContinued{conversation->id, account->id, account->type, thread,
                                          address->id, trace ? trace->lastInboundAt : Time{}});
    noteContinued(decision, conversation->id, *account);
    return about(conversation->id, account->type);
}

void followCustomer(Decision &decision, const Conversation &conversation, AccountId account)
{
    const auto route = conversation.account == account
                           ? std::nullopt
                           : decision.view().routeOf(conversation.id, account);
    if (route)
        decision.record(ConversationContinued{conversation.id, route->account, route->channel,
                                              route->thread, route->address, route->lastInboundAt});
}

Result<Done> checkOptOut(const Decision &decision, AddressId address)
{
    if (!decision.get<OptOut>(OptOut::idFor(address)))
        return Done{};
    return rejected(u"the customer asked for no more messages there (STOP). Nothing was sent. They "
                    "have to write START first"_s,
                    u"opted-out"_s);
}

} // namespace peerdesk::node
