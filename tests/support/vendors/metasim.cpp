// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/vendors/metasim.h"

#include "core/channels/meta/types.h"
#include "core/channels/vendor/signature.h"

#include <QJsonDocument>
#include <QUrlQuery>

namespace peerdesk::channels {

using namespace Qt::StringLiterals;
using Fields = QJsonObject;

namespace {

/// The JSON part of a multipart body: enough of RFC 7578 for what the platform asks for.
QJsonObject formFields(const QByteArray &body, const QByteArray &contentType)
{
    const QByteArray boundary = "--" + contentType.mid(contentType.indexOf("boundary=") + 9);
    QJsonObject out;
    qsizetype at = body.indexOf(boundary);
    while (at >= 0) {
        const qsizetype next = body.indexOf(boundary, at + boundary.size());
        const QByteArray part = body.mid(at + boundary.size(), next - at - boundary.size());
        const qsizetype name = part.indexOf("name=\"");
        const qsizetype end = part.indexOf("\r\n\r\n");
        if (name >= 0 && end >= 0) {
            const QByteArray key = part.mid(name + 6, part.indexOf('"', name + 6) - name - 6);
            const QByteArray value = part.mid(end + 4).chopped(2);
            const QJsonDocument json = QJsonDocument::fromJson(value);
            out.insert(QString::fromLatin1(key),
                       json.isObject() ? QJsonValue(json.object())
                                       : QJsonValue(QString::fromUtf8(value.left(200))));
        }
        at = next;
    }
    return out;
}

QJsonObject graphBody(const net::HttpRequest &request)
{
    const auto type = request.headers.find("content-type");
    const QByteArray contentType = type == request.headers.end() ? QByteArray() : type->second;
    if (contentType.startsWith("application/json"))
        return QJsonDocument::fromJson(request.body).object();
    if (contentType.startsWith("multipart/form-data"))
        return formFields(request.body, contentType);
    QJsonObject out;
    QByteArray form = request.body;
    const QUrlQuery query(QString::fromUtf8(form.replace('+', ' ')));
    for (const auto &[key, value] : query.queryItems(QUrl::FullyDecoded))
        out.insert(key, value);
    return out;
}

} // namespace

MetaSim::MetaSim(Clock &clock, meta::Product product)
    : m_clock(clock)
    , m_product(product)
{
    const auto handler = [this](const net::HttpRequest &request, const Answer &answer) {
        onCall(request, answer);
    };
    for (const char *method : {"GET", "POST", "DELETE"}) {
        m_server.route(method, u"/v23.0/{id}"_s, handler, true);
        m_server.route(method, u"/v23.0/{id}/{edge}"_s, handler, true);
    }
    m_server.route("GET", u"/refresh_access_token"_s,
                   [this](const net::HttpRequest &request, const Answer &answer) {
                       onRenewal(request, answer);
                   });
    m_cdn.route("GET", u"/cdn/{name}"_s,
                [this](const net::HttpRequest &request, const Answer &answer) {
                    if (request.headers.contains("authorization"))
                        m_complaints << u"the token went to the file server"_s;
                    const auto file = m_files.find(request.parameters.at(u"name"_s));
                    const bool isThere = file != m_files.end();
                    answer({isThere ? 200 : 403,
                            "application/octet-stream",
                            isThere ? file->second : QByteArray("URL signature expired"),
                            {}});
                });
    const Result<quint16> files = m_cdn.listen(u"127.0.0.1"_s, 0);
    m_cdnBase = u"http://127.0.0.1:%1"_s.arg(files ? *files : 0);
    const Result<quint16> port = m_server.listen(u"127.0.0.1"_s, 0);
    m_base = u"http://127.0.0.1:%1"_s.arg(port ? *port : 0);
}

QString MetaSim::type() const
{
    return isInstagram() ? u"instagram"_s : u"messenger"_s;
}
ChannelType MetaSim::channelType() const
{
    return isInstagram() ? meta::instagramType() : meta::messengerType();
}
std::map<QString, QString> MetaSim::settings() const
{
    return {{u"page_id"_s, QString::fromLatin1(Page)}, {u"base_url"_s, m_base}};
}
std::map<QString, QByteArray> MetaSim::secrets() const
{
    return {{u"token"_s, Token}, {u"app_secret"_s, AppSecret}, {u"verify_token"_s, VerifyToken}};
}

QString MetaSim::stamp() const
{
    return QDateTime::fromMSecsSinceEpoch(m_clock.wall().ms, Qt::UTC)
        .toString(u"yyyy-MM-ddThh:mm:ss+0000"_s);
}

QString MetaSim::add(const QString &customer, const QString &from, const QJsonObject &message)
{
    const QString id = u"m_%1"_s.arg(m_next++, 6, 10, QChar(u'0'));
    QJsonObject whole{{u"id"_s, id},
                      {u"created_time"_s, stamp()},
                      {u"from"_s, Fields{{u"id"_s, from}, {u"name"_s, u"Name of "_s + from}}}};
    for (auto it = message.begin(); it != message.end(); ++it)
        whole.insert(it.key(), it.value());
    m_conversations[customer].prepend(whole);
    m_updated[customer] = m_clock.wall();
    return id;
}

QString MetaSim::write(const QString &customer, const QString &text)
{
    return add(customer, customer, {{u"message"_s, text}});
}
QString MetaSim::writeUnknown(const QString &customer)
{
    return add(customer, customer, {{u"message"_s, QString()}, {u"is_unsupported"_s, true}});
}
QString MetaSim::echo(const QString &customer, const QString &text)
{
    return add(customer, QString::fromLatin1(Page), {{u"message"_s, text}});
}

HookCall MetaSim::signedCall(const QByteArray &body)
{
    HookCall call;
    call.method = "POST";
    call.body = body;
    call.headers = {
        {"content-type", "application/json"},
        {"x-hub-signature-256",
         "sha256=" + vendor::hmac(QCryptographicHash::Sha256, AppSecret, body).toHex()}};
    return call;
}

HookCall MetaSim::hook(const QJsonObject &event, const QString &list) const
{
    const QJsonObject entry{{u"id"_s, QString::fromLatin1(Page)},
                            {u"time"_s, m_clock.wall().ms},
                            {list, QJsonArray{event}}};
    const QJsonObject body{{u"object"_s, isInstagram() ? u"instagram"_s : u"page"_s},
                           {u"entry"_s, QJsonArray{entry}}};
    return signedCall(QJsonDocument(body).toJson(QJsonDocument::Compact));
}

HookCall MetaSim::change(const QString &field, const QJsonObject &value) const
{
    return hook({{u"field"_s, field}, {u"value"_s, value}}, u"changes"_s);
}

QJsonObject MetaSim::messageEvent(const QString &customer, const QJsonObject &message) const
{
    const bool isEcho = message.value(u"is_echo"_s).toBool();
    const QJsonObject page{{u"id"_s, QString::fromLatin1(Page)}};
    const QJsonObject person{{u"id"_s, customer}};
    return {{u"sender"_s, isEcho ? page : person},
            {u"recipient"_s, isEcho ? person : page},
            {u"timestamp"_s, m_clock.wall().ms},
            {u"message"_s, message}};
}

QString MetaSim::comment(const QString &post, const QJsonObject &given)
{
    const QString id = u"%1_%2"_s.arg(post).arg(m_next++);
    QJsonObject whole = given;
    whole.insert(u"id"_s, id);
    const QString time = isInstagram() ? u"timestamp"_s : u"created_time"_s;
    if (!whole.contains(time))
        whole.insert(time, stamp());
    posts[post].insert(posts[post].begin(), whole);
    return id;
}

QJsonObject *MetaSim::find(const QString &id)
{
    for (auto &[post, list] : posts) {
        for (QJsonObject &one : list) {
            if (one.value(u"id"_s).toString() == id)
                return &one;
        }
    }
    return nullptr;
}

void MetaSim::editComment(const QString &id, const QString &text)
{
    if (QJsonObject *found = find(id))
        found->insert(isInstagram() ? u"text"_s : u"message"_s, text);
}

std::vector<MetaSim::Call> MetaSim::callsOf(const QByteArray &method, const QString &edge) const
{
    std::vector<Call> found;
    for (const Call &call : calls) {
        if (call.method == method && call.edge == edge)
            found.push_back(call);
    }
    return found;
}

void MetaSim::reply(const Answer &answer, const QJsonObject &body, int status) const
{
    answer({status, "application/json", QJsonDocument(body).toJson(QJsonDocument::Compact), usage});
}

void MetaSim::refuse(const Answer &answer, int status, const QJsonObject &error,
                     const std::map<QByteArray, QByteArray> &headers) const
{
    std::map<QByteArray, QByteArray> all = headers;
    all.insert(usage.begin(), usage.end());
    answer({status, "application/json",
            QJsonDocument(Fields{{u"error"_s, error}}).toJson(QJsonDocument::Compact), all});
}

void MetaSim::onCall(const net::HttpRequest &request, const Answer &answer)
{
    const auto edge = request.parameters.find(u"edge"_s);
    const auto type = request.headers.find("content-type");
    const Call call{request.method,
                    request.parameters.at(u"id"_s),
                    edge == request.parameters.end() ? QString() : edge->second,
                    request.query,
                    graphBody(request),
                    type == request.headers.end() ? QByteArray() : type->second};
    calls.push_back(call);
    const auto given = request.headers.find("authorization");
    lastToken = given == request.headers.end() ? QByteArray() : given->second.mid(7);
    if (isTokenRevoked || (lastToken != token && lastToken != Token)) // the old one stays good
        return refuse(answer, 400,
                      {{u"code"_s, 190},
                       {u"type"_s, u"OAuthException"_s},
                       {u"message"_s, u"Error validating access token"_s}});
    check(call);
    if (failsFor(call, answer))
        return;
    if (call.method == "GET")
        onGet(call, answer);
    else
        onPost(call, answer);
}

void MetaSim::onRenewal(const net::HttpRequest &request, const Answer &answer)
{
    const bool isRight = request.query.at(u"grant_type"_s) == u"ig_refresh_token" &&
                         request.query.at(u"access_token"_s).toLatin1() == token && isInstagram();
    if (!isRight)
        return refuse(answer, 400, {{u"code"_s, 190}});
    token = "IGrenewed";
    reply(answer, {{u"access_token"_s, QString::fromLatin1(token)},
                   {u"token_type"_s, u"bearer"_s},
                   {u"expires_in"_s, 60 * 24 * 3'600}});
}

void MetaSim::check(const Call &call)
{
    if (!isInstagram()) {
        const auto proof = call.query.find(u"appsecret_proof"_s);
        const QByteArray right = vendor::hmac(QCryptographicHash::Sha256, AppSecret, Token).toHex();
        if (proof == call.query.end() || proof->second.toLatin1() != right)
            m_complaints << u"no proof of the app's secret"_s;
    }
    if (call.method != "POST" || call.edge != u"messages" || call.body.contains(u"sender_action"_s))
        return;
    const QJsonObject message = call.body.value(u"message"_s).toObject();
    const QJsonObject recipient = call.body.value(u"recipient"_s).toObject();
    const QString kind = call.body.value(u"messaging_type"_s).toString();
    const QString text = message.value(u"text"_s).toString();
    if (message.isEmpty() || recipient.isEmpty())
        m_complaints << u"no message or no recipient"_s;
    if (!recipient.contains(u"comment_id"_s) && kind != u"RESPONSE" && kind != u"MESSAGE_TAG")
        m_complaints << u"messaging_type is %1"_s.arg(kind);
    if ((kind == u"MESSAGE_TAG") != call.body.contains(u"tag"_s))
        m_complaints << u"tag without MESSAGE_TAG, or the reverse"_s;
    if (isInstagram() ? text.toUtf8().size() > 1'000 : text.size() > 2'000)
        m_complaints << u"text too long"_s;
    if (isInstagram() && message.contains(u"metadata"_s))
        m_complaints << u"metadata is not known there"_s;
    const QJsonArray replies = message.value(u"quick_replies"_s).toArray();
    if (replies.size() > 13)
        m_complaints << u"more than 13 quick replies"_s;
    for (const QJsonValue quick : replies) {
        if (quick[u"title"_s].toString().size() > 20)
            m_complaints << u"title over 20 characters"_s;
    }
}

bool MetaSim::failsFor(const Call &call, const Answer &answer)
{
    auto &faults = m_faults[call.edge];
    if (!faults.empty()) {
        const Fault fault = faults.front();
        faults.pop_front();
        refuse(answer, fault.status, fault.error, fault.headers);
        return true;
    }
    if (isAccessOff && (call.edge == u"conversations" || call.edge == u"messages")) {
        refuse(answer, 403,
               {{u"code"_s, 200},
                {u"error_subcode"_s, 2534041},
                {u"message"_s,
                 u"(#200) The account owner has disabled access to instagram direct messages"_s}});
        return true;
    }
    if (call.method != "POST")
        return false;
    if (m_mood == Mood::TooMany) {
        refuse(answer, 400,
               {{u"code"_s, 613}, {u"message"_s, u"Calls to this api have exceeded"_s}},
               {{"retry-after", QByteArray::number(qint64(retryAfter().count()))}});
        return true;
    }
    if (m_mood == Mood::Refuses) {
        refuse(answer, 400,
               {{u"code"_s, 551}, {u"message"_s, u"This person isn't available right now."_s}});
        return true;
    }
    return false;
}

void MetaSim::onGet(const Call &call, const Answer &answer)
{
    if (call.edge.isEmpty())
        return reply(answer, {{u"id"_s, call.id},
                              {isInstagram() ? u"username"_s : u"name"_s, u"lantern_shop"_s}});
    if (call.edge == u"conversations")
        return reply(answer, conversations(call));
    if (call.edge == u"feed" || call.edge == u"media")
        return reply(answer, feed());
    if (call.edge == u"comments" || call.edge == u"replies") {
        QJsonArray below;
        for (const auto &[post, list] : posts) {
            for (const QJsonObject &one : list) {
                if (one.value(u"parent"_s)[u"id"_s].toString() == call.id)
                    below.append(one);
            }
        }
        return reply(answer, {{u"data"_s, below}});
    }
    refuse(answer, 400, {{u"code"_s, 100}, {u"message"_s, u"Unknown path"_s}});
}

QJsonObject MetaSim::conversations(const Call &call) const
{
    const auto only = call.query.find(u"user_id"_s);
    std::vector<QString> order;
    for (const auto &[customer, messages] : m_conversations) {
        if (only == call.query.end() || only->second == customer)
            order.push_back(customer);
    }
    std::sort(order.begin(), order.end(), [this](const QString &left, const QString &right) {
        return m_updated.at(left) > m_updated.at(right);
    });
    const auto after = call.query.find(u"after"_s);
    const auto limit = call.query.find(u"limit"_s);
    const size_t from = after == call.query.end() ? 0 : size_t(after->second.toULongLong());
    const size_t count = limit == call.query.end() ? 25 : size_t(limit->second.toULongLong());
    QJsonArray data;
    for (size_t i = from; i < order.size() && i < from + count; ++i) {
        const QString &customer = order[i];
        QJsonArray newest;
        for (const QJsonValue message : m_conversations.at(customer)) {
            if (newest.size() < 20)
                newest.append(message);
        }
        const QString updated = QDateTime::fromMSecsSinceEpoch(m_updated.at(customer).ms, Qt::UTC)
                                    .toString(u"yyyy-MM-ddThh:mm:ss+0000"_s);
        const QJsonArray people{
            Fields{{u"id"_s, customer}, {u"name"_s, u"Name of "_s + customer}},
            Fields{{u"id"_s, QString::fromLatin1(Page)}, {u"name"_s, u"lantern_shop"_s}}};
        data.append(Fields{{u"id"_s, u"t_"_s + customer},
                           {u"updated_time"_s, updated},
                           {u"participants"_s, Fields{{u"data"_s, people}}},
                           {u"messages"_s, Fields{{u"data"_s, newest}}}});
    }
    QJsonObject out{{u"data"_s, data}};
    if (from + count < order.size())
        out.insert(u"paging"_s,
                   Fields{{u"next"_s, u"https://graph.facebook.com/…"_s},
                          {u"cursors"_s, Fields{{u"after"_s, QString::number(from + count)}}}});
    return out;
}

QJsonObject MetaSim::feed() const
{
    QJsonArray data;
    for (const auto &[post, list] : posts) {
        QJsonArray comments;
        for (const QJsonObject &one : list)
            comments.append(one);
        data.append(Fields{{u"id"_s, post},
                           {isInstagram() ? u"caption"_s : u"message"_s, u"New lanterns"_s},
                           {u"comments"_s, Fields{{u"data"_s, comments}}}});
    }
    return {{u"data"_s, data}};
}

void MetaSim::onPost(const Call &call, const Answer &answer)
{
    if (call.edge == u"messages")
        return onMessages(call, answer);
    if (call.edge == u"comments" || call.edge == u"replies")
        return onComment(call, answer);
    if (call.edge == u"likes")
        return reply(answer, {{u"success"_s, true}});
    QJsonObject *found = call.edge.isEmpty() ? find(call.id) : nullptr;
    if (!found)
        return refuse(answer, 400, {{u"code"_s, 100}, {u"error_subcode"_s, 33}});
    if (call.method == "DELETE")
        found->insert(u"deleted"_s, true);
    for (const QString &key : {u"is_hidden"_s, u"hide"_s}) {
        if (call.body.contains(key))
            found->insert(u"is_hidden"_s, call.body.value(key).toString() == u"true");
    }
    reply(answer, {{u"success"_s, true}});
}

void MetaSim::onMessages(const Call &call, const Answer &answer)
{
    if (call.body.contains(u"sender_action"_s))
        return reply(answer, {{u"recipient_id"_s, call.body.value(u"recipient"_s)[u"id"_s]}});
    if (isWindowClosed)
        return refuse(answer, 400,
                      {{u"code"_s, 10},
                       {u"error_subcode"_s, 2018278},
                       {u"message"_s, u"(#10) This message is sent outside of allowed window."_s}});
    const QJsonObject recipient = call.body.value(u"recipient"_s).toObject();
    const QJsonObject message = call.body.value(u"message"_s).toObject();
    QString customer = recipient.value(u"id"_s).toString();
    if (customer.isEmpty())
        customer = u"author-of-"_s + recipient.value(u"comment_id"_s).toString();
    QJsonObject kept{{u"message"_s, message.value(u"text"_s)}};
    const QString id = add(customer, QString::fromLatin1(Page), kept);
    m_sent.push_back({customer, message.value(u"text"_s).toString()});
    if (m_mood == Mood::TakesAndBreaks)
        return reply(
            answer,
            {{u"error"_s, Fields{{u"code"_s, 2}, {u"message"_s, u"Service unavailable"_s}}}}, 500);
    reply(answer, {{u"recipient_id"_s, customer}, {u"message_id"_s, id}});
}

void MetaSim::onComment(const Call &call, const Answer &answer)
{
    const QJsonObject *above = find(call.id);
    if (!above)
        return refuse(answer, 400, {{u"code"_s, 100}, {u"error_subcode"_s, 33}});
    const QString text = call.body.value(u"message"_s).toString();
    const QString post = call.id.section(u'_', 0, 0);
    const QJsonObject parent{{u"id"_s, call.id}, {u"from"_s, above->value(u"from"_s)}};
    const QString id = comment(post, {{isInstagram() ? u"text"_s : u"message"_s, text},
                                      {u"from"_s, Fields{{u"id"_s, QString::fromLatin1(Page)}}},
                                      {u"parent"_s, parent}});
    m_sent.push_back({call.id, text});
    if (m_mood == Mood::TakesAndBreaks)
        return reply(answer, {}, 500);
    reply(answer, {{u"id"_s, id}});
}

QString MetaCommentsSim::type() const
{
    return isInstagram() ? u"instagram_comments"_s : u"facebook_comments"_s;
}
ChannelType MetaCommentsSim::channelType() const
{
    return isInstagram() ? meta::instagramCommentsType() : meta::facebookCommentsType();
}

QString MetaCommentsSim::write(const QString &customer, const QString &text)
{
    const QJsonObject from{{u"id"_s, customer}, {u"name"_s, customer}, {u"username"_s, customer}};
    const QString id =
        comment(u"77"_s, {{isInstagram() ? u"text"_s : u"message"_s, text}, {u"from"_s, from}});
    m_authors[id] = customer;
    return id;
}

QString MetaCommentsSim::writeUnknown(const QString &customer)
{
    return write(customer, {});
}

std::vector<vendor::VendorPeer::Sent> MetaCommentsSim::sent() const
{
    std::vector<Sent> out = MetaSim::sent();
    for (Sent &one : out) {
        if (const auto author = m_authors.find(one.customer); author != m_authors.end())
            one.customer = author->second;
    }
    return out;
}

} // namespace peerdesk::channels
