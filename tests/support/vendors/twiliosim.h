// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/server.h"

#include <QJsonArray>
#include <QJsonObject>

#include <deque>

namespace peerdesk::channels {

/// A Twilio account with messages, files, states and moods, on loopback. Requests are checked
/// against the vendor's description where it is there.
class TwilioSim : public QObject
{
    Q_OBJECT

public:
    TwilioSim();

    QString base() const { return m_base; }
    static constexpr const char *Account = "AC0123456789abcdef0123456789abcdef";
    static constexpr const char *Secret = "the secret of the key";
    static constexpr const char *Number = "+48732145678";

    // What happens in the world.
    /// A message to our number; `from` as Twilio writes it. Returns its SID.
    QString receive(const QString &from, const QString &body);
    /// The same with files; they can be listed and fetched.
    QString receive(const QString &from, const QString &body,
                    const std::vector<std::pair<QString, QByteArray>> &files);
    void setStatus(const QString &sid, const QString &status, int errorCode = 0);
    /// Lists messages the wrong way round, as a list that changes while it is read may.
    bool isShuffled = false;
    int pageSize = 0;       ///< 0 = what is asked for
    bool isExpired = false; ///< files are gone
    bool isWhatsApp = false;
    QJsonArray contents; ///< as Twilio lists templates, two a page

    // How it misbehaves.
    enum class Fault {
        None,         ///< this one goes well
        TooMany,      ///< 429
        BreaksBefore, ///< 500, and nothing was taken
        BreaksAfter,  ///< it is taken, and the answer is cut off
        OptedOut,     ///< 21610
        WindowOver    ///< 63016
    };
    void fail(Fault fault) { m_faults.push_back(fault); }
    /// Every send from now on; nothing = they go well again.
    std::optional<Fault> mood;
    bool isRevoked = false; ///< 401 for all
    int brokenLists = 0;    ///< so many lists are answered with 503

    // What it was told.
    std::vector<QJsonObject> sent;                     ///< as it lists them, oldest first
    std::vector<std::map<QString, QStringList>> forms; ///< of the sends
    int lists = 0;
    int statusCalls = 0;
    bool wasSecretLed = false; ///< the account's secret came to where the files lie
    QStringList problems;      ///< requests that the vendor's description does not allow
    int checked = 0;           ///< requests held against it
    int redirects = 0;

private:
    void onCall(const net::HttpRequest &request, const net::Responder &answer);
    void onList(const net::HttpRequest &request, const net::Responder &answer);
    void onSend(const net::HttpRequest &request, const net::Responder &answer);
    void onContents(const net::HttpRequest &request, const net::Responder &answer);
    void onMedia(const QString &sid, const net::Responder &answer);
    QJsonObject make(const QString &from, const QString &to, const QString &body, bool isInbound);
    QJsonObject take(const std::map<QString, QStringList> &form);
    void check(const std::map<QString, QStringList> &form);
    void checkQuery(const net::HttpRequest &request, const QJsonObject &spec, const QString &path);
    void checkList(const net::HttpRequest &request);
    static void say(const net::Responder &answer, int status, const QJsonObject &body);
    static void refuse(const net::Responder &answer, int status, int code, const QString &text);

    net::Server m_server;
    QString m_base;
    QJsonObject m_spec;
    QJsonObject m_contentSpec;
    std::vector<QJsonObject> m_messages;                                    ///< oldest first
    std::map<QString, std::vector<std::pair<QString, QByteArray>>> m_files; ///< type and bytes
    std::deque<Fault> m_faults;
    int m_next = 1;
};

} // namespace peerdesk::channels
