// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/routing/trialpanel.h"

#include "core/base/json.h"
#include "ui/common/timetext.h"

#include <QSignalBlocker>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {
constexpr int MaxWaiting = 50;
constexpr qsizetype MaxAttributes = 64 * 1024; ///< bytes; what a task may have
constexpr Milliseconds Pause{200};
} // namespace

TrialPanel::TrialPanel(const RuleParts &parts, QWidget *parent)
    : QWidget(parent)
    , m_parts(parts)
    , m_waiting(new QComboBox(this))
    , m_channel(new QComboBox(this))
    , m_attributes(new QPlainTextEdit(this))
    , m_summary(
          new Label(parts.context.look, {13.5, QFont::DemiBold, Ink::Text, false, true}, {}, this))
    , m_explanation(new Explanation(parts.context, this))
{
    build();
    m_pause.setSingleShot(true);
    m_pause.setInterval(Pause);
    const auto later = [this] { m_pause.start(); };
    connect(&m_pause, &QTimer::timeout, this, &TrialPanel::run);
    connect(m_attributes, &QPlainTextEdit::textChanged, this, later);
    connect(m_channel, &QComboBox::currentIndexChanged, this, later);
    connect(&parts.records, &OfficeRecords::changed, this, later);
    connect(m_waiting, &QComboBox::activated, this, &TrialPanel::choose);
}

void TrialPanel::build()
{
    const Look &look = m_parts.context.look;
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    column->addWidget(new Label(look, {16, QFont::Bold, Ink::Text, false, true},
                                tr("Who would get this?"), this));
    const auto field = [&](const QString &name, QWidget *widget) {
        column->addWidget(
            new Label(look, {12.5, QFont::Medium, Ink::Text2, false, true}, name, this));
        widget->setAccessibleName(name);
        column->addWidget(widget);
    };
    for (QComboBox *box : {m_waiting, m_channel}) {
        box->setMinimumHeight(look.px(34));
        box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    }
    field(tr("A task like"), m_waiting);
    field(tr("Task channel"), m_channel);
    m_attributes->setPlainText(u"{\"language\": \"de\"}"_s);
    m_attributes->setTabChangesFocus(true);
    m_attributes->setFixedHeight(look.px(64));
    field(tr("Attributes (JSON)"), m_attributes);
    m_summary->setAccessibleName(tr("Result"));
    column->addWidget(m_summary);
    // As high as it needs, since the form itself scrolls; a thousand people scroll here.
    m_explanation->setSizeAdjustPolicy(QAbstractScrollArea::AdjustToContents);
    m_explanation->setMaximumHeight(look.px(720));
    column->addWidget(m_explanation);
    m_waiting->addItem(tr("what is typed below"));
}

void TrialPanel::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    readWaiting();
    m_pause.start();
}

void TrialPanel::readWaiting()
{
    m_parts.context.desk.tasks(TaskStatus::Pending, {MaxWaiting, {}},
                               {this, [this](const Result<api::PageOf<Task>> &page) {
                                    addWaiting(page ? page->items : std::vector<Task>());
                                }});
}

void TrialPanel::addWaiting(const std::vector<Task> &tasks)
{
    m_tasks = tasks;
    const QSignalBlocker quiet(m_waiting);
    while (m_waiting->count() > 1)
        m_waiting->removeItem(1);
    for (const Task &task : tasks)
        m_waiting->addItem(tr("the one in %1 since %2")
                               .arg(m_parts.context.directory.queueName(task.taskQueue),
                                    clockText(task.taskQueueEnteredDate)));
}

void TrialPanel::choose(int index)
{
    if (index < 1 || size_t(index) > m_tasks.size())
        return;
    const Task &task = m_tasks[size_t(index) - 1];
    m_attributes->setPlainText(QString::fromUtf8(
        QJsonDocument(json::object(task.attributes)).toJson(QJsonDocument::Compact)));
    m_channel->setCurrentIndex(qMax(0, m_channel->findData(task.taskChannel)));
}

void TrialPanel::setWorkflow(const Workflow &workflow)
{
    m_workflow = workflow;
    m_pause.start();
}

void TrialPanel::refuse(const QString &words)
{
    m_summary->setInk(Ink::Danger);
    m_summary->setText(words);
    m_explanation->clear();
}

void TrialPanel::run()
{
    if (!m_parts.rules || !isVisible())
        return;
    const std::vector<TaskChannel> &channels = m_parts.records.taskChannels();
    if (m_channel->count() != int(channels.size())) {
        const QSignalBlocker quiet(m_channel);
        m_channel->clear();
        for (const TaskChannel &channel : channels)
            m_channel->addItem(channel.friendlyName, channel.uniqueName);
    }
    const QByteArray text = m_attributes->toPlainText().toUtf8();
    QJsonParseError problem;
    const QJsonDocument attributes = QJsonDocument::fromJson(text, &problem);
    if (text.size() > MaxAttributes)
        return refuse(tr("Attributes have at most 64 KiB."));
    if (!attributes.isObject())
        return refuse(tr("This is no JSON object: character %1, %2")
                          .arg(QString::fromUtf8(text.left(problem.offset)).size() + 1)
                          .arg(problem.errorString()));
    RuleOffice office = m_parts.records.office();
    Workflow workflow = m_workflow;
    workflow.id = randomId<WorkflowId>(); // as it is on the screen, beside the saved one
    office.workflows.push_back(workflow);
    Task sample;
    sample.id = randomId<TaskId>();
    sample.workflow = workflow.id;
    sample.taskChannel = m_channel->currentData().toString();
    sample.attributes = json::canonical(attributes.object());
    const auto answer = m_parts.rules->preview(office, sample, m_parts.context.clock.wall());
    if (!answer)
        return refuse(answer.error().detail);
    m_explanation->show(*answer);
    m_summary->setInk(Ink::Text);
    m_summary->setText(m_explanation->summary());
}

} // namespace peerdesk::ui

#include "moc_trialpanel.cpp"
