// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/server.h"

#include "core/net/engine.h"

#include <QHash>

namespace peerdesk::net {

namespace {

/// The handlers' half of a WebSocket.
class LinkedSocket final : public WebSocket
{
public:
    LinkedSocket(std::shared_ptr<SocketLink> link, QString peerAddress, QObject *parent)
        : WebSocket(parent)
        , m_link(std::move(link))
        , m_peerAddress(std::move(peerAddress))
    {}

    void sendText(const QByteArray &utf8) override { m_link->send(utf8); }
    void close(quint16 code, const QString &reason) override
    {
        m_link->close(code, reason.toUtf8());
    }
    QString peerAddress() const override { return m_peerAddress; }

    void take(const QByteArray &utf8)
    {
        m_link->consumed();
        Q_EMIT textReceived(utf8);
    }

private:
    std::shared_ptr<SocketLink> m_link;
    QString m_peerAddress;
};

} // namespace

/// Receives in the engine's thread, works in the server's.
class Server::Private final : public EngineEvents
{
public:
    Private(Server &owner, const ServerLimits &serverLimits)
        : limits(serverLimits)
        , m_owner(owner)
    {}

    void requestArrived(int route, const HttpRequest &request, const Responder &answer) override
    {
        toOwner([this, route, request, answer] { routes.at(route).handler(request, answer); });
    }

    void socketOpened(quint64 id, int route, const HttpRequest &request,
                      std::shared_ptr<SocketLink> link) override
    {
        toOwner([this, id, route, request, link = std::move(link)] {
            auto *socket = new LinkedSocket(link, request.peerAddress, &m_owner);
            m_sockets.insert(id, socket);
            routes.at(route).webSocketHandler(request, socket);
        });
    }

    void textArrived(quint64 id, const QByteArray &utf8) override
    {
        toOwner([this, id, utf8] {
            if (LinkedSocket *socket = m_sockets.value(id))
                socket->take(utf8);
        });
    }

    void socketClosed(quint64 id) override
    {
        toOwner([this, id] { forget(id); });
    }

    void forgetAll()
    {
        const QList<quint64> ids = m_sockets.keys();
        for (const quint64 id : ids)
            forget(id);
    }

    const ServerLimits limits;
    RouteTable routes;
    std::unique_ptr<Engine> engine;

private:
    template <typename Work>
    void toOwner(Work work)
    {
        QMetaObject::invokeMethod(&m_owner, std::move(work), Qt::QueuedConnection);
    }

    void forget(quint64 id)
    {
        LinkedSocket *socket = m_sockets.take(id);
        if (!socket)
            return;
        Q_EMIT socket->closed();
        socket->deleteLater();
    }

    Server &m_owner;
    QHash<quint64, LinkedSocket *> m_sockets;
};

Server::Server(ServerLimits limits, QObject *parent)
    : QObject(parent)
    , d(std::make_unique<Private>(*this, limits))
{}

Server::~Server()
{
    d->engine.reset(); // joins; nothing is reported any more
    d->forgetAll();
}

void Server::route(const QByteArray &method, const QString &pattern, HttpHandler handler,
                   bool large)
{
    Q_ASSERT_X(!d->engine, "Server::route", "register before listen()");
    d->routes.add({method, pattern, {}, std::move(handler), {}, large});
}

void Server::webSocket(const QString &pattern, WebSocketHandler handler)
{
    Q_ASSERT_X(!d->engine, "Server::webSocket", "register before listen()");
    d->routes.add({"GET", pattern, {}, {}, std::move(handler), false});
}

std::vector<std::pair<QByteArray, QString>> Server::routes() const
{
    std::vector<std::pair<QByteArray, QString>> all;
    for (const RouteTable::Route &route : d->routes.all())
        all.emplace_back(route.method, route.pattern);
    return all;
}

Result<quint16> Server::listen(const QString &host, quint16 port, const std::optional<Tls> &tls)
{
    auto engine = std::make_unique<Engine>(d->limits, d->routes, *d);
    const Result<quint16> bound = engine->listen(host, port, tls);
    if (bound)
        d->engine = std::move(engine);
    return bound;
}

void Server::close()
{
    if (d->engine)
        d->engine->close();
}

} // namespace peerdesk::net

#include "moc_server.cpp"
