// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

namespace peerdesk::secrets {

constexpr qsizetype SealingKeyBytes = 32;

/// What a PC opens seals with. The public half is for everybody.
struct SealingPair
{
    QByteArray publicKey;
    QByteArray privateKey;
};

/// The same pair from the same bytes, for ever: X25519 from SHA-256 of a label and `nodeKey`, the
/// PC's own private key as the keychain has it. Nothing new has to be kept. Errors: Storage.
Result<SealingPair> sealingPairFrom(const QByteArray &nodeKey);
/// Only who has the private half opens it; who sealed it stays unknown. Source: libsodium,
/// crypto_box_seal. Errors: Invalid for anything but a public key, Storage.
Result<QByteArray> seal(const QByteArray &publicKey, const QByteArray &plain);
/// Errors: Invalid, if it was sealed for another, or changed; the text has no byte of either.
Result<QByteArray> openSeal(const SealingPair &pair, const QByteArray &sealed);

} // namespace peerdesk::secrets
