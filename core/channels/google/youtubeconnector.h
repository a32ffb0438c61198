// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/google/youtubecomments.h"
#include "core/channels/vendor/ownmessages.h"
#include "core/channels/vendor/pollingconnector.h"
#include "core/channels/vendor/tokenkeeper.h"

namespace peerdesk::channels::google {

/// Comments on a YouTube channel's videos: once an hour the 20 newest videos and the 20 newest
/// comments (M42), within the day's quota, whose use is always shown.
///
/// {"action": "hide" | "unhide"} in a message's headers rejects or publishes the comment that it
/// answers.
class YoutubeConnector final : public vendor::PollingConnector
{
    Q_OBJECT

public:
    YoutubeConnector(const ChannelAccount &account, Host &host);

    void send(const Outgoing &outgoing, Completion<SendResult> done) override;
    void test(Completion<QString> done) override;

protected:
    void poll(const QByteArray &cursor, Completion<Polled> done) override;
    Milliseconds interval() const override;
    QString connectedSentence() const override;
    vendor::Trouble troubleOf(const Error &error) const override;

private:
    struct Pull
    {
        YoutubeCursor cursor;
        QByteArray from;
        std::map<QString, QString> titles;
        std::vector<VideoComment> comments;
        Completion<Polled> done;
    };
    using Reply = std::function<void(const Result<vendor::ApiReply> &)>;
    /// A call that costs so many units; refused here once the day's are used up.
    void paid(const vendor::ApiCall &call, int units, Reply done);
    vendor::ApiCall videosCall() const;
    vendor::ApiCall threadsCall(const QString &status) const;
    void pullThreads(const std::shared_ptr<Pull> &pull, bool isHeld);
    void endPull(const std::shared_ptr<Pull> &pull);
    void sendText(const QString &above, const QString &text, Completion<SendResult> done);
    void lookUp(const QString &above, const QString &text, Time from,
                std::function<void(const QString &id)> found);
    void act(const QString &action, const QString &comment, Completion<SendResult> done);
    void beginDay() const;
    Error errorIn(const vendor::ApiReply &reply) const;
    SendResult refusedBy(const Result<vendor::ApiReply> &reply) const;

    QString m_channel;
    vendor::TokenKeeper m_keeper;
    vendor::OwnMessages m_own;
    mutable QString m_day;
    mutable int m_used = 0;
    bool m_areCommentsOff = false;
};

/// By the browser, as the account that owns the channel.
vendor::SignIn youtubeSignIn();
/// The channel type "youtube".
ChannelType youtubeType();

} // namespace peerdesk::channels::google
