// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/operation.h"
#include "core/channels/vendor/oauth.h"
#include "core/net/server.h"

#include <QTimer>

namespace peerdesk::channels::vendor {

/// One sign-in in the system's browser: listens on this machine alone, at a port of its own, has
/// the browser open the vendor's page, takes the code that comes back once, and changes it for
/// tokens. Calls that do not carry this attempt's state are turned away and end nothing. Deleting
/// it takes the listener away. Errors: Invalid (the registration or an address is wrong), Network
/// (no browser, no port, the vendor out of reach), Forbidden (the person or the vendor said no),
/// Busy "too-late" (nobody came back in time), Unauthorized (the vendor does not take the code),
/// Unknown. Source: RFC 8252 sections 7.3 and 8.
class BrowserLogin final : public Operation<OAuthTokens>
{
public:
    /// Hands an address to the browser; false = there is none.
    using Open = std::function<bool(const QUrl &)>;

    struct Options
    {
        OAuthClient client;
        QString host = QStringLiteral("127.0.0.1"); ///< in the redirect
        Milliseconds patience = std::chrono::minutes(5);
    };

    BrowserLogin(Options options, Open open, Clock &clock, Completion<OAuthTokens> done,
                 QObject *parent);
    ~BrowserLogin() override;
    void start() override;

private:
    Result<OAuthAttempt> listen();
    void onCall(const net::HttpRequest &request, const net::Responder &answer);
    void exchange(const QString &code, const net::Responder &answer);
    void end(Result<OAuthTokens> result);

    Options m_options;
    Open m_open;
    Clock &m_clock;
    QPointer<net::Server> m_server; ///< of the parent: it stays for its last page
    VendorApi m_api;
    QTimer m_patience;
    OAuthAttempt m_attempt;
    bool m_isUsed = false; ///< the one answer has come
    QObject m_scope; ///< of the call under way; last, so that a half gone object hears no answer
};

} // namespace peerdesk::channels::vendor
