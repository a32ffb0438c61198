// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/server.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QPointer>

#include <deque>
#include <optional>

namespace peerdesk::channels {

/// A gateway with sessions, and the API with channels, on loopback. It follows the vendor's rules
/// for identify, resume, heartbeats and close codes; messages that it takes are held against the
/// vendor's description where that is present.
class DiscordSim : public QObject
{
    Q_OBJECT

public:
    DiscordSim();

    QString base() const { return m_base; }
    static constexpr const char *Token = "MTIzNDU2.Gtest0.abcdefghijklmnopqrstuvwx";
    static constexpr const char *Bot = "1000000000000000001";

    // What happens in the world.
    /// A person's direct message. Returns its id.
    QString write(const QString &channel, const QString &user, const QString &text,
                  const QJsonObject &more = {});
    void dispatch(const QString &event, const QJsonObject &data);
    void dispatchAllAgain();                                       ///< messages so far, last first
    QString addFile(const QString &name, const QByteArray &bytes); ///< its address
    /// Presses the button with this label under the last message that has it.
    bool press(const QString &channel, const QString &user, const QString &label);
    QJsonObject user(const QString &id) const;

    // The connection.
    void dropConnection(); ///< without a word
    void closeWith(quint16 code);
    void askToReconnect();
    void forgetSessions() { m_sessions.clear(); }
    bool isConnected() const { return m_socket && m_isIntroduced; }
    bool isDeaf = false;    ///< heartbeats are not acknowledged
    int heartbeat = 41'250; ///< ms, of the next hello
    int startsLeft = 1'000;
    bool isTokenRevoked = false;
    bool keepsForLater = false; ///< what is said before the first session comes with it

    // How sends go.
    struct Fault
    {
        int status = 500;
        QJsonObject body;
        bool isAccepted = false;
        std::map<QByteArray, QByteArray> headers;
    };
    void failNext(const Fault &fault) { m_faults.push_back(fault); }
    void setSendFault(const std::optional<Fault> &fault) { m_sendFault = fault; }

    // What it was told.
    std::vector<QJsonObject> sent; ///< messages of the bot, once each, with channel_id
    /// A message of the bot's that is there still.
    const QJsonObject *find(const QString &message) const;
    std::map<QString, QStringList> reactions; ///< of the bot, by message
    int posts = 0;                            ///< tries to send
    std::vector<QJsonObject> callbacks; ///< answers to interactions: id, and the body's members
    std::vector<QByteArray> files;
    int identifies = 0;
    int resumes = 0;
    int heartbeats = 0;
    int typings = 0;
    int intents = 0;
    QStringList problems;
    int checked = 0;

private:
    struct Session
    {
        QString id;
        std::vector<QJsonObject> events; ///< frames, in order
    };

    void onFrame(net::WebSocket *socket, const QJsonObject &frame);
    void introduce(const QJsonObject &data);
    void resume(const QJsonObject &data);
    void say(int opcode, const QJsonValue &data);
    void onPost(const net::HttpRequest &request, const net::Responder &answer);
    void serveActs();
    void onAct(const net::HttpRequest &request, const net::Responder &answer);
    net::HttpResponse edit(const net::HttpRequest &request);
    net::HttpResponse remove(const net::HttpRequest &request);
    net::HttpResponse react(const net::HttpRequest &request);
    bool isThere(const QString &channel, const QString &message) const;
    QJsonObject take(const QString &channel, const QJsonObject &payload);
    void check(const QJsonObject &payload);
    bool refuses(const net::HttpRequest &request, const net::Responder &answer) const;
    QString nextId();

    net::Server m_server;
    QString m_base;
    QJsonObject m_paths;   ///< the vendor's description
    QJsonObject m_allowed; ///< members of a message, by the vendor's description
    QPointer<net::WebSocket> m_socket;
    bool m_isIntroduced = false;
    std::map<QString, Session> m_sessions;
    QString m_current;
    std::map<QString, std::vector<QJsonObject>> m_channels; ///< messages, oldest first
    std::vector<QJsonObject> m_written;
    std::vector<std::pair<QString, QJsonObject>> m_early;
    std::map<QString, QJsonObject> m_nonces;
    std::map<QString, QByteArray> m_files;
    std::deque<Fault> m_faults;
    std::optional<Fault> m_sendFault;
    quint64 m_nextId = 1'200'000'000'000'000'000;
    int m_nextSession = 1;
};

} // namespace peerdesk::channels
