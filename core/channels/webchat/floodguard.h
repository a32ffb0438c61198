// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/time.h"

#include <QString>

#include <map>

namespace peerdesk::channels::webchat {

/// How much one key may do: `burst` at once, then one per `refill`.
struct Allowance
{
    int burst = 10;
    Milliseconds refill{1000};
};

/// Token buckets by key (visitor, address). Pure: time comes as an argument. Holds at most MaxKeys
/// buckets; full ones are forgotten first, and when every bucket is in use a new key is refused.
class FloodGuard
{
public:
    static constexpr size_t MaxKeys = 20'000;

    explicit FloodGuard(Allowance allowance)
        : m_allowance(allowance)
    {}

    /// Takes one token. Zero = allowed; else how long to wait for the next one.
    Milliseconds take(const QString &key, Milliseconds now);
    size_t size() const { return m_buckets.size(); }

private:
    /// The moment at which the bucket is full again; the further ahead, the emptier.
    std::map<QString, Milliseconds> m_buckets;
    Allowance m_allowance;
};

} // namespace peerdesk::channels::webchat
