// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <map>

namespace peerdesk::secrets {

/// How hard a passphrase is to try. Stored in the file, so that it can be raised later.
struct PassphraseCost
{
    quint32 operations = 3;
    quint64 memoryBytes = 256ULL * 1024 * 1024;

    bool operator==(const PassphraseCost &) const = default;
};

/// A key made from a passphrase, with what is needed to make it again.
struct SealingKey
{
    PassphraseCost cost;
    QByteArray salt;
    QByteArray key; ///< wiped when the store is closed
};

/// A fresh key. Errors: Invalid (empty passphrase), Storage (no memory). Slow: about 0.7 s.
Result<SealingKey> newSealingKey(const QString &passphrase, const PassphraseCost &cost = {});
/// The key that opens `file`. Errors: Storage (not such a file, or made by a newer version).
Result<SealingKey> sealingKeyOf(const QByteArray &file, const QString &passphrase);

/// File form, version 1: magic, cost and salt in clear, then XChaCha20-Poly1305 over the CBOR of
/// the map with everything before it authenticated. A fresh random nonce every time.
QByteArray sealMap(const std::map<QString, QByteArray> &secrets, const SealingKey &key);
/// Errors: Storage. A wrong passphrase and a damaged file look the same: both are named.
Result<std::map<QString, QByteArray>> openMap(const QByteArray &file, const SealingKey &key);

} // namespace peerdesk::secrets
