// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/shortcutsheet.h"

#include "ui/common/widgets.h"

#include <QGridLayout>
#include <QScrollArea>

namespace peerdesk::ui {

ShortcutSheet::ShortcutSheet(const Look &look, const Shortcuts &shortcuts, QWidget *parent)
    : QDialog(parent)
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Shortcuts"));
    auto *area = new QScrollArea(this);
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    auto *body = new QWidget;
    auto *grid = new QGridLayout(body);
    grid->setContentsMargins(20, 12, 20, 12);
    grid->setHorizontalSpacing(32);
    grid->setVerticalSpacing(6);
    QString group;
    int row = 0;
    for (const Shortcuts::Entry &entry : shortcuts.entries()) {
        if (entry.action->shortcut().isEmpty())
            continue;
        if (entry.group != group) {
            group = entry.group;
            grid->setRowMinimumHeight(row++, 6);
            grid->addWidget(new Label(look, {14, QFont::DemiBold, Ink::Text}, group), row++, 0, 1,
                            2);
        }
        grid->addWidget(new Label(look, {13, QFont::Normal, Ink::Text}, entry.action->text()), row,
                        0);
        grid->addWidget(new Label(look, {13, QFont::Medium, Ink::Text2},
                                  entry.action->shortcut().toString(QKeySequence::NativeText)),
                        row++, 1);
    }
    area->setWidget(body);
    auto *close = new Button(look, Button::Kind::Plain, tr("Close"), this);
    connect(close, &QPushButton::clicked, this, &QDialog::close);
    auto *column = new QVBoxLayout(this);
    column->addWidget(area, 1);
    column->addWidget(close, 0, Qt::AlignRight);
    resize(520, 560);
}

} // namespace peerdesk::ui

#include "moc_shortcutsheet.cpp"
