// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/demoreports.h"
#include "tests/ui/stage.h"
#include "ui/reports/csv.h"

#include <QAbstractItemModelTester>
#include <QHeaderView>
#include <QMenu>

using namespace peerdesk;
using namespace peerdesk::test;
using namespace peerdesk::ui;
using namespace Qt::StringLiterals;

/// What happened over some days, for who may see it.
class TestReports : public WindowTest
{
    Q_OBJECT

private:
    std::unique_ptr<Stage> m_stage;

    Stage &stage() { return *m_stage; }
    ReportsPage &page() { return m_stage->window->reports(); }
    /// The page is open and has counted.
    void open()
    {
        stage().open();
        stage().window->showSection(Window::Section::Reports);
        QTRY_VERIFY(!page().isCounting());
    }
    void choose(ReportRange range)
    {
        stage().desk.counted.clear();
        page().choices().setRange(range);
        QTRY_VERIFY(!page().isCounting());
    }
    void choose(ReportBy by)
    {
        stage().desk.counted.clear();
        page().choices().kinds().setCurrentIndex(int(by));
        QTRY_VERIFY(!page().isCounting());
    }
    QStringList names()
    {
        QStringList out;
        for (const ReportRow &row : page().model().rows())
            out += row.name;
        return out;
    }
    int columnOf(const QString &title)
    {
        for (int column = 0; column < page().model().columnCount(); ++column) {
            if (page().model().headerData(column, Qt::Horizontal, Qt::DisplayRole) == title)
                return column;
        }
        return -1;
    }
    QString cell(const QString &name, const QString &title)
    {
        const int row = int(names().indexOf(name));
        return page().model().index(row, columnOf(title)).data().toString();
    }
    bool hasEntry()
    {
        for (const RailButton *button : stage().window->rail().findChildren<RailButton *>()) {
            if (button->text() == u"Reports")
                return button->isVisible();
        }
        return false;
    }
    bool hasCommand()
    {
        const auto &all = stage().window->shortcuts().entries();
        return std::any_of(all.begin(), all.end(),
                           [](const auto &one) { return one.action->text() == u"Reports"; });
    }
    static Time at(const QString &text) { return Time::fromString(text); }

private Q_SLOTS:
    void init()
    {
        m_stage = std::make_unique<Stage>(*m_look);
        stage().role = Role::Supervisor;
        fillReports(stage().desk);
    }
    void cleanup() { m_stage.reset(); }

    void agentsDoNotSeeIt_data()
    {
        QTest::addColumn<int>("role");
        QTest::addColumn<bool>("sees");
        QTest::newRow("agent") << int(Role::Agent) << false;
        QTest::newRow("supervisor") << int(Role::Supervisor) << true;
        QTest::newRow("admin") << int(Role::Admin) << true;
    }
    void agentsDoNotSeeIt()
    {
        QFETCH(int, role);
        QFETCH(bool, sees);
        stage().role = Role(role);
        stage().open();
        QCOMPARE(hasEntry(), sees);
        QCOMPARE(hasCommand(), sees);
    }

    void aRowForEachQueueBelowTheWholeOffice()
    {
        open();
        QCOMPARE(page().words(), QString());
        QCOMPARE(names(), (QStringList{u"Whole office"_s, u"Billing"_s, u"Bookings"_s, u"Orders"_s,
                                       u"Returns"_s, u"Sales"_s, u"Sales ES"_s}));
        QCOMPARE(cell(u"Whole office"_s, u"Tasks"_s), u"28"_s);
        QCOMPARE(cell(u"Whole office"_s, u"Abandoned"_s), u"4"_s);
        QCOMPARE(cell(u"Sales"_s, u"Service level"_s), u"42.9 %"_s);
        QCOMPARE(cell(u"Returns"_s, u"Longest wait"_s), u"1:05:41"_s);
        QCOMPARE(cell(u"Returns"_s, u"Handling"_s), u"7:05"_s);
    }

