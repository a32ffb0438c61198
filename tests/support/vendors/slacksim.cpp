// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/vendors/slacksim.h"

#include "tests/support/vendors/vendorspecs.h"

#include <QDateTime>
#include <QJsonDocument>
#include <QUrlQuery>

namespace peerdesk::channels {

using namespace Qt::StringLiterals;

namespace {

QByteArray slackBytes(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

QJsonObject slackJoined(QJsonObject base, const QJsonObject &more)
{
    for (auto it = more.begin(); it != more.end(); ++it)
        base.insert(it.key(), it.value());
    return base;
}

const QJsonObject SlackGood{{u"ok"_s, true}};

QJsonObject slackRefusal(const QString &error)
{
    return {{u"ok"_s, false}, {u"error"_s, error}};
}

QJsonObject slackFields(const net::HttpRequest &request)
{
    const auto type = request.headers.find("content-type");
    if (type != request.headers.end() && type->second.startsWith("application/json"))
        return QJsonDocument::fromJson(request.body).object();
    QJsonObject fields;
    for (const auto &[name, value] : request.query)
        fields.insert(name, value);
    const QUrlQuery form(QString::fromUtf8(request.body));
    for (const auto &[name, value] : form.queryItems(QUrl::FullyDecoded))
        fields.insert(name, value);
    return fields;
}

} // namespace

SlackSim::SlackSim()
    : m_paths(vendorSpec(u"slack/slack_web_openapi_v2.json"_s).value(u"paths"_s).toObject())
{
    const auto handler = [this](const net::HttpRequest &request, const net::Responder &answer) {
        onCall(request, answer);
    };
    m_server.route("GET", u"/api/{method}"_s, handler);
    m_server.route("POST", u"/api/{method}"_s, handler, true);
    m_uploads.route(
        "POST", u"/upload/{file}"_s,
        [this](const net::HttpRequest &request, const net::Responder &answer) {
            if (request.headers.contains("authorization"))
                problems << u"the token went to the upload address"_s;
            uploads[request.parameters.at(u"file"_s)] = request.body;
            answer({200, "text/plain", "OK", {}});
        },
        true);
    m_server.route("GET", u"/files/{name}"_s,
                   [this](const net::HttpRequest &request, const net::Responder &answer) {
                       const auto file = m_files.find(request.parameters.at(u"name"_s));
                       const auto token = request.headers.find("authorization");
                       const bool isAllowed = token != request.headers.end() &&
                                              token->second == QByteArray("Bearer ") + BotToken;
                       const bool isThere = isAllowed && file != m_files.end();
                       answer({isThere ? 200 : 404,
                               "application/octet-stream",
                               isThere ? file->second : QByteArray(),
                               {}});
                   });
    m_server.webSocket(
        u"/link/{ticket}"_s, [this](const net::HttpRequest &, net::WebSocket *socket) {
            m_sockets.push_back(socket);
            connect(socket, &net::WebSocket::closed, this,
                    [this, socket] { std::erase(m_sockets, socket); });
            connect(socket, &net::WebSocket::textReceived, this, &SlackSim::onFrame);
            socket->sendText(slackBytes(
                {{u"type"_s, u"hello"_s}, {u"num_connections"_s, sockets() + otherConnections}}));
            bringAgain();
        });
    const Result<quint16> port = m_server.listen(u"127.0.0.1"_s, 0);
    m_base = u"http://127.0.0.1:%1"_s.arg(port ? *port : 0);
    const Result<quint16> other = m_uploads.listen(u"127.0.0.1"_s, 0);
    m_uploadBase = u"http://127.0.0.1:%1"_s.arg(other ? *other : 0);
}

QString SlackSim::nextTs()
{
    return u"%1.%2"_s.arg(m_start).arg(m_next++, 6, 10, QChar(u'0'));
}

QString SlackSim::write(const QString &channel, const QString &user, const QString &text,
                        const QJsonObject &more)
{
    const QString ts = nextTs();
    const QJsonObject event = slackJoined({{u"type"_s, u"message"_s},
                                           {u"channel"_s, channel},
                                           {u"user"_s, user},
                                           {u"text"_s, text},
                                           {u"ts"_s, ts},
                                           {u"team"_s, u"T1"_s}},
                                          more);
    QJsonObject kept = event;
    kept.remove(u"channel"_s); // histories do not name it
    m_channels[channel].push_back(kept);
    bring(u"events_api"_s, {{u"type"_s, u"event_callback"_s},
                            {u"team_id"_s, u"T1"_s},
                            {u"event_id"_s, u"Ev%1"_s.arg(m_next)},
                            {u"event"_s, event}});
    return ts;
}

void SlackSim::bring(const QString &type, const QJsonObject &payload)
{
    m_all.emplace_back(type, payload);
    if (m_sockets.empty() && !keepsForLater)
        return; // nobody there: it is in the history only
    const QJsonObject envelope{{u"envelope_id"_s, u"env%1"_s.arg(m_next++)},
                               {u"type"_s, type},
                               {u"payload"_s, payload},
                               {u"accepts_response_payload"_s, type == u"interactive"}};
    m_pending.push_back(envelope);
    deliver(envelope);
}

/// Each envelope goes to one of the sockets.
void SlackSim::deliver(const QJsonObject &envelope)
{
    if (!m_sockets.empty())
        m_sockets.front()->sendText(slackBytes(envelope));
}

void SlackSim::bringAgain()
{
    for (const QJsonObject &envelope : m_pending)
        deliver(envelope);
}

void SlackSim::bringAllAgain()
{
    const auto all = m_all;
    for (auto entry = all.rbegin(); entry != all.rend(); ++entry)
        bring(entry->first, entry->second);
}

bool SlackSim::press(const QString &channel, const QString &user, const QString &label)
{
    for (auto message = sent.rbegin(); message != sent.rend(); ++message) {
        for (const QJsonValue block : message->value(u"blocks"_s).toArray()) {
            for (const QJsonValue element : block[u"elements"].toArray()) {
                if (element[u"text"][u"text"].toString() != label)
                    continue;
                QJsonObject action = element.toObject();
                action.insert(u"action_ts"_s, nextTs());
                bring(u"interactive"_s,
                      {{u"type"_s, u"block_actions"_s},
                       {u"trigger_id"_s, u"trigger1"_s},
                       {u"user"_s, QJsonObject{{u"id"_s, user}, {u"name"_s, u"ada"_s}}},
                       {u"channel"_s, QJsonObject{{u"id"_s, channel}}},
                       {u"message"_s, *message},
                       {u"actions"_s, QJsonArray{action}}});
                return true;
            }
        }
    }
    return false;
}

QString SlackSim::addFile(const QString &name, const QByteArray &bytes)
{
    m_files[name] = bytes;
    return m_base + u"/files/"_s + name;
}

void SlackSim::warn()
{
    for (net::WebSocket *socket : m_sockets)
        socket->sendText(slackBytes({{u"type"_s, u"disconnect"_s}, {u"reason"_s, u"warning"_s}}));
}

void SlackSim::dropSockets()
{
    for (net::WebSocket *socket : std::exchange(m_sockets, {}))
        socket->close(1001, {});
}

void SlackSim::disableLink()
{
    for (net::WebSocket *socket : m_sockets)
        socket->sendText(
            slackBytes({{u"type"_s, u"disconnect"_s}, {u"reason"_s, u"link_disabled"_s}}));
}

void SlackSim::onFrame(const QByteArray &utf8)
{
    const QString id = QJsonDocument::fromJson(utf8).object().value(u"envelope_id"_s).toString();
    if (id.isEmpty())
        problems << u"a frame without envelope_id"_s;
    acknowledged << id;
    std::erase_if(m_pending, [&](const QJsonObject &envelope) {
        return envelope.value(u"envelope_id"_s).toString() == id;
    });
}

void SlackSim::check(const QString &method, const QJsonObject &fields)
{
    const QJsonObject path = m_paths.value(u'/' + method).toObject();
    if (path.isEmpty())
        return; // absent, or newer than the description
    ++checked;
    const QJsonObject operation =
        (path.contains(u"post"_s) ? path.value(u"post"_s) : path.value(u"get"_s)).toObject();
    QStringList known{u"metadata"_s, u"include_all_metadata"_s}; // newer than the description
    for (const QJsonValue parameter : operation.value(u"parameters"_s).toArray())
        known << parameter[u"name"].toString();
    for (const QString &name : fields.keys()) {
        if (!known.contains(name))
            problems << u"%1 has no parameter %2"_s.arg(method, name);
    }
}

void SlackSim::onCall(const net::HttpRequest &request, const net::Responder &answer)
{
    const QString method = request.parameters.at(u"method"_s);
    const QJsonObject fields = slackFields(request);
    calls << method;
    const QByteArray expected =
        method == u"apps.connections.open" ? QByteArray(AppToken) : QByteArray(BotToken);
    const auto token = request.headers.find("authorization");
    const auto reply = [&answer](const QJsonObject &body) {
        answer({200, "application/json", slackBytes(body), {}});
    };
    if (isTokenRevoked || token == request.headers.end() || token->second != "Bearer " + expected)
        return reply(slackRefusal(u"invalid_auth"_s));
    check(method, fields);
    auto &faults = m_faults[method];
    const bool isSend = method.startsWith(u"chat."_s) || method.startsWith(u"reactions."_s);
    if (faults.empty() && !(isSend && m_sendFault))
        return reply(answerFor(method, fields));
    const Fault fault = faults.empty() ? *m_sendFault : faults.front();
    if (!faults.empty())
        faults.pop_front();
    if (fault.isAccepted)
        answerFor(method, fields);
    answer({fault.status, "application/json", slackBytes(fault.body), fault.headers});
}

QJsonObject SlackSim::answerFor(const QString &method, const QJsonObject &fields)
{
    if (method == u"auth.test")
        return slackJoined(SlackGood, {{u"user_id"_s, QLatin1StringView(App)},
                                       {u"bot_id"_s, u"B0BOT"_s},
                                       {u"team_id"_s, u"T1"_s},
                                       {u"team"_s, u"Example Office"_s}});
    if (method == u"apps.connections.open")
        return slackJoined(SlackGood, {{u"url"_s, QString(m_base).replace(u"http:"_s, u"ws:"_s) +
                                                      u"/link/t%1"_s.arg(m_next++)}});
    if (method == u"chat.postMessage")
        return post(fields);
    if (method == u"chat.update")
        return update(fields);
    if (method == u"chat.delete")
        return remove(fields);
    if (method.startsWith(u"reactions."_s))
        return react(fields, method == u"reactions.add");
    if (method == u"users.info")
        return slackJoined(
            SlackGood,
            {{u"user"_s,
              QJsonObject{{u"id"_s, fields.value(u"user"_s)},
                          {u"locale"_s, u"pl-PL"_s},
                          {u"profile"_s, QJsonObject{{u"real_name"_s, u"Ada Example"_s},
                                                     {u"email"_s, u"Ada@Example.org"_s}}}}}});
    if (method == u"users.conversations") {
        QJsonArray direct;
        for (const auto &[channel, messages] : m_channels) {
            if (channel.startsWith(u'D'))
                direct.append(QJsonObject{{u"id"_s, channel}});
        }
        return slackJoined(SlackGood, {{u"channels"_s, direct}});
    }
    if (method == u"conversations.history" || method == u"conversations.replies")
        return history(fields, method.endsWith(u"replies"));
    if (method == u"files.delete") {
        const auto isIt = [file = fields.value(u"file"_s).toString()](const auto &one) {
            return one.first == file;
        };
        return std::erase_if(shared, isIt) > 0 ? SlackGood : slackRefusal(u"file_not_found"_s);
    }
    if (method == u"files.getUploadURLExternal") {
        const QString id = u"F%1"_s.arg(m_next++);
        return slackJoined(
            SlackGood, {{u"file_id"_s, id}, {u"upload_url"_s, m_uploadBase + u"/upload/"_s + id}});
    }
    if (method == u"files.completeUploadExternal") {
        for (const QJsonValue file : fields.value(u"files"_s).toArray())
            shared.emplace_back(file[u"id"].toString(), fields);
        return SlackGood;
    }
    if (method == u"views.open")
        views.push_back(fields.value(u"view"_s).toObject());
    return SlackGood;
}

QJsonObject SlackSim::history(const QJsonObject &fields, bool isThread) const
{
    QJsonArray messages;
    const auto channel = m_channels.find(fields.value(u"channel"_s).toString());
    const QString oldest = fields.value(u"oldest"_s).toString();
    const QString root = fields.value(u"ts"_s).toString();
    if (channel == m_channels.end())
        return slackRefusal(u"channel_not_found"_s);
    for (const QJsonObject &message : channel->second) {
        const QString ts = message.value(u"ts"_s).toString();
        const QString thread = message.value(u"thread_ts"_s).toString();
        const bool isIn =
            isThread ? thread == root || ts == root : thread.isEmpty() || thread == ts;
        if (isIn && (ts > oldest || (isThread && ts == root)))
            messages.prepend(message);
    }
    return slackJoined(SlackGood, {{u"messages"_s, messages}});
}

const QJsonObject *SlackSim::find(const QString &channel, const QString &ts) const
{
    const auto found = std::find_if(sent.begin(), sent.end(), [&](const QJsonObject &one) {
        return one.value(u"ts"_s).toString() == ts && one.value(u"channel"_s).toString() == channel;
    });
    return found == sent.end() ? nullptr : &*found;
}

QJsonObject SlackSim::update(const QJsonObject &fields)
{
    const QString channel = fields.value(u"channel"_s).toString();
    for (QJsonObject &one : sent) {
        if (one.value(u"ts"_s) != fields.value(u"ts"_s) ||
            one.value(u"channel"_s).toString() != channel)
            continue;
        if (fields.value(u"text"_s).toString().size() > 40'000)
            return slackRefusal(u"msg_too_long"_s);
        const QJsonObject before = one;
        one.insert(u"text"_s, fields.value(u"text"_s));
        bring(u"events_api"_s, {{u"event"_s, QJsonObject{{u"type"_s, u"message"_s},
                                                         {u"subtype"_s, u"message_changed"_s},
                                                         {u"channel"_s, channel},
                                                         {u"message"_s, one},
                                                         {u"previous_message"_s, before},
                                                         {u"ts"_s, nextTs()}}}});
        return slackJoined(SlackGood, {{u"channel"_s, channel},
                                       {u"ts"_s, one.value(u"ts"_s)},
                                       {u"text"_s, one.value(u"text"_s)}});
    }
    return slackRefusal(u"message_not_found"_s);
}

QJsonObject SlackSim::remove(const QJsonObject &fields)
{
    const QString channel = fields.value(u"channel"_s).toString();
    const QString ts = fields.value(u"ts"_s).toString();
    const QJsonObject *found = find(channel, ts);
    if (!found)
        return slackRefusal(u"message_not_found"_s);
    const QJsonObject before = *found;
    const auto isIt = [&](const QJsonObject &one) { return one.value(u"ts"_s).toString() == ts; };
    std::erase_if(sent, isIt);
    std::erase_if(m_channels[channel], isIt);
    bring(u"events_api"_s, {{u"event"_s, QJsonObject{{u"type"_s, u"message"_s},
                                                     {u"subtype"_s, u"message_deleted"_s},
                                                     {u"channel"_s, channel},
                                                     {u"deleted_ts"_s, ts},
                                                     {u"previous_message"_s, before},
                                                     {u"ts"_s, nextTs()}}}});
    return slackJoined(SlackGood, {{u"channel"_s, channel}, {u"ts"_s, ts}});
}

QJsonObject SlackSim::react(const QJsonObject &fields, bool isAdded)
{
    const QString channel = fields.value(u"channel"_s).toString();
    const QString ts = fields.value(u"timestamp"_s).toString();
    const QString name = fields.value(u"name"_s).toString();
    const auto &messages = m_channels[channel];
    const bool isThere = std::any_of(messages.begin(), messages.end(), [&](const auto &one) {
        return one.value(u"ts"_s).toString() == ts;
    });
    if (!isThere)
        return slackRefusal(u"message_not_found"_s);
    if (name.isEmpty() || name.front().unicode() > 127)
        return slackRefusal(u"invalid_name"_s);
    QStringList &given = reactions[channel + u':' + ts];
    if (isAdded == given.contains(name))
        return slackRefusal(isAdded ? u"already_reacted"_s : u"no_reaction"_s);
    if (isAdded)
        given << name;
    else
        given.removeAll(name);
    bring(u"events_api"_s,
          {{u"event"_s,
            QJsonObject{
                {u"type"_s, isAdded ? u"reaction_added"_s : u"reaction_removed"_s},
                {u"user"_s, QLatin1StringView(App)},
                {u"reaction"_s, name},
                {u"item"_s,
                 QJsonObject{{u"type"_s, u"message"_s}, {u"channel"_s, channel}, {u"ts"_s, ts}}},
                {u"event_ts"_s, nextTs()}}}});
    return SlackGood;
}

QJsonObject SlackSim::post(const QJsonObject &fields)
{
    const QString channel = fields.value(u"channel"_s).toString();
    if (fields.value(u"text"_s).toString().size() > 40'000)
        return slackRefusal(u"msg_too_long"_s);
    if (fields.value(u"blocks"_s).toArray().size() > 50)
        problems << u"too many blocks"_s;
    QJsonObject message = fields;
    message.insert(u"ts"_s, nextTs());
    message.insert(u"user"_s, QLatin1StringView(App));
    message.insert(u"bot_id"_s, u"B0BOT"_s);
    sent.push_back(message);
    m_channels[channel].push_back(message);
    bring(
        u"events_api"_s,
        {{u"event"_s, slackJoined(message, {{u"type"_s, u"message"_s}, {u"channel"_s, channel}})}});
    return slackJoined(SlackGood, {{u"ts"_s, message.value(u"ts"_s)}, {u"channel"_s, channel}});
}

} // namespace peerdesk::channels
