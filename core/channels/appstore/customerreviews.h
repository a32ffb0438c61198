// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/vendor/review.h"

#include <optional>

/// App Store reviews: answers of the API to items. Pure. Source: App Store Connect API, "List All
/// Customer Reviews for an App".
namespace peerdesk::channels::appstore {

struct CustomerReview
{
    vendor::Review review;
    QString territory;
    QString answerId; ///< empty = not answered
    QString answer;
    bool isAnswerPublished = false;
    Time answeredAt;
};
struct CustomerReviewPage
{
    std::vector<CustomerReview> reviews; ///< newest first
    QString next;                        ///< address of the next page; empty = it is the last
};
CustomerReviewPage parseCustomerReviews(const QJsonObject &page);

/// What the log's cursor says: the newest review that was seen, and what the newest ones said.
struct ReviewCursor
{
    struct Mark
    {
        qint64 at = 0;
        QString hash; ///< of stars, title and text
        bool operator==(const Mark &) const = default;
    };
    Time since;
    std::map<QString, Mark> seen;
    qint64 number = 0;

    QByteArray toBytes() const;
    static ReviewCursor fromBytes(const QByteArray &bytes);
    bool operator==(const ReviewCursor &) const = default;
};

/// What is new or was changed; moves the cursor.
std::vector<InboundItem> compare(const std::vector<CustomerReview> &reviews, const QString &app,
                                 Time newerThan, ReviewCursor &cursor);
/// Reviews that were seen and should stand in a list that reaches back to `oldest`, but do not.
std::vector<QString> missing(const std::vector<CustomerReview> &reviews, Time oldest,
                             const ReviewCursor &cursor);
/// The author took it back.
InboundItem removedItem(const QString &review, const QString &app, Time at);

} // namespace peerdesk::channels::appstore
