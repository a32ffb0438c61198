// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/events/levels.h"

#include "core/events/webhookfacts.h"

/// In place of the product's own: programs of two ages, of which only the newer has webhooks.
namespace peerdesk::events {

int featureLevel()
{
    return PEERDESK_TEST_LEVEL;
}

int levelOf(int type, int)
{
    return type == WebhookSaved::type ? 2 : 1;
}

} // namespace peerdesk::events
