// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/desktop/localoffice.h"
#include "core/doors/signin.h"
#include "ui/onboarding/backstage.h"

namespace peerdesk::desktop {

/// Makes an office in the folder of a LocalOffice and signs its founder in. GUI thread.
class OfficeFounder final : public ui::Founder
{
    Q_OBJECT

public:
    explicit OfficeFounder(LocalOffice &office, QObject *parent = nullptr);

    QString folder() const override;
    void tryKeychain(Completion<Done> done) override;
    void found(const ui::NewOffice &wanted, Completion<Done> done) override;
    /// Who founded it, once found() has answered with success.
    const api::Caller &caller() const { return m_caller; }

private:
    void chooseKeystore();
    void open();
    void create();
    void signIn();
    void savePassword(const Agent &agent);
    void enter(const Agent &agent);
    void fail(const Error &error);
    template <typename T>
    Completion<T> then(std::function<void(const T &)> next);

    LocalOffice &m_office;
    doors::PasswordWork m_passwords;
    ui::NewOffice m_wanted;
    QByteArray m_passwordHash;
    AgentId m_admin;
    api::Caller m_caller;
    Completion<Done> m_done;
};

} // namespace peerdesk::desktop
