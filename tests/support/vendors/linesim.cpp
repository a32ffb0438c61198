// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/vendors/linesim.h"

#include "tests/support/vendors/trace.h"

#include <QDateTime>
#include <QJsonDocument>
#include <QMessageAuthenticationCode>
#include <QUuid>

namespace peerdesk::channels {

using namespace Qt::StringLiterals;

namespace {

QString lineText(const char *latin)
{
    return QString::fromLatin1(latin);
}

QJsonObject bodyOf(const net::HttpRequest &request)
{
    return QJsonDocument::fromJson(request.body).object();
}

} // namespace

LineSim::LineSim()
{
    add("POST", u"/v2/bot/message/reply"_s, &LineSim::onReply);
    add("POST", u"/v2/bot/message/push"_s, &LineSim::onPush);
    add("GET", u"/v2/bot/profile/{user}"_s, &LineSim::onProfile);
    add("GET", u"/v2/bot/info"_s, &LineSim::onInfo);
    add("GET", u"/v2/bot/message/quota"_s, &LineSim::onQuota);
    add("GET", u"/v2/bot/message/quota/consumption"_s, &LineSim::onConsumption);
    add("GET", u"/v2/bot/message/{id}/content"_s, &LineSim::onContent);
    add("GET", u"/v2/bot/message/{id}/content/transcoding"_s, &LineSim::onTranscoding);
    add("POST", u"/v2/bot/chat/loading/start"_s, &LineSim::onLoading);
    add("POST", u"/v2/bot/chat/markAsRead"_s, &LineSim::onMarkAsRead);
    const Result<quint16> port = m_server.listen(u"127.0.0.1"_s, 0);
    m_base = u"http://127.0.0.1:%1"_s.arg(port ? *port : 0);
}

QString LineSim::dataBase() const
{
    return QString(m_base).replace(u"127.0.0.1"_s, u"localhost"_s);
}

void LineSim::add(const QByteArray &method, const QString &pattern, Handler handler)
{
    m_server.route(method, pattern,
                   [this, handler](const net::HttpRequest &request, const net::Responder &answer) {
                       const auto given = request.headers.find("authorization");
                       const bool isKnown = given != request.headers.end() &&
                                            given->second == QByteArray("Bearer ") + Token;
                       if (isRevoked || !isKnown)
                           return say(answer, 401, {{u"message"_s, u"Authentication failed"_s}});
                       if (request.method == "POST")
                           traceRequest(u"line"_s, request.path, request.body);
                       (this->*handler)(request, answer);
                   });
}

void LineSim::say(const net::Responder &answer, int status, const QJsonObject &body)
{
    answer({status, "application/json", QJsonDocument(body).toJson(QJsonDocument::Compact), {}});
}

HookCall LineSim::signedCall(const QByteArray &body) const
{
    const QByteArray mac =
        QMessageAuthenticationCode::hash(body, ChannelSecret, QCryptographicHash::Sha256);
    return {"POST", {}, {}, {{"x-line-signature", mac.toBase64()}}, body};
}

void LineSim::callWith(const QJsonArray &events)
{
    const QJsonObject whole{{u"destination"_s, lineText(Bot)}, {u"events"_s, events}};
    calls.push_back(signedCall(QJsonDocument(whole).toJson(QJsonDocument::Compact)));
}

QString LineSim::happen(const QString &user, const QJsonObject &more)
{
    const QString id = u"01H%1"_s.arg(m_next++, 23, 10, QChar(u'0'));
    const QString token = u"reply-"_s + id;
    m_tokens[token] = user;
    QJsonObject event{{u"webhookEventId"_s, id},
                      {u"mode"_s, u"active"_s},
                      {u"timestamp"_s, QDateTime::currentMSecsSinceEpoch()},
                      {u"source"_s, QJsonObject{{u"type"_s, u"user"_s}, {u"userId"_s, user}}},
                      {u"deliveryContext"_s, QJsonObject{{u"isRedelivery"_s, false}}},
                      {u"replyToken"_s, token}};
    for (auto it = more.begin(); it != more.end(); ++it)
        event.insert(it.key(), it.value());
    callWith({event});
    return id;
}

QString LineSim::write(const QString &user, const QString &said)
{
    return writeMore(user, {{u"type"_s, u"text"_s}, {u"text"_s, said}});
}

QString LineSim::writeMore(const QString &user, QJsonObject message)
{
    const QString id = QString::number(468789577898262000 + m_next++);
    if (!message.contains(u"id"_s))
        message.insert(u"id"_s, id);
    message.insert(u"quoteToken"_s, u"quote-"_s + id);
    message.insert(u"markAsReadToken"_s, u"read-"_s + id);
    happen(user, {{u"type"_s, u"message"_s}, {u"message"_s, message}});
    return message.value(u"id"_s).toString();
}

void LineSim::addFile(const QString &messageId, const QByteArray &bytes, int looksUntilReady)
{
    m_files[messageId] = {bytes, looksUntilReady};
}

void LineSim::onInfo(const net::HttpRequest &, const net::Responder &answer)
{
    say(answer, 200,
        {{u"userId"_s, lineText(Bot)},
         {u"basicId"_s, u"@216example"_s},
         {u"displayName"_s, u"Example office"_s},
         {u"chatMode"_s, u"chat"_s},
         {u"markAsReadMode"_s, u"manual"_s}});
}

void LineSim::onQuota(const net::HttpRequest &, const net::Responder &answer)
{
    say(answer, 200, {{u"type"_s, u"limited"_s}, {u"value"_s, 200}});
}

void LineSim::onConsumption(const net::HttpRequest &, const net::Responder &answer)
{
    say(answer, 200, {{u"totalUsage"_s, 37}});
}

void LineSim::onProfile(const net::HttpRequest &request, const net::Responder &answer)
{
    ++profileCalls;
    if (brokenProfiles > 0) {
        --brokenProfiles;
        return say(answer, 404, {{u"message"_s, u"Not found"_s}});
    }
    say(answer, 200,
        {{u"displayName"_s, u"LINE taro"_s},
         {u"userId"_s, request.parameters.at(u"user"_s)},
         {u"language"_s, u"ja"_s}});
}

void LineSim::onTranscoding(const net::HttpRequest &request, const net::Responder &answer)
{
    auto &[bytes, looks] = m_files[request.parameters.at(u"id"_s)];
    const QString status = bytes.isEmpty() ? u"failed"_s
                           : looks-- > 0   ? u"processing"_s
                                           : u"succeeded"_s;
    say(answer, 200, {{u"status"_s, status}});
}

void LineSim::onContent(const net::HttpRequest &request, const net::Responder &answer)
{
    const auto file = m_files.find(request.parameters.at(u"id"_s));
    if (file == m_files.end() || file->second.first.isEmpty())
        return say(answer, 404, {{u"message"_s, u"Not found"_s}});
    if (file->second.second > 0) {
        problems << u"content was asked for before it was ready"_s;
        return say(answer, 202, {});
    }
    answer({200, "application/octet-stream", file->second.first, {}});
}

void LineSim::onLoading(const net::HttpRequest &request, const net::Responder &answer)
{
    const QJsonObject body = bodyOf(request);
    const int seconds = body.value(u"loadingSeconds"_s).toInt();
    if (seconds < 5 || seconds > 60 || seconds % 5 != 0)
        problems << u"loadingSeconds %1"_s.arg(seconds);
    loading << body.value(u"chatId"_s).toString();
    say(answer, 202, {});
}

void LineSim::onMarkAsRead(const net::HttpRequest &request, const net::Responder &answer)
{
    readTokens << bodyOf(request).value(u"markAsReadToken"_s).toString();
    say(answer, 200, {});
}

std::optional<LineSim::Fault> LineSim::nextFault()
{
    if (m_faults.empty())
        return mood;
    const Fault fault = m_faults.front();
    m_faults.pop_front();
    return fault;
}

void LineSim::misbehave(Fault fault, const net::Responder &answer)
{
    switch (fault) {
    case Fault::TooMany:
        return answer({429,
                       "application/json",
                       R"({"message":"The API rate limit has been exceeded."})",
                       {{"Retry-After", "7"}}});
    case Fault::OverQuota:
        return say(answer, 429, {{u"message"_s, u"You have reached your monthly limit."_s}});
    case Fault::Refused:
        return say(answer, 400, {{u"message"_s, u"Failed to send messages"_s}});
    case Fault::BreaksAfter:
        return answer({500, "text/plain", "cut", {}});
    case Fault::BreaksBefore:
        return answer({500, "text/plain", {}, {}});
    }
}

QJsonObject LineSim::take(const QString &to, const QJsonArray &messages, bool isPush)
{
    QJsonArray answers;
    for (const QJsonValue message : messages) {
        const QString id = QString::number(461230966842064000 + m_next++);
        sent.push_back({to, message.toObject(), isPush, id});
        answers.append(QJsonObject{{u"id"_s, id}});
    }
    return {{u"sentMessages"_s, answers}};
}

void LineSim::onReply(const net::HttpRequest &request, const net::Responder &answer)
{
    const QJsonObject body = bodyOf(request);
    const QString token = body.value(u"replyToken"_s).toString();
    const QJsonArray messages = body.value(u"messages"_s).toArray();
    check(messages);
    const std::optional<Fault> fault = nextFault();
    if (fault && *fault != Fault::BreaksAfter)
        return misbehave(*fault, answer);
    const auto user = m_tokens.find(token);
    if (user == m_tokens.end() || deadTokens.contains(token))
        return say(answer, 400, {{u"message"_s, u"Invalid reply token"_s}});
    deadTokens.insert(token);
    const QJsonObject taken = take(user->second, messages, false);
    if (fault)
        return misbehave(*fault, answer);
    say(answer, 200, taken);
}

void LineSim::onPush(const net::HttpRequest &request, const net::Responder &answer)
{
    ++pushCalls;
    const QJsonObject body = bodyOf(request);
    const QJsonArray messages = body.value(u"messages"_s).toArray();
    check(messages);
    const auto key = request.headers.find("x-line-retry-key");
    if (key == request.headers.end() ||
        QUuid::fromString(QString::fromLatin1(key->second)).isNull())
        problems << u"a push without a retry key"_s;
    const QByteArray retryKey = key == request.headers.end() ? QByteArray() : key->second;
    retryKeys.push_back(retryKey);
    const std::optional<Fault> fault = nextFault();
    if (fault && *fault != Fault::BreaksAfter)
        return misbehave(*fault, answer);
    if (const auto known = m_accepted.find(retryKey); known != m_accepted.end()) {
        QJsonObject again = known->second;
        again.insert(u"message"_s, u"The retry key is already accepted"_s);
        return say(answer, 409, again);
    }
    const QJsonObject taken = take(body.value(u"to"_s).toString(), messages, true);
    m_accepted[retryKey] = taken;
    if (fault)
        return misbehave(*fault, answer);
    say(answer, 200, taken);
}

void LineSim::checkAction(const QJsonObject &action)
{
    const QString type = action.value(u"type"_s).toString();
    const QString label = action.value(u"label"_s).toString();
    if (label.isEmpty() || label.size() > 20)
        problems << u"a label of %1 characters"_s.arg(label.size());
    if (type == u"postback"_s || type == u"datetimepicker"_s) {
        const qsizetype data = action.value(u"data"_s).toString().size();
        if (data < 1 || data > 300)
            problems << u"data of %1 characters"_s.arg(data);
    } else if (type != u"uri"_s) {
        problems << u"an action of type "_s + type;
    }
}

void LineSim::checkTemplate(const QJsonObject &content)
{
    const bool isButtons = content.value(u"type"_s) == u"buttons"_s;
    QJsonArray columns = content.value(u"columns"_s).toArray();
    if (isButtons)
        columns = {content};
    if (columns.isEmpty() || columns.size() > 10)
        problems << u"%1 columns"_s.arg(columns.size());
    for (const QJsonValue column : columns) {
        const bool isShort = !isButtons || !column[u"title"].toString().isEmpty() ||
                             !column[u"thumbnailImageUrl"].toString().isEmpty();
        const qsizetype length = column[u"text"].toString().size();
        if (length < 1 || length > (isShort ? 60 : 160))
            problems << u"a column's text of %1 characters"_s.arg(length);
        if (column[u"title"].toString().size() > 40)
            problems << u"a column's title is too long"_s;
        const QJsonArray actions = column[u"actions"].toArray();
        if (actions.isEmpty() || actions.size() > (isButtons ? 4 : 3) ||
            actions.size() != columns[0][u"actions"].toArray().size())
            problems << u"%1 actions"_s.arg(actions.size());
        for (const QJsonValue action : actions)
            checkAction(action.toObject());
    }
}

void LineSim::check(const QJsonArray &messages)
{
    if (messages.isEmpty() || messages.size() > 5)
        problems << u"%1 messages in one request"_s.arg(messages.size());
    for (const QJsonValue message : messages) {
        const QString type = message[u"type"].toString();
        const qsizetype length = message[u"text"].toString().size();
        if (type == u"text"_s && (length < 1 || length > 5000))
            problems << u"a text of %1 characters"_s.arg(length);
        const QJsonArray items = message[u"quickReply"][u"items"].toArray();
        if (items.size() > 13)
            problems << u"%1 quick replies"_s.arg(items.size());
        for (const QJsonValue item : items)
            checkAction(item[u"action"].toObject());
        if (type == u"template"_s) {
            if (message[u"altText"].toString().isEmpty())
                problems << u"a template without altText"_s;
            checkTemplate(message[u"template"].toObject());
        }
    }
}

} // namespace peerdesk::channels
