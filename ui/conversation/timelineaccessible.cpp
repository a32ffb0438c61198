// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/conversation/timelineaccessible.h"

#include "core/base/json.h"
#include "ui/cards/richblocks.h"
#include "ui/common/plural.h"
#include "ui/conversation/timelineview.h"

#include <QPointer>

namespace peerdesk::ui {

namespace {

/// A text, picture, field or button of rich content; read only.
class RichPartItem final : public QAccessibleInterface
{
public:
    RichPartItem(QAccessibleInterface *message, SpokenPart part)
        : m_message(QAccessible::uniqueId(message))
        , m_part(std::move(part))
    {}

    bool isValid() const override { return owner() && owner()->isValid(); }
    QObject *object() const override { return nullptr; }
    QAccessibleInterface *parent() const override { return owner(); }
    QAccessibleInterface *child(int) const override { return nullptr; }
    QAccessibleInterface *childAt(int, int) const override { return nullptr; }
    int childCount() const override { return 0; }
    int indexOfChild(const QAccessibleInterface *) const override { return -1; }
    void setText(QAccessible::Text, const QString &) override {}
    QWindow *window() const override { return owner() ? owner()->window() : nullptr; }
    QRect rect() const override { return owner() ? owner()->rect() : QRect(); }
    QAccessible::Role role() const override
    {
        switch (m_part.kind) {
        case Block::Kind::Picture:
            return QAccessible::Graphic;
        case Block::Kind::Field:
            return QAccessible::EditableText;
        case Block::Kind::Choice:
            return QAccessible::CheckBox;
        case Block::Kind::Button:
            return QAccessible::Button;
        case Block::Kind::Stack:
        case Block::Kind::Row:
        case Block::Kind::Text:
            return QAccessible::StaticText;
        }
        return QAccessible::StaticText;
    }
    QString text(QAccessible::Text text) const override
    {
        if (text == QAccessible::Name)
            return m_part.text.isEmpty() ? m_part.detail : m_part.text;
        return text == QAccessible::Value || text == QAccessible::Description ? m_part.detail
                                                                              : QString();
    }
    QAccessible::State state() const override
    {
        QAccessible::State state = isValid() ? owner()->state() : QAccessible::State();
        state.invalid = !isValid();
        state.focusable = false;
        state.focused = false;
        state.readOnly = true;
        state.checkable = m_part.kind == Block::Kind::Choice;
        state.checked = m_part.isChosen;
        return state;
    }

private:
    QAccessibleInterface *owner() const { return QAccessible::accessibleInterface(m_message); }

    QAccessible::Id m_message;
    SpokenPart m_part;
};

/// One message. Not a QObject: it exists only while a screen reader asks.
class TimelineItem final : public QAccessibleInterface, public QAccessibleActionInterface
{
public:
    TimelineItem(TimelineView *view, const QUuid &message)
        : m_view(view)
        , m_message(message)
    {}

    ~TimelineItem() override { forget(); }
    TimelineItem(const TimelineItem &) = delete;
    TimelineItem &operator=(const TimelineItem &) = delete;

    int row() const { return m_view ? m_view->model().rowOf({m_message}) : -1; }
    bool isValid() const override { return row() >= 0; }
    QObject *object() const override { return nullptr; }
    QAccessibleInterface *parent() const override
    {
        return QAccessible::queryAccessibleInterface(m_view);
    }
    QAccessibleInterface *child(int index) const override
    {
        refresh();
        return index >= 0 && index < int(m_parts.size())
                   ? QAccessible::accessibleInterface(m_parts[size_t(index)])
                   : nullptr;
    }
    QAccessibleInterface *childAt(int, int) const override { return nullptr; }
    int childCount() const override
    {
        refresh();
        return int(m_parts.size());
    }
    int indexOfChild(const QAccessibleInterface *child) const override
    {
        for (size_t i = 0; i < m_parts.size(); ++i) {
            if (QAccessible::accessibleInterface(m_parts[i]) == child)
                return int(i);
        }
        return -1;
    }
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
    void forget() const;
    void refresh() const;

    QPointer<TimelineView> m_view;
    QUuid m_message;
    mutable Json m_shown; ///< what m_parts were made from
    mutable std::vector<QAccessible::Id> m_parts;
};

void TimelineItem::forget() const
{
    for (const QAccessible::Id id : std::exchange(m_parts, {}))
        QAccessible::deleteAccessibleInterface(id);
}

void TimelineItem::refresh() const
{
    if (!isValid())
        return forget();
    const MessageModel &model = m_view->model();
    const Message &message = model.at(row());
    if (message.content.rich == m_shown)
        return;
    forget();
    m_shown = message.content.rich;
    const RichView view = richView(json::object(m_shown), json::object(model.questionOf(message)));
    auto *self = const_cast<TimelineItem *>(this); // what it holds is made when asked for
    for (const SpokenPart &part : spokenParts(view.body))
        m_parts.push_back(QAccessible::registerAccessibleInterface(new RichPartItem(self, part)));
}

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
