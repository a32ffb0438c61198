// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/completion.h"

#include <QUrl>

#include <chrono>
#include <map>

class QNetworkAccessManager;

namespace peerdesk::net {

struct HttpCall
{
    QByteArray method = "GET";
    QUrl url; ///< http or https
    std::map<QByteArray, QByteArray> headers;
    QByteArray body;
    std::chrono::milliseconds timeout{10'000}; ///< for the whole exchange
    qint64 maxBytes = 1024 * 1024;             ///< of the reply's body; TooLarge above
};

struct HttpReply
{
    int status = 0; ///< as the server said it; 4xx and 5xx are replies, not errors
    std::map<QByteArray, QByteArray> headers; ///< names lower-case
    QByteArray body;

    bool operator==(const HttpReply &) const = default;
};

/// HTTP calls to bots and webhooks. No cookies, no redirects (a 3xx comes back as a reply), no
/// decompression, certificates always verified, nothing that is not a GET or HEAD is ever sent a
/// second time. Thread: the creating one.
class HttpClient : public QObject
{
    Q_OBJECT

public:
    explicit HttpClient(QObject *parent = nullptr);
    ~HttpClient() override;

    /// Errors: Invalid (address, method, header), Network (surely nothing was acted upon: refused,
    /// unknown host, bad certificate, time-out before the request was out), Unknown (the request
    /// went out and no whole reply came back), TooLarge, Cancelled (the client was destroyed).
    void request(const HttpCall &call, Completion<HttpReply> done);

private:
    QNetworkAccessManager *m_manager = nullptr; ///< once it is needed
};

} // namespace peerdesk::net
