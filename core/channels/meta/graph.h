// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/vendor/vendorapi.h"

/// What all of Meta's Graph API has in common. Pure.
namespace peerdesk::channels::meta {

/// Source: Graph API, "Handling errors".
struct GraphError
{
    int code = 0; ///< 0 = there is none
    int subcode = 0;
    QString sentence; ///< for people where Meta has one, else the technical one; clean, bounded
};
GraphError graphError(const vendor::ApiReply &reply);

/// The reply with Meta's codes told in HTTP's: no token 401, no permission 403, a limit 429 with
/// Retry-After, whatever status Meta gave it.
vendor::ApiReply plain(vendor::ApiReply reply);

/// "Allow access to messages" is off in the Instagram app (M40).
bool isAccessSwitchedOff(const GraphError &error);
/// What to do about it.
QString accessAdvice();
/// The reply window is over, whatever our own clock says.
bool isWindowClosed(const GraphError &error);

/// How much of a limit is used up. Source: Graph API, "Rate limits", headers X-App-Usage,
/// X-Page-Usage and X-Business-Use-Case-Usage.
struct Usage
{
    int percent = 0;
    Seconds regain{0}; ///< nothing is allowed for this long
};
Usage usageOf(const std::map<QByteArray, QByteArray> &headers);
/// How long until the next poll: longer and longer from 75 % on.
Milliseconds steered(Milliseconds usual, const Usage &usage);

/// The result of a send that Meta refused.
SendResult refused(const Result<vendor::ApiReply> &reply, Time now);

/// Longest id that is taken, in characters.
constexpr qsizetype MaxIdLength = 400;
QString textIn(const QJsonObject &object, const QString &key);
/// An id, which some of Meta's tools write as a number.
QString idIn(const QJsonObject &object, const QString &key);
/// What tells two versions of a text apart: 12 hexadecimal digits.
QString shortHash(const QString &text);

/// As Meta writes times: "2026-11-22T02:00:00+0000", or seconds, or milliseconds since 1970.
Time timeOf(const QJsonValue &value);

} // namespace peerdesk::channels::meta
