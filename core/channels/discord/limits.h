// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/time.h"

/// Every number of the vendor's. Source: Discord API v10: "Gateway", "Message", "Component
/// Reference", "Rate Limits".
namespace peerdesk::channels::discord::limits {

constexpr int TextCharacters = 2'000;
constexpr int NonceCharacters = 25;
constexpr int CustomIdCharacters = 100;
constexpr int ButtonsInRow = 5;
constexpr int Rows = 5;
constexpr int ButtonCharacters = 80;
constexpr int SelectOptions = 25;
constexpr int SelectCharacters = 100; ///< label, value and description
constexpr int Embeds = 10;
constexpr int EmbedTitle = 256;
constexpr int EmbedText = 2'000; ///< 4,096 each, 6,000 together
constexpr int ModalFields = 5;
constexpr int ModalTitle = 45;
constexpr int ModalLabel = 45;
constexpr int ModalPlaceholder = 100;
constexpr int FilesPerMessage = 10;
constexpr qint64 UploadBytes = 10LL * 1024 * 1024;    ///< a file, without boosts
constexpr qint64 RequestBytes = 24LL * 1024 * 1024;   ///< of all files together
constexpr qint64 DownloadBytes = 50LL * 1024 * 1024;  ///< ours: customers may send 500 MB
constexpr qint64 PageFileBytes = 128LL * 1024 * 1024; ///< ours
constexpr qint64 FrameBytes = 16LL * 1024 * 1024;     ///< ours: a large server's first event
constexpr int CallsPerSecond = 50;                    ///< of one bot
constexpr Seconds TypingAgain{8};                     ///< it shows for 10 s
constexpr Seconds NonceKept{60};                      ///< "a few minutes", taken short
constexpr int HistoryPage = 100;
constexpr int CatchUpPages = 5; ///< ours, of one channel
constexpr size_t CatchUpChannels = 50;
constexpr size_t Channels = 200;  ///< ours: remembered with their last message
constexpr size_t Threads = 5'000; ///< ours: that the bot is in
constexpr Milliseconds MinHeartbeat{1'000};
constexpr Milliseconds MaxHeartbeat{120'000};
constexpr Milliseconds HelloPatience{20'000}; ///< ours
constexpr Milliseconds ShownAfter{30'000};    ///< rule 5 of the channels' contract
constexpr Milliseconds MaxBackOff{60'000};

// Gateway opcodes.
enum Opcode {
    Dispatch = 0,
    Heartbeat = 1,
    Identify = 2,
    Resume = 6,
    Reconnect = 7,
    InvalidSession = 9,
    Hello = 10,
    HeartbeatAck = 11
};
// Intents.
constexpr int Guilds = 1 << 0;
constexpr int GuildMessages = 1 << 9;
constexpr int GuildReactions = 1 << 10;
constexpr int DirectMessages = 1 << 12;
constexpr int DirectReactions = 1 << 13;
constexpr int DirectTyping = 1 << 14;
constexpr int MessageContent = 1 << 15; ///< privileged: a switch in the developer portal
// Flags of the application: the switch is on.
constexpr int ContentFlag = 1 << 18;
constexpr int ContentFlagLimited = 1 << 19;

} // namespace peerdesk::channels::discord::limits
