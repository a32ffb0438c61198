// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/webchat/chatroutes.h"
#include "core/channels/webchat/webchat.h"
#include "tests/core/channels/webchat/fakehost.h"
#include "tests/core/channels/webchat/fakesocket.h"

#include <QJsonArray>
#include <QTest>

using namespace peerdesk;
using namespace peerdesk::channels;
using namespace Qt::StringLiterals;

namespace {

QJsonObject hello(const QString &token = {})
{
    return {{u"type"_s, u"hello"_s},
            {u"token"_s, token},
            {u"lang"_s, u"de-AT"_s},
            {u"page"_s, u"https://shop.example/pots"_s}};
}

QJsonObject text(const QString &sequence, const QString &words)
{
    return {{u"type"_s, u"message"_s}, {u"seq"_s, sequence}, {u"text"_s, words}};
}

} // namespace

/// The promises of the connector, without a network: FakeHost commits, FakeSocket is the page.
class tst_WebChat : public QObject
{
    Q_OBJECT

private:
    struct Desk
    {
        FakeClock clock;
        FakeHost host{clock};
        net::Server server;
        ChatRoutes *routes = new ChatRoutes(&server);
        std::unique_ptr<WebChat> chat;
        std::vector<std::unique_ptr<FakeSocket>> pages;

        explicit Desk(const std::map<QString, QString> &settings = {})
        {
            ChannelAccount account;
            account.id = randomId<AccountId>();
            account.name = u"Shop"_s;
            account.settings = settings;
            WebChatLimits limits;
            limits.tick = Milliseconds(10);
            chat = std::make_unique<WebChat>(account, host, routes, limits);
            chat->start();
        }
        FakeSocket *open(const QString &address = u"203.0.113.9"_s, const QByteArray &origin = {})
        {
            net::HttpRequest request;
            request.peerAddress = address;
            request.headers["host"] = "desk.example";
            if (!origin.isEmpty())
                request.headers["origin"] = origin;
            pages.push_back(std::make_unique<FakeSocket>());
            pages.back()->address = address;
            chat->open(request, pages.back().get());
            return pages.back().get();
        }
        FakeSocket *visit(const QString &token = {})
        {
            FakeSocket *page = open();
            page->say(hello(token));
            return page;
        }
        static QString token(const FakeSocket *page)
        {
            return page->of(u"welcome"_s).back().value("token"_L1).toString();
        }
        static QString visitor(const FakeSocket *page)
        {
            return page->of(u"welcome"_s).back().value("visitor"_L1).toString();
        }
        Outgoing outgoing(const Message &message, const QString &visitor) const
        {
            Outgoing out;
            out.message = message;
            out.conversation.thread = visitor;
            out.agentName = u"Thuy"_s;
            return out;
        }
    };

private Q_SLOTS:
    void aNewVisitorIsWelcomedWithTokenAndNothingElse()
    {
        Desk desk;
        const FakeSocket *page = desk.visit();
        const QJsonObject welcome = page->of(u"welcome"_s).at(0);
        QVERIFY(welcome.value("token"_L1).toString().size() > 80);
        QCOMPARE(welcome.value("visitor"_L1).toString().size(), 32);
        QCOMPARE(welcome.value("history"_L1).toArray().size(), 0);
        QCOMPARE(welcome.value("available"_L1).toBool(), true);
        QCOMPARE(desk.host.lastState, AccountState::Connected);
    }

    void theTickMeansCommit()
    {
        Desk desk;
        FakeSocket *page = desk.visit();
        desk.host.isHolding = true;
        page->say(text(u"1"_s, u"hello"_s));
        QCOMPARE(page->of(u"ack"_s).size(), size_t(0));
        QCOMPARE(desk.host.held.size(), size_t(1));
        desk.host.releaseAll();
        QCOMPARE(page->of(u"ack"_s).size(), size_t(1));
        QCOMPARE(page->of(u"ack"_s)[0].value("seq"_L1).toString(), u"1"_s);
        const InboundItem &item = desk.host.committedItems.at(0);
        QCOMPARE(item.providerId, Desk::visitor(page) + u":1"_s);
        QCOMPARE(item.thread, Desk::visitor(page));
        QCOMPARE(item.sender.kind, u"webchat"_s);
        QCOMPARE(item.sender.scope, desk.chat->id().toString());
        QCOMPARE(item.language, u"de-AT"_s);
        QVERIFY(item.headers.text.contains("shop.example/pots"));
    }

