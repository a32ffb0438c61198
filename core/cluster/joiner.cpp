// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/joiner.h"

#include "core/base/codec.h"
#include "core/base/pool.h"
#include "core/cluster/dialer.h"
#include "core/cluster/doorkeeper.h"

namespace peerdesk::cluster {

using namespace Qt::StringLiterals;

namespace {

constexpr Milliseconds AnswerWithin = std::chrono::seconds(30);
constexpr qsizetype MaxRefusal = 300;

} // namespace

Joiner::Joiner(Request request, Completion<Membership> done, QObject *parent)
    : Operation(std::move(done), parent)
    , m_request(std::move(request))
    , m_socket(this)
    , m_timer(this)
{
    QSslConfiguration tls;
    tls.setProtocol(QSsl::TlsV1_3OrLater);
    tls.setLocalCertificate(m_request.identity.certificate);
    tls.setPrivateKey(m_request.identity.key);
    tls.setPeerVerifyMode(QSslSocket::VerifyPeer);
    m_socket.setSslConfiguration(tls);
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &Joiner::onPatienceOver);
    // The code, or two people, prove both sides, not the certificates.
    connect(&m_socket, &QSslSocket::sslErrors, this, [this] { m_socket.ignoreSslErrors(); });
    connect(&m_socket, &QSslSocket::encrypted, this, &Joiner::onEncrypted);
    connect(&m_socket, &QSslSocket::readyRead, this, &Joiner::onReadyRead);
    connect(&m_socket, &QSslSocket::disconnected, this, &Joiner::onDisconnected);
    connect(&m_socket, &QSslSocket::errorOccurred, this, [this] {
        if (m_socket.error() == QAbstractSocket::RemoteHostClosedError)
            return;
        isAsking() && m_isOffered
            ? onDisconnected()
            : fail(Error::Code::Network, tr("No PC of an office answers at %1: %2")
                                             .arg(m_request.address, m_socket.errorString()));
    });
}

/// Its link may be open still, and says so when it goes.
Joiner::~Joiner()
{
    m_socket.disconnect(this);
}

void Joiner::start()
{
    const auto [host, port] = splitAddress(m_request.address);
    m_timer.start(AnswerWithin);
    m_socket.connectToHostEncrypted(host, port);
}

void Joiner::onEncrypted()
{
    m_handshake.inviterFingerprint = Identity::fingerprintOf(m_socket.peerCertificate());
    m_handshake.joinerFingerprint = m_request.identity.fingerprint();
    m_handshake.joinerNonce = randomBytes(NonceBytes);
    const JoinAsk ask{joinCommitment(m_handshake.joinerNonce), m_request.node, m_request.name,
                      m_request.featureLevel};
    m_socket.write(
        encode(Frame{Channel::Join, isAsking() ? codec::encode(ask) : AskForOffer.toByteArray()}));
}

void Joiner::onDisconnected()
{
    onReadyRead();
    if (m_welcome)
        return; // all that it had to say came
    isAsking() && m_isOffered
        ? fail(Error::Code::Network,
               tr("%1 ended the connection before anybody let this PC in").arg(m_request.address),
               u"lost"_s)
        : fail(Error::Code::Network, tr("%1 ended the connection").arg(m_request.address));
}

void Joiner::onPatienceOver()
{
    isAsking() && m_isOffered
        ? fail(Error::Code::Network, tr("The words were not compared in time on both screens"),
               u"unanswered"_s)
        : fail(Error::Code::Network, tr("%1 did not answer in time").arg(m_request.address));
}

void Joiner::onReadyRead()
{
    m_buffer += m_socket.readAll();
    const auto frame = takeFrame(m_buffer, MaxFrameBytes);
    if (!frame || (*frame && (*frame)->channel != Channel::Join))
        return fail(Error::Code::Network, tr("%1 is no PC of an office").arg(m_request.address));
    if (!*frame || isFinished() || m_welcome)
        return;
    if (!m_isOffered) {
        const Result<JoinOffer> offer = codec::decode<JoinOffer>((*frame)->body);
        return offer ? onOffer(*offer)
                     : fail(Error::Code::Network, tr("%1 answers oddly").arg(m_request.address));
    }
    const Result<JoinWelcome> welcome = codec::decode<JoinWelcome>((*frame)->body);
    welcome ? onWelcome(*welcome)
            : fail(Error::Code::Network, tr("%1 answers oddly").arg(m_request.address));
}

