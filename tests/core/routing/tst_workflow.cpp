// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/routing/workflow.h"
#include "rehearsal.h"

using namespace peerdesk;
using namespace peerdesk::rehearsal;
using namespace peerdesk::routing;

class tst_Workflow : public QObject
{
    Q_OBJECT

private slots:
    void theDocumentsExampleIsRead()
    {
        const Result<Plan> plan = parsePlan({R"({ "task_routing": {
            "filters": [ { "filter_friendly_name": "VIP", "expression": "vip == true", "targets": [
                { "queue": "Q1", "known_worker_sid": "task.last_agent", "timeout": 10,
                  "priority": 50, "skip_if": "1==1" },
                { "expression": "task.language IN worker.languages",
                  "order_by": "worker.level.support DESC, worker.cost", "timeout": "60" },
                { "queue": "Q2", "priority": "80" } ] } ],
            "default_filter": { "queue": "Q9" } } })"});
        QVERIFY2(plan, qPrintable(plan.error().detail));
        const std::vector<Target> &targets = plan->filters.at(0).targets;
        QCOMPARE(targets.size(), size_t(3));
        QCOMPARE(plan->filters.at(0).friendlyName, u"VIP"_s);
        QVERIFY(targets[0].known == KnownWorker::BySid);
        QVERIFY(targets[0].skipIf);
        QCOMPARE(targets[1].queue, u"Q1"_s); // inherited, as is the priority
        QCOMPARE(targets[1].priority, std::optional(50));
        QCOMPARE(targets[1].timeout, std::optional(Seconds(60)));
        QCOMPARE(targets[1].orderBy.size(), size_t(2));
        QVERIFY(targets[1].orderBy[0].isDescending);
        QVERIFY(!targets[1].orderBy[1].isDescending);
        QCOMPARE(targets[2].priority, std::optional(80));
        QVERIFY(!targets[2].timeout);
        QCOMPARE(plan->defaultTarget->queue, u"Q9"_s);
    }

    void mistakesAreNamed_data()
    {
        QTest::addColumn<QString>("routing");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char *name, const char *routing, const char *expected) {
            QTest::newRow(name) << QString::fromLatin1(routing) << QString::fromLatin1(expected);
        };
        row("no target", R"({"filters":[{"expression":"1==1","targets":[]}]})",
            "filter 1: the filter has no target");
        row("no expression", R"({"filters":[{"targets":[{"queue":"A"}]}]})",
            "filter 1: the filter has no expression");
        row("filter expression", R"({"filters":[{"expression":"a ==","targets":[{"queue":"A"}]}]})",
            "filter 1: expression: line 1, column 5: expected a value");
        row("no queue", R"({"filters":[{"expression":"a","targets":[{"priority":1}]}]})",
            "filter 1: target 1: the first target names no queue");
        row("unknown queue", R"({"filters":[{"expression":"a","targets":[{"queue":"Z"}]}]})",
            "filter 1: target 1: no such queue: Z");
        row("unknown default", R"({"default_filter":{"queue":"Z"}})",
            "default_filter: no such queue: Z");
        row("default without queue", R"({"default_filter":{"priority":1}})",
            "default_filter names no queue");
        row("bare name in a target",
            R"({"filters":[{"expression":"a","targets":[{"queue":"A","expression":"1==1 AND b==1"}]}]})",
            "filter 1: target 1: expression: line 1, column 10: a name here begins with task. or "
            "worker.");
        row("skip_if",
            R"({"filters":[{"expression":"a","targets":[{"queue":"A","skip_if":"worker.x"}]}]})",
            "filter 1: target 1: skip_if: line 1, column 1: a name here begins with workers.");
        row("timeout zero",
            R"({"filters":[{"expression":"a","targets":[{"queue":"A","timeout":0}]}]})",
            "filter 1: target 1: timeout is a whole number from 1 to 2147483647");
        row("timeout text",
            R"({"filters":[{"expression":"a","targets":[{"queue":"A","timeout":"soon"}]}]})",
            "filter 1: target 1: timeout is a whole number from 1 to 2147483647");
        row("priority half",
            R"({"filters":[{"expression":"a","targets":[{"queue":"A","priority":1.5}]}]})",
            "filter 1: target 1: priority is a whole number from 0 to 2147483647");
        row("priority huge",
            R"({"filters":[{"expression":"a","targets":[{"queue":"A","priority":1e300}]}]})",
            "filter 1: target 1: priority is a whole number from 0 to 2147483647");
        row("order",
            R"({"filters":[{"expression":"a","targets":[{"queue":"A","order_by":"worker.a UP"}]}]})",
            "filter 1: target 1: order_by: line 1, column 1: expected an attribute and ASC or "
            "DESC");
        row("second order",
            R"({"filters":[{"expression":"a","targets":[{"queue":"A","order_by":"worker.a ASC,b"}]}]})",
            "filter 1: target 1: order_by: line 1, column 14: the attribute begins with worker.");
        row("known worker",
            R"({"filters":[{"expression":"a","targets":[{"queue":"A","known_worker_sid":"x"}]}]})",
            "filter 1: target 1: known worker: line 1, column 1: a name here begins with task.");
        row("filters of the wrong type", R"({"filters":[7]})",
            "filter 1: the filter has no expression");
    }
    void mistakesAreNamed()
    {
        QFETCH(QString, routing);
        QFETCH(QString, expected);
        TestOffice office;
        office.queue(u"A"_s);
        const Result<Done> good = validateWorkflow(
            office.set(), TestOffice::attributes(u"{\"task_routing\":%1}"_s.arg(routing)));
        QVERIFY(!good);
        QCOMPARE(good.error().detail, expected);
        QCOMPARE(good.error().code, Error::Code::Invalid);
    }

    void hostileDocumentsAreRefused_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("no JSON") << QByteArray("{\"task_routing\":");
        QTest::newRow("array") << QByteArray("[]");
        QTest::newRow("other") << QByteArray("{\"routing\":{}}");
        QTest::newRow("text") << QByteArray("{\"task_routing\":\"x\"}");
        QTest::newRow("deep") << QByteArray(100'000, '[');
        QTest::newRow("large") << QByteArray("{\"task_routing\":{}}") + QByteArray(1 << 20, ' ');
    }
    void hostileDocumentsAreRefused()
    {
        QFETCH(QByteArray, text);
        QVERIFY(!parsePlan({text}));
    }

    void queuesGoByIdOrName()
    {
        TestOffice office;
        const QueueId sales = office.queue(u"Sales"_s);
        for (const QString &name : {u"Sales"_s, u"sales"_s, sales.toString()}) {
            const Json configuration = TestOffice::attributes(
                u"{\"task_routing\":{\"default_filter\":{\"queue\":\"%1\"}}}"_s.arg(name));
            QVERIFY(validateWorkflow(office.set(), configuration));
        }
    }
};

QTEST_APPLESS_MAIN(tst_Workflow)
#include "tst_workflow.moc"
