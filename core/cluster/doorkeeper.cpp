// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/doorkeeper.h"

#include "core/base/codec.h"

#include <QTimer>

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

/// What it says it is called, without what cannot be seen or turns the rest around.
QString visibleName(const QString &said)
{
    QString out;
    for (const QChar c : said) {
        if (c.isPrint() || c.isSurrogate())
            out += c;
    }
    return out.simplified();
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
    if (guest == m_guests.end() && frame.body != AskForOffer) {
        const Result<JoinAsk> ask = codec::decode<JoinAsk>(frame.body);
        return ask && onAsk(socket, *ask);
    }
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
    if (guest->second.ask) {
        const Result<JoinReveal> reveal = codec::decode<JoinReveal>(frame.body);
        return reveal && onReveal(socket, guest->second, *reveal);
    }
    const Result<JoinClaim> claim = codec::decode<JoinClaim>(frame.body);
    return claim && guest->second.node.isEmpty() && onClaim(socket, guest->second, *claim);
}

bool Doorkeeper::onAsk(QSslSocket *socket, const JoinAsk &ask)
{
    const QString host = socket->peerAddress().toString();
    const QString name = visibleName(ask.name);
    if (ask.commitment.size() != NonceBytes || ask.node.isEmpty() || name.isEmpty() ||
        ask.node.size() > MaxNameLength || ask.name.size() > MaxNameLength)
        return false;
    JoinOffer offer;
    offer.nonce = randomBytes(NonceBytes);
    if (isInviting()) {
        endAsksFrom(host);
        const auto open = std::count_if(m_guests.begin(), m_guests.end(),
                                        [](const auto &guest) { return guest.second.ask; });
        offer.way = size_t(open) < MaxAsks ? JoinWay::Words : JoinWay::Busy;
    }
    write(socket, offer);
    if (offer.way == JoinWay::Words)
        m_guests[socket] = {offer, {}, {}, {}, ask, {ask.node, name, host, {}}};
    else
        socket->disconnectFromHost();
    return true;
}

/// What was promised before this side's nonce was known is what is shown now, or the words could be
/// made to fit.
bool Doorkeeper::onReveal(QSslSocket *socket, Guest &guest, const JoinReveal &reveal)
{
    const bool isFirst = guest.joinerNonce.isEmpty();
    if (!isFirst || joinCommitment(reveal.nonce) != guest.ask->commitment)
        return false;
    removeOver();
    Milliseconds left{0};
    for (const Invitation &one : m_open)
        left = std::max(
            left, std::chrono::duration_cast<Milliseconds>(one.expires.remainingTimeAsDuration()));
    guest.joinerNonce = reveal.nonce;
    guest.order = ++m_asksHeard;
    guest.asker.words = comparedWords(handshake(socket, guest), guest.ask->node, guest.ask->name);
    QTimer::singleShot(std::min(left, m_askPatience), socket,
                       [this, socket] { turnAway(socket, tr("Nobody let this PC in in time.")); });
    Q_EMIT asksChanged(asks());
    return true;
}

std::vector<Asker> Doorkeeper::asks() const
{
    std::map<quint64, Asker> inOrder;
    for (const auto &[socket, guest] : m_guests) {
        if (!guest.asker.words.isEmpty())
            inOrder[guest.order] = guest.asker;
    }
    std::vector<Asker> out;
    for (const auto &[order, asker] : inOrder)
        out.push_back(asker);
    return out;
}

bool Doorkeeper::isAsked(QSslSocket *socket) const
{
    const auto guest = m_guests.find(socket);
    return guest != m_guests.end() && !guest->second.asker.words.isEmpty();
}

void Doorkeeper::endAsksFrom(const QString &host)
{
    std::vector<QSslSocket *> older;
    for (const auto &[socket, guest] : m_guests) {
        if (guest.ask && guest.asker.host == host)
            older.push_back(socket);
    }
    for (QSslSocket *socket : older)
        socket->abort();
}

