// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/server.h"

#include <QJsonArray>
#include <QJsonObject>

#include <deque>
#include <set>

namespace peerdesk::channels {

/// A Bot API with chats, updates, files and moods, on loopback. Requests are checked against the
/// vendor's description where it is there.
class TelegramSim : public QObject
{
    Q_OBJECT

public:
    TelegramSim();

    QString base() const { return m_base; }
    static constexpr const char *Token = "123456:TESTtoken_of-the-bot";
    static constexpr qint64 BotId = 123456;

    // What happens in the world.
    /// A message of a person in their private chat; `more` goes over it. Returns its id.
    qint64 write(qint64 person, const QString &text, const QJsonObject &more = {});
    void push(const QJsonObject &update); ///< any update, gets its id
    void pushAgain();                     ///< the last update once more, as after a lost confirm
    void pushAllAgain();                  ///< all so far, last first
    void addFile(const QString &id, const QByteArray &bytes);
    /// Presses the button with this title under a sent message. False = there is none.
    bool press(qint64 person, const QString &title);
    void otherReader(); ///< another program asks for updates: ours is thrown out
    void revoke() { m_isRevoked = true; }

    // How it misbehaves.
    struct Fault
    {
        int status = 500;
        QJsonObject body;
        bool isAccepted = false; ///< does it all the same
        bool isDropped = false;  ///< closes without an answer
    };
    void fail(const QString &method, const Fault &fault) { m_faults[method].push_back(fault); }
    /// Every send from now on; nothing = they go well again.
    void setSendFault(const std::optional<Fault> &fault) { m_sendFault = fault; }
    std::set<qint64> blockedBy;
    std::map<qint64, qint64> migrated; ///< old group id to new
    bool hasWebhook = false;

    // What it was told.
    struct Call
    {
        QString method;
        QJsonObject body;
        QByteArray file;
        QByteArray fileField;
    };
    std::vector<Call> calls;
    std::vector<QJsonObject> sent;            ///< messages of the bot, with chat_id as it was asked
    std::map<QString, QStringList> reactions; ///< of the bot, by "CHAT:MESSAGE"
    /// A message of the bot that is in the chat still.
    const QJsonObject *find(qint64 chat, qint64 message) const;
    std::vector<Call> callsOf(const QString &method) const;
    QStringList answeredCallbacks;
    QStringList problems; ///< requests that the vendor's description does not allow
    int checked = 0;      ///< requests held against it
    bool isWaiting() const { return bool(m_waiting); }
    qint64 confirmed = 0; ///< the highest offset that was asked for

private:
    void onCall(const net::HttpRequest &request, const net::Responder &answer);
    void answerFor(const Call &call, const net::Responder &answer);
    void onGetUpdates(const QJsonObject &body, const net::Responder &answer);
    void onSend(const Call &call, const net::Responder &answer);
    /// Of a message that is there already. False = it is no such call.
    bool onAct(const Call &call, const net::Responder &answer);
    void onEdit(const Call &call, const net::Responder &answer);
    void onReaction(const Call &call, const net::Responder &answer);
    bool isThere(qint64 chat, qint64 message) const;
    void check(const Call &call);
    void deliver();
    static void reply(const net::Responder &answer, const QJsonValue &result);
    static void refuse(const net::Responder &answer, int status, const QString &description,
                       const QJsonObject &parameters = {});

    net::Server m_server;
    QString m_base;
    QJsonObject m_methods;
    std::deque<QJsonObject> m_updates;
    std::vector<QJsonObject> m_all;
    std::optional<Fault> m_sendFault;
    std::map<QString, std::deque<Fault>> m_faults;
    std::map<QString, QByteArray> m_files;
    net::Responder m_waiting;
    QJsonObject m_waitingFor;
    qint64 m_nextUpdate = 900'000'001;
    qint64 m_nextMessage = 5'000'000'001; // ids exceed 32 bit
    bool m_isRevoked = false;
};

} // namespace peerdesk::channels
