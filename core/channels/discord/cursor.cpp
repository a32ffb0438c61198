// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/discord/cursor.h"

#include "core/base/json.h"
#include "core/channels/discord/limits.h"

#include <QJsonDocument>

namespace peerdesk::channels::discord {

using namespace Qt::StringLiterals;

namespace {

const std::map<Place, QString> PlaceNames{
    {Place::Direct, u"d"_s}, {Place::Server, u"s"_s}, {Place::Thread, u"t"_s}};

Place placeFrom(QStringView name)
{
    for (const auto &[place, letter] : PlaceNames) {
        if (name == letter)
            return place;
    }
    return Place::Direct;
}

} // namespace

bool isSnowflake(const QString &id)
{
    return !id.isEmpty() && id.size() <= 20 && std::all_of(id.begin(), id.end(), [](QChar c) {
        return c.unicode() >= u'0' && c.unicode() <= u'9';
    });
}

bool isBefore(const QString &left, const QString &right)
{
    return left.size() != right.size() ? left.size() < right.size() : left < right;
}

Cursor cursorFrom(const QByteArray &bytes)
{
    const QJsonObject object = QJsonDocument::fromJson(bytes).object();
    Cursor cursor;
    cursor.session = object.value(u"session"_s).toString();
    cursor.resumeUrl = object.value(u"resume"_s).toString();
    cursor.sequence = object.value(u"seq"_s).toInteger();
    const QJsonObject channels = object.value(u"channels"_s).toObject();
    for (auto it = channels.begin(); it != channels.end(); ++it) {
        const QString mark = it.value().toString();
        if (isSnowflake(it.key()) && isSnowflake(mark.mid(1)))
            cursor.channels[it.key()] = {placeFrom(QStringView(mark).left(1)), mark.mid(1)};
    }
    return cursor;
}

QByteArray toBytes(const Cursor &cursor)
{
    QJsonObject channels;
    for (const auto &[channel, mark] : cursor.channels)
        channels.insert(channel, PlaceNames.at(mark.place) + mark.last);
    return json::canonical(QJsonObject{{u"session"_s, cursor.session},
                                       {u"resume"_s, cursor.resumeUrl},
                                       {u"seq"_s, cursor.sequence},
                                       {u"channels"_s, channels}})
        .text;
}

void remember(Cursor &cursor, const QString &channel, Place place, const QString &message)
{
    Mark &mark = cursor.channels[channel];
    mark.place = place;
    if (isBefore(mark.last, message))
        mark.last = message;
    while (cursor.channels.size() > limits::Channels) {
        const auto oldest =
            std::min_element(cursor.channels.begin(), cursor.channels.end(),
                             [](const auto &left, const auto &right) {
                                 return isBefore(left.second.last, right.second.last);
                             });
        cursor.channels.erase(oldest);
    }
}

} // namespace peerdesk::channels::discord
