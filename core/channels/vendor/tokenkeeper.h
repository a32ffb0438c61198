// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/vendor/oauth.h"

namespace peerdesk::channels::vendor {

/// An account's access token, renewed before it ends, by the connector that runs the account and
/// nobody else. Who asks while it is being renewed waits for the same one. Thread: node.
class TokenKeeper : public QObject
{
    Q_OBJECT

public:
    /// Makes a new token: asks the vendor, or signs one here.
    using Renew = std::function<void(Completion<OAuthTokens>)>;

    TokenKeeper(VendorApi &api, Clock &clock, Renew renew, QObject *parent);

    /// Errors: those of Renew.
    void token(Completion<QByteArray> done);
    /// A call with "Authorization: Bearer". One that is answered 401, which the vendor surely did
    /// not act upon, is made once more with a new token.
    void call(const ApiCall &call, Completion<ApiReply> done);
    /// The vendor does not take this one any more, whatever it said of its life.
    void forget(const QByteArray &token);

private:
    void callWith(const QByteArray &token, ApiCall call, bool isLast, Completion<ApiReply> done);

    VendorApi &m_api;
    Clock &m_clock;
    Renew m_renew;
    OAuthTokens m_tokens;
    std::vector<Completion<QByteArray>> m_waiting;
    bool m_isRenewing = false;
};

/// Renews by the refresh token that lies under `secretName`. A new refresh token is kept before the
/// access token that came with it is given out: a PC that dies in between has lost nothing. Where
/// it cannot be kept it is held in memory and kept first the next time: the vendor gives it once.
TokenKeeper::Renew renewByRefreshToken(VendorApi &api, Host &host, const OAuthClient &client,
                                       const QString &secretName);

} // namespace peerdesk::channels::vendor
