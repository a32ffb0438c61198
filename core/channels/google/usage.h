// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/time.h"

#include <deque>

namespace peerdesk::channels::google {

/// Counts calls of the last while, where the vendor has a limit and does not tell what is left.
/// What another PC used before it handed over is not in it. Its length is bounded by that limit,
/// which the caller keeps.
class Usage
{
public:
    explicit Usage(Milliseconds window)
        : m_window(window)
    {}
    void count(Time now) { m_calls.push_back(now); }
    int within(Time now)
    {
        while (!m_calls.empty() && m_calls.front() + m_window <= now)
            m_calls.pop_front();
        return int(m_calls.size());
    }

private:
    Milliseconds m_window;
    std::deque<Time> m_calls;
};

} // namespace peerdesk::channels::google
