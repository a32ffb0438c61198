// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/domain/webhook.h"

/// Part of core/events/facts.h, whose rules hold here.
namespace peerdesk::events {

/// Created or changed; where an existing one stands stays. A new one begins behind this fact.
struct WebhookSaved
{
    static constexpr int type = 140;
    static constexpr int version = 1;
    Webhook webhook;

    static constexpr auto fields()
    {
        return FieldList{field(1, "webhook", &WebhookSaved::webhook)};
    }
    bool operator==(const WebhookSaved &) const = default;
};

struct WebhookDeleted
{
    static constexpr int type = 141;
    static constexpr int version = 1;
    WebhookId webhook;

    static constexpr auto fields()
    {
        return FieldList{field(1, "webhook", &WebhookDeleted::webhook)};
    }
    bool operator==(const WebhookDeleted &) const = default;
};

/// Events up to a place in the log are done with at this receiver; what came of some of them.
struct WebhookMoved
{
    static constexpr int type = 142;
    static constexpr int version = 1;
    WebhookId webhook;
    quint64 index = 0;
    int ordinal = 0;
    std::vector<WebhookDelivery> deliveries;

    static constexpr auto fields()
    {
        return FieldList{field(1, "webhook", &WebhookMoved::webhook),
                         field(2, "index", &WebhookMoved::index),
                         field(3, "ordinal", &WebhookMoved::ordinal),
                         field(4, "deliveries", &WebhookMoved::deliveries)};
    }
    bool operator==(const WebhookMoved &) const = default;
};

} // namespace peerdesk::events
