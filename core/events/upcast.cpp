// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/events/upcast.h"

#include <algorithm>

namespace peerdesk::events {

std::span<const Upcaster> publishedUpcasters()
{
    return {}; // every fact is in its first version
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
