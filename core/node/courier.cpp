// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/node/courier.h"

#include "core/api/eventdocument.h"
#include "core/node/channelhost.h"
#include "core/node/readservice.h"

#include <QJsonDocument>
#include <QMessageAuthenticationCode>
#include <QRandomGenerator>

#include <algorithm>
#include <array>

namespace peerdesk::node {

using namespace Qt::StringLiterals;

namespace {

/// Facts looked at before the event loop sees to people again.
constexpr int FactsAtOnce = 64;
constexpr qint64 MaxAnswerBytes = 64 * 1024;
/// Places that were passed without anything to deliver, before the log is told.
constexpr quint64 NoteEvery = 2'000;
constexpr Milliseconds NoteAfter{250};
constexpr Milliseconds AgainAfter = std::chrono::seconds(5);
constexpr int MaxTextLength = 200;

/// What the office keeps about itself; told only to who asks for it by name.
constexpr std::array Bookkeeping{
    "command.",        "digest",         "effect.",
    "session.",        "channel.cursor", "channel.item-seen",
    "channel.secret-", "channel.seals-", "office.recovery-key-set",
};

/// The receiver itself says that it will never take this.
bool isRefusal(const Result<net::HttpReply> &reply)
{
    if (!reply)
        return reply.error().code == Error::Code::TooLarge ||
               reply.error().code == Error::Code::Invalid;
    const int status = reply->status;
    return status >= 300 && status < 500 && status != 408 && status != 409 && status != 425 &&
           status != 429;
}

std::optional<Seconds> wantedPause(const Result<net::HttpReply> &reply)
{
    if (!reply || !reply->headers.contains("retry-after"))
        return std::nullopt;
    bool isNumber = false;
    const int seconds = reply->headers.at("retry-after").toInt(&isNumber);
    return isNumber && seconds >= 0 ? std::optional(Seconds(seconds)) : std::nullopt;
}

} // namespace

Courier::Courier(Parts parts)
    : m_parts(parts)
    , m_noting(this)
{
    m_noting.setSingleShot(true);
    connect(&m_noting, &QTimer::timeout, this, &Courier::noteAll);
}

Courier::~Courier() = default;

void Courier::stop()
{
    m_isStopped = true;
    m_lines.clear();
}

bool Courier::isAskedFor(const std::vector<QString> &names, const QString &event)
{
    if (event == u"webhook.delivery") // each would be the cause of the next
        return false;
    const auto isAll = [](const QString &name) { return name == u"*"; };
    if (names.empty() || std::any_of(names.begin(), names.end(), isAll)) {
        const bool isOwn =
            std::any_of(Bookkeeping.begin(), Bookkeeping.end(),
                        [&](const char *own) { return event.startsWith(QLatin1String(own)); });
        if (!isOwn)
            return true;
    }
    return std::any_of(names.begin(), names.end(), [&](const QString &name) {
        return name == event ||
               (name.endsWith(u".*") && event.startsWith(QStringView(name).chopped(1)));
    });
}

Milliseconds Courier::pauseAfter(int attempts, std::optional<Seconds> wanted, double random)
{
    const Seconds grown =
        std::min(LongestPause, FirstPause * (1 << std::clamp(attempts - 1, 0, 9)));
    const Seconds pause = std::min(LongestPause, std::max(grown, wanted.value_or(Seconds(0))));
    return std::chrono::duration_cast<Milliseconds>(pause) +
           Milliseconds(qint64(random * double(pause.count()) * 200.0));
}

QByteArray Courier::signatureOf(const QByteArray &secret, const QByteArray &timestamp,
                                const QByteArray &body)
{
    return QMessageAuthenticationCode::hash(timestamp + '.' + body, secret,
                                            QCryptographicHash::Sha256)
        .toHex();
}

void Courier::pump()
{
    if (m_isStopped)
        return;
    if (!m_parts.core.isReady())
        return m_lines.clear(); // who routes delivers
    const std::map<WebhookId, Webhook> &webhooks = m_parts.core.view().warm().webhooks;
    std::erase_if(m_lines, [&](const auto &entry) {
        const auto webhook = webhooks.find(entry.first);
        return webhook == webhooks.end() || !webhook->second.isActive ||
               webhook->second.url != entry.second->webhook.url ||
               webhook->second.events != entry.second->webhook.events;
    });
    for (const auto &[id, webhook] : webhooks) {
        if (webhook.isActive)
            advance(lineOf(webhook));
    }
}

Courier::LinePtr Courier::lineOf(const Webhook &webhook)
{
    LinePtr &line = m_lines[webhook.id];
    if (line)
        return line;
    line = std::make_shared<Line>();
    line->webhook = webhook;
    line->done = line->noted = line->read = {webhook.index, webhook.ordinal};
    line->pause.setSingleShot(true);
    connect(&line->pause, &QTimer::timeout, this, [this, weak = std::weak_ptr(line)] {
        if (const LinePtr open = weak.lock())
            advance(open);
    });
    // The router before was waiting: its attempts count.
    if (webhook.recent.empty() || webhook.recent.back().state != DeliveryState::Retrying)
        return line;
    line->trying = webhook.recent.back();
    const Milliseconds left = line->trying.nextAt - m_parts.core.now();
    if (left > Milliseconds(0))
        pauseFor(line, std::min<Milliseconds>(left, LongestPause));
    return line;
}

void Courier::forgetSecret(WebhookId webhook)
{
    const auto line = m_lines.find(webhook);
    if (line != m_lines.end())
        line->second->secret.clear();
}

void Courier::pauseFor(const LinePtr &line, Milliseconds time)
{
    line->pause.start(m_parts.core.clock().toReal(time));
}

void Courier::goOnLater(const LinePtr &line)
{
    QMetaObject::invokeMethod(
        this,
        [this, weak = std::weak_ptr(line)] {
            if (const LinePtr open = weak.lock())
                advance(open);
        },
        Qt::QueuedConnection);
}

void Courier::advance(const LinePtr &line)
{
    if (m_isStopped || line->isBusy || line->pause.isActive() || !m_parts.core.isReady())
        return;
    const bool hasMore = line->waiting.empty() && readOn(line);
    if (line->waiting.empty()) {
        line->done = line->read;
        if (line->done.first > line->noted.first + NoteEvery)
            note(line);
        return hasMore ? goOnLater(line) : void();
    }
    if (line->secret.isEmpty())
        return fetchSecret(line);
    post(line);
}

bool Courier::readOn(const LinePtr &line)
{
    const store::OfficeReader &office = m_parts.core.reader();
    const auto facts = office.eventsAfter(line->read.first, line->read.second, FactsAtOnce);
    if (!facts) {
        qWarning("events for %ls: %ls", qUtf16Printable(line->webhook.url),
                 qUtf16Printable(facts.error().detail));
        pauseFor(line, AgainAfter);
        return false;
    }
    Subjects subjects(office);
    for (const store::HistoricFact &historic : *facts) {
        line->read = {historic.at.index, historic.at.ordinal};
        const QString name = events::factName(historic.fact, historic.command);
        if (isAskedFor(line->webhook.events, name))
            line->waiting.push_back(
                toEvent(historic.fact, historic.at, historic.command, subjects));
    }
    return !facts->empty();
}

void Courier::fetchSecret(const LinePtr &line)
{
    line->isBusy = true;
    const auto place = secretKey(secretPlaceOf(line->webhook.id), webhookSecretName());
    const auto fetched = [this, weak = std::weak_ptr(line)](const Result<QByteArray> &secret) {
        const LinePtr open = weak.lock();
        if (!open)
            return;
        open->isBusy = false;
        if (secret && !secret->isEmpty())
            open->secret = *secret;
        else // it is stored right after the subscription; or another PC has still to seal it
            pauseFor(open, AgainAfter);
        advance(open);
    };
    m_parts.secrets.fetch(place, {this, fetched});
}

void Courier::post(const LinePtr &line)
{
    const api::Event &event = line->waiting.front();
    WebhookDelivery &trying = line->trying;
    if (std::pair(trying.index, trying.ordinal) != std::pair(event.index, event.ordinal)) {
        trying = {};
        trying.index = event.index;
        trying.ordinal = event.ordinal;
        trying.event = event.name;
        trying.firstAt = m_parts.core.now();
    }
    ++trying.attempts;
    trying.lastAt = m_parts.core.now();
    net::HttpCall call;
    call.method = "POST";
    call.url = QUrl(line->webhook.url);
    call.body = QJsonDocument(api::eventDocument(event)).toJson(QJsonDocument::Compact);
    const QByteArray timestamp = QByteArray::number(m_parts.core.clock().wall().ms / 1000);
    call.headers = {
        {"content-type", "application/json"},
        {"x-peerdesk-webhook", line->webhook.id.toString().toLatin1()},
        {"x-peerdesk-event-id", event.id().toLatin1()},
        {"x-peerdesk-event", event.name.toLatin1()},
        {"x-peerdesk-attempt", QByteArray::number(trying.attempts)},
        {"x-peerdesk-timestamp", timestamp},
        {"x-peerdesk-signature", "sha256=" + signatureOf(line->secret, timestamp, call.body)}};
    call.timeout = AnswerTime;
    call.maxBytes = MaxAnswerBytes;
    line->isBusy = true;
    m_http.request(call,
                   {this, [this, weak = std::weak_ptr(line)](const Result<net::HttpReply> &reply) {
                        if (const LinePtr open = weak.lock())
                            onAnswered(open, reply);
                    }});
}

void Courier::onAnswered(const LinePtr &line, const Result<net::HttpReply> &reply)
{
    line->isBusy = false;
    line->trying.status = reply ? reply->status : 0;
    if (!reply || reply->status < 200 || reply->status > 299)
        return onFailed(line, reply);
    line->trying.error.clear();
    endFirst(*line, DeliveryState::Delivered);
    if (!m_noting.isActive())
        m_noting.start(NoteAfter);
    goOnLater(line);
}

void Courier::onFailed(const LinePtr &line, const Result<net::HttpReply> &reply)
{
    WebhookDelivery &trying = line->trying;
    const QString why = reply ? u"answered with status %1"_s.arg(reply->status)
                              : reply.error().detail.left(MaxTextLength);
    trying.error = why;
    const Time now = m_parts.core.now();
    if (isRefusal(reply) && trying.attempts >= MaxRefusals) {
        endFirst(*line, DeliveryState::Failed);
        goOnLater(line);
        return note(line);
    }
    if (now - line->waiting.front().at > MaxAge) {
        trying.error = u"given up after a day, with all that is as old: "_s + why;
        endFirst(*line, DeliveryState::Failed);
        const quint64 fresh = m_parts.core.reader().firstIndexAt(now - MaxAge);
        const Place before{fresh > 0 ? fresh - 1 : 0, int(events::MaxBatchFacts) - 1};
        if (before > line->done) {
            line->done = line->read = before;
            line->waiting.clear();
        }
        goOnLater(line);
        return note(line);
    }
    const Milliseconds pause = pauseAfter(trying.attempts, wantedPause(reply),
                                          QRandomGenerator::global()->generateDouble());
    trying.state = DeliveryState::Retrying;
    trying.nextAt = now + pause;
    line->news.push_back(trying);
    pauseFor(line, pause);
    note(line);
}

void Courier::endFirst(Line &line, DeliveryState state)
{
    line.trying.state = state;
    line.trying.nextAt = {};
    line.news.push_back(line.trying);
    line.done = {line.waiting.front().index, line.waiting.front().ordinal};
    line.waiting.pop_front();
    if (line.waiting.empty())
        line.done = line.read;
}

void Courier::noteAll()
{
    const std::map<WebhookId, LinePtr> lines = m_lines;
    for (const auto &[id, line] : lines) {
        if (!line->news.empty())
            note(line);
    }
}

/// What could not be noted is delivered again by the next router: at least once.
void Courier::note(const LinePtr &line)
{
    if (line->isNoting || m_isStopped)
        return;
    line->isNoting = true;
    api::NoteDeliveries command{line->webhook.id, line->done.first, line->done.second, {}};
    auto &news = line->news;
    const size_t from =
        news.size() > MaxRememberedDeliveries ? news.size() - MaxRememberedDeliveries : 0;
    command.deliveries.assign(news.begin() + qsizetype(from), news.end());
    news.clear();
    const Place done = line->done;
    m_parts.core.submitInternal(
        randomId<CommandId>(), command,
        [self = QPointer(this), weak = std::weak_ptr(line), done](const Decided &decided) {
            const LinePtr open = weak.lock();
            if (!self || !open)
                return;
            open->isNoting = false;
            if (decided)
                open->noted = done;
            if (!open->news.empty() && !self->m_noting.isActive())
                self->m_noting.start(NoteAfter);
        });
}

} // namespace peerdesk::node

#include "moc_courier.cpp"
