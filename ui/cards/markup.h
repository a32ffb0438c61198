// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/cards/block.h"

namespace peerdesk::ui {

/// A web or mail address that may be opened after it was shown, or an empty one.
QUrl openable(const QString &address);

/// The small Markdown of messages and cards (bold, italics, struck, code, links, headings, lists)
/// as text with styles. Marks that mean nothing stay as they are; HTML is text. Linear in its
/// length. Pure.
StyledText fromMarkup(const QString &markdown);

} // namespace peerdesk::ui
