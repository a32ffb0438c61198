// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>
#include <QString>

#include <chrono>
#include <compare>

namespace peerdesk {

using Milliseconds = std::chrono::milliseconds;
using Seconds = std::chrono::seconds;

/// A moment of office time: UTC milliseconds since 1970. Zero means "never set".
struct Time
{
    qint64 ms = 0;

    bool isSet() const { return ms != 0; }
    auto operator<=>(const Time &) const = default;

    /// RFC 3339, UTC, milliseconds: 2026-11-20T10:43:00.000Z. Empty if not set.
    QString toString() const
    {
        return isSet() ? QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC).toString(Qt::ISODateWithMs)
                       : QString();
    }
    /// Accepts RFC 3339 with any offset; anything else is "never set".
    static Time fromString(const QString &text)
    {
        const QDateTime parsed = QDateTime::fromString(text, Qt::ISODateWithMs);
        return {parsed.isValid() ? parsed.toMSecsSinceEpoch() : 0};
    }
};

inline Time operator+(Time time, Milliseconds span)
{
    return {time.ms + span.count()};
}
inline Time operator-(Time time, Milliseconds span)
{
    return {time.ms - span.count()};
}
inline Milliseconds operator-(Time left, Time right)
{
    return Milliseconds(left.ms - right.ms);
}

} // namespace peerdesk
