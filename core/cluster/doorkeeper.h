// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/identity.h"
#include "core/cluster/invitation.h"
#include "core/cluster/wire.h"

#include <QHostAddress>
#include <QSslSocket>

#include <map>

namespace peerdesk::cluster {

/// The inviter's side of joining. Whoever cannot prove a code learns how many invitations are open
/// and nothing else; guesses from one address are braked, and no guess closes an invitation.
/// Thread: consensus.
class Doorkeeper final : public QObject
{
    Q_OBJECT

public:
    static constexpr size_t MaxOpen = 4;

    Doorkeeper(const QByteArray &fingerprint, QObject *parent);

    void add(const Invitation &invitation);
    /// Somebody may join by a code that is neither used up nor over.
    bool isInviting();
    /// A frame of a link that joins. False = end the link.
    bool hear(QSslSocket *socket, const Frame &frame);
    void forget(QSslSocket *socket) { m_guests.erase(socket); }
    /// The office's answer to knocked(); the link ends after it.
    void answer(const QString &node, const Result<Membership> &welcome);

Q_SIGNALS:
    void knocked(const peerdesk::cluster::Newcomer &newcomer);

private:
    struct Guest
    {
        JoinOffer offer;
        QByteArray joinerNonce;
        QByteArray key; ///< of the invitation that was proved
        QString node;
    };
    struct Brake
    {
        int failures = 0;
        QDeadlineTimer until;
    };

    bool onClaim(QSslSocket *socket, Guest &guest, const JoinClaim &claim);
    Handshake handshake(const QSslSocket *socket, const Guest &guest) const;
    void removeOver();
    bool isBraked(const QHostAddress &address) const;

    QByteArray m_fingerprint;
    std::vector<Invitation> m_open;
    std::map<QSslSocket *, Guest> m_guests;
    std::map<QString, Brake> m_brakes;
};

} // namespace peerdesk::cluster
