// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/time.h"

#include <QJsonObject>

#include <algorithm>

namespace peerdesk::metrics {

inline double seconds(Milliseconds span)
{
    return double(span.count()) / 1000.0;
}

/// Many durations in four numbers. A value.
class Durations
{
public:
    void add(Milliseconds span)
    {
        const Milliseconds counted = std::max(span, Milliseconds(0));
        m_least = m_count == 0 ? counted : std::min(m_least, counted);
        m_most = std::max(m_most, counted);
        m_total += counted;
        ++m_count;
    }
    int count() const { return m_count; }
    Milliseconds total() const { return m_total; }
    double average() const { return m_count == 0 ? 0.0 : seconds(m_total) / m_count; }
    /// {avg, min, max, total} in seconds.
    QJsonObject json() const
    {
        return {{QStringLiteral("avg"), average()},
                {QStringLiteral("min"), seconds(m_least)},
                {QStringLiteral("max"), seconds(m_most)},
                {QStringLiteral("total"), seconds(m_total)}};
    }

private:
    int m_count = 0;
    Milliseconds m_least{0};
    Milliseconds m_most{0};
    Milliseconds m_total{0};
};

} // namespace peerdesk::metrics
