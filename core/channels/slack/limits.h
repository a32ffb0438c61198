// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/time.h"

/// Every number of the vendor's. Source: Slack API: "chat.postMessage", "Block Kit reference",
/// "Socket Mode", "Rate limits", "files.getUploadURLExternal".
namespace peerdesk::channels::slack::limits {

constexpr int TextCharacters = 8'000;    ///< the vendor takes 40,000, escaped: five for one
constexpr int SectionCharacters = 3'000; ///< of one block
constexpr int HeaderCharacters = 150;
constexpr int Blocks = 50;
constexpr int ButtonsInBlock = 25;
constexpr int ButtonCharacters = 75;
constexpr int ButtonValue = 2'000;
constexpr int SelectOptions = 100;
constexpr int SelectCharacters = 75; ///< text and description
constexpr int SelectValue = 75;      ///< older limit; 150 is allowed by now
constexpr int ModalTitle = 24;
constexpr int ModalLabel = 2'000;
constexpr int ModalBlocks = 100;
constexpr int MetadataCharacters = 3'000;             ///< private_metadata
constexpr qint64 UploadBytes = 100LL * 1024 * 1024;   ///< ours: the vendor takes 1 GB
constexpr qint64 DownloadBytes = 50LL * 1024 * 1024;  ///< ours
constexpr qint64 PageFileBytes = 128LL * 1024 * 1024; ///< ours
constexpr qint64 FrameBytes = 4LL * 1024 * 1024;      ///< ours
constexpr int HistoryPerMinute = 45;                  ///< of about 50 for an internal app
constexpr int PostsPerSecond = 5; ///< one a second in one channel, more over several
constexpr int HistoryPage = 200;
constexpr int CatchUpPages = 5;       ///< ours, of one channel or thread
constexpr size_t CatchUpThreads = 20; ///< ours
constexpr size_t CatchUpDirect = 30;  ///< ours: direct channels that we do not know yet
constexpr size_t Channels = 200;      ///< ours: remembered with their last message
constexpr size_t Threads = 200;       ///< ours
constexpr size_t Names = 2'000;       ///< ours: people whose names are remembered
constexpr int Sockets = 3;            ///< ours; the vendor allows ten
constexpr Seconds PingEvery{30};      ///< ours
constexpr Seconds HelloPatience{20};  ///< ours
constexpr Seconds LookBack{600};      ///< ours: where a message of unknown outcome is looked for
constexpr Milliseconds ShownAfter{30'000}; ///< rule 5 of the channels' contract
constexpr Milliseconds MaxBackOff{60'000};

} // namespace peerdesk::channels::slack::limits
