// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/officesteward.h"

#include "core/doors/accountsave.h"

namespace peerdesk::desktop {

OfficeSteward::OfficeSteward(LocalOffice &office, api::Caller caller, BrowserSignIn::Open open,
                             QObject *parent)
    : Steward(parent)
    , m_office(office)
    , m_caller(std::move(caller))
    , m_passwords(this)
    , m_browser(std::move(open))
{}

void OfficeSteward::hashPassword(const QString &password, Completion<QByteArray> done)
{
    m_passwords.hash(password, std::move(done));
}

void OfficeSteward::saveAccount(const ui::AccountEdit &edit, Completion<AccountId> done)
{
    const auto checked = doors::checkedAccount(
        m_office.desk().channelTypes(), {edit.account, edit.secrets}, edit.account.id.isNull());
    if (!checked)
        return done.answer(checked.error());
    (new doors::AccountSave(m_office.desk(), m_caller, randomId<CommandId>(), *checked,
                            std::move(done)))
        ->start();
}

} // namespace peerdesk::desktop

#include "moc_officesteward.cpp"
