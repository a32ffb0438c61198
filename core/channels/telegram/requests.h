// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/telegram/updates.h"
#include "core/channels/vendor/vendorapi.h"

/// What we send, as calls of the Bot API, and what their answers mean. Pure.
namespace peerdesk::channels::telegram {

/// A file that goes with a request, as multipart.
struct Upload
{
    QByteArray field; ///< "photo", "document" ...
    QByteArray bytes;
    QString name;
    QByteArray type;

    bool operator==(const Upload &) const = default;
};

/// One call that sends something.
struct Request
{
    QString name; ///< in a sentence: "the text"
    QString method;
    QJsonObject body;
    std::optional<Upload> upload;
    bool isMain = false; ///< its message carries the buttons: answers lead to it

    bool operator==(const Request &) const = default;
};

/// The whole message, in the order in which it is sent. Errors: Invalid, a reason in plain words.
Result<std::vector<Request>> requestsFor(const Outgoing &outgoing);
/// The same picture as a file: for one that the vendor does not take as a photo.
Request asDocument(Request request);

/// Below /bot<token>. Objects in multipart are JSON texts.
vendor::ApiCall callFor(const QString &token, const Request &request);
vendor::ApiCall callFor(const QString &token, const QString &method, const QJsonObject &body);

/// The vendor's own words for what went wrong, cut and without secrets.
QString descriptionOf(const vendor::ApiReply &reply);
/// The wait that the vendor asks for stands in the body: put where everybody looks for it.
vendor::ApiReply withRetryAfter(vendor::ApiReply reply);
/// The new id of a group that became a supergroup; empty = it did not.
QString movedTo(const vendor::ApiReply &reply);
/// Whether the vendor did not take a picture as a photo.
bool isPhotoTrouble(const vendor::ApiReply &reply);
SendResult resultOf(const Result<vendor::ApiReply> &reply, const Chat &chat, Time now);

} // namespace peerdesk::channels::telegram
