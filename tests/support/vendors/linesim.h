// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/domain/channel.h"
#include "core/net/server.h"

#include <QJsonArray>
#include <QJsonObject>

#include <deque>
#include <set>

namespace peerdesk::channels {

/// The Messaging API of a LINE account with reply tokens, retry keys, files and moods, on loopback,
/// and the calls that LINE would make, signed. Requests are checked for what the documents ask.
class LineSim : public QObject
{
    Q_OBJECT

public:
    LineSim();

    QString base() const { return m_base; }
    QString dataBase() const; ///< the same server by another name: LINE has two hosts
    static constexpr const char *Token = "line-token";
    static constexpr const char *ChannelSecret = "the channel's secret";
    static constexpr const char *Bot = "Ub9952f8aaaabbbbccccddddeeeeffff0";

    // What happens in the world: each makes a call that waits in `calls`.
    QString write(const QString &user, const QString &text); ///< returns the message's id
    QString writeMore(const QString &user, QJsonObject message);
    /// `more` has type and what belongs to it; returns the event's id.
    QString happen(const QString &user, const QJsonObject &more);
    void callWith(const QJsonArray &events);
    HookCall signedCall(const QByteArray &body) const;
    void addFile(const QString &messageId, const QByteArray &bytes, int looksUntilReady = 0);
    std::deque<HookCall> calls;
    std::set<QString> deadTokens; ///< over a minute old, or used

    // How it misbehaves.
    enum class Fault {
        TooMany,     ///< 429
        OverQuota,   ///< 429, the month's messages are used up
        Refused,     ///< 400
        BreaksAfter, ///< it is taken, and the answer is cut off
        BreaksBefore ///< 500, and nothing was taken
    };
    void fail(Fault fault) { m_faults.push_back(fault); }
    std::optional<Fault> mood; ///< every send from now on
    bool isRevoked = false;
    int brokenProfiles = 0;

    // What it was told.
    struct Sent
    {
        QString to; ///< user; of a reply: whose token it was
        QJsonObject message;
        bool isPush = false;
        QString id;
    };
    std::vector<Sent> sent; ///< what customers have
    std::vector<QByteArray> retryKeys;
    QStringList readTokens;
    QStringList loading;
    int pushCalls = 0;
    int profileCalls = 0;
    QStringList problems;

private:
    using Handler = void (LineSim::*)(const net::HttpRequest &, const net::Responder &);
    void add(const QByteArray &method, const QString &pattern, Handler handler);
    void onReply(const net::HttpRequest &request, const net::Responder &answer);
    void onPush(const net::HttpRequest &request, const net::Responder &answer);
    void onProfile(const net::HttpRequest &request, const net::Responder &answer);
    void onInfo(const net::HttpRequest &request, const net::Responder &answer);
    void onQuota(const net::HttpRequest &request, const net::Responder &answer);
    void onConsumption(const net::HttpRequest &request, const net::Responder &answer);
    void onContent(const net::HttpRequest &request, const net::Responder &answer);
    void onTranscoding(const net::HttpRequest &request, const net::Responder &answer);
    void onLoading(const net::HttpRequest &request, const net::Responder &answer);
    void onMarkAsRead(const net::HttpRequest &request, const net::Responder &answer);
    QJsonObject take(const QString &to, const QJsonArray &messages, bool isPush);
    void misbehave(Fault fault, const net::Responder &answer);
    std::optional<Fault> nextFault();
    void check(const QJsonArray &messages);
    void checkTemplate(const QJsonObject &content);
    void checkAction(const QJsonObject &action);
    static void say(const net::Responder &answer, int status, const QJsonObject &body);

    net::Server m_server;
    QString m_base;
    std::map<QString, QString> m_tokens;          ///< reply token to user
    std::map<QByteArray, QJsonObject> m_accepted; ///< answers by retry key
    std::map<QString, std::pair<QByteArray, int>> m_files;
    std::deque<Fault> m_faults;
    int m_next = 1;
};

} // namespace peerdesk::channels
