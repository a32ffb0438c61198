// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/vendor/vendorapi.h"

/// OAuth 2 for programs on a PC: the system's browser, a redirect to this machine, a proof instead
/// of trust in the redirect. Pure. Source: RFC 6749, RFC 7636 (PKCE), RFC 8252 section 7.3.
namespace peerdesk::channels::vendor {

/// An authorization server, and this office's registration there.
struct OAuthClient
{
    QUrl authorize;
    QString token; ///< address of the token endpoint
    QString clientId;
    QByteArray clientSecret; ///< of installed programs no secret, but some vendors want it
    QStringList scopes;
    std::map<QString, QString> more; ///< of the authorization: access_type=offline, prompt ...
};

/// A sign-in in a person's own browser that a kind of channel takes. The office brings its own
/// registration: the setting "client_id" and the secret "client_secret". What comes of it is a
/// refresh token, a secret of the account.
struct SignIn
{
    QString id;        ///< "google"
    QString secret;    ///< key of the secret that it gives
    QString chosenBy;  ///< setting that has to hold `id`; empty = there is no other way
    QString authorize; ///< what the browser opens; the setting "authorize_address" goes before it
    QString token;     ///< where tokens come from; the setting "token_address" goes before it
    QStringList scopes;
    std::map<QString, QString> more; ///< of the authorization: access_type=offline, prompt ...
    QString host = QStringLiteral("127.0.0.1"); ///< of the redirect, as the vendor knows it
    bool needsClientSecret = false;             ///< some vendors want one of installed programs too
};

/// The client that a channel's settings and its secret "client_secret" make of `signIn`.
OAuthClient clientOf(const SignIn &signIn, const std::map<QString, QString> &settings,
                     const QByteArray &clientSecret);
/// Which of a type's sign-ins these settings choose; null = none, or another way in.
const SignIn *chosenSignIn(const std::vector<SignIn> &signIns,
                           const std::map<QString, QString> &settings);
/// The settings that lead elsewhere than to the vendor's own addresses, for a type's list.
std::vector<Setting> signInAddresses();

/// One log-in that was begun. It lives in memory only, for the minutes that it takes.
struct OAuthAttempt
{
    QByteArray verifier; ///< never leaves this machine but to the token endpoint
    QByteArray state;
    QString redirect; ///< http://127.0.0.1:PORT/... or http://localhost:PORT/...
};
/// From 48 random bytes at least. Errors: Invalid, if the redirect leads elsewhere than here.
Result<OAuthAttempt> beginOAuth(const QByteArray &random, const QString &redirect);
/// What the system's browser is to open.
QUrl authorizationUrl(const OAuthClient &client, const OAuthAttempt &attempt);
/// Whether a redirect that came in belongs to this attempt: a forged one does not.
bool isOurs(const QUrl &redirected, const OAuthAttempt &attempt);
/// The code from the redirect that came in. Errors: Forbidden (the person said no, or the state is
/// not ours: a forged call), Invalid (no code).
Result<QString> codeIn(const QUrl &redirected, const OAuthAttempt &attempt);

ApiCall exchangeCall(const OAuthClient &client, const OAuthAttempt &attempt, const QString &code);
ApiCall refreshCall(const OAuthClient &client, const QByteArray &refreshToken);

struct OAuthTokens
{
    QByteArray access;
    QByteArray refresh; ///< empty = the one that was used stays good
    Time expiresAt;
};
/// Errors: Unauthorized (invalid_grant and its like: somebody has to log in again), Busy, Network,
/// Unknown; never with a token in it.
Result<OAuthTokens> tokensIn(const Result<ApiReply> &reply, Time now);

} // namespace peerdesk::channels::vendor