    void aRepeatWhileUnderWayJoinsItsWaiters()
    {
        Desk desk;
        FakeSocket *page = desk.visit();
        desk.host.isHolding = true;
        page->say(text(u"7"_s, u"once"_s));
        page->say(text(u"7"_s, u"once"_s));
        FakeSocket *other = desk.visit(Desk::token(page));
        other->say(text(u"7"_s, u"once"_s));
        QCOMPARE(desk.host.ingests, 1);
        desk.host.releaseAll();
        QCOMPARE(page->of(u"ack"_s).size(), size_t(1));
        QCOMPARE(other->of(u"ack"_s).size(), size_t(1));
    }

    void aRepeatAfterCommitIsAcknowledgedWithoutASecondIngest()
    {
        Desk desk;
        FakeSocket *page = desk.visit();
        page->say(text(u"7"_s, u"once"_s));
        page->say(text(u"7"_s, u"once"_s));
        QCOMPARE(desk.host.ingests, 1);
        QCOMPARE(page->of(u"ack"_s).size(), size_t(2));
    }

    void aLostAcknowledgementIsHealedByResume()
    {
        Desk desk;
        FakeSocket *page = desk.visit();
        const QString token = Desk::token(page);
        const QString visitor = Desk::visitor(page);
        desk.host.isHolding = true;
        page->say(text(u"1"_s, u"are you there?"_s));
        page->close(1006, {});
        desk.host.releaseAll();
        const FakeSocket *again = desk.visit(token);
        QCOMPARE(Desk::visitor(again), visitor);
        const QJsonArray history = again->of(u"welcome"_s)[0].value("history"_L1).toArray();
        QCOMPARE(history.size(), 1);
        QCOMPARE(history[0].toObject().value("seq"_L1).toString(), u"1"_s);
        QCOMPARE(history[0].toObject().value("from"_L1).toString(), u"visitor"_s);
    }

    void aRestartedServerKnowsTheVisitorByTheToken()
    {
        Desk desk;
        const QString token = Desk::token(desk.visit());
        const QString visitor = Desk::visitor(desk.pages.back().get());
        desk.chat->stop();
        QCOMPARE(desk.pages.back()->closeCode, webchat::close_code::GoingAway);
        desk.chat->start();
        QCOMPARE(Desk::visitor(desk.visit(token)), visitor);
    }

    void refusedIngestIsToldWithTheSequence_data()
    {
        QTest::addColumn<Error::Code>("code");
        QTest::addColumn<bool>("permanent");
        QTest::newRow("busy") << Error::Code::Busy << false;
        QTest::newRow("no majority") << Error::Code::NoMajority << false;
        QTest::newRow("disk") << Error::Code::Storage << false;
        QTest::newRow("outcome unknown") << Error::Code::Unknown << false;
        QTest::newRow("cursor moved") << Error::Code::Rejected << false;
        QTest::newRow("too large") << Error::Code::TooLarge << true;
    }
    void refusedIngestIsToldWithTheSequence()
    {
        QFETCH(Error::Code, code);
        QFETCH(bool, permanent);
        Desk desk;
        FakeSocket *page = desk.visit();
        desk.host.refuseWith = Error{code, {}, {}};
        page->say(text(u"3"_s, u"hi"_s));
        QCOMPARE(page->of(u"ack"_s).size(), size_t(0));
        const QJsonObject error = page->of(u"error"_s).at(0);
        QCOMPARE(error.value("seq"_L1).toString(), u"3"_s);
        QCOMPARE(error.value("permanent"_L1).toBool(), permanent);
        desk.host.refuseWith.reset();
        page->say(text(u"3"_s, u"hi"_s));
        QCOMPARE(page->of(u"ack"_s).size(), size_t(1));
    }

