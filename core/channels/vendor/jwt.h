// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QJsonObject>

namespace peerdesk::channels::vendor {

/// A JSON Web Token signed with a private key in PEM: RS256 with an RSA key, ES256 with a key on
/// P-256. `header` gets "alg" and "typ". Errors: Invalid (no such key, encrypted, another curve);
/// never with a part of the key in it. Source: RFC 7515, RFC 7518 section 3.3 and 3.4, RFC 7519.
Result<QByteArray> signedJwt(const QByteArray &privateKeyPem, QJsonObject header,
                             const QJsonObject &claims);

/// The form of RFC 7515 section 2: base64url without padding.
QByteArray base64Url(const QByteArray &bytes);

} // namespace peerdesk::channels::vendor
