// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/time.h"
#include "core/channels/vendor/tokenbucket.h"

/// WhatsApp's limits, in one place: they move.
/// Source: WhatsApp Business Platform, Cloud API: "Messages", "Media", "Webhooks" (2026).
namespace peerdesk::channels::whatsapp {

constexpr int MaxText = 4'096;
constexpr int MaxCaption = 1'024;
constexpr int MaxInteractiveBody = 1'024; ///< of buttons
constexpr int MaxListBody = 4'096;
constexpr int MaxButtons = 3;
constexpr int MaxButtonTitle = 20;
constexpr qsizetype MaxButtonId = 256; ///< bytes
constexpr int MaxRows = 10;            ///< over all sections
constexpr int MaxRowTitle = 24;
constexpr int MaxRowDescription = 72;
constexpr qsizetype MaxRowId = 200; ///< bytes
constexpr int MaxSectionTitle = 24;
constexpr int MaxListButton = 20;

constexpr qint64 MaxImage = 5LL * 1024 * 1024;
constexpr qint64 MaxVideo = 16LL * 1024 * 1024;
constexpr qint64 MaxAudio = 16LL * 1024 * 1024;
constexpr qint64 MaxDocument = 100LL * 1024 * 1024;
constexpr Milliseconds MediaTimeout = std::chrono::seconds(90);

constexpr Seconds Window = std::chrono::hours(24);
constexpr vendor::BucketSize SendBucket{80, std::chrono::seconds(1)};
/// One customer gets a message every six seconds in the long run (error 131056).
constexpr Seconds PairPause{6};
constexpr Seconds ThroughputPause{5};

/// The typing mark stays for 25 s at the customer's; more often it is not sent.
constexpr Milliseconds TypingPause = std::chrono::seconds(20);
constexpr size_t RememberedThreads = 2'000;
/// A send without an answer is told by a status with our mark, if it was one.
constexpr Milliseconds StatusWait = std::chrono::seconds(30);
constexpr int TemplatesPerPage = 100;
constexpr Milliseconds ProbeAgain = std::chrono::seconds(60);

} // namespace peerdesk::channels::whatsapp
