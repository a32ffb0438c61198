// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/vendors/twiliosim.h"

#include "tests/support/vendors/vendorspecs.h"

#include <QDateTime>
#include <QRegularExpression>
#include <QUrl>

namespace peerdesk::channels {

using namespace Qt::StringLiterals;

namespace {

QString now()
{
    return QDateTime::currentDateTimeUtc().toString(Qt::RFC2822Date);
}

QString accountPath()
{
    return u"/2010-04-01/Accounts/"_s + QLatin1StringView(TwilioSim::Account);
}

std::map<QString, QStringList> formOf(const QByteArray &body)
{
    std::map<QString, QStringList> form;
    for (QByteArray pair : body.split('&')) {
        pair.replace('+', ' ');
        const qsizetype at = pair.indexOf('=');
        const QString name = QString::fromUtf8(QByteArray::fromPercentEncoding(pair.left(at)));
        form[name] << QString::fromUtf8(QByteArray::fromPercentEncoding(pair.mid(at + 1)));
    }
    return form;
}

QString first(const std::map<QString, QStringList> &form, const QString &name)
{
    const auto it = form.find(name);
    return it == form.end() ? QString() : it->second.first();
}

} // namespace

TwilioSim::TwilioSim()
    : m_spec(vendorSpec(u"twilio/twilio_api_v2010.json"_s))
    , m_contentSpec(vendorSpec(u"twilio/twilio_content_v1.json"_s))
{
    const auto handler = [this](const net::HttpRequest &request, const net::Responder &answer) {
        onCall(request, answer);
    };
    m_server.route("GET", u"/2010-04-01/{rest...}"_s, handler);
    m_server.route("POST", u"/2010-04-01/{rest...}"_s, handler);
    m_server.route("GET", u"/v1/ContentAndApprovals"_s, handler);
    m_server.route("GET", u"/cdn/{sid}/{n}"_s,
                   [this](const net::HttpRequest &request, const net::Responder &answer) {
                       wasSecretLed = wasSecretLed || request.headers.contains("authorization");
                       const auto &files = m_files[request.parameters.at(u"sid"_s)];
                       const size_t n = request.parameters.at(u"n"_s).toUInt();
                       if (isExpired || n >= files.size())
                           return answer({404, "text/plain", "gone", {}});
                       answer({200, files[n].first.toLatin1(), files[n].second, {}});
                   });
    const Result<quint16> port = m_server.listen(u"127.0.0.1"_s, 0);
    m_base = u"http://127.0.0.1:%1"_s.arg(port ? *port : 0);
}

void TwilioSim::say(const net::Responder &answer, int status, const QJsonObject &body)
{
    answer({status, "application/json", QJsonDocument(body).toJson(QJsonDocument::Compact), {}});
}

void TwilioSim::refuse(const net::Responder &answer, int status, int code, const QString &text)
{
    say(answer, status, {{u"code"_s, code}, {u"message"_s, text}, {u"status"_s, status}});
}

QJsonObject TwilioSim::make(const QString &from, const QString &to, const QString &body,
                            bool isInbound)
{
    const QString sid = u"SM"_s + QString::number(m_next++).rightJustified(32, u'0');
    return {{u"sid"_s, sid},
            {u"from"_s, from},
            {u"to"_s, to},
            {u"body"_s, body},
            {u"direction"_s, isInbound ? u"inbound"_s : u"outbound-api"_s},
            {u"status"_s, isInbound ? u"received"_s : u"queued"_s},
            {u"num_media"_s, u"0"_s},
            {u"num_segments"_s, u"1"_s},
            {u"date_created"_s, now()},
            {u"date_sent"_s, now()},
            {u"date_updated"_s, now()},
            {u"error_code"_s, QJsonValue()},
            {u"error_message"_s, QJsonValue()},
            {u"account_sid"_s, QLatin1StringView(Account)},
            {u"subresource_uris"_s,
             QJsonObject{{u"media"_s, accountPath() + u"/Messages/"_s + sid + u"/Media.json"_s}}}};
}

QString TwilioSim::receive(const QString &from, const QString &body)
{
    return receive(from, body, {});
}

QString TwilioSim::receive(const QString &from, const QString &body,
                           const std::vector<std::pair<QString, QByteArray>> &files)
{
    const QString prefix = isWhatsApp ? u"whatsapp:"_s : QString();
    QJsonObject message = make(from, prefix + QLatin1StringView(Number), body, true);
    message.insert(u"num_media"_s, QString::number(files.size()));
    const QString sid = message.value(u"sid"_s).toString();
    m_files[sid] = files;
    m_messages.push_back(message);
    return sid;
}

void TwilioSim::setStatus(const QString &sid, const QString &status, int errorCode)
{
    for (QJsonObject &message : m_messages) {
        if (message.value(u"sid"_s).toString() != sid)
            continue;
        message.insert(u"status"_s, status);
        message.insert(u"error_code"_s, errorCode == 0 ? QJsonValue() : QJsonValue(errorCode));
        message.insert(u"date_updated"_s, now());
    }
}

void TwilioSim::onContents(const net::HttpRequest &request, const net::Responder &answer)
{
    constexpr qsizetype OnPage = 2;
    const auto page = request.query.find(u"Page"_s);
    const qsizetype number = page == request.query.end() ? 0 : page->second.toInt();
    QJsonArray shown;
    for (qsizetype i = number * OnPage; i < qMin(contents.size(), (number + 1) * OnPage); ++i)
        shown.append(contents[i]);
    const bool isLast = (number + 1) * OnPage >= contents.size();
    const QString next =
        u"https://elsewhere.test/v1/ContentAndApprovals?PageSize=2&Page=%1&PageToken=PT%1"_s;
    const auto token = request.query.find(u"PageToken"_s);
    if (number > 0 && (token == request.query.end() || token->second != u"PT%1"_s.arg(number)))
        problems << u"a page without its token"_s;
    if (!m_contentSpec.isEmpty())
        checkQuery(request, m_contentSpec, u"/v1/ContentAndApprovals"_s);
    say(answer, 200,
        {{u"contents"_s, shown},
         {u"meta"_s, QJsonObject{{u"key"_s, u"contents"_s},
                                 {u"next_page_url"_s,
                                  isLast ? QJsonValue() : QJsonValue(next.arg(number + 1))}}}});
}

void TwilioSim::onCall(const net::HttpRequest &request, const net::Responder &answer)
{
    const QByteArray expected = "Basic " + (QByteArray(Account) + ':' + Secret).toBase64();
    const auto given = request.headers.find("authorization");
    if (isRevoked || given == request.headers.end() || given->second != expected)
        return refuse(answer, 401, 20003, u"Authenticate"_s);
    if (request.path == u"/v1/ContentAndApprovals"_s)
        return onContents(request, answer);
    const QString rest = request.path.mid(accountPath().size());
    static const QRegularExpression one(u"^/Messages/([A-Za-z0-9]+)\\.json$"_s);
    static const QRegularExpression media(u"^/Messages/([A-Za-z0-9]+)/Media\\.json$"_s);
    static const QRegularExpression file(u"^/Messages/([A-Za-z0-9]+)/Media/ME([0-9]+)$"_s);
    if (rest == u".json"_s)
        return say(answer, 200,
                   {{u"friendly_name"_s, u"Example office"_s}, {u"status"_s, u"active"_s}});
    if (rest == u"/IncomingPhoneNumbers.json"_s) {
        const bool isOurs = request.query.at(u"PhoneNumber"_s) == QLatin1StringView(Number);
        const QJsonObject number{
            {u"capabilities"_s, QJsonObject{{u"sms"_s, true}, {u"mms"_s, false}}}};
        return say(answer, 200,
                   {{u"incoming_phone_numbers"_s, isOurs ? QJsonArray{number} : QJsonArray()}});
    }
    if (rest == u"/Messages.json"_s)
        return request.method == "POST" ? onSend(request, answer) : onList(request, answer);
    if (const auto match = media.match(rest); match.hasMatch())
        return onMedia(match.captured(1), answer);
    if (const auto match = file.match(rest); match.hasMatch()) {
        ++redirects;
        QString to = m_base + u"/cdn/"_s + match.captured(1) + u'/' +
                     QString::number(match.captured(2).toInt());
        to.replace(u"127.0.0.1"_s, u"localhost"_s); // another host, to whoever looks
        return answer({307, "text/plain", {}, {{"Location", to.toUtf8()}}});
    }
    if (const auto match = one.match(rest); match.hasMatch()) {
        ++statusCalls;
        for (const QJsonObject &message : m_messages) {
            if (message.value(u"sid"_s).toString() == match.captured(1))
                return say(answer, 200, message);
        }
    }
    refuse(answer, 404, 20404, u"The requested resource was not found"_s);
}

void TwilioSim::onMedia(const QString &sid, const net::Responder &answer)
{
    QJsonArray list;
    for (const auto &[type, bytes] : m_files[sid]) {
        const QString id = u"ME"_s + QString::number(list.size()).rightJustified(32, u'0');
        list.append(QJsonObject{
            {u"sid"_s, id},
            {u"content_type"_s, type},
            {u"uri"_s, accountPath() + u"/Messages/"_s + sid + u"/Media/"_s + id + u".json"_s}});
    }
    say(answer, 200, {{u"media_list"_s, list}});
}

void TwilioSim::onList(const net::HttpRequest &request, const net::Responder &answer)
{
    ++lists;
    checkList(request);
    if (brokenLists > 0) {
        --brokenLists;
        return refuse(answer, 503, 20503, u"Service unavailable"_s);
    }
    const auto asked = [&](const QString &name) {
        const auto it = request.query.find(name);
        return it == request.query.end() ? QString() : it->second;
    };
    std::vector<QJsonObject> rows;
    for (auto it = m_messages.rbegin(); it != m_messages.rend(); ++it) {
        const bool fits =
            (asked(u"To"_s).isEmpty() || it->value(u"to"_s).toString() == asked(u"To"_s)) &&
            (asked(u"From"_s).isEmpty() || it->value(u"from"_s).toString() == asked(u"From"_s));
        if (fits)
            rows.push_back(*it);
    }
    if (isShuffled)
        std::reverse(rows.begin(), rows.end());
    const size_t size = size_t(pageSize > 0 ? pageSize : asked(u"PageSize"_s).toInt());
    const size_t from = size_t(asked(u"Page"_s).toInt()) * size;
    QJsonArray page;
    for (size_t i = from; i < std::min(rows.size(), from + size); ++i)
        page.append(rows[i]);
    QJsonValue next;
    if (from + size < rows.size())
        next =
            accountPath() + u"/Messages.json?To="_s +
            QString::fromLatin1(QUrl::toPercentEncoding(asked(u"To"_s))) + u"&From="_s +
            QString::fromLatin1(QUrl::toPercentEncoding(asked(u"From"_s))) +
            u"&PageSize=%1&Page=%2&PageToken=PAabc"_s.arg(size).arg(asked(u"Page"_s).toInt() + 1);
    say(answer, 200, {{u"messages"_s, page}, {u"next_page_uri"_s, next}});
}

QJsonObject TwilioSim::take(const std::map<QString, QStringList> &form)
{
    QJsonObject message =
        make(first(form, u"From"_s), first(form, u"To"_s), first(form, u"Body"_s), false);
    m_messages.push_back(message);
    sent.push_back(message);
    return message;
}

void TwilioSim::onSend(const net::HttpRequest &request, const net::Responder &answer)
{
    const auto form = formOf(request.body);
    check(form);
    forms.push_back(form);
    std::optional<Fault> fault = mood;
    if (!m_faults.empty()) {
        fault = m_faults.front();
        m_faults.pop_front();
    }
    if (!fault || *fault == Fault::None)
        return say(answer, 201, take(form));
    switch (*fault) {
    case Fault::None:
        break;
    case Fault::TooMany:
        return answer({429,
                       "application/json",
                       R"({"code":20429,"message":"Too Many Requests","status":429})",
                       {{"Retry-After", "7"}}});
    case Fault::BreaksBefore:
        return refuse(answer, 500, 20500, u"Internal Server Error"_s);
    case Fault::BreaksAfter:
        take(form);
        return answer({201, "application/json", "{\"sid\": \"SM", {}});
    case Fault::OptedOut:
        return refuse(answer, 400, 21610, u"Attempt to send to unsubscribed recipient"_s);
    case Fault::WindowOver:
        return refuse(answer, 400, 63016, u"Failed to send freeform message"_s);
    }
}

void TwilioSim::checkList(const net::HttpRequest &request)
{
    if (!m_spec.isEmpty())
        checkQuery(request, m_spec, u"/2010-04-01/Accounts/{AccountSid}/Messages.json"_s);
}

/// Known parameters only, numbers within their bounds.
void TwilioSim::checkQuery(const net::HttpRequest &request, const QJsonObject &spec,
                           const QString &path)
{
    ++checked;
    const QJsonValue get = spec.value(u"paths"_s)[path][u"get"];
    std::map<QString, QJsonObject> known;
    for (const QJsonValue parameter : get[u"parameters"].toArray())
        known[parameter[u"name"].toString()] = parameter[u"schema"].toObject();
    for (const auto &[name, value] : request.query) {
        const auto schema = known.find(name);
        if (schema == known.end()) {
            problems << u"%1: unknown parameter %2"_s.arg(path, name);
            continue;
        }
        const QJsonValue least = schema->second.value(u"minimum"_s);
        const QJsonValue most = schema->second.value(u"maximum"_s);
        if ((least.isDouble() && value.toDouble() < least.toDouble()) ||
            (most.isDouble() && value.toDouble() > most.toDouble()))
            problems << u"%1: %2 is %3"_s.arg(path, name, value);
    }
}

/// Known fields only, the required one, patterns and lengths.
void TwilioSim::check(const std::map<QString, QStringList> &form)
{
    if (first(form, u"Body"_s).size() > 1600)
        problems << u"Body is longer than 1,600 characters"_s;
    if (m_spec.isEmpty())
        return;
    ++checked;
    const QJsonObject path =
        m_spec.value(u"paths"_s)[u"/2010-04-01/Accounts/{AccountSid}/Messages.json"].toObject();
    const QJsonObject schema =
        path.value(u"post"_s)[u"requestBody"][u"content"][u"application/x-www-form-urlencoded"]
                             [u"schema"]
                                 .toObject();
    const QJsonObject fields = schema.value(u"properties"_s).toObject();
    for (const QJsonValue name : schema.value(u"required"_s).toArray()) {
        if (!form.contains(name.toString()))
            problems << u"missing: "_s + name.toString();
    }
    for (const auto &[name, values] : form) {
        const QJsonObject field = fields.value(name).toObject();
        if (field.isEmpty())
            problems << u"unknown field "_s + name;
        if (values.size() > 1 && field.value(u"type"_s).toString() != u"array"_s)
            problems << u"more than one "_s + name;
        const QString pattern = field.value(u"pattern"_s).toString();
        if (!pattern.isEmpty() && !QRegularExpression(pattern).match(values.first()).hasMatch())
            problems << name + u" does not look like "_s + pattern;
    }
}

} // namespace peerdesk::channels
