// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/context.h"
#include "ui/onboarding/page.h"
#include "ui/settings/personfacts.h"
#include "ui/settings/personsave.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLineEdit>
#include <QSpinBox>

namespace peerdesk::ui {

/// One person for an administrator: name, role, password, languages, skills, how much at once, and
/// whether this person may come in at all. What is wrong is said beside the fields, before anything
/// is written. GUI thread.
class PersonForm : public Page
{
    Q_OBJECT

public:
    /// Without a steward nothing can be saved.
    PersonForm(const Context &context, Steward *steward, QWidget *parent);

    void showNew();
    void showPerson(AgentId agent);
    AgentId agent() const { return m_before.id; }
    /// Something was typed that is not saved.
    bool isDirty() const;
    /// Says that changes wait, and puts the hand where they are kept or dropped.
    void askAboutChanges();
    /// For a window without room for list and form.
    void setBackVisible(bool isVisible)
    {
        m_close->setVisible(isVisible && !m_before.id.isNull()); // Cancel leads back, too
    }

Q_SIGNALS:
    void closeWanted();
    void saved(peerdesk::AgentId agent);

private:
    /// One line of "how much at once".
    struct Share
    {
        TaskChannel channel;
        QCheckBox *isOn;
        QSpinBox *count;
    };

    void build();
    void buildButtons();
    void readOffice();
    void buildShares(const std::vector<TaskChannel> &channels);
    bool take(AgentId agent);
    void onDirectory();
    void onEdited();
    void fill();
    void fillShares();
    WorkerChannel shareOf(const Share &share) const;
    void showOwnLimits();
    void showState();
    void save();
    Result<PersonDraft> draft() const;
    Result<Done> check(const QString &name) const;
    std::map<QString, WorkerChannel> changedShares() const;
    void onSaved(const Result<PersonSaved> &result, const QString &name);
    void refuse(const QString &title, const QString &text, const QString &details = {});
    void askToPutOut();
    void setActive(bool isActive);
    void submit(PersonDraft draft);

    const Context &m_context;
    Steward *m_steward;
    Agent m_before;
    std::optional<Worker> m_worker;
    ActivityId m_resting;
    std::vector<Share> m_shares;
    QLineEdit *m_name;
    QComboBox *m_role;
    Label *m_ownLimit;
    QLineEdit *m_password;
    Label *m_passwordName;
    QLineEdit *m_languages;
    QLineEdit *m_skills;
    Label *m_others;
    QWidget *m_sharePlace;
    Button *m_close;
    Button *m_putOut;
    Button *m_discard;
    Button *m_save;
    bool m_isFilling = false;
    bool m_isStale = false; ///< saved, but the directory has not told it yet
};

} // namespace peerdesk::ui
