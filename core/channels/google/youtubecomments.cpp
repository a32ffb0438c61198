// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/google/youtubecomments.h"

#include "core/base/json.h"
#include "core/channels/vendor/items.h"
#include "core/channels/vendor/ownmessages.h"

#include <QJsonArray>
#include <QTimeZone>

namespace peerdesk::channels::google {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype MaxYoutubeId = 200;
constexpr int ShownTitle = 120; ///< characters

QString idAt(const QJsonValue &value)
{
    return value.toString().left(MaxYoutubeId);
}

VideoComment commentOf(const QJsonObject &object, const QString &video, bool isHeld)
{
    const QJsonObject snippet = object.value(u"snippet"_s).toObject();
    VideoComment comment;
    comment.id = idAt(object.value(u"id"_s));
    comment.topId = comment.id;
    comment.author = idAt(snippet.value(u"authorChannelId"_s)[u"value"_s]);
    comment.authorName = snippet.value(u"authorDisplayName"_s).toString();
    comment.text = snippet.value(u"textOriginal"_s).toString(); // of own comments only
    if (comment.text.isEmpty())
        comment.text = snippet.value(u"textDisplay"_s).toString();
    comment.video = video.isEmpty() ? idAt(snippet.value(u"videoId"_s)) : video;
    comment.published = Time::fromString(snippet.value(u"publishedAt"_s).toString());
    comment.updated = Time::fromString(snippet.value(u"updatedAt"_s).toString());
    if (!comment.updated.isSet())
        comment.updated = comment.published;
    const QString status = snippet.value(u"moderationStatus"_s).toString();
    comment.isHeld = isHeld || status == u"heldForReview" || status == u"likelySpam";
    comment.raw = object;
    return comment;
}

InboundItem itemOf(const VideoComment &comment, const QString &title, bool isOwn, bool isEdit)
{
    const bool isAnswer = isOwn && !comment.topAuthor.isEmpty();
    const QString who = isAnswer ? comment.topAuthor : comment.author;
    const QString name = isAnswer ? QString() : comment.authorName;
    const Identity sender{u"youtube"_s,
                          {},
                          who.isEmpty() ? u"comment:"_s + comment.id : who,
                          vendor::cleanText(name, 200).simplified(),
                          Evidence::Provider};
    const QString said = comment.text.isEmpty() ? u"[Comment without text]"_s : comment.text;
    const QString text = comment.isHeld ? u"[Held for review]\n"_s + said : said;
    InboundItem item = vendor::messageItem(
        isEdit ? u"%1@%2"_s.arg(comment.id).arg(comment.updated.ms) : comment.id, sender, text,
        comment.published, comment.raw);
    item.thread = isAnswer ? comment.topId + u'/' + comment.topAuthor : threadOf(comment);
    item.content.subject = vendor::cleanText(title, ShownTitle).simplified();
    vendor::addHeaders(item, {{u"public"_s, true},
                              {u"video"_s, comment.video},
                              {u"held"_s, comment.isHeld},
                              {u"parent"_s, comment.topId},
                              {u"permalink"_s, u"https://www.youtube.com/watch?v=%1&lc=%2"_s.arg(
                                                   comment.video, comment.id)}});
    if (isEdit) {
        item.kind = ItemKind::Edited;
        item.receiptFor = comment.id;
        item.providerTime = comment.updated;
    }
    if (isOwn)
        vendor::markOutside(item, comment.authorName);
    return item;
}

QTimeZone california()
{
    const QTimeZone zone("America/Los_Angeles");
    return zone.isValid() ? zone : QTimeZone(-8 * 3'600);
}

} // namespace

std::map<QString, QString> parseVideos(const QJsonObject &page)
{
    std::map<QString, QString> titles;
    for (const QJsonValue item : page.value(u"items"_s).toArray()) {
        const QJsonValue snippet = item[u"snippet"_s];
        const QString id = idAt(snippet[u"resourceId"_s][u"videoId"_s]);
        if (!id.isEmpty())
            titles[id] = snippet[u"title"_s].toString().left(500);
    }
    return titles;
}

std::vector<VideoComment> parseThreads(const QJsonObject &page, bool isHeld)
{
    std::vector<VideoComment> out;
    for (const QJsonValue value : page.value(u"items"_s).toArray()) {
        const QJsonObject snippet = value[u"snippet"_s].toObject();
        const QString video = idAt(snippet.value(u"videoId"_s));
        const VideoComment top =
            commentOf(snippet.value(u"topLevelComment"_s).toObject(), video, isHeld);
        if (top.id.isEmpty())
            continue;
        out.push_back(top);
        for (const QJsonValue reply : value[u"replies"_s][u"comments"_s].toArray()) {
            VideoComment below = commentOf(reply.toObject(), video, false);
            below.topId = top.id;
            below.topAuthor = top.author;
            if (!below.id.isEmpty())
                out.push_back(below);
        }
    }
    return out;
}

QByteArray YoutubeCursor::toBytes() const
{
    QJsonObject times;
    for (const auto &[id, at] : seen)
        times.insert(id, at);
    return json::canonical(
               {{u"seen"_s, times}, {u"day"_s, day}, {u"used"_s, used}, {u"n"_s, number}})
        .text;
}

YoutubeCursor YoutubeCursor::fromBytes(const QByteArray &bytes)
{
    const QJsonObject object = QJsonDocument::fromJson(bytes).object();
    YoutubeCursor cursor;
    const QJsonObject times = object.value(u"seen"_s).toObject();
    for (auto it = times.begin(); it != times.end(); ++it)
        cursor.seen[it.key()] = it->toInteger();
    cursor.day = object.value(u"day"_s).toString();
    cursor.used = std::max(0, object.value(u"used"_s).toInt());
    cursor.number = object.value(u"n"_s).toInteger();
    return cursor;
}

std::vector<InboundItem> newComments(std::vector<VideoComment> comments,
                                     const std::map<QString, QString> &titles,
                                     const QString &ownChannel, size_t most, YoutubeCursor &cursor)
{
    std::stable_sort(comments.begin(), comments.end(),
                     [](const VideoComment &left, const VideoComment &right) {
                         return left.published > right.published;
                     });
    std::set<QString> ids; // a held comment may stand in both lists
    std::erase_if(comments,
                  [&](const VideoComment &comment) { return !ids.insert(comment.id).second; });
    if (comments.size() > most)
        comments.resize(most);
    std::vector<InboundItem> items;
    std::map<QString, qint64> seen;
    for (auto it = comments.rbegin(); it != comments.rend(); ++it) { // oldest first
        const VideoComment &comment = *it;
        seen[comment.id] = comment.updated.ms;
        const bool isOwn = comment.author == ownChannel;
        if (isOwn && (comment.topAuthor.isEmpty() || comment.topAuthor == ownChannel))
            continue; // nobody's question
        const auto known = cursor.seen.find(comment.id);
        const bool isEdit = known != cursor.seen.end() && known->second < comment.updated.ms;
        if ((known != cursor.seen.end() && !isEdit) || (isEdit && isOwn))
            continue;
        const auto title = titles.find(comment.video);
        items.push_back(
            itemOf(comment, title == titles.end() ? QString() : title->second, isOwn, isEdit));
    }
    cursor.seen = std::move(seen);
    return items;
}

QString threadOf(const VideoComment &comment)
{
    return comment.author.isEmpty() ? comment.topId : comment.topId + u'/' + comment.author;
}

QString topOf(const QString &thread)
{
    return thread.section(u'/', 0, 0);
}

QString quotaDay(Time now)
{
    return QDateTime::fromMSecsSinceEpoch(now.ms, california()).date().toString(Qt::ISODate);
}

Seconds untilNextQuota(Time now)
{
    const QDateTime here = QDateTime::fromMSecsSinceEpoch(now.ms, california());
    const QDateTime next(here.date().addDays(1), QTime(0, 0), california());
    return Seconds(std::max<qint64>(1, here.secsTo(next)));
}

} // namespace peerdesk::channels::google
