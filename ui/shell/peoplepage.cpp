// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/peoplepage.h"

#include "ui/common/paint.h"
#include "ui/common/style.h"
#include "ui/common/timetext.h"
#include "ui/common/widgets.h"

#include <QStyledItemDelegate>
#include <QVBoxLayout>

#include <algorithm>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {

QString roleName(Role role)
{
    switch (role) {
    case Role::Agent:
        return PeopleModel::tr("Agent");
    case Role::Supervisor:
        return PeopleModel::tr("Supervisor");
    case Role::Admin:
        return PeopleModel::tr("Administrator");
    case Role::Channel:
        break;
    }
    return {};
}

/// Disc, name, and what the person does since when.
class PersonDelegate : public QStyledItemDelegate
{
public:
    PersonDelegate(const Context &context, const PeopleModel &model, QObject *parent)
        : QStyledItemDelegate(parent)
        , m_context(context)
        , m_model(model)
    {}
    QSize sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const override
    {
        return {m_context.look.px(200), m_context.look.px(62)};
    }
    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const override;

private:
    const Context &m_context;
    const PeopleModel &m_model;
};

void PersonDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option,
                           const QModelIndex &index) const
{
    const Look &look = m_context.look;
    const Theme &t = look.theme();
    const PeopleModel::Row &row = m_model.at(index.row());
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setLayoutDirection(option.direction);
    const QRectF ground = QRectF(option.rect).adjusted(8, 1, -8, -1);
    if (option.state & (QStyle::State_Selected | QStyle::State_MouseOver)) {
        painter->setPen(Qt::NoPen);
        painter->setBrush(option.state & QStyle::State_Selected ? t.select : t.hover);
        painter->drawRoundedRect(ground, 10, 10);
    }
    const auto visual = [&](const QRect &r) {
        return QStyle::visualRect(option.direction, option.rect, r);
    };
    const int size = look.px(40);
    const QRect disc(option.rect.left() + 20, option.rect.center().y() - size / 2, size, size);
    paintAvatar(*painter, look, visual(disc), row.name);
    const QRect text(disc.right() + 14, option.rect.top(), option.rect.right() - disc.right() - 34,
                     option.rect.height());
    const QRect upper(text.left(), text.top() + look.px(9), text.width(), look.px(22));
    const QRect lower(text.left(), upper.bottom() + 1, text.width(), look.px(20));
    painter->setFont(look.font(14, QFont::DemiBold));
    painter->setPen(t.text);
    painter->drawText(visual(upper), Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine,
                      painter->fontMetrics().elidedText(row.name, Qt::ElideRight, upper.width()));
    painter->setFont(look.font(13, QFont::Medium));
    painter->setPen(row.isAvailable ? t.success : t.text2);
    painter->drawText(visual(lower), Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine,
                      index.data(Qt::StatusTipRole).toString());
    painter->setPen(t.text3);
    painter->setFont(look.font(12.5));
    painter->drawText(visual(upper), Qt::AlignVCenter | Qt::AlignRight | Qt::TextSingleLine,
                      row.role);
    painter->restore();
}

} // namespace

PeopleModel::PeopleModel(const Context &context, QObject *parent)
    : QAbstractListModel(parent)
    , m_context(context)
{
    connect(&context.directory, &Directory::changed, this, &PeopleModel::refresh);
    refresh();
}

void PeopleModel::refresh()
{
    std::vector<Row> rows;
    for (const Agent &agent : m_context.directory.agents()) {
        if (!agent.isActive || agent.role == Role::Channel)
            continue;
        const auto worker = m_context.directory.worker(agent.worker);
        const auto activity =
            worker ? m_context.directory.activity(worker->activity) : std::nullopt;
        rows.push_back({agent.name, roleName(agent.role),
                        activity ? activity->friendlyName : tr("takes no work"),
                        activity && activity->available,
                        worker ? worker->dateStatusChanged : Time{}});
    }
    std::stable_sort(rows.begin(), rows.end(), [](const Row &a, const Row &b) {
        return std::pair(!a.isAvailable, a.name.toLower()) <
               std::pair(!b.isAvailable, b.name.toLower());
    });
    if (rows == m_rows)
        return;
    beginResetModel();
    m_rows = std::move(rows);
    endResetModel();
}

int PeopleModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

QVariant PeopleModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Row &row = at(index.row());
    const QString state =
        row.since.isSet()
            ? tr("%1 \u00b7 since %2", "activity, time").arg(row.activity, clockText(row.since))
            : row.activity;
    switch (role) {
    case Qt::DisplayRole:
        return row.name;
    case Qt::StatusTipRole:
        return state;
    case Qt::AccessibleTextRole:
        return u"%1, %2, %3"_s.arg(row.name, state, row.role);
    default:
        return {};
    }
}

PeoplePage::PeoplePage(const Context &context, QWidget *parent)
    : QWidget(parent)
    , m_context(context)
    , m_model(new PeopleModel(context, this))
    , m_list(new QListView(this))
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(16, 14, 16, 0);
    column->setSpacing(10);
    auto *title = new Label(context.look, {20, QFont::Bold, Ink::Text}, tr("People"), this);
    title->setContentsMargins(12, 0, 12, 0);
    column->addWidget(title);
    column->addWidget(m_list, 1);
    m_list->setModel(m_model);
    m_list->setItemDelegate(new PersonDelegate(context, *m_model, m_list));
    m_list->setUniformItemSizes(true);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setMouseTracking(true);
    m_list->setAccessibleName(tr("People of the office"));
    connect(&context.look, &Look::changed, m_list, &QListView::doItemsLayout);
}

void PeoplePage::paintEvent(QPaintEvent *)
{
    QPainter(this).fillRect(rect(), m_context.look.theme().surface);
}

} // namespace peerdesk::ui
