// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/waitingpane.h"

#include "ui/common/paint.h"
#include "ui/common/timetext.h"
#include "ui/settings/rowdelegate.h"

#include <QContextMenuEvent>
#include <QMenu>
#include <QPainter>
#include <QScrollBar>
#include <QVBoxLayout>

#include <algorithm>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr int AskAgainAfter = 10; ///< ticks: what is expected changes also while nothing happens

/// As the router serves them: see routing, "Which task next for a freed worker".
bool isServedBefore(const Queue &queue, const Task &a, const Task &b)
{
    const auto start = [](const Task &task) {
        return task.virtualStartTime.isSet() ? task.virtualStartTime : task.dateCreated;
    };
    if (queue.taskOrder == TaskOrder::Lifo)
        return std::pair(start(b), a.id) < std::pair(start(a), b.id);
    return std::tuple(-a.priority, start(a), a.id) < std::tuple(-b.priority, start(b), b.id);
}

} // namespace

WaitingModel::WaitingModel(const Context &context, QObject *parent)
    : QAbstractListModel(parent)
    , m_context(context)
{}

void WaitingModel::setRows(std::vector<WaitingRow> rows)
{
    const auto isThere = [](const std::vector<WaitingRow> &all, TaskId task) {
        return std::any_of(all.begin(), all.end(),
                           [&](const WaitingRow &row) { return row.task == task; });
    };
    for (int i = rowCount() - 1; i >= 0; --i) {
        if (isThere(rows, at(i).task))
            continue;
        beginRemoveRows({}, i, i);
        m_rows.erase(m_rows.begin() + i);
        endRemoveRows();
    }
    for (int i = 0; i < int(rows.size()); ++i) {
        WaitingRow &wanted = rows[size_t(i)];
        const int from = rowOf(wanted.task);
        if (from < 0) {
            beginInsertRows({}, i, i);
            m_rows.insert(m_rows.begin() + i, wanted);
            endInsertRows();
            continue;
        }
        if (from != i) {
            beginMoveRows({}, from, from, {}, i);
            std::rotate(m_rows.begin() + i, m_rows.begin() + from, m_rows.begin() + from + 1);
            endMoveRows();
        }
        const WaitingRow &known = at(i);
        if (!known.name.isEmpty()) {
            wanted.name = known.name;
            wanted.channel = known.channel;
        }
        wanted.position = known.position;
        wanted.expectedWait = known.expectedWait;
        change(i, wanted);
    }
}

void WaitingModel::change(int row, const WaitingRow &now)
{
    if (m_rows[size_t(row)] == now)
        return;
    m_rows[size_t(row)] = now;
    Q_EMIT dataChanged(index(row), index(row));
}

void WaitingModel::setFace(ConversationId conversation, const QString &name, const QString &channel)
{
    for (int i = 0; i < rowCount(); ++i) {
        if (at(i).conversation != conversation)
            continue;
        WaitingRow now = at(i);
        now.name = name;
        now.channel = channel;
        change(i, now);
    }
}

void WaitingModel::setStanding(TaskId task, const QJsonObject &explanation)
{
    const int row = rowOf(task);
    if (row < 0)
        return;
    WaitingRow now = at(row);
    now.position = explanation.value(u"position"_s).toInt();
    const QJsonValue wait = explanation.value(u"expected_wait"_s);
    now.expectedWait.reset();
    if (wait.isDouble())
        now.expectedWait = Milliseconds(qint64(wait.toDouble() * 1000));
    change(row, now);
}

int WaitingModel::rowOf(TaskId task) const
{
    for (size_t i = 0; i < m_rows.size(); ++i) {
        if (m_rows[i].task == task)
            return int(i);
    }
    return -1;
}

int WaitingModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

QString WaitingModel::name(int row) const
{
    const WaitingRow &shown = at(row);
    if (shown.conversation.isNull())
        return tr("Task without a conversation");
    return shown.name.isEmpty() ? u"\u2026"_s : shown.name;
}

QString WaitingModel::waited(int row) const
{
    return spanText(std::max(Milliseconds(0), m_context.clock.wall() - at(row).since));
}

QString WaitingModel::facts(int row) const
{
    const WaitingRow &shown = at(row);
    const QString channel =
        shown.conversation.isNull() ? shown.channel : channelName(shown.channel);
    return tr("%1 \u00b7 since %2 \u00b7 priority %3", "channel, time, number")
        .arg(channel, clockText(shown.since))
        .arg(shown.priority);
}

