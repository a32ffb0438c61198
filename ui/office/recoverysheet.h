// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPainter>
#include <QStringList>

namespace peerdesk::ui {

/// What is printed for the office's safe.
struct RecoverySheet
{
    QString office;
    QStringList words; ///< 24
    QString printedOn; ///< a day, for people
};

/// Black on white over `page`, in a font of `point` device pixels for body text.
void paintSheet(QPainter &painter, const QRectF &page, double point, const RecoverySheet &sheet);

} // namespace peerdesk::ui