void Joiner::onOffer(const JoinOffer &offer)
{
    m_isOffered = true;
    if (isAsking())
        return onWay(offer);
    if (offer.invitations.empty() || offer.invitations.size() > Doorkeeper::MaxOpen)
        return fail(Error::Code::Rejected,
                    tr("That PC invites nobody now: the code is used up or too old. Ask for a new "
                       "one."),
                    u"no-invitation"_s);
    m_handshake.inviterNonce = offer.nonce;
    using Keys = std::vector<Result<QByteArray>>;
    const auto work = [secret = m_request.secret, invitations = offer.invitations] {
        Keys keys;
        for (const QByteArray &invitation : invitations)
            keys.push_back(joinKey(secret, invitation));
        return keys;
    };
    runInPool<Keys>(m_pool, this, work,
                    {this, [this](const Result<Keys> &keys) { onKeys(keys ? *keys : Keys()); }});
}

void Joiner::onWay(const JoinOffer &offer)
{
    if (offer.way == JoinWay::Busy)
        return fail(Error::Code::Rejected,
                    tr("Several PCs ask there already. Try again in a moment."), u"busy"_s);
    if (offer.way == JoinWay::Code && offer.invitations.empty())
        return fail(Error::Code::Rejected, tr("That PC invites nobody now"), u"not-inviting"_s);
    if (offer.way == JoinWay::Code) // it took the question for the beginning of a proof
        return fail(Error::Code::Rejected,
                    tr("The Peerdesk there is older and only lets in who has its six words"),
                    u"older"_s);
    if (offer.nonce.size() != NonceBytes)
        return fail(Error::Code::Network, tr("%1 answers oddly").arg(m_request.address));
    m_handshake.inviterNonce = offer.nonce;
    m_socket.write(
        encode(Frame{Channel::Join, codec::encode(JoinReveal{m_handshake.joinerNonce})}));
    m_timer.start(Doorkeeper::AskPatience);
    Q_EMIT wordsMade(comparedWords(m_handshake, m_request.node, m_request.name));
}

void Joiner::onKeys(const std::vector<Result<QByteArray>> &keys)
{
    JoinClaim claim{
        m_handshake.joinerNonce, {}, m_request.node, m_request.name, m_request.featureLevel};
    for (const Result<QByteArray> &key : keys) {
        if (!key)
            return fail(key.error().code, key.error().detail);
        m_keys.push_back(*key);
        claim.proofs.push_back(joinProof(*key, "joiner", m_handshake));
    }
    m_socket.write(encode(Frame{Channel::Join, codec::encode(claim)}));
}

void Joiner::onWelcome(const JoinWelcome &welcome)
{
    if (!welcome.refusal.isEmpty())
        return fail(Error::Code::Rejected, welcome.refusal.left(MaxRefusal),
                    isAsking() ? u"declined"_s : u"refused"_s);
    if (isAsking())
        return welcomeTo(welcome.membership);
    const bool isProved = std::any_of(m_keys.begin(), m_keys.end(), [&](const QByteArray &key) {
        return isProof(welcome.proof, joinProof(key, "inviter", m_handshake));
    });
    if (!isProved)
        return fail(Error::Code::Rejected,
                    tr("The PC at %1 does not know the code itself: it is not the one that "
                       "invited you")
                        .arg(m_request.address),
                    u"not-them"_s);
    welcomeTo(welcome.membership);
}

void Joiner::welcomeTo(Membership membership)
{
    for (KnownMember &member : membership.members) {
        if (member.fingerprint == m_handshake.inviterFingerprint)
            member.addresses = m_request.address + u' ' + member.addresses;
    }
    if (!isAsking() || m_isConfirmed)
        return finish(membership);
    m_welcome = membership;
    Q_EMIT letIn();
}

void Joiner::confirm()
{
    m_isConfirmed = true;
    if (m_welcome)
        finish(*m_welcome);
}

void Joiner::fail(Error::Code code, const QString &why, const QString &state)
{
    if (isFinished())
        return;
    m_timer.stop();
    finish(Error{code, why, state});
}

} // namespace peerdesk::cluster

#include "moc_joiner.cpp"
