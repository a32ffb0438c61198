// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/routing/workflowform.h"

#include <QSignalBlocker>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {
enum RuleLine { NameLine, ConditionLine };
enum StepLine { WhoLine, KnownLine, PriorityLine, TimeoutLine, SkipLine, OrderLine };
enum FormPage { RulePage, StepPage, DefaultPage };

/// Where each line of a step lies in its draft, in the order of StepLine.
constexpr std::array StepTexts{&TargetDraft::expression, &TargetDraft::known,
                               &TargetDraft::priority,   &TargetDraft::timeout,
                               &TargetDraft::skipIf,     &TargetDraft::orderBy};
} // namespace

WorkflowForm::WorkflowForm(const RuleParts &parts, QWidget *parent)
    : RuleForm(parts, parent)
    , m_name(addLine(tr("Name")))
    , m_offer(number(0, MaxOffer))
    , m_tree(new WorkflowTree(look(), parts.records, this))
    , m_planFault(nullptr)
    , m_pages(new QStackedWidget(this))
    , m_trial(new TrialPanel(parts, this))
    , m_rehearsal(new RehearsalPanel(parts, this))
{
    m_name->setMaxLength(MaxRuleName);
    m_offer->setSuffix(tr(" s"));
    m_offer->setSpecialValueText(tr("as the task channel says"));
    m_offer->setMaximumWidth(look().px(280));
    addField(tr("How long an offer stands"), m_offer);
    buildOrder();
    m_pages->addWidget(buildRule());
    m_pages->addWidget(buildStep());
    m_pages->addWidget(buildDefault());
    column().addWidget(m_pages);
    column().addWidget(new Line(look(), Qt::Horizontal, this));
    column().addWidget(m_trial);
    column().addWidget(new Line(look(), Qt::Horizontal, this));
    column().addWidget(m_rehearsal);
    connect(m_tree, &WorkflowTree::spotChanged, this, &WorkflowForm::showSpot);
    connect(m_tree, &WorkflowTree::moveWanted, this, &WorkflowForm::move);
    connect(m_tree, &WorkflowTree::removeWanted, this, &WorkflowForm::removeSpot);
    connect(m_tree, &WorkflowTree::dropped, this, &WorkflowForm::drop);
    connect(m_name, &QLineEdit::textEdited, this, &WorkflowForm::judge);
    connect(&parts.records, &OfficeRecords::changed, this, &WorkflowForm::judge);
    addButtons();
}

void WorkflowForm::buildOrder()
{
    column().addWidget(new Label(look(), {12.5, QFont::Medium, Ink::Text2, false, true},
                                 tr("Rules: the first whose condition holds is followed, step by "
                                    "step"),
                                 this));
    column().addWidget(m_tree);
    m_planFault = addFault();
    auto *row = new QWidget(this);
    auto *buttons = new FlowLayout(8);
    row->setLayout(buttons);
    const auto add = [&](const QString &text) {
        auto *button = new Button(look(), Button::Kind::Plain, text, row);
        buttons->addWidget(button);
        return button;
    };
    connect(add(tr("Add a rule")), &QPushButton::clicked, this, &WorkflowForm::addRule);
    m_addStep = add(tr("Add a step"));
    m_up = add(tr("Up"));
    m_down = add(tr("Down"));
    m_remove = add(tr("Remove"));
    connect(m_addStep, &QPushButton::clicked, this, &WorkflowForm::addStep);
    connect(m_up, &QPushButton::clicked, this, [this] { move(-1); });
    connect(m_down, &QPushButton::clicked, this, [this] { move(1); });
    connect(m_remove, &QPushButton::clicked, this, &WorkflowForm::removeSpot);
    column().addWidget(row);
}

