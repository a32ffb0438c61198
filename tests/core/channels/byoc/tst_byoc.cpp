// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "core/channels/byoc/byocconnector.h"
#include "core/channels/byoc/byocschema.h"
#include "core/channels/vendor/signature.h"
#include "core/net/server.h"
#include "tests/support/jsonschema.h"
#include "tests/support/vendors/vendorhost.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace peerdesk;
using namespace peerdesk::channels;
using namespace Qt::StringLiterals;

namespace {

constexpr auto Token = "a token of thirty-two characters";

QByteArray body(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}
QJsonObject messageOf(const QString &id, const QString &text)
{
    return {{u"id"_s, id},
            {u"from"_s, QJsonObject{{u"id"_s, u"c1"_s}, {u"name"_s, u"Ada"_s}}},
            {u"text"_s, text}};
}

/// One account with its middleware.
struct Office
{
    explicit Office(Clock &clock, const QString &callback = {}, byoc::Outbox::Limits limits = {})
        : host(clock)
    {
        host.secrets[u"token"_s] = Token;
        ChannelAccount account;
        account.id = randomId<AccountId>();
        if (!callback.isEmpty())
            account.settings[u"callback_url"_s] = callback;
        connector = std::make_unique<byoc::ByocConnector>(account, host, limits);
        connector->start();
    }

    /// Empty while there is no answer.
    std::shared_ptr<std::optional<HookAnswer>> call(const HookCall &call)
    {
        auto got = std::make_shared<std::optional<HookAnswer>>();
        connector->hook(call, {connector.get(), [got](const Result<HookAnswer> &answer) {
                                   *got = answer ? *answer : HookAnswer{599, {}, {}};
                               }});
        return got;
    }
    HookCall post(const QString &rest, const QJsonObject &object)
    {
        return {"POST", rest, {}, {{"authorization", QByteArray("Bearer ") + Token}}, body(object)};
    }
    HookCall poll(const QString &cursor, const QString &wait)
    {
        return {"GET",
                u"outbox"_s,
                {{u"cursor"_s, cursor}, {u"wait"_s, wait}},
                {{"authorization", QByteArray("Bearer ") + Token}},
                {}};
    }
    std::shared_ptr<std::optional<SendResult>> send(const QString &text, int attempts = 1)
    {
        Outgoing outgoing;
        outgoing.message.id = randomId<MessageId>();
        outgoing.message.content.text = text;
        outgoing.message.attempts = attempts;
        outgoing.address.value = u"c1"_s;
        auto got = std::make_shared<std::optional<SendResult>>();
        connector->send(outgoing, {connector.get(), [got](const Result<SendResult> &result) {
                                       if (result)
                                           *got = *result;
                                   }});
        return got;
    }

    VendorHost host;
    std::unique_ptr<byoc::ByocConnector> connector;
};

QJsonArray messagesOf(const std::optional<HookAnswer> &answer)
{
    return answer ? QJsonDocument::fromJson(answer->body)[u"messages"_s].toArray() : QJsonArray();
}

} // namespace

