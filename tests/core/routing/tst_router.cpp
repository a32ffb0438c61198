// SPDX-License-Identifier: GPL-3.0-or-later
#include "rehearsal.h"

using namespace peerdesk;
using namespace peerdesk::rehearsal;

/// Steps, time and the states of tasks and offers.
class tst_Router : public QObject
{
    Q_OBJECT

private slots:
    void placingFindsTheFirstFilter_data()
    {
        QTest::addColumn<QString>("attributes");
        QTest::addColumn<QString>("facts");
        QTest::addColumn<QString>("queue");
        QTest::addColumn<int>("priority");
        QTest::newRow("first") << uR"({"vip":true,"language":"es"})"_s << u"{}"_s << u"Vip"_s << 50;
        QTest::newRow("second") << uR"({"language":"es"})"_s << u"{}"_s << u"Spanish"_s << 7;
        QTest::newRow("default") << u"{}"_s << u"{}"_s << u"All"_s << 7;
        QTest::newRow("fact") << u"{}"_s << uR"({"customer":{"vip":true}})"_s << u"Vip"_s << 50;
        QTest::newRow("a visitor's claim is no fact")
            << uR"({"customer":{"vip":true}})"_s << uR"({"customer":{}})"_s << u"All"_s << 7;
        QTest::newRow("an attribute named like a fact")
            << uR"({"channel":"sms"})"_s << uR"({"channel":{"type":"x"}})"_s << u"Spanish"_s << 7;
    }
    void placingFindsTheFirstFilter()
    {
        QFETCH(QString, attributes);
        QFETCH(QString, facts);
        QFETCH(QString, queue);
        QFETCH(int, priority);
        TestOffice office;
        for (const QString &name : {u"Vip"_s, u"Spanish"_s, u"All"_s})
            office.queue(name);
        office.workflow(u"W"_s, uR"({"filters":[
            {"expression":"vip == true OR customer.vip == true","targets":[{"queue":"Vip","priority":"50"}]},
            {"expression":"language == 'es' OR channel == 'sms'","targets":[{"queue":"Spanish"}]}],
            "default_filter":{"queue":"All"}})"_s);
        Task task = office.draft(u"task"_s, attributes);
        task.priority = 7;
        QVERIFY(office.create(task, json::object(TestOffice::attributes(facts))));
        QCOMPARE(office.queueOf(u"task"_s), queue);
        QCOMPARE(office.get(u"task"_s).priority, priority);
        QCOMPARE(office.get(u"task"_s).taskPriority, 7);
    }

    void placingRefusesWhatHasNoPlace()
    {
        TestOffice office;
        office.queue(u"Q"_s);
        QCOMPARE(office.create(office.draft(u"a"_s)).error().code, Error::Code::NotFound);
        office.workflow(u"W"_s,
                        uR"({"filters":[{"expression":"vip","targets":[{"queue":"Q"}]}]})"_s);
        QCOMPARE(office.create(office.draft(u"a"_s)).error().code, Error::Code::Rejected);
        QVERIFY(office.create(office.draft(u"a"_s, uR"({"vip":true})"_s)));
        office.workflow(u"W"_s, uR"({"default_filter":{"queue":"Gone"}})"_s);
        QCOMPARE(office.create(office.draft(u"b"_s)).error().code, Error::Code::NotFound);
    }

    void aStartInTheFutureOrLongAgoIsBounded()
    {
        TestOffice office;
        office.queue(u"Q"_s);
        office.workflow(u"W"_s, uR"({"default_filter":{"queue":"Q"}})"_s);
        Task task = office.draft(u"task"_s);
        task.virtualStartTime = office.now + 1h;
        QCOMPARE(routing::place(office.set(), task, {}, office.now)->virtualStartTime, office.now);
        task.virtualStartTime = {std::numeric_limits<qint64>::min()};
        QCOMPARE(routing::place(office.set(), task, {}, office.now)->virtualStartTime,
                 Time::fromString(u"1900-01-01T00:00:00.000Z"_s));
    }

    /// M125
    void thePreferredAgentThenTheQueueThenTheNext()
    {
        TestOffice office;
        office.queue(u"Sales"_s, u"team == 'sales'"_s);
        office.queue(u"All"_s);
        const WorkerId ann = office.worker(u"Ann"_s, uR"({"team":"sales"})"_s, 1);
        office.worker(u"Bob"_s, uR"({"team":"sales"})"_s, 9, u"Break"_s);
        office.worker(u"Eve"_s, u"{}"_s, 5);
        office.workflow(u"W"_s, uR"({"filters":[{"expression":"1==1","targets":[
            {"queue":"Sales","known_worker_sid":"task.last_agent","timeout":15,"priority":3},
            {"timeout":15},{"queue":"All"}]}]})"_s);
        const Time start = office.now;
        office.become(u"Ann"_s, u"Break"_s);
        office.task(u"task"_s, uR"({"last_agent":"%1"})"_s.arg(ann.toString()));
        QCOMPARE(office.router.nextDeadline(office.now), std::optional(start + 15s));
        office.become(u"Bob"_s, u"Available"_s); // not the preferred one
        QCOMPARE(office.statusOf(u"task"_s), u"pending"_s);
        office.pass(14'999ms);
        QCOMPARE(office.get(u"task"_s).targetIndex, 0);
        office.become(u"Bob"_s, u"Break"_s);
        office.pass(1ms);
        QCOMPARE(office.get(u"task"_s).targetIndex, 1);
        QCOMPARE(office.get(u"task"_s).priority, 3);
        QCOMPARE(office.statusOf(u"task"_s), u"pending"_s); // Eve is not in Sales
        office.pass(15s);
        QCOMPARE(office.offered(u"task"_s), QStringList{u"Eve"_s});
        QCOMPARE(office.queueOf(u"task"_s), u"All"_s);
    }

    void theKnownWorkerIsAskedByNameInAnyCase()
    {
        TestOffice office;
        office.queue(u"Q"_s, u"team == 'sales'"_s);
        office.worker(u"Ann"_s, uR"({"team":"sales"})"_s, 1);
        office.worker(u"Bob"_s, uR"({"team":"sales"})"_s, 9);
        office.worker(u"Eve"_s, u"{}"_s);
        office.workflow(u"W"_s, uR"({"filters":[{"expression":"1==1","targets":[
            {"queue":"Q","known_worker_friendly_name":"task.agent","skip_if":"1==1"},
            {"queue":"Q"}]}]})"_s);
        office.task(u"known"_s, uR"({"agent":"ANN"})"_s);
        QCOMPARE(office.offered(u"known"_s), QStringList{u"Ann"_s});
        QCOMPARE(office.set().reservations.at(office.offer(u"known"_s, u"Ann"_s)).why,
                 u"sales, Q, knows the customer"_s);
        office.task(u"no member"_s, uR"({"agent":"Eve"})"_s);
        QCOMPARE(office.offered(u"no member"_s), QStringList{u"Bob"_s});
        QVERIFY(office.reject(u"known"_s, u"Ann"_s)); // skipped once declined
        QCOMPARE(office.offered(u"known"_s), QStringList{u"Ann"_s});
        QCOMPARE(office.get(u"known"_s).targetIndex, 1);
    }

    void anUnknownWorkerIsStillWaitedFor()
    {
        TestOffice office;
        office.queue(u"Q"_s);
        office.worker(u"Ann"_s);
        office.workflow(u"W"_s, uR"({"filters":[{"expression":"1==1","targets":[
            {"queue":"Q","known_worker_sid":"task.last_agent","timeout":15},{"queue":"Q"}]}]})"_s);
        office.task(u"task"_s, uR"({"last_agent":"nobody"})"_s);
        office.pass(14s);
        QCOMPARE(office.statusOf(u"task"_s), u"pending"_s);
        office.pass(1s);
        QCOMPARE(office.offered(u"task"_s), QStringList{u"Ann"_s});
    }

    void skippingGoesThroughTheMatchingFiltersToTheDefault()
    {
        TestOffice office;
        office.queue(u"Empty"_s, u""_s);
        office.queue(u"Away"_s, u"team == 'away'"_s);
        office.queue(u"All"_s);
        office.worker(u"Ann"_s, uR"({"team":"away"})"_s, 0, u"Break"_s);
        office.workflow(u"W"_s, uR"({"filters":[
            {"expression":"1==1","targets":[{"queue":"Empty","skip_if":"1==1","priority":9},
                                           {"skip_if":"workers.available == 0"}]},
            {"expression":"never","targets":[{"queue":"All"}]},
            {"expression":"customer.vip == true","targets":[
                {"queue":"Away","skip_if":"workers.available == 0 AND workers.Break >= 1"}]}],
            "default_filter":{"queue":"All"}})"_s);
        QVERIFY(office.create(office.draft(u"task"_s),
                              {{u"customer"_s, QJsonObject{{u"vip"_s, true}}}}));
        office.settle();
        QStringList way;
        for (const auto &[fact, time] : office.log) {
            if (const auto *entered = std::get_if<events::TaskEnteredQueue>(&fact))
                way += u"%1.%2"_s.arg(entered->filterIndex).arg(entered->targetIndex);
        }
        QCOMPARE(way, (QStringList{u"0.1"_s, u"2.0"_s, u"-1.0"_s}));
        QCOMPARE(office.queueOf(u"task"_s), u"All"_s);
        QCOMPARE(office.get(u"task"_s).priority, 0);
        QCOMPARE(office.statusOf(u"task"_s), u"pending"_s);
    }

    void aSkipIsTakenOnceItsConditionComesTrue()
    {
        TestOffice office;
        office.queue(u"Sales"_s, u"team == 'sales'"_s);
        office.queue(u"All"_s);
        office.channel(u"chat"_s, 1, 60s);
        office.worker(u"Ann"_s, uR"({"team":"sales"})"_s);
        office.workflow(u"W"_s, uR"({"filters":[{"expression":"1==1","targets":[
            {"queue":"Sales","skip_if":"workers.available == 0"},{"queue":"All"}]}]})"_s);
        office.task(u"1"_s);
        QVERIFY(office.accept(u"1"_s, u"Ann"_s));
        office.task(u"2"_s); // Ann is available but full
        QCOMPARE(office.queueOf(u"2"_s), u"Sales"_s);
        office.become(u"Ann"_s, u"Break"_s);
        QCOMPARE(office.queueOf(u"2"_s), u"All"_s);
    }

    void leavingTheLastStepCancels_data()
    {
        QTest::addColumn<QString>("step");
        QTest::addColumn<QString>("reason");
        QTest::newRow("skipped") << uR"({"queue":"Q","skip_if":"1==1"})"_s << u"workflow.skipped"_s;
        QTest::newRow("timed out") << uR"({"queue":"Q","timeout":5})"_s << u"workflow.timeout"_s;
    }
    void leavingTheLastStepCancels()
    {
        QFETCH(QString, step);
        QFETCH(QString, reason);
        TestOffice office;
        office.queue(u"Q"_s);
        office.workflow(u"W"_s,
                        uR"({"filters":[{"expression":"1==1","targets":[%1]}]})"_s.arg(step));
        office.task(u"task"_s);
        office.pass(5s);
        QCOMPARE(office.statusOf(u"task"_s), u"canceled"_s);
        QCOMPARE(office.get(u"task"_s).reason, reason);
    }

    void anOfferMayFinishAfterTheStepsTime()
    {
        TestOffice office;
        office.queue(u"Q"_s);
        office.queue(u"Late"_s, u""_s);
        office.worker(u"Ann"_s);
        office.workflow(u"W"_s, uR"({"filters":[{"expression":"1==1","targets":[
            {"queue":"Q","timeout":10},{"queue":"Late"}]}]})"_s);
        office.task(u"task"_s);
        office.pass(30s);
        QCOMPARE(office.offered(u"task"_s), QStringList{u"Ann"_s});
        QVERIFY(office.reject(u"task"_s, u"Ann"_s));
        QCOMPARE(office.queueOf(u"task"_s), u"Late"_s);
    }

    void theFirstOfABatchToAcceptWins()
    {
        TestOffice office;
        office.queue(u"Q"_s, u"1==1"_s, TaskOrder::Fifo, 3);
        office.workflow(u"W"_s, uR"({"default_filter":{"queue":"Q"}})"_s);
        for (const QString &name : {u"A"_s, u"B"_s, u"C"_s, u"D"_s})
            office.worker(name, u"{}"_s, name == u"D" ? 0 : 5);
        office.task(u"task"_s);
        QCOMPARE(office.offered(u"task"_s).size(), 3);
        QVERIFY(!office.offered(u"task"_s).contains(u"D"_s));
        QCOMPARE(office.get(u"task"_s).assignmentCount, 1);
        const ReservationId loser = office.offer(u"task"_s, u"C"_s);
        QVERIFY(office.accept(u"task"_s, u"B"_s));
        QCOMPARE(office.tables->of<Reservation>().find(loser)->status,
                 ReservationStatus::Rescinded);
        QCOMPARE(office.statusOf(u"task"_s), u"assigned"_s);
        QCOMPARE(office.get(u"task"_s).worker, TestOffice::id<WorkerId>(u"B"_s));
        const auto late = routing::accept(office.set(), loser, TestOffice::id<WorkerId>(u"C"_s),
                                          office.now, office.emitter());
        QVERIFY(!late);
        QCOMPARE(office.set().reservations.size(), size_t(1));
    }

    void offersEndAfterTheirChannelsTime_data()
    {
        QTest::addColumn<QString>("taskChannel");
        QTest::addColumn<int>("workflowSeconds"); // -1 = not set
        QTest::addColumn<int>("seconds");         // 0 = never
        QTest::newRow("voice") << u"voice"_s << -1 << 20;
        QTest::newRow("chat") << u"chat"_s << -1 << 60;
        QTest::newRow("email") << u"email"_s << -1 << 120;
        QTest::newRow("nobody defined it") << u"telepathy"_s << -1 << 60;
        QTest::newRow("the workflow's") << u"voice"_s << 35 << 35;
        QTest::newRow("pull") << u"chat"_s << 0 << 0;
    }
    void offersEndAfterTheirChannelsTime()
    {
        QFETCH(QString, taskChannel);
        QFETCH(int, workflowSeconds);
        QFETCH(int, seconds);
        TestOffice office;
        office.queue(u"Q"_s);
        office.worker(u"Ann"_s);
        office.workflow(u"W"_s, uR"({"default_filter":{"queue":"Q"}})"_s,
                        workflowSeconds < 0 ? std::nullopt
                                            : std::optional(Seconds(workflowSeconds)));
        office.task(u"task"_s, u"{}"_s, taskChannel);
        const ReservationId offer = office.offer(u"task"_s, u"Ann"_s);
        QCOMPARE(office.set().reservations.at(offer).expiresAt,
                 seconds ? office.now + Seconds(seconds) : Time{});
        office.pass(seconds ? Milliseconds(seconds * 1000 - 1) : Milliseconds(24h));
        QCOMPARE(office.statusOf(u"task"_s), u"reserved"_s);
        office.now = office.now + 1ms; // due, but the timer has not run yet
        const auto late = routing::accept(office.set(), offer, TestOffice::id<WorkerId>(u"Ann"_s),
                                          office.now, [](const events::Fact &) {});
        QCOMPARE(bool(late), seconds == 0);
        if (seconds)
            QCOMPARE(late.error().state, u"timeout"_s);
        office.settle();
        QCOMPARE(office.statusOf(u"task"_s), seconds ? u"pending"_s : u"reserved"_s);
    }

    void theSecondMissInARowSendsAWorkerAway()
    {
        TestOffice office;
        office.queue(u"Q"_s);
        office.worker(u"Ann"_s);
        office.workflow(u"W"_s, uR"({"default_filter":{"queue":"Q"}})"_s);
        office.task(u"task"_s);
        office.pass(60s);
        QCOMPARE(office.statusOf(u"task"_s), u"pending"_s);
        QCOMPARE(office.person(u"Ann"_s).missedOffers, 1);
        QVERIFY(office.person(u"Ann"_s).available);
        office.pass(60s); // asked again after a minute
        QCOMPARE(office.statusOf(u"task"_s), u"reserved"_s);
        office.pass(60s);
        QVERIFY(!office.person(u"Ann"_s).available);
        QCOMPARE(office.person(u"Ann"_s).activity, office.set().timeoutActivity);
        const auto *away = std::get_if<events::WorkerActivityChanged>(&office.log.back().first);
        QVERIFY(away && away->becauseMissed);
        office.pass(1h);
        QCOMPARE(office.statusOf(u"task"_s), u"pending"_s);
        office.become(u"Ann"_s, u"Available"_s);
        QCOMPARE(office.offered(u"task"_s), QStringList{u"Ann"_s});
        QCOMPARE(office.person(u"Ann"_s).missedOffers, 0);
    }

    void anAnswerBetweenTwoMissesForgivesTheFirst()
    {
        TestOffice office;
        office.queue(u"Q"_s);
        office.worker(u"Ann"_s);
        office.workflow(u"W"_s, uR"({"default_filter":{"queue":"Q"}})"_s);
        office.task(u"task"_s);
        office.pass(120s);
        QVERIFY(office.reject(u"task"_s, u"Ann"_s));
        office.pass(120s);
        QCOMPARE(office.person(u"Ann"_s).missedOffers, 1);
        QVERIFY(office.person(u"Ann"_s).available);
    }

    void aTaskThatWaitsTooLongIsCanceled()
    {
        TestOffice office;
        office.queue(u"Q"_s);
        office.worker(u"Ann"_s);
        office.workflow(u"W"_s, uR"({"default_filter":{"queue":"Q"}})"_s, Seconds(0));
        Task task = office.draft(u"task"_s);
        task.timeout = Seconds(30);
        QVERIFY(office.create(task));
        office.settle();
        QCOMPARE(office.statusOf(u"task"_s), u"reserved"_s);
        const ReservationId offer = office.offer(u"task"_s, u"Ann"_s);
        office.pass(30s);
        QCOMPARE(office.statusOf(u"task"_s), u"canceled"_s);
        QCOMPARE(office.get(u"task"_s).reason, u"Task TTL Exceeded"_s);
        QCOMPARE(office.tables->of<Reservation>().find(offer)->status, ReservationStatus::Canceled);
        QVERIFY(!office.router.nextDeadline(office.now));
    }

    void aTaskOfferedTooOftenIsCanceled()
    {
        TestOffice office;
        office.queue(u"Q"_s);
        office.worker(u"A"_s);
        office.worker(u"B"_s);
        office.workflow(u"W"_s, uR"({"default_filter":{"queue":"Q"}})"_s);
        office.task(u"task"_s);
        for (int i = 0; i < 1000; ++i) {
            QCOMPARE(office.statusOf(u"task"_s), u"reserved"_s);
            office.now = office.now + 1s;
            QVERIFY(office.reject(u"task"_s, office.offered(u"task"_s).front()));
        }
        QCOMPARE(office.get(u"task"_s).assignmentCount, 1001);
        QVERIFY(office.reject(u"task"_s, office.offered(u"task"_s).front()));
        QCOMPARE(office.statusOf(u"task"_s), u"canceled"_s);
    }

    void takingNeedsNoOffer()
    {
        TestOffice office;
        office.queue(u"Q"_s, u"1==1"_s, TaskOrder::Fifo, 2);
        office.worker(u"A"_s, u"{}"_s, 2);
        office.worker(u"B"_s, u"{}"_s, 1);
        const WorkerId eve = office.worker(u"Eve"_s, u"{}"_s, 0, u"Break"_s);
        office.workflow(u"W"_s, uR"({"default_filter":{"queue":"Q"}})"_s);
        const TaskId task = office.task(u"task"_s);
        const ReservationId lost = office.offer(u"task"_s, u"A"_s);
        QVERIFY(routing::take(office.set(), task, eve, office.now, office.emitter()));
        QCOMPARE(office.get(u"task"_s).worker, eve);
        QCOMPARE(office.tables->of<Reservation>().find(lost)->status, ReservationStatus::Rescinded);
        const auto again = routing::take(office.set(), task, eve, office.now, office.emitter());
        QCOMPARE(again.error().state, u"assigned"_s);

        const TaskId second = office.task(u"second"_s); // one's own offer is accepted
        const ReservationId own = office.offer(u"second"_s, u"B"_s);
        QVERIFY(routing::take(office.set(), second, TestOffice::id<WorkerId>(u"B"_s), office.now,
                              office.emitter()));
        QCOMPARE(office.get(u"second"_s).reservations, std::vector{own});
        QCOMPARE(office.get(u"second"_s).assignmentCount, 1);
    }

    void rejectingMayChangeTheActivity()
    {
        TestOffice office;
        office.queue(u"Q"_s);
        const WorkerId ann = office.worker(u"Ann"_s);
        office.workflow(u"W"_s, uR"({"default_filter":{"queue":"Q"}})"_s);
        office.task(u"task"_s);
        const ReservationId offer = office.offer(u"task"_s, u"Ann"_s);
        const size_t before = office.log.size();
        const auto unknown =
            routing::reject(office.set(), offer, ann, TestOffice::id<ActivityId>(u"x"_s),
                            office.now, office.emitter());
        QCOMPARE(unknown.error().code, Error::Code::NotFound);
        QCOMPARE(office.log.size(), before);
        QVERIFY(routing::reject(office.set(), offer, ann, TestOffice::id<ActivityId>(u"Break"_s),
                                office.now, office.emitter()));
        QVERIFY(!office.person(u"Ann"_s).available);
    }

    void goingAwayKeepsOffersUnlessAskedOtherwise()
    {
        TestOffice office;
        office.queue(u"Q"_s);
        office.worker(u"Ann"_s);
        office.workflow(u"W"_s, uR"({"default_filter":{"queue":"Q"}})"_s);
        office.task(u"task"_s);
        office.become(u"Ann"_s, u"Break"_s);
        QCOMPARE(office.offered(u"task"_s), QStringList{u"Ann"_s});
        office.become(u"Ann"_s, u"Away"_s, true);
        QCOMPARE(office.statusOf(u"task"_s), u"pending"_s);
    }

    void illegalTransitionsNameTheState_data()
    {
        QTest::addColumn<QString>("state");
        QTest::addColumn<QString>("act");
        const auto row = [](const char *state, std::initializer_list<const char *> acts) {
            for (const char *act : acts)
                QTest::addRow("%s: %s", state, act)
                    << QString::fromLatin1(state) << QString::fromLatin1(act);
        };
        row("pending", {"wrap", "complete"});
        row("reserved", {"wrap", "complete", "accept other's", "reject other's"});
        row("assigned", {"cancel", "accept", "reject", "take"});
        row("wrapping", {"cancel", "accept", "reject", "take", "wrap"});
        row("completed", {"cancel", "accept", "reject", "take", "wrap", "complete"});
        row("canceled", {"cancel", "accept", "reject", "take", "wrap", "complete"});
    }
    void illegalTransitionsNameTheState()
    {
        QFETCH(QString, state);
        QFETCH(QString, act);
        TestOffice office;
        office.queue(u"Q"_s);
        const WorkerId ann = office.worker(u"Ann"_s);
        const WorkerId eve = office.worker(u"Eve"_s, u"{}"_s, 0, u"Break"_s);
        office.workflow(u"W"_s, uR"({"default_filter":{"queue":"Q"}})"_s);
        if (state == u"pending")
            office.become(u"Ann"_s, u"Break"_s);
        const TaskId task = office.task(u"task"_s);
        const ReservationId offer = office.offer(u"task"_s, u"Ann"_s);
        const bool isAccepted =
            state == u"assigned" || state == u"wrapping" || state == u"completed";
        if (isAccepted)
            QVERIFY(office.accept(u"task"_s, u"Ann"_s));
        if (state == u"wrapping")
            QVERIFY(routing::wrapUp(office.set(), task, 0ms, office.now, office.emitter()));
        if (state == u"completed")
            QVERIFY(routing::complete(office.set(), task, u"done"_s, office.emitter()));
        if (state == u"canceled")
            QVERIFY(routing::cancel(office.set(), task, u"no"_s, office.emitter()));
        QCOMPARE(office.statusOf(u"task"_s), state);

        const size_t before = office.log.size();
        const Result<Done> done =
            perform(office, act, task, offer, act.endsWith(u"other's") ? eve : ann);
        QVERIFY(!done);
        QCOMPARE(office.log.size(), before); // refused as a whole
        if (state == u"completed" || state == u"canceled")
            QCOMPARE(done.error().code, Error::Code::NotFound); // has left the working set
        else if (act.endsWith(u"other's"))
            QCOMPARE(done.error().code, Error::Code::Forbidden);
        else if (act == u"accept" || act == u"reject")
            QCOMPARE(done.error().state,
                     isAccepted && state == u"assigned" ? u"accepted"_s : state);
        else
            QCOMPARE(done.error().state, state);
    }

    void changedAttributesMayChangeTheFilter()
    {
        TestOffice office;
        office.queue(u"Spanish"_s, u""_s);
        office.queue(u"All"_s, u""_s);
        office.workflow(
            u"W"_s,
            uR"({"filters":[{"expression":"language == 'es'","targets":[{"queue":"Spanish"}]}],
                                    "default_filter":{"queue":"All"}})"_s);
        const TaskId task = office.task(u"task"_s);
        QCOMPARE(office.queueOf(u"task"_s), u"All"_s);
        office.tell(
            events::TaskUpdated{task, TestOffice::attributes(uR"({"language":"es"})"_s), 0});
        QVERIFY(routing::reevaluate(office.set(), task, office.now, office.emitter()));
        QCOMPARE(office.queueOf(u"task"_s), u"Spanish"_s);
        const size_t before = office.log.size();
        QVERIFY(routing::reevaluate(office.set(), task, office.now, office.emitter()));
        QCOMPARE(office.log.size(), before);
    }

    void aStepWhoseQueueIsGoneIsPassedOver()
    {
        TestOffice office;
        office.queue(u"First"_s);
        office.queue(u"Gone"_s);
        office.queue(u"Last"_s);
        office.workflow(u"W"_s, uR"({"filters":[{"expression":"1==1","targets":[
            {"queue":"First","timeout":5},{"queue":"Gone","timeout":5},{"queue":"Last"}]}]})"_s);
        office.task(u"task"_s);
        office.tell(events::QueueDeleted{TestOffice::id<QueueId>(u"Gone"_s)});
        office.pass(5s);
        QCOMPARE(office.queueOf(u"task"_s), u"Last"_s);
    }

    void anOfferToADeletedWorkerEnds()
    {
        TestOffice office;
        office.queue(u"Q"_s);
        const WorkerId ann = office.worker(u"Ann"_s, u"{}"_s, 2);
        office.worker(u"Bob"_s, u"{}"_s, 1);
        office.workflow(u"W"_s, uR"({"default_filter":{"queue":"Q"}})"_s, Seconds(0));
        office.task(u"task"_s);
        office.tell(events::WorkerDeleted{ann});
        office.settle();
        QCOMPARE(office.offered(u"task"_s), QStringList{u"Bob"_s});
    }

    void settlingStopsAtItsBoundAndGoesOn()
    {
        TestOffice office;
        office.queue(u"Q"_s);
        office.workflow(u"W"_s, uR"({"default_filter":{"queue":"Q"}})"_s);
        for (int i = 0; i < 10; ++i)
            office.worker(QString::number(i));
        for (int i = 0; i < 20; ++i)
            QVERIFY(office.create(office.draft(u"t%1"_s.arg(i))));
        const size_t before = office.log.size();
        QVERIFY(office.router.settle(office.now, office.emitter(), 4));
        QCOMPARE(office.log.size(), before + 4);
        QVERIFY(!office.router.settle(office.now, office.emitter()));
        QCOMPARE(office.log.size(), before + 10);
        QVERIFY(!office.router.settle(office.now, office.emitter()));
        QCOMPARE(office.log.size(), before + 10);
    }

private:
    static Result<Done> perform(TestOffice &office, const QString &act, TaskId task,
                                ReservationId offer, WorkerId worker)
    {
        using namespace routing;
        if (act == u"wrap")
            return wrapUp(office.set(), task, 5s, office.now, office.emitter());
        if (act == u"complete")
            return complete(office.set(), task, {}, office.emitter());
        if (act == u"cancel")
            return cancel(office.set(), task, {}, office.emitter());
        if (act == u"take")
            return take(office.set(), task, worker, office.now, office.emitter());
        if (act.startsWith(u"accept"))
            return accept(office.set(), offer, worker, office.now, office.emitter());
        return reject(office.set(), offer, worker, {}, office.now, office.emitter());
    }
};

QTEST_APPLESS_MAIN(tst_Router)
#include "tst_router.moc"
