// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/vendor/vendorapi.h"

namespace peerdesk::channels::google {

/// The key file of a service account, as the Google Cloud console gives it.
struct ServiceAccount
{
    QString email;
    QString keyId;
    QByteArray privateKey;
    QString tokenAddress;
};
/// Errors: Invalid, in words for who put the file in; never with a part of it.
Result<ServiceAccount> serviceAccountIn(const QByteArray &keyFile);
/// Asks for an access token with a signed assertion. Source: RFC 7523 section 2.1; Google, "Using
/// OAuth 2.0 for Server to Server Applications".
Result<vendor::ApiCall> assertionCall(const ServiceAccount &account, const QString &scope,
                                      Time now);

} // namespace peerdesk::channels::google
