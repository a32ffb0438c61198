// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/routing/rehearsalpanel.h"
#include "ui/routing/trialpanel.h"
#include "ui/routing/workflowtree.h"

#include <QStackedWidget>

namespace peerdesk::ui {

/// A workflow: its rules in order, the one that is selected with its fields, and a trial. GUI
/// thread.
class WorkflowForm : public RuleForm
{
    Q_OBJECT

public:
    WorkflowForm(const RuleParts &parts, QWidget *parent);
    std::optional<api::Command> current(const QUuid &id) const override;
    WorkflowTree &tree() { return *m_tree; }
    TrialPanel &trial() { return *m_trial; }
    RehearsalPanel &rehearsal() { return *m_rehearsal; }
    const WorkflowDraft &draft() const { return m_draft; }

protected:
    void fill(const QUuid &id) override;
    QString fault() override;
    api::Command typed(const QUuid &id) const override;
    api::Command removal(const QUuid &id) const override { return api::DeleteWorkflow{{id}}; }
    QString typedName() const override { return m_name->text().trimmed(); }
    QList<QWidget *> readersParts() const override { return {m_trial, m_rehearsal}; }

private:
    /// A line of the selected rule or step.
    struct Piece
    {
        QLineEdit *line;
        Label *fault;
        std::optional<Rules::Field> field;
    };

    void buildOrder();
    QWidget *buildRule();
    QWidget *buildStep();
    QWidget *buildDefault();
    Piece addPiece(QVBoxLayout *column, const QString &label, const QString &hint,
                   std::optional<Rules::Field> field);
    QComboBox *addQueues(QVBoxLayout *column, const QString &label);
    void showSpot();
    void fillQueues(QComboBox *box, const QString &chosen, bool mayInherit);
    void takePieces();
    void takeQueue(QComboBox *box);
    void addRule();
    void addStep();
    void removeSpot();
    void move(int by);
    void drop(const RuleSpot &what, const RuleSpot &before);
    void redraw(const RuleSpot &at);
    void draftChanged();
    void judge();
    QString planFault() const;
    const Workflow *record(const QUuid &id) const;

    QLineEdit *m_name;
    QSpinBox *m_offer; ///< 0 = as the task channel says
    WorkflowTree *m_tree;
    Label *m_planFault;
    Button *m_addStep;
    Button *m_up;
    Button *m_down;
    Button *m_remove;
    QStackedWidget *m_pages;
    QComboBox *m_queue;
    QComboBox *m_defaultQueue;
    QComboBox *m_knownBy;
    std::vector<Piece> m_ruleLines; ///< name, expression
    std::vector<Piece> m_stepLines; ///< expression, known, priority, timeout, skip, order
    TrialPanel *m_trial;
    RehearsalPanel *m_rehearsal;
    WorkflowDraft m_draft;
    bool m_isShowing = false;
};

} // namespace peerdesk::ui
