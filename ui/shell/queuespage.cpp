// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/queuespage.h"

#include "ui/common/style.h"
#include "ui/common/timetext.h"
#include "ui/common/widgets.h"

#include <QHeaderView>
#include <QPainter>
#include <QVBoxLayout>

#include <algorithm>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {
enum Column { QueueColumn, WaitingColumn, LongestColumn, LateColumn, ColumnCount };
constexpr Milliseconds LongWait{120'000}; ///< from here on a wait is shown as urgent
} // namespace

Tile::Tile(const Look &look, const QString &name, QWidget *parent)
    : QPushButton(parent)
    , m_look(look)
    , m_name(name)
{
    setAttribute(Qt::WA_Hover);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(&look, &Look::changed, this, &QWidget::updateGeometry);
    set(u"\u2013"_s, {}, Ink::Text2);
}

void Tile::set(const QString &number, const QString &remark, Ink ink)
{
    m_number = number;
    m_remark = remark;
    m_ink = ink;
    setAccessibleName(u"%1: %2, %3"_s.arg(m_name, number, remark));
    setToolTip(remark);
    update();
}

QSize Tile::sizeHint() const
{
    return {m_look.px(180), m_look.px(106)};
}

void Tile::paintEvent(QPaintEvent *)
{
    const Theme &t = m_look.theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(t.border, 1));
    painter.setBrush(underMouse() ? t.hover : t.raised);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 12, 12);
    const int pad = m_look.px(16);
    const QRect inside = rect().adjusted(pad, m_look.px(12), -pad, -m_look.px(12));
    const auto line = [&](double size, QFont::Weight weight, const QColor &ink, int top,
                          const QString &text) {
        painter.setFont(m_look.font(size, weight));
        painter.setPen(ink);
        const int high = painter.fontMetrics().height();
        painter.drawText(QRect(inside.left(), inside.top() + top, inside.width(), high),
                         Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                         painter.fontMetrics().elidedText(text, Qt::ElideRight, inside.width()));
    };
    line(13, QFont::Medium, t.text2, 0, m_name);
    line(29, QFont::Bold, t.text, m_look.px(20), m_number);
    line(12.5, QFont::DemiBold, m_look.ink(m_ink), m_look.px(60), m_remark);
    if (hasFocus() && window()->testAttribute(Qt::WA_KeyboardFocusChange))
        paintFocusRing(painter, rect(), 12, t.accent);
}

QueuesPage::QueuesPage(const Context &context, QWidget *parent)
    : QWidget(parent)
    , m_context(context)
    , m_waiting(new Tile(context.look, tr("Waiting"), this))
    , m_late(new Tile(context.look, tr("Late now"), this))
    , m_agents(new Tile(context.look, tr("Agents available"), this))
    , m_table(new QTableWidget(0, ColumnCount, this))
    , m_pane(new WaitingPane(context, this))
    , m_split(new MasterDetail(context.look, m_table, m_pane, this))
{
    build();
    m_tick.setInterval(std::chrono::seconds(1));
    connect(&m_tick, &QTimer::timeout, this, [this] {
        if (std::exchange(m_isDirty, false))
            refresh();
        else
            showNumbers(); // the waits grow
        m_pane->tick();
    });
    connect(&context.desk, &api::Desk::changed, this, [this] { m_isDirty = true; });
    connect(&context.directory, &Directory::changed, this, &QueuesPage::showAgents);
    connect(m_table, &QTableWidget::activated, this, &QueuesPage::onActivated);
    connect(m_table, &QTableWidget::clicked, this,
            [this](const QModelIndex &index) { openQueue(m_shown[size_t(index.row())]); });
    connect(m_pane, &WaitingPane::closeWanted, this, &QueuesPage::closeLayer);
    connect(m_pane, &WaitingPane::whyWanted, this, &QueuesPage::whyWanted);
    connect(m_split, &MasterDetail::arranged, this, &QueuesPage::arrange);
    connect(m_waiting, &QPushButton::clicked, this, &QueuesPage::waitingWanted);
    connect(m_late, &QPushButton::clicked, this, &QueuesPage::lateWanted);
    connect(m_agents, &QPushButton::clicked, this, &QueuesPage::peopleWanted);
}

