// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "tests/ui/routinghand.h"
#include "ui/common/timetext.h"

#include <QAbstractItemModelTester>
#include <QContextMenuEvent>
#include <QMenu>
#include <QScrollBar>
#include <QSignalSpy>
#include <QSpinBox>

using namespace peerdesk;
using namespace peerdesk::test;
using namespace peerdesk::ui;
using namespace Qt::StringLiterals;

namespace {

const Json Odd{
    R"({"note":1,"task_routing":{"filters":[{"friendly_name":"A","expression":"1==1","extra":[1],"targets":[{"queue":"Q","priority":"5","timeout":30,"own":{"x":1}},{"expression":"worker.a == 1","known_worker_friendly_name":"task.who"}]}],"default_filter":{"queue":"R","task_queue":"x"},"more":true}})"};

/// Changes the first queue, the first workflow and a person; makes an activity, a task channel and
/// another queue.
const QByteArray Document = R"({
    "activities": [{"friendly_name": "Training", "available": false}],
    "task_channels": [{"unique_name": "fax", "friendly_name": "Fax", "default_capacity": 2}],
    "queues": [{"friendly_name": "billing", "max_reserved_workers": 9},
               {"sid": "WQ0123456789abcdef0123456789abcdef", "friendly_name": "Night",
                "target_workers": "night == true"}],
    "workflows": [{"friendly_name": "Support", "configuration": {"task_routing": {
        "default_filter": {"queue": "WQ0123456789abcdef0123456789abcdef"}}}}],
    "workers": [{"friendly_name": "Minh Pham", "attributes": {"night": true}}]})";

/// What an import may change.
struct Workspace
{
    explicit Workspace(const FakeDesk &desk)
        : activities(desk.activityList)
        , channels(desk.taskChannelList)
        , queues(desk.queueList)
        , workflows(desk.workflowList)
        , workers(desk.workerList)
    {}
    std::vector<Activity> activities;
    std::vector<TaskChannel> channels;
    std::vector<Queue> queues;
    std::vector<Workflow> workflows;
    std::vector<Worker> workers;
    bool operator==(const Workspace &) const = default;
};

} // namespace

/// Queues and workflows as an administrator changes them, judged by the code that routes.
class TestRouting : public RoutingTest
{
    Q_OBJECT

    static QUuid queueCalled(const Stage &stage, const QString &name)
    {
        for (const Queue &queue : stage.desk.queueList) {
            if (queue.friendlyName == name)
                return queue.id.value;
        }
        return {};
    }
    /// What waits in a queue, as a supervisor opens it.
    static WaitingPane &openWaiting(Stage &stage, const QString &queue)
    {
        stage.role = Role::Supervisor;
        stage.office.fillQueues();
        QueuesPage &page = stage.open().queues();
        stage.window->showSection(Window::Section::Queues);
        page.openQueue({queueCalled(stage, queue)});
        return page.open();
    }
    /// The menu of a row; null if it has none. By key it is the current row's.
    static QMenu *menuOf(QAbstractItemView &list, QContextMenuEvent::Reason reason, int row)
    {
        const QPoint place = list.visualRect(list.model()->index(row, 0)).center();
        if (reason == QContextMenuEvent::Mouse)
            QTest::mouseClick(list.viewport(), Qt::RightButton, {}, place);
        QContextMenuEvent asked(reason, place, list.viewport()->mapToGlobal(place));
        QCoreApplication::sendEvent(list.viewport(), &asked);
        return list.findChild<QMenu *>();
    }
    static QStringList namesOf(WaitingPane &pane)
    {
        QStringList names;
        for (int row = 0; row < pane.list().rows().rowCount(); ++row)
            names += pane.list().rows().name(row);
        return names;
    }
    static QStringList ruleNames(const WorkflowForm &form)
    {
        QStringList names;
        for (const FilterDraft &filter : const_cast<WorkflowForm &>(form).draft().filters)
            names += filter.name;
        return names;
    }

private Q_SLOTS:
    void aDraftKeepsWhatItDoesNotShow();
    void aStepTakesItsQueueAlongWhenItMoves();
    void theLastStepOfARuleStays();
    void aConditionIsJudgedWhileItIsTyped();
    void nothingWrongIsSent();
    void whoMatchesIsCounted();
    void theLastChangeIsTakenBack();
    void anothersChangeIsNotTakenBack();
    void aWorkflowNeedsADefaultAndQueuesThatAreThere();
    void aWorkflowSaysHowLongAnOfferStands();
    void rulesMoveByKeys();
    void aTrialSaysWhoWouldGetIt();
    void aWrongSampleIsNamed();
    void othersChangesAreNotReplacedUnseen();
    void aSupervisorReadsAndChangesNothing();
    void anAgentHasNoRouting();
    void anImportListsWhatItCouldNotMap();
    void anImportIsTakenBack();
    void whatAnImportLeavesBehindIsNamed();
    void anImportThatStoppedIsTakenBackToo();
    void theRestOfAnImportIsTakenBackLater();
    void anExportIsTakenAgain();
    void aSkillLeadsToItsPeople();
    void aWaitingTaskIsExplained();
    void whoWaitsInAQueueIsListedAsTheRouterServesThem();
    void whereATaskStandsIsAskedForWhatCanBeSeen();
    void theListOfWhoWaitsFollowsTheOffice();
    void everyWaitCanBeAskedAbout();
    void aQueueWithoutAnybodySaysSo();
    void aRowOfTheListIsAskedAboutByItsMenu();
    void theListIsCalmWhileAMenuIsOpen();
    void agentsAndTasklessRowsHaveNoMenu();
};

