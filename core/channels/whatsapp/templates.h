// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/domain/messagetemplate.h"

#include <QJsonArray>

namespace peerdesk::channels::whatsapp {

/// The entries of `/{business}/message_templates`. Pure. Source: WhatsApp Business Platform, Graph
/// API reference "WhatsApp Business Account > Message Templates" (2026).
std::vector<MessageTemplate> templatesIn(const QJsonArray &data);

} // namespace peerdesk::channels::whatsapp
