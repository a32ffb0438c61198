// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/api/connector.h"

#include <QJsonObject>

/// Comments on a YouTube channel's videos: answers of the API to items. Pure. Source: YouTube Data
/// API v3, resources "commentThreads", "comments" and "playlistItems".
namespace peerdesk::channels::google {

struct VideoComment
{
    QString id;
    QString topId; ///< of the comment above; its own where there is none
    QString topAuthor;
    QString author; ///< channel id
    QString authorName;
    QString text;
    QString video;
    Time published;
    Time updated;
    bool isHeld = false; ///< waits for the channel's owner before others see it
    QJsonObject raw;
};

/// Titles by video id, of a page of playlistItems.
std::map<QString, QString> parseVideos(const QJsonObject &page);
/// All comments of a page of commentThreads, answers too.
std::vector<VideoComment> parseThreads(const QJsonObject &page, bool isHeld);

/// What the log's cursor says of a channel, with the day's use of the quota.
struct YoutubeCursor
{
    std::map<QString, qint64> seen; ///< comments of the last look, and when they last changed
    QString day;                    ///< in California, where the quota begins anew
    int used = 0;                   ///< units
    qint64 number = 0;

    QByteArray toBytes() const;
    static YoutubeCursor fromBytes(const QByteArray &bytes);
    bool operator==(const YoutubeCursor &) const = default;
};

/// The newest `most` comments as items, as far as they are new or changed; moves the cursor.
std::vector<InboundItem> newComments(std::vector<VideoComment> comments,
                                     const std::map<QString, QString> &titles,
                                     const QString &ownChannel, size_t most, YoutubeCursor &cursor);
/// The conversation: what one person says below one comment.
QString threadOf(const VideoComment &comment);
/// The comment above, from such a thread.
QString topOf(const QString &thread);

/// The day in California, as "2026-11-22", and how long until the next one begins.
QString quotaDay(Time now);
Seconds untilNextQuota(Time now);

} // namespace peerdesk::channels::google
