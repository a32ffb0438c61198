// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/office/askerrow.h"

#include "ui/common/paint.h"

#include <QHBoxLayout>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

AskerRow::AskerRow(const Look &look, const api::Asker &asker, QWidget *parent)
    : QWidget(parent)
{
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(10);
    auto *left = new QVBoxLayout;
    left->setSpacing(2);
    // As on the other screen, and read from left to right in every language.
    const QString words = isolateLtr(asker.words.join(u" \u2013 "_s));
    left->addWidget(new Label(look, {17, QFont::Bold, Ink::Text, false, true}, words, this));
    left->addWidget(new Label(look, {13, QFont::Normal, Ink::Text2, false, true},
                              tr("%1, at %2", "name and address of a PC")
                                  .arg(isolate(asker.name), isolateLtr(asker.address)),
                              this));
    row->addLayout(left, 1);
    const auto add = [&](const QString &text, const QString &name, bool isOurs) {
        auto *button = new Button(look, Button::Kind::Plain, text, this);
        button->setAccessibleName(name);
        row->addWidget(button, 0, Qt::AlignVCenter);
        connect(button, &QPushButton::clicked, this, [this, isOurs] {
            setEnabled(false);
            Q_EMIT answered(isOurs);
        });
    };
    add(tr("Let it in"), tr("Let %1 in").arg(isolate(asker.name)), true);
    add(tr("Not ours"), tr("Turn %1 away").arg(isolate(asker.name)), false);
}

} // namespace peerdesk::ui

#include "moc_askerrow.cpp"
