// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/widgets.h"

#include "ui/common/style.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QPaintEvent>
#include <QStyleOptionTab>

namespace peerdesk::ui {

Label::Label(const Look &look, Style style, const QString &text, QWidget *parent)
    : QLabel(text, parent)
    , m_look(look)
    , m_style(style)
{
    setTextFormat(Qt::PlainText);
    setForegroundRole(QPalette::WindowText); // also on panes in the base colour
    setWordWrap(style.wraps);
    restyle();
    connect(&look, &Look::changed, this, &Label::restyle);
}

void Label::setInk(Ink ink)
{
    m_style.ink = ink;
    restyle();
}

void Label::restyle()
{
    setFont(m_look.font(m_style.size, m_style.weight));
    QPalette p = palette();
    p.setColor(QPalette::WindowText, m_look.ink(m_style.ink));
    setPalette(p);
}

QSize Label::minimumSizeHint() const
{
    const QSize hint = QLabel::minimumSizeHint();
    return m_style.elides ? QSize(m_look.px(24), hint.height()) : hint;
}

void Label::paintEvent(QPaintEvent *event)
{
    if (!m_style.elides)
        return QLabel::paintEvent(event);
    const QString shown = fontMetrics().elidedText(text(), Qt::ElideRight, width());
    setToolTip(shown == text() ? QString() : text());
    QPainter painter(this);
    painter.setPen(palette().color(QPalette::WindowText));
    painter.drawText(rect(), int(alignment()) | Qt::TextSingleLine, shown);
}

Button::Button(const Look &look, Kind kind, const QString &text, QWidget *parent)
    : QPushButton(text, parent)
    , m_look(look)
    , m_kind(kind)
{
    setProperty("primary", kind == Kind::Primary);
    setProperty("quiet", kind == Kind::Quiet);
    setAutoDefault(false);
    restyle();
    connect(&look, &Look::changed, this, &Button::restyle);
}

void Button::setShape(Icon icon)
{
    m_icon = icon;
    restyle();
}

void Button::restyle()
{
    setFont(m_look.font(13, m_kind == Kind::Plain ? QFont::Medium : QFont::DemiBold));
    const int size = m_look.px(17);
    setIconSize({size, size});
    if (m_icon)
        setIcon(makeIcon(*m_icon,
                         m_look.ink(m_kind == Kind::Primary ? Ink::AccentText : Ink::Text2), size));
}

IconButton::IconButton(const Look &look, Icon icon, const QString &name, QWidget *parent)
    : QToolButton(parent)
    , m_look(look)
    , m_icon(icon)
{
    setAutoRaise(true);
    setFocusPolicy(Qt::TabFocus);
    setShape(icon, name);
    connect(&look, &Look::changed, this, &IconButton::restyle);
}

void IconButton::setShape(Icon icon, const QString &name)
{
    m_icon = icon;
    setToolTip(name);
    setAccessibleName(name);
    restyle();
}

void IconButton::setDirectional(bool on)
{
    m_isDirectional = on;
    restyle();
}

void IconButton::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::LayoutDirectionChange)
        restyle();
    QToolButton::changeEvent(event);
}

void IconButton::restyle()
{
    const int size = m_look.px(19);
    setIconSize({size, size});
    setFont(m_look.font(13, QFont::Medium));
    setIcon(makeIcon(m_icon, m_look.ink(Ink::Text2), size,
                     m_isDirectional && layoutDirection() == Qt::RightToLeft));
}

Segments::Segments(const Look &look, QWidget *parent)
    : QTabBar(parent)
    , m_look(look)
{
    setDrawBase(false);
    setExpanding(true);
    setUsesScrollButtons(false);
    setElideMode(Qt::ElideRight);
    setFont(look.font(12.5, QFont::Medium));
    setMouseTracking(true);
    connect(&look, &Look::changed, this, [this] {
        setFont(m_look.font(12.5, QFont::Medium));
        updateGeometry();
    });
}

QSize Segments::tabSizeHint(int index) const
{
    const int height = qMax(32, m_look.px(32));
    return {fontMetrics().horizontalAdvance(tabText(index)) + m_look.px(22), height};
}

QSize Segments::minimumTabSizeHint(int index) const
{
    return {m_look.px(40), tabSizeHint(index).height()};
}

QSize Segments::sizeHint() const
{
    int width = 0;
    for (int i = 0; i < count(); ++i)
        width += tabSizeHint(i).width();
    return {width, qMax(32, m_look.px(32))};
}

QSize Segments::minimumSizeHint() const
{
    return {m_look.px(40) * count(), qMax(32, m_look.px(32))};
}