void TestRouting::aDraftKeepsWhatItDoesNotShow()
{
    QJsonObject expected = json::object(Odd);
    const QJsonObject now = json::object(configurationOf(draftOf(Odd)));
    QCOMPARE(now[u"note"_s], expected[u"note"_s]);
    const QJsonObject routing = now[u"task_routing"_s].toObject();
    QCOMPARE(routing[u"more"_s], QJsonValue(true));
    QCOMPARE(routing[u"default_filter"_s], expected[u"task_routing"_s][u"default_filter"_s]);
    const QJsonObject filter = routing[u"filters"_s][0].toObject();
    QCOMPARE(filter[u"filter_friendly_name"_s], QJsonValue(u"A"_s));
    QCOMPARE(filter[u"extra"_s], QJsonValue(QJsonArray{1}));
    const QJsonArray targets = filter[u"targets"_s].toArray();
    QCOMPARE(targets[0].toObject(), (QJsonObject{{u"queue"_s, u"Q"_s},
                                                 {u"priority"_s, 5},
                                                 {u"timeout"_s, 30},
                                                 {u"own"_s, QJsonObject{{u"x"_s, 1}}}}));
    QCOMPARE(targets[1], expected[u"task_routing"_s][u"filters"_s][0][u"targets"_s][1]);
}

void TestRouting::aStepTakesItsQueueAlongWhenItMoves()
{
    WorkflowDraft draft = draftOf(Odd);
    QCOMPARE(moved(draft, {0, 1}, -1), (RuleSpot{0, 0}));
    QCOMPARE(draft.filters[0].targets[0].queue, u"Q"_s); // it had it from the step before
    QCOMPARE(draft.filters[0].targets[1].queue, u"Q"_s);
    QCOMPARE(moved(draft, {0, -1}, -1), (RuleSpot{0, -1}));
    QCOMPARE(moved(draft, {5, 7}, 1), (RuleSpot{5, 7})); // what is not there moves nowhere
}

void TestRouting::theLastStepOfARuleStays()
{
    WorkflowDraft draft = draftOf(Odd);
    TargetDraft only;
    only.queue = u"Q"_s;
    draft.filters.push_back({u"B"_s, u"1==1"_s, {only}});
    const WorkflowDraft before = draft;
    QCOMPARE(moved(draft, {1, 0}, -1), (RuleSpot{1, 0}));
    QCOMPARE(draft, before);
    QCOMPARE(movedTo(draft, {0, 1}, {1, 0}), (RuleSpot{1, 0}));
    QCOMPARE(draft.filters[0].targets.size(), 1u);
    QCOMPARE(draft.filters[1].targets.size(), 2u);
}

void TestRouting::aConditionIsJudgedWhileItIsTyped()
{
    Stage stage(*m_look);
    RoutingPage &page = openPage(stage);
    page.open(Kind::Queues, queueCalled(stage, u"Billing"_s));
    type(page, u"Who is in it"_s, u"skills HAS"_s);
    QVERIFY(isSaid(page, u"column"_s));
    type(page, u"Who is in it"_s, u"skills HAS 'sales'"_s);
    QVERIFY(!isSaid(page, u"column"_s));
}

void TestRouting::nothingWrongIsSent()
{
    Stage stage(*m_look);
    RoutingPage &page = openPage(stage);
    page.open(Kind::Queues, queueCalled(stage, u"Billing"_s));
    type(page, u"Who is in it"_s, u"skills HAS ("_s);
    QVERIFY(click(page, u"Save"_s));
    QCOMPARE(sent<api::SaveQueue>(stage.desk), 0);
    QVERIFY(isSaid(page, u"Nothing was saved"_s));
    QVERIFY(page.form(Kind::Queues)->isDirty());
    type(page, u"Who is in it"_s, u"1==1"_s);
    type(page, u"Name"_s, u""_s);
    QVERIFY(click(page, u"Save"_s));
    QCOMPARE(sent<api::SaveQueue>(stage.desk), 0);
}

void TestRouting::whoMatchesIsCounted()
{
    Stage stage(*m_look);
    RoutingPage &page = openPage(stage);
    const int all = int(stage.desk.workerList.size());
    int billing = 0;
    for (const Worker &worker : stage.desk.workerList)
        billing += worker.attributes.text.contains("billing") ? 1 : 0;
    page.open(Kind::Queues, queueCalled(stage, u"Billing"_s));
    QVERIFY(isSaid(page, u"%1 of %2 people, %1 available now"_s.arg(billing).arg(all)));
    stage.desk.workerList[0].available = false; // has billing
    api::Changes changes;
    changes.workers = {stage.desk.workerList[0].id};
    Q_EMIT stage.desk.changed(changes);
    QVERIFY(isSaid(page,
                   u"%1 of %2 people, %3 available now"_s.arg(billing).arg(all).arg(billing - 1)));
    type(page, u"Who is in it"_s, u"skills HAS 'falconry'"_s);
    QVERIFY(isSaid(page, u"Nobody is in this queue"_s));
}

