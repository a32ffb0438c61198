// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/routing/rulelist.h"

#include "ui/common/icons.h"

#include <QPainter>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

QVariant RuleModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const RuleRow &row = at(index.row());
    if (role == Qt::DisplayRole)
        return row.name;
    if (role == Qt::ToolTipRole)
        return row.state;
    if (role == Qt::AccessibleTextRole)
        return QStringList{row.name, row.remark, row.state}.join(u", "_s);
    return {};
}

RuleList::RuleList(const Context &context, Icon icon, const QString &name, const QString &none,
                   QWidget *parent)
    : QListView(parent)
    , m_context(context)
    , m_none(none)
    , m_model(new RuleModel(this))
{
    const Look &look = context.look;
    setModel(m_model);
    const auto picture = [&look, icon](QPainter &painter, const QRect &place, int) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(look.theme().infoBg);
        painter.drawRoundedRect(place, 10, 10);
        const int inset = place.width() / 4;
        paintIcon(painter, icon, QRectF(place.adjusted(inset, inset, -inset, -inset)),
                  look.theme().accent);
    };
    const auto words = [this](int row) {
        const RuleRow &shown = m_model->at(row);
        return RowDelegate::Words{shown.name, shown.remark, shown.state, shown.ink, {}, false};
    };
    setItemDelegate(new RowDelegate(look, {picture, words, 2}, this));
    setUniformItemSizes(true);
    setFrameShape(QFrame::NoFrame);
    setMouseTracking(true);
    setAccessibleName(name);
    setAccessibleDescription(none);
    connect(&look, &Look::changed, this, &QListView::doItemsLayout);
}

void RuleList::paintEvent(QPaintEvent *event)
{
    QListView::paintEvent(event);
    if (m_model->rowCount() > 0)
        return;
    QPainter painter(viewport());
    painter.setFont(m_context.look.font(13));
    painter.setPen(m_context.look.theme().text2);
    painter.drawText(viewport()->rect().adjusted(20, 20, -20, -20),
                     int(Qt::AlignHCenter | Qt::AlignTop) | Qt::TextWordWrap, m_none);
}

} // namespace peerdesk::ui

#include "moc_rulelist.cpp"
