// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/vendors/googlesim.h"

#include "core/channels/google/playconnector.h"
#include "core/channels/google/youtubeconnector.h"
#include "tests/support/vendors/vendorspecs.h"

#include <QUrlQuery>

namespace peerdesk::channels {

using namespace Qt::StringLiterals;
using Fields = QJsonObject;

namespace {

const QString Package = u"com.example.lanterns"_s;
const QString Account = u"desk@project.iam.gserviceaccount.com"_s;

} // namespace

GoogleSim::GoogleSim(Clock &clock, const QString &description)
    : m_clock(clock)
    , m_check(vendorSpec(description))
{
    m_server.route("POST", u"/token"_s,
                   [this](const net::HttpRequest &request, const Answer &answer) {
                       onToken(request, answer);
                   });
}

void GoogleSim::listen()
{
    const Result<quint16> port = m_server.listen(u"127.0.0.1"_s, 0);
    m_base = u"http://127.0.0.1:%1"_s.arg(port ? *port : 0);
}

void GoogleSim::serve(const QByteArray &method, const QString &pattern,
                      std::function<void(const net::HttpRequest &, const Answer &)> handler)
{
    m_server.route(
        method, pattern, [this, handler](const net::HttpRequest &request, const Answer &answer) {
            calls.push_back(request);
            if (const QString problem = m_check.problem(request); !problem.isEmpty())
                m_complaints << problem;
            const auto token = request.headers.find("authorization");
            const bool isKnown = !isRevoked && token != request.headers.end() &&
                                 token->second == "Bearer access-" + QByteArray::number(tokens);
            if (!isKnown)
                return refuse(answer, {401, u"authError"_s, u"Invalid Credentials"_s});
            if (!faults.empty()) {
                const Fault fault = faults.front();
                faults.pop_front();
                return refuse(answer, fault);
            }
            handler(request, answer);
        });
}

void GoogleSim::onToken(const net::HttpRequest &request, const Answer &answer)
{
    ++tokens;
    isRevoked = false;
    const QUrlQuery form(QString::fromUtf8(request.body));
    if (const QString problem = problemWithGrant(form); !problem.isEmpty())
        m_complaints << problem;
    if (isTokenRefused)
        return reply(answer, {{u"error"_s, u"invalid_grant"_s}}, 400);
    reply(answer, {{u"access_token"_s, u"access-%1"_s.arg(tokens)}, {u"expires_in"_s, 3'599}});
}

void GoogleSim::reply(const Answer &answer, const QJsonObject &body, int status)
{
    answer({status, "application/json", QJsonDocument(body).toJson(QJsonDocument::Compact), {}});
}

void GoogleSim::refuse(const Answer &answer, const Fault &fault,
                       const std::map<QByteArray, QByteArray> &headers)
{
    const QJsonObject error{{u"code"_s, fault.status},
                            {u"message"_s, fault.message},
                            {u"errors"_s, QJsonArray{Fields{{u"reason"_s, fault.reason}}}}};
    answer({fault.status, "application/json",
            QJsonDocument(Fields{{u"error"_s, error}}).toJson(QJsonDocument::Compact), headers});
}

bool GoogleSim::isMoody(const Answer &answer, const std::function<void()> &doIt)
{
    switch (m_mood) {
    case Mood::Good:
        return false;
    case Mood::TooMany:
        refuse(answer, {429, u"rateLimitExceeded"_s, u"Too many"_s},
               {{"retry-after", QByteArray::number(qint64(retryAfter().count()))}});
        return true;
    case Mood::Refuses:
        refuse(answer, {403, u"forbidden"_s, u"Not allowed"_s});
        return true;
    case Mood::TakesAndBreaks:
        doIt();
        refuse(answer, {500, u"backendError"_s, u"Backend error"_s});
        return true;
    }
    return false;
}

PlaySim::PlaySim(Clock &clock)
    : GoogleSim(clock, u"google/androidpublisher.v3.json"_s)
{
    const QString path = u"/androidpublisher/v3/applications/{app}/reviews"_s;
    serve("GET", path,
          [this](const auto &request, const auto &answer) { onList(request, answer); });
    serve("POST", path + u"/{review}"_s,
          [this](const auto &request, const auto &answer) { onReply(request, answer); });
    listen();
}

ChannelType PlaySim::channelType() const
{
    return google::googlePlayType();
}
std::map<QString, QString> PlaySim::settings() const
{
    return {{u"package_name"_s, Package}, {u"base_url"_s, m_base}};
}
std::map<QString, QByteArray> PlaySim::secrets() const
{
    const QJsonObject file{{u"type"_s, u"service_account"_s},
                           {u"client_email"_s, Account},
                           {u"private_key_id"_s, u"k1"_s},
                           {u"private_key"_s, QString::fromLatin1(m_key.privatePem())},
                           {u"token_uri"_s, m_base + u"/token"_s}};
    return {{u"service_account"_s, QJsonDocument(file).toJson()}};
}

QString PlaySim::problemWithGrant(const QUrlQuery &form)
{
    if (form.queryItemValue(u"grant_type"_s, QUrl::FullyDecoded) !=
        u"urn:ietf:params:oauth:grant-type:jwt-bearer")
        return u"wrong grant"_s;
    const auto claims = m_key.claimsOf(form.queryItemValue(u"assertion"_s).toLatin1());
    if (!claims)
        return u"the assertion is not signed with the key"_s;
    const double life = claims->value(u"exp"_s).toDouble() - claims->value(u"iat"_s).toDouble();
    const bool isRight = claims->value(u"iss"_s).toString() == Account &&
                         claims->value(u"aud"_s).toString() == m_base + u"/token"_s &&
                         claims->value(u"scope"_s).toString().endsWith(u"/androidpublisher"_s) &&
                         life > 0 && life <= 3'600;
    return isRight ? QString() : u"wrong claims"_s;
}

QJsonObject PlaySim::stamp()
{
    m_last = std::max(m_clock.wall().ms, m_last + 1);
    return {{u"seconds"_s, QString::number(m_last / 1'000)},
            {u"nanos"_s, int(m_last % 1'000) * 1'000'000}};
}

QString PlaySim::write(const QString &customer, const QString &text)
{
    QJsonObject &review = reviews[customer];
    review.insert(u"userComment"_s,
                  Fields{{u"text"_s, u"\t"_s + text},
                         {u"lastModified"_s, stamp()},
                         {u"starRating"_s, 4},
                         {u"reviewerLanguage"_s, u"pl"_s},
                         {u"device"_s, u"panther"_s},
                         {u"androidOsVersion"_s, 34},
                         {u"appVersionCode"_s, 210},
                         {u"appVersionName"_s, u"2.1"_s},
                         {u"deviceMetadata"_s, Fields{{u"productName"_s, u"Pixel 7"_s}}}});
    return u"%1@%2"_s.arg(customer).arg(m_last);
}

QString PlaySim::writeUnknown(const QString &customer)
{
    const QString key = write(customer, {});
    reviews[customer].insert(
        u"userComment"_s,
        Fields{{u"hologram"_s, true},
               {u"lastModified"_s, reviews[customer][u"userComment"_s][u"lastModified"_s]}});
    return key;
}

QString PlaySim::shown(const QString &text) const
{
    return u"★★★★☆\n%1\n[Version 2.1 (210), Pixel 7, Android API 34, pl]"_s.arg(text);
}

void PlaySim::answerInConsole(const QString &review, const QString &text)
{
    reviews[review].insert(u"developerComment"_s,
                           Fields{{u"text"_s, text}, {u"lastModified"_s, stamp()}});
}

void PlaySim::onList(const net::HttpRequest &request, const Answer &answer)
{
    std::vector<QString> order;
    for (const auto &[id, review] : reviews)
        order.push_back(id);
    const auto changed = [this](const QString &id) {
        const QJsonValue at = reviews.at(id)[u"userComment"_s][u"lastModified"_s];
        return at[u"seconds"_s].toString().toLongLong() * 1'000'000'000 +
               qint64(at[u"nanos"_s].toDouble());
    };
    std::sort(order.begin(), order.end(), [&](const QString &left, const QString &right) {
        return changed(left) > changed(right);
    });
    const size_t count = size_t(request.query.at(u"maxResults"_s).toInt());
    const auto token = request.query.find(u"token"_s);
    const size_t from = token == request.query.end() ? 0 : size_t(token->second.toInt());
    QJsonArray list;
    for (size_t i = from; i < order.size() && i < from + count; ++i) {
        const QJsonObject &review = reviews.at(order[i]);
        QJsonArray parts{Fields{{u"userComment"_s, review.value(u"userComment"_s)}}};
        if (review.contains(u"developerComment"_s))
            parts.append(Fields{{u"developerComment"_s, review.value(u"developerComment"_s)}});
        list.append(Fields{{u"reviewId"_s, order[i]},
                           {u"authorName"_s, u"Name of "_s + order[i]},
                           {u"comments"_s, parts}});
    }
    QJsonObject body{{u"reviews"_s, list}};
    if (from + count < order.size())
        body.insert(u"tokenPagination"_s,
                    Fields{{u"nextPageToken"_s, QString::number(from + count)}});
    reply(answer, body);
}

void PlaySim::onReply(const net::HttpRequest &request, const Answer &answer)
{
    const QString name = request.parameters.at(u"review"_s);
    const QString id = name.chopped(name.endsWith(u":reply"_s) ? 6 : 0);
    const QString text =
        QJsonDocument::fromJson(request.body).object().value(u"replyText"_s).toString();
    if (text.size() > 350 || !name.endsWith(u":reply"_s))
        m_complaints << u"reply over 350 characters, or no reply"_s;
    if (!reviews.contains(id))
        return refuse(answer, {404, u"notFound"_s, u"No such review"_s});
    const auto doIt = [&] {
        answerInConsole(id, text);
        m_sent.push_back({id, text});
    };
    if (isMoody(answer, doIt))
        return;
    doIt();
    const QJsonObject result{
        {u"replyText"_s, text},
        {u"lastEdited"_s, reviews[id][u"developerComment"_s][u"lastModified"_s]}};
    reply(answer, {{u"result"_s, result}});
}

YoutubeSim::YoutubeSim(Clock &clock)
    : GoogleSim(clock, u"google/youtube.v3.json"_s)
{
    serve("GET", u"/youtube/v3/playlistItems"_s, [](const auto &, const auto &answer) {
        QJsonArray items;
        for (int i = 0; i < 20; ++i)
            items.append(Fields{{u"snippet"_s, Fields{{u"title"_s, u"Video %1"_s.arg(i)},
                                                      {u"resourceId"_s,
                                                       Fields{{u"videoId"_s, u"v%1"_s.arg(i)}}}}}});
        reply(answer, {{u"items"_s, items}});
    });
    serve("GET", u"/youtube/v3/commentThreads"_s,
          [this](const auto &request, const auto &answer) { onThreads(request, answer); });
    serve("GET", u"/youtube/v3/comments"_s,
          [this](const auto &request, const auto &answer) { onComments(request, answer); });
    serve("POST", u"/youtube/v3/comments"_s,
          [this](const auto &request, const auto &answer) { onInsert(request, answer); });
    serve("POST", u"/youtube/v3/comments/setModerationStatus"_s,
          [this](const auto &request, const auto &answer) { onModerate(request, answer); });
    listen();
}

ChannelType YoutubeSim::channelType() const
{
    return google::youtubeType();
}
std::map<QString, QString> YoutubeSim::settings() const
{
    return {{u"channel_id"_s, QString::fromLatin1(Channel)},
            {u"client_id"_s, u"client"_s},
            {u"token_address"_s, m_base + u"/token"_s},
            {u"base_url"_s, m_base}};
}
std::map<QString, QByteArray> YoutubeSim::secrets() const
{
    return {{u"client_secret"_s, "hush"}, {u"refresh_token"_s, refreshToken.toUtf8()}};
}

QString YoutubeSim::problemWithGrant(const QUrlQuery &form)
{
    const bool isRight =
        form.queryItemValue(u"grant_type"_s) == u"refresh_token" &&
        form.queryItemValue(u"refresh_token"_s, QUrl::FullyDecoded) == refreshToken &&
        form.queryItemValue(u"client_id"_s) == u"client" &&
        form.queryItemValue(u"client_secret"_s) == u"hush";
    return isRight ? QString() : u"wrong grant"_s;
}

QString YoutubeSim::stamp()
{
    m_last = std::max(m_clock.wall().ms, m_last + 1);
    return Time{m_last}.toString();
}

QString YoutubeSim::add(const QString &who, const QString &text, const QString &above, bool isHeld)
{
    const QString id = u"Ug%1"_s.arg(m_next++, 4, 10, QChar(u'0'));
    const QString at = stamp();
    QJsonObject snippet{{u"videoId"_s, u"v1"_s},
                        {u"authorDisplayName"_s, u"@"_s + who},
                        {u"authorChannelId"_s, Fields{{u"value"_s, who}}},
                        {u"textDisplay"_s, text},
                        {u"publishedAt"_s, at},
                        {u"updatedAt"_s, at}};
    if (!above.isEmpty())
        snippet.insert(u"parentId"_s, above);
    if (isHeld)
        snippet.insert(u"moderationStatus"_s, u"heldForReview"_s);
    comments.insert(comments.begin(), Fields{{u"id"_s, id}, {u"snippet"_s, snippet}});
    return id;
}

QString YoutubeSim::write(const QString &customer, const QString &text)
{
    return add(customer, text);
}
QString YoutubeSim::writeUnknown(const QString &customer)
{
    return add(customer, {});
}

void YoutubeSim::edit(const QString &id, const QString &text)
{
    for (QJsonObject &comment : comments) {
        if (comment.value(u"id"_s).toString() != id)
            continue;
        QJsonObject snippet = comment.value(u"snippet"_s).toObject();
        snippet.insert(u"textDisplay"_s, text);
        snippet.insert(u"updatedAt"_s, stamp());
        comment.insert(u"snippet"_s, snippet);
    }
}

void YoutubeSim::onThreads(const net::HttpRequest &request, const Answer &answer)
{
    if (areCommentsOff)
        return refuse(answer, {403, u"commentsDisabled"_s, u"Comments are disabled"_s});
    const bool wantsHeld = request.query.at(u"moderationStatus"_s) == u"heldForReview";
    const qsizetype most = request.query.at(u"maxResults"_s).toInt();
    QJsonArray threads;
    for (const QJsonObject &comment : comments) {
        const QJsonObject snippet = comment.value(u"snippet"_s).toObject();
        const bool isHeld = snippet.contains(u"moderationStatus"_s);
        if (snippet.contains(u"parentId"_s) || isHeld != wantsHeld || threads.size() >= most)
            continue;
        QJsonArray replies;
        for (const QJsonObject &below : comments) {
            if (below.value(u"snippet"_s)[u"parentId"_s] == comment.value(u"id"_s) &&
                replies.size() < 5)
                replies.append(below);
        }
        QJsonObject thread{{u"snippet"_s, Fields{{u"videoId"_s, snippet.value(u"videoId"_s)},
                                                 {u"topLevelComment"_s, comment}}}};
        if (!replies.isEmpty())
            thread.insert(u"replies"_s, Fields{{u"comments"_s, replies}});
        threads.append(thread);
    }
    reply(answer, {{u"items"_s, threads}});
}

void YoutubeSim::onComments(const net::HttpRequest &request, const Answer &answer)
{
    QJsonArray items;
    for (const QJsonObject &comment : comments) {
        if (comment.value(u"snippet"_s)[u"parentId"_s].toString() ==
            request.query.at(u"parentId"_s))
            items.append(comment);
    }
    reply(answer, {{u"items"_s, items}});
}

void YoutubeSim::onInsert(const net::HttpRequest &request, const Answer &answer)
{
    const QJsonValue snippet = QJsonDocument::fromJson(request.body).object().value(u"snippet"_s);
    const QString above = snippet[u"parentId"_s].toString();
    QString id;
    const auto doIt = [&] {
        const QString text = snippet[u"textOriginal"_s].toString();
        id = add(QString::fromLatin1(Channel), text, above);
        QString who;
        for (const QJsonObject &comment : comments) {
            if (comment.value(u"id"_s).toString() == above)
                who = comment.value(u"snippet"_s)[u"authorChannelId"_s][u"value"_s].toString();
        }
        m_sent.push_back({who, text});
    };
    if (isMoody(answer, doIt))
        return;
    doIt();
    reply(answer, {{u"id"_s, id}});
}

void YoutubeSim::onModerate(const net::HttpRequest &request, const Answer &answer)
{
    const QString status = request.query.at(u"moderationStatus"_s);
    m_sent.push_back({request.query.at(u"id"_s), status});
    reply(answer, {}, 204);
}

} // namespace peerdesk::channels
