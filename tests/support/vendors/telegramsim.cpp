// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/vendors/telegramsim.h"

#include "tests/support/vendors/multipart.h"
#include "tests/support/vendors/vendorspecs.h"

#include <QJsonDocument>

namespace peerdesk::channels {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 Now = 1'790'000'000;

QJsonObject person(qint64 id)
{
    return {{u"id"_s, id},
            {u"is_bot"_s, false},
            {u"first_name"_s, u"Ada"_s},
            {u"last_name"_s, u"Example"_s},
            {u"username"_s, u"ada%1"_s.arg(id)},
            {u"language_code"_s, u"pl"_s}};
}

QJsonObject privateChat(qint64 id)
{
    return {{u"id"_s, id}, {u"type"_s, u"private"_s}, {u"first_name"_s, u"Ada"_s}};
}

bool isOfType(const QJsonValue &value, const QString &type)
{
    if (type == u"Integer")
        return value.isDouble();
    if (type == u"Float")
        return value.isDouble();
    if (type == u"String")
        return value.isString();
    if (type == u"Boolean")
        return value.isBool();
    return type.startsWith(u"Array of") ? value.isArray() : value.isObject();
}

QJsonObject merged(QJsonObject base, const QJsonObject &more)
{
    for (auto it = more.begin(); it != more.end(); ++it)
        base.insert(it.key(), it.value());
    return base;
}

} // namespace

TelegramSim::TelegramSim()
    : m_methods(vendorSpec(u"telegram/api.min.json"_s).value(u"methods"_s).toObject())
{
    const auto handler = [this](const net::HttpRequest &request, const net::Responder &answer) {
        onCall(request, answer);
    };
    m_server.route("POST", u"/{bot}/{method}"_s, handler, true);
    m_server.route("GET", u"/file/{bot}/{path...}"_s,
                   [this](const net::HttpRequest &request, const net::Responder &answer) {
                       const auto file = m_files.find(request.parameters.at(u"path"_s));
                       const bool isKnown =
                           request.parameters.at(u"bot"_s) == u"bot"_s + QLatin1StringView(Token) &&
                           file != m_files.end();
                       answer({isKnown ? 200 : 404,
                               "application/octet-stream",
                               isKnown ? file->second : QByteArray(),
                               {}});
                   });
    const Result<quint16> port = m_server.listen(u"127.0.0.1"_s, 0);
    m_base = u"http://127.0.0.1:%1"_s.arg(port ? *port : 0);
}

qint64 TelegramSim::write(qint64 from, const QString &text, const QJsonObject &more)
{
    const qint64 id = m_nextMessage++;
    QJsonObject message{{u"message_id"_s, id},
                        {u"from"_s, person(from)},
                        {u"chat"_s, privateChat(from)},
                        {u"date"_s, Now}};
    if (!text.isEmpty())
        message.insert(u"text"_s, text);
    push({{u"message"_s, merged(message, more)}});
    return id;
}

void TelegramSim::push(const QJsonObject &update)
{
    m_updates.push_back(merged(update, {{u"update_id"_s, m_nextUpdate++}}));
    m_all.push_back(m_updates.back());
    deliver();
}

void TelegramSim::pushAllAgain()
{
    for (auto update = m_all.rbegin(); update != m_all.rend(); ++update)
        m_updates.push_back(merged(*update, {{u"update_id"_s, m_nextUpdate++}}));
    deliver();
}

void TelegramSim::pushAgain()
{
    if (m_all.empty())
        return;
    m_updates.push_back(merged(m_all.back(), {{u"update_id"_s, m_nextUpdate++}}));
    deliver();
}

void TelegramSim::addFile(const QString &id, const QByteArray &bytes)
{
    m_files[u"documents/"_s + id] = bytes;
}

