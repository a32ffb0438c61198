// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/domain/conversation.h"

namespace peerdesk {

/// A way that a conversation went before it was continued on another channel (M03): what comes on
/// it still belongs to the conversation, and what was queued for it still leaves there.
struct Route
{
    using Key = Id<struct RouteTag>;
    Key id; ///< see idFor()
    ConversationId conversation;
    AccountId account;
    QString channel;
    QString thread;
    AddressId address;
    Time lastInboundAt;

    static constexpr const char *table = "route";
    static constexpr auto fields()
    {
        return FieldList{field(1, "id", &Route::id),
                         field(2, "conversation", &Route::conversation),
                         field(3, "account", &Route::account),
                         field(4, "channel", &Route::channel),
                         personal(5, "thread", &Route::thread),
                         field(6, "address", &Route::address),
                         field(7, "last_inbound_at", &Route::lastInboundAt)};
    }
    Key key() const { return id; }
    bool operator==(const Route &) const = default;
    /// One for each account that the conversation has left.
    static Key idFor(ConversationId conversation, AccountId account)
    {
        return derivedId<Key>(conversation, account.toBytes());
    }
};

/// Two cards became one: everything that is needed to make them two again, exactly (M129).
struct CardJoin
{
    using Key = Id<struct CardJoinTag>; ///< see idFor()
    Customer from;                      ///< the card that is gone, as it was
    Customer before;                    ///< the card that stayed, as it was
    Customer after;                     ///< and as the join made it
    std::vector<AddressId> addresses;
    std::vector<ConversationId> conversations;
    AgentId by;
    Time at;
    int place = 0; ///< among the joins into the same card: they are undone last first

    static constexpr const char *table = "card_join";
    static constexpr auto fields()
    {
        return FieldList{field(1, "from", &CardJoin::from),
                         field(2, "before", &CardJoin::before),
                         field(3, "after", &CardJoin::after),
                         field(4, "addresses", &CardJoin::addresses),
                         field(5, "conversations", &CardJoin::conversations),
                         field(6, "by", &CardJoin::by),
                         field(7, "at", &CardJoin::at),
                         field(8, "place", &CardJoin::place)};
    }
    Key key() const { return idFor(from.id); }
    bool operator==(const CardJoin &) const = default;
    /// A card is gone once at a time.
    static Key idFor(CustomerId gone) { return {gone.value}; }
};

/// Two cards may be one person: a channel vouched for an address of `other` when `one` wrote. Never
/// by name alone. Says nothing of anybody but the ids.
struct Likeness
{
    using Key = Id<struct LikenessTag>;
    Key id; ///< see idFor()
    CustomerId one;
    CustomerId other;
    AddressId address;     ///< of `other`; the reason
    bool isDenied = false; ///< a person said that they are two
    Time at;

    static constexpr const char *table = "likeness";
    static constexpr auto fields()
    {
        return FieldList{field(1, "id", &Likeness::id),
                         field(2, "one", &Likeness::one),
                         field(3, "other", &Likeness::other),
                         field(4, "address", &Likeness::address),
                         field(5, "is_denied", &Likeness::isDenied),
                         field(6, "at", &Likeness::at)};
    }
    Key key() const { return id; }
    bool operator==(const Likeness &) const = default;
    /// The same whichever of the two is named first.
    static Key idFor(CustomerId one, CustomerId other)
    {
        const auto [first, second] = std::minmax(one, other);
        return derivedId<Key>(first, second.toBytes());
    }
};

/// Who can be reached there has asked for no more messages (STOP).
struct OptOut
{
    using Key = Id<struct OptOutTag>; ///< see idFor()
    AddressId address;
    MessageId message; ///< that said so
    Time at;

    static constexpr const char *table = "opt_out";
    static constexpr auto fields()
    {
        return FieldList{field(1, "address", &OptOut::address),
                         field(2, "message", &OptOut::message), field(3, "at", &OptOut::at)};
    }
    Key key() const { return idFor(address); }
    bool operator==(const OptOut &) const = default;
    static Key idFor(AddressId address) { return {address.value}; }
};

} // namespace peerdesk
