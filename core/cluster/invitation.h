// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/fields.h"
#include "core/base/result.h"

#include <QDeadlineTimer>
#include <QStringList>

namespace peerdesk::cluster {

/// Six words that let another PC join: 60 random bits and a checksum of 6. Each word is one of
/// 2,048, two syllables long. Source: decisions, "Joining".
QString newJoinCode();
/// All words that a code may be made of, in order.
QStringList joinWords();
/// The bits of a typed code; case, blanks and hyphens do not matter. Errors: Invalid, with the word
/// that is none or a hint that one was mistyped.
Result<QByteArray> joinSecret(const QString &code);
/// argon2id(secret, salt = invitation, 64 MiB): 32 bytes. Takes about 0.1 s; not on a thread that
/// anybody waits for. Errors: Storage (no memory).
Result<QByteArray> joinKey(const QByteArray &secret, const QByteArray &invitation);

/// What the inviter keeps, in memory only.
struct Invitation
{
    QByteArray id;  ///< 16 bytes, public
    QByteArray key; ///< of joinKey()
    int uses = 1;
    QDeadlineTimer expires;
};

/// Who proves to whom.
struct Handshake
{
    QByteArray inviterNonce;
    QByteArray joinerNonce;
    QByteArray inviterFingerprint;
    QByteArray joinerFingerprint;
};
/// HMAC-SHA-256 over the role and the handshake. Whoever stands between the two shows another
/// certificate and gets a proof that fits nothing.
QByteArray joinProof(const QByteArray &key, const QByteArray &role, const Handshake &handshake);
/// In constant time.
bool isProof(const QByteArray &proof, const QByteArray &expected);

/// Three of joinWords() for two people to compare: 33 bits of HMAC-SHA-256 over both nonces, both
/// certificates and what the newcomer says of itself. They are the same on both screens only if
/// nobody stands between.
QStringList comparedWords(const Handshake &handshake, const QString &node, const QString &name);
/// What a newcomer shows of its nonce before it knows the other's: SHA-256. Whoever could choose
/// the second nonce by the first would find one that makes the words fit.
QByteArray joinCommitment(const QByteArray &nonce);

/// First frame of whoever has a code; of whoever has none it is a JoinAsk.
inline constexpr QByteArrayView AskForOffer = "?";
/// How whoever begins may come in.
enum class JoinWay {
    Code,  ///< by proving one of the invitations; none = nobody is invited
    Words, ///< by a person who lets it in
    Busy   ///< so many ask already that it is not heard now
};

} // namespace peerdesk::cluster

template <>
struct peerdesk::EnumNames<peerdesk::cluster::JoinWay>
{
    static constexpr std::array names{"code", "words", "busy"};
};

namespace peerdesk::cluster {

/// Frames of joining, one after the other, each in Channel::Join.
struct JoinOffer
{
    std::vector<QByteArray> invitations;
    QByteArray nonce;
    JoinWay way = JoinWay::Code;

    static constexpr auto fields()
    {
        return FieldList{field(1, "invitations", &JoinOffer::invitations),
                         field(2, "nonce", &JoinOffer::nonce), field(3, "way", &JoinOffer::way)};
    }
    bool operator==(const JoinOffer &) const = default;
};
/// Begins in place of AskForOffer; an offer answers.
struct JoinAsk
{
    QByteArray commitment; ///< joinCommitment() of the nonce of the JoinReveal
    QString node;
    QString name; ///< of the PC, for people
    int featureLevel = 1;

    static constexpr auto fields()
    {
        return FieldList{field(1, "commitment", &JoinAsk::commitment),
                         field(2, "node", &JoinAsk::node), field(3, "name", &JoinAsk::name),
                         field(4, "feature_level", &JoinAsk::featureLevel)};
    }
    bool operator==(const JoinAsk &) const = default;
};
/// In place of a JoinClaim.
struct JoinReveal
{
    QByteArray nonce;

    static constexpr auto fields() { return FieldList{field(1, "nonce", &JoinReveal::nonce)}; }
    bool operator==(const JoinReveal &) const = default;
};
struct JoinClaim
{
    QByteArray nonce;
    std::vector<QByteArray> proofs; ///< one for each invitation of the offer
    QString node;
    QString name; ///< of the PC, for people
    int featureLevel = 1;

    static constexpr auto fields()
    {
        return FieldList{field(1, "nonce", &JoinClaim::nonce),
                         field(2, "proofs", &JoinClaim::proofs), field(3, "node", &JoinClaim::node),
                         field(4, "name", &JoinClaim::name),
                         field(5, "feature_level", &JoinClaim::featureLevel)};
    }
    bool operator==(const JoinClaim &) const = default;
};
struct KnownMember
{
    QString node;
    QByteArray fingerprint;
    QStringList addressList() const { return addresses.split(u' ', Qt::SkipEmptyParts); }
    QString addresses; ///< HOST:PORT, apart by blanks

    static constexpr auto fields()
    {
        return FieldList{field(1, "node", &KnownMember::node),
                         field(2, "fingerprint", &KnownMember::fingerprint),
                         field(3, "addresses", &KnownMember::addresses)};
    }
    bool operator==(const KnownMember &) const = default;
};
/// The office as a newcomer has to know it.
struct Membership
{
    QByteArray office;
    QString name;
    std::vector<KnownMember> members;
    QByteArray takeover = {}; ///< Takeover that the office goes by; empty = none

    static constexpr auto fields()
    {
        return FieldList{
            field(1, "office", &Membership::office), field(2, "name", &Membership::name),
            field(3, "members", &Membership::members), field(4, "takeover", &Membership::takeover)};
    }
    bool operator==(const Membership &) const = default;
};
struct JoinWelcome
{
    QByteArray proof;
    Membership membership;
    QString refusal; ///< not empty: why not

    static constexpr auto fields()
    {
        return FieldList{field(1, "proof", &JoinWelcome::proof),
                         field(2, "membership", &JoinWelcome::membership),
                         field(3, "refusal", &JoinWelcome::refusal)};
    }
    bool operator==(const JoinWelcome &) const = default;
};

/// Somebody without a code who waits for a person to let it in.
struct Asker
{
    QString node;
    QString name; ///< as it says; what cannot be seen is taken out
    QString host; ///< from where
    QStringList words;
    bool operator==(const Asker &) const = default;
};

/// Somebody who has proved an invitation's code, or whom a person let in.
struct Newcomer
{
    QByteArray invitation;
    int use = 1; ///< which use of the invitation
    QString node;
    QString name;
    int featureLevel = 1; ///< of its program
    QByteArray fingerprint;
    QString host; ///< from where
};

constexpr int NonceBytes = 32;
QByteArray randomBytes(int count);

} // namespace peerdesk::cluster
