// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "core/channels/whatsapp/whatsappconnector.h"
#include "tests/support/vendors/vendorhost.h"
#include "tests/support/vendors/whatsappsim.h"

#include <QTest>

using namespace peerdesk;
using namespace peerdesk::channels;
using namespace Qt::StringLiterals;
using Kind = SendResult::Kind;
using Fault = WhatsAppSim::Fault;

namespace {

const QString Ada = u"48601234567"_s;
const QString Hidden = u"PL.13491208655302741918"_s;
const QByteArray Png = QByteArray::fromHex("89504e470d0a1a0a0000000d49484452");

struct Desk
{
    SystemClock clock{20.0};
    WhatsAppSim sim;
    VendorHost host{clock};
    ChannelAccount account;
    std::unique_ptr<Connector> connector;

    Desk()
    {
        host.secrets = {{u"token"_s, WhatsAppSim::Token},
                        {u"app_secret"_s, WhatsAppSim::AppSecret}};
        account.id = randomId<AccountId>();
        account.settings = {{u"base_url"_s, sim.base()},
                            {u"phone_number_id"_s, QLatin1StringView(WhatsAppSim::NumberId)},
                            {u"business_id"_s, QLatin1StringView(WhatsAppSim::Business)},
                            {u"verify_token"_s, QLatin1StringView(WhatsAppSim::VerifyToken)}};
        connector = whatsapp::whatsappType().make(account, host);
        connector->start();
        if (!QTest::qWaitFor([&] { return host.lastState == AccountState::Connected; }))
            qWarning("not connected");
    }
    HookAnswer call(const HookCall &hook)
    {
        std::optional<HookAnswer> answer;
        connector->hook(hook, {connector.get(), [&](const Result<HookAnswer> &said) {
                                   answer = said ? *said : HookAnswer{500, {}, {}};
                               }});
        const bool isOver = QTest::qWaitFor([&] { return answer.has_value(); }, 20'000);
        return isOver ? *answer : HookAnswer{0, {}, {}};
    }
    /// Delivers what waits.
    int deliver()
    {
        int status = 200;
        while (!sim.calls.empty()) {
            status = call(sim.calls.front()).status;
            if (status != 200)
                break;
            sim.calls.pop_front();
        }
        return status;
    }
    Outgoing to(const QString &person, const QString &text)
    {
        Outgoing out;
        out.message.id = randomId<MessageId>();
        out.message.content.text = text;
        out.address.kind = person.contains(u'.') ? u"whatsapp"_s : u"phone"_s;
        out.address.value = person.contains(u'.') ? person : u'+' + person;
        out.lastInboundAt = clock.wall();
        return out;
    }
    SendResult send(const Outgoing &outgoing)
    {
        std::optional<SendResult> result;
        connector->send(outgoing, {connector.get(), [&](const Result<SendResult> &sent) {
                                       result = sent ? *sent : SendResult{};
                                   }});
        const bool isOver = QTest::qWaitFor([&] { return result.has_value(); }, 15'000);
        return isOver ? *result : SendResult{Kind::Uncertain, {}, u"no answer"_s, {}};
    }
};

void addFile(Outgoing &out, const QString &name, const QString &type, const QByteArray &bytes)
{
    const QByteArray sha = QCryptographicHash::hash(bytes, QCryptographicHash::Sha256);
    out.message.content.attachments.push_back({sha, name, type, bytes.size(), {}, false});
    out.attachments[sha] = bytes;
}

} // namespace

class tst_WhatsAppConnector : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theHandshakeNeedsTheWord()
    {
        Desk desk;
        QVERIFY(desk.host.lastDetail.contains(u"reach"_s)); // says what it needs
        HookCall call{"GET",
                      {},
                      {{u"hub.mode"_s, u"subscribe"_s},
                       {u"hub.verify_token"_s, u"a word"_s},
                       {u"hub.challenge"_s, u"1158201444"_s}},
                      {},
                      {}};
        QCOMPARE(desk.call(call).body, QByteArray("1158201444"));
        QVERIFY(desk.host.lastDetail.isEmpty());
        call.query[u"hub.verify_token"_s] = u"another"_s;
        QCOMPARE(desk.call(call).status, 403);
        call.query[u"hub.verify_token"_s] = QString();
        QCOMPARE(desk.call(call).status, 403);
    }

