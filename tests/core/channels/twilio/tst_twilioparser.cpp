// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "core/channels/twilio/contents.h"
#include "core/channels/twilio/errors.h"
#include "core/channels/twilio/keywords.h"
#include "core/channels/twilio/twilioparser.h"
#include "core/channels/twilio/twiliorequests.h"
#include "tests/support/vendors/vendorspecs.h"

#include <QTest>

using namespace peerdesk;
using namespace peerdesk::channels;
using namespace peerdesk::channels::twilio;
using namespace Qt::StringLiterals;

namespace {

constexpr Time Now{1'790'000'000'000};
const char *const SidOfTests = "SM0123456789abcdef0123456789abcdef";

QJsonObject message(const QJsonObject &more = {})
{
    QJsonObject out{{u"sid"_s, QLatin1StringView(SidOfTests)},
                    {u"from"_s, u"+48601234567"_s},
                    {u"to"_s, u"+48732145678"_s},
                    {u"body"_s, u"Good morning"_s},
                    {u"direction"_s, u"inbound"_s},
                    {u"status"_s, u"received"_s},
                    {u"num_media"_s, u"0"_s},
                    {u"date_sent"_s, u"Thu, 24 Aug 2023 05:01:45 +0000"_s}};
    for (auto it = more.begin(); it != more.end(); ++it)
        out.insert(it.key(), it.value());
    return out;
}

Outgoing outgoing(const QString &text)
{
    Outgoing out;
    out.message.content.text = text;
    out.address.kind = u"phone"_s;
    out.address.value = u"+48601234567"_s;
    out.lastInboundAt = Now - std::chrono::hours(1);
    return out;
}

Sender office(Medium medium = Medium::Sms)
{
    return {medium, u"AC1"_s, u"+48732145678"_s, {}};
}

QString fieldOf(const SendRequest &request, const QString &name)
{
    for (const auto &[key, value] : request.fields) {
        if (key == name)
            return value;
    }
    return {};
}

} // namespace

