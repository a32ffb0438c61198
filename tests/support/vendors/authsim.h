// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/vendor/oauth.h"
#include "core/net/httpclient.h"
#include "core/net/server.h"

#include <set>

namespace peerdesk::channels {

/// An authorization server on loopback, as strict as the specifications let it be, and misbehaving
/// when told. Source: RFC 6749, RFC 7636, RFC 8252.
class AuthSim : public QObject
{
    Q_OBJECT

public:
    /// What the person does on the page, or somebody else to the way back.
    enum class Person { Allows, Denies, StateIsForged, StateIsLost, CodeIsLost };

    AuthSim();

    vendor::OAuthClient client() const;
    const QString &base() const { return m_base; }
    bool isGood(const QByteArray &accessToken) const { return m_access.contains(accessToken); }
    bool isGoodRefresh(const QByteArray &token) const { return m_refresh.contains(token); }
    /// A refresh token of earlier days.
    QByteArray giveRefresh();
    /// The vendor takes back everything that it gave.
    void revokeAll();
    void revokeAccess() { m_access.clear(); }
    /// Answers of the token endpoint that were held back go out.
    void release();

    Person person = Person::Allows;
    bool rotates = true;      ///< a refresh token serves once
    bool givesRefresh = true; ///< with a code
    bool isHolding = false;   ///< the token endpoint is slow
    int fails = 0;            ///< so many calls of the token endpoint end in 500
    QString clientSecret = QStringLiteral("GOCSPX-synthetic");
    int exchanges = 0; ///< codes that came
    int renewals = 0;
    QStringList problems; ///< what a strict server would have refused a client for

private:
    struct Grant
    {
        QString redirect;
        QByteArray challenge;
        bool isUsed = false;
    };

    void onAuthorize(const net::HttpRequest &request, const net::Responder &answer);
    void onToken(const net::HttpRequest &request, const net::Responder &answer);
    net::HttpResponse tokenAnswer(const QUrlQuery &form);
    net::HttpResponse exchange(const QUrlQuery &form);
    net::HttpResponse renew(const QUrlQuery &form);
    net::HttpResponse tokens(bool withRefresh);

    net::Server m_server;
    QString m_base;
    std::map<QString, Grant> m_grants;
    std::set<QByteArray> m_access;
    std::set<QByteArray> m_refresh;
    std::vector<std::pair<net::Responder, net::HttpResponse>> m_held;
    int m_number = 0;
};

/// Follows where a browser would go: the page, then the redirect. What the redirect's page says
/// stands in `pages`.
class FakeBrowser : public QObject
{
    Q_OBJECT

public:
    bool open(const QUrl &url);
    /// Goes to an address that nobody sent it to.
    void visit(const QUrl &url);

    QUrl opened;         ///< the page
    QUrl redirected;     ///< where it sent the browser
    QList<int> statuses; ///< of the redirect's answers; 0 = nobody answered
    QList<QByteArray> pages;

private:
    net::HttpClient m_client;
};

} // namespace peerdesk::channels
