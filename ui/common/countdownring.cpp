// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/countdownring.h"

#include <QFontMetricsF>
#include <QPainter>

namespace peerdesk::ui {

namespace {
constexpr Milliseconds WarnAt{5000};
}

CountdownRing::CountdownRing(const Look &look, QWidget *parent)
    : QWidget(parent)
    , m_look(look)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    connect(&look, &Look::changed, this, [this] { updateGeometry(); });
}

void CountdownRing::setTime(Milliseconds remaining, Milliseconds total)
{
    m_remaining = qMax(Milliseconds(0), remaining);
    m_total = qMax(Milliseconds(1), total);
    setAccessibleName(tr("%1 s left").arg((m_remaining.count() + 999) / 1000));
    update();
}

QSize CountdownRing::sizeHint() const
{
    return {m_look.px(52), m_look.px(52)};
}

void CountdownRing::paintEvent(QPaintEvent *)
{
    const Theme &t = m_look.theme();
    const QColor ink = m_remaining <= WarnAt ? t.warning : t.accent;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF ring = QRectF(rect()).adjusted(4, 4, -4, -4);
    painter.setPen(QPen(t.border, 4));
    painter.drawEllipse(ring);
    painter.setPen(QPen(ink, 4, Qt::SolidLine, Qt::FlatCap));
    const double share = qMin(1.0, double(m_remaining.count()) / double(m_total.count()));
    painter.drawArc(ring, 90 * 16, -qRound(360 * 16 * share));

    const QString digits = QString::number((m_remaining.count() + 999) / 1000);
    painter.setFont(m_look.font(16, QFont::DemiBold));
    const QFontMetricsF metrics(painter.font());
    double cell = 0;
    for (char digit = '0'; digit <= '9'; ++digit)
        cell = qMax(cell, metrics.horizontalAdvance(QLatin1Char(digit)));
    painter.setPen(m_remaining <= WarnAt ? t.warning : t.text);
    double x = ring.center().x() - cell * double(digits.size()) / 2;
    for (const QChar digit : digits) {
        painter.drawText(QRectF(x, ring.top(), cell, ring.height()), Qt::AlignCenter, digit);
        x += cell;
    }
}

} // namespace peerdesk::ui

#include "moc_countdownring.cpp"
