// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/vendor/signature.h"

#include <QMessageAuthenticationCode>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <memory>

namespace peerdesk::channels::vendor {

namespace {

constexpr int Ed25519KeyBytes = 32;
constexpr int Ed25519SignatureBytes = 64;

const uchar *bytesOf(const QByteArray &array)
{
    return reinterpret_cast<const uchar *>(array.constData());
}

} // namespace

QByteArray hmac(QCryptographicHash::Algorithm algorithm, const QByteArray &key,
                const QByteArray &message)
{
    return QMessageAuthenticationCode::hash(message, key, algorithm);
}

bool isSame(const QByteArray &left, const QByteArray &right)
{
    return !left.isEmpty() && left.size() == right.size() &&
           CRYPTO_memcmp(left.constData(), right.constData(), size_t(left.size())) == 0;
}

bool isHexSigned(const QByteArray &signature, const QByteArray &key, const QByteArray &body)
{
    const QByteArray hex = signature.startsWith("sha256=") ? signature.mid(7) : signature;
    return !key.isEmpty() && isSame(hmac(QCryptographicHash::Sha256, key, body).toHex(), hex);
}

bool isBase64Signed(const QByteArray &signature, const QByteArray &key, const QByteArray &body)
{
    return !key.isEmpty() &&
           isSame(hmac(QCryptographicHash::Sha256, key, body).toBase64(), signature);
}

bool isEd25519Signed(const QByteArray &signatureHex, const QByteArray &publicKeyHex,
                     const QByteArray &message)
{
    const QByteArray signature = QByteArray::fromHex(signatureHex);
    const QByteArray publicKey = QByteArray::fromHex(publicKeyHex);
    if (signature.size() != Ed25519SignatureBytes || publicKey.size() != Ed25519KeyBytes)
        return false;
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
        EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytesOf(publicKey), Ed25519KeyBytes),
        &EVP_PKEY_free);
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                          &EVP_MD_CTX_free);
    return key && context &&
           EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
           EVP_DigestVerify(context.get(), bytesOf(signature), Ed25519SignatureBytes,
                            bytesOf(message), size_t(message.size())) == 1;
}

} // namespace peerdesk::channels::vendor
