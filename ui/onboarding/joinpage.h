// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/onboarding/backstage.h"
#include "ui/onboarding/codefields.h"
#include "ui/onboarding/page.h"

namespace peerdesk::ui {

/// "Join my office": the six words, what this PC is called, and which PC invites. Who has no words
/// may ask that PC to be let in. GUI thread.
class JoinPage : public Page
{
    Q_OBJECT

public:
    JoinPage(const Look &look, Entrance &entrance, QWidget *parent);

    /// What was typed; place and passphrase are asked elsewhere.
    JoinWish wish() const;
    /// Without the words.
    bool isAsking() const { return m_isAsking; }
    /// The office that would be asked, by name if it was found, else by address.
    QString officeName() const;
    /// The address that would be asked now; empty if none is known.
    QString address() const;
    /// Says what is not right yet, with the keyboard in its field. True if all is.
    bool check();
    CodeFields &codeFields() { return *m_code; }

Q_SIGNALS:
    void backWanted();
    void joinWanted();

private:
    void addButtons();
    void go(bool isAsking);
    bool refuse(QWidget *field, const QString &title, const QString &text);
    bool checkCode();
    void showTrouble();
    void showOffices();
    void choose(const NearOffice &office);

    Entrance &m_entrance;
    CodeFields *m_code;
    Label *m_trouble;
    Label *m_nearTitle;
    QVBoxLayout *m_near;
    std::vector<NearOffice> m_shown;
    QString m_chosen; ///< address of an office of the list
    QLineEdit *m_address;
    QLineEdit *m_name;
    bool m_isAsking = false;
};

} // namespace peerdesk::ui