bool TelegramSim::press(qint64 from, const QString &title)
{
    for (auto message = sent.rbegin(); message != sent.rend(); ++message) {
        const QJsonArray rows = message->value(u"reply_markup"_s)[u"inline_keyboard"].toArray();
        for (const QJsonValue row : rows) {
            for (const QJsonValue button : row.toArray()) {
                if (button[u"text"].toString() != title)
                    continue;
                push({{u"callback_query"_s,
                       QJsonObject{{u"id"_s, u"cb%1"_s.arg(m_nextUpdate)},
                                   {u"from"_s, person(from)},
                                   {u"chat_instance"_s, u"1"_s},
                                   {u"message"_s, *message},
                                   {u"data"_s, button[u"callback_data"].toString()}}}});
                return true;
            }
        }
    }
    return false;
}

void TelegramSim::otherReader()
{
    if (m_waiting)
        refuse(std::exchange(m_waiting, {}), 409,
               u"Conflict: terminated by other getUpdates request; make sure that only one bot "
               "instance is running"_s);
}

std::vector<TelegramSim::Call> TelegramSim::callsOf(const QString &method) const
{
    std::vector<Call> found;
    for (const Call &call : calls) {
        if (call.method == method)
            found.push_back(call);
    }
    return found;
}

void TelegramSim::reply(const net::Responder &answer, const QJsonValue &result)
{
    const QJsonObject body{{u"ok"_s, true}, {u"result"_s, result}};
    answer({200, "application/json", QJsonDocument(body).toJson(QJsonDocument::Compact), {}});
}

void TelegramSim::refuse(const net::Responder &answer, int status, const QString &description,
                         const QJsonObject &parameters)
{
    QJsonObject body{{u"ok"_s, false}, {u"error_code"_s, status}, {u"description"_s, description}};
    if (!parameters.isEmpty())
        body.insert(u"parameters"_s, parameters);
    answer({status, "application/json", QJsonDocument(body).toJson(QJsonDocument::Compact), {}});
}

void TelegramSim::onCall(const net::HttpRequest &request, const net::Responder &answer)
{
    Call call{request.parameters.at(u"method"_s), {}, {}, {}};
    if (request.parameters.at(u"bot"_s) != u"bot"_s + QLatin1StringView(Token))
        return refuse(answer, 404, u"Not Found"_s);
    if (m_isRevoked)
        return refuse(answer, 401, u"Unauthorized"_s);
    const auto type = request.headers.find("content-type");
    if (type != request.headers.end() && type->second.startsWith("multipart/")) {
        for (const auto &[name, part] : multipart(type->second, request.body)) {
            const QString key = QString::fromLatin1(name);
            bool isNumber = false;
            const double number = part.body.toDouble(&isNumber);
            const QJsonDocument json = QJsonDocument::fromJson(part.body);
            if (!part.fileName.isEmpty())
                call.file = part.body, call.fileField = name;
            else if (json.isObject())
                call.body.insert(key, json.object());
            else if (isNumber && key != u"caption")
                call.body.insert(key, number);
            else
                call.body.insert(key, QString::fromUtf8(part.body));
        }
    } else {
        call.body = QJsonDocument::fromJson(request.body).object();
    }
    check(call);
    calls.push_back(call);
    auto &faults = m_faults[call.method];
    static const QStringList acts{u"editMessageText"_s, u"deleteMessage"_s,
                                  u"deleteBusinessMessages"_s, u"setMessageReaction"_s};
    const bool isSend = (call.method.startsWith(u"send") && call.method != u"sendChatAction") ||
                        acts.contains(call.method);
    if (faults.empty() && !(isSend && m_sendFault))
        return answerFor(call, answer);
    const Fault fault = faults.empty() ? *m_sendFault : faults.front();
    if (!faults.empty())
        faults.pop_front();
    if (fault.isAccepted)
        answerFor(call, [](const net::HttpResponse &) {});
    if (fault.isDropped) // an answer cut short is as good as none
        return answer({200, "application/json", "{\"ok\":tr", {}});
    answer({fault.status,
            "application/json",
            QJsonDocument(fault.body).toJson(QJsonDocument::Compact),
            {}});
}

