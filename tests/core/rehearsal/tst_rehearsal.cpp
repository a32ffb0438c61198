// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rehearsal/setting.h"

#include <QElapsedTimer>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace peerdesk;
using namespace peerdesk::rehearsal;
using namespace Qt::StringLiterals;

/// Days in virtual time.
class tst_Rehearsal : public QObject
{
    Q_OBJECT

private:
    static QJsonObject document(const QByteArray &text)
    {
        QJsonParseError error;
        const QJsonDocument parsed = QJsonDocument::fromJson(text, &error);
        if (!parsed.isObject())
            qFatal("%s", qPrintable(error.errorString()));
        return parsed.object();
    }
    /// Two agents, one queue, an hour of calls.
    static QJsonObject small()
    {
        return document(R"({"start":"2026-11-20T09:00:00Z","hours":1,"seed":5,
            "task_channels":[{"unique_name":"voice","default_capacity":1}],
            "queues":[{"friendly_name":"All","target_workers":"1==1"},
                      {"friendly_name":"Experts","target_workers":"level > 5"}],
            "workflow":{"friendly_name":"Now","configuration":{"task_routing":{
                "filters":[{"expression":"hard == true","targets":[{"queue":"Experts"}]}],
                "default_filter":{"queue":"All"}}}},
            "staff":[{"friendly_name":"Ann","attributes":{"level":9}},
                     {"friendly_name":"Ben","attributes":{"level":1}}],
            "load":[{"task_channel":"voice","per_hour":30,"work_seconds":120,"wrap_seconds":20},
                    {"task_channel":"voice","per_hour":10,"work_seconds":200,"attributes":{"hard":true},
                     "patience_seconds":300}]})");
    }
    static QJsonObject ran(const QJsonObject &setting)
    {
        const auto wanted = readSetting(setting, {});
        if (!wanted)
            qFatal("%s", qPrintable(wanted.error().detail));
        const auto found =
            wanted->other ? compare(wanted->setting, *wanted->other) : rehearse(wanted->setting);
        if (!found)
            qFatal("%s", qPrintable(found.error().detail));
        return *found;
    }

