// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "core/channels/google/reviews.h"
#include "tests/support/vendors/googlesim.h"
#include "tests/support/vendors/vendordesk.h"

#include <QElapsedTimer>
#include <QRegularExpression>

using namespace peerdesk;
using namespace peerdesk::channels;
using namespace Qt::StringLiterals;
using Kind = SendResult::Kind;
using Mood = vendor::VendorPeer::Mood;

namespace {

/// Ten minutes of it are 60 milliseconds.
struct Desk : VendorDesk<PlaySim>
{
    Desk()
        : VendorDesk(10'000)
    {}
    size_t polls() const
    {
        return size_t(std::count_if(sim.calls.begin(), sim.calls.end(),
                                    [](const auto &call) { return call.method == "GET"; }));
    }
    /// An access token ends after each.
    int hours() const { return int((clock.wall() - m_began) / std::chrono::hours(1)); }

private:
    const Time m_began = clock.wall();
};

} // namespace

class TestPlayConnector : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    /// M44: a review is a conversation with stars, version and device.
    void aReviewComesOnceWithStarsVersionAndDevice()
    {
        Desk desk;
        desk.sim.write(u"r1"_s, u"Too dim"_s);
        desk.connector->start();
        QTRY_COMPARE(desk.host.items.size(), size_t(1));
        const InboundItem item = desk.host.items[0];
        QCOMPARE(item.content.text,
                 u"★★★★☆\nToo dim\n[Version 2.1 (210), Pixel 7, Android API 34, pl]"_s);
        QCOMPARE(item.thread, u"r1"_s);
        QCOMPARE(item.sender.kind, u"google_play"_s);
        QCOMPARE(item.senderName, u"Name of r1"_s);
        const QJsonObject headers = json::object(item.headers);
        QCOMPARE(headers.value(u"stars"_s).toInt(), 4);
        QCOMPARE(headers.value(u"app_version"_s).toString(), u"2.1"_s);
        QCOMPARE(headers.value(u"device"_s).toString(), u"panther"_s);
        const size_t polls = desk.polls();
        QTRY_VERIFY(desk.polls() > polls + 3);
        QCOMPARE(desk.host.items.size(), size_t(1));
        QCOMPARE(desk.host.repeated, 0);
        QVERIFY2(desk.sim.tokens <= 1 + desk.hours(), qPrintable(QString::number(desk.sim.tokens)));
        QCOMPARE(desk.sim.complaints(), QStringList());
        qInfo("%d requests held against the vendor's description", desk.sim.checked());
    }

    /// Google does not tell what is left of it.
    void theQuotaStandsBesideTheState()
    {
        Desk desk;
        desk.connector->start();
        QTRY_VERIFY(desk.polls() >= 3);
        const QRegularExpression used(
            u"used (\\d+) of 200 requests .* and (\\d+) of 2000 answers"_s);
        const auto parts = [&] { return used.match(desk.host.lastDetail); };
        QTRY_VERIFY2(parts().captured(1).toInt() >= 2, qPrintable(desk.host.lastDetail));
        QTRY_VERIFY(desk.polls() >= 20); // every ten minutes: what is over an hour old is free
        QVERIFY2(parts().captured(1).toInt() <= 8, qPrintable(desk.host.lastDetail));
        QCOMPARE(parts().captured(2), u"0"_s);
    }

    void whoChangesAReviewWritesAgain()
    {
        Desk desk;
        desk.sim.write(u"r1"_s, u"Too dim"_s);
        desk.connector->start();
        QTRY_COMPARE(desk.host.items.size(), size_t(1));
        desk.sim.write(u"r1"_s, u"Bright now"_s);
        QTRY_COMPARE(desk.host.items.size(), size_t(2));
        QCOMPARE(desk.host.items[1].kind, ItemKind::Message); // it opens the case again
        QCOMPARE(desk.host.items[1].thread, u"r1"_s);
        QVERIFY(desk.host.items[0].providerId != desk.host.items[1].providerId);
    }

