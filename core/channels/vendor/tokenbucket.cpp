// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/vendor/tokenbucket.h"

#include <algorithm>
#include <cmath>

namespace peerdesk::channels::vendor {

TokenBucket::TokenBucket(BucketSize size)
    : m_size(size)
    , m_tokens(size.tokens)
{}

Milliseconds TokenBucket::take(Milliseconds now)
{
    if (now < m_blockedUntil)
        return m_blockedUntil - now;
    const double perToken = double(m_size.per.count()) / m_size.tokens; // ms
    m_tokens = std::min(double(m_size.tokens), m_tokens + double((now - m_at).count()) / perToken);
    m_at = now;
    if (m_tokens >= 1.0) {
        m_tokens -= 1.0;
        return Milliseconds(0);
    }
    return Milliseconds(std::max<qint64>(1, qint64(std::ceil((1.0 - m_tokens) * perToken))));
}

void TokenBucket::block(Milliseconds now, Milliseconds duration)
{
    m_blockedUntil = std::max(m_blockedUntil, now + duration);
}

} // namespace peerdesk::channels::vendor