void Segments::paintEvent(QPaintEvent *)
{
    const Theme &t = m_look.theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(t.hover);
    painter.drawRoundedRect(rect(), 8, 8);
    for (int i = 0; i < count(); ++i) {
        const QRectF tab = QRectF(tabRect(i)).adjusted(3, 3, -3, -3);
        const bool isCurrent = i == currentIndex();
        if (isCurrent) {
            painter.setPen(QPen(t.border, 1));
            painter.setBrush(t.isDark ? t.select : t.surface);
            painter.drawRoundedRect(tab.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
        }
        painter.setFont(m_look.font(12.5, isCurrent ? QFont::DemiBold : QFont::Medium));
        painter.setPen(isCurrent ? t.text : t.text2);
        const QString text =
            painter.fontMetrics().elidedText(tabText(i), Qt::ElideRight, int(tab.width()) - 4);
        painter.drawText(tab, Qt::AlignCenter | Qt::TextSingleLine, text);
        if (isCurrent && hasFocus() && window()->testAttribute(Qt::WA_KeyboardFocusChange))
            paintFocusRing(painter, tab, 6, t.accent);
    }
}

Avatar::Avatar(const Look &look, double size, QWidget *parent)
    : QWidget(parent)
    , m_look(look)
    , m_size(size)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    connect(&look, &Look::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void Avatar::setPerson(const QString &name, const QString &channel)
{
    m_name = name;
    m_channel = channel;
    setToolTip(channel.isEmpty() ? QString() : channelName(channel));
    update();
}

QSize Avatar::sizeHint() const
{
    const int size = m_look.px(m_size) + 4;
    return {size, size};
}

void Avatar::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const double size = m_look.px(m_size);
    paintAvatar(painter, m_look, QRectF(0, 0, size, size), m_name);
    if (m_channel.isEmpty())
        return;
    const double badge = m_look.px(17);
    const bool isMirrored = layoutDirection() == Qt::RightToLeft;
    const double x = isMirrored ? 2 : size - badge + 2;
    paintChannelBadge(painter, m_look, QRectF(x, size - badge + 2, badge, badge), m_channel,
                      m_look.theme().surface);
}

ChipLabel::ChipLabel(const Look &look, QWidget *parent)
    : QWidget(parent)
    , m_look(look)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    connect(&look, &Look::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void ChipLabel::setChip(const QString &text, Tone tone, bool hasClock)
{
    if (m_text == text && m_tone == tone && m_hasClock == hasClock)
        return;
    m_text = text;
    m_tone = tone;
    m_hasClock = hasClock;
    setAccessibleName(text);
    updateGeometry();
    update();
}

Chip ChipLabel::chip() const
{
    const Theme &t = m_look.theme();
    switch (m_tone) {
    case Tone::Neutral:
        return {m_text, t.text2, t.hover, m_hasClock};
    case Tone::Warning:
        return {m_text, t.warning, t.warningBg, m_hasClock};
    case Tone::Danger:
        return {m_text, t.danger, t.dangerBg, m_hasClock};
    case Tone::Success:
        return {m_text, t.success, t.successBg, m_hasClock};
    }
    return {};
}

QSize ChipLabel::sizeHint() const
{
    return {qRound(chipWidth(m_look, chip()) + 0.5), qRound(chipHeight(m_look))};
}

QSize ChipLabel::minimumSizeHint() const
{
    return sizeHint();
}

void ChipLabel::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    paintChip(painter, m_look, QRectF(rect()), chip());
}

ChannelBadge::ChannelBadge(const Look &look, const QString &channel, QWidget *parent)
    : QWidget(parent)
    , m_look(look)
    , m_channel(channel)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setToolTip(channelName(channel));
    setAccessibleName(channelName(channel));
}

QSize ChannelBadge::sizeHint() const
{
    const int size = m_look.px(22) + 2;
    return {size, size};
}

void ChannelBadge::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const Theme &t = m_look.theme();
    paintChannelBadge(painter, m_look, QRectF(rect()).adjusted(1, 1, -1, -1), m_channel,
                      t.isDark ? t.badgeRing : QColor());
}

