// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/icons.h"

#include <QPainter>
#include <QStringList>

#include <map>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {

const char *pathData(Icon icon)
{
    switch (icon) {
    case Icon::Inbox:
        return "M 3 13 L 6 5 L 18 5 L 21 13 L 21 19 L 3 19 Z M 3 13 L 8 13 L 9.5 16 L 14.5 16 L 16 "
               "13 L 21 13";
    case Icon::People:
        return "O 9 8 3.4 M 2.5 20 C 2.5 16 5 14 9 14 C 13 14 15.5 16 15.5 20 M 15.5 4.9 C 19 5 19 "
               "11 15.5 11.1 M 18 14.4 C 20.4 15.2 21.5 17 21.5 20";
    case Icon::Settings:
        return "O 12 12 3.4 M 12 2.8 L 12 5.4 M 12 18.6 L 12 21.2 M 2.8 12 L 5.4 12 M 18.6 12 L "
               "21.2 12 M 5.5 5.5 L 7.3 7.3 M 16.7 16.7 L 18.5 18.5 M 5.5 18.5 L 7.3 16.7 M 16.7 "
               "7.3 L 18.5 5.5";
    case Icon::Search:
        return "O 10.5 10.5 6.2 M 15.2 15.2 L 20.5 20.5";
    case Icon::Plus:
        return "M 12 5 L 12 19 M 5 12 L 19 12";
    case Icon::Transfer:
        return "M 4 8 L 19 8 M 15.5 4.5 L 19 8 L 15.5 11.5 M 20 16 L 5 16 M 8.5 12.5 L 5 16 L 8.5 "
               "19.5";
    case Icon::Snooze:
        return "O 12 13 7.4 M 12 9 L 12 13 L 15 15 M 3 6.5 L 6.5 3.5 M 21 6.5 L 17.5 3.5";
    case Icon::More:
        return "O 5 12 0.7 O 12 12 0.7 O 19 12 0.7";
    case Icon::Check:
        return "M 4.5 12.5 L 9.8 17.8 L 19.5 7";
    case Icon::Eye:
        return "M 2 12 C 5 7 8.5 5 12 5 C 15.5 5 19 7 22 12 C 19 17 15.5 19 12 19 C 8.5 19 5 17 2 "
               "12 Z O 12 12 3";
    case Icon::Lock:
        return "R 5 11 14 9 2 M 8 11 L 8 8 C 8 2.7 16 2.7 16 8 L 16 11";
    case Icon::Clip:
        return "M 20 11.5 L 12.2 19.3 C 9 22.5 3.2 17 6.6 13.4 L 14.6 5.4 C 17 3 20.6 6.6 18.2 9 L "
               "10.6 16.6 C 9.4 17.8 7.6 16 8.8 14.8 L 15.8 7.8";
    case Icon::File:
        return "M 14 3 L 6 3 L 6 21 L 18 21 L 18 7 Z M 14 3 L 14 7 L 18 7";
    case Icon::Image:
        return "R 3.5 4.5 17 15 2 O 8.5 9.5 1.4 M 4 17 L 9.5 12.5 L 13 15.5 L 16.5 11.5 L 20.5 16";
    case Icon::Close:
        return "M 6 6 L 18 18 M 18 6 L 6 18";
    case Icon::Clock:
        return "O 12 12 8.5 M 12 7 L 12 12 L 15.5 14";
    case Icon::Back:
        return "M 20 12 L 5 12 M 11 6 L 5 12 L 11 18";
    case Icon::Choices:
        return "R 3 5 8 14 2 R 13 5 8 14 2 M 5.5 15 L 8.5 15 M 15.5 15 L 18.5 15";
    case Icon::Card:
        return "R 3 4.5 18 15 2 O 8.5 10.5 2 M 5.5 16.5 C 5.5 13.6 11.5 13.6 11.5 16.5 M 14 10 L "
               "18 "
               "10 M 14 14 L 18 14";
    case Icon::Sort:
        return "M 4 6 L 20 6 M 4 12 L 15 12 M 4 18 L 10 18";
    case Icon::Warning:
        return "M 12 3.5 L 21.5 20 L 2.5 20 Z M 12 10 L 12 14.5 M 12 17.2 L 12 17.4";
    case Icon::Offline:
        return "M 3 3 L 21 21 M 2 9 C 4 7.3 6 6.3 8 5.7 M 12 5.2 C 16 5.2 19.5 6.8 22 9 M 5.5 13 C "
               "7 11.8 8.5 11 10.3 10.7 M 12 19 L 12 19.3";
    case Icon::Retry:
        return "M 19.5 12 C 19.5 21 4.5 21 4.5 12 C 4.5 4 15 2.2 18.5 7.5 M 18.8 3.2 L 18.8 7.8 L "
               "14.2 7.8";
    case Icon::Hand:
        return "M 5 12 L 19 12 M 13 6 L 19 12 L 13 18 M 3 5 L 3 19";
    case Icon::Mail:
        return "R 3 5.5 18 13 2 M 3.8 7 L 12 13 L 20.2 7";
    case Icon::Chat:
        return "M 4 5 L 20 5 L 20 16 L 11 16 L 7 19.6 L 7 16 L 4 16 Z";
    case Icon::Phone:
        return "M 6.2 3.8 L 9.3 3.8 L 10.8 8 L 8.8 9.6 C 9.8 12 12 14.2 14.4 15.2 L 16 13.2 L 20.2 "
               "14.7 L 20.2 17.8 C 20.2 19.2 19 20.3 17.6 20.2 C 10.4 19.6 4.4 13.6 3.8 6.4 C 3.7 "
               "5 "
               "4.8 3.8 6.2 3.8 Z";
    case Icon::Bubble:
        return "M 12 4 C 17 4 20.5 7.4 20.5 11.6 C 20.5 15.8 17 19.2 12 19.2 C 10.7 19.2 9.4 19 "
               "8.3 "
               "18.5 L 4 20 L 5.2 16 C 4.1 14.7 3.5 13.2 3.5 11.6 C 3.5 7.4 7 4 12 4 Z";
    case Icon::Plane:
        return "M 3 11.5 L 21 4 L 18 20 L 11 15.5 L 8.5 19.5 L 8.5 13.5 Z M 8.5 13.5 L 21 4";
    case Icon::Camera:
        return "R 4 4 16 16 4.5 O 12 12 3.8 O 16.6 7.4 0.5";
    case Icon::Hash:
        return "M 9.5 4 L 7.5 20 M 16.5 4 L 14.5 20 M 4.5 9 L 20 9 M 4 15 L 19.5 15";
    case Icon::Star:
        return "M 12 3.5 L 14.6 9.2 L 20.8 9.9 L 16.2 14 L 17.5 20.2 L 12 17 L 6.5 20.2 L 7.8 14 L "
               "3.2 9.9 L 9.4 9.2 Z";
    case Icon::Person:
        return "O 12 8.2 3.8 M 4.5 20.5 C 4.5 16.4 7.5 14.4 12 14.4 C 16.5 14.4 19.5 16.4 19.5 "
               "20.5";
    case Icon::Down:
        return "M 6 9 L 12 15.5 L 18 9";
    case Icon::Up:
        return "M 6 15 L 12 8.5 L 18 15";
    case Icon::Tag:
        return "M 4 4 L 12 4 L 20.5 12.5 L 12.5 20.5 L 4 12 Z O 8.2 8.2 1.2";
    case Icon::Smile:
        return "O 12 12 8.5 O 9 10 0.6 O 15 10 0.6 M 8 14 C 9.5 17 14.5 17 16 14";
    case Icon::Slash:
        return "R 4 4 16 16 3 M 14 8 L 10 16";
    case Icon::Queues:
        return "M 4 6 L 20 6 M 4 11 L 13 11 M 4 16 L 10 16 O 17 15 3";
    case Icon::Reports:
        return "M 4 4 L 4 20 L 20 20 M 8.5 20 L 8.5 13 M 13 20 L 13 8 M 17.5 20 L 17.5 11";
    case Icon::Screen:
        return "R 3 4 18 12 2 M 12 16 L 12 20 M 8 20 L 16 20";
    case Icon::WhatsApp:
        return "M 12 3.6 C 17 3.6 20.6 7.2 20.6 11.8 C 20.6 16.4 17 20 12 20 C 10.4 20 9 19.7 7.8 "
               "19 "
               "L 3.6 20.4 L 5 16.4 C 4.1 15 3.4 13.5 3.4 11.8 C 3.4 7.2 7 3.6 12 3.6 Z M 9 8.4 C "
               "8.6 "
               "12 12 15.6 15.6 15 L 15.8 13.4 L 13.8 12.6 L 13 13.4 C 12 13 11.2 12.2 10.8 11.2 L "
               "11.6 10.4 L 10.8 8.4 Z";
    }
    return "";
}