    void onlySignedCallsAreRead_data()
    {
        QTest::addColumn<QString>("what");
        for (const char *what :
             {"no signature", "wrong key", "another body", "re-encoded", "empty"})
            QTest::newRow(what) << QString::fromLatin1(what);
    }
    void onlySignedCallsAreRead()
    {
        QFETCH(QString, what);
        Desk desk;
        desk.sim.write(Ada, u"żółw"_s);
        HookCall call = desk.sim.calls.front();
        QByteArray &signature = call.headers["x-hub-signature-256"];
        if (what == u"no signature")
            call.headers.clear();
        else if (what == u"wrong key")
            signature = "sha256=" + QByteArray(64, 'a');
        else if (what == u"another body")
            call.body.replace("\xc5\xbc", "xx");
        else if (what == u"re-encoded")
            call.body = QJsonDocument::fromJson(call.body).toJson(QJsonDocument::Indented);
        else
            signature.clear();
        QCOMPARE(desk.call(call).status, 401);
        QVERIFY(desk.host.items.empty());
    }

    void anAnswerComesAfterTheCommitOnly()
    {
        Desk desk;
        desk.sim.write(Ada, u"one"_s);
        desk.host.failing = 1;
        QCOMPARE(desk.deliver(), 503); // it must come again
        QVERIFY(desk.host.items.empty());
        QCOMPARE(desk.deliver(), 200);
        QCOMPARE(desk.host.items.size(), size_t(1));
        desk.sim.write(Ada, u"two"_s);
        desk.host.isHolding = true;
        std::optional<int> status;
        desk.connector->hook(desk.sim.calls.front(),
                             {this, [&](const Result<HookAnswer> &a) { status = a->status; }});
        QTRY_VERIFY(!desk.host.held.empty());
        QVERIFY(!status.has_value());
        desk.host.release();
        QTRY_COMPARE(status, std::optional(200));
    }

    void theSameCallFiveTimesIsOneMessage()
    {
        Desk desk;
        desk.sim.write(Ada, u"one"_s);
        const HookCall call = desk.sim.calls.front();
        for (int i = 0; i < 5; ++i)
            QCOMPARE(desk.call(call).status, 200);
        QCOMPARE(desk.host.items.size(), size_t(1));
        QCOMPARE(desk.host.repeated, 4);
    }

    void aSignedBodyThatCannotBeReadIsKept()
    {
        Desk desk;
        QCOMPARE(desk.call(desk.sim.signedCall("<xml/>")).status, 200);
        QCOMPARE(desk.host.items.size(), size_t(1));
        QCOMPARE(desk.host.items[0].kind, ItemKind::Quarantined);
        const Attachment &raw = desk.host.items[0].content.attachments.at(0);
        QCOMPARE(desk.host.files[raw.sha256], QByteArray("<xml/>"));
    }

    void filesAreFetchedWithTheToken()
    {
        Desk desk;
        desk.sim.addFile(u"77"_s, Png, u"image/jpeg"_s); // it is a PNG
        desk.sim.writeMore(
            Ada, {{u"type"_s, u"image"_s},
                  {u"image"_s, QJsonObject{{u"id"_s, u"77"_s}, {u"caption"_s, u"see"_s}}}});
        QCOMPARE(desk.deliver(), 200);
        const Content &content = desk.host.items.at(0).content;
        QCOMPARE(content.attachments.size(), size_t(1));
        QCOMPARE(content.attachments[0].mimeType, u"image/png"_s);
        QCOMPARE(desk.host.files[content.attachments[0].sha256], Png);
    }

