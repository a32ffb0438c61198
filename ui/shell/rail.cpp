// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/rail.h"

#include "ui/common/style.h"

#include <QActionGroup>
#include <QMenu>
#include <QVBoxLayout>

#include <algorithm>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

RailButton::RailButton(const Look &look, Icon icon, const QString &text, QWidget *parent)
    : QToolButton(parent)
    , m_look(look)
    , m_icon(icon)
{
    setText(text);
    setAccessibleName(text);
    setFocusPolicy(Qt::TabFocus);
    setAttribute(Qt::WA_Hover);
    connect(&look, &Look::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void RailButton::setCount(int count)
{
    if (std::exchange(m_count, count) == count)
        return;
    setAccessibleName(count > 0 ? tr("%1, conversations: %2").arg(text()).arg(count) : text());
    update();
}

QSize RailButton::sizeHint() const
{
    const int width = QFontMetrics(m_look.font(11.5, QFont::Medium)).horizontalAdvance(text()) + 8;
    return {qMax(m_look.px(56), width), m_look.px(54)};
}

void RailButton::paintEvent(QPaintEvent *)
{
    const Theme &t = m_look.theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const bool isOn = isChecked();
    painter.setPen(Qt::NoPen);
    if (isOn || underMouse()) {
        painter.setBrush(t.railSelected);
        painter.setOpacity(isOn ? 1 : 0.5);
        painter.drawRoundedRect(rect(), 10, 10);
        painter.setOpacity(1);
    }
    const QColor ink = isOn ? t.railActive : t.railText;
    const double size = m_look.px(20);
    const QRectF glyph((width() - size) / 2.0, m_look.px(9), size, size);
    paintIcon(painter, m_icon, glyph, ink);
    painter.setFont(m_look.font(11.5, isOn ? QFont::DemiBold : QFont::Medium));
    painter.setPen(ink);
    painter.drawText(QRectF(0, glyph.bottom(), width(), height() - glyph.bottom() - 2),
                     Qt::AlignCenter, text());
    if (m_count > 0) {
        const QString count = m_count > 99 ? u"99+"_s : QString::number(m_count);
        painter.setFont(m_look.font(11, QFont::Bold));
        const double high = m_look.px(17);
        const double wide = qMax(high, painter.fontMetrics().horizontalAdvance(count) + 9.0);
        const QRectF pill(qMin(glyph.right() - 4, width() - wide - 2.0), 4, wide, high);
        painter.setPen(Qt::NoPen);
        painter.setBrush(t.badge);
        painter.drawRoundedRect(pill, high / 2, high / 2);
        painter.setPen(t.onColour);
        painter.drawText(pill, Qt::AlignCenter, count);
    }
    if (hasFocus() && window()->testAttribute(Qt::WA_KeyboardFocusChange))
        paintFocusRing(painter, rect(), 10, t.railActive);
}

ActivityButton::ActivityButton(const Context &context, QWidget *parent)
    : QToolButton(parent)
    , m_context(context)
{
    setFocusPolicy(Qt::TabFocus);
    setAttribute(Qt::WA_Hover);
    connect(this, &QToolButton::clicked, this, &ActivityButton::openMenu);
    connect(&context.directory, &Directory::changed, this, &ActivityButton::refresh);
    connect(&context.look, &Look::changed, this, [this] { update(); });
    refresh();
}

void ActivityButton::refresh()
{
    const auto worker = m_context.directory.worker(m_context.caller.worker);
    const auto activity = worker ? m_context.directory.activity(worker->activity) : std::nullopt;
    m_word = activity ? activity->friendlyName : tr("No work", "the person takes no tasks");
    m_isAvailable = activity && activity->available;
    setAccessibleName(tr("%1, your activity: %2").arg(m_context.caller.name, m_word));
    setToolTip(
        tr("%1 \u2013 %2. Change your activity (Ctrl+.)").arg(m_context.caller.name, m_word));
    update();
}

QSize ActivityButton::sizeHint() const
{
    return {m_context.look.px(64), m_context.look.px(72)};
}

void ActivityButton::openMenu()
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    auto *group = new QActionGroup(menu);
    const auto worker = m_context.directory.worker(m_context.caller.worker);
    std::vector<Activity> activities = m_context.directory.activities();
    std::stable_partition(activities.begin(), activities.end(),
                          [](const Activity &activity) { return activity.available; });
    for (const Activity &activity : activities) {
        QAction *action = menu->addAction(activity.friendlyName);
        action->setCheckable(true);
        action->setChecked(worker && worker->activity == activity.id);
        action->setEnabled(worker.has_value());
        group->addAction(action);
        const ActivityId id = activity.id;
        connect(action, &QAction::triggered, this, [this, id] { Q_EMIT activityWanted(id); });
    }
    menu->addSeparator();
    connect(menu->addAction(tr("Sign out")), &QAction::triggered, this,
            &ActivityButton::signOutWanted);
    menu->popup(mapToGlobal(QPoint(width(), 0)));
}

void ActivityButton::paintEvent(QPaintEvent *)
{
    const Look &look = m_context.look;
    const Theme &t = look.theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(look.font(11.5, QFont::Medium));
    painter.setPen(t.railText);
    const QRectF word(0, 0, width(), look.px(22));
    painter.drawText(word, Qt::AlignCenter,
                     painter.fontMetrics().elidedText(m_word, Qt::ElideRight, width() - 2));
    const double size = look.px(40);
    const QRectF disc((width() - size) / 2, word.bottom() + 2, size, size);
    paintAvatar(painter, look, disc, m_context.caller.name);
    const double dot = look.px(13);
    const QRectF mark(disc.right() - dot + 3, disc.bottom() - dot + 2, dot, dot);
    painter.setPen(QPen(t.rail, 2));
    painter.setBrush(m_isAvailable ? Theme::dark().success : Theme::dark().warning);
    painter.drawEllipse(mark);
    if (hasFocus() && window()->testAttribute(Qt::WA_KeyboardFocusChange))
        paintFocusRing(painter, rect(), 10, t.railActive);
}

Rail::Rail(const Context &context, QWidget *parent)
    : QWidget(parent)
    , m_context(context)
    , m_settings(new RailButton(context.look, Icon::Settings, tr("Settings"), this))
    , m_activity(new ActivityButton(context, this))
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(6, 14, 6, 12);
    column->setSpacing(8);
    m_sections = new QVBoxLayout;
    m_sections->setSpacing(6);
    column->addLayout(m_sections);
    column->addStretch();
    column->addWidget(m_settings, 0, Qt::AlignHCenter);
    column->addWidget(m_activity, 0, Qt::AlignHCenter);
    m_settings->setCheckable(true); // while one of its pages is shown
    m_settings->setAutoExclusive(true);
    connect(&context.look, &Look::changed, this, [this] { update(); });
}

RailButton *Rail::addSection(Icon icon, const QString &text)
{
    auto *button = new RailButton(m_context.look, icon, text, this);
    button->setCheckable(true);
    button->setAutoExclusive(true);
    m_sections->addWidget(button, 0, Qt::AlignHCenter);
    return button;
}

void Rail::paintEvent(QPaintEvent *)
{
    QPainter(this).fillRect(rect(), m_context.look.theme().rail);
}

} // namespace peerdesk::ui

#include "moc_rail.cpp"
