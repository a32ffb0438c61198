// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QStringList>

#include <vector>

namespace peerdesk::ui {

/// Rows as a spreadsheet opens them: RFC 4180, UTF-8 with a byte order mark. A cell that a
/// spreadsheet would run as a formula gets an apostrophe in front of it; numbers stay numbers.
QByteArray csv(const std::vector<QStringList> &rows);

} // namespace peerdesk::ui