    void theTokenGoesToMetaOnly()
    {
        Desk desk;
        desk.sim.addFile(u"foreign1"_s, Png, u"image/png"_s);
        desk.sim.writeMore(
            Ada, {{u"type"_s, u"image"_s}, {u"image"_s, QJsonObject{{u"id"_s, u"foreign1"_s}}}});
        QCOMPARE(desk.deliver(), 200);
        QVERIFY(!desk.sim.wasTokenLed);
    }

    void aFileThatIsGoneDoesNotLoseItsMessage_data()
    {
        QTest::addColumn<bool>("isKnown");
        QTest::newRow("address expired") << true;
        QTest::newRow("id unknown") << false;
    }
    void aFileThatIsGoneDoesNotLoseItsMessage()
    {
        QFETCH(bool, isKnown);
        Desk desk;
        desk.sim.areFilesGone = true;
        if (isKnown)
            desk.sim.addFile(u"77"_s, Png, u"image/png"_s);
        desk.sim.writeMore(
            Ada, {{u"type"_s, u"document"_s},
                  {u"document"_s, QJsonObject{{u"id"_s, u"77"_s}, {u"filename"_s, u"a.pdf"_s}}}});
        QCOMPARE(desk.deliver(), 200);
        QVERIFY(desk.host.items.at(0).content.text.startsWith(u"[File a.pdf: "_s));
    }

    void aSendEndsAsItWent_data()
    {
        QTest::addColumn<int>("fault");
        QTest::addColumn<int>("kind");
        QTest::addColumn<int>("later");
        QTest::newRow("too many") << int(Fault::TooMany) << int(Kind::Later) << 7;
        QTest::newRow("too many to one") << int(Fault::PairTooMany) << int(Kind::Later) << 6;
        QTest::newRow("window over") << int(Fault::WindowOver) << int(Kind::Refused) << 0;
        QTest::newRow("undeliverable") << int(Fault::Undeliverable) << int(Kind::Refused) << 0;
        QTest::newRow("broken") << int(Fault::BreaksBefore) << int(Kind::Uncertain) << 0;
        QTest::newRow("answer lost") << int(Fault::BreaksAfter) << int(Kind::Uncertain) << 0;
    }
    void aSendEndsAsItWent()
    {
        QFETCH(int, fault);
        Desk desk;
        desk.sim.fail(Fault(fault));
        const SendResult result = desk.send(desk.to(Ada, u"Hello"_s));
        QTEST(int(result.kind), "kind");
        QTEST(int(result.retryAfter.count()), "later");
        QVERIFY(desk.sim.sent.size() <= 1); // never a second time by itself
    }

    void aStatusClearsUpWhatTheAnswerDidNot()
    {
        Desk desk;
        desk.sim.fail(Fault::BreaksAfter);
        std::optional<SendResult> result;
        desk.connector->send(desk.to(Ada, u"Hello"_s),
                             {this, [&](const Result<SendResult> &sent) { result = *sent; }});
        QTRY_COMPARE(desk.sim.sent.size(), size_t(1));
        QVERIFY(!result.has_value());
        const QJsonObject sent = desk.sim.sent[0];
        const QString id = sent.value(u"id"_s).toString();
        QTRY_VERIFY([&] {
            desk.sim.tellStatus(
                id, u"sent"_s,
                {{u"biz_opaque_callback_data"_s, sent.value(u"biz_opaque_callback_data"_s)}});
            desk.deliver();
            return result.has_value();
        }());
        QCOMPARE(result->kind, Kind::Accepted);
        QCOMPARE(result->providerId, id);
    }