WorkflowForm::Piece WorkflowForm::addPiece(QVBoxLayout *column, const QString &label,
                                           const QString &hint, std::optional<Rules::Field> field)
{
    Piece piece{new QLineEdit(m_pages),
                new Label(look(), {12, QFont::Medium, Ink::Danger, false, true}, {}, m_pages),
                field};
    column->addWidget(
        new Label(look(), {12.5, QFont::Medium, Ink::Text2, false, true}, label, m_pages));
    column->addWidget(piece.line);
    column->addWidget(piece.fault);
    piece.line->setPlaceholderText(hint);
    piece.line->setAccessibleName(label);
    piece.line->setAccessibleDescription(hint);
    piece.fault->hide();
    connect(piece.line, &QLineEdit::textEdited, this, &WorkflowForm::takePieces);
    return piece;
}

QComboBox *WorkflowForm::addQueues(QVBoxLayout *column, const QString &label)
{
    auto *box = new QComboBox(m_pages);
    box->setMinimumHeight(look().px(34));
    box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    box->setAccessibleName(label);
    column->addWidget(
        new Label(look(), {12.5, QFont::Medium, Ink::Text2, false, true}, label, m_pages));
    column->addWidget(box);
    connect(box, &QComboBox::activated, this, [this, box] { takeQueue(box); });
    return box;
}

QWidget *WorkflowForm::buildRule()
{
    auto *page = new QWidget(m_pages);
    auto *column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    m_ruleLines = {addPiece(column, tr("Name of the rule"), tr("VIP customers"), {}),
                   addPiece(column, tr("If"), tr("vip == true AND language IN ['de', 'en']"),
                            Rules::Field::Filter)};
    column->addStretch();
    return page;
}

QWidget *WorkflowForm::buildStep()
{
    auto *page = new QWidget(m_pages);
    auto *column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    m_queue = addQueues(column, tr("Queue"));
    m_stepLines.push_back(addPiece(column, tr("Only people for whom"),
                                   tr("task.language IN worker.languages"), Rules::Field::Target));
    m_stepLines.push_back(addPiece(column, tr("Only the person whom the task names"),
                                   tr("task.last_agent"), Rules::Field::KnownWorker));
    m_knownBy = new QComboBox(page);
    m_knownBy->addItems({tr("named by id"), tr("named by name")});
    m_knownBy->setMinimumHeight(look().px(34));
    m_knownBy->setAccessibleName(tr("How the task names the person"));
    column->addWidget(m_knownBy);
    connect(m_knownBy, &QComboBox::activated, this, &WorkflowForm::takePieces);
    m_stepLines.push_back(addPiece(column, tr("Priority"), tr("as before"), {}));
    m_stepLines.push_back(addPiece(column, tr("Seconds until the next step"), tr("no limit"), {}));
    m_stepLines.push_back(addPiece(column, tr("Skip the step if nobody could take it and"),
                                   tr("workers.available == 0"), Rules::Field::SkipIf));
    m_stepLines.push_back(addPiece(column, tr("Whom to ask first"),
                                   tr("worker.level.billing DESC; empty = longest idle"),
                                   Rules::Field::OrderBy));
    column->addStretch();
    return page;
}

QWidget *WorkflowForm::buildDefault()
{
    auto *page = new QWidget(m_pages);
    auto *column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    m_defaultQueue = addQueues(column, tr("Where tasks wait that no rule wants"));
    column->addStretch();
    return page;
}

const Workflow *WorkflowForm::record(const QUuid &id) const
{
    for (const Workflow &workflow : parts().records.workflows()) {
        if (workflow.id.value == id)
            return &workflow;
    }
    return nullptr;
}

std::optional<api::Command> WorkflowForm::current(const QUuid &id) const
{
    const Workflow *workflow = record(id);
    return workflow ? std::optional<api::Command>(api::SaveWorkflow{*workflow}) : std::nullopt;
}

void WorkflowForm::fill(const QUuid &id)
{
    const Workflow *workflow = record(id);
    setTitle(workflow ? workflow->friendlyName : tr("New workflow"), {});
    m_name->setText(workflow ? workflow->friendlyName : QString());
    m_offer->setValue(workflow ? int(workflow->taskReservationTimeout.value_or(Seconds(0)).count())
                               : 0);
    m_draft = workflow ? draftOf(workflow->configuration) : WorkflowDraft{};
    redraw(m_draft.filters.empty() ? RuleSpot{} : RuleSpot{0, -1});
}

