// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/context.h"
#include "ui/common/officestate.h"
#include "ui/onboarding/destinationfields.h"
#include "ui/onboarding/settingfields.h"
#include "ui/settings/steward.h"
#include "ui/settings/templatelist.h"

#include <QPointer>

namespace peerdesk::ui {

/// How an account is, as a person reads it.
struct AccountWords
{
    QString state;  ///< "Connected", "Not connected since 10:12"
    QString detail; ///< what is wrong and what to do; may be empty
    Ink ink = Ink::Text2;
    bool isTrouble = false;
};
AccountWords wordsOf(const OfficeState &office, const api::AccountStatus &status);

/// The name of the PC that runs an account; empty = none does.
QString hostOf(const api::OfficeStatus &office, const ChannelAccount &account);

/// One channel account for an administrator: how it is and why, where it runs, its settings as its
/// type wants them, test, pause, move, remove. GUI thread.
class AccountForm : public Page
{
    Q_OBJECT

public:
    /// Without a steward nothing can be saved.
    AccountForm(const Context &context, const OfficeState &office, Steward *steward,
                QWidget *parent);

    void showAccount(AccountId id);
    AccountId account() const { return m_account.id; }
    bool isDirty() const;
    void askAboutChanges();
    void setBackVisible(bool isVisible) { m_close->setVisible(isVisible); }
    SettingFields *fields() const { return m_fields; }
    TemplateListing &templates() { return *m_templates; }

Q_SIGNALS:
    void closeWanted();

private:
    void build();
    void buildActions();
    QJsonObject record() const;
    void buildFields(const QString &type);
    void readPlan();
    void showPlan();
    bool isPlanned() const;
    void fill();
    void onOffice();
    void showStatus(const api::AccountStatus &status);
    void showAddress();
    void onEdited();
    void showChanges();
    void save();
    void onSaved(const Result<AccountId> &result);
    void test();
    void onAnswered(AccountId id, const Result<QString> &result);
    void onTested(const Result<QString> &result);
    void setPaused(bool isPaused);
    void openMoveMenu();
    void moveTo(const Node &node);
    void askToRemove();
    void submit(const api::Command &command, const QString &done, const QString &failed);
    void refuse(const QString &title, const QString &text, const QString &details = {});
    std::vector<Node> otherPcs() const;

    const Context &m_context;
    const OfficeState &m_office;
    Steward *m_steward;
    ChannelAccount m_account; ///< as the office has it
    ChannelPlan m_plan;
    QString m_fieldsType;
    AccountId m_tested; ///< its test is not answered yet; null = none
    NoticeBox *m_state;
    Label *m_host;
    TemplateListing *m_templates;
    Label *m_address; ///< by which the provider or a bridge calls it
    Button *m_test;
    Button *m_pause;
    Button *m_move;
    Button *m_remove;
    QLineEdit *m_name;
    DestinationFields *m_destination;
    QPointer<SettingFields> m_fields;
    Button *m_close;
    Button *m_discard;
    Button *m_save;
    bool m_isFilling = false;
    bool m_isStale = false; ///< saved, but the office has not told it yet
};

} // namespace peerdesk::ui
