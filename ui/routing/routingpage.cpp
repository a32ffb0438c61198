// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/routing/routingpage.h"

#include "core/base/json.h"
#include "ui/common/paint.h"
#include "ui/common/plural.h"
#include "ui/settings/personfacts.h"

#include <QClipboard>
#include <QFileDialog>
#include <QGuiApplication>
#include <QJsonArray>
#include <QMenu>
#include <QPainter>
#include <QSaveFile>
#include <QShortcut>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {

/// A name for a skill's row that is always the same.
QUuid idOfSkill(const QString &skill)
{
    return QUuid::createUuidV5(QUuid(), skill);
}

struct KindWords
{
    QString title;
    QString none;
    QString add;
    Icon icon;
};

KindWords wordsOf(RoutingPage::Kind kind)
{
    using Kind = RoutingPage::Kind;
    switch (kind) {
    case Kind::Queues:
        return {RoutingPage::tr("Queues"), RoutingPage::tr("There is no queue yet."),
                RoutingPage::tr("Add a queue"), Icon::Queues};
    case Kind::Workflows:
        return {RoutingPage::tr("Workflows"), RoutingPage::tr("There is no workflow yet."),
                RoutingPage::tr("Add a workflow"), Icon::Sort};
    case Kind::Skills:
        return {RoutingPage::tr("Skills"),
                RoutingPage::tr("Nobody has a skill yet. Skills are given on the People page."),
                {},
                Icon::Star};
    case Kind::Activities:
        return {RoutingPage::tr("Activities"), RoutingPage::tr("There is no activity yet."),
                RoutingPage::tr("Add an activity"), Icon::Clock};
    case Kind::TaskChannels:
        return {RoutingPage::tr("Task channels"), RoutingPage::tr("There is no task channel yet."),
                RoutingPage::tr("Add a task channel"), Icon::Chat};
    }
    return {};
}

QString importWords(const QJsonObject &report)
{
    const QJsonObject counts = report.value(u"imported"_s).toObject();
    QStringList missing;
    for (const QJsonValue value : report.value(u"unmapped"_s).toArray())
        missing += RoutingPage::tr("%1 %2 (named by %3)", "kind, id, workflow")
                       .arg(value[u"kind"_s].toString(), value[u"id"_s].toString(),
                            value[u"used_by"_s].toString());
    QString words =
        RoutingPage::tr("Imported: queues %1, workflows %2, activities %3, task channels %4, "
                        "people %5.")
            .arg(counts.value(u"queues"_s).toInt())
            .arg(counts.value(u"workflows"_s).toInt())
            .arg(counts.value(u"activities"_s).toInt())
            .arg(counts.value(u"task_channels"_s).toInt())
            .arg(counts.value(u"workers"_s).toInt());
    if (!missing.isEmpty())
        words += u' ' + RoutingPage::tr("Not found here: %1").arg(missing.join(u"; "_s));
    return words;
}

QString entryWords(const QString &section, const QString &name)
{
    if (section == u"queues")
        return RoutingPage::tr("queue %1").arg(name);
    if (section == u"workflows")
        return RoutingPage::tr("workflow %1").arg(name);
    if (section == u"activities")
        return RoutingPage::tr("activity %1").arg(name);
    if (section == u"task_channels")
        return RoutingPage::tr("task channel %1").arg(name);
    if (section == u"flows")
        return RoutingPage::tr("flow %1").arg(name);
    return RoutingPage::tr("person %1").arg(name);
}

/// What an undo left as it is, with the reasons; at most MostNamed by name.
QString leftWords(const QJsonArray &left)
{
    constexpr int MostNamed = 12;
    QStringList entries;
    for (const QJsonValue value : left) {
        if (entries.size() == MostNamed)
            break;
        const QString why = value[u"why"_s].toString();
        entries += RoutingPage::tr("%1 (%2)", "what stays, why")
                       .arg(entryWords(value[u"section"_s].toString(),
                                       isolate(value[u"name"_s].toString())),
                            why.isEmpty() ? RoutingPage::tr("somebody changed it since") : why);
    }
    QString words = RoutingPage::tr("Left as it is: %1.").arg(entries.join(u"; "_s));
    if (left.size() > entries.size())
        words += u' ' + RoutingPage::tr("And %n more.", nullptr, int(left.size() - entries.size()));
    return words;
}

} // namespace

