// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/time.h"

#include <QTimeZone>

namespace peerdesk::ui {

/// Which days a report is about.
enum class ReportRange { Today, Yesterday, Last7, Last30, Chosen };

/// Whole days of the office, both counted.
struct ReportDays
{
    QDate first;
    QDate last;
    bool operator==(const ReportDays &) const = default;
};

/// From a moment to before another.
struct ReportSpan
{
    Time start;
    Time end;
    bool operator==(const ReportSpan &) const = default;
};

/// The zone of an office by its IANA name; empty or unknown = UTC.
QTimeZone officeZone(const QString &name);
/// "Last 7 days" are today and the six before it. Chosen days are their own and are not asked for.
ReportDays daysOf(ReportRange range, const QDate &today);
/// From the first day's beginning to the last day's end, as the office's clocks go: a day with a
/// change of the clock has 23 or 25 hours. What is still to come is left out.
ReportSpan spanOf(const ReportDays &days, const QTimeZone &zone, Time now);
/// The day that an office has at a moment.
QDate dayOf(Time moment, const QTimeZone &zone);
/// "21 Nov 2026 00:00 – 10:44", with the office's clock.
QString spanWords(const ReportSpan &span, const QTimeZone &zone);

} // namespace peerdesk::ui
