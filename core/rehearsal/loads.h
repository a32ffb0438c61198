// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/domain/routing.h"

#include <vector>

namespace peerdesk::rehearsal {

/// Somebody who comes.
struct Arrival
{
    Time at;
    QString taskChannel;
    Json attributes;
    Json facts; ///< what filters can read besides
    int priority = 0;
    Milliseconds work{0};     ///< until the conversation ends
    Milliseconds wrapUp{0};   ///< after-contact work
    Milliseconds patience{0}; ///< leaves after waiting this long; 0 = never
};

/// One stream of a synthetic load: as many an hour, with means.
struct Stream
{
    QString taskChannel;
    Json attributes;
    int priority = 0;
    double perHour = 0;
    double workSeconds = 0;
    double wrapSeconds = 0;
    double patienceSeconds = 0; ///< 0 = endless
};

/// Numbers that look random and are the same for the same seed, everywhere. Source: SplitMix64
/// (Steele, Lea, Flood 2014).
class Sequence
{
public:
    explicit Sequence(quint64 seed)
        : m_state(seed)
    {}
    quint64 next()
    {
        m_state += 0x9e3779b97f4a7c15;
        quint64 mixed = m_state;
        mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
        return mixed ^ (mixed >> 31);
    }

private:
    quint64 m_state;
};

/// Exponential with this mean, in whole milliseconds, at least one. Source: inverse transform.
Milliseconds exponential(Sequence &numbers, double meanSeconds);

/// Poisson arrivals of every stream from `start` to `end`, in order of time. At most `atMost`.
std::vector<Arrival> synthetic(const std::vector<Stream> &streams, Time start, Time end,
                               quint64 seed, size_t atMost);

} // namespace peerdesk::rehearsal
