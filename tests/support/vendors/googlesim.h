// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/server.h"
#include "tests/support/vendors/discoverycheck.h"
#include "tests/support/vendors/testkeys.h"
#include "tests/support/vendors/vendorpeer.h"

#include <deque>

namespace peerdesk::channels {

/// What both of Google's interfaces share: a token endpoint, moods, and the vendor's description.
class GoogleSim : public vendor::VendorPeer
{
    Q_OBJECT

public:
    GoogleSim(Clock &clock, const QString &description);

    void deliverAgain() override {} // every answer tells everything again
    void setMood(Mood mood) override { m_mood = mood; }
    std::vector<Sent> sent() const override { return m_sent; }
    QStringList complaints() const override { return m_complaints; }
    int checked() const { return m_check.checked; }

    struct Fault
    {
        int status = 403;
        QString reason;
        QString message;
    };
    std::deque<Fault> faults; ///< of the next calls that are not for tokens
    std::vector<net::HttpRequest> calls;
    int tokens = 0;              ///< that were asked for
    bool isTokenRefused = false; ///< the log-in is not accepted any more
    bool isRevoked = false;      ///< the access token of now is not; a new one is

protected:
    using Answer = net::Responder;
    /// Registers a route; the call is checked and its token known before `handler` gets it.
    void serve(const QByteArray &method, const QString &pattern,
               std::function<void(const net::HttpRequest &, const Answer &)> handler);
    void listen();
    /// Whether a token may be had for this form; else what is wrong with it.
    virtual QString problemWithGrant(const QUrlQuery &form) = 0;
    /// The mood's answer to a write that is done already if it says so. True = it was answered.
    bool isMoody(const Answer &answer, const std::function<void()> &doIt);
    static void reply(const Answer &answer, const QJsonObject &body, int status = 200);
    static void refuse(const Answer &answer, const Fault &fault,
                       const std::map<QByteArray, QByteArray> &headers = {});

    Clock &m_clock;
    QString m_base;
    Mood m_mood = Mood::Good;
    std::vector<Sent> m_sent;
    QStringList m_complaints;

private:
    void onToken(const net::HttpRequest &request, const Answer &answer);

    net::Server m_server;
    DiscoveryCheck m_check;
};

/// Google Play with one app and its reviews.
class PlaySim : public GoogleSim
{
    Q_OBJECT

public:
    explicit PlaySim(Clock &clock);

    QString type() const override { return QStringLiteral("google_play"); }
    ChannelType channelType() const override;
    std::map<QString, QString> settings() const override;
    std::map<QString, QByteArray> secrets() const override;
    /// The review of this customer, who writes it anew if there is one.
    QString write(const QString &customer, const QString &text) override;
    QString writeUnknown(const QString &customer) override;
    QString shown(const QString &text) const override;
    void answerInConsole(const QString &review, const QString &text);

    std::map<QString, QJsonObject> reviews; ///< by id; userComment and developerComment

protected:
    QString problemWithGrant(const QUrlQuery &form) override;

private:
    void onList(const net::HttpRequest &request, const Answer &answer);
    void onReply(const net::HttpRequest &request, const Answer &answer);
    QJsonObject stamp();

    TestKey m_key = TestKey::rsa();
    qint64 m_last = 0;
};

/// A YouTube channel with videos and comments.
class YoutubeSim : public GoogleSim
{
    Q_OBJECT

public:
    explicit YoutubeSim(Clock &clock);
    static constexpr const char *Channel = "UCabcdefghijklmnopqrstuv";

    QString type() const override { return QStringLiteral("youtube"); }
    ChannelType channelType() const override;
    std::map<QString, QString> settings() const override;
    std::map<QString, QByteArray> secrets() const override;
    QString write(const QString &customer, const QString &text) override;
    QString writeUnknown(const QString &customer) override;
    QString add(const QString &who, const QString &text, const QString &above = {},
                bool isHeld = false);
    void edit(const QString &id, const QString &text);
    bool areCommentsOff = false;

    std::vector<QJsonObject> comments; ///< newest first, answers too
    QString refreshToken = QStringLiteral("1//refresh");

protected:
    QString problemWithGrant(const QUrlQuery &form) override;

private:
    void onThreads(const net::HttpRequest &request, const Answer &answer);
    void onComments(const net::HttpRequest &request, const Answer &answer);
    void onInsert(const net::HttpRequest &request, const Answer &answer);
    void onModerate(const net::HttpRequest &request, const Answer &answer);
    QString stamp();

    int m_next = 1;
    qint64 m_last = 0;
};

} // namespace peerdesk::channels