void QueuesPage::build()
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(28, 14, 28, 20);
    column->setSpacing(14);
    auto *head = new QHBoxLayout;
    head->addWidget(new Label(m_context.look, {20, QFont::Bold, Ink::Text}, tr("Queues"), this));
    head->addStretch();
    head->addWidget(new Label(m_context.look, {13, QFont::Normal, Ink::Text2},
                              tr("Now \u00b7 all queues"), this));
    column->addLayout(head);
    auto *tiles = new QHBoxLayout;
    tiles->setSpacing(12);
    for (Tile *tile : {m_waiting, m_late, m_agents})
        tiles->addWidget(tile);
    column->addLayout(tiles);
    column->addWidget(m_split, 1);
    m_table->setHorizontalHeaderLabels({tr("Queue"), tr("Waiting"), tr("Longest"), tr("Late")});
    m_table->setAccessibleName(tr("Queues"));
    m_table->setAccessibleDescription(tr("Enter: who waits in it."));
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setShowGrid(false);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setTabKeyNavigation(false);
    m_table->verticalHeader()->hide();
    m_table->horizontalHeader()->setSectionResizeMode(QueueColumn, QHeaderView::Stretch);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
}

void QueuesPage::refresh()
{
    if (m_answers > 0) {
        m_isDirty = true; // one question at a time
        return;
    }
    m_numbers.clear();
    m_tasks.clear();
    m_all = {};
    m_isMore = false;
    m_answers = 3;
    for (const TaskStatus status : {TaskStatus::Pending, TaskStatus::Reserved})
        m_context.desk.tasks(status, {Limit, {}},
                             {this, [this](const Result<api::PageOf<Task>> &page) {
                                  take(page ? *page : api::PageOf<Task>{});
                              }});
    api::ConversationFilter filter;
    filter.onlyActive = true;
    filter.order = api::ConversationOrder::ReplyDueFirst;
    m_context.desk.conversations(filter, {Limit, {}},
                                 {this, [this](const Result<api::PageOf<Conversation>> &page) {
                                      countLate(page ? *page : api::PageOf<Conversation>{});
                                  }});
}

void QueuesPage::take(const api::PageOf<Task> &page)
{
    const auto add = [](Numbers &numbers, Time since) {
        ++numbers.waiting;
        if (!numbers.oldest.isSet() || since < numbers.oldest)
            numbers.oldest = since;
    };
    for (const Task &task : page.items) {
        const Time since =
            task.taskQueueEnteredDate.isSet() ? task.taskQueueEnteredDate : task.dateCreated;
        add(m_numbers[task.taskQueue], since);
        add(m_all, since);
        m_tasks[task.taskQueue].push_back(task);
    }
    m_isMore |= !page.next.isEmpty();
    if (--m_answers == 0)
        showAll();
}

void QueuesPage::countLate(const api::PageOf<Conversation> &page)
{
    const Time now = m_context.clock.wall();
    for (const Conversation &c : page.items) {
        if (!c.replyDueAt.isSet() || c.replyDueAt >= now)
            continue;
        ++m_numbers[c.queue].late;
        ++m_all.late;
    }
    if (--m_answers == 0)
        showAll();
}

QString QueuesPage::waitText(Time since) const
{
    return since.isSet() ? spanText(std::max(Milliseconds(0), m_context.clock.wall() - since))
                         : u"\u2013"_s;
}

void QueuesPage::showNumbers()
{
    if (m_answers > 0)
        return;
    const QString more = m_isMore ? u"+"_s : QString();
    const Milliseconds longest =
        m_all.oldest.isSet() ? m_context.clock.wall() - m_all.oldest : Milliseconds(0);
    m_waiting->set(QString::number(m_all.waiting) + more,
                   m_all.waiting > 0 ? tr("longest %1").arg(waitText(m_all.oldest))
                                     : tr("nobody waits"),
                   longest > LongWait ? Ink::Warning : Ink::Text2);
    m_late->set(QString::number(m_all.late),
                m_all.late > 0 ? tr("answers are overdue") : tr("all in time"),
                m_all.late > 0 ? Ink::Danger : Ink::Success);
    const auto &queues = m_context.directory.queues();
    QPalette marked = m_table->palette();
    marked.setColor(QPalette::Highlight, m_context.look.theme().select);
    marked.setColor(QPalette::HighlightedText, m_context.look.theme().text);
    m_table->setPalette(marked);
    m_table->setRowCount(int(queues.size()));
    m_shown.clear();
    for (const Queue &queue : queues) {
        m_shown.push_back(queue.id);
        showRow(int(m_shown.size()) - 1, queue);
    }
    keepSelection();
}

