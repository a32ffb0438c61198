// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <optional>

namespace peerdesk::channels::email {

/// What a delivery status notice says about one message.
struct DeliveryStatus
{
    enum class Action { Failed, Delayed, Delivered };
    Action action = Action::Failed;
    QString reason; ///< for people; starts with the recipient

    bool operator==(const DeliveryStatus &) const = default;
};

/// Reads the body of a message/delivery-status part. Several recipients: the worst action counts.
/// Nothing if no recipient block has an action. Source: RFC 3464 section 2.
std::optional<DeliveryStatus> parseDeliveryStatus(const QByteArray &body);

/// An enhanced status code in plain words; empty for one without words. Source: RFC 3463.
QString wordsForStatus(const QString &code);

} // namespace peerdesk::channels::email
