// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/vendor/tokenkeeper.h"

#include <QCoreApplication>

namespace peerdesk::channels::vendor {

namespace {

/// A token that ends this soon is not used any more.
constexpr Seconds RenewBefore{60};

} // namespace

TokenKeeper::TokenKeeper(VendorApi &api, Clock &clock, Renew renew, QObject *parent)
    : QObject(parent)
    , m_api(api)
    , m_clock(clock)
    , m_renew(std::move(renew))
{}

void TokenKeeper::token(Completion<QByteArray> done)
{
    if (!m_tokens.access.isEmpty() && m_clock.wall() + RenewBefore < m_tokens.expiresAt)
        return done.answer(m_tokens.access);
    m_waiting.push_back(std::move(done));
    if (std::exchange(m_isRenewing, true))
        return;
    m_renew({this, [this](const Result<OAuthTokens> &tokens) {
                 m_isRenewing = false;
                 m_tokens = tokens ? *tokens : OAuthTokens{};
                 for (Completion<QByteArray> &waiting : std::exchange(m_waiting, {}))
                     waiting.answer(tokens ? Result<QByteArray>(tokens->access)
                                           : Result<QByteArray>(tokens.error()));
             }});
}

void TokenKeeper::call(const ApiCall &call, Completion<ApiReply> done)
{
    const auto asker = std::make_shared<Completion<ApiReply>>(std::move(done));
    token({this, [this, call, asker](const Result<QByteArray> &token) {
               if (!token)
                   return asker->answer(token.error());
               callWith(*token, call, false, std::move(*asker));
           }});
}

void TokenKeeper::callWith(const QByteArray &access, ApiCall call, bool isLast,
                           Completion<ApiReply> done)
{
    const auto asker = std::make_shared<Completion<ApiReply>>(std::move(done));
    call.headers["Authorization"] = "Bearer " + access;
    m_api.call(call, {this, [this, call, access, isLast, asker](const Result<ApiReply> &reply) {
                          if (!reply || reply->status != 401 || isLast)
                              return asker->answer(reply);
                          if (m_tokens.access == access) // else somebody renewed it meanwhile
                              m_tokens = {};
                          token({this, [this, call, asker](const Result<QByteArray> &again) {
                                     if (!again)
                                         return asker->answer(again.error());
                                     callWith(*again, call, true, std::move(*asker));
                                 }});
                      }});
}

TokenKeeper::Renew renewByRefreshToken(VendorApi &api, Host &host, const OAuthClient &client,
                                       const QString &secretName)
{
    return [&api, &host, client, secretName](Completion<OAuthTokens> done) {
        const auto asker = std::make_shared<Completion<OAuthTokens>>(std::move(done));
        const QByteArray used = host.secret(secretName).trimmed();
        if (used.isEmpty())
            return asker->answer(
                Error{Error::Code::Unauthorized,
                      QCoreApplication::translate("OAuth", "Nobody has logged in yet."),
                      {}});
        api.call(refreshCall(client, used),
                 {&api, [&api, &host, secretName, used, asker](const Result<ApiReply> &reply) {
                      const Result<OAuthTokens> tokens = tokensIn(reply, host.clock().wall());
                      if (!tokens || tokens->refresh.isEmpty() || tokens->refresh == used)
                          return asker->answer(tokens);
                      host.storeSecret(secretName, tokens->refresh,
                                       {&api, [asker, tokens](const Result<Done> &kept) {
                                            if (!kept)
                                                return asker->answer(kept.error());
                                            asker->answer(tokens);
                                        }});
                  }});
    };
}

} // namespace peerdesk::channels::vendor