    void aHiddenNumberIsAnsweredByItsId()
    {
        Desk desk;
        desk.sim.write(Hidden, u"hello"_s);
        QCOMPARE(desk.deliver(), 200);
        QCOMPARE(desk.host.items.at(0).sender.value, Hidden);
        QCOMPARE(desk.send(desk.to(Hidden, u"Hello"_s)).kind, Kind::Accepted);
        QCOMPARE(desk.sim.sent.at(0).value(u"recipient"_s).toString(), Hidden);
        QCOMPARE(desk.sim.problems, QStringList());
    }

    void filesAreUploadedAndSentOnce()
    {
        Desk desk;
        Outgoing out = desk.to(Ada, u"the offer"_s);
        addFile(out, u"a.png"_s, u"image/png"_s, Png);
        addFile(out, u"b.pdf"_s, u"application/pdf"_s, "%PDF-1.4");
        QCOMPARE(desk.send(out).kind, Kind::Accepted);
        QCOMPARE(desk.sim.sent.size(), size_t(3));
        QCOMPARE(desk.sim.uploads.size(), size_t(2));
        QCOMPARE(desk.sim.problems, QStringList());
    }

    void anUploadThatBreaksMeansNothingWasSent()
    {
        Desk desk;
        Outgoing out = desk.to(Ada, {});
        addFile(out, u"a.png"_s, u"image/png"_s, Png);
        desk.sim.brokenUploads = 1;
        QCOMPARE(desk.send(out).kind, Kind::Later);
        QVERIFY(desk.sim.sent.empty());
        QCOMPARE(desk.send(out).kind, Kind::Accepted);
    }

    void aLaterPartThatFailsSaysWhatTheCustomerGot()
    {
        Desk desk;
        Outgoing out = desk.to(Ada, u"see"_s);
        addFile(out, u"a.ogg"_s, u"audio/ogg"_s, "OggS");
        std::optional<SendResult> result;
        desk.sim.fail(Fault::None);
        desk.sim.fail(Fault::Undeliverable);
        desk.connector->send(out, {this, [&](const Result<SendResult> &sent) { result = *sent; }});
        QTRY_VERIFY(result.has_value());
        QCOMPARE(result->kind, Kind::Refused);
        QVERIFY(result->detail.contains(u"This went out: text."_s));
        QVERIFY(result->detail.contains(u"a.ogg"_s));
        QCOMPARE(desk.sim.sent.size(), size_t(1));
    }

    void aTokenThatIsWithdrawnIsShown()
    {
        Desk desk;
        desk.sim.isExpired = true;
        const SendResult result = desk.send(desk.to(Ada, u"Hello"_s));
        QCOMPARE(result.kind, Kind::Refused);
        QCOMPARE(desk.host.lastState, AccountState::Down);
        QVERIFY(desk.host.lastDetail.contains(u"token"_s));
    }

    void readAndTypingReferToTheLastMessage()
    {
        Desk desk;
        desk.connector->agentTyping(u'+' + Ada, true); // nobody wrote yet
        desk.sim.write(Ada, u"one"_s);
        const QString last = desk.sim.write(Ada, u"two"_s);
        desk.deliver();
        desk.connector->agentTyping(u'+' + Ada, true);
        desk.connector->agentTyping(u'+' + Ada, true); // too soon for another
        QTRY_COMPARE(desk.sim.marks.size(), size_t(1));
        desk.connector->agentRead(u'+' + Ada, desk.clock.wall());
        QTRY_COMPARE(desk.sim.marks.size(), size_t(2));
        QCOMPARE(desk.sim.marks[0].value(u"message_id"_s).toString(), last);
        QVERIFY(desk.sim.marks[0].contains(u"typing_indicator"_s));
        QVERIFY(!desk.sim.marks[1].contains(u"typing_indicator"_s));
    }

