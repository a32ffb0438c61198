// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/vendors/whatsappsim.h"

#include "tests/support/vendors/multipart.h"
#include "tests/support/vendors/trace.h"

#include <QDateTime>
#include <QJsonDocument>
#include <QMessageAuthenticationCode>

namespace peerdesk::channels {

using namespace Qt::StringLiterals;

namespace {

QString latinText(const char *latin)
{
    return QString::fromLatin1(latin);
}

QString seconds()
{
    return QString::number(QDateTime::currentSecsSinceEpoch());
}

QJsonObject metadata()
{
    return {{u"display_phone_number"_s, u"48732145678"_s},
            {u"phone_number_id"_s, latinText(WhatsAppSim::NumberId)}};
}

bool isUserId(const QString &who)
{
    return who.contains(u'.');
}

} // namespace

WhatsAppSim::WhatsAppSim()
{
    m_server.route(
        "POST", u"/v23.0/{id}/messages"_s,
        [this](const net::HttpRequest &r, const net::Responder &a) { onMessages(r, a); });
    m_server.route(
        "POST", u"/v23.0/{id}/media"_s,
        [this](const net::HttpRequest &r, const net::Responder &a) { onMedia(r, a); }, true);
    m_server.route(
        "GET", u"/v23.0/{id}/subscribed_apps"_s,
        [this](const net::HttpRequest &r, const net::Responder &a) {
            if (isAllowed(r, a))
                say(a, 200,
                    {{u"data"_s, isUnsubscribed ? QJsonArray() : QJsonArray{QJsonObject()}}});
        });
    m_server.route(
        "GET", u"/v23.0/{id}/message_templates"_s,
        [this](const net::HttpRequest &r, const net::Responder &a) { onTemplates(r, a); });
    m_server.route("GET", u"/v23.0/{id}"_s,
                   [this](const net::HttpRequest &r, const net::Responder &a) { onGet(r, a); });
    m_server.route("GET", u"/files/{id}"_s,
                   [this](const net::HttpRequest &r, const net::Responder &a) {
                       ++fetches;
                       if (!isAllowed(r, a))
                           return;
                       const auto file = m_files.find(r.parameters.at(u"id"_s));
                       if (areFilesGone || file == m_files.end())
                           return a({404, "text/plain", "gone", {}});
                       a({200, file->second.first.toLatin1(), file->second.second, {}});
                   });
    m_server.route("GET", u"/foreign/{id}"_s,
                   [this](const net::HttpRequest &r, const net::Responder &a) {
                       wasTokenLed = wasTokenLed || r.headers.contains("authorization");
                       a({200, "image/png", "foreign", {}});
                   });
    const Result<quint16> port = m_server.listen(u"127.0.0.1"_s, 0);
    m_host = u"127.0.0.1:%1"_s.arg(port ? *port : 0);
    m_base = u"http://"_s + m_host + u"/v23.0"_s;
}

void WhatsAppSim::say(const net::Responder &answer, int status, const QJsonObject &body)
{
    answer({status, "application/json", QJsonDocument(body).toJson(QJsonDocument::Compact), {}});
}

void WhatsAppSim::refuse(const net::Responder &answer, int status, int code, const QString &said)
{
    say(answer, status,
        {{u"error"_s,
          QJsonObject{{u"message"_s, said}, {u"type"_s, u"OAuthException"_s}, {u"code"_s, code}}}});
}

bool WhatsAppSim::isAllowed(const net::HttpRequest &request, const net::Responder &answer) const
{
    const auto given = request.headers.find("authorization");
    const bool isKnown =
        given != request.headers.end() && given->second == QByteArray("Bearer ") + Token;
    if (isExpired || !isKnown)
        refuse(answer, 401, 190, u"Error validating access token: Session has expired"_s);
    return isKnown && !isExpired;
}

HookCall WhatsAppSim::signedCall(const QByteArray &body) const
{
    const QByteArray mac =
        QMessageAuthenticationCode::hash(body, AppSecret, QCryptographicHash::Sha256).toHex();
    return {"POST", {}, {}, {{"x-hub-signature-256", "sha256=" + mac}}, body};
}

void WhatsAppSim::callWith(const QJsonArray &changes)
{
    const QJsonObject entry{{u"id"_s, latinText(Business)}, {u"changes"_s, changes}};
    const QJsonObject whole{{u"object"_s, u"whatsapp_business_account"_s},
                            {u"entry"_s, QJsonArray{entry}}};
    calls.push_back(signedCall(QJsonDocument(whole).toJson(QJsonDocument::Compact)));
}

QJsonObject WhatsAppSim::messagesChange(const QJsonArray &messages, const QJsonArray &contacts)
{
    return {{u"field"_s, u"messages"_s},
            {u"value"_s, QJsonObject{{u"messaging_product"_s, u"whatsapp"_s},
                                     {u"metadata"_s, metadata()},
                                     {u"contacts"_s, contacts},
                                     {u"messages"_s, messages}}}};
}

QString WhatsAppSim::write(const QString &from, const QString &said)
{
    return writeMore(from, {{u"type"_s, u"text"_s}, {u"text"_s, QJsonObject{{u"body"_s, said}}}});
}

QString WhatsAppSim::writeMore(const QString &from, const QJsonObject &more)
{
    const QString id = u"wamid.IN%1"_s.arg(m_next++);
    QJsonObject message{{u"id"_s, id}, {u"timestamp"_s, seconds()}};
    QJsonObject contact{{u"profile"_s, QJsonObject{{u"name"_s, u"Ada Example"_s}}}};
    if (isUserId(from)) {
        message.insert(u"from_user_id"_s, from);
        contact.insert(u"user_id"_s, from);
    } else {
        message.insert(u"from"_s, from);
        contact.insert(u"wa_id"_s, from);
    }
    for (auto it = more.begin(); it != more.end(); ++it)
        message.insert(it.key(), it.value());
    callWith({messagesChange({message}, {contact})});
    return id;
}

void WhatsAppSim::tellStatus(const QString &id, const QString &status, const QJsonObject &more)
{
    QJsonObject entry{{u"id"_s, id},
                      {u"status"_s, status},
                      {u"timestamp"_s, seconds()},
                      {u"recipient_id"_s, u"48601234567"_s}};
    for (auto it = more.begin(); it != more.end(); ++it)
        entry.insert(it.key(), it.value());
    callWith({QJsonObject{{u"field"_s, u"messages"_s},
                          {u"value"_s, QJsonObject{{u"messaging_product"_s, u"whatsapp"_s},
                                                   {u"metadata"_s, metadata()},
                                                   {u"statuses"_s, QJsonArray{entry}}}}}});
}

void WhatsAppSim::echo(const QString &to, const QString &said)
{
    const QJsonObject message{{u"id"_s, u"wamid.ECHO%1"_s.arg(m_next++)},
                              {u"from"_s, u"48732145678"_s},
                              {u"to"_s, to},
                              {u"timestamp"_s, seconds()},
                              {u"type"_s, u"text"_s},
                              {u"text"_s, QJsonObject{{u"body"_s, said}}}};
    callWith({QJsonObject{{u"field"_s, u"smb_message_echoes"_s},
                          {u"value"_s, QJsonObject{{u"messaging_product"_s, u"whatsapp"_s},
                                                   {u"metadata"_s, metadata()},
                                                   {u"message_echoes"_s, QJsonArray{message}}}}}});
}

void WhatsAppSim::addFile(const QString &id, const QByteArray &bytes, const QString &type)
{
    m_files[id] = {type, bytes};
}

void WhatsAppSim::onGet(const net::HttpRequest &request, const net::Responder &answer)
{
    if (!isAllowed(request, answer))
        return;
    const QString id = request.parameters.at(u"id"_s);
    if (id == latinText(NumberId))
        return say(answer, 200,
                   {{u"display_phone_number"_s, u"+48 732 145 678"_s},
                    {u"verified_name"_s, u"Example office"_s},
                    {u"id"_s, id}});
    const auto file = m_files.find(id);
    if (file == m_files.end())
        return refuse(answer, 400, 100, u"Unsupported get request"_s);
    const QString host = id.startsWith(u"foreign"_s)
                             ? QString(m_host).replace(u"127.0.0.1"_s, u"localhost"_s)
                             : m_host;
    const QString folder = id.startsWith(u"foreign"_s) ? u"/foreign/"_s : u"/files/"_s;
    say(answer, 200,
        {{u"url"_s, u"http://"_s + host + folder + id},
         {u"mime_type"_s, file->second.first},
         {u"file_size"_s, file->second.second.size()},
         {u"id"_s, id}});
}

void WhatsAppSim::onTemplates(const net::HttpRequest &request, const net::Responder &answer)
{
    if (!isAllowed(request, answer))
        return;
    if (areTemplatesForbidden)
        return refuse(answer, 403, 200, u"Permissions error"_s);
    if (request.parameters.at(u"id"_s) != QLatin1StringView(Business))
        problems << u"templates of another account"_s;
    constexpr qsizetype OnPage = 2;
    const auto after = request.query.find(u"after"_s);
    const qsizetype from = after == request.query.end() ? 0 : after->second.mid(1).toInt();
    QJsonArray data;
    for (qsizetype i = from; i < qMin(templates.size(), from + OnPage); ++i)
        data.append(templates[i]);
    QJsonObject paging{{u"cursors"_s, QJsonObject{{u"after"_s, u"c%1"_s.arg(from + data.size())}}}};
    if (from + data.size() < templates.size())
        paging.insert(u"next"_s, u"https://elsewhere.test/next"_s); // nobody has to go there
    say(answer, 200, {{u"data"_s, data}, {u"paging"_s, paging}});
}

void WhatsAppSim::onMedia(const net::HttpRequest &request, const net::Responder &answer)
{
    if (!isAllowed(request, answer))
        return;
    if (brokenUploads > 0) {
        --brokenUploads;
        return answer({500, "text/plain", "broken", {}});
    }
    auto parts = multipart(request.headers.at("content-type"), request.body);
    if (parts["messaging_product"].body != "whatsapp" || parts["type"].body.isEmpty() ||
        parts["file"].fileName.isEmpty())
        problems << u"media: a part is missing"_s;
    const QString id = QString::number(4490709327384000 + m_next++);
    uploads[id] = parts["file"].body;
    say(answer, 200, {{u"id"_s, id}});
}

QString WhatsAppSim::take(QJsonObject body)
{
    const QString id = u"wamid.OUT%1"_s.arg(m_next++);
    body.insert(u"id"_s, id);
    sent.push_back(body);
    return id;
}

void WhatsAppSim::onMessages(const net::HttpRequest &request, const net::Responder &answer)
{
    if (!isAllowed(request, answer))
        return;
    traceRequest(u"whatsapp"_s, u"messages"_s, request.body);
    const QJsonObject body = QJsonDocument::fromJson(request.body).object();
    if (body.contains(u"status"_s)) {
        if (body.value(u"status"_s) != u"read"_s || !body.contains(u"message_id"_s))
            problems << u"a mark without its message"_s;
        marks.push_back(body);
        return say(answer, 200, {{u"success"_s, true}});
    }
    check(body);
    std::optional<Fault> fault = mood;
    if (!m_faults.empty()) {
        fault = m_faults.front();
        m_faults.pop_front();
    }
    if (!fault || *fault == Fault::None)
        return say(answer, 200,
                   {{u"messaging_product"_s, u"whatsapp"_s},
                    {u"messages"_s, QJsonArray{QJsonObject{{u"id"_s, take(body)}}}}});
    switch (*fault) {
    case Fault::None:
        break;
    case Fault::TooMany:
        return answer({429,
                       "application/json",
                       R"({"error":{"code":130429,"message":"Rate limit hit"}})",
                       {{"Retry-After", "7"}}});
    case Fault::PairTooMany:
        return refuse(answer, 400, 131056, u"Pair rate limit hit"_s);
    case Fault::WindowOver:
        return refuse(answer, 400, 131047, u"Re-engagement message"_s);
    case Fault::Undeliverable:
        return refuse(answer, 400, 131026, u"Message undeliverable"_s);
    case Fault::BreaksAfter:
        take(body);
        return answer({200, "application/json", "{\"messages\":[{\"id\":", {}});
    case Fault::BreaksBefore:
        return answer({500, "text/plain", {}, {}});
    }
}

/// What the documents ask for and allow; the whole schema is looked at by another check.
void WhatsAppSim::check(const QJsonObject &body)
{
    const QString type = body.value(u"type"_s).toString();
    if (body.value(u"messaging_product"_s) != u"whatsapp"_s)
        problems << u"messaging_product is missing"_s;
    if (body.value(u"recipient_type"_s) != u"individual"_s)
        problems << u"recipient_type is missing"_s;
    if (body.contains(u"to"_s) == body.contains(u"recipient"_s))
        problems << u"neither or both of to and recipient"_s;
    if (isUserId(body.value(u"to"_s).toString()))
        problems << u"an id where a number belongs: it would lead nowhere"_s;
    if (!body.contains(type))
        problems << u"no "_s + type;
    if (type == u"text"_s && body.value(type)[u"body"].toString().size() > 4096)
        problems << u"text too long"_s;
    if (body.value(u"biz_opaque_callback_data"_s).toString().size() > 512)
        problems << u"callback data too long"_s;
    const QJsonObject part = body.value(type).toObject();
    const QStringList media{u"image"_s, u"video"_s, u"audio"_s, u"document"_s};
    if (media.contains(type) && !uploads.contains(part.value(u"id"_s).toString()))
        problems << u"a file that was not uploaded"_s;
    if (type == u"audio"_s && part.contains(u"caption"_s))
        problems << u"sound has no caption"_s;
    if (type == u"interactive"_s)
        checkInteractive(part);
}

void WhatsAppSim::checkInteractive(const QJsonObject &interactive)
{
    const QString type = interactive.value(u"type"_s).toString();
    const QJsonObject action = interactive.value(u"action"_s).toObject();
    const qsizetype length = interactive.value(u"body"_s)[u"text"].toString().size();
    if (length == 0 || length > 1024)
        problems << u"interactive: body of %1 characters"_s.arg(length);
    const QJsonArray buttons = action.value(u"buttons"_s).toArray();
    if (type == u"button"_s && (buttons.isEmpty() || buttons.size() > 3))
        problems << u"%1 buttons"_s.arg(buttons.size());
    for (const QJsonValue button : buttons) {
        if (button[u"reply"][u"title"].toString().size() > 20 ||
            button[u"reply"][u"id"].toString().toUtf8().size() > 256)
            problems << u"a button too long"_s;
    }
    qsizetype rows = 0;
    const QJsonArray sections = action.value(u"sections"_s).toArray();
    for (const QJsonValue section : sections) {
        if (sections.size() > 1 && section[u"title"].toString().isEmpty())
            problems << u"a section without a title"_s;
        for (const QJsonValue row : section[u"rows"].toArray()) {
            ++rows;
            if (row[u"title"].toString().size() > 24 ||
                row[u"description"].toString().size() > 72 ||
                row[u"id"].toString().toUtf8().size() > 200)
                problems << u"a row too long"_s;
        }
    }
    if (type == u"list"_s && (rows < 1 || rows > 10))
        problems << u"%1 rows"_s.arg(rows);
    if (type == u"list"_s && action.value(u"button"_s).toString().size() > 20)
        problems << u"the list's button is too long"_s;
}

} // namespace peerdesk::channels
