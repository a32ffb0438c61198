// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "core/channels/api/rich.h"
#include "core/channels/whatsapp/interactive.h"
#include "core/channels/whatsapp/templates.h"
#include "core/channels/whatsapp/whatsapprequests.h"

#include <QJsonDocument>
#include <QTest>

using namespace peerdesk;
using namespace peerdesk::channels;
using namespace peerdesk::channels::whatsapp;
using namespace Qt::StringLiterals;

namespace {

constexpr Time Now{1'790'000'000'000};

Outgoing outgoing(const QString &text)
{
    Outgoing out;
    out.message.id = randomId<MessageId>();
    out.message.content.text = text;
    out.address.kind = u"phone"_s;
    out.address.value = u"+48601234567"_s;
    out.lastInboundAt = Now - std::chrono::hours(1);
    return out;
}

QJsonObject choice(const QString &kind, int count, const QString &title = u"Day %1"_s)
{
    QJsonArray options;
    for (int i = 1; i <= count; ++i)
        options.append(
            QJsonObject{{u"id"_s, QString::number(i)},
                        {u"title"_s, QString(title).replace(u"%1"_s, QString::number(i))}});
    return {{u"kind"_s, kind}, {u"text"_s, u"Which day?"_s}, {u"options"_s, options}};
}

} // namespace

