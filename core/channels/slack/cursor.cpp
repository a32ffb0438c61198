// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/slack/cursor.h"

#include "core/base/json.h"
#include "core/channels/slack/limits.h"

#include <QJsonDocument>

namespace peerdesk::channels::slack {

using namespace Qt::StringLiterals;

namespace {

bool isDigits(QStringView text)
{
    return !text.isEmpty() && std::all_of(text.begin(), text.end(), [](QChar c) {
        return c.unicode() >= u'0' && c.unicode() <= u'9';
    });
}

/// Seconds have ten digits until the year 2286, so text compares as time does.
void keepNewest(std::map<QString, QString> &marks, const QString &key, const QString &ts,
                size_t most)
{
    QString &mark = marks[key];
    mark = std::max(mark, ts);
    while (marks.size() > most)
        marks.erase(
            std::min_element(marks.begin(), marks.end(), [](const auto &left, const auto &right) {
                return left.second < right.second;
            }));
}

QJsonObject toObject(const std::map<QString, QString> &marks)
{
    QJsonObject object;
    for (const auto &[key, ts] : marks)
        object.insert(key, ts);
    return object;
}

} // namespace

bool isTimestamp(const QString &ts)
{
    return ts.size() == 17 && ts.at(10) == u'.' && isDigits(QStringView(ts).left(10)) &&
           isDigits(QStringView(ts).mid(11));
}

bool isId(const QString &id)
{
    return !id.isEmpty() && id.size() <= 30 && std::all_of(id.begin(), id.end(), [](QChar c) {
        return (c.unicode() >= u'0' && c.unicode() <= u'9') ||
               (c.unicode() >= u'A' && c.unicode() <= u'Z');
    });
}

qint64 millisecondsOf(const QString &ts)
{
    return isTimestamp(ts) ? ts.left(10).toLongLong() * 1000 + ts.mid(11, 3).toLongLong() : 0;
}

QString newestOf(const Cursor &cursor)
{
    QString newest;
    for (const auto &[channel, ts] : cursor.channels)
        newest = std::max(newest, ts);
    return newest;
}

Cursor cursorFrom(const QByteArray &bytes)
{
    const QJsonObject object = QJsonDocument::fromJson(bytes).object();
    Cursor cursor;
    const auto read = [&](const QString &name, std::map<QString, QString> &marks) {
        const QJsonObject entries = object.value(name).toObject();
        for (auto it = entries.begin(); it != entries.end(); ++it) {
            if (isTimestamp(it.value().toString()) && isId(it.key().section(u'/', 0, 0)))
                marks[it.key()] = it.value().toString();
        }
    };
    read(u"channels"_s, cursor.channels);
    read(u"threads"_s, cursor.threads);
    return cursor;
}

QByteArray toBytes(const Cursor &cursor)
{
    return json::canonical(QJsonObject{{u"channels"_s, toObject(cursor.channels)},
                                       {u"threads"_s, toObject(cursor.threads)}})
        .text;
}

void remember(Cursor &cursor, const QString &channel, const QString &root, const QString &ts)
{
    if (root.isEmpty() || root == ts) // replies are not in the channel's history
        keepNewest(cursor.channels, channel, ts, limits::Channels);
    if (!root.isEmpty())
        keepNewest(cursor.threads, channel + u'/' + root, ts, limits::Threads);
}

} // namespace peerdesk::channels::slack
