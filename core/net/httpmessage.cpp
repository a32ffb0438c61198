// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/httpmessage.h"

#include <QDateTime>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocale>
#include <QLoggingCategory>

#include <algorithm>
#include <cstring>

namespace peerdesk::net {

using namespace Qt::StringLiterals;
namespace http = boost::beast::http;

namespace {

Q_LOGGING_CATEGORY(lcHttp, "peerdesk.net.http")

QByteArray toBytes(boost::beast::string_view text)
{
    return QByteArray(text.data(), static_cast<qsizetype>(text.size()));
}

boost::beast::string_view toView(const QByteArray &bytes)
{
    return {bytes.constData(), static_cast<std::size_t>(bytes.size())};
}

bool isTokenChar(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c != '\0' && std::strchr("!#$%&'*+-.^_`|~", c) != nullptr);
}

bool isSafeHeader(const QByteArray &name, const QByteArray &value)
{
    return !name.isEmpty() && std::all_of(name.begin(), name.end(), isTokenChar) &&
           std::none_of(value.begin(), value.end(),
                        [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

bool isFraming(const QByteArray &lowerName)
{
    return lowerName == "content-length" || lowerName == "transfer-encoding" ||
           lowerName == "connection" || lowerName == "content-type";
}

QByteArray httpDate()
{
    return QLocale::c()
        .toString(QDateTime::currentDateTimeUtc(), u"ddd, dd MMM yyyy HH:mm:ss 'GMT'"_s)
        .toLatin1();
}

} // namespace

HttpResponse problem(int status, const QByteArray &type, const QString &detail)
{
    const QByteArray title = toBytes(http::obsolete_reason(static_cast<http::status>(status)));
    HttpResponse response;
    response.status = status;
    response.contentType = "application/problem+json";
    response.body = QJsonDocument(QJsonObject{{u"type"_s, QString::fromLatin1(type)},
                                              {u"title"_s, QString::fromLatin1(title)},
                                              {u"status"_s, status},
                                              {u"detail"_s, detail}})
                        .toJson(QJsonDocument::Compact);
    return response;
}

std::optional<HttpResponse> headProblem(const BeastRequest &request)
{
    if (request.version() != 10 && request.version() != 11)
        return problem(505, "http-version", u"Only HTTP/1.0 and HTTP/1.1 are spoken here."_s);
    const auto hosts = request.count(http::field::host);
    if (hosts > 1 || (hosts == 0 && request.version() == 11))
        return problem(400, "malformed-request", u"Exactly one Host header is needed."_s);
    const auto codings = request.count(http::field::transfer_encoding);
    const bool isChunked =
        codings == 1 && boost::beast::iequals(request[http::field::transfer_encoding], "chunked");
    if (codings > 0 && (!isChunked || request.version() == 10))
        return problem(400, "malformed-request", u"This transfer coding is not understood."_s);
    const auto expectation = request[http::field::expect];
    if (!expectation.empty() && !boost::beast::iequals(expectation, "100-continue"))
        return problem(417, "expectation-failed", u"Only 100-continue can be expected."_s);
    return {};
}

std::map<QByteArray, QByteArray> headersOf(const BeastRequest &request)
{
    std::map<QByteArray, QByteArray> headers;
    for (const auto &field : request) {
        const QByteArray name = toBytes(field.name_string()).toLower();
        const QByteArray value = toBytes(field.value());
        const auto [it, isNew] = headers.emplace(name, value);
        if (!isNew)
            it->second += (name == "cookie" ? "; " : ", ") + value;
    }
    return headers;
}

BeastResponse beastResponse(const HttpResponse &response, const AnswerContext &context)
{
    const bool isValid = response.status >= 200 && response.status <= 599;
    const auto status = static_cast<http::status>(isValid ? response.status : 500);
    const bool hasNoBody =
        status == http::status::no_content || status == http::status::not_modified;
    BeastResponse out{status, context.version};
    out.set(http::field::date, toView(httpDate()));
    out.set("X-Content-Type-Options", "nosniff");
    if (!hasNoBody && isSafeHeader("content-type", response.contentType) &&
        !response.contentType.isEmpty())
        out.set(http::field::content_type, toView(response.contentType));
    for (const auto &[name, value] : response.headers) {
        if (isFraming(name.toLower()))
            continue;
        if (isSafeHeader(name, value))
            out.set(toView(name), toView(value));
        else
            qCWarning(lcHttp) << "a response header was left out: line break or bad name in"
                              << name.left(40);
    }
    out.keep_alive(context.keepAlive);
    if (!hasNoBody)
        out.content_length(static_cast<std::uint64_t>(response.body.size()));
    if (!hasNoBody && !context.isHead)
        out.body() = {response.body.constData(), static_cast<std::size_t>(response.body.size())};
    return out;
}

} // namespace peerdesk::net