SkillPage::SkillPage(const Context &context, QWidget *parent)
    : Page(context.look, {}, {}, parent)
    , m_context(context)
{
    Button *back = addButton(Button::Kind::Plain, tr("Back"), Side::Leading);
    connect(back, &QPushButton::clicked, this, &SkillPage::closeWanted);
}

void SkillPage::showSkill(const QString &skill)
{
    setTitle(skill, tr("Who has this skill. A person's skills are changed on the People page."));
    if (m_people)
        m_people->deleteLater();
    m_people = new QWidget(this);
    column().addWidget(m_people);
    auto *list = new QVBoxLayout(m_people);
    list->setContentsMargins(0, 0, 0, 0);
    for (const Agent &agent : m_context.directory.agents()) {
        const auto worker = m_context.directory.worker(agent.worker);
        for (const Skill &one :
             worker ? factsOf(worker->attributes).skills : std::vector<Skill>()) {
            if (one.name != skill)
                continue;
            const QString text = one.level > 0
                                     ? tr("%1, level %2").arg(isolate(agent.name)).arg(one.level)
                                     : isolate(agent.name);
            auto *person = new Button(look(), Button::Kind::Plain, text, m_people);
            list->addWidget(person);
            connect(person, &QPushButton::clicked, this,
                    [this, id = agent.id] { Q_EMIT personWanted(id); });
        }
    }
}

RoutingPage::RoutingPage(const Context &context, Rules *rules, QWidget *parent)
    : QWidget(parent)
    , m_context(context)
    , m_rules(rules)
    , m_records(new OfficeRecords(context, this))
    , m_parts{context, *m_records, rules}
    , m_bar(new Strip(context.look, this))
    , m_kinds(new Segments(context.look, this))
    , m_stack(new QStackedWidget(this))
{
    build();
    connect(m_records, &OfficeRecords::changed, this, &RoutingPage::refresh);
    connect(m_kinds, &QTabBar::currentChanged, m_stack, &QStackedWidget::setCurrentIndex);
    connect(m_bar, &Strip::actionTriggered, this, &RoutingPage::undo);
    auto *undoKeys = new QShortcut(QKeySequence::Undo, this);
    undoKeys->setContext(Qt::WidgetWithChildrenShortcut);
    connect(undoKeys, &QShortcut::activated, this, &RoutingPage::undo);
    setFocusProxy(m_kinds);
    refresh();
}

void RoutingPage::build()
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_bar);
    auto *head = new QHBoxLayout;
    head->setContentsMargins(28, 14, 20, 8);
    head->setSpacing(10);
    head->addWidget(
        new Label(m_context.look, {20, QFont::Bold, Ink::Text, true}, tr("Routing"), this), 1);
    buildTransfer(*head);
    column->addLayout(head);
    auto *kinds = new QHBoxLayout;
    kinds->setContentsMargins(20, 0, 20, 8);
    kinds->addWidget(m_kinds);
    kinds->addStretch();
    column->addLayout(kinds);
    m_kinds->setAccessibleName(tr("Routing"));
    column->addWidget(m_stack, 1);
    for (int i = 0; i < Kinds; ++i) {
        m_kinds->addTab(wordsOf(Kind(i)).title);
        m_stack->addWidget(buildTab(Kind(i)));
    }
}

void RoutingPage::buildTransfer(QLayout &head)
{
    auto *load = new Button(m_context.look, Button::Kind::Plain, tr("Import"), this);
    auto *menu = new QMenu(load);
    connect(menu->addAction(tr("From a file\u2026")), &QAction::triggered, this,
            &RoutingPage::openFile);
    connect(menu->addAction(tr("What was copied")), &QAction::triggered, this, &RoutingPage::paste);
    load->setMenu(menu);
    load->setVisible(m_parts.mayChange());
    auto *save = new Button(m_context.look, Button::Kind::Plain, tr("Export\u2026"), this);
    connect(save, &QPushButton::clicked, this, &RoutingPage::saveFile);
    head.addWidget(load);
    head.addWidget(save);
}

RuleForm *RoutingPage::newForm(Kind kind)
{
    switch (kind) {
    case Kind::Queues:
        return new QueueForm(m_parts, this);
    case Kind::Workflows:
        return new WorkflowForm(m_parts, this);
    case Kind::Activities:
        return new ActivityForm(m_parts, this);
    case Kind::TaskChannels:
        return new TaskChannelForm(m_parts, this);
    case Kind::Skills:
        break;
    }
    return nullptr;
}

