// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/slack/events.h"
#include "core/channels/vendor/vendorapi.h"

/// What we send, as calls of the Web API, and what their answers mean. Pure.
namespace peerdesk::channels::slack {

/// Before the id of a file that went out as a message of its own.
constexpr QLatin1StringView FileMark{"file:"};

/// One message of the vendor's, or one file.
struct Request
{
    QString name;        ///< in a sentence: "the text"
    QJsonObject message; ///< for chat.postMessage; empty = a file
    QString fileName;
    QByteArray bytes;
    QString key;         ///< in the message's metadata: by it an uncertain one is found again
    bool isMain = false; ///< carries the buttons: answers lead to it

    bool operator==(const Request &) const = default;
};

/// Where it goes: into the thread that the customer wrote in.
Place placeOf(const Outgoing &outgoing);
/// The whole message. Errors: Invalid, TooLarge, a reason in plain words.
Result<std::vector<Request>> requestsFor(const Outgoing &outgoing);
/// The form of a rich message as a modal; nothing if it has more than a modal may have.
std::optional<QJsonObject> modalFor(const QJsonObject &form, const FormWish &wish);

/// The vendor says errors in a body of status 200. Empty = it went well.
QString errorOf(const vendor::ApiReply &reply);
/// A sentence for an error of the vendor's.
QString sentenceFor(const QString &error, const vendor::ApiReply &reply);
/// What the answer to a send means; `id` is the provider id if it went well.
SendResult resultOf(const Result<vendor::ApiReply> &reply, const QString &id, Time now);
/// The provider id of the message with this key among those of a history; empty = it is not there.
QString findByKey(const QJsonArray &messages, const QString &channel, const QString &key);

} // namespace peerdesk::channels::slack
