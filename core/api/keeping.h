// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/domain/channel.h"
#include "core/domain/conversation.h"
#include "core/domain/flow.h"
#include "core/domain/message.h"
#include "core/domain/webhook.h"

/// Part of core/api/commands.h: what of customers and history comes in and goes away as a whole,
/// who outside is told of it, and what of a flow customers meet.
namespace peerdesk::api {

/// Everything that the customer is and said is gone, for ever, on all PCs. Large ones take several
/// steps: state "more" asks for the next command, "erased" is the end.
struct EraseCustomer
{
    CustomerId customer;

    static constexpr auto fields()
    {
        return FieldList{field(1, "customer", &EraseCustomer::customer)};
    }
    bool operator==(const EraseCustomer &) const = default;
};

/// A card of another office or of an earlier time, under its own id. State "known", if the office
/// has it or has its address; the subject is whom it is here. "erased": it is not taken.
struct ImportCard
{
    Customer customer;
    std::vector<Identity> addresses;

    static constexpr auto fields()
    {
        return FieldList{field(1, "customer", &ImportCard::customer),
                         field(2, "addresses", &ImportCard::addresses)};
    }
    bool operator==(const ImportCard &) const = default;
};

/// A conversation as it was, with some of its messages; what the office has already stays.
struct ImportConversation
{
    Conversation conversation;
    Identity address; ///< in place of the conversation's
    std::vector<Message> messages;

    static constexpr auto fields()
    {
        return FieldList{field(1, "conversation", &ImportConversation::conversation),
                         field(2, "address", &ImportConversation::address),
                         field(3, "messages", &ImportConversation::messages)};
    }
    bool operator==(const ImportConversation &) const = default;
};

/// Creates or changes a subscription. The key that signs goes to Desk::storeSecret().
struct SaveWebhook
{
    Webhook webhook; ///< where it stands is not looked at

    static constexpr auto fields() { return FieldList{field(1, "webhook", &SaveWebhook::webhook)}; }
    bool operator==(const SaveWebhook &) const = default;
};

struct DeleteWebhook
{
    WebhookId webhook;

    static constexpr auto fields()
    {
        return FieldList{field(1, "webhook", &DeleteWebhook::webhook)};
    }
    bool operator==(const DeleteWebhook &) const = default;
};

/// Internal: how far the router has come with a subscription.
struct NoteDeliveries
{
    WebhookId webhook;
    quint64 index = 0;
    int ordinal = 0;
    std::vector<WebhookDelivery> deliveries;

    static constexpr auto fields()
    {
        return FieldList{field(1, "webhook", &NoteDeliveries::webhook),
                         field(2, "index", &NoteDeliveries::index),
                         field(3, "ordinal", &NoteDeliveries::ordinal),
                         field(4, "deliveries", &NoteDeliveries::deliveries)};
    }
    bool operator==(const NoteDeliveries &) const = default;
};

/// What is worked on becomes what customers meet.
struct PublishFlow
{
    FlowId flow;
    QString message;

    static constexpr auto fields()
    {
        return FieldList{field(1, "flow", &PublishFlow::flow),
                         field(2, "message", &PublishFlow::message)};
    }
    bool operator==(const PublishFlow &) const = default;
};

} // namespace peerdesk::api
