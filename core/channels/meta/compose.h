// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/meta/parsed.h"
#include "core/channels/vendor/vendorapi.h"

/// Messages to calls of the send API, within its limits. Pure. Source: Messenger Platform, "Send
/// API"; Instagram Platform, "Messaging API".
namespace peerdesk::channels::meta {

/// What may be said now (M36).
enum class Permission {
    Plain,  ///< within 24 hours
    Tagged, ///< a person's answer within 7 days
    Closed
};
/// `isHuman`: written by a person. At 24 hours sharp plain answers end, after 7 days all.
Permission permissionAt(Time now, Time lastInboundAt, bool isHuman);

/// One message of the several that an answer may become.
struct Part
{
    QString what;        ///< "the text", "the file NAME", "the choices": for people
    QJsonObject message; ///< of the send API
    QByteArray file;     ///< SHA-256 of what goes with it; empty = nothing
    QString fileName;
    QByteArray fileType;
    QString text; ///< for the look-up; empty = it cannot be looked up
};

/// Errors: Invalid, with the reason in plain words: nothing of it may be sent.
Result<std::vector<Part>> partsOf(const Outgoing &outgoing, Product product,
                                  const Capabilities &capabilities);

/// `recipient` is {"id": ...} or {"comment_id": ...}.
vendor::ApiCall sendCall(const QString &selfId, const QJsonObject &recipient, Permission permission,
                         const Part &part);
vendor::ApiCall fileCall(const vendor::ApiCall &call, const Part &part, const QByteArray &bytes);

} // namespace peerdesk::channels::meta
