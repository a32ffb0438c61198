// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/doors/api.h"

#include "core/base/json.h"
#include "core/doors/body.h"
#include "core/doors/eventstream.h"
#include "core/doors/hooks.h"
#include "core/doors/metrics.h"
#include "core/doors/views.h"
#include "core/secrets/password.h"

#include <QCryptographicHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QMessageAuthenticationCode>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace peerdesk::doors {

namespace {

const QString Prefix = u"/api/v1"_s;
constexpr auto Version = "0.1.0";

QByteArray sha256(const QByteArray &bytes)
{
    return QCryptographicHash::hash(bytes, QCryptographicHash::Sha256);
}

QByteArray header(const net::HttpRequest &request, const QByteArray &name)
{
    const auto it = request.headers.find(name);
    return it == request.headers.end() ? QByteArray() : it->second;
}

/// The same request gives the same hash, however its JSON is laid out.
QByteArray requestHash(const net::HttpRequest &request)
{
    const QJsonDocument document = QJsonDocument::fromJson(request.body);
    const QByteArray body =
        document.isObject() ? document.toJson(QJsonDocument::Compact) : request.body;
    return sha256(request.method + '\n' + request.path.toUtf8() + '\n' + body);
}

/// What a repeat of the request's command id must be equal to; empty without a key. What could be
/// guessed from a plain hash is bound to the token, which no file holds.
QByteArray identityOf(const net::HttpRequest &request)
{
    if (request.method == "GET" || header(request, "idempotency-key").isEmpty())
        return {};
    const QByteArray hash = requestHash(request);
    const QJsonObject body = QJsonDocument::fromJson(request.body).object();
    if (!body.contains(u"password"_s) && !body.contains(u"secrets"_s) &&
        !body.contains(u"secret"_s))
        return hash;
    return QMessageAuthenticationCode::hash(hash, bearerToken(request), QCryptographicHash::Sha256);
}

/// Members that the call neither takes nor shows.
QStringList strangers(const Route &route, const QJsonObject &body)
{
    QStringList known = membersOf(route.gives);
    for (const QString &word : route.takes.split(u' ', Qt::SkipEmptyParts))
        known.append(word.section(u':', 0, 0).remove(u'!'));
    QStringList out;
    for (const QString &name : body.keys()) {
        if (!known.contains(name))
            out.append(name.left(64));
    }
    return out;
}

net::HttpResponse jsonResponse(int status, const QJsonObject &document)
{
    net::HttpResponse response;
    response.status = status;
    response.body = QJsonDocument(document).toJson(QJsonDocument::Compact);
    response.headers["Cache-Control"] = "no-store";
    return response;
}

/// A browser says so itself (Fetch Metadata, W3C): without this any web page could use up the
/// sign-in attempts of the people on this PC.
bool isFromAnotherSite(const net::HttpRequest &request)
{
    return header(request, "sec-fetch-site") == "cross-site";
}

} // namespace

bool allows(Scope scope, Role role)
{
    switch (scope) {
    case Scope::Everyone:
    case Scope::Any:
        return true;
    case Scope::Staff:
        return role != Role::Channel;
    case Scope::Supervisor:
        return role == Role::Supervisor || role == Role::Admin;
    case Scope::Admin:
        return role == Role::Admin;
    }
    return false;
}

CommandId commandIdOf(AgentId agent, const QByteArray &key)
{
    return derivedId<CommandId>(agent, key);
}

QByteArray bearerToken(const net::HttpRequest &request)
{
    const QByteArray value = header(request, "authorization");
    return value.left(7).toLower() == "bearer " ? value.mid(7).trimmed() : QByteArray();
}

Api::Api(api::Desk &desk, net::Server &server, Clock &clock, QObject *parent,
         Milliseconds answerTime)
    : QObject(parent)
    , m_desk(desk)
    , m_clock(clock)
    , m_answerTime(answerTime)
    , m_signIn(desk, this)
{
    addConversationRoutes(m_routes);
    addMessageRoutes(m_routes);
    addCustomerRoutes(m_routes);
    addTaskRoutes(m_routes);
    addWorkerRoutes(m_routes);
    addDirectoryRoutes(m_routes);
    addChannelRoutes(m_routes);
    addOfficeRoutes(m_routes);
    addByocRoutes(m_routes);
    addStatisticsRoutes(m_routes);
    addFlowTestRoutes(m_routes);
    addWebhookRoutes(m_routes);
    addOwnRoutes();
    registerOn(server);
    connect(&desk, &api::Desk::changed, this, &Api::forgetCallers);
}

QJsonObject Api::openApi() const
{
    return openApiDocument(m_routes, QString::fromLatin1(Version));
}

