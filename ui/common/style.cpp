// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/style.h"

#include "ui/common/icons.h"
#include "ui/common/look.h"

#include <QPainter>
#include <QStyleFactory>
#include <QStyleOption>
#include <QWidget>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr double Radius = 8;

bool has(const QStyleOption &option, QStyle::StateFlag flag)
{
    return option.state.testFlag(flag);
}

bool isMarked(const QWidget *widget, const char *name)
{
    return widget && widget->property(name).toBool();
}

bool isKeyboardFocus(const QStyleOption &option)
{
    return has(option, QStyle::State_HasFocus) && has(option, QStyle::State_KeyboardFocusChange);
}

} // namespace

void paintFocusRing(QPainter &painter, const QRectF &rect, double radius, const QColor &colour)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(colour, 2));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), radius, radius);
    painter.restore();
}

Style::Style(const Look &look)
    : QProxyStyle(QStyleFactory::create(u"Fusion"_s))
    , m_look(&look)
{}

void Style::drawButton(const QStyleOption &option, QPainter &painter, const QWidget *widget) const
{
    const Theme &t = m_look->theme();
    const bool isPrimary = isMarked(widget, "primary");
    const bool isOn = has(option, State_Enabled);
    const bool isQuiet = isMarked(widget, "quiet");
    QColor fill = isPrimary ? t.accent : isQuiet ? QColor(Qt::transparent) : t.surface;
    if (isPrimary && !isOn)
        fill = t.border;
    else if (isPrimary && (has(option, State_Sunken) || has(option, State_MouseOver)))
        fill = t.isDark ? t.accent.lighter(108) : t.accent.darker(112);
    else if (has(option, State_Sunken) || has(option, State_MouseOver))
        fill = t.hover;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(isPrimary || isQuiet ? QPen(Qt::NoPen) : QPen(t.borderStrong, 1));
    painter.setBrush(fill);
    painter.drawRoundedRect(QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -0.5), Radius, Radius);
    painter.restore();
    if (isKeyboardFocus(option)) {
        const QRectF ring =
            isPrimary ? QRectF(option.rect).adjusted(3, 3, -3, -3) : QRectF(option.rect);
        paintFocusRing(painter, ring, isPrimary ? Radius - 3 : Radius,
                       isPrimary ? t.accentText : t.accent);
    }
}

/// Icon and words side by side in the middle, mirrored with the layout.
void Style::drawLabel(const QStyleOptionButton &option, QPainter &painter,
                      const QWidget *widget) const
{
    const Theme &t = m_look->theme();
    const bool isOn = has(option, State_Enabled);
    const QColor ink = !isOn                         ? t.text3
                       : isMarked(widget, "primary") ? t.accentText
                       : isMarked(widget, "quiet")   ? t.accent
                                                     : t.text;
    const int icon = option.icon.isNull() ? 0 : option.iconSize.width();
    const int gap = icon > 0 ? 6 : 0;
    const int flags = Qt::TextSingleLine | Qt::TextShowMnemonic;
    const int text = option.fontMetrics.size(flags, option.text).width();
    const int wide = qMin(option.rect.width() - 8, icon + gap + text);
    const QRect all(option.rect.center().x() - wide / 2, option.rect.top(), wide,
                    option.rect.height());
    if (icon > 0) {
        const QRect place(all.left(), all.center().y() - icon / 2, icon, icon);
        option.icon.paint(&painter, visualRect(option.direction, all, place));
    }
    const QRect words = all.adjusted(icon + gap, 0, 2, 0);
    painter.setPen(ink);
    painter.drawText(visualRect(option.direction, all, words),
                     Qt::AlignVCenter | Qt::AlignLeft | flags,
                     option.fontMetrics.elidedText(option.text, Qt::ElideRight, words.width(),
                                                   Qt::TextShowMnemonic));
}

void Style::drawToolPanel(const QStyleOption &option, QPainter &painter) const
{
    const Theme &t = m_look->theme();
    const bool isOver = has(option, State_MouseOver) && has(option, State_Enabled);
    if (isOver || has(option, State_Sunken) || has(option, State_On)) {
        painter.save();
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(has(option, State_On) ? t.select : t.hover);
        painter.drawRoundedRect(QRectF(option.rect), Radius, Radius);
        painter.restore();
    }
    if (isKeyboardFocus(option))
        paintFocusRing(painter, QRectF(option.rect), Radius, t.accent);
}

