// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/masterdetail.h"

#include "ui/common/widgets.h"

#include <QHBoxLayout>

namespace peerdesk::ui {

MasterDetail::MasterDetail(const Look &look, QWidget *list, QWidget *detail, QWidget *parent)
    : QWidget(parent)
    , m_look(look)
    , m_list(list)
    , m_line(new Line(look, Qt::Vertical, this))
    , m_detail(detail)
{
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    row->addWidget(m_list);
    row->addWidget(m_line);
    row->addWidget(m_detail, 1);
    connect(&look, &Look::changed, this, &MasterDetail::arrange);
    arrange();
}

bool MasterDetail::isTight() const
{
    return width() < m_look.px(SideBySideFrom);
}

void MasterDetail::setOpen(bool isOpen)
{
    m_isOpen = isOpen;
    arrange();
}

void MasterDetail::arrange()
{
    const bool isBoth = m_isOpen && !isTight();
    m_list->setVisible(isBoth || !m_isOpen);
    m_line->setVisible(isBoth);
    m_detail->setVisible(m_isOpen);
    m_list->setMinimumWidth(isBoth ? m_look.px(ListWidth) : 0);
    m_list->setMaximumWidth(isBoth ? m_look.px(ListWidth) : QWIDGETSIZE_MAX);
    Q_EMIT arranged();
}

void MasterDetail::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    arrange();
}

void MasterDetail::paintEvent(QPaintEvent *)
{
    QPainter(this).fillRect(rect(), m_look.theme().surface);
}

} // namespace peerdesk::ui

#include "moc_masterdetail.cpp"
