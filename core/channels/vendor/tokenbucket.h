// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/time.h"

namespace peerdesk::channels::vendor {

/// `tokens` at once, refilled evenly within `per`.
struct BucketSize
{
    int tokens = 1;
    Milliseconds per{1'000};
};

/// Rate limit of one (account, method class). Times are those of the monotonic clock.
class TokenBucket
{
public:
    explicit TokenBucket(BucketSize size = {});

    /// Zero = taken; else how long until one is there. Nothing is taken then.
    Milliseconds take(Milliseconds now);
    /// Nothing more for this long (Retry-After).
    void block(Milliseconds now, Milliseconds duration);

private:
    BucketSize m_size;
    double m_tokens;
    Milliseconds m_at{0};
    Milliseconds m_blockedUntil{0};
};

} // namespace peerdesk::channels::vendor
