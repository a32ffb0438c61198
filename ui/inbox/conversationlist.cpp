// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inbox/conversationlist.h"

#include "ui/common/paint.h"
#include "ui/inbox/conversationdelegate.h"

#include <QContextMenuEvent>
#include <QMenu>

namespace peerdesk::ui {

namespace {
constexpr std::chrono::seconds CalmAfterKey{2};
constexpr std::chrono::seconds FastTick{1};
constexpr std::chrono::seconds SlowTick{30};
constexpr Milliseconds CloseDeadline{600'000};
} // namespace

ConversationList::ConversationList(const Context &context, ConversationModel &model,
                                   QWidget *parent)
    : QListView(parent)
    , m_context(context)
    , m_model(model)
{
    setModel(&model);
    setItemDelegate(new ConversationDelegate(context, model, this));
    setUniformItemSizes(true);
    setSelectionMode(QAbstractItemView::ExtendedSelection);
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    setFrameShape(QFrame::NoFrame);
    setMouseTracking(true);
    setAttribute(Qt::WA_Hover);
    setAccessibleName(tr("Conversations"));
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_keyTimer.setSingleShot(true);
    connect(&m_keyTimer, &QTimer::timeout, this, &ConversationList::updateCalm);
    connect(&m_clockTimer, &QTimer::timeout, this, &ConversationList::tick);
    connect(&model, &QAbstractItemModel::modelReset, this, &ConversationList::restoreSelection);
    connect(&model, &QAbstractItemModel::rowsInserted, this, &ConversationList::restoreSelection);
    connect(&model, &QAbstractItemModel::rowsRemoved, this, &ConversationList::restoreSelection);
    connect(&model, &QAbstractItemModel::rowsMoved, this, &ConversationList::restoreSelection);
    connect(&context.look, &Look::changed, this, [this] { scheduleDelayedItemsLayout(); });
    connect(&context.directory, &Directory::changed, this, [this] { viewport()->update(); });
}

void ConversationList::select(ConversationId id)
{
    m_selected = id;
    m_model.setPinned(id);
    restoreSelection();
}

void ConversationList::move(int step)
{
    const int row = m_model.rowOf(m_selected);
    const int wanted = qBound(0, row + step, m_model.rowCount() - 1);
    if (m_model.rowCount() > 0 && wanted != row)
        setCurrentIndex(m_model.index(wanted));
}

void ConversationList::restoreSelection()
{
    m_isRestoring = true;
    const int row = m_model.rowOf(m_selected);
    const QModelIndex current = row >= 0 ? m_model.index(row) : QModelIndex();
    // Without setCurrentIndex() the view would choose a row by itself when it gets the focus.
    if (selectionModel()->selectedIndexes().size() > 1)
        selectionModel()->setCurrentIndex(current, QItemSelectionModel::NoUpdate);
    else
        setCurrentIndex(current);
    m_isRestoring = false;
}

void ConversationList::currentChanged(const QModelIndex &current, const QModelIndex &previous)
{
    QListView::currentChanged(current, previous);
    if (m_isRestoring || m_isGathering || !current.isValid())
        return;
    const ConversationId id = m_model.at(current.row()).id;
    if (id == m_selected)
        return;
    m_selected = id;
    m_model.setPinned(id);
    Q_EMIT conversationSelected(id);
}

void ConversationList::updateCalm()
{
    m_model.setCalm(underMouse() || m_keyTimer.isActive() || m_hasMenu);
}

void ConversationList::enterEvent(QEnterEvent *event)
{
    QListView::enterEvent(event);
    m_model.setCalm(true);
}

void ConversationList::leaveEvent(QEvent *event)
{
    QListView::leaveEvent(event);
    m_model.setCalm(m_keyTimer.isActive() || m_hasMenu);
}

void ConversationList::keyPressEvent(QKeyEvent *event)
{
    m_keyTimer.start(CalmAfterKey);
    m_model.setCalm(true);
    m_isGathering = event->modifiers() & (Qt::ShiftModifier | Qt::ControlModifier);
    QListView::keyPressEvent(event);
    m_isGathering = false;
}

/// The menu of a row that is not open does not open it.
void ConversationList::mousePressEvent(QMouseEvent *event)
{
    if (event->button() == Qt::RightButton)
        return event->accept();
    m_isGathering = event->modifiers() & (Qt::ShiftModifier | Qt::ControlModifier);
    QListView::mousePressEvent(event);
    m_isGathering = false;
}

void ConversationList::contextMenuEvent(QContextMenuEvent *event)
{
    const bool isKey = event->reason() == QContextMenuEvent::Keyboard;
    const QModelIndex index = isKey ? currentIndex() : indexAt(event->pos());
    if (!index.isValid() || m_context.caller.role == Role::Agent)
        return;
    const Conversation &row = m_model.at(index.row());
    if (row.task.isNull())
        return;
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addSection(isolate(row.customerName));
    QAction *why = menu->addAction(row.assignee.isNull() ? tr("Why is this waiting?")
                                                         : tr("Why is it with this person?"));
    connect(why, &QAction::triggered, this, [this, task = row.task] { Q_EMIT whyWanted(task); });
    connect(menu, &QMenu::aboutToHide, this, [this] {
        m_hasMenu = false;
        updateCalm();
    });
    m_hasMenu = true;
    updateCalm();
    menu->popup(isKey ? viewport()->mapToGlobal(visualRect(index).center()) : event->globalPos());
}

void ConversationList::selectionChanged(const QItemSelection &selected,
                                        const QItemSelection &deselected)
{
    QListView::selectionChanged(selected, deselected);
    Q_EMIT gatheredChanged(int(gathered().size()));
}

std::vector<Conversation> ConversationList::gathered() const
{
    std::vector<Conversation> rows;
    for (const QModelIndex &index : selectionModel()->selectedIndexes())
        rows.push_back(m_model.at(index.row()));
    if (rows.size() < 2)
        rows.clear();
    return rows;
}

void ConversationList::dropGathered()
{
    selectionModel()->clearSelection();
    restoreSelection();
}

void ConversationList::showEvent(QShowEvent *event)
{
    QListView::showEvent(event);
    m_clockTimer.start(FastTick);
}

void ConversationList::hideEvent(QHideEvent *event)
{
    m_clockTimer.stop();
    QListView::hideEvent(event);
}

bool ConversationList::hasCloseDeadline() const
{
    const Time now = m_context.clock.wall();
    const int first = qMax(0, indexAt({10, 10}).row());
    for (int row = first; row < m_model.rowCount(); ++row) {
        if (!visualRect(m_model.index(row)).intersects(viewport()->rect()))
            break;
        const Time due = m_model.at(row).replyDueAt;
        if (due.isSet() && due - now < CloseDeadline && now - due < Milliseconds(60'000))
            return true;
    }
    return false;
}

void ConversationList::tick()
{
    viewport()->update();
    m_clockTimer.setInterval(hasCloseDeadline() ? FastTick : SlowTick);
}

void ConversationList::paintEvent(QPaintEvent *event)
{
    if (m_clockTimer.isActive() && m_clockTimer.interval() > 1000 && hasCloseDeadline())
        m_clockTimer.start(FastTick);
    QListView::paintEvent(event);
}

} // namespace peerdesk::ui

#include "moc_conversationlist.cpp"