void Api::addOwnRoutes()
{
    m_routes.push_back({"POST",
                        u"/sessions"_s,
                        Scope::Everyone,
                        u"Sign in"_s,
                        [this](const ExchangePtr &x) { openSession(x); },
                        u"name!:string password!:string"_s,
                        {},
                        {},
                        201});
    m_routes.push_back({"POST",
                        u"/agents"_s,
                        Scope::Admin,
                        u"New person with a worker; the token is shown once"_s,
                        [this](const ExchangePtr &x) { saveAgent(x, {}); },
                        u"name!:string role:string password:string attributes:object"_s,
                        {},
                        {},
                        201});
    m_routes.push_back({"PATCH",
                        u"/agents/{id}"_s,
                        Scope::Admin,
                        u"Change name, role, password or whether active"_s,
                        [this](const ExchangePtr &x) { changeAgent(x); },
                        u"name:string role:string password:string is_active:boolean"_s,
                        u"Agent"_s,
                        {}});
    m_routes.push_back({"GET",
                        u"/openapi.json"_s,
                        Scope::Everyone,
                        u"This document"_s,
                        [this](const ExchangePtr &x) { x->answer(200, openApi()); },
                        {},
                        {},
                        {}});
    m_routes.push_back({"GET",
                        u"/events"_s,
                        Scope::Any,
                        u"WebSocket of events; ?after= resumes without a gap"_s,
                        {},
                        {},
                        {},
                        u"after access_token"_s,
                        101});
}

void Api::registerOn(net::Server &server)
{
    for (const Route &route : m_routes) {
        if (!route.handler)
            continue; // the event stream
        server.route(
            route.method, Prefix + route.path,
            [this, route](const net::HttpRequest &request, net::Responder respond) {
                serve(route, request, std::move(respond));
            },
            route.takesBytes());
    }
    server.webSocket(Prefix + u"/events"_s,
                     [this](const net::HttpRequest &request, net::WebSocket *socket) {
                         openStream(request, socket);
                     });
    for (const char *method : {"GET", "POST"}) {
        for (const QString &pattern : {u"/hooks/{id}"_s, u"/hooks/{id}/{rest...}"_s})
            server.route(
                method, pattern,
                [this](const net::HttpRequest &request, net::Responder respond) {
                    const auto x =
                        std::make_shared<Exchange>(*this, m_desk, request, std::move(respond));
                    x->limit(m_answerTime);
                    callHook(x);
                },
                true);
    }
    server.route("GET", u"/healthz"_s, [this](const net::HttpRequest &, net::Responder respond) {
        showHealth(std::move(respond));
    });
    server.route("GET", u"/metrics"_s, [this](const net::HttpRequest &, net::Responder respond) {
        showMetrics(std::move(respond));
    });
}

void Api::serve(const Route &route, const net::HttpRequest &request, net::Responder respond)
{
    const auto counted = [this, respond = std::move(respond)](const net::HttpResponse &response) {
        ++m_answers[response.status];
        respond(response);
    };
    const auto command = std::make_shared<CommandId>();
    const auto x =
        std::make_shared<Exchange>(*this, m_desk, request, recording(request, counted, command));
    x->setNow(m_clock.wall());
    x->limit(m_answerTime);
    if (isFromAnotherSite(request))
        return x->fail({Error::Code::Forbidden, u"Pages of other sites may not call this"_s, {}});
    if (route.scope == Scope::Everyone) {
        x->setCommand(randomId<CommandId>());
        const auto error = readBody(route, *x);
        return error ? x->fail(*error) : route.handler(x);
    }
    const auto known = [this, route, x, command, counted](const api::Caller &caller) {
        enterAs(route, x, caller, command, counted);
    };
    authenticate(bearerToken(request), x->then<api::Caller>(known));
}

void Api::enterAs(const Route &route, const ExchangePtr &x, const api::Caller &caller,
                  const std::shared_ptr<CommandId> &command, const net::Responder &counted)
{
    api::Caller asking = caller;
    asking.request = identityOf(x->request());
    x->setCaller(asking);
    const Result<CommandId> id = commandId(*x);
    if (!id)
        return x->fail(id.error());
    if (replay(*x, *id, counted))
        return x->drop();
    *command = *id;
    x->setCommand(*id);
    enter(route, x, asking);
}

void Api::enter(const Route &route, const ExchangePtr &x, const api::Caller &caller)
{
    if (!allows(route.scope, caller.role))
        return x->fail(Error{Error::Code::Forbidden,
                             u"The role \"%1\" may not do that"_s.arg(enumName(caller.role)),
                             {}});
    if (const auto error = readBody(route, *x))
        return x->fail(*error);
    route.handler(x);
}

