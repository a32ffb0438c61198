// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/routing/explanation.h"
#include "ui/routing/ruleform.h"

#include <QComboBox>
#include <QPlainTextEdit>
#include <QTimer>

namespace peerdesk::ui {

/// "Who would get this?": attributes of a task that is typed or waits now, and what the workflow as
/// it is on the screen would do with it. Changes nothing. GUI thread.
class TrialPanel : public QWidget
{
    Q_OBJECT

public:
    TrialPanel(const RuleParts &parts, QWidget *parent);
    /// The workflow to be tried, saved or not. Tried again after a short pause.
    void setWorkflow(const Workflow &workflow);
    QPlainTextEdit &attributes() { return *m_attributes; }
    QComboBox &waiting() { return *m_waiting; }
    Explanation &explanation() { return *m_explanation; }
    QString summary() const { return m_summary->text(); }

protected:
    void showEvent(QShowEvent *event) override;

private:
    void build();
    void readWaiting();
    void addWaiting(const std::vector<Task> &tasks);
    void choose(int index);
    void run();
    void refuse(const QString &words);

    RuleParts m_parts;
    Workflow m_workflow;
    std::vector<Task> m_tasks;
    QComboBox *m_waiting;
    QComboBox *m_channel;
    QPlainTextEdit *m_attributes;
    Label *m_summary;
    Explanation *m_explanation;
    QTimer m_pause;
};

} // namespace peerdesk::ui
