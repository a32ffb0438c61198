// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/meta/parsed.h"

#include <optional>

/// Comments below the posts of a Facebook page or an Instagram account. Pure. Source: Graph API,
/// "Page Feed" and "Comment"; Instagram Platform, "IG Comment"; the webhooks "feed" and "comments".
namespace peerdesk::channels::meta {

struct Comment
{
    QString id;
    QString topId;    ///< of the comment that it is below; its own where there is none
    QString authorId; ///< empty = Meta does not say
    QString authorName;
    QString topAuthorId; ///< of the comment above; empty = not known
    QString text;
    Time at;
    QString postId;
    QString postText;
    QString permalink;
    QString pictureUrl;
    QJsonObject raw;
};

/// Where a comment channel stands, and which texts it saw.
struct CommentCursor
{
    Time since; ///< the newest comment that was seen
    qint64 number = 0;
    std::map<QString, QString> seen; ///< comment's id to its time and a hash of its text

    QByteArray toBytes() const;
    static CommentCursor fromBytes(const QByteArray &bytes);
    bool operator==(const CommentCursor &) const = default;
};

std::vector<Comment> facebookComments(const QJsonObject &feed, const Self &self);
std::vector<Comment> instagramComments(const QJsonObject &media, const Self &self);

/// The conversation of a comment: what one person says below one comment.
QString threadOf(const Comment &comment);
/// The comment above, from such a thread.
QString topOf(const QString &thread);

/// What is new since the cursor, and what has another text than before; moves the cursor.
Parsed compare(const std::vector<Comment> &comments, const Self &self, Time newerThan,
               CommentCursor &cursor);

/// What a call of the webhook says. Errors: as parseWebhook().
Result<Parsed> parseCommentHook(const QByteArray &body, const Self &self);

} // namespace peerdesk::channels::meta