    void aDayIsAsLongAsTheOfficesClocksMakeIt_data()
    {
        QTest::addColumn<QByteArray>("zone");
        QTest::addColumn<QDate>("first");
        QTest::addColumn<QDate>("last");
        QTest::addColumn<QString>("start");
        QTest::addColumn<QString>("end");
        const auto row = [](const char *name, const QByteArray &zone, const QDate &first,
                            const QDate &last, const QString &start, const QString &end) {
            QTest::newRow(name) << zone << first << last << start << end;
        };
        const QDate plain(2026, 7, 3);
        row("a day", "Europe/Berlin", plain, plain, u"2026-07-02T22:00:00Z"_s,
            u"2026-07-03T22:00:00Z"_s);
        row("23 hours", "Europe/Berlin", {2026, 3, 29}, {2026, 3, 29}, u"2026-03-28T23:00:00Z"_s,
            u"2026-03-29T22:00:00Z"_s);
        row("25 hours", "Europe/Berlin", {2026, 10, 25}, {2026, 10, 25}, u"2026-10-24T22:00:00Z"_s,
            u"2026-10-25T23:00:00Z"_s);
        row("a week with a change", "Europe/Berlin", {2026, 10, 20}, {2026, 10, 26},
            u"2026-10-19T22:00:00Z"_s, u"2026-10-26T23:00:00Z"_s);
        row("no midnight", "America/Sao_Paulo", {2018, 11, 4}, {2018, 11, 4},
            u"2018-11-04T03:00:00Z"_s, u"2018-11-05T02:00:00Z"_s);
        row("no zone", "", plain, plain, u"2026-07-03T00:00:00Z"_s, u"2026-07-04T00:00:00Z"_s);
        row("no such zone", "Mars/Olympus", plain, plain, u"2026-07-03T00:00:00Z"_s,
            u"2026-07-04T00:00:00Z"_s);
        row("until now", "UTC", {2026, 11, 20}, {2026, 11, 21}, u"2026-11-20T00:00:00Z"_s,
            u"2026-11-21T09:30:00Z"_s);
    }
    void aDayIsAsLongAsTheOfficesClocksMakeIt()
    {
        QFETCH(QByteArray, zone);
        QFETCH(QDate, first);
        QFETCH(QDate, last);
        QFETCH(QString, start);
        QFETCH(QString, end);
        const ReportSpan span = spanOf({first, last}, officeZone(QString::fromLatin1(zone)),
                                       at(u"2026-11-21T09:30:00Z"_s));
        QCOMPARE(span.start.toString(), at(start).toString());
        QCOMPARE(span.end.toString(), at(end).toString());
    }

    void theChosenDaysAreAskedForInTheOfficesTime()
    {
        stage().desk.office.office.timeZone = u"Europe/Berlin"_s;
        open();
        const QDate today = dayOf(stage().clock.wall(), officeZone(u"Europe/Berlin"_s));
        QCOMPARE(stage().desk.counted.back().end, stage().clock.wall());
        const auto begins = [](const QDate &day) {
            return day.startOfDay(QTimeZone("Europe/Berlin")).toMSecsSinceEpoch();
        };
        choose(ReportRange::Yesterday);
        QCOMPARE(stage().desk.counted.front().start.ms, begins(today.addDays(-1)));
        QCOMPARE(stage().desk.counted.back().end.ms, begins(today));
        choose(ReportRange::Last7);
        QCOMPARE(stage().desk.counted.front().start.ms, begins(today.addDays(-6)));
        choose(ReportRange::Last30);
        QCOMPARE(stage().desk.counted.front().start.ms, begins(today.addDays(-29)));
        choose(ReportRange::Chosen); // begins with what was shown
        QCOMPARE(stage().desk.counted.front().start.ms, begins(today.addDays(-29)));
        QVERIFY(page().choices().from().isVisible());
        page().choices().to().setDate({2026, 10, 25});
        page().choices().from().setDate({2026, 10, 25});
        QTRY_VERIFY(!page().isCounting());
        QCOMPARE(stage().desk.counted.back().start, at(u"2026-10-24T22:00:00Z"_s));
        QCOMPARE(stage().desk.counted.back().end, at(u"2026-10-25T23:00:00Z"_s));
        page().choices().from().setDate({2026, 11, 2}); // the end follows
        QCOMPARE(page().choices().to().date(), QDate(2026, 11, 2));
        page().choices().to().setDate({2026, 11, 1}); // and the beginning
        QCOMPARE(page().choices().from().date(), QDate(2026, 11, 1));
        QCOMPARE(page().choices().to().maximumDate(), today);
    }
    void anotherZoneOfTheOfficeCountsAgain()
    {
        open();
        stage().desk.office.office.timeZone = u"Asia/Tokyo"_s;
        Q_EMIT stage().desk.statusChanged();
        const Time midnight = spanOf({dayOf(stage().clock.wall(), QTimeZone("Asia/Tokyo")), {}},
                                     QTimeZone("Asia/Tokyo"), stage().clock.wall())
                                  .start;
        QTRY_COMPARE(page().wish().span.start, midnight);
    }