class TestByoc : public QObject
{
    Q_OBJECT
    SystemClock m_clock;

private Q_SLOTS:
    void whoHasNoTokenIsNotHeard_data()
    {
        QTest::addColumn<QByteArray>("header");
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<int>("status");
        const QByteArray good = body(messageOf(u"m1"_s, u"hi"_s));
        const QByteArray signature = vendor::hmac(QCryptographicHash::Sha256, Token, good).toHex();
        QTest::newRow("nothing") << QByteArray("x") << QByteArray() << 401;
        QTest::newRow("token") << QByteArray("authorization") << QByteArray("Bearer ") + Token
                               << 200;
        QTest::newRow("half a token")
            << QByteArray("authorization") << QByteArray("Bearer a tok") << 401;
        QTest::newRow("empty token") << QByteArray("authorization") << QByteArray("Bearer ") << 401;
        QTest::newRow("signed") << QByteArray("x-peerdesk-signature") << "sha256=" + signature
                                << 200;
        QTest::newRow("signed otherwise")
            << QByteArray("x-peerdesk-signature")
            << "sha256=" + vendor::hmac(QCryptographicHash::Sha256, "other", good).toHex() << 401;
    }
    void whoHasNoTokenIsNotHeard()
    {
        QFETCH(QByteArray, header);
        QFETCH(QByteArray, value);
        QFETCH(int, status);
        Office office(m_clock);
        HookCall call{
            "POST", u"messages"_s, {}, {{header, value}}, body(messageOf(u"m1"_s, u"hi"_s))};
        const auto answer = office.call(call);
        QVERIFY(answer->has_value());
        QCOMPARE((*answer)->status, status);
        QCOMPARE(office.host.items.size(), size_t(status == 200));
    }

    void aMessageIsAcknowledgedOnceItIsCommitted()
    {
        Office office(m_clock);
        office.host.isHolding = true;
        const auto answer = office.call(office.post(u"messages"_s, messageOf(u"m1"_s, u"hi"_s)));
        QVERIFY(!answer->has_value());
        office.host.release();
        QVERIFY(answer->has_value());
        QCOMPARE((*answer)->status, 200);
        QCOMPARE(office.host.items.at(0).content.text, u"hi"_s);
        QCOMPARE(office.host.items.at(0).sender.value, u"c1"_s);
        office.host.failing = 1;
        const auto refused = office.call(office.post(u"messages"_s, messageOf(u"m2"_s, u"you"_s)));
        QCOMPARE((*refused)->status, 503);
    }

    void theSameMessageAgainIsTheSame()
    {
        Office office(m_clock);
        for (int i = 0; i < 5; ++i)
            office.call(office.post(u"messages"_s, messageOf(u"m1"_s, u"hi"_s)));
        QCOMPARE(office.host.items.size(), size_t(1));
        QCOMPARE(office.host.repeated, 4);
    }

