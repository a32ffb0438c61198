// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/vendors/authsim.h"

#include "core/channels/vendor/jwt.h"

#include <QCryptographicHash>
#include <QHostAddress>

namespace peerdesk::channels {

using namespace Qt::StringLiterals;

namespace {

const QString ClientId = u"desk.apps.example"_s;

QString fieldOf(const QUrlQuery &form, const QString &name)
{
    return form.queryItemValue(name, QUrl::FullyDecoded);
}

net::HttpResponse refusal(int status, const QString &word)
{
    return {status, "application/json", u"{\"error\":\"%1\"}"_s.arg(word).toUtf8(), {}};
}

} // namespace

AuthSim::AuthSim()
{
    m_server.route("GET", u"/authorize"_s, [this](const auto &request, const auto &answer) {
        onAuthorize(request, answer);
    });
    m_server.route("POST", u"/token"_s,
                   [this](const auto &request, const auto &answer) { onToken(request, answer); });
    const Result<quint16> port = m_server.listen(u"127.0.0.1"_s, 0);
    m_base = u"http://127.0.0.1:%1"_s.arg(port ? *port : 0);
}

vendor::OAuthClient AuthSim::client() const
{
    vendor::OAuthClient client;
    client.authorize = QUrl(m_base + u"/authorize"_s);
    client.token = m_base + u"/token"_s;
    client.clientId = ClientId;
    client.clientSecret = clientSecret.toUtf8();
    client.scopes = {u"mail"_s};
    return client;
}

QByteArray AuthSim::giveRefresh()
{
    const QByteArray token = "refresh-" + QByteArray::number(++m_number);
    m_refresh.insert(token);
    return token;
}

void AuthSim::revokeAll()
{
    m_access.clear();
    m_refresh.clear();
}

void AuthSim::release()
{
    isHolding = false;
    for (const auto &[answer, response] : std::exchange(m_held, {}))
        answer(response);
}

void AuthSim::onAuthorize(const net::HttpRequest &request, const net::Responder &answer)
{
    const auto value = [&](const QString &name) {
        const auto it = request.query.find(name);
        return it == request.query.end() ? QString() : it->second;
    };
    const QUrl redirect(value(u"redirect_uri"_s));
    const bool isHere =
        redirect.scheme() == u"http"_s &&
        (redirect.host() == u"localhost"_s || QHostAddress(redirect.host()).isLoopback());
    if (value(u"response_type"_s) != u"code"_s || value(u"client_id"_s) != ClientId || !isHere ||
        value(u"code_challenge_method"_s) != u"S256"_s || value(u"scope"_s).isEmpty() ||
        value(u"code_challenge"_s).size() != 43 || value(u"state"_s).size() < 20) {
        problems += u"authorization: "_s + value(u"redirect_uri"_s);
        return answer({400, "text/plain", "wrong request", {}});
    }
    const QString code = u"code/%1+x"_s.arg(++m_number);
    m_grants[code] = {redirect.toString(), value(u"code_challenge"_s).toLatin1(), false};
    vendor::Fields back;
    if (person == Person::Denies)
        back.emplace_back(u"error"_s, u"access_denied"_s);
    else if (person != Person::CodeIsLost)
        back.emplace_back(u"code"_s, code);
    if (person != Person::StateIsLost)
        back.emplace_back(u"state"_s,
                          person == Person::StateIsForged ? u"forged"_s : value(u"state"_s));
    QUrl target = redirect;
    target.setQuery(vendor::queryOf(back));
    answer({302, "text/plain", {}, {{"Location", target.toEncoded()}}});
}

void AuthSim::onToken(const net::HttpRequest &request, const net::Responder &answer)
{
    QString form = QString::fromUtf8(request.body);
    const net::HttpResponse response = tokenAnswer(QUrlQuery(form.replace(u'+', u"%20"_s)));
    if (isHolding)
        m_held.emplace_back(answer, response);
    else
        answer(response);
}

net::HttpResponse AuthSim::tokenAnswer(const QUrlQuery &form)
{
    if (fails > 0) {
        --fails;
        return {500, "text/html", "<h1>Sorry</h1>", {}};
    }
    if (fieldOf(form, u"client_id"_s) != ClientId ||
        fieldOf(form, u"client_secret"_s) != clientSecret)
        return refusal(401, u"invalid_client"_s);
    const QString grant = fieldOf(form, u"grant_type"_s);
    if (grant == u"authorization_code"_s)
        return exchange(form);
    return grant == u"refresh_token"_s ? renew(form) : refusal(400, u"unsupported_grant_type"_s);
}

net::HttpResponse AuthSim::exchange(const QUrlQuery &form)
{
    ++exchanges;
    const auto grant = m_grants.find(fieldOf(form, u"code"_s));
    const QByteArray proof = vendor::base64Url(QCryptographicHash::hash(
        fieldOf(form, u"code_verifier"_s).toLatin1(), QCryptographicHash::Sha256));
    if (grant == m_grants.end() || grant->second.challenge != proof ||
        grant->second.redirect != fieldOf(form, u"redirect_uri"_s)) {
        problems += u"exchange: another code, verifier or redirect"_s;
        return refusal(400, u"invalid_grant"_s);
    }
    if (std::exchange(grant->second.isUsed, true)) { // RFC 6749 section 4.1.2
        revokeAll();
        problems += u"exchange: a code came twice"_s;
        return refusal(400, u"invalid_grant"_s);
    }
    return tokens(givesRefresh);
}

net::HttpResponse AuthSim::renew(const QUrlQuery &form)
{
    ++renewals;
    const QByteArray used = fieldOf(form, u"refresh_token"_s).toUtf8();
    if (!m_refresh.contains(used))
        return refusal(400, u"invalid_grant"_s);
    if (rotates)
        m_refresh.erase(used);
    return tokens(rotates);
}

net::HttpResponse AuthSim::tokens(bool withRefresh)
{
    const QByteArray access = "access-" + QByteArray::number(++m_number);
    m_access.insert(access);
    QByteArray body = "{\"access_token\":\"" + access + "\",\"expires_in\":3600";
    if (withRefresh)
        body += ",\"refresh_token\":\"" + giveRefresh() + '"';
    return {200, "application/json", body + '}', {}};
}

bool FakeBrowser::open(const QUrl &url)
{
    opened = url;
    const auto onPage = [this](const Result<net::HttpReply> &page) {
        if (!page || !page->headers.contains("location"))
            return;
        redirected = QUrl::fromEncoded(page->headers.at("location"));
        visit(redirected);
    };
    m_client.request({"GET", url, {}, {}}, {this, onPage});
    return true;
}

void FakeBrowser::visit(const QUrl &url)
{
    m_client.request({"GET", url, {}, {}}, {this, [this](const Result<net::HttpReply> &page) {
                                                statuses += page ? page->status : 0;
                                                pages += page ? page->body : QByteArray();
                                            }});
}

} // namespace peerdesk::channels
