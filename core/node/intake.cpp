// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/node/intake.h"

#include <algorithm>

namespace peerdesk::node {

bool Intake::put(const Source &source, qsizetype bytes, size_t items, Work work)
{
    const auto known = m_waiting.find(source);
    const qsizetype share = known == m_waiting.end() ? 0 : known->second.bytes;
    // One command alone is always taken, however large it is: its own bound is elsewhere.
    if ((share > 0 && share + bytes > MaxShareBytes) || (m_bytes > 0 && m_bytes + bytes > MaxBytes))
        return false;
    Queue &queue = m_waiting[source];
    queue.items.push_back({bytes, items, std::move(work)});
    queue.bytes += bytes;
    m_bytes += bytes;
    return true;
}

bool Intake::hasRoom(const Waiting::value_type &waiting) const
{
    const auto underWay = m_underWay.find(waiting.first);
    return underWay == m_underWay.end() ||
           underWay->second + waiting.second.items.front().items <= MaxUnderWay;
}

std::optional<Intake::Work> Intake::takeShared()
{
    const auto room = [this](const Waiting::value_type &waiting) { return hasRoom(waiting); };
    const auto turn = m_waiting.upper_bound(m_lastServed);
    auto next = std::find_if(turn, m_waiting.end(), room);
    if (next == m_waiting.end()) {
        next = std::find_if(m_waiting.begin(), turn, room);
        if (next == turn)
            return std::nullopt;
    }
    m_lastServed = next->first;
    return take(next);
}

Intake::Work Intake::take(Waiting::iterator from)
{
    Item item = std::move(from->second.items.front());
    from->second.items.pop_front();
    from->second.bytes -= item.bytes;
    m_bytes -= item.bytes;
    if (from->second.items.empty())
        m_waiting.erase(from);
    return std::move(item.work);
}

void Intake::began(const Source &source, size_t items)
{
    m_underWay[source] += items;
}

void Intake::ended(const Source &source, size_t items)
{
    const auto underWay = m_underWay.find(source);
    Q_ASSERT_X(underWay != m_underWay.end(), "Intake", "what ends has begun");
    Q_ASSERT_X(underWay->second >= items, "Intake", "no more ends than has begun");
    underWay->second -= items;
    if (underWay->second == 0)
        m_underWay.erase(underWay);
}

std::deque<Intake::Work> Intake::drain()
{
    std::deque<Work> all;
    while (!m_waiting.empty())
        all.push_back(take(m_waiting.begin()));
    return all;
}

} // namespace peerdesk::node
