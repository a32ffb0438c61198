// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/api/desk.h"

namespace peerdesk::ui {

/// Another channel on which a conversation could go on (M03).
struct Way
{
    AccountId account;
    AddressId address;
    QString label;  ///< "WhatsApp to +49 30 1234"
    QString reason; ///< why not; empty = it is possible

    bool operator==(const Way &) const = default;
};

/// Every other channel on which this customer has an address, those that are possible first.
/// `types` as of Desk::channelTypes(). Whether one has to be refused all the same, the office
/// knows.
std::vector<Way> otherWays(const QJsonArray &types, const std::vector<api::AccountStatus> &accounts,
                           const api::CustomerCard &card, const Conversation &conversation);

/// Who is reached at this address has asked for no more messages.
bool isOptedOut(const api::CustomerCard &card, AddressId address);

/// What to do when the office does not let a conversation go on elsewhere, or answers stop.
QString waySentence(const Error &error);

} // namespace peerdesk::ui
