// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/vendor/filegathering.h"

#include <QJsonObject>

namespace peerdesk::channels::whatsapp {

/// A fate of one of our messages, with the mark that we gave it along.
struct StatusMark
{
    QString mark; ///< biz_opaque_callback_data
    QString id;   ///< wamid...

    bool operator==(const StatusMark &) const = default;
};

/// The last message of a thread: what a read mark or typing mark refers to.
struct Latest
{
    QString thread;
    QString id;

    bool operator==(const Latest &) const = default;
};

/// What one call of WhatsApp brought for our number.
struct Delivery
{
    std::vector<InboundItem> items;
    std::vector<vendor::WantedFile> files; ///< `where` is the media id
    std::vector<StatusMark> marks;
    std::vector<Latest> latest;
    QStringList otherNumbers; ///< phone number ids that are not ours: whoever set up the hook erred
    QStringList troubles;     ///< errors about the account, in words
};

/// Pure. Errors: Invalid, if it is no call of WhatsApp at all; TooLarge, above 5,000 items; single
/// messages that are odd become items that say so.
/// Source: WhatsApp Business Platform, "Webhooks reference": messages, smb_message_echoes,
/// "Business-scoped user IDs".
Result<Delivery> deliveryOf(const QByteArray &body, const QString &phoneNumberId);

/// "+48..." of digits as WhatsApp writes them; empty if they are none.
QString phoneOf(const QString &waId);
/// CC.xxxx: a business-scoped user id.
bool isUserId(const QString &text);

} // namespace peerdesk::channels::whatsapp
