// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/email/mailaccess.h"

#include "core/channels/email/emailsettings.h"

namespace peerdesk::channels::email {

using namespace Qt::StringLiterals;

MailAccess::MailAccess(const ChannelAccount &account, Host &host, QObject *parent)
    : QObject(parent)
    , m_api({QUrl(), {}, {}}, host.clock(), this)
{
    const std::vector<vendor::SignIn> all = signInList();
    const vendor::SignIn *signIn = vendor::chosenSignIn(all, account.settings);
    if (!signIn)
        return;
    const vendor::OAuthClient client =
        vendor::clientOf(*signIn, account.settings, host.secret(u"client_secret"_s));
    m_keeper = std::make_unique<vendor::TokenKeeper>(
        m_api, host.clock(), vendor::renewByRefreshToken(m_api, host, client, signIn->secret),
        nullptr);
}

void MailAccess::enter(const MailServer &server, Completion<MailServer> done)
{
    if (!m_keeper)
        return done.answer(server);
    const auto asker = std::make_shared<Completion<MailServer>>(std::move(done));
    m_keeper->token({this, [server, asker](const Result<QByteArray> &token) {
                         if (!token)
                             return asker->answer(token.error());
                         MailServer open = server;
                         open.isToken = true;
                         open.secret = *token;
                         asker->answer(open);
                     }});
}

bool MailAccess::refuse(const MailServer &server)
{
    if (!m_keeper || !server.isToken || server.secret.isEmpty())
        return false;
    m_keeper->forget(server.secret);
    return true;
}

} // namespace peerdesk::channels::email

#include "moc_mailaccess.cpp"
