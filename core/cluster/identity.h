// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QSslCertificate>
#include <QSslKey>

namespace peerdesk::cluster {

/// A node's key pair: who holds the key is the node. The certificate only carries the public key;
/// nobody signs it, the others pin its fingerprint.
struct Identity
{
    QByteArray pem; ///< private key and certificate; secret, for the keychain
    QSslKey key;
    QSslCertificate certificate;

    /// SHA-256 of the certificate, 32 bytes.
    QByteArray fingerprint() const { return fingerprintOf(certificate); }
    static QByteArray fingerprintOf(const QSslCertificate &certificate);
    /// New, on curve P-256. Errors: Storage when the library has no randomness or memory.
    static Result<Identity> make(const QString &node);
    /// Errors: Invalid for anything but make()'s pem.
    static Result<Identity> fromPem(const QByteArray &pem);
};

} // namespace peerdesk::cluster