/// Required parameters are there, unknown ones are not, types fit.
void TelegramSim::check(const Call &call)
{
    if (m_methods.isEmpty())
        return;
    ++checked;
    if (!m_methods.contains(call.method)) {
        problems << u"no such method: "_s + call.method;
        return;
    }
    QStringList known;
    for (const QJsonValue field : m_methods.value(call.method)[u"fields"].toArray()) {
        const QString name = field[u"name"].toString();
        known << name;
        const bool isThere = call.body.contains(name) || call.fileField == name.toLatin1();
        if (field[u"required"].toBool() && !isThere)
            problems << u"%1 lacks %2"_s.arg(call.method, name);
        bool isGood = !call.body.contains(name);
        for (const QJsonValue type : field[u"types"].toArray())
            isGood = isGood || isOfType(call.body.value(name), type.toString());
        if (!isGood)
            problems << u"%1: %2 is of another type"_s.arg(call.method, name);
    }
    for (const QString &name : call.body.keys()) {
        if (!known.contains(name))
            problems << u"%1 has no parameter %2"_s.arg(call.method, name);
    }
}

void TelegramSim::answerFor(const Call &call, const net::Responder &answer)
{
    if (call.method == u"getMe")
        return reply(answer, QJsonObject{{u"id"_s, BotId},
                                         {u"is_bot"_s, true},
                                         {u"first_name"_s, u"Desk"_s},
                                         {u"username"_s, u"desk_bot"_s},
                                         {u"can_connect_to_business"_s, true}});
    if (call.method == u"deleteWebhook") {
        hasWebhook = false;
        return reply(answer, true);
    }
    if (call.method == u"getWebhookInfo")
        return reply(answer,
                     QJsonObject{{u"url"_s, hasWebhook ? u"https://other.example/"_s : QString()}});
    if (call.method == u"getUpdates")
        return onGetUpdates(call.body, answer);
    if (call.method == u"getFile") {
        const QString path = u"documents/"_s + call.body.value(u"file_id"_s).toString();
        if (!m_files.contains(path))
            return refuse(answer, 400,
                          u"Bad Request: wrong file_id or the file is temporarily "
                          "unavailable"_s);
        return reply(answer, QJsonObject{{u"file_id"_s, call.body.value(u"file_id"_s)},
                                         {u"file_path"_s, path}});
    }
    if (call.method == u"answerCallbackQuery")
        answeredCallbacks << call.body.value(u"callback_query_id"_s).toString();
    if (call.method.startsWith(u"send") && call.method != u"sendChatAction")
        return onSend(call, answer);
    if (!onAct(call, answer))
        reply(answer, true);
}

const QJsonObject *TelegramSim::find(qint64 chat, qint64 message) const
{
    for (const QJsonObject &one : sent) {
        if (one.value(u"chat_id"_s).toInteger() == chat &&
            one.value(u"message_id"_s).toInteger() == message)
            return &one;
    }
    return nullptr;
}

/// The bot's or a person's.
bool TelegramSim::isThere(qint64 chat, qint64 message) const
{
    const auto isIt = [&](const QJsonObject &update) {
        const QJsonValue written = update.value(u"message"_s);
        return written[u"message_id"].toInteger() == message &&
               written[u"chat"][u"id"].toInteger() == chat;
    };
    return find(chat, message) || std::any_of(m_all.begin(), m_all.end(), isIt);
}

bool TelegramSim::onAct(const Call &call, const net::Responder &answer)
{
    const qint64 chat = call.body.value(u"chat_id"_s).toInteger();
    const qint64 message = call.body.value(u"message_id"_s).toInteger();
    if (call.method == u"editMessageText") {
        onEdit(call, answer);
        return true;
    }
    if (call.method == u"setMessageReaction") {
        onReaction(call, answer);
        return true;
    }
    if (call.method != u"deleteMessage")
        return false;
    if (!find(chat, message)) {
        refuse(answer, 400, u"Bad Request: message to delete not found"_s);
        return true;
    }
    std::erase_if(sent, [&](const QJsonObject &one) {
        return one.value(u"chat_id"_s).toInteger() == chat &&
               one.value(u"message_id"_s).toInteger() == message;
    });
    reply(answer, true);
    return true;
}

