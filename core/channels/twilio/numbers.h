// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/time.h"
#include "core/channels/vendor/tokenbucket.h"

/// Twilio's limits and our pace, in one place: they move.
/// Source: Programmable Messaging, "Messages resource" and "Media subresource" (2026).
namespace peerdesk::channels::twilio {

constexpr int MaxBody = 1'600; ///< characters of one message
constexpr int MaxMedia = 10;   ///< files of one MMS; WhatsApp takes one
/// "Accepted content types for media": of all files of an MMS together.
constexpr qint64 MaxMmsBytes = 5LL * 1024 * 1024;
/// "Guidance on WhatsApp media messages".
constexpr qint64 MaxWhatsAppBytes = 16LL * 1024 * 1024;
constexpr qint64 MaxWhatsAppPictureBytes = 5LL * 1024 * 1024;
constexpr Seconds WhatsAppWindow = std::chrono::hours(24);

constexpr int PageSize = 100;
constexpr int MaxPages = 200;     ///< of one look: 20,000 messages
constexpr size_t ChunkItems = 50; ///< that are committed together
/// Messages become visible late and out of order: what is this much older is looked at again.
constexpr Milliseconds Overlap = std::chrono::minutes(10);
constexpr Milliseconds BusyInterval{3'000};
constexpr Milliseconds IdleInterval{15'000};
constexpr Milliseconds BusyFor = std::chrono::minutes(10);

/// Until when a message's fate is asked for, how often, and how many at once.
constexpr Milliseconds StatusFor = std::chrono::hours(48);
constexpr Milliseconds MinStatusPause{3'000};
constexpr Milliseconds MaxStatusPause = std::chrono::minutes(10);
constexpr size_t StatusesPerPoll = 5;
constexpr size_t MaxOpenStatuses = 2'000;

/// After a send without an answer: looked for this often before it stays uncertain.
constexpr int LookUps = 3;
constexpr Milliseconds LookUpPause{2'000};
constexpr Milliseconds ClockSkew = std::chrono::seconds(60);
constexpr size_t RememberedSids = 20'000;

constexpr Milliseconds MediaTimeout = std::chrono::seconds(60);
constexpr int MaxRedirects = 3;
constexpr vendor::BucketSize ApiBucket{20, std::chrono::seconds(1)};

/// Files that Twilio fetches from us.
constexpr qsizetype MaxServedBytes = 64LL * 1024 * 1024;
constexpr Milliseconds ServedFor = std::chrono::hours(4); ///< as long as Twilio may queue

} // namespace peerdesk::channels::twilio
