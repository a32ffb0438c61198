// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/meta/parsed.h"
#include "core/net/server.h"
#include "tests/support/vendors/vendorpeer.h"

#include <QJsonArray>
#include <QJsonObject>

#include <deque>

namespace peerdesk::channels {

/// A Graph API with one page (or one Instagram account): conversations, posts, comments, usage
/// headers and moods, on loopback. Requests are checked by the platform's documented rules.
class MetaSim : public vendor::VendorPeer
{
    Q_OBJECT

public:
    MetaSim(Clock &clock, meta::Product product);

    static constexpr const char *Page = "102030405060";
    static constexpr const char *Token = "EAAtestPageToken";
    static constexpr const char *AppSecret = "a1b2c3d4e5f60718293a4b5c6d7e8f90";
    static constexpr const char *VerifyToken = "our own word";

    // As the contract sees it (Messenger or Instagram Direct by poll).
    QString type() const override;
    ChannelType channelType() const override;
    std::map<QString, QString> settings() const override;
    std::map<QString, QByteArray> secrets() const override;
    QString write(const QString &customer, const QString &text) override;
    QString writeUnknown(const QString &customer) override;
    void deliverAgain() override {} // every answer tells everything again
    void setMood(Mood mood) override { m_mood = mood; }
    std::vector<Sent> sent() const override { return m_sent; }
    QStringList complaints() const override { return m_complaints; }

    // What else happens in the world.
    QString add(const QString &customer, const QString &from, const QJsonObject &message);
    QString echo(const QString &customer, const QString &text); ///< typed in the page's own inbox
    void addFile(const QString &name, const QByteArray &bytes) { m_files[name] = bytes; }
    QString fileUrl(const QString &name) const
    {
        return m_cdnBase + QStringLiteral("/cdn/") + name;
    }
    /// One event as the webhook brings it, signed.
    HookCall hook(const QJsonObject &event,
                  const QString &list = QStringLiteral("messaging")) const;
    HookCall change(const QString &field, const QJsonObject &value) const;
    static HookCall signedCall(const QByteArray &body);
    QJsonObject messageEvent(const QString &customer, const QJsonObject &message) const;
    QString comment(const QString &post, const QJsonObject &comment); ///< returns its id
    void editComment(const QString &id, const QString &text);

    // How it misbehaves besides the moods.
    struct Fault
    {
        int status = 400;
        QJsonObject error; ///< Graph's, without the frame
        std::map<QByteArray, QByteArray> headers;
    };
    void failOnce(const QString &edge, const Fault &fault) { m_faults[edge].push_back(fault); }
    std::map<QByteArray, QByteArray> usage; ///< headers of every answer
    bool isAccessOff = false;               ///< Instagram's privacy switch (M40)
    bool isTokenRevoked = false;
    bool isWindowClosed = false; ///< whatever the time is
    QByteArray token = Token;    ///< that is good now; Instagram's is renewed
    QByteArray lastToken;        ///< that came with the last call

    struct Call
    {
        QByteArray method;
        QString id;
        QString edge;
        std::map<QString, QString> query;
        QJsonObject body; ///< JSON or form
        QByteArray contentType;
    };
    std::vector<Call> calls;
    std::vector<Call> callsOf(const QByteArray &method, const QString &edge) const;
    std::map<QString, std::vector<QJsonObject>> posts; ///< comments of each, flat

protected:
    bool isInstagram() const { return m_product == meta::Product::Instagram; }

private:
    using Answer = net::Responder;
    void onCall(const net::HttpRequest &request, const Answer &answer);
    bool failsFor(const Call &call, const Answer &answer);
    void onRenewal(const net::HttpRequest &request, const Answer &answer);
    void onGet(const Call &call, const Answer &answer);
    void onPost(const Call &call, const Answer &answer);
    void onMessages(const Call &call, const Answer &answer);
    void onComment(const Call &call, const Answer &answer);
    void reply(const Answer &answer, const QJsonObject &body, int status = 200) const;
    void refuse(const Answer &answer, int status, const QJsonObject &error,
                const std::map<QByteArray, QByteArray> &headers = {}) const;
    QJsonObject conversations(const Call &call) const;
    QJsonObject feed() const;
    QJsonObject *find(const QString &comment);
    void check(const Call &call);
    QString stamp() const;

    Clock &m_clock;
    meta::Product m_product;
    net::Server m_server;
    net::Server m_cdn; ///< files lie on another host, which the token must not reach
    QString m_base;
    QString m_cdnBase;
    Mood m_mood = Mood::Good;
    std::map<QString, QJsonArray> m_conversations; ///< newest message first
    std::map<QString, Time> m_updated;
    std::map<QString, std::deque<Fault>> m_faults;
    std::map<QString, QByteArray> m_files;
    std::vector<Sent> m_sent;
    QStringList m_complaints;
    int m_next = 1;
};

/// The comments below its posts, as the contract sees them.
class MetaCommentsSim : public MetaSim
{
    Q_OBJECT

public:
    using MetaSim::MetaSim;

    QString type() const override;
    ChannelType channelType() const override;
    QString write(const QString &customer, const QString &text) override;
    QString writeUnknown(const QString &customer) override;
    /// Whoever wrote the comment that was answered.
    std::vector<Sent> sent() const override;

private:
    std::map<QString, QString> m_authors; ///< by comment
};

} // namespace peerdesk::channels
