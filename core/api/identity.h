// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/domain/identity.h"

/// Part of core/api/commands.h: over which channels a customer is reached, and which cards are one
/// person.
namespace peerdesk::api {

/// The conversation goes on over another channel of the same customer: the next answer leaves there
/// and the customer's comes back into it (M03). Errors: Rejected "same-channel", "not-verified"
/// (nobody has confirmed the address), "not-possible" (that channel does not reach it),
/// "opted-out", "open-elsewhere" (there is an open conversation with this customer there already).
struct ContinueConversation
{
    ConversationId conversation;
    AccountId account;
    AddressId address;

    static constexpr auto fields()
    {
        return FieldList{field(1, "conversation", &ContinueConversation::conversation),
                         field(2, "account", &ContinueConversation::account),
                         field(3, "address", &ContinueConversation::address)};
    }
    bool operator==(const ContinueConversation &) const = default;
};

/// Undoes MergeCustomers: both cards are as they were, but for what people changed since then.
struct UndoMerge
{
    CustomerId from; ///< the card that is gone

    static constexpr auto fields() { return FieldList{field(1, "from", &UndoMerge::from)}; }
    bool operator==(const UndoMerge &) const = default;
};

/// They are two people: it is not suggested again.
struct DenyLikeness
{
    CustomerId one;
    CustomerId other;

    static constexpr auto fields()
    {
        return FieldList{field(1, "one", &DenyLikeness::one),
                         field(2, "other", &DenyLikeness::other)};
    }
    bool operator==(const DenyLikeness &) const = default;
};

} // namespace peerdesk::api