void TestRouting::theLastChangeIsTakenBack()
{
    Stage stage(*m_look);
    RoutingPage &page = openPage(stage);
    new QAbstractItemModelTester(&page.list(Kind::Queues).rows(), &page);
    const std::vector<Queue> before = stage.desk.queueList;
    page.open(Kind::Queues, queueCalled(stage, u"Billing"_s));
    type(page, u"Who is in it"_s, u"1==1"_s);
    QVERIFY(click(page, u"Save"_s));
    QVERIFY(stage.desk.queueList != before);
    QVERIFY(page.undo());
    QCOMPARE(stage.desk.queueList, before);
    QVERIFY(!page.undo()); // once

    QVERIFY(click(page, u"Add a queue"_s));
    type(page, u"Name"_s, u"Falcons"_s);
    QVERIFY(click(page, u"Save"_s));
    QCOMPARE(stage.desk.queueList.size(), before.size() + 1);
    page.list(Kind::Queues).setFocus();
    QTest::keySequence(&page.list(Kind::Queues), QKeySequence::Undo);
    QTRY_COMPARE(stage.desk.queueList, before);

    page.open(Kind::Queues, queueCalled(stage, u"Billing"_s));
    QVERIFY(click(page, u"Delete"_s));
    QCOMPARE(stage.desk.queueList.size(), before.size() - 1);
    QVERIFY(page.undo());
    QVERIFY(!queueCalled(stage, u"Billing"_s).isNull());
    QCOMPARE(stage.desk.queueList.size(), before.size());
}

void TestRouting::anothersChangeIsNotTakenBack()
{
    Stage stage(*m_look);
    RoutingPage &page = openPage(stage);
    page.open(Kind::Queues, queueCalled(stage, u"Billing"_s));
    type(page, u"Who is in it"_s, u"1==1"_s);
    QVERIFY(click(page, u"Save"_s));
    for (Queue &queue : stage.desk.queueList)
        queue.maxReservedWorkers = 7;
    api::Changes changes;
    changes.directory = true;
    Q_EMIT stage.desk.changed(changes);
    const int commands = sent<api::SaveQueue>(stage.desk);
    QVERIFY(!page.undo());
    QCOMPARE(sent<api::SaveQueue>(stage.desk), commands);
    QVERIFY(page.bar().text().contains(u"nothing was undone"_s));
}

void TestRouting::aWorkflowNeedsADefaultAndQueuesThatAreThere()
{
    Stage stage(*m_look);
    RoutingPage &page = openPage(stage);
    page.open(Kind::Workflows, {});
    type(page, u"Name"_s, u"Bare"_s);
    QVERIFY(isSaid(page, u"choose the queue"_s));
    QVERIFY(click(page, u"Save"_s));
    QCOMPARE(sent<api::SaveWorkflow>(stage.desk), 0);

    stage.desk.workflowList.front().configuration = {
        R"({"task_routing":{"filters":[{"expression":"1==1","targets":[{"queue":"Gone"}]}],"default_filter":{"queue":"Orders"}}})"};
    api::Changes changes;
    changes.directory = true;
    Q_EMIT stage.desk.changed(changes);
    QVERIFY(click(page, u"Cancel"_s));
    openWorkflow(stage, page);
    QVERIFY(isSaid(page, u"filter 1: target 1: no such queue: Gone"_s));
}

void TestRouting::aWorkflowSaysHowLongAnOfferStands()
{
    Stage stage(*m_look);
    RoutingPage &page = openPage(stage);
    const Workflow before = stage.desk.workflowList.front();
    QVERIFY(!before.taskReservationTimeout);
    page.open(Kind::Workflows, before.id.value);
    auto *offer = page.form(Kind::Workflows)->findChild<QSpinBox *>();
    QVERIFY(offer);
    QCOMPARE(offer->accessibleName(), u"How long an offer stands"_s);
    QCOMPARE(offer->text(), u"as the task channel says"_s);
    offer->setValue(45);
    QVERIFY(click(page, u"Save"_s));
    Workflow wanted = before;
    wanted.taskReservationTimeout = Seconds(45);
    QCOMPARE(stage.desk.workflowList.front(), wanted); // its rules as they were written
    page.open(Kind::Workflows, before.id.value);
    QCOMPARE(offer->value(), 45);
    offer->setValue(0);
    QVERIFY(click(page, u"Save"_s));
    QCOMPARE(stage.desk.workflowList.front(), before);
}

