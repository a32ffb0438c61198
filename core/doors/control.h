// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/doors/verbs.h"

#include <QLocalServer>
#include <QLocalSocket>
#include <QTimer>

namespace peerdesk::doors {

/// Where a running node listens for verbs: DIR/control.sock, or, when that is too long for a
/// socket's address, a name of its hash in the user's runtime folder.
QString controlSocketPath(const QString &dataDir);

/// Largest request or answer on the control socket.
constexpr qsizetype MaxControlBytes = 32 * 1024 * 1024;

/// State of the error that says that no node runs on the folder.
inline const QString NotRunning = QStringLiteral("not-running");

/// The running node's end: takes one line of JSON {verb, arguments}, answers one line {result} or
/// {error: {code, detail, state}}, closes. Only the folder's owner can connect. Thread: the desk's.
class ControlServer final : public QObject
{
    Q_OBJECT

public:
    static constexpr int MaxConnections = 32;
    static constexpr Seconds ReadTime{10}; ///< for the whole request

    ControlServer(api::Desk &desk, QObject *parent = nullptr);

    /// The caller holds the data folder's lock, so a socket that is there is a dead one's. Errors:
    /// Storage.
    Result<Done> listen(const QString &dataDir);

private:
    void takeConnection();
    void readFrom(QLocalSocket *socket);
    static void answer(QLocalSocket *socket, const Result<QJsonObject> &result);

    QLocalServer m_server;
    Verbs m_verbs;
    int m_connections = 0;
};

/// The command line's end. One request, one answer.
class ControlClient final : public QObject
{
    Q_OBJECT

public:
    explicit ControlClient(QObject *parent = nullptr);

    /// Errors: NotFound with state NotRunning if no node runs on this folder; Unknown if it broke
    /// off before it answered; else what the verb said.
    void send(const QString &dataDir, const QString &verb, const QJsonObject &arguments,
              Completion<QJsonObject> done);

private:
    void finish(const Result<QJsonObject> &result);
    void read();
    void failed(QLocalSocket::LocalSocketError error);

    QLocalSocket m_socket;
    QByteArray m_request;
    QByteArray m_answer;
    bool m_wasSent = false;
    Completion<QJsonObject> m_done;
};

} // namespace peerdesk::doors
