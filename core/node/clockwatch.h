// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"

#include <optional>

namespace peerdesk::node {

/// The PC's wall clock, followed only while it goes as the boot clock does. A jump, as when
/// somebody sets the date, moves nothing that waits for a time: it is held off until the clock is
/// right again or the program starts anew.
class ClockWatch
{
public:
    /// More than a correction from the network while the program runs.
    static constexpr Milliseconds MostStep = std::chrono::seconds(60);

    explicit ClockWatch(const Clock &clock)
        : m_clock(clock)
    {}

    /// The wall clock, or what it would show if it had not been set.
    Time now() const { return jump() == Milliseconds(0) ? m_clock.wall() : expected(); }

    /// How far the wall clock was set away while we watched; 0 = it was not.
    Milliseconds jump() const
    {
        const Milliseconds off = m_anchor ? m_clock.wall() - expected() : Milliseconds(0);
        return off > MostStep || off < -MostStep ? off : Milliseconds(0);
    }

    /// Small steps are followed. Call it often: what gathers between two calls counts as one step.
    /// A clock that is behind the newest fact is wrong already; nothing is lost when it is set.
    void follow(Time newest)
    {
        if (jump() != Milliseconds(0) || (!m_anchor && m_clock.wall() < newest))
            return;
        m_anchor = Anchor{m_clock.wall(), m_clock.boot()};
    }

private:
    struct Anchor
    {
        Time wall;
        Milliseconds boot;
    };
    Time expected() const { return m_anchor->wall + (m_clock.boot() - m_anchor->boot); }

    const Clock &m_clock;
    std::optional<Anchor> m_anchor;
};

} // namespace peerdesk::node