QWidget *RoutingPage::buildList(Kind kind, Tab &tab)
{
    const KindWords words = wordsOf(kind);
    auto *pane = new QWidget;
    auto *column = new QVBoxLayout(pane);
    column->setContentsMargins(16, 4, 16, 0);
    column->setSpacing(8);
    tab.list = new RuleList(m_context, words.icon, words.title, words.none, pane);
    column->addWidget(tab.list, 1);
    tab.add = new Button(m_context.look, Button::Kind::Primary, words.add, pane);
    tab.add->setVisible(m_parts.mayChange() && !words.add.isEmpty());
    auto *foot = new QHBoxLayout;
    foot->setContentsMargins(12, 4, 12, 16);
    foot->addWidget(tab.add);
    foot->addStretch();
    column->addLayout(foot);
    connect(tab.add, &QPushButton::clicked, this, [this, kind] { open(kind, {}); });
    const auto show = [this, kind](const QModelIndex &index) { openRow(kind, index); };
    connect(tab.list, &QListView::clicked, this, show);
    connect(tab.list, &QListView::activated, this, show);
    return pane;
}

QWidget *RoutingPage::buildTab(Kind kind)
{
    Tab &tab = m_tabs[size_t(kind)];
    QWidget *list = buildList(kind, tab);
    QWidget *detail = tab.form = newForm(kind);
    if (!tab.form) {
        detail = m_skill = new SkillPage(m_context, this);
        connect(m_skill, &SkillPage::closeWanted, this, [this, kind] { close(kind); });
        connect(m_skill, &SkillPage::personWanted, this, &RoutingPage::personWanted);
    } else {
        connect(tab.form, &RuleForm::closeWanted, this, [this, kind] { close(kind); });
        connect(tab.form, &RuleForm::changed, this,
                [this, kind](const RuleChange &change) { onChanged(kind, change); });
    }
    tab.split = new MasterDetail(m_context.look, list, detail, this);
    connect(tab.split, &MasterDetail::arranged, this, [this, kind] {
        const Tab &arranged = m_tabs[size_t(kind)];
        if (arranged.form)
            arranged.form->setBackVisible(arranged.split->isTight());
    });
    return tab.split;
}

std::vector<RuleRow> RoutingPage::queueRows() const
{
    std::vector<RuleRow> rows;
    for (const Queue &queue : m_context.directory.queues())
        rows.push_back({queue.id.value, queue.friendlyName,
                        queue.isPull ? tr("people take") : QString(),
                        matchWords(m_parts, queue.targetWorkers)});
    return rows;
}

std::vector<RuleRow> RoutingPage::workflowRows() const
{
    std::vector<RuleRow> rows;
    for (const Workflow &workflow : m_records->workflows()) {
        const WorkflowDraft draft = draftOf(workflow.configuration);
        const auto rest = m_records->queueNamed(draft.defaultQueue);
        rows.push_back({workflow.id.value,
                        workflow.friendlyName,
                        {},
                        counted(int(draft.filters.size()), tr("%1 rule, otherwise %2"),
                                tr("%1 rules, otherwise %2"))
                            .arg(rest ? isolate(rest->friendlyName) : tr("nothing"))});
    }
    return rows;
}

std::vector<RuleRow> RoutingPage::skillRows() const
{
    std::map<QString, QStringList> people;
    for (const Agent &agent : m_context.directory.agents()) {
        const auto worker = m_context.directory.worker(agent.worker);
        for (const Skill &skill :
             worker ? factsOf(worker->attributes).skills : std::vector<Skill>())
            people[skill.name] += agent.name;
    }
    std::vector<RuleRow> rows;
    for (const auto &[skill, names] : people)
        rows.push_back(
            {idOfSkill(skill), skill, QString::number(names.size()), names.join(u", "_s)});
    return rows;
}

std::vector<RuleRow> RoutingPage::rowsOf(Kind kind) const
{
    std::vector<RuleRow> rows;
    switch (kind) {
    case Kind::Queues:
        return queueRows();
    case Kind::Workflows:
        return workflowRows();
    case Kind::Skills:
        return skillRows();
    case Kind::Activities:
        for (const Activity &activity : m_context.directory.activities())
            rows.push_back({activity.id.value,
                            activity.friendlyName,
                            {},
                            activity.available ? tr("offered tasks") : tr("offered nothing"),
                            activity.available ? Ink::Success : Ink::Text2});
        break;
    case Kind::TaskChannels:
        for (const TaskChannel &channel : m_records->taskChannels())
            rows.push_back({channel.id.value, channel.friendlyName, channel.uniqueName,
                            tr("%1 at once").arg(channel.defaultCapacity)});
        break;
    }
    return rows;
}