QString WaitingModel::standing(int row) const
{
    const WaitingRow &shown = at(row);
    if (shown.isOffered)
        return tr("Being offered now");
    if (shown.position <= 0)
        return {};
    if (!shown.expectedWait)
        return tr("Position %1 \u00b7 how long it will wait cannot be told yet")
            .arg(shown.position);
    return tr("Position %1 \u00b7 expected wait %2")
        .arg(shown.position)
        .arg(spanText(*shown.expectedWait));
}

QVariant WaitingModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const int row = index.row();
    switch (role) {
    case Qt::DisplayRole:
        return name(row);
    case Qt::ToolTipRole:
        return QStringList{name(row), facts(row), standing(row)}.join(u'\n').trimmed();
    case Qt::AccessibleTextRole: {
        QStringList words{name(row), tr("waits for %1").arg(waited(row)), facts(row),
                          standing(row)};
        words.removeAll(QString());
        return words.join(u", "_s);
    }
    default:
        return {};
    }
}

WaitingList::WaitingList(const Context &context, QWidget *parent)
    : QListView(parent)
    , m_context(context)
    , m_model(new WaitingModel(context, this))
{
    setModel(m_model);
    const auto face = [this](QPainter &painter, const QRect &place, int row) {
        const WaitingRow &shown = m_model->at(row);
        paintAvatar(painter, m_context.look, place, shown.name);
        if (shown.conversation.isNull())
            return;
        const int size = m_context.look.px(17);
        const QRect badge(place.right() - size + 4, place.bottom() - size + 4, size, size);
        paintChannelBadge(painter, m_context.look,
                          QStyle::visualRect(layoutDirection(), place, badge), shown.channel,
                          m_context.look.theme().surface);
    };
    const auto words = [this](int row) {
        return RowDelegate::Words{m_model->name(row), m_model->waited(row),   m_model->facts(row),
                                  Ink::Text2,         m_model->standing(row), false};
    };
    setItemDelegate(new RowDelegate(context.look, {face, words, 3}, this));
    setUniformItemSizes(true);
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    setFrameShape(QFrame::NoFrame);
    setMouseTracking(true);
    setAccessibleName(tr("Who waits"));
    connect(&context.look, &Look::changed, this, &QListView::doItemsLayout);
}

void WaitingList::setNone(const QString &words)
{
    m_none = words;
    setAccessibleDescription(m_model->rowCount() == 0 ? words : QString());
    viewport()->update();
}

std::vector<TaskId> WaitingList::visibleTasks() const
{
    std::vector<TaskId> tasks;
    for (int row = 0; row < m_model->rowCount(); ++row) {
        if (visualRect(m_model->index(row)).intersects(viewport()->rect()))
            tasks.push_back(m_model->at(row).task);
    }
    return tasks;
}

void WaitingList::contextMenuEvent(QContextMenuEvent *event)
{
    const bool isKey = event->reason() == QContextMenuEvent::Keyboard;
    const QModelIndex index = isKey ? currentIndex() : indexAt(event->pos());
    if (!index.isValid())
        return;
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const TaskId task = m_model->at(index.row()).task;
    connect(menu->addAction(tr("Why is this waiting?")), &QAction::triggered, this,
            [this, task] { Q_EMIT whyWanted(task); });
    menu->popup(isKey ? viewport()->mapToGlobal(visualRect(index).center()) : event->globalPos());
}

void WaitingList::resizeEvent(QResizeEvent *event)
{
    QListView::resizeEvent(event);
    Q_EMIT arranged();
}

void WaitingList::paintEvent(QPaintEvent *event)
{
    QListView::paintEvent(event);
    if (m_model->rowCount() > 0)
        return;
    QPainter painter(viewport());
    painter.setFont(m_context.look.font(13));
    painter.setPen(m_context.look.theme().text2);
    painter.drawText(viewport()->rect().adjusted(20, 20, -20, -20),
                     int(Qt::AlignHCenter | Qt::AlignTop) | Qt::TextWordWrap, m_none);
}

