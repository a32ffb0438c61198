// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/server.h"
#include "tests/support/vendors/testkeys.h"
#include "tests/support/vendors/vendorpeer.h"

namespace peerdesk::channels {

/// App Store Connect with one app, its reviews and the answers to them.
class AppStoreSim : public vendor::VendorPeer
{
    Q_OBJECT

public:
    explicit AppStoreSim(Clock &clock);
    static constexpr const char *App = "1234567890";

    QString type() const override { return QStringLiteral("app_store"); }
    ChannelType channelType() const override;
    std::map<QString, QString> settings() const override;
    std::map<QString, QByteArray> secrets() const override;
    /// The review of this customer, who changes it by writing again.
    QString write(const QString &customer, const QString &text) override;
    QString writeUnknown(const QString &customer) override;
    QString shown(const QString &text) const override;
    void deliverAgain() override {} // every answer tells everything again
    void setMood(Mood mood) override { m_mood = mood; }
    std::vector<Sent> sent() const override { return m_sent; }
    QStringList complaints() const override { return m_complaints; }

    void remove(const QString &review) { reviews.erase(review); }
    void hide(const QString &review) { m_hidden = review; } ///< not listed, but there
    void publish(const QString &review);                    ///< the answer becomes public
    void answerInConsole(const QString &review, const QString &text);
    int pageSize = 200; ///< most of one page, whatever is asked for
    bool isRoleMissing = false;

    struct Review
    {
        QJsonObject attributes;
        QString answer;
        QString state;
        QString answeredAt;
    };
    std::map<QString, Review> reviews;
    std::vector<net::HttpRequest> calls;

private:
    using Answer = net::Responder;
    void serve(const QByteArray &method, const QString &pattern,
               std::function<void(const net::HttpRequest &, const Answer &)> handler);
    void onList(const net::HttpRequest &request, const Answer &answer);
    void onAnswer(const net::HttpRequest &request, const Answer &answer);
    QString problemWithToken(const net::HttpRequest &request) const;
    static void reply(const Answer &answer, const QJsonObject &body, int status = 200);
    static void refuse(const Answer &answer, int status, const QString &detail,
                       const std::map<QByteArray, QByteArray> &headers = {});
    QString stamp();

    Clock &m_clock;
    TestKey m_key = TestKey::p256();
    net::Server m_server;
    QString m_base;
    QString m_hidden;
    Mood m_mood = Mood::Good;
    std::vector<Sent> m_sent;
    QStringList m_complaints;
    qint64 m_last = 0;
};

} // namespace peerdesk::channels
