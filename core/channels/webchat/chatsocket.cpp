// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/webchat/chatsocket.h"

namespace peerdesk::channels::webchat {

using namespace Qt::StringLiterals;

namespace {
constexpr Allowance FramesPerSocket{60, Milliseconds(100)};
}

ChatSocket::ChatSocket(net::WebSocket *socket, QString address, Clock &clock, QObject *parent)
    : QObject(parent)
    , m_socket(socket)
    , m_address(std::move(address))
    , m_clock(clock)
    , m_frames(FramesPerSocket)
    , m_helloBy(clock.boot() + HelloWithin)
{
    connect(socket, &net::WebSocket::textReceived, this, &ChatSocket::read);
    connect(socket, &net::WebSocket::closed, this, &ChatSocket::leave);
    connect(socket, &QObject::destroyed, this, &ChatSocket::leave);
}

ChatSocket::~ChatSocket()
{
    if (m_isOpen && m_socket)
        m_socket->close(close_code::GoingAway, u"going away"_s);
}

void ChatSocket::send(const QJsonObject &frame)
{
    if (m_isOpen && m_socket)
        m_socket->sendText(encode(frame));
}

void ChatSocket::close(quint16 code, const QString &reason)
{
    if (m_isOpen && m_socket) {
        m_socket->disconnect(this);
        m_socket->close(code, reason);
    }
    leave();
}

void ChatSocket::countJunk(const QString &code)
{
    if (++m_junk >= MaxJunk)
        return close(close_code::Policy, u"frames that make no sense"_s);
    send({{u"type"_s, u"error"_s}, {u"code"_s, code}, {u"permanent"_s, true}});
}

void ChatSocket::read(const QByteArray &utf8)
{
    if (!m_isOpen)
        return;
    if (m_frames.take({}, m_clock.boot()).count() > 0)
        return close(close_code::Policy, u"too many frames"_s);
    const ClientFrame frame = parseFrame(utf8);
    const BadFrame *bad = std::get_if<BadFrame>(&frame);
    if (bad && bad->sequence.isEmpty())
        return countJunk(bad->code);
    Q_EMIT frameReceived(frame);
}

void ChatSocket::leave()
{
    if (!std::exchange(m_isOpen, false))
        return;
    Q_EMIT closed();
}

} // namespace peerdesk::channels::webchat

#include "moc_chatsocket.cpp"
