// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/secrets/password.h"

#include <QCryptographicHash>

#include <sodium.h>

namespace peerdesk::secrets {

using namespace Qt::StringLiterals;

namespace {

QByteArray normalised(const QString &password)
{
    return password.normalized(QString::NormalizationForm_C).toUtf8();
}

} // namespace

Result<QByteArray> hashPassword(const QString &password)
{
    QByteArray bytes = normalised(password);
    if (bytes.isEmpty() || bytes.size() > MaxPasswordBytes)
        return invalid(u"a password has 1 to %1 bytes"_s.arg(MaxPasswordBytes));
    if (sodium_init() < 0)
        return Error{Error::Code::Storage, u"no source of randomness"_s, {}};
    QByteArray hash(crypto_pwhash_STRBYTES, '\0');
    const int failure = crypto_pwhash_str_alg(
        hash.data(), bytes.constData(), static_cast<unsigned long long>(bytes.size()),
        crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE,
        crypto_pwhash_ALG_ARGON2ID13);
    sodium_memzero(bytes.data(), static_cast<std::size_t>(bytes.size()));
    if (failure != 0)
        return Error{Error::Code::Storage, u"not enough memory to hash a password"_s, {}};
    hash.truncate(qstrlen(hash.constData()));
    return hash;
}

bool verifyPassword(const QByteArray &hash, const QString &password)
{
    QByteArray bytes = normalised(password);
    const bool isPlausible = hash.startsWith("$argon2id$") &&
                             hash.size() < static_cast<qsizetype>(crypto_pwhash_STRBYTES) &&
                             !hash.contains('\0');
    if (!isPlausible || bytes.isEmpty() || bytes.size() > MaxPasswordBytes || sodium_init() < 0)
        return false;
    const bool matches =
        crypto_pwhash_str_verify(hash.constData(), bytes.constData(),
                                 static_cast<unsigned long long>(bytes.size())) == 0;
    sodium_memzero(bytes.data(), static_cast<std::size_t>(bytes.size()));
    return matches;
}

QByteArray randomToken()
{
    if (sodium_init() < 0)
        qFatal("no source of randomness: a guessable token would be worse than no program");
    QByteArray bytes(32, '\0');
    randombytes_buf(bytes.data(), static_cast<std::size_t>(bytes.size()));
    return bytes.toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
}

QByteArray tokenHash(const QByteArray &token)
{
    return QCryptographicHash::hash(token, QCryptographicHash::Sha256);
}

} // namespace peerdesk::secrets
