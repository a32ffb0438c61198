// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/events/batch.h"
#include "core/events/tables.h"

namespace peerdesk::events {

/// Where in history a fact stands.
struct Position
{
    quint64 index = 0; ///< log index of the batch
    int ordinal = 0;   ///< place in the batch
    Time time;         ///< office time of the batch
};

/// The one meaning of every fact: turns records into their next state. Pure and deterministic, the
/// same on every node and in the router's overlay. Never acts on anything outside `tables`.
void apply(const Fact &fact, const Position &at, Tables &tables);

/// How long a message of this channel may wait for its first answer before the list shows it as
/// late.
Milliseconds replyTarget(const QString &channel);

} // namespace peerdesk::events
