// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/conversation/timelineaccessible.h"

#include "ui/common/plural.h"
#include "ui/conversation/timelineview.h"

#include <QPointer>

namespace peerdesk::ui {

namespace {

/// One message. Not a QObject: it exists only while a screen reader asks.
class TimelineItem final : public QAccessibleInterface, public QAccessibleActionInterface
{
public:
    TimelineItem(TimelineView *view, const QUuid &message)
        : m_view(view)
        , m_message(message)
    {}

    int row() const { return m_view ? m_view->model().rowOf({m_message}) : -1; }
    bool isValid() const override { return row() >= 0; }
    QObject *object() const override { return nullptr; }
    QAccessibleInterface *parent() const override
    {
        return QAccessible::queryAccessibleInterface(m_view);
    }
    QAccessibleInterface *child(int) const override { return nullptr; }
    QAccessibleInterface *childAt(int, int) const override { return nullptr; }
    int childCount() const override { return 0; }
    int indexOfChild(const QAccessibleInterface *) const override { return -1; }
    QAccessible::Role role() const override { return QAccessible::ListItem; }
    void setText(QAccessible::Text, const QString &) override {}
    QWindow *window() const override { return m_view ? m_view->window()->windowHandle() : nullptr; }
    QString text(QAccessible::Text text) const override;
    QRect rect() const override;
    QAccessible::State state() const override;
    void *interface_cast(QAccessible::InterfaceType type) override
    {
        return type == QAccessible::ActionInterface
                   ? static_cast<QAccessibleActionInterface *>(this)
                   : nullptr;
    }
    QStringList actionNames() const override
    {
        return isValid() ? QStringList(setFocusAction()) + m_view->actionTexts(row())
                         : QStringList();
    }
    void doAction(const QString &name) override
    {
        if (!isValid())
            return;
        if (name == setFocusAction())
            m_view->setFocusRow(row());
        else
            m_view->trigger(row(), name);
    }
    QStringList keyBindingsForAction(const QString &) const override { return {}; }

private:
    QPointer<TimelineView> m_view;
    QUuid m_message;
};

QString TimelineItem::text(QAccessible::Text text) const
{
    if (text != QAccessible::Name || !isValid())
        return {};
    const MessageModel &model = m_view->model();
    return model.data(model.index(row()), Qt::AccessibleTextRole).toString();
}

QRect TimelineItem::rect() const
{
    if (!isValid())
        return {};
    const QRect inside = m_view->rowRect(row());
    return {m_view->viewport()->mapToGlobal(inside.topLeft()), inside.size()};
}

QAccessible::State TimelineItem::state() const
{
    QAccessible::State state;
    if (!isValid()) {
        state.invalid = true;
        return state;
    }
    state.focusable = true;
    state.readOnly = true;
    state.focused = m_view->hasFocus() && m_view->focusRow() == row();
    state.offscreen = !m_view->rowRect(row()).intersects(m_view->viewport()->rect());
    state.invisible = !m_view->isVisible();
    return state;
}

QAccessibleInterface *make(const QString &, QObject *object)
{
    auto *view = qobject_cast<TimelineView *>(object);
    return view ? new TimelineAccessible(view) : nullptr;
}

} // namespace

void TimelineAccessible::install()
{
    QAccessible::installFactory(make);
}

TimelineAccessible::TimelineAccessible(TimelineView *view)
    : QAccessibleWidget(view, QAccessible::List)
{}

TimelineAccessible::~TimelineAccessible()
{
    for (const QAccessible::Id id : std::as_const(m_items))
        QAccessible::deleteAccessibleInterface(id);
}

TimelineView *TimelineAccessible::view() const
{
    return static_cast<TimelineView *>(widget());
}

int TimelineAccessible::childCount() const
{
    return view()->model().rowCount();
}

QAccessibleInterface *TimelineAccessible::child(int index) const
{
    if (index < 0 || index >= childCount())
        return nullptr;
    prune();
    const QUuid id = view()->model().at(index).id.value;
    const auto known = m_items.constFind(id);
    if (known != m_items.constEnd())
        return QAccessible::accessibleInterface(*known);
    auto *item = new TimelineItem(view(), id); // the accessibility cache owns it
    m_items.insert(id, QAccessible::registerAccessibleInterface(item));
    return item;
}

/// Messages of conversations that were open before.
void TimelineAccessible::prune() const
{
    if (m_items.size() <= 2 * qsizetype(childCount()) + 64)
        return;
    for (auto it = m_items.begin(); it != m_items.end();) {
        if (view()->model().rowOf({it.key()}) >= 0) {
            ++it;
            continue;
        }
        QAccessible::deleteAccessibleInterface(it.value());
        it = m_items.erase(it);
    }
}

int TimelineAccessible::indexOfChild(const QAccessibleInterface *child) const
{
    for (auto it = m_items.constBegin(); it != m_items.constEnd(); ++it) {
        if (QAccessible::accessibleInterface(it.value()) == child)
            return view()->model().rowOf({it.key()});
    }
    return -1;
}

QAccessibleInterface *TimelineAccessible::childAt(int x, int y) const
{
    const QPoint inside = view()->viewport()->mapFromGlobal(QPoint(x, y));
    if (!view()->viewport()->rect().contains(inside))
        return nullptr;
    for (int row = 0; row < childCount(); ++row) {
        if (view()->rowRect(row).contains(inside))
            return child(row);
    }
    return nullptr;
}

QAccessibleInterface *TimelineAccessible::focusChild() const
{
    return view()->hasFocus() ? child(view()->focusRow()) : nullptr;
}

QString TimelineAccessible::text(QAccessible::Text text) const
{
    if (text == QAccessible::Description)
        return counted(childCount(), TimelineView::tr("%1 message"),
                       TimelineView::tr("%1 messages"));
    return QAccessibleWidget::text(text);
}

} // namespace peerdesk::ui
