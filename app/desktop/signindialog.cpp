// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/signindialog.h"

#include "app/desktop/session.h"
#include "ui/common/context.h"

#include <QVBoxLayout>

#include <algorithm>

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
    m_agents = people(agents);
    std::ranges::sort(m_agents, [](const Agent &a, const Agent &b) {
        return QString::localeAwareCompare(a.name, b.name) < 0;
    });
    for (const Agent &agent : m_agents)
        m_who->addItem(agent.name);
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
    const auto showWhatIsAsked = [this](int index) {
        m_password->setVisible(index >= 0 && !m_agents[size_t(index)].passwordHash.isEmpty());
        m_password->clear();
        m_error->clear();
    };
    connect(m_who, &QComboBox::currentIndexChanged, this, showWhatIsAsked);
    showWhatIsAsked(m_who->currentIndex());
}

void SignInDialog::enter()
{
    const Agent agent = m_agents[size_t(m_who->currentIndex())];
    m_error->clear();
    if (agent.passwordHash.isEmpty())
        return begin(agent);
    m_enter->setEnabled(false);
    m_passwords.verify(agent.passwordHash, m_password->text(),
                       {this, [this, agent](const Result<bool> &isRight) {
                            m_enter->setEnabled(true);
                            if (isRight && *isRight)
                                return begin(agent);
                            refuse(isRight ? tr("This is not the password.")
                                           : sentence(isRight.error()));
                        }});
}

void SignInDialog::begin(const Agent &agent)
{
    openSession(m_desk, agent, {this, [this](const Result<api::Caller> &caller) {
                                    if (!caller)
                                        return refuse(sentence(caller.error()));
                                    Q_EMIT signedIn(*caller);
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

#include "moc_signindialog.cpp"
