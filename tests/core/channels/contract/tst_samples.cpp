// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/appstore/customerreviews.h"
#include "core/channels/byoc/byocitems.h"
#include "core/channels/discord/events.h"
#include "core/channels/google/reviews.h"
#include "core/channels/google/youtubecomments.h"
#include "core/channels/line/lineparser.h"
#include "core/channels/meta/comments.h"
#include "core/channels/meta/messaging.h"
#include "core/channels/slack/events.h"
#include "core/channels/telegram/updates.h"
#include "core/channels/twilio/twilioparser.h"
#include "core/channels/whatsapp/whatsappparser.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace peerdesk;
using namespace peerdesk::channels;
using namespace Qt::StringLiterals;

namespace {

QJsonObject object(const QByteArray &text)
{
    QJsonParseError wrong{};
    const QJsonDocument document = QJsonDocument::fromJson(text, &wrong);
    if (!document.isObject())
        qFatal("no JSON: %s in %s", qPrintable(wrong.errorString()), text.constData());
    return document.object();
}

/// An item in one line: what it is, what it says, what is fetched for it.
QStringList described(const std::vector<InboundItem> &items,
                      const std::vector<vendor::WantedFile> &files)
{
    QStringList lines;
    for (size_t i = 0; i < items.size(); ++i) {
        const InboundItem &item = items[i];
        QString line = enumName(item.kind);
        if (item.kind == ItemKind::Receipt)
            line += u' ' + enumName(item.receiptState);
        if (item.kind != ItemKind::Message)
            line += u" of "_s + item.receiptFor;
        if (!item.content.text.isEmpty())
            line += u": "_s + QString(item.content.text).replace(u'\n', u" / "_s);
        for (const vendor::WantedFile &file : files) {
            if (file.item == i)
                line += u" <"_s + file.name + u'>';
        }
        if (item.isAutomatic)
            line += u" (automatic)"_s;
        lines << line;
    }
    return lines;
}

using Reader = QStringList (*)(const QByteArray &);

QStringList fromTelegram(const QByteArray &message)
{
    const QByteArray update = R"({"update_id": 7, "message": {"message_id": 1, "date": 1790000000,
        "from": {"id": 42, "is_bot": false, "first_name": "Anna"},
        "chat": {"id": 42, "type": "private", "first_name": "Anna"}, )";
    const auto out = telegram::parse({object(update + message + "}}")}, {}, u"99"_s);
    return described(out.items, out.files);
}
QStringList telegramUpdate(const QByteArray &update)
{
    const auto out = telegram::parse({object("{\"update_id\": 7, " + update + "}")}, {}, u"99"_s);
    return described(out.items, out.files);
}
QStringList fromWhatsApp(const QByteArray &value)
{
    const QByteArray call =
        R"({"object": "whatsapp_business_account", "entry": [{"id": "W", "changes": [
        {"field": "messages", "value": {"messaging_product": "whatsapp",
         "metadata": {"display_phone_number": "48221112233", "phone_number_id": "N"},
         "contacts": [{"profile": {"name": "Anna"}, "wa_id": "48601234567"}], )";
    const auto out = whatsapp::deliveryOf(call + value + "}}]}]}", u"N"_s);
    return out ? described(out->items, out->files) : QStringList{out.error().detail};
}
QStringList whatsappMessage(const QByteArray &message)
{
    return fromWhatsApp(
        R"("messages": [{"from": "48601234567", "id": "wamid.A", "timestamp": "1790000000", )" +
        message + "}]");
}
/// What was filled in comes as a text of its own.
QStringList whatsappForm(const QByteArray &values)
{
    const QJsonObject reply{{u"name"_s, u"flow"_s},
                            {u"body"_s, u"Sent"_s},
                            {u"response_json"_s, QString::fromUtf8(values)}};
    const QJsonObject message{
        {u"from"_s, u"48601234567"_s},
        {u"id"_s, u"wamid.A"_s},
        {u"timestamp"_s, u"1790000000"_s},
        {u"type"_s, u"interactive"_s},
        {u"interactive"_s, QJsonObject{{u"type"_s, u"nfm_reply"_s}, {u"nfm_reply"_s, reply}}}};
    return fromWhatsApp("\"messages\": [" + QJsonDocument(message).toJson(QJsonDocument::Compact) +
                        "]");
}
QStringList metaCall(const QByteArray &entry, meta::Product product)
{
    const meta::Self self{product, u"PAGE"_s, u"shop"_s};
    const auto out = meta::parseWebhook(
        R"({"object": "page", "entry": [{"id": "PAGE", "time": 1790000000000, )" + entry + "}]}",
        self);
    return out ? described(out->items, out->files) : QStringList{out.error().detail};
}
QStringList fromMessenger(const QByteArray &event)
{
    return metaCall(R"("messaging": [{"sender": {"id": "P1"}, "recipient": {"id": "PAGE"},
        "timestamp": 1790000000000, )" +
                        event + "}]",
                    meta::Product::Messenger);
}
QStringList fromInstagram(const QByteArray &entry)
{
    return metaCall(entry, meta::Product::Instagram);
}
QStringList comments(const QByteArray &entry, meta::Product product)
{
    const meta::Self self{product, u"PAGE"_s, u"shop"_s};
    const auto out = meta::parseCommentHook(
        R"({"object": "page", "entry": [{"id": "PAGE", "time": 1790000000, )" + entry + "}]}",
        self);
    return out ? described(out->items, out->files) : QStringList{out.error().detail};
}
QStringList facebookComments(const QByteArray &value)
{
    return comments(R"("changes": [{"field": "feed", "value": )" + value + "}]",
                    meta::Product::Messenger);
}
QStringList instagramComments(const QByteArray &entry)
{
    return comments(entry, meta::Product::Instagram);
}
QStringList fromLine(const QByteArray &event)
{
    const auto out = line::deliveryOf(R"({"destination": "U0", "events": [{"mode": "active",
        "timestamp": 1790000000000, "webhookEventId": "E1", "deliveryContext": {"isRedelivery": false},
        "source": {"type": "user", "userId": "U1"}, )" +
                                      event + "}]}");
    return out ? described(out->items, out->files) : QStringList{out.error().detail};
}
QStringList fromSlack(const QByteArray &event)
{
    const auto out = slack::parse(u"events_api"_s, {{u"event"_s, object(event)}},
                                  {u"UBOT"_s, u"BBOT"_s, u"T1"_s});
    std::vector<vendor::WantedFile> files = out.files;
    return described(out.items, files);
}
QStringList slackInteractive(const QByteArray &payload)
{
    const auto out =
        slack::parse(u"interactive"_s, object(payload), {u"UBOT"_s, u"BBOT"_s, u"T1"_s});
    return described(out.items, out.files);
}
QStringList discordEvent(const QString &name, const QByteArray &data)
{
    const auto out = discord::parse(name, object(data), {u"999999999999999999"_s, {}, {}, u"t"_s});
    return described(out.items, out.files);
}
QStringList fromDiscord(const QByteArray &more)
{
    return discordEvent(u"MESSAGE_CREATE"_s, R"({"id": "334385199974967042",
        "channel_id": "290926798999357250", "timestamp": "2017-07-11T17:27:07.299000+00:00",
        "author": {"id": "53908099506183680", "username": "mason", "global_name": "Mason"}, )" +
                                                 more + "}");
}
QStringList discordInteraction(const QByteArray &more)
{
    return discordEvent(u"INTERACTION_CREATE"_s, R"({"id": "846462639134605312",
        "channel_id": "290926798999357250", "token": "T", "locale": "de",
        "user": {"id": "53908099506183680", "username": "mason"}, )" +
                                                     more + "}");
}
QStringList fromTwilio(const QByteArray &fields)
{
    const auto list = twilio::messageList(object(R"({"messages": [{
        "sid": "SM0123456789abcdef0123456789abcdef", "from": "+48601234567", "to": "+48221112233",
        "date_sent": "Fri, 24 May 2019 17:44:49 +0000", "date_created": "Fri, 24 May 2019 17:44:46 +0000",
        "error_code": null, "error_message": null, "num_segments": "1", )" +
                                                 fields + "}]}"));
    std::vector<InboundItem> items;
    for (const twilio::MessageRow &row : list->rows) {
        if (row.isInbound)
            items.push_back(twilio::itemOf(row, twilio::Medium::Sms, u"AC"_s));
        else if (const auto receipt = twilio::receiptOf(row))
            items.push_back(*receipt);
    }
    return described(items, {});
}
QStringList play(const QByteArray &reviews)
{
    return described(google::parseReviews(object(reviews), u"app"_s, {}).items, {});
}
QStringList appStore(const QByteArray &page)
{
    appstore::ReviewCursor cursor;
    return described(appstore::compare(appstore::parseCustomerReviews(object(page)).reviews,
                                       u"app"_s, {}, cursor),
                     {});
}
QStringList youtube(const QByteArray &page)
{
    google::YoutubeCursor cursor;
    return described(
        google::newComments(google::parseThreads(object(page), false), {}, u"OWN"_s, 20, cursor),
        {});
}
QStringList fromByoc(const QByteArray &body)
{
    const auto out = byoc::readInbound(body, u"S"_s, Time{1'790'000'000'000});
    return out ? described(out->page.items, {}) : QStringList{out.error().detail};
}

} // namespace