    void eachRowIsAskedForByItsOwnName()
    {
        open();
        choose(ReportBy::Agent);
        const auto &asked = stage().desk.counted;
        QCOMPARE(asked.size(), stage().desk.workerList.size() + 1);
        QCOMPARE(asked[0].scope, u"workspace"_s);
        QVERIFY(asked[0].id.isNull());
        QCOMPARE(asked[2].scope, u"workers"_s);
        QCOMPARE(asked[2].id, stage().desk.workerList[1].id.value);
        QCOMPARE(asked[2].splits, waitLimits());
        QCOMPARE(asked[2].serviceLevel, Seconds(20));
        QCOMPARE(cell(u"Linh Tran"_s, u"Offers"_s), u"20"_s);
        QCOMPARE(cell(u"Linh Tran"_s, u"Missed"_s), u"2"_s);
        QCOMPARE(cell(u"Linh Tran"_s, u"Available"_s), u"5:13:20"_s);
        choose(ReportBy::Channel);
        QCOMPARE(names(), (QStringList{u"Whole office"_s, u"Chat"_s, u"E-mail"_s}));
        QCOMPARE(asked[2].scope, u"workspace"_s);
        QCOMPARE(asked[2].taskChannel, u"email"_s);
    }
    void aChannelAndATargetCanBeChosen()
    {
        open();
        stage().desk.counted.clear();
        page().choices().channel().setCurrentText(u"E-mail"_s);
        QTRY_VERIFY(!page().isCounting());
        for (const api::StatisticsQuery &query : stage().desk.counted)
            QCOMPARE(query.taskChannel, u"email"_s);
        QCOMPARE(stage().desk.counted.size(), stage().desk.queueList.size() + 1);
        page().choices().answeredWithin().setCurrentText(u"4 hours"_s);
        QTRY_VERIFY(!page().isCounting());
        QCOMPARE(stage().desk.counted.back().serviceLevel, Seconds(14'400));
        choose(ReportBy::Channel); // has its own rows for that
        QVERIFY(!page().choices().channel().isVisible());
        QCOMPARE(stage().desk.counted.front().taskChannel, QString());
    }

    void aColumnSortsAndTheWholeOfficeStaysOnTop()
    {
        open();
        QAbstractItemModelTester tester(&page().model(),
                                        QAbstractItemModelTester::FailureReportingMode::QtTest);
        page().table().setCurrentIndex(page().model().index(3, 0)); // Orders
        page().table().sortByColumn(columnOf(u"Tasks"_s), Qt::DescendingOrder);
        QCOMPARE(names(), (QStringList{u"Whole office"_s, u"Returns"_s, u"Orders"_s, u"Sales ES"_s,
                                       u"Billing"_s, u"Bookings"_s, u"Sales"_s}));
        QCOMPARE(page().table().currentIndex().row(), 2); // still Orders
        page().table().sortByColumn(columnOf(u"Tasks"_s), Qt::AscendingOrder);
        QCOMPARE(names()[0], u"Whole office"_s);
        QCOMPARE(names()[1], u"Sales"_s);
    }
    void whatWasNotMeasuredStandsBelow()
    {
        stage().desk.count = [this](const api::StatisticsQuery &query) -> Result<QJsonObject> {
            CountedDay day;
            if (query.id != stage().desk.queueList[0].id.value)
                day.answered = {int(query.id.data1 % 50)};
            return statisticsOf(day, query, {});
        };
        const QString idle = stage().desk.queueList[0].friendlyName;
        open();
        QCOMPARE(cell(idle, u"Avg. wait"_s), u"\u2013"_s);
        QCOMPARE(cell(idle, u"Service level"_s), u"\u2013"_s);
        for (const Qt::SortOrder order : {Qt::AscendingOrder, Qt::DescendingOrder}) {
            page().table().sortByColumn(columnOf(u"Avg. wait"_s), order);
            QCOMPARE(names().back(), idle);
        }
    }
    void theKeyboardSortsByAMenu()
    {
        open();
        page().sortButton().setFocus();
        QTest::keyClick(&page().sortButton(), Qt::Key_Space);
        QTRY_VERIFY(page().findChild<QMenu *>());
        QTest::keyClick(page().findChild<QMenu *>(), Qt::Key_Down); // Queue
        QTest::keyClick(page().findChild<QMenu *>(), Qt::Key_Down); // Tasks
        QTest::keyClick(page().findChild<QMenu *>(), Qt::Key_Return);
        QCOMPARE(names()[1], u"Returns"_s);
        QCOMPARE(page().table().horizontalHeader()->sortIndicatorSection(), 1);
    }

    void theWaitsOfTheSelectedRowAreDrawnAndWritten()
    {
        open();
        page().table().setFocus();
        QCOMPARE(page().waits().lines().size(), waitLimits().size() + 1);
        QTest::keyClick(&page().table(), Qt::Key_Down);
        const std::vector<BarLine> lines = page().waits().lines();
        QCOMPARE(lines[0].name, u"up to 30 s"_s);
        QCOMPARE(lines[0].words, u"5 answered"_s);
        QCOMPARE(lines[1].words, u"3 answered, 1 abandoned"_s);
        QCOMPARE(lines[2].words, u"1 answered"_s);
        QCOMPARE(lines.back().name, u"over 24 h"_s);
        QCOMPARE(lines.back().words, u"nobody"_s);
        double answered = 0;
        for (const BarLine &line : lines)
            answered += line.first;
        QCOMPARE(QString::number(answered), cell(u"Billing"_s, u"Answered"_s));
        QVERIFY(!page().activities().isVisible());
        choose(ReportBy::Agent);
        QVERIFY(page().activities().isVisible());
        page().table().setCurrentIndex(page().model().index(2, 0));
        QCOMPARE(page().activities().lines()[1].name, u"Break"_s);
        QCOMPARE(page().activities().lines()[1].words, u"1:00:00"_s);
    }

    void aFileIsSafeToOpen_data()
    {
        QTest::addColumn<QString>("cell");
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("plain") << u"Orders"_s << QByteArray("Orders");
        QTest::newRow("comma") << u"Orders, returns"_s << QByteArray("\"Orders, returns\"");
        QTest::newRow("quote") << u"the \"old\" ones"_s << QByteArray("\"the \"\"old\"\" ones\"");
        QTest::newRow("line") << u"two\nlines"_s << QByteArray("\"two\nlines\"");
        QTest::newRow("marks") << u"Žluťoučký"_s
                               << QByteArray("\xC5\xBDlu\xC5\xA5ou\xC4\x8Dk\xC3\xBD");
        QTest::newRow("formula") << u"=1+1"_s << QByteArray("'=1+1");
        QTest::newRow("plus") << u"+cmd|' /C calc'!A0"_s << QByteArray("'+cmd|' /C calc'!A0");
        QTest::newRow("minus") << u"-2+3"_s << QByteArray("'-2+3");
        QTest::newRow("at") << u"@SUM(A1)"_s << QByteArray("'@SUM(A1)");
        QTest::newRow("tab") << u"\t=1"_s << QByteArray("'\t=1");
        QTest::newRow("formula with a comma") << u"=A(1,2)"_s << QByteArray("\"'=A(1,2)\"");
        QTest::newRow("number") << u"-2.5"_s << QByteArray("-2.5");
        QTest::newRow("number with plus") << u"+42"_s << QByteArray("+42");
        QTest::newRow("empty") << QString() << QByteArray();
    }
    void aFileIsSafeToOpen()
    {
        QFETCH(QString, cell);
        QFETCH(QByteArray, bytes);
        QCOMPARE(csv({{cell, u"x"_s}}), "\xEF\xBB\xBF" + bytes + ",x\r\n");
    }
    void whatIsSavedIsWhatIsShown()
    {
        stage().desk.office.office.timeZone = u"Europe/Berlin"_s;
        stage().desk.queueList.resize(1);
        stage().desk.queueList[0].friendlyName = u"=Orders, \"all\""_s;
        stage().desk.count = [](const api::StatisticsQuery &query) -> Result<QJsonObject> {
            CountedDay day{{10, 45}, {700}};
            day.handling = 300;
            day.wrapUp = 31;
            return statisticsOf(day, query, {});
        };
        open();
        choose(ReportRange::Chosen);
        page().choices().from().setDate({2026, 10, 25});
        page().choices().to().setDate({2026, 10, 25});
        QTRY_VERIFY(!page().isCounting());
        QTemporaryDir folder;
        const QString path = folder.filePath(u"report.csv"_s);
        page().saveTo(path);
        QCOMPARE(page().strip().text(), u"Saved: report.csv"_s);
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray numbers = ",,3,2,1,33.3333333333,27.5,700,300,31,0,"
                                   "1,0,1,0,0,0,0,1,0,0,0,0,0,0\r\n";
        const QByteArray span = "2026-10-25T00:00:00+02:00,2026-10-26T00:00:00+01:00,";
        QCOMPARE(file.readAll(),
                 "\xEF\xBB\xBF"
                 "From,To,Queue,Only channel,Tasks,Answered,Abandoned,Service level (%),"
                 "Avg. wait (s),Longest wait (s),Handling (s),Wrap-up (s),Moved on,"
                 "Waited up to 30 s: answered,Waited up to 30 s: abandoned,"
                 "Waited 30 s to 2 min: answered,Waited 30 s to 2 min: abandoned,"
                 "Waited 2 min to 10 min: answered,Waited 2 min to 10 min: abandoned,"
                 "Waited 10 min to 1 h: answered,Waited 10 min to 1 h: abandoned,"
                 "Waited 1 h to 4 h: answered,Waited 1 h to 4 h: abandoned,"
                 "Waited 4 h to 24 h: answered,Waited 4 h to 24 h: abandoned,"
                 "Waited over 24 h: answered,Waited over 24 h: abandoned\r\n" +
                     span + "Whole office" + numbers + span + "\"'=Orders, \"\"all\"\"\"" +
                     numbers);
    }
    void agentsAreSavedWithTheirTimePerActivity()
    {
        open();
        choose(ReportBy::Agent);
        page().choices().channel().setCurrentText(u"E-mail"_s);
        QTRY_VERIFY(!page().isCounting());
        page().table().sortByColumn(columnOf(u"Offers"_s), Qt::DescendingOrder);
        const QList<QByteArray> lines = page().file().split('\n');
        const QByteArray head = "\"In \"\"Available\"\" (s)\",\"In \"\"Break\"\" (s)\"";
        QVERIFY2(lines[0].contains(head), lines[0]);
        QVERIFY2(lines[2].contains(",Jonas Weber,E-mail,21,16,1,2,2,16,"), lines[2]);
        QVERIFY2(lines[2].contains(",20000,3600,450,7200"), lines[2]);
    }
    void aFileThatCannotBeWrittenIsSaid()
    {
        open();
        page().saveTo(u"/nowhere/at/all/report.csv"_s);
        QVERIFY2(page().strip().text().startsWith(u"The file was not saved: "_s),
                 qPrintable(page().strip().text()));
        QVERIFY(page().strip().isVisible());
    }

    void tooMuchAtOnceLeadsToFewerDays()
    {
        open();
        const auto good = stage().desk.count;
        const Time longAgo = stage().clock.wall() - std::chrono::hours(24 * 8);
        stage().desk.count = [=](const api::StatisticsQuery &query) -> Result<QJsonObject> {
            return query.start < longAgo ? Error{Error::Code::TooLarge, u"too much"_s, {}}
                                         : good(query);
        };
        choose(ReportRange::Last30);
        QCOMPARE(stage().desk.counted.size(), size_t(1)); // no use to ask for the others
        QVERIFY(page().strip().text().contains(u"Choose fewer days"_s));
        QCOMPARE(page().model().rowCount(), 0);
        QVERIFY(!page().saveButton().isEnabled());
        QCOMPARE(page().strip().actionButton().text(), u"Last 7 days"_s);
        page().strip().actionButton().click();
        QTRY_VERIFY(!page().isCounting());
        QCOMPARE(page().choices().range(), ReportRange::Last7);
        QVERIFY(!page().strip().isVisible());
        QCOMPARE(page().model().rowCount(), int(stage().desk.queueList.size()) + 1);
    }
    void whatFailsCanBeTriedAgain()
    {
        const auto good = stage().desk.count;
        stage().desk.count = [](const api::StatisticsQuery &) -> Result<QJsonObject> {
            return Error{Error::Code::Storage, u"broken"_s, {}};
        };
        open();
        QVERIFY(page().strip().isVisible());
        stage().desk.count = good;
        page().strip().actionButton().click();
        QTRY_VERIFY(!page().isCounting());
        QVERIFY(page().words().isEmpty());
    }

    void oneQuestionAtATimeAndAnOutdatedAnswerIsDropped()
    {
        open();
        stage().desk.holdCounts = true;
        stage().desk.counted.clear();
        page().choices().setRange(ReportRange::Yesterday);
        QCOMPARE(page().words(), u"Counting\u2026"_s);
        QCOMPARE(page().model().rowCount(), 0); // no numbers of other days below the new ones
        stage().desk.releaseCount();
        QTRY_COMPARE(stage().desk.counted.size(), size_t(2));
        QCOMPARE(page().words(), u"Counting\u2026 1 of 7"_s);
        page().choices().setRange(ReportRange::Last7);
        stage().settle();
        QCOMPARE(stage().desk.counted.size(), size_t(2)); // it waits for its turn
        stage().desk.releaseCount();                      // yesterday's second row
        stage().settle();
        QCOMPARE(page().words(), u"Counting\u2026"_s);
        QCOMPARE(stage().desk.counted.size(), size_t(3)); // and nobody asks for its third
        QCOMPARE(stage().desk.counted.back().start, page().wish().span.start);
        QVERIFY(stage().desk.counted.back().id.isNull());
        stage().desk.holdCounts = false;
        stage().desk.releaseCount();
        QTRY_VERIFY(!page().isCounting());
        QCOMPARE(stage().desk.counted.back().start, page().wish().span.start);
        QCOMPARE(page().model().rowCount(), 7);
    }
    void anAnswerAfterTheWindowIsGoneHurtsNobody()
    {
        open();
        stage().desk.holdCounts = true;
        page().choices().setRange(ReportRange::Yesterday);
        stage().window.reset();
        stage().desk.releaseCount();
        stage().settle();
    }

    void aDayWithoutWorkSaysSo()
    {
        stage().desk.count = [](const api::StatisticsQuery &query) -> Result<QJsonObject> {
            return statisticsOf({}, query, {});
        };
        open();
        QVERIFY(page().words().startsWith(u"Nothing happened"_s));
        QVERIFY(!page().saveButton().isEnabled());
        QVERIFY(!page().waits().isVisible());
    }
    void whatWasDeletedMeanwhileHasNoRow()
    {
        const auto good = stage().desk.count;
        const QUuid gone = stage().desk.queueList[2].id.value;
        stage().desk.count = [=](const api::StatisticsQuery &query) -> Result<QJsonObject> {
            return query.id == gone ? Result<QJsonObject>(notFound(u"gone"_s)) : good(query);
        };
        open();
        QVERIFY(!names().contains(stage().desk.queueList[2].friendlyName));
        QCOMPARE(page().model().rowCount(), int(stage().desk.queueList.size()));
    }
    void whoHasLeftIsShownWithTheWorkOfThen()
    {
        stage().desk.agentList[1].isActive = false;
        stage().desk.agentList[2].isActive = false;
        const auto good = stage().desk.count;
        const QUuid idle = stage().desk.workerList[2].id.value;
        stage().desk.count = [=](const api::StatisticsQuery &query) -> Result<QJsonObject> {
            return query.id == idle ? Result<QJsonObject>(statisticsOf({}, query, {}))
                                    : good(query);
        };
        open();
        choose(ReportBy::Agent);
        QVERIFY(names().contains(u"Minh Pham"_s));
        QVERIFY(!names().contains(u"Sofia Ruiz"_s));
    }
    void itIsCountedWhenItIsOpenedNotWhenTheWindowComesBack()
    {
        open();
        stage().desk.counted.clear();
        QShowEvent shown;
        QSpontaneKeyEvent::setSpontaneous(&shown);
        qApp->notify(&page(), &shown);
        QVERIFY(!page().isCounting());
        stage().window->showSection(Window::Section::Inbox);
        stage().window->showSection(Window::Section::Reports);
        QTRY_VERIFY(!page().isCounting());
        QCOMPARE(stage().desk.counted.size(), stage().desk.queueList.size() + 1);
    }
    void aNewQueueGetsItsRow()
    {
        open();
        Queue night;
        night.id = randomId<QueueId>();
        night.friendlyName = u"Night"_s;
        stage().desk.queueList.push_back(night);
        api::Changes changes;
        changes.directory = true;
        Q_EMIT stage().desk.changed(changes);
        QTRY_VERIFY(names().contains(u"Night"_s));
    }

    void everythingIsReachedByTabAndHasAName()
    {
        open();
        choose(ReportRange::Chosen);
        page().choices().ranges().setFocus();
        std::vector<const QWidget *> reached;
        while (page().isAncestorOf(QApplication::focusWidget()) && reached.size() < 50) {
            QWidget *at = QApplication::focusWidget(); // a date is three stops
            const auto *button = qobject_cast<QAbstractButton *>(at);
            QVERIFY2(!at->accessibleName().isEmpty() || (button && !button->text().isEmpty()),
                     at->metaObject()->className());
            reached.push_back(at);
            QTest::keyClick(at, Qt::Key_Tab);
        }
        reached.erase(std::unique(reached.begin(), reached.end()), reached.end());
        const std::vector<const QWidget *> wanted{&page().choices().ranges(),
                                                  &page().choices().from(),
                                                  &page().choices().to(),
                                                  &page().choices().kinds(),
                                                  &page().choices().channel(),
                                                  &page().choices().answeredWithin(),
                                                  &page().table()};
        QCOMPARE(reached, wanted);
        page().choices().ranges().setFocus();
        QTest::keyClick(&page().choices().ranges(), Qt::Key_Backtab);
        QCOMPARE(QApplication::focusWidget(), &page().saveButton());
        QTest::keyClick(&page().saveButton(), Qt::Key_Backtab);
        QCOMPARE(QApplication::focusWidget(), &page().sortButton());
    }
};

int main(int argc, char **argv)
{
    return runWindowTest<TestReports>(argc, argv);
}

#include "tst_reports.moc"
