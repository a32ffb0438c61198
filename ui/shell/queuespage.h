// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/settings/masterdetail.h"
#include "ui/shell/waitingpane.h"

#include <QPushButton>
#include <QTableWidget>
#include <QTimer>

namespace peerdesk::ui {

/// A number with its name and what stands behind it; a real button that opens that (UX-60).
class Tile : public QPushButton
{
    Q_OBJECT

public:
    Tile(const Look &look, const QString &name, QWidget *parent);
    void set(const QString &number, const QString &remark, Ink ink);
    const QString &number() const { return m_number; }
    const QString &remark() const { return m_remark; }
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    const Look &m_look;
    QString m_name;
    QString m_number;
    QString m_remark;
    Ink m_ink = Ink::Text2;
};

/// What waits now, by queue, and who waits in the one that is open, for supervisors. Counted from
/// the office's tasks and conversations, at most 500 of each ("500+"); read again when something
/// changed, at most once per second. GUI thread.
class QueuesPage : public QWidget
{
    Q_OBJECT

public:
    static constexpr int Limit = 500;

    QueuesPage(const Context &context, QWidget *parent);

    Tile &waiting() { return *m_waiting; }
    Tile &late() { return *m_late; }
    Tile &agents() { return *m_agents; }
    QTableWidget &table() { return *m_table; }
    WaitingPane &open() { return *m_pane; }
    void openQueue(QueueId queue);
    /// The open queue: whether there was one to close.
    bool closeLayer();

Q_SIGNALS:
    void waitingWanted();
    void lateWanted();
    void peopleWanted();
    void whyWanted(peerdesk::TaskId task);

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    struct Numbers
    {
        int waiting = 0;
        Time oldest; ///< when the longest waiting one entered
        int late = 0;
    };

    void build();
    void refresh();
    void take(const api::PageOf<Task> &page);
    void countLate(const api::PageOf<Conversation> &page);
    void showAll();
    void showNumbers();
    void showAgents();
    void showRow(int row, const Queue &queue);
    void showOpen();
    void keepSelection();
    void arrange();
    void onActivated(const QModelIndex &index);
    QString waitText(Time since) const;

    const Context &m_context;
    Tile *m_waiting;
    Tile *m_late;
    Tile *m_agents;
    QTableWidget *m_table;
    WaitingPane *m_pane;
    MasterDetail *m_split;
    std::vector<QueueId> m_shown; ///< by row
    QueueId m_open;               ///< null = none
    std::map<QueueId, std::vector<Task>> m_tasks;
    std::map<QueueId, Numbers> m_numbers;
    Numbers m_all;
    bool m_isMore = false; ///< there are more than were counted
    int m_answers = 0;     ///< still to come
    bool m_isDirty = false;
    QTimer m_tick;
};

} // namespace peerdesk::ui
