// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/api/connector.h"
#include "core/channels/vendor/tokenbucket.h"
#include "core/net/httpclient.h"

#include <QJsonDocument>
#include <QUrlQuery>

#include <deque>

namespace peerdesk::channels::vendor {

/// One call of a vendor's HTTP API.
struct ApiCall
{
    QByteArray method = "GET";
    QString path; ///< below the base URL, percent-encoded; or a whole http(s) address
    QUrlQuery query;
    std::map<QByteArray, QByteArray> headers; ///< besides those of the account
    QByteArray contentType;                   ///< of the body; empty = none
    QByteArray body;
    QString bucket; ///< rate limit that it counts against; empty = none
    std::chrono::milliseconds timeout{15'000};
    qint64 maxBytes = 8LL * 1024 * 1024;
};

ApiCall getCall(const QString &path, const QUrlQuery &query = {});
ApiCall jsonCall(const QByteArray &method, const QString &path, const QJsonObject &body);
/// Names and values as they are; QUrlQuery would take a per cent sign in them for its own.
using Fields = std::vector<std::pair<QString, QString>>;
ApiCall formCall(const QString &path, const Fields &fields);
QUrlQuery queryOf(const Fields &fields);

/// One part of a multipart/form-data body. Source: RFC 7578.
struct FormPart
{
    QByteArray name;
    QByteArray body;
    QString fileName; ///< empty = a plain field
    QByteArray contentType;
};
ApiCall multipartCall(const QString &path, const std::vector<FormPart> &parts);

/// What a vendor answered. Its JSON is bounded by the call and 64 levels deep at most.
struct ApiReply
{
    int status = 0;
    std::map<QByteArray, QByteArray> headers; ///< names lower-case
    QByteArray body;
    QJsonDocument json; ///< null if the body is none

    bool isSuccess() const { return status >= 200 && status < 300; }
    QJsonObject object() const { return json.object(); }
    /// Of `Retry-After` (seconds or a date, RFC 9110 section 10.2.3); at least 1 s, at most 1 h.
    Seconds retryAfter(Time now) const;
};

/// A vendor's HTTP API for one account: base URL, headers of every call, rate limits. Calls over a
/// limit wait their turn; a 429 empties the bucket until the vendor's time is over. TLS is
/// verified; plain http is allowed for loopback only. Thread: node.
class VendorApi : public QObject
{
    Q_OBJECT

public:
    struct Options
    {
        QUrl base;
        std::map<QByteArray, QByteArray> headers; ///< Authorization, User-Agent ...
        std::map<QString, BucketSize> buckets;
        int waiting = 1'000; ///< calls that wait for a bucket; above: Busy
    };

    VendorApi(Options options, Clock &clock, QObject *parent);

    /// Errors: those of net::HttpClient, Busy (too many wait), Invalid (not https).
    void call(const ApiCall &call, Completion<ApiReply> done);
    /// Nothing more of this bucket for so long: a vendor that says it elsewhere than in a header.
    void block(const QString &bucket, Milliseconds duration);
    /// A renewed token.
    void setHeader(const QByteArray &name, const QByteArray &value);
    const QUrl &base() const { return m_options.base; }

private:
    struct Waiting
    {
        ApiCall call;
        Completion<ApiReply> done;
    };

    void go(const ApiCall &call, Completion<ApiReply> done);
    void onReply(const QString &bucket, const Result<net::HttpReply> &reply,
                 Completion<ApiReply> &done);
    void drain(const QString &bucket);

    Options m_options;
    Clock &m_clock;
    net::HttpClient m_client;
    std::map<QString, TokenBucket> m_buckets;
    std::map<QString, std::deque<Waiting>> m_waiting;
};

/// What a send's answer means when it was no success: Later (surely not sent: no connection, 429,
/// 503 with Retry-After), Uncertain (it went out and no whole answer came, or another 5xx), Refused
/// with `reason` (any other 4xx). Never Accepted.
SendResult failedSend(const Result<ApiReply> &reply, const QString &reason, Time now);

/// The base URL of an account: its setting "base_url", else `standard`. A trailing slash is cut.
QUrl baseUrl(const ChannelAccount &account, const QString &standard);
/// The setting "base_url" for a type's list.
Setting baseUrlSetting(const QString &standard);
/// Empty if `url` may be called: https, or http on loopback. Else the reason.
QString whyNotCalled(const QUrl &url);

} // namespace peerdesk::channels::vendor
