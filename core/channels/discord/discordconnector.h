// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/discord/gateway.h"
#include "core/channels/discord/requests.h"
#include "core/channels/vendor/act.h"
#include "core/channels/vendor/inboundqueue.h"

namespace peerdesk::channels::discord {

/// One Discord bot: hears by the gateway, resumes behind what is committed, and reads the channels
/// of its conversations again when a session is lost. Interactions are acknowledged once they are
/// committed. Thread: node.
class DiscordConnector final : public Connector
{
    Q_OBJECT

public:
    DiscordConnector(const ChannelAccount &account, Host &host);
    ~DiscordConnector() override;

    void start() override;
    void stop() override;
    void send(const Outgoing &outgoing, Completion<SendResult> done) override;
    void test(Completion<QString> done) override;
    void agentTyping(const QString &thread, bool isTyping) override;

private:
    using Asker = std::shared_ptr<Completion<SendResult>>;
    using OnReply = std::function<void(const Result<vendor::ApiReply> &)>;
    struct Dispatched
    {
        QString event;
        QJsonObject data;
        qint64 sequence = 0;
        bool isHistory = false; ///< read again: it belongs to no session
    };

    void call(const vendor::ApiCall &call, OnReply then);
    /// What a failed call means for the account.
    void onTrouble(const Result<vendor::ApiReply> &reply);

    // Getting there.
    void identifyBot();
    void connectNow();
    void discover();
    void onGateway(const vendor::ApiReply &reply);
    void onConnected();
    void onEnded(const Ended &how);
    void retry(const QString &sentence, Milliseconds least);
    void giveUp(const QString &sentence);

    // What comes.
    void onDispatched(const QString &event, const QJsonObject &data, qint64 sequence);
    void take(const Dispatched &dispatched);
    void openForm(const Interaction &interaction);
    void prepare(InboundPage page, std::vector<vendor::WantedFile> files,
                 Completion<InboundPage> done);

    // What came while no session stood.
    void catchUp();
    void readChannel(const QString &after, int page);
    void endCatchUp();
    /// The session stands in the log once all before it does: what comes next is resumed from it.
    void keepSession();

    void act(const Outgoing &outgoing, const vendor::Act &act, Completion<SendResult> done);
    void sendPart(const QString &channel, const Request &request, int tries, const Asker &done);

    ChannelAccount m_account;
    Host &m_host;
    QString m_token;
    vendor::VendorApi m_api;
    Gateway m_gateway;
    vendor::InboundQueue m_queue;
    QTimer m_timer;
    std::optional<Session> m_session;
    qint64 m_committed = 0; ///< sequence up to which everything is in the log
    Context m_context;
    std::map<QString, Milliseconds> m_pauses; ///< channels to be left alone, and until when
    std::map<QString, Milliseconds> m_typingAt;
    std::vector<QString> m_toRead;     ///< channels of the catch-up, next last
    std::deque<Dispatched> m_heldBack; ///< until the catch-up is over: what is older comes first
    bool m_isCatchingUp = false;
    bool m_isCaughtUp = true;
    bool m_isPartly = false; ///< a channel had more than the catch-up reads
    bool m_isRunning = false;
    int m_failures = 0;
    Milliseconds m_failingSince{0};
    quint64 m_round = 0; ///< answers of an earlier start are not for this one
    /// Guards what is asked of the vendor. Last: goes first, and answers that come while the rest
    /// goes find nobody.
    QObject m_alive;
};

/// The channel type "discord".
ChannelType discordType();

} // namespace peerdesk::channels::discord