void Doorkeeper::turnAway(QSslSocket *socket, const QString &why)
{
    const auto guest = m_guests.find(socket);
    if (guest == m_guests.end() || !guest->second.key.isEmpty())
        return; // gone, or let in
    write(socket, JoinWelcome{{}, {}, why});
    guest->second.asker.words.clear();
    socket->disconnectFromHost();
    Q_EMIT asksChanged(asks());
}

void Doorkeeper::turnAllAway()
{
    std::vector<QSslSocket *> all;
    for (const auto &[socket, guest] : m_guests) {
        if (guest.ask)
            all.push_back(socket);
    }
    for (QSslSocket *socket : all)
        turnAway(socket, tr("The invitation was used for another PC."));
}

/// Each time that nobody lets it in counts as a guess: who asks again and again, to see words that
/// it likes or to be a nuisance, is braked.
void Doorkeeper::forget(QSslSocket *socket)
{
    const auto it = m_guests.find(socket);
    if (it == m_guests.end())
        return;
    const Guest guest = std::move(it->second);
    m_guests.erase(it);
    if (guest.ask && guest.key.isEmpty())
        noteFailure(guest.asker.host);
    if (!guest.asker.words.isEmpty())
        Q_EMIT asksChanged(asks());
}

const Invitation *Doorkeeper::unusedInvitation(int &use) const
{
    for (const Invitation &one : m_open) {
        const auto underWay =
            std::count_if(m_guests.begin(), m_guests.end(),
                          [&](const auto &guest) { return guest.second.key == one.key; });
        use = one.uses - int(underWay);
        if (use > 0)
            return &one;
    }
    return nullptr;
}

/// By its words, which nobody else can have: not who says the same of itself meanwhile.
void Doorkeeper::admit(const Asker &asker, bool isOurs)
{
    const auto it = std::find_if(m_guests.begin(), m_guests.end(), [&](const auto &guest) {
        return guest.second.asker == asker && !asker.words.isEmpty() && guest.second.key.isEmpty();
    });
    if (it == m_guests.end())
        return Q_EMIT asksChanged(asks());
    auto &[socket, guest] = *it;
    if (!isOurs)
        return turnAway(socket, tr("The person who invites did not let this PC in."));
    removeOver();
    int use = 0;
    const Invitation *invitation = unusedInvitation(use);
    if (!invitation)
        return turnAway(socket, tr("The invitation was used for another PC, or is over."));
    guest.key = invitation->key;
    guest.node = asker.node;
    m_brakes.erase(asker.host);
    Q_EMIT knocked({invitation->id, use, asker.node, asker.name, guest.ask->featureLevel,
                    handshake(socket, guest).joinerFingerprint, asker.host});
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
    noteFailure(socket->peerAddress().toString());
    write(socket, JoinWelcome{{},
                              {},
                              tr("This code opens nothing: it is mistyped, used up or too "
                                 "old. Ask for a new one.")});
    socket->disconnectFromHost();
    return true;
}

void Doorkeeper::noteFailure(const QString &host)
{
    if (m_brakes.size() >= MaxBrakes)
        m_brakes.clear();
    Brake &brake = m_brakes[host];
    ++brake.failures;
    brake.until.setRemainingTime(BrakeFor);
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
    if (it != m_guests.end()) {
        auto &[socket, guest] = *it;
        // Without a code there is nothing to prove: two people have compared the words.
        const QByteArray proof =
            guest.ask ? QByteArray() : joinProof(guest.key, "inviter", handshake(socket, guest));
        write(socket, welcome ? JoinWelcome{proof, *welcome, {}}
                              : JoinWelcome{{}, {}, welcome.error().detail});
        socket->disconnectFromHost();
    }
    if (!isInviting())
        turnAllAway();
}

} // namespace peerdesk::cluster

#include "moc_doorkeeper.cpp"
