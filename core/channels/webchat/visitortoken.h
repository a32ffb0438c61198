// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/time.h"
#include "core/domain/ids.h"

#include <QByteArray>

#include <optional>

namespace peerdesk::channels::webchat {

/// Who a browser is: 256 random bits made by the server. Signed with the account's key, so that
/// every node can check it and no table of visitors is needed.
struct VisitorToken
{
    static constexpr int SecretBytes = 32;
    static constexpr Seconds Lifetime{30LL * 24 * 3600}; ///< after the last visit

    QByteArray secret;
    Time issuedAt;

    bool operator==(const VisitorToken &) const = default;
};

VisitorToken freshToken(Time now);
/// 32 hexadecimal digits that name the visitor in conversations; tells nothing about the token.
QString visitorId(const VisitorToken &token);
bool isVisitorId(const QString &text);
/// "v1.<secret>.<issued>.<mac>", base64url; mac = HMAC-SHA-256 over account, secret and time.
QString signToken(const VisitorToken &token, AccountId account, const QByteArray &key);
/// Empty for everything that this account's key did not sign or that is over its lifetime.
std::optional<VisitorToken> verifyToken(const QString &text, AccountId account,
                                        const QByteArray &key, Time now);

} // namespace peerdesk::channels::webchat