std::optional<Error> Api::readBody(const Route &route, Exchange &x) const
{
    const QByteArray &body = x.request().body;
    if (route.takes.isEmpty() || route.takesBytes() || body.trimmed().isEmpty())
        return {};
    QJsonParseError trouble;
    const QJsonDocument document = QJsonDocument::fromJson(body, &trouble);
    if (trouble.error != QJsonParseError::NoError)
        return invalid(u"The body is not JSON (byte %1): %2"_s.arg(QString::number(trouble.offset),
                                                                   trouble.errorString()));
    if (!document.isObject())
        return invalid(u"The body must be a JSON object"_s);
    const QStringList unknown = strangers(route, document.object());
    if (!unknown.isEmpty())
        return invalid(u"There is no member \"%1\" here; there are: %2"_s.arg(
            unknown.first(), route.takes.simplified().replace(u'!', QString())));
    x.setBody(document.object());
    return {};
}

void Api::authenticate(const QByteArray &token, Completion<api::Caller> done)
{
    if (token.isEmpty())
        return done.answer(
            Error{Error::Code::Unauthorized, u"Send Authorization: Bearer TOKEN"_s, {}});
    const QByteArray hash = secrets::tokenHash(token);
    const auto cached = m_callers.find(hash);
    if (cached != m_callers.end() && m_clock.boot() < cached->second.until)
        return done.answer(api::Caller(cached->second.caller));
    auto waiting = std::make_shared<Completion<api::Caller>>(std::move(done));
    const auto known = [this, hash, waiting](const Result<api::Caller> &caller) {
        if (caller) {
            if (m_callers.size() >= MaxCachedCallers)
                m_callers.clear();
            m_callers[hash] = {*caller, m_clock.boot() + CallerLifetime};
        }
        waiting->answer(caller);
    };
    m_desk.authenticate(hash, {this, known});
}

void Api::forgetCallers(const api::Changes &changes)
{
    const auto concerns = [](const api::Event &event) {
        return event.name.startsWith(u"agent.") || event.name.startsWith(u"session.");
    };
    if (changes.directory || std::any_of(changes.events.begin(), changes.events.end(), concerns))
        m_callers.clear();
    else
        return;
    Q_EMIT callersForgotten();
}

Result<CommandId> Api::commandId(const Exchange &x) const
{
    const QByteArray key = header(x.request(), "idempotency-key");
    if (key.size() > MaxKeyBytes)
        return invalid(u"The Idempotency-Key is longer than %1 bytes"_s.arg(MaxKeyBytes));
    return key.isEmpty() ? randomId<CommandId>() : commandIdOf(x.caller().agent, key);
}

bool Api::replay(const Exchange &x, CommandId command, const net::Responder &respond) const
{
    const auto found = m_recorded.find(command);
    if (x.request().method == "GET" || found == m_recorded.end())
        return false;
    if (found->second.requestHash != requestHash(x.request())) {
        respond(problemResponse(
            {Error::Code::Conflict, u"This Idempotency-Key belongs to another request"_s, {}}));
        return true;
    }
    net::HttpResponse response = found->second.response;
    response.headers["Idempotent-Replayed"] = "true";
    respond(response);
    return true;
}

net::Responder Api::recording(const net::HttpRequest &request, net::Responder respond,
                              const std::shared_ptr<CommandId> &command)
{
    if (request.method == "GET" || header(request, "idempotency-key").isEmpty())
        return respond;
    return [this, respond = std::move(respond), command,
            hash = requestHash(request)](const net::HttpResponse &response) {
        if (!command->isNull() && response.status < 300 && response.body.size() <= MaxRecordedBytes)
            record(*command, {hash, response});
        respond(response);
    };
}

void Api::record(CommandId command, Recorded recorded)
{
    if (!m_recorded.emplace(command, std::move(recorded)).second)
        return;
    m_recordedOrder.push_back(command);
    if (m_recordedOrder.size() > MaxRecorded) {
        m_recorded.erase(m_recordedOrder.front());
        m_recordedOrder.pop_front();
    }
}

void Api::openSession(const ExchangePtr &x)
{
    QString name;
    QString password;
    Body in(x->body());
    in.require("name").take("name", name).require("password").take("password", password);
    if (in.error())
        return x->fail(*in.error());
    const auto show = [x](const SignIn::Token &token) {
        x->answer(201, {{u"token"_s, QString::fromLatin1(token.token)},
                        {u"session"_s, token.session.toString()},
                        {u"agent"_s, token.agent.id.toString()},
                        {u"name"_s, token.agent.name},
                        {u"role"_s, enumName(token.agent.role)},
                        {u"worker"_s, json::write(token.agent.worker)}});
    };
    m_signIn.signIn(name, password, x->request().peerAddress, x->now(),
                    x->then<SignIn::Token>(show));
}

