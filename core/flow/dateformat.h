// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDate>
#include <QDateTime>
#include <QJsonObject>
#include <QString>
#include <QTime>

#include <optional>

namespace peerdesk::flow {

/// Formats a moment as strftime does, with English names. `text`: "now" (the `now` of the
/// variables), seconds since 1970, a date or a date with time. What is no date comes back as it is.
QString formatDate(const QString &text, const QString &format, const QJsonObject &variables);

/// Date of "2026-11-20", "2026/11/20", "20.11.2026" or a date with time.
std::optional<QDate> readDate(const QString &text);
/// Time of "9:30", "09:30:15", "9:30 pm" or a date with time.
std::optional<QTime> readTime(const QString &text);

} // namespace peerdesk::flow
