// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/enginecore.h"
#include "core/net/httpmessage.h"

#include <boost/asio/post.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>

#include <atomic>
#include <deque>

namespace peerdesk::net {

/// The network thread's half of a WebSocket, as the other thread's half reaches it.
class SocketPort
{
public:
    virtual ~SocketPort() = default;
    virtual void enqueue(QByteArray utf8) = 0;
    virtual void closeWith(quint16 code, const QByteArray &reason) = 0;
    virtual void onConsumed() = 0;

    std::atomic<qint64> queuedBytes{0}; ///< accepted by send(), not yet written
};

/// Posts to the socket's thread; a socket that has gone takes nothing any more. Bounds the queue.
class PostingLink final : public SocketLink
{
public:
    PostingLink(std::shared_ptr<EngineCore> core, const std::shared_ptr<SocketPort> &port)
        : m_core(std::move(core))
        , m_port(port)
    {}

    void send(const QByteArray &utf8) override
    {
        const auto port = m_port.lock();
        if (!port || m_overflowed)
            return;
        if (port->queuedBytes + utf8.size() > m_core->limits.webSocketQueueBytes) {
            m_overflowed = true;
            return close(1008, "reading too slowly");
        }
        port->queuedBytes += utf8.size();
        post([utf8](SocketPort &alive) { alive.enqueue(utf8); });
    }
    void close(quint16 code, const QByteArray &reason) override
    {
        post([code, reason](SocketPort &alive) { alive.closeWith(code, reason); });
    }
    void consumed() override
    {
        post([](SocketPort &alive) { alive.onConsumed(); });
    }

private:
    template <typename Work>
    void post(Work work)
    {
        boost::asio::post(m_core->io, [port = m_port, work = std::move(work)] {
            if (const auto alive = port.lock())
                work(*alive);
        });
    }

    std::shared_ptr<EngineCore> m_core;
    std::weak_ptr<SocketPort> m_port;
    bool m_overflowed = false;
};

/// One WebSocket: text only, bounded frames, bounded queue, pings while idle. Beast answers a
/// message over the bound with 1009 and broken UTF-8 with 1007.
template <typename Stream>
class WebSocketSession final : public Session,
                               public SocketPort,
                               public std::enable_shared_from_this<WebSocketSession<Stream>>
{
public:
    WebSocketSession(EngineCore &core, Stream stream, Permit permit, int route)
        : m_core(core)
        , m_socket(std::move(stream))
        , m_permit(std::move(permit))
        , m_route(route)
        , m_deadline(core.io)
    {}

    void start(BeastRequest head, HttpRequest request)
    {
        m_id = m_core.enter(self());
        m_head = std::move(head);
        namespace websocket = boost::beast::websocket;
        m_socket.set_option(
            websocket::stream_base::timeout{std::chrono::seconds(m_core.limits.readSeconds),
                                            std::chrono::seconds(m_core.limits.idleSeconds), true});
        m_socket.read_message_max(static_cast<std::size_t>(m_core.limits.webSocketMessageBytes));
        m_socket.async_accept(
            m_head, [me = self(), request = std::move(request)](boost::beast::error_code failure) {
                if (failure)
                    return me->end();
                me->m_head = {};
                me->m_isOpen = true;
                me->m_core.events.socketOpened(
                    me->m_id, me->m_route, request,
                    std::make_shared<PostingLink>(me->m_core.shared_from_this(), me));
                me->read();
            });
    }

    void enqueue(QByteArray utf8) override
    {
        if (m_isClosing || m_hasEnded) {
            queuedBytes -= utf8.size();
            return;
        }
        m_queue.push_back(std::move(utf8));
        if (m_queue.size() == 1)
            writeNext();
    }

    /// A policy close (1008) drops what is queued: the peer does not read it anyway.
    void closeWith(quint16 code, const QByteArray &reason) override
    {
        if (m_isClosing || m_hasEnded)
            return;
        m_isClosing = true;
        const bool isValid = code >= 1000 && code <= 4999 && code != 1004 && code != 1005 &&
                             code != 1006 && code != 1015;
        m_reason.code = isValid ? code : quint16(1000);
        m_reason.reason.assign(reason.constData(),
                               static_cast<std::size_t>(std::min(reason.size(), MaxReason)));
        if (code == 1008 && m_queue.size() > 1)
            m_queue.resize(1); // the first is being written
        m_deadline.expires_after(CloseTime);
        m_deadline.async_wait([me = self()](boost::beast::error_code failure) {
            if (!failure)
                me->end();
        });
        if (m_queue.empty())
            sendClose();
    }

    void onConsumed() override
    {
        --m_unconsumed;
        if (std::exchange(m_isPaused, false))
            read();
    }

    void windDown(bool) override { closeWith(1001, "the office is closing this PC"); }
    void abort() override { end(); }

private:
    static constexpr int MaxUnconsumed = 16;
    static constexpr qsizetype MaxReason = 120; ///< RFC 6455 section 5.5: 125 with the code
    static constexpr std::chrono::seconds CloseTime{5};

    std::shared_ptr<WebSocketSession> self() { return this->shared_from_this(); }

    void read()
    {
        if (m_hasEnded)
            return;
        if (m_unconsumed >= MaxUnconsumed) {
            m_isPaused = true;
            return;
        }
        m_socket.async_read(m_buffer, [me = self()](boost::beast::error_code failure, std::size_t) {
            failure ? me->end() : me->onRead();
        });
    }

    void onRead()
    {
        if (m_hasEnded)
            return;
        if (!m_socket.got_text())
            closeWith(1003, "text only");
        const auto bytes = m_buffer.data();
        if (!m_isClosing) {
            ++m_unconsumed;
            m_core.events.textArrived(m_id, QByteArray(static_cast<const char *>(bytes.data()),
                                                       static_cast<qsizetype>(bytes.size())));
        }
        m_buffer.consume(m_buffer.size());
        read();
    }

    void writeNext()
    {
        const QByteArray &next = m_queue.front();
        m_socket.text(true);
        m_socket.async_write(
            boost::asio::buffer(next.constData(), static_cast<std::size_t>(next.size())),
            [me = self()](boost::beast::error_code failure, std::size_t) {
                failure ? me->end() : me->onWritten();
            });
    }

    void onWritten()
    {
        if (m_hasEnded)
            return;
        queuedBytes -= m_queue.front().size();
        m_queue.pop_front();
        if (!m_queue.empty())
            writeNext();
        else if (m_isClosing)
            sendClose();
    }

    void sendClose()
    {
        m_socket.async_close(m_reason, [me = self()](boost::beast::error_code) { me->end(); });
    }

    void end()
    {
        if (std::exchange(m_hasEnded, true))
            return;
        m_deadline.cancel();
        boost::beast::get_lowest_layer(m_socket).close();
        if (m_isOpen)
            m_core.events.socketClosed(m_id);
        m_core.leave(m_id);
    }

    EngineCore &m_core;
    boost::beast::websocket::stream<Stream> m_socket;
    Permit m_permit;
    int m_route;
    quint64 m_id = 0;
    BeastRequest m_head;
    boost::beast::flat_buffer m_buffer;
    std::deque<QByteArray> m_queue;
    boost::asio::steady_timer m_deadline;
    boost::beast::websocket::close_reason m_reason;
    int m_unconsumed = 0;
    bool m_isPaused = false;
    bool m_isOpen = false;
    bool m_isClosing = false;
    bool m_hasEnded = false;
};

} // namespace peerdesk::net