void WorkflowForm::redraw(const RuleSpot &at)
{
    m_tree->show(m_draft, at);
    showSpot();
    judge();
}

void WorkflowForm::draftChanged()
{
    m_tree->show(m_draft, m_tree->spot());
    edited();
    judge();
}

void WorkflowForm::showSpot()
{
    m_isShowing = true;
    const RuleSpot spot = m_tree->spot();
    const FilterDraft *filter = m_draft.filterAt(spot);
    const TargetDraft *target = m_draft.targetAt(spot);
    m_pages->setCurrentIndex(target ? StepPage : filter ? RulePage : DefaultPage);
    if (target) {
        for (size_t i = 0; i < StepTexts.size(); ++i)
            m_stepLines[i].line->setText(target->*StepTexts[i]);
        m_knownBy->setCurrentIndex(target->isKnownByName ? 1 : 0);
        fillQueues(m_queue, target->queue, spot.target > 0);
    } else if (filter) {
        m_ruleLines[NameLine].line->setText(filter->name);
        m_ruleLines[ConditionLine].line->setText(filter->expression);
    } else {
        fillQueues(m_defaultQueue, m_draft.defaultQueue, false);
    }
    for (int i = 0; i < m_pages->count(); ++i) // as high as what is shown
        m_pages->widget(i)->setSizePolicy(QSizePolicy::Preferred, i == m_pages->currentIndex()
                                                                      ? QSizePolicy::Preferred
                                                                      : QSizePolicy::Ignored);
    m_pages->adjustSize();
    m_addStep->setEnabled(filter);
    m_remove->setEnabled(filter && (!target || filter->targets.size() > 1));
    m_up->setEnabled(filter);
    m_down->setEnabled(filter);
    m_isShowing = false;
    judge();
}

void WorkflowForm::fillQueues(QComboBox *box, const QString &chosen, bool mayInherit)
{
    const QSignalBlocker quiet(box);
    box->clear();
    if (mayInherit)
        box->addItem(tr("as in the step before"), QString());
    for (const Queue &queue : parts().context.directory.queues())
        box->addItem(queue.friendlyName, queue.id.toString());
    const auto queue = parts().records.queueNamed(chosen);
    int at = box->findData(queue ? queue->id.toString() : chosen);
    if (at < 0 && !chosen.isEmpty()) {
        box->addItem(tr("%1 (not there)").arg(chosen), chosen);
        at = box->count() - 1;
    }
    box->setCurrentIndex(at);
    box->setPlaceholderText(tr("Choose a queue"));
}

void WorkflowForm::takePieces()
{
    if (m_isShowing)
        return;
    const RuleSpot spot = m_tree->spot();
    if (TargetDraft *target = m_draft.targetAt(spot)) {
        for (size_t i = 0; i < StepTexts.size(); ++i)
            target->*StepTexts[i] = m_stepLines[i].line->text();
        target->isKnownByName = m_knownBy->currentIndex() == 1;
    } else if (FilterDraft *filter = m_draft.filterAt(spot)) {
        filter->name = m_ruleLines[NameLine].line->text();
        filter->expression = m_ruleLines[ConditionLine].line->text();
    }
    draftChanged();
}

void WorkflowForm::takeQueue(QComboBox *box)
{
    const QString queue = box->currentData().toString();
    if (TargetDraft *target = m_draft.targetAt(m_tree->spot()))
        target->queue = queue;
    else if (box == m_defaultQueue)
        m_draft.defaultQueue = queue;
    draftChanged();
}

