// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/google/reviews.h"
#include "core/channels/google/serviceaccount.h"
#include "core/channels/google/usage.h"
#include "core/channels/vendor/ownmessages.h"
#include "core/channels/vendor/pollingconnector.h"
#include "core/channels/vendor/tokenkeeper.h"

namespace peerdesk::channels::google {

/// Reviews of one app in Google Play. A review that its author changes is a new message of the same
/// conversation; an answer replaces the one before.
class PlayConnector final : public vendor::PollingConnector
{
    Q_OBJECT

public:
    PlayConnector(const ChannelAccount &account, Host &host);

    void send(const Outgoing &outgoing, Completion<SendResult> done) override;
    void test(Completion<QString> done) override;

protected:
    void poll(const QByteArray &cursor, Completion<Polled> done) override;
    Milliseconds interval() const override;
    QString connectedSentence() const override;

private:
    struct Walk
    {
        QByteArray from;
        Time newerThan;
        Time newest;
        qint64 number = 0;
        std::vector<InboundItem> items;
        int pages = 0;
        Completion<Polled> done;
    };
    void renew(Completion<vendor::OAuthTokens> done);
    vendor::ApiCall listCall(int count, const QString &token);
    void walk(const std::shared_ptr<Walk> &state, const QString &token);
    void endWalk(const std::shared_ptr<Walk> &state);
    Error errorIn(const vendor::ApiReply &reply) const;

    QString m_package;
    mutable Usage m_gets; ///< forgets with the clock
    mutable Usage m_posts;
    vendor::TokenKeeper m_keeper;
    vendor::OwnMessages m_own;
    vendor::RecentIds m_known;
    QByteArray m_polledTo;
    std::vector<QString> m_polled;
};

/// The channel type "google_play".
ChannelType googlePlayType();

} // namespace peerdesk::channels::google
