// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/office/pccard.h"

#include <QVBoxLayout>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {
constexpr int IconSpace = 48;
} // namespace

PcCard::PcCard(const Look &look, QWidget *parent)
    : QWidget(parent)
    , m_look(look)
    , m_name(new Label(look, {14.5, QFont::DemiBold, Ink::Text, true}, {}, this))
    , m_here(new ChipLabel(look, this))
    , m_presence(new ChipLabel(look, this))
    , m_role(new Label(look, {13, QFont::Normal, Ink::Text2, false, true}, {}, this))
    , m_hosts(new Label(look, {12.5, QFont::Normal, Ink::Text3, false, true}, {}, this))
    , m_remove(new Button(look, Button::Kind::Quiet, tr("Remove\u2026"), this))
{
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 12, 10, 12);
    row->setSpacing(12);
    row->addSpacing(look.px(IconSpace)); // on the side where lines begin
    auto *words = new QVBoxLayout;
    words->setSpacing(3);
    auto *head = new QHBoxLayout;
    head->setSpacing(8);
    head->addWidget(m_name);
    head->addWidget(m_here);
    head->addWidget(m_presence);
    head->addStretch();
    words->addLayout(head);
    words->addWidget(m_role);
    words->addWidget(m_hosts);
    row->addLayout(words, 1);
    row->addWidget(m_remove, 0, Qt::AlignTop);
    m_here->setChip(tr("this PC"), ChipLabel::Tone::Neutral);
    connect(m_remove, &QPushButton::clicked, this, &PcCard::removeWanted);
    connect(&look, &Look::changed, this, [this] {
        static_cast<QHBoxLayout *>(layout())->itemAt(0)->spacerItem()->changeSize(
            m_look.px(IconSpace), 0, QSizePolicy::Fixed);
        layout()->invalidate();
        update();
    });
}

void PcCard::setRow(const Row &row)
{
    m_row = row;
    m_name->setText(row.name);
    m_here->setVisible(row.isHere);
    m_presence->setChip(row.presence,
                        row.isOn ? ChipLabel::Tone::Success : ChipLabel::Tone::Warning);
    m_role->setText(row.version.isEmpty() ? row.role
                                          : tr("%1 \u00b7 version %2").arg(row.role, row.version));
    m_hosts->setText(row.hosts);
    m_hosts->setVisible(!row.hosts.isEmpty());
    m_remove->setVisible(row.mayRemove);
    m_remove->setEnabled(row.remove.isEmpty());
    m_remove->setToolTip(row.remove);
    m_remove->setAccessibleName(tr("Remove %1").arg(row.name));
    m_remove->setAccessibleDescription(row.remove);
    setAccessibleName(u"%1, %2, %3"_s.arg(row.name, row.presence, row.role));
    update();
}

void PcCard::paintEvent(QPaintEvent *)
{
    const Theme &t = m_look.theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(t.border, 1));
    painter.setBrush(t.raised);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 12, 12);
    const int size = m_look.px(22);
    const QRect place(m_look.px(15), m_look.px(13), size, size);
    paintIcon(painter, Icon::Screen, QRectF(QStyle::visualRect(layoutDirection(), rect(), place)),
              m_row.isOn ? t.accent : t.text3);
}

} // namespace peerdesk::ui

#include "moc_pccard.cpp"