void RoutingPage::refresh()
{
    for (int i = 0; i < Kinds; ++i) {
        std::vector<RuleRow> rows = rowsOf(Kind(i));
        std::stable_sort(rows.begin(), rows.end(), [](const RuleRow &a, const RuleRow &b) {
            return a.name.compare(b.name, Qt::CaseInsensitive) < 0;
        });
        m_tabs[size_t(i)].list->rows().setRows(std::move(rows));
        keepSelection(Kind(i));
    }
}

void RoutingPage::showKind(Kind kind)
{
    m_kinds->setCurrentIndex(int(kind));
}

void RoutingPage::openRow(Kind kind, const QModelIndex &index)
{
    open(kind, m_tabs[size_t(kind)].list->rows().at(index.row()).id);
}

void RoutingPage::open(Kind kind, const QUuid &id)
{
    Tab &tab = m_tabs[size_t(kind)];
    showKind(kind);
    if (!mayLeave(kind))
        return;
    tab.split->setOpen(true);
    if (kind == Kind::Skills) {
        const int row = tab.list->rows().rowOf(id);
        return row < 0 ? close(kind) : m_skill->showSkill(tab.list->rows().at(row).name);
    }
    if (id.isNull()) {
        tab.list->clearSelection();
        tab.form->showNew();
    } else {
        tab.form->showRecord(id);
        keepSelection(kind);
    }
    tab.form->setBackVisible(tab.split->isTight());
    if (tab.split->isTight())
        tab.form->begin();
}

bool RoutingPage::mayLeave(Kind kind)
{
    const Tab &tab = m_tabs[size_t(kind)];
    if (!tab.form || !tab.split->isOpen() || !tab.form->isDirty())
        return true;
    keepSelection(kind);
    tab.form->askAboutChanges();
    return false;
}

void RoutingPage::keepSelection(Kind kind)
{
    const Tab &tab = m_tabs[size_t(kind)];
    if (tab.form && tab.split->isOpen() && !tab.form->id().isNull())
        tab.list->setCurrentIndex(tab.list->rows().index(tab.list->rows().rowOf(tab.form->id())));
}

void RoutingPage::close(Kind kind)
{
    const Tab &tab = m_tabs[size_t(kind)];
    if (!mayLeave(kind))
        return;
    tab.split->setOpen(false);
    tab.list->setFocus(Qt::OtherFocusReason);
}

bool RoutingPage::closeLayer()
{
    if (!m_tabs[size_t(shown())].split->isOpen())
        return false;
    close(shown());
    return true;
}

void RoutingPage::reload()
{
    m_context.directory.refresh(); // what was made must not wait for the news of it
    m_records->refresh();
}

void RoutingPage::onChanged(Kind kind, const RuleChange &change)
{
    m_undo = [this, kind, change] { return undoChange(kind, change); };
    m_bar->setMessage(Strip::Tone::Info, Icon::Check, change.words, tr("Undo"));
    reload();
    if (!change.result)
        close(kind);
}

bool RoutingPage::undo()
{
    if (!m_undo || !m_parts.mayChange())
        return false;
    return std::exchange(m_undo, {})();
}

/// Only what is still as it was left: another's change is never taken back unseen.
bool RoutingPage::undoChange(Kind kind, const RuleChange &change)
{
    if (m_tabs[size_t(kind)].form->current(change.id) != change.result) {
        m_bar->setMessage(Strip::Tone::Warning, Icon::Warning,
                          tr("It was changed again since then: nothing was undone."));
        return false;
    }
    m_context.desk.submit(m_context.caller, randomId<CommandId>(), change.undo,
                          {this, [this](const Result<api::Outcome> &outcome) {
                               m_bar->setMessage(outcome ? Strip::Tone::Info : Strip::Tone::Warning,
                                                 outcome ? Icon::Check : Icon::Warning,
                                                 outcome ? tr("Undone.")
                                                         : sentence(outcome.error()));
                               reload();
                           }});
    return true;
}

