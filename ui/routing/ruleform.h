// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/onboarding/page.h"
#include "ui/routing/officerecords.h"

#include <QLineEdit>
#include <QSpinBox>

namespace peerdesk::ui {

constexpr int MaxRuleName = 64;  ///< characters; what the office takes
constexpr int MaxOffer = 86'400; ///< seconds; the same

/// What forms of routing share.
struct RuleParts
{
    const Context &context;
    OfficeRecords &records;
    const Rules *rules; ///< null = nothing can be judged, so nothing can be changed
    bool mayChange() const { return rules && context.caller.role == Role::Admin; }
};

/// What was saved or deleted, and how it is taken back.
struct RuleChange
{
    QString words;                      ///< "Saved: Billing"
    QUuid id;                           ///< of the record
    std::optional<api::Command> result; ///< the Save of how it is now; none = deleted
    api::Command undo;
};

/// One record of the routing on a form: changes, Save, Discard, Delete. What is typed is judged as
/// it is typed; nothing wrong is ever sent. Who may not change it reads it. GUI thread.
class RuleForm : public Page
{
    Q_OBJECT

public:
    RuleForm(const RuleParts &parts, QWidget *parent);

    void showNew();
    void showRecord(const QUuid &id);
    QUuid id() const { return m_id; }
    bool isDirty() const { return m_isDirty; }
    /// Says that changes wait, and puts the hand where they are kept or dropped.
    void askAboutChanges();
    void setBackVisible(bool isVisible) { m_back->setVisible(isVisible); }
    /// The Save that leads to what is there now; nothing where there is no such record.
    virtual std::optional<api::Command> current(const QUuid &id) const = 0;
    void save();

Q_SIGNALS:
    void closeWanted();
    void changed(const peerdesk::ui::RuleChange &change);

protected:
    /// Fields from the record; null id = something new.
    virtual void fill(const QUuid &id) = 0;
    /// What is wrong, with the keyboard put there; empty = nothing.
    virtual QString fault() = 0;
    /// With this id; what was typed.
    virtual api::Command typed(const QUuid &id) const = 0;
    virtual api::Command removal(const QUuid &id) const = 0;
    virtual QString typedName() const = 0;
    /// What who may not change the record uses all the same.
    virtual QList<QWidget *> readersParts() const { return {}; }

    /// Subclasses call it at the end of their construction.
    void addButtons();
    void edited();
    const RuleParts &parts() const { return m_parts; }
    /// A line of text in the form's own width, with the fault below it.
    QLineEdit *addLine(const QString &label, const QString &hint = {});
    QSpinBox *number(int least, int most);
    Label *addFault();
    static void say(Label *fault, const QString &words);

private:
    void show(const QUuid &id);
    void onRecords();
    void remove();
    void submit(const api::Command &command, const RuleChange &change);
    void showState();

    RuleParts m_parts;
    QUuid m_id;
    std::optional<api::Command> m_base;
    bool m_isDirty = false;
    bool m_isFilling = false;
    Button *m_back = nullptr;
    Button *m_delete = nullptr;
    Button *m_discard = nullptr;
    Button *m_save = nullptr;
};

} // namespace peerdesk::ui
