// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/google/youtubeconnector.h"

#include "core/base/json.h"
#include "core/channels/api/rich.h"
#include "core/channels/google/googleerror.h"
#include "core/channels/google/numbers.h"
#include "core/channels/vendor/items.h"
#include "core/channels/vendor/outgoing.h"

#include <QDateTime>
#include <QJsonArray>
#include <QLocale>

namespace peerdesk::channels::google {

using namespace Qt::StringLiterals;

namespace {

const QString QuotaState = u"quota"_s;
/// Clocks differ: a comment that we just wrote may bear a time a little before ours.
constexpr Milliseconds YoutubeSkew{60'000};

QString settingIn(const ChannelAccount &account, const QString &key)
{
    const auto it = account.settings.find(key);
    return it == account.settings.end() ? QString() : it->second.trimmed();
}

vendor::VendorApi::Options youtubeOptions(const ChannelAccount &account)
{
    vendor::VendorApi::Options options;
    options.base = vendor::baseUrl(account, numbers::YoutubeBase);
    return options;
}

vendor::OAuthClient oauthClient(const ChannelAccount &account, const Host &host)
{
    return vendor::clientOf(youtubeSignIn(), account.settings, host.secret(u"client_secret"_s));
}

} // namespace

YoutubeConnector::YoutubeConnector(const ChannelAccount &account, Host &host)
    : PollingConnector(account, host, youtubeOptions(account))
    , m_channel(settingIn(account, u"channel_id"_s))
    , m_keeper(
          m_api, host.clock(),
          vendor::renewByRefreshToken(m_api, host, oauthClient(account, host), u"refresh_token"_s),
          this)
    , m_own(host, this)
{}

Milliseconds YoutubeConnector::interval() const
{
    return numbers::YoutubeInterval;
}

void YoutubeConnector::beginDay() const
{
    const QString today = quotaDay(m_host.clock().wall());
    if (m_day != today)
        m_used = 0;
    m_day = today;
}

QString YoutubeConnector::connectedSentence() const
{
    beginDay();
    const Time now = m_host.clock().wall();
    const QDateTime anew = QDateTime::fromMSecsSinceEpoch((now + untilNextQuota(now)).ms);
    const QString quota = tr("Today's quota: %1 of %2 units used (an answer costs %3). It begins "
                             "anew at %4.")
                              .arg(m_used)
                              .arg(numbers::DayQuota)
                              .arg(numbers::WriteCost)
                              .arg(QLocale().toString(anew.time(), QLocale::ShortFormat));
    return m_areCommentsOff ? tr("Comments are switched off on this channel.") + u' ' + quota
                            : quota;
}

void YoutubeConnector::paid(const vendor::ApiCall &call, int units, Reply done)
{
    beginDay();
    if (m_used + units > numbers::DayQuota)
        return done(Error{Error::Code::Busy,
                          tr("Today's quota of YouTube is used up (%1 units). It begins anew at "
                             "midnight in California.")
                              .arg(numbers::DayQuota),
                          QuotaState});
    m_used += units;
    m_keeper.call(call, {this, [this, done](const Result<vendor::ApiReply> &reply) {
                             if (reply && isQuotaUsedUp(googleError(*reply)))
                                 m_used = numbers::DayQuota; // others use the project too
                             done(reply);
                         }});
}

vendor::Trouble YoutubeConnector::troubleOf(const Error &error) const
{
    vendor::Trouble trouble = PollingConnector::troubleOf(error);
    if (error.state == QuotaState)
        trouble.retryAfter = untilNextQuota(m_host.clock().wall());
    return trouble;
}

Error YoutubeConnector::errorIn(const vendor::ApiReply &reply) const
{
    const GoogleError error = googleError(reply);
    if (isQuotaUsedUp(error))
        return {Error::Code::Busy,
                tr("Today's quota of YouTube is used up. It begins anew at midnight in "
                   "California."),
                QuotaState};
    return errorOf(plain(reply), error.sentence, m_host.clock().wall());
}

vendor::ApiCall YoutubeConnector::videosCall() const
{
    QUrlQuery query;
    query.addQueryItem(u"part"_s, u"snippet"_s);
    // The list of all uploads has the channel's id with another second letter.
    query.addQueryItem(u"playlistId"_s, u"UU"_s + m_channel.mid(2));
    query.addQueryItem(u"maxResults"_s, QString::number(numbers::NewestVideos));
    return vendor::getCall(u"/youtube/v3/playlistItems"_s, query);
}

vendor::ApiCall YoutubeConnector::threadsCall(const QString &status) const
{
    QUrlQuery query;
    query.addQueryItem(u"part"_s, u"snippet,replies"_s);
    query.addQueryItem(u"allThreadsRelatedToChannelId"_s, m_channel);
    query.addQueryItem(u"order"_s, u"time"_s);
    query.addQueryItem(u"textFormat"_s, u"plainText"_s);
    query.addQueryItem(u"moderationStatus"_s, status);
    query.addQueryItem(u"maxResults"_s, QString::number(numbers::NewestComments));
    return vendor::getCall(u"/youtube/v3/commentThreads"_s, query);
}

void YoutubeConnector::poll(const QByteArray &cursor, Completion<Polled> done)
{
    const auto pull = std::make_shared<Pull>();
    pull->from = cursor;
    pull->cursor = YoutubeCursor::fromBytes(cursor);
    pull->done = std::move(done);
    beginDay();
    if (pull->cursor.day == m_day) // another PC, or this one before, used some
        m_used = std::max(m_used, pull->cursor.used);
    paid(videosCall(), numbers::ListCost, [this, pull](const Result<vendor::ApiReply> &reply) {
        if (!reply)
            return pull->done.answer(reply.error());
        if (!reply->isSuccess() && reply->status != 404) // 404: no video was ever uploaded
            return pull->done.answer(errorIn(*reply));
        pull->titles = parseVideos(reply->object());
        m_areCommentsOff = false;
        pullThreads(pull, false);
    });
}

void YoutubeConnector::pullThreads(const std::shared_ptr<Pull> &pull, bool isHeld)
{
    paid(threadsCall(isHeld ? u"heldForReview"_s : u"published"_s), numbers::ListCost,
         [this, pull, isHeld](const Result<vendor::ApiReply> &reply) {
             if (!reply)
                 return pull->done.answer(reply.error());
             const bool isOff = googleError(*reply).reason == u"commentsDisabled";
             if (!reply->isSuccess() && !isOff)
                 return pull->done.answer(errorIn(*reply));
             m_areCommentsOff = m_areCommentsOff || isOff;
             if (!isOff) {
                 for (VideoComment &comment : parseThreads(reply->object(), isHeld))
                     pull->comments.push_back(std::move(comment));
             }
             if (isHeld || isOff)
                 return endPull(pull);
             pullThreads(pull, true);
         });
}

void YoutubeConnector::endPull(const std::shared_ptr<Pull> &pull)
{
    InboundPage page;
    page.items = newComments(std::move(pull->comments), pull->titles, m_channel,
                             numbers::NewestComments, pull->cursor);
    m_own.sift(std::move(page), {this, [this, pull](const Result<InboundPage> &sifted) {
                                     if (!sifted)
                                         return pull->done.answer(sifted.error());
                                     beginDay();
                                     YoutubeCursor cursor = pull->cursor;
                                     cursor.day = m_day;
                                     cursor.used = m_used;
                                     ++cursor.number;
                                     Polled polled;
                                     polled.page = *sifted;
                                     polled.page.cursorFrom = pull->from;
                                     polled.page.cursorTo = cursor.toBytes();
                                     pull->done.answer(std::move(polled));
                                 }});
}

SendResult YoutubeConnector::refusedBy(const Result<vendor::ApiReply> &reply) const
{
    if (!reply &&
        (reply.error().state == QuotaState || reply.error().code == Error::Code::Unauthorized))
        return vendor::refused(reply.error().detail);
    if (!reply)
        return vendor::failedSend(reply, {}, m_host.clock().wall());
    const GoogleError error = googleError(*reply);
    if (isQuotaUsedUp(error))
        return vendor::refused(errorIn(*reply).detail);
    if (error.reason == u"commentsDisabled")
        return vendor::refused(tr("Comments are switched off for this video."));
    return vendor::failedSend(plain(*reply), error.sentence, m_host.clock().wall());
}

void YoutubeConnector::send(const Outgoing &outgoing, Completion<SendResult> done)
{
    const QString above = topOf(outgoing.conversation.thread);
    const QJsonObject options = json::object(outgoing.message.headers);
    const QString action = options.value(u"action"_s).toString();
    if (!action.isEmpty())
        return act(action, outgoing.answered ? outgoing.answered->providerId : above,
                   std::move(done));
    const QJsonObject rich = vendor::richOf(outgoing.message.content);
    const QString text =
        (rich.isEmpty() ? outgoing.message.content.text : rich::fallbackText(rich)).trimmed();
    if (above.isEmpty() || text.isEmpty())
        return done.answer(vendor::refused(tr("There is nothing to send.")));
    if (options.value(u"visibility"_s).toString() == u"private")
        return done.answer(vendor::refused(tr("YouTube has no private answers.")));
    if (!outgoing.message.content.attachments.empty())
        return done.answer(vendor::refused(tr("Comments take no files.")));
    if (text.size() > numbers::YoutubeComment)
        return done.answer(vendor::refused(tr("A comment may have %1 characters, this has %2.")
                                               .arg(numbers::YoutubeComment)
                                               .arg(text.size())));
    sendText(above, text, std::move(done));
}

void YoutubeConnector::sendText(const QString &above, const QString &text,
                                Completion<SendResult> done)
{
    vendor::ApiCall call = vendor::jsonCall(
        "POST", u"/youtube/v3/comments"_s,
        {{u"snippet"_s, QJsonObject{{u"parentId"_s, above}, {u"textOriginal"_s, text}}}});
    call.query.addQueryItem(u"part"_s, u"snippet"_s);
    const auto asker = std::make_shared<Completion<SendResult>>(std::move(done));
    const Time from = m_host.clock().wall() - YoutubeSkew;
    m_own.beginSend();
    const auto end = [this, asker](const SendResult &result) {
        m_own.insert(result.providerId);
        asker->answer(result);
        m_own.endSend();
    };
    paid(call, numbers::WriteCost,
         [this, end, above, text, from](const Result<vendor::ApiReply> &reply) {
             const QString id = reply ? reply->object().value(u"id"_s).toString() : QString();
             if (reply && reply->isSuccess() && !id.isEmpty())
                 return end({SendResult::Kind::Accepted, id, {}, {}});
             const SendResult result = refusedBy(reply);
             if (result.kind != SendResult::Kind::Uncertain)
                 return end(result);
             lookUp(above, text, from, [end, result](const QString &found) {
                 end(found.isEmpty() ? result
                                     : SendResult{SendResult::Kind::Accepted, found, {}, {}});
             });
         });
}

/// Whether an answer of ours with this text stands there since then.
void YoutubeConnector::lookUp(const QString &above, const QString &text, Time from,
                              std::function<void(const QString &id)> found)
{
    QUrlQuery query;
    query.addQueryItem(u"part"_s, u"snippet"_s);
    query.addQueryItem(u"parentId"_s, above);
    query.addQueryItem(u"textFormat"_s, u"plainText"_s);
    query.addQueryItem(u"maxResults"_s, u"100"_s);
    paid(vendor::getCall(u"/youtube/v3/comments"_s, query), numbers::ListCost,
         [this, text, from, found](const Result<vendor::ApiReply> &reply) {
             const QJsonArray list =
                 reply ? reply->object().value(u"items"_s).toArray() : QJsonArray();
             for (const QJsonValue value : list) {
                 const QJsonValue snippet = value[u"snippet"_s];
                 const QString id = value[u"id"_s].toString();
                 const QString said =
                     snippet[u"textOriginal"_s].toString(snippet[u"textDisplay"_s].toString());
                 if (snippet[u"authorChannelId"_s][u"value"_s].toString() == m_channel &&
                     said.simplified() == text.simplified() && !m_own.contains(id) &&
                     Time::fromString(snippet[u"publishedAt"_s].toString()) >= from)
                     return found(id);
             }
             found({});
         });
}

void YoutubeConnector::act(const QString &action, const QString &comment,
                           Completion<SendResult> done)
{
    if (action != u"hide" && action != u"unhide")
        return done.answer(
            vendor::refused(tr("YouTube lets no program do that (%1).").arg(action)));
    vendor::ApiCall call = vendor::getCall(u"/youtube/v3/comments/setModerationStatus"_s);
    call.method = "POST";
    call.query.addQueryItem(u"id"_s, comment);
    call.query.addQueryItem(u"moderationStatus"_s,
                            action == u"hide" ? u"rejected"_s : u"published"_s);
    const auto asker = std::make_shared<Completion<SendResult>>(std::move(done));
    paid(call, numbers::WriteCost,
         [this, asker, comment, action](const Result<vendor::ApiReply> &reply) {
             using Kind = SendResult::Kind;
             if (reply && reply->isSuccess())
                 return asker->answer(SendResult{Kind::Accepted, comment + u'#' + action, {}, {}});
             SendResult result = refusedBy(reply);
             if (result.kind == Kind::Uncertain) // doing it twice does no harm
                 result.kind = Kind::Later;
             asker->answer(result);
         });
}

void YoutubeConnector::test(Completion<QString> done)
{
    const auto asker = std::make_shared<Completion<QString>>(std::move(done));
    paid(threadsCall(u"published"_s), numbers::ListCost,
         [this, asker](const Result<vendor::ApiReply> &reply) {
             if (!reply)
                 return asker->answer(reply.error());
             if (googleError(*reply).reason == u"commentsDisabled")
                 return asker->answer(
                     invalid(tr("The log-in works, but comments are switched off on this "
                                "channel.")));
             if (!reply->isSuccess())
                 return asker->answer(errorIn(*reply));
             asker->answer(tr("Comments can be read and answered, looked at once an hour. %1")
                               .arg(connectedSentence()));
         });
}

vendor::SignIn youtubeSignIn()
{
    vendor::SignIn google;
    google.id = u"google"_s;
    google.secret = u"refresh_token"_s;
    google.authorize = numbers::AuthorizeAddress;
    google.token = numbers::TokenAddress;
    google.scopes = {numbers::YoutubeScope};
    google.needsClientSecret = true;
    google.more = {{u"access_type"_s, u"offline"_s}, {u"prompt"_s, u"consent"_s}};
    return google;
}

ChannelType youtubeType()
{
    ChannelType type;
    type.type = u"youtube"_s;
    type.label = u"YouTube comments"_s;
    Setting channel;
    channel.key = u"channel_id"_s;
    channel.label = u"Channel ID"_s;
    channel.hint = u"Begins with UC. YouTube: Settings, Advanced settings, \"Channel ID\"."_s;
    Setting client;
    client.key = u"client_id"_s;
    client.label = u"Client ID"_s;
    client.hint =
        u"console.cloud.google.com: APIs & Services, enable \"YouTube Data API v3\"; Credentials, "
        "Create credentials, OAuth client ID, Desktop app."_s;
    Setting clientSecret;
    clientSecret.key = u"client_secret"_s;
    clientSecret.label = u"Client secret"_s;
    clientSecret.isSecret = true;
    clientSecret.hint = u"Stands beside the client ID."_s;
    Setting login;
    login.key = u"refresh_token"_s;
    login.label = u"Sign-in of the channel's Google account"_s;
    login.isSecret = true;
    login.form = u"sign-in google"_s;
    login.hint =
        u"Sign in in the browser with the account that owns the channel and allow Peerdesk "
        "to manage its comments (youtube.force-ssl). Without a window: a refresh token."_s;
    type.settings = {channel, client, clientSecret, login,
                     vendor::baseUrlSetting(numbers::YoutubeBase)};
    for (const Setting &address : vendor::signInAddresses())
        type.settings.push_back(address);
    type.capabilities.ingress = Ingress::Poll;
    type.capabilities.isPublic = true;
    type.capabilities.edits = true;
    type.capabilities.taskChannel = u"social"_s;
    type.capabilities.maxTextLength = numbers::YoutubeComment;
    type.make = [](const ChannelAccount &account, Host &host) -> std::unique_ptr<Connector> {
        return std::make_unique<YoutubeConnector>(account, host);
    };
    return type;
}

} // namespace peerdesk::channels::google

#include "moc_youtubeconnector.cpp"
