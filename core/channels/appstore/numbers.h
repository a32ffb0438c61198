// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/time.h"

#include <QString>

/// Every limit of Apple's that the connector knows, in one place: they move. Source: App Store
/// Connect API, "Generating Tokens for API Requests", "Identifying Rate Limits", "Customer
/// Reviews"; state of 2026.
namespace peerdesk::channels::appstore::numbers {

inline const QString Base = QStringLiteral("https://api.appstoreconnect.apple.com");
inline const QString Audience = QStringLiteral("appstoreconnect-v1");

/// 20 minutes are allowed; Apple's clock may be ahead of ours.
constexpr Seconds TokenLife = std::chrono::minutes(19);
constexpr int CallsAnHour = 3'600;
constexpr Milliseconds Interval = std::chrono::minutes(20);
constexpr Milliseconds Overlap = std::chrono::hours(1);
constexpr Milliseconds LookBack = std::chrono::days(7);
constexpr int PageSize = 200;
constexpr int MaxPages = 20;
constexpr int Answer = 5'970; ///< characters
/// Reviews whose text and presence are remembered.
constexpr int Remembered = 200;
/// Reviews of one poll that are asked for by name, because they are not in the list any more.
constexpr int MissingAsked = 20;

} // namespace peerdesk::channels::appstore::numbers
