// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/cumulative.h"

#include <QJsonArray>
#include <QTest>

using namespace peerdesk;
using namespace peerdesk::events;
using namespace peerdesk::metrics;
using namespace Qt::StringLiterals;

/// Numbers over a span, from nothing but facts.
class tst_Cumulative : public QObject
{
    Q_OBJECT

private:
    static constexpr Time Start{1'790'000'000'000};

    template <typename IdType>
    static IdType id(const QByteArray &name)
    {
        return derivedId<IdType>(OfficeId{}, name);
    }
    static Time at(int seconds) { return Start + Seconds(seconds); }
    static Told created(const QByteArray &task, int seconds)
    {
        Task one;
        one.id = id<TaskId>(task);
        one.workflow = id<WorkflowId>("W");
        one.taskQueue = id<QueueId>("Q");
        one.taskChannel = u"chat"_s;
        one.dateCreated = one.taskQueueEnteredDate = at(seconds);
        return {TaskCreated{one}, at(seconds)};
    }
    static Told offered(const QByteArray &task, const QByteArray &worker, int seconds,
                        TransferId transfer = {})
    {
        Reservation one;
        one.id = leg(task, worker);
        one.task = id<TaskId>(task);
        one.worker = id<WorkerId>(worker);
        one.transfer = transfer;
        return {ReservationCreated{one}, at(seconds)};
    }
    static ReservationId leg(const QByteArray &task, const QByteArray &worker)
    {
        return id<ReservationId>(task + worker);
    }
    static QJsonObject counted(const std::vector<Told> &facts, Wish wish,
                               const std::vector<Told> &before = {},
                               const std::map<WorkerId, Standing> &standing = {})
    {
        const std::map<ActivityId, Activity> activities{
            {id<ActivityId>("on"), {id<ActivityId>("on"), u"On"_s, true}},
            {id<ActivityId>("off"), {id<ActivityId>("off"), u"Off"_s, false}}};
        wish.start = wish.start.isSet() ? wish.start : Start;
        wish.end = wish.end.isSet() ? wish.end : at(3600);
        Cumulative sum(
            wish, activities, [&](TaskId) { return before; },
            [](ReservationId) { return id<TaskId>("a"); });
        for (const auto &[worker, one] : standing)
            sum.stand(worker, one);
        for (const auto &[fact, time] : facts)
            sum.add(fact, time);
        return sum.result();
    }
    static std::vector<Told> journey()
    {
        return {created("a", 0),
                offered("a", "Ann", 5),
                {ReservationRejected{leg("a", "Ann")}, at(8)},
                offered("a", "Ben", 8),
                {ReservationAccepted{leg("a", "Ben")}, at(30)},
                created("b", 40),
                {TaskCanceled{id<TaskId>("b"), u"left"_s}, at(43)},
                created("c", 50),
                {TaskEnteredQueue{id<TaskId>("c"), id<QueueId>("R"), 0, 1, 0}, at(60)},
                {TaskNoted{id<TaskId>("c"), RoutingMark::WorkflowTimeout, {}, {}}, at(70)},
                {TaskCanceled{id<TaskId>("c"), u"workflow.timeout"_s}, at(70)},
                {TaskWrapping{id<TaskId>("a"), {}}, at(130)},
                {TaskCompleted{id<TaskId>("a"), {}}, at(160)},
                {ReservationCompleted{leg("a", "Ben")}, at(160)}};
    }

private slots:
    void everyNumberIsWhatHappened_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<double>("value");
        QTest::newRow("created") << u"tasks_created"_s << 3.0;
        QTest::newRow("moved") << u"tasks_moved"_s << 1.0;
        QTest::newRow("canceled") << u"tasks_canceled"_s << 2.0;
        QTest::newRow("completed") << u"tasks_completed"_s << 1.0;
        QTest::newRow("timed out") << u"tasks_timed_out_in_workflow"_s << 1.0;
        QTest::newRow("offers") << u"reservations_created"_s << 2.0;
        QTest::newRow("accepted") << u"reservations_accepted"_s << 1.0;
        QTest::newRow("rejected") << u"reservations_rejected"_s << 1.0;
        QTest::newRow("acceptance") << u"avg_task_acceptance_time"_s << 30.0;
        // Accepted after 30 s, canceled after 3 s (short, not offered) and after 20 s.
        QTest::newRow("service level") << u"service_level"_s << 0.0;
    }
    void everyNumberIsWhatHappened()
    {
        QFETCH(QString, name);
        QFETCH(double, value);
        QCOMPARE(counted(journey(), {}).value(name).toDouble(-1), value);
    }

    void waitsAndHandlingAreMeasured()
    {
        Wish wish;
        wish.splits = {Seconds(5), Seconds(25), Seconds(60)};
        wish.serviceLevel = Seconds(30);
        const QJsonObject found = counted(journey(), wish);
        const QJsonObject handle = found.value(u"handle_time"_s).toObject();
        QCOMPARE(handle.value(u"total"_s).toDouble(), 130.0);
        QCOMPARE(found.value(u"wrap_up_time"_s).toObject().value(u"max"_s).toDouble(), 30.0);
        QCOMPARE(found.value(u"service_level"_s).toDouble(), 50.0);
        const QJsonObject split = found.value(u"split_by_wait_time"_s).toObject();
        const auto above = [&](const QString &limit) {
            return split.value(limit).toObject().value(u"above"_s).toObject();
        };
        QCOMPARE(above(u"5"_s).value(u"tasks_canceled"_s).toInt(), 1);
        QCOMPARE(above(u"25"_s).value(u"reservations_accepted"_s).toInt(), 1);
        QCOMPARE(above(u"60"_s).value(u"reservations_accepted"_s).toInt(), 0);
        QCOMPARE(
            found.value(u"wait_duration_until_canceled"_s).toObject().value(u"avg"_s).toDouble(),
            11.5);
    }

    void aQueueCountsWhatHappenedInIt()
    {
        Wish wish;
        wish.scope = {Scope::Kind::Queue, id<QueueId>("R").value, {}};
        const QJsonObject there = counted(journey(), wish);
        QCOMPARE(there.value(u"tasks_created"_s).toInt(), 0);
        QCOMPARE(there.value(u"tasks_entered"_s).toInt(), 1);
        QCOMPARE(there.value(u"tasks_canceled"_s).toInt(), 1);
        wish.scope.id = id<QueueId>("Q").value;
        const QJsonObject first = counted(journey(), wish);
        QCOMPARE(first.value(u"tasks_entered"_s).toInt(), 3);
        QCOMPARE(first.value(u"tasks_moved"_s).toInt(), 1);
        wish.scope.taskChannel = u"voice"_s;
        QCOMPARE(counted(journey(), wish).value(u"tasks_created"_s).toInt(), 0);
    }

    void aWorkerCountsTheOffersAndActivitiesOfItsOwn()
    {
        std::vector<Told> facts = journey();
        facts.insert(
            facts.begin(),
            {WorkerActivityChanged{id<WorkerId>("Ben"), id<ActivityId>("on"), true, false}, at(0)});
        facts.push_back(
            {WorkerActivityChanged{id<WorkerId>("Ben"), id<ActivityId>("off"), false, false},
             at(600)});
        Wish wish;
        wish.scope = {Scope::Kind::Worker, id<WorkerId>("Ben").value, {}};
        const QJsonObject found = counted(facts, wish);
        QCOMPARE(found.value(u"reservations_created"_s).toInt(), 1);
        QCOMPARE(found.value(u"reservations_rejected"_s).toInt(), 0);
        std::map<QString, double> durations;
        for (const QJsonValue one : found.value(u"activity_durations"_s).toArray())
            durations[one.toObject().value(u"friendly_name"_s).toString()] =
                one.toObject().value(u"total"_s).toDouble();
        QCOMPARE(durations, (std::map<QString, double>{{u"Off"_s, 3000.0}, {u"On"_s, 600.0}}));
        // 130 s of 600 s.
        QCOMPARE(found.value(u"occupancy"_s).toDouble(), 100.0 * 130 / 600);
    }

    void whatBeganBeforeIsKnownButNotCounted()
    {
        std::vector<Told> all = journey();
        const std::vector<Told> before(all.begin(), all.begin() + 5);
        const std::vector<Told> within(all.begin() + 11, all.end());
        Wish wish;
        wish.start = at(100);
        const QJsonObject found = counted(
            within, wish, before, {{id<WorkerId>("Ben"), {id<ActivityId>("on"), at(-500)}}});
        QCOMPARE(found.value(u"tasks_created"_s).toInt(), 0);
        QCOMPARE(found.value(u"reservations_accepted"_s).toInt(), 0);
        QCOMPARE(found.value(u"tasks_completed"_s).toInt(), 1);
        QCOMPARE(found.value(u"handle_time"_s).toObject().value(u"total"_s).toDouble(), 130.0);
        const QJsonArray durations = found.value(u"activity_durations"_s).toArray();
        double on = 0;
        for (const QJsonValue one : durations) {
            if (one.toObject().value(u"friendly_name"_s).toString() == u"On")
                on = one.toObject().value(u"total"_s).toDouble();
        }
        QCOMPARE(on, 3500.0); // from the span's beginning, not from the change
    }

    void aTransferCountsTheWaitFromTheTasksCreation()
    {
        std::vector<Told> facts{created("a", 0),
                                offered("a", "Ann", 0),
                                {ReservationAccepted{leg("a", "Ann")}, at(10)}};
        Transfer transfer;
        transfer.id = id<TransferId>("t");
        transfer.type = TransferType::Queue;
        transfer.toQueue = id<QueueId>("R");
        transfer.dateCreated = at(50);
        facts.push_back({TransferInitiated{id<TaskId>("a"), transfer}, at(50)});
        facts.push_back(offered("a", "Ben", 55, transfer.id));
        facts.push_back({ReservationAccepted{leg("a", "Ben")}, at(70)});
        facts.push_back(
            {TransferCompleted{id<TaskId>("a"), transfer.id, leg("a", "Ben"), {}}, at(70)});
        facts.push_back({TaskCompleted{id<TaskId>("a"), {}}, at(100)});
        const QJsonObject found = counted(facts, {});
        QCOMPARE(found.value(u"reservations_accepted"_s).toInt(), 2);
        QCOMPARE(
            found.value(u"wait_duration_until_accepted"_s).toObject().value(u"total"_s).toDouble(),
            80.0);
        QCOMPARE(found.value(u"wait_duration_in_queue_until_accepted"_s)
                     .toObject()
                     .value(u"total"_s)
                     .toDouble(),
                 30.0);
        QCOMPARE(found.value(u"handle_time"_s).toObject().value(u"total"_s).toDouble(), 90.0);
    }

    void nothingIsNothing()
    {
        const QJsonObject found = counted({}, {});
        QCOMPARE(found.value(u"tasks_created"_s).toInt(-1), 0);
        QCOMPARE(found.value(u"service_level"_s).toDouble(), 100.0);
        QCOMPARE(found.value(u"occupancy"_s).toDouble(), 0.0);
    }
};

QTEST_APPLESS_MAIN(tst_Cumulative)
#include "tst_cumulative.moc"
