// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/doorkeeper.h"

#include "core/base/codec.h"

namespace peerdesk::cluster {

using namespace Qt::StringLiterals;

namespace {

constexpr int FreeGuesses = 5;
constexpr Milliseconds BrakeFor = std::chrono::seconds(30);
constexpr size_t MaxBrakes = 1024;
constexpr qsizetype MaxNameLength = 100;

template <typename Body>
void write(QSslSocket *socket, const Body &body)
{
    socket->write(encode(Frame{Channel::Join, codec::encode(body)}));
}

} // namespace

Doorkeeper::Doorkeeper(const QByteArray &fingerprint, QObject *parent)
    : QObject(parent)
    , m_fingerprint(fingerprint)
{}

void Doorkeeper::add(const Invitation &invitation)
{
    removeOver();
    if (m_open.size() >= MaxOpen)
        m_open.erase(m_open.begin());
    m_open.push_back(invitation);
}

void Doorkeeper::removeOver()
{
    std::erase_if(m_open,
                  [](const Invitation &one) { return one.expires.hasExpired() || one.uses < 1; });
}

bool Doorkeeper::isInviting()
{
    removeOver();
    return !m_open.empty();
}

bool Doorkeeper::isBraked(const QHostAddress &address) const
{
    const auto brake = m_brakes.find(address.toString());
    return brake != m_brakes.end() && brake->second.failures >= FreeGuesses &&
           !brake->second.until.hasExpired();
}

bool Doorkeeper::hear(QSslSocket *socket, const Frame &frame)
{
    if (isBraked(socket->peerAddress()) || socket->peerCertificate().isNull())
        return false;
    const auto guest = m_guests.find(socket);
    if (guest == m_guests.end()) {
        removeOver();
        JoinOffer offer;
        offer.nonce = randomBytes(NonceBytes);
        for (const Invitation &one : m_open)
            offer.invitations.push_back(one.id);
        m_guests[socket].offer = offer;
        write(socket, offer);
        return true;
    }
    const Result<JoinClaim> claim = codec::decode<JoinClaim>(frame.body);
    return claim && guest->second.node.isEmpty() && onClaim(socket, guest->second, *claim);
}

Handshake Doorkeeper::handshake(const QSslSocket *socket, const Guest &guest) const
{
    return {guest.offer.nonce, guest.joinerNonce, m_fingerprint,
            Identity::fingerprintOf(socket->peerCertificate())};
}

bool Doorkeeper::onClaim(QSslSocket *socket, Guest &guest, const JoinClaim &claim)
{
    removeOver();
    guest.joinerNonce = claim.nonce;
    const Handshake said = handshake(socket, guest);
    const bool isWhole = claim.nonce.size() == NonceBytes && !claim.node.isEmpty() &&
                         claim.node.size() <= MaxNameLength && claim.name.size() <= MaxNameLength &&
                         claim.proofs.size() == guest.offer.invitations.size();
    for (size_t i = 0; isWhole && i < claim.proofs.size(); ++i) {
        const auto open = std::find_if(m_open.begin(), m_open.end(), [&](const Invitation &one) {
            return one.id == guest.offer.invitations[i];
        });
        if (open == m_open.end() || !isProof(claim.proofs[i], joinProof(open->key, "joiner", said)))
            continue;
        guest.key = open->key;
        guest.node = claim.node;
        m_brakes.erase(socket->peerAddress().toString());
        Q_EMIT knocked({open->id, open->uses, claim.node, claim.name, claim.featureLevel,
                        said.joinerFingerprint, socket->peerAddress().toString()});
        return true;
    }
    if (m_brakes.size() >= MaxBrakes)
        m_brakes.clear();
    Brake &brake = m_brakes[socket->peerAddress().toString()];
    ++brake.failures;
    brake.until.setRemainingTime(BrakeFor);
    write(socket, JoinWelcome{{},
                              {},
                              tr("This code opens nothing: it is mistyped, used up or too "
                                 "old. Ask for a new one.")});
    socket->disconnectFromHost();
    return true;
}

void Doorkeeper::answer(const QString &node, const Result<Membership> &welcome)
{
    const auto it = std::find_if(m_guests.begin(), m_guests.end(),
                                 [&](const auto &guest) { return guest.second.node == node; });
    if (welcome) {
        for (Invitation &one : m_open) {
            if (it != m_guests.end() && one.key == it->second.key)
                --one.uses;
        }
    }
    if (it == m_guests.end())
        return;
    auto &[socket, guest] = *it;
    if (welcome)
        write(socket,
              JoinWelcome{joinProof(guest.key, "inviter", handshake(socket, guest)), *welcome, {}});
    else
        write(socket, JoinWelcome{{}, {}, welcome.error().detail});
    socket->disconnectFromHost();
}

} // namespace peerdesk::cluster
