// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/vendor/oauth.h"

#include "core/channels/vendor/jwt.h"
#include "core/channels/vendor/signature.h"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QHostAddress>

namespace peerdesk::channels::vendor {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype VerifierBytes = 32; ///< 43 characters, RFC 7636 section 4.1
constexpr qsizetype StateBytes = 16;
constexpr qsizetype MaxToken = 16 * 1024;
constexpr Seconds UsualLife{3'600};
constexpr qint64 MaxLife = 90LL * 24 * 3'600; // seconds

QString translated(const char *text)
{
    return QCoreApplication::translate("OAuth", text);
}

ApiCall tokenCall(const OAuthClient &client, Fields fields)
{
    fields.emplace_back(u"client_id"_s, client.clientId);
    if (!client.clientSecret.isEmpty())
        fields.emplace_back(u"client_secret"_s, QString::fromUtf8(client.clientSecret));
    return formCall(client.token, fields);
}

} // namespace

OAuthClient clientOf(const SignIn &signIn, const std::map<QString, QString> &settings,
                     const QByteArray &clientSecret)
{
    const auto value = [&](const QString &key, const QString &usual) {
        const auto it = settings.find(key);
        const QString said = it == settings.end() ? QString() : it->second.trimmed();
        return said.isEmpty() ? usual : said;
    };
    OAuthClient client;
    client.authorize = QUrl(value(u"authorize_address"_s, signIn.authorize));
    client.token = value(u"token_address"_s, signIn.token);
    client.clientId = value(u"client_id"_s, {});
    client.clientSecret = clientSecret.trimmed();
    client.scopes = signIn.scopes;
    client.more = signIn.more;
    return client;
}

const SignIn *chosenSignIn(const std::vector<SignIn> &signIns,
                           const std::map<QString, QString> &settings)
{
    for (const SignIn &signIn : signIns) {
        const auto chosen = settings.find(signIn.chosenBy);
        if (signIn.chosenBy.isEmpty() ||
            (chosen != settings.end() && chosen->second.trimmed() == signIn.id))
            return &signIn;
    }
    return nullptr;
}

std::vector<Setting> signInAddresses()
{
    Setting authorize;
    authorize.key = u"authorize_address"_s;
    authorize.label = translated("Address of the sign-in page");
    authorize.isRequired = false;
    authorize.hint = translated("Leave it empty: the provider's own.");
    Setting token = authorize;
    token.key = u"token_address"_s;
    token.label = translated("Address that gives tokens");
    return {authorize, token};
}

Result<OAuthAttempt> beginOAuth(const QByteArray &random, const QString &redirect)
{
    const QUrl url(redirect);
    const bool isHere = url.scheme() == u"http"_s &&
                        (url.host() == u"localhost"_s || QHostAddress(url.host()).isLoopback());
    if (!isHere || random.size() < VerifierBytes + StateBytes)
        return invalid(u"the redirect must lead to this machine"_s);
    return OAuthAttempt{base64Url(random.left(VerifierBytes)),
                        base64Url(random.mid(VerifierBytes, StateBytes)), redirect};
}

QUrl authorizationUrl(const OAuthClient &client, const OAuthAttempt &attempt)
{
    const QByteArray challenge =
        base64Url(QCryptographicHash::hash(attempt.verifier, QCryptographicHash::Sha256));
    std::map<QString, QString> fields{{u"response_type"_s, u"code"_s},
                                      {u"client_id"_s, client.clientId},
                                      {u"redirect_uri"_s, attempt.redirect},
                                      {u"scope"_s, client.scopes.join(u' ')},
                                      {u"state"_s, QString::fromLatin1(attempt.state)},
                                      {u"code_challenge"_s, QString::fromLatin1(challenge)},
                                      {u"code_challenge_method"_s, u"S256"_s}};
    fields.insert(client.more.begin(), client.more.end()); // ours stand
    QUrlQuery query;
    for (const auto &[name, value] : fields)
        query.addQueryItem(name, QString::fromLatin1(QUrl::toPercentEncoding(value)));
    QUrl url = client.authorize;
    url.setQuery(query);
    return url;
}

bool isOurs(const QUrl &redirected, const OAuthAttempt &attempt)
{
    return isSame(QUrlQuery(redirected).queryItemValue(u"state"_s, QUrl::FullyDecoded).toUtf8(),
                  attempt.state);
}

Result<QString> codeIn(const QUrl &redirected, const OAuthAttempt &attempt)
{
    const QUrlQuery query(redirected);
    const auto value = [&](const QString &key) {
        return query.queryItemValue(key, QUrl::FullyDecoded);
    };
    if (!isOurs(redirected, attempt))
        return Error{Error::Code::Forbidden,
                     translated("This answer belongs to no log-in that was begun here."),
                     {}};
    if (!value(u"error"_s).isEmpty())
        return Error{Error::Code::Forbidden,
                     value(u"error"_s) == u"access_denied"_s
                         ? translated("The access was not allowed in the browser.")
                         : translated("The provider refused the log-in: %1")
                               .arg(value(u"error"_s).left(100)),
                     {}};
    const QString code = value(u"code"_s);
    if (code.isEmpty() || code.size() > MaxToken)
        return invalid(translated("The provider's answer has no code."));
    return code;
}

ApiCall exchangeCall(const OAuthClient &client, const OAuthAttempt &attempt, const QString &code)
{
    return tokenCall(client, {{u"grant_type"_s, u"authorization_code"_s},
                              {u"code"_s, code},
                              {u"redirect_uri"_s, attempt.redirect},
                              {u"code_verifier"_s, QString::fromLatin1(attempt.verifier)}});
}

ApiCall refreshCall(const OAuthClient &client, const QByteArray &refreshToken)
{
    return tokenCall(client, {{u"grant_type"_s, u"refresh_token"_s},
                              {u"refresh_token"_s, QString::fromUtf8(refreshToken)}});
}

Result<OAuthTokens> tokensIn(const Result<ApiReply> &reply, Time now)
{
    if (!reply)
        return reply.error();
    const QJsonObject body = reply->object();
    const QByteArray access = body.value(u"access_token"_s).toString().toUtf8();
    const QByteArray refresh = body.value(u"refresh_token"_s).toString().toUtf8();
    if (reply->isSuccess() && !access.isEmpty() && access.size() <= MaxToken &&
        refresh.size() <= MaxToken) {
        const double life = body.value(u"expires_in"_s).toDouble(double(UsualLife.count()));
        const Seconds seconds{qint64(std::clamp(life, 1.0, double(MaxLife)))};
        return OAuthTokens{access, refresh, now + seconds};
    }
    const QString word = body.value(u"error"_s).toString().left(100); // RFC 6749 section 5.2
    if (reply->status == 429 || reply->status >= 500)
        return Error{
            reply->status == 429 ? Error::Code::Busy : Error::Code::Unknown,
            translated("The provider gives no new token just now (%1).").arg(reply->status),
            {}};
    return Error{Error::Code::Unauthorized,
                 translated("The provider does not accept the log-in any more (%1). Log in again.")
                     .arg(word.isEmpty() ? QString::number(reply->status) : word),
                 {}};
}

} // namespace peerdesk::channels::vendor
