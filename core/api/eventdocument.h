// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/api/desk.h"

namespace peerdesk::api {

/// The event as everybody outside sees it, in the stream and by webhook: without what must not
/// leave the node (hashes of passwords and tokens).
QJsonObject eventDocument(const Event &event);

} // namespace peerdesk::api
