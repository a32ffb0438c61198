// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/secrets/sealedmap.h"
#include "core/secrets/secretstore.h"

#include <QFile>
#include <QSaveFile>

#include <sodium.h>

namespace peerdesk::secrets {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 MaxFileBytes = 16LL * 1024 * 1024;
constexpr qsizetype MaxSecretBytes = 1024LL * 1024;
constexpr std::size_t MaxSecrets = 4096;

/// The whole map is written anew at every change; it is small and changes rarely.
class PassphraseFile final : public SecretStore
{
public:
    PassphraseFile(QString path, SealingKey key, std::map<QString, QByteArray> secrets)
        : m_path(std::move(path))
        , m_key(std::move(key))
        , m_secrets(std::move(secrets))
    {}
    ~PassphraseFile() override
    {
        wipe(m_key.key);
        for (auto &[name, secret] : m_secrets)
            wipe(secret);
    }

    void store(const QString &key, const QByteArray &secret, Completion<Done> done) override
    {
        const bool isNew = m_secrets.find(key) == m_secrets.end();
        if (secret.size() > MaxSecretBytes || (isNew && m_secrets.size() >= MaxSecrets))
            return done.answer(Error{Error::Code::TooLarge, u"the secrets file is full"_s, {}});
        auto changed = m_secrets;
        changed[key] = secret;
        done.answer(replace(std::move(changed)));
    }

    void fetch(const QString &key, Completion<QByteArray> done) override
    {
        const auto it = m_secrets.find(key);
        if (it == m_secrets.end())
            return done.answer(notFound(u"no such secret in the secrets file"_s));
        done.answer(it->second);
    }

    void remove(const QString &key, Completion<Done> done) override
    {
        auto changed = m_secrets;
        if (changed.erase(key) == 0)
            return done.answer(notFound(u"no such secret in the secrets file"_s));
        done.answer(replace(std::move(changed)));
    }

    Result<Done> save() { return replace(m_secrets); }

private:
    static void wipe(QByteArray &bytes)
    {
        if (bytes.isDetached()) // else a caller still reads it
            sodium_memzero(bytes.data(), static_cast<std::size_t>(bytes.size()));
    }

    /// What is in memory changes only after the file has.
    Result<Done> replace(std::map<QString, QByteArray> changed)
    {
        QSaveFile file(m_path);
        const QByteArray sealed = sealMap(changed, m_key);
        // Flushed by hand: Qt 6.4 commits what it could not write, an empty file in place of all.
        const bool isWritten = file.open(QIODevice::WriteOnly) &&
                               file.setPermissions(QFile::ReadOwner | QFile::WriteOwner) &&
                               file.write(sealed) == sealed.size() && file.flush() && file.commit();
        if (!isWritten)
            return Error{
                Error::Code::Storage,
                u"the secrets file %1 cannot be written: %2"_s.arg(m_path, file.errorString()),
                {}};
        m_secrets = std::move(changed);
        return Done{};
    }

    QString m_path;
    SealingKey m_key;
    std::map<QString, QByteArray> m_secrets;
};

Result<QByteArray> contentOf(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return Error{Error::Code::Storage,
                     u"the secrets file %1 cannot be read: %2"_s.arg(path, file.errorString()),
                     {}};
    if (file.size() > MaxFileBytes)
        return Error{Error::Code::Storage, u"%1 is too long for a secrets file"_s.arg(path), {}};
    return file.readAll();
}

} // namespace

Result<std::unique_ptr<SecretStore>> passphraseFile(const QString &path, const QString &passphrase)
{
    if (!QFile::exists(path)) {
        Result<SealingKey> key = newSealingKey(passphrase);
        if (!key)
            return key.error();
        auto fresh = std::make_unique<PassphraseFile>(path, std::move(*key),
                                                      std::map<QString, QByteArray>());
        if (const Result<Done> saved = fresh->save(); !saved)
            return saved.error();
        return std::unique_ptr<SecretStore>(std::move(fresh));
    }
    const Result<QByteArray> content = contentOf(path);
    if (!content)
        return content.error();
    Result<SealingKey> key = sealingKeyOf(*content, passphrase);
    if (!key)
        return key.error();
    Result<std::map<QString, QByteArray>> secrets = openMap(*content, *key);
    if (!secrets)
        return secrets.error();
    return std::unique_ptr<SecretStore>(
        std::make_unique<PassphraseFile>(path, std::move(*key), std::move(*secrets)));
}

} // namespace peerdesk::secrets

#include "moc_secretstore.cpp"
