// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/opening.h"

#include <QPainter>
#include <QStyle>
#include <QTimer>

namespace peerdesk::desktop {

namespace {

// As the window has them, until somebody moves them.
constexpr int RailButtonWidth = 56;
constexpr int RailMargin = 10;
constexpr int ListWidth = 348;
constexpr int CardWidth = 316;
constexpr int StatusHeight = 34;
/// Before that words would only flash.
constexpr int WordsAfterMs = 500;

} // namespace

Opening::Opening(const ui::Look &look, const QSize &size)
    : m_look(look)
{
    setWindowTitle(tr("Peerdesk"));
    setAttribute(Qt::WA_OpaquePaintEvent);
    resize(size);
    QTimer::singleShot(WordsAfterMs, this, [this] {
        m_isLong = true;
        setAccessibleName(tr("The office is being opened"));
        update();
    });
}

void Opening::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const ui::Theme &theme = m_look.theme();
    const int rail = m_look.px(RailButtonWidth) + 2 * RailMargin;
    const int list = m_look.px(ListWidth);
    const int card = m_look.px(CardWidth);
    const int status = m_look.px(StatusHeight);
    const auto strip = [&](const QRect &area, const QColor &colour) {
        painter.fillRect(QStyle::visualRect(layoutDirection(), rect(), area), colour);
    };
    const int high = height() - status;
    painter.fillRect(rect(), theme.surface);
    strip({0, 0, rail, high}, theme.rail);
    strip({rail + list, 0, 1, high}, theme.border);
    strip({width() - card - 1, 0, 1, high}, theme.border);
    strip({0, high, width(), status}, theme.window);
    if (!std::exchange(m_hasAppeared, true))
        Q_EMIT appeared();
    if (!m_isLong)
        return;
    painter.setPen(theme.text2);
    painter.setFont(m_look.font(14));
    painter.drawText(rect(), Qt::AlignCenter, tr("Opening the office\u2026"));
}

} // namespace peerdesk::desktop

#include "moc_opening.cpp"
