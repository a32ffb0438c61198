// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/email/smtpsender.h"

#include "core/base/pool.h"
#include "core/channels/email/headers.h"

#include <curl/curl.h>

#include <algorithm>
#include <cstring>

namespace peerdesk::channels::email {
using namespace Qt::StringLiterals;
namespace {

constexpr long ConnectSeconds = 20;
constexpr long WholeSeconds = 300;
constexpr Seconds UnreachableRetry{60};
constexpr Seconds RefusedForNowRetry{300};

/// What passed between us and the server.
struct Exchange
{
    const QByteArray *mail = nullptr;
    qsizetype sent = 0;
    bool isHandedOver = false; ///< the last byte went to the library: the final dot may be out
    int replyCode = 0;         ///< last complete reply
    QByteArray replyText;
    bool hasReplyAfterMail = false;
    const std::atomic<bool> *isAborted = nullptr;
};

size_t onRead(char *buffer, size_t size, size_t count, void *user)
{
    auto *exchange = static_cast<Exchange *>(user);
    const qsizetype room = qsizetype(size * count);
    const qsizetype part = std::min(room, exchange->mail->size() - exchange->sent);
    std::memcpy(buffer, exchange->mail->constData() + exchange->sent, size_t(part));
    exchange->sent += part;
    if (part == 0)
        exchange->isHandedOver = true;
    return size_t(part);
}

size_t onReply(char *data, size_t size, size_t count, void *user)
{
    auto *exchange = static_cast<Exchange *>(user);
    const QByteArray line(data, qsizetype(size * count));
    const int code = line.left(3).toInt();
    // The goodbye after a refusal must not hide the refusal.
    const bool isGoodbye = code == 221;
    if (code >= 200 && code < 600 && !isGoodbye) {
        if (code != exchange->replyCode)
            exchange->replyText.clear();
        exchange->replyCode = code;
        exchange->replyText = (exchange->replyText + ' ' + line.mid(4).trimmed()).left(500);
        exchange->hasReplyAfterMail = exchange->isHandedOver;
    }
    return size * count;
}

int onProgress(void *user, curl_off_t, curl_off_t, curl_off_t, curl_off_t)
{
    return static_cast<Exchange *>(user)->isAborted->load() ? 1 : 0;
}

using Easy = std::unique_ptr<CURL, void (*)(CURL *)>;
using List = std::unique_ptr<curl_slist, void (*)(curl_slist *)>;

Easy easy()
{
    static const bool isReady = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
    return {isReady ? curl_easy_init() : nullptr, curl_easy_cleanup};
}

void setServer(CURL *curl, const MailServer &server, Exchange &exchange)
{
    const bool isTls = server.security == Security::Tls;
    const QString host = server.host.contains(u':') ? u'[' + server.host + u']' : server.host;
    const QByteArray url =
        u"%1://%2:%3"_s.arg(isTls ? u"smtps"_s : u"smtp"_s, host).arg(server.port).toUtf8();
    curl_easy_setopt(curl, CURLOPT_URL, url.constData());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NETRC, long(CURL_NETRC_IGNORED));
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, ConnectSeconds);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, WholeSeconds);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, long(CURL_SSLVERSION_TLSv1_2));
    curl_easy_setopt(curl, CURLOPT_USE_SSL,
                     long(server.security == Security::None ? CURLUSESSL_NONE : CURLUSESSL_ALL));
    if (!server.caFile.isEmpty())
        curl_easy_setopt(curl, CURLOPT_CAINFO, server.caFile.toUtf8().constData());
    if (!server.user.isEmpty() && !server.secret.isEmpty()) {
        curl_easy_setopt(curl, CURLOPT_USERNAME, server.user.toUtf8().constData());
        curl_easy_setopt(curl, server.isToken ? CURLOPT_XOAUTH2_BEARER : CURLOPT_PASSWORD,
                         server.secret.constData());
        if (server.isToken)
            curl_easy_setopt(curl, CURLOPT_LOGIN_OPTIONS, "AUTH=XOAUTH2");
    }
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, onReply);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &exchange);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, onReply);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &exchange);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, onProgress);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &exchange);
}

QString saidBy(const MailServer &server, const Exchange &exchange)
{
    return u"%1 said: %2 %3"_s.arg(server.host)
        .arg(exchange.replyCode)
        .arg(oneLine(QString::fromUtf8(exchange.replyText), 300));
}

bool isCertificateError(CURLcode code)
{
    return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE ||
           code == CURLE_SSL_ISSUER_ERROR;
}

QString sentenceFor(CURLcode code, const MailServer &server, const Exchange &exchange)
{
    const QString at = u"%1:%2"_s.arg(server.host).arg(server.port);
    if (isCertificateError(code))
        return u"The certificate of the outgoing mail server %1 is not trusted."_s.arg(at);
    if (code == CURLE_USE_SSL_FAILED)
        return u"The outgoing mail server %1 does not offer encryption."_s.arg(at);
    if (code == CURLE_LOGIN_DENIED)
        return u"The outgoing mail server does not accept the user name or password. %1"_s.arg(
            saidBy(server, exchange));
    if (code == CURLE_COULDNT_RESOLVE_HOST)
        return u"There is no outgoing mail server called %1."_s.arg(server.host);
    if (exchange.replyCode >= 400)
        return saidBy(server, exchange);
    return u"The outgoing mail server %1 cannot be reached (%2)."_s.arg(
        at, QString::fromUtf8(curl_easy_strerror(code)));
}

