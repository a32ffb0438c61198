// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/vendors/discordsim.h"

#include "tests/support/vendors/multipart.h"
#include "tests/support/vendors/vendorspecs.h"

#include <QJsonDocument>

namespace peerdesk::channels {

using namespace Qt::StringLiterals;

namespace {

QByteArray discordBytes(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

QJsonObject discordMerged(QJsonObject base, const QJsonObject &more)
{
    for (auto it = more.begin(); it != more.end(); ++it)
        base.insert(it.key(), it.value());
    return base;
}

} // namespace

DiscordSim::DiscordSim()
    : m_paths(vendorSpec(u"discord/openapi.json"_s).value(u"paths"_s).toObject())
    , m_allowed(vendorSpec(u"discord/openapi.json"_s)
                    .value(u"components"_s)[u"schemas"][u"MessageCreateRequest"][u"properties"]
                    .toObject())
{
    const auto get = [this](const QString &path, std::function<QJsonObject()> body) {
        m_server.route("GET", path,
                       [this, body](const net::HttpRequest &request, const net::Responder &answer) {
                           if (!refuses(request, answer))
                               answer({200, "application/json", discordBytes(body()), {}});
                       });
    };
    get(u"/users/@me"_s, [] {
        return QJsonObject{{u"id"_s, QLatin1StringView(Bot)}, {u"username"_s, u"desk"_s}};
    });
    get(u"/applications/@me"_s, [] { return QJsonObject{{u"id"_s, u"1"_s}, {u"flags"_s, 0}}; });
    get(u"/gateway/bot"_s, [this] {
        return QJsonObject{{u"url"_s, QString(m_base).replace(u"http:"_s, u"ws:"_s) + u"/ws"_s},
                           {u"session_start_limit"_s,
                            QJsonObject{{u"remaining"_s, startsLeft}, {u"reset_after"_s, 60'000}}}};
    });
    m_server.route("GET", u"/channels/{channel}/messages"_s,
                   [this](const net::HttpRequest &request, const net::Responder &answer) {
                       QJsonArray newestFirst;
                       const QString after = request.query.at(u"after"_s);
                       for (const QJsonObject &message :
                            m_channels[request.parameters.at(u"channel"_s)]) {
                           if (message.value(u"id"_s).toString() > after)
                               newestFirst.prepend(message);
                       }
                       answer({200, "application/json", QJsonDocument(newestFirst).toJson(), {}});
                   });
    m_server.route(
        "POST", u"/channels/{channel}/messages"_s,
        [this](const net::HttpRequest &request, const net::Responder &answer) {
            onPost(request, answer);
        },
        true);
    serveActs();
    m_server.route("POST", u"/channels/{channel}/typing"_s,
                   [this](const net::HttpRequest &, const net::Responder &answer) {
                       ++typings;
                       answer({204, {}, {}, {}});
                   });
    m_server.route("POST", u"/interactions/{id}/{token}/callback"_s,
                   [this](const net::HttpRequest &request, const net::Responder &answer) {
                       callbacks.push_back(
                           discordMerged(QJsonDocument::fromJson(request.body).object(),
                                         {{u"id"_s, request.parameters.at(u"id"_s)}}));
                       answer({204, {}, {}, {}});
                   });
    m_server.route(
        "GET", u"/cdn/{name}"_s,
        [this](const net::HttpRequest &request, const net::Responder &answer) {
            const auto file = m_files.find(request.parameters.at(u"name"_s));
            const bool isThere = file != m_files.end();
            answer({isThere ? 200 : 404, "image/png", isThere ? file->second : QByteArray(), {}});
        });
    m_server.webSocket(u"/ws"_s, [this](const net::HttpRequest &, net::WebSocket *socket) {
        m_socket = socket;
        m_isIntroduced = false;
        connect(socket, &net::WebSocket::textReceived, this,
                [this, socket](const QByteArray &utf8) {
                    onFrame(socket, QJsonDocument::fromJson(utf8).object());
                });
        say(10, QJsonObject{{u"heartbeat_interval"_s, heartbeat}});
    });
    const Result<quint16> port = m_server.listen(u"127.0.0.1"_s, 0);
    m_base = u"http://127.0.0.1:%1"_s.arg(port ? *port : 0);
}

void DiscordSim::serveActs()
{
    const auto act = [this](const net::HttpRequest &request, const net::Responder &answer) {
        onAct(request, answer);
    };
    for (const char *method : {"PATCH", "DELETE"})
        m_server.route(method, u"/channels/{channel}/messages/{message}"_s, act);
    for (const char *method : {"PUT", "DELETE"})
        m_server.route(method, u"/channels/{channel}/messages/{message}/reactions/{emoji}/@me"_s,
                       act);
}

bool DiscordSim::refuses(const net::HttpRequest &request, const net::Responder &answer) const
{
    const auto told = request.headers.find("authorization");
    const bool isGood = !isTokenRevoked && told != request.headers.end() &&
                        told->second == QByteArray("Bot ") + Token;
    if (!isGood)
        answer({401, "application/json", R"({"message":"401: Unauthorized","code":0})", {}});
    return !isGood;
}

QString DiscordSim::nextId()
{
    return QString::number(m_nextId += 4'194'304); // a millisecond later
}

QJsonObject DiscordSim::user(const QString &id) const
{
    return {{u"id"_s, id}, {u"username"_s, u"ada"_s}, {u"global_name"_s, u"Ada Example"_s}};
}

QString DiscordSim::write(const QString &channel, const QString &from, const QString &text,
                          const QJsonObject &more)
{
    const QString id = nextId();
    const QJsonObject message = discordMerged({{u"id"_s, id},
                                               {u"channel_id"_s, channel},
                                               {u"type"_s, 0},
                                               {u"author"_s, user(from)},
                                               {u"content"_s, text},
                                               {u"mentions"_s, QJsonArray()},
                                               {u"attachments"_s, QJsonArray()}},
                                              more);
    m_channels[channel].push_back(message);
    m_written.push_back(message);
    dispatch(u"MESSAGE_CREATE"_s, message);
    return id;
}

void DiscordSim::dispatch(const QString &event, const QJsonObject &data)
{
    const auto session = m_sessions.find(m_current);
    if (session == m_sessions.end())
        return keepsForLater ? m_early.emplace_back(event, data), void() : void(); // else gone
    const QJsonObject frame{{u"op"_s, 0},
                            {u"t"_s, event},
                            {u"s"_s, qint64(session->second.events.size()) + 1},
                            {u"d"_s, data}};
    session->second.events.push_back(frame);
    if (isConnected())
        m_socket->sendText(discordBytes(frame));
}

void DiscordSim::dispatchAllAgain()
{
    for (auto message = m_written.rbegin(); message != m_written.rend(); ++message)
        dispatch(u"MESSAGE_CREATE"_s, *message);
}

QString DiscordSim::addFile(const QString &name, const QByteArray &bytes)
{
    m_files[name] = bytes;
    return m_base + u"/cdn/"_s + name;
}

bool DiscordSim::press(const QString &channel, const QString &from, const QString &label)
{
    for (auto message = sent.rbegin(); message != sent.rend(); ++message) {
        for (const QJsonValue row : message->value(u"components"_s).toArray()) {
            for (const QJsonValue button : row[u"components"].toArray()) {
                if (button[u"label"].toString() != label)
                    continue;
                dispatch(u"INTERACTION_CREATE"_s,
                         {{u"id"_s, nextId()},
                          {u"token"_s, u"tok"_s},
                          {u"type"_s, 3},
                          {u"channel_id"_s, channel},
                          {u"user"_s, user(from)},
                          {u"message"_s, *message},
                          {u"data"_s, QJsonObject{{u"custom_id"_s, button[u"custom_id"]},
                                                  {u"component_type"_s, 2}}}});
                return true;
            }
        }
    }
    return false;
}

void DiscordSim::dropConnection()
{
    closeWith(1001); // what a going server says
}

void DiscordSim::closeWith(quint16 code)
{
    m_isIntroduced = false;
    if (m_socket)
        m_socket->close(code, {});
    m_socket.clear();
}

void DiscordSim::askToReconnect()
{
    say(7, {});
}

void DiscordSim::say(int opcode, const QJsonValue &data)
{
    if (m_socket)
        m_socket->sendText(discordBytes({{u"op"_s, opcode}, {u"d"_s, data}}));
}

void DiscordSim::onFrame(net::WebSocket *socket, const QJsonObject &frame)
{
    if (socket != m_socket)
        return;
    const QJsonObject data = frame.value(u"d"_s).toObject();
    switch (frame.value(u"op"_s).toInt()) {
    case 1:
        ++heartbeats;
        if (!isDeaf)
            say(11, {});
        return;
    case 2:
        return introduce(data);
    case 6:
        return resume(data);
    default:
        problems << u"unknown opcode %1"_s.arg(frame.value(u"op"_s).toInt());
        return closeWith(4001);
    }
}

void DiscordSim::introduce(const QJsonObject &data)
{
    ++identifies;
    intents = data.value(u"intents"_s).toInt();
    if (isTokenRevoked || data.value(u"token"_s).toString() != QLatin1StringView(Token))
        return closeWith(4004);
    if (!data.contains(u"properties"_s))
        problems << u"identify lacks properties"_s;
    m_current = u"session%1"_s.arg(m_nextSession++);
    m_sessions[m_current] = {m_current, {}};
    m_isIntroduced = true;
    dispatch(u"READY"_s,
             {{u"v"_s, 10},
              {u"session_id"_s, m_current},
              {u"resume_gateway_url"_s, QString(m_base).replace(u"http:"_s, u"ws:"_s) + u"/ws"_s},
              {u"user"_s, QJsonObject{{u"id"_s, QLatin1StringView(Bot)}}}});
    for (const auto &[event, early] : std::exchange(m_early, {}))
        dispatch(event, early);
}

void DiscordSim::resume(const QJsonObject &data)
{
    ++resumes;
    const auto session = m_sessions.find(data.value(u"session_id"_s).toString());
    const qint64 after = data.value(u"seq"_s).toInteger();
    if (session == m_sessions.end())
        return say(9, false);
    if (after > qint64(session->second.events.size()))
        return closeWith(4007);
    m_current = session->first;
    m_isIntroduced = true;
    for (size_t i = size_t(after); i < session->second.events.size(); ++i)
        m_socket->sendText(discordBytes(session->second.events[i]));
    dispatch(u"RESUMED"_s, {});
}

void DiscordSim::check(const QJsonObject &payload)
{
    if (m_allowed.isEmpty())
        return;
    ++checked;
    for (const QString &name : payload.keys()) {
        const QJsonObject rule = m_allowed.value(name).toObject();
        if (rule.isEmpty())
            problems << u"a message has no member "_s + name;
        if (payload.value(name).isArray() && rule.contains(u"maxItems"_s) &&
            payload.value(name).toArray().size() > rule.value(u"maxItems"_s).toInt())
            problems << u"too many "_s + name;
    }
    if (payload.value(u"content"_s).toString().size() > 2'000)
        problems << u"content is too long"_s;
    if (payload.value(u"nonce"_s).toString().size() > 25)
        problems << u"nonce is too long"_s;
}

void DiscordSim::onPost(const net::HttpRequest &request, const net::Responder &answer)
{
    ++posts;
    if (refuses(request, answer))
        return;
    QJsonObject payload = QJsonDocument::fromJson(request.body).object();
    const QByteArray type = request.headers.at("content-type");
    if (type.startsWith("multipart/")) {
        for (const auto &[name, part] : multipart(type, request.body)) {
            if (name == "payload_json")
                payload = QJsonDocument::fromJson(part.body).object();
            else
                files.push_back(part.body);
        }
    }
    check(payload);
    const bool isFaulty = !m_faults.empty() || m_sendFault;
    const Fault fault = !m_faults.empty() ? m_faults.front() : m_sendFault.value_or(Fault{});
    if (!m_faults.empty())
        m_faults.pop_front();
    const QString channel = request.parameters.at(u"channel"_s);
    const QJsonObject message =
        !isFaulty || fault.isAccepted ? take(channel, payload) : QJsonObject();
    if (isFaulty)
        return answer({fault.status, "application/json", discordBytes(fault.body), fault.headers});
    answer({200, "application/json", discordBytes(message), {}});
}

const QJsonObject *DiscordSim::find(const QString &message) const
{
    const auto found = std::find_if(sent.begin(), sent.end(), [&](const QJsonObject &one) {
        return one.value(u"id"_s).toString() == message;
    });
    return found == sent.end() ? nullptr : &*found;
}

bool DiscordSim::isThere(const QString &channel, const QString &message) const
{
    const auto known = m_channels.find(channel);
    return known != m_channels.end() &&
           std::any_of(known->second.begin(), known->second.end(), [&](const QJsonObject &one) {
               return one.value(u"id"_s).toString() == message;
           });
}

/// What is done to messages that are there; wrong requests do nothing.
void DiscordSim::onAct(const net::HttpRequest &request, const net::Responder &answer)
{
    if (refuses(request, answer))
        return;
    const bool isReaction = request.parameters.contains(u"emoji"_s);
    const QString path =
        isReaction ? u"/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/@me"_s
                   : u"/channels/{channel_id}/messages/{message_id}"_s;
    if (!m_paths.isEmpty()) {
        ++checked;
        if (!m_paths.value(path)[QString::fromLatin1(request.method).toLower()].isObject())
            problems << u"there is no %1 of %2"_s.arg(QString::fromLatin1(request.method), path);
    }
    const auto act = [&] {
        if (!isThere(request.parameters.at(u"channel"_s), request.parameters.at(u"message"_s)))
            return net::HttpResponse{
                404, "application/json", R"({"message":"Unknown Message","code":10008})", {}};
        if (isReaction)
            return react(request);
        return request.method == "PATCH" ? edit(request) : remove(request);
    };
    const bool isFaulty = !m_faults.empty() || m_sendFault;
    if (!isFaulty)
        return answer(act());
    const Fault fault = !m_faults.empty() ? m_faults.front() : *m_sendFault;
    if (!m_faults.empty())
        m_faults.pop_front();
    if (fault.isAccepted)
        act();
    answer({fault.status, "application/json", discordBytes(fault.body), fault.headers});
}

net::HttpResponse DiscordSim::edit(const net::HttpRequest &request)
{
    const QJsonObject payload = QJsonDocument::fromJson(request.body).object();
    check(payload);
    for (QJsonObject &one : sent) {
        if (one.value(u"id"_s).toString() != request.parameters.at(u"message"_s))
            continue;
        one.insert(u"content"_s, payload.value(u"content"_s));
        dispatch(u"MESSAGE_UPDATE"_s, one);
        return {200, "application/json", discordBytes(one), {}};
    }
    return {403,
            "application/json",
            R"({"message":"Cannot edit a message authored by another user","code":50005})",
            {}};
}

net::HttpResponse DiscordSim::remove(const net::HttpRequest &request)
{
    const QString message = request.parameters.at(u"message"_s);
    const QString channel = request.parameters.at(u"channel"_s);
    const auto isIt = [&](const QJsonObject &one) {
        return one.value(u"id"_s).toString() == message;
    };
    if (!find(message))
        return {403, "application/json", R"({"message":"Missing Permissions","code":50013})", {}};
    std::erase_if(sent, isIt);
    std::erase_if(m_channels[channel], isIt);
    dispatch(u"MESSAGE_DELETE"_s, {{u"id"_s, message}, {u"channel_id"_s, channel}});
    return {204, {}, {}, {}};
}

net::HttpResponse DiscordSim::react(const net::HttpRequest &request)
{
    const QString message = request.parameters.at(u"message"_s);
    const QString emoji = request.parameters.at(u"emoji"_s);
    QStringList &given = reactions[message];
    const bool isAdded = request.method == "PUT";
    if (emoji.isEmpty() || emoji.front().unicode() < 128)
        return {400, "application/json", R"({"message":"Unknown Emoji","code":10014})", {}};
    if (isAdded && !given.contains(emoji))
        given << emoji;
    else if (!isAdded)
        given.removeAll(emoji);
    dispatch(isAdded ? u"MESSAGE_REACTION_ADD"_s : u"MESSAGE_REACTION_REMOVE"_s,
             {{u"message_id"_s, message},
              {u"channel_id"_s, request.parameters.at(u"channel"_s)},
              {u"user_id"_s, QLatin1StringView(Bot)},
              {u"emoji"_s, QJsonObject{{u"name"_s, emoji}}}});
    return {204, {}, {}, {}};
}

/// The same nonce is the same message.
QJsonObject DiscordSim::take(const QString &channel, const QJsonObject &payload)
{
    const QString nonce = payload.value(u"nonce"_s).toString();
    const bool isKnown = m_nonces.contains(nonce);
    if (isKnown && payload.value(u"enforce_nonce"_s).toBool() && !nonce.isEmpty())
        return m_nonces[nonce];
    QJsonObject message = payload;
    message.insert(u"id"_s, nextId());
    message.insert(u"channel_id"_s, channel);
    message.insert(u"type"_s, 0);
    message.insert(u"author"_s, QJsonObject{{u"id"_s, QLatin1StringView(Bot)}, {u"bot"_s, true}});
    sent.push_back(message);
    m_nonces[nonce] = message;
    m_channels[channel].push_back(message);
    dispatch(u"MESSAGE_CREATE"_s, message);
    return message;
}

} // namespace peerdesk::channels
