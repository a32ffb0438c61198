// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/secrets/sealedmap.h"

#include <QCborMap>
#include <QCborValue>
#include <QtEndian>

#include <sodium.h>

namespace peerdesk::secrets {

using namespace Qt::StringLiterals;

namespace {

constexpr QByteArrayView Magic = "PEERDESK SECRETS 1\n";
constexpr qsizetype SaltSize = crypto_pwhash_SALTBYTES;
constexpr qsizetype CostSize = 4 + 8;
constexpr qsizetype ClearSize = Magic.size() + CostSize + SaltSize;
constexpr qsizetype NonceSize = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr qsizetype TagSize = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr qsizetype KeySize = crypto_aead_xchacha20poly1305_ietf_KEYBYTES;
/// A damaged or hostile header must not make us spend more than this.
constexpr quint32 MaxOperations = 16;
constexpr quint64 MaxMemoryBytes = 1024ULL * 1024 * 1024;

Error storage(const QString &detail)
{
    return {Error::Code::Storage, detail, {}};
}

const unsigned char *bytesOf(const QByteArray &array)
{
    return reinterpret_cast<const unsigned char *>(array.constData());
}

unsigned char *bytesOf(QByteArray &array)
{
    return reinterpret_cast<unsigned char *>(array.data());
}

auto sizeOf(const QByteArray &array)
{
    return static_cast<unsigned long long>(array.size());
}

Result<SealingKey> derived(const QString &passphrase, const PassphraseCost &cost,
                           const QByteArray &salt)
{
    if (sodium_init() < 0)
        return storage(u"no source of randomness"_s);
    QByteArray typed = passphrase.normalized(QString::NormalizationForm_C).toUtf8();
    if (typed.isEmpty())
        return invalid(u"the passphrase is empty: it is read from PEERDESK_KEYSTORE_PASSPHRASE"_s);
    SealingKey out{cost, salt, QByteArray(KeySize, '\0')};
    const int failure =
        crypto_pwhash(bytesOf(out.key), static_cast<unsigned long long>(KeySize), typed.constData(),
                      sizeOf(typed), bytesOf(salt), cost.operations, cost.memoryBytes,
                      crypto_pwhash_ALG_ARGON2ID13);
    sodium_memzero(typed.data(), static_cast<std::size_t>(typed.size()));
    if (failure != 0)
        return storage(u"not enough memory to open the secrets file (%1 MiB needed)"_s.arg(
            cost.memoryBytes / (1024 * 1024)));
    return out;
}

QByteArray clearPart(const SealingKey &key)
{
    QByteArray head = Magic.toByteArray();
    char cost[CostSize];
    qToBigEndian<quint32>(key.cost.operations, cost);
    qToBigEndian<quint64>(key.cost.memoryBytes, cost + 4);
    head.append(cost, CostSize);
    head.append(key.salt);
    return head;
}

Error cannotOpen()
{
    return {Error::Code::Storage,
            u"the passphrase is wrong or the secrets file is damaged: try the passphrase again, or "
            "restore the file from a backup"_s,
            u"wrong-passphrase"_s};
}

} // namespace

Result<SealingKey> newSealingKey(const QString &passphrase, const PassphraseCost &cost)
{
    if (sodium_init() < 0)
        return storage(u"no source of randomness"_s);
    QByteArray salt(SaltSize, '\0');
    randombytes_buf(salt.data(), static_cast<std::size_t>(salt.size()));
    return derived(passphrase, cost, salt);
}

Result<SealingKey> sealingKeyOf(const QByteArray &file, const QString &passphrase)
{
    const qsizetype kind = Magic.size() - 2; // up to the version
    if (!file.startsWith(Magic.first(kind)))
        return storage(u"this is not a secrets file of Peerdesk"_s);
    if (file.size() > Magic.size() && !file.startsWith(Magic))
        return storage(u"the secrets file was written by a newer version: update this PC"_s);
    if (file.size() < ClearSize + NonceSize + TagSize)
        return storage(u"the secrets file is cut short: restore it from a backup"_s);
    const char *cost = file.constData() + Magic.size();
    const PassphraseCost stored{qFromBigEndian<quint32>(cost), qFromBigEndian<quint64>(cost + 4)};
    if (stored.operations < 1 || stored.operations > MaxOperations ||
        stored.memoryBytes < crypto_pwhash_MEMLIMIT_MIN || stored.memoryBytes > MaxMemoryBytes)
        return cannotOpen();
    return derived(passphrase, stored, file.mid(Magic.size() + CostSize, SaltSize));
}

QByteArray sealMap(const std::map<QString, QByteArray> &secrets, const SealingKey &key)
{
    QCborMap map;
    for (const auto &[name, secret] : secrets)
        map.insert(name, secret);
    QByteArray plain = map.toCborValue().toCbor();
    const QByteArray head = clearPart(key);
    QByteArray nonce(NonceSize, '\0');
    randombytes_buf(nonce.data(), static_cast<std::size_t>(nonce.size()));
    QByteArray sealed(plain.size() + TagSize, '\0');
    crypto_aead_xchacha20poly1305_ietf_encrypt(bytesOf(sealed), nullptr, bytesOf(plain),
                                               sizeOf(plain), bytesOf(head), sizeOf(head), nullptr,
                                               bytesOf(std::as_const(nonce)), bytesOf(key.key));
    sodium_memzero(plain.data(), static_cast<std::size_t>(plain.size()));
    return head + nonce + sealed;
}

Result<std::map<QString, QByteArray>> openMap(const QByteArray &file, const SealingKey &key)
{
    const QByteArray head = file.left(ClearSize);
    const QByteArray nonce = file.mid(ClearSize, NonceSize);
    const QByteArray sealed = file.mid(ClearSize + NonceSize);
    if (nonce.size() != NonceSize || sealed.size() < TagSize || key.key.size() != KeySize)
        return cannotOpen();
    QByteArray plain(sealed.size() - TagSize, '\0');
    const int failure = crypto_aead_xchacha20poly1305_ietf_decrypt(
        bytesOf(plain), nullptr, nullptr, bytesOf(sealed), sizeOf(sealed), bytesOf(head),
        sizeOf(head), bytesOf(nonce), bytesOf(key.key));
    if (failure != 0)
        return cannotOpen();
    QCborParserError problem;
    const QCborValue value = QCborValue::fromCbor(plain, &problem);
    sodium_memzero(plain.data(), static_cast<std::size_t>(plain.size()));
    if (problem.error != QCborError::NoError || !value.isMap())
        return cannotOpen();
    std::map<QString, QByteArray> secrets;
    for (const auto &entry : value.toMap())
        secrets.emplace(entry.first.toString(), entry.second.toByteArray());
    return secrets;
}

} // namespace peerdesk::secrets
