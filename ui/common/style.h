// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointer>
#include <QProxyStyle>

class QStyleOptionButton;

namespace peerdesk::ui {

class Look;

/// Fusion with our buttons, fields, scroll bars and focus rings. A push button with the dynamic
/// property "primary" is filled; "quiet" has no outline; "offer" keeps the look's hit size.
class Style final : public QProxyStyle
{
    Q_OBJECT

public:
    explicit Style(const Look &look);

    void drawPrimitive(PrimitiveElement element, const QStyleOption *option, QPainter *painter,
                       const QWidget *widget) const override;
    void drawControl(ControlElement element, const QStyleOption *option, QPainter *painter,
                     const QWidget *widget) const override;
    void drawComplexControl(ComplexControl control, const QStyleOptionComplex *option,
                            QPainter *painter, const QWidget *widget) const override;
    int pixelMetric(PixelMetric metric, const QStyleOption *option,
                    const QWidget *widget) const override;
    QSize sizeFromContents(ContentsType type, const QStyleOption *option, const QSize &size,
                           const QWidget *widget) const override;
    QRect subElementRect(SubElement element, const QStyleOption *option,
                         const QWidget *widget) const override;
    int styleHint(StyleHint hint, const QStyleOption *option, const QWidget *widget,
                  QStyleHintReturn *returned) const override;
    QRect subControlRect(ComplexControl control, const QStyleOptionComplex *option, SubControl part,
                         const QWidget *widget) const override;

private:
    void drawButton(const QStyleOption &option, QPainter &painter, const QWidget *widget) const;
    void drawLabel(const QStyleOptionButton &option, QPainter &painter,
                   const QWidget *widget) const;
    void drawCombo(const QStyleOption &option, QPainter &painter) const;
    void drawCheckBox(const QStyleOption &option, QPainter &painter) const;
    void drawToolPanel(const QStyleOption &option, QPainter &painter) const;
    void drawScrollBar(const QStyleOptionComplex &option, QPainter &painter,
                       const QWidget *widget) const;

    QPointer<const Look> m_look;
};

/// A 2-pixel ring in the accent colour inside `rect`.
void paintFocusRing(QPainter &painter, const QRectF &rect, double radius, const QColor &colour);

} // namespace peerdesk::ui