void TestRouting::rulesMoveByKeys()
{
    Stage stage(*m_look);
    RoutingPage &page = openPage(stage);
    WorkflowForm &form = openWorkflow(stage, page);
    QCOMPARE(ruleNames(form), (QStringList{u"VIP"_s, u"Spanish"_s}));
    QCOMPARE(form.tree().spot(), (RuleSpot{0, -1}));
    form.tree().setFocus();
    QTest::keyClick(&form.tree(), Qt::Key_Down, Qt::AltModifier);
    QCOMPARE(ruleNames(form), (QStringList{u"Spanish"_s, u"VIP"_s}));
    QCOMPARE(form.tree().spot(), (RuleSpot{1, -1}));
    QVERIFY(click(page, u"Save"_s));
    const Workflow saved = lastSent<api::SaveWorkflow>(stage.desk).workflow;
    QCOMPARE(draftOf(saved.configuration).filters.front().name, u"Spanish"_s);
    QTest::keyClick(&form.tree(), Qt::Key_Delete);
    QCOMPARE(ruleNames(form), QStringList{u"Spanish"_s});
    QVERIFY(click(page, u"Discard changes"_s));
    QCOMPARE(ruleNames(form), (QStringList{u"Spanish"_s, u"VIP"_s}));
}

void TestRouting::aTrialSaysWhoWouldGetIt()
{
    Stage stage(*m_look);
    RoutingPage &page = openPage(stage);
    WorkflowForm &form = openWorkflow(stage, page);
    form.trial().attributes().setPlainText(uR"({"vip": true})"_s);
    QTRY_VERIFY(plain(form.trial().summary()).startsWith(u"In Billing."_s));
    // The one with the highest level is asked first, although nothing is saved.
    const QTreeWidgetItem *people = form.trial().explanation().topLevelItem(2);
    QVERIFY(people);
    QCOMPARE(people->child(0)->text(0), stage.desk.workerList[1].friendlyName);
    QCOMPARE(people->child(0)->text(1), u"could take it now"_s);
    QVERIFY(people->child(people->childCount() - 1)->text(1).contains(u"not in the queue"_s));
    const QTreeWidgetItem *place = form.trial().explanation().topLevelItem(0);
    const QTreeWidgetItem *last = place->child(place->childCount() - 1);
    QCOMPARE(last->text(0), u"If nobody takes it"_s);
    QCOMPARE(plain(last->text(1)), u"after %1 on to Orders"_s.arg(spanText(Seconds(60))));
    // All of it can be seen, since the form scrolls; also after there was nothing.
    const QScrollBar &bar = *form.trial().explanation().verticalScrollBar();
    QTRY_COMPARE(bar.maximum(), 0);
    form.trial().attributes().setPlainText(u"{"_s);
    QTRY_VERIFY(form.trial().summary().contains(u"no JSON object"_s));
    form.trial().attributes().setPlainText(uR"({"vip": true})"_s);
    QTRY_VERIFY(plain(form.trial().summary()).startsWith(u"In Billing."_s));
    QTRY_COMPARE(bar.maximum(), 0);
    // As it is on the screen, not as it was saved.
    type(page, u"If"_s, u"vip == false"_s);
    QTRY_VERIFY(plain(form.trial().summary()).startsWith(u"In Orders."_s));
    QCOMPARE(sent<api::SaveWorkflow>(stage.desk), 0);
}

void TestRouting::aWrongSampleIsNamed()
{
    Stage stage(*m_look);
    RoutingPage &page = openPage(stage);
    WorkflowForm &form = openWorkflow(stage, page);
    form.trial().attributes().setPlainText(u"{\"vip\": "_s);
    QTRY_VERIFY(form.trial().summary().contains(u"no JSON object"_s));
    QCOMPARE(form.trial().explanation().topLevelItemCount(), 0);
}

void TestRouting::othersChangesAreNotReplacedUnseen()
{
    Stage stage(*m_look);
    RoutingPage &page = openPage(stage);
    page.open(Kind::Queues, queueCalled(stage, u"Billing"_s));
    const auto change = [&](int reserved) {
        for (Queue &queue : stage.desk.queueList)
            queue.maxReservedWorkers = reserved;
        api::Changes changes;
        changes.directory = true;
        Q_EMIT stage.desk.changed(changes);
    };
    change(3);
    QCOMPARE(seen<QSpinBox>(page, u"How many are asked at the same time"_s)->value(), 3);
    type(page, u"Name"_s, u"Bills"_s);
    change(4);
    QVERIFY(isSaid(page, u"Somebody else changed this meanwhile"_s));
    QCOMPARE(seen<QLineEdit>(page, u"Name"_s)->text(), u"Bills"_s);
    page.open(Kind::Queues, queueCalled(stage, u"Orders"_s)); // asks first
    QCOMPARE(seen<QLineEdit>(page, u"Name"_s)->text(), u"Bills"_s);
}

