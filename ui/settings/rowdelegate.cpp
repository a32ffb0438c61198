// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/rowdelegate.h"

#include "ui/common/style.h"

#include <QPainter>

namespace peerdesk::ui {

RowDelegate::RowDelegate(const Look &look, Parts parts, QObject *parent)
    : QStyledItemDelegate(parent)
    , m_look(look)
    , m_parts(std::move(parts))
{}

QSize RowDelegate::sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const
{
    return {m_look.px(200), m_look.px(22 + 20 * m_parts.lines)};
}

void RowDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option,
                        const QModelIndex &index) const
{
    const Theme &t = m_look.theme();
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setLayoutDirection(option.direction);
    const QRectF ground = QRectF(option.rect).adjusted(8, 1, -8, -1);
    if (option.state & (QStyle::State_Selected | QStyle::State_MouseOver)) {
        painter->setPen(Qt::NoPen);
        painter->setBrush(option.state & QStyle::State_Selected ? t.select : t.hover);
        painter->drawRoundedRect(ground, 10, 10);
    }
    const int size = m_look.px(40);
    const QRect picture(option.rect.left() + 20, option.rect.center().y() - size / 2, size, size);
    const Words words = m_parts.words(index.row());
    painter->setOpacity(words.isFaint ? 0.5 : 1);
    m_parts.paintPicture(*painter, QStyle::visualRect(option.direction, option.rect, picture),
                         index.row());
    painter->setOpacity(1);
    paintWords(*painter, option,
               QRect(picture.right() + 14, option.rect.top(),
                     option.rect.right() - picture.right() - 34, option.rect.height()),
               words);
    painter->restore();
}

void RowDelegate::paintWords(QPainter &painter, const QStyleOptionViewItem &option,
                             const QRect &place, const Words &words) const
{
    const Theme &t = m_look.theme();
    const auto line = [&](const QRect &at, Qt::Alignment side, const QString &text) {
        painter.drawText(QStyle::visualRect(option.direction, option.rect, at),
                         int(Qt::AlignVCenter | side) | Qt::TextSingleLine,
                         painter.fontMetrics().elidedText(text, Qt::ElideRight, at.width()));
    };
    QRect upper(place.left(), place.top() + m_look.px(9), place.width(), m_look.px(22));
    const QRect lower(place.left(), upper.bottom() + 1, place.width(), m_look.px(20));
    const QRect last(place.left(), lower.bottom() + 1, place.width(), m_look.px(20));
    painter.setFont(m_look.font(12.5));
    painter.setPen(t.text3);
    if (!words.remark.isEmpty()) {
        const int wide = painter.fontMetrics().horizontalAdvance(words.remark) + 2;
        line(upper, Qt::AlignRight, words.remark);
        upper.setWidth(qMax(m_look.px(40), upper.width() - wide - 10));
    }
    painter.setFont(m_look.font(14, QFont::DemiBold));
    painter.setPen(words.isFaint ? t.text3 : t.text);
    line(upper, Qt::AlignLeft, words.name);
    painter.setFont(m_look.font(13, QFont::Medium));
    painter.setPen(m_look.ink(words.stateInk));
    line(lower, Qt::AlignLeft, words.state);
    painter.setFont(m_look.font(12.5));
    painter.setPen(t.text3);
    if (m_parts.lines > 2)
        line(last, Qt::AlignLeft, words.more);
}

} // namespace peerdesk::ui

#include "moc_rowdelegate.cpp"