/// The queue that is open is the one that is marked, also when rows have moved.
void QueuesPage::keepSelection()
{
    const auto open = std::find(m_shown.begin(), m_shown.end(), m_open);
    if (open != m_shown.end() && open - m_shown.begin() != m_table->currentRow())
        m_table->setCurrentCell(int(open - m_shown.begin()), QueueColumn);
}

void QueuesPage::showRow(int row, const Queue &queue)
{
    const Numbers numbers = m_numbers[queue.id];
    const QStringList texts{queue.friendlyName, QString::number(numbers.waiting),
                            waitText(numbers.oldest),
                            numbers.late > 0 ? tr("%n late", nullptr, numbers.late) : u"\u2013"_s};
    for (int column = 0; column < ColumnCount; ++column) {
        if (!m_table->item(row, column))
            m_table->setItem(row, column, new QTableWidgetItem);
        QTableWidgetItem *item = m_table->item(row, column);
        item->setText(texts[column]);
        item->setToolTip(column == QueueColumn ? queue.friendlyName : QString());
        item->setFont(
            m_context.look.font(13, column == QueueColumn ? QFont::DemiBold : QFont::Normal));
        const bool isLate = column == LateColumn && numbers.late > 0;
        item->setForeground(isLate ? m_context.look.theme().danger : m_context.look.theme().text);
    }
    m_table->setRowHeight(row, m_context.look.px(42));
}

void QueuesPage::showAll()
{
    showNumbers();
    showOpen();
}

void QueuesPage::openQueue(QueueId queue)
{
    m_open = queue;
    m_split->setOpen(true);
    m_pane->list().clearSelection();
    m_pane->list().setCurrentIndex({});
    keepSelection();
    showOpen();
    if (m_split->isTight())
        m_pane->list().setFocus(Qt::OtherFocusReason); // the table with the keyboard is hidden
}

/// By key: the hand goes on to the one who is served next.
void QueuesPage::onActivated(const QModelIndex &index)
{
    openQueue(m_shown[size_t(index.row())]);
    m_pane->list().setFocus(Qt::OtherFocusReason);
    m_pane->list().setCurrentIndex(m_pane->list().rows().index(0));
}

void QueuesPage::showOpen()
{
    if (m_open.isNull() || m_answers > 0)
        return; // the answers show it
    const auto &queues = m_context.directory.queues();
    const auto queue = std::find_if(queues.begin(), queues.end(),
                                    [this](const Queue &one) { return one.id == m_open; });
    if (queue == queues.end())
        return void(closeLayer()); // somebody deleted it
    m_pane->showQueue(*queue, m_tasks[m_open], m_isMore);
}

bool QueuesPage::closeLayer()
{
    if (m_open.isNull())
        return false;
    m_open = {};
    m_split->setOpen(false);
    m_table->setFocus(Qt::OtherFocusReason);
    return true;
}

/// Beside who waits there is less room for numbers.
void QueuesPage::arrange()
{
    const int wide = m_context.look.px(m_split->isOpen() ? 72 : 100);
    for (const int column : {WaitingColumn, LongestColumn, LateColumn})
        m_table->setColumnWidth(column, wide);
    m_pane->setBackVisible(m_split->isTight());
}

void QueuesPage::showAgents()
{
    int here = 0;
    int all = 0;
    for (const Agent &agent : m_context.directory.agents()) {
        const auto worker = m_context.directory.worker(agent.worker);
        if (!agent.isActive || !worker)
            continue;
        ++all;
        here += worker->available ? 1 : 0;
    }
    m_agents->set(u"%1 / %2"_s.arg(here).arg(all), tr("%n not available", nullptr, all - here),
                  here == 0 ? Ink::Danger : Ink::Text2);
}

void QueuesPage::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    refresh();
    showAgents();
    m_tick.start();
}

void QueuesPage::hideEvent(QHideEvent *event)
{
    m_tick.stop();
    QWidget::hideEvent(event);
}

void QueuesPage::paintEvent(QPaintEvent *)
{
    QPainter(this).fillRect(rect(), m_context.look.theme().surface);
}

} // namespace peerdesk::ui

#include "moc_queuespage.cpp"
