// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/browsersignin.h"

#include "core/channels/email/emailsettings.h"
#include "core/channels/google/youtubeconnector.h"

#include <QDesktopServices>

namespace peerdesk::desktop {

using namespace Qt::StringLiterals;
using namespace channels;

BrowserSignIn::BrowserSignIn(Open open, QObject *parent)
    : BrowserDoor(parent)
    , m_open(std::move(open))
    , m_signIns{{u"email"_s, email::signInList()}, {u"youtube"_s, {google::youtubeSignIn()}}}
{}

bool BrowserSignIn::openInBrowser(const QUrl &url)
{
    return QDesktopServices::openUrl(url);
}

void BrowserSignIn::signIn(const ui::SignInWish &wish, Completion<ui::SignedIn> done)
{
    cancel();
    const auto known = m_signIns.find(wish.type);
    const vendor::SignIn *chosen =
        known == m_signIns.end() ? nullptr : vendor::chosenSignIn(known->second, wish.settings);
    if (!chosen)
        return done.answer(invalid(tr("This kind of channel has no sign-in in the browser.")));
    const auto typed = wish.secrets.find(u"client_secret"_s);
    vendor::BrowserLogin::Options options;
    options.client = vendor::clientOf(*chosen, wish.settings,
                                      typed == wish.secrets.end() ? QByteArray() : typed->second);
    options.host = chosen->host;
    if (options.client.clientSecret.isEmpty() && chosen->needsClientSecret)
        return done.answer(invalid(tr("Type the client secret above, also where one is kept "
                                      "already: the sign-in needs it and it is not shown here.")));
    const auto asker = std::make_shared<Completion<ui::SignedIn>>(std::move(done));
    const auto onTokens = [asker,
                           secret = chosen->secret](const Result<vendor::OAuthTokens> &tokens) {
        asker->answer(tokens ? Result<ui::SignedIn>(ui::SignedIn{secret, tokens->refresh})
                             : Result<ui::SignedIn>(tokens.error()));
    };
    auto *login =
        new vendor::BrowserLogin(std::move(options), m_open, m_clock, {this, onTokens}, this);
    m_login = login;
    login->start();
}

void BrowserSignIn::cancel()
{
    delete m_login;
}

} // namespace peerdesk::desktop

#include "moc_browsersignin.cpp"
