// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/identity.h"
#include "core/cluster/wire.h"

#include <QSslConfiguration>
#include <QSslSocket>
#include <QTimer>

namespace peerdesk::cluster {

/// Another member, and how to know and to find it.
struct Peer
{
    QString node;
    QByteArray fingerprint; ///< of its certificate; anything else is not this member
    QStringList addresses;  ///< HOST:PORT, tried in turn
    bool operator==(const Peer &) const = default;
};

/// HOST:PORT, [HOST]:PORT. The port is 0 where there is none.
std::pair<QString, quint16> splitAddress(const QString &address);
QString joinAddress(const QString &host, quint16 port);

/// The link that this node dials to one member: what it says to it goes out here, in order. Dials
/// again for as long as it lives. Thread: consensus.
class Dialer final : public QObject
{
    Q_OBJECT

public:
    struct Manners
    {
        std::function<Hello()> hello;               ///< this node's first frame, made at each dial
        std::function<bool(const Hello &)> accepts; ///< whether one speaks with who says this
    };
    Dialer(Peer peer, QSslConfiguration tls, Manners manners, QObject *parent);
    ~Dialer() override;

    const Peer &peer() const { return m_peer; }
    /// True if this certificate is the member's.
    bool knows(const QSslCertificate &certificate) const;
    void addAddress(const QString &address, bool isFirst);
    bool isUp() const { return m_isUp; }
    /// Dropped while the link is down.
    void send(const Frame &frame);
    /// The member shows signs of life: dials without waiting for the next try.
    void dialNow();
    /// Ends the link; it is dialled again.
    void hangUp() { m_socket.abort(); }
    /// It may be there: tried once, and remembered if it is.
    void dialAt(const QString &address);

Q_SIGNALS:
    void upChanged();

private:
    void dial();
    void onEncrypted();
    void onReadyRead();
    void onDown();

    Peer m_peer;
    Manners m_manners;
    QSslSocket m_socket;
    QTimer m_timer; ///< dials, or gives a dial up
    QByteArray m_buffer;
    qsizetype m_next = 0; ///< of the addresses
    QString m_hint;       ///< where to dial next, before the addresses
    QString m_dialled;
    Milliseconds m_pause{0};
    bool m_isUp = false; ///< both hellos are good
};

} // namespace peerdesk::cluster
