// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/secrets/seal.h"

#include <QCryptographicHash>

#include <sodium.h>

namespace peerdesk::secrets {

using namespace Qt::StringLiterals;

namespace {

static_assert(SealingKeyBytes == crypto_box_PUBLICKEYBYTES);
static_assert(crypto_box_SEEDBYTES == 32);
constexpr qsizetype Overhead = crypto_box_SEALBYTES;
/// Never to be changed: every seal in every log hangs on it.
constexpr QByteArrayView Label = "peerdesk sealing key 1\n";

const unsigned char *raw(const QByteArray &array)
{
    return reinterpret_cast<const unsigned char *>(array.constData());
}

unsigned char *raw(QByteArray &array)
{
    return reinterpret_cast<unsigned char *>(array.data());
}

Error noRandomness()
{
    return {Error::Code::Storage, u"no source of randomness"_s, {}};
}

} // namespace

Result<SealingPair> sealingPairFrom(const QByteArray &nodeKey)
{
    if (sodium_init() < 0)
        return noRandomness();
    QCryptographicHash hash(QCryptographicHash::Sha256);
    hash.addData(Label);
    hash.addData(nodeKey);
    const QByteArray seed = hash.result();
    SealingPair pair{QByteArray(crypto_box_PUBLICKEYBYTES, '\0'),
                     QByteArray(crypto_box_SECRETKEYBYTES, '\0')};
    crypto_box_seed_keypair(raw(pair.publicKey), raw(pair.privateKey), raw(seed));
    return pair;
}

Result<QByteArray> seal(const QByteArray &publicKey, const QByteArray &plain)
{
    if (sodium_init() < 0)
        return noRandomness();
    QByteArray sealed(plain.size() + Overhead, '\0');
    if (publicKey.size() != SealingKeyBytes ||
        crypto_box_seal(raw(sealed), raw(plain), static_cast<unsigned long long>(plain.size()),
                        raw(publicKey)) != 0)
        return invalid(u"this PC's sealing key is none"_s);
    return sealed;
}

Result<QByteArray> openSeal(const SealingPair &pair, const QByteArray &sealed)
{
    if (sodium_init() < 0)
        return noRandomness();
    if (sealed.size() < Overhead)
        return invalid(u"this is no seal"_s);
    QByteArray plain(sealed.size() - Overhead, '\0');
    if (crypto_box_seal_open(raw(plain), raw(sealed),
                             static_cast<unsigned long long>(sealed.size()), raw(pair.publicKey),
                             raw(pair.privateKey)) != 0)
        return invalid(u"this seal was made for another PC, or is damaged"_s);
    return plain;
}

} // namespace peerdesk::secrets