WaitingPane::WaitingPane(const Context &context, QWidget *parent)
    : QWidget(parent)
    , m_context(context)
    , m_title(new Label(context.look, {16, QFont::DemiBold, Ink::Text, true}, {}, this))
    , m_more(new Label(context.look, {12, QFont::Normal, Ink::Text3, false, true}, {}, this))
    , m_list(new WaitingList(context, this))
    , m_back(new Button(context.look, Button::Kind::Plain, tr("Back"), this))
    , m_why(new Button(context.look, Button::Kind::Plain, tr("Why is this waiting?"), this))
{
    build();
    connect(m_back, &QPushButton::clicked, this, &WaitingPane::closeWanted);
    connect(m_why, &QPushButton::clicked, this, &WaitingPane::wantWhy);
    connect(m_list, &QListView::activated, this, &WaitingPane::wantWhy);
    connect(m_list, &WaitingList::whyWanted, this, &WaitingPane::whyWanted);
    connect(m_list->verticalScrollBar(), &QScrollBar::valueChanged, this,
            &WaitingPane::askStandings);
    connect(m_list, &WaitingList::arranged, this, &WaitingPane::askStandings);
    const auto showWhy = [this] { m_why->setEnabled(m_list->currentIndex().isValid()); };
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this, showWhy);
    showWhy();
}

void WaitingPane::build()
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(8, 0, 8, 0);
    column->setSpacing(8);
    auto *head = new QHBoxLayout;
    head->setContentsMargins(12, 4, 12, 0);
    head->addWidget(m_title, 1);
    column->addLayout(head);
    column->addWidget(m_list, 1);
    auto *note = new QHBoxLayout;
    note->setContentsMargins(12, 0, 12, 0);
    note->addWidget(m_more);
    column->addLayout(note);
    auto *foot = new QHBoxLayout;
    foot->setContentsMargins(12, 0, 12, 0);
    foot->addWidget(m_back);
    foot->addStretch();
    foot->addWidget(m_why);
    column->addLayout(foot);
}

void WaitingPane::showQueue(const Queue &queue, std::vector<Task> tasks, bool isMore)
{
    m_title->setText(tr("Waiting in %1").arg(isolate(queue.friendlyName)));
    m_more->setText(tr("The office has more tasks that wait than are listed here."));
    m_more->setVisible(isMore);
    std::sort(tasks.begin(), tasks.end(),
              [&](const Task &a, const Task &b) { return isServedBefore(queue, a, b); });
    std::vector<WaitingRow> rows;
    for (const Task &task : tasks)
        rows.push_back(
            {task.id,
             task.conversation,
             {},
             task.taskChannel,
             task.taskQueueEnteredDate.isSet() ? task.taskQueueEnteredDate : task.dateCreated,
             task.priority,
             task.assignmentStatus == TaskStatus::Reserved});
    m_list->rows().setRows(std::move(rows));
    m_list->setNone(tr("Nobody waits in %1.").arg(isolate(queue.friendlyName)));
    askFaces();
    askStandings();
}

void WaitingPane::tick()
{
    m_list->viewport()->update();
    if (++m_ticks % AskAgainAfter == 0)
        askStandings();
}

/// A read that fails leaves "..." and is tried again with the next news of the office.
void WaitingPane::askFaces()
{
    for (int row = 0; row < m_list->rows().rowCount(); ++row) {
        const WaitingRow &one = m_list->rows().at(row);
        const ConversationId id = one.conversation;
        if (!one.name.isEmpty() || id.isNull() || !m_asked.insert(id).second)
            continue;
        m_context.desk.conversation(id, {this, [this, id](const Result<Conversation> &found) {
                                             m_asked.erase(id);
                                             if (found)
                                                 m_list->rows().setFace(id, found->customerName,
                                                                        found->channel);
                                         }});
    }
}

void WaitingPane::askStandings()
{
    m_toAsk = m_list->visibleTasks();
    std::reverse(m_toAsk.begin(), m_toAsk.end());
    askNext();
}

/// One at a time, so that the router never has more than one question of this window to answer.
void WaitingPane::askNext()
{
    if (m_isAsking || m_toAsk.empty() || !isVisible())
        return;
    const TaskId task = m_toAsk.back();
    m_toAsk.pop_back();
    m_isAsking = true;
    m_context.desk.explainTask(task, {this, [this, task](const Result<QJsonObject> &answer) {
                                          m_isAsking = false;
                                          m_list->rows().setStanding(task, answer ? *answer
                                                                                  : QJsonObject());
                                          askNext();
                                      }});
}

void WaitingPane::wantWhy()
{
    const QModelIndex index = m_list->currentIndex();
    if (index.isValid())
        Q_EMIT whyWanted(m_list->rows().at(index.row()).task);
}

void WaitingPane::paintEvent(QPaintEvent *)
{
    QPainter(this).fillRect(rect(), m_context.look.theme().surface);
}

} // namespace peerdesk::ui

#include "moc_waitingpane.cpp"
