// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "core/channels/google/numbers.h"
#include "core/channels/google/youtubecomments.h"
#include "tests/support/vendors/googlesim.h"
#include "tests/support/vendors/vendordesk.h"

using namespace peerdesk;
using namespace peerdesk::channels;
using namespace peerdesk::channels::google;
using namespace Qt::StringLiterals;
using Kind = SendResult::Kind;
using Mood = vendor::VendorPeer::Mood;

namespace {

/// An hour of it is 300 milliseconds.
struct Desk : VendorDesk<YoutubeSim>
{
    Desk()
        : VendorDesk(12'000)
    {}
    size_t pulls() const
    {
        return size_t(std::count_if(sim.calls.begin(), sim.calls.end(), [](const auto &call) {
            return call.path.endsWith(u"/playlistItems"_s);
        }));
    }
};

} // namespace

class TestYoutubeConnector : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    /// M42: one pull an hour, at most 20 + 20, nothing twice, the quota shown.
    void onePullAnHourOfTheNewestTwenty()
    {
        Desk desk;
        for (int i = 0; i < 30; ++i)
            desk.sim.write(u"UCviewer%1"_s.arg(i), u"comment %1"_s.arg(i));
        const Time from = desk.clock.wall();
        desk.connector->start();
        QTRY_VERIFY_WITH_TIMEOUT(desk.pulls() >= 4, 10'000);
        const auto hours = (desk.clock.wall() - from) / std::chrono::hours(1);
        QVERIFY(desk.pulls() <= size_t(hours) + 1);
        QCOMPARE(desk.host.items.size(), size_t(20));
        QCOMPARE(desk.host.repeated, 0);
        QCOMPARE(desk.host.items.front().content.text, u"comment 10"_s);
        QCOMPARE(desk.host.items.front().content.subject, u"Video 1"_s);
        QVERIFY2(desk.host.lastDetail.contains(u"of 10000 units used"_s),
                 qPrintable(desk.host.lastDetail));
        QVERIFY(desk.host.lastDetail.contains(u"begins anew at "_s));
        for (const net::HttpRequest &call : desk.sim.calls) {
            const auto most = call.query.find(u"maxResults"_s);
            QVERIFY(most == call.query.end() || most->second.toInt() <= 20);
        }
        QCOMPARE(desk.sim.complaints(), QStringList());
        qInfo("%d requests held against the vendor's description", desk.sim.checked());
    }

    /// Answers below count too.
    void twentyCommentsAreTwenty()
    {
        Desk desk;
        for (int i = 0; i < 15; ++i) {
            const QString top = desk.sim.write(u"UCann"_s, u"question %1"_s.arg(i));
            desk.sim.add(u"UCbob"_s, u"opinion %1"_s.arg(i), top);
        }
        desk.connector->start();
        QTRY_COMPARE(desk.host.items.size(), size_t(20));
        QCOMPARE(desk.host.items.front().content.text, u"question 5"_s);
        QCOMPARE(desk.host.items.back().content.text, u"opinion 14"_s);
    }

    void editsAnswersAndHeldCommentsAreSeen()
    {
        Desk desk;
        const QString top = desk.sim.write(u"UCann"_s, u"How bright?"_s);
        desk.sim.add(u"UCbob"_s, u"I wonder too"_s, top);
        desk.sim.add(QString::fromLatin1(YoutubeSim::Channel), u"Typed in the studio"_s, top);
        desk.sim.add(u"UCmallory"_s, u"buy my lamps"_s, {}, true);
        desk.connector->start();
        QTRY_COMPARE(desk.host.items.size(), size_t(4));
        std::map<QString, InboundItem> by;
        for (const InboundItem &item : desk.host.items)
            by[item.content.text] = item;
        QCOMPARE(by[u"How bright?"_s].thread, top + u"/UCann"_s);
        QCOMPARE(by[u"I wonder too"_s].thread, top + u"/UCbob"_s);
        const InboundItem outside = by[u"Typed in the studio"_s];
        QCOMPARE(outside.thread, top + u"/UCann"_s);
        QVERIFY(outside.isAutomatic);
        const InboundItem held = by[u"[Held for review]\nbuy my lamps"_s];
        QVERIFY(json::object(held.headers).value(u"held"_s).toBool());
        desk.sim.edit(top, u"How bright is it?"_s);
        QTRY_COMPARE(desk.host.items.size(), size_t(5));
        QCOMPARE(desk.host.items[4].kind, ItemKind::Edited);
        QCOMPARE(desk.host.items[4].receiptFor, top);
    }

    void answersGoBelowTheCommentAndAreNotDoubled()
    {
        Desk desk;
        desk.sim.write(u"UCann"_s, u"How bright?"_s);
        desk.connector->start();
        QTRY_COMPARE(desk.host.items.size(), size_t(1));
        const SendResult sent = desk.send(desk.answering(desk.host.items[0], u"Very."_s));
        QCOMPARE(sent.kind, Kind::Accepted);
        QCOMPARE(desk.sim.sent().back().customer, u"UCann"_s);
        const size_t pulls = desk.pulls();
        QTRY_VERIFY(desk.pulls() > pulls + 1);
        QCOMPARE(desk.host.items.size(), size_t(1));
        QVERIFY(desk.host.lastDetail.contains(u"units used"_s));
        QCOMPARE(desk.sim.complaints(), QStringList());
    }

    void moodsOfTheProvider_data()
    {
        QTest::addColumn<int>("mood");
        QTest::addColumn<int>("kind");
        QTest::newRow("too many") << int(Mood::TooMany) << int(Kind::Later);
        QTest::newRow("refuses") << int(Mood::Refuses) << int(Kind::Refused);
        // It is found below the comment, so that it is known to be sent.
        QTest::newRow("takes and breaks") << int(Mood::TakesAndBreaks) << int(Kind::Accepted);
    }
    void moodsOfTheProvider()
    {
        QFETCH(int, mood);
        QFETCH(int, kind);
        Desk desk;
        const QString top = desk.sim.write(u"UCann"_s, u"How bright?"_s);
        desk.sim.setMood(Mood(mood));
        InboundItem item;
        item.thread = top + u"/UCann"_s;
        QCOMPARE(int(desk.send(desk.answering(item, u"Very."_s)).kind), kind);
    }

    void withoutQuotaNothingIsSent()
    {
        Desk desk;
        YoutubeCursor cursor;
        cursor.day = quotaDay(desk.clock.wall());
        cursor.used = numbers::DayQuota - 40; // an answer costs 50
        desk.host.cursorBytes = cursor.toBytes();
        const QString top = desk.sim.write(u"UCann"_s, u"How bright?"_s);
        desk.connector->start();
        QTRY_COMPARE(desk.host.items.size(), size_t(1));
        desk.connector->stop();
        InboundItem item = desk.host.items[0];
        if (quotaDay(desk.clock.wall()) == cursor.day) { // midnight may have been in between
            const SendResult sent = desk.send(desk.answering(item, u"Very."_s));
            QCOMPARE(sent.kind, Kind::Refused);
            QVERIFY(sent.detail.contains(u"quota"_s));
            QVERIFY(desk.sim.sent().empty());
        }
        desk.sim.faults = {{403, u"quotaExceeded"_s, u"The request cannot be completed"_s}};
        QVERIFY(desk.test().contains(u"midnight in California"_s));
    }

    void switchedOffCommentsAreAStateAndNoFailure()
    {
        Desk desk;
        desk.sim.areCommentsOff = true;
        QVERIFY(desk.test().contains(u"switched off"_s));
        desk.connector->start();
        QTRY_COMPARE(desk.host.lastState, AccountState::Connected);
        QVERIFY(desk.host.lastDetail.contains(u"switched off"_s));
    }

    void deedsAreModeration()
    {
        Desk desk;
        const QString top = desk.sim.write(u"UCann"_s, u"rude"_s);
        InboundItem item;
        item.thread = top + u"/UCann"_s;
        item.providerId = top;
        Outgoing outgoing = desk.answering(item, {});
        outgoing.message.headers = json::canonical({{u"action"_s, u"hide"_s}});
        QCOMPARE(desk.send(outgoing).kind, Kind::Accepted);
        QCOMPARE(desk.sim.sent().back().text, u"rejected"_s);
        outgoing.message.headers = json::canonical({{u"action"_s, u"like"_s}});
        QCOMPARE(desk.send(outgoing).kind, Kind::Refused);
        outgoing.message.headers = json::canonical({{u"visibility"_s, u"private"_s}});
        outgoing.message.content.text = u"psst"_s;
        QCOMPARE(desk.send(outgoing).kind, Kind::Refused);
        QCOMPARE(desk.sim.complaints(), QStringList());
    }

    void aLogInThatEndedIsSaidAtOnce()
    {
        Desk desk;
        desk.sim.isTokenRefused = true;
        desk.connector->start();
        QTRY_COMPARE(desk.host.lastState, AccountState::Down);
        QVERIFY(desk.host.lastDetail.contains(u"Log in again"_s));
    }

    void theQuotasDayIsCalifornias()
    {
        const Time evening = Time::fromString(u"2026-11-22T07:59:59Z"_s);
        QCOMPARE(quotaDay(evening), u"2026-11-21"_s);
        QCOMPARE(untilNextQuota(evening), Seconds(1));
        QCOMPARE(quotaDay(evening + Seconds(1)), u"2026-11-22"_s);
        QCOMPARE(quotaDay(Time::fromString(u"2026-07-01T06:59:59Z"_s)), u"2026-06-30"_s); // summer
    }

    void hostileAnswersAreHarmless()
    {
        YoutubeCursor cursor;
        for (const char *body :
             {"", "[]", "{\"items\":7}", "{\"items\":[{\"snippet\":[]}]}",
              "{\"items\":[{\"snippet\":{\"topLevelComment\":{\"id\":\"\"}}}]}"}) {
            const QJsonObject page = QJsonDocument::fromJson(body).object();
            QVERIFY(newComments(parseThreads(page, false), parseVideos(page), u"UC"_s, 20, cursor)
                        .empty());
        }
        QCOMPARE(YoutubeCursor::fromBytes("garbage"), YoutubeCursor());
        cursor.seen[u"a"_s] = 5;
        cursor.used = 7;
        QCOMPARE(YoutubeCursor::fromBytes(cursor.toBytes()), cursor);
    }
};

QTEST_GUILESS_MAIN(TestYoutubeConnector)
#include "tst_youtubeconnector.moc"
