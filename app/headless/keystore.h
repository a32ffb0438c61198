// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/operation.h"
#include "core/secrets/secretstore.h"

#include <QString>

namespace peerdesk::app {

/// Where a passphrase file lies that was chosen when the office was made.
QString secretsFile(const QString &dataDir);

/// "os", or "file:PATH" if a person has chosen the passphrase file for this folder. For programs
/// that were not told by --keystore.
QString keptKeystore(const QString &dataDir);

/// Whether a place for secrets can keep one, tried before an office or a channel relies on it. The
/// keychain must give back a word that it took. A sealed file must have a passphrase and a folder
/// that can be written; the folder of the office itself is made later. Errors: Storage, Invalid.
class SecretsTrial final : public Operation<Done>
{
public:
    struct Place
    {
        QString keystore; ///< "os" or "file:PATH"
        QString passphrase;
        QString dataDir;
    };

    SecretsTrial(Place place, Completion<Done> done, QObject *parent);
    void start() override;

private:
    Result<Done> checkFile() const;
    void stored(const Result<Done> &result);
    void fetched(const Result<QByteArray> &result);
    void end(const Result<Done> &outcome);

    Place m_place;
    std::unique_ptr<secrets::SecretStore> m_keychain;
    QByteArray m_word;
};

} // namespace peerdesk::app
