// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/slack/requests.h"
#include "core/channels/slack/socketmode.h"
#include "core/channels/vendor/act.h"
#include "core/channels/vendor/inboundqueue.h"

namespace peerdesk::channels::slack {

/// One internal Slack app by Socket Mode: envelopes are acknowledged after their commit; after a
/// time without any socket, histories are read from where the log stands. Thread: node.
class SlackConnector final : public Connector
{
    Q_OBJECT

public:
    SlackConnector(const ChannelAccount &account, Host &host);
    ~SlackConnector() override;

    void start() override;
    void stop() override;
    void send(const Outgoing &outgoing, Completion<SendResult> done) override;
    void test(Completion<QString> done) override;

private:
    using OnReply = std::function<void(const vendor::ApiReply &)>;
    using OnFailure = std::function<void(const Error &, Seconds)>;
    using Asker = std::shared_ptr<Completion<SendResult>>;
    using Pages = std::shared_ptr<Completion<InboundPage>>;
    struct Held
    {
        quint64 socket = 0;
        QJsonObject envelope;
    };
    /// A history to be read: of a channel, or of a thread in it.
    struct Gap
    {
        QString channel;
        QString root;
        QString after;
        QString page; ///< the vendor's cursor
        int pages = 0;
    };

    /// A call of the Web API; `then` only for answers that are "ok".
    void call(vendor::ApiCall call, OnReply then, OnFailure otherwise);
    vendor::ApiCall appCall(const QString &method) const;

    void identify();
    void openSocket();
    void onConnected(int all);
    void onLost(const QString &reason, bool isFinal);
    void retry(const QString &sentence, Seconds least);
    void giveUp(const QString &sentence);
    void onFailure(const Error &error, Seconds wait);

    void onEnvelope(quint64 socket, const QJsonObject &envelope);
    void take(quint64 socket, const QJsonObject &envelope);
    bool add(Event event, std::function<void()> committed);
    void openForm(const FormWish &wish);

    void catchUp();
    void findDirectChannels(const QString &since);
    void readGap();
    void onHistory(const vendor::ApiReply &reply);
    void endCatchUp();

    void prepare(InboundPage page, std::vector<vendor::WantedFile> files,
                 Completion<InboundPage> done);
    void nameNext(const std::shared_ptr<InboundPage> &page, size_t at, std::function<void()> then);
    void fetchFile(const vendor::WantedFile &file, Completion<QByteArray> done);
    void download(const QString &address, Completion<QByteArray> done);

    void act(const Outgoing &outgoing, const vendor::Act &act, Completion<SendResult> done);
    void sendPart(const Request &request, const Place &place, const Asker &done);
    void sendMessage(const Request &request, const Place &place, const Asker &done);
    /// Looks whether a message of unknown outcome is there.
    void lookFor(const Request &request, const Place &place, const Asker &done);
    void sendFile(const Request &request, const Place &place, const Asker &done);
    void completeFile(const Request &request, const Place &place, const QString &file,
                      const Asker &done);

    ChannelAccount m_account;
    Host &m_host;
    QString m_botToken;
    QString m_appToken;
    vendor::VendorApi m_api;
    SocketMode m_sockets;
    vendor::InboundQueue m_queue;
    QTimer m_timer;
    Context m_context;
    QString m_other; ///< a sentence about another program at the same app
    struct Person
    {
        QString name;
        QString email;
        QString language;
    };
    std::map<QString, Person> m_people;
    std::deque<Gap> m_gaps;
    std::deque<Held> m_heldBack; ///< until the catch-up is over: what is older comes first
    bool m_isCatchingUp = false;
    bool m_isCaughtUp = false;
    bool m_isPartly = false;
    bool m_isRunning = false;
    int m_failures = 0;
    Milliseconds m_failingSince{0};
    quint64 m_round = 0;
    /// Guards what is asked of the vendor. Last: goes first, and answers that come while the rest
    /// goes find nobody.
    QObject m_alive;
};

/// The channel type "slack".
ChannelType slackType();

} // namespace peerdesk::channels::slack
