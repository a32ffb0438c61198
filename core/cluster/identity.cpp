// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/identity.h"

#include <QCryptographicHash>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>

namespace peerdesk::cluster {

using namespace Qt::StringLiterals;

namespace {

/// Pins do not expire; the date is there because the format wants one.
constexpr long Lifetime = 100L * 365 * 24 * 3600;

template <auto Free>
struct Freed
{
    template <typename T>
    void operator()(T *thing) const
    {
        Free(thing);
    }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Memory = std::unique_ptr<BIO, Freed<BIO_free_all>>;

bool fill(X509 *certificate, EVP_PKEY *key, const QByteArray &name)
{
    X509_NAME *subject = X509_get_subject_name(certificate);
    return X509_set_version(certificate, 2) == 1 &&
           ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1) == 1 &&
           X509_gmtime_adj(X509_getm_notBefore(certificate), -24L * 3600) != nullptr &&
           X509_gmtime_adj(X509_getm_notAfter(certificate), Lifetime) != nullptr &&
           X509_set_pubkey(certificate, key) == 1 &&
           X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                                      reinterpret_cast<const unsigned char *>(name.constData()),
                                      int(name.size()), -1, 0) == 1 &&
           X509_set_issuer_name(certificate, subject) == 1 &&
           X509_sign(certificate, key, EVP_sha256()) > 0;
}

} // namespace

QByteArray Identity::fingerprintOf(const QSslCertificate &certificate)
{
    return certificate.digest(QCryptographicHash::Sha256);
}

Result<Identity> Identity::make(const QString &node)
{
    const Error failed{Error::Code::Storage, u"no key could be made for this PC"_s, {}};
    const Key key(EVP_EC_gen("P-256"));
    const Certificate certificate(X509_new());
    const Memory memory(BIO_new(BIO_s_mem()));
    if (!key || !certificate || !memory || !fill(certificate.get(), key.get(), node.toUtf8()) ||
        PEM_write_bio_PKCS8PrivateKey(memory.get(), key.get(), nullptr, nullptr, 0, nullptr,
                                      nullptr) != 1 ||
        PEM_write_bio_X509(memory.get(), certificate.get()) != 1)
        return failed;
    char *data = nullptr;
    const long size = BIO_get_mem_data(memory.get(), &data);
    return fromPem(QByteArray(data, qsizetype(size)));
}

Result<Identity> Identity::fromPem(const QByteArray &pem)
{
    const QSslKey key(pem, QSsl::Ec);
    const QSslCertificate certificate(pem);
    if (key.isNull() || certificate.isNull())
        return invalid(u"these bytes are no key of a PC"_s);
    return Identity{pem, key, certificate};
}

} // namespace peerdesk::cluster
