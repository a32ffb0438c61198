// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/domain/messagetemplate.h"

#include <QJsonArray>

namespace peerdesk::channels::twilio {

/// The entries of `/v1/ContentAndApprovals`. Pure. Twilio counts a template's variables through,
/// so that all of them are the body's. Source: Twilio, "Content API: ContentAndApprovals" (2026).
std::vector<MessageTemplate> templatesIn(const QJsonArray &contents);

} // namespace peerdesk::channels::twilio