    void choicesAndTemplatesAreWithinTheLimits()
    {
        Desk desk;
        Outgoing out = desk.to(Ada, {});
        QJsonArray options;
        for (int i = 0; i < 10; ++i)
            options.append(QJsonObject{{u"id"_s, QString(190, u'ż')},
                                       {u"title"_s, QString(190, u'x')},
                                       {u"section"_s, i < 5 ? QString(40, u's') : QString()},
                                       {u"description"_s, QString(200, u'd')}});
        out.message.content.rich = json::canonical({{u"kind"_s, u"list_picker"_s},
                                                    {u"text"_s, u"Which?"_s},
                                                    {u"button"_s, QString(50, u'b')},
                                                    {u"options"_s, options}});
        QCOMPARE(desk.send(out).kind, Kind::Accepted);
        QCOMPARE(desk.sim.problems, QStringList());
        QCOMPARE(desk.sim.sent.at(0).value(u"type"_s).toString(), u"interactive"_s);
    }

    void everyKindIsAsTheDocumentsSay() // M63
    {
        Desk desk;
        const QJsonObject option{{u"id"_s, u"a"_s}, {u"title"_s, u"Yes"_s}};
        const QJsonObject link{
            {u"id"_s, u"b"_s}, {u"title"_s, u"Track"_s}, {u"url"_s, u"https://x.example/t"_s}};
        const QJsonObject slot{{u"id"_s, u"a"_s}, {u"start"_s, u"2026-11-23T09:00:00Z"_s}};
        const std::vector<QJsonObject> kinds{
            {{u"kind"_s, u"quick_replies"_s}, {u"options"_s, QJsonArray{option}}},
            {{u"kind"_s, u"buttons"_s}, {u"options"_s, QJsonArray{link}}},
            {{u"kind"_s, u"list_picker"_s}, {u"options"_s, QJsonArray{option}}},
            {{u"kind"_s, u"time_picker"_s}, {u"slots"_s, QJsonArray{slot}}},
            {{u"kind"_s, u"rich_link"_s}, {u"url"_s, u"https://x.example"_s}},
            {{u"kind"_s, u"location"_s}, {u"latitude"_s, 50.06}, {u"longitude"_s, 19.94}},
            {{u"kind"_s, u"markup_text"_s}, {u"markdown"_s, u"**now**"_s}},
            {{u"kind"_s, u"template"_s},
             {u"name"_s, u"order_ready"_s},
             {u"header"_s, QJsonArray{u"https://x.example/a.jpg"_s}},
             {u"body"_s, QJsonArray{u"Ada"_s}},
             {u"buttons"_s, QJsonArray{u"5"_s, u"payload:later"_s}}}};
        for (QJsonObject rich : kinds) {
            rich.insert(u"text"_s, u"Well?"_s);
            Outgoing out = desk.to(Ada, {});
            out.message.content.rich = json::canonical(rich);
            QCOMPARE(desk.send(out).kind, Kind::Accepted);
        }
        QCOMPARE(desk.sim.problems, QStringList());
    }

