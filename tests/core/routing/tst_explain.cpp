// SPDX-License-Identifier: GPL-3.0-or-later
#include "rehearsal.h"

using namespace peerdesk;
using namespace peerdesk::rehearsal;

/// Why a task waits, per worker the first thing in the way and what would remove it.
class tst_Explain : public QObject
{
    Q_OBJECT

private:
    static void furnish(TestOffice &office)
    {
        office.queue(u"Sales"_s, u"team == 'sales' AND level >= 3"_s);
        office.workflow(u"W"_s, uR"({"filters":[
            {"filter_friendly_name":"VIP","expression":"vip == true","targets":[{"queue":"Sales"}]},
            {"filter_friendly_name":"Sales","expression":"1==1","targets":[
                {"queue":"Sales","expression":"task.language IN worker.languages","timeout":600}]}]})"_s);
    }
    static QJsonObject lineOf(TestOffice &office, const QString &task, const QString &worker)
    {
        const QJsonObject all = office.router.explain(TestOffice::id<TaskId>(task), office.now);
        for (const QJsonValue line : all.value(u"workers"_s).toArray()) {
            if (line.toObject().value(u"friendly_name"_s) == worker)
                return line.toObject();
        }
        return {};
    }

private slots:
    void everyWorkersFirstObstacleIsNamedWithItsWayOut_data()
    {
        QTest::addColumn<QString>("worker");
        QTest::addColumn<QString>("reason");
        QTest::addColumn<QString>("wayOut");
        QTest::newRow("attributes")
            << u"Young"_s << u"not in the queue"_s << u"attributes so that: level >= 3"_s;
        QTest::newRow("expression") << u"Pole"_s << u"the step's expression does not hold"_s
                                    << u"task.language IN worker.languages"_s;
        QTest::newRow("activity") << u"Away"_s << u"not available (Break)"_s << u"activity"_s;
        QTest::newRow("switched off")
            << u"Off"_s << u"chat is switched off"_s << u"switching chat"_s;
        QTest::newRow("full") << u"Full"_s << u"no free slot for chat (1 of 1)"_s << u"one more"_s;
        QTest::newRow("open offer") << u"Asked"_s << u"has another offer open"_s << u"answering"_s;
        QTest::newRow("opted out") << u"Out"_s << u"opted out of the queue"_s << u"opting in"_s;
    }
    void everyWorkersFirstObstacleIsNamedWithItsWayOut()
    {
        QFETCH(QString, worker);
        QFETCH(QString, reason);
        QFETCH(QString, wayOut);
        TestOffice office;
        furnish(office);
        const QString good = uR"({"team":"sales","level":5,"languages":["es"]})"_s;
        office.worker(u"Young"_s, uR"({"team":"sales","level":1,"languages":["es"]})"_s);
        office.worker(u"Pole"_s, uR"({"team":"sales","level":5,"languages":["pl"]})"_s);
        office.worker(u"Away"_s, good, 0, u"Break"_s);
        office.worker(u"Off"_s, good);
        office.tell(events::WorkerChannelChanged{
            TestOffice::id<WorkerId>(u"Off"_s), u"chat"_s, {3, false}, true});
        office.worker(u"Out"_s, good);
        office.tell(events::WorkerQueueOptChanged{TestOffice::id<WorkerId>(u"Out"_s),
                                                  TestOffice::id<QueueId>(u"Sales"_s), false});
        office.worker(u"Full"_s, good, 90);
        office.tell(events::WorkerChannelChanged{
            TestOffice::id<WorkerId>(u"Full"_s), u"chat"_s, {1, true}, false});
        office.task(u"held"_s, uR"({"language":"es"})"_s);
        QVERIFY(office.accept(u"held"_s, u"Full"_s));
        office.worker(u"Asked"_s, good);
        office.task(u"offered"_s, uR"({"language":"es"})"_s);
        QCOMPARE(office.offered(u"offered"_s), QStringList{u"Asked"_s});
        office.task(u"waiting"_s, uR"({"language":"es"})"_s);
        const QJsonObject line = lineOf(office, u"waiting"_s, worker);
        QCOMPARE(line.value(u"reason"_s).toString(), reason);
        QVERIFY2(line.value(u"would_free"_s).toString().contains(wayOut),
                 qPrintable(line.value(u"would_free"_s).toString()));
        QVERIFY(!line.value(u"eligible"_s).toBool());
    }

    void everyRuleIsListedWithWhatFailed()
    {
        TestOffice office;
        furnish(office);
        office.task(u"waiting"_s, uR"({"language":"es","vip":false})"_s);
        const QJsonObject all =
            office.router.explain(TestOffice::id<TaskId>(u"waiting"_s), office.now);
        const QJsonArray rules = all.value(u"rules"_s).toArray();
        QCOMPARE(rules.size(), 2);
        QCOMPARE(rules.at(0).toObject().value(u"matches"_s).toBool(), false);
        QCOMPARE(rules.at(0).toObject().value(u"failed"_s).toString(), u"vip == true"_s);
        QCOMPARE(rules.at(1).toObject().value(u"current"_s).toBool(), true);
        QCOMPARE(all.value(u"next_step_at"_s).toString(), (office.now + 600s).toString());
    }

    void positionAndExpectedWaitAreTold()
    {
        TestOffice office;
        furnish(office);
        office.worker(u"Ann"_s, uR"({"team":"sales","level":5,"languages":["es"]})"_s);
        const QString spanish = uR"({"language":"es"})"_s;
        office.task(u"held"_s, spanish, u"voice"_s);
        QVERIFY(office.accept(u"held"_s, u"Ann"_s));
        office.pass(100s);
        office.task(u"first"_s, spanish, u"voice"_s);
        office.pass(1s);
        office.task(u"second"_s, spanish, u"voice"_s);
        office.task(u"other channel"_s, spanish, u"email"_s);
        office.pass(19s);
        const QJsonObject all =
            office.router.explain(TestOffice::id<TaskId>(u"second"_s), office.now);
        QCOMPARE(all.value(u"position"_s).toInt(), 2);
        QCOMPARE(all.value(u"expected_wait"_s).toDouble(), 240.0); // 2 x 120 s / 1 slot
    }

    void whatWasDecidedIsExplainedToo()
    {
        TestOffice office;
        furnish(office);
        office.worker(u"Ann"_s, uR"({"team":"sales","level":5,"languages":["es"]})"_s);
        office.task(u"task"_s, uR"({"language":"es"})"_s);
        QCOMPARE(lineOf(office, u"task"_s, u"Ann"_s).value(u"reason"_s).toString(),
                 u"offered: es, sales, longest idle"_s);
        QVERIFY(office.accept(u"task"_s, u"Ann"_s));
        QCOMPARE(lineOf(office, u"task"_s, u"Ann"_s).value(u"reason"_s).toString(),
                 u"has the task: es, sales, longest idle"_s);
    }

    void aKnownWorkerWhoIsNotThereIsTold()
    {
        TestOffice office;
        office.queue(u"Q"_s);
        office.workflow(u"W"_s, uR"({"filters":[{"expression":"1==1","targets":[
            {"queue":"Q","known_worker_friendly_name":"task.agent"}]}]})"_s);
        office.task(u"task"_s, uR"({"agent":"Nobody"})"_s);
        QVERIFY(office.router.explain(TestOffice::id<TaskId>(u"task"_s), office.now)
                    .value(u"diagnostic"_s)
                    .toString()
                    .contains(u"Nobody"));
        office.worker(u"Nobody"_s); // who comes later is asked
        office.settle();
        QCOMPARE(office.offered(u"task"_s), QStringList{u"Nobody"_s});
    }
};

QTEST_APPLESS_MAIN(tst_Explain)
#include "tst_explain.moc"
