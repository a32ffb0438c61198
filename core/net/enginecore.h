// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/engine.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <unordered_map>

namespace peerdesk::net {

/// One connection as the core sees it. Engine thread only.
class Session
{
public:
    Session() = default;
    virtual ~Session() = default;
    Session(const Session &) = delete;
    Session &operator=(const Session &) = delete;

    /// The server is closing: finish what was promised, then end. Without `answersMayCome` the
    /// handlers' thread has gone and nothing waits for it.
    virtual void windDown(bool answersMayCome) = 0;
    /// End now.
    virtual void abort() = 0;
};

/// Acceptor, limits and the register of connections. Engine thread only, except open() before the
/// thread starts and the posting of closures to `io`.
class EngineCore : public std::enable_shared_from_this<EngineCore>
{
public:
    EngineCore(const ServerLimits &serverLimits, RouteTable table, EngineEvents &receiver);

    Result<quint16> open(const QString &host, quint16 port, const std::optional<Server::Tls> &tls);
    void run();
    void beginClose(std::chrono::milliseconds grace, bool answersMayCome);

    quint64 enter(std::shared_ptr<Session> session);
    void leave(quint64 id);
    bool isClosing() const { return m_closing; }

    /// Reserves room for received body bytes. False = the server holds too many already.
    bool reserveBody(qint64 bytes);
    void releaseBody(qint64 bytes) { m_bodyBytes -= bytes; }

    const ServerLimits limits;
    const RouteTable routes;
    EngineEvents &events;

private:
    friend class Permit;
    using Tcp = boost::asio::ip::tcp;

    Result<quint16> bind(const Tcp::endpoint &endpoint);
    void accept();
    void admit(Tcp::socket socket);
    void endIfEmpty();

    std::unordered_map<quint64, std::shared_ptr<Session>> m_sessions;
    std::map<QByteArray, int> m_perAddress;
    int m_connections = 0;
    quint64 m_lastId = 0;
    qint64 m_bodyBytes = 0;
    bool m_closing = false;
    std::unique_ptr<boost::asio::ssl::context> m_tls;

public:
    /// Declared after what sessions touch when they die: it is destroyed first and takes them
    /// along.
    boost::asio::io_context io{1};

private:
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> m_work;
    Tcp::acceptor m_acceptor;
    boost::asio::steady_timer m_timer; ///< accept back-off, later the end of the grace
};

/// A connection's place in the counts; gives it back when destroyed.
class Permit
{
public:
    Permit() = default;
    Permit(EngineCore &core, QByteArray key);
    Permit(Permit &&other) noexcept;
    Permit &operator=(Permit &&) = delete;
    ~Permit();

private:
    EngineCore *m_core = nullptr;
    QByteArray m_key;
};

} // namespace peerdesk::net
