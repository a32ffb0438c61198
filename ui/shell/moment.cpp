// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/moment.h"

#include <QCoreApplication>
#include <QLocale>
#include <QRegularExpression>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Moment)
};

/// 1 = Monday; 0 = no day.
int dayNamed(const QString &word)
{
    const QLocale english(QLocale::English);
    for (int day = 1; day <= 7; ++day) {
        for (const QLocale &locale : {QLocale(), english}) {
            const QString whole = locale.dayName(day, QLocale::LongFormat).toLower();
            if (word.size() >= 2 && whole.startsWith(word))
                return day;
        }
    }
    return 0;
}

std::optional<QTime> clockTime(const QString &text)
{
    static const QRegularExpression pattern(u"^(\\d{1,2})(?:[:.h](\\d{2}))?$"_s);
    const auto match = pattern.match(text);
    const QTime time(match.captured(1).toInt(), match.captured(2).toInt());
    return match.hasMatch() && time.isValid() ? std::optional(time) : std::nullopt;
}

} // namespace

std::optional<Time> parseMoment(const QString &text, Time now)
{
    const QDateTime from = QDateTime::fromMSecsSinceEpoch(now.ms);
    const QString wanted = text.simplified().toLower();
    static const QRegularExpression span(u"^(\\d{1,3})\\s*(m|min|minutes?|h|hours?|d|days?)$"_s);
    if (const auto match = span.match(wanted); match.hasMatch()) {
        const qint64 unit = match.captured(2).startsWith(u'm')   ? 60
                            : match.captured(2).startsWith(u'h') ? 3600
                                                                 : 86'400;
        const qint64 seconds = match.captured(1).toLongLong() * unit;
        if (seconds == 0)
            return std::nullopt;
        return Time{from.addSecs(seconds).toMSecsSinceEpoch()};
    }
    const QStringList words = wanted.split(u' ', Qt::SkipEmptyParts);
    if (words.isEmpty() || words.size() > 2)
        return std::nullopt;
    const auto alone = clockTime(words.front());
    if (words.size() == 1 && alone && words.front().contains(u':')) {
        const QDateTime today(from.date(), *alone);
        return Time{(today > from ? today : today.addDays(1)).toMSecsSinceEpoch()};
    }
    QDate day;
    if (words.front() == u"tomorrow" || words.front() == Words::tr("tomorrow").toLower())
        day = from.date().addDays(1);
    else if (const int weekday = dayNamed(words.front()); weekday > 0)
        day = from.date().addDays((weekday - from.date().dayOfWeek() + 6) % 7 + 1);
    const auto time = words.size() == 2 ? clockTime(words.back()) : std::optional(QTime(9, 0));
    if (!day.isValid() || !time)
        return std::nullopt;
    return Time{QDateTime(day, *time).toMSecsSinceEpoch()};
}

} // namespace peerdesk::ui
