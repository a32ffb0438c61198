// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/cards/block.h"

#include <QJsonObject>
#include <QLocale>

namespace peerdesk::ui {

/// An Adaptive Card (1.5) as blocks. What the card hides until a button is pressed is shown too,
/// quietly: an agent sees what the customer can get to see. An unknown element shows its fallback;
/// a card that is newer than 1.6 or unreadable shows its fallbackText. At most 32 levels, 1,000
/// parts and 64,000 characters; the rest is left out and said so. Pure, never fails.
/// Source: "Adaptive Cards Schema 1.5.0".
Block cardBlocks(const QJsonObject &card, const QLocale &locale = QLocale());

} // namespace peerdesk::ui
