// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/clock.h"

#include <cmath>
#include <ctime>

namespace peerdesk {

namespace {
Milliseconds bootNow()
{
    timespec now{};
    clock_gettime(CLOCK_BOOTTIME, &now);
    return Milliseconds(qint64(now.tv_sec) * 1000 + now.tv_nsec / 1'000'000);
}
Time wallNow()
{
    return {QDateTime::currentMSecsSinceEpoch()};
}
} // namespace

SystemClock::SystemClock(double scale)
    : m_scale(scale)
    , m_startWall(wallNow())
    , m_startBoot(bootNow())
{}

Time SystemClock::wall() const
{
    if (m_scale == 1.0)
        return wallNow();
    return m_startWall + Milliseconds(qint64(double((wallNow() - m_startWall).count()) * m_scale));
}

Milliseconds SystemClock::boot() const
{
    if (m_scale == 1.0)
        return bootNow();
    return m_startBoot + Milliseconds(qint64(double((bootNow() - m_startBoot).count()) * m_scale));
}

Milliseconds SystemClock::toReal(Milliseconds span) const
{
    return Milliseconds(qint64(std::ceil(double(span.count()) / m_scale)));
}

} // namespace peerdesk
