// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/fields.h"
#include "core/base/result.h"

#include <QStringList>

namespace peerdesk::cluster {

/// One PC went on without the others, because a person said that they are gone. Whoever shows one
/// that is not superseded leads the office; a PC with an older one, or none, puts its copy aside
/// and joins anew. Signed by the office's recovery key, so that nobody else can say so.
struct Takeover
{
    QByteArray office;
    quint64 generation = 2; ///< an office begins with 1
    QString node;
    quint64 index = 0; ///< the last entry of the old log that it kept
    quint64 term = 0;  ///< in which it goes on, above all that the others can have reached
    qint64 at = 0;     ///< UTC milliseconds, for people
    QByteArray signature;

    static constexpr auto fields()
    {
        return FieldList{field(1, "office", &Takeover::office),
                         field(2, "generation", &Takeover::generation),
                         field(3, "node", &Takeover::node),
                         field(4, "index", &Takeover::index),
                         field(5, "term", &Takeover::term),
                         field(6, "at", &Takeover::at),
                         field(7, "signature", &Takeover::signature)};
    }
    bool operator==(const Takeover &) const = default;
};

/// How far the term jumps: the others may have voted meanwhile.
constexpr quint64 TakeoverTerms = 1000;
constexpr int RecoverySeedBytes = 32;

/// Ed25519. The seed is the secret; it goes to keychains and on the printed sheet only.
QByteArray newRecoverySeed();
/// 32 bytes; empty for anything but a seed.
QByteArray recoveryPublicKey(const QByteArray &seed);
/// The seed as 24 words, the last of which hold a checksum of 8 bits; none for anything but a seed.
QStringList recoveryWords(const QByteArray &seed);
/// The seed of words as they were typed; case, numbers, hyphens and ends of lines do not matter.
/// Errors: Invalid, with the word that is none or a hint that one was mistyped.
Result<QByteArray> recoverySeedOf(const QString &typed);
Takeover signedBy(Takeover takeover, const QByteArray &seed);
bool isSignedBy(const Takeover &takeover, const QByteArray &publicKey);
/// Whether `a` supersedes `b`. Of two of one generation the one that kept more does.
bool supersedes(const std::optional<Takeover> &a, const std::optional<Takeover> &b);
/// nullopt for no bytes and for bytes that are none.
std::optional<Takeover> decodeTakeover(const QByteArray &bytes);

} // namespace peerdesk::cluster
