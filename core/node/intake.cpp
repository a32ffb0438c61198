// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/node/intake.h"

namespace peerdesk::node {

bool Intake::put(const Source &source, qsizetype bytes, Work work)
{
    const auto known = m_waiting.find(source);
    const qsizetype share = known == m_waiting.end() ? 0 : known->second.bytes;
    // One command alone is always taken, however large it is: its own bound is elsewhere.
    if ((share > 0 && share + bytes > MaxShareBytes) || (m_bytes > 0 && m_bytes + bytes > MaxBytes))
        return false;
    Queue &queue = m_waiting[source];
    queue.items.push_back({bytes, std::move(work)});
    queue.bytes += bytes;
    m_bytes += bytes;
    return true;
}

std::optional<Intake::Work> Intake::takeShared()
{
    auto next = m_waiting.upper_bound(m_lastServed);
    if (next == m_waiting.end())
        next = m_waiting.begin();
    if (next == m_waiting.end())
        return std::nullopt;
    m_lastServed = next->first;
    Item item = std::move(next->second.items.front());
    next->second.items.pop_front();
    next->second.bytes -= item.bytes;
    m_bytes -= item.bytes;
    if (next->second.items.empty())
        m_waiting.erase(next);
    return std::move(item.work);
}

std::deque<Intake::Work> Intake::drain()
{
    std::deque<Work> all;
    while (auto work = takeShared())
        all.push_back(std::move(*work));
    return all;
}

} // namespace peerdesk::node
