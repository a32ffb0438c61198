// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/channels/vendor/browserlogin.h"
#include "ui/onboarding/backstage.h"

#include <QPointer>

namespace peerdesk::desktop {

/// Sign-ins of channels in the system's browser, as the channel's type wants them. GUI thread.
class BrowserSignIn final : public ui::BrowserDoor
{
    Q_OBJECT

public:
    using Open = channels::vendor::BrowserLogin::Open;

    /// `open` hands an address to the browser.
    explicit BrowserSignIn(Open open = &openInBrowser, QObject *parent = nullptr);

    static bool openInBrowser(const QUrl &url);

    void signIn(const ui::SignInWish &wish, Completion<ui::SignedIn> done) override;
    void cancel() override;

private:
    SystemClock m_clock;
    Open m_open;
    std::map<QString, std::vector<channels::vendor::SignIn>> m_signIns; ///< by kind of channel
    QPointer<QObject> m_login;
};

} // namespace peerdesk::desktop
