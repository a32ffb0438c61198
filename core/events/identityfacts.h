// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/domain/identity.h"

/// Part of core/events/facts.h, whose rules hold here.
namespace peerdesk::events {

/// Two cards are one person: the card `join.before` is `join.after` now. Addresses, conversations
/// and the end of the other card are facts of their own.
struct CardsJoined
{
    static constexpr int type = 45;
    static constexpr int version = 1;
    CardJoin join;

    static constexpr auto fields() { return FieldList{field(1, "join", &CardsJoined::join)}; }
    bool operator==(const CardsJoined &) const = default;
};

/// The join was undone: there is nothing left to undo.
struct CardJoinUndone
{
    static constexpr int type = 46;
    static constexpr int version = 1;
    CustomerId card; ///< which is back

    static constexpr auto fields() { return FieldList{field(1, "card", &CardJoinUndone::card)}; }
    bool operator==(const CardJoinUndone &) const = default;
};

/// Two cards may be one person, or somebody said that they are not.
struct LikenessNoted
{
    static constexpr int type = 47;
    static constexpr int version = 1;
    Likeness likeness;

    static constexpr auto fields()
    {
        return FieldList{field(1, "likeness", &LikenessNoted::likeness)};
    }
    bool operator==(const LikenessNoted &) const = default;
};

/// Who is reached there wants no more messages, or wants them again.
struct OptOutChanged
{
    static constexpr int type = 48;
    static constexpr int version = 1;
    AddressId address;
    bool isOut = false;
    MessageId message; ///< that said so

    static constexpr auto fields()
    {
        return FieldList{field(1, "address", &OptOutChanged::address),
                         field(2, "is_out", &OptOutChanged::isOut),
                         field(3, "message", &OptOutChanged::message)};
    }
    bool operator==(const OptOutChanged &) const = default;
};

/// The conversation goes on over another channel of the same customer (M03). The way that it leaves
/// is kept as a Route.
struct ConversationContinued
{
    static constexpr int type = 56;
    static constexpr int version = 1;
    ConversationId conversation;
    AccountId account;
    QString channel;
    QString thread;
    AddressId address;
    Time lastInboundAt; ///< when the customer last wrote there; not set = never

    static constexpr auto fields()
    {
        return FieldList{field(1, "conversation", &ConversationContinued::conversation),
                         field(2, "account", &ConversationContinued::account),
                         field(3, "channel", &ConversationContinued::channel),
                         personal(4, "thread", &ConversationContinued::thread),
                         field(5, "address", &ConversationContinued::address),
                         field(6, "last_inbound_at", &ConversationContinued::lastInboundAt)};
    }
    bool operator==(const ConversationContinued &) const = default;
};

/// Of a conversation that is erased.
struct RoutesForgotten
{
    static constexpr int type = 57;
    static constexpr int version = 1;
    std::vector<Route::Key> routes;

    static constexpr auto fields()
    {
        return FieldList{field(1, "routes", &RoutesForgotten::routes)};
    }
    bool operator==(const RoutesForgotten &) const = default;
};

} // namespace peerdesk::events
