// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/onboarding/backstage.h"
#include "ui/onboarding/page.h"
#include "ui/onboarding/problem.h"

#include <QLineEdit>
#include <QProgressBar>
#include <QStackedWidget>

namespace peerdesk::ui {

/// The window before there is an office to show: found one, look around, unlock, or say why it
/// cannot be opened. It decides nothing; the program around it acts on its signals. GUI thread.
class FirstRun : public QWidget
{
    Q_OBJECT

public:
    FirstRun(Look &look, Founder &founder, QWidget *parent = nullptr);

    void showChoice();
    /// The secrets of this PC are sealed: asks for the passphrase.
    void showUnlock();
    /// After passphraseGiven: it did not work.
    void refuseUnlock(const Error &error);
    void showWorking(const QString &text);
    /// The office cannot be opened.
    void showBlocked(const Error &error, const QString &folder);
    /// The last step; takes the widget over.
    void showChannels(QWidget *assistant);

Q_SIGNALS:
    /// The office is there and its founder is signed in.
    void founded();
    void demoWanted();
    void passphraseGiven(const QString &passphrase);
    void retryWanted();
    void closed();

protected:
    void closeEvent(QCloseEvent *event) override;

private:
    enum Step { StartStep, OfficeStep, SecretsStep, ChannelsStep };

    Page *buildChoice();
    Page *buildOffice();
    Page *buildSecrets();
    void buildKeychainDetails(Page *page);
    void buildSecretsFields(Page *page);
    Page *buildWorking();
    Page *buildUnlock();
    Page *buildBlocked();
    void turnTo(Page *page, std::optional<Step> step);
    void checkOffice();
    void beginSecrets();
    void onKeychainTried(const Result<Done> &result);
    void choosePlace(SecretsPlace place);
    void found();
    /// What is not right yet and the field for it; a null field if all is right.
    std::pair<QString, QWidget *> secretsObjection() const;

    Look &m_look;
    Founder &m_founder;
    QWidget *m_head; ///< the steps and the line below; not where there are no steps
    StepHeader *m_steps;
    QStackedWidget *m_pages;
    Page *m_choice;
    Page *m_office;
    Page *m_secrets;
    Page *m_working;
    Page *m_unlock;
    Page *m_blocked;
    QLineEdit *m_officeName;
    QLineEdit *m_person;
    QLineEdit *m_password;
    QLineEdit *m_passwordAgain;
    ChoiceCard *m_keychain;
    ChoiceCard *m_file;
    Button *m_detailsButton;
    Label *m_details;
    QWidget *m_fileFields;
    QLineEdit *m_passphrase;
    QLineEdit *m_passphraseAgain;
    QLineEdit *m_unlockField;
    QProgressBar *m_progress;
    bool m_hasTriedKeychain = false;
    bool m_mayClose = true; ///< not in the middle of founding
};

} // namespace peerdesk::ui
