// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/vendor/review.h"

/// Google Play's reviews: answers of the API to items. Pure. Source: Google Play Developer API v3,
/// resource "reviews".
namespace peerdesk::channels::google {

struct ReviewPage
{
    std::vector<InboundItem> items; ///< reviews, and answers that are shown there
    Time newest;
    Time oldest;
    QString next; ///< token of the next page; empty = it is the last
};
/// Those that were written or changed after `newerThan`.
ReviewPage parseReviews(const QJsonObject &page, const QString &package, Time newerThan);

} // namespace peerdesk::channels::google
