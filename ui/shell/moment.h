// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/time.h"

#include <optional>

namespace peerdesk::ui {

/// A moment after `now` that a person typed: "2h", "30 min", "14:30", "tomorrow", "tue 15",
/// "tue 9:30". Days are named as in the window's locale or in English; a day without a time is
/// 9:00. No value = not understood, or not in the coming year. Local time.
std::optional<Time> parseMoment(const QString &text, Time now);

} // namespace peerdesk::ui