Strip::Strip(const Look &look, QWidget *parent)
    : QWidget(parent)
    , m_look(look)
    , m_text(new Label(look, {13, QFont::Medium, Ink::Text, false, true}, {}, this))
    , m_action(new Button(look, Button::Kind::Plain, {}, this))
    , m_other(new Button(look, Button::Kind::Quiet, {}, this))
{
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(16, 5, 16, 5);
    row->addSpacing(look.px(34));
    row->addWidget(m_text, 1);
    row->addWidget(m_action);
    row->addWidget(m_other);
    setMinimumHeight(look.px(34));
    connect(m_action, &QPushButton::clicked, this, &Strip::actionTriggered);
    connect(m_other, &QPushButton::clicked, this, &Strip::otherTriggered);
    connect(&look, &Look::changed, this, [this] { update(); });
    hide();
}

void Strip::setOtherAction(const QString &action)
{
    m_other->setText(action);
    m_other->setVisible(!action.isEmpty());
}

void Strip::clear()
{
    setMessage(Tone::Info, Icon::Eye, {});
}

void Strip::setMessage(Tone tone, Icon icon, const QString &text, const QString &action)
{
    m_tone = tone;
    m_icon = icon;
    m_text->setText(text);
    m_text->setInk(tone == Tone::Info      ? Ink::Text
                   : tone == Tone::Warning ? Ink::Warning
                                           : Ink::Danger);
    m_action->setText(action);
    m_action->setVisible(!action.isEmpty());
    setOtherAction({});
    setVisible(!text.isEmpty());
    update();
}

QString Strip::text() const
{
    return m_text->text();
}

void Strip::paintEvent(QPaintEvent *)
{
    const Theme &t = m_look.theme();
    QPainter painter(this);
    const QColor ground = m_tone == Tone::Info      ? t.infoBg
                          : m_tone == Tone::Warning ? t.warningBg
                                                    : t.dangerBg;
    painter.fillRect(rect(), ground);
    const QColor ink = m_tone == Tone::Info      ? t.text2
                       : m_tone == Tone::Warning ? t.warning
                                                 : t.danger;
    const double size = m_look.px(18);
    const double x = layoutDirection() == Qt::RightToLeft ? width() - 24 - size : 24;
    paintIcon(painter, m_icon, QRectF(x, (height() - size) / 2, size, size), ink);
}

FlowLayout::FlowLayout(int spacing)
    : m_spacing(spacing)
{
    setContentsMargins(0, 0, 0, 0);
}

FlowLayout::~FlowLayout() = default;

void FlowLayout::addItem(QLayoutItem *item)
{
    m_items.emplace_back(item);
}

int FlowLayout::count() const
{
    return int(m_items.size());
}

QLayoutItem *FlowLayout::itemAt(int index) const
{
    return index >= 0 && index < count() ? m_items[size_t(index)].get() : nullptr;
}

QLayoutItem *FlowLayout::takeAt(int index)
{
    if (index < 0 || index >= count())
        return nullptr;
    QLayoutItem *item = m_items[size_t(index)].release();
    m_items.erase(m_items.begin() + index);
    return item;
}

int FlowLayout::heightForWidth(int width) const
{
    return arrange(QRect(0, 0, width, 0), true);
}

QSize FlowLayout::sizeHint() const
{
    return minimumSize();
}

QSize FlowLayout::minimumSize() const
{
    QSize size;
    for (const auto &item : m_items)
        size = size.expandedTo(item->minimumSize());
    return size;
}

void FlowLayout::setGeometry(const QRect &rect)
{
    QLayout::setGeometry(rect);
    arrange(rect, false);
}

int FlowLayout::arrange(const QRect &rect, bool isTrial) const
{
    const Qt::LayoutDirection direction =
        parentWidget() ? parentWidget()->layoutDirection() : Qt::LeftToRight;
    int x = 0;
    int y = 0;
    int line = 0;
    for (const auto &item : m_items) {
        if (item->isEmpty())
            continue;
        const QSize size = item->sizeHint();
        if (x > 0 && x + size.width() > rect.width()) {
            x = 0;
            y += line + m_spacing;
            line = 0;
        }
        if (!isTrial)
            item->setGeometry(QStyle::visualRect(
                direction, rect,
                QRect(rect.left() + x, rect.top() + y, size.width(), size.height())));
        x += size.width() + m_spacing;
        line = qMax(line, size.height());
    }
    return y + line;
}

Line::Line(const Look &look, Qt::Orientation orientation, QWidget *parent)
    : QWidget(parent)
    , m_look(look)
{
    orientation == Qt::Horizontal ? setFixedHeight(1) : setFixedWidth(1);
    connect(&look, &Look::changed, this, [this] { update(); });
}

void Line::paintEvent(QPaintEvent *)
{
    QPainter(this).fillRect(rect(), m_look.theme().border);
}

} // namespace peerdesk::ui

#include "moc_widgets.cpp"