    void theAnswerReachesTheOpenPageAndTheHistory()
    {
        Desk desk;
        FakeSocket *page = desk.visit();
        page->say(text(u"1"_s, u"live agent"_s));
        const QString visitor = Desk::visitor(page);
        Message reply = desk.host.reply(visitor, u"Hello, I am Thuy."_s, MessageState::Sending);
        reply.content.quickReplies = {u"Yes"_s, u"No"_s};
        std::optional<SendResult> result;
        desk.chat->send(desk.outgoing(reply, visitor),
                        {desk.chat.get(), [&](const auto &r) { result = *r; }});
        QCOMPARE(result->kind, SendResult::Kind::Accepted);
        QCOMPARE(result->providerId, reply.id.toString());
        const QJsonObject frame = page->of(u"message"_s).at(0);
        QCOMPARE(frame.value("id"_L1).toString(), reply.id.toString());
        QCOMPARE(frame.value("author"_L1).toString(), u"Thuy"_s);
        QCOMPARE(frame.value("quick_replies"_L1).toArray().size(), 2);
        const FakeSocket *again = desk.visit(Desk::token(page));
        QCOMPARE(again->of(u"welcome"_s)[0].value("history"_L1).toArray().size(), 2);
    }

    void sendingWithNoPageOpenIsAcceptedAndWaitsInTheHistory()
    {
        Desk desk;
        FakeSocket *page = desk.visit();
        page->say(text(u"1"_s, u"hi"_s));
        const QString visitor = Desk::visitor(page);
        const QString token = Desk::token(page);
        page->close(1001, {});
        const Message reply = desk.host.reply(visitor, u"late answer"_s);
        std::optional<SendResult> result;
        desk.chat->send(desk.outgoing(reply, visitor),
                        {desk.chat.get(), [&](const auto &r) { result = *r; }});
        QCOMPARE(result->kind, SendResult::Kind::Accepted);
        const QJsonArray history =
            desk.visit(token)->of(u"welcome"_s)[0].value("history"_L1).toArray();
        QCOMPARE(history.last().toObject().value("text"_L1).toString(), u"late answer"_s);
    }

    void aConversationOfAnotherChannelIsRefused()
    {
        Desk desk;
        std::optional<SendResult> result;
        desk.chat->send(desk.outgoing({}, u"not-a-visitor"_s),
                        {desk.chat.get(), [&](const auto &r) { result = *r; }});
        QCOMPARE(result->kind, SendResult::Kind::Refused);
    }

    void historyHidesWhatACustomerMustNotSee_data()
    {
        QTest::addColumn<MessageKind>("kind");
        QTest::addColumn<MessageState>("state");
        QTest::addColumn<bool>("visible");
        QTest::newRow("note") << MessageKind::Note << MessageState::Sent << false;
        QTest::newRow("system") << MessageKind::System << MessageState::Sent << false;
        QTest::newRow("scheduled") << MessageKind::Reply << MessageState::Scheduled << false;
        QTest::newRow("queued") << MessageKind::Reply << MessageState::Queued << false;
        QTest::newRow("canceled") << MessageKind::Reply << MessageState::Canceled << false;
        QTest::newRow("failed") << MessageKind::Reply << MessageState::Failed << false;
        QTest::newRow("sent") << MessageKind::Reply << MessageState::Sent << true;
        QTest::newRow("maybe sent") << MessageKind::Reply << MessageState::Uncertain << true;
    }
    void historyHidesWhatACustomerMustNotSee()
    {
        QFETCH(MessageKind, kind);
        QFETCH(MessageState, state);
        QFETCH(bool, visible);
        Desk desk;
        const FakeSocket *page = desk.visit();
        desk.host.reply(Desk::visitor(page), u"secret?"_s, state);
        desk.host.histories[Desk::visitor(page)].back().kind = kind;
        const FakeSocket *again = desk.visit(Desk::token(page));
        QCOMPARE(again->of(u"welcome"_s)[0].value("history"_L1).toArray().size(), visible ? 1 : 0);
    }

