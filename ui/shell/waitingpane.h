// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/context.h"
#include "ui/common/widgets.h"

#include <QAbstractListModel>
#include <QJsonObject>
#include <QListView>

#include <set>

namespace peerdesk::ui {

/// A task that waits, as the list shows it.
struct WaitingRow
{
    TaskId task;
    ConversationId conversation; ///< null = a task of the API alone
    QString name;                ///< empty = not known (yet)
    QString channel;             ///< type; without a conversation the task channel
    Time since;                  ///< in this queue
    int priority = 0;
    bool isOffered = false;
    int position = 0; ///< as the router has it; 0 = not known (yet)
    std::optional<Milliseconds> expectedWait = {};

    bool operator==(const WaitingRow &) const = default;
};

/// Rows that it is handed; tasks keep what is known of them, and their selection.
class WaitingModel : public QAbstractListModel
{
    Q_OBJECT

public:
    WaitingModel(const Context &context, QObject *parent);
    /// Name, position and expected wait come from the row of the same task, if there was one.
    void setRows(std::vector<WaitingRow> rows);
    void setFace(ConversationId conversation, const QString &name, const QString &channel);
    /// What Desk::explainTask says of it.
    void setStanding(TaskId task, const QJsonObject &explanation);
    const WaitingRow &at(int row) const { return m_rows[size_t(row)]; }
    int rowOf(TaskId task) const;
    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QString name(int row) const;
    /// How long it has waited.
    QString waited(int row) const;
    /// Channel, since when, priority.
    QString facts(int row) const;
    /// Position and expected wait.
    QString standing(int row) const;

private:
    void change(int row, const WaitingRow &now);

    const Context &m_context;
    std::vector<WaitingRow> m_rows;
};

/// Its menu, by right click or key, asks why.
class WaitingList : public QListView
{
    Q_OBJECT

public:
    WaitingList(const Context &context, QWidget *parent);
    WaitingModel &rows() { return *m_model; }
    /// Said where nobody waits.
    void setNone(const QString &words);
    /// The rows that can be seen; empty if there are none.
    std::vector<TaskId> visibleTasks() const;
    void keyboardSearch(const QString &) override {}

Q_SIGNALS:
    void whyWanted(peerdesk::TaskId task);
    void arranged();

protected:
    void contextMenuEvent(QContextMenuEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    const Context &m_context;
    WaitingModel *m_model;
    QString m_none;
};

/// Who waits in one queue, in the order of being served. Where a task stands is asked of the router
/// for the rows that can be seen, one after the other. GUI thread.
class WaitingPane : public QWidget
{
    Q_OBJECT

public:
    WaitingPane(const Context &context, QWidget *parent);
    /// `isMore`: there are tasks that were not read.
    void showQueue(const Queue &queue, std::vector<Task> tasks, bool isMore);
    /// The waits have grown.
    void tick();
    void setBackVisible(bool isVisible) { m_back->setVisible(isVisible); }
    WaitingList &list() { return *m_list; }
    QPushButton &whyButton() { return *m_why; }
    QString title() const { return m_title->text(); }

Q_SIGNALS:
    void closeWanted();
    void whyWanted(peerdesk::TaskId task);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void build();
    void askFaces();
    void askStandings();
    void askNext();
    void wantWhy();

    const Context &m_context;
    Label *m_title;
    Label *m_more;
    WaitingList *m_list;
    Button *m_back;
    Button *m_why;
    std::set<ConversationId> m_asked; ///< whose; not answered yet
    std::vector<TaskId> m_toAsk;      ///< where they stand; the next one last
    bool m_isAsking = false;
    int m_ticks = 0;
};

} // namespace peerdesk::ui