/// What vendors' documents show of their payloads, with people and words of ours: nothing of it is
/// lost, what is not known is visible.
class TestSamples : public QObject
{
    Q_OBJECT

    static void row(const char *name, Reader reader, const QByteArray &payload,
                    const QStringList &items)
    {
        QTest::newRow(name) << reader << payload << items;
    }
    static void columns()
    {
        QTest::addColumn<Reader>("reader");
        QTest::addColumn<QByteArray>("payload");
        QTest::addColumn<QStringList>("items");
    }
    static void check()
    {
        QFETCH(Reader, reader);
        QFETCH(QByteArray, payload);
        QFETCH(QStringList, items);
        QCOMPARE(reader(payload), items);
    }

private Q_SLOTS:
    /// M48. Source: Telegram Bot API 10.1.
    void telegramIsRead_data()
    {
        columns();
        row("text", fromTelegram, R"("text": "hello")", {u"message: hello"_s});
        row("checklist", fromTelegram,
            R"("checklist": {"title": "To bring", "tasks": [{"id": 1, "text": "Milk", "completion_date": 1790000000},
                {"id": 2, "text": "Bread"}]})",
            {u"message: To bring / ☑ Milk / ☐ Bread"_s});
        row("formatted message", fromTelegram,
            R"("rich_message": {"blocks": [{"type": "heading", "text": "Order", "size": 1},
                {"type": "paragraph", "text": ["Please ", {"type": "bold", "text": "today"}, ", see ",
                    {"type": "url", "text": "here", "url": "https:\/\/shop.example"}]},
                {"type": "list", "items": [{"label": "1.", "blocks": [{"type": "paragraph", "text": "Tea"}]}]},
                {"type": "table", "cells": [[{"text": "a"}, {"text": "b"}]]}]})",
            {u"message: Order / Please today, see here (https://shop.example) / 1. / Tea / a / b"_s});
        row("live photo", fromTelegram,
            R"("photo": [{"file_id": "s"}, {"file_id": "L"}], "live_photo": {"file_id": "v", "duration": 3})",
            {u"message <photo.jpg>"_s});
        row("button of the keyboard", fromTelegram,
            R"("web_app_data": {"data": "blue", "button_text": "Choose"})",
            {u"message: Choose: blue"_s});
        row("story", fromTelegram, R"("story": {"chat": {"id": 42}, "id": 3})",
            {u"message: [Unsupported message: story]"_s});
        row("paid media", fromTelegram, R"("paid_media": {"star_count": 5, "paid_media": []})",
            {u"message: [Unsupported message: paid_media]"_s});
        row("an update of a newer kind", telegramUpdate,
            R"("hologram": {"from": {"id": 42, "first_name": "Anna"}, "date": 1790000000})",
            {u"message: [Unsupported message: hologram] (automatic)"_s});
        row("a guest's message", telegramUpdate,
            R"("guest_message": {"message_id": 3, "from": {"id": 42, "first_name": "Anna"}, "date": 1790000000,
                "chat": {"id": 43, "type": "group"}, "text": "@bot hi"})",
            {u"message: [Unsupported message: guest_message] (automatic)"_s});
        row("membership of others", telegramUpdate, R"("chat_member": {"chat": {"id": 43}})", {});
        row("poll's state", telegramUpdate, R"("poll": {"id": "1", "question": "?"})", {});
        row("button", telegramUpdate,
            R"("callback_query": {"id": "c", "from": {"id": 42, "first_name": "Anna"}, "data": "yes",
                "message": {"message_id": 5, "chat": {"id": 42}, "reply_markup":
                    {"inline_keyboard": [[{"text": "Yes!", "callback_data": "yes"}]]}}})",
            {u"message: Yes!"_s});
    }
    void telegramIsRead() { check(); }

    /// M49. Source: WhatsApp Cloud API, "Webhooks", and the vendor's description of them.
    void whatsappIsRead_data()
    {
        columns();
        row("text with an advertisement", whatsappMessage,
            R"("type": "text", "text": {"body": "Is it there?"}, "referral": {"source_url": "https:\/\/fb.me/x",
                "source_type": "ad", "source_id": "1", "headline": "Chat", "body": "Summer"})",
            {u"message: Is it there?"_s});
        row("sticker", whatsappMessage,
            R"("type": "sticker", "sticker": {"id": "9", "mime_type": "image/webp", "animated": true})",
            {u"message <sticker.webp>"_s});
        row("contact", whatsappMessage,
            R"("type": "contacts", "contacts": [{"name": {"formatted_name": "Lucja G", "first_name": "Lucja"},
                "org": {"company": "Shop"}, "phones": [{"phone": "+1 (983) 555-2319", "wa_id": "19835552319", "type": "MOBILE"}]}])",
            {u"message: Lucja G / +1 (983) 555-2319"_s});
        row("place", whatsappMessage,
            R"("type": "location", "location": {"address": "Forest Ave", "latitude": 37.4, "longitude": -122.2, "name": "Coffee"})",
            {u"message: Forest Ave / Coffee / https://www.openstreetmap.org/?mlat=37.400000&mlon=-122.200000"_s});
        row("not passed on", whatsappMessage,
            R"("type": "unsupported", "errors": [{"code": 131051, "title": "Message type unknown"}])",
            {u"message: [Unsupported message: unsupported]"_s});
        row("button of a template", whatsappMessage,
            R"("type": "button", "context": {"from": "48221112233", "id": "wamid.B"}, "button": {"payload": "p", "text": "Unsubscribe"})",
            {u"message: Unsubscribe"_s});
        row("row of a list", whatsappMessage,
            R"("type": "interactive", "interactive": {"type": "list_reply", "list_reply": {"id": "x", "title": "Express", "description": "1 day"}})",
            {u"message: Express"_s});
        row("filled in", whatsappForm,
            R"({"flow_token": "t", "day": "Monday", "guests": 3, "meals": ["soup", "cake"], "agreed": true})",
            {u"message: agreed: true / day: Monday / guests: 3 / meals: soup, cake"_s});
        row("address filled in", whatsappForm, R"({"values": {"city": "Gdynia", "name": "Anna"}})",
            {u"message: city: Gdynia / name: Anna"_s});
        row("filled in with nothing", whatsappForm, R"({"flow_token": "t"})", {u"message: Sent"_s});
        row("a newer answer", whatsappMessage,
            R"("type": "interactive", "interactive": {"type": "call_permission_reply", "call_permission_reply": {"response": "accept"}})",
            {u"message: [Unsupported message: interactive call_permission_reply]"_s});
        row("order", whatsappMessage,
            R"("type": "order", "order": {"catalog_id": "1", "text": "", "product_items": [{"product_retailer_id": "di9", "quantity": 2, "item_price": 30, "currency": "USD"}]})",
            {u"message: 2 x di9 (30 USD)"_s});
        row("order of nothing", whatsappMessage, R"("type": "order", "order": {"catalog_id": "1"})",
            {u"message: [Unsupported message: order]"_s});
        row("text without words", whatsappMessage, R"("type": "text")",
            {u"message: [Unsupported message: text]"_s});
        row("another number", whatsappMessage,
            R"("type": "system", "system": {"body": "Anna changed from 1 to 2", "wa_id": "2", "type": "user_changed_number"})",
            {u"message: Anna changed from 1 to 2 (automatic)"_s});
        row("another number without words", whatsappMessage,
            R"("type": "system", "system": {"type": "customer_identity_changed"})",
            {u"message: [Unsupported message: system customer_identity_changed] (automatic)"_s});
        row("reaction taken back", whatsappMessage,
            R"("type": "reaction", "reaction": {"message_id": "wamid.B"})",
            {u"reacted of wamid.B"_s});
        row("first contact", whatsappMessage, R"("type": "request_welcome")",
            {u"message: [Unsupported message: request_welcome]"_s});
        row("statuses", fromWhatsApp,
            R"("statuses": [{"id": "wamid.B", "status": "sent", "timestamp": "1790000000", "recipient_id": "48601234567",
                  "conversation": {"id": "c", "origin": {"type": "service"}}, "pricing": {"billable": true, "category": "service"}},
                {"id": "wamid.B", "status": "read", "timestamp": "1790000001", "recipient_id": "48601234567"},
                {"id": "wamid.C", "status": "failed", "timestamp": "1790000002", "errors": [{"code": 131047, "title": "Re-engagement message"}]}])",
            {u"receipt sent of wamid.B"_s, u"receipt read of wamid.B"_s,
             u"receipt failed of wamid.C"_s});
    }
    void whatsappIsRead() { check(); }

    /// M36, M40. Source: Messenger Platform, "Webhook Events"; Instagram Platform, "Webhooks".
    void messengerAndInstagramAreRead_data()
    {
        columns();
        row("text", fromMessenger, R"("message": {"mid": "m1", "text": "hello"})",
            {u"message: hello"_s});
        row("quick reply", fromMessenger,
            R"("message": {"mid": "m1", "text": "Red", "quick_reply": {"payload": "red"}})",
            {u"message: Red"_s});
        row("picture", fromMessenger,
            R"("message": {"mid": "m1", "attachments": [{"type": "image", "payload": {"url": "https:\/\/cdn.example/1", "sticker_id": 3}}]})",
            {u"message <image>"_s});
        row("link", fromMessenger,
            R"("message": {"mid": "m1", "text": "look", "attachments": [{"type": "fallback", "title": "Site",
                "payload": {"url": "https:\/\/a.example", "title": "Site"}}]})",
            {u"message: look / [Link] Site https://a.example"_s});
        row("from an advertisement", fromMessenger,
            R"("message": {"mid": "m1", "text": "hi", "referral": {"ref": "r", "ad_id": "1", "source": "ADS", "type": "OPEN_THREAD"}})",
            {u"message: hi"_s});
        row("postback", fromMessenger,
            R"("postback": {"mid": "m2", "title": "Start", "payload": "GO", "referral": {"ref": "r", "source": "SHORTLINK", "type": "OPEN_THREAD"}})",
            {u"message: Start"_s});
        row("referral", fromMessenger,
            R"("referral": {"ref": "shop", "source": "SHORTLINK", "type": "OPEN_THREAD"})",
            {u"message: [Opened the chat from: SHORTLINK shop] (automatic)"_s});
        row("opt-in", fromMessenger,
            R"("optin": {"type": "notification_messages", "payload": "x"})",
            {u"message: [Unsupported message: optin] (automatic)"_s});
        row("feedback", fromMessenger,
            R"("response_feedback": {"feedback": "Good bot", "mid": "m1"})",
            {u"message: [Unsupported message: response_feedback] (automatic)"_s});
        row("edited", fromMessenger,
            R"("message_edit": {"mid": "m1", "text": "helo", "num_edit": 1})",
            {u"edited of m1: helo"_s});
        row("reaction", fromMessenger,
            R"("reaction": {"mid": "m1", "action": "react", "reaction": "love", "emoji": "❤"})",
            {u"reacted of m1: ❤"_s});
        row("delivered", fromMessenger,
            R"("delivery": {"mids": ["m9"], "watermark": 1790000000000})",
            {u"receipt delivered of m9"_s});
        row("thread handed over", fromMessenger,
            R"("pass_thread_control": {"new_owner_app_id": "1"})", {});
        row("unsent", fromInstagram,
            R"("messaging": [{"sender": {"id": "I1"}, "recipient": {"id": "PAGE"}, "timestamp": 1790000000000,
                "message": {"mid": "m1", "is_deleted": true}}])",
            {u"deleted of m1"_s});
        row("answer to a story", fromInstagram,
            R"("messaging": [{"sender": {"id": "I1"}, "recipient": {"id": "PAGE"}, "timestamp": 1790000000000,
                "message": {"mid": "m1", "text": "nice", "reply_to": {"story": {"id": "1", "url": "https:\/\/cdn.example/s"}}}}])",
            {u"message: [Reply to your story] / nice <story>"_s});
        row("reel", fromInstagram,
            R"("messaging": [{"sender": {"id": "I1"}, "recipient": {"id": "PAGE"}, "timestamp": 1790000000000,
                "message": {"mid": "m1", "attachments": [{"type": "ig_reel", "payload": {"reel_video_id": "1", "title": "Cats", "url": "https:\/\/cdn.example/r"}}]}}])",
            {u"message: [Shared a reel] Cats https://cdn.example/r"_s});
        row("not passed on", fromInstagram,
            R"("messaging": [{"sender": {"id": "I1"}, "recipient": {"id": "PAGE"}, "timestamp": 1790000000000,
                "message": {"mid": "m1", "is_unsupported": true}}])",
            {u"message: [Unsupported message: Meta does not pass it on. See it in its app.]"_s});
        row("a change of a field", fromInstagram,
            R"("changes": [{"field": "messages", "value": {"sender": {"id": "I1"}, "recipient": {"id": "PAGE"},
                "timestamp": "1790000000", "message": {"mid": "m1", "text": "hello"}}}])",
            {u"message: hello"_s});
        row("a field alone", fromInstagram,
            R"("field": "messaging_seen", "value": {"sender": {"id": "I1"}, "recipient": {"id": "PAGE"},
                "timestamp": 1790000000000, "read": {"mid": "m9"}})",
            {u"receipt read of m9"_s});
    }
    void messengerAndInstagramAreRead() { check(); }

    /// M35, M39. Source: Graph API, "Webhooks reference": Page, feed; Instagram, comments.
    void commentsAreRead_data()
    {
        columns();
        row("comment", facebookComments,
            R"({"item": "comment", "verb": "add", "comment_id": "1_2", "post_id": "P_1", "parent_id": "P_1", "created_time": 1790000000,
                "message": "When do you open?", "from": {"id": "7", "name": "Anna"}, "post": {"permalink_url": "https:\/\/fb.example/1"}})",
            {u"message: When do you open?"_s});
        row("picture only", facebookComments,
            R"({"item": "comment", "verb": "add", "comment_id": "1_2", "post_id": "P_1", "parent_id": "P_1", "created_time": 1790000000,
                "photo": "https:\/\/cdn.example/p", "from": {"id": "7", "name": "Anna"}})",
            {u"message <picture>"_s});
        row("edited", facebookComments,
            R"({"item": "comment", "verb": "edited", "comment_id": "1_2", "post_id": "P_1", "parent_id": "P_1", "message": "now", "from": {"id": "7"}})",
            {u"edited of 1_2: now"_s});
        row("removed", facebookComments,
            R"({"item": "comment", "verb": "remove", "comment_id": "1_2", "post_id": "P_1", "parent_id": "P_1", "from": {"id": "7"}})",
            {u"deleted of 1_2"_s});
        row("like", facebookComments, R"({"item": "like", "verb": "add", "post_id": "P_1"})", {});
        row("instagram", instagramComments,
            R"("changes": [{"field": "comments", "value": {"id": "11", "text": "How much?", "from": {"id": "7", "username": "anna"},
                "media": {"id": "5", "media_product_type": "FEED"}}}])",
            {u"message: How much?"_s});
        row("instagram, a field alone", instagramComments,
            R"("field": "live_comments", "value": {"id": "11", "text": "Hi", "from": {"id": "7", "username": "anna"}, "media": {"id": "5"}})",
            {u"message: Hi"_s});
        row("mentioned elsewhere", instagramComments,
            R"("changes": [{"field": "mentions", "value": {"media_id": "5", "comment_id": "12"}}])",
            {u"message: [Mentioned you in a comment or post: see it in Instagram]"_s});
    }
    void commentsAreRead() { check(); }

    /// M47. Source: LINE Messaging API, "Webhook Event Objects", and the vendor's description.
    void lineIsRead_data()
    {
        columns();
        row("text", fromLine,
            R"("type": "message", "replyToken": "r", "message": {"type": "text", "id": "1", "quoteToken": "q", "text": "@All Good (love)!",
                "emojis": [{"index": 10, "length": 6, "productId": "p", "emojiId": "1"}], "mention": {"mentionees": [{"index": 0, "length": 4, "type": "all"}]}})",
            {u"message: @All Good (love)!"_s});
        row("picture of several", fromLine,
            R"("type": "message", "message": {"type": "image", "id": "2", "contentProvider": {"type": "line"}, "imageSet": {"id": "s", "index": 1, "total": 2}})",
            {u"message <image.jpg>"_s});
        row("file", fromLine,
            R"("type": "message", "message": {"type": "file", "id": "3", "fileName": "file.txt", "fileSize": 2138})",
            {u"message <file.txt>"_s});
        row("elsewhere", fromLine,
            R"("type": "message", "message": {"type": "video", "id": "4", "duration": 1000, "contentProvider": {"type": "external", "originalContentUrl": "https:\/\/a.example/v"}})",
            {u"message: https://a.example/v"_s});
        row("sticker", fromLine,
            R"("type": "message", "message": {"type": "sticker", "id": "5", "packageId": "1", "stickerId": "2", "stickerResourceType": "STATIC", "keywords": ["cony", "sally"]})",
            {u"message: [Sticker: cony, sally]"_s});
        row("place", fromLine,
            R"("type": "message", "message": {"type": "location", "id": "6", "title": "office", "address": "Tokyo 1-3", "latitude": 35.67, "longitude": 139.73})",
            {u"message: Tokyo 1-3 / office / https://www.openstreetmap.org/?mlat=35.670000&mlon=139.730000"_s});
        row("newer", fromLine, R"("type": "message", "message": {"type": "hologram", "id": "7"})",
            {u"message: [Unsupported message: hologram]"_s});
        row("a newer event", fromLine, R"("type": "hologram")",
            {u"message: [Unsupported message: hologram]"_s});
        row("unsent", fromLine, R"("type": "unsend", "unsend": {"messageId": "1"})",
            {u"deleted of 1"_s});
        row("follows", fromLine,
            R"("type": "follow", "replyToken": "r", "follow": {"isUnblocked": false})",
            {u"message: [Has added you as a friend] (automatic)"_s});
        row("picked time", fromLine,
            R"("type": "postback", "replyToken": "r", "postback": {"data": "storeId=1", "params": {"datetime": "2026-12-25T01:00"}})",
            {u"message: 2026-12-25 01:00"_s});
        row("rich menu", fromLine,
            R"("type": "postback", "postback": {"data": "menu", "params": {"newRichMenuAliasId": "b", "status": "SUCCESS"}})",
            {u"message: menu"_s});
        row("beacon", fromLine,
            R"("type": "beacon", "beacon": {"hwid": "d41d8cd98f", "type": "enter"})", {});
    }
    void lineIsRead() { check(); }

    /// M53. Source: Slack, "Events API" (message and its subtypes), "Block Kit", "Interaction
    /// payloads".
    void slackIsRead_data()
    {
        columns();
        row("said", fromSlack,
            R"({"type": "message", "channel": "D1", "user": "U2", "text": "Hello <https:\/\/a.example|here> &amp; <@U3>", "ts": "1790000000.000100", "channel_type": "im",
                "blocks": [{"type": "rich_text", "elements": []}]})",
            {u"message: Hello here (https://a.example) & @U3"_s});
        row("a program's blocks", fromSlack,
            R"({"type": "message", "subtype": "bot_message", "channel": "C1", "bot_id": "B2", "text": "", "ts": "1790000000.000100",
                "blocks": [{"type": "header", "text": {"type": "plain_text", "text": "Alarm"}},
                  {"type": "section", "text": {"type": "mrkdwn", "text": "*Door* open"}, "fields": [{"type": "mrkdwn", "text": "Hall 2"}]},
                  {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "call "},
                    {"type": "user", "user_id": "U3"}, {"type": "emoji", "name": "+1"}]}]}]})",
            {u"message: Alarm / *Door* open / Hall 2 / call @U3👍 (automatic)"_s});
        row("a program's attachment", fromSlack,
            R"({"type": "message", "subtype": "bot_message", "channel": "C1", "bot_id": "B2", "text": "", "ts": "1790000000.000100",
                "attachments": [{"pretext": "New ticket", "title": "Broken", "text": "It does not start"}]})",
            {u"message: New ticket / Broken / It does not start (automatic)"_s});
        row("file", fromSlack,
            R"({"type": "message", "subtype": "file_share", "channel": "D1", "user": "U2", "text": "see", "ts": "1790000000.000100",
                "files": [{"id": "F1", "name": "tedair.gif", "url_private_download": "https:\/\/files.slack.com/f", "size": 100}]})",
            {u"message: see <tedair.gif>"_s});
        row("edited", fromSlack,
            R"({"type": "message", "subtype": "message_changed", "hidden": true, "channel": "D1", "ts": "1790000001.000001",
                "message": {"type": "message", "user": "U2", "text": "Hello, world!", "ts": "1790000000.000100", "edited": {"user": "U2", "ts": "1790000001.000001"}}})",
            {u"edited of D1:1790000000.000100: Hello, world!"_s});
        row("deleted", fromSlack,
            R"({"type": "message", "subtype": "message_deleted", "hidden": true, "channel": "D1", "ts": "1790000001.000001", "deleted_ts": "1790000000.000100"})",
            {u"deleted of D1:1790000000.000100"_s});
        row("called", fromSlack,
            R"({"type": "app_mention", "user": "U2", "text": "<@UBOT> is it open?", "ts": "1790000000.000100", "channel": "C1", "event_ts": "1790000000.000100"})",
            {u"message: is it open?"_s});
        row("reaction", fromSlack,
            R"({"type": "reaction_added", "user": "U2", "reaction": "thumbsup", "item_user": "UBOT", "item": {"type": "message", "channel": "D1", "ts": "1790000000.000100"}, "event_ts": "1790000002.000100"})",
            {u"reacted of D1:1790000000.000100: 👍"_s});
        row("of a newer kind", fromSlack,
            R"({"type": "message", "subtype": "hologram", "channel": "D1", "user": "U2", "ts": "1790000000.000100"})",
            {u"message: [Unsupported message: hologram]"_s});
        row("button", slackInteractive,
            R"({"type": "block_actions", "user": {"id": "U2", "name": "anna"}, "channel": {"id": "D1"}, "container": {"type": "message", "message_ts": "1790000000.000100", "channel_id": "D1"},
                "message": {"ts": "1790000000.000100", "text": "?"}, "actions": [{"action_id": "o:1", "block_id": "b", "type": "button", "value": "yes",
                "text": {"type": "plain_text", "text": "Yes"}, "action_ts": "1790000001.5"}]})",
            {u"message: Yes"_s});
    }
    void slackIsRead() { check(); }

    /// M60. Source: Discord, "Message Resource", "Interactions".
    void discordIsRead_data()
    {
        columns();
        row("said", fromDiscord,
            R"("type": 0, "content": "Supper at 7?", "mentions": [], "attachments": [])",
            {u"message: Supper at 7?"_s});
        row("sticker and file", fromDiscord,
            R"("type": 0, "content": "", "sticker_items": [{"id": "1", "name": "Wave", "format_type": 1}],
                "attachments": [{"id": "1", "filename": "a.png", "url": "https:\/\/cdn.discordapp.com/a.png", "size": 10}])",
            {u"message: [Sticker: Wave] <a.png>"_s});
        row("passed on", fromDiscord,
            R"("type": 0, "content": "", "message_reference": {"type": 1, "message_id": "334385199974967041"},
                "message_snapshots": [{"message": {"type": 0, "content": "from there", "attachments": []}}])",
            {u"message: from there"_s});
        row("a program's embeds", fromDiscord,
            R"("type": 0, "content": "", "webhook_id": "1", "embeds": [{"title": "Build", "description": "failed",
                "fields": [{"name": "Branch", "value": "main"}]}])",
            {u"message: Build / failed / Branch: main (automatic)"_s});
        row("poll", fromDiscord,
            R"("type": 0, "content": "", "poll": {"question": {"text": "Tea?"}, "answers": [{"answer_id": 1, "poll_media": {"text": "Yes"}}]})",
            {u"message: Poll: Tea? / • Yes"_s});
        row("of a newer kind", fromDiscord, R"("type": 46, "content": "")",
            {u"message: [Unsupported message: Discord 46]"_s});
        row("button", discordInteraction,
            R"("type": 3, "message": {"id": "334385199974967042", "components": [{"type": 1, "components": [{"type": 2, "label": "Yes", "custom_id": "o:yes"}]}]},
                "data": {"component_type": 2, "custom_id": "o:yes"})",
            {u"message: Yes"_s});
        row("form", discordInteraction,
            R"("type": 5, "data": {"custom_id": "m:334385199974967042", "components": [
                {"type": 18, "component": {"type": 4, "custom_id": "name", "value": "Anna"}},
                {"type": 18, "component": {"type": 3, "custom_id": "meal", "values": ["soup", "cake"]}}]})",
            {u"message: meal: soup, cake / name: Anna"_s});
        row("command of a group", discordInteraction,
            R"("type": 2, "data": {"id": "1", "name": "order", "type": 1, "options": [{"type": 1, "name": "status", "options": [{"type": 3, "name": "number", "value": "17"}]}]})",
            {u"message: /order status 17"_s});
    }
    void discordIsRead() { check(); }

    /// M58. Source: Twilio, "Messages" resource, and the vendor's description of it.
    void twilioIsRead_data()
    {
        columns();
        row("text", fromTwilio,
            R"("direction": "inbound", "status": "received", "body": "look", "num_media": "0")",
            {u"message: look"_s});
        row("nothing said", fromTwilio,
            R"("direction": "inbound", "status": "received", "body": "", "num_media": "0")",
            {u"message: [Unsupported message: no text]"_s});
        row("wants no more", fromTwilio,
            R"("direction": "inbound", "status": "received", "body": "Stop", "num_media": "0")",
            {u"message: Stop (automatic)"_s});
        row("delivered", fromTwilio,
            R"("direction": "outbound-api", "status": "delivered", "body": "b", "num_media": "0")",
            {u"receipt delivered of SM0123456789abcdef0123456789abcdef"_s});
        row("undelivered", fromTwilio,
            R"("direction": "outbound-api", "status": "undelivered", "error_code": 30004, "body": "b", "num_media": "0")",
            {u"receipt failed of SM0123456789abcdef0123456789abcdef"_s});
    }
    void twilioIsRead() { check(); }

    /// M42, M44, M46. Source: Google Play Developer API, "reviews"; App Store Connect API,
    /// "Customer Reviews"; YouTube Data API, "commentThreads".
    void reviewsAreRead_data()
    {
        columns();
        row("play", play,
            R"({"reviews": [{"reviewId": "r1", "authorName": "Anna", "comments": [{"userComment": {"text": "\tWorks well", "lastModified": {"seconds": "1790000000", "nanos": 5},
                "starRating": 4, "reviewerLanguage": "pl", "device": "trltechn", "androidOsVersion": 28, "appVersionCode": 7, "appVersionName": "1.2",
                "deviceMetadata": {"productName": "Galaxy Note"}}}]}]})",
            {u"message: ★★★★☆ / Works well / [Version 1.2 (7), Galaxy Note, Android API 28, pl]"_s});
        row("play, with an answer", play,
            R"({"reviews": [{"reviewId": "r1", "comments": [{"userComment": {"text": "Bad", "lastModified": {"seconds": 1790000000}, "starRating": 1}},
                {"developerComment": {"text": "Sorry", "lastModified": {"seconds": "1790000100"}}}]}]})",
            {u"message: ★☆☆☆☆ / Bad"_s, u"message: Sorry (automatic)"_s});
        row("app store", appStore,
            R"({"data": [{"type": "customerReviews", "id": "a1", "attributes": {"rating": 5, "title": "Great", "body": "Use it daily",
                "reviewerNickname": "anna", "createdDate": "2026-11-20T02:00:00-08:00", "territory": "USA"},
                "relationships": {"response": {"data": {"type": "customerReviewResponses", "id": "b1"}}}}],
               "included": [{"type": "customerReviewResponses", "id": "b1", "attributes": {"responseBody": "Thanks",
                "lastModifiedDate": "2026-11-20T05:00:00-08:00", "state": "PENDING_PUBLISH"}}], "links": {"self": "x"}})",
            {u"message: ★★★★★ / Great / Use it daily / [USA]"_s, u"message: Thanks (automatic)"_s});
        row("youtube", youtube,
            R"({"items": [{"kind": "youtube#commentThread", "id": "t1", "snippet": {"channelId": "OWN", "videoId": "v1", "topLevelComment":
                {"kind": "youtube#comment", "id": "t1", "snippet": {"textDisplay": "Great video", "authorDisplayName": "@anna", "authorChannelId": {"value": "UC1"},
                 "publishedAt": "2026-11-20T10:00:00Z", "updatedAt": "2026-11-20T10:00:00Z", "likeCount": 1}}, "totalReplyCount": 1},
                "replies": {"comments": [{"id": "t1.r1", "snippet": {"textDisplay": "Yes", "authorChannelId": {"value": "UC2"}, "parentId": "t1", "publishedAt": "2026-11-20T11:00:00Z"}}]}}]})",
            {u"message: Great video"_s, u"message: Yes"_s});
    }
    void reviewsAreRead() { check(); }

    /// M55. Source: core/channels/byoc/README.md.
    void ownChannelsAreRead_data()
    {
        columns();
        row("several", fromByoc,
            R"({"messages": [{"id": "1", "from": {"id": "a"}, "text": "hello"},
                {"id": "2", "kind": "deleted", "about": "1", "from": {"id": "a"}},
                {"id": "3", "kind": "reacted", "about": "1", "emoji": "👍", "from": {"id": "a"}},
                {"id": "4", "kind": "receipt", "about": "x", "state": "read", "from": {"id": "a"}}]})",
            {u"message: hello"_s, u"deleted of 1"_s, u"reacted of 1: 👍"_s, u"receipt read of x"_s});
    }
    void ownChannelsAreRead() { check(); }
};

QTEST_APPLESS_MAIN(TestSamples)
#include "tst_samples.moc"