void TelegramSim::onEdit(const Call &call, const net::Responder &answer)
{
    const qint64 message = call.body.value(u"message_id"_s).toInteger();
    const QString text = call.body.value(u"text"_s).toString();
    for (QJsonObject &one : sent) {
        if (one.value(u"message_id"_s).toInteger() != message)
            continue;
        if (one.value(u"text"_s).toString() == text)
            return refuse(answer, 400,
                          u"Bad Request: message is not modified: specified new message content "
                          "and reply markup are exactly the same"_s);
        if (text.size() > 4096)
            return refuse(answer, 400, u"Bad Request: message is too long"_s);
        one.insert(u"text"_s, text);
        one.insert(u"edit_date"_s, Now);
        return reply(answer, one);
    }
    refuse(answer, 400, u"Bad Request: message to edit not found"_s);
}

void TelegramSim::onReaction(const Call &call, const net::Responder &answer)
{
    static const QStringList known{u"👍"_s, u"👎"_s, u"❤"_s, u"🔥"_s, u"🎉"_s, u"🙏"_s};
    const qint64 chat = call.body.value(u"chat_id"_s).toInteger();
    const qint64 message = call.body.value(u"message_id"_s).toInteger();
    if (!isThere(chat, message))
        return refuse(answer, 400, u"Bad Request: message to react not found"_s);
    QStringList given;
    for (const QJsonValue reaction : call.body.value(u"reaction"_s).toArray())
        given << reaction[u"emoji"].toString();
    if (given.size() > 1)
        return refuse(answer, 400, u"Bad Request: REACTIONS_TOO_MANY"_s);
    if (!given.isEmpty() && !known.contains(given.first()))
        return refuse(answer, 400, u"Bad Request: REACTION_INVALID"_s);
    reactions[u"%1:%2"_s.arg(chat).arg(message)] = given;
    reply(answer, true);
}

void TelegramSim::onGetUpdates(const QJsonObject &body, const net::Responder &answer)
{
    if (hasWebhook)
        return refuse(answer, 409,
                      u"Conflict: can't use getUpdates method while webhook is "
                      "active; use deleteWebhook to delete the webhook first"_s);
    otherReader();
    const qint64 offset = body.value(u"offset"_s).toInteger();
    confirmed = std::max(confirmed, offset);
    while (!m_updates.empty() && m_updates.front().value(u"update_id"_s).toInteger() < offset)
        m_updates.pop_front();
    m_waiting = answer;
    m_waitingFor = body;
    if (body.value(u"timeout"_s).toInt() == 0 && m_updates.empty())
        reply(std::exchange(m_waiting, {}), QJsonArray());
    deliver();
}

void TelegramSim::deliver()
{
    if (!m_waiting || m_updates.empty())
        return;
    QJsonArray page;
    for (const QJsonObject &update : m_updates) {
        if (page.size() < m_waitingFor.value(u"limit"_s).toInt(100))
            page.append(update);
    }
    reply(std::exchange(m_waiting, {}), page);
}

void TelegramSim::onSend(const Call &call, const net::Responder &answer)
{
    const qint64 chat = call.body.value(u"chat_id"_s).toInteger();
    const QString text = call.body.value(u"text"_s).toString();
    if (blockedBy.contains(chat))
        return refuse(answer, 403, u"Forbidden: bot was blocked by the user"_s);
    if (const auto moved = migrated.find(chat); moved != migrated.end())
        return refuse(answer, 400, u"Bad Request: group chat was upgraded to a supergroup chat"_s,
                      {{u"migrate_to_chat_id"_s, moved->second}});
    if (text.size() > 4096 || call.body.value(u"caption"_s).toString().size() > 1024)
        return refuse(answer, 400, u"Bad Request: message is too long"_s);
    QJsonObject message = call.body;
    message.insert(u"message_id"_s, m_nextMessage++);
    message.insert(u"date"_s, Now);
    message.insert(u"chat"_s, QJsonObject{{u"id"_s, chat}, {u"type"_s, u"private"_s}});
    sent.push_back(message);
    reply(answer, message);
}

} // namespace peerdesk::channels
