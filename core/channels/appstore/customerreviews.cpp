// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/appstore/customerreviews.h"

#include "core/base/json.h"
#include "core/channels/appstore/numbers.h"
#include "core/channels/vendor/items.h"

#include <QCryptographicHash>
#include <QJsonArray>

namespace peerdesk::channels::appstore {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype MaxReviewId = 100;

/// "2026-11-22T02:00:00-08:00".
Time timeIn(const QJsonValue &value)
{
    return Time::fromString(value.toString());
}

QString hashOf(const vendor::Review &review)
{
    const QString all = QString::number(review.stars) + u'\n' + review.title + u'\n' + review.text;
    return QString::fromLatin1(
        QCryptographicHash::hash(all.toUtf8(), QCryptographicHash::Sha256).toHex().left(12));
}

CustomerReview reviewOf(const QJsonObject &object, const std::map<QString, QJsonObject> &answers)
{
    const QJsonObject said = object.value(u"attributes"_s).toObject();
    CustomerReview out;
    vendor::Review &review = out.review;
    review.id = object.value(u"id"_s).toString().left(MaxReviewId);
    review.key = review.id;
    review.stars = said.value(u"rating"_s).toInt();
    review.title = said.value(u"title"_s).toString().trimmed();
    review.text = said.value(u"body"_s).toString().trimmed();
    review.author = said.value(u"reviewerNickname"_s).toString();
    review.at = timeIn(said.value(u"createdDate"_s));
    out.territory = said.value(u"territory"_s).toString().left(10);
    review.details = out.territory;
    review.facts = {{u"territory"_s, out.territory}};
    review.raw = object;
    const QJsonValue linked = object.value(u"relationships"_s)[u"response"_s][u"data"_s][u"id"_s];
    const auto answer = answers.find(linked.toString());
    if (answer == answers.end())
        return out;
    out.answerId = answer->first;
    out.answer = answer->second.value(u"responseBody"_s).toString();
    out.isAnswerPublished = answer->second.value(u"state"_s).toString() == u"PUBLISHED";
    out.answeredAt = timeIn(answer->second.value(u"lastModifiedDate"_s));
    return out;
}

void remember(ReviewCursor &cursor, const vendor::Review &review)
{
    cursor.seen[review.id] = {review.at.ms, hashOf(review)};
    if (cursor.seen.size() <= size_t(numbers::Remembered))
        return;
    cursor.seen.erase(std::min_element(
        cursor.seen.begin(), cursor.seen.end(),
        [](const auto &left, const auto &right) { return left.second.at < right.second.at; }));
}

void addAnswer(const CustomerReview &review, const InboundItem &about, Time newerThan,
               std::vector<InboundItem> &items)
{
    if (review.answer.isEmpty())
        return;
    const QString key = vendor::answerKey(review.review.id, review.answer);
    if (review.answeredAt >= newerThan)
        items.push_back(
            vendor::reviewAnswerItem(review.review, about, review.answer, review.answeredAt));
    if (review.isAnswerPublished && review.answeredAt >= newerThan)
        items.push_back(vendor::receiptItem(key + u"#published"_s, key, MessageState::Delivered,
                                            review.answeredAt));
}

} // namespace

CustomerReviewPage parseCustomerReviews(const QJsonObject &page)
{
    std::map<QString, QJsonObject> answers;
    for (const QJsonValue value : page.value(u"included"_s).toArray()) {
        if (value[u"type"_s].toString() == u"customerReviewResponses")
            answers[value[u"id"_s].toString()] = value[u"attributes"_s].toObject();
    }
    CustomerReviewPage out;
    for (const QJsonValue value : page.value(u"data"_s).toArray()) {
        CustomerReview review = reviewOf(value.toObject(), answers);
        if (!review.review.id.isEmpty())
            out.reviews.push_back(std::move(review));
    }
    out.next = page.value(u"links"_s)[u"next"_s].toString().left(4'000);
    return out;
}

QByteArray ReviewCursor::toBytes() const
{
    QJsonObject marks;
    for (const auto &[id, mark] : seen)
        marks.insert(id, QJsonArray{mark.at, mark.hash});
    return json::canonical({{u"since"_s, since.ms}, {u"seen"_s, marks}, {u"n"_s, number}}).text;
}

ReviewCursor ReviewCursor::fromBytes(const QByteArray &bytes)
{
    const QJsonObject object = QJsonDocument::fromJson(bytes).object();
    ReviewCursor cursor;
    cursor.since = {object.value(u"since"_s).toInteger()};
    cursor.number = object.value(u"n"_s).toInteger();
    const QJsonObject marks = object.value(u"seen"_s).toObject();
    for (auto it = marks.begin(); it != marks.end(); ++it)
        cursor.seen[it.key()] = {(*it)[0].toInteger(), (*it)[1].toString()};
    return cursor;
}

std::vector<InboundItem> compare(const std::vector<CustomerReview> &reviews, const QString &app,
                                 Time newerThan, ReviewCursor &cursor)
{
    std::vector<InboundItem> items;
    for (auto it = reviews.rbegin(); it != reviews.rend(); ++it) { // oldest first
        vendor::Review review = it->review;
        cursor.since = std::max(cursor.since, review.at);
        const auto known = cursor.seen.find(review.id);
        const bool isChanged = known != cursor.seen.end() && known->second.hash != hashOf(review);
        const bool isNew = known == cursor.seen.end() && review.at >= newerThan;
        if (isChanged) // the same id with other words: written again
            review.key = review.id + u'@' + hashOf(review);
        const InboundItem item = vendor::reviewItem(review, u"app_store"_s, app);
        if (isNew || isChanged) {
            items.push_back(item);
            remember(cursor, it->review);
        }
        addAnswer(*it, item, newerThan, items);
    }
    return items;
}

std::vector<QString> missing(const std::vector<CustomerReview> &reviews, Time oldest,
                             const ReviewCursor &cursor)
{
    std::vector<QString> out;
    for (const auto &[id, mark] : cursor.seen) {
        const bool isThere =
            std::any_of(reviews.begin(), reviews.end(), [&id = id](const CustomerReview &review) {
                return review.review.id == id;
            });
        if (!isThere && mark.at > oldest.ms)
            out.push_back(id);
    }
    return out;
}

InboundItem removedItem(const QString &review, const QString &app, Time at)
{
    const Identity author{u"app_store"_s, app, review, {}, Evidence::Provider};
    InboundItem item = vendor::messageItem(review + u"#removed"_s, author, {}, at, {});
    item.kind = ItemKind::Deleted;
    item.receiptFor = review;
    item.thread = review;
    return item;
}

} // namespace peerdesk::channels::appstore
