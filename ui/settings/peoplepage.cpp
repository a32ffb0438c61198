// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/peoplepage.h"

#include "ui/common/paint.h"
#include "ui/common/timetext.h"
#include "ui/settings/rowdelegate.h"

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

} // namespace

PeopleModel::PeopleModel(const Context &context, QObject *parent)
    : RowsModel(parent)
    , m_context(context)
{
    connect(&context.directory, &Directory::changed, this, [this] { setRows(read()); });
    setRows(read());
}

std::vector<PersonRow> PeopleModel::read() const
{
    std::vector<PersonRow> rows;
    const bool seesAll = m_context.caller.role == Role::Admin;
    for (const Agent &agent : m_context.directory.agents()) {
        if (agent.role == Role::Channel || (!agent.isActive && !seesAll))
            continue;
        const auto worker = m_context.directory.worker(agent.worker);
        const auto activity =
            worker ? m_context.directory.activity(worker->activity) : std::nullopt;
        const bool isHere = agent.isActive && activity && activity->available;
        rows.push_back({agent.id, agent.name, roleName(agent.role),
                        !agent.isActive ? tr("Deactivated")
                        : activity      ? activity->friendlyName
                                        : tr("takes no work"),
                        isHere, !agent.isActive,
                        worker && agent.isActive ? worker->dateStatusChanged : Time{}});
    }
    std::stable_sort(rows.begin(), rows.end(), [](const PersonRow &a, const PersonRow &b) {
        return std::tuple(a.isOut, !a.isAvailable, a.name.toLower()) <
               std::tuple(b.isOut, !b.isAvailable, b.name.toLower());
    });
    return rows;
}

QVariant PeopleModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const PersonRow &row = at(index.row());
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

PeoplePage::PeoplePage(const Context &context, Steward *steward, QWidget *parent)
    : QWidget(parent)
    , m_context(context)
    , m_model(new PeopleModel(context, this))
    , m_list(new QListView)
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    QWidget *list = buildList();
    const bool mayChange = steward && context.caller.role == Role::Admin;
    m_add->setVisible(mayChange);
    QWidget *detail = nullptr;
    if (mayChange)
        detail = m_form = new PersonForm(context, steward, this);
    else
        detail = new QWidget(this);
    m_split = new MasterDetail(context.look, list, detail, this);
    column->addWidget(m_split);
    connect(m_model, &QAbstractItemModel::modelReset, this, &PeoplePage::keepSelection);
    if (!m_form)
        return;
    connect(m_add, &QPushButton::clicked, this, &PeoplePage::addPerson);
    connect(m_split, &MasterDetail::arranged, this,
            [this] { m_form->setBackVisible(m_split->isTight()); });
    connect(m_form, &PersonForm::closeWanted, this, &PeoplePage::close);
    connect(m_form, &PersonForm::saved, this, &PeoplePage::keepSelection);
    const auto open = [this](const QModelIndex &index) { showPerson(m_model->at(index.row()).id); };
    connect(m_list, &QListView::clicked, this, open);
    connect(m_list, &QListView::activated, this, open);
}

QWidget *PeoplePage::buildList()
{
    const Look &look = m_context.look;
    auto *pane = new QWidget;
    auto *column = new QVBoxLayout(pane);
    column->setContentsMargins(16, 14, 16, 0);
    column->setSpacing(10);
    auto *head = new QHBoxLayout;
    head->setContentsMargins(12, 0, 4, 0);
    head->addWidget(new Label(look, {20, QFont::Bold, Ink::Text, true}, tr("People"), pane), 1);
    m_add = new Button(look, Button::Kind::Primary, tr("Add a colleague"), pane);
    head->addWidget(m_add);
    column->addLayout(head);
    column->addWidget(m_list, 1);
    m_list->setModel(m_model);
    const auto paintDisc = [this](QPainter &painter, const QRect &place, int row) {
        paintAvatar(painter, m_context.look, place, m_model->at(row).name);
    };
    const auto words = [this](int row) {
        const PersonRow &shown = m_model->at(row);
        return RowDelegate::Words{shown.name,
                                  shown.role,
                                  m_model->index(row).data(Qt::StatusTipRole).toString(),
                                  shown.isAvailable ? Ink::Success : Ink::Text2,
                                  {},
                                  shown.isOut};
    };
    m_list->setItemDelegate(new RowDelegate(look, {paintDisc, words, 2}, m_list));
    m_list->setUniformItemSizes(true);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setMouseTracking(true);
    m_list->setAccessibleName(tr("People of the office"));
    connect(&look, &Look::changed, m_list, &QListView::doItemsLayout);
    return pane;
}

bool PeoplePage::mayLeave()
{
    if (!m_split->isOpen() || !m_form->isDirty())
        return true;
    keepSelection();
    m_form->askAboutChanges();
    return false;
}

void PeoplePage::addPerson()
{
    if (!m_form || !mayLeave())
        return;
    m_list->clearSelection();
    m_split->setOpen(true);
    m_form->showNew();
    m_form->setBackVisible(m_split->isTight());
}

void PeoplePage::showPerson(AgentId agent)
{
    if (!m_form || (m_split->isOpen() && m_form->agent() == agent) || !mayLeave())
        return;
    m_split->setOpen(true);
    m_form->showPerson(agent);
    m_form->setBackVisible(m_split->isTight());
    keepSelection();
    if (m_split->isTight())
        m_form->begin(); // the list with the keyboard is hidden
}

void PeoplePage::keepSelection()
{
    if (!m_form || !m_split->isOpen())
        return;
    m_list->setCurrentIndex(m_model->index(m_model->rowOf(m_form->agent())));
}

void PeoplePage::close()
{
    m_split->setOpen(false);
    m_list->setFocus(Qt::OtherFocusReason);
}

bool PeoplePage::closeLayer()
{
    if (!m_split->isOpen())
        return false;
    if (mayLeave())
        close();
    return true;
}

} // namespace peerdesk::ui

#include "moc_peoplepage.cpp"
