// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/channelspage.h"

#include "ui/common/paint.h"
#include "ui/settings/rowdelegate.h"

#include <algorithm>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

bool AccountRow::operator==(const AccountRow &other) const
{
    return id == other.id && type == other.type && name == other.name && place == other.place &&
           words.state == other.words.state && words.detail == other.words.detail &&
           words.ink == other.words.ink;
}

AccountsModel::AccountsModel(const Context &context, const OfficeState &office, QObject *parent)
    : RowsModel(parent)
    , m_context(context)
    , m_office(office)
{
    connect(&office, &OfficeState::changed, this, &AccountsModel::refresh);
    connect(&context.directory, &Directory::changed, this, &AccountsModel::refresh);
    refresh();
}

void AccountsModel::setFlows(const std::vector<Flow> &flows)
{
    m_flows = flows;
    refresh();
}

void AccountsModel::refresh()
{
    std::vector<AccountRow> rows;
    for (const api::AccountStatus &status : m_office.status().channels) {
        const ChannelAccount &account = status.account;
        QStringList place{hostOf(m_office.status(), account),
                          m_context.directory.queueName(account.queue)};
        for (const Flow &flow : m_flows) {
            if (flow.id == account.flow)
                place += flowName(flow);
        }
        place.removeAll(QString());
        rows.push_back({account.id, account.type, account.name, wordsOf(m_office, status),
                        place.join(u" \u00b7 "_s)});
    }
    std::stable_sort(rows.begin(), rows.end(), [](const AccountRow &a, const AccountRow &b) {
        return a.name.compare(b.name, Qt::CaseInsensitive) < 0;
    });
    setRows(std::move(rows));
}

QVariant AccountsModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const AccountRow &row = at(index.row());
    const QString state = row.words.isTrouble && !row.words.detail.isEmpty()
                              ? tr("%1: %2", "state, why").arg(row.words.state, row.words.detail)
                              : row.words.state;
    switch (role) {
    case Qt::DisplayRole:
        return row.name;
    case Qt::StatusTipRole:
        return state;
    case Qt::ToolTipRole:
        return row.words.isTrouble ? state : QString();
    case Qt::AccessibleTextRole:
        return u"%1, %2, %3, %4"_s.arg(row.name, channelName(row.type), state, row.place);
    default:
        return {};
    }
}

ChannelsPage::ChannelsPage(const Context &context, OfficeState &office, Steward *steward,
                           QWidget *parent)
    : QWidget(parent)
    , m_context(context)
    , m_office(office)
    , m_model(new AccountsModel(context, office, this))
    , m_list(new QListView)
{
    QWidget *list = buildList();
    m_form = new AccountForm(context, office, steward, this);
    m_split = new MasterDetail(context.look, list, m_form, this);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_split);
    connect(m_split, &MasterDetail::arranged, this,
            [this] { m_form->setBackVisible(m_split->isTight()); });
    connect(m_form, &AccountForm::closeWanted, this, &ChannelsPage::close);
    connect(m_list, &QListView::clicked, this, &ChannelsPage::open);
    connect(m_list, &QListView::activated, this, &ChannelsPage::open);
    connect(m_model, &QAbstractItemModel::modelReset, this, [this] {
        showEmptiness();
        m_list->setCurrentIndex(m_model->index(m_model->rowOf(m_form->account())));
    });
    showEmptiness();
}

QWidget *ChannelsPage::buildList()
{
    const Look &look = m_context.look;
    auto *pane = new QWidget;
    auto *column = new QVBoxLayout(pane);
    column->setContentsMargins(16, 14, 16, 0);
    column->setSpacing(10);
    auto *head = new QHBoxLayout;
    head->setContentsMargins(12, 0, 4, 0);
    head->addWidget(new Label(look, {20, QFont::Bold, Ink::Text, true}, tr("Channels"), pane), 1);
    auto *add = new Button(look, Button::Kind::Primary, tr("Add a channel"), pane);
    connect(add, &QPushButton::clicked, this, &ChannelsPage::addWanted);
    head->addWidget(add);
    column->addLayout(head);
    m_empty = new Label(look, {13.5, QFont::Normal, Ink::Text2, false, true},
                        tr("No channel is connected yet: nobody can write to this office. Add a "
                           "mailbox or the chat of your web site."),
                        pane);
    m_empty->setContentsMargins(12, 0, 12, 0);
    column->addWidget(m_empty);
    column->addWidget(m_list, 1);
    m_list->setModel(m_model);
    const auto paintBadge = [this](QPainter &painter, const QRect &place, int row) {
        const Theme &t = m_context.look.theme();
        paintChannelBadge(painter, m_context.look, QRectF(place).adjusted(2, 2, -2, -2),
                          m_model->at(row).type, t.isDark ? t.badgeRing : QColor());
    };
    const auto words = [this](int row) {
        const AccountRow &shown = m_model->at(row);
        return RowDelegate::Words{shown.name,
                                  {},
                                  m_model->index(row).data(Qt::StatusTipRole).toString(),
                                  shown.words.ink,
                                  shown.place};
    };
    m_list->setItemDelegate(new RowDelegate(look, {paintBadge, words, 3}, m_list));
    m_list->setUniformItemSizes(true);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setMouseTracking(true);
    m_list->setAccessibleName(tr("Channels of the office"));
    setFocusProxy(m_list);
    connect(&look, &Look::changed, m_list, &QListView::doItemsLayout);
    return pane;
}

void ChannelsPage::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    m_office.refresh();
    m_context.desk.flows({this, [this](const Result<std::vector<Flow>> &flows) {
                              if (flows)
                                  m_model->setFlows(*flows);
                          }});
}

void ChannelsPage::showEmptiness()
{
    m_empty->setVisible(m_model->rowCount() == 0);
}

void ChannelsPage::open(const QModelIndex &index)
{
    if (index.isValid())
        showAccount(m_model->at(index.row()).id);
}

void ChannelsPage::showAccount(AccountId id)
{
    if (m_split->isOpen() && m_form->account() == id)
        return;
    if (m_split->isOpen() && m_form->isDirty()) {
        m_list->setCurrentIndex(m_model->index(m_model->rowOf(m_form->account())));
        return m_form->askAboutChanges();
    }
    m_split->setOpen(true);
    m_form->showAccount(id);
    m_list->setCurrentIndex(m_model->index(m_model->rowOf(id)));
    if (m_split->isTight())
        m_form->begin(); // the list with the keyboard is hidden
}

void ChannelsPage::close()
{
    if (m_form->isDirty())
        return m_form->askAboutChanges();
    m_split->setOpen(false);
    m_list->setFocus(Qt::OtherFocusReason);
}

bool ChannelsPage::closeLayer()
{
    if (!m_split->isOpen())
        return false;
    close();
    return true;
}

} // namespace peerdesk::ui

#include "moc_channelspage.cpp"
