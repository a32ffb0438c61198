// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/context.h"
#include "ui/common/widgets.h"

#include <QDialog>
#include <QJsonObject>
#include <QTreeWidget>

namespace peerdesk::ui {

/// What Desk::explainTask says, in words: where the task stands, rule by rule whether it holds, and
/// person by person why not. Also for previews, which tell the people's order. Read by keyboard and
/// screen reader like any tree.
class Explanation : public QTreeWidget
{
    Q_OBJECT

public:
    Explanation(const Context &context, QWidget *parent);
    void show(const QJsonObject &explanation);
    /// One sentence: what it comes to.
    QString summary() const { return m_summary; }

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    QTreeWidgetItem *addGroup(const QString &title);
    void addLine(QTreeWidgetItem *group, const QString &what, const QString &why, Ink ink);
    void addPlace(const QJsonObject &explanation);
    void addTimeout(QTreeWidgetItem *group, const QJsonObject &explanation);
    void addRules(const QJsonObject &explanation);
    void addPeople(const QJsonObject &explanation);
    QString summaryOf(const QJsonObject &explanation) const;

    const Context &m_context;
    QString m_summary;
};

/// "Why is this waiting?" of one task, for supervisors. Read again when the task, its offers or
/// people change. Deletes itself when closed.
class WhyDialog : public QDialog
{
    Q_OBJECT

public:
    WhyDialog(const Context &context, TaskId task, QWidget *parent);
    QString summary() const { return m_summary->text(); }
    Explanation &explanation() { return *m_explanation; }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void refresh();
    void take(const Result<QJsonObject> &answer);
    void onChanged(const api::Changes &changes);

    const Context &m_context;
    TaskId m_task;
    Label *m_title;
    Label *m_summary;
    Explanation *m_explanation;
};

} // namespace peerdesk::ui
