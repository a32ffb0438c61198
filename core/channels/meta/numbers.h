// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/time.h"

#include <QString>

/// Every limit of Meta's that the connectors know, in one place: they move. Source: Messenger
/// Platform, Instagram Platform and Graph API documentation, state of 2026.
namespace peerdesk::channels::meta::numbers {

inline const QString ApiVersion = QStringLiteral("/v23.0");
inline const QString FacebookBase = QStringLiteral("https://graph.facebook.com");
inline const QString InstagramBase = QStringLiteral("https://graph.instagram.com");

constexpr Seconds ReplyWindow = std::chrono::hours(24);
/// With the HUMAN_AGENT tag, for people's answers only.
constexpr Seconds HumanWindow = std::chrono::days(7);
/// A private answer to a comment, once.
constexpr Seconds PrivateReplyWindow = std::chrono::days(7);

constexpr int MessengerText = 2'000;         ///< characters
constexpr int InstagramText = 1'000;         ///< bytes of UTF-8
constexpr int FacebookComment = 8'000;       ///< characters
constexpr int InstagramComment = 2'200;      ///< characters
constexpr qint64 MaxFile = 25 * 1024 * 1024; ///< bytes, both ways
constexpr int MaxParts = 12;                 ///< messages that one answer may become

constexpr int QuickReplies = 13;
constexpr int ButtonTitle = 20; ///< characters, of quick replies too
constexpr int Buttons = 3;
constexpr int ButtonText = 640;
constexpr int Elements = 10;
constexpr int ElementTitle = 80;
constexpr int Payload = 1'000; ///< bytes

constexpr Milliseconds DirectInterval{7'000};    ///< the edge allows 2 calls a second
constexpr Milliseconds CommentsInterval{60'000}; ///< the edge has no limit of its own
/// While calls come in, asking is the safety net only.
constexpr Milliseconds HookedInterval{60'000};
constexpr Milliseconds HookIsFresh = std::chrono::minutes(10);
/// Clocks differ: what we just sent may bear a time a little before ours.
constexpr Milliseconds ClockSkew{60'000};
constexpr Milliseconds Overlap = std::chrono::minutes(5);
constexpr Milliseconds FirstLookBack = std::chrono::hours(24);
constexpr int PageSize = 20;
constexpr int MaxPages = 10; ///< of one poll
/// Only so many messages of a conversation come with their contents.
constexpr int MessagesPerThread = 20;
constexpr int PostsWatched = 25;
constexpr int CommentsPerPost = 50;
/// Comments whose text is remembered, to see that they were edited.
constexpr int RememberedTexts = 200;

constexpr Seconds AccessAgain{60};
/// Instagram's tokens live 60 days and may be renewed from their second day on.
constexpr Milliseconds RenewEvery = std::chrono::days(7);
constexpr Milliseconds TokenWarning = std::chrono::days(10);

constexpr Seconds LimitedFor{60}; ///< where Meta names no time
constexpr int BusyPercent = 75;   ///< of a usage limit, from there on polls get rarer
constexpr int FullPercent = 95;

} // namespace peerdesk::channels::meta::numbers
