// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/google/reviews.h"

#include <QJsonArray>

namespace peerdesk::channels::google {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype MaxReviewId = 200;

/// {"seconds": "1790000000", "nanos": 5}: seconds are a text, as 64 bits do not fit into a number.
Time timeIn(const QJsonValue &stamp)
{
    const QJsonValue seconds = stamp[u"seconds"_s];
    const qint64 whole = seconds.isString() ? seconds.toString().toLongLong() : seconds.toInteger();
    const bool isSane = whole > 0 && whole < 100'000'000'000;
    return {isSane ? whole * 1'000 + stamp[u"nanos"_s].toInteger() / 1'000'000 : 0};
}

QString detailsOf(const QJsonObject &comment)
{
    QStringList details;
    const QString version = comment.value(u"appVersionName"_s).toString();
    const int code = comment.value(u"appVersionCode"_s).toInt();
    if (!version.isEmpty())
        details << u"Version "_s + version + (code > 0 ? u" (%1)"_s.arg(code) : QString());
    const QJsonObject device = comment.value(u"deviceMetadata"_s).toObject();
    QString name = device.value(u"productName"_s).toString();
    if (name.isEmpty())
        name = comment.value(u"device"_s).toString();
    if (!name.isEmpty())
        details << name;
    const int android = comment.value(u"androidOsVersion"_s).toInt();
    if (android > 0)
        details << u"Android API %1"_s.arg(android);
    const QString language = comment.value(u"reviewerLanguage"_s).toString();
    if (!language.isEmpty())
        details << language;
    return details.join(u", "_s);
}

vendor::Review reviewOf(const QJsonObject &whole, const QJsonObject &comment, Time answeredAt)
{
    vendor::Review review;
    review.id = whole.value(u"reviewId"_s).toString().left(MaxReviewId);
    review.at = timeIn(comment.value(u"lastModified"_s));
    review.key = review.id + u'@' + QString::number(review.at.ms);
    review.stars = comment.value(u"starRating"_s).toInt();
    const QString text = comment.value(u"text"_s).toString();
    review.title = text.contains(u'\t') ? text.section(u'\t', 0, 0).trimmed() : QString();
    review.text = text.contains(u'\t') ? text.section(u'\t', 1).trimmed() : text.trimmed();
    review.author = whole.value(u"authorName"_s).toString();
    review.details = detailsOf(comment);
    review.facts = {{u"app_version"_s, comment.value(u"appVersionName"_s).toString().left(100)},
                    {u"device"_s, comment.value(u"device"_s).toString().left(100)},
                    {u"android"_s, comment.value(u"androidOsVersion"_s).toInt()},
                    {u"changed_after_answer"_s, answeredAt.isSet() && answeredAt < review.at}};
    review.raw = whole;
    return review;
}

} // namespace

ReviewPage parseReviews(const QJsonObject &page, const QString &package, Time newerThan)
{
    ReviewPage out;
    for (const QJsonValue value : page.value(u"reviews"_s).toArray()) {
        const QJsonObject whole = value.toObject();
        QJsonObject comment;
        QJsonObject answer;
        for (const QJsonValue part : whole.value(u"comments"_s).toArray()) {
            if (part[u"userComment"_s].isObject())
                comment = part[u"userComment"_s].toObject();
            if (part[u"developerComment"_s].isObject())
                answer = part[u"developerComment"_s].toObject();
        }
        const Time answeredAt = timeIn(answer.value(u"lastModified"_s));
        const vendor::Review review = reviewOf(whole, comment, answeredAt);
        if (review.id.isEmpty() || comment.isEmpty())
            continue;
        out.newest = std::max(out.newest, std::max(review.at, answeredAt));
        out.oldest = out.oldest.isSet() ? std::min(out.oldest, review.at) : review.at;
        InboundItem item = vendor::reviewItem(review, u"google_play"_s, package);
        item.language = comment.value(u"reviewerLanguage"_s).toString().left(20);
        const QString said = answer.value(u"text"_s).toString();
        if (!said.isEmpty() && answeredAt >= newerThan && answeredAt >= review.at)
            out.items.push_back(vendor::reviewAnswerItem(review, item, said, answeredAt));
        if (review.at >= newerThan)
            out.items.push_back(std::move(item));
    }
    std::reverse(out.items.begin(), out.items.end()); // the newest stand first there
    out.next = page.value(u"tokenPagination"_s)[u"nextPageToken"_s].toString().left(2'000);
    return out;
}

} // namespace peerdesk::channels::google