void TestRouting::aSupervisorReadsAndChangesNothing()
{
    Stage stage(*m_look);
    RoutingPage &page = openPage(stage, Role::Supervisor);
    page.open(Kind::Queues, queueCalled(stage, u"Billing"_s));
    QVERIFY(isSaid(page, u"Only an administrator"_s));
    QVERIFY(!seen<QLineEdit>(page, u"Name"_s)->isEnabled());
    QVERIFY(!seen<QAbstractButton>(page, u"Save"_s));
    QVERIFY(!seen<QAbstractButton>(page, u"Add a queue"_s));
    QVERIFY(!seen<QAbstractButton>(page, u"Import"_s));
    page.form(Kind::Queues)->save();
    page.import("{}");
    QVERIFY(!page.undo());
    QCOMPARE(sent<api::SaveQueue>(stage.desk), 0);
}

void TestRouting::anAgentHasNoRouting()
{
    Stage stage(*m_look);
    QVERIFY(!stage.open().routing());
}

void TestRouting::anImportListsWhatItCouldNotMap()
{
    Stage stage(*m_look);
    RoutingPage &page = openPage(stage);
    page.import(
        R"({"friendly_name":"Flex","configuration":"{\"task_routing\":{\"filters\":[],\"default_filter\":{\"queue\":\"WQ0123456789abcdef0123456789abcdef\"}}}"})");
    QTRY_VERIFY(page.bar().text().contains(u"WQ0123456789abcdef0123456789abcdef"_s));
    QVERIFY(page.bar().text().contains(u"Flex"_s));
    QCOMPARE(stage.desk.workflowList.back().friendlyName, u"Flex"_s);
    page.import("{ not json");
    QTRY_VERIFY(page.bar().text().startsWith(u"The import stopped: byte"_s));
}

void TestRouting::anImportIsTakenBack()
{
    Stage stage(*m_look);
    RoutingPage &page = openPage(stage);
    const Workspace before(stage.desk);
    page.import(Document);
    QTRY_VERIFY(page.bar().text().startsWith(u"Imported"_s));
    QCOMPARE(page.bar().actionButton().text(), u"Undo"_s);
    QVERIFY(!queueCalled(stage, u"Night"_s).isNull());
    QCOMPARE(stage.desk.queueList[0].maxReservedWorkers, 9);
    QVERIFY(Workspace(stage.desk) != before);

    page.list(Kind::Queues).setFocus();
    QTest::keySequence(&page.list(Kind::Queues), QKeySequence::Undo);
    QTRY_COMPARE(page.bar().text(), u"The import was undone: 6 entries are as they were before."_s);
    QVERIFY(Workspace(stage.desk) == before);
    QVERIFY(!page.undo()); // once

    page.import(Document);
    QTRY_VERIFY(page.bar().actionButton().isVisible());
    page.import(Document); // all of it is there already
    QTRY_VERIFY(!page.bar().actionButton().isVisible());
    QVERIFY(page.bar().text().startsWith(u"Imported"_s));
    QVERIFY(!page.undo());
}

void TestRouting::whatAnImportLeavesBehindIsNamed()
{
    Stage stage(*m_look);
    RoutingPage &page = openPage(stage);
    const Workspace before(stage.desk);
    page.import(Document);
    QTRY_VERIFY(page.bar().text().startsWith(u"Imported"_s));
    Queue &changed = stage.desk.queueList[0];
    changed.targetWorkers = u"skills HAS 'new'"_s; // by somebody else
    const Queue asItIs = changed;
    const QUuid night = queueCalled(stage, u"Night"_s);
    stage.desk.refusal = [night](const api::Command &command) -> std::optional<Error> {
        const auto *gone = std::get_if<api::DeleteQueue>(&command);
        return gone && gone->queue.value == night
                   ? std::optional(rejected(u"tasks still wait in this queue"_s, u"pending"_s))
                   : std::nullopt;
    };
    page.bar().actionButton().click();
    QTRY_COMPARE(plain(page.bar().text()),
                 u"The import was undone: 4 entries are as they were before. Left as it is: queue "
                 "%1 (somebody changed it since); queue Night (tasks still wait in this "
                 "queue)."_s.arg(asItIs.friendlyName));
    QCOMPARE(stage.desk.queueList[0], asItIs);
    QVERIFY(!queueCalled(stage, u"Night"_s).isNull());
    QCOMPARE(stage.desk.workflowList, before.workflows);
    QCOMPARE(stage.desk.workerList, before.workers);
}

void TestRouting::anImportThatStoppedIsTakenBackToo()
{
    Stage stage(*m_look);
    RoutingPage &page = openPage(stage);
    const Workspace before(stage.desk);
    stage.desk.refusal = [](const api::Command &command) -> std::optional<Error> {
        return std::holds_alternative<api::SaveWorkflow>(command)
                   ? std::optional(invalid(u"no such queue: X"_s))
                   : std::nullopt;
    };
    page.import(Document);
    QTRY_VERIFY(page.bar().text().contains(u"no such queue: X"_s));
    QVERIFY(!queueCalled(stage, u"Night"_s).isNull()); // came before it
    QCOMPARE(page.bar().actionButton().text(), u"Undo"_s);
    page.bar().actionButton().click();
    QTRY_VERIFY(page.bar().text().startsWith(u"The import was undone: 4"_s));
    QVERIFY(Workspace(stage.desk) == before);
    page.import("{}"); // wrote nothing
    QTRY_VERIFY(page.bar().text().startsWith(u"The import stopped"_s));
    QVERIFY(!page.bar().actionButton().isVisible());
}

