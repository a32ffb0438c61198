// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/domain/channel.h"

#include <map>
#include <set>
#include <vector>

namespace peerdesk::node {

/// In which order open effects may start: what one conversation sends goes out one after the other,
/// each account's longest waiting first. Kept change by change, so that looking costs what may
/// start and not what waits. A value, no thread of its own.
class Departures
{
public:
    /// Waits for the same things: the account's owner and, for sends, its connector.
    using Way = std::pair<AccountId, EffectKind>;

    /// `effect` is open: ready or claimed.
    void enter(const Effect &effect);
    /// The same value that entered.
    void leave(const Effect &effect);

    /// Those on which something is ready, now or later.
    std::vector<Way> ways() const;
    /// At most `most` effects that may start at `now`.
    std::vector<EffectId> due(const Way &way, Time now, size_t most) const;

private:
    struct Place
    {
        quint64 position = 0;
        EffectId id;
        auto operator<=>(const Place &) const = default;
    };
    struct Waiting
    {
        Time retryAt;
        Place place;
        auto operator<=>(const Waiting &) const = default;
    };
    using Line = std::map<Place, Effect>; ///< what one conversation sends, in order

    static Place placeOf(const Effect &effect) { return {effect.position, effect.id}; }
    void offer(const Effect &effect);
    void withdraw(const Effect &effect);

    std::map<ConversationId, Line> m_lines;
    std::map<Way, std::set<Waiting>> m_ready;
};

} // namespace peerdesk::node
