// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/time.h"

namespace peerdesk {

/// Where time comes from. Everything that needs it gets one by constructor; tests advance a
/// FakeClock.
class Clock
{
public:
    virtual ~Clock() = default;
    /// Wall time, UTC. For stamps only; it never grants a right.
    virtual Time wall() const = 0;
    /// CLOCK_BOOTTIME: monotonic, runs during sleep. For durations and leases.
    virtual Milliseconds boot() const = 0;
    /// How long a timer must run for `span` of this clock to pass.
    virtual Milliseconds toReal(Milliseconds span) const { return span; }
};

/// The machine's clocks. `scale` > 1 lets rehearsals run faster than life.
class SystemClock final : public Clock
{
public:
    explicit SystemClock(double scale = 1.0);
    Time wall() const override;
    Milliseconds boot() const override;
    Milliseconds toReal(Milliseconds span) const override;

private:
    double m_scale;
    Time m_startWall;
    Milliseconds m_startBoot;
};

/// A clock that stands still until it is told to move.
class FakeClock final : public Clock
{
public:
    explicit FakeClock(Time start = {1'790'000'000'000})
        : m_now(start)
    {}
    Time wall() const override { return m_now; }
    Milliseconds boot() const override { return Milliseconds(m_now.ms); }
    void advance(Milliseconds span) { m_now = m_now + span; }

private:
    Time m_now;
};

} // namespace peerdesk
