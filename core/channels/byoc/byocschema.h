// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>

namespace peerdesk::channels::byoc {

/// JSON Schema (2020-12) of what a middleware and Peerdesk say to each other, under "$defs":
/// `messages` and `message` (POST messages), `outbox` and `outgoing` (GET outbox and callbacks),
/// `acks` and `ack` (POST outbox). What is valid by it is taken; its bounds are those of readers.
QJsonObject schema();

} // namespace peerdesk::channels::byoc
