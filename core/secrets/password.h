// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

namespace peerdesk::secrets {

/// Longest password that is looked at; a longer one is refused, so that nobody can make us hash
/// megabytes.
inline constexpr int MaxPasswordBytes = 1024;

/// The salted argon2id hash of a sign-in password (libsodium's text form, interactive limits).
/// Takes about 90 ms and 64 MiB: run it in the pool. Normalised to NFC first, so that two keyboards
/// type the same password. Errors: Invalid (empty or too long), Storage (no memory).
Result<QByteArray> hashPassword(const QString &password);

/// Whether the password belongs to the hash. As slow as hashPassword: run it in the pool.
bool verifyPassword(const QByteArray &hash, const QString &password);

/// 256 random bits, base64url without padding: 43 characters.
QByteArray randomToken();

/// SHA-256 of a token. Fast on purpose: a token has 256 random bits, there is nothing to guess.
QByteArray tokenHash(const QByteArray &token);

} // namespace peerdesk::secrets
