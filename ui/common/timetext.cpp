// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/timetext.h"

#include <QCoreApplication>
#include <QDateTime>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {

struct TimeText
{
    Q_DECLARE_TR_FUNCTIONS(TimeText)
};

QDateTime local(Time moment)
{
    return QDateTime::fromMSecsSinceEpoch(moment.ms);
}

} // namespace

bool isSameDay(Time a, Time b)
{
    return local(a).date() == local(b).date();
}

QString ageText(Time then, Time now)
{
    const qint64 minutes = (now.ms - then.ms) / 60'000;
    if (minutes < 1)
        return TimeText::tr("now");
    if (minutes < 60)
        return TimeText::tr("%1m", "minutes, short").arg(minutes);
    if (minutes < 24 * 60)
        return TimeText::tr("%1h", "hours, short").arg(minutes / 60);
    if (minutes < 6 * 24 * 60)
        return QLocale().toString(local(then).date(), u"ddd"_s);
    return QLocale().toString(local(then).date(), u"d MMM"_s);
}

QString spanText(Milliseconds span)
{
    const qint64 seconds = span.count() / 1000;
    if (seconds < 600)
        return u"%1:%2"_s.arg(seconds / 60).arg(seconds % 60, 2, 10, QChar(u'0'));
    if (seconds < 2 * 3600)
        return TimeText::tr("%1 min").arg(seconds / 60);
    if (seconds < 48 * 3600)
        return TimeText::tr("%1 h").arg(seconds / 3600);
    return TimeText::tr("%1 d", "days, short").arg(seconds / 86'400);
}

QString clockText(Time moment)
{
    return QLocale().toString(local(moment).time(), u"HH:mm"_s);
}

QString dayText(Time moment, Time now)
{
    const QDate day = local(moment).date();
    const qint64 ago = day.daysTo(local(now).date());
    if (ago == 0)
        return TimeText::tr("Today");
    if (ago == 1)
        return TimeText::tr("Yesterday");
    return QLocale().toString(day, ago < 300 ? u"dddd d MMMM"_s : u"d MMMM yyyy"_s);
}

QString wakeText(Time moment, Time now)
{
    if (isSameDay(moment, now))
        return TimeText::tr("Back at %1").arg(clockText(moment));
    const bool isNear = moment - now < std::chrono::hours(6 * 24);
    return TimeText::tr("Back %1 %2", "day, time")
        .arg(QLocale().toString(local(moment).date(), isNear ? u"ddd"_s : u"d MMM"_s),
             clockText(moment));
}

QString sizeText(qint64 bytes)
{
    return QLocale().formattedDataSize(bytes, bytes < 1'000'000 ? 0 : 1, QLocale::DataSizeSIFormat);
}

Due dueText(Time due, Time since, Time now)
{
    if (!due.isSet())
        return {};
    const Milliseconds left = due - now;
    const qint64 seconds = left.count() / 1000;
    if (left.count() < 0) {
        const QString late = -seconds < 60
                                 ? TimeText::tr("%1 s late").arg(qMax<qint64>(1, -seconds))
                                 : TimeText::tr("%1 late").arg(spanText(-left));
        return {Urgency::Late, late, TimeText::tr("reply is %1").arg(late)};
    }
    const Milliseconds target = due - since;
    const bool isSoon = left < Milliseconds(180'000) || (since.isSet() && left < target / 4);
    const QString spoken = TimeText::tr("reply due in %1").arg(spanText(left));
    if (isSoon)
        return {Urgency::Soon, TimeText::tr("Reply in %1").arg(spanText(left)), spoken};
    const QString words = seconds < 600 ? TimeText::tr("%1 min").arg(seconds / 60) : spanText(left);
    return {Urgency::Calm, TimeText::tr("Due in %1").arg(words), spoken};
}

} // namespace peerdesk::ui
