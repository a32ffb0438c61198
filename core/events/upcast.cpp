// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/events/upcast.h"

#include <algorithm>
#include <array>

namespace peerdesk::events {

namespace {

/// The next version only has fields more, and what lacks them means their defaults.
Result<ArchivedFact> withMoreFields(const ArchivedFact &old)
{
    return old;
}

} // namespace

std::span<const Upcaster> publishedUpcasters()
{
    static constexpr std::array steps{
        Upcaster{ConversationOpened::type, 1, &withMoreFields}, // last_inbound_at, question
        Upcaster{MessageReceived::type, 1, &withMoreFields},    // edited_at, deleted_at, reactions
        Upcaster{MessageAdded::type, 1, &withMoreFields},       // the same
        Upcaster{OfficeCreated::type, 1, &withMoreFields},      // order of queues, offers, weights
        Upcaster{NodeJoined::type, 1, &withMoreFields},         // feature_level
        Upcaster{NodeChanged::type, 1, &withMoreFields},        // the same
        Upcaster{TaskChannelSaved::type, 1, &withMoreFields},   // channel_weight
        Upcaster{QueueSaved::type, 1, &withMoreFields},         // auto_accept, pull
        Upcaster{TaskCreated::type, 1, &withMoreFields},        // ignore_capacity, transfer
        Upcaster{ReservationCreated::type, 1, &withMoreFields}, // transfer, wrap_up_ends_at
        Upcaster{FlowSaved::type, 1, &withMoreFields},          // draft, was_published, message
    };
    return steps;
}

Result<ArchivedFact> upcast(ArchivedFact fact, int current, std::span<const Upcaster> upcasters)
{
    while (fact.version < current) {
        const auto step = std::find_if(upcasters.begin(), upcasters.end(), [&](const Upcaster &u) {
            return u.type == fact.type && u.version == fact.version;
        });
        if (step == upcasters.end()) {
            return invalid(QStringLiteral("fact type %1 never had a version %2")
                               .arg(fact.type)
                               .arg(fact.version));
        }
        Result<ArchivedFact> next = step->raise(fact);
        if (!next)
            return next.error();
        next->type = fact.type;
        next->version = fact.version + 1;
        fact = std::move(*next);
    }
    return fact;
}

} // namespace peerdesk::events
