// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/line/lineconnector.h"

#include "core/channels/line/linerequests.h"
#include "core/channels/line/numbers.h"
#include "core/channels/vendor/download.h"
#include "core/channels/vendor/hookintake.h"
#include "core/channels/vendor/items.h"
#include "core/channels/vendor/outgoing.h"
#include "core/channels/vendor/signature.h"

#include <QJsonArray>

namespace peerdesk::channels {

using namespace Qt::StringLiterals;
using namespace line;
using Kind = SendResult::Kind;

namespace {

vendor::VendorApi::Options apiOptions(const ChannelAccount &account, const Host &host)
{
    vendor::VendorApi::Options options;
    options.base = vendor::baseUrl(account, u"https://api.line.me"_s);
    options.headers["Authorization"] = "Bearer " + host.secret(u"token"_s).trimmed();
    options.buckets[u"send"_s] = SendBucket;
    return options;
}

/// LINE says what is wrong in `message`, and where in `details`.
QString saidBy(const Result<vendor::ApiReply> &reply)
{
    if (!reply)
        return reply.error().detail;
    const QJsonObject said = reply->object();
    QString text = said.value(u"message"_s).toString();
    for (const QJsonValue detail : said.value(u"details"_s).toArray())
        text += u" – "_s + detail[u"message"].toString();
    return text.isEmpty() ? LineConnector::tr("LINE answered %1.").arg(reply->status)
                          : vendor::cleanText(text, 300);
}

SendResult accepted(const vendor::ApiReply &reply)
{
    const QJsonArray sent = reply.object().value(u"sentMessages"_s).toArray();
    QString id = sent.isEmpty() ? QString() : sent.last()[u"id"].toString();
    if (const auto known = reply.headers.find("x-line-accepted-request-id");
        id.isEmpty() && known != reply.headers.end())
        id = u"request:"_s + QString::fromLatin1(known->second);
    return {Kind::Accepted, id, {}, {}};
}

bool isDeadToken(const Result<vendor::ApiReply> &reply)
{
    return reply && reply->status == 400 &&
           reply->object()
               .value(u"message"_s)
               .toString()
               .contains(u"reply token"_s, Qt::CaseInsensitive);
}

/// The month's messages are used up: no use in trying again.
bool isOverQuota(const Result<vendor::ApiReply> &reply)
{
    return reply && reply->status == 429 &&
           reply->object()
               .value(u"message"_s)
               .toString()
               .contains(u"monthly limit"_s, Qt::CaseInsensitive);
}

QByteArray headerOf(const HookCall &call, const QByteArray &name)
{
    const auto it = call.headers.find(name);
    return it == call.headers.end() ? QByteArray() : it->second;
}

} // namespace

LineConnector::LineConnector(const ChannelAccount &account, Host &host)
    : m_account(account)
    , m_host(host)
    , m_api(apiOptions(account, host), host.clock(), this)
    , m_token(host.secret(u"token"_s).trimmed())
    , m_secret(host.secret(u"channel_secret"_s).trimmed())
    , m_probe(this)
    , m_quota(this)
{
    m_probe.setSingleShot(true);
    connect(&m_probe, &QTimer::timeout, this, &LineConnector::probe);
    connect(&m_quota, &QTimer::timeout, this, &LineConnector::askQuota);
}

QString LineConnector::setting(const QString &key, const QString &fallback) const
{
    const auto it = m_account.settings.find(key);
    const QString value = it == m_account.settings.end() ? QString() : it->second.trimmed();
    return value.isEmpty() ? fallback : value;
}

void LineConnector::start()
{
    m_isRunning = true;
    m_isKnown = m_isCalled = false;
    m_trouble.clear();
    if (m_secret.isEmpty())
        return m_host.setState(AccountState::Down,
                               tr("The channel secret is missing: without it nobody can tell "
                                  "whether a call comes from LINE."));
    m_host.setState(AccountState::Starting, {});
    m_quota.start(m_host.clock().toReal(QuotaEvery));
    probe();
}

void LineConnector::stop()
{
    m_isRunning = false;
    m_probe.stop();
    m_quota.stop();
}

void LineConnector::probe()
{
    m_api.call(vendor::getCall(u"/v2/bot/info"_s),
               {m_scope.get(), [this](const Result<vendor::ApiReply> &reply) { onProbed(reply); }});
}

void LineConnector::onProbed(const Result<vendor::ApiReply> &reply)
{
    if (!m_isRunning)
        return;
    if (reply && reply->isSuccess()) {
        m_isKnown = true;
        showState();
        return askQuota();
    }
    const bool isFinal =
        reply && reply->status >= 400 && reply->status < 500 && reply->status != 429;
    if (isFinal)
        return m_host.setState(AccountState::Down,
                               tr("LINE does not accept the token: %1").arg(saidBy(reply)));
    m_host.setState(AccountState::Degraded, tr("LINE cannot be reached: %1").arg(saidBy(reply)));
    m_probe.start(m_host.clock().toReal(ProbeAgain));
}

void LineConnector::askQuota()
{
    const auto limited = [this](const Result<vendor::ApiReply> &reply) {
        if (!reply || !reply->isSuccess())
            return; // shown as it was
        const bool isLimited = reply->object().value(u"type"_s).toString() == u"limited"_s;
        const qint64 limit = isLimited ? reply->object().value(u"value"_s).toInteger() : -1;
        m_api.call(vendor::getCall(u"/v2/bot/message/quota/consumption"_s),
                   {m_scope.get(),
                    [this, limit](const Result<vendor::ApiReply> &used) { onUsed(used, limit); }});
    };
    m_api.call(vendor::getCall(u"/v2/bot/message/quota"_s), {m_scope.get(), limited});
}

void LineConnector::onUsed(const Result<vendor::ApiReply> &reply, qint64 limit)
{
    if (!m_isRunning || !reply || !reply->isSuccess())
        return;
    const qint64 used = reply->object().value(u"totalUsage"_s).toInteger();
    m_quotaText = limit < 0 ? tr("%1 pushed messages this month.").arg(used)
                            : tr("%1 of %2 pushed messages used this month.").arg(used).arg(limit);
    showState();
}

void LineConnector::showState()
{
    if (!m_isKnown)
        return;
    if (!m_trouble.isEmpty())
        return m_host.setState(AccountState::Degraded, m_trouble);
    const QString waiting =
        tr("LINE has not called yet. It needs a reachable address: https, public, and leading to "
           "/hooks/%1 of this PC.")
            .arg(m_account.id.toString());
    const QString first = m_isCalled ? QString() : waiting;
    m_host.setState(AccountState::Connected,
                    first + (first.isEmpty() || m_quotaText.isEmpty() ? QString() : u" "_s) +
                        m_quotaText);
}

void LineConnector::hook(const HookCall &call, Completion<HookAnswer> done)
{
    if (!m_isRunning)
        return done.answer(HookAnswer{503, "text/plain", "not running"});
    if (call.method != "POST")
        return done.answer(HookAnswer{405, "text/plain", "POST"});
    if (!vendor::isBase64Signed(headerOf(call, "x-line-signature"), m_secret, call.body))
        return done.answer(HookAnswer{401, "text/plain", "wrong signature"});
    take(call, std::move(done));
}

void LineConnector::take(const HookCall &call, Completion<HookAnswer> done)
{
    Result<Delivery> delivery = deliveryOf(call.body);
    if (!delivery) {
        vendor::FileGathering::Work work;
        work.page = vendor::unreadable(call.body, delivery.error().detail, m_host.clock().wall());
        return vendor::commitHook(m_host, std::move(work), m_scope.get(), std::move(done));
    }
    m_isCalled = true;
    m_trouble = delivery->isSuspended ? tr("LINE has suspended this account.") : QString();
    showState();
    for (const auto &[thread, token] : delivery->readTokens) {
        if (!m_readTokens.contains(thread))
            m_readInOrder.push_back(thread);
        m_readTokens[thread] = token;
    }
    while (m_readInOrder.size() > RememberedTokens) {
        m_readTokens.erase(m_readInOrder.front());
        m_loadingAt.erase(m_readInOrder.front());
        m_readInOrder.pop_front();
    }
    nameNext(std::make_shared<Arriving>(Arriving{std::move(*delivery), std::move(done)}));
}

/// Names of people first seen; who cannot be named has none.
void LineConnector::nameNext(const std::shared_ptr<Arriving> &arriving)
{
    const std::vector<Person> &people = arriving->delivery.people;
    while (arriving->named < people.size()) {
        const Person person = people[arriving->named];
        const auto known = m_profiles.find(person.user);
        if (known == m_profiles.end()) {
            const QString path = person.group.isEmpty()
                                     ? u"/v2/bot/profile/"_s + person.user
                                     : u"/v2/bot/"_s + person.group + u"/member/"_s + person.user;
            const auto named = [this, arriving, person](const Result<vendor::ApiReply> &reply) {
                if (!reply || !reply->isSuccess()) {
                    ++arriving->named; // another time
                    return nameNext(arriving);
                }
                const QJsonObject said = reply->object();
                rememberProfile(person.user, {said.value(u"displayName"_s).toString(),
                                              said.value(u"language"_s).toString()});
                nameNext(arriving);
            };
            return m_api.call(vendor::getCall(path), {m_scope.get(), named});
        }
        InboundItem &item = arriving->delivery.items[person.item];
        item.senderName = vendor::cleanText(known->second.name, 200).simplified();
        item.sender.display = item.senderName;
        item.language = known->second.language.left(35);
        ++arriving->named;
    }
    commit(arriving);
}

void LineConnector::rememberProfile(const QString &user, const Profile &profile)
{
    if (m_profiles.insert_or_assign(user, profile).second)
        m_profilesInOrder.push_back(user);
    if (m_profilesInOrder.size() > RememberedPeople) {
        m_profiles.erase(m_profilesInOrder.front());
        m_profilesInOrder.pop_front();
    }
}

void LineConnector::commit(const std::shared_ptr<Arriving> &arriving)
{
    vendor::FileGathering::Work work;
    work.page.items = std::move(arriving->delivery.items);
    work.files = std::move(arriving->delivery.files);
    work.fetch = [this](const vendor::WantedFile &file, Completion<QByteArray> answer) {
        fetch(file, std::move(answer));
    };
    vendor::commitHook(m_host, std::move(work), m_scope.get(), std::move(arriving->done));
}

vendor::ApiCall LineConnector::dataCall(const QString &path) const
{
    QString base = setting(u"data_url"_s, u"https://api-data.line.me"_s);
    while (base.endsWith(u'/'))
        base.chop(1);
    vendor::ApiCall call = vendor::getCall(base + path);
    call.headers["Authorization"] = "Bearer " + m_token; // LINE's second host
    return call;
}

void LineConnector::fetch(const vendor::WantedFile &file, Completion<QByteArray> done)
{
    if (file.kind == u"video"_s || file.kind == u"audio"_s)
        return awaitTranscoding(file.where, 0, std::move(done));
    download(file.where, std::move(done));
}

/// LINE makes films and sound ready first.
void LineConnector::awaitTranscoding(const QString &id, int looks, Completion<QByteArray> done)
{
    const auto asker = std::make_shared<Completion<QByteArray>>(std::move(done));
    const auto looked = [this, asker, id, looks](const Result<vendor::ApiReply> &reply) {
        const QString status =
            reply && reply->isSuccess() ? reply->object().value(u"status"_s).toString() : QString();
        if (status == u"failed"_s)
            return asker->answer(notFound(u"LINE could not make it ready"_s));
        if (status != u"processing"_s)
            return download(id, std::move(*asker)); // ready, or the download says why not
        if (looks + 1 >= TranscodingLooks)
            return asker->answer(
                Error{Error::Code::Rejected, u"LINE did not make it ready in time"_s, {}});
        QTimer::singleShot(
            m_host.clock().toReal(TranscodingPause), m_scope.get(),
            [this, asker, id, looks] { awaitTranscoding(id, looks + 1, std::move(*asker)); });
    };
    m_api.call(dataCall(u"/v2/bot/message/"_s + id + u"/content/transcoding"_s),
               {m_scope.get(), looked});
}

void LineConnector::download(const QString &id, Completion<QByteArray> done)
{
    vendor::ApiCall call = dataCall(u"/v2/bot/message/"_s + id + u"/content"_s);
    call.timeout = ContentTimeout;
    vendor::download(m_api, call, MaxContent, std::move(done));
}

void LineConnector::send(const Outgoing &outgoing, Completion<SendResult> done)
{
    const auto messages = messagesOf(outgoing);
    if (!messages)
        return done.answer(vendor::refused(messages.error().detail));
    std::vector<vendor::SendPart> parts;
    for (size_t from = 0; from < messages->size(); from += MaxMessages) {
        Batch batch{chatOf(outgoing),
                    {},
                    retryKey(outgoing.message.id, int(parts.size())),
                    {},
                    outgoing.message.attempts > 1};
        if (from == 0)
            batch.replyToken = replyTokenOf(outgoing);
        for (size_t i = from; i < std::min(messages->size(), from + MaxMessages); ++i)
            batch.messages.append((*messages)[i]);
        parts.push_back({tr("part %1 of the text").arg(parts.size() + 1),
                         [this, batch](Completion<SendResult> answer) {
                             sendBatch(batch, std::move(answer));
                         }});
    }
    if (!parts.empty())
        parts.back().isMain = true; // its receipts speak for the whole
    auto *sending =
        new vendor::PartSending(std::move(parts), m_host.clock(), std::move(done), m_scope.get());
    sending->start();
}

void LineConnector::sendBatch(const Batch &batch, Completion<SendResult> done)
{
    if (!batch.replyToken.isEmpty() && !m_spent.contains(batch.replyToken))
        return reply(batch, std::move(done));
    push(batch, 0, std::move(done));
}

void LineConnector::spend(const QString &replyToken)
{
    if (m_spent.insert(replyToken).second)
        m_spentInOrder.push_back(replyToken);
    if (m_spentInOrder.size() > RememberedTokens) {
        m_spent.erase(m_spentInOrder.front());
        m_spentInOrder.pop_front();
    }
}

/// Free, but a token works once and there is no key against doubles: a token that is dead at a
/// second attempt may have been used by the first.
void LineConnector::reply(const Batch &batch, Completion<SendResult> done)
{
    vendor::ApiCall call =
        vendor::jsonCall("POST", u"/v2/bot/message/reply"_s,
                         {{u"replyToken"_s, batch.replyToken}, {u"messages"_s, batch.messages}});
    call.bucket = u"send"_s;
    const auto asker = std::make_shared<Completion<SendResult>>(std::move(done));
    m_api.call(
        call, {m_scope.get(), [this, asker, batch](const Result<vendor::ApiReply> &answer) {
                   const bool isSent = answer && answer->isSuccess();
                   const bool isDead = isDeadToken(answer);
                   if (isSent || isDead)
                       spend(batch.replyToken);
                   if (isSent)
                       return asker->answer(accepted(*answer));
                   if (isDead && batch.isRepeated)
                       return asker->answer(
                           SendResult{Kind::Uncertain,
                                      {},
                                      tr("An earlier attempt was cut off and may have reached the "
                                         "customer."),
                                      {}});
                   if (isDead)
                       return push(batch, 0, std::move(*asker));
                   asker->answer(vendor::failedSend(answer, saidBy(answer), m_host.clock().wall()));
               }});
}

/// The same key each time: LINE takes it once (409 = it has it already).
void LineConnector::push(const Batch &batch, int tries, Completion<SendResult> done)
{
    vendor::ApiCall call =
        vendor::jsonCall("POST", u"/v2/bot/message/push"_s,
                         {{u"to"_s, batch.chat}, {u"messages"_s, batch.messages}});
    call.headers["X-Line-Retry-Key"] = batch.retryKey.toLatin1();
    call.bucket = u"send"_s;
    const auto asker = std::make_shared<Completion<SendResult>>(std::move(done));
    const auto answered = [this, asker, batch, tries](const Result<vendor::ApiReply> &answer) {
        if (answer && (answer->isSuccess() || answer->status == 409))
            return asker->answer(accepted(*answer));
        if (isOverQuota(answer))
            return asker->answer(vendor::refused(
                tr("This month's messages of the LINE plan are used up. Answers are free only "
                   "within a minute after the customer wrote.")));
        const SendResult failed = vendor::failedSend(answer, saidBy(answer), m_host.clock().wall());
        if (failed.kind != Kind::Uncertain || tries + 1 >= PushTries)
            return asker->answer(failed);
        QTimer::singleShot(
            m_host.clock().toReal(PushPause * (tries + 1)), m_scope.get(),
            [this, asker, batch, tries] { push(batch, tries + 1, std::move(*asker)); });
    };
    m_api.call(call, {m_scope.get(), answered});
}

/// LINE shows dots in a chat of two.
void LineConnector::agentTyping(const QString &thread, bool isTyping)
{
    const Milliseconds now = m_host.clock().boot();
    const auto last = m_loadingAt.find(thread);
    const bool isRecent = last != m_loadingAt.end() && now - last->second < LoadingPause;
    if (!m_isRunning || !isTyping || isRecent || !thread.startsWith(u'U'))
        return;
    if (m_loadingAt.size() > RememberedTokens)
        m_loadingAt.clear();
    m_loadingAt[thread] = now;
    m_api.call(
        vendor::jsonCall("POST", u"/v2/bot/chat/loading/start"_s,
                         {{u"chatId"_s, thread}, {u"loadingSeconds"_s, LoadingSeconds}}),
        {m_scope.get(), [](const Result<vendor::ApiReply> &) {}}); // the next one says the same
}

/// Only where "Chat" is switched on does LINE hand out the token.
void LineConnector::agentRead(const QString &thread, Time)
{
    const auto token = m_readTokens.find(thread);
    if (!m_isRunning || token == m_readTokens.end())
        return;
    m_api.call(vendor::jsonCall("POST", u"/v2/bot/chat/markAsRead"_s,
                                {{u"markAsReadToken"_s, token->second}}),
               {m_scope.get(), [](const Result<vendor::ApiReply> &) {}}); // nothing hangs on it
}

void LineConnector::test(Completion<QString> done)
{
    const auto asker = std::make_shared<Completion<QString>>(std::move(done));
    m_api.call(vendor::getCall(u"/v2/bot/info"_s),
               {m_scope.get(), [this, asker](const Result<vendor::ApiReply> &reply) {
                    if (!reply)
                        return asker->answer(reply.error());
                    if (!reply->isSuccess())
                        return asker->answer(
                            Error{Error::Code::Forbidden,
                                  tr("LINE does not accept the token: %1").arg(saidBy(reply)),
                                  {}});
                    const QJsonObject bot = reply->object();
                    const QString called =
                        m_isCalled
                            ? tr("LINE has called here.")
                            : tr("LINE has not called here yet: the webhook needs a reachable "
                                 "address, and \"Use webhook\" has to be on.");
                    const bool isChat = bot.value(u"chatMode"_s).toString() == u"chat"_s;
                    const QString reads =
                        isChat ? QString() : tr(" Read marks need \"Chat\" switched on.");
                    asker->answer(tr("The token is good for %1 (%2). %3%4")
                                      .arg(bot.value(u"displayName"_s).toString(),
                                           bot.value(u"basicId"_s).toString(), called, reads));
                }});
}

} // namespace peerdesk::channels

#include "moc_lineconnector.cpp"
