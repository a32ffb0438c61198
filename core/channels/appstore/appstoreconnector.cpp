// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/appstore/appstoreconnector.h"

#include "core/base/json.h"
#include "core/channels/api/rich.h"
#include "core/channels/appstore/numbers.h"
#include "core/channels/vendor/items.h"
#include "core/channels/vendor/jwt.h"
#include "core/channels/vendor/outgoing.h"

#include <QJsonArray>
#include <QRegularExpression>

namespace peerdesk::channels::appstore {

using namespace Qt::StringLiterals;

namespace {

QString settingIn(const ChannelAccount &account, const QString &key)
{
    const auto it = account.settings.find(key);
    return it == account.settings.end() ? QString() : it->second.trimmed();
}

vendor::VendorApi::Options optionsFor(const ChannelAccount &account)
{
    vendor::VendorApi::Options options;
    options.base = vendor::baseUrl(account, numbers::Base);
    options.buckets = {{u"all"_s, {numbers::CallsAnHour, std::chrono::hours(1)}}};
    return options;
}

/// {"errors": [{"status": "403", "code": "FORBIDDEN_ERROR", "title": ..., "detail": ...}]}
QString sentenceIn(const vendor::ApiReply &reply)
{
    const QJsonValue first = reply.object().value(u"errors"_s)[0];
    return vendor::cleanText(first[u"detail"_s].toString(first[u"title"_s].toString()), 400);
}

} // namespace

AppStoreConnector::AppStoreConnector(const ChannelAccount &account, Host &host)
    : PollingConnector(account, host, optionsFor(account))
    , m_app(settingIn(account, u"app_id"_s))
    , m_keyId(settingIn(account, u"key_id"_s))
    , m_issuer(settingIn(account, u"issuer_id"_s))
    , m_keeper(
          m_api, host.clock(),
          [this](Completion<vendor::OAuthTokens> done) { renew(std::move(done)); }, this)
    , m_own(host, this)
{}

Milliseconds AppStoreConnector::interval() const
{
    return numbers::Interval;
}

QString AppStoreConnector::connectedSentence() const
{
    if (m_quota.limit <= 0)
        return {};
    return tr("Apple's quota: %1 of %2 requests used within the last hour.")
        .arg(m_quota.limit - m_quota.left)
        .arg(m_quota.limit);
}

/// Source: App Store Connect API, "Identifying Rate Limits": a header with limit and rest,
/// "user-hour-lim:3600;user-hour-rem:3585;".
void AppStoreConnector::readQuota(const vendor::ApiReply &reply)
{
    const auto header = reply.headers.find("x-rate-limit");
    if (header == reply.headers.end())
        return;
    static const QRegularExpression limit(u"user-hour-lim:(\\d{1,9})"_s);
    static const QRegularExpression rest(u"user-hour-rem:(\\d{1,9})"_s);
    const QString told = QString::fromLatin1(header->second);
    const int most = limit.match(told).captured(1).toInt();
    m_quota = {most, std::min(most, rest.match(told).captured(1).toInt())};
}

/// A token is signed here; Apple is not asked.
void AppStoreConnector::renew(Completion<vendor::OAuthTokens> done) const
{
    const Time now = m_host.clock().wall();
    const qint64 seconds = now.ms / 1'000;
    const Result<QByteArray> token =
        vendor::signedJwt(m_host.secret(u"private_key"_s).trimmed(), {{u"kid"_s, m_keyId}},
                          {{u"iss"_s, m_issuer},
                           {u"iat"_s, seconds},
                           {u"exp"_s, seconds + qint64(numbers::TokenLife.count())},
                           {u"aud"_s, numbers::Audience}});
    if (!token)
        return done.answer(token.error());
    done.answer(vendor::OAuthTokens{*token, {}, now + numbers::TokenLife});
}

vendor::ApiCall AppStoreConnector::listCall(int count) const
{
    QUrlQuery query;
    query.addQueryItem(u"sort"_s, u"-createdDate"_s);
    query.addQueryItem(u"limit"_s, QString::number(count));
    query.addQueryItem(u"include"_s, u"response"_s);
    vendor::ApiCall call = vendor::getCall(u"/v1/apps/%1/customerReviews"_s.arg(m_app), query);
    call.bucket = u"all"_s;
    return call;
}

Error AppStoreConnector::errorIn(const vendor::ApiReply &reply) const
{
    if (reply.status == 404)
        return invalid(tr("The App Store knows no app %1 that this key may see.").arg(m_app));
    if (reply.status == 403)
        return {Error::Code::Forbidden,
                tr("The key may not do this: it needs the role Customer Support or Admin. (%1)")
                    .arg(sentenceIn(reply)),
                {}};
    return errorOf(reply, sentenceIn(reply), m_host.clock().wall());
}

void AppStoreConnector::poll(const QByteArray &cursor, Completion<Polled> done)
{
    if (!m_polledTo.isEmpty() && cursor == m_polledTo) { // what was told last is in the log
        for (const QString &id : m_polled)
            m_known.insert(id);
    }
    m_polled.clear();
    m_polledTo.clear();
    const auto state = std::make_shared<Walk>();
    state->from = cursor;
    state->cursor = ReviewCursor::fromBytes(cursor);
    state->newerThan = state->cursor.since.isSet() ? state->cursor.since - numbers::Overlap
                                                   : m_host.clock().wall() - numbers::LookBack;
    state->done = std::move(done);
    walk(state, listCall(numbers::PageSize));
}

/// Newest first, until what is older than wanted.
void AppStoreConnector::walk(const std::shared_ptr<Walk> &state, const vendor::ApiCall &call)
{
    m_keeper.call(call, {this, [this, state](const Result<vendor::ApiReply> &reply) {
                             if (!reply)
                                 return state->done.answer(reply.error());
                             if (!reply->isSuccess())
                                 return state->done.answer(errorIn(*reply));
                             readQuota(*reply);
                             CustomerReviewPage page = parseCustomerReviews(reply->object());
                             const bool goesOn =
                                 !page.reviews.empty() &&
                                 page.reviews.back().review.at >= state->newerThan &&
                                 ++state->pages < numbers::MaxPages;
                             for (CustomerReview &review : page.reviews)
                                 state->reviews.push_back(std::move(review));
                             state->isWhole = page.next.isEmpty();
                             if (state->isWhole || !goesOn) {
                                 const Time oldest = state->isWhole || state->reviews.empty()
                                                         ? Time{}
                                                         : state->reviews.back().review.at;
                                 state->missing = missing(state->reviews, oldest, state->cursor);
                                 if (state->missing.size() > size_t(numbers::MissingAsked))
                                     state->missing.resize(numbers::MissingAsked);
                                 return askForMissing(state);
                             }
                             vendor::ApiCall next = vendor::getCall(page.next);
                             next.bucket = u"all"_s;
                             walk(state, next);
                         }});
}

/// A list may be a little behind: only what Apple says is not there was taken back.
void AppStoreConnector::askForMissing(const std::shared_ptr<Walk> &state)
{
    if (state->missing.empty())
        return endWalk(state);
    const QString id = state->missing.back();
    state->missing.pop_back();
    vendor::ApiCall call = vendor::getCall(u"/v1/customerReviews/"_s +
                                           QString::fromLatin1(QUrl::toPercentEncoding(id)));
    call.bucket = u"all"_s;
    m_keeper.call(call,
                  {this, [this, state, id](const Result<vendor::ApiReply> &reply) {
                       if (reply && reply->status == 404) {
                           state->removed.push_back(removedItem(id, m_app, m_host.clock().wall()));
                           state->cursor.seen.erase(id);
                       }
                       askForMissing(state);
                   }});
}

void AppStoreConnector::endWalk(const std::shared_ptr<Walk> &state)
{
    InboundPage found;
    for (InboundItem &item : compare(state->reviews, m_app, state->newerThan, state->cursor)) {
        if (!m_known.contains(item.providerId))
            found.items.push_back(std::move(item));
    }
    for (InboundItem &item : state->removed)
        found.items.push_back(std::move(item));
    m_own.sift(std::move(found), {this, [this, state](const Result<InboundPage> &sifted) {
                                      if (!sifted)
                                          return state->done.answer(sifted.error());
                                      Polled polled;
                                      polled.page = *sifted;
                                      polled.page.cursorFrom = polled.page.cursorTo = state->from;
                                      if (!sifted->items.empty() || state->from.isEmpty()) {
                                          ++state->cursor.number;
                                          if (!state->cursor.since.isSet())
                                              state->cursor.since = m_host.clock().wall();
                                          polled.page.cursorTo = state->cursor.toBytes();
                                      }
                                      m_polledTo = polled.page.cursorTo;
                                      for (const InboundItem &item : polled.page.items)
                                          m_polled.push_back(item.providerId);
                                      state->done.answer(std::move(polled));
                                  }});
}

SendResult AppStoreConnector::refusedBy(const Result<vendor::ApiReply> &reply) const
{
    if (!reply && reply.error().code == Error::Code::Unauthorized)
        return vendor::refused(reply.error().detail);
    if (reply && reply->status == 404)
        return vendor::refused(tr("The review is not there any more: its author took it back."));
    if (reply && reply->status == 403)
        return vendor::refused(errorIn(*reply).detail);
    return vendor::failedSend(reply, reply ? sentenceIn(*reply) : QString(), m_host.clock().wall());
}

void AppStoreConnector::send(const Outgoing &outgoing, Completion<SendResult> done)
{
    const QString review = outgoing.conversation.thread;
    const QString action = json::object(outgoing.message.headers).value(u"action"_s).toString();
    if (action == u"delete")
        return takeBack(review, std::move(done));
    if (!action.isEmpty())
        return done.answer(
            vendor::refused(tr("The App Store lets no program do that (%1).").arg(action)));
    const QJsonObject rich = vendor::richOf(outgoing.message.content);
    const QString text =
        (rich.isEmpty() ? outgoing.message.content.text : rich::fallbackText(rich)).trimmed();
    if (review.isEmpty() || text.isEmpty())
        return done.answer(vendor::refused(tr("There is nothing to send.")));
    if (!outgoing.message.content.attachments.empty())
        return done.answer(vendor::refused(tr("Answers to reviews take no files.")));
    if (text.size() > numbers::Answer)
        return done.answer(
            vendor::refused(tr("An answer in the App Store may have %1 characters, this has %2.")
                                .arg(numbers::Answer)
                                .arg(text.size())));
    const QJsonObject about{
        {u"data"_s, QJsonObject{{u"type"_s, u"customerReviews"_s}, {u"id"_s, review}}}};
    vendor::ApiCall call = vendor::jsonCall(
        "POST", u"/v1/customerReviewResponses"_s,
        {{u"data"_s, QJsonObject{{u"type"_s, u"customerReviewResponses"_s},
                                 {u"attributes"_s, QJsonObject{{u"responseBody"_s, text}}},
                                 {u"relationships"_s, QJsonObject{{u"review"_s, about}}}}}});
    call.bucket = u"all"_s;
    const auto asker = std::make_shared<Completion<SendResult>>(std::move(done));
    const QString key = vendor::answerKey(review, text);
    m_own.insert(key); // it may be read before it is answered
    m_own.beginSend();
    m_keeper.call(call, {this, [this, asker, key](const Result<vendor::ApiReply> &reply) {
                             asker->answer(reply && reply->isSuccess()
                                               ? SendResult{SendResult::Kind::Accepted, key, {}, {}}
                                               : refusedBy(reply));
                             m_own.endSend();
                         }});
}

/// The answer's own id is asked for first.
void AppStoreConnector::takeBack(const QString &review, Completion<SendResult> done)
{
    const auto asker = std::make_shared<Completion<SendResult>>(std::move(done));
    const QString path = QString::fromLatin1(QUrl::toPercentEncoding(review));
    const auto onDeleted = [this, asker, review](const Result<vendor::ApiReply> &reply) {
        SendResult result = refusedBy(reply);
        if (reply && (reply->isSuccess() || reply->status == 404))
            result = {SendResult::Kind::Accepted, review + u"#answer-deleted"_s, {}, {}};
        else if (result.kind == SendResult::Kind::Uncertain) // doing it twice does no harm
            result.kind = SendResult::Kind::Later;
        asker->answer(result);
    };
    m_keeper.call(vendor::getCall(u"/v1/customerReviews/%1/response"_s.arg(path)),
                  {this, [this, asker, onDeleted](const Result<vendor::ApiReply> &reply) {
                       const QString id =
                           reply ? reply->object().value(u"data"_s)[u"id"_s].toString() : QString();
                       if (id.isEmpty())
                           return asker->answer(
                               reply ? vendor::refused(tr("There is no answer to take back."))
                                     : refusedBy(reply));
                       vendor::ApiCall call =
                           vendor::getCall(u"/v1/customerReviewResponses/"_s +
                                           QString::fromLatin1(QUrl::toPercentEncoding(id)));
                       call.method = "DELETE";
                       m_keeper.call(call, {this, onDeleted});
                   }});
}

void AppStoreConnector::test(Completion<QString> done)
{
    const auto asker = std::make_shared<Completion<QString>>(std::move(done));
    m_keeper.call(listCall(1),
                  {this, [this, asker](const Result<vendor::ApiReply> &reply) {
                       if (!reply)
                           return asker->answer(reply.error());
                       if (!reply->isSuccess())
                           return asker->answer(errorIn(*reply));
                       asker->answer(tr("The reviews of app %1 can be read. An answer becomes "
                                        "public within a day.")
                                         .arg(m_app));
                   }});
}

ChannelType appStoreType()
{
    ChannelType type;
    type.type = u"app_store"_s;
    type.label = u"App Store reviews"_s;
    Setting app;
    app.key = u"app_id"_s;
    app.label = u"Apple ID of the app"_s;
    app.hint = u"A number. appstoreconnect.apple.com: your app, App information, \"Apple ID\"."_s;
    Setting issuer;
    issuer.key = u"issuer_id"_s;
    issuer.label = u"Issuer ID"_s;
    issuer.hint = u"appstoreconnect.apple.com: Users and access, Integrations, App Store Connect "
                  "API, above the list of keys."_s;
    Setting keyId;
    keyId.key = u"key_id"_s;
    keyId.label = u"Key ID"_s;
    keyId.hint = u"In the same list. The key needs the role Customer Support or Admin."_s;
    Setting key;
    key.key = u"private_key"_s;
    key.label = u"Private key"_s;
    key.isSecret = true;
    key.hint = u"The whole .p8 file, which Apple lets you download once."_s;
    type.settings = {app, issuer, keyId, key, vendor::baseUrlSetting(numbers::Base)};
    type.capabilities.ingress = Ingress::Poll;
    type.capabilities.isPublic = true;
    type.capabilities.edits = true;
    type.capabilities.deliveryReceipts = true;
    type.capabilities.taskChannel = u"social"_s;
    type.capabilities.maxTextLength = numbers::Answer;
    // The same answer again replaces itself.
    type.capabilities.idempotentFor = std::chrono::minutes(10);
    type.make = [](const ChannelAccount &account, Host &host) -> std::unique_ptr<Connector> {
        return std::make_unique<AppStoreConnector>(account, host);
    };
    return type;
}

} // namespace peerdesk::channels::appstore

#include "moc_appstoreconnector.cpp"
