// SPDX-License-Identifier: GPL-3.0-or-later
// Reading what providers send, up to the item that is committed, and checking their signatures over
// raw bytes; processor time of one thread. JSON on standard output.
// Usage: bench_channels [items per round] [rounds]
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
#include "core/channels/vendor/signature.h"
#include "core/channels/whatsapp/whatsappparser.h"
#include "tests/bench/figures.h"

#include <QJsonArray>

#include <ctime>
#include <functional>

using namespace peerdesk;
using namespace peerdesk::channels;
using namespace Qt::StringLiterals;

namespace {

constexpr auto Sentence =
    "Dzień dobry, my parcel <b>48</b> & the \\\"blue\\\" lamp have not arrived 👋";
constexpr int EntriesPerCall = 50; ///< as providers' pages and calls have under load

double processorSeconds()
{
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return double(now.tv_sec) + double(now.tv_nsec) / 1e9;
}

/// Bytes as they come in, and how many items they became.
struct Case
{
    QByteArray before;
    QByteArray entry; ///< "%N" is its number, "%T" the sentence
    QByteArray after;
    int entriesPerCall = EntriesPerCall;
    std::function<size_t(const QByteArray &)> read;
};

QJsonObject object(const QByteArray &bytes)
{
    return QJsonDocument::fromJson(bytes).object();
}

std::map<QString, Case> messengers()
{
    std::map<QString, Case> all;
    all[u"telegram"_s] = {
        R"({"ok": true, "result": [)",
        R"({"update_id": %N, "message": {"message_id": %N, "date": 1790000000, "text": "%T",
            "from": {"id": 4200%N, "is_bot": false, "first_name": "Anna", "language_code": "pl"},
            "chat": {"id": 4200%N, "type": "private", "first_name": "Anna"}}})",
        "]}", EntriesPerCall, [](const QByteArray &bytes) {
            return telegram::parse(object(bytes).value(u"result"_s).toArray(), {}, u"1"_s)
                .items.size();
        }};
    all[u"discord"_s] = {{},
                         R"({"t": "MESSAGE_CREATE", "s": %N, "op": 0, "d": {"id": "33438519997%N",
            "channel_id": "290926798999357250", "type": 0, "content": "%T", "timestamp": "2026-11-20T10:00:00+00:00",
            "author": {"id": "53908099506183680", "username": "mason", "global_name": "Mason"},
            "attachments": [], "embeds": [], "mentions": []}})",
                         {},
                         1,
                         [](const QByteArray &bytes) {
                             const QJsonObject frame = object(bytes);
                             return discord::parse(frame.value(u"t"_s).toString(),
                                                   frame.value(u"d"_s).toObject(), {})
                                 .items.size();
                         }};
    all[u"slack"_s] = {
        {},
        R"({"envelope_id": "e%N", "type": "events_api", "payload": {"event": {"type": "message",
            "channel": "D1", "user": "U2", "text": "%T", "ts": "179000%N.000100", "channel_type": "im"}}})",
        {},
        1,
        [](const QByteArray &bytes) {
            const QJsonObject frame = object(bytes);
            return slack::parse(frame.value(u"type"_s).toString(),
                                frame.value(u"payload"_s).toObject(), {})
                .items.size();
        }};
    all[u"line"_s] = {
        R"({"destination": "U0", "events": [)",
        R"({"type": "message", "mode": "active", "timestamp": 1790000000000, "webhookEventId": "E%N", "replyToken": "r",
            "deliveryContext": {"isRedelivery": false}, "source": {"type": "user", "userId": "U1"},
            "message": {"type": "text", "id": "%N", "quoteToken": "q", "text": "%T"}})",
        "]}", EntriesPerCall,
        [](const QByteArray &bytes) { return line::deliveryOf(bytes)->items.size(); }};
    return all;
}

