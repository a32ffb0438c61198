// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/httpclient.h"

#include "core/base/operation.h"

#include <QIODevice>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QPointer>
#include <QTimer>

#include <algorithm>

namespace peerdesk::net {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 MaxHeaderBytes = 64 * 1024;

/// A body that can be read once. QNetworkAccessManager silently repeats a request whose kept
/// connection was closed under it, even a POST, unless its body cannot be rewound.
class OneWayBody final : public QIODevice
{
public:
    OneWayBody(QByteArray bytes, QObject *parent)
        : QIODevice(parent)
        , m_bytes(std::move(bytes))
    {
        open(QIODevice::ReadOnly | QIODevice::Unbuffered);
    }
    bool isSequential() const override { return true; }
    bool atEnd() const override { return m_read == m_bytes.size(); }
    qint64 bytesAvailable() const override { return m_bytes.size() - m_read; }

protected:
    qint64 readData(char *data, qint64 maxSize) override
    {
        const qint64 size = std::min<qint64>(maxSize, m_bytes.size() - m_read);
        if (size == 0 && maxSize > 0)
            return -1;
        std::copy_n(m_bytes.constData() + m_read, size, data);
        m_read += size;
        return size;
    }
    qint64 writeData(const char *, qint64) override { return -1; }

private:
    QByteArray m_bytes;
    qsizetype m_read = 0;
};

bool isRepeatable(const QByteArray &method)
{
    return method == "GET" || method == "HEAD";
}

bool isHeaderSafe(const QByteArray &name, const QByteArray &value)
{
    const auto isControl = [](char c) { return static_cast<unsigned char>(c) < 0x20; };
    return !name.isEmpty() && !name.contains(':') && !name.contains(' ') &&
           std::none_of(name.begin(), name.end(), isControl) &&
           std::none_of(value.begin(), value.end(), isControl);
}

std::optional<Error> problemWith(const HttpCall &call)
{
    const QString scheme = call.url.scheme();
    if (!call.url.isValid() || (scheme != u"http"_s && scheme != u"https"_s) ||
        call.url.host().isEmpty())
        return invalid(u"only http and https addresses can be called"_s);
    const bool isMethod = !call.method.isEmpty() && call.method.size() <= 16 &&
                          std::all_of(call.method.begin(), call.method.end(),
                                      [](char c) { return c >= 'A' && c <= 'Z'; });
    if (!isMethod)
        return invalid(u"the method is not an HTTP method"_s);
    for (const auto &[name, value] : call.headers) {
        if (!isHeaderSafe(name, value))
            return invalid(u"a header has a line break or a bad name"_s);
    }
    return {};
}

QNetworkRequest networkRequest(const HttpCall &call)
{
    QNetworkRequest request(call.url);
    request.setAttribute(QNetworkRequest::RedirectPolicyAttribute,
                         QNetworkRequest::ManualRedirectPolicy);
    request.setAttribute(QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::CookieSaveControlAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::AuthenticationReuseAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::CacheLoadControlAttribute,
                         QNetworkRequest::AlwaysNetwork);
    request.setAttribute(QNetworkRequest::Http2AllowedAttribute, false);
    request.setRawHeader("Accept-Encoding", "identity"); // no decompression, so no bombs
    request.setRawHeader("User-Agent", "Peerdesk");
    for (const auto &[name, value] : call.headers)
        request.setRawHeader(name, value);
    return request;
}

/// Errors that can only come before a byte of the request has left.
bool isSurelyUnsent(QNetworkReply::NetworkError failure)
{
    return failure == QNetworkReply::ConnectionRefusedError ||
           failure == QNetworkReply::HostNotFoundError ||
           failure == QNetworkReply::SslHandshakeFailedError ||
           failure == QNetworkReply::ProxyConnectionRefusedError ||
           failure == QNetworkReply::ProxyNotFoundError;
}

/// Qt reports 4xx and 5xx as errors although the reply is whole.
bool isStatusInDisguise(QNetworkReply::NetworkError failure)
{
    const bool isContent = failure >= QNetworkReply::ContentAccessDenied &&
                           failure <= QNetworkReply::UnknownContentError &&
                           failure != QNetworkReply::ContentReSendError;
    return failure == QNetworkReply::NoError || isContent ||
           failure == QNetworkReply::ProtocolInvalidOperationError // 400
           || failure >= QNetworkReply::InternalServerError;
}

/// One call from start to one ending.
class Exchange final : public Operation<HttpReply>
{
public:
    Exchange(QNetworkAccessManager &manager, HttpCall call, Completion<HttpReply> done,
             QObject *parent)
        : Operation(std::move(done), parent)
        , m_manager(manager)
        , m_call(std::move(call))
        , m_sent(m_call.body.isEmpty()) // Qt does not report the sending of an empty body
    {}
    ~Exchange() override
    {
        if (m_reply)
            drop();
    }

