// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/server.h"

#include <QDateTime>
#include <QJsonArray>
#include <QJsonObject>

#include <deque>
#include <optional>

namespace peerdesk::channels {

/// A Slack workspace on loopback: Socket Mode with one-use addresses, envelopes that come again
/// until they are acknowledged, histories, posts, files in three steps. Posts are held against the
/// vendor's description where that is present.
class SlackSim : public QObject
{
    Q_OBJECT

public:
    SlackSim();

    QString base() const { return m_base + QStringLiteral("/api"); }
    static constexpr const char *BotToken = "xoxb-1-2-abc";
    static constexpr const char *AppToken = "xapp-1-A1-2-def";
    static constexpr const char *App = "U0BOT";

    // What happens in the world.
    /// Returns the message's ts.
    QString write(const QString &channel, const QString &user, const QString &text,
                  const QJsonObject &more = {});
    void bring(const QString &type, const QJsonObject &payload); ///< any envelope
    void bringAgain();                                           ///< what was not acknowledged
    void bringAllAgain(); ///< events so far, last first, in new envelopes
    bool press(const QString &channel, const QString &user, const QString &label);
    QString addFile(const QString &name, const QByteArray &bytes); ///< its private address

    // The connection.
    void warn(); ///< the socket goes soon
    void dropSockets();
    void disableLink();
    int sockets() const { return int(m_sockets.size()); }
    int otherConnections = 0;
    bool keepsForLater = false; ///< what nobody hears comes once somebody does

    // How sends go.
    struct Fault
    {
        int status = 200;
        QJsonObject body;
        bool isAccepted = false;
        std::map<QByteArray, QByteArray> headers;
    };
    void failNext(const QString &method, const Fault &fault) { m_faults[method].push_back(fault); }
    void setSendFault(const std::optional<Fault> &fault) { m_sendFault = fault; }
    bool isTokenRevoked = false;

    // What it was told.
    std::vector<QJsonObject> sent; ///< posts, with their ts
    /// A post that is there still.
    const QJsonObject *find(const QString &channel, const QString &ts) const;
    std::map<QString, QStringList> reactions;            ///< of the app, by "CHANNEL:TS"
    std::vector<std::pair<QString, QJsonObject>> shared; ///< files, once anybody can see them
    std::vector<QJsonObject> views;
    std::map<QString, QByteArray> uploads; ///< by file id
    QStringList acknowledged;              ///< envelope ids, in order
    QStringList calls;                     ///< methods
    QStringList problems;
    int checked = 0;

private:
    void onCall(const net::HttpRequest &request, const net::Responder &answer);
    QJsonObject answerFor(const QString &method, const QJsonObject &fields);
    QJsonObject history(const QJsonObject &fields, bool isThread) const;
    QJsonObject post(const QJsonObject &fields);
    QJsonObject update(const QJsonObject &fields);
    QJsonObject remove(const QJsonObject &fields);
    QJsonObject react(const QJsonObject &fields, bool isAdded);
    void check(const QString &method, const QJsonObject &fields);
    void onFrame(const QByteArray &utf8);
    void deliver(const QJsonObject &envelope);
    QString nextTs();

    net::Server m_server;
    net::Server m_uploads; ///< elsewhere, as the vendor's are
    QString m_base;
    QString m_uploadBase;
    QJsonObject m_paths; ///< the vendor's description
    std::vector<net::WebSocket *> m_sockets;
    std::map<QString, std::vector<QJsonObject>> m_channels;
    std::map<QString, QByteArray> m_files;
    std::deque<QJsonObject> m_pending; ///< envelopes that are not acknowledged
    std::vector<std::pair<QString, QJsonObject>> m_all;
    std::map<QString, std::deque<Fault>> m_faults;
    std::optional<Fault> m_sendFault;
    int m_next = 1;
    qint64 m_start = QDateTime::currentSecsSinceEpoch(); ///< messages are looked for by their time
};

} // namespace peerdesk::channels
