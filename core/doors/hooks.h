// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/doors/exchange.h"

namespace peerdesk::doors {

/// `/hooks/{id}[/rest]`: a provider's call goes to the channel as it came, and the channel's answer
/// goes back as it is. 503 with Retry-After while no PC that can be asked runs the channel:
/// providers come again. Bodies over 4 MiB: 413.
void callHook(const ExchangePtr &x);

} // namespace peerdesk::doors
