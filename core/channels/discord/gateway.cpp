// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/discord/gateway.h"

#include "core/channels/discord/limits.h"
#include "core/channels/discord/words.h"
#include "core/channels/vendor/vendorapi.h"

#include <QJsonDocument>
#include <QRandomGenerator>

namespace peerdesk::channels::discord {

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

Ended meaningOf(int closeCode)
{
    switch (closeCode) {
    case 4004:
        return {true,
                false,
                words("Discord does not accept the token of this bot. Make a new one "
                      "(Bot > Reset Token) and put it in."),
                {}};
    case 4010:
    case 4011:
        return {true,
                false,
                words("Discord demands that this bot is sharded: it is in too many "
                      "servers for one office."),
                {}};
    case 4012:
        return {true,
                false,
                words("Discord has ended this version of its gateway. Update "
                      "Peerdesk."),
                {}};
    case 4013:
        return {
            true, false, words("Discord does not know what was asked for. Update Peerdesk."), {}};
    case 4014:
        return {true,
                false,
                words("The bot may not read message content: switch on Message Content Intent in "
                      "the developer portal (Bot), or switch it off here."),
                {}};
    case 4003: // not authenticated
    case 4007: // sequence is wrong
    case 4009: // session timed out
        return {false, false, {}, {}};
    case 4008: // too fast
        return {false, true, {}, Seconds(60)};
    default:
        return {false, true, {}, {}};
    }
}

Gateway::Gateway(const QString &token, int intents, Clock &clock, QObject *parent)
    : QObject(parent)
    , m_token(token)
    , m_intents(intents)
    , m_clock(clock)
    , m_socket(QString(), QWebSocketProtocol::VersionLatest, this)
    , m_heartbeat(this)
    , m_patience(this)
{
    m_socket.setMaxAllowedIncomingMessageSize(quint64(limits::FrameBytes));
    m_socket.setMaxAllowedIncomingFrameSize(quint64(limits::FrameBytes));
    m_heartbeat.setSingleShot(true);
    m_patience.setSingleShot(true);
    connect(&m_heartbeat, &QTimer::timeout, this, &Gateway::beat);
    connect(&m_patience, &QTimer::timeout, this,
            [this] { fail(words("Discord's gateway does not answer")); });
    connect(&m_socket, &QWebSocket::textMessageReceived, this, &Gateway::onText);
    connect(&m_socket, &QWebSocket::disconnected, this, &Gateway::onClosed);
    connect(&m_socket, qOverload<QAbstractSocket::SocketError>(&QWebSocket::error), this,
            [this] { onClosed(); });
}

void Gateway::open(const QUrl &address, const std::optional<Session> &session)
{
    close();
    ++m_round;
    if (const QString reason = whyNotOpened(address); !reason.isEmpty()) {
        m_isOpen = true;
        return end({true, false, reason, {}});
    }
    m_isOpen = true;
    m_resumes = session.has_value();
    m_session = session.value_or(Session{});
    m_isAcknowledged = true;
    m_patience.start(limits::HelloPatience);
    m_socket.open(address);
}

void Gateway::close()
{
    if (!m_isOpen)
        return;
    m_isOpen = false;
    m_heartbeat.stop();
    m_patience.stop();
    m_socket.abort(); // a close with 1000 or 1001 would end the session at the vendor
}

void Gateway::fail(const QString &reason)
{
    end({false, true, reason, {}});
}

void Gateway::end(const Ended &how)
{
    if (!m_isOpen)
        return;
    close();
    Q_EMIT ended(how);
}

void Gateway::onClosed()
{
    if (!m_isOpen)
        return;
    const int code = int(m_socket.closeCode());
    Ended how = meaningOf(code);
    if (how.sentence.isEmpty())
        how.sentence = words("The connection to Discord broke (%1)").arg(m_socket.errorString());
    end(how);
}

void Gateway::onText(const QString &text)
{
    if (!m_isOpen)
        return;
    const QJsonObject frame = QJsonDocument::fromJson(text.toUtf8()).object();
    switch (frame.value(u"op"_s).toInt(-1)) {
    case limits::Dispatch:
        return onDispatch(frame);
    case limits::Heartbeat: // asked for at once
        return say(limits::Heartbeat, m_session.sequence);
    case limits::Reconnect:
        return end({false, true, {}, {}});
    case limits::InvalidSession:
        return onInvalidSession(frame.value(u"d"_s).toBool());
    case limits::Hello:
        return onHello(frame.value(u"d"_s).toObject());
    case limits::HeartbeatAck:
        m_isAcknowledged = true;
        return;
    default:
        return; // a frame that this program does not know
    }
}

void Gateway::onHello(const QJsonObject &data)
{
    m_interval = std::clamp(Milliseconds(data.value(u"heartbeat_interval"_s).toInteger()),
                            limits::MinHeartbeat, limits::MaxHeartbeat);
    // The first at a moment of its own: not all bots at once after a fault of the vendor's.
    m_heartbeat.start(m_interval * QRandomGenerator::global()->bounded(100) / 100);
    introduce();
}

void Gateway::introduce()
{
    if (m_resumes)
        return say(limits::Resume, QJsonObject{{u"token"_s, m_token},
                                               {u"session_id"_s, m_session.id},
                                               {u"seq"_s, m_session.sequence}});
    const QJsonObject properties{
        {u"os"_s, u"linux"_s}, {u"browser"_s, u"peerdesk"_s}, {u"device"_s, u"peerdesk"_s}};
    say(limits::Identify, QJsonObject{{u"token"_s, m_token},
                                      {u"intents"_s, m_intents},
                                      {u"properties"_s, properties}});
}

void Gateway::beat()
{
    if (!m_isAcknowledged) // nobody there any more, though the connection seems to stand
        return fail(words("Discord's gateway has stopped answering"));
    m_isAcknowledged = false;
    say(limits::Heartbeat, m_session.sequence > 0 ? QJsonValue(m_session.sequence) : QJsonValue());
    m_heartbeat.start(m_interval);
}

void Gateway::onDispatch(const QJsonObject &frame)
{
    const QString event = frame.value(u"t"_s).toString();
    const QJsonObject data = frame.value(u"d"_s).toObject();
    m_session.sequence = frame.value(u"s"_s).toInteger(m_session.sequence);
    if (event == u"READY") {
        m_patience.stop();
        m_session.id = data.value(u"session_id"_s).toString();
        m_session.resumeUrl = data.value(u"resume_gateway_url"_s).toString();
        Q_EMIT ready(m_session, data.value(u"user"_s)[u"id"].toString());
        return;
    }
    if (event == u"RESUMED") {
        m_patience.stop();
        Q_EMIT resumed();
        return;
    }
    if (m_resumes)
        m_patience.start(limits::HelloPatience); // what was missed comes before "resumed"
    Q_EMIT dispatched(event, data, m_session.sequence);
}

void Gateway::onInvalidSession(bool mayResume)
{
    // Source: "Resuming": wait one to five seconds before a new session.
    const Milliseconds pause(1'000 + QRandomGenerator::global()->bounded(4'000));
    end({false, mayResume, {}, pause});
}

void Gateway::say(int opcode, const QJsonValue &data)
{
    const QJsonObject frame{{u"op"_s, opcode}, {u"d"_s, data}};
    m_socket.sendTextMessage(
        QString::fromUtf8(QJsonDocument(frame).toJson(QJsonDocument::Compact)));
}

} // namespace peerdesk::channels::discord

#include "moc_gateway.cpp"
