// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <memory>
#include <optional>

namespace peerdesk::channels {

/// A pair of keys made for one test, and the other side's check of what was signed with it.
class TestKey
{
public:
    static TestKey rsa() { return TestKey(EVP_RSA_gen(2048)); }
    static TestKey p256() { return TestKey(EVP_EC_gen("P-256")); }
    static TestKey p384() { return TestKey(EVP_EC_gen("P-384")); }

    QByteArray privatePem() const
    {
        const std::unique_ptr<BIO, void (*)(BIO *)> bio(BIO_new(BIO_s_mem()),
                                                        [](BIO *b) { BIO_free(b); });
        PEM_write_bio_PrivateKey(bio.get(), m_key.get(), nullptr, nullptr, 0, nullptr, nullptr);
        char *bytes = nullptr;
        const long size = BIO_get_mem_data(bio.get(), &bytes);
        return {bytes, qsizetype(size)};
    }
    /// The claims, if the token is signed with this key; `header` gets its header.
    std::optional<QJsonObject> claimsOf(const QByteArray &token,
                                        QJsonObject *header = nullptr) const
    {
        const QByteArrayList parts = token.split('.');
        if (parts.size() != 3 || token.contains('='))
            return std::nullopt;
        const QByteArray input = parts[0] + '.' + parts[1];
        QByteArray signature = decoded(parts[2]);
        if (EVP_PKEY_get_base_id(m_key.get()) == EVP_PKEY_EC)
            signature = der(signature);
        const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX *)> context(EVP_MD_CTX_new(),
                                                                          &EVP_MD_CTX_free);
        EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, m_key.get());
        if (EVP_DigestVerify(context.get(), bytesOf(signature), size_t(signature.size()),
                             bytesOf(input), size_t(input.size())) != 1)
            return std::nullopt;
        if (header)
            *header = QJsonDocument::fromJson(decoded(parts[0])).object();
        return QJsonDocument::fromJson(decoded(parts[1])).object();
    }

private:
    explicit TestKey(EVP_PKEY *key)
        : m_key(key, &EVP_PKEY_free)
    {}
    static const uchar *bytesOf(const QByteArray &array)
    {
        return reinterpret_cast<const uchar *>(array.constData());
    }
    static QByteArray decoded(const QByteArray &part)
    {
        return QByteArray::fromBase64(part, QByteArray::Base64UrlEncoding);
    }
    static QByteArray der(const QByteArray &raw)
    {
        if (raw.size() != 64)
            return {};
        const std::unique_ptr<ECDSA_SIG, void (*)(ECDSA_SIG *)> pair(ECDSA_SIG_new(),
                                                                     &ECDSA_SIG_free);
        ECDSA_SIG_set0(pair.get(), BN_bin2bn(bytesOf(raw), 32, nullptr),
                       BN_bin2bn(bytesOf(raw) + 32, 32, nullptr));
        uchar *bytes = nullptr;
        const int size = i2d_ECDSA_SIG(pair.get(), &bytes);
        const QByteArray out(reinterpret_cast<char *>(bytes), size);
        OPENSSL_free(bytes);
        return out;
    }

    std::shared_ptr<EVP_PKEY> m_key;
};

} // namespace peerdesk::channels