    void resumeSendsWhatCameAfterAndAShortOverlap()
    {
        Desk desk;
        const FakeSocket *page = desk.visit();
        const QString visitor = Desk::visitor(page);
        for (int i = 0; i < 40; ++i)
            desk.host.reply(visitor, QString::number(i));
        const Message &last = desk.host.histories[visitor][35];
        desk.host.histories[visitor][30].state = MessageState::Queued; // passed the gate late
        const auto resumed = [&] {
            FakeSocket *again = desk.open();
            QJsonObject frame = hello(Desk::token(page));
            frame.insert(u"after"_s, last.id.toString());
            again->say(frame);
            QStringList texts;
            for (const QJsonValue entry : again->of(u"welcome"_s)[0].value("history"_L1).toArray())
                texts.append(entry.toObject().value("text"_L1).toString());
            return texts;
        };
        QVERIFY(!resumed().contains(u"30"_s));
        desk.host.histories[visitor][30].state = MessageState::Sent;
        const QStringList texts = resumed();
        QVERIFY(texts.contains(u"30"_s));
        QCOMPARE(texts.size(), 24);
        QCOMPARE(texts.last(), u"39"_s);
    }

    void aReturningVisitorIsBrakedToo()
    {
        Desk desk;
        const QString token = Desk::token(desk.visit());
        for (int i = 0; i < 70; ++i)
            desk.visit(token);
        QCOMPARE(desk.pages.back()->closeCode, webchat::close_code::TryLater);
    }

