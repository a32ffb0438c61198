// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/channels/webchat/floodguard.h"
#include "core/channels/webchat/frames.h"
#include "core/net/server.h"

#include <QPointer>

namespace peerdesk::channels::webchat {

/// WebSocket close codes that the widget understands.
namespace close_code {
constexpr quint16 GoingAway = 1001;      ///< come back with back-off
constexpr quint16 Policy = 1008;         ///< misbehaved
constexpr quint16 TryLater = 4013;       ///< 1013 is not known to every client
constexpr quint16 TooManyWindows = 4001; ///< replaced by a newer page of the same visitor
} // namespace close_code

/// One open page: parses, counts junk, brakes floods. Thread: node. Owned by the connector.
class ChatSocket : public QObject
{
    Q_OBJECT

public:
    static constexpr int MaxJunk = 5; ///< then the socket is closed
    static constexpr Milliseconds HelloWithin{10'000};

    ChatSocket(net::WebSocket *socket, QString address, Clock &clock, QObject *parent);
    ~ChatSocket() override;

    void send(const QJsonObject &frame);
    /// Emits closed() at once.
    void close(quint16 code, const QString &reason);
    /// One more frame that makes no sense here: answered with `code`; closes at MaxJunk.
    void countJunk(const QString &code);
    bool isLate(Milliseconds now) const { return visitor.isEmpty() && now >= m_helloBy; }
    const QString &address() const { return m_address; }

    QString visitor; ///< set by the connector after a good hello
    QString language;
    QString page;

Q_SIGNALS:
    void frameReceived(const peerdesk::channels::webchat::ClientFrame &frame);
    void closed();

private:
    void read(const QByteArray &utf8);
    void leave();

    QPointer<net::WebSocket> m_socket;
    QString m_address;
    Clock &m_clock;
    FloodGuard m_frames;
    Milliseconds m_helloBy;
    int m_junk = 0;
    bool m_isOpen = true;
};

} // namespace peerdesk::channels::webchat
