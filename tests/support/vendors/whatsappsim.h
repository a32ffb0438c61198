// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/domain/channel.h"
#include "core/net/server.h"

#include <QJsonArray>
#include <QJsonObject>

#include <deque>

namespace peerdesk::channels {

/// The Cloud API of a number with messages, files and moods, on loopback, and the calls that
/// WhatsApp would make, signed. Requests are checked for what the documents ask and allow.
class WhatsAppSim : public QObject
{
    Q_OBJECT

public:
    WhatsAppSim();

    QString base() const { return m_base; }
    static constexpr const char *NumberId = "106540352242922";
    static constexpr const char *Business = "102290129340398";
    static constexpr const char *Token = "EAAG-token";
    static constexpr const char *AppSecret = "the app's secret";
    static constexpr const char *VerifyToken = "a word";

    // What happens in the world: each makes a call that waits in `calls`.
    /// A message of a person; `from` is digits, or CC.xxx of somebody without a number.
    QString write(const QString &from, const QString &text);
    /// `more` has type and what belongs to it.
    QString writeMore(const QString &from, const QJsonObject &more);
    void tellStatus(const QString &id, const QString &status, const QJsonObject &more = {});
    void echo(const QString &to, const QString &text);
    /// `change` as it stands in entry[].changes[].
    void callWith(const QJsonArray &changes);
    static QJsonObject messagesChange(const QJsonArray &messages, const QJsonArray &contacts);
    HookCall signedCall(const QByteArray &body) const;
    void addFile(const QString &id, const QByteArray &bytes, const QString &type);
    std::deque<HookCall> calls;

    // How it misbehaves.
    enum class Fault {
        None,        ///< this one goes well
        TooMany,     ///< 130429
        PairTooMany, ///< 131056
        WindowOver,  ///< 131047
        Undeliverable,
        BreaksAfter, ///< it is taken, and the answer is cut off
        BreaksBefore ///< 500 without a word
    };
    void fail(Fault fault) { m_faults.push_back(fault); }
    std::optional<Fault> mood; ///< every send from now on
    bool isExpired = false;    ///< the token
    bool areFilesGone = false;
    int brokenUploads = 0;
    bool isUnsubscribed = false;
    QJsonArray templates; ///< as Meta lists them, two a page
    bool areTemplatesForbidden = false;

    // What it was told.
    std::vector<QJsonObject> sent;         ///< bodies, with "id" as it was answered
    std::vector<QJsonObject> marks;        ///< read and typing
    std::map<QString, QByteArray> uploads; ///< by id
    QStringList problems;
    bool wasTokenLed = false; ///< the token came to a foreign host
    int fetches = 0;

private:
    void onMessages(const net::HttpRequest &request, const net::Responder &answer);
    void onMedia(const net::HttpRequest &request, const net::Responder &answer);
    void onTemplates(const net::HttpRequest &request, const net::Responder &answer);
    void onGet(const net::HttpRequest &request, const net::Responder &answer);
    bool isAllowed(const net::HttpRequest &request, const net::Responder &answer) const;
    QString take(QJsonObject body);
    void check(const QJsonObject &body);
    void checkInteractive(const QJsonObject &interactive);
    static void say(const net::Responder &answer, int status, const QJsonObject &body);
    static void refuse(const net::Responder &answer, int status, int code, const QString &text);

    net::Server m_server;
    QString m_base;
    QString m_host;
    std::map<QString, std::pair<QString, QByteArray>> m_files; ///< type and bytes
    std::deque<Fault> m_faults;
    int m_next = 1;
};

} // namespace peerdesk::channels
