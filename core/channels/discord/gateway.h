// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"

#include <QJsonObject>
#include <QTimer>
#include <QUrl>
#include <QWebSocket>

#include <optional>

namespace peerdesk::channels::discord {

/// A session that may be resumed.
struct Session
{
    QString id;
    QString resumeUrl;
    qint64 sequence = 0;

    bool operator==(const Session &) const = default;
};

/// How a connection ended.
struct Ended
{
    bool isFatal = false;  ///< coming again is useless until somebody changes something
    bool mayResume = true; ///< else a new session
    QString sentence;      ///< for people; empty = nothing they could do about it
    Milliseconds pause{0}; ///< wait at least so long
};

/// One connection to the gateway, from hello to its end: heartbeats and their acknowledgements,
/// identify or resume. Reconnecting is the owner's business. Thread: node.
class Gateway : public QObject
{
    Q_OBJECT

public:
    Gateway(const QString &token, int intents, Clock &clock, QObject *parent);

    /// Drops what is open. With `session` it is resumed.
    void open(const QUrl &address, const std::optional<Session> &session);
    /// Quietly: the session stays alive at the vendor for whoever resumes it.
    void close();
    /// As if the connection had broken.
    void fail(const QString &reason);
    bool isOpen() const { return m_isOpen; }
    qint64 sequence() const { return m_session.sequence; }

Q_SIGNALS:
    void dispatched(const QString &event, const QJsonObject &data, qint64 sequence);
    /// A new session; `bot` is the bot's own user.
    void ready(const peerdesk::channels::discord::Session &session, const QString &bot);
    void resumed();
    void ended(const peerdesk::channels::discord::Ended &how);

private:
    void onText(const QString &text);
    void onHello(const QJsonObject &data);
    void onDispatch(const QJsonObject &frame);
    void onInvalidSession(bool mayResume);
    void onClosed();
    void beat();
    void introduce();
    void say(int opcode, const QJsonValue &data);
    void end(const Ended &how);

    QString m_token;
    int m_intents;
    Clock &m_clock;
    QWebSocket m_socket;
    QTimer m_heartbeat;
    QTimer m_patience; ///< for hello, and for ready
    Session m_session;
    bool m_resumes = false;
    bool m_isOpen = false;
    bool m_isAcknowledged = true;
    Milliseconds m_interval{0};
    quint64 m_round = 0; ///< of open(): what an earlier socket says is nobody's
};

/// What a close code of the gateway means. Source: "Gateway Close Event Codes".
Ended meaningOf(int closeCode);

} // namespace peerdesk::channels::discord
