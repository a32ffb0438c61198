// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/fields.h"
#include "core/base/result.h"

#include <QDeadlineTimer>
#include <QTimer>
#include <QUdpSocket>

#include <functional>
#include <optional>

namespace peerdesk::cluster {

/// A PC of an office as it shows itself to the network around it. Nothing of it is a secret, and
/// nobody is believed by it: who is dialled there still has to prove who it is.
struct Sighting
{
    QByteArray office; ///< id; empty = somebody asks who is there
    QString officeName;
    QString node;
    int members = 0;
    bool isInviting = false;
    int port = 0; ///< where it listens for other PCs
    QString host; ///< from where it was heard; not sent

    QString address() const;
    static constexpr auto fields()
    {
        return FieldList{field(1, "office", &Sighting::office),
                         field(2, "office_name", &Sighting::officeName),
                         field(3, "node", &Sighting::node),
                         field(4, "members", &Sighting::members),
                         field(5, "inviting", &Sighting::isInviting),
                         field(6, "port", &Sighting::port)};
    }
    bool operator==(const Sighting &) const = default;
};

/// A datagram: "PDK1" and the record. At most MaxSightingBytes.
constexpr qsizetype MaxSightingBytes = 1024;
QByteArray encode(const Sighting &sighting);
/// Errors: Invalid for anything else, TooLarge.
Result<Sighting> decodeSighting(const QByteArray &datagram);

/// Finds PCs of offices on this network by UDP multicast (239.255.84.18, port 8418), which no
/// router passes on. Says where this PC is, when asked and from time to time. Thread: any with an
/// event loop.
class Beacon final : public QObject
{
    Q_OBJECT

public:
    struct Options
    {
        /// What this PC says; nullopt = it only listens.
        std::function<std::optional<Sighting>()> self = {};
        bool isLoopbackOnly = false; ///< the PC listens for others there alone
        quint16 port = 8418;
    };

    Beacon(Options options, QObject *parent);

    /// Joins the network's interfaces as they are now. Errors: Network (the port is taken by a
    /// program that does not share it).
    Result<Done> start();
    /// Who is there says so at once, by sighted().
    void ask();
    void announce();

Q_SIGNALS:
    void sighted(const peerdesk::cluster::Sighting &sighting);

private:
    void joinInterfaces();
    void onReadyRead();
    void send(const Sighting &sighting);

    Options m_options;
    QUdpSocket m_socket;
    QTimer m_timer;
    QDeadlineTimer m_answeredUntil; ///< who asks again before that has been answered
};

} // namespace peerdesk::cluster