void TestRouting::theRestOfAnImportIsTakenBackLater()
{
    Stage stage(*m_look);
    RoutingPage &page = openPage(stage);
    const Workspace before(stage.desk);
    page.import(Document);
    QTRY_VERIFY(page.bar().text().startsWith(u"Imported"_s));
    stage.desk.refusal = [](const api::Command &command) -> std::optional<Error> {
        return std::holds_alternative<api::DeleteActivity>(command)
                   ? std::optional(Error{Error::Code::NoMajority, {}, {}})
                   : std::nullopt;
    };
    page.bar().actionButton().click();
    QTRY_VERIFY(page.bar().text().startsWith(u"Not all of the import was taken back"_s));
    QVERIFY(Workspace(stage.desk) != before);
    stage.desk.refusal = {};
    QCOMPARE(page.bar().actionButton().text(), u"Undo the rest"_s);
    page.bar().actionButton().click();
    QTRY_COMPARE(page.bar().text(), u"The import was undone: 1 entry is as it was before."_s);
    QVERIFY(Workspace(stage.desk) == before);
}

void TestRouting::anExportIsTakenAgain()
{
    Stage stage(*m_look);
    RoutingPage &page = openPage(stage);
    const std::vector<Queue> queues = stage.desk.queueList;
    const std::vector<Workflow> workflows = stage.desk.workflowList;
    const QByteArray document = page.exported();
    page.import(document);
    QTRY_VERIFY(page.bar().text().startsWith(u"Imported"_s));
    QCOMPARE(stage.desk.queueList, queues);
    QCOMPARE(stage.desk.workflowList.size(), workflows.size());
    QCOMPARE(json::object(stage.desk.workflowList.front().configuration),
             json::object(workflows.front().configuration));
}

void TestRouting::aSkillLeadsToItsPeople()
{
    Stage stage(*m_look);
    RoutingPage &page = openPage(stage);
    page.showKind(Kind::Skills);
    RuleModel &skills = page.list(Kind::Skills).rows();
    QCOMPARE(skills.at(0).name, u"billing"_s);
    page.open(Kind::Skills, skills.at(0).id);
    const QString person = u"%1, level 7"_s.arg(ui::isolate(stage.desk.agentList[1].name));
    QTRY_VERIFY(seen<QAbstractButton>(page, person));
    QVERIFY(click(page, person));
    QCOMPARE(stage.window->people().form()->agent(), stage.desk.agentList[1].id);
}

void TestRouting::aWaitingTaskIsExplained()
{
    Stage stage(*m_look);
    stage.desk.explanation = {
        {u"status"_s, u"pending"_s},
        {u"queue"_s, u"Billing"_s},
        {u"position"_s, 2},
        {u"rules"_s,
         QJsonArray{
             QJsonObject{
                 {u"filter"_s, u"VIP"_s}, {u"matches"_s, false}, {u"failed"_s, u"vip == true"_s}},
             QJsonObject{{u"filter"_s, u"default"_s}, {u"matches"_s, true}, {u"current"_s, true}}}},
        {u"workers"_s, QJsonArray{QJsonObject{{u"friendly_name"_s, u"Minh Pham"_s},
                                              {u"eligible"_s, false},
                                              {u"reason"_s, u"not available (Break)"_s},
                                              {u"would_free"_s, u"choosing another"_s}}}}};
    openPage(stage, Role::Supervisor);
    stage.desk.explanations.clear();
    stage.window->showSection(Window::Section::Queues);
    QTableWidget &table = stage.window->queues().table();
    QTRY_VERIFY(table.rowCount() > 0);
    table.setFocus();
    table.setCurrentCell(0, 0);
    QTest::keyClick(&table, Qt::Key_Return);
    QTest::keyClick(&stage.window->queues().open().list(), Qt::Key_Return);
    auto *dialog = stage.window->findChild<WhyDialog *>();
    QVERIFY(dialog);
    QCOMPARE(plain(dialog->summary()), u"In Billing. Nobody could take it now."_s);
    const Explanation &why = dialog->explanation();
    QCOMPARE(why.topLevelItem(1)->child(0)->text(1), u"does not hold: vip == true"_s);
    QCOMPARE(why.topLevelItem(2)->child(0)->text(1),
             u"not available (Break). What would help: choosing another"_s);
    stage.desk.explanation = {};
    api::Changes changes;
    changes.directory = true;
    Q_EMIT stage.desk.changed(changes);
    QCOMPARE(dialog->summary(), u"This task is done."_s);
    dialog->accept();
}

