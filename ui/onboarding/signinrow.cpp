// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/onboarding/signinrow.h"

#include "ui/common/context.h"

#include <QVBoxLayout>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

QStringList signInsOf(const QString &form)
{
    const QStringList words = form.split(u' ', Qt::SkipEmptyParts);
    return words.value(0) == u"sign-in" ? words.mid(1) : QStringList();
}

QString signInName(const QString &provider)
{
    return provider.left(1).toUpper() + provider.mid(1);
}

SignInRow::SignInRow(const Look &look, QStringList providers, BrowserDoor &door, Wish wish,
                     QWidget *parent)
    : QWidget(parent)
    , m_providers(std::move(providers))
    , m_door(door)
    , m_wish(std::move(wish))
    , m_button(new Button(look, Button::Kind::Plain, {}, this))
    , m_said(new Label(look, {12, QFont::Medium, Ink::Text2, false, true}, {}, this))
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(5);
    column->addWidget(m_button, 0, Qt::AlignLeading);
    column->addWidget(m_said);
    setFocusProxy(m_button);
    connect(m_button, &QPushButton::clicked, this, &SignInRow::press);
    refresh();
}

SignInRow::~SignInRow()
{
    ++m_try;
    if (m_state == State::Waiting)
        m_door.cancel();
}

void SignInRow::follow(const std::map<QString, QString> &settings)
{
    const auto said = settings.find(u"sign_in"_s);
    QString chosen = m_providers.size() == 1 ? m_providers.first() : QString();
    if (chosen.isEmpty() && said != settings.end() && m_providers.contains(said->second))
        chosen = said->second;
    if (chosen == m_chosen)
        return;
    m_chosen = chosen;
    forget();
}

void SignInRow::setKept()
{
    m_isKept = true;
    refresh();
}

void SignInRow::forget()
{
    ++m_try;
    if (m_state == State::Waiting)
        m_door.cancel();
    m_state = State::Idle;
    m_value.clear();
    refresh();
}

void SignInRow::press()
{
    if (m_state == State::Waiting) {
        forget();
        return;
    }
    m_value.clear();
    m_state = State::Waiting;
    refresh();
    m_door.signIn(m_wish(), {this, [this, tried = ++m_try](const Result<SignedIn> &result) {
                                 if (tried == m_try)
                                     onSignedIn(result);
                             }});
}

void SignInRow::onSignedIn(const Result<SignedIn> &result)
{
    m_state = result ? State::Done : State::Refused;
    if (result)
        m_value = result->value;
    else
        m_refusal =
            result.error().detail.isEmpty() ? sentence(result.error()) : result.error().detail;
    refresh();
    Q_EMIT changed();
}

void SignInRow::refresh()
{
    setVisible(isChosen());
    m_button->setText(m_state == State::Waiting ? tr("Stop waiting")
                                                : tr("Sign in with %1").arg(signInName(m_chosen)));
    Ink ink = Ink::Text2;
    QString said;
    switch (m_state) {
    case State::Idle:
        said = m_isKept ? tr("Sign in again to replace what is kept.") : QString();
        break;
    case State::Waiting:
        said = tr("The browser is open: sign in there and allow the access. It comes back here by "
                  "itself.");
        break;
    case State::Done:
        said = tr("Signed in with %1. It is kept once this channel is saved.")
                   .arg(signInName(m_chosen));
        ink = Ink::Success;
        break;
    case State::Refused:
        said = m_refusal;
        ink = Ink::Danger;
        break;
    }
    m_said->setInk(ink);
    m_said->setText(said);
    m_said->setVisible(!said.isEmpty());
    m_button->setAccessibleDescription(said);
}

} // namespace peerdesk::ui

#include "moc_signinrow.cpp"