    void whatIsWrongIsSaidAndNothingIsTaken_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<QString>("says");
        const auto row = [](const char *name, const char *json, const QString &says) {
            QTest::newRow(name) << QByteArray(json) << says;
        };
        row("no JSON", "{", u"not a JSON object"_s);
        row("a list", "[]", u"not a JSON object"_s);
        row("messages is no list", R"({"messages":1})", u"\"messages\" is not a list"_s);
        row("no id", R"({"from":{"id":"a"},"text":"x"})", u"messages[0].id is missing"_s);
        row("no sender", R"({"id":"1","text":"x"})", u"from.id is missing"_s);
        row("text is a number", R"({"id":"1","from":{"id":"a"},"text":5})",
            u"text is not a text"_s);
        row("second is wrong", R"({"messages":[{"id":"1","from":{"id":"a"}},{"id":"2"}]})",
            u"messages[1].from.id"_s);
        row("unknown kind", R"({"id":"1","kind":"dance","from":{"id":"a"}})", u"kind"_s);
        row("quarantined", R"({"id":"1","kind":"quarantined","from":{"id":"a"}})", u"kind"_s);
        row("receipt about nothing",
            R"({"id":"1","kind":"receipt","from":{"id":"a"},"state":"read"})",
            u"about is missing"_s);
        row("receipt without state", R"({"id":"1","kind":"receipt","from":{"id":"a"},"about":"2"})",
            u"state"_s);
        row("time", R"({"id":"1","from":{"id":"a"},"time":"soon"})", u"time"_s);
        row("attachment", R"({"id":"1","from":{"id":"a"},"attachments":[{"data":"%%%"}]})",
            u"attachments"_s);
        row("hash", R"({"id":"1","from":{"id":"a"},"attachments":[{"sha256":"12"}]})", u"sha256"_s);
    }
    void whatIsWrongIsSaidAndNothingIsTaken()
    {
        QFETCH(QByteArray, json);
        QFETCH(QString, says);
        Office office(m_clock);
        HookCall call = office.post(u"messages"_s, {});
        call.body = json;
        const auto answer = office.call(call);
        QCOMPARE((*answer)->status, 400);
        QVERIFY2(
            (*answer)->body.contains(
                QJsonDocument(QJsonArray{says}).toJson(QJsonDocument::Compact).mid(2).chopped(2)),
            (*answer)->body.constData());
        QCOMPARE(office.host.ingests, 0);
    }

    void theSchemaSaysWhatIsTaken_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<bool>("isTaken");
        const auto row = [](const char *name, const QByteArray &json, bool isTaken) {
            QTest::newRow(name) << json << isTaken;
        };
        const QByteArray a = R"("id":"1","from":{"id":"a"})";
        row("least", "{" + a + "}", true);
        row("all of a message",
            R"({"id":"1","kind":"message","from":{"id":"a","name":"Ada","email":"a@b.c","phone":"+1"},)"
            R"("text":"x","thread":"t","subject":"s","language":"en","time":"2026-11-20T10:43:00Z",)"
            R"("attachments":[{"name":"a.txt","data":"aGVsbG8="}],"answer":{"option":"red"}})",
            true);
        row("answer with values", "{" + a + R"(,"answer":{"values":{"mail":"x"}}})", true);
        row("stored file",
            "{" + a + R"(,"attachments":[{"sha256":")" + QByteArray(64, 'a') + R"("}]})", true);
        row("receipt",
            "{" + a + R"(,"kind":"receipt","about":"2","state":"failed","reason":"gone"})", true);
        row("edited", "{" + a + R"(,"kind":"edited","about":"2","text":"y"})", true);
        row("deleted", "{" + a + R"(,"kind":"deleted","about":"2"})", true);
        row("reacted", "{" + a + R"(,"kind":"reacted","about":"2","emoji":"!"})", true);
        row("typing", R"({"kind":"typing","thread":"t","typing":true})", true);
        row("outside", "{" + a + R"(,"outside":true})", true);
        row("more than is known", "{" + a + R"(,"colour":"blue"})", true);
        row("no id", R"({"from":{"id":"a"}})", false);
        row("blank id", R"({"id":" ","from":{"id":"a"}})", false);
        row("no sender", R"({"id":"1"})", false);
        row("nameless sender", R"({"id":"1","from":{"name":"Ada"}})", false);
        row("text is a number", "{" + a + R"(,"text":5})", false);
        row("unknown kind", "{" + a + R"(,"kind":"dance"})", false);
        row("quarantined", "{" + a + R"(,"kind":"quarantined"})", false);
        row("receipt without state", "{" + a + R"(,"kind":"receipt","about":"2"})", false);
        row("receipt of another state",
            "{" + a + R"(,"kind":"receipt","about":"2","state":"queued"})", false);
        row("edited about nothing", "{" + a + R"(,"kind":"edited"})", false);
        row("reacted about nothing", "{" + a + R"(,"kind":"reacted","emoji":"!"})", false);
        row("time in words", "{" + a + R"(,"time":"soon"})", false);
        row("a file without bytes", "{" + a + R"(,"attachments":[{"name":"a"}]})", false);
        row("a file that is no base64", "{" + a + R"(,"attachments":[{"data":"%%%"}]})", false);
        row("a hash that is none", "{" + a + R"(,"attachments":[{"sha256":"12"}]})", false);
        row("attachments are no list", "{" + a + R"(,"attachments":1})", false);
        row("too many files",
            "{" + a + R"(,"attachments":[)" + QByteArray(R"({"data":"aGVsbG8="},)").repeated(20) +
                R"({"data":"aGVsbG8="}]})",
            false);
        const auto bound = [&](const QByteArray &name, qsizetype most) {
            const QByteArray start = "{" + a + ",\"" + name + "\":\"";
            row((name + " at its bound").constData(), start + QByteArray(most, 'x') + "\"}", true);
            row((name + " over its bound").constData(), start + QByteArray(most + 1, 'x') + "\"}",
                false);
        };
        bound("text", 32 * 1024);
        bound("thread", 200);
        bound("subject", 500);
        bound("language", 35);
    }
    void theSchemaSaysWhatIsTaken()
    {
        QFETCH(QByteArray, json);
        QFETCH(bool, isTaken);
        const QJsonObject entry = QJsonDocument::fromJson(json).object();
        QVERIFY(!entry.isEmpty());
        QCOMPARE(test::JsonSchema(byoc::schema(), u"message"_s).accepts(entry), isTaken);
        const QJsonObject call{{u"messages"_s, QJsonArray{entry}}};
        QCOMPARE(test::JsonSchema(byoc::schema(), u"messages"_s).accepts(call), isTaken);
        QCOMPARE(bool(byoc::readInbound(json, u"scope"_s, m_clock.wall())), isTaken);
        QCOMPARE(bool(byoc::readInbound(body(call), u"scope"_s, m_clock.wall())), isTaken);
    }

    void theSchemaSaysWhatIsGivenAndAcknowledged()
    {
        Outgoing outgoing;
        outgoing.message.id = randomId<MessageId>();
        outgoing.message.content.text = u"Which one?"_s;
        outgoing.message.content.html = u"<b>Which one?</b>"_s;
        outgoing.message.content.rich =
            json::canonical(QJsonObject{{u"kind"_s, u"quick_replies"_s}});
        outgoing.message.content.attachments = {
            {"0123", u"a.txt"_s, u"text/plain"_s, 5, {}, false}};
        outgoing.message.createdAt = m_clock.wall();
        outgoing.attachments["0123"] = "hello";
        outgoing.address = {};
        outgoing.answered = Message();
        const QJsonObject out = byoc::outgoingJson(outgoing);
        const test::JsonSchema given(byoc::schema(), u"outgoing"_s);
        QVERIFY(given.accepts(out));
        QJsonObject without = out;
        without.remove(u"text"_s);
        QVERIFY(!given.accepts(without));
        const test::JsonSchema acks(byoc::schema(), u"acks"_s);
        for (const auto &[json, isGood] : std::vector<std::pair<QByteArray, bool>>{
                 {R"({"acks":[{"id":"1","provider_id":"p"}]})", true},
                 {R"({"acks":[{"id":"1","error":"no","retry_after":5}]})", true},
                 {R"({"acks":[{"provider_id":"p"}]})", false},
                 {R"({"acks":[{"id":""}]})", false},
                 {R"({"acks":5})", false}}) {
            QCOMPARE(acks.accepts(QJsonDocument::fromJson(json).object()), isGood);
            QCOMPARE(bool(byoc::readAcknowledgements(json)), isGood);
        }
    }

    void theSchemaIsPublished()
    {
        Office office(m_clock);
        const auto get = [&](const QString &rest, const QByteArray &token) {
            const HookCall call{"GET", rest, {}, {{"authorization", "Bearer " + token}}, {}};
            return *office.call(call);
        };
        QCOMPARE(get(u"schema"_s, "another")->status, 401);
        QCOMPARE(QJsonDocument::fromJson(get(u"schema"_s, Token)->body).object(), byoc::schema());
    }

    void everyKindBecomesAnItem()
    {
        Office office(m_clock);
        const QJsonObject from{{u"id"_s, u"c1"_s}, {u"email"_s, u"Ada@Example.org"_s}};
        const auto entry = [&](const QString &id, const QString &kind, QJsonObject more) {
            more.insert(u"id"_s, id);
            more.insert(u"kind"_s, kind);
            more.insert(u"from"_s, from);
            return more;
        };
        const QJsonArray all{
            entry(u"1"_s, u"message"_s,
                  {{u"text"_s, u"look"_s},
                   {u"attachments"_s,
                    QJsonArray{QJsonObject{{u"name"_s, u"a.txt"_s}, {u"data"_s, u"aGVsbG8="_s}}}}}),
            entry(u"2"_s, u"receipt"_s, {{u"about"_s, u"x"_s}, {u"state"_s, u"read"_s}}),
            entry(u"3"_s, u"edited"_s, {{u"about"_s, u"1"_s}, {u"text"_s, u"look!"_s}}),
            entry(u"4"_s, u"deleted"_s, {{u"about"_s, u"1"_s}}),
            entry(u"5"_s, u"reacted"_s, {{u"about"_s, u"1"_s}, {u"emoji"_s, u"👍"_s}}),
            entry(u"6"_s, u"message"_s,
                  {{u"answer"_s, QJsonObject{{u"option"_s, u"red"_s}, {u"title"_s, u"Red"_s}}}}),
            entry(u"7"_s, u"typing"_s, {{u"typing"_s, true}})};
        const auto answer = office.call(office.post(u"messages"_s, {{u"messages"_s, all}}));
        QCOMPARE((*answer)->status, 200);
        const auto &items = office.host.items;
        QCOMPARE(items.size(), size_t(6));
        QCOMPARE(items[0].content.attachments.at(0).name, u"a.txt"_s);
        QCOMPARE(office.host.files.at(items[0].content.attachments.at(0).sha256),
                 QByteArray("hello"));
        QCOMPARE(items[0].also.at(0).value, u"ada@example.org"_s);
        QCOMPARE(items[1].receiptState, MessageState::Read);
        QCOMPARE(items[2].kind, ItemKind::Edited);
        QCOMPARE(items[3].receiptFor, u"1"_s);
        QCOMPARE(items[4].content.text, u"👍"_s);
        QCOMPARE(json::object(items[5].content.rich)[u"payload"_s].toString(), u"red"_s);
        QCOMPARE(office.host.typing.size(), size_t(1));
    }

    void whatIsNotAcknowledgedIsShownAgain()
    {
        Office office(m_clock);
        const auto first = office.send(u"one"_s);
        const auto second = office.send(u"two"_s);
        const auto page = office.call(office.poll({}, u"0"_s));
        QCOMPARE(messagesOf(*page).size(), 2);
        const QString cursor = QJsonDocument::fromJson((*page)->body)[u"next_cursor"_s].toString();
        QVERIFY(messagesOf(*office.call(office.poll(cursor, u"0"_s))).isEmpty());
        QCOMPARE(messagesOf(*office.call(office.poll({}, u"0"_s))).size(), 2);
        QCOMPARE(messagesOf(*office.call(office.poll(u"other-9"_s, u"0"_s))).size(), 2);
        const QString id = messagesOf(*page)[0][u"id"_s].toString();
        office.call(office.post(u"outbox"_s, {{u"id"_s, id}, {u"provider_id"_s, u"p1"_s}}));
        QVERIFY(first->has_value());
        QCOMPARE((*first)->kind, SendResult::Kind::Accepted);
        QCOMPARE((*first)->providerId, u"p1"_s);
        QVERIFY(!second->has_value());
        QCOMPARE(messagesOf(*office.call(office.poll({}, u"0"_s))).size(), 1);
    }

    void aPollWaitsForTheNextMessage()
    {
        Office office(m_clock);
        const auto waiting = office.call(office.poll({}, u"20"_s));
        QVERIFY(!waiting->has_value());
        office.send(u"one"_s);
        QVERIFY(waiting->has_value());
        QCOMPARE(messagesOf(*waiting)[0][u"text"_s].toString(), u"one"_s);
    }

    void tooManyPollsEndTheOldest()
    {
        Office office(m_clock, {}, {Milliseconds(60'000), Milliseconds(55'000), 50, 2});
        const auto first = office.call(office.poll({}, u"20"_s));
        office.call(office.poll({}, u"20"_s));
        const auto third = office.call(office.poll({}, u"20"_s));
        QVERIFY(first->has_value());
        QVERIFY(!third->has_value());
    }

    void whatNobodyTakesComesLater()
    {
        Office office(m_clock, {}, {Milliseconds(20), Milliseconds(55'000), 50, 8});
        const auto result = office.send(u"one"_s);
        QTRY_VERIFY(result->has_value());
        QCOMPARE((*result)->kind, SendResult::Kind::Later);
        QVERIFY(messagesOf(*office.call(office.poll({}, u"0"_s))).isEmpty());
    }

    void aRefusalIsTold()
    {
        Office office(m_clock);
        const auto never = office.send(u"one"_s);
        const auto later = office.send(u"two"_s);
        const QJsonArray page = messagesOf(*office.call(office.poll({}, u"0"_s)));
        const QJsonArray acks{QJsonObject{{u"id"_s, page[0][u"id"_s]}, {u"error"_s, u"blocked"_s}},
                              QJsonObject{{u"id"_s, page[1][u"id"_s]},
                                          {u"error"_s, u"busy"_s},
                                          {u"retry_after"_s, 9}}};
        office.call(office.post(u"outbox"_s, {{u"acks"_s, acks}}));
        QCOMPARE((*never)->kind, SendResult::Kind::Refused);
        QCOMPARE((*never)->detail, u"blocked"_s);
        QCOMPARE((*later)->kind, SendResult::Kind::Later);
        QCOMPARE((*later)->retryAfter, Seconds(9));
    }

    void callbacksAreSignedAndTriedAgain()
    {
        net::Server server;
        std::vector<net::HttpRequest> calls;
        net::HttpResponse answer{200, "application/json", "{\"id\":\"p7\"}", {}};
        server.route("POST", u"/in"_s,
                     [&](const net::HttpRequest &request, net::Responder respond) {
                         calls.push_back(request);
                         respond(answer);
                     });
        const auto port = server.listen(u"127.0.0.1"_s, 0);
        QVERIFY(bool(port));
        Office office(m_clock, u"http://127.0.0.1:%1/in"_s.arg(*port));
        const auto sent = office.send(u"hello"_s);
        QTRY_VERIFY(sent->has_value());
        QCOMPARE((*sent)->kind, SendResult::Kind::Accepted);
        QCOMPARE((*sent)->providerId, u"p7"_s);
        QVERIFY(
            vendor::isHexSigned(calls[0].headers.at("x-peerdesk-signature"), Token, calls[0].body));
        QVERIFY(calls[0].headers.contains("idempotency-key"));
        answer.status = 500;
        const auto broken = office.send(u"hello"_s, 1);
        QTRY_VERIFY(broken->has_value());
        QCOMPARE((*broken)->kind, SendResult::Kind::Later);
        const auto tired = office.send(u"hello"_s, 8);
        QTRY_VERIFY(tired->has_value());
        QCOMPARE((*tired)->kind, SendResult::Kind::Refused);
        QVERIFY((*tired)->detail.contains(u"500"_s));
        answer = {422, "application/json", "{\"detail\":\"no such user\"}", {}};
        const auto refused = office.send(u"hello"_s, 1);
        QTRY_VERIFY(refused->has_value());
        QCOMPARE((*refused)->kind, SendResult::Kind::Refused);
        QVERIFY((*refused)->detail.contains(u"no such user"_s));
    }

    void anUnprotectedCallbackIsRefused()
    {
        Office office(m_clock, u"http://example.org/in"_s);
        QCOMPARE(office.host.lastState, AccountState::Down);
    }
};

QTEST_GUILESS_MAIN(TestByoc)
#include "tst_byoc.moc"
