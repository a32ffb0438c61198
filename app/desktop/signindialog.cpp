// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/signindialog.h"

#include "ui/common/context.h"

#include <QUuid>
#include <QVBoxLayout>

namespace peerdesk::desktop {

using namespace ui;

SignInDialog::SignInDialog(api::Desk &desk, const Look &look, const std::vector<Agent> &agents,
                           QWidget *parent)
    : QDialog(parent)
    , m_desk(desk)
    , m_passwords(this)
    , m_who(new QComboBox(this))
    , m_password(new QLineEdit(this))
    , m_error(new Label(look, {12.5, QFont::Medium, Ink::Danger, false, true}, {}, this))
    , m_enter(new Button(look, Button::Kind::Primary, tr("Sign in"), this))
{
    setWindowTitle(tr("Peerdesk"));
    for (const Agent &agent : agents) {
        if (!agent.isActive || agent.role == Role::Channel)
            continue;
        m_agents.push_back(agent);
        m_who->addItem(agent.name);
    }
    m_who->setAccessibleName(tr("Your name"));
    m_password->setAccessibleName(tr("Password"));
    m_password->setPlaceholderText(tr("Password"));
    m_password->setEchoMode(QLineEdit::Password);
    m_password->setMaxLength(1024);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(24, 20, 24, 20);
    column->setSpacing(10);
    column->addWidget(new Label(look, {16, QFont::DemiBold, Ink::Text}, tr("Who are you?"), this));
    column->addWidget(m_who);
    column->addWidget(m_password);
    column->addWidget(m_error);
    column->addWidget(m_enter, 0, Qt::AlignRight);
    setMinimumWidth(340);
    m_enter->setDefault(true);
    m_enter->setEnabled(!m_agents.empty());
    connect(m_enter, &QPushButton::clicked, this, &SignInDialog::enter);
}

void SignInDialog::enter()
{
    const Agent agent = m_agents[size_t(m_who->currentIndex())];
    m_error->clear();
    if (agent.passwordHash.isEmpty())
        return openSession(agent);
    m_enter->setEnabled(false);
    m_passwords.verify(agent.passwordHash, m_password->text(),
                       {this, [this, agent](const Result<bool> &isRight) {
                            m_enter->setEnabled(true);
                            if (isRight && *isRight)
                                return openSession(agent);
                            refuse(isRight ? tr("This is not the password.")
                                           : sentence(isRight.error()));
                        }});
}

void SignInDialog::openSession(const Agent &agent)
{
    const api::Caller claim{agent.id, {}, agent.role, agent.worker, agent.name};
    // The window needs no token: the session is used inside this process only.
    const QByteArray hash =
        QCryptographicHash::hash(QUuid::createUuid().toRfc4122(), QCryptographicHash::Sha256);
    m_desk.submit(claim, randomId<CommandId>(), api::OpenSession{agent.id, hash},
                  {this, [this, claim](const Result<api::Outcome> &outcome) {
                       if (!outcome)
                           return refuse(sentence(outcome.error()));
                       api::Caller caller = claim;
                       caller.session = outcome->as<SessionId>();
                       Q_EMIT signedIn(caller);
                       accept();
                   }});
}

void SignInDialog::refuse(const QString &text)
{
    m_error->setText(text);
    m_password->selectAll();
    m_password->setFocus();
}

} // namespace peerdesk::desktop
