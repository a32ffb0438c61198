// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/slack/socketmode.h"

#include "core/channels/slack/limits.h"
#include "core/channels/slack/words.h"
#include "core/channels/vendor/vendorapi.h"

#include <QJsonDocument>

namespace peerdesk::channels::slack {

using namespace Qt::StringLiterals;

namespace {

/// What whyNotCalled() knows about http holds for sockets.
QString whyNotOpened(QUrl address)
{
    const bool isSafe = address.scheme() == u"wss";
    if (!isSafe && address.scheme() != u"ws")
        return vendor::whyNotCalled(QUrl());
    address.setScheme(isSafe ? u"https"_s : u"http"_s);
    return vendor::whyNotCalled(address);
}

} // namespace

SocketMode::SocketMode(Clock &clock, QObject *parent)
    : QObject(parent)
    , m_clock(clock)
    , m_pings(this)
{
    connect(&m_pings, &QTimer::timeout, this, &SocketMode::lookAfter);
}

SocketMode::~SocketMode()
{
    closeAll();
}

void SocketMode::open(const QUrl &address)
{
    if (const QString reason = whyNotOpened(address); !reason.isEmpty()) {
        if (m_sockets.empty())
            Q_EMIT lost(reason, false);
        return;
    }
    if (m_sockets.size() >= size_t(limits::Sockets))
        return; // enough are there or on their way
    const quint64 id = m_next++;
    Socket &entry = m_sockets[id];
    entry.socket = std::make_unique<QWebSocket>();
    entry.openedAt = m_clock.boot();
    QWebSocket *socket = entry.socket.get();
    socket->setMaxAllowedIncomingMessageSize(quint64(limits::FrameBytes));
    socket->setMaxAllowedIncomingFrameSize(quint64(limits::FrameBytes));
    connect(socket, &QWebSocket::textMessageReceived, this,
            [this, id](const QString &text) { onText(id, text); });
    connect(socket, &QWebSocket::pong, this, [this, id] {
        if (const auto it = m_sockets.find(id); it != m_sockets.end())
            it->second.isAnswering = true;
    });
    const auto gone = [this, id] {
        const auto it = m_sockets.find(id);
        drop(id, it == m_sockets.end() ? QString() : it->second.socket->errorString());
    };
    connect(socket, &QWebSocket::disconnected, this, gone);
    connect(socket, qOverload<QAbstractSocket::SocketError>(&QWebSocket::error), this, gone);
    m_pings.start(m_clock.toReal(limits::PingEvery));
    socket->open(address);
}

void SocketMode::closeAll()
{
    m_pings.stop();
    for (auto &[id, entry] : std::exchange(m_sockets, {})) {
        entry.socket->disconnect(this);
        entry.socket->abort();
        entry.socket.release()->deleteLater(); // it may be what called us
    }
}

void SocketMode::drop(quint64 id, const QString &reason)
{
    const auto it = m_sockets.find(id);
    if (it == m_sockets.end())
        return;
    QWebSocket *socket = it->second.socket.release();
    m_sockets.erase(it);
    socket->disconnect(this);
    socket->abort();
    socket->deleteLater();
    if (m_sockets.empty()) {
        m_pings.stop();
        Q_EMIT lost(reason, false);
    }
}

bool SocketMode::isConnected() const
{
    return std::any_of(m_sockets.begin(), m_sockets.end(),
                       [](const auto &entry) { return entry.second.isReady; });
}

void SocketMode::lookAfter()
{
    const Milliseconds now = m_clock.boot();
    std::vector<quint64> dead;
    for (auto &[id, entry] : m_sockets) {
        const bool isLate = !entry.isReady && now - entry.openedAt > limits::HelloPatience;
        if (isLate || !entry.isAnswering)
            dead.push_back(id);
        else if (entry.isReady)
            entry.isAnswering = (entry.socket->ping(), false);
    }
    for (const quint64 id : dead)
        drop(id, words("Slack has stopped answering"));
}

void SocketMode::onText(quint64 id, const QString &text)
{
    const auto it = m_sockets.find(id);
    if (it == m_sockets.end())
        return;
    it->second.isAnswering = true;
    const QJsonObject frame = QJsonDocument::fromJson(text.toUtf8()).object();
    const QString type = frame.value(u"type"_s).toString();
    if (type == u"hello")
        return onHello(id, frame);
    if (type == u"disconnect")
        return onDisconnect(id, frame.value(u"reason"_s).toString());
    if (frame.contains(u"envelope_id"_s))
        Q_EMIT received(id, frame);
}

/// With this one there, those that go may go.
void SocketMode::onHello(quint64 id, const QJsonObject &frame)
{
    m_sockets[id].isReady = true;
    Q_EMIT connected(frame.value(u"num_connections"_s).toInt(1));
}

/// Source: "Using Socket Mode", "disconnect": warning = about ten seconds; refresh_requested = now.
void SocketMode::onDisconnect(quint64 id, const QString &reason)
{
    if (reason == u"link_disabled") {
        closeAll();
        Q_EMIT lost(words("Socket Mode is switched off for this app: switch it on again at "
                          "api.slack.com > your app > Socket Mode."),
                    true);
        return;
    }
    Socket &entry = m_sockets[id];
    if (std::exchange(entry.isGoing, true))
        return; // known; it stays open for what still comes, until the vendor closes it
    Q_EMIT isGoing();
}

void SocketMode::acknowledge(quint64 id, const QString &envelope, const QJsonObject &payload)
{
    const auto it = m_sockets.find(id);
    if (it == m_sockets.end())
        return;
    QJsonObject answer{{u"envelope_id"_s, envelope}};
    if (!payload.isEmpty())
        answer.insert(u"payload"_s, payload);
    it->second.socket->sendTextMessage(
        QString::fromUtf8(QJsonDocument(answer).toJson(QJsonDocument::Compact)));
}

} // namespace peerdesk::channels::slack

#include "moc_socketmode.cpp"