void Style::drawPrimitive(PrimitiveElement element, const QStyleOption *option, QPainter *painter,
                          const QWidget *widget) const
{
    if (!m_look)
        return QProxyStyle::drawPrimitive(element, option, painter, widget);
    const Theme &t = m_look->theme();
    if (element == PE_PanelLineEdit && widget &&
        qobject_cast<const QAbstractSpinBox *>(widget->parentWidget()))
        return painter->fillRect(option->rect, t.surface); // its box has a frame already
    if (element == PE_PanelLineEdit) {
        const bool focused = has(*option, State_HasFocus);
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(QPen(focused ? t.accent : t.borderStrong, focused ? 2 : 1));
        painter->setBrush(t.surface);
        const double inset = focused ? 1 : 0.5;
        painter->drawRoundedRect(QRectF(option->rect).adjusted(inset, inset, -inset, -inset),
                                 Radius, Radius);
        painter->restore();
        return;
    }
    if (element == PE_Frame && widget && widget->inherits("QPlainTextEdit")) {
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(QPen(has(*option, State_HasFocus) ? t.accent : t.borderStrong, 1));
        painter->setBrush(t.surface);
        painter->drawRoundedRect(QRectF(option->rect).adjusted(0.5, 0.5, -0.5, -0.5), Radius,
                                 Radius);
        painter->restore();
        return;
    }
    if (element == PE_IndicatorCheckBox)
        return drawCheckBox(*option, *painter);
    if (element == PE_PanelButtonTool)
        return drawToolPanel(*option, *painter);
    if (element == PE_FrameFocusRect || element == PE_FrameLineEdit)
        return;
    QProxyStyle::drawPrimitive(element, option, painter, widget);
}

void Style::drawControl(ControlElement element, const QStyleOption *option, QPainter *painter,
                        const QWidget *widget) const
{
    if (!m_look)
        return QProxyStyle::drawControl(element, option, painter, widget);
    const Theme &t = m_look->theme();
    if (element == CE_PushButtonBevel)
        return drawButton(*option, *painter, widget);
    if (element == CE_Splitter) {
        painter->fillRect(option->rect, t.border);
        return;
    }
    if (element == CE_PushButtonLabel) {
        if (const auto *button = qstyleoption_cast<const QStyleOptionButton *>(option))
            return drawLabel(*button, *painter, widget);
    }
    QProxyStyle::drawControl(element, option, painter, widget);
}

