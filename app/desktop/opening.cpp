// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/opening.h"

#include <QPainter>
#include <QStyle>
#include <QTimer>

namespace peerdesk::desktop {

namespace {

constexpr int RailWidth = 72;
constexpr int ListWidth = 348;
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
    painter.fillRect(rect(), theme.window);
    const auto strip = [this](int left, int wide) {
        const QRect area(m_look.px(left), 0, m_look.px(wide), height());
        return QStyle::visualRect(layoutDirection(), rect(), area);
    };
    painter.fillRect(strip(0, RailWidth), theme.rail);
    painter.fillRect(strip(RailWidth, ListWidth), theme.surface);
    if (!std::exchange(m_hasAppeared, true))
        Q_EMIT appeared();
    if (!m_isLong)
        return;
    painter.setPen(theme.text2);
    painter.setFont(m_look.font(14));
    painter.drawText(rect(), Qt::AlignCenter, tr("Opening the office\u2026"));
}

} // namespace peerdesk::desktop