    void allPagesAreRead()
    {
        Desk desk;
        for (int i = 0; i < 250; ++i)
            desk.sim.write(u"r%1"_s.arg(i), u"x"_s);
        desk.connector->start();
        QTRY_COMPARE_WITH_TIMEOUT(desk.host.items.size(), size_t(250), 20'000);
        desk.restart();
        const size_t polls = desk.polls();
        QTRY_VERIFY(desk.polls() > polls + 5);
        QCOMPARE(desk.host.items.size(), size_t(250));
    }

    void anAnswerReplacesAndIsNotDoubled()
    {
        Desk desk;
        desk.sim.write(u"r1"_s, u"Too dim"_s);
        desk.connector->start();
        QTRY_COMPARE(desk.host.items.size(), size_t(1));
        const InboundItem review = desk.host.items[0];
        QCOMPARE(desk.send(desk.answering(review, u"Thank you"_s)).kind, Kind::Accepted);
        const SendResult second = desk.send(desk.answering(review, u"Thank you!"_s));
        QCOMPARE(second.kind, Kind::Accepted);
        QCOMPARE(desk.sim.reviews[u"r1"_s][u"developerComment"_s][u"text"_s].toString(),
                 u"Thank you!"_s);
        size_t polls = desk.polls();
        QTRY_VERIFY(desk.polls() > polls + 2);
        QCOMPARE(desk.host.items.size(), size_t(1));
        Message known;
        known.kind = MessageKind::Reply;
        known.providerId = second.providerId;
        desk.host.histories[u"r1"_s] = {known};
        desk.restart();
        polls = desk.polls();
        QTRY_VERIFY(desk.polls() > polls + 2);
        QCOMPARE(desk.host.items.size(), size_t(1));
        desk.sim.answerInConsole(u"r1"_s, u"Written in the console"_s);
        QTRY_COMPARE(desk.host.items.size(), size_t(2));
        QVERIFY(desk.host.items[1].isAutomatic);
        QVERIFY(json::object(desk.host.items[1].headers).value(u"outside"_s).toBool());
        QCOMPARE(desk.sim.complaints(), QStringList());
    }

    void answersOverTheLimitAreRefusedBeforeTheyAreSent_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("kind");
        QTest::newRow("350") << QString(350, u'x') << int(Kind::Accepted);
        QTest::newRow("351") << QString(351, u'x') << int(Kind::Refused);
        QTest::newRow("nothing") << u" "_s << int(Kind::Refused);
    }
    void answersOverTheLimitAreRefusedBeforeTheyAreSent()
    {
        QFETCH(QString, text);
        QFETCH(int, kind);
        Desk desk;
        desk.sim.write(u"r1"_s, u"x"_s);
        InboundItem review;
        review.thread = u"r1"_s;
        QCOMPARE(int(desk.send(desk.answering(review, text)).kind), kind);
        QCOMPARE(desk.sim.complaints(), QStringList());
    }

    void moodsOfTheProvider_data()
    {
        QTest::addColumn<int>("mood");
        QTest::addColumn<int>("kind");
        QTest::newRow("too many") << int(Mood::TooMany) << int(Kind::Later);
        QTest::newRow("refuses") << int(Mood::Refuses) << int(Kind::Refused);
        QTest::newRow("takes and breaks") << int(Mood::TakesAndBreaks) << int(Kind::Uncertain);
    }
    void moodsOfTheProvider()
    {
        QFETCH(int, mood);
        QFETCH(int, kind);
        Desk desk;
        desk.sim.write(u"r1"_s, u"x"_s);
        desk.sim.setMood(Mood(mood));
        InboundItem review;
        review.thread = u"r1"_s;
        const SendResult result = desk.send(desk.answering(review, u"Thank you"_s));
        QCOMPARE(int(result.kind), kind);
        if (result.kind == Kind::Later)
            QCOMPARE(result.retryAfter, desk.sim.retryAfter());
        desk.connector->start(); // what got lost is not shown as somebody else's
        QTRY_COMPARE(desk.host.items.size(), size_t(1));
        QVERIFY(!desk.host.items[0].isAutomatic);
    }

    void aTokenThatEndedIsRenewedOnce()
    {
        Desk desk;
        desk.connector->start();
        QTRY_VERIFY(desk.polls() > 1);
        const int tokens = desk.sim.tokens;
        desk.sim.isRevoked = true;
        desk.sim.write(u"r1"_s, u"x"_s);
        QTRY_COMPARE(desk.host.items.size(), size_t(1));
        QVERIFY(desk.sim.tokens > tokens);
        QVERIFY2(desk.sim.tokens <= 2 + desk.hours(), qPrintable(QString::number(desk.sim.tokens)));
        QCOMPARE(desk.host.lastState, AccountState::Connected);
    }

    void whatIsWrongIsSaid()
    {
        Desk desk;
        QVERIFY(desk.test().contains(u"can be read"_s));
        desk.sim.faults = {{404, u"notFound"_s, u"Package not found"_s}};
        QVERIFY(desk.test().contains(u"knows no app com.example.lanterns"_s));
        desk.sim.faults = {{403, u"permissionDenied"_s, u"The caller does not have permission"_s}};
        QVERIFY(desk.test().contains(u"Reply to reviews"_s));
        desk.host.secrets[u"service_account"_s] = "{\"type\":\"authorized_user\"}";
        Desk other;
        other.host.secrets[u"service_account"_s] = "{\"type\":\"authorized_user\"}";
        QVERIFY(other.test().contains(u"no key of a service account"_s));
    }

    void hostileAnswersAreHarmless_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<int>("items");
        QTest::newRow("empty") << QByteArray() << 0;
        QTest::newRow("wrong types") << QByteArray("{\"reviews\":{\"a\":1}}") << 0;
        QTest::newRow("no id") << QByteArray("{\"reviews\":[{\"comments\":[1,null]}]}") << 0;
        QTest::newRow("impossible time and stars")
            << QByteArray("{\"reviews\":[{\"reviewId\":\"r\",\"comments\":[{\"userComment\":{"
                          "\"text\":\"a\\u0000b\",\"starRating\":1e30,\"lastModified\":{"
                          "\"seconds\":\"99999999999999999999\"}}}]}]}")
            << 1;
    }
    void hostileAnswersAreHarmless()
    {
        QFETCH(QByteArray, body);
        QFETCH(int, items);
        const auto page =
            google::parseReviews(QJsonDocument::fromJson(body).object(), u"p"_s, Time{});
        QCOMPARE(int(page.items.size()), items);
    }
};

QTEST_GUILESS_MAIN(TestPlayConnector)
#include "tst_playconnector.moc"
