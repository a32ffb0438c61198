// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/flow/dateformat.h"

#include <QLocale>
#include <QStringList>
#include <QTimeZone>

namespace peerdesk::flow {
using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype MaxFormat = 256;

QTimeZone zone(const QJsonObject &variables)
{
    const QString name = variables[u"office"_s][u"timezone"_s].toString();
    const QTimeZone named = name.isEmpty() ? QTimeZone::utc() : QTimeZone(name.toUtf8());
    return named.isValid() ? named : QTimeZone::utc();
}

/// A text without an offset is taken in `inside`.
QDateTime readMoment(const QString &text, const QTimeZone &inside)
{
    bool isNumber = false;
    const qint64 seconds = text.toLongLong(&isNumber);
    if (isNumber) {
        constexpr qint64 Farthest = 253'402'300'799; // the end of year 9999
        return seconds >= 0 && seconds <= Farthest ? QDateTime::fromSecsSinceEpoch(seconds, inside)
                                                   : QDateTime();
    }
    QString iso = text;
    if (iso.size() > 10 && iso[10] == u' ')
        iso[10] = u'T';
    QDateTime moment = QDateTime::fromString(iso, Qt::ISODateWithMs);
    if (!moment.isValid()) {
        const auto date = readDate(text);
        return date ? QDateTime(*date, QTime(0, 0), inside) : QDateTime();
    }
    if (moment.timeSpec() == Qt::LocalTime)
        moment.setTimeZone(inside);
    return moment.toTimeZone(inside);
}

QString padded(int number, int width, bool plain, QChar fill = u'0')
{
    return plain ? QString::number(number) : u"%1"_s.arg(number, width, 10, fill);
}

QString offset(const QDateTime &moment)
{
    const int minutes = moment.offsetFromUtc() / 60;
    return (minutes < 0 ? u"-"_s : u"+"_s) + padded(std::abs(minutes) / 60, 2, false) +
           padded(std::abs(minutes) % 60, 2, false);
}

/// Names: %a %A %b %B %p and their kin; nothing for other letters.
std::optional<QString> named(QChar letter, const QDateTime &moment)
{
    const QLocale english = QLocale::c();
    const bool morning = moment.time().hour() < 12;
    switch (letter.unicode()) {
    case u'a':
        return english.dayName(moment.date().dayOfWeek(), QLocale::ShortFormat);
    case u'A':
        return english.dayName(moment.date().dayOfWeek(), QLocale::LongFormat);
    case u'b':
    case u'h':
        return english.monthName(moment.date().month(), QLocale::ShortFormat);
    case u'B':
        return english.monthName(moment.date().month(), QLocale::LongFormat);
    case u'p':
        return morning ? u"AM"_s : u"PM"_s;
    case u'P':
        return morning ? u"am"_s : u"pm"_s;
    case u'Z':
        return moment.timeZone().abbreviation(moment);
    case u'z':
        return offset(moment);
    case u'%':
        return u"%"_s;
    default:
        return std::nullopt;
    }
}

/// Numbers: %Y %m %d %H %M %S and their kin; nothing for other letters.
std::optional<QString> numbered(QChar letter, const QDateTime &moment, bool plain)
{
    const QDate date = moment.date();
    const QTime time = moment.time();
    const int half = time.hour() % 12 == 0 ? 12 : time.hour() % 12;
    switch (letter.unicode()) {
    case u'Y':
        return QString::number(date.year());
    case u'y':
        return padded(date.year() % 100, 2, plain);
    case u'm':
        return padded(date.month(), 2, plain);
    case u'd':
        return padded(date.day(), 2, plain);
    case u'e':
        return padded(date.day(), 2, plain, u' ');
    case u'j':
        return padded(date.dayOfYear(), 3, plain);
    case u'H':
        return padded(time.hour(), 2, plain);
    case u'I':
        return padded(half, 2, plain);
    case u'l':
        return padded(half, 2, plain, u' ');
    case u'M':
        return padded(time.minute(), 2, plain);
    case u'S':
        return padded(time.second(), 2, plain);
    case u'L':
        return padded(time.msec(), 3, plain);
    case u's':
        return QString::number(moment.toSecsSinceEpoch());
    case u'u':
        return QString::number(date.dayOfWeek());
    case u'w':
        return QString::number(date.dayOfWeek() % 7);
    default:
        return std::nullopt;
    }
}

QString expanded(QString format)
{
    format.replace(u"%F"_s, u"%Y-%m-%d"_s).replace(u"%D"_s, u"%m/%d/%y"_s);
    return format.replace(u"%T"_s, u"%H:%M:%S"_s).replace(u"%R"_s, u"%H:%M"_s);
}

} // namespace

QString formatDate(const QString &text, const QString &format, const QJsonObject &variables)
{
    const QString trimmed = text.trimmed();
    const bool isNow = trimmed == u"now"_s || trimmed == u"today"_s;
    const QString source = isNow ? variables[u"now"_s].toString() : trimmed;
    const QDateTime moment = readMoment(source, zone(variables));
    if (!moment.isValid() || format.isEmpty())
        return isNow ? source : text;
    const QString pattern = expanded(format.left(MaxFormat));
    QString out;
    for (qsizetype i = 0; i < pattern.size(); ++i) {
        if (pattern[i] != u'%' || i + 1 == pattern.size()) {
            out += pattern[i];
            continue;
        }
        const bool plain = pattern[i + 1] == u'-' && i + 2 < pattern.size();
        const QChar letter = pattern[i + (plain ? 2 : 1)];
        i += plain ? 2 : 1;
        const auto name = named(letter, moment);
        out += name ? *name : numbered(letter, moment, plain).value_or(QString(u'%') + letter);
    }
    return out;
}

std::optional<QDate> readDate(const QString &text)
{
    const QString trimmed = text.trimmed();
    if (trimmed.size() > 40)
        return std::nullopt;
    for (const QString &form : {u"yyyy-MM-dd"_s, u"yyyy/MM/dd"_s, u"d.M.yyyy"_s}) {
        const QString head = form == u"d.M.yyyy"_s ? trimmed : trimmed.left(10);
        const QDate date = QDate::fromString(head, form);
        if (date.isValid())
            return date;
    }
    return std::nullopt;
}

std::optional<QTime> readTime(const QString &text)
{
    QString clock = text.trimmed().toUpper();
    if (clock.size() > 40)
        return std::nullopt;
    if (const auto date = readDate(clock); date && clock.size() > 11)
        clock = clock.mid(11, 8);
    for (const QString &form : {u"H:m"_s, u"H:m:s"_s, u"h:mAP"_s, u"h:m AP"_s}) {
        const QTime time = QLocale::c().toTime(clock, form);
        if (time.isValid())
            return time;
    }
    return std::nullopt;
}

} // namespace peerdesk::flow
