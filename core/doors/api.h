// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/api/desk.h"
#include "core/base/clock.h"
#include "core/doors/routes.h"
#include "core/doors/signin.h"
#include "core/net/server.h"

#include <deque>
#include <map>
#include <set>

namespace peerdesk::doors {

/// The local HTTP API of doors.md: /api/v1, its event stream, /healthz and /metrics.
/// Construct before the server listens; desk and server must outlive it. Thread: the server's,
/// which is also the desk's.
class Api final : public QObject
{
    Q_OBJECT

public:
    static constexpr int MaxStreams = 500;       ///< more subscribers are told to come later
    static constexpr size_t MaxRecorded = 4'096; ///< answers kept for repeats, oldest out first
    static constexpr qsizetype MaxRecordedBytes = 64 * 1024; ///< longer answers are read anew
    static constexpr size_t MaxCachedCallers = 4'096;
    static constexpr Seconds CallerLifetime{10};  ///< how long a token is not asked about again
    static constexpr qsizetype MaxKeyBytes = 256; ///< of an Idempotency-Key

    /// A handler has this long; then the answer is 504 with the command id.
    static constexpr Milliseconds AnswerTime = std::chrono::seconds(30);

    Api(api::Desk &desk, net::Server &server, Clock &clock, QObject *parent = nullptr,
        Milliseconds answerTime = AnswerTime);

    const Routes &routes() const { return m_routes; }
    QJsonObject openApi() const;

Q_SIGNALS:
    /// Tokens are asked about anew from now on.
    void callersForgotten();

private:
    /// What a repeat of an idempotent request gets while this process lives.
    struct Recorded
    {
        QByteArray requestHash;
        net::HttpResponse response;
    };
    struct Known
    {
        api::Caller caller;
        Milliseconds until{0};
    };

    void addOwnRoutes();
    void registerOn(net::Server &server);
    void serve(const Route &route, const net::HttpRequest &request, net::Responder respond);
    void enter(const Route &route, const ExchangePtr &x, const api::Caller &caller);
    void authenticate(const QByteArray &token, Completion<api::Caller> done);
    void forgetCallers(const api::Changes &changes);

    std::optional<Error> readBody(const Route &route, Exchange &x) const;
    void enterAs(const Route &route, const ExchangePtr &x, const api::Caller &caller,
                 const std::shared_ptr<CommandId> &command, const net::Responder &counted);
    /// The token of a person whom this request creates: a repeat of it gets the same one.
    QByteArray newToken(const Exchange &x) const;
    /// The caller's key as a command id, or a fresh one. Errors: Invalid.
    Result<CommandId> commandId(const Exchange &x) const;
    /// True if the request was answered from the record.
    bool replay(const Exchange &x, CommandId command, const net::Responder &respond) const;
    net::Responder recording(const net::HttpRequest &request, net::Responder respond,
                             const std::shared_ptr<CommandId> &command);
    void record(CommandId command, Recorded recorded);

    void openSession(const ExchangePtr &x);
    void saveAgent(const ExchangePtr &x, const Agent &before);
    void submitAgent(const ExchangePtr &x, const api::SaveAgent &command, const QByteArray &token);
    void changeAgent(const ExchangePtr &x);
    void openStream(const net::HttpRequest &request, net::WebSocket *socket);
    void showHealth(net::Responder respond);
    void showMetrics(net::Responder respond);

    api::Desk &m_desk;
    Clock &m_clock;
    Milliseconds m_answerTime;
    SignIn m_signIn;
    Routes m_routes;
    std::map<QByteArray, Known> m_callers; ///< by token hash
    std::map<CommandId, Recorded> m_recorded;
    std::deque<CommandId> m_recordedOrder;
    std::map<int, quint64> m_answers; ///< number of answers by HTTP status
    int m_streams = 0;
};

/// Command id of an Idempotency-Key: first 16 bytes of SHA-256(agent ‖ key), so keys are scoped to
/// the caller.
CommandId commandIdOf(AgentId agent, const QByteArray &key);
/// The token of `Authorization: Bearer ...`; empty if there is none.
QByteArray bearerToken(const net::HttpRequest &request);

} // namespace peerdesk::doors
