// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/desktop/browsersignin.h"
#include "app/desktop/localoffice.h"
#include "core/doors/signin.h"
#include "ui/settings/steward.h"

namespace peerdesk::desktop {

/// What the settings of the window need of the core: hashes of passwords, and channel accounts
/// with their secrets, by the same code as the doors. GUI thread.
class OfficeSteward final : public ui::Steward
{
    Q_OBJECT

public:
    OfficeSteward(LocalOffice &office, api::Caller caller,
                  BrowserSignIn::Open open = &BrowserSignIn::openInBrowser,
                  QObject *parent = nullptr);

    void hashPassword(const QString &password, Completion<QByteArray> done) override;
    void saveAccount(const ui::AccountEdit &edit, Completion<AccountId> done) override;
    ui::BrowserDoor &browser() override { return m_browser; }

private:
    LocalOffice &m_office;
    api::Caller m_caller;
    doors::PasswordWork m_passwords;
    BrowserSignIn m_browser;
};

} // namespace peerdesk::desktop
