// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/look.h"
#include "ui/routing/officerecords.h"
#include "ui/routing/workflowdraft.h"

#include <QTreeWidget>

namespace peerdesk::ui {

/// The rules of a workflow in their order, each with its steps, and what becomes of the rest.
/// Alt+Up and Alt+Down or dragging move, Delete removes. It shows what it is handed and asks for
/// the rest.
class WorkflowTree : public QTreeWidget
{
    Q_OBJECT

public:
    WorkflowTree(const Look &look, OfficeRecords &records, QWidget *parent);

    /// Keeps the place unless `at` says another.
    void show(const WorkflowDraft &draft, const RuleSpot &at);
    RuleSpot spot() const;

Q_SIGNALS:
    void spotChanged();
    void moveWanted(int by);
    void removeWanted();
    void dropped(const peerdesk::ui::RuleSpot &what, const peerdesk::ui::RuleSpot &before);

protected:
    bool event(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void dropEvent(QDropEvent *event) override;

private:
    QTreeWidgetItem *add(QTreeWidgetItem *parent, const QString &text, const RuleSpot &spot);
    QString stepWords(const TargetDraft &target, const QString &inherited) const;
    QString queueWords(const QString &name) const;
    static RuleSpot spotOf(const QTreeWidgetItem *item);

    const Look &m_look;
    OfficeRecords &m_records;
};

} // namespace peerdesk::ui
