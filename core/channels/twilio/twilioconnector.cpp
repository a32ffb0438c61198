// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/twilio/twilioconnector.h"

#include "core/channels/twilio/contents.h"
#include "core/channels/twilio/errors.h"
#include "core/channels/twilio/numbers.h"
#include "core/channels/vendor/outgoing.h"
#include "core/channels/vendor/phone.h"
#include "core/channels/vendor/templates.h"

#include <QJsonArray>

#include <algorithm>

namespace peerdesk::channels {

using namespace Qt::StringLiterals;
using namespace twilio;

namespace {

/// The time in a cursor.
Time timeOf(const QByteArray &cursor)
{
    return Time::fromString(QString::fromUtf8(cursor.left(cursor.indexOf(';'))));
}

vendor::VendorApi::Options apiOptions(const ChannelAccount &account, const Host &host)
{
    const auto value = [&](const QString &key) {
        const auto it = account.settings.find(key);
        return it == account.settings.end() ? QString() : it->second.trimmed();
    };
    const QString key = value(u"key_sid"_s);
    const QByteArray user = (key.isEmpty() ? value(u"account_sid"_s) : key).toUtf8();
    vendor::VendorApi::Options options;
    options.base = vendor::baseUrl(account, u"https://api.twilio.com"_s);
    options.headers["Authorization"] =
        "Basic " + (user + ':' + host.secret(u"secret"_s).trimmed()).toBase64();
    options.buckets[u"api"_s] = ApiBucket;
    return options;
}

bool isOlder(const MessageRow &left, const MessageRow &right)
{
    return left.at < right.at;
}

} // namespace

TwilioConnector::TwilioConnector(const ChannelAccount &account, Host &host, Medium medium)
    : PollingConnector(account, host, apiOptions(account, host))
    , m_medium(medium)
    , m_served(host.clock())
{
    m_sender = {medium, setting(u"account_sid"_s), setting(u"number"_s),
                setting(u"messaging_service"_s)};
    m_sender.from.remove(u' ');
    if (const auto phone = vendor::phoneNumber(m_sender.from)) // as Twilio writes it
        m_sender.from = phone->e164;
}

QString TwilioConnector::setting(const QString &key, const QString &fallback) const
{
    const auto it = m_account.settings.find(key);
    const QString value = it == m_account.settings.end() ? QString() : it->second.trimmed();
    return value.isEmpty() ? fallback : value;
}

QString TwilioConnector::ownAddress() const
{
    return m_medium == Medium::WhatsApp ? u"whatsapp:"_s + m_sender.from : m_sender.from;
}

void TwilioConnector::start()
{
    m_polling = std::make_unique<QObject>();
    m_backlog.clear();
    m_changed.clear();
    m_uncommitted.clear();
    m_expected.clear();
    m_known.clear();
    m_knownInOrder.clear();
    m_open.clear();
    PollingConnector::start();
}

void TwilioConnector::stop()
{
    PollingConnector::stop();
    m_polling.reset();
}

Milliseconds TwilioConnector::interval() const
{
    const bool isBusy =
        m_lastTraffic > Milliseconds(0) && m_host.clock().boot() - m_lastTraffic < BusyFor;
    return isBusy ? BusyInterval : IdleInterval;
}

/// What became of our messages while nobody asked.
void TwilioConnector::prepare(Completion<Done> done)
{
    const Time since = m_host.clock().wall() - StatusFor;
    const auto asker = std::make_shared<Completion<Done>>(std::move(done));
    const auto listed = [this, asker](const Result<Rows> &rows) {
        if (!rows)
            return asker->answer(rows.error());
        takeOutbound(*rows);
        asker->answer(Done{});
    };
    auto *walk = new MessageWalk(m_api, {m_sender.account, {}, ownAddress(), since, MaxPages},
                                 {m_polling.get(), listed}, m_polling.get());
    walk->start();
}

void TwilioConnector::takeOutbound(const Rows &rows)
{
    const Time last = timeOf(m_host.cursor());
    for (const MessageRow &row : rows) {
        if (row.isInbound)
            continue;
        if (!isFinal(row.status, m_medium))
            watch(row.sid, {}, m_host.clock().boot());
        else if (!last.isSet() || !row.updated.isSet() || row.updated >= last - Overlap)
            m_changed.push_back(row);
        remember(row.sid);
    }
}

void TwilioConnector::watch(const QString &sid, const QString &status, Milliseconds since)
{
    if (m_open.size() >= MaxOpenStatuses && !m_open.contains(sid))
        return; // Twilio still delivers; only the tick stays at "sent"
    m_open[sid] = {since, since + MinStatusPause, status};
    remember(sid);
}

void TwilioConnector::remember(const QString &sid)
{
    if (!m_known.insert(sid).second)
        return;
    m_knownInOrder.push_back(sid);
    if (m_knownInOrder.size() > RememberedSids) {
        m_known.erase(m_knownInOrder.front());
        m_knownInOrder.pop_front();
    }
}

void TwilioConnector::settle(const QByteArray &cursor)
{
    const Rows rows = std::exchange(m_uncommitted, {});
    if (std::exchange(m_expected, {}) == cursor)
        return;
    m_backlog.clear(); // listed anew, from where the log stands
    for (const MessageRow &row : rows) {
        if (row.isInbound)
            m_known.erase(row.sid); // once more in m_knownInOrder: forgotten a little early
        else
            m_changed.push_back(row);
    }
}

QByteArray TwilioConnector::cursorAfter(const QByteArray &cursor, Time upTo)
{
    const Time time = std::max(timeOf(cursor), upTo);
    const qsizetype mark = cursor.indexOf(';');
    const qint64 count = mark < 0 ? 0 : cursor.mid(mark + 1).toLongLong();
    m_expected = time.toString().toUtf8() + ';' + QByteArray::number(count + 1);
    return m_expected;
}

void TwilioConnector::poll(const QByteArray &cursor, Completion<Polled> done)
{
    settle(cursor);
    if (!m_backlog.empty())
        return gather(nextChunk(cursor), std::move(done));
    const Time last = timeOf(cursor);
    const int days = std::clamp(setting(u"import_days"_s, u"1"_s).toInt(), 0, 30);
    const Time since =
        last.isSet() ? last - Overlap : m_host.clock().wall() - std::chrono::hours(24 * days);
    const auto asker = std::make_shared<Completion<Polled>>(std::move(done));
    const auto listed = [this, asker, cursor](const Result<Rows> &rows) {
        if (!rows)
            return asker->answer(rows.error());
        takeInbound(*rows);
        if (!m_backlog.empty())
            return gather(nextChunk(cursor), std::move(*asker));
        checkStatuses(cursor, std::move(*asker));
    };
    auto *walk = new MessageWalk(m_api, {m_sender.account, ownAddress(), {}, since, MaxPages},
                                 {m_polling.get(), listed}, m_polling.get());
    walk->start();
}

void TwilioConnector::takeInbound(const Rows &rows)
{
    for (const MessageRow &row : rows) {
        const bool isWhole = row.status != u"receiving"_s; // an MMS on its way comes again
        if (row.isInbound && isWhole && row.at.isSet() && !m_known.contains(row.sid))
            m_backlog.push_back(row);
    }
    // Times are whole seconds: within one, the list's order counts, which is newest first.
    std::reverse(m_backlog.begin(), m_backlog.end());
    std::stable_sort(m_backlog.begin(), m_backlog.end(), isOlder);
    std::reverse(m_backlog.begin(), m_backlog.end());
}

TwilioConnector::Polled TwilioConnector::nextChunk(const QByteArray &cursor)
{
    Polled polled;
    Time newest;
    while (!m_backlog.empty() && polled.page.items.size() < ChunkItems) {
        const MessageRow row = std::move(m_backlog.back());
        m_backlog.pop_back();
        if (m_known.contains(row.sid))
            continue; // the list moved while its pages were read
        newest = std::max(newest, row.at);
        remember(row.sid);
        m_uncommitted.push_back(row);
        polled.page.items.push_back(itemOf(row, m_medium, m_sender.account));
    }
    polled.page.cursorFrom = cursor;
    polled.page.cursorTo = cursorAfter(cursor, newest);
    polled.hasMore = !m_backlog.empty();
    m_lastTraffic = m_host.clock().boot();
    return polled;
}

/// Lists the files of each message, then fetches them.
void TwilioConnector::gather(Polled polled, Completion<Polled> done)
{
    vendor::FileGathering::Work work;
    for (size_t i = 0; i < m_uncommitted.size(); ++i) {
        const MessageRow &row = m_uncommitted[i];
        for (int n = 0; n < row.files; ++n)
            work.files.push_back({i, u"file-%1"_s.arg(n + 1), row.mediaPath, QString::number(n)});
    }
    work.page = std::move(polled.page);
    work.fetch = [this](const vendor::WantedFile &file, Completion<QByteArray> answer) {
        fetch(file, std::move(answer));
    };
    const auto asker = std::make_shared<Completion<Polled>>(std::move(done));
    auto *gathering =
        new vendor::FileGathering(std::move(work), m_host.clock(),
                                  {m_polling.get(),
                                   [asker, hasMore = polled.hasMore](Result<InboundPage> page) {
                                       if (!page)
                                           return asker->answer(page.error());
                                       asker->answer(Polled{std::move(*page), hasMore, {}});
                                   }},
                                  m_polling.get());
    gathering->start();
}

/// `where` is the list of the message's files, `kind` the place in it.
void TwilioConnector::fetch(const vendor::WantedFile &file, Completion<QByteArray> done)
{
    if (file.where.isEmpty())
        return done.answer(notFound(u"no address"_s));
    vendor::ApiCall call = vendor::getCall(file.where);
    call.bucket = u"api"_s;
    const auto asker = std::make_shared<Completion<QByteArray>>(std::move(done));
    m_api.call(call, {m_scope.get(), [this, asker, place = file.kind.toUInt()](
                                         const Result<vendor::ApiReply> &reply) {
                          if (!reply)
                              return asker->answer(reply.error());
                          if (!reply->isSuccess())
                              return asker->answer(errorFrom(*reply, m_host.clock().wall()));
                          const std::vector<MediaEntry> media = mediaList(reply->object());
                          if (place >= media.size())
                              return asker->answer(notFound(u"it is not listed"_s));
                          fetchBytes(media[place].path, 0, std::move(*asker));
                      }});
}

/// Twilio leads to where the bytes lie; the account's secret does not go along.
void TwilioConnector::fetchBytes(const QString &address, int redirects, Completion<QByteArray> done)
{
    vendor::ApiCall call = vendor::getCall(address);
    call.timeout = MediaTimeout;
    call.maxBytes = 2 * MaxWhatsAppBytes;
    const auto asker = std::make_shared<Completion<QByteArray>>(std::move(done));
    m_api.call(call,
               {m_scope.get(), [this, asker, redirects](const Result<vendor::ApiReply> &reply) {
                    if (!reply)
                        return asker->answer(reply.error());
                    const auto to = reply->headers.find("location");
                    const bool leads =
                        reply->status >= 300 && reply->status < 400 && to != reply->headers.end();
                    if (leads && redirects < MaxRedirects)
                        return fetchBytes(QString::fromUtf8(to->second), redirects + 1,
                                          std::move(*asker));
                    if (reply->status == 404 || reply->status == 410)
                        return asker->answer(notFound(u"gone"_s));
                    if (!reply->isSuccess())
                        return asker->answer(errorFrom(*reply, m_host.clock().wall()));
                    asker->answer(reply->body);
                }});
}

void TwilioConnector::checkStatuses(const QByteArray &cursor, Completion<Polled> done)
{
    const Milliseconds now = m_host.clock().boot();
    std::vector<QString> due;
    std::erase_if(m_open, [now](const auto &one) { return now - one.second.since > StatusFor; });
    for (auto &[sid, open] : m_open) {
        if (open.next > now || due.size() >= StatusesPerPoll)
            continue;
        open.next =
            now + std::clamp<Milliseconds>((now - open.since) / 2, MinStatusPause, MaxStatusPause);
        due.push_back(sid);
    }
    const auto asker = std::make_shared<Completion<Polled>>(std::move(done));
    const auto checked = [this, asker, cursor](const Result<Rows> &rows) {
        asker->answer(statusPage(cursor, rows ? *rows : Rows()));
    };
    auto *check =
        new StatusCheck(m_api, m_sender.account, due, {m_polling.get(), checked}, m_polling.get());
    check->start();
}

TwilioConnector::Polled TwilioConnector::statusPage(const QByteArray &cursor, const Rows &rows)
{
    for (const MessageRow &row : rows) {
        const auto open = m_open.find(row.sid);
        if (open == m_open.end() || open->second.status == row.status)
            continue;
        open->second.status = row.status;
        m_changed.push_back(row);
        if (isFinal(row.status, m_medium))
            m_open.erase(open);
    }
    Polled polled;
    Time newest; // by Twilio's clock: ours may be wrong
    while (!m_changed.empty() && polled.page.items.size() < ChunkItems) {
        m_uncommitted.push_back(std::move(m_changed.back()));
        m_changed.pop_back();
        newest = std::max(newest, m_uncommitted.back().updated);
        if (const auto receipt = receiptOf(m_uncommitted.back()))
            polled.page.items.push_back(*receipt);
    }
    polled.page.cursorFrom = polled.page.cursorTo = cursor;
    // All that Twilio had when it was asked is in: nothing older than the overlap can follow.
    if (!polled.page.items.empty())
        polled.page.cursorTo = cursorAfter(cursor, newest);
    else
        m_uncommitted.clear();
    polled.hasMore = !m_changed.empty();
    return polled;
}

Result<std::vector<QString>> TwilioConnector::serve(const Outgoing &outgoing)
{
    std::vector<QString> urls;
    QString base = setting(u"public_address"_s);
    while (base.endsWith(u'/'))
        base.chop(1);
    if (base.isEmpty())
        return urls;
    for (const Attachment &file : outgoing.message.content.attachments) {
        const auto bytes = outgoing.attachments.find(file.sha256);
        if (bytes == outgoing.attachments.end())
            return notFound(tr("%1 is not on this PC.").arg(file.name));
        urls.push_back(base + u"/hooks/"_s + m_account.id.toString() + u'/' +
                       m_served.add(bytes->second, file.name, file.mimeType));
    }
    return urls;
}

void TwilioConnector::send(const Outgoing &outgoing, Completion<SendResult> done)
{
    const Result<std::vector<QString>> urls = serve(outgoing);
    if (!urls)
        return done.answer(vendor::refused(urls.error().detail));
    const auto requests = requestsOf(outgoing, m_sender, *urls, m_host.clock().wall());
    if (!requests)
        return done.answer(vendor::refused(requests.error().detail));
    std::vector<vendor::SendPart> parts;
    for (const SendRequest &request : *requests) {
        parts.push_back({request.name, [this, request](Completion<SendResult> answer) {
                             sendOne(request, std::move(answer));
                         }});
    }
    if (!parts.empty())
        parts.back().isMain = true; // its receipts speak for the whole
    auto *sending =
        new vendor::PartSending(std::move(parts), m_host.clock(), std::move(done), m_scope.get());
    sending->start();
}

void TwilioConnector::sendOne(const SendRequest &request, Completion<SendResult> done)
{
    vendor::ApiCall call = vendor::formCall(messagesPath(m_sender.account),
                                            {request.fields.begin(), request.fields.end()});
    call.bucket = u"api"_s;
    const auto asker = std::make_shared<Completion<SendResult>>(std::move(done));
    const Time began = m_host.clock().wall();
    m_api.call(
        call, {m_scope.get(), [this, asker, request, began](const Result<vendor::ApiReply> &reply) {
                   onSent(request, began, reply, std::move(*asker));
               }});
}

void TwilioConnector::onSent(const SendRequest &request, Time began,
                             const Result<vendor::ApiReply> &reply, Completion<SendResult> done)
{
    if (reply && reply->isSuccess()) {
        const auto row = messageRow(reply->object());
        if (!row)
            return lookUp(request, began, 0, std::move(done));
        const bool isDead = row->status == u"failed"_s || row->status == u"undelivered"_s;
        if (isDead)
            return done.answer(vendor::refused(errorSentence(row->errorCode, row->errorMessage)));
        accepted(*row);
        return done.answer(SendResult{SendResult::Kind::Accepted, row->sid, {}, {}});
    }
    const QString reason =
        reply ? errorFrom(*reply, m_host.clock().wall()).detail : reply.error().detail;
    const SendResult result = vendor::failedSend(reply, reason, m_host.clock().wall());
    if (result.kind == SendResult::Kind::Uncertain)
        return lookUp(request, began, 0, std::move(done));
    done.answer(result);
}

void TwilioConnector::accepted(const MessageRow &row)
{
    watch(row.sid, row.status, m_host.clock().boot());
    m_lastTraffic = m_host.clock().boot();
    pollSoon(); // the next look is near from now on
}

/// Twilio has no key against doubles: whether it took the message stands in its list, a little
/// later. Source: rule 3 of the channels' contract.
void TwilioConnector::lookUp(const SendRequest &request, Time began, int tries,
                             Completion<SendResult> done)
{
    const auto asker = std::make_shared<Completion<SendResult>>(std::move(done));
    const auto looked = [this, asker, request, began, tries](const Result<Rows> &rows) {
        const auto row = rows ? found(request, began, *rows) : std::nullopt;
        if (row) {
            accepted(*row);
            return asker->answer(SendResult{SendResult::Kind::Accepted, row->sid, {}, {}});
        }
        if (tries + 1 >= LookUps)
            return asker->answer(
                SendResult{SendResult::Kind::Uncertain,
                           {},
                           tr("The connection broke, and Twilio does not list the message (yet)."),
                           {}});
        const Milliseconds pause = LookUpPause * (tries + 1);
        QTimer::singleShot(m_host.clock().toReal(pause), m_scope.get(),
                           [this, asker, request, began, tries] {
                               lookUp(request, began, tries + 1, std::move(*asker));
                           });
    };
    const QString from = m_sender.service.isEmpty() ? ownAddress() : QString(); // else its choice
    auto *walk = new MessageWalk(m_api, {m_sender.account, request.to, from, began - ClockSkew, 1},
                                 {m_scope.get(), looked}, m_scope.get());
    walk->start();
}

std::optional<MessageRow> TwilioConnector::found(const SendRequest &request, Time began,
                                                 const Rows &rows) const
{
    std::vector<MessageRow> matching;
    for (const MessageRow &row : rows) {
        const bool isNew = !row.isInbound && !m_known.contains(row.sid) &&
                           row.at >= began - ClockSkew && row.to == request.to;
        // A trial account puts a sentence before the text; a template's text is not known here.
        if (isNew &&
            (request.body.isEmpty() || row.body.trimmed().endsWith(request.body.trimmed())))
            matching.push_back(row);
    }
    const bool isClear = matching.size() == 1 || (!matching.empty() && !request.body.isEmpty());
    return isClear ? std::optional(matching.back()) : std::nullopt;
}

void TwilioConnector::test(Completion<QString> done)
{
    const auto asker = std::make_shared<Completion<QString>>(std::move(done));
    m_api.call(
        vendor::getCall(u"/2010-04-01/Accounts/"_s + m_sender.account + u".json"_s),
        {m_scope.get(), [this, asker](const Result<vendor::ApiReply> &reply) {
             if (!reply)
                 return asker->answer(reply.error());
             if (!reply->isSuccess())
                 return asker->answer(errorFrom(*reply, m_host.clock().wall()));
             const QString status = reply->object().value(u"status"_s).toString();
             if (status != u"active"_s)
                 return asker->answer(rejected(
                     tr("The Twilio account is %1: it has to be active.").arg(status), status));
             testNumber(reply->object().value(u"friendly_name"_s).toString(), std::move(*asker));
         }});
}

void TwilioConnector::testNumber(const QString &accountName, Completion<QString> done)
{
    if (m_medium == Medium::WhatsApp)
        return done.answer(
            tr("The account %1 answers. WhatsApp messages of %2 are looked for every "
               "few seconds. Send one to it to see it arrive.")
                .arg(accountName, m_sender.from));
    QUrlQuery query;
    query.addQueryItem(u"PhoneNumber"_s,
                       QString::fromLatin1(QUrl::toPercentEncoding(m_sender.from)));
    const auto asker = std::make_shared<Completion<QString>>(std::move(done));
    const auto answered = [this, asker, accountName](const Result<vendor::ApiReply> &reply) {
        if (!reply)
            return asker->answer(reply.error());
        if (!reply->isSuccess())
            return asker->answer(errorFrom(*reply, m_host.clock().wall()));
        const QJsonArray numbers = reply->object().value(u"incoming_phone_numbers"_s).toArray();
        const QJsonObject number = numbers.isEmpty() ? QJsonObject() : numbers[0].toObject();
        const QJsonObject can = number.value(u"capabilities"_s).toObject();
        if (number.isEmpty())
            return asker->answer(rejected(tr("The account %1 answers, but the number %2 is not one "
                                             "of its numbers.")
                                              .arg(accountName, m_sender.from),
                                          u"number"_s));
        if (!can.value(u"sms"_s).toBool())
            return asker->answer(rejected(
                tr("The number %1 cannot send or receive SMS.").arg(m_sender.from), u"sms"_s));
        const QString files =
            can.value(u"mms"_s).toBool() ? tr("SMS and MMS work") : tr("SMS works");
        asker->answer(tr("Account %1: %2 for %3.").arg(accountName, files, m_sender.from));
    };
    m_api.call(vendor::getCall(u"/2010-04-01/Accounts/"_s + m_sender.account +
                                   u"/IncomingPhoneNumbers.json"_s,
                               query),
               {m_scope.get(), answered});
}

void TwilioConnector::templates(Completion<TemplateList> done)
{
    if (m_medium == Medium::Sms)
        return done.answer(notFound(tr("SMS has no templates.")));
    QUrlQuery first;
    first.addQueryItem(u"PageSize"_s, QString::number(PageSize));
    listTemplates(first, std::make_shared<Listing::element_type>(TemplateList(), std::move(done)));
}

void TwilioConnector::listTemplates(const QUrlQuery &page, const Listing &listing)
{
    const QString base =
        setting(u"base_url"_s).isEmpty() ? u"https://content.twilio.com"_s : QString();
    const auto listed = [this, listing](const Result<vendor::ApiReply> &reply) {
        if (!reply)
            return listing->second.answer(reply.error());
        if (!reply->isSuccess())
            return listing->second.answer(errorFrom(*reply, m_host.clock().wall()));
        std::vector<MessageTemplate> &all = listing->first.templates;
        const size_t before = all.size();
        for (MessageTemplate &entry : templatesIn(reply->object().value(u"contents"_s).toArray())) {
            if (all.size() < vendor::MaxTemplates)
                all.push_back(std::move(entry));
        }
        // Only what the next page is called is taken from the answer, never where it lies.
        const QUrl next(reply->object().value(u"meta"_s)[u"next_page_url"].toString());
        const bool isLast = !next.hasQuery() || all.size() == before;
        if (isLast || all.size() >= vendor::MaxTemplates)
            return listing->second.answer(listing->first);
        listTemplates(QUrlQuery(next), listing);
    };
    vendor::ApiCall call = vendor::getCall(base + u"/v1/ContentAndApprovals"_s, page);
    call.bucket = u"api"_s;
    m_api.call(call, {m_scope.get(), listed});
}

void TwilioConnector::hook(const HookCall &call, Completion<HookAnswer> done)
{
    done.answer(m_served.answer(call));
}

} // namespace peerdesk::channels

#include "moc_twilioconnector.cpp"
