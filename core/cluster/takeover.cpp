// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/takeover.h"

#include "core/base/codec.h"
#include "core/cluster/invitation.h"
#include "core/cluster/words.h"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QRegularExpression>

#include <sodium.h>

namespace peerdesk::cluster {

using namespace Qt::StringLiterals;

namespace {

constexpr int RecoveryWords = 24; // 256 bits and a checksum of 8

/// Other signatures of the same key can never be taken for one of these.
constexpr QByteArrayView Purpose = "peerdesk takeover 1";

QByteArray signedBytes(Takeover takeover)
{
    takeover.signature.clear();
    return Purpose.toByteArray() + codec::encode(takeover);
}

const unsigned char *raw(const QByteArray &bytes)
{
    return reinterpret_cast<const unsigned char *>(bytes.constData());
}

unsigned char *raw(QByteArray &bytes)
{
    return reinterpret_cast<unsigned char *>(bytes.data());
}

struct Pair
{
    QByteArray publicKey = QByteArray(crypto_sign_PUBLICKEYBYTES, Qt::Uninitialized);
    QByteArray secretKey = QByteArray(crypto_sign_SECRETKEYBYTES, Qt::Uninitialized);
};

std::optional<Pair> pairOf(const QByteArray &seed)
{
    Pair pair;
    if (seed.size() != crypto_sign_SEEDBYTES ||
        crypto_sign_seed_keypair(raw(pair.publicKey), raw(pair.secretKey), raw(seed)) != 0)
        return std::nullopt;
    return pair;
}

QByteArray withChecksum(const QByteArray &seed)
{
    return seed + QCryptographicHash::hash(seed, QCryptographicHash::Sha256).left(1);
}

QString tr(const char *text)
{
    return QCoreApplication::translate("peerdesk::cluster", text);
}

auto rank(const Takeover &takeover)
{
    return std::tuple(takeover.generation, takeover.index, takeover.term, takeover.node);
}

} // namespace

QByteArray newRecoverySeed()
{
    return randomBytes(RecoverySeedBytes);
}

QByteArray recoveryPublicKey(const QByteArray &seed)
{
    const auto pair = pairOf(seed);
    return pair ? pair->publicKey : QByteArray();
}

QStringList recoveryWords(const QByteArray &seed)
{
    return seed.size() == RecoverySeedBytes ? wordsOf(withChecksum(seed)) : QStringList();
}

Result<QByteArray> recoverySeedOf(const QString &typed)
{
    static const QRegularExpression apart(u"[^\\p{L}]+"_s);
    const QStringList words = typed.toLower().split(apart, Qt::SkipEmptyParts);
    for (const QString &word : words) {
        if (numberOf(word) < 0)
            return invalid(tr("\"%1\" is not a word of a recovery sheet: look at it again")
                               .arg(word.left(20)));
    }
    if (words.size() != RecoveryWords)
        return invalid(
            tr("A recovery sheet has %1 words; these are %2").arg(RecoveryWords).arg(words.size()));
    const QByteArray bytes = bytesOf(words);
    const QByteArray seed = bytes.left(RecoverySeedBytes);
    if (withChecksum(seed) != bytes)
        return invalid(tr("A word is mistyped: compare all of them with the sheet"));
    return seed;
}

Takeover signedBy(Takeover takeover, const QByteArray &seed)
{
    const auto pair = pairOf(seed);
    if (!pair)
        return takeover;
    const QByteArray bytes = signedBytes(takeover);
    QByteArray signature(crypto_sign_BYTES, Qt::Uninitialized);
    crypto_sign_detached(raw(signature), nullptr, raw(bytes), quint64(bytes.size()),
                         raw(pair->secretKey));
    takeover.signature = signature;
    return takeover;
}

bool isSignedBy(const Takeover &takeover, const QByteArray &publicKey)
{
    const QByteArray bytes = signedBytes(takeover);
    return publicKey.size() == crypto_sign_PUBLICKEYBYTES &&
           takeover.signature.size() == crypto_sign_BYTES &&
           crypto_sign_verify_detached(raw(takeover.signature), raw(bytes), quint64(bytes.size()),
                                       raw(publicKey)) == 0;
}

bool supersedes(const std::optional<Takeover> &a, const std::optional<Takeover> &b)
{
    return a && (!b || rank(*a) > rank(*b));
}

std::optional<Takeover> decodeTakeover(const QByteArray &bytes)
{
    const Result<Takeover> takeover =
        bytes.isEmpty() ? Result<Takeover>(notFound({})) : codec::decode<Takeover>(bytes);
    return takeover ? std::optional(*takeover) : std::nullopt;
}

} // namespace peerdesk::cluster
