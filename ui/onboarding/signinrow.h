// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/widgets.h"
#include "ui/onboarding/backstage.h"

#include <QStringList>

namespace peerdesk::ui {

/// The providers of a setting's form "sign-in google microsoft"; empty = it is of another form.
QStringList signInsOf(const QString &form);
/// "google" as it writes itself: "Google".
QString signInName(const QString &provider);

/// "Sign in with ...": a button that opens the provider's page in the system's browser, what came
/// of it, and a way to stop waiting. What it gets is held until the account is saved and never
/// shown. GUI thread.
class SignInRow : public QWidget
{
    Q_OBJECT

public:
    using Wish = std::function<SignInWish()>;

    /// `wish` says what was typed so far.
    SignInRow(const Look &look, QStringList providers, BrowserDoor &door, Wish wish,
              QWidget *parent);
    ~SignInRow() override;

    /// The settings changed: of several providers "sign_in" names one, or another way in. What
    /// another one gave is dropped.
    void follow(const std::map<QString, QString> &settings);
    /// There is a sign-in already, from before.
    void setKept();
    bool isChosen() const { return !m_chosen.isEmpty(); }
    /// What this sign-in gave; empty = nothing yet.
    const QByteArray &value() const { return m_value; }
    void forget();
    Button &button() const { return *m_button; }

Q_SIGNALS:
    void changed();

private:
    void press();
    void onSignedIn(const Result<SignedIn> &result);
    void refresh();

    enum class State { Idle, Waiting, Done, Refused };

    const QStringList m_providers;
    BrowserDoor &m_door;
    const Wish m_wish;
    Button *m_button;
    Label *m_said;
    QString m_chosen; ///< the provider
    QByteArray m_value;
    QString m_refusal;
    State m_state = State::Idle;
    quint64 m_try = 0; ///< what an earlier one answers is not for this one
    bool m_isKept = false;
};

} // namespace peerdesk::ui