void Api::saveAgent(const ExchangePtr &x, const Agent &before)
{
    const bool isNew = before.id.isNull();
    api::SaveAgent command{before, {}, {}};
    QString password;
    Body in(x->body());
    in.take("name", command.agent.name).take("role", command.agent.role);
    in.take("password", password).take("is_active", command.agent.isActive);
    if (isNew)
        in.require("name").takeObject("attributes", command.attributes);
    if (in.error())
        return x->fail(*in.error());
    const QByteArray token = isNew ? newToken(*x) : QByteArray();
    if (isNew)
        command.tokenHash = secrets::tokenHash(token);
    if (password.isEmpty())
        return submitAgent(x, command, token);
    const auto hashed = [this, x, command, token](const QByteArray &hash) {
        api::SaveAgent withPassword = command;
        withPassword.agent.passwordHash = hash;
        submitAgent(x, withPassword, token);
    };
    m_signIn.passwords().hash(password, x->then<QByteArray>(hashed));
}

void Api::submitAgent(const ExchangePtr &x, const api::SaveAgent &command, const QByteArray &token)
{
    x->submit(command, [this, x, token](const api::Outcome &outcome) {
        const auto show = [x, token, id = outcome.as<AgentId>()](const std::vector<Agent> &all) {
            const auto saved = std::find_if(all.begin(), all.end(),
                                            [&](const Agent &one) { return one.id == id; });
            if (saved == all.end())
                return x->fail(notFound(u"There is no such agent any more"_s));
            QJsonObject shown = view::agent(*saved);
            shown.insert(u"agent"_s, id.toString());
            if (!token.isEmpty())
                shown.insert(u"token"_s, QString::fromLatin1(token));
            x->answer(token.isEmpty() ? 200 : 201, shown);
        };
        m_desk.agents(x->then<std::vector<Agent>>(show));
    });
}

QByteArray Api::newToken(const Exchange &x) const
{
    if (x.caller().request.isEmpty())
        return secrets::randomToken();
    const QByteArray made =
        QMessageAuthenticationCode::hash("agent token " + x.command().toBytes(),
                                         bearerToken(x.request()), QCryptographicHash::Sha256);
    return made.toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
}

void Api::changeAgent(const ExchangePtr &x)
{
    const auto id = x->pathId<AgentId>();
    if (!id)
        return x->fail(id.error());
    const auto find = [this, x, id = *id](const std::vector<Agent> &all) {
        for (const Agent &agent : all) {
            if (agent.id == id)
                return saveAgent(x, agent);
        }
        x->fail(notFound(u"There is no such agent"_s));
    };
    m_desk.agents(x->then<std::vector<Agent>>(find));
}

/// Browsers cannot set headers on a WebSocket: the token may come as ?access_token= here, and only
/// here.
void Api::openStream(const net::HttpRequest &request, net::WebSocket *socket)
{
    std::optional<EventPosition> after;
    const auto wanted = request.query.find(u"after"_s);
    const bool resumes = wanted != request.query.end() && !wanted->second.isEmpty();
    if (resumes) {
        const Result<EventPosition> position = eventPosition(wanted->second);
        if (!position)
            return socket->close(1008, position.error().detail);
        after = *position;
    }
    if (m_streams >= MaxStreams)
        return socket->close(1013, u"too many subscribers"_s);
    ++m_streams;
    auto *stream = new EventStream(m_desk, socket, after, this);
    connect(stream, &QObject::destroyed, this, [this] { --m_streams; });
    QByteArray token = bearerToken(request);
    const auto given = request.query.find(u"access_token"_s);
    if (token.isEmpty() && given != request.query.end())
        token = given->second.toUtf8();
    const auto check = [this, stream, token] {
        authenticate(token, {stream, [stream](const Result<api::Caller> &caller) {
                                 const bool mayRead = caller && allows(Scope::Staff, caller->role);
                                 mayRead ? stream->admit() : stream->refuse(u"unauthorized"_s);
                             }});
    };
    connect(this, &Api::callersForgotten, stream, check); // the right ends with the session
    check();
}

void Api::showHealth(net::Responder respond)
{
    m_desk.status({this, [respond = std::move(respond)](const Result<api::OfficeStatus> &status) {
                       if (!status)
                           return respond(problemResponse(status.error()));
                       const bool isWell = status->trouble.isEmpty();
                       respond(jsonResponse(isWell ? 200 : 503,
                                            {{u"status"_s, isWell ? u"ok"_s : u"trouble"_s},
                                             {u"detail"_s, status->trouble}}));
                   }});
}

void Api::showMetrics(net::Responder respond)
{
    m_desk.status(
        {this, [this, respond = std::move(respond)](const Result<api::OfficeStatus> &status) {
             if (!status)
                 return respond(problemResponse(status.error()));
             net::HttpResponse response;
             response.contentType = "text/plain; version=0.0.4; charset=utf-8";
             response.body = metricsText(*status, m_answers, m_streams);
             respond(response);
         }});
}

} // namespace peerdesk::doors

#include "moc_api.cpp"
