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
        next = m_waiting.upper_bound(Source());
    if (next == m_waiting.end())
        return std::nullopt;
    m_lastServed = next->first;
    return takeFrom(m_lastServed);
}

std::optional<Intake::Work> Intake::takeFrom(const Source &source)
{
    const auto queue = m_waiting.find(source);
    if (queue == m_waiting.end())
        return std::nullopt;
    Item item = std::move(queue->second.items.front());
    queue->second.items.pop_front();
    queue->second.bytes -= item.bytes;
    m_bytes -= item.bytes;
    if (queue->second.items.empty())
        m_waiting.erase(queue);
    return std::move(item.work);
}

std::deque<Intake::Work> Intake::drain()
{
    std::deque<Work> all;
    while (auto work = takeUrgent())
        all.push_back(std::move(*work));
    while (auto work = takeShared())
        all.push_back(std::move(*work));
    return all;
}

} // namespace peerdesk::node
