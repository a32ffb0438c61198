// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "core/channels/meta/types.h"
#include "tests/support/vendors/metasim.h"
#include "tests/support/vendors/vendordesk.h"

#include <QTest>

using namespace peerdesk;
using namespace peerdesk::channels;
using namespace Qt::StringLiterals;
using meta::Product;
using Kind = SendResult::Kind;

namespace {

constexpr double Scale = 1'000; // a minute is 60 milliseconds

struct Wall : VendorDesk<MetaSim>
{
    explicit Wall(Product product)
        : VendorDesk(Scale, product)
        , isInstagram(product == Product::Instagram)
    {
        type = isInstagram ? meta::instagramCommentsType() : meta::facebookCommentsType();
        connector = type.make(account, host);
    }
    QString says(const QString &who, const QString &text, const QString &below = {})
    {
        QJsonObject comment{
            {isInstagram ? u"text"_s : u"message"_s, text},
            {u"from"_s,
             QJsonObject{{u"id"_s, who}, {u"name"_s, u"Name of "_s + who}, {u"username"_s, who}}}};
        if (!below.isEmpty())
            comment.insert(u"parent"_s, QJsonObject{{u"id"_s, below},
                                                    {u"from"_s, QJsonObject{{u"id"_s, u"U1"_s}}}});
        return sim.comment(u"77"_s, comment);
    }
    Outgoing answeringTo(const QString &comment, const QString &text,
                         const QJsonObject &options = {})
    {
        InboundItem item;
        item.providerId = comment;
        item.thread = comment + u"/U1"_s;
        item.providerTime = clock.wall();
        Outgoing outgoing = answering(item, text);
        outgoing.message.headers = json::canonical(options);
        return outgoing;
    }
    size_t polls() const { return sim.callsOf("GET", isInstagram ? u"media"_s : u"feed"_s).size(); }

    bool isInstagram;
};

} // namespace

