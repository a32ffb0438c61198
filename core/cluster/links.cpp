// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/links.h"

#include "core/base/codec.h"

#include <QHostAddress>
#include <QTcpServer>

namespace peerdesk::cluster {

namespace {

/// Links whose other side has not said who it is yet; more are closed at once.
constexpr size_t MaxStrangers = 256;
/// Of them from one address, so that one pest does not keep the others out.
constexpr size_t MaxStrangersFromOne = 16;
constexpr Milliseconds Patience = std::chrono::seconds(5);
/// Proving a code and having the office take in the newcomer. For a person who has to compare words
/// the doorkeeper waits longer.
constexpr Milliseconds JoinPatience = std::chrono::seconds(30);
constexpr qsizetype MaxVersionLength = 40;

} // namespace

class Links::Listener final : public QTcpServer
{
public:
    explicit Listener(Links &links)
        : m_links(links)
    {}

protected:
    void incomingConnection(qintptr descriptor) override { m_links.accept(descriptor); }

private:
    Links &m_links;
};

Links::Links(Options options, QObject *parent)
    : Network(parent)
    , m_options(std::move(options))
    , m_doorkeeper(m_options.identity.fingerprint(), this)
    , m_listener(std::make_unique<Listener>(*this))
    , m_life(QUuid::createUuid().toRfc4122())
{
    m_doorkeeper.setAskPatience(m_options.askPatience);
    connect(&m_doorkeeper, &Doorkeeper::knocked, this, &Links::knocked);
    connect(&m_doorkeeper, &Doorkeeper::asksChanged, this, &Links::asksChanged);
    m_tls.setProtocol(QSsl::TlsV1_3OrLater);
    m_tls.setLocalCertificate(m_options.identity.certificate);
    m_tls.setPrivateKey(m_options.identity.key);
    m_tls.setPeerVerifyMode(QSslSocket::VerifyPeer); // both sides show a certificate
}

Links::~Links()
{
    for (const auto &[socket, link] : m_inbound)
        socket->disconnect(this);
}

Result<Done> Links::listen()
{
    const auto [host, port] = splitAddress(m_options.listen);
    const QHostAddress at = host.isEmpty() ? QHostAddress(QHostAddress::Any) : QHostAddress(host);
    const bool isListening =
        (port == 0 && m_options.lastPort != 0 && m_listener->listen(at, m_options.lastPort)) ||
        m_listener->listen(at, port);
    if (isListening) {
        startBeacon();
        return Done{};
    }
    return Error{Error::Code::Network,
                 tr("Other PCs cannot reach this one at %1: %2")
                     .arg(m_options.listen, m_listener->errorString()),
                 {}};
}

QString Links::address() const
{
    if (!m_listener->isListening())
        return {};
    const QHostAddress at = m_listener->serverAddress();
    const bool isAny = at == QHostAddress::Any || at == QHostAddress::AnyIPv4;
    return joinAddress(isAny ? QString() : at.toString(), m_listener->serverPort());
}

Hello Links::hello() const
{
    const QByteArray office = m_startedWith ? m_office.id : QByteArray();
    return {m_options.protocol, office,     m_options.node, address(),
            m_options.version,  m_takeover, m_life,         m_startedWith.value_or(0),
            Refusal::None};
}

void Links::begin(quint64 lastIndex)
{
    if (!m_startedWith)
        m_startedWith = lastIndex;
}

void Links::setOffice(const OfficeCard &office)
{
    m_office = office;
}

void Links::setTakeover(const QByteArray &takeover)
{
    if (std::exchange(m_takeover, takeover) == takeover)
        return;
    m_lives.forget();
    for (const auto &[node, dialer] : m_dialers)
        dialer->hangUp();
    std::vector<QSslSocket *> open;
    for (const auto &[socket, link] : m_inbound)
        open.push_back(socket);
    for (QSslSocket *socket : open)
        socket->abort();
}

bool Links::isOfThisGeneration(const Hello &said)
{
    if (m_office.id.isEmpty() || !m_startedWith || said.office != m_office.id)
        return false;
    if (said.takeover == m_takeover)
        return true;
    const auto theirs = decodeTakeover(said.takeover);
    const bool isNews = supersedes(theirs, decodeTakeover(m_takeover)) &&
                        theirs->office == m_office.id && isSignedBy(*theirs, m_office.recoveryKey);
    if (isNews)
        Q_EMIT superseded(said.takeover);
    return false;
}

Refusal Links::refusalOf(const Hello &said)
{
    const Refusal why = said.protocol == m_options.protocol ? m_lives.meet(said, livesOf(said.node))
                                                            : Refusal::Protocol;
    note(said.node, why);
    return why;
}

std::set<QByteArray> Links::livesOf(const QString &node) const
{
    std::set<QByteArray> out;
    for (const auto &[socket, link] : m_inbound) {
        if (link.node == node)
            out.insert(link.life);
    }
    return out;
}

/// What an earlier life left open.
void Links::endOtherLives(const Hello &said)
{
    std::vector<QSslSocket *> others;
    for (const auto &[socket, link] : m_inbound) {
        if (link.node == said.node && link.life != said.life)
            others.push_back(socket);
    }
    for (QSslSocket *socket : others)
        socket->abort();
}

void Links::close()
{
    m_isClosed = true;
    setPeers({});
    m_beacon.reset();
    m_listener->close();
}

void Links::note(const QString &node, Refusal refusal)
{
    const auto known = m_refused.find(node);
    if ((known == m_refused.end() ? Refusal::None : known->second) == refusal)
        return;
    if (refusal == Refusal::None)
        m_refused.erase(known);
    else
        m_refused[node] = refusal;
    Q_EMIT reachableChanged();
}

bool Links::accepts(const Hello &said)
{
    if (said.refusal == Refusal::Twin || said.refusal == Refusal::Older) {
        Q_EMIT disowned(said.node, said.refusal);
        return false;
    }
    const bool isTooFar = said.refusal != Refusal::None || said.protocol != m_options.protocol;
    if (isTooFar)
        note(said.node, Refusal::Protocol);
    return !isTooFar && isOfThisGeneration(said) && refusalOf(said) == Refusal::None;
}

/// Without it PCs are found by the addresses that the office knows: it goes on.
void Links::startBeacon()
{
    const auto self = [this]() -> std::optional<Sighting> {
        if (m_office.id.isEmpty())
            return std::nullopt;
        return Sighting{m_office.id,
                        m_office.name,
                        m_options.node,
                        int(m_dialers.size()) + 1,
                        m_doorkeeper.isInviting(),
                        m_listener->serverPort(),
                        {}};
    };
    const bool isLoopback = m_listener->serverAddress().isLoopback();
    m_beacon = std::make_unique<Beacon>(Beacon::Options{self, isLoopback}, nullptr);
    connect(m_beacon.get(), &Beacon::sighted, this, &Links::onSighted);
    if (const Result<Done> started = m_beacon->start(); !started)
        qWarning("%ls", qUtf16Printable(started.error().detail));
}

/// A member that cannot be reached shows where it is: its network gave it another address.
void Links::onSighted(const Sighting &sighting)
{
    const auto it = m_dialers.find(sighting.node);
    if (sighting.office != m_office.id || it == m_dialers.end() || it->second->isUp())
        return;
    it->second->dialAt(sighting.address());
}

void Links::setPeers(const std::vector<Peer> &peers)
{
    std::map<QString, std::unique_ptr<Dialer>> kept;
    for (const Peer &peer : peers) {
        if (peer.node == m_options.node || m_isClosed)
            continue;
        std::unique_ptr<Dialer> &dialer = kept[peer.node];
        if (const auto it = m_dialers.find(peer.node);
            it != m_dialers.end() && it->second->peer().fingerprint == peer.fingerprint) {
            dialer = std::move(it->second);
            for (const QString &address : peer.addresses)
                dialer->addAddress(address, false);
            continue;
        }
        dialer = std::make_unique<Dialer>(
            peer, m_tls,
            Dialer::Manners{[this] { return hello(); },
                            [this](const Hello &said) { return accepts(said); }},
            nullptr);
        connect(dialer.get(), &Dialer::upChanged, this, &Links::reachableChanged);
    }
    m_dialers = std::move(kept);
    std::vector<QSslSocket *> strange;
    for (const auto &[socket, link] : m_inbound) {
        const auto it = m_dialers.find(link.node);
        const bool isMember = it != m_dialers.end() && it->second->knows(socket->peerCertificate());
        if (!link.node.isEmpty() && !isMember)
            strange.push_back(socket);
    }
    for (QSslSocket *socket : strange)
        socket->abort();
}

void Links::send(const QString &node, const Frame &frame)
{
    if (const auto it = m_dialers.find(node); it != m_dialers.end())
        it->second->send(frame);
}

std::set<QString> Links::reachable() const
{
    std::set<QString> out;
    for (const auto &[node, dialer] : m_dialers) {
        if (dialer->isUp())
            out.insert(node);
    }
    return out;
}

bool Links::hasRoomFor(const QHostAddress &from) const
{
    size_t all = 0;
    size_t theirs = 0;
    for (const auto &[socket, link] : m_inbound) {
        if (!link.node.isEmpty())
            continue;
        ++all;
        theirs += socket->peerAddress() == from;
    }
    return all < MaxStrangers && theirs < MaxStrangersFromOne;
}

void Links::accept(qintptr descriptor)
{
    auto *socket = new QSslSocket(this);
    if (!socket->setSocketDescriptor(descriptor) || !hasRoomFor(socket->peerAddress())) {
        socket->abort();
        return socket->deleteLater();
    }
    m_inbound[socket] = {};
    connect(socket, &QSslSocket::sslErrors, socket, [socket] { socket->ignoreSslErrors(); });
    connect(socket, &QSslSocket::readyRead, this, [this, socket] { onReadyRead(socket); });
    connect(socket, &QSslSocket::disconnected, this, [this, socket] {
        m_inbound.erase(socket);
        m_doorkeeper.forget(socket);
        socket->deleteLater();
    });
    QTimer::singleShot(Patience, socket, [this, socket] {
        if (const auto it = m_inbound.find(socket);
            it != m_inbound.end() && it->second.node.isEmpty() && !it->second.isJoining)
            socket->abort();
    });
    socket->setSslConfiguration(m_tls);
    socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    socket->startServerEncryption();
}

void Links::onReadyRead(QSslSocket *socket)
{
    for (;;) {
        const auto it = m_inbound.find(socket);
        if (it == m_inbound.end())
            return; // ended by what was heard
        Inbound &link = it->second;
        link.buffer += socket->readAll();
        const bool isKnown = !link.node.isEmpty();
        const auto frame = takeFrame(link.buffer, isKnown ? MaxFrameBytes : MaxHelloBytes);
        if (!frame)
            return socket->abort();
        if (!*frame)
            return;
        const bool isOfMembers =
            (*frame)->channel != Channel::Hello && (*frame)->channel != Channel::Join;
        if (isKnown != isOfMembers || (!isKnown && !hearStranger(socket, link, **frame)))
            return socket->abort();
        if (isKnown)
            Q_EMIT heard(link.node, **frame);
    }
}

bool Links::hearStranger(QSslSocket *socket, Inbound &link, const Frame &frame)
{
    if (frame.channel == Channel::Hello)
        return !link.isJoining && admit(socket, link, frame);
    if (!std::exchange(link.isJoining, true))
        QTimer::singleShot(JoinPatience, socket, [this, socket] {
            if (!m_doorkeeper.isAsked(socket))
                socket->abort();
        });
    return m_doorkeeper.hear(socket, frame);
}

/// The first frame says who dials; the certificate has to be that member's.
bool Links::admit(QSslSocket *socket, Inbound &link, const Frame &frame)
{
    const Result<Hello> said = codec::decode<Hello>(frame.body);
    if (!said)
        return false;
    const auto it = m_dialers.find(said->node);
    if (it == m_dialers.end() || !it->second->knows(socket->peerCertificate()))
        return false;
    const bool isSame = isOfThisGeneration(*said);
    Hello answer = hello();
    answer.refusal = isSame ? refusalOf(*said) : Refusal::None;
    if (said->office == m_office.id) // who was left behind learns it by this
        socket->write(encode(Frame{Channel::Hello, codec::encode(answer)}));
    if (!isSame || answer.refusal != Refusal::None) {
        socket->disconnectFromHost();
        return true;
    }
    endOtherLives(*said);
    link.node = said->node;
    link.life = said->life;
    m_versions[said->node] = said->version.left(MaxVersionLength);
    learnAddress(*it->second, *socket, said->address);
    return true;
}

/// Where a member dials from, with the port it says it listens on, is where it can be dialled.
void Links::learnAddress(Dialer &dialer, const QSslSocket &socket, const QString &said)
{
    const auto [host, port] = splitAddress(said);
    bool isV4 = false;
    const quint32 v4 = socket.peerAddress().toIPv4Address(&isV4);
    const QHostAddress from = isV4 ? QHostAddress(v4) : socket.peerAddress();
    const QString address = joinAddress(host.isEmpty() ? from.toString() : host, port);
    if (port != 0 && !dialer.peer().addresses.contains(address))
        dialer.addAddress(address, true);
    if (!dialer.isUp())
        dialer.dialNow();
}

std::unique_ptr<Network> makeLinks(const Links::Options &options, QObject *parent)
{
    return std::make_unique<Links>(options, parent);
}

} // namespace peerdesk::cluster

#include "moc_links.cpp"
#include "moc_network.cpp"