    void aForgedTokenMakesANewVisitor_data()
    {
        QTest::addColumn<int>("damage");
        for (int i = 0; i < 6; ++i)
            QTest::newRow(qPrintable(QString::number(i))) << i;
    }
    void aForgedTokenMakesANewVisitor()
    {
        QFETCH(int, damage);
        Desk desk;
        const FakeSocket *page = desk.visit();
        QString token = Desk::token(page);
        switch (damage) {
        case 0:
            token[5] = token[5] == u'A' ? u'B' : u'A';
            break;
        case 1:
            token.chop(4);
            break;
        case 2:
            token = u"v1..0."_s;
            break;
        case 3:
            token = QString(10'000, u'x');
            break;
        case 4:
            token.replace(u"v1."_s, u"v2."_s);
            break;
        case 5:
            desk.clock.advance(webchat::VisitorToken::Lifetime + Seconds(1));
            break;
        }
        const FakeSocket *again = desk.visit(token);
        QVERIFY(!again->of(u"welcome"_s).empty());
        QVERIFY(Desk::visitor(again) != Desk::visitor(page));
    }

    void aTokenOfAnotherAccountIsNotValidHere()
    {
        Desk one;
        Desk two; // same key: a different account id must be enough
        const FakeSocket *page = one.visit();
        QVERIFY(Desk::visitor(two.visit(Desk::token(page))) != Desk::visitor(page));
    }

    void withoutItsKeyTheChatStaysDown()
    {
        Desk desk;
        desk.chat->stop();
        desk.host.key.clear();
        desk.chat->start();
        QCOMPARE(desk.host.lastState, AccountState::Down);
        QCOMPARE(desk.open()->closeCode, webchat::close_code::TryLater);
    }

    void hostileFramesAreCountedThenTheSocketCloses_data()
    {
        QTest::addColumn<QByteArray>("frame");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("not JSON") << QByteArray("{\"type\":");
        QTest::newRow("array") << QByteArray("[1,2,3]");
        QTest::newRow("null") << QByteArray("null");
        QTest::newRow("binary") << QByteArray("\x00\xff\xfe\x01", 4);
        QTest::newRow("deep nesting") << QByteArray(10'000, '[');
        QTest::newRow("huge") << QByteArray("{\"type\":\"message\",\"seq\":\"1\",\"text\":\"" +
                                            QByteArray(200'000, 'a') + "\"}");
        QTest::newRow("unknown type") << QByteArray("{\"type\":\"admin\"}");
        QTest::newRow("type is a number") << QByteArray("{\"type\":7}");
        QTest::newRow("no sequence") << QByteArray("{\"type\":\"message\",\"text\":\"x\"}");
        QTest::newRow("negative sequence")
            << QByteArray("{\"type\":\"message\",\"seq\":-1,\"text\":\"x\"}");
        QTest::newRow("sequence with colon")
            << QByteArray("{\"type\":\"message\",\"seq\":\"a:b\",\"text\":\"x\"}");
        QTest::newRow("bad file hash")
            << QByteArray("{\"type\":\"message\",\"seq\":1,\"attachments\":[{\"sha256\":\"zz\"}]}");
        QTest::newRow("read of nothing") << QByteArray("{\"type\":\"read\",\"up_to\":\"x\"}");
        QTest::newRow("second hello") << QByteArray("{\"type\":\"hello\"}");
    }
    void hostileFramesAreCountedThenTheSocketCloses()
    {
        QFETCH(QByteArray, frame);
        Desk desk;
        FakeSocket *page = desk.visit();
        for (int i = 1; i < webchat::ChatSocket::MaxJunk; ++i)
            page->sayRaw(frame);
        QVERIFY(!page->isClosed());
        QCOMPARE(page->of(u"error"_s).size(), size_t(webchat::ChatSocket::MaxJunk - 1));
        page->sayRaw(frame);
        QCOMPARE(page->closeCode, webchat::close_code::Policy);
        QCOMPARE(desk.host.ingests, 0);
        QCOMPARE(desk.chat->socketCount(), 0);
    }

    void whatCannotBeTakenIsAnsweredWithItsSequence_data()
    {
        QTest::addColumn<QJsonObject>("frame");
        QTest::addColumn<QString>("code");
        QTest::newRow("4001 characters") << text(u"1"_s, QString(4001, u'x')) << u"too_long"_s;
        QTest::newRow("only blanks") << text(u"1"_s, u" \n\t "_s) << u"empty"_s;
        QTest::newRow("only controls") << text(u"1"_s, QString(5, QChar(1))) << u"empty"_s;
        QJsonObject mail = text(u"1"_s, u"x"_s);
        mail.insert(u"email"_s, u"a@b@c, \"evil\""_s);
        QTest::newRow("no e-mail address") << mail << u"bad_email"_s;
        QJsonArray files;
        for (int i = 0; i < 6; ++i)
            files.append(QJsonObject{{u"sha256"_s, QString(64, u'a')}});
        QJsonObject many = text(u"1"_s, u"x"_s);
        many.insert(u"attachments"_s, files);
        QTest::newRow("six files") << many << u"too_many_files"_s;
        QJsonObject gone = text(u"1"_s, u"x"_s);
        gone.insert(u"attachments"_s, QJsonArray{files.first()});
        QTest::newRow("file never uploaded") << gone << u"upload_gone"_s;
    }
    void whatCannotBeTakenIsAnsweredWithItsSequence()
    {
        QFETCH(QJsonObject, frame);
        QFETCH(QString, code);
        Desk desk;
        FakeSocket *page = desk.visit();
        page->say(frame);
        const QJsonObject error = page->of(u"error"_s).at(0);
        QCOMPARE(error.value("code"_L1).toString(), code);
        QCOMPARE(error.value("seq"_L1).toString(), u"1"_s);
        QCOMPARE(error.value("permanent"_L1).toBool(), true);
        QCOMPARE(desk.host.ingests, 0);
    }

    void fourThousandCharactersAreTaken()
    {
        Desk desk;
        FakeSocket *page = desk.visit();
        page->say(text(u"1"_s, QString(4000, u'x')));
        QCOMPARE(page->of(u"ack"_s).size(), size_t(1));
    }

    void textIsKeptAsTextWhateverItLooksLike_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<QString>("kept");
        QTest::newRow("script") << QByteArray("<script>alert(1)</script>")
                                << u"<script>alert(1)</script>"_s;
        QTest::newRow("image") << QByteArray("<img src=x onerror=alert(1)>")
                               << u"<img src=x onerror=alert(1)>"_s;
        QTest::newRow("null character") << QByteArray("a\\u0000b") << u"ab"_s;
        QTest::newRow("escape sequence") << QByteArray("a\\u001b[2Jb") << u"a[2Jb"_s;
        QTest::newRow("line ends") << QByteArray("a\\r\\nb\\rc") << u"a\nb\nc"_s;
    }
    void textIsKeptAsTextWhateverItLooksLike()
    {
        QFETCH(QByteArray, json);
        QFETCH(QString, kept);
        Desk desk;
        FakeSocket *page = desk.visit();
        page->sayRaw("{\"type\":\"message\",\"seq\":1,\"text\":\"" + json + "\"}");
        QCOMPARE(desk.host.committedItems.at(0).content.text, kept);
        QVERIFY(desk.host.committedItems.at(0).content.html.isEmpty());
    }

    void loneSurrogatesCannotBreakTheLog()
    {
        QString broken = u"a"_s;
        broken += QChar(0xD800);
        const QString clean = webchat::cleanText(broken);
        QCOMPARE(QString::fromUtf8(clean.toUtf8()), clean);
    }

    void messagesAreBrakedPerVisitorAndNotLost()
    {
        Desk desk;
        FakeSocket *page = desk.visit();
        for (int i = 1; i <= 11; ++i)
            page->say(text(QString::number(i), u"spam"_s));
        QCOMPARE(page->of(u"ack"_s).size(), size_t(10));
        const QJsonObject error = page->of(u"error"_s).at(0);
        QCOMPARE(error.value("code"_L1).toString(), u"slow_down"_s);
        QCOMPARE(error.value("permanent"_L1).toBool(), false);
        QVERIFY(error.value("retry_after"_L1).toDouble() > 0);
        desk.clock.advance(Seconds(1));
        page->say(text(u"11"_s, u"spam"_s));
        QCOMPARE(page->of(u"ack"_s).size(), size_t(11));
    }

    void aFrameFloodClosesTheSocket()
    {
        Desk desk;
        FakeSocket *page = desk.visit();
        for (int i = 0; i < 100; ++i)
            page->say({{u"type"_s, u"ping"_s}});
        QCOMPARE(page->closeCode, webchat::close_code::Policy);
    }

    void newVisitorsAreLimitedPerAddressButReturningOnesAreNot()
    {
        Desk desk;
        const QString token = Desk::token(desk.visit());
        int welcomed = 0;
        for (int i = 0; i < 40; ++i)
            welcomed += desk.visit()->of(u"welcome"_s).empty() ? 0 : 1;
        QCOMPARE(welcomed, 19);
        QCOMPARE(desk.pages.back()->closeCode, webchat::close_code::TryLater);
        QVERIFY(!desk.visit(token)->of(u"welcome"_s).empty());
        FakeSocket *elsewhere = desk.open(u"198.51.100.3"_s);
        elsewhere->say(hello());
        QVERIFY(!elsewhere->of(u"welcome"_s).empty());
    }

    void aSixthPageReplacesTheOldest()
    {
        Desk desk;
        const QString token = Desk::token(desk.visit());
        for (int i = 0; i < 5; ++i)
            desk.visit(token);
        QCOMPARE(desk.pages.front()->closeCode, webchat::close_code::TooManyWindows);
        QCOMPARE(desk.chat->socketCount(), 5);
    }

    void onlyListedSitesMayOpenTheChat_data()
    {
        QTest::addColumn<QByteArray>("origin");
        QTest::addColumn<bool>("allowed");
        QTest::newRow("listed") << QByteArray("https://shop.example") << true;
        QTest::newRow("other case") << QByteArray("https://Shop.Example") << true;
        QTest::newRow("listed by name") << QByteArray("http://intranet:8080") << true;
        QTest::newRow("own demo page") << QByteArray("https://desk.example") << true;
        QTest::newRow("stranger") << QByteArray("https://evil.example") << false;
        QTest::newRow("suffix") << QByteArray("https://shop.example.evil.example") << false;
        QTest::newRow("wrong scheme") << QByteArray("http://shop.example") << false;
        QTest::newRow("none") << QByteArray() << false;
        QTest::newRow("null") << QByteArray("null") << false;
    }
    void onlyListedSitesMayOpenTheChat()
    {
        QFETCH(QByteArray, origin);
        QFETCH(bool, allowed);
        Desk desk(
            std::map<QString, QString>{{u"origins"_s, u"https://shop.example/, intranet:8080"_s}});
        QCOMPARE(desk.open(u"203.0.113.9"_s, origin)->isClosed(), !allowed);
    }

    void whoSaysNothingIsClosed()
    {
        Desk desk;
        const FakeSocket *page = desk.open();
        desk.clock.advance(webchat::ChatSocket::HelloWithin);
        QTRY_COMPARE(page->closeCode, webchat::close_code::Policy);
    }

    void helloComesFirst()
    {
        Desk desk;
        FakeSocket *page = desk.open();
        page->say(text(u"1"_s, u"x"_s));
        QCOMPARE(page->closeCode, webchat::close_code::Policy);
        QCOMPARE(desk.host.ingests, 0);
    }

    void aTypedAddressIsOnlyTypedEvidence()
    {
        Desk desk;
        desk.host.isAvailable = false;
        FakeSocket *page = desk.visit();
        QCOMPARE(page->of(u"welcome"_s)[0].value("available"_L1).toBool(), false);
        QJsonObject frame = text(u"1"_s, u"call me"_s);
        frame.insert(u"name"_s, u"Aiko\nTanaka"_s);
        frame.insert(u"email"_s, u" Aiko@Tanaka.example "_s);
        page->say(frame);
        const InboundItem &item = desk.host.committedItems.at(0);
        QCOMPARE(item.senderName, u"Aiko Tanaka"_s);
        QCOMPARE(item.also.size(), size_t(1));
        QCOMPARE(item.also[0].kind, u"email"_s);
        QCOMPARE(item.also[0].value, u"aiko@tanaka.example"_s);
        QCOMPARE(item.also[0].evidence, Evidence::Typed);
    }

    void availabilityChangesAreTold()
    {
        Desk desk;
        const FakeSocket *page = desk.visit();
        desk.host.isAvailable = false;
        QTRY_COMPARE(page->of(u"available"_s).size(), size_t(1));
        QCOMPARE(page->of(u"available"_s)[0].value("on"_L1).toBool(), false);
    }

    void readMarksBecomeOneReceiptPerMessage()
    {
        Desk desk;
        FakeSocket *page = desk.visit();
        const QString visitor = Desk::visitor(page);
        const Message one = desk.host.reply(visitor, u"one"_s);
        const Message two = desk.host.reply(visitor, u"two"_s);
        const Message unseen = desk.host.reply(visitor, u"three"_s);
        page->say({{u"type"_s, u"read"_s}, {u"up_to"_s, one.id.toString()}});
        page->say({{u"type"_s, u"read"_s}, {u"up_to"_s, two.id.toString()}});
        QTRY_COMPARE(desk.host.committedItems.size(), size_t(2));
        QCOMPARE(desk.host.ingests, 1);
        QCOMPARE(desk.host.committedItems[0].kind, ItemKind::Receipt);
        QCOMPARE(desk.host.committedItems[0].receiptFor, one.id.toString());
        QCOMPARE(desk.host.committedItems[1].receiptFor, two.id.toString());
        QCOMPARE(desk.host.committedItems[1].receiptState, MessageState::Read);
        QCOMPARE(desk.host.histories[visitor].back().state, MessageState::Sent);
        QCOMPARE(desk.host.histories[visitor].back().id, unseen.id);
    }

    void aReadMarkWaitsForTheSendToBeCommitted()
    {
        Desk desk;
        FakeSocket *page = desk.visit();
        const QString visitor = Desk::visitor(page);
        const Message reply = desk.host.reply(visitor, u"one"_s, MessageState::Sending);
        const int readsBefore = desk.host.historyReads;
        page->say({{u"type"_s, u"read"_s}, {u"up_to"_s, reply.id.toString()}});
        QTRY_VERIFY(desk.host.historyReads >= readsBefore + 2); // two ticks, nothing to commit
        QCOMPARE(desk.host.ingests, 0);
        desk.host.histories[visitor].back().state = MessageState::Sent;
        QTRY_COMPARE(desk.host.committedItems.size(), size_t(1));
    }

    void aReadMarkForAStrangersMessageIsIgnored()
    {
        Desk desk;
        FakeSocket *page = desk.visit();
        const Message foreign = desk.host.reply(QString(32, u'a'), u"not yours"_s);
        desk.host.reply(Desk::visitor(page), u"yours"_s);
        const int readsBefore = desk.host.historyReads;
        page->say({{u"type"_s, u"read"_s}, {u"up_to"_s, foreign.id.toString()}});
        QTRY_COMPARE(desk.host.historyReads, readsBefore + 1); // looked for, and not found
        QCOMPARE(desk.host.ingests, 0);
    }

    void typingGoesBothWaysAndEndsByItself()
    {
        Desk desk;
        FakeSocket *page = desk.visit();
        page->say({{u"type"_s, u"typing"_s}, {u"on"_s, true}});
        page->say({{u"type"_s, u"typing"_s}, {u"on"_s, true}});
        QCOMPARE(desk.host.typing.size(), size_t(1));
        desk.clock.advance(Seconds(7));
        QTRY_COMPARE(desk.host.typing.size(), size_t(2));
        QCOMPARE(desk.host.typing.back().second, false);
        desk.chat->agentTyping(Desk::visitor(page), true);
        QCOMPARE(page->of(u"typing"_s).at(0).value("on"_L1).toBool(), true);
        desk.chat->agentRead(Desk::visitor(page), desk.clock.wall());
        QCOMPARE(page->of(u"read"_s).size(), size_t(1));
    }

    void theVisitorsOtherPagesSeeWhatWasSaid()
    {
        Desk desk;
        FakeSocket *page = desk.visit();
        const FakeSocket *other = desk.visit(Desk::token(page));
        page->say(text(u"1"_s, u"from the first page"_s));
        QCOMPARE(page->of(u"message"_s).size(), size_t(0));
        QCOMPARE(other->of(u"message"_s).at(0).value("seq"_L1).toString(), u"1"_s);
    }

    void proxiesOnThisPcNameTheVisitorAndOthersDoNot()
    {
        net::HttpRequest request;
        request.headers["x-forwarded-for"] = "10.0.0.1, 198.51.100.7";
        request.peerAddress = u"127.0.0.1"_s;
        QCOMPARE(webchat::Admission::addressOf(request), u"198.51.100.7"_s);
        request.peerAddress = u"203.0.113.5"_s;
        QCOMPARE(webchat::Admission::addressOf(request), u"203.0.113.5"_s);
        request.peerAddress = u"2001:db8:1:2:3:4:5:6"_s;
        QCOMPARE(webchat::Admission::addressOf(request), u"2001:db8:1:2::"_s);
    }

    void theChatCanBeDeletedWithPagesOpenAndCommitsUnderWay()
    {
        Desk desk;
        FakeSocket *page = desk.visit();
        desk.host.isHolding = true;
        page->say(text(u"1"_s, u"x"_s));
        desk.chat.reset();
        QCOMPARE(page->closeCode, webchat::close_code::GoingAway);
        desk.host.releaseAll();
    }
};

QTEST_GUILESS_MAIN(tst_WebChat)
#include "tst_webchat.moc"
