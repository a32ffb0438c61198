// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/server.h"

#include <QJsonDocument>
#include <QJsonObject>

namespace peerdesk::channels {

/// A page's socket without a network: what the server says is kept, what the page says is emitted.
class FakeSocket : public net::WebSocket
{
    Q_OBJECT

public:
    using net::WebSocket::WebSocket;

    void sendText(const QByteArray &utf8) override
    {
        sent.push_back(QJsonDocument::fromJson(utf8).object());
    }
    void close(quint16 code, const QString &) override
    {
        if (closeCode == 0)
            closeCode = code;
        Q_EMIT closed();
    }
    QString peerAddress() const override { return address; }

    void say(const QJsonObject &frame)
    {
        Q_EMIT textReceived(QJsonDocument(frame).toJson(QJsonDocument::Compact));
    }
    void sayRaw(const QByteArray &bytes) { Q_EMIT textReceived(bytes); }
    /// Frames of one type, oldest first.
    std::vector<QJsonObject> of(const QString &type) const
    {
        std::vector<QJsonObject> out;
        for (const QJsonObject &frame : sent) {
            if (frame.value(QStringLiteral("type")).toString() == type)
                out.push_back(frame);
        }
        return out;
    }
    bool isClosed() const { return closeCode != 0; }

    std::vector<QJsonObject> sent;
    quint16 closeCode = 0;
    QString address = QStringLiteral("203.0.113.9");
};

} // namespace peerdesk::channels
