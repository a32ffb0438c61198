// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/meta/metaconnector.h"

#include "core/channels/meta/numbers.h"
#include "core/channels/vendor/download.h"
#include "core/channels/vendor/hookintake.h"
#include "core/channels/vendor/oauth.h"
#include "core/channels/vendor/partsending.h"
#include "core/channels/vendor/signature.h"
#include "core/domain/providerids.h"

#include <QCryptographicHash>
#include <QJsonArray>

namespace peerdesk::channels::meta {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype MaxChallenge = 200;
/// State of an error: the privacy switch (M40).
const QString AccessOff = u"access-off"_s;

vendor::VendorApi::Options optionsFor(const ChannelAccount &account, const Host &host,
                                      Product product)
{
    vendor::VendorApi::Options options;
    options.base = vendor::baseUrl(account, product == Product::Instagram ? numbers::InstagramBase
                                                                          : numbers::FacebookBase);
    options.headers = {{"Authorization", "Bearer " + host.secret(u"token"_s).trimmed()}};
    options.buckets = {{u"poll"_s, {2, Milliseconds(1'000)}},
                       {u"text"_s, {300, Milliseconds(1'000)}},
                       {u"media"_s, {10, Milliseconds(1'000)}}};
    return options;
}

QString settingOf(const ChannelAccount &account, const QString &key)
{
    const auto it = account.settings.find(key);
    return it == account.settings.end() ? QString() : it->second.trimmed();
}

HookAnswer plainText(int status, const QByteArray &body)
{
    return {status, "text/plain", body};
}

} // namespace

MetaConnector::MetaConnector(const ChannelAccount &account, Host &host, Product product)
    : PollingConnector(account, host, optionsFor(account, host, product))
    , m_own(host, this)
{
    m_self = {product, settingOf(account, u"page_id"_s), account.name};
}

void MetaConnector::renewToken()
{
    const Time now = m_host.clock().wall();
    if (m_self.product != Product::Instagram ||
        (m_renewedAt.isSet() && now - m_renewedAt < numbers::RenewEvery))
        return;
    m_renewedAt = now;
    QUrlQuery query;
    query.addQueryItem(u"grant_type"_s, u"ig_refresh_token"_s);
    query.addQueryItem(u"access_token"_s, QString::fromUtf8(m_host.secret(u"token"_s).trimmed()));
    const auto onReply = [this](const Result<vendor::ApiReply> &reply) {
        const Result<vendor::OAuthTokens> tokens = vendor::tokensIn(reply, m_host.clock().wall());
        if (!tokens) // younger than a day, or of another kind: the one that is there goes on
            return;
        m_host.storeSecret(u"token"_s, tokens->access,
                           {this, [this, tokens](const auto &kept) {
                                if (!kept)
                                    return;
                                m_tokenEnds = tokens->expiresAt;
                                m_api.setHeader("Authorization", "Bearer " + tokens->access);
                            }});
    };
    m_api.call(vendor::getCall(u"/refresh_access_token"_s, query), {this, onReply});
}

QString MetaConnector::connectedSentence() const
{
    const bool endsSoon =
        m_tokenEnds.isSet() && m_tokenEnds - m_host.clock().wall() < numbers::TokenWarning;
    return endsSoon ? tr("The access token ends on %1.").arg(m_tokenEnds.toString().left(10))
                    : QString();
}

void MetaConnector::beginPoll(const QByteArray &cursor)
{
    renewToken();
    if (!m_polledTo.isEmpty() && cursor == m_polledTo) {
        for (const QString &id : m_polled)
            m_known.insert(id);
    }
    m_polled.clear();
    m_polledTo.clear();
}

void MetaConnector::endPoll(const InboundPage &page)
{
    m_polledTo = page.cursorTo;
    for (const InboundItem &item : page.items)
        m_polled.push_back(item.providerId);
}

Milliseconds MetaConnector::interval() const
{
    const bool isHooked =
        m_lastHook.isSet() && m_host.clock().wall() - m_lastHook < numbers::HookIsFresh;
    return steered(isHooked ? std::max(usualInterval(), numbers::HookedInterval) : usualInterval(),
                   m_usage);
}

Error MetaConnector::errorIn(const vendor::ApiReply &reply) const
{
    if (isAccessSwitchedOff(graphError(reply)))
        return {Error::Code::Forbidden, accessAdvice(), AccessOff};
    return errorOf(plain(reply), graphError(reply).sentence, m_host.clock().wall());
}

/// The switch is in the owner's hand, not in our settings: it is looked at again.
vendor::Trouble MetaConnector::troubleOf(const Error &error) const
{
    vendor::Trouble trouble = PollingConnector::troubleOf(error);
    if (error.state == AccessOff) {
        trouble.isFinal = false;
        trouble.retryAfter = numbers::AccessAgain;
    }
    return trouble;
}

void MetaConnector::graph(vendor::ApiCall call, Reply done)
{
    call.path.prepend(numbers::ApiVersion);
    const QByteArray secret = m_host.secret(u"app_secret"_s).trimmed();
    if (!secret.isEmpty() && m_self.product == Product::Messenger)
        call.query.addQueryItem(
            u"appsecret_proof"_s,
            QString::fromLatin1(vendor::hmac(QCryptographicHash::Sha256, secret,
                                             m_host.secret(u"token"_s).trimmed())
                                    .toHex()));
    m_api.call(call, {this, [this, done = std::move(done)](const Result<vendor::ApiReply> &reply) {
                          if (reply)
                              m_usage = usageOf(reply->headers);
                          done(reply);
                      }});
}

/// The page's name, and whether the token is any good.
void MetaConnector::prepare(Completion<Done> done)
{
    const auto asker = std::make_shared<Completion<Done>>(std::move(done));
    const bool isInstagram = m_self.product == Product::Instagram;
    QUrlQuery query;
    query.addQueryItem(u"fields"_s, isInstagram ? u"id,username"_s : u"id,name"_s);
    graph(vendor::getCall(u'/' + m_self.id, query),
          [this, asker](const Result<vendor::ApiReply> &reply) {
              if (!reply)
                  return asker->answer(reply.error());
              if (!reply->isSuccess() || graphError(*reply).code != 0)
                  return asker->answer(errorIn(*reply));
              const QJsonObject page = reply->object();
              const QString name =
                  page.value(page.contains(u"name"_s) ? u"name"_s : u"username"_s).toString();
              if (!name.isEmpty())
                  m_self.name = vendor::cleanText(name, 200);
              asker->answer(Done{});
          });
}

void MetaConnector::hook(const HookCall &call, Completion<HookAnswer> done)
{
    if (call.method == "GET")
        return handshake(call, done);
    const auto signature = call.headers.find("x-hub-signature-256");
    if (call.method != "POST" || signature == call.headers.end() ||
        !signature->second.startsWith("sha256=") ||
        !vendor::isHexSigned(signature->second, m_host.secret(u"app_secret"_s).trimmed(),
                             call.body))
        return done.answer(plainText(403, "wrong signature"));
    Result<Parsed> parsed = parseHook(call.body);
    if (!parsed) { // it is Meta's, and would come again for days
        vendor::FileGathering::Work work;
        work.page = vendor::unreadable(call.body, parsed.error().detail, m_host.clock().wall());
        return vendor::commitHook(m_host, std::move(work), this, std::move(done));
    }
    m_lastHook = m_host.clock().wall();
    takeHook(std::move(*parsed), std::move(done));
}

void MetaConnector::handshake(const HookCall &call, Completion<HookAnswer> &done) const
{
    const auto value = [&](const QString &key) {
        const auto it = call.query.find(key);
        return it == call.query.end() ? QByteArray() : it->second.toUtf8();
    };
    const bool isOurs =
        value(u"hub.mode"_s) == "subscribe" &&
        vendor::isSame(value(u"hub.verify_token"_s), m_host.secret(u"verify_token"_s).trimmed());
    if (!isOurs)
        return done.answer(plainText(403, "wrong verify token"));
    done.answer(plainText(200, value(u"hub.challenge"_s).left(MaxChallenge)));
}

/// 200 only for what is in the log: all else comes again.
void MetaConnector::takeHook(Parsed parsed, Completion<HookAnswer> done)
{
    const auto asker = std::make_shared<Completion<HookAnswer>>(std::move(done));
    const auto shared = std::make_shared<Parsed>(std::move(parsed));
    marked(shared, [this, shared, asker] {
        complete(std::move(*shared),
                 {this, [this, asker](const Result<InboundPage> &page) {
                      if (!page || page->items.empty())
                          return asker->answer(plainText(page ? 200 : 503, {}));
                      std::vector<QString> ids;
                      for (const InboundItem &item : page->items)
                          ids.push_back(item.providerId);
                      m_host.ingest(*page, {this, [this, asker, ids](const Result<Done> &kept) {
                                                if (!kept)
                                                    return asker->answer(plainText(503, {}));
                                                for (const QString &id : ids)
                                                    m_known.insert(id);
                                                asker->answer(plainText(200, {}));
                                            }});
                  }});
    });
}

/// Watermarks become receipts of the messages that they are about.
void MetaConnector::marked(const std::shared_ptr<Parsed> &parsed, const std::function<void()> &then)
{
    if (parsed->watermarks.empty())
        return then();
    const Watermark mark = parsed->watermarks.back();
    parsed->watermarks.pop_back();
    m_host.history(
        mark.thread,
        {this, [this, parsed, mark, then](const Result<std::vector<Message>> &messages) {
             for (const Message &message : messages ? *messages : std::vector<Message>()) {
                 if (message.kind != MessageKind::Reply || message.providerId.isEmpty() ||
                     message.createdAt > mark.upTo)
                     continue;
                 const QString main = mainProviderId(message.providerId);
                 const QString key = main + u'#' + enumName(mark.state);
                 if (!isKnown(key))
                     parsed->items.push_back(vendor::receiptItem(key, main, mark.state, mark.upTo));
             }
             marked(parsed, then);
         }});
}

void MetaConnector::complete(Parsed parsed, Completion<InboundPage> done)
{
    vendor::FileGathering::Work work;
    std::map<size_t, size_t> places;
    for (size_t i = 0; i < parsed.items.size(); ++i) {
        if (m_known.contains(parsed.items[i].providerId))
            continue;
        places[i] = work.page.items.size();
        work.page.items.push_back(std::move(parsed.items[i]));
    }
    for (vendor::WantedFile &file : parsed.files) {
        if (const auto place = places.find(file.item); place != places.end()) {
            file.item = place->second;
            work.files.push_back(std::move(file));
        }
    }
    work.fetch = [this](const vendor::WantedFile &file, Completion<QByteArray> fetched) {
        if (!file.where.startsWith(u"https://"_s) && !file.where.startsWith(u"http://"_s))
            return fetched.answer(notFound(tr("it has no address")));
        vendor::download(m_api, vendor::getCall(file.where), numbers::MaxFile, std::move(fetched));
    };
    const auto asker = std::make_shared<Completion<InboundPage>>(std::move(done));
    const auto onFetched = [this, asker](const Result<InboundPage> &page) {
        if (!page)
            return asker->answer(page.error());
        m_own.sift(*page,
                   {this, [asker](const Result<InboundPage> &sifted) { asker->answer(sifted); }});
    };
    (new vendor::FileGathering(std::move(work), m_host.clock(), {this, onFetched}, this))->start();
}

void MetaConnector::deliver(const Delivery &delivery, const std::vector<Part> &parts,
                            Completion<SendResult> done)
{
    std::vector<vendor::SendPart> sends;
    for (const Part &part : parts)
        sends.push_back({part.what, [this, delivery, part](Completion<SendResult> sent) {
                             sendPart(delivery, part, std::move(sent));
                         }});
    if (!sends.empty())
        sends.back().isMain = true; // its receipts speak for the whole
    const auto asker = std::make_shared<Completion<SendResult>>(std::move(done));
    const auto onSent = [this, asker](const Result<SendResult> &result) {
        asker->answer(result);
        m_own.endSend();
    };
    m_own.beginSend();
    (new vendor::PartSending(std::move(sends), m_host.clock(), {this, onSent}, this))->start();
}

void MetaConnector::sendPart(const Delivery &delivery, const Part &part,
                             Completion<SendResult> done)
{
    vendor::ApiCall call = sendCall(m_self.id, delivery.recipient, delivery.permission, part);
    if (const auto file = delivery.files.find(part.file); file != delivery.files.end())
        call = fileCall(call, part, file->second);
    const auto asker = std::make_shared<Completion<SendResult>>(std::move(done));
    const auto accept = [this, asker](const QString &id) {
        m_own.insert(id);
        asker->answer(SendResult{SendResult::Kind::Accepted, id, {}, {}});
    };
    Delivery begun = delivery;
    begun.began = m_host.clock().wall();
    graph(call, [this, begun, part, asker, accept](const Result<vendor::ApiReply> &reply) {
        const QString id = reply ? reply->object().value(u"message_id"_s).toString() : QString();
        if (reply && reply->isSuccess() && !id.isEmpty())
            return accept(id);
        const SendResult result = refused(reply, m_host.clock().wall());
        if (result.kind != SendResult::Kind::Uncertain)
            return asker->answer(result);
        lookUp(begun, part, [asker, accept, result](const QString &found) {
            if (found.isEmpty())
                return asker->answer(result);
            accept(found);
        });
    });
}

void MetaConnector::lookUp(const Delivery &delivery, const Part &part,
                           std::function<void(const QString &id)> done)
{
    Q_UNUSED(delivery)
    Q_UNUSED(part)
    done({});
}

} // namespace peerdesk::channels::meta

#include "moc_metaconnector.cpp"
