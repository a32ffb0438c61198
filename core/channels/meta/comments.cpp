// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/meta/comments.h"

#include "core/base/json.h"
#include "core/channels/meta/graph.h"
#include "core/channels/meta/numbers.h"

#include <QJsonArray>

namespace peerdesk::channels::meta {

using namespace Qt::StringLiterals;

namespace {

constexpr int ShownPost = 120; ///< characters of the post that stand as subject

Identity authorOf(const QString &id, const QString &name, const Comment &comment, const Self &self)
{
    const bool isInstagram = self.product == Product::Instagram;
    Identity author{isInstagram ? u"instagram"_s : u"facebook"_s, self.id, id,
                    vendor::cleanText(name, 200).simplified(), Evidence::Provider};
    if (id.isEmpty()) { // without a permission Meta says what was said, not who
        author.value = u"comment:"_s + comment.id;
        author.display = isInstagram ? u"Instagram user"_s : u"Facebook user"_s;
    }
    return author;
}

InboundItem itemOf(const Comment &comment, const Self &self, bool isOwn)
{
    const Identity sender = isOwn ? authorOf(comment.topAuthorId, {}, comment, self)
                                  : authorOf(comment.authorId, comment.authorName, comment, self);
    InboundItem item =
        vendor::messageItem(comment.id, sender, comment.text, comment.at, comment.raw);
    item.thread = threadOf(comment);
    if (isOwn) // an answer of the page belongs to whoever wrote the comment above
        item.thread = comment.topId + u'/' + comment.topAuthorId;
    item.content.subject = vendor::cleanText(comment.postText, ShownPost).simplified();
    vendor::addHeaders(item, {{u"public"_s, true},
                              {u"post"_s, comment.postId},
                              {u"permalink"_s, comment.permalink.left(2'000)},
                              {u"parent"_s, comment.topId}});
    if (isOwn)
        vendor::markOutside(item, self.name);
    return item;
}

void finish(InboundItem item, const Comment &comment, Parsed &parsed)
{
    if (!comment.pictureUrl.isEmpty())
        parsed.files.push_back({parsed.items.size(), u"picture"_s, comment.pictureUrl, {}});
    else if (item.content.text.isEmpty())
        item.content.text = u"[Comment without text]"_s;
    parsed.items.push_back(std::move(item));
}

/// The new text under a key of its own, the same from poll and webhook.
InboundItem editOf(const Comment &comment, const Self &self)
{
    InboundItem item = itemOf(comment, self, false);
    item.kind = ItemKind::Edited;
    item.receiptFor = comment.id;
    item.providerId = comment.id + u'#' + shortHash(comment.text);
    return item;
}

bool isOwn(const Comment &comment, const Self &self)
{
    return comment.authorId == self.id;
}

/// Our own are of interest only as answers to somebody.
bool isAbout(const Comment &comment, const Self &self)
{
    return !isOwn(comment, self) ||
           (!comment.topAuthorId.isEmpty() && comment.topAuthorId != self.id);
}

void remember(CommentCursor &cursor, const Comment &comment)
{
    cursor.seen[comment.id] = QString::number(comment.at.ms, 36) + u':' + shortHash(comment.text);
    if (cursor.seen.size() <= size_t(numbers::RememberedTexts))
        return;
    const auto age = [](const auto &entry) {
        return entry.second.section(u':', 0, 0).toLongLong(nullptr, 36);
    };
    cursor.seen.erase(std::min_element(
        cursor.seen.begin(), cursor.seen.end(),
        [&](const auto &left, const auto &right) { return age(left) < age(right); }));
}

Comment facebookComment(const QJsonObject &object, const QJsonObject &post)
{
    const QJsonObject from = object.value(u"from"_s).toObject();
    const QJsonObject parent = object.value(u"parent"_s).toObject();
    Comment comment;
    comment.id = idIn(object, u"id"_s);
    comment.topId = parent.isEmpty() ? comment.id : idIn(parent, u"id"_s);
    comment.authorId = idIn(from, u"id"_s);
    comment.authorName = textIn(from, u"name"_s);
    comment.topAuthorId =
        parent.isEmpty() ? QString() : idIn(parent.value(u"from"_s).toObject(), u"id"_s);
    comment.text = textIn(object, u"message"_s);
    comment.at = timeOf(object.value(u"created_time"_s));
    comment.postId = idIn(post, u"id"_s);
    comment.postText = textIn(post, u"message"_s);
    comment.permalink = textIn(object, u"permalink_url"_s);
    comment.pictureUrl = object.value(u"attachment"_s)[u"media"_s][u"image"_s][u"src"_s].toString();
    comment.raw = object;
    return comment;
}

Comment instagramComment(const QJsonObject &object, const QJsonObject &post)
{
    const QJsonObject from = object.value(u"from"_s).toObject();
    Comment comment;
    comment.id = idIn(object, u"id"_s);
    comment.topId = comment.id;
    comment.authorId = idIn(from, u"id"_s);
    comment.authorName = textIn(from.contains(u"username"_s) ? from : object, u"username"_s);
    comment.text = textIn(object, u"text"_s);
    comment.at = timeOf(object.value(u"timestamp"_s));
    comment.postId = idIn(post, u"id"_s);
    comment.postText = textIn(post, u"caption"_s);
    comment.permalink = textIn(post, u"permalink"_s);
    comment.raw = object;
    comment.raw.remove(u"replies"_s);
    return comment;
}

QJsonArray dataOf(const QJsonObject &object, const QString &edge)
{
    return object.value(edge).toObject().value(u"data"_s).toArray();
}

void takeFacebookChange(const QJsonObject &value, const Self &self, Parsed &parsed)
{
    if (textIn(value, u"item"_s) != u"comment")
        return; // posts, likes: nobody waits for an answer
    QJsonObject object{{u"id"_s, value.value(u"comment_id"_s)},
                       {u"from"_s, value.value(u"from"_s)},
                       {u"message"_s, value.value(u"message"_s)},
                       {u"created_time"_s, value.value(u"created_time"_s)}};
    const QString parent = idIn(value, u"parent_id"_s);
    const QString post = idIn(value, u"post_id"_s);
    if (!parent.isEmpty() && parent != post)
        object.insert(u"parent"_s, QJsonObject{{u"id"_s, parent}});
    Comment comment = facebookComment(object, {{u"id"_s, post}, {u"message"_s, QString()}});
    comment.pictureUrl = textIn(value, u"photo"_s);
    comment.permalink = value.value(u"post"_s)[u"permalink_url"_s].toString();
    comment.raw = value;
    if (comment.id.isEmpty() || !isAbout(comment, self))
        return;
    const QString verb = textIn(value, u"verb"_s);
    if (verb == u"add")
        return finish(itemOf(comment, self, isOwn(comment, self)), comment, parsed);
    if (verb == u"edited" || verb == u"edit")
        return parsed.items.push_back(editOf(comment, self));
    if (verb == u"remove" && !isOwn(comment, self)) {
        InboundItem gone = itemOf(comment, self, false);
        gone.kind = ItemKind::Deleted;
        gone.receiptFor = comment.id;
        gone.providerId = comment.id + u"#deleted"_s;
        parsed.items.push_back(gone);
    }
}

void takeInstagramChange(const QString &field, const QJsonObject &value, Time at, const Self &self,
                         Parsed &parsed)
{
    QJsonObject object = value;
    Comment comment = instagramComment(object, value.value(u"media"_s).toObject());
    comment.at = at;
    comment.raw = value;
    if (field == u"mentions") {
        comment.id = idIn(value, u"comment_id"_s);
        if (comment.id.isEmpty())
            comment.id = idIn(value, u"media_id"_s);
        comment.topId = comment.id;
        comment.postId = idIn(value, u"media_id"_s);
        comment.text = u"[Mentioned you in a comment or post: see it in Instagram]"_s;
    }
    const QString parent = idIn(value, u"parent_id"_s);
    if (!parent.isEmpty())
        comment.topId = parent;
    if (!comment.id.isEmpty() && isAbout(comment, self))
        finish(itemOf(comment, self, isOwn(comment, self)), comment, parsed);
}

} // namespace

QByteArray CommentCursor::toBytes() const
{
    QJsonObject texts;
    for (const auto &[id, mark] : seen)
        texts.insert(id, mark);
    return json::canonical({{u"since"_s, since.ms}, {u"n"_s, number}, {u"seen"_s, texts}}).text;
}

CommentCursor CommentCursor::fromBytes(const QByteArray &bytes)
{
    const QJsonObject object = QJsonDocument::fromJson(bytes).object();
    CommentCursor cursor;
    cursor.since = {object.value(u"since"_s).toInteger()};
    cursor.number = object.value(u"n"_s).toInteger();
    const QJsonObject texts = object.value(u"seen"_s).toObject();
    for (auto it = texts.begin(); it != texts.end(); ++it)
        cursor.seen[it.key()] = it->toString();
    return cursor;
}

std::vector<Comment> facebookComments(const QJsonObject &feed, const Self &self)
{
    Q_UNUSED(self)
    std::vector<Comment> out;
    for (const QJsonValue post : feed.value(u"data"_s).toArray()) {
        for (const QJsonValue comment : dataOf(post.toObject(), u"comments"_s))
            out.push_back(facebookComment(comment.toObject(), post.toObject()));
    }
    std::erase_if(out, [](const Comment &comment) { return comment.id.isEmpty(); });
    return out;
}

std::vector<Comment> instagramComments(const QJsonObject &media, const Self &self)
{
    std::vector<Comment> out;
    for (const QJsonValue post : media.value(u"data"_s).toArray()) {
        for (const QJsonValue value : dataOf(post.toObject(), u"comments"_s)) {
            Comment top = instagramComment(value.toObject(), post.toObject());
            if (top.authorId.isEmpty() && top.authorName == self.name)
                top.authorId = self.id; // the edge names the account by its user name only
            out.push_back(top);
            for (const QJsonValue reply : dataOf(value.toObject(), u"replies"_s)) {
                Comment below = instagramComment(reply.toObject(), post.toObject());
                below.topId = top.id;
                below.topAuthorId = top.authorId;
                if (below.authorId.isEmpty() && below.authorName == self.name)
                    below.authorId = self.id;
                out.push_back(below);
            }
        }
    }
    std::erase_if(out, [](const Comment &comment) { return comment.id.isEmpty(); });
    return out;
}

QString threadOf(const Comment &comment)
{
    return comment.authorId.isEmpty() ? comment.topId : comment.topId + u'/' + comment.authorId;
}

QString topOf(const QString &thread)
{
    return thread.section(u'/', 0, 0);
}

Parsed compare(const std::vector<Comment> &comments, const Self &self, Time newerThan,
               CommentCursor &cursor)
{
    Parsed parsed;
    std::vector<Comment> ordered = comments;
    std::stable_sort(ordered.begin(), ordered.end(),
                     [](const Comment &left, const Comment &right) { return left.at < right.at; });
    for (const Comment &comment : ordered) {
        if (!isAbout(comment, self))
            continue;
        cursor.since = std::max(cursor.since, comment.at);
        if (isOwn(comment, self)) {
            if (comment.at >= newerThan)
                finish(itemOf(comment, self, true), comment, parsed);
            continue;
        }
        const auto known = cursor.seen.find(comment.id);
        const bool isEdited =
            known != cursor.seen.end() && known->second.section(u':', 1) != shortHash(comment.text);
        if (known == cursor.seen.end() && comment.at >= newerThan)
            finish(itemOf(comment, self, false), comment, parsed);
        else if (isEdited)
            parsed.items.push_back(editOf(comment, self));
        if (isEdited || (known == cursor.seen.end() && comment.at >= newerThan))
            remember(cursor, comment);
    }
    return parsed;
}

Result<Parsed> parseCommentHook(const QByteArray &body, const Self &self)
{
    const QJsonValue entries = QJsonDocument::fromJson(body).object().value(u"entry"_s);
    if (!entries.isArray())
        return invalid(u"the call has no entries"_s);
    Parsed parsed;
    for (const QJsonValue value : entries.toArray()) {
        const QJsonObject entry = value.toObject();
        if (idIn(entry, u"id"_s) != self.id)
            continue;
        QJsonArray changes = entry.value(u"changes"_s).toArray();
        if (entry.contains(u"field"_s)) // one alone, as Instagram's own log-in sends it
            changes.append(entry);
        for (const QJsonValue changed : changes) {
            const QJsonObject change = changed.toObject();
            const QString field = textIn(change, u"field"_s);
            const QJsonObject what = change.value(u"value"_s).toObject();
            if (field == u"feed")
                takeFacebookChange(what, self, parsed);
            else if (field == u"comments" || field == u"live_comments" || field == u"mentions")
                takeInstagramChange(field, what, timeOf(entry.value(u"time"_s)), self, parsed);
        }
    }
    return parsed;
}

} // namespace peerdesk::channels::meta