std::map<QString, Case> phoneMessengers()
{
    std::map<QString, Case> all;
    all[u"whatsapp"_s] = {
        R"({"object": "whatsapp_business_account", "entry": [{"id": "W", "changes": [{"field": "messages", "value":
            {"metadata": {"phone_number_id": "N"}, "contacts": [{"profile": {"name": "Anna"}, "wa_id": "48601234567"}],
            "messages": [)",
        R"({"from": "48601234567", "id": "wamid.%N", "timestamp": "1790000000", "type": "text", "text": {"body": "%T"}})",
        "]}}]}]}", EntriesPerCall,
        [](const QByteArray &bytes) { return whatsapp::deliveryOf(bytes, u"N"_s)->items.size(); }};
    all[u"sms"_s] = {
        R"({"messages": [)",
        R"({"sid": "SM0123456789abcdef0123456789ab%N", "from": "+48601234567", "to": "+48221112233", "body": "%T",
            "direction": "inbound", "status": "received", "num_media": "0", "error_code": null,
            "date_sent": "Fri, 24 May 2019 17:44:49 +0000", "date_updated": "Fri, 24 May 2019 17:44:49 +0000"})",
        "]}", EntriesPerCall, [](const QByteArray &bytes) {
            size_t count = 0;
            const auto list = twilio::messageList(object(bytes));
            for (const twilio::MessageRow &row : list->rows)
                count += twilio::itemOf(row, twilio::Medium::Sms, {}).kind == ItemKind::Message;
            return count;
        }};
    for (const auto &[name, product] : {std::pair(u"messenger"_s, meta::Product::Messenger),
                                        std::pair(u"instagram"_s, meta::Product::Instagram)}) {
        all[name] = {
            R"({"object": "page", "entry": [{"id": "P", "time": 1790000000000, "messaging": [)",
            R"({"sender": {"id": "77%N"}, "recipient": {"id": "P"}, "timestamp": 1790000000000,
            "message": {"mid": "m%N", "text": "%T"}})",
            "]}]}", EntriesPerCall, [product = product](const QByteArray &bytes) {
                return meta::parseWebhook(bytes, {product, u"P"_s, {}})->items.size();
            }};
    }
    all[u"byoc"_s] = {R"({"messages": [)",
                      R"({"id": "%N", "from": {"id": "a%N", "name": "Anna"}, "text": "%T"})", "]}",
                      EntriesPerCall, [](const QByteArray &bytes) {
                          return byoc::readInbound(bytes, u"S"_s, Time{1})->page.items.size();
                      }};
    return all;
}

std::map<QString, Case> publicPlaces()
{
    std::map<QString, Case> all;
    for (const auto &[name, product] :
         {std::pair(u"facebook_comments"_s, meta::Product::Messenger),
          std::pair(u"instagram_comments"_s, meta::Product::Instagram)}) {
        const bool isPage = product == meta::Product::Messenger;
        all[name] = {
            R"({"object": "page", "entry": [{"id": "P", "time": 1790000000, "changes": [)",
            isPage
                ? R"({"field": "feed", "value": {"item": "comment", "verb": "add", "comment_id": "1_%N", "post_id": "P_1",
                "parent_id": "P_1", "created_time": 1790000000, "message": "%T", "from": {"id": "7%N", "name": "Anna"}}})"
                : R"({"field": "comments", "value": {"id": "1%N", "text": "%T", "from": {"id": "7%N", "username": "anna"},
                "media": {"id": "5"}}})",
            "]}]}", EntriesPerCall, [product = product](const QByteArray &bytes) {
                return meta::parseCommentHook(bytes, {product, u"P"_s, {}})->items.size();
            }};
    }
    all[u"google_play"_s] = {
        R"({"reviews": [)",
        R"({"reviewId": "r%N", "authorName": "Anna", "comments": [{"userComment": {"text": "\t%T", "starRating": 4,
            "lastModified": {"seconds": "1790000000"}, "reviewerLanguage": "pl", "androidOsVersion": 28,
            "appVersionCode": 7, "appVersionName": "1.2", "deviceMetadata": {"productName": "Phone"}}}]})",
        "]}", EntriesPerCall, [](const QByteArray &bytes) {
            return google::parseReviews(object(bytes), u"app"_s, {}).items.size();
        }};
    all[u"app_store"_s] = {
        R"({"data": [)",
        R"({"type": "customerReviews", "id": "a%N", "attributes": {"rating": 5, "title": "Good", "body": "%T",
            "reviewerNickname": "anna", "createdDate": "2026-11-20T02:00:00-08:00", "territory": "USA"}})",
        "]}", EntriesPerCall, [](const QByteArray &bytes) {
            appstore::ReviewCursor cursor;
            return appstore::compare(appstore::parseCustomerReviews(object(bytes)).reviews,
                                     u"app"_s, {}, cursor)
                .size();
        }};
    all[u"youtube"_s] = {
        R"({"items": [)",
        R"({"id": "t%N", "snippet": {"videoId": "v", "topLevelComment": {"id": "t%N", "snippet": {"textDisplay": "%T",
            "authorDisplayName": "@anna", "authorChannelId": {"value": "UC1"}, "publishedAt": "2026-11-20T10:00:00Z"}}}})",
        "]}", 20, [](const QByteArray &bytes) {
            google::YoutubeCursor cursor;
            return google::newComments(google::parseThreads(object(bytes), false), {}, u"OWN"_s, 20,
                                       cursor)
                .size();
        }};
    return all;
}

