// SPDX-License-Identifier: GPL-3.0-or-later
#include "rehearsal.h"

using namespace peerdesk;
using namespace peerdesk::rehearsal;

namespace {

/// A workflow with one queue and one step for everything.
QString oneStep(const QString &more = {})
{
    return uR"({"filters":[{"expression":"1==1","targets":[{"queue":"Q"%1}]}]})"_s.arg(
        more.isEmpty() ? QString() : u","_s + more);
}

} // namespace

/// Which worker for a task, which task for a worker.
class tst_Matching : public QObject
{
    Q_OBJECT

private slots:
    void workersAreOrderedByTheirAttributes_data()
    {
        QTest::addColumn<QString>("orderBy");
        QTest::addColumn<QStringList>("attributes"); // of A, B, C, idle for 1, 2, 3 minutes
        QTest::addColumn<QString>("expected");
        const auto row = [](const char *name, const QString &orderBy, const QStringList &attributes,
                            const QString &expected) {
            QTest::newRow(name) << orderBy << attributes << expected;
        };
        const QString both = u"worker.finance ASC, worker.support ASC"_s;
        row("second attribute decides", both,
            {uR"({"finance":10,"support":8})"_s, uR"({"finance":10,"support":5})"_s}, u"BA"_s);
        row("missing comes last ascending", both,
            {uR"({"finance":10})"_s, uR"({"finance":10,"support":5})"_s}, u"BA"_s);
        row("missing comes last descending", u"worker.support DESC"_s,
            {uR"({"support":1})"_s, u"{}"_s}, u"AB"_s);
        row("null is missing", u"worker.support DESC"_s,
            {uR"({"support":-1})"_s, uR"({"support":null})"_s}, u"AB"_s);
        row("no integer, clause ignored", u"worker.support ASC"_s,
            {uR"({"support":1})"_s, uR"({"support":1.5})"_s}, u"BA"_s);
        row("a text, clause ignored, next counts", both,
            {uR"({"finance":"1","support":1})"_s, uR"({"finance":2,"support":2})"_s}, u"AB"_s);
        row("tie goes to the longest idle", u"worker.finance DESC"_s,
            {uR"({"finance":1})"_s, uR"({"finance":1})"_s, uR"({"finance":1})"_s}, u"CBA"_s);
        row("nested levels", u"worker.level.support DESC"_s,
            {uR"({"level":{"support":9}})"_s, uR"({"level":{"support":3}})"_s}, u"AB"_s);
        row("by builtin name, no integer", u"worker.friendly_name ASC"_s, {u"{}"_s, u"{}"_s},
            u"BA"_s);
        row("without clauses", QString(), {u"{}"_s, u"{}"_s, u"{}"_s}, u"CBA"_s);
    }
    void workersAreOrderedByTheirAttributes()
    {
        QFETCH(QString, orderBy);
        QFETCH(QStringList, attributes);
        QFETCH(QString, expected);
        TestOffice office;
        office.queue(u"Q"_s, u"1==1"_s, TaskOrder::Fifo, 3);
        office.workflow(
            u"W"_s, oneStep(orderBy.isEmpty() ? QString() : u"\"order_by\":\"%1\""_s.arg(orderBy)));
        for (qsizetype i = 0; i < attributes.size(); ++i)
            office.worker(QString(QChar(u'A' + char16_t(i))), attributes.at(i), int(i) + 1);
        office.task(u"task"_s);
        QCOMPARE(office.offered(u"task"_s).join(QString()), expected);
    }

    void aFreedWorkerGetsThePriorityThenTheOldest()
    {
        // Source: the virtual start time example, routing.md 2.11 (3).
        TestOffice office;
        office.queue(u"Q"_s);
        office.workflow(u"W"_s, uR"({"default_filter":{"queue":"Q"}})"_s);
        const Time ten = office.now;
        office.now = ten + 10min;
        const auto add = [&](const QString &name, int priority, std::chrono::minutes start) {
            Task task = office.draft(name);
            task.priority = priority;
            task.virtualStartTime = ten + start;
            QVERIFY(office.create(task));
        };
        add(u"A"_s, 50, 0min);
        add(u"B"_s, 75, -30min);
        add(u"C"_s, 20, 3min);
        add(u"D"_s, 50, -60min);
        QCOMPARE(servedOrder(office, {u"A"_s, u"B"_s, u"C"_s, u"D"_s}), u"BDAC"_s);
    }

