// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/api/desk.h"
#include "core/doors/signin.h"
#include "ui/common/widgets.h"

#include <QComboBox>
#include <QDialog>
#include <QLineEdit>

namespace peerdesk::desktop {

/// Who sits here. An agent without a password may sign in at a PC of the office as they are; the
/// others prove it. GUI thread.
class SignInDialog : public QDialog
{
    Q_OBJECT

public:
    SignInDialog(api::Desk &desk, const ui::Look &look, const std::vector<Agent> &agents,
                 QWidget *parent = nullptr);

Q_SIGNALS:
    void signedIn(const peerdesk::api::Caller &caller);

private:
    void enter();
    void begin(const Agent &agent);
    void refuse(const QString &text);

    api::Desk &m_desk;
    std::vector<Agent> m_agents;
    doors::PasswordWork m_passwords;
    QComboBox *m_who;
    QLineEdit *m_password;
    ui::Label *m_error;
    ui::Button *m_enter;
};

} // namespace peerdesk::desktop
