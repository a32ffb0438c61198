// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "core/channels/appstore/customerreviews.h"
#include "core/channels/appstore/numbers.h"
#include "tests/support/vendors/appstoresim.h"
#include "tests/support/vendors/vendordesk.h"

#include <QJsonDocument>

using namespace peerdesk;
using namespace peerdesk::channels;
using namespace Qt::StringLiterals;
using Kind = SendResult::Kind;
using Mood = vendor::VendorPeer::Mood;

namespace {

/// Twenty minutes of it are 400 milliseconds.
struct Desk : VendorDesk<AppStoreSim>
{
    Desk()
        : VendorDesk(3'000)
    {}
    size_t polls() const
    {
        return size_t(std::count_if(sim.calls.begin(), sim.calls.end(), [](const auto &call) {
            return call.path.endsWith(u"/customerReviews"_s) && !call.query.contains(u"cursor"_s);
        }));
    }
};

} // namespace

class TestAppStoreConnector : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    /// M46: a review of a territory is a conversation.
    void aReviewComesOnceWithItsTerritory()
    {
        Desk desk;
        desk.sim.write(u"r1"_s, u"Too dim"_s);
        desk.connector->start();
        QTRY_COMPARE(desk.host.items.size(), size_t(1));
        const InboundItem item = desk.host.items[0];
        QCOMPARE(item.content.text, u"★★☆☆☆\nHm\nToo dim\n[POL]"_s);
        QCOMPARE(item.content.subject, u"★★☆☆☆ Hm"_s);
        QCOMPARE(item.thread, u"r1"_s);
        QCOMPARE(item.sender.value, u"r1"_s); // a nickname is nobody's alone
        QCOMPARE(item.senderName, u"Nick of r1"_s);
        QCOMPARE(json::object(item.headers).value(u"territory"_s).toString(), u"POL"_s);
        const size_t polls = desk.polls();
        QTRY_VERIFY(desk.polls() > polls + 3); // over the life of a token
        QCOMPARE(desk.host.items.size(), size_t(1));
        QCOMPARE(desk.host.repeated, 0);
        QVERIFY2(desk.host.lastDetail.contains(u"15 of 3600 requests"_s),
                 qPrintable(desk.host.lastDetail));
        QCOMPARE(desk.sim.complaints(), QStringList());
    }

