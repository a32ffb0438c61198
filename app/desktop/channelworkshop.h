// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/desktop/browsersignin.h"
#include "app/desktop/localoffice.h"
#include "core/doors/accountrules.h"
#include "ui/onboarding/backstage.h"

namespace peerdesk::desktop {

/// Finds, tries and adds channels for the window. GUI thread.
class ChannelWorkshop final : public ui::Workshop
{
    Q_OBJECT

public:
    ChannelWorkshop(LocalOffice &office, api::Caller caller,
                    BrowserSignIn::Open open = &BrowserSignIn::openInBrowser,
                    QObject *parent = nullptr);

    QString mailHint(const QString &address) const override;
    ui::MailServers likelyMail(const QString &address) const override;
    ui::MailServers mailOf(const QString &signIn) const override;
    void findMail(const QString &address, const QByteArray &password,
                  Completion<ui::MailServers> done) override;
    void tryMail(const ui::MailDraft &draft, Completion<QString> done) override;
    void addMail(const ui::MailDraft &draft, Completion<AccountId> done) override;
    void addAccount(const ChannelAccount &account, const std::map<QString, QByteArray> &secrets,
                    Completion<AccountId> done) override;
    void addChat(const QString &name, const ui::Destination &destination,
                 Completion<AccountId> done) override;
    QString address() const override;
    QString doorTrouble() const override { return m_office.doorTrouble(); }
    QString snippet(const QString &server, AccountId account) const override;
    std::unique_ptr<ui::Visitor> visitor(AccountId account) override;
    ui::BrowserDoor &browser() override { return m_browser; }

private:
    void save(doors::AccountDraft draft, Completion<AccountId> done);

    LocalOffice &m_office;
    api::Caller m_caller;
    BrowserSignIn m_browser;
    /// Secrets that a provider changed while they were tried: the new one by the old one.
    std::map<QByteArray, QByteArray> m_renewed;
};

} // namespace peerdesk::desktop
