// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/vendor/jwt.h"

#include <QCoreApplication>
#include <QJsonDocument>

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <memory>

namespace peerdesk::channels::vendor {

using namespace Qt::StringLiterals;

namespace {

template <typename T>
using Owned = std::unique_ptr<T, void (*)(T *)>;

/// Half of an ES256 signature. Source: RFC 7518 section 3.4.
constexpr int HalfBytes = 32;
constexpr int P256Bits = 256;
constexpr qsizetype MaxKeyBytes = 16 * 1024;

/// Nobody is asked for a passphrase.
int noPassphrase(char *, int, int, void *)
{
    return 0;
}

Owned<EVP_PKEY> keyFrom(const QByteArray &pem)
{
    const auto release = [](BIO *bio) { BIO_free(bio); };
    const Owned<BIO> bio(BIO_new_mem_buf(pem.constData(), int(pem.size())), release);
    EVP_PKEY *key =
        bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, &noPassphrase, nullptr) : nullptr;
    return {key, &EVP_PKEY_free};
}

QByteArray signature(EVP_PKEY *key, const QByteArray &input)
{
    const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    const auto *bytes = reinterpret_cast<const uchar *>(input.constData());
    size_t size = 0;
    if (!context || EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key) != 1 ||
        EVP_DigestSign(context.get(), nullptr, &size, bytes, size_t(input.size())) != 1)
        return {};
    QByteArray out(qsizetype(size), Qt::Uninitialized);
    if (EVP_DigestSign(context.get(), reinterpret_cast<uchar *>(out.data()), &size, bytes,
                       size_t(input.size())) != 1)
        return {};
    return out.left(qsizetype(size));
}

/// The two numbers one after the other, as JOSE wants them, instead of DER.
QByteArray rawSignature(const QByteArray &der)
{
    const auto *at = reinterpret_cast<const uchar *>(der.constData());
    const Owned<ECDSA_SIG> pair(d2i_ECDSA_SIG(nullptr, &at, long(der.size())), &ECDSA_SIG_free);
    if (!pair)
        return {};
    QByteArray out(2 * HalfBytes, '\0');
    auto *bytes = reinterpret_cast<uchar *>(out.data());
    if (BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), bytes, HalfBytes) != HalfBytes ||
        BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), bytes + HalfBytes, HalfBytes) != HalfBytes)
        return {};
    return out;
}

} // namespace

QByteArray base64Url(const QByteArray &bytes)
{
    return bytes.toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
}

Result<QByteArray> signedJwt(const QByteArray &privateKeyPem, QJsonObject header,
                             const QJsonObject &claims)
{
    const Error unusable = invalid(QCoreApplication::translate(
        "Jwt", "The private key cannot be used: it must be the whole file as the provider gave "
               "it, from BEGIN PRIVATE KEY to END PRIVATE KEY."));
    if (privateKeyPem.size() > MaxKeyBytes)
        return unusable;
    const Owned<EVP_PKEY> key = keyFrom(privateKeyPem);
    const int type = key ? EVP_PKEY_get_base_id(key.get()) : EVP_PKEY_NONE;
    const bool isElliptic = type == EVP_PKEY_EC && EVP_PKEY_get_bits(key.get()) == P256Bits;
    if (!isElliptic && type != EVP_PKEY_RSA)
        return unusable;
    header.insert(u"alg"_s, isElliptic ? u"ES256"_s : u"RS256"_s);
    header.insert(u"typ"_s, u"JWT"_s);
    const QByteArray input = base64Url(QJsonDocument(header).toJson(QJsonDocument::Compact)) + '.' +
                             base64Url(QJsonDocument(claims).toJson(QJsonDocument::Compact));
    QByteArray signedBytes = signature(key.get(), input);
    if (isElliptic)
        signedBytes = rawSignature(signedBytes);
    if (signedBytes.isEmpty())
        return unusable;
    return input + '.' + base64Url(signedBytes);
}

} // namespace peerdesk::channels::vendor
