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
/// and nothing else; guesses from one address are braked, and no guess closes an invitation. While
/// one is open somebody without its code may ask a person instead: an ask is worth nothing until
/// that person has compared three words. Thread: consensus.
class Doorkeeper final : public QObject
{
    Q_OBJECT

public:
    static constexpr size_t MaxOpen = 4;
    /// Who asks at once, each from another address; more are told to come again.
    static constexpr size_t MaxAsks = 3;
    static constexpr Milliseconds AskPatience = std::chrono::minutes(15);

    Doorkeeper(const QByteArray &fingerprint, QObject *parent);

    /// How long anybody waits for a person, if the invitation does not end before.
    void setAskPatience(Milliseconds patience) { m_askPatience = patience; }

    void add(const Invitation &invitation);
    /// Somebody may join by a code that is neither used up nor over.
    bool isInviting();
    /// A frame of a link that joins. False = end the link.
    bool hear(QSslSocket *socket, const Frame &frame);
    void forget(QSslSocket *socket);
    /// As Network::admit().
    void admit(const Asker &asker, bool isOurs);
    /// A person is asked, or was, whether to let it in: the link waits for that.
    bool isAsked(QSslSocket *socket) const;
    /// The office's answer to knocked(); the link ends after it.
    void answer(const QString &node, const Result<Membership> &welcome);

Q_SIGNALS:
    void asksChanged(const std::vector<peerdesk::cluster::Asker> &asks);
    void knocked(const peerdesk::cluster::Newcomer &newcomer);

private:
    struct Guest
    {
        JoinOffer offer;
        QByteArray joinerNonce;
        QByteArray key; ///< of the invitation that was proved, or is used up by letting it in
        QString node;
        std::optional<JoinAsk> ask = {}; ///< it has no code
        Asker asker = {};                ///< with words = a person is asked
        quint64 order = 0;               ///< of asking
    };
    struct Brake
    {
        int failures = 0;
        QDeadlineTimer until;
    };

    bool onAsk(QSslSocket *socket, const JoinAsk &ask);
    bool onReveal(QSslSocket *socket, Guest &guest, const JoinReveal &reveal);
    bool onClaim(QSslSocket *socket, Guest &guest, const JoinClaim &claim);
    Handshake handshake(const QSslSocket *socket, const Guest &guest) const;
    void removeOver();
    bool isBraked(const QHostAddress &address) const;
    void noteFailure(const QString &host);
    /// In the order in which they came, so that none takes the place of one that is looked at.
    std::vector<Asker> asks() const;
    /// Only the newest link from an address asks: the one before may have lost its cable.
    void endAsksFrom(const QString &host);
    void turnAway(QSslSocket *socket, const QString &why);
    /// Nobody can be let in any more.
    void turnAllAway();
    /// An invitation of which not all uses are under way; null = none.
    const Invitation *unusedInvitation(int &use) const;

    QByteArray m_fingerprint;
    Milliseconds m_askPatience = AskPatience;
    std::vector<Invitation> m_open;
    std::map<QSslSocket *, Guest> m_guests;
    std::map<QString, Brake> m_brakes;
    quint64 m_asksHeard = 0;
};

} // namespace peerdesk::cluster
