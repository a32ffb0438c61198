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

void TokenKeeper::forget(const QByteArray &token)
{
    if (m_tokens.access == token)
        m_tokens = {};
}

void TokenKeeper::callWith(const QByteArray &access, ApiCall call, bool isLast,
                           Completion<ApiReply> done)
{
    const auto asker = std::make_shared<Completion<ApiReply>>(std::move(done));
    call.headers["Authorization"] = "Bearer " + access;
    m_api.call(call, {this, [this, call, access, isLast, asker](const Result<ApiReply> &reply) {
                          if (!reply || reply->status != 401 || isLast)
                              return asker->answer(reply);
                          forget(access);
                          token({this, [this, call, asker](const Result<QByteArray> &again) {
                                     if (!again)
                                         return asker->answer(again.error());
                                     callWith(*again, call, true, std::move(*asker));
                                 }});
                      }});
}

namespace {

/// One account's renewals by refresh token.
class Renewal : public std::enable_shared_from_this<Renewal>
{
public:
    Renewal(VendorApi &api, Host &host, OAuthClient client, QString secretName)
        : m_api(api)
        , m_host(host)
        , m_client(std::move(client))
        , m_secretName(std::move(secretName))
    {}

    void renew(Completion<OAuthTokens> done)
    {
        if (m_unkept)
            return keep(*m_unkept, std::move(done));
        const QByteArray used = m_host.secret(m_secretName).trimmed();
        if (used.isEmpty())
            return done.answer(
                Error{Error::Code::Unauthorized,
                      QCoreApplication::translate("OAuth", "Nobody has logged in yet."),
                      {}});
        const auto asker = std::make_shared<Completion<OAuthTokens>>(std::move(done));
        m_api.call(refreshCall(m_client, used),
                   {&m_api, [me = shared_from_this(), used, asker](const Result<ApiReply> &reply) {
                        const Result<OAuthTokens> tokens =
                            tokensIn(reply, me->m_host.clock().wall());
                        if (!tokens || tokens->refresh.isEmpty() || tokens->refresh == used)
                            return asker->answer(tokens);
                        me->keep(*tokens, std::move(*asker));
                    }});
    }

private:
    /// The one before is used up: this one is not let go of until it is kept.
    void keep(const OAuthTokens &tokens, Completion<OAuthTokens> done)
    {
        m_unkept = tokens;
        const auto asker = std::make_shared<Completion<OAuthTokens>>(std::move(done));
        m_host.storeSecret(
            m_secretName, tokens.refresh,
            {&m_api, [me = shared_from_this(), asker, tokens](const Result<Done> &kept) {
                 if (!kept)
                     return asker->answer(kept.error());
                 me->m_unkept.reset();
                 asker->answer(tokens);
             }});
    }

    VendorApi &m_api;
    Host &m_host;
    const OAuthClient m_client;
    const QString m_secretName;
    std::optional<OAuthTokens> m_unkept;
};

} // namespace

TokenKeeper::Renew renewByRefreshToken(VendorApi &api, Host &host, const OAuthClient &client,
                                       const QString &secretName)
{
    const auto renewal = std::make_shared<Renewal>(api, host, client, secretName);
    return [renewal](Completion<OAuthTokens> done) { renewal->renew(std::move(done)); };
}

} // namespace peerdesk::channels::vendor

#include "moc_tokenkeeper.cpp"
