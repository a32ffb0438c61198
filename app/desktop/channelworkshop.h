// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/desktop/localoffice.h"
#include "core/doors/accountrules.h"
#include "ui/onboarding/backstage.h"

namespace peerdesk::desktop {

/// Finds, tries and adds channels for the window. GUI thread.
class ChannelWorkshop final : public ui::Workshop
{
    Q_OBJECT

public:
    ChannelWorkshop(LocalOffice &office, api::Caller caller, QObject *parent = nullptr);

    QString mailHint(const QString &address) const override;
    ui::MailServers likelyMail(const QString &address) const override;
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

private:
    void save(doors::AccountDraft draft, Completion<AccountId> done);

    LocalOffice &m_office;
    api::Caller m_caller;
};

} // namespace peerdesk::desktop
