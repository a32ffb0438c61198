// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/vendor/vendorapi.h"

#include <QCoreApplication>
#include <QHostAddress>
#include <QJsonArray>
#include <QRandomGenerator>
#include <QTimer>

namespace peerdesk::channels::vendor {

using namespace Qt::StringLiterals;

namespace {

constexpr Seconds MinRetryAfter{1};
constexpr Seconds MaxRetryAfter{3'600};
constexpr Seconds RetryLater{5}; ///< where the vendor names no time

bool isLoopback(const QUrl &url)
{
    return url.host() == u"localhost"_s || QHostAddress(url.host()).isLoopback();
}

bool isSameHost(const QUrl &left, const QUrl &right)
{
    return left.scheme() == right.scheme() && left.host() == right.host() &&
           left.port() == right.port();
}

/// Below the base, or the address itself.
QUrl addressOf(const QUrl &base, const ApiCall &call)
{
    const bool isWhole = call.path.startsWith(u"https://"_s) || call.path.startsWith(u"http://"_s);
    QUrl url(isWhole ? call.path : base.toString(QUrl::FullyEncoded) + call.path);
    if (!call.query.isEmpty())
        url.setQuery(call.query);
    return url;
}

QByteArray quoted(const QString &name)
{
    QByteArray out = name.toUtf8();
    out.replace('\r', "").replace('\n', "").replace('"', "%22");
    return '"' + out + '"';
}

} // namespace

ApiCall getCall(const QString &path, const QUrlQuery &query)
{
    ApiCall call;
    call.path = path;
    call.query = query;
    return call;
}

ApiCall jsonCall(const QByteArray &method, const QString &path, const QJsonObject &body)
{
    ApiCall call;
    call.method = method;
    call.path = path;
    call.contentType = "application/json";
    call.body = QJsonDocument(body).toJson(QJsonDocument::Compact);
    return call;
}

ApiCall formCall(const QString &path, const Fields &fields)
{
    ApiCall call;
    call.method = "POST";
    call.path = path;
    call.contentType = "application/x-www-form-urlencoded";
    QByteArrayList pairs;
    for (const auto &[name, value] : fields)
        pairs << QUrl::toPercentEncoding(name) + '=' + QUrl::toPercentEncoding(value);
    call.body = pairs.join('&');
    return call;
}

QUrlQuery queryOf(const Fields &fields)
{
    QUrlQuery query;
    for (const auto &[name, value] : fields)
        query.addQueryItem(QString::fromLatin1(QUrl::toPercentEncoding(name)),
                           QString::fromLatin1(QUrl::toPercentEncoding(value)));
    return query;
}

ApiCall multipartCall(const QString &path, const std::vector<FormPart> &parts)
{
    QByteArray seed(16, Qt::Uninitialized);
    QRandomGenerator::system()->generate(seed.begin(), seed.end());
    const QByteArray boundary = "peerdesk" + seed.toHex();
    ApiCall call;
    call.method = "POST";
    call.path = path;
    call.contentType = "multipart/form-data; boundary=" + boundary;
    for (const FormPart &part : parts) {
        call.body +=
            "--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + part.name + '"';
        if (!part.fileName.isEmpty())
            call.body += "; filename=" + quoted(part.fileName);
        if (!part.contentType.isEmpty())
            call.body += "\r\nContent-Type: " + part.contentType;
        call.body += "\r\n\r\n" + part.body + "\r\n";
    }
    call.body += "--" + boundary + "--\r\n";
    return call;
}

Seconds ApiReply::retryAfter(Time now) const
{
    const auto it = headers.find("retry-after");
    if (it == headers.end())
        return MinRetryAfter;
    bool isNumber = false;
    const double seconds = it->second.toDouble(&isNumber); // some vendors send fractions
    Seconds span{seconds > 0 ? qint64(std::ceil(std::min(seconds, 1e6))) : 0};
    if (!isNumber) {
        QString text = QString::fromLatin1(it->second.trimmed());
        if (text.endsWith(u"GMT"_s)) // the only zone of HTTP dates, and one that Qt does not read
            text.replace(text.size() - 3, 3, u"+0000"_s);
        const QDateTime date = QDateTime::fromString(text, Qt::RFC2822Date);
        if (date.isValid())
            span = std::chrono::duration_cast<Seconds>(Time{date.toMSecsSinceEpoch()} - now);
    }
    return std::clamp(span, MinRetryAfter, MaxRetryAfter);
}

VendorApi::VendorApi(Options options, Clock &clock, QObject *parent)
    : QObject(parent)
    , m_options(std::move(options))
    , m_clock(clock)
{
    for (const auto &[name, size] : m_options.buckets)
        m_buckets.emplace(name, TokenBucket(size));
}

void VendorApi::setHeader(const QByteArray &name, const QByteArray &value)
{
    m_options.headers[name] = value;
}

void VendorApi::block(const QString &bucket, Milliseconds duration)
{
    if (const auto it = m_buckets.find(bucket); it != m_buckets.end())
        it->second.block(m_clock.boot(), duration);
}

void VendorApi::call(const ApiCall &call, Completion<ApiReply> done)
{
    const auto bucket = m_buckets.find(call.bucket);
    if (bucket == m_buckets.end())
        return go(call, std::move(done));
    auto &queue = m_waiting[call.bucket];
    if (queue.size() >= size_t(m_options.waiting))
        return done.answer(
            Error{Error::Code::Busy, u"too many calls wait for the rate limit"_s, {}});
    queue.push_back({call, std::move(done)});
    if (queue.size() == 1) // else somebody waits already, and a timer runs
        drain(call.bucket);
}

void VendorApi::drain(const QString &bucket)
{
    auto &queue = m_waiting[bucket];
    while (!queue.empty()) {
        const Milliseconds wait = m_buckets.at(bucket).take(m_clock.boot());
        if (wait > Milliseconds(0)) {
            QTimer::singleShot(m_clock.toReal(wait), this, [this, bucket] { drain(bucket); });
            return;
        }
        Waiting next = std::move(queue.front());
        queue.pop_front();
        go(next.call, std::move(next.done));
    }
}

void VendorApi::go(const ApiCall &call, Completion<ApiReply> done)
{
    const QUrl url = addressOf(m_options.base, call);
    if (const QString reason = whyNotCalled(url); !reason.isEmpty())
        return done.answer(invalid(reason));
    net::HttpCall out{call.method, url, {}, call.body, call.timeout, call.maxBytes};
    if (isSameHost(url, m_options.base)) // the account's token is nobody else's business
        out.headers = m_options.headers;
    for (const auto &[name, value] : call.headers)
        out.headers[name] = value;
    if (!call.contentType.isEmpty())
        out.headers["Content-Type"] = call.contentType;
    const auto asker = std::make_shared<Completion<ApiReply>>(std::move(done));
    m_client.request(
        out, {this, [this, asker, bucket = call.bucket](const Result<net::HttpReply> &reply) {
                  onReply(bucket, reply, *asker);
              }});
}

void VendorApi::onReply(const QString &bucket, const Result<net::HttpReply> &reply,
                        Completion<ApiReply> &done)
{
    if (!reply)
        return done.answer(reply.error());
    ApiReply answer{reply->status, reply->headers, reply->body, {}};
    answer.json = QJsonDocument::fromJson(reply->body); // nesting is bounded by Qt (1,024)
    const auto limited = m_buckets.find(bucket);
    if (answer.status == 429 && limited != m_buckets.end())
        limited->second.block(m_clock.boot(), answer.retryAfter(m_clock.wall()));
    done.answer(std::move(answer));
}

SendResult failedSend(const Result<ApiReply> &reply, const QString &reason, Time now)
{
    using Kind = SendResult::Kind;
    if (!reply) {
        switch (reply.error().code) {
        case Error::Code::Network:
        case Error::Code::Busy:
            return {Kind::Later, {}, reply.error().detail, RetryLater};
        case Error::Code::Invalid:
            return {Kind::Refused, {}, reply.error().detail, {}};
        default:
            return {Kind::Uncertain, {}, reply.error().detail, {}};
        }
    }
    const bool isAskedToWait = reply->headers.contains("retry-after");
    if (reply->status == 429 || (reply->status == 503 && isAskedToWait))
        return {Kind::Later, {}, reason, reply->retryAfter(now)};
    if (reply->status >= 400 && reply->status < 500)
        return {Kind::Refused, {}, reason, {}};
    return {Kind::Uncertain, {}, reason, {}};
}

QUrl baseUrl(const ChannelAccount &account, const QString &standard)
{
    const auto it = account.settings.find(u"base_url"_s);
    QString text = it == account.settings.end() ? QString() : it->second.trimmed();
    if (text.isEmpty())
        text = standard;
    while (text.endsWith(u'/'))
        text.chop(1);
    return QUrl(text);
}

Setting baseUrlSetting(const QString &standard)
{
    Setting setting;
    setting.key = u"base_url"_s;
    setting.label = QCoreApplication::translate("VendorApi", "Address of the provider's API");
    setting.isRequired = false;
    setting.fallback = standard;
    setting.hint = QCoreApplication::translate(
        "VendorApi", "Leave it as it is, unless you run the provider's server yourself.");
    return setting;
}

QString whyNotCalled(const QUrl &url)
{
    if (!url.isValid() || url.host().isEmpty())
        return QCoreApplication::translate("VendorApi", "%1 is no web address.")
            .arg(url.toString().left(200));
    if (url.scheme() == u"https"_s || (url.scheme() == u"http"_s && isLoopback(url)))
        return {};
    return QCoreApplication::translate("VendorApi",
                                       "%1 is not protected: it must begin with https.")
        .arg(url.host());
}

} // namespace peerdesk::channels::vendor

#include "moc_vendorapi.cpp"
