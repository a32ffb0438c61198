// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "tests/ui/onboarding/hand.h"
#include "tests/ui/stage.h"
#include "ui/common/timetext.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QSpinBox>

using namespace peerdesk;
using namespace peerdesk::test;
using namespace peerdesk::ui;
using namespace Qt::StringLiterals;

namespace {

const Json Odd{
    R"({"note":1,"task_routing":{"filters":[{"friendly_name":"A","expression":"1==1","extra":[1],"targets":[{"queue":"Q","priority":"5","timeout":30,"own":{"x":1}},{"expression":"worker.a == 1","known_worker_friendly_name":"task.who"}]}],"default_filter":{"queue":"R","task_queue":"x"},"more":true}})"};

QString plain(QString words)
{
    return words.remove(QChar(0x2068)).remove(QChar(0x2069));
}

} // namespace

/// Queues and workflows as an administrator changes them, judged by the code that routes.
class TestRouting : public WindowTest
{
    Q_OBJECT

    using Kind = RoutingPage::Kind;

    static RoutingPage &openPage(Stage &stage, Role role = Role::Admin)
    {
        stage.role = role;
        stage.office.fillRouting();
        Window &window = stage.open();
        window.openSettingsPage(window.routing());
        return *window.routing();
    }
    static QUuid queueCalled(const Stage &stage, const QString &name)
    {
        for (const Queue &queue : stage.desk.queueList) {
            if (queue.friendlyName == name)
                return queue.id.value;
        }
        return {};
    }
    static WorkflowForm &openWorkflow(Stage &stage, RoutingPage &page)
    {
        page.open(Kind::Workflows, stage.desk.workflowList.front().id.value);
        return static_cast<WorkflowForm &>(*page.form(Kind::Workflows));
    }
    static void type(QWidget &root, const QString &name, const QString &text)
    {
        auto *field = seen<QLineEdit>(root, name);
        QVERIFY(field);
        field->setFocus();
        field->selectAll();
        QTest::keyClicks(field, text);
        if (text.isEmpty())
            QTest::keyClick(field, Qt::Key_Delete);
    }
    static bool isSaid(QWidget &root, const QString &words)
    {
        for (const QLabel *label : root.findChildren<QLabel *>()) {
            if (label->isVisible() && plain(label->text()).contains(words))
                return true;
        }
        return false;
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
    void anExportIsTakenAgain();
    void aSkillLeadsToItsPeople();
    void aWaitingTaskIsExplained();
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
    stage.window->showSection(Window::Section::Queues);
    QTableWidget &table = stage.window->queues().table();
    QTRY_VERIFY(table.rowCount() > 0);
    table.setFocus();
    table.setCurrentCell(0, 0);
    Q_EMIT table.activated(table.model()->index(0, 0));
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

int main(int argc, char **argv)
{
    return runWindowTest<TestRouting>(argc, argv);
}

#include "tst_routing.moc"
