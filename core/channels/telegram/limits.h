// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/time.h"

/// Every number of the vendor's. Source: Telegram Bot API 10.1, pages "Telegram Bot API" and "Bots
/// FAQ".
namespace peerdesk::channels::telegram::limits {

constexpr int TextCharacters = 4'096; ///< UTF-16 units
constexpr int CaptionCharacters = 1'024;
constexpr int CallbackBytes = 64;
constexpr int ButtonCharacters = 64;         ///< longer titles are cut by apps
constexpr int Buttons = 100;                 ///< of one keyboard
constexpr int ButtonsInRow = 3;              ///< short ones
constexpr int ShortButton = 14;              ///< characters
constexpr qint64 DownloadBytes = 20'000'000; ///< getFile, "20 MB"
constexpr qint64 UploadBytes = 50'000'000;   ///< other files, "50 MB"
constexpr qint64 PhotoBytes = 10'000'000;    ///< "10 MB"
constexpr int UpdatesPerPage = 50;           ///< the vendor allows 100
constexpr qint64 PageFileBytes = 64'000'000; ///< files of one page in memory
constexpr Seconds LongPoll{50};              ///< getUpdates' timeout
constexpr Seconds LongPollPatience{70};      ///< of the whole call
constexpr Seconds UpdatesKept{24 * 3600};    ///< undelivered updates live this long
constexpr Seconds GapShown{7 * 24 * 3600};   ///< how long a gap stands beside the state
constexpr Seconds CursorRefresh{3'600};      ///< the log learns that we were here
constexpr Seconds TypingAgain{4};            ///< a chat action shows for 5 s
constexpr int MessagesPerSecond = 30;        ///< of one bot
constexpr int ErrorDetail = 300;             ///< characters of the vendor's own words
constexpr int Moved = 50;                    ///< groups with a new id that are remembered
constexpr int BusinessThreads = 1'000;       ///< of which the last message is remembered

} // namespace peerdesk::channels::telegram::limits