void TestRouting::whoWaitsInAQueueIsListedAsTheRouterServesThem()
{
    Stage stage(*m_look);
    WaitingPane &pane = openWaiting(stage, u"Orders"_s);
    QTRY_COMPARE(namesOf(pane),
                 (QStringList{u"Marta Kov\u00e1cs"_s, u"Deepak Rao"_s, u"Yuki Mori"_s}));
    QCOMPARE(plain(pane.title()), u"Waiting in Orders"_s);
    WaitingModel &rows = pane.list().rows();
    QCOMPARE(rows.waited(0), u"4:36"_s);
    QCOMPARE(rows.facts(0), u"WhatsApp \u00b7 since %1 \u00b7 priority 0"_s.arg(
                                clockText(demoTime() - std::chrono::seconds(276))));
    QCOMPARE(rows.standing(1), u"Position 2 \u00b7 expected wait 3:10"_s);
    QVERIFY(rows.index(1).data(Qt::AccessibleTextRole).toString().contains(u"waits for 2:00"_s));
    TaskId deepak = rows.at(1).task;
    stage.desk.tasksById[deepak].priority = 50; // before who came first
    stage.desk.explanations[rows.at(2).task].insert(u"expected_wait"_s, QJsonValue());
    stage.desk.tasksById[rows.at(0).task].assignmentStatus = TaskStatus::Reserved;
    stage.window->showSection(Window::Section::People);
    stage.window->showSection(Window::Section::Queues);
    QTRY_COMPARE(namesOf(pane),
                 (QStringList{u"Deepak Rao"_s, u"Marta Kov\u00e1cs"_s, u"Yuki Mori"_s}));
    QCOMPARE(rows.standing(1), u"Being offered now"_s);
    QTRY_COMPARE(rows.standing(2), u"Position 3 \u00b7 how long it will wait cannot be told yet"_s);
    for (Queue &queue : stage.desk.queueList)
        queue.taskOrder = TaskOrder::Lifo; // the newest first, whatever its priority
    api::Changes changes;
    changes.directory = true;
    Q_EMIT stage.desk.changed(changes);
    QTRY_COMPARE(namesOf(pane),
                 (QStringList{u"Yuki Mori"_s, u"Deepak Rao"_s, u"Marta Kov\u00e1cs"_s}));
}

void TestRouting::whereATaskStandsIsAskedForWhatCanBeSeen()
{
    Stage stage(*m_look);
    stage.office.fillQueues();
    const QueueId orders{queueCalled(stage, u"Orders"_s)};
    for (int i = 0; i < 300; ++i) {
        Task task;
        task.id = randomId<TaskId>();
        task.taskQueue = orders;
        task.taskChannel = u"fax"_s;
        task.dateCreated = demoTime() - std::chrono::seconds(i);
        stage.desk.tasksById[task.id] = task;
    }
    WaitingPane &pane = openWaiting(stage, u"Orders"_s);
    QTRY_COMPARE(pane.list().rows().rowCount(), 303);
    const int last = pane.list().rows().rowCount() - 1;
    QCOMPARE(pane.list().rows().name(last), u"Task without a conversation"_s);
    QVERIFY(pane.list().rows().facts(last).startsWith(u"fax"_s));
    QVERIFY2(stage.desk.explained < 60, qPrintable(QString::number(stage.desk.explained)));
    stage.desk.explanations[pane.list().rows().at(last).task] = {{u"position"_s, 77}};
    pane.list().scrollToBottom();
    QTRY_VERIFY(pane.list().rows().standing(last).startsWith(u"Position 77"_s));
    QVERIFY2(stage.desk.explained < 120, qPrintable(QString::number(stage.desk.explained)));
}

void TestRouting::theListOfWhoWaitsFollowsTheOffice()
{
    Stage stage(*m_look);
    WaitingPane &pane = openWaiting(stage, u"Orders"_s);
    WaitingModel &rows = pane.list().rows();
    new QAbstractItemModelTester(&rows, &pane);
    QTRY_COMPARE(rows.rowCount(), 3);
    const TaskId yuki = rows.at(2).task;
    pane.list().setCurrentIndex(rows.index(2));
    Task urgent = stage.desk.tasksById[yuki];
    urgent.id = randomId<TaskId>();
    urgent.conversation = {};
    urgent.priority = 9;
    stage.desk.tasksById[urgent.id] = urgent;
    stage.desk.tasksById.erase(rows.at(0).task);
    api::Changes changes;
    changes.tasks = {urgent.id};
    Q_EMIT stage.desk.changed(changes);
    QTRY_COMPARE(rows.at(0).task, urgent.id);
    QCOMPARE(rows.rowCount(), 3);
    QCOMPARE(rows.at(pane.list().currentIndex().row()).task, yuki); // the hand stays on it
    std::erase_if(stage.desk.queueList,
                  [](const Queue &queue) { return queue.friendlyName == u"Orders"; });
    changes.directory = true;
    Q_EMIT stage.desk.changed(changes);
    QTRY_VERIFY(!pane.isVisible());
}

