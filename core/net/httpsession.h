// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/enginecore.h"
#include "core/net/httpmessage.h"
#include "core/net/websocketsession.h"

#include <boost/asio/post.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

namespace peerdesk::net {

using PlainStream = boost::beast::tcp_stream;
using TlsStream = boost::beast::ssl_stream<boost::beast::tcp_stream>;

/// Who takes the answer of a handler. Engine thread only.
class AnswerTaker
{
public:
    virtual ~AnswerTaker() = default;
    virtual void takeAnswer(quint64 request, HttpResponse response) = 0;
};

/// What a Responder holds: answers once; dropped unanswered it answers 500. Any one thread.
class PendingAnswer
{
public:
    PendingAnswer(std::shared_ptr<EngineCore> core, std::weak_ptr<AnswerTaker> taker,
                  quint64 request)
        : m_core(std::move(core))
        , m_taker(std::move(taker))
        , m_request(request)
    {}
    PendingAnswer(const PendingAnswer &) = delete;
    PendingAnswer &operator=(const PendingAnswer &) = delete;
    ~PendingAnswer()
    {
        answer(problem(500, "no-answer", QStringLiteral("The request was dropped unanswered.")));
    }

    void answer(HttpResponse response)
    {
        if (std::exchange(m_answered, true))
            return;
        boost::asio::post(m_core->io, [taker = m_taker, request = m_request,
                                       reply = std::move(response)]() mutable {
            if (const auto alive = taker.lock())
                alive->takeAnswer(request, std::move(reply));
        });
    }

private:
    std::shared_ptr<EngineCore> m_core;
    std::weak_ptr<AnswerTaker> m_taker;
    quint64 m_request;
    bool m_answered = false;
};

/// One HTTP/1.1 connection: reads a request within its bounds, hands it over, writes the answer,
/// goes on or closes. One request at a time; pipelined ones wait in the socket.
template <typename Stream>
class HttpSession final : public Session,
                          public AnswerTaker,
                          public std::enable_shared_from_this<HttpSession<Stream>>
{
public:
    HttpSession(EngineCore &core, Stream stream, Permit permit, QString peerAddress)
        : m_core(core)
        , m_stream(std::move(stream))
        , m_permit(std::move(permit))
        , m_peerAddress(std::move(peerAddress))
    {}
    ~HttpSession() override { m_core.releaseBody(m_reserved); }

    void start()
    {
        m_id = m_core.enter(self());
        tcp().expires_after(readTime());
        if constexpr (IsTls) {
            m_stream.async_handshake(boost::asio::ssl::stream_base::server,
                                     [me = self()](boost::beast::error_code failure) {
                                         failure ? me->end() : me->readHead();
                                     });
        } else {
            readHead();
        }
    }

    void takeAnswer(quint64 request, HttpResponse response) override
    {
        if (request == m_request && m_state == State::Handling)
            write(std::move(response));
    }

    void windDown(bool answersMayCome) override
    {
        // A request that has not arrived whole gets no answer: nothing was promised for it.
        const bool isWaiting = m_state == State::Idle || m_state == State::Reading;
        if (isWaiting || (m_state == State::Handling && !answersMayCome))
            end();
    }
    void abort() override { end(); }

private:
    enum class State { Idle, Reading, Handling, Writing, Draining, Ended };
    static constexpr bool IsTls = std::is_same_v<Stream, TlsStream>;
    static constexpr qint64 LargeBytesPerSecond = 256 * 1024;
    static constexpr qint64 WriteBytesPerSecond = 64 * 1024;
    static constexpr std::chrono::seconds WriteTime{30};
    static constexpr std::chrono::seconds DrainTime{2};
    static constexpr std::size_t DrainBytes = 16 * 1024 * 1024;
    static constexpr std::size_t ReadChunk = 16 * 1024;

    std::shared_ptr<HttpSession> self() { return this->shared_from_this(); }
    boost::beast::tcp_stream &tcp() { return boost::beast::get_lowest_layer(m_stream); }
    std::chrono::seconds readTime() const
    {
        return std::chrono::seconds(m_core.limits.readSeconds);
    }

    /// Between requests: the idle bound runs until the first byte, then the reading bound.
    void awaitRequest()
    {
        if (m_core.isClosing())
            return end();
        if (m_buffer.size() > 0) {
            tcp().expires_after(readTime());
            return readHead();
        }
        m_state = State::Idle;
        tcp().expires_after(std::chrono::seconds(m_core.limits.idleSeconds));
        m_stream.async_read_some(m_buffer.prepare(ReadChunk),
                                 [me = self()](boost::beast::error_code failure, std::size_t size) {
                                     if (failure)
                                         return me->end();
                                     me->m_buffer.commit(size);
                                     me->tcp().expires_after(me->readTime());
                                     me->readHead();
                                 });
    }

    void readHead()
    {
        m_state = State::Reading;
        m_answer = {};
        m_parser.emplace();
        m_parser->header_limit(static_cast<std::uint32_t>(m_core.limits.headerBytes));
        m_bodyLimit = m_core.limits.bodyBytes; // until the route is known
        m_parser->body_limit(static_cast<std::uint64_t>(m_bodyLimit));
        boost::beast::http::async_read_header(
            m_stream, m_buffer, *m_parser,
            [me = self()](boost::beast::error_code failure, std::size_t) {
                failure ? me->onReadFailed(failure) : me->onHead();
            });
    }

    void onReadFailed(boost::beast::error_code failure)
    {
        namespace http = boost::beast::http;
        if (m_state != State::Reading)
            return;
        if (failure == http::error::body_limit)
            return refuse(problem(413, "too-large", tooLargeText()));
        if (failure == http::error::header_limit || failure == http::error::buffer_overflow)
            return refuse(problem(431, "headers-too-large",
                                  QStringLiteral("The request head is over %1 bytes.")
                                      .arg(m_core.limits.headerBytes)));
        const bool isSyntax =
            failure.category() == http::make_error_code(http::error::bad_method).category();
        if (isSyntax && failure != http::error::end_of_stream &&
            failure != http::error::partial_message)
            return refuse(problem(400, "malformed-request",
                                  QStringLiteral("This is not HTTP/1.1 (%1).")
                                      .arg(QString::fromStdString(failure.message()))));
        end(); // gone, timed out or cut short: nobody reads an answer
    }

    QString tooLargeText() const
    {
        return QStringLiteral("The body is over %1 bytes.").arg(m_bodyLimit);
    }

    void onHead()
    {
        const BeastRequest &head = m_parser->get();
        m_answer = {head.method() == boost::beast::http::verb::head, m_parser->keep_alive(),
                    head.version() == 10 ? 10U : 11U};
        if (auto refused = headProblem(head))
            return refuse(std::move(*refused));
        const auto rawTarget = head.target();
        auto target =
            parseTarget(QByteArray(rawTarget.data(), static_cast<qsizetype>(rawTarget.size())));
        if (!target)
            return refuse(problem(400, "malformed-request", target.error().detail));
        m_target = std::move(*target);

        const auto method = head.method_string();
        m_method = QByteArray(method.data(), static_cast<qsizetype>(method.size()));
        const bool upgrade = boost::beast::websocket::is_upgrade(head);
        m_match = m_core.routes.match(m_method, m_target.segments, upgrade);
        if (upgrade && m_match.route >= 0 && m_core.routes.at(m_match.route).webSocketHandler)
            return this->upgrade();
        prepareBody();
    }

    /// Bounds and announces the body; a request that will be refused is not read to its end.
    void prepareBody()
    {
        if (m_match.route < 0)
            return m_parser->is_done() ? write(unroutable()) : refuse(unroutable());
        const bool large = m_core.routes.at(m_match.route).large;
        m_bodyLimit = large ? m_core.limits.bodyBytes : m_core.limits.smallBodyBytes;
        const auto declared = m_parser->content_length();
        if (declared && *declared > static_cast<std::uint64_t>(m_bodyLimit))
            return refuse(problem(413, "too-large", tooLargeText()));
        m_parser->body_limit(static_cast<std::uint64_t>(m_bodyLimit));
        if (large && declared)
            tcp().expires_after(readTime() + std::chrono::seconds(static_cast<qint64>(*declared) /
                                                                  LargeBytesPerSecond));
        if (m_parser->is_done())
            return handOver();
        if (m_parser->get()[boost::beast::http::field::expect].empty() || m_buffer.size() > 0)
            return readBody();
        static constexpr std::string_view Continue = "HTTP/1.1 100 Continue\r\n\r\n";
        boost::asio::async_write(m_stream, boost::asio::buffer(Continue.data(), Continue.size()),
                                 [me = self()](boost::beast::error_code failure, std::size_t) {
                                     failure ? me->end() : me->readBody();
                                 });
    }

    HttpResponse unroutable() const
    {
        if (m_match.allowed.isEmpty())
            return problem(404, "not-found", QStringLiteral("There is nothing at this path."));
        if (m_match.webSocket && m_method == "GET") {
            auto refused = problem(426, "upgrade-required",
                                   QStringLiteral("This path speaks WebSocket only."));
            refused.headers["Upgrade"] = "websocket";
            return refused;
        }
        if (m_method == "OPTIONS") {
            HttpResponse methods;
            methods.status = 204;
            methods.headers["Allow"] = m_match.allowed + ", OPTIONS";
            return methods;
        }
        auto refused = problem(405, "method-not-allowed",
                               QStringLiteral("This path does not take this method."));
        refused.headers["Allow"] = m_match.allowed;
        return refused;
    }

    void readBody()
    {
        boost::beast::http::async_read_some(
            m_stream, m_buffer, *m_parser,
            [me = self()](boost::beast::error_code failure, std::size_t) {
                if (failure)
                    return me->onReadFailed(failure);
                const auto held = static_cast<qint64>(me->m_parser->get().body().size());
                if (!me->m_core.reserveBody(held - me->m_reserved)) {
                    auto busy = problem(503, "busy", QStringLiteral("Too much is being sent."));
                    busy.headers["Retry-After"] = "1";
                    return me->refuse(std::move(busy));
                }
                me->m_reserved = held;
                me->m_parser->is_done() ? me->handOver() : me->readBody();
            });
    }

    HttpRequest takeRequest()
    {
        HttpRequest request;
        request.method = m_method;
        request.path = m_target.path;
        request.query = std::move(m_target.query);
        request.headers = headersOf(m_parser->get());
        const std::string &body = m_parser->get().body();
        request.body = QByteArray(body.data(), static_cast<qsizetype>(body.size()));
        request.peerAddress = m_peerAddress;
        request.parameters = std::move(m_match.parameters);
        return request;
    }

    void handOver()
    {
        m_state = State::Handling;
        tcp().expires_never();
        const HttpRequest request = takeRequest();
        m_parser.reset();
        auto pending = std::make_shared<PendingAnswer>(
            m_core.shared_from_this(), std::weak_ptr<AnswerTaker>(self()), ++m_request);
        m_core.events.requestArrived(m_match.route, request, [pending](HttpResponse response) {
            pending->answer(std::move(response));
        });
    }

    void upgrade()
    {
        if (m_buffer.size() > 0)
            return refuse(problem(400, "malformed-request",
                                  QStringLiteral("Frames came before the handshake's answer.")));
        m_state = State::Ended;
        tcp().expires_never();
        auto socket = std::make_shared<WebSocketSession<Stream>>(
            m_core, std::move(m_stream), std::move(m_permit), m_match.route);
        BeastRequest head = m_parser->get();
        HttpRequest request = takeRequest();
        m_core.leave(m_id);
        socket->start(std::move(head), std::move(request));
    }

    /// Answers before the request was read to its end, so the connection cannot go on.
    void refuse(HttpResponse response)
    {
        m_answer.keepAlive = false;
        write(std::move(response));
    }

    void write(HttpResponse response)
    {
        m_state = State::Writing;
        m_core.releaseBody(std::exchange(m_reserved, 0));
        if (m_core.isClosing())
            m_answer.keepAlive = false;
        m_response = std::move(response);
        m_message.emplace(beastResponse(m_response, m_answer));
        tcp().expires_after(WriteTime +
                            std::chrono::seconds(m_response.body.size() / WriteBytesPerSecond));
        boost::beast::http::async_write(m_stream, *m_message,
                                        [me = self()](boost::beast::error_code failure,
                                                      std::size_t) { me->onWritten(failure); });
    }

    void onWritten(boost::beast::error_code failure)
    {
        m_message.reset();
        m_response = {};
        if (failure)
            return end();
        if (m_answer.keepAlive)
            return awaitRequest();
        m_state = State::Draining;
        tcp().expires_after(DrainTime);
        if constexpr (IsTls) {
            m_stream.async_shutdown([me = self()](boost::beast::error_code) { me->end(); });
        } else {
            boost::beast::error_code ignored;
            tcp().socket().shutdown(boost::asio::ip::tcp::socket::shutdown_send, ignored);
            drain(0);
        }
    }

    /// Reads on for a moment, or the peer's unread bytes would reset the answer away.
    void drain(std::size_t drained)
    {
        if (drained > DrainBytes)
            return end();
        m_buffer.clear();
        m_stream.async_read_some(
            m_buffer.prepare(ReadChunk),
            [me = self(), drained](boost::beast::error_code failure, std::size_t size) {
                failure ? me->end() : me->drain(drained + size);
            });
    }

    void end()
    {
        if (m_state == State::Ended)
            return;
        m_state = State::Ended;
        tcp().close();
        m_core.leave(m_id);
    }

    EngineCore &m_core;
    Stream m_stream;
    Permit m_permit;
    QString m_peerAddress;
    quint64 m_id = 0;
    quint64 m_request = 0;
    State m_state = State::Reading;
    boost::beast::flat_buffer m_buffer;
    std::optional<boost::beast::http::request_parser<boost::beast::http::string_body>> m_parser;
    std::optional<BeastResponse> m_message;
    HttpResponse m_response;
    AnswerContext m_answer;
    Target m_target;
    QByteArray m_method;
    RouteTable::Match m_match;
    qint64 m_bodyLimit = 0;
    qint64 m_reserved = 0;
};

} // namespace peerdesk::net
