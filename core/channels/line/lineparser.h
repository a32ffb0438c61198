// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/vendor/filegathering.h"

namespace peerdesk::channels::line {

/// Somebody whose name the call does not say.
struct Person
{
    size_t item = 0; ///< place in the items
    QString user;
    QString group; ///< "group/ID" or "room/ID"; empty = a chat of two

    bool operator==(const Person &) const = default;
};

/// What one call of LINE brought.
struct Delivery
{
    QString destination; ///< user id of the bot that it is for
    std::vector<InboundItem> items;
    std::vector<vendor::WantedFile> files; ///< `where` is the message id
    std::vector<Person> people;
    std::map<QString, QString> readTokens; ///< by thread
    bool isSuspended = false;              ///< LINE has suspended the account
};

/// Pure. Errors: Invalid, if it is no call of LINE at all; TooLarge, above 1,000 events; single
/// events that are odd become items that say so. Source: Messaging API, "Webhook event objects".
Result<Delivery> deliveryOf(const QByteArray &body);

} // namespace peerdesk::channels::line