class tst_WhatsAppRequests : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whoHasANumberIsWrittenToByItElseById_data()
    {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("value");
        QTest::addColumn<QString>("known");
        QTest::addColumn<QString>("to");
        QTest::addColumn<QString>("recipient");
        const QString id = u"PL.13491208655302741918"_s;
        QTest::newRow("number") << u"phone"_s << u"+48601234567"_s << QString() << u"48601234567"_s
                                << QString();
        QTest::newRow("id") << u"whatsapp"_s << id << QString() << QString() << id;
        QTest::newRow("id with a number that came along")
            << u"whatsapp"_s << id << u"48601234567"_s << u"48601234567"_s << QString();
        QTest::newRow("mail") << u"email"_s << u"ada@example.org"_s << QString() << QString()
                              << QString();
        QTest::newRow("no id at all")
            << u"whatsapp"_s << u"unknown"_s << QString() << QString() << QString();
    }
    void whoHasANumberIsWrittenToByItElseById()
    {
        QFETCH(QString, kind);
        QFETCH(QString, value);
        QFETCH(QString, known);
        QFETCH(QString, to);
        QFETCH(QString, recipient);
        Outgoing out = outgoing(u"Hello"_s);
        out.address.kind = kind;
        out.address.value = value;
        out.answered = Message{};
        out.answered->headers = json::canonical({{u"wa_id"_s, known}});
        const auto requests = requestsOf(out, Now);
        QCOMPARE(bool(requests), !to.isEmpty() || !recipient.isEmpty());
        if (!requests)
            return;
        QCOMPARE(requests->front().body.value(u"to"_s).toString(), to);
        QCOMPARE(requests->front().body.value(u"recipient"_s).toString(), recipient);
    }

    void theWindowClosesAfter24Hours_data() // M49
    {
        QTest::addColumn<int>("secondsAgo");
        QTest::addColumn<bool>("isSent");
        QTest::newRow("a second early") << 24 * 3600 - 1 << true;
        QTest::newRow("at the deadline") << 24 * 3600 << false;
        QTest::newRow("never wrote") << -1 << false;
    }
    void theWindowClosesAfter24Hours()
    {
        QFETCH(int, secondsAgo);
        Outgoing out = outgoing(u"Hello"_s);
        out.lastInboundAt = secondsAgo < 0 ? Time{} : Now - Seconds(secondsAgo);
        QTEST(bool(requestsOf(out, Now)), "isSent");
        out.message.content.rich =
            json::canonical({{u"kind"_s, u"template"_s}, {u"name"_s, u"order_ready"_s}});
        QVERIFY(requestsOf(out, Now)); // an approved template goes always
    }

    void aHeadingIsWhatTheTemplateSays_data()
    {
        QTest::addColumn<QString>("format");
        QTest::addColumn<QString>("value");
        QTest::addColumn<QString>("type");
        QTest::newRow("no ending") << u"image"_s << u"https://x.example/pictures/5"_s << u"image"_s;
        QTest::newRow("another ending")
            << u"document"_s << u"https://x.example/a.jpg"_s << u"document"_s;
        QTest::newRow("an address as text")
            << u"text"_s << u"https://x.example/a.jpg"_s << u"text"_s;
        QTest::newRow("not said, known ending")
            << QString() << u"https://x.example/a.MP4?x=1"_s << u"video"_s;
        QTest::newRow("not said, none") << QString() << u"https://x.example/a"_s << u"text"_s;
        QTest::newRow("no address") << u"image"_s << u"a.jpg"_s << u"text"_s;
    }
    void aHeadingIsWhatTheTemplateSays()
    {
        QFETCH(QString, format);
        QFETCH(QString, value);
        QFETCH(QString, type);
        QJsonObject content{{u"kind"_s, u"template"_s},
                            {u"name"_s, u"order_ready"_s},
                            {u"header"_s, QJsonArray{value}}};
        if (!format.isEmpty())
            content.insert(u"header_format"_s, format);
        QVERIFY(peerdesk::rich::checked(content));
        const QJsonValue parameter = templateOf(content)[u"components"_s][0][u"parameters"][0];
        QCOMPARE(parameter[u"type"].toString(), type);
        QCOMPARE(type == u"text"_s ? parameter[u"text"].toString()
                                   : parameter[type][u"link"].toString(),
                 value);
    }

    void templatesHaveHeaderBodyAndButtonVariables() // M49
    {
        const QJsonObject out =
            templateOf({{u"kind"_s, u"template"_s},
                        {u"name"_s, u"order_ready"_s},
                        {u"language"_s, u"pt-BR"_s},
                        {u"header"_s, QJsonArray{u"https://x.example/a.jpg"_s}},
                        {u"body"_s, QJsonArray{u"Ada"_s, u"17:00"_s}},
                        {u"buttons"_s, QJsonArray{u"order/5"_s, u"payload:later"_s}}});
        QCOMPARE(out.value(u"language"_s)[u"code"].toString(), u"pt_BR"_s);
        const QJsonArray parts = out.value(u"components"_s).toArray();
        QCOMPARE(parts.size(), 4);
        QCOMPARE(parts[0][u"parameters"][0][u"image"][u"link"].toString(),
                 u"https://x.example/a.jpg"_s);
        QCOMPARE(parts[1][u"parameters"][1][u"text"].toString(), u"17:00"_s);
        QCOMPARE(parts[2][u"sub_type"].toString(), u"url"_s);
        QCOMPARE(parts[2][u"index"].toString(), u"0"_s);
        QCOMPARE(parts[3][u"sub_type"].toString(), u"quick_reply"_s);
        QCOMPARE(parts[3][u"parameters"][0][u"payload"].toString(), u"later"_s);
        // A button without a variable keeps its place.
        const QJsonArray second =
            templateOf({{u"name"_s, u"track"_s}, {u"buttons"_s, QJsonArray{QString(), u"5"_s}}})
                .value(u"components"_s)
                .toArray();
        QCOMPARE(second.size(), 1);
        QCOMPARE(second[0][u"index"].toString(), u"1"_s);
        QVERIFY(!templateOf({{u"name"_s, u"plain"_s}}).contains(u"components"_s));
    }

    /// As the vendor's reference writes them: what can be filled in, and why the rest cannot.
    void listedTemplatesAreReadAsTheyAreWritten_data() // M49
    {
        QTest::addColumn<QByteArray>("more"); // of a template that may go out
        QTest::addColumn<QString>("variables");
        QTest::addColumn<QString>("whyNot"); // a word of it
        const auto row = [](const char *name, const QByteArray &more, const QString &variables,
                            const QString &whyNot) {
            QTest::newRow(name) << more << variables << whyNot;
        };
        row("as approved",
            R"({"rejected_reason":"NONE","parameter_format":"POSITIONAL","components":[
            {"type":"HEADER","format":"TEXT","text":"Our {{1}} is on!",
             "example":{"header_text":["Summer Sale"]}},
            {"type":"BODY","text":"Shop until {{1}}, code {{2}}.",
             "example":{"body_text":[["August","25OFF"]]}},
            {"type":"FOOTER","text":"Tap below"},
            {"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"Unsubscribe"},
             {"type":"URL","text":"Shop","url":"https:\/\/shop.test/?promo={{1}}",
              "example":["https:\/\/shop.test/?promo=summer"]},
             {"type":"PHONE_NUMBER","text":"Call","phone_number":"15550051310"}]}]})",
            u"header 0 Summer Sale|body 0 August|body 1 25OFF|buttons 1 summer"_s, {});
        row("an address without its beginning",
            R"({"components":[{"type":"BUTTONS","buttons":[{"type":"URL","text":"Track",
             "url":"https:\/\/shop.test/t/{{1}}","example":["a/5"]}]}]})",
            u"buttons 0 a/5"_s, {});
        row("a picture above",
            R"({"components":[{"type":"HEADER","format":"IMAGE",
             "example":{"header_handle":["https:\/\/scontent.test/x"]}},
            {"type":"BODY","text":"Hello"}]})",
            u"header 0 https://"_s, {});
        row("rejected", R"({"status":"REJECTED","rejected_reason":"TAG_CONTENT_MISMATCH"})", {},
            u"TAG_CONTENT_MISMATCH"_s);
        row("paused", R"({"status":"PAUSED","rejected_reason":"NONE"})", {}, u"paused"_s);
        row("being deleted", R"({"status":"PENDING_DELETION"})", {}, u"pending_deletion"_s);
        row("names for variables",
            R"({"parameter_format":"NAMED","components":[{"type":"BODY","text":"Hi {{first_name}}",
             "example":{"body_text_named_params":[{"param_name":"first_name","example":"Ada"}]}}]})",
            {}, u"names"_s);
        row("a place above", R"({"components":[{"type":"HEADER","format":"LOCATION"}]})", {},
            u"heading"_s);
        row("a code to copy",
            R"({"components":[{"type":"BUTTONS","buttons":[{"type":"COPY_CODE","text":"Copy",
             "example":["25OFF"]}]}]})",
            {}, u"button"_s);
        row("a form behind a button",
            R"({"components":[{"type":"BUTTONS","buttons":[{"type":"FLOW","text":"Book","flow_id":1}]}]})",
            {}, u"button"_s);
        row("cards", R"({"components":[{"type":"CAROUSEL","cards":[]}]})", {}, u"parts"_s);
        row("a code to log in", R"({"category":"AUTHENTICATION"})", {}, u"codes"_s);
    }
    void listedTemplatesAreReadAsTheyAreWritten()
    {
        QFETCH(QByteArray, more);
        QFETCH(QString, whyNot);
        QJsonObject given{{u"name"_s, u"t"_s},
                          {u"language"_s, u"en_US"_s},
                          {u"status"_s, u"APPROVED"_s},
                          {u"category"_s, u"MARKETING"_s},
                          {u"id"_s, u"920070352646140"_s}};
        const QJsonObject other = QJsonDocument::fromJson(more).object();
        QVERIFY(!other.isEmpty());
        for (auto it = other.begin(); it != other.end(); ++it)
            given.insert(it.key(), it.value());
        const MessageTemplate read = templatesIn({given}).at(0);
        QStringList variables;
        for (const TemplateVariable &one : read.variables)
            variables << u"%1 %2 %3"_s.arg(one.part).arg(one.place).arg(one.example);
        QTEST(variables.join(u'|'), "variables");
        QVERIFY2(whyNot.isEmpty() ? read.whyNot.isEmpty() : read.whyNot.contains(whyNot),
                 qPrintable(read.whyNot));
    }

    void aQuestionThatNothingTakesIsNoChoice()
    {
        QJsonObject question = choice(u"list_picker"_s, 2);
        question.insert(u"text"_s, QString(4'096, u'x'));
        QVERIFY(!interactiveOf(question).isEmpty());
        question.insert(u"text"_s, QString(4'097, u'x'));
        QVERIFY(interactiveOf(question).isEmpty());
    }

    void choicesAreNativeWhereTheyFit_data() // M63
    {
        QTest::addColumn<QJsonObject>("rich");
        QTest::addColumn<QString>("type"); // empty = text
        QTest::newRow("three quick replies") << choice(u"quick_replies"_s, 3) << u"button"_s;
        QTest::newRow("four quick replies") << choice(u"quick_replies"_s, 4) << u"list"_s;
        QTest::newRow("eleven quick replies") << choice(u"quick_replies"_s, 11) << QString();
        QTest::newRow("a button of 20")
            << choice(u"buttons"_s, 1, QString(20, u'x')) << u"button"_s;
        QTest::newRow("a button of 21") << choice(u"buttons"_s, 1, QString(21, u'x')) << u"list"_s;
        QTest::newRow("two that read the same") << choice(u"buttons"_s, 2, u"Same"_s) << u"list"_s;
        QTest::newRow("a list") << choice(u"list_picker"_s, 2) << u"list"_s;
        QTest::newRow("a list of 10") << choice(u"list_picker"_s, 10) << u"list"_s;
        QTest::newRow("a list of 11") << choice(u"list_picker"_s, 11) << QString();
        QJsonObject link = choice(u"buttons"_s, 1);
        link.insert(u"options"_s, QJsonArray{QJsonObject{{u"id"_s, u"1"_s},
                                                         {u"title"_s, u"Track"_s},
                                                         {u"url"_s, u"https://x.example"_s}}});
        QTest::newRow("one link") << link << u"cta_url"_s;
        QJsonObject longText = choice(u"quick_replies"_s, 2);
        longText.insert(u"text"_s, QString(1025, u'x'));
        QTest::newRow("a question too long for buttons") << longText << u"list"_s;
        longText.insert(u"text"_s, QString(4096, u'x'));
        QTest::newRow("as long as a list may be") << longText << u"list"_s;
        QJsonObject longLink = link;
        longLink.insert(u"text"_s, QString(1025, u'x'));
        QTest::newRow("a link under a long question") << longLink << QString();
        const QJsonObject slot{
            {u"id"_s, u"a"_s}, {u"start"_s, u"2026-11-23T09:00:00Z"_s}, {u"minutes"_s, 30}};
        QTest::newRow("times") << QJsonObject{{u"kind"_s, u"time_picker"_s},
                                              {u"text"_s, u"When?"_s},
                                              {u"time_zone"_s, u"Europe/Warsaw"_s},
                                              {u"slots"_s, QJsonArray{slot}}}
                               << u"list"_s;
    }
    void choicesAreNativeWhereTheyFit()
    {
        QFETCH(QJsonObject, rich);
        QFETCH(QString, type);
        Outgoing out = outgoing({});
        out.message.content.rich = json::canonical(rich);
        const auto requests = requestsOf(out, Now);
        QVERIFY(requests);
        const QJsonObject body = requests->front().body;
        QCOMPARE(body.value(u"type"_s).toString(), type.isEmpty() ? u"text"_s : u"interactive"_s);
        QCOMPARE(body.value(u"interactive"_s)[u"type"].toString(), type);
        if (type.isEmpty()) // M64: readable, numbered
            QVERIFY(body.value(u"text"_s)[u"body"].toString().contains(u"\n1. "_s));
    }

    void aLongTitleGoesOnBelow()
    {
        const QJsonObject list =
            interactiveOf(choice(u"list_picker"_s, 1, u"A very long title that does not fit"_s));
        const QJsonValue row = list.value(u"action"_s)[u"sections"][0][u"rows"][0];
        QVERIFY(row[u"title"].toString().size() <= 24);
        QCOMPARE(row[u"description"].toString(), u"A very long title that does not fit"_s);
    }

    void timesShowTheHourAndBelowTheDay()
    {
        const QJsonObject slot{{u"id"_s, u"a"_s}, {u"start"_s, u"2026-11-23T09:00:00Z"_s}};
        const QJsonObject list = interactiveOf({{u"kind"_s, u"time_picker"_s},
                                                {u"text"_s, u"When?"_s},
                                                {u"location"_s, u"Market 1"_s},
                                                {u"time_zone"_s, u"Europe/Warsaw"_s},
                                                {u"slots"_s, QJsonArray{slot}}});
        const QJsonValue row = list.value(u"action"_s)[u"sections"][0][u"rows"][0];
        QVERIFY(row[u"title"].toString().contains(u"10:00"_s));
        QVERIFY(row[u"description"].toString().contains(u"23"_s));
        QCOMPARE(list.value(u"body"_s)[u"text"].toString(), u"When?\nMarket 1"_s);
    }

    void filesGoOneByOneAndTheOnlyOneTakesTheText()
    {
        Outgoing out = outgoing(u"the offer"_s);
        const auto file = [](const QString &name, const QString &type, qint64 size) {
            return Attachment{name.toUtf8(), name, type, size, {}, false};
        };
        out.message.content.attachments = {file(u"a.png"_s, u"image/png"_s, 9)};
        auto requests = requestsOf(out, Now);
        QVERIFY(requests);
        QCOMPARE(requests->size(), size_t(1));
        QCOMPARE(requests->front().body.value(u"image"_s)[u"caption"].toString(), u"the offer"_s);
        out.message.content.attachments = {file(u"a.ogg"_s, u"audio/ogg"_s, 9)};
        requests = requestsOf(out, Now); // sound has no caption
        QCOMPARE(requests->size(), size_t(2));
        QCOMPARE(requests->back().kind, u"audio"_s);
        out.message.content.attachments = {file(u"a.png"_s, u"image/png"_s, 9),
                                           file(u"b.pdf"_s, u"application/pdf"_s, 9)};
        requests = requestsOf(out, Now);
        QCOMPARE(requests->size(), size_t(3));
        QCOMPARE(requests->back().body.value(u"document"_s)[u"filename"].toString(), u"b.pdf"_s);
        // A picture over 5 MB goes as a document; nothing goes over 100.
        out.message.content.attachments = {file(u"a.png"_s, u"image/png"_s, 6 * 1024 * 1024)};
        QCOMPARE(requestsOf(out, Now)->front().kind, u"document"_s);
        out.message.content.attachments = {file(u"a.iso"_s, u"x/y"_s, 101LL * 1024 * 1024)};
        const auto refused = requestsOf(out, Now);
        QVERIFY(!refused);
        QVERIFY(refused.error().detail.contains(u"100 MB"_s)); // M34
    }

    void aQuotedMessageIsNamed()
    {
        Outgoing out = outgoing(u"Yes"_s);
        out.answered = Message{};
        out.answered->id = out.message.replyTo = randomId<MessageId>();
        out.answered->providerId = u"wamid.Q"_s;
        QCOMPARE(requestsOf(out, Now)->front().body.value(u"context"_s)[u"message_id"].toString(),
                 u"wamid.Q"_s);
        out.message.replyTo = randomId<MessageId>(); // another one: not known here
        QVERIFY(!requestsOf(out, Now)->front().body.contains(u"context"_s));
    }

    void eachPartHasAMarkOfItsOwn()
    {
        const auto requests = requestsOf(outgoing(QString(5000, u'x')), Now);
        QCOMPARE(requests->size(), size_t(2));
        QVERIFY(requests->front().body.value(u"biz_opaque_callback_data"_s) !=
                requests->back().body.value(u"biz_opaque_callback_data"_s));
    }

    void nothingIsRefused() { QVERIFY(!requestsOf(outgoing(u"  \n"_s), Now)); }
};

QTEST_APPLESS_MAIN(tst_WhatsAppRequests)
#include "tst_whatsapprequests.moc"