void RoutingPage::undoImport(const Import &made)
{
    m_bar->setMessage(Strip::Tone::Info, Icon::Clock, tr("The import is being taken back\u2026"));
    made.takeBack(
        {this, [this, made](const Result<QJsonObject> &answer) { onTakenBack(made, answer); }});
}

void RoutingPage::onTakenBack(const Import &made, const Result<QJsonObject> &answer)
{
    reload();
    if (!answer) {
        offerUndo(made);
        return m_bar->setMessage(
            Strip::Tone::Warning, Icon::Warning,
            tr("Not all of the import was taken back: %1").arg(sentence(answer.error())),
            tr("Undo the rest"));
    }
    const QJsonArray left = answer->value(u"left"_s).toArray();
    const int count = answer->value(u"taken_back"_s).toInt();
    QString words = counted(count, tr("The import was undone: %1 entry is as it was before."),
                            tr("The import was undone: %1 entries are as they were before."));
    if (!left.isEmpty())
        words += u' ' + leftWords(left);
    m_bar->setMessage(left.isEmpty() ? Strip::Tone::Info : Strip::Tone::Warning,
                      left.isEmpty() ? Icon::Check : Icon::Warning, words);
}

void RoutingPage::openFile()
{
    auto *dialog = new QFileDialog(this, tr("Import"), {}, tr("JSON (*.json);;All files (*)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &path) {
        QFile file(path);
        if (!file.open(QIODevice::ReadOnly))
            return onImported(Error{Error::Code::Storage, file.errorString(), {}});
        constexpr qint64 most = 17 * 1024 * 1024; // more is refused by import()
        import(file.read(most));
    });
    dialog->open();
}

void RoutingPage::paste()
{
    import(QGuiApplication::clipboard()->text().toUtf8());
}

void RoutingPage::import(const QByteArray &document)
{
    if (!m_parts.mayChange())
        return;
    m_rules->import(document, {this, [this](const Result<Import> &answer) { onImported(answer); }});
}

/// Also what an import wrote before it stopped can be taken back.
void RoutingPage::offerUndo(const Import &made)
{
    m_undo = {};
    if (made.takeBack)
        m_undo = [this, made] {
            undoImport(made);
            return true;
        };
}

void RoutingPage::onImported(const Result<Import> &answer)
{
    const Import made = answer ? *answer : Import{{}, answer.error(), {}};
    offerUndo(made);
    reload();
    const QString action = m_undo ? tr("Undo") : QString();
    if (made.stopped)
        return m_bar->setMessage(Strip::Tone::Danger, Icon::Warning,
                                 tr("The import stopped: %1").arg(made.stopped->detail), action);
    const QJsonArray unmapped = made.report.value(u"unmapped"_s).toArray();
    m_bar->setMessage(unmapped.isEmpty() ? Strip::Tone::Info : Strip::Tone::Warning,
                      unmapped.isEmpty() ? Icon::Check : Icon::Warning, importWords(made.report),
                      action);
}

QByteArray RoutingPage::exported() const
{
    const Tab &tab = m_tabs[size_t(Kind::Workflows)];
    const bool isOne = shown() == Kind::Workflows && tab.split->isOpen();
    std::vector<Workflow> workflows = m_records->workflows();
    if (isOne)
        std::erase_if(workflows, [&](const Workflow &workflow) {
            return workflow.id.value != tab.form->id();
        });
    const QJsonObject document{{u"queues"_s, json::write(m_context.directory.queues())},
                               {u"workflows"_s, json::write(workflows)}};
    return QJsonDocument(document).toJson();
}

void RoutingPage::saveFile()
{
    auto *dialog = new QFileDialog(this, tr("Export"), u"routing.json"_s, tr("JSON (*.json)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(u"json"_s);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &path) {
        const QByteArray document = exported();
        QSaveFile file(path);
        const bool isWritten = file.open(QIODevice::WriteOnly) &&
                               file.write(document) == document.size() && file.flush() &&
                               file.commit();
        m_bar->setMessage(isWritten ? Strip::Tone::Info : Strip::Tone::Danger,
                          isWritten ? Icon::Check : Icon::Warning,
                          isWritten ? tr("Exported.")
                                    : tr("Nothing was exported: %1").arg(file.errorString()));
    });
    dialog->open();
}

void RoutingPage::paintEvent(QPaintEvent *)
{
    QPainter(this).fillRect(rect(), m_context.look.theme().surface);
}

} // namespace peerdesk::ui

#include "moc_routingpage.cpp"