void WorkflowForm::addRule()
{
    const int at =
        m_tree->spot().filter < 0 ? int(m_draft.filters.size()) : m_tree->spot().filter + 1;
    FilterDraft filter;
    filter.name = tr("New rule");
    filter.targets.emplace_back();
    filter.targets.front().queue = m_draft.defaultQueue;
    m_draft.filters.insert(m_draft.filters.begin() + at, filter);
    edited();
    redraw({at, -1});
    m_ruleLines[NameLine].line->setFocus(Qt::OtherFocusReason);
    m_ruleLines[NameLine].line->selectAll();
}

void WorkflowForm::addStep()
{
    const RuleSpot spot = m_tree->spot();
    FilterDraft *filter = m_draft.filterAt(spot);
    if (!filter)
        return;
    const int at = spot.target < 0 ? int(filter->targets.size()) : spot.target + 1;
    filter->targets.insert(filter->targets.begin() + at, TargetDraft{});
    edited();
    redraw({spot.filter, at});
    m_queue->setFocus(Qt::OtherFocusReason);
}

void WorkflowForm::removeSpot()
{
    const RuleSpot spot = m_tree->spot();
    FilterDraft *filter = m_draft.filterAt(spot);
    if (!filter || !m_remove->isEnabled())
        return;
    if (spot.target < 0)
        m_draft.filters.erase(m_draft.filters.begin() + spot.filter);
    else
        filter->targets.erase(filter->targets.begin() + spot.target);
    edited();
    redraw({qMin(spot.filter, int(m_draft.filters.size()) - 1), -1});
}

void WorkflowForm::move(int by)
{
    const WorkflowDraft before = m_draft;
    const RuleSpot now = moved(m_draft, m_tree->spot(), by);
    if (m_draft != before)
        edited();
    redraw(now);
}

void WorkflowForm::drop(const RuleSpot &what, const RuleSpot &before)
{
    const WorkflowDraft was = m_draft;
    const RuleSpot now = movedTo(m_draft, what, before);
    if (m_draft != was)
        edited();
    redraw(now);
}

/// As saving judges it, and that there is a default: without one tasks could be refused.
QString WorkflowForm::planFault() const
{
    if (!parts().rules)
        return {};
    if (m_draft.defaultQueue.isEmpty())
        return tr("Otherwise: choose the queue for tasks that no rule wants.");
    const auto good = parts().rules->check(parts().records.office(), configurationOf(m_draft));
    return good ? QString() : good.error().detail;
}

void WorkflowForm::judge()
{
    for (const std::vector<Piece> *pieces : {&m_ruleLines, &m_stepLines}) {
        for (const Piece &piece : *pieces) {
            Rules::Field field = piece.field.value_or(Rules::Field::Filter);
            if (field == Rules::Field::KnownWorker && m_knownBy->currentIndex() == 1)
                field = Rules::Field::KnownName;
            say(piece.fault, piece.field && parts().rules
                                 ? parts().rules->fault(field, piece.line->text())
                                 : QString());
        }
    }
    const QString words = planFault();
    say(m_planFault, words);
    const Workflow workflow = std::get<api::SaveWorkflow>(typed(id())).workflow;
    m_trial->setWorkflow(workflow);
    m_rehearsal->setWorkflows(record(id()), workflow, words);
}

QString WorkflowForm::fault()
{
    if (typedName().isEmpty()) {
        m_name->setFocus();
        return tr("The workflow needs a name.");
    }
    const QString words = planFault();
    if (!words.isEmpty())
        m_tree->setFocus();
    return words;
}

api::Command WorkflowForm::typed(const QUuid &id) const
{
    const Workflow *found = record(id);
    Workflow workflow = found ? *found : Workflow{};
    workflow.id = {id};
    workflow.friendlyName = typedName();
    workflow.taskReservationTimeout =
        m_offer->value() > 0 ? std::optional(Seconds(m_offer->value())) : std::nullopt;
    if (!found || m_draft != draftOf(found->configuration))
        workflow.configuration = configurationOf(m_draft); // else as it was written
    return api::SaveWorkflow{workflow};
}

} // namespace peerdesk::ui

#include "moc_workflowform.cpp"
