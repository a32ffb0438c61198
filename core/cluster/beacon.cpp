// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/beacon.h"

#include "core/base/codec.h"
#include "core/cluster/dialer.h"

#include <QNetworkDatagram>
#include <QNetworkInterface>

namespace peerdesk::cluster {

using namespace Qt::StringLiterals;

namespace {

constexpr QByteArrayView Magic = "PDK1";
constexpr Milliseconds AnnounceEvery = std::chrono::seconds(10);
/// However many ask, it is answered once in this time.
constexpr Milliseconds AnswerEvery{100};
constexpr qsizetype MaxShownName = 100;
constexpr int MaxPort = 65'535;

const QHostAddress Group(u"239.255.84.18"_s);

} // namespace

QString Sighting::address() const
{
    return joinAddress(host, quint16(port));
}

QByteArray encode(const Sighting &sighting)
{
    Sighting out = sighting;
    out.officeName.truncate(MaxShownName);
    return Magic.toByteArray() + codec::encode(out);
}

Result<Sighting> decodeSighting(const QByteArray &datagram)
{
    if (datagram.size() > MaxSightingBytes)
        return Error{Error::Code::TooLarge, u"too long for a sighting"_s, {}};
    if (!datagram.startsWith(Magic))
        return invalid(u"not of this program"_s);
    Result<Sighting> sighting = codec::decode<Sighting>(datagram.mid(Magic.size()));
    if (sighting && (sighting->port < 0 || sighting->port > MaxPort))
        return invalid(u"no port"_s);
    return sighting;
}

Beacon::Beacon(Options options, QObject *parent)
    : QObject(parent)
    , m_options(std::move(options))
    , m_socket(this)
    , m_timer(this)
{
    connect(&m_socket, &QUdpSocket::readyRead, this, &Beacon::onReadyRead);
    connect(&m_timer, &QTimer::timeout, this, [this] {
        joinInterfaces();
        announce();
    });
}

Result<Done> Beacon::start()
{
    if (!m_socket.bind(QHostAddress::AnyIPv4, m_options.port,
                       QUdpSocket::ShareAddress | QUdpSocket::ReuseAddressHint))
        return Error{Error::Code::Network,
                     tr("PCs on this network cannot be found: %1").arg(m_socket.errorString()),
                     {}};
    m_timer.start(AnnounceEvery);
    joinInterfaces();
    announce();
    return Done{};
}

void Beacon::joinInterfaces()
{
    for (const QNetworkInterface &interface : QNetworkInterface::allInterfaces()) {
        if (interface.flags().testFlag(QNetworkInterface::IsUp))
            (void)m_socket.joinMulticastGroup(Group, interface); // most are joined already
    }
}

void Beacon::ask()
{
    send({});
}

void Beacon::announce()
{
    if (const auto self = m_options.self ? m_options.self() : std::nullopt)
        send(*self);
}

/// On every interface: there is no route that says which of them leads to the others.
void Beacon::send(const Sighting &sighting)
{
    const QByteArray datagram = encode(sighting);
    for (const QNetworkInterface &interface : QNetworkInterface::allInterfaces()) {
        const auto flags = interface.flags();
        const bool isLoopback = flags.testFlag(QNetworkInterface::IsLoopBack);
        const bool isMeant = isLoopback || (!m_options.isLoopbackOnly &&
                                            flags.testFlag(QNetworkInterface::CanMulticast));
        if (!flags.testFlag(QNetworkInterface::IsUp) || !isMeant)
            continue;
        m_socket.setMulticastInterface(interface);
        m_socket.writeDatagram(datagram, Group, m_options.port); // best effort: repeated by a timer
    }
}

void Beacon::onReadyRead()
{
    while (m_socket.hasPendingDatagrams()) {
        const QNetworkDatagram datagram = m_socket.receiveDatagram(MaxSightingBytes + 1);
        Result<Sighting> sighting = decodeSighting(datagram.data());
        if (!sighting)
            continue; // of another program, or of a later one
        if (!sighting->office.isEmpty()) {
            sighting->host = datagram.senderAddress().toString();
            Q_EMIT sighted(*sighting);
        } else if (m_answeredUntil.hasExpired()) {
            m_answeredUntil = QDeadlineTimer(AnswerEvery);
            announce();
        }
    }
}

} // namespace peerdesk::cluster

#include "moc_beacon.cpp"
