// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/conversation/messagemodel.h"

#include <functional>

namespace peerdesk::ui {

/// UX-24: the row of the first reply or note that a colleague made after `draftBegan` and that has
/// not been on the screen. Customers' messages never count. No value = nothing was missed.
std::optional<int> missedColleague(const MessageModel &messages, AgentId me, Time draftBegan,
                                   const std::function<bool(MessageId)> &wasSeen);

/// Placeholders like {{customer.first_name}} that still stand in a text (UX-32).
std::vector<std::pair<int, int>> findPlaceholders(const QString &text);

/// Puts values where their placeholders stand; those without a value stay.
QString fillPlaceholders(const QString &text, const std::map<QString, QString> &values);

} // namespace peerdesk::ui
