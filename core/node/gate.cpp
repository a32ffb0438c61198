// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/node/gate.h"

#include "core/base/json.h"
#include "core/node/decision.h"

namespace peerdesk::node {

using namespace Qt::StringLiterals;

namespace {

/// A connector that has not answered after this long leaves the outcome uncertain.
constexpr Milliseconds SendTimeout = std::chrono::minutes(5);
constexpr Milliseconds BotTimeout = std::chrono::seconds(20);
constexpr qint64 MaxBotReply = 256 * 1024;
constexpr int MaxBotText = 24 * 1024;
/// How many effects run at the same time.
constexpr size_t MaxRunning = 64;
constexpr Milliseconds PumpEvery = std::chrono::seconds(5);
constexpr Seconds MinRetry{5};
constexpr Seconds MaxRetry{300};

/// Waits double from 5 s to 5 min, unless the provider says how long.
Seconds retryDelay(int attempts, Seconds wanted)
{
    const Seconds grown = std::min(MaxRetry, MinRetry * (1 << std::min(attempts, 6)));
    return std::max(wanted, grown);
}

/// What a journalled answer is about; nothing if it is damaged.
std::optional<api::ReportEffect> reportIn(const store::JournalItem &item)
{
    Result<api::ReportEffect> report = codec::decode<api::ReportEffect>(item.report);
    return report ? std::optional(std::move(*report)) : std::nullopt;
}

EffectState stateOf(channels::SendResult::Kind kind)
{
    switch (kind) {
    case channels::SendResult::Kind::Accepted:
        return EffectState::Succeeded;
    case channels::SendResult::Kind::Refused:
        return EffectState::Failed;
    case channels::SendResult::Kind::Later:
        return EffectState::Ready;
    case channels::SendResult::Kind::Uncertain:
        return EffectState::Uncertain;
    }
    return EffectState::Uncertain;
}

/// As it was when what leaves now was meant for another channel.
void setBack(Conversation &conversation, const std::optional<Route> &route)
{
    conversation.address = {}; // without a way back there is none
    if (!route)
        return;
    conversation.account = route->account;
    conversation.channel = route->channel;
    conversation.thread = route->thread;
    conversation.address = route->address;
    conversation.lastInboundAt = route->lastInboundAt;
}

} // namespace

Gate::Gate(Parts parts, QObject *parent)
    : QObject(parent)
    , m_parts(std::move(parts))
    , m_retry(this)
{
    connect(&m_parts.journal, &Journal::kept, this, &Gate::onKept);
    connect(&m_retry, &QTimer::timeout, this, &Gate::pump);
    m_retry.start(m_parts.core.clock().toReal(PumpEvery));
}

void Gate::recover(const std::vector<store::JournalItem> &journalled)
{
    for (const store::JournalItem &item : journalled) {
        if (const auto report = reportIn(item))
            m_answered.insert({report->effect, report->attempt});
        propose(item);
    }
}

/// What a former life of this PC claimed may be applied long after the start, with the rest of what
/// the office did meanwhile; but before this PC may act.
void Gate::endLeftBehind()
{
    const std::map<EffectId, Effect> effects = m_parts.core.view().warm().effects;
    for (const auto &[id, effect] : effects) {
        if (effect.state != EffectState::Claimed || effect.claimedBy != m_parts.core.node() ||
            m_running.contains(id) || m_unclear.contains(id) ||
            m_answered.contains(attemptOf(effect)))
            continue;
        const ChannelHost *host = m_parts.hostOf(effect.account);
        const bool isRepeatable = effect.kind == EffectKind::SendMessage && host &&
                                  host->type().capabilities.idempotentFor > Seconds(0);
        api::ReportEffect ended = reportOf(attemptOf(effect), EffectState::Uncertain);
        if (isRepeatable)
            ended.state = EffectState::Ready;
        else if (effect.kind == EffectKind::CallBot)
            ended.state = EffectState::Failed;
        else
            ended.detail = u"Peerdesk ended while this was being sent"_s;
        m_running.insert(id);
        report(ended);
    }
}

api::ReportEffect Gate::reportOf(const Attempt &attempt, EffectState state)
{
    return {attempt.effect, state, {}, {}, {}, {}, attempt.number};
}

void Gate::pump()
{
    const bool couldAct = std::exchange(m_couldAct, m_parts.core.mayAct());
    if (m_isStopped || !m_couldAct)
        return;
    putBackUnclear();
    if (!couldAct)
        endLeftBehind();
    for (const auto &[attempt, item] : std::exchange(m_unaccepted, {}))
        propose(item);
    for (const auto &[id, kind] : m_parts.core.view().warm().departures.ways()) {
        const auto account = m_parts.core.view().get<ChannelAccount>(id);
        const ChannelHost *host = m_parts.hostOf(id);
        const bool needsConnector = kind == EffectKind::SendMessage;
        if (account && account->owner == m_parts.core.node() && !account->isPaused &&
            (!needsConnector || (host && host->connector())))
            claimDue(*account, kind);
    }
}

/// A claim whose outcome was not known in time, or that came after the lease: once it is in the
/// log, what it stands for is surely not begun.
void Gate::putBackUnclear()
{
    for (const EffectId &id : std::exchange(m_unclear, {})) {
        const auto effect = m_parts.core.view().get<Effect>(id);
        if (!effect || m_running.contains(id))
            continue;
        if (effect->state == EffectState::Ready)
            m_unclear.insert(id); // the claim may come yet
        if (effect->state != EffectState::Claimed || effect->claimedBy != m_parts.core.node())
            continue;
        m_running.insert(id);
        report(reportOf(attemptOf(*effect), EffectState::Ready));
    }
}

void Gate::claimDue(const ChannelAccount &account, EffectKind kind)
{
    const Warm &warm = m_parts.core.view().warm();
    // One whose last answer is not committed yet may show as ready; those that run are that many.
    const std::vector<EffectId> due =
        warm.departures.due({account.id, kind}, m_parts.core.now(), MaxRunning + m_running.size());
    for (const EffectId &id : due) {
        if (m_running.size() >= MaxRunning)
            return;
        const Effect *effect = m_running.contains(id) ? nullptr : warm.find<Effect>(id);
        if (effect)
            claim(*effect, account.fence);
    }
}

void Gate::claim(const Effect &effect, quint64 fence)
{
    m_running.insert(effect.id);
    m_unclear.erase(effect.id);
    const api::ClaimEffect command{effect.id, m_parts.core.node(), fence};
    const QPointer<Gate> self(this);
    m_parts.core.submitInternal(randomId<CommandId>(), command,
                                [self, id = effect.id](const Decided &decided) {
                                    if (self)
                                        self->onClaimed(id, decided);
                                });
}

/// Only a claim that is committed and applied lets the act begin; each attempt comes through here
/// anew.
void Gate::onClaimed(EffectId id, const Decided &decided)
{
    const auto effect = m_parts.core.view().get<Effect>(id);
    const bool isOurs = decided && decided->state == u"claimed"_s && effect &&
                        effect->state == EffectState::Claimed &&
                        effect->claimedBy == m_parts.core.node();
    if (!isOurs || m_isStopped || !m_parts.core.mayAct())
        return putBack(id);
    if (effect->kind == EffectKind::CallBot)
        call(*effect);
    else
        gather(*effect);
}

void Gate::putBack(EffectId id)
{
    m_running.erase(id);
    m_unclear.insert(id);
}

void Gate::gather(const Effect &effect)
{
    const auto message = m_parts.core.view().get<Message>(effect.message);
    std::vector<QByteArray> missing;
    for (const Attachment &one :
         message ? message->content.attachments : std::vector<Attachment>()) {
        if (!m_parts.attachments.has(one.sha256))
            missing.push_back(one.sha256);
    }
    if (missing.empty() || !m_parts.fetch)
        return send(effect);
    m_parts.fetch(missing,
                  {this, [this, effect](const Result<Done> &here) {
                       const auto now = m_parts.core.view().get<Effect>(effect.id);
                       if (!here)
                           return onSent(
                               attemptOf(effect),
                               {channels::SendResult::Kind::Later, {}, here.error().detail, {}});
                       if (m_isStopped || !m_parts.core.mayAct() || now != effect)
                           return putBack(effect.id);
                       send(effect);
                   }});
}

Result<channels::Outgoing> Gate::outgoing(const Effect &effect) const
{
    const Overlay &view = m_parts.core.view();
    channels::Outgoing out;
    const auto message = view.get<Message>(effect.message);
    const auto now = message ? view.get<Conversation>(message->conversation) : std::nullopt;
    std::optional<Conversation> conversation = now;
    if (conversation && conversation->account != effect.account)
        setBack(*conversation, view.routeOf(conversation->id, effect.account));
    const auto address = conversation ? view.get<Address>(conversation->address) : std::nullopt;
    if (!address)
        return notFound(tr("The message, its conversation or the customer's address is gone"));
    out.message = *message;
    out.conversation = *conversation;
    out.address = *address;
    out.lastInboundAt = conversation->lastInboundAt;
    // What was asked to be answered, else what the customer said last.
    out.answered = view.get<Message>(message->replyTo);
    if (!out.answered || out.answered->conversation != conversation->id ||
        (out.answered->kind != MessageKind::Inbound && message->kind == MessageKind::Reply))
        out.answered = m_parts.core.reader().lastInbound(conversation->id);
    if (out.answered && accountOf(view, *now, *out.answered) != effect.account)
        out.answered.reset(); // the customer said it on another channel
    if (const auto agent = view.get<Agent>(message->author))
        out.agentName = agent->name;
    for (const Attachment &attachment : message->content.attachments) {
        const Result<QByteArray> bytes = m_parts.attachments.get(attachment.sha256);
        if (!bytes)
            return bytes.error();
        out.attachments[attachment.sha256] = *bytes;
    }
    return out;
}

void Gate::send(const Effect &effect)
{
    const Result<channels::Outgoing> out = outgoing(effect);
    const ChannelHost *host = m_parts.hostOf(effect.account);
    if (!out || !host || !host->connector()) {
        const QString why = out ? tr("The channel is not running on this PC") : out.error().detail;
        return onSent(attemptOf(effect), {channels::SendResult::Kind::Refused, {}, why, {}});
    }
    auto *timer = new QTimer(this);
    timer->setSingleShot(true);
    connect(timer, &QTimer::timeout, this, [this, timer, attempt = attemptOf(effect)] {
        timer->deleteLater();
        onSent(attempt, {channels::SendResult::Kind::Uncertain,
                         {},
                         tr("The channel did not answer in time"),
                         {}});
    });
    timer->start(SendTimeout);
    // The gate guards the answer, not the timer: one that comes after the wait is evidence still.
    const auto answered = [this, wait = QPointer<QTimer>(timer), attempt = attemptOf(effect)](
                              const Result<channels::SendResult> &result) {
        if (wait)
            wait->deleteLater();
        onAnswered(attempt, result);
    };
    host->connector()->send(*out, {this, answered});
}

void Gate::call(const Effect &effect)
{
    const QJsonObject request = json::object(effect.request);
    net::HttpCall call;
    call.method = request.value(u"method"_s).toString(u"POST"_s).toLatin1();
    call.url = QUrl(request.value(u"url"_s).toString());
    call.headers["idempotency-key"] = effect.id.toString().toLatin1();
    const bool hasBody = call.method != "GET" && call.method != "HEAD";
    if (hasBody) {
        const QByteArray payload = request.value(u"payload"_s).toString().toUtf8();
        const QJsonDocument body(request.value(u"body"_s).toObject());
        call.headers["content-type"] =
            request.value(u"content_type"_s).toString(u"application/json"_s).toLatin1();
        call.body = payload.isEmpty() ? body.toJson(QJsonDocument::Compact) : payload;
    }
    call.timeout = BotTimeout;
    call.maxBytes = MaxBotReply;
    const auto answered = [this, attempt = attemptOf(effect)](const Result<net::HttpReply> &reply) {
        onCalled(attempt, reply);
    };
    m_http.request(call, {this, answered});
}

void Gate::onCalled(const Attempt &attempt, const Result<net::HttpReply> &reply)
{
    api::ReportEffect ended = reportOf(attempt, EffectState::Failed);
    if (!reply) {
        ended.detail = reply.error().detail;
        return report(ended);
    }
    const QJsonDocument parsed = QJsonDocument::fromJson(reply->body);
    QJsonObject response{{u"status"_s, reply->status},
                         {u"body"_s, QString::fromUtf8(reply->body.left(MaxBotText))}};
    if (parsed.isObject() && reply->body.size() <= MaxBotText)
        response.insert(u"parsed"_s, parsed.object());
    ended.response = json::canonical(response);
    if (reply->status >= 200 && reply->status < 300)
        ended.state = EffectState::Succeeded;
    else
        ended.detail = tr("The bot answered with status %1").arg(reply->status);
    report(ended);
}

void Gate::onAnswered(const Attempt &attempt, const Result<channels::SendResult> &result)
{
    if (result)
        return onSent(attempt, *result);
    onSent(attempt, {channels::SendResult::Kind::Uncertain, {}, result.error().detail, {}});
}

void Gate::onSent(const Attempt &attempt, const channels::SendResult &result)
{
    api::ReportEffect ended = reportOf(attempt, stateOf(result.kind));
    ended.providerId = result.providerId;
    ended.detail = result.detail;
    // By the claim, a fact of just now: this PC's own clock may be hours off.
    if (ended.state == EffectState::Ready)
        ended.retryAt = m_parts.core.routersTime() + retryDelay(attempt.number, result.retryAfter);
    report(ended);
}

/// The answer is on this disk before it is proposed: a crash in between cannot turn "sent" into
/// "maybe sent".
void Gate::report(const api::ReportEffect &report)
{
    const store::JournalItem item{report.effect, randomId<CommandId>(), codec::encode(report),
                                  m_parts.core.now()};
    QMetaObject::invokeMethod(&m_parts.journal,
                              [journal = &m_parts.journal, item] { journal->keep(item); });
}

/// Without its copy in the journal an answer is proposed all the same: evidence in the log is worth
/// more than none, and a crash before its commit leaves the effect "maybe sent", as without it.
void Gate::onKept(const store::JournalItem &item, const Result<Done> &kept)
{
    if (!kept)
        qWarning("answer of an effect not journalled: %ls", qUtf16Printable(kept.error().detail));
    propose(item);
}

void Gate::propose(const store::JournalItem &item)
{
    const std::optional<api::ReportEffect> report = reportIn(item);
    if (!report)
        return onProposed(item, notFound(u"damaged journal item"_s));
    const QPointer<Gate> self(this);
    m_parts.core.submitInternal(item.command, *report, [self, item](const Decided &decided) {
        if (self)
            self->onProposed(item, decided);
    });
}

void Gate::onProposed(const store::JournalItem &item, const Decided &decided)
{
    if (!decided && decided.error().code != Error::Code::NotFound)
        return keep(item); // not pump(): what was refused at once would be so again
    m_running.erase(item.effect);
    forget(item.command);
    pump();
}

/// Nothing new is claimed in place of a claimed effect, so those are never too many. Of late
/// answers, the ones over the bound stay in the journal until the next start.
void Gate::keep(const store::JournalItem &item)
{
    const auto report = reportIn(item);
    if (!report)
        return forget(item.command);
    const Attempt attempt{report->effect, report->attempt};
    const auto effect = m_parts.core.view().get<Effect>(item.effect);
    const bool isClaimed = effect && effect->state == EffectState::Claimed;
    if (isClaimed)
        m_running.insert(item.effect);
    else if (m_unaccepted.size() >= 2 * MaxRunning)
        return qWarning("too many answers of effects wait: one is left in the journal");
    const auto [kept, isNew] = m_unaccepted.try_emplace(attempt, item);
    if (isNew || kept->second.at > item.at)
        return;
    if (kept->second.command != item.command)
        forget(kept->second.command); // the later answer knows better
    kept->second = item;
}

void Gate::forget(CommandId report)
{
    Journal &journal = m_parts.journal;
    QMetaObject::invokeMethod(&journal, [journal = &journal, report] { journal->forget(report); });
}

} // namespace peerdesk::node

#include "moc_gate.cpp"
#include "moc_journal.cpp"
