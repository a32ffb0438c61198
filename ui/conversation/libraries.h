// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/preferences.h"
#include "ui/conversation/channellimits.h"

namespace peerdesk::ui {

/// Something kept that can be put into a reply (M67).
struct LibraryItem
{
    QString name;
    QString summary;
    QString reason;  ///< why not on this channel; empty = it can be used
    QString text;    ///< of a saved reply
    QByteArray rich; ///< of a rich message or an approved template

    bool operator==(const LibraryItem &) const = default;
};

/// The two libraries of a customer card: rich messages, and templates: approved ones of the
/// channels that have them, and saved replies for chat and mail.
struct Libraries
{
    std::vector<LibraryItem> rich;
    std::vector<LibraryItem> templates;

    bool operator==(const Libraries &) const = default;
};

/// As matrix B has it for the conversation's channel. `channel` is its name for people.
Libraries librariesOf(const Preferences &preferences, const ChannelLimits &limits,
                      const QString &channel);

} // namespace peerdesk::ui
