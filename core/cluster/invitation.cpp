// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/invitation.h"

#include "core/cluster/words.h"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QMessageAuthenticationCode>
#include <QtEndian>

#include <array>
#include <sodium.h>

namespace peerdesk::cluster {

using namespace Qt::StringLiterals;

namespace {

constexpr int Words = 6;
constexpr int ComparedWords = 3;
constexpr int SecretBits = 60;
constexpr int ChecksumBits = 6;
constexpr size_t MemoryBytes = 64U * 1024 * 1024;

quint64 checksumOf(quint64 secret)
{
    const QByteArray hash =
        QCryptographicHash::hash(QByteArray::number(secret), QCryptographicHash::Sha256);
    return quint8(hash.at(0)) & ((1U << ChecksumBits) - 1);
}

QString tr(const char *text)
{
    return QCoreApplication::translate("peerdesk::cluster", text);
}

} // namespace

QByteArray randomBytes(int count)
{
    QByteArray out(count, Qt::Uninitialized);
    randombytes_buf(out.data(), size_t(count));
    return out;
}

QString newJoinCode()
{
    quint64 secret = 0;
    randombytes_buf(&secret, sizeof secret);
    secret &= (quint64(1) << SecretBits) - 1;
    // 66 bits, most significant first: the first word holds 11 of the secret, the last its end and
    // the checksum.
    QStringList words;
    for (int i = 0; i < Words; ++i) {
        const int shift = SecretBits - BitsPerWord * (i + 1);
        const quint64 bits = shift >= 0 ? secret >> shift : (secret << -shift) | checksumOf(secret);
        words += wordOf(int(bits & ((1U << BitsPerWord) - 1)));
    }
    return words.join(u'-');
}

QStringList joinWords()
{
    QStringList words;
    for (int number = 0; number < 1 << BitsPerWord; ++number)
        words += wordOf(number);
    return words;
}

Result<QByteArray> joinSecret(const QString &code)
{
    QString plain = code.toLower();
    plain.replace(u'-', u' ');
    const QStringList words = plain.split(u' ', Qt::SkipEmptyParts);
    if (words.size() != Words)
        return invalid(tr("The code has six words; this has %1").arg(words.size()));
    quint64 secret = 0;
    quint64 checksum = 0;
    for (int i = 0; i < Words; ++i) {
        const int number = numberOf(words[i]);
        if (number < 0)
            return invalid(tr("\"%1\" is not a word of a code: look at it again").arg(words[i]));
        if (i < Words - 1) {
            secret = secret << BitsPerWord | quint64(number);
        } else {
            secret = secret << (BitsPerWord - ChecksumBits) | quint64(number >> ChecksumBits);
            checksum = quint64(number) & ((1U << ChecksumBits) - 1);
        }
    }
    if (checksum != checksumOf(secret))
        return invalid(tr("A word of the code is mistyped: compare all six"));
    return QByteArray::number(secret);
}

Result<QByteArray> joinKey(const QByteArray &secret, const QByteArray &invitation)
{
    QByteArray key(32, '\0');
    const QByteArray salt = QCryptographicHash::hash(invitation, QCryptographicHash::Sha256)
                                .left(crypto_pwhash_SALTBYTES);
    const int done =
        sodium_init() < 0
            ? -1
            : crypto_pwhash(reinterpret_cast<unsigned char *>(key.data()), size_t(key.size()),
                            secret.constData(), size_t(secret.size()),
                            reinterpret_cast<const unsigned char *>(salt.constData()), 2,
                            MemoryBytes, crypto_pwhash_ALG_ARGON2ID13);
    if (done != 0)
        return Error{Error::Code::Storage, tr("There is not enough memory free for joining"), {}};
    return key;
}

QByteArray joinProof(const QByteArray &key, const QByteArray &role, const Handshake &handshake)
{
    QMessageAuthenticationCode code(QCryptographicHash::Sha256, key);
    for (const QByteArray &part :
         {QByteArray("peerdesk join 1"), role, handshake.inviterNonce, handshake.joinerNonce,
          handshake.inviterFingerprint, handshake.joinerFingerprint}) {
        code.addData(QByteArray::number(part.size()) + ':');
        code.addData(part);
    }
    return code.result();
}

QStringList comparedWords(const Handshake &handshake, const QString &node, const QString &name)
{
    const Handshake &h = handshake;
    QMessageAuthenticationCode code(QCryptographicHash::Sha256, h.joinerNonce + h.inviterNonce);
    for (const QByteArray &part : {QByteArray("peerdesk compare 1"), h.inviterFingerprint,
                                   h.joinerFingerprint, node.toUtf8(), name.toUtf8()}) {
        code.addData(QByteArray::number(part.size()) + ':');
        code.addData(part);
    }
    const auto bits = qFromBigEndian<quint64>(code.result().constData());
    QStringList words;
    for (int i = 1; i <= ComparedWords; ++i)
        words += wordOf(int(bits >> (64 - BitsPerWord * i)) & ((1 << BitsPerWord) - 1));
    return words;
}

QByteArray joinCommitment(const QByteArray &nonce)
{
    return QCryptographicHash::hash(nonce, QCryptographicHash::Sha256);
}

bool isProof(const QByteArray &proof, const QByteArray &expected)
{
    return proof.size() == expected.size() && !expected.isEmpty() &&
           sodium_memcmp(proof.constData(), expected.constData(), size_t(expected.size())) == 0;
}

} // namespace peerdesk::cluster
