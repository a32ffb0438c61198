// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/domain/conversation.h"
#include "core/domain/message.h"

/// Part of core/api/commands.h: what a PC that was left behind brings back (design rule 10).
namespace peerdesk::api {

/// Internal: a message with what it belongs to, as that PC has it. Whatever the office has already
/// stays; of its state the one that went further counts. What may not have been sent is held for a
/// person.
struct SalvageMessage
{
    Message message;
    Conversation conversation;
    Customer customer;
    std::vector<Address> addresses; ///< of the customer
    bool isLast = false;            ///< the newest of its conversation there

    static constexpr auto fields()
    {
        return FieldList{field(1, "message", &SalvageMessage::message),
                         field(2, "conversation", &SalvageMessage::conversation),
                         field(3, "customer", &SalvageMessage::customer),
                         field(4, "addresses", &SalvageMessage::addresses),
                         field(5, "is_last", &SalvageMessage::isLast)};
    }
    bool operator==(const SalvageMessage &) const = default;
};

/// Internal: a card as that PC has it, of which it changed something. `hasConflict`: the office
/// changed it too; then what differs is added to the notes, and what the office has stays.
struct SalvageCustomer
{
    Customer customer;
    bool hasConflict = false;
    QString from; ///< the PC, for people

    static constexpr auto fields()
    {
        return FieldList{field(1, "customer", &SalvageCustomer::customer),
                         field(2, "has_conflict", &SalvageCustomer::hasConflict),
                         field(3, "from", &SalvageCustomer::from)};
    }
    bool operator==(const SalvageCustomer &) const = default;
};

} // namespace peerdesk::api
