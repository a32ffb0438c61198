// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/node/departures.h"

namespace peerdesk::node {

namespace {

/// A send that has a time of its own does not hold up the conversation; once it was tried, it does.
bool isScheduled(const Effect &effect)
{
    return effect.state == EffectState::Ready && effect.attempts == 0 && effect.retryAt.isSet();
}

bool standsInLine(const Effect &effect)
{
    return effect.kind == EffectKind::SendMessage && !effect.conversation.isNull() &&
           !isScheduled(effect);
}

} // namespace

void Departures::enter(const Effect &effect)
{
    if (!standsInLine(effect))
        return offer(effect);
    Line &line = m_lines[effect.conversation];
    const auto place = line.emplace(placeOf(effect), effect).first;
    if (place != line.begin())
        return; // waits for those before it
    if (const auto next = std::next(place); next != line.end())
        withdraw(next->second);
    offer(effect);
}

void Departures::leave(const Effect &effect)
{
    withdraw(effect);
    const auto found = m_lines.find(effect.conversation);
    if (!standsInLine(effect) || found == m_lines.end())
        return;
    Line &line = found->second;
    const bool wasFirst = !line.empty() && line.begin()->first == placeOf(effect);
    line.erase(placeOf(effect));
    if (line.empty())
        m_lines.erase(found);
    else if (wasFirst)
        offer(line.begin()->second);
}

void Departures::offer(const Effect &effect)
{
    if (effect.state == EffectState::Ready)
        m_ready[{effect.account, effect.kind}].insert({effect.retryAt, placeOf(effect)});
}

void Departures::withdraw(const Effect &effect)
{
    const auto found = m_ready.find({effect.account, effect.kind});
    if (found == m_ready.end())
        return;
    found->second.erase({effect.retryAt, placeOf(effect)});
    if (found->second.empty())
        m_ready.erase(found);
}

std::vector<Departures::Way> Departures::ways() const
{
    std::vector<Way> ways;
    for (const auto &[way, waiting] : m_ready)
        ways.push_back(way);
    return ways;
}

std::vector<EffectId> Departures::due(const Way &way, Time now, size_t most) const
{
    std::vector<EffectId> due;
    const auto found = m_ready.find(way);
    if (found == m_ready.end())
        return due;
    for (const Waiting &waiting : found->second) {
        if (waiting.retryAt > now || due.size() >= most)
            break;
        due.push_back(waiting.place.id);
    }
    return due;
}

} // namespace peerdesk::node
