// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/routinghand.h"
#include "ui/common/announcer.h"

#include <QSpinBox>
#include <QTimeZone>

using namespace peerdesk;
using namespace peerdesk::test;
using namespace peerdesk::ui;
using namespace Qt::StringLiterals;

/// "Try on a past day", with the code that routes.
class TestRehearsal : public RoutingTest
{
    Q_OBJECT

    /// The rehearsal of the first workflow, opened as a person does.
    static RehearsalPanel &openRehearsal(Stage &stage, RoutingPage &page)
    {
        WorkflowForm &form = openWorkflow(stage, page);
        click(page, u"Try on a past day\u2026"_s);
        return form.rehearsal();
    }
    /// What the table says in a line of a group: saved, edited, change.
    static QStringList figure(RehearsalPanel &panel, const QString &group, const QString &what)
    {
        for (int i = 0; i < panel.table().topLevelItemCount(); ++i) {
            const QTreeWidgetItem *found = panel.table().topLevelItem(i);
            for (int j = 0; plain(found->text(0)) == group && j < found->childCount(); ++j) {
                const QTreeWidgetItem *line = found->child(j);
                if (line->text(0) == what)
                    return {plain(line->text(1)), plain(line->text(2)), plain(line->text(3))};
            }
        }
        return {};
    }
    static bool isAnnounced(Window &window, const QString &words)
    {
        const auto *announcer = window.findChild<Announcer *>();
        return announcer && plain(announcer->accessibleName()).startsWith(words);
    }

private Q_SLOTS:
    void editedRulesAreComparedOnARecordedDay();
    void aPastDayIsThatOfTheOffice();
    void aRecordedDayBringsItsTasksAndItsPeople();
    void aMadeUpDayIsRehearsedToo();
    void whatCannotBeRehearsedIsSaid();
    void aRehearsalIsStopped();
    void aRehearsalGoesOnWhileAnotherPageIsOpen();
    void aSupervisorRehearsesWhatIsSaved();
};

void TestRehearsal::editedRulesAreComparedOnARecordedDay()
{
    Stage stage(*m_look);
    stage.office.fillLog();
    RoutingPage &page = openPage(stage);
    RehearsalPanel &panel = openRehearsal(stage, page);
    type(page, u"If"_s, u"vip == false"_s);
    QVERIFY(click(page, u"Try it"_s));
    QVERIFY(panel.isRunning());
    QTRY_VERIFY(!panel.isRunning());
    QVERIFY2(plain(panel.words()).startsWith(u"On 120 tasks of "_s), qPrintable(panel.words()));
    QCOMPARE(figure(panel, u"In total"_s, u"Tasks"_s),
             (QStringList{u"120"_s, u"120"_s, u"the same"_s}));
    // Better and worse are words, not only colours.
    const QStringList wait = figure(panel, u"In total"_s, u"Mean wait"_s);
    QVERIFY2(wait.at(2).startsWith(QChar(0x2212)), qPrintable(wait.join(u' ')));
    QVERIFY2(wait.at(2).endsWith(u"better"_s), qPrintable(wait.join(u' ')));
    QCOMPARE(figure(panel, u"Billing"_s, u"Tasks"_s),
             (QStringList{u"80"_s, u"40"_s, u"\u221240"_s}));
    QVERIFY(!figure(panel, u"In total"_s, u"Occupancy of people"_s).isEmpty());
    QVERIFY(figure(panel, u"Billing"_s, u"Occupancy of people"_s).isEmpty());
    // What was found is about the rules as they were then.
    type(page, u"If"_s, u"vip == true"_s);
    QVERIFY(isSaid(page, u"The rules were changed since then"_s));
    QCOMPARE(sent<api::SaveWorkflow>(stage.desk), 0);
}

void TestRehearsal::aPastDayIsThatOfTheOffice()
{
    Stage stage(*m_look);
    stage.desk.office.office.timeZone = u"Asia/Tokyo"_s;
    RoutingPage &page = openPage(stage);
    RehearsalPanel &panel = openRehearsal(stage, page);
    QVERIFY(click(page, u"Try it"_s));
    QTRY_VERIFY(!panel.isRunning());
    const QTimeZone zone("Asia/Tokyo");
    const QDate today = QDateTime::fromMSecsSinceEpoch(demoTime().ms, zone).date();
    const auto days = [&](const QDate &first, const QDate &last) {
        return std::pair(Time{first.startOfDay(zone).toMSecsSinceEpoch()},
                         Time{last.addDays(1).startOfDay(zone).toMSecsSinceEpoch()});
    };
    QCOMPARE(stage.desk.recordedSpan, days(today.addDays(-1), today.addDays(-1)));
    QVERIFY(stage.desk.recordedSpan.first.toString().endsWith(u"T15:00:00.000Z"_s));
    panel.day().setCurrentIndex(RehearsalPanel::LastWeek);
    QVERIFY(click(page, u"Try it"_s));
    QTRY_VERIFY(!panel.isRunning());
    QCOMPARE(stage.desk.recordedSpan, days(today.addDays(-7), today.addDays(-1)));
    panel.day().setCurrentIndex(RehearsalPanel::OtherDays);
    seen<QDateEdit>(page, u"From"_s)->setDate({2026, 11, 2});
    seen<QDateEdit>(page, u"to the end of"_s)->setDate({2026, 11, 3});
    QVERIFY(click(page, u"Try it"_s));
    QTRY_VERIFY(!panel.isRunning());
    QCOMPARE(stage.desk.recordedSpan, days({2026, 11, 2}, {2026, 11, 3}));
}