/// Calls with `items` items in all, no two alike.
std::vector<QByteArray> callsOf(const Case &one, int items)
{
    std::vector<QByteArray> calls;
    for (int i = 0; i < items; i += one.entriesPerCall) {
        QByteArray call = one.before;
        for (int j = i; j < i + one.entriesPerCall; ++j) {
            QByteArray entry = one.entry;
            entry.replace("%N", QByteArray::number(1000 + j % 9000)).replace("%T", Sentence);
            call += (j == i ? "" : ",") + entry;
        }
        calls.push_back(call + one.after);
    }
    return calls;
}

/// Items per second of processor time. A parser that reads nothing is fast and useless: the program
/// ends.
QJsonObject reading(const QString &name, const Case &one, int items, int rounds)
{
    const std::vector<QByteArray> calls = callsOf(one, items);
    const size_t expected = calls.size() * size_t(one.entriesPerCall);
    std::vector<double> rates;
    for (int round = 0; round < rounds; ++round) {
        size_t count = 0;
        const double began = processorSeconds();
        for (const QByteArray &call : calls)
            count += one.read(call);
        rates.push_back(double(count) / (processorSeconds() - began));
        if (count != expected)
            qFatal("%s: %zu items of %zu", qPrintable(name), count, expected);
    }
    return {{u"bench"_s, u"channel reading"_s},
            {u"channel"_s, name},
            {u"median_items_per_second"_s, bench::median(rates)},
            {u"least_items_per_second"_s, bench::quantile(rates, 0)},
            {u"target"_s, 5'000}};
}

QJsonObject signatures(const QString &name, qsizetype bytes, int checks, int rounds,
                       const std::function<bool(const QByteArray &)> &check)
{
    const QByteArray body(bytes, 'x');
    std::vector<double> rates;
    for (int round = 0; round < rounds; ++round) {
        const double began = processorSeconds();
        for (int i = 0; i < checks; ++i) {
            if (!check(body))
                qFatal("%s: a good signature was refused", qPrintable(name));
        }
        rates.push_back(checks / (processorSeconds() - began));
    }
    return {{u"bench"_s, u"signature check"_s},
            {u"kind"_s, name},
            {u"body_bytes"_s, bytes},
            {u"median_checks_per_second"_s, bench::median(rates)},
            {u"target"_s, 2'000}};
}

void checkSignatures(int checks, int rounds)
{
    const QByteArray key = "the secret of the app";
    for (const qsizetype size : {qsizetype(2'000), qsizetype(64'000)}) {
        const QByteArray body(size, 'x');
        const QByteArray mac = vendor::hmac(QCryptographicHash::Sha256, key, body);
        bench::print(signatures(u"sha256 in hex (Meta)"_s, size, checks, rounds,
                                [&, hex = "sha256=" + mac.toHex()](const QByteArray &bytes) {
                                    return vendor::isHexSigned(hex, key, bytes);
                                }));
        bench::print(signatures(u"sha256 in base64 (LINE)"_s, size, checks, rounds,
                                [&, text = mac.toBase64()](const QByteArray &bytes) {
                                    return vendor::isBase64Signed(text, key, bytes);
                                }));
    }
}

} // namespace

int main(int argc, char **argv)
{
    const int items = argc > 1 ? std::max(50, atoi(argv[1])) : 10'000;
    const int rounds = argc > 2 ? std::max(1, atoi(argv[2])) : 7;
    for (const auto &cases : {messengers(), phoneMessengers(), publicPlaces()}) {
        for (const auto &[name, one] : cases)
            bench::print(reading(name, one, items, rounds));
    }
    checkSignatures(std::max(10, items / 10), rounds);
    return 0;
}
