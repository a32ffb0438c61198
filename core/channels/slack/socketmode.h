// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"

#include <QJsonObject>
#include <QTimer>
#include <QUrl>
#include <QWebSocket>

#include <map>
#include <memory>

namespace peerdesk::channels::slack {

/// The sockets of one app: usually one; while one is about to be closed, the next beside it, so
/// that nothing is missed. Addresses are asked for by the owner. Thread: node.
class SocketMode : public QObject
{
    Q_OBJECT

public:
    SocketMode(Clock &clock, QObject *parent);
    ~SocketMode() override;

    /// One more socket. Each address is good for one use.
    void open(const QUrl &address);
    void closeAll();
    /// Acknowledges an envelope by the socket that brought it; if that is gone, the vendor brings
    /// it again.
    void acknowledge(quint64 socket, const QString &envelope, const QJsonObject &payload = {});
    bool isConnected() const;
    size_t count() const { return m_sockets.size(); }

Q_SIGNALS:
    /// `all` is how many the vendor sees, of every program.
    void connected(int all);
    void received(quint64 socket, const QJsonObject &envelope);
    /// This one goes soon: open another.
    void isGoing();
    /// None is left. `isFinal`: Socket Mode was switched off there.
    void lost(const QString &reason, bool isFinal);

private:
    struct Socket
    {
        std::unique_ptr<QWebSocket> socket;
        bool isReady = false;
        bool isGoing = false;
        bool isAnswering = true; ///< since the last ping
        Milliseconds openedAt{0};
    };

    void onText(quint64 id, const QString &text);
    void onHello(quint64 id, const QJsonObject &frame);
    void onDisconnect(quint64 id, const QString &reason);
    void drop(quint64 id, const QString &reason);
    void lookAfter();

    Clock &m_clock;
    std::map<quint64, Socket> m_sockets;
    QTimer m_pings;
    quint64 m_next = 1;
};

} // namespace peerdesk::channels::slack