void TestRehearsal::aRecordedDayBringsItsTasksAndItsPeople()
{
    Stage stage(*m_look);
    RoutingPage &page = openPage(stage);
    stage.office.fillLog();
    std::vector<api::RecordedTask> tasks = *stage.desk.recorded;
    for (size_t i = 0; i < 20; ++i)
        tasks[i].workflow = {QUuid::createUuid()}; // came to another one
    stage.desk.recorded = tasks;
    const Time half = tasks[70].at;
    stage.desk.recordedPresence = {
        {{stage.desk.workerList.front().id, half, half + std::chrono::hours(9)}}};
    RehearsalPanel &panel = openRehearsal(stage, page);
    QVERIFY(click(page, u"Try it"_s));
    QTRY_VERIFY(panel.table().isVisible());
    QCOMPARE(figure(panel, u"In total"_s, u"Tasks"_s).at(0), u"100"_s);
    QVERIFY(figure(panel, u"In total"_s, u"Never answered"_s).at(0).toInt() < 10);
    stage.desk.recordedPresence = std::vector<api::RecordedPresence>(); // nobody was there
    QVERIFY(click(page, u"Try it"_s));
    QTRY_VERIFY(figure(panel, u"In total"_s, u"Never answered"_s).at(0).toInt() > 90);
}

void TestRehearsal::aMadeUpDayIsRehearsedToo()
{
    Stage stage(*m_look);
    RoutingPage &page = openPage(stage);
    RehearsalPanel &panel = openRehearsal(stage, page);
    panel.day().setCurrentIndex(RehearsalPanel::MadeUp);
    auto *perHour = seen<QSpinBox>(page, QChar(0x2068) + u"voice"_s + QChar(0x2069) +
                                             u": tasks per hour, for 8 hours"_s);
    QVERIFY(perHour);
    perHour->setValue(0);
    QVERIFY(click(page, u"Try it"_s));
    QVERIFY(isSaid(page, u"Say how many tasks come in an hour"_s));
    perHour->setValue(60);
    seen<QSpinBox>(page, u"Work on each, on average"_s)->setValue(30);
    seen<QSpinBox>(page, u"Customers wait, on average"_s)->setValue(3);
    QVERIFY(click(page, u"Try it"_s));
    QTRY_VERIFY(!panel.isRunning());
    QVERIFY(!stage.desk.recordedSpan.first.isSet()); // the log was not asked
    const int tasks = figure(panel, u"In total"_s, u"Tasks"_s).at(0).toInt();
    QVERIFY2(tasks > 400 && tasks < 560, qPrintable(panel.words()));
    QVERIFY(figure(panel, u"In total"_s, u"Gave up waiting"_s).at(0).toInt() > 0);
}

void TestRehearsal::whatCannotBeRehearsedIsSaid()
{
    Stage stage(*m_look);
    RoutingPage &page = openPage(stage);
    RehearsalPanel &panel = openRehearsal(stage, page);
    QVERIFY(click(page, u"Try it"_s));
    QTRY_VERIFY(isSaid(page, u"No tasks came on"_s));
    QVERIFY(!panel.table().isVisible());
    stage.desk.recorded = Error{Error::Code::TooLarge, u"over 200000 tasks"_s, {}};
    QVERIFY(click(page, u"Try it"_s));
    QTRY_VERIFY(isSaid(page, u"More than 200,000 tasks came then"_s));
    stage.desk.recorded = Error{Error::Code::Storage, u"disk"_s, {}};
    QVERIFY(click(page, u"Try it"_s));
    QTRY_VERIFY(isSaid(page, u"could not write to its disk"_s));
    panel.day().setCurrentIndex(RehearsalPanel::OtherDays);
    seen<QDateEdit>(page, u"From"_s)->setDate({2026, 9, 1});
    QVERIFY(click(page, u"Try it"_s));
    QVERIFY(isSaid(page, u"At most 31 days"_s));
    seen<QDateEdit>(page, u"to the end of"_s)->setDate({2026, 8, 1});
    QVERIFY(click(page, u"Try it"_s));
    QVERIFY(isSaid(page, u"The last day is before the first"_s));
    stage.desk.recordedSpan = {};
    type(page, u"If"_s, u"vip =="_s);
    QVERIFY(click(page, u"Try it"_s));
    QVERIFY(isSaid(page, u"The rules have a fault, so nothing was tried"_s));
    QVERIFY(!panel.isRunning());
    QVERIFY(!stage.desk.recordedSpan.first.isSet());
}

