// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/telegram/requests.h"
#include "core/channels/vendor/act.h"
#include "core/channels/vendor/pollingconnector.h"

namespace peerdesk::channels::telegram {

/// One Telegram bot: reads by long poll, also for the business accounts that it is connected to.
/// Buttons are acknowledged once what they mean is committed. Thread: node.
class TelegramConnector final : public vendor::PollingConnector
{
    Q_OBJECT

public:
    TelegramConnector(const ChannelAccount &account, Host &host);

    void start() override;
    void send(const Outgoing &outgoing, Completion<SendResult> done) override;
    void test(Completion<QString> done) override;
    void agentTyping(const QString &thread, bool isTyping) override;
    void agentRead(const QString &thread, Time upTo) override;

protected:
    void prepare(Completion<Done> done) override;
    void poll(const QByteArray &cursor, Completion<Polled> done) override;
    Milliseconds interval() const override { return Milliseconds(0); }
    QString connectedSentence() const override;

private:
    using Asker = std::shared_ptr<Completion<Polled>>;
    using OnReply = std::function<void(const Result<vendor::ApiReply> &)>;

    void call(const QString &method, const QJsonObject &body, OnReply then);
    /// Errors of the vendor and of the way there, without the token.
    Error errorFrom(const Result<vendor::ApiReply> &reply) const;
    void onUpdates(const QByteArray &cursor, const vendor::ApiReply &reply, const Asker &done);
    void stampTime(Cursor &cursor, const Cursor &before) const;
    void fetchFile(const vendor::WantedFile &file, Completion<QByteArray> done);
    void acknowledge(const QByteArray &cursor);
    void sendPart(const Request &request, const Chat &chat, Completion<SendResult> done);
    void act(const Outgoing &outgoing, const vendor::Act &act, Completion<SendResult> done);
    void callAct(const Request &request, bool hasMoved, Completion<SendResult> done);
    QString chatIdNow(const QString &id) const;
    QString scrubbed(QString text) const;

    QString m_token;
    QString m_bot;                      ///< the bot's own id
    std::map<QString, QString> m_moved; ///< old id of a group to the new one, as sends learned it
    std::map<QString, qint64> m_lastInBusiness;
    std::map<QString, Milliseconds> m_typingAt;
    QByteArray m_callbacksBehind; ///< committed with this cursor, the callbacks may be answered
    std::vector<QString> m_callbacks;
    Cursor m_shown; ///< for the gap beside the state
    bool m_isFirst = true;
    /// Guards what is asked of the vendor. Last: goes first, and answers that come while the rest
    /// goes find nobody.
    QObject m_alive;
};

/// The channel type "telegram".
ChannelType telegramType();

} // namespace peerdesk::channels::telegram