    void aWorkerInBothKindsServesThePreferredKindFirst_data()
    {
        QTest::addColumn<TaskOrder>("preferred");
        QTest::addColumn<QString>("expected");
        // F* wait in the FIFO queue, L* in the LIFO queue, where priority does not count.
        QTest::newRow("FIFO first") << TaskOrder::Fifo << u"FgfNl"_s;
        QTest::newRow("LIFO first") << TaskOrder::Lifo << u"NlFgf"_s;
    }
    void aWorkerInBothKindsServesThePreferredKindFirst()
    {
        QFETCH(TaskOrder, preferred);
        QFETCH(QString, expected);
        TestOffice office;
        office.workingSet.prioritizeQueueOrder = preferred;
        office.queue(u"Fifo"_s);
        office.queue(u"Lifo"_s, u"1==1"_s, TaskOrder::Lifo);
        office.workflow(u"W"_s, uR"({"filters":[{"expression":"lifo","targets":[{"queue":"Lifo"}]}],
                                    "default_filter":{"queue":"Fifo"}})"_s);
        const auto add = [&](const QString &name, int priority, bool isLifo) {
            office.now = office.now + 1s;
            Task task = office.draft(name, isLifo ? uR"({"lifo":true})"_s : uR"({"lifo":false})"_s);
            task.priority = priority;
            QVERIFY(office.create(task));
        };
        add(u"l"_s, 90, true);
        add(u"g"_s, 5, false);
        add(u"f"_s, 1, false);
        add(u"F"_s, 9, false);
        add(u"N"_s, 0, true);
        QCOMPARE(servedOrder(office, {u"l"_s, u"g"_s, u"f"_s, u"F"_s, u"N"_s}), expected);
    }

    void longestIdleGoesByTheLastTask()
    {
        TestOffice office;
        office.queue(u"Q"_s);
        office.workflow(u"W"_s, oneStep());
        office.worker(u"Ann"_s, u"{}"_s, 5);
        office.worker(u"Bob"_s, u"{}"_s, 4);
        office.task(u"one"_s);
        QCOMPARE(office.offered(u"one"_s), QStringList{u"Ann"_s});
        QVERIFY(office.accept(u"one"_s, u"Ann"_s));
        office.task(u"two"_s);
        QCOMPARE(office.offered(u"two"_s), QStringList{u"Bob"_s});
        QVERIFY(office.accept(u"two"_s, u"Bob"_s));
        office.pass(1min);
        QVERIFY(routing::complete(office.set(), TestOffice::id<TaskId>(u"one"_s), {},
                                  office.emitter()));
        office.task(u"three"_s); // Bob's last task came before Ann's ended
        QCOMPARE(office.offered(u"three"_s), QStringList{u"Bob"_s});
    }

    void capacityCountsPerTaskChannel()
    {
        TestOffice office;
        office.queue(u"Q"_s);
        office.workflow(u"W"_s, oneStep());
        office.worker(u"Ann"_s);
        for (const QString &name : {u"1"_s, u"2"_s, u"3"_s}) {
            office.task(name);
            QVERIFY(office.accept(name, u"Ann"_s));
        }
        office.task(u"4"_s);
        QCOMPARE(office.statusOf(u"4"_s), u"pending"_s);
        office.task(u"call"_s, u"{}"_s, u"voice"_s);
        QVERIFY(office.accept(u"call"_s, u"Ann"_s));
        // Wrapping still fills the slot, completing frees it.
        const TaskId first = TestOffice::id<TaskId>(u"1"_s);
        QVERIFY(routing::wrapUp(office.set(), first, 30s, office.now, office.emitter()));
        office.settle();
        QCOMPARE(office.statusOf(u"4"_s), u"pending"_s);
        office.pass(30s);
        QCOMPARE(office.statusOf(u"1"_s), u"completed"_s);
        QCOMPARE(office.offered(u"4"_s), QStringList{u"Ann"_s});
    }

    void whoIsNotEligibleIsNotAsked_data()
    {
        QTest::addColumn<QString>("what");
        for (const char *what : {"activity", "capacity zero", "channel off", "opted out",
                                 "other queue", "expression", "offer open"})
            QTest::newRow(what) << QString::fromLatin1(what);
    }
    void whoIsNotEligibleIsNotAsked()
    {
        QFETCH(QString, what);
        TestOffice office;
        const QueueId queue = office.queue(u"Q"_s, u"team == 'sales'"_s);
        office.workflow(u"W"_s, oneStep(u"\"expression\":\"task.language IN worker.languages\""_s));
        const WorkerId ann = office.worker(u"Ann"_s, uR"({"team":"sales","languages":["es"]})"_s);
        if (what == u"activity")
            office.become(u"Ann"_s, u"Break"_s);
        else if (what == u"capacity zero")
            office.tell(events::WorkerChannelChanged{ann, u"chat"_s, {0, true}});
        else if (what == u"channel off")
            office.tell(events::WorkerChannelChanged{ann, u"chat"_s, {3, false}});
        else if (what == u"opted out")
            office.tell(events::WorkerQueueOptChanged{ann, queue, false});
        else if (what == u"other queue")
            office.tell(events::WorkerUpdated{
                ann, u"Ann"_s, TestOffice::attributes(uR"({"languages":["es"]})"_s)});
        else if (what == u"expression")
            office.tell(events::WorkerUpdated{
                ann, u"Ann"_s,
                TestOffice::attributes(uR"({"team":"sales","languages":["de"]})"_s)});
        else
            office.task(u"before"_s, uR"({"language":"es"})"_s);
        const QJsonArray before = whys(office, u"task"_s);
        QVERIFY(before.isEmpty());
        office.task(u"task"_s, uR"({"language":"es"})"_s);
        QCOMPARE(office.statusOf(u"task"_s), u"pending"_s);
        const QJsonObject why = whys(office, u"task"_s).at(0).toObject();
        QCOMPARE(why.value(u"eligible"_s), QJsonValue(false));
        QVERIFY(!why.value(u"reason"_s).toString().isEmpty());

        // Undone, the task goes out at once: no waiting task is forgotten.
        office.tell(events::WorkerUpdated{
            ann, u"Ann"_s, TestOffice::attributes(uR"({"team":"sales","languages":["es"]})"_s)});
        office.tell(events::WorkerChannelChanged{ann, u"chat"_s, {3, true}});
        office.tell(events::WorkerQueueOptChanged{ann, queue, true});
        office.become(u"Ann"_s, u"Available"_s);
        if (what == u"offer open")
            QVERIFY(office.accept(u"before"_s, u"Ann"_s));
        QCOMPARE(office.offered(u"task"_s), QStringList{u"Ann"_s});
        const ReservationId offer = office.offer(u"task"_s, u"Ann"_s);
        QCOMPARE(office.set().reservations.at(offer).why, u"es, sales, Q, longest idle"_s);
    }

    void whoDeclinesComesBackAfterTheOthers()
    {
        TestOffice office;
        office.queue(u"Q"_s);
        office.workflow(u"W"_s, oneStep());
        office.worker(u"A"_s, u"{}"_s, 3);
        office.worker(u"B"_s, u"{}"_s, 2);
        office.worker(u"C"_s, u"{}"_s, 1);
        office.task(u"task"_s);
        QString asked;
        for (int i = 0; i < 7; ++i) {
            QCOMPARE(office.offered(u"task"_s).size(), 1);
            const QString name = office.offered(u"task"_s).front();
            asked += name;
            office.pass(1s);
            QVERIFY(office.reject(u"task"_s, name));
        }
        QCOMPARE(asked, u"ABCABCA"_s);
        QCOMPARE(office.get(u"task"_s).assignmentCount, 8);
    }

    void aLoneDeclinerIsAskedAgainAfterAMinute()
    {
        TestOffice office;
        office.queue(u"Q"_s);
        office.workflow(u"W"_s, oneStep());
        office.worker(u"A"_s);
        office.task(u"task"_s);
        QVERIFY(office.reject(u"task"_s, u"A"_s));
        QCOMPARE(office.router.nextDeadline(office.now), std::optional(office.now + 60s));
        office.pass(59'999ms);
        QCOMPARE(office.offered(u"task"_s), QStringList());
        office.pass(1ms);
        QCOMPARE(office.offered(u"task"_s), QStringList{u"A"_s});
        QVERIFY(office.reject(u"task"_s, u"A"_s));
        office.pass(10s);
        office.worker(u"B"_s);
        office.settle();
        QCOMPARE(office.offered(u"task"_s), QStringList{u"B"_s}); // somebody new is asked first
    }

    void aBatchThatAllRejectIsOfferedAnewInTheOrderOfTheirAnswers()
    {
        TestOffice office;
        office.queue(u"Q"_s, u"1==1"_s, TaskOrder::Fifo, 3);
        office.workflow(u"W"_s, oneStep());
        office.worker(u"A"_s, u"{}"_s, 3);
        office.worker(u"B"_s, u"{}"_s, 2);
        office.worker(u"C"_s, u"{}"_s, 1);
        office.task(u"task"_s);
        QCOMPARE(office.offered(u"task"_s).join(QString()), u"ABC"_s);
        for (const QString &name : {u"C"_s, u"A"_s}) {
            office.pass(1s);
            QVERIFY(office.reject(u"task"_s, name));
            QCOMPARE(office.statusOf(u"task"_s), u"reserved"_s);
            QCOMPARE(office.get(u"task"_s).assignmentCount, 1);
        }
        office.pass(1s);
        QVERIFY(office.reject(u"task"_s, u"B"_s));
        QCOMPARE(office.offered(u"task"_s).join(QString()), u"CAB"_s);
        QCOMPARE(office.get(u"task"_s).assignmentCount, 2);
    }

    void loadReferencesRouteByTheSlotsInUse()
    {
        TestOffice office;
        office.queue(u"Q"_s);
        office.workflow(u"W"_s, oneStep(uR"("expression":"worker.channel.voice.assigned_tasks == 0",
                    "order_by":"worker.channel.chat.available_capacity_percentage DESC")"_s));
        office.worker(u"A"_s, u"{}"_s, 2);
        office.worker(u"B"_s, u"{}"_s, 1);
        office.task(u"1"_s);
        QVERIFY(office.accept(u"1"_s, u"A"_s));
        office.now = office.now + 1s;
        office.task(u"2"_s); // B is freer
        QVERIFY(office.accept(u"2"_s, u"B"_s));
        office.task(u"call"_s, u"{}"_s, u"voice"_s);
        QVERIFY(office.accept(u"call"_s, u"A"_s));
        office.task(u"3"_s); // A is on the phone
        QVERIFY(office.accept(u"3"_s, u"B"_s));
        office.become(u"B"_s, u"Break"_s);
        office.task(u"4"_s);
        QCOMPARE(office.statusOf(u"4"_s), u"pending"_s);
        QVERIFY(routing::complete(office.set(), TestOffice::id<TaskId>(u"call"_s), {},
                                  office.emitter()));
        office.settle();
        QCOMPARE(office.offered(u"4"_s), QStringList{u"A"_s});
    }

    void aTaskForOneWorkerAsksNobodyElse()
    {
        TestOffice office;
        office.queue(u"Q"_s, u"team == 'sales'"_s);
        office.workflow(u"W"_s, oneStep());
        office.worker(u"Ann"_s, uR"({"team":"sales"})"_s);
        const WorkerId eve = office.worker(u"Eve"_s, u"{}"_s, 0, u"Break"_s);
        Task task = office.draft(u"task"_s);
        task.routingTargetWorker = eve;
        QVERIFY(office.create(task));
        office.settle();
        QCOMPARE(office.statusOf(u"task"_s), u"pending"_s);
        office.become(u"Eve"_s, u"Available"_s);
        QCOMPARE(office.offered(u"task"_s), QStringList{u"Eve"_s});
        QVERIFY(office.reject(u"task"_s, u"Eve"_s));
        QCOMPARE(office.statusOf(u"task"_s), u"pending"_s);
        office.tell(events::WorkerDeleted{eve}); // who is gone cannot be waited for
        office.settle();
        QCOMPARE(office.offered(u"task"_s), QStringList{u"Ann"_s});
    }

private:
    /// Lets one worker take all tasks, one by one.
    static QString servedOrder(TestOffice &office, const QStringList &names)
    {
        office.channel(u"chat"_s, 1, 60s);
        office.worker(u"Ann"_s);
        office.settle();
        QString order;
        for (qsizetype i = 0; i < names.size(); ++i) {
            for (const QString &name : names) {
                if (office.statusOf(name) != u"reserved")
                    continue;
                order += name;
                if (!office.accept(name, u"Ann"_s) ||
                    !routing::complete(office.set(), TestOffice::id<TaskId>(name), {},
                                       office.emitter()))
                    return {};
                office.settle();
                break;
            }
        }
        return order;
    }
    static QJsonArray whys(const TestOffice &office, const QString &task)
    {
        return office.router.explain(TestOffice::id<TaskId>(task), office.now)
            .value(u"workers"_s)
            .toArray();
    }
};

QTEST_APPLESS_MAIN(tst_Matching)
#include "tst_matching.moc"
