// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QCryptographicHash>

namespace peerdesk::channels::vendor {

/// Raw bytes of the HMAC (RFC 2104).
QByteArray hmac(QCryptographicHash::Algorithm algorithm, const QByteArray &key,
                const QByteArray &message);
/// Takes the same time wherever they differ. Empty never matches.
bool isSame(const QByteArray &left, const QByteArray &right);
/// `signature` is hex, with or without "sha256=" before it, as Meta and others send it.
bool isHexSigned(const QByteArray &signature, const QByteArray &key, const QByteArray &body);
/// `signature` is base64 (LINE).
bool isBase64Signed(const QByteArray &signature, const QByteArray &key, const QByteArray &body);
/// Ed25519 over `message`, key and signature in hex (Discord).
bool isEd25519Signed(const QByteArray &signatureHex, const QByteArray &publicKeyHex,
                     const QByteArray &message);

} // namespace peerdesk::channels::vendor
