// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/appstore/customerreviews.h"
#include "core/channels/vendor/ownmessages.h"
#include "core/channels/vendor/pollingconnector.h"
#include "core/channels/vendor/tokenkeeper.h"

namespace peerdesk::channels::appstore {

/// Reviews of one app in Apple's App Store. A review that its author changes is a new message of
/// the same conversation; an answer replaces the one before and is "delivered" once it is public.
///
/// {"action": "delete"} in a message's headers takes the office's answer back.
class AppStoreConnector final : public vendor::PollingConnector
{
    Q_OBJECT

public:
    AppStoreConnector(const ChannelAccount &account, Host &host);

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
        ReviewCursor cursor;
        Time newerThan;
        std::vector<CustomerReview> reviews;
        std::vector<QString> missing; ///< still to be asked for by name
        std::vector<InboundItem> removed;
        int pages = 0;
        bool isWhole = false; ///< the list was read to its end
        Completion<Polled> done;
    };
    void renew(Completion<vendor::OAuthTokens> done) const;
    vendor::ApiCall listCall(int count) const;
    void walk(const std::shared_ptr<Walk> &state, const vendor::ApiCall &call);
    void askForMissing(const std::shared_ptr<Walk> &state);
    void endWalk(const std::shared_ptr<Walk> &state);
    Error errorIn(const vendor::ApiReply &reply) const;
    void takeBack(const QString &review, Completion<SendResult> done);
    SendResult refusedBy(const Result<vendor::ApiReply> &reply) const;

    struct Quota
    {
        int limit = 0; ///< 0 = not told yet
        int left = 0;
    };
    void readQuota(const vendor::ApiReply &reply);

    QString m_app;
    Quota m_quota; ///< requests of an hour, as Apple told them last
    QString m_keyId;
    QString m_issuer;
    vendor::TokenKeeper m_keeper;
    vendor::OwnMessages m_own;
    vendor::RecentIds m_known;
    QByteArray m_polledTo;
    std::vector<QString> m_polled;
};

/// The channel type "app_store".
ChannelType appStoreType();

} // namespace peerdesk::channels::appstore