/// The ring around the keyboard's one is the outline itself: the words beside it stand close.
void Style::drawCheckBox(const QStyleOption &option, QPainter &painter) const
{
    const Theme &t = m_look->theme();
    const bool isOn = has(option, State_On);
    const bool isFocused = has(option, State_HasFocus) && has(option, State_KeyboardFocusChange);
    const bool isEnabled = has(option, State_Enabled);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF box = QRectF(option.rect).adjusted(1, 1, -1, -1);
    painter.setPen(QPen(isFocused || isOn ? t.accent
                        : isEnabled       ? t.borderStrong
                                          : t.border,
                        isFocused ? 2 : 1));
    painter.setBrush(isOn ? t.accent : t.surface);
    painter.drawRoundedRect(box, 4, 4);
    if (isOn) {
        painter.setPen(QPen(t.accentText, 2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        const auto at = [&](double x, double y) {
            return QPointF(box.left() + x * box.width(), box.top() + y * box.height());
        };
        painter.drawPolyline(QPolygonF{at(0.22, 0.52), at(0.42, 0.72), at(0.78, 0.3)});
    }
    painter.restore();
}

void Style::drawScrollBar(const QStyleOptionComplex &option, QPainter &painter,
                          const QWidget *widget) const
{
    const Theme &t = m_look->theme();
    QRectF thumb = proxy()->subControlRect(CC_ScrollBar, &option, SC_ScrollBarSlider, widget);
    thumb.adjust(2, 2, -2, -2);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    const bool isHeld = has(option, State_MouseOver) || has(option, State_Sunken);
    painter.setBrush(isHeld ? t.borderStrong : t.border);
    const double radius = qMin(thumb.width(), thumb.height()) / 2;
    painter.drawRoundedRect(thumb, radius, radius);
    painter.restore();
}

void Style::drawCombo(const QStyleOption &option, QPainter &painter) const
{
    const Theme &t = m_look->theme();
    const bool isFocused = has(option, State_HasFocus);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(isFocused ? t.accent : t.borderStrong, isFocused ? 2 : 1));
    painter.setBrush(has(option, State_MouseOver) ? t.hover : t.surface);
    const double inset = isFocused ? 1 : 0.5;
    painter.drawRoundedRect(QRectF(option.rect).adjusted(inset, inset, -inset, -inset), Radius,
                            Radius);
    const int size = m_look->px(16);
    const QRect arrow(option.rect.right() - size - 8, option.rect.center().y() - size / 2, size,
                      size);
    paintIcon(painter, Icon::Down, visualRect(option.direction, option.rect, arrow), t.text2);
    painter.restore();
}

void Style::drawComplexControl(ComplexControl control, const QStyleOptionComplex *option,
                               QPainter *painter, const QWidget *widget) const
{
    if (m_look && control == CC_ComboBox)
        return drawCombo(*option, *painter);
    const auto *slider = qstyleoption_cast<const QStyleOptionSlider *>(option);
    if (m_look && control == CC_ScrollBar && slider) {
        if (slider->maximum > slider->minimum)
            drawScrollBar(*option, *painter, widget);
        return;
    }
    QProxyStyle::drawComplexControl(control, option, painter, widget);
    if (!m_look || control != CC_SpinBox)
        return;
    const Theme &t = m_look->theme();
    const bool isFocused = has(*option, State_HasFocus);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(QPen(isFocused ? t.accent : t.borderStrong, isFocused ? 2 : 1));
    painter->setBrush(Qt::NoBrush);
    painter->drawRoundedRect(QRectF(option->rect).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);
    painter->restore();
}

QRect Style::subControlRect(ComplexControl control, const QStyleOptionComplex *option,
                            SubControl part, const QWidget *widget) const
{
    if (m_look && control == CC_ComboBox && part == SC_ComboBoxEditField)
        return visualRect(option->direction, option->rect,
                          option->rect.adjusted(8, 2, -m_look->px(16) - 12, -2));
    const auto *bar = qstyleoption_cast<const QStyleOptionSlider *>(option);
    if (control != CC_ScrollBar || !bar)
        return QProxyStyle::subControlRect(control, option, part, widget);
    if (part == SC_ScrollBarAddLine || part == SC_ScrollBarSubLine)
        return {};
    const bool isFlat = bar->orientation == Qt::Horizontal;
    const int length = isFlat ? option->rect.width() : option->rect.height();
    if (part == SC_ScrollBarGroove)
        return option->rect;
    const qint64 span = qint64(bar->maximum) - bar->minimum;
    const int thumb =
        span <= 0
            ? length
            : qBound(36, int(qint64(bar->pageStep) * length / (span + bar->pageStep)), length);
    const int start = sliderPositionFromValue(bar->minimum, bar->maximum, bar->sliderPosition,
                                              length - thumb, bar->upsideDown);
    const auto slice = [&](int from, int size) {
        return isFlat ? QRect(from, 0, size, option->rect.height())
                      : QRect(0, from, option->rect.width(), size);
    };
    if (part == SC_ScrollBarSlider)
        return slice(start, thumb);
    if (part == SC_ScrollBarSubPage)
        return slice(0, start);
    if (part == SC_ScrollBarAddPage)
        return slice(start + thumb, length - start - thumb);
    return {};
}

QRect Style::subElementRect(SubElement element, const QStyleOption *option,
                            const QWidget *widget) const
{
    const QRect rect = QProxyStyle::subElementRect(element, option, widget);
    return element == SE_LineEditContents ? rect.adjusted(6, 0, -6, 0) : rect;
}

int Style::pixelMetric(PixelMetric metric, const QStyleOption *option, const QWidget *widget) const
{
    switch (metric) {
    case PM_ScrollBarExtent:
        return 10;
    case PM_SplitterWidth:
        return 1;
    case PM_DefaultFrameWidth:
        return widget && widget->inherits("QPlainTextEdit")
                   ? 5
                   : QProxyStyle::pixelMetric(metric, option, widget);
    case PM_ScrollView_ScrollBarSpacing:
    case PM_ButtonShiftHorizontal:
    case PM_ButtonShiftVertical:
        return 0;
    default:
        return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

QSize Style::sizeFromContents(ContentsType type, const QStyleOption *option, const QSize &size,
                              const QWidget *widget) const
{
    QSize result = QProxyStyle::sizeFromContents(type, option, size, widget);
    if (!m_look)
        return result;
    if (type == CT_PushButton)
        result = QSize(qMax(size.width() + 28, m_look->px(48)),
                       qMax(size.height() + 12, qMax(32, m_look->px(34))));
    else if (type == CT_LineEdit)
        result.setHeight(qMax(result.height(), m_look->px(34)));
    else if (type == CT_ComboBox || type == CT_SpinBox)
        result = result.expandedTo(QSize(size.width() + m_look->px(48), m_look->px(34)));
    else if (type == CT_ToolButton)
        result = result.expandedTo(QSize(34, 34));
    else if (type == CT_MenuItem)
        result.setHeight(qMax(result.height(), m_look->px(32)));
    return result;
}

int Style::styleHint(StyleHint hint, const QStyleOption *option, const QWidget *widget,
                     QStyleHintReturn *returned) const
{
    if (hint == SH_ToolTip_WakeUpDelay)
        return 500;
    if (hint == SH_ItemView_ActivateItemOnSingleClick)
        return 0;
    return QProxyStyle::styleHint(hint, option, widget, returned);
}

} // namespace peerdesk::ui

#include "moc_style.cpp"
