// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/vendor/filegathering.h"
#include "core/channels/vendor/items.h"
#include "core/channels/vendor/ownmessages.h"

namespace peerdesk::channels::meta {

enum class Product { Messenger, Instagram };

/// The page or the professional account that the channel is.
struct Self
{
    Product product = Product::Messenger;
    QString id;
    QString name;
};

/// "All up to then was delivered" or "read": about messages of ours that nobody names.
struct Watermark
{
    QString thread;
    Time upTo;
    MessageState state = MessageState::Read;
};

/// What a payload says.
struct Parsed
{
    std::vector<InboundItem> items;
    std::vector<vendor::WantedFile> files; ///< where = address
    std::vector<Watermark> watermarks;
};

} // namespace peerdesk::channels::meta
