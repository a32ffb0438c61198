// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/office/recoverysheet.h"

#include "ui/common/paint.h"

#include <QCoreApplication>

namespace peerdesk::ui {

namespace {

constexpr int SheetColumns = 4;

struct SheetText
{
    Q_DECLARE_TR_FUNCTIONS(peerdesk::ui::RecoverySheet)
};

/// Draws `text` from the top of `left` on and takes its height, and some air, away from `left`.
void write(QPainter &painter, QRectF &left, const QString &text, double size, int weight)
{
    QFont font = painter.font();
    font.setPixelSize(std::max(1, int(size)));
    font.setWeight(QFont::Weight(weight));
    painter.setFont(font);
    const int flags = Qt::TextWordWrap | Qt::AlignTop | Qt::AlignLeading;
    QRectF drawn;
    painter.drawText(left, flags, text, &drawn);
    left.setTop(drawn.bottom() + size);
}

} // namespace

void paintSheet(QPainter &painter, const QRectF &page, double point, const RecoverySheet &sheet)
{
    painter.save();
    painter.setPen(Qt::black);
    QRectF left = page;
    write(painter, left, SheetText::tr("Recovery sheet of %1").arg(isolate(sheet.office)),
          point * 2, QFont::Bold);
    write(painter, left,
          SheetText::tr(
              "If PCs of the office are gone for good and so few are left that it does not go "
              "on by itself, one of those may go on without the others: Settings > Office, or "
              "the line above the inbox. Where Peerdesk then says that the PC does not have "
              "the office's recovery key, type these words."),
          point, QFont::Normal);
    const QRectF grid = left;
    const double cell = grid.width() / SheetColumns;
    const double line = point * 2.2;
    for (int i = 0; i < int(sheet.words.size()); ++i) { // from left to right in every language
        left = QRectF(grid.left() + cell * (i % SheetColumns),
                      grid.top() + line * (i / SheetColumns), cell, line);
        write(painter, left, QStringLiteral("%1. %2").arg(i + 1).arg(sheet.words[i]), point * 1.3,
              QFont::DemiBold);
    }
    const auto lines = double((sheet.words.size() + SheetColumns - 1) / SheetColumns);
    left = grid;
    left.setTop(grid.top() + line * lines + point);
    write(painter, left,
          SheetText::tr(
              "Lock it away and show it to nobody: with it and one of the office's PCs anybody "
              "can take the office over. When a PC is removed from the office the words "
              "change: print a new sheet then and destroy this one."),
          point, QFont::Normal);
    write(painter, left, SheetText::tr("Printed on %1").arg(sheet.printedOn), point, QFont::Normal);
    painter.restore();
}

} // namespace peerdesk::ui
