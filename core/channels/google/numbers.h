// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/time.h"

#include <QString>

/// Every limit of Google's that the connectors know, in one place: they move. Source: Google Play
/// Developer API, "Reply to Reviews"; YouTube Data API, "Quota Calculator"; state of 2026.
namespace peerdesk::channels::google::numbers {

inline const QString PlayBase = QStringLiteral("https://androidpublisher.googleapis.com");
inline const QString PlayScope = QStringLiteral("https://www.googleapis.com/auth/androidpublisher");
inline const QString YoutubeBase = QStringLiteral("https://www.googleapis.com");
inline const QString YoutubeScope =
    QStringLiteral("https://www.googleapis.com/auth/youtube.force-ssl");
inline const QString AuthorizeAddress =
    QStringLiteral("https://accounts.google.com/o/oauth2/v2/auth");
inline const QString TokenAddress = QStringLiteral("https://oauth2.googleapis.com/token");

constexpr Seconds AssertionLife{3'600};

// Google Play: 200 GET an hour and 2,000 POST a day for each app.
constexpr int PlayGets = 200;
constexpr Milliseconds PlayGetsWithin = std::chrono::hours(1);
constexpr int PlayPosts = 2'000;
constexpr Milliseconds PlayPostsWithin = std::chrono::hours(24);
constexpr Milliseconds PlayInterval = std::chrono::minutes(10);
constexpr int PlayReply = 350; ///< characters
constexpr int PlayPage = 100;
constexpr int PlayPages = 20;
constexpr Milliseconds PlayOverlap = std::chrono::hours(1);
/// Older ones are not told at all.
constexpr Milliseconds PlayLookBack = std::chrono::days(7);

// YouTube.
constexpr Milliseconds YoutubeInterval = std::chrono::hours(1);
constexpr int NewestVideos = 20;
constexpr int NewestComments = 20;
constexpr int YoutubeComment = 10'000; ///< characters
constexpr int DayQuota = 10'000;       ///< units, midnight to midnight in California
constexpr int ListCost = 1;
constexpr int WriteCost = 50;

} // namespace peerdesk::channels::google::numbers
