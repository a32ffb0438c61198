// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/time.h"
#include "core/channels/vendor/tokenbucket.h"

/// LINE's limits, in one place: they move.
/// Source: LINE Messaging API reference: message objects, template messages, rate limits (2026).
namespace peerdesk::channels::line {

constexpr int MaxText = 5'000; ///< UTF-16 units
constexpr int MaxMessages = 5; ///< of one request
constexpr int MaxQuickReplies = 13;
constexpr int MaxLabel = 20;
constexpr qsizetype MaxData = 300; ///< of a postback
constexpr int MaxDisplayText = 300;
constexpr int MaxAltText = 400;
constexpr int MaxButtons = 4;
constexpr int MaxButtonsText = 160;     ///< without title and picture
constexpr int MaxButtonsTextShort = 60; ///< with one of them
constexpr int MaxTitle = 40;
constexpr int MaxColumns = 10;
constexpr int MaxColumnActions = 3;
constexpr int MaxColumnText = 60;
constexpr int MaxPlace = 100; ///< title and address of a location

/// A reply token is good for about a minute; the message that answers is made within this.
constexpr Milliseconds ReplyTokenLives = std::chrono::seconds(55);
/// How long LINE knows a retry key again.
constexpr Seconds RetryKeyLives = std::chrono::hours(24);
constexpr int PushTries = 3;
constexpr Milliseconds PushPause{2'000};
constexpr vendor::BucketSize SendBucket{200, std::chrono::seconds(1)};

constexpr qint64 MaxContent = 200LL * 1024 * 1024;
constexpr Milliseconds ContentTimeout = std::chrono::seconds(90);
constexpr int TranscodingLooks = 30;
constexpr Milliseconds TranscodingPause{1'000};

constexpr int LoadingSeconds = 20; ///< a multiple of 5, at most 60
constexpr Milliseconds LoadingPause = std::chrono::seconds(15);
constexpr Milliseconds QuotaEvery = std::chrono::hours(1);
constexpr Milliseconds ProbeAgain = std::chrono::seconds(60);
constexpr size_t RememberedPeople = 5'000;
constexpr size_t RememberedTokens = 2'000;

} // namespace peerdesk::channels::line
