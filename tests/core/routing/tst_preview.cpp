// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/routing/preview.h"
#include "rehearsal.h"

using namespace peerdesk;
using namespace peerdesk::rehearsal;

/// Who would get a task that is only thought of.
class tst_Preview : public QObject
{
    Q_OBJECT

private:
    static void furnish(TestOffice &office)
    {
        office.queue(u"Sales"_s, u"team == 'sales'"_s);
        office.workflow(u"W"_s, uR"({"filters":[
            {"filter_friendly_name":"VIP","expression":"vip == true","targets":[
                {"queue":"Sales","order_by":"worker.level DESC"}]},
            {"filter_friendly_name":"Spanish","expression":"language == 'es'","targets":[
                {"queue":"Sales","expression":"worker.level > 90","skip_if":"1==1"},{"queue":"Sales"}]}]})"_s);
        office.worker(u"Low"_s, uR"({"team":"sales","level":1})"_s);
        office.worker(u"High"_s, uR"({"team":"sales","level":9})"_s);
        office.worker(u"Other"_s, uR"({"team":"support"})"_s);
    }
    static Task sample(const QString &attributes)
    {
        Task task;
        task.id = TestOffice::id<TaskId>(u"sample"_s);
        task.workflow = TestOffice::id<WorkflowId>(u"W"_s);
        task.taskChannel = u"chat"_s;
        task.attributes = TestOffice::attributes(attributes);
        return task;
    }

private slots:
    void theOrderIsThatInWhichPeopleWouldBeAsked()
    {
        TestOffice office;
        furnish(office);
        const auto seen =
            routing::preview(office.set(), sample(uR"({"vip":true})"_s), {}, office.now);
        QVERIFY(seen);
        QCOMPARE(seen->value(u"filter"_s), QJsonValue(u"VIP"_s));
        QCOMPARE(seen->value(u"order"_s).toArray(),
                 (QJsonArray{TestOffice::id<WorkerId>(u"High"_s).toString(),
                             TestOffice::id<WorkerId>(u"Low"_s).toString()}));
        QCOMPARE(seen->value(u"skips"_s), QJsonValue(false));
        QVERIFY(office.set().tasks.empty()); // nothing happened
    }
    void aStepThatWouldBeSkippedIsNamed()
    {
        TestOffice office;
        furnish(office);
        const auto seen =
            routing::preview(office.set(), sample(uR"({"language":"es"})"_s), {}, office.now);
        QVERIFY(seen);
        QCOMPARE(seen->value(u"order"_s).toArray(), QJsonArray());
        QCOMPARE(seen->value(u"skips"_s), QJsonValue(true));
    }
    void whereATaskGoesThatNobodyTakesIsNamed_data()
    {
        QTest::addColumn<QString>("attributes");
        QTest::addColumn<QJsonValue>("after");
        QTest::addColumn<QJsonValue>("then");
        QTest::newRow("next step")
            << uR"({"kind":"a"})"_s << QJsonValue(60) << QJsonValue(u"Later"_s);
        QTest::newRow("left at once instead")
            << uR"({"kind":"c"})"_s << QJsonValue(QJsonValue::Undefined)
            << QJsonValue(QJsonValue::Undefined);
        QTest::newRow("next rule below that matches")
            << uR"({"kind":"b","vip":true})"_s << QJsonValue(30) << QJsonValue(u"Late"_s);
        QTest::newRow("given up") << uR"({"kind":"b"})"_s << QJsonValue(30)
                                  << QJsonValue(QString());
        QTest::newRow("waits for ever") << uR"({"vip":true})"_s << QJsonValue(QJsonValue::Undefined)
                                        << QJsonValue(QJsonValue::Undefined);
    }
    void whereATaskGoesThatNobodyTakesIsNamed()
    {
        QFETCH(QString, attributes);
        QFETCH(QJsonValue, after);
        QFETCH(QJsonValue, then);
        TestOffice office;
        for (const QString &name : {u"First"_s, u"Later"_s, u"Late"_s})
            office.queue(name);
        office.workflow(u"W"_s, uR"({"filters":[
            {"filter_friendly_name":"A","expression":"kind == 'a'","targets":[
                {"queue":"First","timeout":60},{"queue":"Later"}]},
            {"filter_friendly_name":"B","expression":"kind == 'b'","targets":[
                {"queue":"First","timeout":30}]},
            {"filter_friendly_name":"C","expression":"kind == 'c'","targets":[
                {"queue":"First","timeout":60,"skip_if":"1 == 1"},{"queue":"Later"}]},
            {"filter_friendly_name":"VIP","expression":"vip == true","targets":[{"queue":"Late"}]}]})"_s);
        const auto seen = routing::preview(office.set(), sample(attributes), {}, office.now);
        QVERIFY(seen);
        QCOMPARE(seen->value(u"times_out_after"_s), after);
        QCOMPARE(seen->value(u"then"_s), then);
    }
    void aTaskThatNoRuleWantsIsRefusedAsAtCreation()
    {
        TestOffice office;
        furnish(office);
        const auto seen = routing::preview(office.set(), sample(u"{}"_s), {}, office.now);
        QVERIFY(!seen);
        QCOMPARE(seen.error().code, Error::Code::Rejected);
    }
    void membersAreCountedWhateverTheyDo()
    {
        TestOffice office;
        furnish(office);
        QCOMPARE(routing::membersOf(office.set(), u"team == 'sales'"_s)->size(), 2u);
        QCOMPARE(routing::membersOf(office.set(), u"1==1"_s)->size(), 3u);
        QVERIFY(routing::membersOf(office.set(), u" "_s)->empty()); // empty is nobody
        QVERIFY(!routing::membersOf(office.set(), u"team =="_s));
    }
};

QTEST_APPLESS_MAIN(tst_Preview)
#include "tst_preview.moc"