    void furtherPagesAreReadThroughTheirLinks()
    {
        Desk desk;
        desk.sim.pageSize = 20;
        for (int i = 0; i < 110; ++i)
            desk.sim.write(u"r%1"_s.arg(i, 3), u"x"_s);
        desk.connector->start();
        QTRY_COMPARE_WITH_TIMEOUT(desk.host.items.size(), size_t(110), 20'000);
        QCOMPARE(desk.sim.complaints(), QStringList());
    }

    void whoChangesAReviewWritesAgain()
    {
        Desk desk;
        desk.sim.write(u"r1"_s, u"Too dim"_s);
        desk.connector->start();
        QTRY_COMPARE(desk.host.items.size(), size_t(1));
        desk.sim.write(u"r1"_s, u"Bright now"_s);
        QTRY_COMPARE(desk.host.items.size(), size_t(2));
        QCOMPARE(desk.host.items[1].kind, ItemKind::Message);
        QCOMPARE(desk.host.items[1].thread, u"r1"_s);
        desk.restart();
        const size_t polls = desk.polls();
        QTRY_VERIFY(desk.polls() > polls + 2);
        QCOMPARE(desk.host.items.size(), size_t(2));
    }

    /// M46: removed by its author.
    void onlyWhatIsReallyGoneWasTakenBack()
    {
        Desk desk;
        desk.sim.write(u"r1"_s, u"Too dim"_s);
        desk.sim.write(u"r2"_s, u"Too loud"_s);
        desk.connector->start();
        QTRY_COMPARE(desk.host.items.size(), size_t(2));
        desk.sim.hide(u"r2"_s); // the list is behind
        size_t polls = desk.polls();
        QTRY_VERIFY(desk.polls() > polls + 2);
        QCOMPARE(desk.host.items.size(), size_t(2));
        desk.sim.remove(u"r1"_s);
        QTRY_COMPARE(desk.host.items.size(), size_t(3));
        QCOMPARE(desk.host.items[2].kind, ItemKind::Deleted);
        QCOMPARE(desk.host.items[2].receiptFor, u"r1"_s);
    }

    void anAnswerIsDeliveredOnceItIsPublic()
    {
        Desk desk;
        desk.sim.write(u"r1"_s, u"Too dim"_s);
        desk.connector->start();
        QTRY_COMPARE(desk.host.items.size(), size_t(1));
        const SendResult sent = desk.send(desk.answering(desk.host.items[0], u"Thank you"_s));
        QCOMPARE(sent.kind, Kind::Accepted);
        const size_t polls = desk.polls();
        QTRY_VERIFY(desk.polls() > polls + 2);
        QCOMPARE(desk.host.items.size(), size_t(1)); // pending, and ours
        desk.sim.publish(u"r1"_s);
        QTRY_COMPARE(desk.host.items.size(), size_t(2));
        QCOMPARE(desk.host.items[1].kind, ItemKind::Receipt);
        QCOMPARE(desk.host.items[1].receiptFor, sent.providerId);
        QCOMPARE(desk.host.items[1].receiptState, MessageState::Delivered);
        desk.sim.answerInConsole(u"r1"_s, u"Written at Apple's"_s);
        QTRY_COMPARE(desk.host.items.size(), size_t(3));
        QVERIFY(json::object(desk.host.items[2].headers).value(u"outside"_s).toBool());
        Outgoing deleting = desk.answering(desk.host.items[0], {});
        deleting.message.headers = json::canonical({{u"action"_s, u"delete"_s}});
        QCOMPARE(desk.send(deleting).kind, Kind::Accepted);
        QVERIFY(desk.sim.reviews[u"r1"_s].answer.isEmpty());
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
        QCOMPARE(int(desk.send(desk.answering(review, u"Thank you"_s)).kind), kind);
    }

    void whatIsWrongIsSaid()
    {
        Desk desk;
        QVERIFY(desk.test().contains(u"can be read"_s));
        InboundItem gone;
        gone.thread = u"gone"_s;
        QVERIFY(desk.send(desk.answering(gone, u"hello?"_s)).detail.contains(u"took it back"_s));
        QCOMPARE(desk.send(desk.answering(gone, QString(5'971, u'x'))).kind, Kind::Refused);
        desk.sim.isRoleMissing = true;
        QVERIFY(desk.test().contains(u"Customer Support"_s));
        desk.connector->start();
        QTRY_COMPARE(desk.host.lastState, AccountState::Down);
        Desk other;
        other.host.secrets[u"private_key"_s] = "no key";
        QVERIFY(other.test().contains(u"private key cannot be used"_s));
    }

    void hostileAnswersAreHarmless()
    {
        appstore::ReviewCursor cursor;
        for (const char *body : {"", "[]", "{\"data\":7}", "{\"data\":[{\"id\":\"\"},3,null]}",
                                 "{\"data\":[],\"included\":[{\"type\":1}],\"links\":3}"}) {
            const auto page =
                appstore::parseCustomerReviews(QJsonDocument::fromJson(body).object());
            QVERIFY(appstore::compare(page.reviews, u"a"_s, {}, cursor).empty());
        }
        QCOMPARE(appstore::ReviewCursor::fromBytes("x"), appstore::ReviewCursor());
    }

    void theMemoryIsBounded()
    {
        appstore::ReviewCursor cursor;
        std::vector<appstore::CustomerReview> many;
        for (int i = 0; i < 1'000; ++i) {
            appstore::CustomerReview review;
            review.review.id = review.review.key = u"r%1"_s.arg(i);
            review.review.at = {1'790'000'000'000 - i};
            many.push_back(review);
        }
        QCOMPARE(appstore::compare(many, u"a"_s, {}, cursor).size(), size_t(1'000));
        QCOMPARE(cursor.seen.size(), size_t(appstore::numbers::Remembered));
        QVERIFY(cursor.seen.contains(u"r0"_s));
        QCOMPARE(appstore::ReviewCursor::fromBytes(cursor.toBytes()), cursor);
    }
};

QTEST_GUILESS_MAIN(TestAppStoreConnector)
#include "tst_appstoreconnector.moc"