/// Takes `count` numbers from the words at `at`; short data yields zeros.
std::vector<double> numbers(const QStringList &words, qsizetype &at, int count)
{
    std::vector<double> values;
    for (int i = 0; i < count; ++i)
        values.push_back(at + 1 < words.size() ? words[++at].toDouble() : 0.0);
    return values;
}

} // namespace

QPainterPath parsePath(const QString &data)
{
    QPainterPath path;
    const QStringList words = data.split(u' ', Qt::SkipEmptyParts);
    for (qsizetype i = 0; i < words.size(); ++i) {
        const QString &word = words[i];
        if (word == u"M") {
            const auto v = numbers(words, i, 2);
            path.moveTo(v[0], v[1]);
        } else if (word == u"L") {
            const auto v = numbers(words, i, 2);
            path.lineTo(v[0], v[1]);
        } else if (word == u"C") {
            const auto v = numbers(words, i, 6);
            path.cubicTo(v[0], v[1], v[2], v[3], v[4], v[5]);
        } else if (word == u"O") {
            const auto v = numbers(words, i, 3);
            path.addEllipse(QPointF(v[0], v[1]), v[2], v[2]);
        } else if (word == u"R") {
            const auto v = numbers(words, i, 5);
            path.addRoundedRect(QRectF(v[0], v[1], v[2], v[3]), v[4], v[4]);
        } else if (word == u"Z") {
            path.closeSubpath();
        } else {
            break;
        }
    }
    return path;
}