    /// M49: the list comes from WhatsApp, in pages, and says what may not be sent and why.
    void theTemplatesAreThoseThatWhatsAppLists()
    {
        Desk desk;
        const auto entry = [](const QString &name, const QString &status,
                              const QJsonArray &components) {
            return QJsonObject{
                {u"name"_s, name},
                {u"language"_s, u"en_US"_s},
                {u"category"_s, u"UTILITY"_s},
                {u"status"_s, status},
                {u"rejected_reason"_s, status == u"REJECTED"_s ? u"INVALID_FORMAT"_s : u"NONE"_s},
                {u"components"_s, components}};
        };
        const QJsonArray ready{
            QJsonObject{{u"type"_s, u"HEADER"_s},
                        {u"format"_s, u"TEXT"_s},
                        {u"text"_s, u"Order {{1}}"_s},
                        {u"example"_s, QJsonObject{{u"header_text"_s, QJsonArray{u"17"_s}}}}},
            QJsonObject{{u"type"_s, u"BODY"_s},
                        {u"text"_s, u"Dear {{1}}, it is ready at {{2}}, {{1}}."_s},
                        {u"example"_s, QJsonObject{{u"body_text"_s,
                                                    QJsonArray{QJsonArray{u"Ada"_s, u"5 pm"_s}}}}}},
            QJsonObject{{u"type"_s, u"FOOTER"_s}, {u"text"_s, u"The shop"_s}},
            QJsonObject{
                {u"type"_s, u"BUTTONS"_s},
                {u"buttons"_s,
                 QJsonArray{QJsonObject{{u"type"_s, u"PHONE_NUMBER"_s}, {u"text"_s, u"Call"_s}},
                            QJsonObject{{u"type"_s, u"URL"_s},
                                        {u"text"_s, u"Track"_s},
                                        {u"url"_s, u"https://shop.test/t/{{1}}"_s},
                                        {u"example"_s, QJsonArray{u"https://shop.test/t/5"_s}}}}}}};
        const QJsonArray plain{QJsonObject{{u"type"_s, u"BODY"_s}, {u"text"_s, u"Hello"_s}}};
        const QJsonArray named{
            QJsonObject{{u"type"_s, u"BODY"_s}, {u"text"_s, u"Hello {{first_name}}"_s}}};
        desk.sim.templates = {
            entry(u"ready"_s, u"APPROVED"_s, ready), entry(u"bad"_s, u"REJECTED"_s, plain),
            entry(u"stopped"_s, u"PAUSED"_s, plain), entry(u"named"_s, u"APPROVED"_s, named),
            entry(u"new"_s, u"PENDING"_s, plain)};
        std::optional<Result<TemplateList>> said;
        const auto ask = [&] {
            said.reset();
            desk.connector->templates(
                {this, [&](const Result<TemplateList> &list) { said = list; }});
            return QTest::qWaitFor([&] { return said.has_value(); });
        };
        QVERIFY(ask() && *said);
        const std::vector<MessageTemplate> &all = (*said)->templates;
        QCOMPARE(all.size(), size_t(5));
        QCOMPARE(all[0].whyNot, QString());
        QCOMPARE(all[0].variables,
                 (std::vector<TemplateVariable>{{u"header"_s, 0, u"{{1}}"_s, u"17"_s},
                                                {u"body"_s, 0, u"{{1}}"_s, u"Ada"_s},
                                                {u"body"_s, 1, u"{{2}}"_s, u"5 pm"_s},
                                                {u"buttons"_s, 1, u"{{1}}"_s, u"5"_s}}));
        QCOMPARE(all[0].buttons, (std::vector<QString>{u"Call"_s, u"Track"_s}));
        QVERIFY2(all[1].whyNot.contains(u"INVALID_FORMAT"_s), qPrintable(all[1].whyNot));
        QVERIFY(all[2].whyNot.contains(u"paused"_s));
        QVERIFY(all[3].whyNot.contains(u"names"_s));
        QVERIFY(!all[4].whyNot.isEmpty());
        QCOMPARE(desk.sim.problems, QStringList());
        desk.sim.areTemplatesForbidden = true;
        QVERIFY(ask() && !*said);
        QVERIFY(!said->error().detail.isEmpty());
    }

    void theTestSaysWhatWorksAndWhatIsMissing()
    {
        Desk desk;
        std::optional<Result<QString>> said;
        const auto take = [&](const Result<QString> &answer) { said = answer; };
        desk.connector->test({this, take});
        QTRY_VERIFY(said.has_value());
        QVERIFY(*said);
        QVERIFY((**said).contains(u"Example office"_s));
        desk.sim.isUnsubscribed = true;
        said.reset();
        desk.connector->test({this, take});
        QTRY_VERIFY(said.has_value());
        QVERIFY(!*said);
        QVERIFY(said->error().detail.contains(u"no app is subscribed"_s));
    }
};

QTEST_GUILESS_MAIN(tst_WhatsAppConnector)
#include "tst_whatsappconnector.moc"
