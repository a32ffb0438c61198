// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "core/channels/whatsapp/whatsappparser.h"

#include <QTest>

using namespace peerdesk;
using namespace peerdesk::channels;
using namespace peerdesk::channels::whatsapp;
using namespace Qt::StringLiterals;

namespace {

const QString Number = u"106540352242922"_s;
const QString UserId = u"PL.13491208655302741918"_s;

/// A call with one change whose value is `value` besides the metadata.
QByteArray callOf(QJsonObject value, const QString &field = u"messages"_s,
                  const QString &number = Number)
{
    value.insert(u"metadata"_s, QJsonObject{{u"phone_number_id"_s, number}});
    const QJsonObject change{{u"field"_s, field}, {u"value"_s, value}};
    const QJsonObject entry{{u"id"_s, u"WABA"_s}, {u"changes"_s, QJsonArray{change}}};
    return QJsonDocument(QJsonObject{{u"object"_s, u"whatsapp_business_account"_s},
                                     {u"entry"_s, QJsonArray{entry}}})
        .toJson();
}

QByteArray callWithMessage(const QJsonObject &more)
{
    QJsonObject message{
        {u"id"_s, u"wamid.1"_s}, {u"from"_s, u"48601234567"_s}, {u"timestamp"_s, u"1790000000"_s}};
    for (auto it = more.begin(); it != more.end(); ++it)
        message.insert(it.key(), it.value());
    const QJsonObject contact{{u"wa_id"_s, u"48601234567"_s},
                              {u"profile"_s, QJsonObject{{u"name"_s, u"Ada Example"_s}}}};
    return callOf({{u"contacts"_s, QJsonArray{contact}}, {u"messages"_s, QJsonArray{message}}});
}

InboundItem only(const QByteArray &call)
{
    const auto delivery = deliveryOf(call, Number);
    return delivery && delivery->items.size() == 1 ? delivery->items[0] : InboundItem{};
}

QJsonObject rich(const InboundItem &item)
{
    return json::object(item.content.rich);
}

} // namespace