private slots:
    void theSameSettingGivesTheSameNumbers()
    {
        const QJsonObject first = ran(small());
        QCOMPARE(ran(small()), first);
        QVERIFY(first.value(u"tasks"_s).toInt() > 20);
        QCOMPARE(first.value(u"unanswered"_s).toInt(), 0);
        QCOMPARE(first.value(u"answered"_s).toInt() + first.value(u"left"_s).toInt(),
                 first.value(u"tasks"_s).toInt());
        QJsonObject other = small();
        other.insert(u"seed"_s, 6);
        QVERIFY(ran(other) != first);
    }

    void twoWorkflowsAreComparedOnTheSameLoad()
    {
        QJsonObject setting = small();
        setting.insert(u"compare"_s,
                       document(R"({"friendly_name":"Everybody","configuration":{"task_routing":{
                           "default_filter":{"queue":"All"}}}})"));
        const QJsonObject found = ran(setting);
        const QJsonObject before = found.value(u"before"_s).toObject();
        const QJsonObject after = found.value(u"after"_s).toObject();
        QCOMPARE(before.value(u"tasks"_s), after.value(u"tasks"_s));
        QVERIFY(after.value(u"wait"_s).toObject().value(u"avg"_s).toDouble() <
                before.value(u"wait"_s).toObject().value(u"avg"_s).toDouble());
        QCOMPARE(
            after.value(u"queues"_s).toObject().value(u"Experts"_s).toObject().value(u"tasks"_s),
            QJsonValue(0));
        QVERIFY(found.value(u"change"_s).toObject().value(u"wait"_s).toObject().contains(u"avg"_s));
    }

    void peopleAreThereInTheirHoursOnly()
    {
        const QJsonObject found = ran(document(R"({"start":"2026-11-20T08:00:00Z","hours":2,
            "task_channels":[{"unique_name":"chat","default_capacity":3}],
            "queues":[{"friendly_name":"All","target_workers":"1==1"}],
            "workflow":{"task_routing":{"default_filter":{"queue":"All"}}},
            "staff":[{"friendly_name":"Ann","shifts":[["09:00","10:00"]]}],
            "tasks":[{"after_seconds":60,"task_channel":"chat","work_seconds":30},
                     {"after_seconds":3700,"task_channel":"chat","work_seconds":30},
                     {"at":"2026-11-20T09:59:50Z","task_channel":"chat","work_seconds":30}]})"));
        QCOMPARE(found.value(u"answered"_s).toInt(), 3);
        QCOMPARE(found.value(u"wait"_s).toObject().value(u"max"_s).toDouble(), 3540.0);
        QCOMPARE(found.value(u"wait"_s).toObject().value(u"p50"_s).toDouble(), 0.0);
    }

    void mistakesAreNamed_data()
    {
        QTest::addColumn<QByteArray>("change");
        QTest::addColumn<QString>("word");
        QTest::newRow("no such workflow")
            << QByteArray(R"({"workflow":"Missing"})") << u"Missing"_s;
        QTest::newRow("negative load")
            << QByteArray(R"({"load":[{"task_channel":"voice","per_hour":-1}]})") << u"per_hour"_s;
        QTest::newRow("unknown channel")
            << QByteArray(R"({"tasks":[{"task_channel":"pigeon"}]})") << u"pigeon"_s;
        QTest::newRow("backwards") << QByteArray(R"({"end":"2026-11-20T08:00:00Z"})") << u"end"_s;
        QTest::newRow("crowd") << QByteArray(R"({"staff":[{"count":20000}]})") << u"count"_s;
        QTest::newRow("odd shift")
            << QByteArray(R"({"staff":[{"shifts":[["9","5"]]}]})") << u"shift"_s;
        QTest::newRow("time") << QByteArray(R"({"start":"monday"})") << u"start"_s;
        QTest::newRow("recorded") << QByteArray(R"({"recorded":{}})") << u"recorded"_s;
    }
    void mistakesAreNamed()
    {
        QFETCH(QByteArray, change);
        QFETCH(QString, word);
        QJsonObject setting = small();
        const QJsonObject other = document(change);
        for (auto it = other.begin(); it != other.end(); ++it)
            setting.insert(it.key(), it.value());
        const auto wanted = readSetting(setting, {});
        QVERIFY(!wanted);
        QVERIFY2(wanted.error().detail.contains(word), qPrintable(wanted.error().detail));
    }

    void aWorkflowToNowhereIsRefused()
    {
        QJsonObject setting = small();
        setting.insert(u"workflow"_s,
                       document(R"({"task_routing":{"default_filter":{"queue":"Gone"}}})"));
        QVERIFY(!rehearse(readSetting(setting, {})->setting));
    }

    void whoWatchesHearsOfEachArrivalAndMayStop()
    {
        const Setting setting = readSetting(small(), {})->setting;
        size_t heard = 0;
        const Watch whole{{}, [&](size_t done) { heard = done; }};
        QCOMPARE(*rehearse(setting, whole), *rehearse(setting));
        QCOMPARE(heard, setting.arrivals.size());
        QVERIFY(compare(setting, setting.workflow, whole));
        QCOMPARE(heard, 2 * setting.arrivals.size());

        std::stop_source stop;
        const Watch until{stop.get_token(), [&](size_t done) {
                              heard = done;
                              if (done == 3)
                                  stop.request_stop();
                          }};
        const auto stopped = compare(setting, setting.workflow, until);
        QVERIFY(!stopped);
        QCOMPARE(stopped.error().code, Error::Code::Cancelled);
        QCOMPARE(heard, size_t(3)); // not one more
    }

    void aBusyDayIsOverSoon()
    {
        QJsonObject setting = small();
        setting.insert(u"hours"_s, 10);
        setting.insert(
            u"staff"_s,
            document(R"({"staff":[{"count":60,"attributes":{"level":7}}]})").value(u"staff"_s));
        setting.insert(
            u"load"_s,
            document(R"({"load":[{"task_channel":"voice","per_hour":1000,"work_seconds":150,
                                   "wrap_seconds":20,"patience_seconds":300}]})")
                .value(u"load"_s));
        QElapsedTimer timer;
        timer.start();
        const QJsonObject found = ran(setting);
        qInfo("%d tasks, %lld ms", found.value(u"tasks"_s).toInt(), timer.elapsed());
        QVERIFY(found.value(u"tasks"_s).toInt() > 9'000);
    }
};

QTEST_APPLESS_MAIN(tst_Rehearsal)
#include "tst_rehearsal.moc"
