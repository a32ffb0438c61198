// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/onboarding/joinpage.h"
#include "ui/onboarding/problem.h"
#include "ui/onboarding/wordspage.h"

#include <QProgressBar>
#include <QStackedWidget>

namespace peerdesk::ui {

/// The window before there is an office to show: found one, join one, look around, unlock, wait for
/// what the office holds, or say why it cannot be opened. It decides nothing; the program around it
/// acts on its signals. GUI thread.
class FirstRun : public QWidget
{
    Q_OBJECT

public:
    FirstRun(Look &look, Founder &founder, Entrance &entrance, QWidget *parent = nullptr);

    void showChoice();
    /// The secrets of this PC are sealed: asks for the passphrase.
    void showUnlock();
    /// After passphraseGiven: it did not work.
    void refuseUnlock(const Error &error);
    void showWorking(const QString &text);
    /// This PC is a member and what the office holds is on its way. `of` = 0: nobody is in reach
    /// who could send it. With `mayBegin` a person need not wait for the rest.
    struct Arrival
    {
        QString office;
        quint64 have = 0;
        quint64 of = 0;
        bool mayBegin = false;
    };
    void showArrival(const Arrival &arrival);
    /// The office cannot be opened.
    void showBlocked(const Error &error, const QString &folder);
    /// The last step; takes the widget over.
    void showChannels(QWidget *assistant);

Q_SIGNALS:
    /// The office is there and its founder is signed in.
    void founded();
    /// This PC belongs to an office now.
    void joined(const QString &office);
    /// Not waiting for the rest of the history.
    void beginWanted();
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
    JoinPage *buildJoin();
    WordsPage *buildWords();
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
    /// Whether a place for secrets is chosen; says what is not right yet.
    bool checkSecrets();
    void proceed();
    void found();
    void join();
    void onJoined(const JoinWish &wish, const Result<QString> &office);
    SecretsPlace place() const;
    /// What is not right yet and the field for it; a null field if all is right.
    std::pair<QString, QWidget *> secretsObjection() const;

    Look &m_look;
    Founder &m_founder;
    Entrance &m_entrance;
    QWidget *m_head; ///< the steps and the line below; not where there are no steps
    StepHeader *m_steps;
    QStackedWidget *m_pages;
    Page *m_choice;
    Page *m_office;
    JoinPage *m_join;
    Page *m_secrets;
    Page *m_working;
    WordsPage *m_words;
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
    Button *m_proceed; ///< of the secrets
    Button *m_begin;
    bool m_isJoining = false;
    bool m_hasTriedKeychain = false;
    bool m_mayClose = true; ///< not in the middle of founding
};

} // namespace peerdesk::ui
