// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QObject>
#include <QString>

#include <functional>
#include <map>
#include <memory>
#include <vector>

namespace peerdesk::net {

/// Bounds of the HTTP server; what is over them is refused before any handler sees it.
struct ServerLimits
{
    qint64 bodyBytes =
        64LL * 1024 * 1024; ///< 413 above; `smallBodyBytes` for all routes not marked large
    qint64 smallBodyBytes = 1LL * 1024 * 1024;
    int headerBytes = 16 * 1024; ///< 431 above
    int readSeconds = 15;        ///< whole request; then the connection closes
    int idleSeconds = 60;        ///< keep-alive
    int connections = 20'000;
    int connectionsPerAddress = 256; ///< loopback is exempt
    int webSocketMessageBytes = 256 * 1024;
    int webSocketQueueBytes = 4 * 1024 * 1024; ///< a reader slower than this is closed (1008)
};

struct HttpRequest
{
    QByteArray method;
    QString path; ///< decoded, without query; always starts with '/', never contains ".." segments
    std::map<QString, QString> query;
    std::map<QByteArray, QByteArray> headers; ///< names lower-case
    QByteArray body;
    QString peerAddress;
    std::map<QString, QString> parameters; ///< {id} parts of the route's pattern
};

struct HttpResponse
{
    int status = 200;
    QByteArray contentType = "application/json";
    QByteArray body;
    std::map<QByteArray, QByteArray> headers;
};

/// Answers one request, once, from the handler's thread at any later time. Dropped unanswered =
/// 500.
using Responder = std::function<void(HttpResponse)>;
using HttpHandler = std::function<void(const HttpRequest &, Responder)>;

/// One open WebSocket. All members in the server object's thread. Closing the peer emits closed()
/// and deletes it.
class WebSocket : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;
    virtual void sendText(const QByteArray &utf8) = 0;
    virtual void close(quint16 code, const QString &reason) = 0;
    virtual QString peerAddress() const = 0;

Q_SIGNALS:
    void textReceived(const QByteArray &utf8);
    void closed();
};
/// The socket is owned by the server; connect to closed() to forget it.
using WebSocketHandler = std::function<void(const HttpRequest &, WebSocket *)>;

/// HTTP/1.1 and WebSocket server: Boost.Beast on a thread of its own, handlers called in this
/// object's Qt thread.
class Server : public QObject
{
    Q_OBJECT

public:
    struct Tls
    {
        QByteArray certificatePem; ///< chain
        QByteArray keyPem;
    };

    explicit Server(ServerLimits limits = {}, QObject *parent = nullptr);
    ~Server() override;

    /// Pattern like "/api/v1/conversations/{id}/messages"; "{rest...}" as last part takes what is
    /// left. `large` lifts the body bound to bodyBytes. Register before listen().
    void route(const QByteArray &method, const QString &pattern, HttpHandler handler,
               bool large = false);
    void webSocket(const QString &pattern, WebSocketHandler handler);
    /// Every registered (method, pattern), for the check against the OpenAPI document.
    std::vector<std::pair<QByteArray, QString>> routes() const;

    /// Port 0 = choose. Returns the port. Errors: Network (address in use, not ours), Invalid
    /// (certificate).
    Result<quint16> listen(const QString &host, quint16 port, const std::optional<Tls> &tls = {});
    void close();

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace peerdesk::net
