// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/line/lineparser.h"
#include "core/channels/vendor/partsending.h"
#include "core/channels/vendor/vendorapi.h"

#include <QJsonArray>
#include <QTimer>

#include <deque>
#include <set>

namespace peerdesk::channels {

/// A LINE Official Account: LINE calls `/hooks/{account}`; answers go by the reply token while it
/// lives, else as a push, which counts against the month's quota.
class LineConnector final : public Connector
{
    Q_OBJECT

public:
    LineConnector(const ChannelAccount &account, Host &host);
    ~LineConnector() override { LineConnector::stop(); }

    void start() override;
    void stop() override;
    void send(const Outgoing &outgoing, Completion<SendResult> done) override;
    void test(Completion<QString> done) override;
    void hook(const HookCall &call, Completion<HookAnswer> done) override;
    void agentTyping(const QString &thread, bool isTyping) override;
    void agentRead(const QString &thread, Time upTo) override;

private:
    struct Profile
    {
        QString name;
        QString language;
    };
    /// A call whose people are still to be named.
    struct Arriving
    {
        line::Delivery delivery;
        Completion<HookAnswer> done;
        size_t named = 0;
    };
    /// Up to five messages, sent with one request.
    struct Batch
    {
        QString chat;
        QString replyToken; ///< empty = push
        QString retryKey;
        QJsonArray messages;
        bool isRepeated = false; ///< an earlier attempt may have used the reply token
    };

    QString setting(const QString &key, const QString &fallback = {}) const;
    vendor::ApiCall dataCall(const QString &path) const;
    void probe();
    void onProbed(const Result<vendor::ApiReply> &reply);
    void askQuota();
    void onUsed(const Result<vendor::ApiReply> &reply, qint64 limit);
    void showState();

    void take(const HookCall &call, Completion<HookAnswer> done);
    void nameNext(const std::shared_ptr<Arriving> &arriving);
    void commit(const std::shared_ptr<Arriving> &arriving);
    void rememberProfile(const QString &user, const Profile &profile);
    void fetch(const vendor::WantedFile &file, Completion<QByteArray> done);
    void awaitTranscoding(const QString &id, int looks, Completion<QByteArray> done);
    void download(const QString &id, Completion<QByteArray> done);

    void sendBatch(const Batch &batch, Completion<SendResult> done);
    void reply(const Batch &batch, Completion<SendResult> done);
    void push(const Batch &batch, int tries, Completion<SendResult> done);
    void spend(const QString &replyToken);

    ChannelAccount m_account;
    Host &m_host;
    vendor::VendorApi m_api;
    const QByteArray m_token;
    const QByteArray m_secret;
    QTimer m_probe;
    QTimer m_quota;
    bool m_isRunning = false;
    bool m_isKnown = false;
    bool m_isCalled = false;
    QString m_quotaText;
    QString m_trouble;
    std::map<QString, Profile> m_profiles; ///< by user
    std::deque<QString> m_profilesInOrder;
    std::set<QString> m_spent; ///< reply tokens that are no good any more
    std::deque<QString> m_spentInOrder;
    std::map<QString, QString> m_readTokens; ///< by thread
    std::deque<QString> m_readInOrder;
    std::map<QString, Milliseconds> m_loadingAt;
    /// Owns what is under way. Last, so that it ends before anything else of this object.
    std::unique_ptr<QObject> m_scope = std::make_unique<QObject>();
};

namespace line {
ChannelType lineType();
} // namespace line

} // namespace peerdesk::channels
