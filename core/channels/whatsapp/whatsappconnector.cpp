// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/whatsapp/whatsappconnector.h"

#include "core/channels/vendor/download.h"
#include "core/channels/vendor/hookintake.h"
#include "core/channels/vendor/outgoing.h"
#include "core/channels/vendor/signature.h"
#include "core/channels/vendor/templates.h"
#include "core/channels/whatsapp/errors.h"
#include "core/channels/whatsapp/numbers.h"
#include "core/channels/whatsapp/templates.h"
#include "core/channels/whatsapp/words.h"

#include <QJsonArray>

namespace peerdesk::channels {

using namespace Qt::StringLiterals;
using namespace whatsapp;
using Kind = SendResult::Kind;

namespace {

vendor::VendorApi::Options apiOptions(const ChannelAccount &account, const Host &host)
{
    vendor::VendorApi::Options options;
    options.base = vendor::baseUrl(account, u"https://graph.facebook.com/v23.0"_s);
    options.headers["Authorization"] = "Bearer " + host.secret(u"token"_s).trimmed();
    options.buckets[u"send"_s] = SendBucket;
    return options;
}

QString saidBy(const Result<vendor::ApiReply> &reply)
{
    return reply ? errorSentence(reply->object().value(u"error"_s).toObject())
                 : reply.error().detail;
}

QByteArray headerOf(const HookCall &call, const QByteArray &name)
{
    const auto it = call.headers.find(name);
    return it == call.headers.end() ? QByteArray() : it->second;
}

QString queryOf(const HookCall &call, const QString &name)
{
    const auto it = call.query.find(name);
    return it == call.query.end() ? QString() : it->second;
}

} // namespace

WhatsAppConnector::WhatsAppConnector(const ChannelAccount &account, Host &host)
    : m_account(account)
    , m_host(host)
    , m_api(apiOptions(account, host), host.clock(), this)
    , m_token(host.secret(u"token"_s).trimmed())
    , m_appSecret(host.secret(u"app_secret"_s).trimmed())
    , m_probe(this)
{
    m_probe.setSingleShot(true);
    connect(&m_probe, &QTimer::timeout, this, &WhatsAppConnector::probe);
}

QString WhatsAppConnector::setting(const QString &key) const
{
    const auto it = m_account.settings.find(key);
    return it == m_account.settings.end() ? QString() : it->second.trimmed();
}

void WhatsAppConnector::start()
{
    m_isRunning = true;
    m_isKnown = m_isCalled = false;
    m_trouble.clear();
    if (m_appSecret.isEmpty())
        return m_host.setState(AccountState::Down,
                               tr("The app secret is missing: without it nobody can tell whether a "
                                  "call comes from WhatsApp."));
    m_host.setState(AccountState::Starting, {});
    probe();
}

void WhatsAppConnector::stop()
{
    m_isRunning = false;
    m_probe.stop();
    for (auto &[mark, unclear] : std::exchange(m_unclear, {}))
        unclear->done.answer(SendResult{Kind::Uncertain, {}, unclear->detail, {}});
}

/// Whether token and number go together; again until an answer comes.
void WhatsAppConnector::probe()
{
    QUrlQuery query;
    query.addQueryItem(u"fields"_s, u"display_phone_number,verified_name,quality_rating"_s);
    m_api.call(vendor::getCall(u'/' + setting(u"phone_number_id"_s), query),
               {m_scope.get(), [this](const Result<vendor::ApiReply> &reply) { onProbed(reply); }});
}

void WhatsAppConnector::onProbed(const Result<vendor::ApiReply> &reply)
{
    if (!m_isRunning)
        return;
    if (reply && reply->isSuccess()) {
        m_isKnown = true;
        return showState();
    }
    const bool isFinal =
        reply && reply->status >= 400 && reply->status < 500 && reply->status != 429;
    if (isFinal)
        return m_host.setState(AccountState::Down, saidBy(reply));
    m_host.setState(AccountState::Degraded,
                    tr("WhatsApp cannot be reached: %1").arg(saidBy(reply)));
    m_probe.start(m_host.clock().toReal(ProbeAgain));
}

void WhatsAppConnector::showState()
{
    if (!m_trouble.isEmpty())
        return m_host.setState(AccountState::Degraded, m_trouble);
    if (!m_isKnown)
        return;
    const QString waiting = tr("WhatsApp has not called yet. It needs a reachable address: https, "
                               "public, and leading to "
                               "/hooks/%1 of this PC.")
                                .arg(m_account.id.toString());
    m_host.setState(AccountState::Connected, m_isCalled ? QString() : waiting);
}

void WhatsAppConnector::hook(const HookCall &call, Completion<HookAnswer> done)
{
    if (!m_isRunning)
        return done.answer(HookAnswer{503, "text/plain", "not running"});
    if (call.method == "GET")
        return done.answer(handshake(call));
    if (call.method != "POST")
        return done.answer(HookAnswer{405, "text/plain", "POST"});
    if (!vendor::isHexSigned(headerOf(call, "x-hub-signature-256"), m_appSecret, call.body)) {
        ++m_refused;
        return done.answer(HookAnswer{401, "text/plain", "wrong signature"});
    }
    take(call, std::move(done));
}

HookAnswer WhatsAppConnector::handshake(const HookCall &call)
{
    const QByteArray expected = setting(u"verify_token"_s).toUtf8();
    const QByteArray given = queryOf(call, u"hub.verify_token"_s).toUtf8();
    if (queryOf(call, u"hub.mode"_s) != u"subscribe"_s || !vendor::isSame(given, expected))
        return {403, "text/plain", "wrong verify token"};
    m_isCalled = true;
    showState();
    return {200, "text/plain", queryOf(call, u"hub.challenge"_s).toUtf8()};
}

void WhatsAppConnector::take(const HookCall &call, Completion<HookAnswer> done)
{
    Result<Delivery> delivery = deliveryOf(call.body, setting(u"phone_number_id"_s));
    vendor::FileGathering::Work work;
    if (!delivery) {
        work.page = vendor::unreadable(call.body, delivery.error().detail, m_host.clock().wall());
        return vendor::commitHook(m_host, std::move(work), m_scope.get(), std::move(done));
    }
    m_isCalled = true;
    m_trouble = delivery->troubles.isEmpty() ? QString() : delivery->troubles.first();
    if (!delivery->otherNumbers.isEmpty())
        m_trouble = tr("Messages to another number (%1) are sent here. Make an account for it, or "
                       "change its webhook at Meta.")
                        .arg(delivery->otherNumbers.join(u", "_s));
    showState();
    clear(delivery->marks);
    work.page.items = std::move(delivery->items);
    work.files = std::move(delivery->files);
    work.fetch = [this](const vendor::WantedFile &file, Completion<QByteArray> answer) {
        fetch(file, std::move(answer));
    };
    const auto asker = std::make_shared<Completion<HookAnswer>>(std::move(done));
    vendor::commitHook(m_host, std::move(work), m_scope.get(),
                       {m_scope.get(), [this, asker, latest = std::move(delivery->latest)](
                                           const Result<HookAnswer> &answer) {
                            if (answer && answer->status == 200)
                                remember(latest);
                            asker->answer(answer);
                        }});
}

void WhatsAppConnector::remember(const std::vector<Latest> &latest)
{
    for (const Latest &one : latest) {
        if (!m_latest.contains(one.thread))
            m_latestInOrder.push_back(one.thread);
        m_latest[one.thread] = one.id;
    }
    while (m_latestInOrder.size() > RememberedThreads) {
        m_latest.erase(m_latestInOrder.front());
        m_typingAt.erase(m_latestInOrder.front());
        m_latestInOrder.pop_front();
    }
}

/// The id first, then the bytes from an address that lives for five minutes.
void WhatsAppConnector::fetch(const vendor::WantedFile &file, Completion<QByteArray> done)
{
    const auto asker = std::make_shared<Completion<QByteArray>>(std::move(done));
    const QString path = u'/' + QString::fromLatin1(QUrl::toPercentEncoding(file.where));
    const auto named = [this, asker](const Result<vendor::ApiReply> &reply) {
        if (!reply)
            return asker->answer(reply.error());
        if (!reply->isSuccess()) {
            const bool isGone = reply->status == 404 || reply->status == 400;
            const auto code = isGone ? Error::Code::NotFound : Error::Code::Unknown;
            return asker->answer(Error{code, saidBy(reply), {}});
        }
        const QString address = reply->object().value(u"url"_s).toString();
        const qint64 size = reply->object().value(u"file_size"_s).toInteger();
        if (size > MaxDocument)
            return asker->answer(Error{Error::Code::TooLarge, {}, {}});
        vendor::ApiCall call = vendor::getCall(address);
        call.timeout = MediaTimeout;
        if (isMetas(QUrl(address)))
            call.headers["Authorization"] = "Bearer " + m_token;
        vendor::download(m_api, call, MaxDocument, std::move(*asker));
    };
    m_api.call(vendor::getCall(path), {m_scope.get(), named});
}

/// The token goes to Meta's hosts, wherever a payload leads.
bool WhatsAppConnector::isMetas(const QUrl &url) const
{
    static const QStringList endings{u".fbsbx.com"_s, u".facebook.com"_s, u".fbcdn.net"_s,
                                     u".whatsapp.net"_s};
    const QUrl &base = m_api.base();
    if (url.host() == base.host() && url.port() == base.port() && url.scheme() == base.scheme())
        return true;
    return url.scheme() == u"https"_s &&
           std::any_of(endings.begin(), endings.end(),
                       [&](const QString &ending) { return url.host().endsWith(ending); });
}

void WhatsAppConnector::send(const Outgoing &outgoing, Completion<SendResult> done)
{
    const auto requests = requestsOf(outgoing, m_host.clock().wall());
    if (!requests)
        return done.answer(vendor::refused(requests.error().detail));
    std::vector<vendor::SendPart> parts;
    for (const SendRequest &request : *requests) {
        const auto file = outgoing.attachments.find(request.file);
        const bool isThere = file != outgoing.attachments.end();
        if (!request.file.isEmpty() && !isThere)
            return done.answer(vendor::refused(tr("%1 is not on this PC.").arg(request.fileName)));
        const QByteArray bytes = isThere ? file->second : QByteArray();
        parts.push_back({request.name, [this, request, bytes](Completion<SendResult> answer) {
                             sendOne(request, bytes, std::move(answer));
                         }});
    }
    if (!parts.empty())
        parts.back().isMain = true; // its receipts speak for the whole
    auto *sending =
        new vendor::PartSending(std::move(parts), m_host.clock(), std::move(done), m_scope.get());
    sending->start();
}

void WhatsAppConnector::sendOne(const SendRequest &request, const QByteArray &bytes,
                                Completion<SendResult> done)
{
    if (!request.file.isEmpty())
        return upload(request, bytes, std::move(done));
    post(request.body, std::move(done));
}

/// Whatever becomes of an upload, the customer has got nothing yet.
void WhatsAppConnector::upload(const SendRequest &request, const QByteArray &bytes,
                               Completion<SendResult> done)
{
    vendor::ApiCall call =
        vendor::multipartCall(u'/' + setting(u"phone_number_id"_s) + u"/media"_s,
                              {{"messaging_product", "whatsapp", {}, {}},
                               {"type", request.mimeType.toUtf8(), {}, {}},
                               {"file", bytes, request.fileName, request.mimeType.toUtf8()}});
    call.timeout = MediaTimeout;
    const auto asker = std::make_shared<Completion<SendResult>>(std::move(done));
    m_api.call(call, {m_scope.get(), [this, asker, request](const Result<vendor::ApiReply> &reply) {
                          const QString id =
                              reply ? reply->object().value(u"id"_s).toString() : QString();
                          if (reply && reply->isSuccess() && !id.isEmpty()) {
                              QJsonObject body = request.body;
                              QJsonObject media = body.value(request.kind).toObject();
                              media.insert(u"id"_s, id);
                              body.insert(request.kind, media);
                              return post(body, std::move(*asker));
                          }
                          SendResult result = sendResult(reply, m_host.clock().wall());
                          if (result.kind == Kind::Uncertain || result.kind == Kind::Accepted)
                              result = {Kind::Later, {}, saidBy(reply), ThroughputPause};
                          asker->answer(result);
                      }});
}

void WhatsAppConnector::post(const QJsonObject &body, Completion<SendResult> done)
{
    vendor::ApiCall call =
        vendor::jsonCall("POST", u'/' + setting(u"phone_number_id"_s) + u"/messages"_s, body);
    call.bucket = u"send"_s;
    const QString mark = body.value(u"biz_opaque_callback_data"_s).toString();
    const auto asker = std::make_shared<Completion<SendResult>>(std::move(done));
    m_api.call(call, {m_scope.get(), [this, asker, mark](const Result<vendor::ApiReply> &reply) {
                          const SendResult result = sendResult(reply, m_host.clock().wall());
                          if (result.kind == Kind::Uncertain)
                              return waitForStatus(mark, result, std::move(*asker));
                          if (reply && isTokenError(reply->object().value(u"error"_s).toObject()))
                              m_host.setState(AccountState::Down, result.detail);
                          asker->answer(result);
                      }});
}

/// WhatsApp has no key against doubles and no list of messages, but it calls with our mark when it
/// has sent one.
void WhatsAppConnector::waitForStatus(const QString &mark, const SendResult &result,
                                      Completion<SendResult> done)
{
    const auto unclear = std::make_shared<Unclear>(Unclear{std::move(done), result.detail});
    m_unclear[mark] = unclear;
    QTimer::singleShot(m_host.clock().toReal(StatusWait), m_scope.get(), [this, mark, unclear] {
        m_unclear.erase(mark);
        unclear->done.answer(SendResult{Kind::Uncertain, {}, unclear->detail, {}});
    });
}

void WhatsAppConnector::clear(const std::vector<StatusMark> &marks)
{
    for (const StatusMark &one : marks) {
        const auto found = m_unclear.find(one.mark);
        if (found == m_unclear.end())
            continue;
        const std::shared_ptr<Unclear> unclear = found->second;
        m_unclear.erase(found);
        unclear->done.answer(SendResult{Kind::Accepted, one.id, {}, {}});
    }
}

void WhatsAppConnector::agentTyping(const QString &thread, bool isTyping)
{
    const Milliseconds now = m_host.clock().boot();
    const auto last = m_typingAt.find(thread);
    if (!isTyping || (last != m_typingAt.end() && now - last->second < TypingPause))
        return;
    if (m_latest.contains(thread))
        m_typingAt[thread] = now;
    mark(thread, true);
}

void WhatsAppConnector::agentRead(const QString &thread, Time)
{
    mark(thread, false);
}

/// A mark that fails is not worth a word: the next one says the same.
void WhatsAppConnector::mark(const QString &thread, bool isTyping)
{
    const auto latest = m_latest.find(thread);
    if (!m_isRunning || latest == m_latest.end())
        return;
    m_api.call(vendor::jsonCall("POST", u'/' + setting(u"phone_number_id"_s) + u"/messages"_s,
                                readMark(latest->second, isTyping)),
               {m_scope.get(), [](const Result<vendor::ApiReply> &) {}});
}

void WhatsAppConnector::test(Completion<QString> done)
{
    QUrlQuery query;
    query.addQueryItem(u"fields"_s, u"display_phone_number,verified_name,quality_rating"_s);
    const auto asker = std::make_shared<Completion<QString>>(std::move(done));
    m_api.call(vendor::getCall(u'/' + setting(u"phone_number_id"_s), query),
               {m_scope.get(), [this, asker](const Result<vendor::ApiReply> &reply) {
                    if (!reply)
                        return asker->answer(reply.error());
                    if (!reply->isSuccess())
                        return asker->answer(Error{Error::Code::Forbidden, saidBy(reply), {}});
                    const QJsonObject number = reply->object();
                    testHook(u"%1 (%2)"_s.arg(number.value(u"display_phone_number"_s).toString(),
                                              number.value(u"verified_name"_s).toString()),
                             std::move(*asker));
                }});
}

void WhatsAppConnector::templates(Completion<TemplateList> done)
{
    if (setting(u"business_id"_s).isEmpty())
        return done.answer(rejected(tr("The templates are listed by the WhatsApp Business Account. "
                                       "Its ID is missing: put it in under Settings > Channels."),
                                    u"settings"_s));
    listTemplates({}, std::make_shared<Listing::element_type>(TemplateList(), std::move(done)));
}

void WhatsAppConnector::listTemplates(const QString &after, const Listing &listing)
{
    QUrlQuery query;
    query.addQueryItem(u"fields"_s, u"name,language,status,category,components,rejected_reason"_s);
    query.addQueryItem(u"limit"_s, QString::number(TemplatesPerPage));
    if (!after.isEmpty())
        query.addQueryItem(u"after"_s, QString::fromLatin1(QUrl::toPercentEncoding(after)));
    const auto listed = [this, listing](const Result<vendor::ApiReply> &reply) {
        if (!reply)
            return listing->second.answer(reply.error());
        if (!reply->isSuccess())
            return listing->second.answer(Error{Error::Code::Forbidden, saidBy(reply), {}});
        std::vector<MessageTemplate> &all = listing->first.templates;
        const size_t before = all.size();
        for (MessageTemplate &entry : templatesIn(reply->object().value(u"data"_s).toArray())) {
            if (all.size() < vendor::MaxTemplates)
                all.push_back(std::move(entry));
        }
        const QJsonObject paging = reply->object().value(u"paging"_s).toObject();
        const QString next = textAt(paging.value(u"cursors"_s).toObject(), u"after"_s);
        const bool isLast = !paging.contains(u"next"_s) || next.isEmpty() || all.size() == before;
        if (isLast || all.size() >= vendor::MaxTemplates)
            return listing->second.answer(listing->first);
        listTemplates(next, listing);
    };
    m_api.call(vendor::getCall(u'/' + setting(u"business_id"_s) + u"/message_templates"_s, query),
               {m_scope.get(), listed});
}

void WhatsAppConnector::testHook(const QString &number, Completion<QString> done)
{
    const QString business = setting(u"business_id"_s);
    const QString called =
        m_isCalled ? tr("WhatsApp has called here.") : tr("WhatsApp has not called here yet.");
    if (business.isEmpty())
        return done.answer(tr("The token is good for %1. %2").arg(number, called));
    const auto asker = std::make_shared<Completion<QString>>(std::move(done));
    m_api.call(
        vendor::getCall(u'/' + business + u"/subscribed_apps"_s),
        {m_scope.get(), [asker, number, called](const Result<vendor::ApiReply> &reply) {
             if (!reply)
                 return asker->answer(reply.error());
             if (!reply->isSuccess())
                 return asker->answer(
                     tr("The token is good for %1, but it may not manage the account: %2")
                         .arg(number, saidBy(reply)));
             if (reply->object().value(u"data"_s).toArray().isEmpty())
                 return asker->answer(
                     rejected(tr("The token is good for %1, but no app is subscribed to the "
                                 "account: no message would come. Subscribe the field \"messages\" "
                                 "under WhatsApp > Configuration.")
                                  .arg(number),
                              u"subscription"_s));
             asker->answer(
                 tr("The token is good for %1, and an app is subscribed. %2").arg(number, called));
         }});
}

} // namespace peerdesk::channels

#include "moc_whatsappconnector.cpp"
