// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/completion.h"

#include <memory>

namespace peerdesk::secrets {

/// Where secrets lie: never in office.db, logs, facts or error texts. Thread: the creating one.
class SecretStore : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;
    /// Errors: Storage (no keychain, locked, wrong passphrase) with a sentence that says what to
    /// do.
    virtual void store(const QString &key, const QByteArray &secret, Completion<Done> done) = 0;
    /// Errors: NotFound, Storage.
    virtual void fetch(const QString &key, Completion<QByteArray> done) = 0;
    virtual void remove(const QString &key, Completion<Done> done) = 0;
};

/// The operating system's keychain by QtKeychain.
std::unique_ptr<SecretStore> keychain(const QString &service);
/// One file, sealed with a key from the passphrase (argon2id, XChaCha20-Poly1305). Written
/// atomically, mode 0600. Errors: Storage, state "wrong-passphrase", if the file exists and the
/// passphrase does not open it.
Result<std::unique_ptr<SecretStore>> passphraseFile(const QString &path, const QString &passphrase);

} // namespace peerdesk::secrets
