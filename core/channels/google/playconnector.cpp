// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/google/playconnector.h"

#include "core/base/json.h"
#include "core/channels/api/rich.h"
#include "core/channels/google/googleerror.h"
#include "core/channels/google/numbers.h"
#include "core/channels/vendor/outgoing.h"

namespace peerdesk::channels::google {

using namespace Qt::StringLiterals;

namespace {

vendor::VendorApi::Options playOptions(const ChannelAccount &account)
{
    vendor::VendorApi::Options options;
    options.base = vendor::baseUrl(account, numbers::PlayBase);
    options.buckets = {{u"get"_s, {numbers::PlayGets, numbers::PlayGetsWithin}},
                       {u"post"_s, {numbers::PlayPosts, numbers::PlayPostsWithin}}};
    return options;
}

} // namespace

PlayConnector::PlayConnector(const ChannelAccount &account, Host &host)
    : PollingConnector(account, host, playOptions(account))
    , m_gets(numbers::PlayGetsWithin)
    , m_posts(numbers::PlayPostsWithin)
    , m_keeper(
          m_api, host.clock(),
          [this](Completion<vendor::OAuthTokens> done) { renew(std::move(done)); }, this)
    , m_own(host, this)
{
    const auto package = account.settings.find(u"package_name"_s);
    if (package != account.settings.end())
        m_package = package->second.trimmed();
}

Milliseconds PlayConnector::interval() const
{
    return numbers::PlayInterval;
}

QString PlayConnector::connectedSentence() const
{
    const Time now = m_host.clock().wall();
    return tr("Google's quota: this PC used %1 of %2 requests within the last hour and %3 of %4 "
              "answers within the last day.")
        .arg(m_gets.within(now))
        .arg(numbers::PlayGets)
        .arg(m_posts.within(now))
        .arg(numbers::PlayPosts);
}

void PlayConnector::renew(Completion<vendor::OAuthTokens> done)
{
    const Result<ServiceAccount> account =
        serviceAccountIn(m_host.secret(u"service_account"_s).trimmed());
    if (!account)
        return done.answer(account.error());
    const Result<vendor::ApiCall> call =
        assertionCall(*account, numbers::PlayScope, m_host.clock().wall());
    if (!call)
        return done.answer(call.error());
    const auto asker = std::make_shared<Completion<vendor::OAuthTokens>>(std::move(done));
    m_api.call(*call, {this, [this, asker](const Result<vendor::ApiReply> &reply) {
                           asker->answer(vendor::tokensIn(reply, m_host.clock().wall()));
                       }});
}

vendor::ApiCall PlayConnector::listCall(int count, const QString &token)
{
    m_gets.count(m_host.clock().wall());
    QUrlQuery query;
    query.addQueryItem(u"maxResults"_s, QString::number(count));
    if (!token.isEmpty())
        query.addQueryItem(u"token"_s, token);
    vendor::ApiCall call =
        vendor::getCall(u"/androidpublisher/v3/applications/%1/reviews"_s.arg(m_package), query);
    call.bucket = u"get"_s;
    return call;
}

Error PlayConnector::errorIn(const vendor::ApiReply &reply) const
{
    if (reply.status == 404)
        return invalid(tr("Google Play knows no app %1 that this key may see.").arg(m_package));
    if (plain(reply).status == 403)
        return {Error::Code::Forbidden,
                tr("The key may not read the reviews. Play Console, Users and permissions: invite "
                   "the address of the service account with \"Reply to reviews\". (%1)")
                    .arg(googleError(reply).sentence),
                {}};
    return errorOf(plain(reply), googleError(reply).sentence, m_host.clock().wall());
}

void PlayConnector::poll(const QByteArray &cursor, Completion<Polled> done)
{
    if (!m_polledTo.isEmpty() && cursor == m_polledTo) { // what was told last is in the log
        for (const QString &id : m_polled)
            m_known.insert(id);
    }
    m_polled.clear();
    m_polledTo.clear();
    const QJsonObject stands = QJsonDocument::fromJson(cursor).object();
    const auto state = std::make_shared<Walk>();
    state->from = cursor;
    state->newest = {stands.value(u"since"_s).toInteger()};
    state->number = stands.value(u"n"_s).toInteger();
    state->newerThan = state->newest.isSet() ? state->newest - numbers::PlayOverlap
                                             : m_host.clock().wall() - numbers::PlayLookBack;
    state->done = std::move(done);
    walk(state, {});
}

void PlayConnector::walk(const std::shared_ptr<Walk> &state, const QString &token)
{
    m_keeper.call(listCall(numbers::PlayPage, token),
                  {this, [this, state](const Result<vendor::ApiReply> &reply) {
                       if (!reply)
                           return state->done.answer(reply.error());
                       if (!reply->isSuccess())
                           return state->done.answer(errorIn(*reply));
                       ReviewPage page = parseReviews(reply->object(), m_package, state->newerThan);
                       state->newest = std::max(state->newest, page.newest);
                       for (InboundItem &item : page.items) {
                           if (!m_known.contains(item.providerId))
                               state->items.push_back(std::move(item));
                       }
                       // An answer to an old review does not move it to the top: pages are few, all
                       // are read.
                       if (!page.next.isEmpty() && ++state->pages < numbers::PlayPages)
                           return walk(state, page.next);
                       endWalk(state);
                   }});
}

void PlayConnector::endWalk(const std::shared_ptr<Walk> &state)
{
    InboundPage found;
    found.items = std::move(state->items);
    std::stable_sort(found.items.begin(), found.items.end(),
                     [](const InboundItem &left, const InboundItem &right) {
                         return left.providerTime < right.providerTime;
                     });
    m_own.sift(
        std::move(found),
        {this, [this, state](const Result<InboundPage> &sifted) {
             if (!sifted)
                 return state->done.answer(sifted.error());
             Polled polled;
             polled.page = *sifted;
             polled.page.cursorFrom = polled.page.cursorTo = state->from;
             if (!sifted->items.empty() || state->from.isEmpty()) {
                 const Time since = state->newest.isSet()
                                        ? state->newest
                                        : m_host.clock().wall() - numbers::PlayOverlap;
                 polled.page.cursorTo =
                     json::canonical({{u"since"_s, since.ms}, {u"n"_s, state->number + 1}}).text;
             }
             m_polledTo = polled.page.cursorTo;
             for (const InboundItem &item : polled.page.items)
                 m_polled.push_back(item.providerId);
             state->done.answer(std::move(polled));
         }});
}

void PlayConnector::send(const Outgoing &outgoing, Completion<SendResult> done)
{
    const QString review = outgoing.conversation.thread;
    const QJsonObject rich = vendor::richOf(outgoing.message.content);
    const QString text =
        (rich.isEmpty() ? outgoing.message.content.text : rich::fallbackText(rich)).trimmed();
    if (review.isEmpty() || text.isEmpty())
        return done.answer(vendor::refused(tr("There is nothing to send.")));
    if (!outgoing.message.content.attachments.empty())
        return done.answer(vendor::refused(tr("Answers to reviews take no files.")));
    if (text.size() > numbers::PlayReply)
        return done.answer(
            vendor::refused(tr("An answer in Google Play may have %1 characters, this has %2.")
                                .arg(numbers::PlayReply)
                                .arg(text.size())));
    vendor::ApiCall call =
        vendor::jsonCall("POST",
                         u"/androidpublisher/v3/applications/%1/reviews/%2:reply"_s.arg(
                             m_package, QString::fromLatin1(QUrl::toPercentEncoding(review))),
                         {{u"replyText"_s, text}});
    call.bucket = u"post"_s;
    m_posts.count(m_host.clock().wall());
    const auto asker = std::make_shared<Completion<SendResult>>(std::move(done));
    const QString key = vendor::answerKey(review, text);
    m_own.insert(key); // it may be read before it is answered
    m_own.beginSend();
    m_keeper.call(call, {this, [this, asker, key](const Result<vendor::ApiReply> &reply) {
                             const Time now = m_host.clock().wall();
                             if (reply && reply->isSuccess())
                                 asker->answer(SendResult{SendResult::Kind::Accepted, key, {}, {}});
                             else if (!reply && reply.error().code == Error::Code::Unauthorized)
                                 asker->answer(vendor::refused(reply.error().detail));
                             else
                                 asker->answer(vendor::failedSend(
                                     reply ? Result<vendor::ApiReply>(plain(*reply)) : reply,
                                     reply ? googleError(*reply).sentence : QString(), now));
                             m_own.endSend();
                         }});
}

void PlayConnector::test(Completion<QString> done)
{
    const auto asker = std::make_shared<Completion<QString>>(std::move(done));
    m_keeper.call(listCall(1, {}),
                  {this, [this, asker](const Result<vendor::ApiReply> &reply) {
                       if (!reply)
                           return asker->answer(reply.error());
                       if (!reply->isSuccess())
                           return asker->answer(errorIn(*reply));
                       asker->answer(tr("The reviews of %1 can be read. Google tells those "
                                        "of the last week that have a text.")
                                         .arg(m_package));
                   }});
}

ChannelType googlePlayType()
{
    ChannelType type;
    type.type = u"google_play"_s;
    type.label = u"Google Play reviews"_s;
    Setting package;
    package.key = u"package_name"_s;
    package.label = u"Package name of the app"_s;
    package.hint = u"As in the address of its page in the shop: com.example.app"_s;
    Setting key;
    key.key = u"service_account"_s;
    key.label = u"Key of a service account"_s;
    key.isSecret = true;
    key.hint =
        u"The whole JSON file. console.cloud.google.com: APIs & Services, enable \"Google Play "
        "Android Developer API\"; IAM, Service accounts, create one, Keys, Add key, JSON. Then "
        "Play Console, Users and permissions: invite its address with \"Reply to reviews\"."_s;
    type.settings = {package, key, vendor::baseUrlSetting(numbers::PlayBase)};
    type.capabilities.ingress = Ingress::Poll;
    type.capabilities.isPublic = true;
    type.capabilities.edits = true;
    type.capabilities.taskChannel = u"social"_s;
    type.capabilities.maxTextLength = numbers::PlayReply;
    // The same answer again replaces itself.
    type.capabilities.idempotentFor = std::chrono::minutes(10);
    type.make = [](const ChannelAccount &account, Host &host) -> std::unique_ptr<Connector> {
        return std::make_unique<PlayConnector>(account, host);
    };
    return type;
}

} // namespace peerdesk::channels::google

#include "moc_playconnector.cpp"
