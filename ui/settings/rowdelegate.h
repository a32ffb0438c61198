// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/common/look.h"

#include <QStyledItemDelegate>

#include <functional>

namespace peerdesk::ui {

/// Paints a row of a settings list: a picture, a name with a remark at the other side, and one or
/// two lines below. What does not fit is elided. Heights follow the text size.
class RowDelegate : public QStyledItemDelegate
{
    Q_OBJECT

public:
    struct Words
    {
        QString name;
        QString remark; ///< at the far end of the name's line
        QString state;
        Ink stateInk = Ink::Text2;
        QString more; ///< a third line
        bool isFaint = false;
    };
    struct Parts
    {
        std::function<void(QPainter &, const QRect &, int row)> paintPicture;
        std::function<Words(int row)> words;
        int lines = 2;
    };

    RowDelegate(const Look &look, Parts parts, QObject *parent);
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const override;

private:
    void paintWords(QPainter &painter, const QStyleOptionViewItem &option, const QRect &place,
                    const Words &words) const;

    const Look &m_look;
    Parts m_parts;
};

} // namespace peerdesk::ui
