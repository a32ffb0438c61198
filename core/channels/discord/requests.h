// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/discord/events.h"
#include "core/channels/vendor/vendorapi.h"

/// What we send, as calls of the API, and what their answers mean. Pure.
namespace peerdesk::channels::discord {

struct Upload
{
    QString name;
    QByteArray type;
    QByteArray bytes;

    bool operator==(const Upload &) const = default;
};

/// One message of the vendor's.
struct Request
{
    QString name; ///< in a sentence: "the text"
    QJsonObject payload;
    std::vector<Upload> files;
    bool isMain = false; ///< carries the buttons: answers lead to it

    bool operator==(const Request &) const = default;
};

/// The whole message. Each carries a nonce that derives from the message's id: a second try within
/// minutes is known for what it is. Errors: Invalid, TooLarge, a reason in plain words.
Result<std::vector<Request>> requestsFor(const Outgoing &outgoing);
vendor::ApiCall callFor(const QString &channel, const Request &request);
SendResult resultOf(const Result<vendor::ApiReply> &reply, Time now);
/// How long a channel is to be left alone after this answer. Zero = not at all.
Milliseconds pauseAfter(const vendor::ApiReply &reply);

/// The form of a rich message as a modal; nothing if it has more than a modal may have.
std::optional<QJsonObject> modalFor(const QJsonObject &form, const QString &message);
/// Acknowledges an interaction without saying anything.
vendor::ApiCall acknowledgement(const Interaction &interaction);
/// Opens a form: the answer to a button.
vendor::ApiCall opening(const Interaction &interaction, const QJsonObject &modal);

/// The vendor's own words for what went wrong.
QString complaintOf(const vendor::ApiReply &reply);

} // namespace peerdesk::channels::discord