    void start() override
    {
        QNetworkRequest request = networkRequest(m_call);
        if (isRepeatable(m_call.method) && m_call.body.isEmpty()) {
            m_reply = m_manager.sendCustomRequest(request, m_call.method);
        } else {
            request.setAttribute(QNetworkRequest::DoNotBufferUploadDataAttribute, true);
            request.setHeader(QNetworkRequest::ContentLengthHeader, m_call.body.size());
            if (!request.hasRawHeader("Content-Type"))
                request.setHeader(QNetworkRequest::ContentTypeHeader,
                                  u"application/octet-stream"_s);
            auto *body = new OneWayBody(m_call.body, this);
            m_reply = m_manager.sendCustomRequest(request, m_call.method, body);
        }
        connect(m_reply, &QNetworkReply::requestSent, this, [this] { m_sent = true; });
        connect(m_reply, &QNetworkReply::uploadProgress, this,
                [this](qint64 sent) { m_sent = m_sent || sent > 0; });
        connect(m_reply, &QNetworkReply::metaDataChanged, this, [this] { onHeaders(); });
        connect(m_reply, &QNetworkReply::readyRead, this, [this] { onData(); });
        connect(m_reply, &QNetworkReply::finished, this, [this] { onFinished(); });
        QTimer::singleShot(m_call.timeout, this, [this] { onTimeout(); });
    }

private:
    void drop()
    {
        m_reply->disconnect(this);
        m_reply->abort();
        m_reply->deleteLater();
        m_reply.clear();
    }

    void end(Result<HttpReply> result)
    {
        if (m_reply)
            drop();
        finish(std::move(result));
    }

    void onTimeout()
    {
        if (!isFinished())
            end(lost(u"no answer within %1 ms"_s.arg(m_call.timeout.count())));
    }

    /// The difference that decides whether a caller may try again.
    Error lost(const QString &why) const
    {
        return {m_sent ? Error::Code::Unknown : Error::Code::Network, why, {}};
    }

    void onHeaders()
    {
        m_sent = true;
        qint64 size = 0;
        for (const auto &[name, value] : m_reply->rawHeaderPairs())
            size += name.size() + value.size();
        const QVariant length = m_reply->header(QNetworkRequest::ContentLengthHeader);
        const bool isLong =
            m_call.method != "HEAD" && length.isValid() && length.toLongLong() > m_call.maxBytes;
        if (size > MaxHeaderBytes || isLong)
            end(tooLarge());
    }

    void onData()
    {
        m_body += m_reply->readAll();
        if (m_body.size() > m_call.maxBytes)
            end(tooLarge());
    }

    Error tooLarge() const
    {
        return {Error::Code::TooLarge, u"the reply is over %1 bytes"_s.arg(m_call.maxBytes), {}};
    }

    void onFinished()
    {
        onData();
        if (isFinished())
            return;
        const int status = m_reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
        const QNetworkReply::NetworkError failure = m_reply->error();
        if (isSurelyUnsent(failure))
            return end(Error{Error::Code::Network, m_reply->errorString(), {}});
        // An attempt to send again means that the first one went out.
        m_sent = m_sent || failure == QNetworkReply::ContentReSendError ||
                 failure == QNetworkReply::RemoteHostClosedError;
        if (!isStatusInDisguise(failure) || status == 0)
            return end(lost(m_reply->errorString()));
        HttpReply reply{status, {}, std::move(m_body)};
        for (const auto &[name, value] : m_reply->rawHeaderPairs())
            reply.headers[name.toLower()] = value;
        end(std::move(reply));
    }

    QNetworkAccessManager &m_manager;
    HttpCall m_call;
    QPointer<QNetworkReply> m_reply; ///< the manager's; may go before us
    QByteArray m_body;
    bool m_sent;
};

} // namespace

HttpClient::HttpClient(QObject *parent)
    : QObject(parent)
{}

HttpClient::~HttpClient() = default;

void HttpClient::request(const HttpCall &call, Completion<HttpReply> done)
{
    if (const auto problem = problemWith(call))
        return done.answer(*problem);
    if (!m_manager) // it is slow to make, and many never ask
        m_manager = new QNetworkAccessManager(this);
    auto *exchange = new Exchange(*m_manager, call, std::move(done), this);
    exchange->start();
}

} // namespace peerdesk::net

#include "moc_httpclient.cpp"