class tst_TwilioParser : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aMessageIsRead()
    {
        const auto row = messageRow(message());
        QVERIFY(row);
        QVERIFY(row->isInbound);
        QCOMPARE(row->at, Time{1'692'853'305'000});
        const InboundItem item = itemOf(*row, Medium::Sms, u"AC1"_s);
        QCOMPARE(item.providerId, QLatin1StringView(SidOfTests));
        QCOMPARE(item.sender.kind, u"phone"_s);
        QVERIFY(item.sender.scope.isEmpty());
        QCOMPARE(item.sender.value, u"+48601234567"_s);
        QCOMPARE(item.sender.display, u"+48 601 234 567"_s);
        QVERIFY(!item.isAutomatic);
        QVERIFY(json::object(item.headers).contains(u"raw"_s));
    }

    void oddRowsDoNoHarm_data()
    {
        QTest::addColumn<QJsonObject>("row");
        QTest::addColumn<bool>("isMessage");
        QTest::newRow("empty") << QJsonObject() << false;
        QTest::newRow("another sid") << message({{u"sid"_s, u"../../etc"_s}}) << false;
        QTest::newRow("numbers for texts") << message({{u"sid"_s, 5}}) << false;
        QTest::newRow("a sender without end")
            << message({{u"from"_s, QString(5000, u'9')}}) << false;
        QTest::newRow("no date") << message({{u"date_sent"_s, u"yesterday"_s}}) << true;
        QTest::newRow("a million files") << message({{u"num_media"_s, u"1000000"_s}}) << true;
        QTest::newRow("a body of another kind") << message({{u"body"_s, QJsonArray()}}) << true;
        QTest::newRow("no sender") << message({{u"from"_s, QJsonValue()}}) << true;
        QTest::newRow("a sender of blanks") << message({{u"from"_s, u"whatsapp: "_s}}) << true;
        QTest::newRow("a short code") << message({{u"from"_s, u"72001"_s}}) << true;
        QTest::newRow("a name for a number") << message({{u"from"_s, u"MYBANK"_s}}) << true;
    }
    void oddRowsDoNoHarm()
    {
        QFETCH(QJsonObject, row);
        const auto read = messageRow(row);
        QTEST(read.has_value(), "isMessage");
        if (!read)
            return;
        QVERIFY(read->files <= 10);
        const InboundItem item = itemOf(*read, Medium::Sms, u"AC1"_s);
        QVERIFY(!item.content.text.isEmpty());
        QVERIFY(!item.sender.value.isEmpty());
        if (item.sender.value == u"unknown"_s) // nobody to write to
            QVERIFY(twilioAddress(item.sender.kind, item.sender.value, Medium::Sms).isEmpty());
    }

    void addressesInAnswersLeadNowhereElse_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<bool>("isTaken");
        QTest::newRow("ours") << u"/2010-04-01/Accounts/AC1/Messages.json?Page=1"_s << true;
        QTest::newRow("another host") << u"https://evil.example/2010-04-01/x"_s << false;
        QTest::newRow("another place") << u"//evil.example/2010-04-01/x"_s << false;
        QTest::newRow("upwards") << u"/2010-04-01/../secrets"_s << false;
        QTest::newRow("a line break") << u"/2010-04-01/x\r\nHost: evil"_s << false;
    }
    void addressesInAnswersLeadNowhereElse()
    {
        QFETCH(QString, path);
        const auto list = messageList({{u"messages"_s, QJsonArray()}, {u"next_page_uri"_s, path}});
        QVERIFY(list);
        QTEST(!list->next.isEmpty(), "isTaken");
    }

    void aWordAloneIsAWish_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("wish");
        QTest::addColumn<bool>("isAutomatic");
        QTest::newRow("stop") << u"STOP"_s << u"out"_s << true;
        QTest::newRow("small, with blanks") << u"  stop\n"_s << u"out"_s << true;
        QTest::newRow("quit") << u"Quit"_s << u"out"_s << true;
        QTest::newRow("start") << u"START"_s << u"in"_s << true;
        QTest::newRow("help") << u"help"_s << u"help"_s << true;
        QTest::newRow("yes is an answer too") << u"Yes"_s << u"in"_s << false;
        QTest::newRow("a sentence") << u"please stop the delivery"_s << QString() << false;
        QTest::newRow("stop with a point") << u"stop."_s << QString() << false;
    }
    void aWordAloneIsAWish() // M58: STOP and HELP are honoured and recorded
    {
        QFETCH(QString, text);
        const auto row = messageRow(message({{u"body"_s, text}}));
        const InboundItem item = itemOf(*row, Medium::Sms, {});
        QTEST(json::object(item.headers).value(u"opt"_s).toString(), "wish");
        QTEST(item.isAutomatic, "isAutomatic");
        // On WhatsApp they are words like others.
        const InboundItem there = itemOf(*row, Medium::WhatsApp, {});
        QVERIFY(!json::object(there.headers).contains(u"opt"_s));
        QVERIFY(!there.isAutomatic);
    }

    void peopleHaveNumbersOrIds_data()
    {
        QTest::addColumn<QString>("address");
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("value");
        QTest::newRow("sms") << u"+48601234567"_s << u"phone"_s << u"+48601234567"_s;
        QTest::newRow("whatsapp") << u"whatsapp:+48601234567"_s << u"phone"_s << u"+48601234567"_s;
        QTest::newRow("whatsapp user without a number")
            << u"whatsapp:US.13491208655302741918"_s << u"whatsapp"_s
            << u"US.13491208655302741918"_s;
        QTest::newRow("short code") << u"72001"_s << u"sms_sender"_s << u"72001"_s;
        QTest::newRow("impossible") << u"+4"_s << u"sms_sender"_s << u"+4"_s;
    }
    void peopleHaveNumbersOrIds()
    {
        QFETCH(QString, address);
        const Identity identity = identityOf(address, u"AC1"_s);
        QTEST(identity.kind, "kind");
        QTEST(identity.value, "value");
        QCOMPARE(identity.scope, identity.kind == u"phone"_s ? QString() : u"AC1"_s);
        const Medium medium = address.startsWith(u"whatsapp:"_s) ? Medium::WhatsApp : Medium::Sms;
        QCOMPARE(twilioAddress(identity.kind, identity.value, medium), address);
    }

    void fatesBecomeReceipts_data()
    {
        QTest::addColumn<QString>("status");
        QTest::addColumn<int>("state"); // -1 = none yet
        QTest::addColumn<bool>("isLastForSms");
        QTest::addColumn<bool>("isLastForWhatsApp");
        QTest::newRow("queued") << u"queued"_s << -1 << false << false;
        QTest::newRow("sending") << u"sending"_s << -1 << false << false;
        QTest::newRow("sent") << u"sent"_s << int(MessageState::Sent) << false << false;
        QTest::newRow("delivered")
            << u"delivered"_s << int(MessageState::Delivered) << true << false;
        QTest::newRow("read") << u"read"_s << int(MessageState::Read) << true << true;
        QTest::newRow("undelivered")
            << u"undelivered"_s << int(MessageState::Failed) << true << true;
        QTest::newRow("failed") << u"failed"_s << int(MessageState::Failed) << true << true;
        QTest::newRow("unknown") << u"beamed"_s << -1 << false << false;
    }
    void fatesBecomeReceipts()
    {
        QFETCH(QString, status);
        const auto row = messageRow(message({{u"status"_s, status},
                                             {u"error_code"_s, 30003},
                                             {u"direction"_s, u"outbound-api"_s}}));
        const auto receipt = receiptOf(*row);
        QTEST(receipt ? int(receipt->receiptState) : -1, "state");
        QTEST(isFinal(status, Medium::Sms), "isLastForSms");
        QTEST(isFinal(status, Medium::WhatsApp), "isLastForWhatsApp");
        if (receipt && receipt->receiptState == MessageState::Failed)
            QVERIFY(receipt->receiptReason.contains(u"out of reach"_s));
    }

    void unknownErrorsKeepTheirNumber()
    {
        QVERIFY(errorSentence(21610, {}).contains(u"STOP"_s));
        QCOMPARE(errorSentence(99999, u"Something new"_s), u"Something new (Twilio error 99999)"_s);
        QVERIFY(!errorSentence(0, {}).isEmpty());
    }

    void whoHasOptedOutIsNotWrittenTo()
    {
        Outgoing out = outgoing(u"Hello"_s);
        out.answered = Message{};
        out.answered->headers = json::canonical({{u"opt"_s, u"out"_s}});
        const auto refused = requestsOf(out, office(), {}, Now);
        QVERIFY(!refused);
        QVERIFY(refused.error().detail.contains(u"START"_s));
        out.answered->headers = json::canonical({{u"opt"_s, u"in"_s}});
        QVERIFY(requestsOf(out, office(), {}, Now));
    }

    void longTextsGoInParts()
    {
        const auto requests = requestsOf(outgoing(QString(4000, u'x')), office(), {}, Now);
        QVERIFY(requests);
        QCOMPARE(requests->size(), size_t(3));
        for (const SendRequest &request : *requests) {
            QVERIFY(request.body.size() <= 1600);
            QCOMPARE(fieldOf(request, u"To"_s), u"+48601234567"_s);
        }
        QCOMPARE(requests->back().name, u"part 3 of 3 of the text"_s);
    }

    void theWindowOfWhatsAppClosesAfter24Hours_data() // M49
    {
        QTest::addColumn<int>("secondsAgo");
        QTest::addColumn<bool>("isSent");
        QTest::newRow("an hour") << 3600 << true;
        QTest::newRow("a second early") << 24 * 3600 - 1 << true;
        QTest::newRow("at the deadline") << 24 * 3600 << false;
        QTest::newRow("never wrote") << -1 << false;
    }
    void theWindowOfWhatsAppClosesAfter24Hours()
    {
        QFETCH(int, secondsAgo);
        Outgoing out = outgoing(u"Hello"_s);
        out.lastInboundAt = secondsAgo < 0 ? Time{} : Now - Seconds(secondsAgo);
        const auto requests = requestsOf(out, office(Medium::WhatsApp), {}, Now);
        QTEST(bool(requests), "isSent");
        if (!requests)
            QVERIFY(requests.error().detail.contains(u"template"_s));
        QVERIFY(requestsOf(out, office(Medium::Sms), {}, Now)); // SMS has none
    }

    void templatesGoByTheirSidWithVariables() // M49
    {
        Outgoing out = outgoing({});
        out.lastInboundAt = {};
        const QString sid = u"HX0123456789abcdef0123456789abcdef"_s;
        out.message.content.rich = json::canonical({{u"kind"_s, u"template"_s},
                                                    {u"name"_s, sid},
                                                    {u"header"_s, QJsonArray{u"Order"_s}},
                                                    {u"body"_s, QJsonArray{u"Ada"_s, u"17:00"_s}},
                                                    {u"buttons"_s, QJsonArray{u"track/5"_s}}});
        const auto requests = requestsOf(out, office(Medium::WhatsApp), {}, Now);
        QVERIFY(requests);
        QCOMPARE(requests->size(), size_t(1));
        QCOMPARE(fieldOf(requests->front(), u"ContentSid"_s), sid);
        QCOMPARE(fieldOf(requests->front(), u"ContentVariables"_s),
                 u"{\"1\":\"Order\",\"2\":\"Ada\",\"3\":\"17:00\",\"4\":\"track/5\"}"_s);
        QVERIFY(fieldOf(requests->front(), u"Body"_s).isEmpty());
        QVERIFY(!requestsOf(out, office(Medium::Sms), {}, Now));
        out.message.content.rich =
            json::canonical({{u"kind"_s, u"template"_s}, {u"name"_s, u"order_ready"_s}});
        const auto unnamed = requestsOf(out, office(Medium::WhatsApp), {}, Now);
        QVERIFY(!unnamed);
        QVERIFY(unnamed.error().detail.contains(u"HX"_s));
    }

    /// The forms that Twilio writes itself, and those of the pictures and cards.
    void aContentIsShownInTheFormThatWasApproved() // M49
    {
        const QJsonObject text{{u"body"_s, u"We are at 39.7, 105.0"_s}};
        const QJsonObject place{{u"latitude"_s, 39.7}, {u"longitude"_s, 105.0}};
        const QJsonObject media{{u"body"_s, u"Hi {{1}}, here is {{2}}."_s},
                                {u"media"_s, QJsonArray{u"https://files.test/{{3}}"_s}}};
        const QJsonObject card{
            {u"title"_s, u"Hello {{1}}"_s},
            {u"subtitle"_s, u"The shop"_s},
            {u"media"_s, QJsonArray{u"https://files.test/a.png"_s}},
            {u"actions"_s,
             QJsonArray{QJsonObject{{u"type"_s, u"URL"_s},
                                    {u"title"_s, u"Track"_s},
                                    {u"url"_s, u"https://shop.test/{{2}}"_s}},
                        QJsonObject{{u"type"_s, u"PHONE_NUMBER"_s}, {u"title"_s, u"Call"_s}}}}};
        const auto read = [](const QJsonObject &types, const QJsonObject &approval) {
            return templatesIn({QJsonObject{{u"sid"_s, u"HX1"_s},
                                            {u"friendly_name"_s, u"Some"_s},
                                            {u"language"_s, u"en"_s},
                                            {u"variables"_s, QJsonObject{{u"1"_s, u"Ada"_s}}},
                                            {u"types"_s, types},
                                            {u"approval_requests"_s, approval}}})
                .front();
        };
        const QJsonObject approved{{u"status"_s, u"approved"_s},
                                   {u"content_type"_s, u"twilio/media"_s}};
        const auto both = read({{u"twilio/location"_s, place}, {u"twilio/text"_s, text}},
                               {{u"status"_s, u"unsubmitted"_s}, {u"content_type"_s, QString()}});
        QCOMPARE(both.body, u"We are at 39.7, 105.0"_s);
        const auto filled = read({{u"twilio/card"_s, card}, {u"twilio/media"_s, media}}, approved);
        QCOMPARE(filled.body, u"Hi {{1}}, here is {{2}}."_s);
        QCOMPARE(filled.header, u"https://files.test/{{3}}"_s);
        QCOMPARE(filled.variables.size(), size_t(3));
        QCOMPARE(filled.variables[0].example, u"Ada"_s);
        QVERIFY(filled.whyNot.isEmpty());
        const auto shown = read({{u"twilio/card"_s, card}}, {{u"status"_s, u"paused"_s}});
        QCOMPARE(shown.header, u"Hello {{1}}"_s);
        QCOMPARE(shown.footer, u"The shop"_s);
        QCOMPARE(shown.buttons, (std::vector<QString>{u"Track"_s, u"Call"_s}));
        QCOMPARE(shown.variables.size(), size_t(2)); // the address of a button has one
        QVERIFY(shown.whyNot.contains(u"paused"_s));
    }
    void theDescriptionsOwnListIsRead()
    {
        const QJsonValue get = vendorSpec(u"twilio/twilio_content_v1.json"_s)
                                   .value(u"paths"_s)[u"/v1/ContentAndApprovals"][u"get"];
        const QJsonValue sample =
            get[u"responses"][u"200"][u"content"][u"application/json"][u"examples"][u"readResults"];
        if (sample.isUndefined())
            QSKIP("Twilio's description is not here");
        const QJsonArray given = sample[u"value"][u"contents"].toArray();
        const std::vector<MessageTemplate> all = templatesIn(given);
        QCOMPARE(qsizetype(all.size()), given.size());
        for (const MessageTemplate &one : all) {
            QVERIFY(!one.title.isEmpty() && !one.body.isEmpty() && !one.status.isEmpty());
            QCOMPARE(one.whyNot.isEmpty(), one.status == u"approved"_s);
        }
    }

    void filesNeedAPublicAddress() // M34
    {
        Outgoing out = outgoing(u"the offer"_s);
        out.message.content.attachments = {
            {"a", u"offer.pdf"_s, u"application/pdf"_s, 9, {}, false},
            {"b", u"map.png"_s, u"image/png"_s, 9, {}, false}};
        const auto refused = requestsOf(out, office(), {}, Now);
        QVERIFY(!refused);
        QVERIFY(refused.error().detail.contains(u"public address"_s));
        const std::vector<QString> urls{u"https://o.example/1"_s, u"https://o.example/2"_s};
        const auto mms = requestsOf(out, office(), urls, Now);
        QVERIFY(mms);
        QCOMPARE(mms->size(), size_t(1)); // text and files in one
        const auto whatsApp = requestsOf(out, office(Medium::WhatsApp), urls, Now);
        QVERIFY(whatsApp);
        QCOMPARE(whatsApp->size(), size_t(2)); // one file each
        QCOMPARE(fieldOf((*whatsApp)[0], u"Body"_s), u"the offer"_s);
        QCOMPARE(fieldOf((*whatsApp)[1], u"MediaUrl"_s), urls[1]);
        out.message.content.attachments[0].size = 6 * 1024 * 1024;
        const auto large = requestsOf(out, office(), urls, Now);
        QVERIFY(!large);
        QVERIFY(large.error().detail.contains(u"offer.pdf"_s));
        QVERIFY(requestsOf(out, office(Medium::WhatsApp), urls, Now)); // takes 16 MB,
        std::swap(out.message.content.attachments[0].size, out.message.content.attachments[1].size);
        const auto picture = requestsOf(out, office(Medium::WhatsApp), urls, Now); // of pictures 5
        QVERIFY(!picture);
        QVERIFY(picture.error().detail.contains(u"map.png"_s));
        for (Attachment &file : out.message.content.attachments)
            file.size = 3 * 1024 * 1024;
        const auto together = requestsOf(out, office(), urls, Now);
        QVERIFY(!together);
        QVERIFY(together.error().detail.contains(u"together"_s));
        QVERIFY(requestsOf(out, office(Medium::WhatsApp), urls, Now));
    }

    void richContentIsReadableText() // M64
    {
        Outgoing out = outgoing({});
        out.message.content.rich = json::canonical(
            {{u"kind"_s, u"quick_replies"_s},
             {u"text"_s, u"Which day?"_s},
             {u"options"_s,
              QJsonArray{QJsonObject{{u"id"_s, u"a"_s}, {u"title"_s, u"Monday"_s}},
                         QJsonObject{{u"id"_s, u"b"_s}, {u"title"_s, u"Friday"_s}}}}});
        const auto requests = requestsOf(out, office(), {}, Now);
        QVERIFY(requests);
        QCOMPARE(fieldOf(requests->front(), u"Body"_s), u"Which day?\n1. Monday\n2. Friday"_s);
        out.message.content.rich = json::canonical(
            {{u"kind"_s, u"markup_text"_s}, {u"markdown"_s, u"**now** or *never*"_s}});
        const auto marked = requestsOf(out, office(Medium::WhatsApp), {}, Now);
        QCOMPARE(fieldOf(marked->front(), u"Body"_s), u"*now* or _never_"_s);
        QCOMPARE(fieldOf(requestsOf(out, office(), {}, Now)->front(), u"Body"_s),
                 u"now or never"_s);
    }
};

QTEST_APPLESS_MAIN(tst_TwilioParser)
#include "tst_twilioparser.moc"
