// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/webchat/floodguard.h"

namespace peerdesk::channels::webchat {

Milliseconds FloodGuard::take(const QString &key, Milliseconds now)
{
    auto bucket = m_buckets.find(key);
    if (bucket == m_buckets.end()) {
        if (m_buckets.size() >= MaxKeys)
            std::erase_if(m_buckets, [now](const auto &entry) { return entry.second <= now; });
        if (m_buckets.size() >= MaxKeys)
            return m_allowance.refill;
        bucket = m_buckets.emplace(key, now).first;
    }
    const Milliseconds fullAt = std::max(bucket->second, now) + m_allowance.refill;
    const Milliseconds deepest = now + m_allowance.refill * m_allowance.burst;
    if (fullAt > deepest)
        return fullAt - deepest;
    bucket->second = fullAt;
    return Milliseconds(0);
}

} // namespace peerdesk::channels::webchat