SmtpOutcome outcome(CURLcode code, const MailServer &server, const Exchange &exchange)
{
    SmtpOutcome out;
    out.result.kind = SendResult::Kind::Accepted;
    const bool isConfirmed = exchange.hasReplyAfterMail && exchange.replyCode < 300;
    if (code == CURLE_OK || isConfirmed)
        return out;
    out.sentence = sentenceFor(code, server, exchange);
    out.result.detail = out.sentence;
    out.isCertificateFailure = isCertificateError(code);
    out.isAuthFailure = code == CURLE_LOGIN_DENIED;
    const bool isAnswered = !exchange.isHandedOver || exchange.hasReplyAfterMail;
    if (!isAnswered) {
        out.result.kind = SendResult::Kind::Uncertain;
        out.result.detail =
            u"The connection to %1 broke before it confirmed the mail."_s.arg(server.host);
    } else if (exchange.replyCode >= 500 && !out.isCertificateFailure && !out.isAuthFailure &&
               code != CURLE_USE_SSL_FAILED) {
        out.result.kind = SendResult::Kind::Refused;
    } else {
        out.result.kind = SendResult::Kind::Later;
        out.result.retryAfter = exchange.replyCode >= 400 || out.isCertificateFailure
                                    ? RefusedForNowRetry
                                    : UnreachableRetry;
    }
    return out;
}

SmtpOutcome unsafe(const QString &sentence)
{
    SmtpOutcome out;
    out.sentence = sentence;
    out.result = {SendResult::Kind::Refused, {}, sentence, Seconds{0}};
    return out;
}

/// A reason not to talk to this server at all, else empty.
QString objection(const MailServer &server)
{
    if (server.host.isEmpty() || server.port == 0)
        return u"The outgoing mail server is not set."_s;
    if (server.security == Security::None && !isLoopback(server.host))
        return u"Mail is not sent without encryption. Choose TLS or STARTTLS for %1."_s.arg(
            server.host);
    return {};
}

} // namespace

Error SmtpOutcome::error() const
{
    const QString state = isAuthFailure                            ? u"credentials"_s
                          : isCertificateFailure                   ? u"certificate"_s
                          : result.kind == SendResult::Kind::Later ? u"unreachable"_s
                                                                   : u"refused"_s;
    return {Error::Code::Network, sentence, state};
}

SmtpOutcome sendBlocking(const MailServer &server, const ComposedMail &mail,
                         const std::atomic<bool> &isAborted)
{
    if (const QString why = objection(server); !why.isEmpty())
        return unsafe(why);
    const Easy curl = easy();
    if (!curl)
        return unsafe(u"The mail library could not be started."_s);
    Exchange exchange;
    exchange.mail = &mail.bytes;
    exchange.isAborted = &isAborted;
    setServer(curl.get(), server, exchange);
    const QByteArray from = '<' + mail.from.toUtf8() + '>';
    curl_easy_setopt(curl.get(), CURLOPT_MAIL_FROM, from.constData());
    List recipients(nullptr, curl_slist_free_all);
    for (const QString &recipient : mail.recipients) {
        const QByteArray to = '<' + recipient.toUtf8() + '>';
        recipients.reset(curl_slist_append(recipients.release(), to.constData()));
    }
    curl_easy_setopt(curl.get(), CURLOPT_MAIL_RCPT, recipients.get());
    curl_easy_setopt(curl.get(), CURLOPT_READFUNCTION, onRead);
    curl_easy_setopt(curl.get(), CURLOPT_READDATA, &exchange);
    curl_easy_setopt(curl.get(), CURLOPT_INFILESIZE_LARGE, curl_off_t(-1));
    curl_easy_setopt(curl.get(), CURLOPT_UPLOAD, 1L);
    SmtpOutcome out = outcome(curl_easy_perform(curl.get()), server, exchange);
    out.result.providerId = mail.messageId;
    if (out.result.kind == SendResult::Kind::Accepted)
        out.bytes = mail.bytes;
    return out;
}

SmtpOutcome probeBlocking(const MailServer &server, const std::atomic<bool> &isAborted)
{
    if (const QString why = objection(server); !why.isEmpty())
        return unsafe(why);
    const Easy curl = easy();
    if (!curl)
        return unsafe(u"The mail library could not be started."_s);
    Exchange exchange;
    exchange.isAborted = &isAborted;
    setServer(curl.get(), server, exchange);
    curl_easy_setopt(curl.get(), CURLOPT_CUSTOMREQUEST, "NOOP");
    curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT, ConnectSeconds * 2);
    return outcome(curl_easy_perform(curl.get()), server, exchange);
}

SmtpSender::SmtpSender(QObject *parent)
    : QObject(parent)
    , m_isAborted(std::make_shared<std::atomic<bool>>(false))
{
    m_pool.setMaxThreadCount(2);
}

SmtpSender::~SmtpSender()
{
    m_isAborted->store(true);
}

void SmtpSender::send(const MailServer &server, std::function<Result<ComposedMail>()> make,
                      Completion<SmtpOutcome> done)
{
    const auto work = [server, make = std::move(make), isAborted = m_isAborted] {
        const Result<ComposedMail> mail = make();
        return mail ? sendBlocking(server, *mail, *isAborted) : unsafe(mail.error().detail);
    };
    run(work, std::move(done));
}

void SmtpSender::probe(const MailServer &server, Completion<SmtpOutcome> done)
{
    run([server, isAborted = m_isAborted] { return probeBlocking(server, *isAborted); },
        std::move(done));
}

void SmtpSender::run(std::function<SmtpOutcome()> work, Completion<SmtpOutcome> done)
{
    runInPool(m_pool, this, std::move(work), std::move(done));
}

} // namespace peerdesk::channels::email

#include "moc_smtpsender.cpp"