void TestRehearsal::aRehearsalIsStopped()
{
    Stage stage(*m_look);
    stage.office.fillLog();
    RoutingPage &page = openPage(stage);
    RehearsalPanel &panel = openRehearsal(stage, page);
    const qsizetype before = stage.desk.children().size(); // each rehearsal is one more
    stage.desk.holdReads = true;
    QVERIFY(click(page, u"Try it"_s));
    QVERIFY(panel.isRunning());
    QCOMPARE(stage.desk.children().size(), before + 1);
    QVERIFY(!seen<QPushButton>(page, u"Try it"_s)->isEnabled());
    QVERIFY(isSaid(page, u"You may look at other pages meanwhile"_s));
    QVERIFY(click(page, u"Stop"_s));
    QVERIFY(isSaid(page, u"Stopped. Nothing was changed."_s));
    stage.desk.releaseReads();
    QTRY_COMPARE(stage.desk.children().size(), before);
    QVERIFY(!panel.table().isVisible());
    // Also one in the midst of its work; where it was is seen.
    panel.day().setCurrentIndex(RehearsalPanel::MadeUp);
    for (QSpinBox *box : panel.findChildren<QSpinBox *>()) {
        if (box->accessibleName().contains(u"per hour"_s))
            box->setValue(RehearsalPanel::MaxPerHour);
    }
    QVERIFY(click(page, u"Try it"_s));
    auto *progress = panel.findChild<QProgressBar *>();
    QTRY_VERIFY_WITH_TIMEOUT(progress->value() > 0, 10'000);
    QVERIFY(progress->value() < progress->maximum());
    QVERIFY(click(page, u"Stop"_s));
    QVERIFY(!panel.isRunning());
    QVERIFY(!panel.table().isVisible());
    QVERIFY(isSaid(page, u"Stopped. Nothing was changed."_s));
    QTRY_COMPARE_WITH_TIMEOUT(stage.desk.children().size(), before,
                              8'000); // the whole takes longer
    panel.day().setCurrentIndex(RehearsalPanel::Yesterday);
    QVERIFY(click(page, u"Try it"_s));
    QTRY_VERIFY(panel.table().isVisible()); // that of now, not of what was stopped
    QCOMPARE(figure(panel, u"In total"_s, u"Tasks"_s).at(0), u"120"_s);
}

void TestRehearsal::aRehearsalGoesOnWhileAnotherPageIsOpen()
{
    Stage stage(*m_look);
    stage.office.fillLog();
    RoutingPage &page = openPage(stage);
    RehearsalPanel &panel = openRehearsal(stage, page);
    stage.desk.holdReads = true;
    QVERIFY(click(page, u"Try it"_s));
    stage.window->showSection(Window::Section::Inbox);
    QVERIFY(!panel.isVisible());
    stage.desk.releaseReads();
    QTRY_VERIFY(!panel.isRunning());
    QVERIFY(isAnnounced(*stage.window, u"On 120 tasks of "_s)); // to who cannot see the page
    stage.window->openSettingsPage(&page);
    QVERIFY(panel.table().isVisible());
    QVERIFY(isSaid(page, u"On 120 tasks"_s));
    // Another workflow is another question.
    page.open(Kind::Workflows, {});
    QVERIFY(!panel.table().isVisible());
    QVERIFY(!isSaid(page, u"On 120 tasks"_s));
}

void TestRehearsal::aSupervisorRehearsesWhatIsSaved()
{
    Stage stage(*m_look);
    stage.office.fillLog();
    RoutingPage &page = openPage(stage, Role::Supervisor);
    RehearsalPanel &panel = openRehearsal(stage, page);
    QVERIFY(!seen<QLineEdit>(page, u"Name"_s)->isEnabled());
    QVERIFY(click(page, u"Try it"_s));
    QTRY_VERIFY(!panel.isRunning());
    QVERIFY(isSaid(page, u"so there is nothing to compare"_s));
    QCOMPARE(figure(panel, u"In total"_s, u"Tasks"_s).at(0), u"120"_s);
    QVERIFY(panel.table().isColumnHidden(RehearsalTable::Change));
}

int main(int argc, char **argv)
{
    return runWindowTest<TestRehearsal>(argc, argv);
}

#include "tst_rehearsal.moc"
