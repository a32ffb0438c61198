// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/dialer.h"

#include "core/base/codec.h"

namespace peerdesk::cluster {

namespace {

constexpr Milliseconds DialTimeout = std::chrono::seconds(3);
constexpr Milliseconds FirstPause{50};
constexpr Milliseconds LongestPause{1'000};
/// A peer that takes nothing any more is let go; the log's protocol starts anew with it.
constexpr qint64 MaxUnsent = 32 * 1024 * 1024;
constexpr qsizetype MaxAddresses = 16;

} // namespace

std::pair<QString, quint16> splitAddress(const QString &address)
{
    const qsizetype colon = address.lastIndexOf(u':');
    QString host = address.left(colon);
    if (host.startsWith(u'[') && host.endsWith(u']'))
        host = host.mid(1, host.size() - 2);
    return {host, colon < 0 ? quint16(0) : address.mid(colon + 1).toUShort()};
}

QString joinAddress(const QString &host, quint16 port)
{
    const bool isV6 = host.contains(u':');
    return (isV6 ? QStringLiteral("[%1]:%2") : QStringLiteral("%1:%2")).arg(host).arg(port);
}

Dialer::Dialer(Peer peer, QSslConfiguration tls, Manners manners, QObject *parent)
    : QObject(parent)
    , m_peer(std::move(peer))
    , m_manners(std::move(manners))
    , m_socket(this)
    , m_timer(this)
{
    m_socket.setSslConfiguration(tls);
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &Dialer::dial);
    // No authority signs these certificates: the pin alone decides, once the handshake is done.
    connect(&m_socket, &QSslSocket::sslErrors, this, [this] { m_socket.ignoreSslErrors(); });
    connect(&m_socket, &QSslSocket::encrypted, this, &Dialer::onEncrypted);
    connect(&m_socket, &QSslSocket::readyRead, this, &Dialer::onReadyRead);
    connect(&m_socket, &QAbstractSocket::stateChanged, this,
            [this](QAbstractSocket::SocketState state) {
                if (state == QAbstractSocket::UnconnectedState)
                    onDown();
            });
    m_timer.start(Milliseconds(0));
}

Dialer::~Dialer()
{
    m_socket.disconnect(this); // what it says while it goes comes too late
}

bool Dialer::knows(const QSslCertificate &certificate) const
{
    return !certificate.isNull() && Identity::fingerprintOf(certificate) == m_peer.fingerprint;
}

void Dialer::addAddress(const QString &address, bool isFirst)
{
    if (m_peer.addresses.contains(address) || m_peer.addresses.size() >= MaxAddresses)
        return;
    m_peer.addresses.insert(isFirst ? 0 : m_peer.addresses.size(), address);
    if (isFirst)
        m_next = 0;
}

void Dialer::dialNow()
{
    m_pause = {};
    if (m_socket.state() == QAbstractSocket::UnconnectedState)
        m_timer.start(Milliseconds(0));
}

void Dialer::dialAt(const QString &address)
{
    m_hint = address;
    dialNow();
}

void Dialer::dial()
{
    if (m_socket.state() != QAbstractSocket::UnconnectedState)
        return m_socket.abort(); // was given its time; onDown() arranges the next try
    m_dialled = std::exchange(m_hint, QString());
    if (m_dialled.isEmpty() && m_peer.addresses.isEmpty())
        return; // dialNow() comes when the member dials us
    if (m_dialled.isEmpty())
        m_dialled = m_peer.addresses.at(m_next++ % m_peer.addresses.size());
    const auto [host, port] = splitAddress(m_dialled);
    m_timer.start(DialTimeout);
    m_socket.connectToHostEncrypted(host, port);
}

void Dialer::onEncrypted()
{
    if (!knows(m_socket.peerCertificate()))
        return m_socket.abort(); // somebody else answers at this address
    m_socket.setSocketOption(QAbstractSocket::LowDelayOption, 1);
    m_socket.write(encode(Frame{Channel::Hello, codec::encode(m_manners.hello())}));
}

void Dialer::onReadyRead()
{
    m_buffer += m_socket.readAll();
    const auto frame = takeFrame(m_buffer, MaxHelloBytes);
    if (!frame || (*frame && (m_isUp || (*frame)->channel != Channel::Hello)))
        return m_socket.abort(); // the other side says one thing only on this link
    if (!*frame)
        return;
    const Result<Hello> said = codec::decode<Hello>((*frame)->body);
    if (!said || said->node != m_peer.node || !m_manners.accepts(*said))
        return m_socket.abort();
    m_timer.stop();
    m_pause = {};
    addAddress(m_dialled, true);
    m_next = std::max<qsizetype>(0, m_peer.addresses.indexOf(m_dialled)); // it is good
    m_isUp = true;
    Q_EMIT upChanged();
}

void Dialer::onDown()
{
    m_buffer.clear();
    m_pause = std::clamp(m_pause * 2, FirstPause, LongestPause);
    m_timer.start(m_pause);
    if (std::exchange(m_isUp, false))
        Q_EMIT upChanged();
}

void Dialer::send(const Frame &frame)
{
    if (!m_isUp)
        return;
    if (m_socket.bytesToWrite() + m_socket.encryptedBytesToWrite() > MaxUnsent)
        return m_socket.abort();
    m_socket.write(encode(frame));
}

} // namespace peerdesk::cluster

#include "moc_dialer.cpp"