class TestCommentsConnector : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void commentsComeOnceAndEditsAreSeen_data() { products(); }
    void commentsComeOnceAndEditsAreSeen()
    {
        QFETCH(int, product);
        Wall wall{Product(product)};
        const QString id = wall.says(u"U1"_s, u"How much?"_s);
        wall.connector->start();
        QTRY_COMPARE(wall.host.items.size(), size_t(1));
        const InboundItem first = wall.host.items[0];
        QCOMPARE(first.providerId, id);
        QCOMPARE(first.thread, id + u"/U1"_s);
        QCOMPARE(first.content.subject, u"New lanterns"_s);
        QVERIFY(json::object(first.headers).value(u"public"_s).toBool());
        wall.sim.editComment(id, u"How much is it?"_s);
        QTRY_COMPARE(wall.host.items.size(), size_t(2));
        QCOMPARE(wall.host.items[1].kind, ItemKind::Edited);
        QCOMPARE(wall.host.items[1].receiptFor, id);
        QCOMPARE(wall.host.items[1].content.text, u"How much is it?"_s);
        const size_t polls = wall.polls();
        QTRY_VERIFY(wall.polls() > polls + 3);
        QCOMPARE(wall.host.items.size(), size_t(2));
        QCOMPARE(wall.sim.complaints(), QStringList());
    }

    void onePersonsWordsAreOneConversation()
    {
        Wall wall{Product::Messenger};
        const QString top = wall.says(u"U1"_s, u"How much?"_s);
        wall.says(u"U2"_s, u"I want one too"_s, top);
        wall.says(u"U1"_s, u"Hello?"_s, top);
        wall.connector->start();
        QTRY_COMPARE(wall.host.items.size(), size_t(3));
        std::map<QString, QString> threads;
        for (const InboundItem &item : wall.host.items)
            threads[item.content.text] = item.thread;
        QCOMPARE(threads[u"Hello?"_s], threads[u"How much?"_s]);
        QCOMPARE(threads[u"I want one too"_s], top + u"/U2"_s);
    }

    void publicAnswersAreNotDoubledAndOthersOfThePageAreShown_data() { products(); }
    void publicAnswersAreNotDoubledAndOthersOfThePageAreShown()
    {
        QFETCH(int, product);
        Wall wall{Product(product)};
        const QString id = wall.says(u"U1"_s, u"How much?"_s);
        wall.connector->start();
        QTRY_COMPARE(wall.host.items.size(), size_t(1));
        const SendResult sent = wall.send(wall.answeringTo(id, u"Ten."_s));
        QCOMPARE(sent.kind, Kind::Accepted);
        if (!wall.isInstagram) // a flat list names the comment above and its author
            wall.says(QString::fromLatin1(MetaSim::Page), u"Typed on the page"_s, id);
        const size_t polls = wall.polls();
        QTRY_VERIFY(wall.polls() > polls + 3);
        QCOMPARE(wall.host.items.size(), size_t(wall.isInstagram ? 1 : 2));
        if (!wall.isInstagram) {
            QVERIFY(wall.host.items[1].isAutomatic);
            QCOMPARE(wall.host.items[1].thread, id + u"/U1"_s);
        }
    }

    void anAnswerThatGotLostIsFound()
    {
        Wall wall{Product::Messenger};
        const QString id = wall.says(u"U1"_s, u"How much?"_s);
        wall.sim.setMood(vendor::VendorPeer::Mood::TakesAndBreaks);
        QCOMPARE(wall.send(wall.answeringTo(id, u"Ten."_s)).kind, Kind::Accepted);
        QCOMPARE(wall.sim.sent().size(), size_t(1));
    }

    /// M35: a private answer, once, within 7 days.
    void aPrivateAnswerIsPossibleOnce()
    {
        Wall wall{Product::Messenger};
        const QString id = wall.says(u"U1"_s, u"How much?"_s);
        const QJsonObject isPrivate{{u"visibility"_s, u"private"_s}};
        QCOMPARE(wall.send(wall.answeringTo(id, u"Ten, for you."_s, isPrivate)).kind,
                 Kind::Accepted);
        const QJsonObject body = wall.sim.callsOf("POST", u"messages"_s).back().body;
        QCOMPARE(body.value(u"recipient"_s)[u"comment_id"_s].toString(), id);
        const SendResult again = wall.send(wall.answeringTo(id, u"And more"_s, isPrivate));
        QCOMPARE(again.kind, Kind::Refused);
        QVERIFY(again.detail.contains(u"one private answer"_s));
        Outgoing late = wall.answeringTo(u"77_9"_s, u"late"_s, isPrivate);
        late.answered->providerTime = wall.clock.wall() - std::chrono::days(7) - Seconds(1);
        QCOMPARE(wall.send(late).kind, Kind::Refused);
        QCOMPARE(wall.sim.complaints(), QStringList());
    }

    void deedsAreDoneWhereTheProviderLets_data()
    {
        QTest::addColumn<QString>("action");
        QTest::addColumn<int>("onFacebook");
        QTest::addColumn<int>("onInstagram");
        const int yes = int(Kind::Accepted);
        const int no = int(Kind::Refused);
        QTest::newRow("hide") << u"hide"_s << yes << yes;
        QTest::newRow("unhide") << u"unhide"_s << yes << yes;
        QTest::newRow("delete") << u"delete"_s << yes << yes;
        QTest::newRow("like") << u"like"_s << yes << no;
        QTest::newRow("unlike") << u"unlike"_s << yes << no;
        QTest::newRow("explode") << u"explode"_s << no << no;
    }
    void deedsAreDoneWhereTheProviderLets()
    {
        QFETCH(QString, action);
        QFETCH(int, onFacebook);
        QFETCH(int, onInstagram);
        for (const Product product : {Product::Messenger, Product::Instagram}) {
            Wall wall{product};
            const QString id = wall.says(u"U1"_s, u"Rude words"_s);
            const SendResult done = wall.send(wall.answeringTo(id, {}, {{u"action"_s, action}}));
            QCOMPARE(int(done.kind), wall.isInstagram ? onInstagram : onFacebook);
            if (action == u"hide")
                QVERIFY(wall.sim.posts[u"77"_s].front().value(u"is_hidden"_s).toBool());
        }
    }

    void answersOverTheLimitAreRefused()
    {
        Wall wall{Product::Instagram};
        const QString id = wall.says(u"U1"_s, u"How much?"_s);
        const SendResult sent = wall.send(wall.answeringTo(id, QString(2'201, u'x')));
        QCOMPARE(sent.kind, Kind::Refused);
        QVERIFY(sent.detail.contains(u"2200"_s));
        QVERIFY(wall.sim.sent().empty());
        QCOMPARE(wall.send(wall.answeringTo(u"../me"_s, u"x"_s)).kind, Kind::Refused);
    }

private:
    static void products()
    {
        QTest::addColumn<int>("product");
        QTest::newRow("Facebook") << int(Product::Messenger);
        QTest::newRow("Instagram") << int(Product::Instagram);
    }
};

QTEST_GUILESS_MAIN(TestCommentsConnector)
#include "tst_commentsconnector.moc"
