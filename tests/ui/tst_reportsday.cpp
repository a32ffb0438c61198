// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "core/node/spans.h"
#include "tests/core/node/smalloffice.h"
#include "tests/ui/stage.h"

#include <QFile>

using namespace peerdesk;
using namespace peerdesk::node;
using namespace peerdesk::node::test;
using namespace peerdesk::test;
using namespace peerdesk::ui;
using namespace Qt::StringLiterals;

/// A day of an office that decides, logs and counts as it does; the page shows just what it says,
/// and says it again from nothing but the log.
class TestReportsDay : public WindowTest
{
    Q_OBJECT

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    World m_world;
    SpanCounts m_counts;
    std::unique_ptr<SmallOffice> m_office;
    QueueId m_second;
    int m_step = 0;

    void pass(int seconds) { *m_world.now = *m_world.now + Seconds(seconds); }
    QByteArray tell(const api::Command &command, const api::Caller &caller = {})
    {
        const Decided decided =
            m_office->run("step" + QByteArray::number(m_step++), command, caller);
        if (!decided)
            qWarning("refused: %s", qPrintable(decided.error().detail));
        return decided ? decided->subject : QByteArray();
    }
    TaskId arrives(WorkflowId workflow = {})
    {
        api::CreateTask task;
        task.taskChannel = u"chat"_s;
        task.workflow = workflow;
        return {QUuid::fromRfc4122(tell(task))};
    }
    /// The offer of this task that waits for an answer.
    Reservation offer(TaskId task)
    {
        for (const Reservation &one : m_office->core().reader().reservationsOf(task)) {
            if (one.status == ReservationStatus::Pending)
                return one;
        }
        return {};
    }
    api::Caller holder(const Reservation &offer)
    {
        const auto worker = m_office->core().reader().find<Worker>(offer.worker);
        return {worker->agent, {}, Role::Agent, worker->id, worker->friendlyName};
    }
    void accept(TaskId task)
    {
        const Reservation one = offer(task);
        QVERIFY(!tell(api::AcceptReservation{one.id}, holder(one)).isEmpty());
    }

    void hire()
    {
        api::SaveAgent minh;
        minh.agent = {named<AgentId>("minh"), u"Minh"_s, Role::Agent, {}, {}, true};
        minh.tokenHash = QByteArray(32, 'm');
        tell(minh, m_office->boss());
        const std::vector<Activity> activities = m_office->core().reader().all<Activity>();
        const auto available =
            std::find_if(activities.begin(), activities.end(),
                         [](const Activity &activity) { return activity.available; });
        for (const Worker &worker : m_office->core().reader().all<Worker>())
            tell(api::SetActivity{worker.id, available->id, false}, m_office->boss());
    }
    WorkflowId secondQueue()
    {
        Queue queue;
        queue.friendlyName = u"=Second"_s; // as a spreadsheet must not read it
        queue.targetWorkers = u"1==1"_s;
        m_second = {QUuid::fromRfc4122(tell(api::SaveQueue{queue}, m_office->boss()))};
        const QJsonObject routing{
            {u"default_filter"_s, QJsonObject{{u"queue"_s, m_second.toString()}}}};
        Workflow workflow;
        workflow.friendlyName = u"Second"_s;
        workflow.configuration = json::canonical({{u"task_routing"_s, routing}});
        return {QUuid::fromRfc4122(tell(api::SaveWorkflow{workflow}, m_office->boss()))};
    }
    /// Four tasks: waits of 30, 25 and 50 seconds, and one who leaves after 45.
    void play()
    {
        hire();
        const WorkflowId second = secondQueue();
        pass(60);
        const TaskId first = arrives();
        pass(30);
        accept(first);
        pass(120);
        tell(api::WrapUpTask{first});
        pass(20);
        tell(api::CompleteTask{first, {}});

        const TaskId declined = arrives();
        pass(10);
        api::RejectReservation no;
        no.reservation = offer(declined).id;
        tell(no, holder(offer(declined)));
        pass(15);
        accept(declined);
        pass(60);
        tell(api::CompleteTask{declined, {}});

        const TaskId leaves = arrives();
        pass(45);
        tell(api::CancelTask{leaves, u"left"_s});

        const TaskId elsewhere = arrives(second);
        pass(50);
        accept(elsewhere);
        pass(100);
        tell(api::CompleteTask{elsewhere, {}});
        pass(300);
    }