class tst_WhatsAppParser : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aTextIsRead()
    {
        const InboundItem item =
            only(callWithMessage({{u"type"_s, u"text"_s},
                                  {u"text"_s, QJsonObject{{u"body"_s, u"Good morning"_s}}},
                                  {u"context"_s, QJsonObject{{u"id"_s, u"wamid.OURS"_s}}}}));
        QCOMPARE(item.providerId, u"wamid.1"_s);
        QCOMPARE(item.content.text, u"Good morning"_s);
        QCOMPARE(item.senderName, u"Ada Example"_s);
        QCOMPARE(item.sender.kind, u"phone"_s);
        QCOMPARE(item.sender.value, u"+48601234567"_s);
        QCOMPARE(item.providerTime, Time{1'790'000'000'000});
        QCOMPARE(item.threadHints, std::vector<QString>{u"wamid.OURS"_s});
        QVERIFY(json::object(item.headers).contains(u"raw"_s));
    }

    void whoHidesTheNumberIsKnownByTheirId_data()
    {
        QTest::addColumn<QJsonObject>("message");
        QTest::addColumn<QJsonObject>("contact");
        QTest::addColumn<QString>("phone");
        QTest::newRow("id and number")
            << QJsonObject{{u"from"_s, u"48601234567"_s}, {u"from_user_id"_s, UserId}}
            << QJsonObject{{u"wa_id"_s, u"48601234567"_s}, {u"user_id"_s, UserId}}
            << u"+48601234567"_s;
        QTest::newRow("id only") << QJsonObject{{u"from_user_id"_s, UserId}}
                                 << QJsonObject{{u"user_id"_s, UserId}} << QString();
        QTest::newRow("id in the contact only")
            << QJsonObject() << QJsonObject{{u"user_id"_s, UserId}} << QString();
        QTest::newRow("id in from")
            << QJsonObject{{u"from"_s, UserId}} << QJsonObject{{u"user_id"_s, UserId}} << QString();
        QTest::newRow("number in the contact only")
            << QJsonObject{{u"from_user_id"_s, UserId}}
            << QJsonObject{{u"user_id"_s, UserId}, {u"wa_id"_s, u"48601234567"_s}}
            << u"+48601234567"_s;
    }
    void whoHidesTheNumberIsKnownByTheirId()
    {
        QFETCH(QJsonObject, message);
        QFETCH(QJsonObject, contact);
        QFETCH(QString, phone);
        message.insert(u"id"_s, u"wamid.1"_s);
        message.insert(u"type"_s, u"text"_s);
        message.insert(u"text"_s, QJsonObject{{u"body"_s, u"hi"_s}});
        contact.insert(u"profile"_s, QJsonObject{{u"username"_s, u"ada"_s}});
        const InboundItem item = only(
            callOf({{u"messages"_s, QJsonArray{message}}, {u"contacts"_s, QJsonArray{contact}}}));
        QCOMPARE(item.sender.kind, u"whatsapp"_s);
        QCOMPARE(item.sender.scope, u"WABA"_s);
        QCOMPARE(item.sender.value, UserId);
        QCOMPARE(item.senderName, u"@ada"_s);
        QCOMPARE(item.also.size(), size_t(phone.isEmpty() ? 0 : 1));
        if (!phone.isEmpty())
            QCOMPARE(item.also[0].value, phone);
        QCOMPARE(json::object(item.headers).value(u"wa_id"_s).toString(), phone.mid(1));
    }

    void filesAreWanted_data()
    {
        QTest::addColumn<QString>("type");
        QTest::addColumn<QJsonObject>("file");
        QTest::addColumn<QString>("name");
        QTest::newRow("image") << u"image"_s
                               << QJsonObject{{u"id"_s, u"77"_s},
                                              {u"mime_type"_s, u"image/jpeg"_s},
                                              {u"caption"_s, u"see"_s}}
                               << u"image.jpg"_s;
        QTest::newRow("document") << u"document"_s
                                  << QJsonObject{{u"id"_s, u"77"_s},
                                                 {u"filename"_s, u"offer.pdf"_s},
                                                 {u"caption"_s, u"see"_s}}
                                  << u"offer.pdf"_s;
        QTest::newRow("voice") << u"audio"_s
                               << QJsonObject{{u"id"_s, u"77"_s},
                                              {u"mime_type"_s, u"audio/ogg; codecs=opus"_s},
                                              {u"caption"_s, u"see"_s}}
                               << u"audio.ogg"_s;
        QTest::newRow("no id") << u"video"_s << QJsonObject{{u"caption"_s, u"see"_s}} << QString();
    }
    void filesAreWanted()
    {
        QFETCH(QString, type);
        QFETCH(QJsonObject, file);
        QFETCH(QString, name);
        const auto delivery =
            deliveryOf(callWithMessage({{u"type"_s, type}, {type, file}}), Number);
        QVERIFY(delivery);
        QVERIFY(delivery->items[0].content.text.startsWith(u"see"_s));
        QCOMPARE(delivery->files.size(), size_t(name.isEmpty() ? 0 : 1));
        if (!name.isEmpty())
            QCOMPARE(delivery->files[0], (vendor::WantedFile{0, name, u"77"_s, type}));
    }

    void answersAreData() // M68
    {
        const auto choice = [](const QString &kind, const QJsonObject &reply) {
            return only(callWithMessage(
                {{u"type"_s, u"interactive"_s},
                 {u"interactive"_s, QJsonObject{{u"type"_s, kind}, {kind, reply}}}}));
        };
        const InboundItem button =
            choice(u"button_reply"_s, {{u"id"_s, u"yes"_s}, {u"title"_s, u"Yes, please"_s}});
        QCOMPARE(rich(button).value(u"payload"_s).toString(), u"yes"_s);
        QCOMPARE(button.content.text, u"Yes, please"_s);
        const InboundItem row =
            choice(u"list_reply"_s, {{u"id"_s, u"#3"_s}, {u"title"_s, u"Third"_s}});
        QCOMPARE(rich(row).value(u"payload"_s).toString(), u"#3"_s);
        const InboundItem form = choice(
            u"nfm_reply"_s, {{u"response_json"_s, u"{\"name\":\"Ada\",\"flow_token\":\"x\"}"_s}});
        QCOMPARE(rich(form).value(u"values"_s)[u"name"].toString(), u"Ada"_s);
        QCOMPARE(form.content.text, u"name: Ada"_s);
        const InboundItem quick = only(callWithMessage(
            {{u"type"_s, u"button"_s},
             {u"button"_s, QJsonObject{{u"payload"_s, u"stop"_s}, {u"text"_s, u"Stop"_s}}}}));
        QCOMPARE(rich(quick).value(u"payload"_s).toString(), u"stop"_s);
    }

    void placesContactsAndOrdersAreReadable()
    {
        const InboundItem place =
            only(callWithMessage({{u"type"_s, u"location"_s},
                                  {u"location"_s, QJsonObject{{u"latitude"_s, 50.06},
                                                              {u"longitude"_s, 19.94},
                                                              {u"name"_s, u"Shop"_s},
                                                              {u"address"_s, u"Market 1"_s}}}}));
        QCOMPARE(rich(place).value(u"kind"_s).toString(), u"location"_s);
        QVERIFY(place.content.text.contains(u"Market 1"_s));
        const InboundItem contact = only(callWithMessage(
            {{u"type"_s, u"contacts"_s},
             {u"contacts"_s,
              QJsonArray{QJsonObject{
                  {u"name"_s, QJsonObject{{u"formatted_name"_s, u"Bob Example"_s}}},
                  {u"phones"_s, QJsonArray{QJsonObject{{u"phone"_s, u"+48600"_s}}}}}}}}));
        QCOMPARE(contact.content.text, u"Bob Example\n+48600"_s);
        const InboundItem order = only(callWithMessage(
            {{u"type"_s, u"order"_s},
             {u"order"_s, QJsonObject{{u"text"_s, u"please"_s},
                                      {u"product_items"_s,
                                       QJsonArray{QJsonObject{{u"product_retailer_id"_s, u"SKU1"_s},
                                                              {u"quantity"_s, 2},
                                                              {u"item_price"_s, 9.5},
                                                              {u"currency"_s, u"EUR"_s}}}}}}}));
        QCOMPARE(order.content.text, u"please\n2 x SKU1 (9.5 EUR)"_s);
    }

    void editsRevokesAndReactionsAreAboutTheirMessage()
    {
        const QJsonObject inner{{u"type"_s, u"text"_s},
                                {u"text"_s, QJsonObject{{u"body"_s, u"at six"_s}}}};
        const InboundItem edit =
            only(callWithMessage({{u"type"_s, u"edit"_s},
                                  {u"edit"_s, QJsonObject{{u"original_message_id"_s, u"wamid.0"_s},
                                                          {u"message"_s, inner}}}}));
        QCOMPARE(edit.kind, ItemKind::Edited);
        QCOMPARE(edit.receiptFor, u"wamid.0"_s);
        QCOMPARE(edit.content.text, u"at six"_s);
        QCOMPARE(edit.providerId, u"wamid.1"_s);
        const InboundItem revoke = only(callWithMessage(
            {{u"type"_s, u"revoke"_s},
             {u"revoke"_s, QJsonObject{{u"original_message_id"_s, u"wamid.0"_s}}}}));
        QCOMPARE(revoke.kind, ItemKind::Deleted);
        QCOMPARE(revoke.receiptFor, u"wamid.0"_s);
        const InboundItem reaction = only(callWithMessage(
            {{u"type"_s, u"reaction"_s},
             {u"reaction"_s, QJsonObject{{u"message_id"_s, u"wamid.0"_s}, {u"emoji"_s, u"♥"_s}}}}));
        QCOMPARE(reaction.kind, ItemKind::Reacted);
        QCOMPARE(reaction.content.text, u"♥"_s);
        const InboundItem takenBack =
            only(callWithMessage({{u"type"_s, u"reaction"_s},
                                  {u"reaction"_s, QJsonObject{{u"message_id"_s, u"wamid.0"_s}}}}));
        QCOMPARE(takenBack.kind, ItemKind::Reacted);
        QVERIFY(takenBack.content.text.isEmpty());
    }

    void fatesBecomeReceiptsOnce()
    {
        const QJsonArray statuses{
            QJsonObject{{u"id"_s, u"wamid.A"_s},
                        {u"status"_s, u"delivered"_s},
                        {u"biz_opaque_callback_data"_s, u"mark"_s}},
            QJsonObject{{u"id"_s, u"wamid.B"_s},
                        {u"status"_s, u"failed"_s},
                        {u"errors"_s, QJsonArray{QJsonObject{{u"code"_s, 131047}}}}},
            QJsonObject{{u"id"_s, u"wamid.C"_s}, {u"status"_s, u"warning"_s}},
            QJsonObject{{u"status"_s, u"read"_s}}};
        const auto delivery = deliveryOf(callOf({{u"statuses"_s, statuses}}), Number);
        QVERIFY(delivery);
        QCOMPARE(delivery->items.size(), size_t(2));
        QCOMPARE(delivery->items[0].receiptFor, u"wamid.A"_s);
        QCOMPARE(delivery->items[0].receiptState, MessageState::Delivered);
        QCOMPARE(delivery->items[0].providerId, u"wamid.A:delivered"_s);
        QCOMPARE(delivery->items[1].receiptState, MessageState::Failed);
        QVERIFY(delivery->items[1].receiptReason.contains(u"24 hours"_s));
        QCOMPARE(delivery->marks, (std::vector{StatusMark{u"mark"_s, u"wamid.A"_s}}));
    }

    void whatWasTypedIntoTheAppIsRecordedAsOutside()
    {
        const QJsonObject message{{u"id"_s, u"wamid.E"_s},
                                  {u"from"_s, u"48732145678"_s},
                                  {u"to"_s, u"48601234567"_s},
                                  {u"type"_s, u"text"_s},
                                  {u"text"_s, QJsonObject{{u"body"_s, u"from the shop"_s}}}};
        const auto delivery = deliveryOf(
            callOf({{u"message_echoes"_s, QJsonArray{message}}}, u"smb_message_echoes"_s), Number);
        QVERIFY(delivery);
        QCOMPARE(delivery->items.size(), size_t(1));
        const InboundItem &item = delivery->items[0];
        QVERIFY(item.isAutomatic);
        QCOMPARE(item.sender.value, u"+48601234567"_s); // whose conversation it is
        QVERIFY(item.senderName.isEmpty());
        QVERIFY(json::object(item.headers).value(u"outside"_s).toBool());
        QVERIFY(delivery->latest.empty());
    }

    void messagesOfAnotherNumberAreNamedNotTaken()
    {
        const auto delivery = deliveryOf(
            callOf({{u"messages"_s, QJsonArray{QJsonObject()}}}, u"messages"_s, u"999"_s), Number);
        QVERIFY(delivery);
        QVERIFY(delivery->items.empty());
        QCOMPARE(delivery->otherNumbers, QStringList{u"999"_s});
    }

    void whatIsUnknownIsVisible_data()
    {
        QTest::addColumn<QJsonObject>("message");
        QTest::newRow("a new type") << QJsonObject{{u"type"_s, u"hologram"_s}};
        QTest::newRow("no type") << QJsonObject();
        QTest::newRow("type of another kind") << QJsonObject{{u"type"_s, 7}};
        QTest::newRow("unsupported, says WhatsApp") << QJsonObject{{u"type"_s, u"unsupported"_s}};
        QTest::newRow("an edit of nothing") << QJsonObject{{u"type"_s, u"edit"_s}};
        QTest::newRow("a revoke of nothing") << QJsonObject{{u"type"_s, u"revoke"_s}};
        QTest::newRow("an edit of an edit") << QJsonObject{
            {u"type"_s, u"edit"_s},
            {u"edit"_s, QJsonObject{{u"original_message_id"_s, u"x"_s},
                                    {u"message"_s, QJsonObject{{u"type"_s, u"edit"_s}}}}}};
        QTest::newRow("no id, no sender") << QJsonObject{
            {u"id"_s, QJsonValue()}, {u"from"_s, QJsonArray()}, {u"type"_s, u"hologram"_s}};
    }
    void whatIsUnknownIsVisible()
    {
        QFETCH(QJsonObject, message);
        const InboundItem item = only(callWithMessage(message));
        QCOMPARE(item.kind, ItemKind::Message);
        QVERIFY(!item.providerId.isEmpty());
        QVERIFY(item.content.text.startsWith(u"[Unsupported message"_s));
        QVERIFY(json::object(item.headers).contains(u"raw"_s));
    }

    void hostileBodiesDoNoHarm_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<bool>("isCall");
        QTest::newRow("nothing") << QByteArray() << false;
        QTest::newRow("an array") << QByteArray("[]") << false;
        QTest::newRow("of Instagram")
            << QByteArray(R"({"object":"instagram","entry":[]})") << false;
        QTest::newRow("entry is a number")
            << QByteArray(R"({"object":"whatsapp_business_account","entry":5})") << true;
        QTest::newRow("changes of nulls")
            << QByteArray(
                   R"({"object":"whatsapp_business_account","entry":[null,{"changes":[null,{}]}]})")
            << true;
        QTest::newRow("too deep") << QByteArray(5000, '[') << false;
        QTest::newRow("cut off") << callWithMessage({}).chopped(20) << false;
    }
    void hostileBodiesDoNoHarm()
    {
        QFETCH(QByteArray, body);
        QTEST(bool(deliveryOf(body, Number)), "isCall");
    }

    void textsAreMadeSafe()
    {
        const QString bad = u"a"_s + QChar(0) + QChar(0xd800) + QChar(0x202e) + u"b"_s;
        const InboundItem item = only(
            callWithMessage({{u"type"_s, u"text"_s}, {u"text"_s, QJsonObject{{u"body"_s, bad}}}}));
        QVERIFY(!item.content.text.contains(QChar(0)));
        QVERIFY(item.content.text.endsWith(QChar(0x202c)));
    }

    void fiveThousandItemsASecond()
    {
        QByteArray call = callWithMessage(
            {{u"type"_s, u"text"_s}, {u"text"_s, QJsonObject{{u"body"_s, u"Good morning"_s}}}});
        QBENCHMARK
        {
            QVERIFY(deliveryOf(call, Number));
        }
    }
};

QTEST_APPLESS_MAIN(tst_WhatsAppParser)
#include "tst_whatsappparser.moc"
