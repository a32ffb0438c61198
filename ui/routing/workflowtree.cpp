// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/routing/workflowtree.h"

#include "ui/common/paint.h"

#include <QDropEvent>
#include <QKeyEvent>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {
enum Role { FilterRole = Qt::UserRole, TargetRole };

bool isMove(const QKeyEvent &event)
{
    const auto modifiers = event.modifiers() & ~Qt::KeypadModifier;
    return modifiers == Qt::AltModifier &&
           (event.key() == Qt::Key_Up || event.key() == Qt::Key_Down);
}

} // namespace

WorkflowTree::WorkflowTree(const Look &look, OfficeRecords &records, QWidget *parent)
    : QTreeWidget(parent)
    , m_look(look)
    , m_records(records)
{
    setHeaderHidden(true);
    setItemsExpandable(false);
    setRootIsDecorated(false);
    setIndentation(look.px(22));
    setUniformRowHeights(true);
    setTextElideMode(Qt::ElideRight);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setDragDropMode(QAbstractItemView::InternalMove);
    setAccessibleName(tr("Rules, from top to bottom"));
    setAccessibleDescription(tr("Alt+Up and Alt+Down move a rule or a step, Delete removes it."));
    connect(this, &QTreeWidget::currentItemChanged, this, &WorkflowTree::spotChanged);
}

QTreeWidgetItem *WorkflowTree::add(QTreeWidgetItem *parent, const QString &text,
                                   const RuleSpot &spot)
{
    auto *item = parent ? new QTreeWidgetItem(parent, {text}) : new QTreeWidgetItem(this, {text});
    item->setData(0, FilterRole, spot.filter);
    item->setData(0, TargetRole, spot.target);
    item->setToolTip(0, text);
    item->setFont(0, m_look.font(13, spot.target < 0 ? QFont::DemiBold : QFont::Normal));
    item->setSizeHint(0, QSize(0, m_look.px(32)));
    const Qt::ItemFlags base = Qt::ItemIsEnabled | Qt::ItemIsSelectable;
    item->setFlags(spot.filter < 0 ? base : base | Qt::ItemIsDragEnabled | Qt::ItemIsDropEnabled);
    return item;
}

QString WorkflowTree::queueWords(const QString &name) const
{
    const auto queue = m_records.queueNamed(name);
    return queue            ? isolate(queue->friendlyName)
           : name.isEmpty() ? tr("(no queue)")
                            : tr("%1 (not there)").arg(isolate(name));
}

QString WorkflowTree::stepWords(const TargetDraft &target, const QString &inherited) const
{
    QStringList words{queueWords(target.queue.isEmpty() ? inherited : target.queue)};
    if (!target.known.isEmpty())
        words += tr("only %1").arg(target.known);
    if (!target.expression.isEmpty())
        words += target.expression;
    if (!target.priority.isEmpty())
        words += tr("priority %1").arg(target.priority);
    if (!target.timeout.isEmpty())
        words += tr("%1 s").arg(target.timeout);
    return words.join(u" \u00b7 "_s);
}

void WorkflowTree::show(const WorkflowDraft &draft, const RuleSpot &at)
{
    const QSignalBlocker quiet(this);
    clear();
    QTreeWidgetItem *chosen = nullptr;
    const auto note = [&](QTreeWidgetItem *item, const RuleSpot &spot) {
        if (spot == at || !chosen)
            chosen = item;
    };
    for (size_t f = 0; f < draft.filters.size(); ++f) {
        const FilterDraft &filter = draft.filters[f];
        const RuleSpot spot{int(f), -1};
        const QString name = filter.name.isEmpty() ? tr("(no name)") : isolate(filter.name);
        QTreeWidgetItem *rule = add(
            nullptr, tr("%1 \u2013 if %2", "rule, condition").arg(name, filter.expression), spot);
        note(rule, spot);
        QString inherited;
        for (size_t t = 0; t < filter.targets.size(); ++t) {
            const RuleSpot step{int(f), int(t)};
            note(add(rule, tr("%1. %2").arg(t + 1).arg(stepWords(filter.targets[t], inherited)),
                     step),
                 step);
            if (!filter.targets[t].queue.isEmpty())
                inherited = filter.targets[t].queue;
        }
    }
    note(add(nullptr, tr("Otherwise \u2013 %1").arg(queueWords(draft.defaultQueue)), {}), {});
    expandAll();
    setCurrentItem(chosen);
    const int rows = qBound(4, int(draft.filters.size()) * 3 + 1, 9);
    setMinimumHeight(m_look.px(32) * rows + 4);
}

RuleSpot WorkflowTree::spotOf(const QTreeWidgetItem *item)
{
    if (!item)
        return {};
    return {item->data(0, FilterRole).toInt(), item->data(0, TargetRole).toInt()};
}

RuleSpot WorkflowTree::spot() const
{
    return spotOf(currentItem());
}

/// The window's own Alt+Up and Alt+Down lead to other conversations; here they move.
bool WorkflowTree::event(QEvent *event)
{
    if (event->type() == QEvent::ShortcutOverride && isMove(*static_cast<QKeyEvent *>(event))) {
        event->accept();
        return true;
    }
    return QTreeWidget::event(event);
}

void WorkflowTree::keyPressEvent(QKeyEvent *event)
{
    if (isMove(*event))
        return Q_EMIT moveWanted(event->key() == Qt::Key_Up ? -1 : 1);
    if (event->key() == Qt::Key_Delete)
        return Q_EMIT removeWanted();
    QTreeWidget::keyPressEvent(event);
}

/// The rows are made anew from the draft: nothing is moved here.
void WorkflowTree::dropEvent(QDropEvent *event)
{
    const QTreeWidgetItem *item = itemAt(event->position().toPoint());
    const RuleSpot what = spot();
    RuleSpot before = spotOf(item);
    if (what.target < 0)
        before.target = -1; // rules go between rules
    if (item && dropIndicatorPosition() == BelowItem && before.filter >= 0) {
        if (what.target < 0)
            ++before.filter;
        else
            ++before.target;
    }
    event->setDropAction(Qt::IgnoreAction);
    event->accept();
    Q_EMIT dropped(what, before);
}

} // namespace peerdesk::ui

#include "moc_workflowtree.cpp"
