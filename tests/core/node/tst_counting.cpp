// SPDX-License-Identifier: GPL-3.0-or-later
#include "smalloffice.h"

#include "core/node/localdesk.h"

#include <QTemporaryDir>
#include <QThread>

using namespace peerdesk;
using namespace peerdesk::node;
using namespace peerdesk::node::test;

/// Whoever counts a month does not keep those waiting who open a conversation.
class TestCounting : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void noReadWaitsForACount()
    {
        QTemporaryDir folder;
        World world;
        world.folder = folder.path();
        SmallOffice(world).found();
        const ReadService::Files files{world.path(u"office.db"_s), {}, {}};
        ReadService readers(files);
        Journal journal(world.path(u"local.db"_s));
        OfficeService office({}, readers, journal);
        QThread counting; // not begun: as long as one likes
        auto *counters = new ReadService(files);
        counters->moveToThread(&counting);
        connect(&counting, &QThread::finished, counters, &QObject::deleteLater);
        LocalDesk desk(readers, *counters, office);

        api::StatisticsQuery month{u"workspace"_s, {}, {}};
        month.start = *world.now - std::chrono::hours(24 * 30);
        month.end = *world.now;
        std::optional<Result<QJsonObject>> counted;
        std::optional<Result<api::RecordedDay>> recorded;
        std::optional<Result<std::vector<Queue>>> read;
        desk.statistics(month, {this, [&](const auto &answer) { counted = answer; }});
        desk.recordedDay(month.start, month.end,
                         {this, [&](const auto &answer) { recorded = answer; }});
        desk.queues({this, [&](const auto &answer) { read = answer; }});
        QTRY_VERIFY(read.has_value());
        QVERIFY(*read && !(*read)->empty());
        QVERIFY(!counted && !recorded);

        counting.start();
        QTRY_VERIFY(counted.has_value() && recorded.has_value());
        QVERIFY(*counted && *recorded);
        counting.quit();
        QVERIFY(counting.wait());
    }
};

QTEST_GUILESS_MAIN(TestCounting)
#include "tst_counting.moc"
