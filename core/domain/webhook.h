// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/fields.h"
#include "core/domain/ids.h"

namespace peerdesk {

enum class DeliveryState { Retrying, Delivered, Failed };
template <>
struct EnumNames<DeliveryState>
{
    static constexpr std::array names{"retrying", "delivered", "failed"};
};

/// What became of one event at one receiver so far.
struct WebhookDelivery
{
    quint64 index = 0; ///< the event's place in the log
    int ordinal = 0;
    QString event; ///< its name
    DeliveryState state = DeliveryState::Retrying;
    int attempts = 0;
    int status = 0; ///< HTTP status of the last answer; 0 = none came
    QString error;  ///< why the last attempt failed, never the receiver's own words
    Time firstAt;
    Time lastAt;
    Time nextAt; ///< of the next attempt; not set = none follows

    static constexpr auto fields()
    {
        return FieldList{field(1, "index", &WebhookDelivery::index),
                         field(2, "ordinal", &WebhookDelivery::ordinal),
                         field(3, "event", &WebhookDelivery::event),
                         field(4, "state", &WebhookDelivery::state),
                         field(5, "attempts", &WebhookDelivery::attempts),
                         field(6, "status", &WebhookDelivery::status),
                         field(7, "error", &WebhookDelivery::error),
                         field(8, "first_at", &WebhookDelivery::firstAt),
                         field(9, "last_at", &WebhookDelivery::lastAt),
                         field(10, "next_at", &WebhookDelivery::nextAt)};
    }
    bool operator==(const WebhookDelivery &) const = default;
};

/// Deliveries that a subscription remembers.
constexpr size_t MaxRememberedDeliveries = 100;

/// A subscription of somebody outside: events are posted to an address, in the order of the log.
/// The key that signs them lies in the SecretStore under the subscription's id.
struct Webhook
{
    using Key = WebhookId;
    WebhookId id;
    QString url;
    std::vector<QString> events; ///< names, "task.*" for all that begin so; empty = all
    bool isActive = true;
    Time createdAt;
    quint64 index = 0; ///< up to here everything was delivered or given up
    int ordinal = 0;
    std::vector<WebhookDelivery> recent; ///< oldest first

    static constexpr const char *table = "webhook";
    static constexpr auto fields()
    {
        return FieldList{field(1, "id", &Webhook::id),
                         field(2, "url", &Webhook::url),
                         field(3, "events", &Webhook::events),
                         field(4, "is_active", &Webhook::isActive),
                         field(5, "created_at", &Webhook::createdAt),
                         field(6, "index", &Webhook::index),
                         field(7, "ordinal", &Webhook::ordinal),
                         field(8, "recent", &Webhook::recent)};
    }
    Key key() const { return id; }
    bool operator==(const Webhook &) const = default;
};

/// The account under which the key of a subscription lies in the SecretStore, and its name there.
inline AccountId secretPlaceOf(WebhookId webhook)
{
    return {webhook.value};
}
inline QString webhookSecretName()
{
    return QStringLiteral("webhook");
}

} // namespace peerdesk
