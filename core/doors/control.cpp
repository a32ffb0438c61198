// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/doors/control.h"

#include <QCryptographicHash>
#include <QDir>
#include <QJsonDocument>
#include <QStandardPaths>

using namespace Qt::StringLiterals;

namespace peerdesk::doors {

namespace {

/// An address of a local socket has 108 bytes, and QLocalServer needs some for its own.
constexpr qsizetype MaxAddressBytes = 90;

QByteArray lineOf(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact) + '\n';
}

QJsonObject errorObject(const Error &error)
{
    return {{u"code"_s, int(error.code)}, {u"detail"_s, error.detail}, {u"state"_s, error.state}};
}

Error errorOf(const QJsonObject &object)
{
    const int code = object.value(u"code"_s).toInt(-1);
    const bool isKnown = code >= 0 && code <= int(Error::Code::Unknown);
    return {isKnown ? Error::Code(code) : Error::Code::Unknown,
            object.value(u"detail"_s).toString(), object.value(u"state"_s).toString()};
}

} // namespace

QString controlSocketPath(const QString &dataDir)
{
    const QString absolute = QDir(dataDir).absolutePath();
    const QString path = absolute + u"/control.sock"_s;
    if (path.toUtf8().size() <= MaxAddressBytes)
        return path;
    const QByteArray hash =
        QCryptographicHash::hash(absolute.toUtf8(), QCryptographicHash::Sha256).left(12).toHex();
    return QStandardPaths::writableLocation(QStandardPaths::RuntimeLocation) + u"/peerdesk-"_s +
           QString::fromLatin1(hash) + u".sock"_s;
}

ControlServer::ControlServer(api::Desk &desk, QObject *parent)
    : QObject(parent)
    , m_verbs(desk, this)
{
    m_server.setSocketOptions(QLocalServer::UserAccessOption);
    connect(&m_server, &QLocalServer::newConnection, this, &ControlServer::takeConnection);
}

Result<Done> ControlServer::listen(const QString &dataDir)
{
    const QString path = controlSocketPath(dataDir);
    QLocalServer::removeServer(path);
    if (!m_server.listen(path))
        return Error{Error::Code::Storage,
                     u"Cannot listen on %1: %2"_s.arg(path, m_server.errorString()),
                     {}};
    return Done{};
}

void ControlServer::takeConnection()
{
    while (QLocalSocket *socket = m_server.nextPendingConnection()) {
        connect(socket, &QLocalSocket::disconnected, socket, &QObject::deleteLater);
        if (m_connections >= MaxConnections) {
            answer(socket, Error{Error::Code::Busy, u"Too many commands at once"_s, {}});
            continue;
        }
        ++m_connections;
        connect(socket, &QObject::destroyed, this, [this] { --m_connections; });
        connect(socket, &QLocalSocket::readyRead, this, [this, socket] { readFrom(socket); });
        auto *patience = new QTimer(socket);
        patience->setSingleShot(true);
        connect(patience, &QTimer::timeout, socket, &QLocalSocket::abort);
        connect(socket, &QLocalSocket::readyRead, patience, [socket, patience] {
            if (socket->canReadLine())
                patience->stop();
        });
        patience->start(ReadTime);
        readFrom(socket);
    }
}

void ControlServer::readFrom(QLocalSocket *socket)
{
    if (!socket->canReadLine()) {
        if (socket->bytesAvailable() > MaxControlBytes)
            socket->abort();
        return;
    }
    socket->disconnect(this);
    connect(socket, &QObject::destroyed, this, [this] { --m_connections; });
    if (auto *patience = socket->findChild<QTimer *>())
        patience->stop();
    const QJsonDocument request = QJsonDocument::fromJson(socket->readLine());
    const QJsonObject members = request.object();
    if (!members.value(u"verb"_s).isString())
        return answer(socket, invalid(u"The request is not {verb, arguments}"_s));
    m_verbs.run(members.value(u"verb"_s).toString(), members.value(u"arguments"_s).toObject(),
                {socket, [socket](Result<QJsonObject> result) { answer(socket, result); }});
}

void ControlServer::answer(QLocalSocket *socket, const Result<QJsonObject> &result)
{
    socket->write(lineOf(result ? QJsonObject{{u"result"_s, *result}}
                                : QJsonObject{{u"error"_s, errorObject(result.error())}}));
    socket->flush();
    socket->disconnectFromServer();
}

ControlClient::ControlClient(QObject *parent)
    : QObject(parent)
{
    connect(&m_socket, &QLocalSocket::connected, this, [this] {
        m_wasSent = true;
        m_socket.write(m_request);
    });
    connect(&m_socket, &QLocalSocket::readyRead, this, &ControlClient::read);
    connect(&m_socket, &QLocalSocket::errorOccurred, this, &ControlClient::failed);
}

void ControlClient::send(const QString &dataDir, const QString &verb, const QJsonObject &arguments,
                         Completion<QJsonObject> done)
{
    m_done = std::move(done);
    m_request = lineOf({{u"verb"_s, verb}, {u"arguments"_s, arguments}});
    m_socket.connectToServer(controlSocketPath(dataDir));
}

void ControlClient::read()
{
    m_answer += m_socket.readAll();
    if (m_answer.size() > MaxControlBytes)
        return finish(Error{Error::Code::TooLarge, u"The answer is too large"_s, {}});
    if (!m_answer.endsWith('\n'))
        return;
    const QJsonObject answer = QJsonDocument::fromJson(m_answer).object();
    if (answer.contains(u"error"_s))
        return finish(errorOf(answer.value(u"error"_s).toObject()));
    finish(answer.value(u"result"_s).toObject());
}

void ControlClient::failed(QLocalSocket::LocalSocketError error)
{
    if (m_wasSent && error == QLocalSocket::PeerClosedError && m_socket.bytesAvailable() > 0)
        read();
    if (m_wasSent)
        return finish(
            Error{Error::Code::Unknown, u"The running node broke off before it answered"_s, {}});
    finish(Error{Error::Code::NotFound, u"No node runs on this folder"_s, NotRunning});
}

void ControlClient::finish(const Result<QJsonObject> &result)
{
    Completion<QJsonObject> done = std::move(m_done);
    m_socket.disconnect(this);
    m_socket.abort();
    done.answer(result);
}

} // namespace peerdesk::doors

#include "moc_control.cpp"
