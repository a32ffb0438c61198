// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/routetable.h"

#include <memory>

namespace peerdesk::net {

/// The network side of one open WebSocket. Any thread may call; the work is posted.
class SocketLink
{
public:
    virtual ~SocketLink() = default;
    virtual void send(const QByteArray &utf8) = 0;
    virtual void close(quint16 code, const QByteArray &reason) = 0;
    /// One received text has been dealt with; reading pauses while too many are not.
    virtual void consumed() = 0;
};

/// What the engine reports. Called in the engine's thread; the receiver hands over to its own.
class EngineEvents
{
public:
    virtual ~EngineEvents() = default;
    virtual void requestArrived(int route, const HttpRequest &request, const Responder &answer) = 0;
    virtual void socketOpened(quint64 socket, int route, const HttpRequest &request,
                              std::shared_ptr<SocketLink> link) = 0;
    virtual void textArrived(quint64 socket, const QByteArray &utf8) = 0;
    virtual void socketClosed(quint64 socket) = 0;
};

class EngineCore;

/// The Beast half of Server, on a thread of its own. Beast's headers stay inside engine.cpp.
class Engine
{
public:
    Engine(const ServerLimits &limits, RouteTable routes, EngineEvents &events);
    /// Closes at once, finishing only what is being written, for at most a second.
    ~Engine();
    Engine(const Engine &) = delete;
    Engine &operator=(const Engine &) = delete;

    /// Binds in the calling thread, then serves in its own. Once.
    Result<quint16> listen(const QString &host, quint16 port,
                           const std::optional<Server::Tls> &tls);
    /// Takes no more connections, lets running requests and queued frames go out, then ends.
    void close();

private:
    class Thread;
    std::shared_ptr<EngineCore> m_core;
    std::unique_ptr<Thread> m_thread;
};

} // namespace peerdesk::net