    /// What the window knows of the office.
    void fill(FakeDesk &desk)
    {
        const store::OfficeReader &reader = m_office->core().reader();
        desk.queueList = reader.all<Queue>();
        desk.workerList = reader.all<Worker>();
        desk.agentList = reader.all<Agent>();
        desk.activityList = reader.all<Activity>();
        desk.taskChannelList = reader.all<TaskChannel>();
        desk.office.office = reader.all<Office>().front();
        m_counts = SpanCounts();
        desk.count = [this](const api::StatisticsQuery &query) {
            return m_counts.over(m_office->core().reader(), query);
        };
    }
    struct Shown
    {
        QByteArray file;
        std::vector<ReportRow> rows;
        std::vector<QStringList> cells;
        ReportWish wish;
    };
    Shown shownBy(ReportBy by)
    {
        const FakeClock clock{*m_world.now};
        FakeDesk desk(clock);
        fill(desk);
        QWidget home;
        Directory directory(desk, &home);
        Announcer announcer(&home);
        OfficeState state(desk, clock, &home);
        const Context context{*m_look, desk, clock, directory, announcer, m_office->boss()};
        ReportsPage page(context, state, nullptr);
        page.show();
        page.choices().kinds().setCurrentIndex(int(by));
        page.choices().answeredWithin().setCurrentText(u"1 minute"_s);
        if (!QTest::qWaitFor([&] { return !page.isCounting(); }))
            return {};
        Shown shown{page.file(), page.model().rows(), {}, page.wish()};
        for (int row = 0; row < page.model().rowCount(); ++row) {
            QStringList cells;
            for (int column = 0; column < page.model().columnCount(); ++column)
                cells += page.model().index(row, column).data().toString();
            shown.cells.push_back(cells);
        }
        return shown;
    }
    QJsonObject statistics(const QString &scope, const QUuid &id, const ReportWish &wish)
    {
        api::StatisticsQuery query{scope, id, {}};
        query.start = wish.span.start;
        query.end = wish.span.end;
        query.serviceLevel = Seconds(60);
        query.splits = waitLimits();
        const auto found = statisticsOver(m_office->core().reader(), query);
        return found ? *found : QJsonObject();
    }

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_world = World();
        m_world.folder = m_folder->path();
        m_office = std::make_unique<SmallOffice>(m_world);
        m_office->found();
        play();
    }
    void cleanup() { m_office.reset(); }

    void theTableIsWhatHappened()
    {
        const Shown queues = shownBy(ReportBy::Queue);
        QCOMPARE(queues.cells.size(), size_t(3));
        QCOMPARE(queues.cells[0],
                 (QStringList{u"Whole office"_s, u"4"_s, u"3"_s, u"1"_s, u"75.0 %"_s, u"0:35"_s,
                              u"0:50"_s, u"1:40"_s, u"0:07"_s, u"0"_s}));
        for (const QStringList &row : queues.cells) {
            if (row[0] == u"=Second")
                QCOMPARE(row.mid(1), (QStringList{u"1"_s, u"1"_s, u"0"_s, u"100.0 %"_s, u"0:50"_s,
                                                  u"0:50"_s, u"1:40"_s, u"0:00"_s, u"0"_s}));
        }
        const Shown agents = shownBy(ReportBy::Agent);
        QCOMPARE(agents.cells.size(), size_t(3));
        int declined = 0;
        int accepted = 0;
        for (size_t i = 1; i < agents.rows.size(); ++i) {
            declined += agents.rows[i].figures.declined;
            accepted += agents.rows[i].figures.accepted;
        }
        QCOMPARE(declined, 1);
        QCOMPARE(accepted, 3);
        QCOMPARE(agents.rows[0].figures.offers, 5); // that of the one who left, and a second one
    }
    void eachRowIsWhatTheOfficeSaysOfIt()
    {
        for (const ReportBy by : {ReportBy::Queue, ReportBy::Agent}) {
            const Shown shown = shownBy(by);
            for (const ReportRow &row : shown.rows) {
                const auto subject =
                    std::find_if(shown.wish.subjects.begin(), shown.wish.subjects.end(),
                                 [&](const ReportSubject &one) { return one.key == row.key; });
                const QJsonObject said =
                    row.isAll() ? statistics(u"workspace"_s, {}, shown.wish)
                                : statistics(by == ReportBy::Queue ? u"queues"_s : u"workers"_s,
                                             subject->id, shown.wish);
                QCOMPARE(row.figures.tasks, said.value(u"tasks_entered"_s).toInt());
                QCOMPARE(row.figures.offers, said.value(u"reservations_created"_s).toInt());
                QCOMPARE(row.figures.accepted, said.value(u"reservations_accepted"_s).toInt());
                QCOMPARE(row.figures.averageWait.value_or(0),
                         said.value(u"wait_duration_until_accepted"_s)
                             .toObject()
                             .value(u"avg"_s)
                             .toDouble());
                QCOMPARE(row.figures.handling.value_or(0),
                         said.value(u"handle_time"_s).toObject().value(u"avg"_s).toDouble());
                QCOMPARE(row.figures, figuresFrom(said));
            }
        }
    }
    /// The office, all queues, all people: three readings of the log however many they are.
    void oneReadingGivesAllRowsOfAKind()
    {
        const store::OfficeReader &reader = m_office->core().reader();
        api::StatisticsQuery query{u"workspace"_s, {}, {}};
        query.start = *m_world.now - std::chrono::hours(1);
        query.end = *m_world.now + std::chrono::hours(1); // not over yet
        SpanCounts counts(50);
        const auto asks = [&](const QString &scope, const QUuid &id) {
            query.scope = scope;
            query.id = id;
            const auto kept = counts.over(reader, query);
            const auto own = statisticsOver(reader, query);
            return bool(kept) == bool(own) && (!kept || *kept == *own);
        };
        for (int round = 0; round < 2; ++round) {
            QVERIFY(asks(u"workspace"_s, {}));
            for (const Queue &queue : reader.all<Queue>())
                QVERIFY(asks(u"queues"_s, queue.id.value));
            for (const Worker &worker : reader.all<Worker>())
                QVERIFY(asks(u"workers"_s, worker.id.value));
            QCOMPARE(counts.readings(), 3);
        }
        QVERIFY(asks(u"queues"_s, QUuid::createUuid())); // not there, as ever
        query.taskChannel = u"chat"_s;                   // another question
        QVERIFY(asks(u"workspace"_s, {}));
        QCOMPARE(counts.readings(), 4);
        query.taskChannel.clear();
        QVERIFY(asks(u"workspace"_s, {}));
        QCOMPARE(counts.readings(), 5);
        for (int i = 0; i < 60; ++i)
            arrives();
        QVERIFY(asks(u"workspace"_s, {})); // much happened since, in that very span
        QCOMPARE(counts.readings(), 6);
    }
    void theSameDayFromTheLogIsTheSameReport()
    {
        std::vector<QByteArray> before;
        for (const ReportBy by : {ReportBy::Queue, ReportBy::Agent, ReportBy::Channel})
            before.push_back(shownBy(by).file);
        QVERIFY(before[0].contains(",'=Second,"));
        const auto channels = m_office->core().reader().all<TaskChannel>();
        QCOMPARE(before[2].count('\n'), qsizetype(channels.size()) + 2); // a head, the whole
        m_office.reset();
        for (const QString &name : {u"office.db"_s, u"office.db-wal"_s, u"office.db-shm"_s})
            QFile::remove(m_world.path(name));
        m_office = std::make_unique<SmallOffice>(m_world);
        size_t at = 0;
        for (const ReportBy by : {ReportBy::Queue, ReportBy::Agent, ReportBy::Channel})
            QCOMPARE(shownBy(by).file, before[at++]);
    }
};

int main(int argc, char **argv)
{
    return runWindowTest<TestReportsDay>(argc, argv);
}

#include "tst_reportsday.moc"
