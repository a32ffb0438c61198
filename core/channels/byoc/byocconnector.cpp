// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/byoc/byocconnector.h"

#include "core/channels/api/rich.h"
#include "core/channels/byoc/byocschema.h"
#include "core/channels/vendor/signature.h"

#include <QCryptographicHash>
#include <QJsonDocument>
#include <QRegularExpression>

namespace peerdesk::channels::byoc {

using namespace Qt::StringLiterals;

namespace {

/// Tries of a callback before the message is shown as failed: with the gate's pauses about 20
/// minutes.
constexpr int MaxTries = 8;
constexpr qint64 MaxFileBytes = 20LL * 1024 * 1024;
constexpr Milliseconds CallTimeout{20'000};
constexpr auto SignatureHeader = "x-peerdesk-signature";
const QString ShowsKey = u"shows"_s;

HookAnswer jsonAnswer(int status, const QJsonObject &object)
{
    return {status, "application/json", QJsonDocument(object).toJson(QJsonDocument::Compact)};
}

HookAnswer problem(int status, const QString &title, const QString &detail)
{
    return {status, "application/problem+json",
            QJsonDocument(QJsonObject{{u"type"_s, u"about:blank"_s},
                                      {u"title"_s, title},
                                      {u"status"_s, status},
                                      {u"detail"_s, detail}})
                .toJson(QJsonDocument::Compact)};
}

QByteArray headerOf(const HookCall &call, const QByteArray &name)
{
    const auto it = call.headers.find(name);
    return it == call.headers.end() ? QByteArray() : it->second;
}

HookAnswer refusalOf(const Error &error)
{
    const bool isTheirs = error.code == Error::Code::Invalid;
    if (isTheirs)
        return problem(400, u"Wrong input"_s, error.detail);
    return problem(503, u"Not taken"_s, error.detail); // nothing was committed: come again
}

} // namespace

ByocConnector::ByocConnector(const ChannelAccount &account, Host &host, Outbox::Limits limits)
    : m_account(account)
    , m_host(host)
    , m_api({QUrl(), {}, {}}, host.clock(), this)
    , m_outbox(limits, host.clock(), this)
{
    const auto callback = account.settings.find(u"callback_url"_s);
    m_callback = callback == account.settings.end() ? QString() : callback->second.trimmed();
    const auto shows = account.settings.find(ShowsKey);
    if (shows != account.settings.end())
        m_shows = shows->second.split(QRegularExpression(u"[\\s,;]+"_s), Qt::SkipEmptyParts);
}

void ByocConnector::start()
{
    if (const QString why =
            m_callback.isEmpty() ? QString() : vendor::whyNotCalled(QUrl(m_callback));
        !why.isEmpty())
        return m_host.setState(AccountState::Down, why);
    m_host.setState(AccountState::Connected, {});
}

void ByocConnector::stop() {}

/// The account's token, the office's (the door has looked), or a body signed with the token.
bool ByocConnector::isAllowed(const HookCall &call) const
{
    const QByteArray token = m_host.secret(u"token"_s);
    if (!headerOf(call, "x-peerdesk-trusted").isEmpty())
        return true;
    const QByteArray given = headerOf(call, "authorization");
    if (given.left(7).toLower() == "bearer " && vendor::isSame(given.mid(7).trimmed(), token))
        return true;
    return call.method == "POST" &&
           vendor::isHexSigned(headerOf(call, SignatureHeader), token, call.body);
}

void ByocConnector::hook(const HookCall &call, Completion<HookAnswer> done)
{
    if (!isAllowed(call))
        return done.answer(problem(401, u"Not signed in"_s,
                                   u"Send Authorization: Bearer with the token of this channel"_s));
    if (call.rest == u"schema"_s && call.method == "GET")
        return done.answer(jsonAnswer(200, schema()));
    if (call.rest == u"messages"_s && call.method == "POST")
        return take(call, std::move(done));
    if (call.rest == u"outbox"_s && call.method == "GET")
        return show(call, std::move(done));
    if (call.rest == u"outbox"_s && call.method == "POST")
        return acknowledge(call, std::move(done));
    done.answer(problem(404, u"Not found"_s, u"There are messages, outbox and schema"_s));
}

void ByocConnector::take(const HookCall &call, Completion<HookAnswer> done)
{
    Result<Inbound> inbound =
        readInbound(call.body, m_account.id.toString(), m_host.clock().wall());
    if (!inbound)
        return done.answer(refusalOf(inbound.error()));
    for (const auto &[thread, isTyping] : inbound->typing)
        m_host.customerTyping(thread, isTyping);
    const qsizetype count = qsizetype(inbound->page.items.size());
    const HookAnswer taken = jsonAnswer(200, {{u"accepted"_s, count}});
    if (count == 0)
        return done.answer(taken);
    const auto asker = std::make_shared<Completion<HookAnswer>>(std::move(done));
    m_host.ingest(std::move(inbound->page),
                  {this, [asker, taken](const Result<Done> &committed) {
                       asker->answer(committed ? taken : refusalOf(committed.error()));
                   }});
}

void ByocConnector::show(const HookCall &call, Completion<HookAnswer> done)
{
    const auto value = [&](const QString &name) {
        const auto it = call.query.find(name);
        return it == call.query.end() ? QString() : it->second;
    };
    const Milliseconds wait = Seconds(std::clamp(value(u"wait"_s).toInt(), 0, 3600));
    const auto asker = std::make_shared<Completion<HookAnswer>>(std::move(done));
    m_outbox.poll(value(u"cursor"_s), wait,
                  {this, [asker](const Result<QJsonObject> &page) {
                       asker->answer(page ? jsonAnswer(200, *page) : refusalOf(page.error()));
                   }});
}

void ByocConnector::acknowledge(const HookCall &call, Completion<HookAnswer> done)
{
    const Result<std::vector<Acknowledgement>> acks = readAcknowledgements(call.body);
    if (!acks)
        return done.answer(refusalOf(acks.error()));
    done.answer(jsonAnswer(200, {{u"acknowledged"_s, m_outbox.acknowledge(*acks)}}));
}

void ByocConnector::send(const Outgoing &whole, Completion<SendResult> done)
{
    const Outgoing outgoing = shownAs(whole, m_shows);
    if (m_callback.isEmpty())
        return m_outbox.put(outgoing, std::move(done));
    callBack(outgoing, std::move(done));
}

void ByocConnector::callBack(const Outgoing &outgoing, Completion<SendResult> done)
{
    vendor::ApiCall call = vendor::jsonCall("POST", m_callback, outgoingJson(outgoing));
    call.timeout = CallTimeout;
    call.headers["Idempotency-Key"] = outgoing.message.id.toString().toLatin1();
    const QByteArray token = m_host.secret(u"token"_s);
    if (!token.isEmpty())
        call.headers[SignatureHeader] =
            "sha256=" + vendor::hmac(QCryptographicHash::Sha256, token, call.body).toHex();
    const auto asker = std::make_shared<Completion<SendResult>>(std::move(done));
    m_api.call(call, {this, [this, asker,
                             message = outgoing.message](const Result<vendor::ApiReply> &reply) {
                          asker->answer(calledBack(message, reply));
                      }});
}

/// A middleware knows messages by id, so a second call does no harm: what is not certain is tried
/// again, and shown as failed after some tries.
SendResult ByocConnector::calledBack(const Message &message,
                                     const Result<vendor::ApiReply> &reply) const
{
    using Kind = SendResult::Kind;
    if (reply && reply->isSuccess()) {
        const QString id = reply->object().value(u"id"_s).toString();
        return {Kind::Accepted, id.isEmpty() ? message.id.toString() : id, {}, {}};
    }
    const QString said = reply ? reply->object().value(u"detail"_s).toString() : QString();
    const QString why = reply
                            ? tr("The middleware answered %1. %2").arg(reply->status).arg(said)
                            : tr("The middleware cannot be reached: %1").arg(reply.error().detail);
    SendResult result = vendor::failedSend(reply, why.trimmed(), m_host.clock().wall());
    if (result.kind == Kind::Refused)
        return result;
    result.detail = why.trimmed();
    result.kind = message.attempts < MaxTries ? Kind::Later : Kind::Refused;
    return result;
}

void ByocConnector::test(Completion<QString> done)
{
    if (m_callback.isEmpty())
        return done.answer(m_outbox.hasPoll()
                               ? tr("The middleware is waiting for messages.")
                               : tr("Ready. No middleware is asking for messages at this moment."));
    vendor::ApiCall call = vendor::jsonCall("POST", m_callback, {{u"kind"_s, u"test"_s}});
    const QByteArray token = m_host.secret(u"token"_s);
    if (!token.isEmpty())
        call.headers[SignatureHeader] =
            "sha256=" + vendor::hmac(QCryptographicHash::Sha256, token, call.body).toHex();
    const auto asker = std::make_shared<Completion<QString>>(std::move(done));
    m_api.call(call, {this, [asker](const Result<vendor::ApiReply> &reply) {
                          if (!reply)
                              return asker->answer(reply.error());
                          if (reply->isSuccess())
                              return asker->answer(tr("The middleware answers."));
                          asker->answer(rejected(
                              tr("The middleware answered %1.").arg(reply->status), u"refused"_s));
                      }});
}

ChannelType byocType()
{
    ChannelType type;
    type.type = u"byoc"_s;
    type.label = ByocConnector::tr("Your own channel");
    Setting callback;
    callback.key = u"callback_url"_s;
    callback.label = ByocConnector::tr("Address of the middleware");
    callback.isRequired = false;
    callback.hint = ByocConnector::tr("Answers are posted there. Leave it empty if the middleware "
                                      "fetches them from /api/v1/byoc/CHANNEL/outbox.");
    Setting token;
    token.key = u"token"_s;
    token.label = ByocConnector::tr("Token");
    token.isSecret = true;
    token.isGenerated = true;
    token.hint =
        ByocConnector::tr("The middleware sends it as bearer token; calls to it are signed "
                          "with it. A token of the office with the role channel works too.");
    Setting shows;
    shows.key = ShowsKey;
    shows.label = ByocConnector::tr("Rich content that it shows");
    shows.isRequired = false;
    shows.hint = ByocConnector::tr("Kinds with blanks between, such as quick_replies list_picker; "
                                   "all others it gets as numbered text. Empty = all kinds.");
    type.settings = {callback, token, shows};
    Capabilities &can = type.capabilities;
    can.ingress = Ingress::Door;
    can.proactive = true;
    can.html = true;
    can.typing = true;
    can.deliveryReceipts = can.readReceipts = can.edits = can.reactions = true;
    can.files.maxBytes = MaxFileBytes;
    can.idempotentFor = std::chrono::hours(7 * 24);
    for (const QString &kind : rich::kinds())
        can.rich[kind] = RichUse::Agent; // the middleware decides; the text is there besides
    type.make = [](const ChannelAccount &account, Host &host) -> std::unique_ptr<Connector> {
        return std::make_unique<ByocConnector>(account, host);
    };
    return type;
}

} // namespace peerdesk::channels::byoc

#include "moc_byocconnector.cpp"