void paintIcon(QPainter &painter, Icon icon, const QRectF &rect, const QColor &colour,
               double stroke)
{
    static const auto paths = [] {
        std::map<Icon, QPainterPath> parsed;
        constexpr Icon Last = Icon::WhatsApp; // of the enumeration
        for (int i = 0; i <= int(Last); ++i)
            parsed[Icon(i)] = parsePath(QString::fromLatin1(pathData(Icon(i))));
        return parsed;
    }();
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.translate(rect.topLeft());
    painter.scale(rect.width() / 24, rect.height() / 24);
    painter.setPen(QPen(colour, stroke, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.setBrush(Qt::NoBrush);
    painter.drawPath(paths.at(icon));
    painter.restore();
}

Icon channelIcon(const QString &type)
{
    static const std::map<QString, Icon> icons{
        {u"email"_s, Icon::Mail},        {u"webchat"_s, Icon::Chat},
        {u"phone"_s, Icon::Phone},       {u"sms"_s, Icon::Chat},
        {u"whatsapp"_s, Icon::WhatsApp}, {u"messenger"_s, Icon::Bubble},
        {u"instagram"_s, Icon::Camera},  {u"telegram"_s, Icon::Plane},
        {u"line"_s, Icon::Bubble},       {u"discord"_s, Icon::Hash},
        {u"slack"_s, Icon::Hash},        {u"teams"_s, Icon::People},
        {u"viber"_s, Icon::Phone},       {u"youtube"_s, Icon::Star},
        {u"gplay"_s, Icon::Star},        {u"appstore"_s, Icon::Star}};
    const auto it = icons.find(type);
    return it == icons.end() ? Icon::Bubble : it->second;
}

QIcon makeIcon(Icon icon, const QColor &colour, int size, bool mirrored)
{
    QIcon result;
    for (const int ratio : {1, 2, 3}) {
        QPixmap pixmap(size * ratio, size * ratio);
        pixmap.setDevicePixelRatio(ratio);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        if (mirrored) {
            painter.translate(size, 0);
            painter.scale(-1, 1);
        }
        paintIcon(painter, icon, QRectF(0, 0, size, size), colour);
        painter.end();
        result.addPixmap(pixmap);
    }
    return result;
}

} // namespace peerdesk::ui
