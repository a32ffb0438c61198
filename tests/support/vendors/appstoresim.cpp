// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/vendors/appstoresim.h"

#include "core/channels/appstore/appstoreconnector.h"

#include <QCryptographicHash>
#include <QJsonArray>
#include <QTimeZone>

namespace peerdesk::channels {

using namespace Qt::StringLiterals;
using Fields = QJsonObject;

AppStoreSim::AppStoreSim(Clock &clock)
    : m_clock(clock)
{
    serve("GET", u"/v1/apps/{app}/customerReviews"_s,
          [this](const auto &request, const auto &answer) { onList(request, answer); });
    serve("GET", u"/v1/customerReviews/{review}"_s,
          [this](const auto &request, const auto &answer) {
              const QString id = request.parameters.at(u"review"_s);
              if (!reviews.contains(id))
                  return refuse(answer, 404, u"There is no such resource"_s);
              reply(answer, {{u"data"_s, Fields{{u"id"_s, id}}}});
          });
    serve("GET", u"/v1/customerReviews/{review}/response"_s,
          [this](const auto &request, const auto &answer) {
              const auto review = reviews.find(request.parameters.at(u"review"_s));
              if (review == reviews.end() || review->second.answer.isEmpty())
                  return refuse(answer, 404, u"There is no such resource"_s);
              reply(answer, {{u"data"_s, Fields{{u"id"_s, u"answer-"_s + review->first}}}});
          });
    serve("POST", u"/v1/customerReviewResponses"_s,
          [this](const auto &request, const auto &answer) { onAnswer(request, answer); });
    serve("DELETE", u"/v1/customerReviewResponses/{id}"_s,
          [this](const auto &request, const auto &answer) {
              const QString id = request.parameters.at(u"id"_s).mid(7);
              reviews[id].answer.clear();
              answer({204, {}, {}, {}});
          });
    const Result<quint16> port = m_server.listen(u"127.0.0.1"_s, 0);
    m_base = u"http://127.0.0.1:%1"_s.arg(port ? *port : 0);
}

void AppStoreSim::serve(const QByteArray &method, const QString &pattern,
                        std::function<void(const net::HttpRequest &, const Answer &)> handler)
{
    m_server.route(method, pattern,
                   [this, handler](const net::HttpRequest &request, const Answer &answer) {
                       calls.push_back(request);
                       if (const QString problem = problemWithToken(request); !problem.isEmpty()) {
                           m_complaints << problem;
                           return refuse(answer, 401, u"Provide a properly signed token."_s);
                       }
                       if (isRoleMissing)
                           return refuse(answer, 403, u"The key has not this role."_s);
                       handler(request, answer);
                   });
}

ChannelType AppStoreSim::channelType() const
{
    return appstore::appStoreType();
}
std::map<QString, QString> AppStoreSim::settings() const
{
    return {{u"app_id"_s, QString::fromLatin1(App)},
            {u"key_id"_s, u"2X9R4HXF34"_s},
            {u"issuer_id"_s, u"57246542-96fe-1a63-e053-0824d011072a"_s},
            {u"base_url"_s, m_base}};
}
std::map<QString, QByteArray> AppStoreSim::secrets() const
{
    return {{u"private_key"_s, m_key.privatePem()}};
}

QString AppStoreSim::problemWithToken(const net::HttpRequest &request) const
{
    const auto token = request.headers.find("authorization");
    if (token == request.headers.end() || !token->second.startsWith("Bearer "))
        return u"no token"_s;
    QJsonObject header;
    const auto claims = m_key.claimsOf(token->second.mid(7), &header);
    if (!claims)
        return u"not signed with the key"_s;
    const double from = claims->value(u"iat"_s).toDouble();
    const double to = claims->value(u"exp"_s).toDouble();
    const double now = double(m_clock.wall().ms) / 1'000;
    const bool isRight = header.value(u"alg"_s).toString() == u"ES256" &&
                         header.value(u"kid"_s).toString() == u"2X9R4HXF34" &&
                         claims->value(u"aud"_s).toString() == u"appstoreconnect-v1" &&
                         claims->value(u"iss"_s).toString().startsWith(u"57246542"_s);
    if (!isRight)
        return u"wrong claims"_s;
    return to - from <= 1'200 && to > now - 60 ? QString() : u"lives over 20 minutes, or ended"_s;
}

QString AppStoreSim::stamp()
{
    m_last = std::max(m_clock.wall().ms, m_last + 1'000);
    return QDateTime::fromMSecsSinceEpoch(m_last, QTimeZone(-8 * 3'600))
               .toString(u"yyyy-MM-ddThh:mm:ss"_s) +
           u"-08:00"_s;
}

QString AppStoreSim::write(const QString &customer, const QString &text)
{
    const bool isThere = reviews.contains(customer);
    QJsonObject &attributes = reviews[customer].attributes;
    const QJsonValue created = isThere ? attributes.value(u"createdDate"_s) : QJsonValue(stamp());
    attributes = {{u"rating"_s, 2},
                  {u"title"_s, u"Hm"_s},
                  {u"body"_s, text},
                  {u"reviewerNickname"_s, u"Nick of "_s + customer},
                  {u"createdDate"_s, created},
                  {u"territory"_s, u"POL"_s}};
    const QByteArray hash =
        QCryptographicHash::hash(u"2\nHm\n%1"_s.arg(text).toUtf8(), QCryptographicHash::Sha256);
    return isThere ? customer + u'@' + QString::fromLatin1(hash.toHex().left(12)) : customer;
}

QString AppStoreSim::shown(const QString &text) const
{
    return u"★★☆☆☆\nHm\n%1\n[POL]"_s.arg(text);
}

QString AppStoreSim::writeUnknown(const QString &customer)
{
    reviews[customer].attributes = {{u"createdDate"_s, stamp()}, {u"hologram"_s, true}};
    return customer;
}

void AppStoreSim::publish(const QString &review)
{
    reviews[review].state = u"PUBLISHED"_s;
}

void AppStoreSim::answerInConsole(const QString &review, const QString &text)
{
    reviews[review].answer = text;
    reviews[review].state = u"PENDING_PUBLISH"_s;
    reviews[review].answeredAt = stamp();
}

void AppStoreSim::reply(const Answer &answer, const QJsonObject &body, int status)
{
    answer({status,
            "application/json",
            QJsonDocument(body).toJson(QJsonDocument::Compact),
            {{"X-Rate-Limit", "user-hour-lim:3600;user-hour-rem:3585;"}}});
}

void AppStoreSim::refuse(const Answer &answer, int status, const QString &detail,
                         const std::map<QByteArray, QByteArray> &headers)
{
    const QJsonObject error{{u"status"_s, QString::number(status)}, {u"detail"_s, detail}};
    answer({status, "application/json",
            QJsonDocument(Fields{{u"errors"_s, QJsonArray{error}}}).toJson(QJsonDocument::Compact),
            headers});
}

void AppStoreSim::onList(const net::HttpRequest &request, const Answer &answer)
{
    if (request.query.at(u"sort"_s) != u"-createdDate" ||
        request.query.at(u"include"_s) != u"response" || request.query.at(u"limit"_s).toInt() > 200)
        m_complaints << u"wrong query"_s;
    std::vector<QString> order;
    for (const auto &[id, review] : reviews) {
        if (id != m_hidden)
            order.push_back(id);
    }
    const auto created = [this](const QString &id) {
        return reviews.at(id).attributes.value(u"createdDate"_s).toString();
    };
    std::sort(order.begin(), order.end(), [&](const QString &left, const QString &right) {
        return created(left) > created(right);
    });
    const size_t count = size_t(std::min(request.query.at(u"limit"_s).toInt(), pageSize));
    const auto cursor = request.query.find(u"cursor"_s);
    const size_t from = cursor == request.query.end() ? 0 : size_t(cursor->second.toInt());
    QJsonArray data;
    QJsonArray included;
    for (size_t i = from; i < order.size() && i < from + count; ++i) {
        const Review &review = reviews.at(order[i]);
        QJsonObject one{{u"type"_s, u"customerReviews"_s},
                        {u"id"_s, order[i]},
                        {u"attributes"_s, review.attributes}};
        if (!review.answer.isEmpty()) {
            const QString id = u"answer-"_s + order[i];
            const QJsonObject link{{u"type"_s, u"customerReviewResponses"_s}, {u"id"_s, id}};
            one.insert(u"relationships"_s, Fields{{u"response"_s, Fields{{u"data"_s, link}}}});
            included.append(
                Fields{{u"type"_s, u"customerReviewResponses"_s},
                       {u"id"_s, id},
                       {u"attributes"_s, Fields{{u"responseBody"_s, review.answer},
                                                {u"state"_s, review.state},
                                                {u"lastModifiedDate"_s, review.answeredAt}}}});
        }
        data.append(one);
    }
    QJsonObject links;
    if (from + count < order.size())
        links.insert(u"next"_s,
                     u"%1/v1/apps/%2/customerReviews?sort=-createdDate&include=response&limit=%3"
                     "&cursor=%4"_s.arg(m_base, QString::fromLatin1(App))
                         .arg(count)
                         .arg(from + count));
    reply(answer, {{u"data"_s, data}, {u"included"_s, included}, {u"links"_s, links}});
}

void AppStoreSim::onAnswer(const net::HttpRequest &request, const Answer &answer)
{
    const QJsonValue data = QJsonDocument::fromJson(request.body).object().value(u"data"_s);
    const QString id = data[u"relationships"_s][u"review"_s][u"data"_s][u"id"_s].toString();
    const QString text = data[u"attributes"_s][u"responseBody"_s].toString();
    if (data[u"type"_s].toString() != u"customerReviewResponses" || text.isEmpty())
        m_complaints << u"wrong body"_s;
    if (!reviews.contains(id))
        return refuse(answer, 404, u"There is no such resource"_s);
    if (m_mood == Mood::TooMany)
        return refuse(answer, 429, u"Rate limit"_s,
                      {{"retry-after", QByteArray::number(qint64(retryAfter().count()))}});
    if (m_mood == Mood::Refuses)
        return refuse(answer, 409, u"The review cannot be answered now."_s);
    answerInConsole(id, text);
    m_sent.push_back({id, text});
    if (m_mood == Mood::TakesAndBreaks)
        return refuse(answer, 500, u"Unexpected error"_s);
    reply(answer, {{u"data"_s, Fields{{u"id"_s, u"answer-"_s + id}}}}, 201);
}

} // namespace peerdesk::channels
