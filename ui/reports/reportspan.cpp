// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/reports/reportspan.h"

#include <QLocale>

#include <algorithm>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

QTimeZone officeZone(const QString &name)
{
    const QTimeZone zone(name.toUtf8());
    return zone.isValid() ? zone : QTimeZone::utc();
}

ReportDays daysOf(ReportRange range, const QDate &today)
{
    switch (range) {
    case ReportRange::Yesterday:
        return {today.addDays(-1), today.addDays(-1)};
    case ReportRange::Last7:
        return {today.addDays(-6), today};
    case ReportRange::Last30:
        return {today.addDays(-29), today};
    case ReportRange::Today:
    case ReportRange::Chosen:
        break;
    }
    return {today, today};
}

ReportSpan spanOf(const ReportDays &days, const QTimeZone &zone, Time now)
{
    // Where the clocks are put forward at midnight, a day begins at 01:00.
    const auto begins = [&zone](const QDate &day) {
        return Time{day.startOfDay(zone).toMSecsSinceEpoch()};
    };
    const Time start = begins(days.first);
    return {start, std::max(start, std::min(begins(days.last.addDays(1)), now))};
}

QDate dayOf(Time moment, const QTimeZone &zone)
{
    return QDateTime::fromMSecsSinceEpoch(moment.ms, zone).date();
}

QString spanWords(const ReportSpan &span, const QTimeZone &zone)
{
    const QLocale locale;
    const auto local = [&zone](Time moment) {
        return QDateTime::fromMSecsSinceEpoch(moment.ms, zone);
    };
    const QDateTime first = local(span.start);
    const QDateTime last = local(span.end);
    const QString format = u"d MMM yyyy HH:mm"_s;
    return u"%1 \u2013 %2"_s.arg(
        locale.toString(first, format),
        locale.toString(last, first.date() == last.date() ? u"HH:mm"_s : format));
}

} // namespace peerdesk::ui