void TestRouting::everyWaitCanBeAskedAbout()
{
    Stage stage(*m_look);
    WaitingPane &pane = openWaiting(stage, u"Orders"_s);
    WaitingModel &rows = pane.list().rows();
    QTRY_COMPARE(rows.rowCount(), 3);
    QSignalSpy why(&stage.window->queues(), &QueuesPage::whyWanted);
    QVERIFY(!pane.whyButton().isEnabled());
    stage.window->queues().table().setFocus();
    QTest::keyClick(&stage.window->queues().table(), Qt::Key_F6);
    QCOMPARE(QApplication::focusWidget(), &pane.list());
    pane.list().setCurrentIndex(rows.index(1));
    pane.whyButton().click();
    QTest::keyClick(&pane.list(), Qt::Key_Return);
    for (const auto reason : {QContextMenuEvent::Keyboard, QContextMenuEvent::Mouse}) {
        QMenu *menu = menuOf(pane.list(), reason, reason == QContextMenuEvent::Mouse ? 2 : 1);
        QVERIFY(menu);
        QCOMPARE(menu->actions().front()->text(), u"Why is this waiting?"_s);
        menu->actions().front()->trigger();
        delete menu;
    }
    QCOMPARE(why.count(), 4);
    for (const int asked : {0, 1, 2})
        QCOMPARE(why[asked][0].value<TaskId>(), rows.at(1).task);
    QCOMPARE(why[3][0].value<TaskId>(), rows.at(2).task);
    QCOMPARE(stage.window->findChildren<WhyDialog *>().size(), 4);
}

void TestRouting::aQueueWithoutAnybodySaysSo()
{
    Stage stage(*m_look);
    WaitingPane &pane = openWaiting(stage, u"Sales"_s);
    QVERIFY(plain(pane.list().accessibleDescription()).contains(u"Nobody waits in Sales."_s));
    QVERIFY(!pane.whyButton().isEnabled());
    QTest::keyClick(&pane.list(), Qt::Key_Escape);
    QTRY_VERIFY(!pane.isVisible());
    QVERIFY(stage.window->queues().isVisible()); // one layer at a time
}

void TestRouting::aRowOfTheListIsAskedAboutByItsMenu()
{
    Stage stage(*m_look);
    stage.role = Role::Supervisor;
    Window &window = stage.open();
    stage.openAiko();
    ConversationList &list = window.inbox().list();
    QSignalSpy why(&list, &ConversationList::whyWanted);
    // By key: the open one, which somebody has.
    QMenu *menu = menuOf(list, QContextMenuEvent::Keyboard, 0);
    QVERIFY(menu);
    QCOMPARE(menu->actions().back()->text(), u"Why is it with this person?"_s);
    menu->actions().back()->trigger();
    QCOMPARE(why.back()[0].value<TaskId>(), stage.desk.conversationsById[stage.office.aiko()].task);
    auto *dialog = window.findChild<WhyDialog *>();
    QVERIFY(dialog);
    dialog->reject();
    delete menu;
    // By mouse: one that waits and stays as it is, unread.
    window.inbox().views().setCurrentIndex(int(InboxView::Queue));
    QTRY_VERIFY(window.inbox().feed().isSettled());
    int row = 0;
    while (window.inbox().model().at(row).id == list.selected())
        ++row;
    const Conversation waiting = window.inbox().model().at(row);
    menu = menuOf(list, QContextMenuEvent::Mouse, row);
    QVERIFY(menu);
    QCOMPARE(plain(menu->actions().front()->text()), waiting.customerName);
    QCOMPARE(menu->actions().back()->text(), u"Why is this waiting?"_s);
    menu->actions().back()->trigger();
    QCOMPARE(why.back()[0].value<TaskId>(), waiting.task);
    QCOMPARE(window.conversation().conversation(), stage.office.aiko());
}

void TestRouting::theListIsCalmWhileAMenuIsOpen()
{
    Stage stage(*m_look);
    stage.role = Role::Supervisor;
    Window &window = stage.open();
    window.inbox().feed().setOrder(api::ConversationOrder::NewestFirst);
    QTRY_VERIFY(window.inbox().feed().isSettled());
    const ConversationModel &model = window.inbox().model();
    const ConversationId last = model.at(model.rowCount() - 1).id;
    QMenu *menu = menuOf(window.inbox().list(), QContextMenuEvent::Mouse, 1);
    QVERIFY(menu && menu->isVisible());
    Message message;
    message.createdAt = demoTime() + std::chrono::seconds(1);
    stage.desk.add(last, message);
    stage.desk.touch(last);
    QTRY_VERIFY(model.pendingMoves() > 0);
    QCOMPARE(model.rowOf(last), model.rowCount() - 1);
    menu->close();
    QTRY_COMPARE(model.rowOf(last), 0);
}

void TestRouting::agentsAndTasklessRowsHaveNoMenu()
{
    Stage stage(*m_look);
    stage.open();
    QVERIFY(!menuOf(stage.window->inbox().list(), QContextMenuEvent::Mouse, 0));
    Stage other(*m_look);
    other.role = Role::Supervisor;
    for (auto &[id, conversation] : other.desk.conversationsById)
        conversation.task = {};
    other.open();
    QVERIFY(!menuOf(other.window->inbox().list(), QContextMenuEvent::Mouse, 0));
}

int main(int argc, char **argv)
{
    return runWindowTest<TestRouting>(argc, argv);
}

#include "tst_routing.moc"
