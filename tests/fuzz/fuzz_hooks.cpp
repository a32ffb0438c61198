// SPDX-License-Identifier: GPL-3.0-or-later
// Twilio's lists, WhatsApp's and LINE's calls (the first byte chooses): any bytes become items with
// a key each, clean texts, the same every time, and files of items that exist; or an error.
#include "core/channels/line/lineparser.h"
#include "core/channels/twilio/twilioparser.h"
#include "core/channels/vendor/items.h"
#include "core/channels/whatsapp/whatsappparser.h"

#include <QJsonDocument>

#include <cstdint>
#include <cstdlib>

using namespace peerdesk;
using namespace peerdesk::channels;
using namespace Qt::StringLiterals;

namespace {

void require(bool holds)
{
    if (!holds)
        std::abort();
}

void check(const std::vector<InboundItem> &items, const std::vector<vendor::WantedFile> &files)
{
    for (const InboundItem &item : items) {
        require(!item.providerId.isEmpty() && item.providerId.size() <= 400);
        require(item.kind == ItemKind::Receipt || !item.sender.value.isEmpty());
        require(vendor::cleanText(item.content.text) == item.content.text);
        require(QString::fromUtf8(item.content.text.toUtf8()) == item.content.text);
        const bool isAbout = item.kind != ItemKind::Message;
        require(!isAbout || !item.receiptFor.isEmpty());
    }
    for (const vendor::WantedFile &file : files)
        require(file.item < items.size() && !file.where.isEmpty());
}

void readTwilio(const QByteArray &bytes)
{
    const auto list = twilio::messageList(QJsonDocument::fromJson(bytes).object());
    if (!list)
        return;
    require(list->next.isEmpty() || list->next.startsWith(u"/2010-04-01/"_s));
    std::vector<InboundItem> items;
    for (const twilio::MessageRow &row : list->rows) {
        items.push_back(twilio::itemOf(row, twilio::Medium::Sms, u"AC"_s));
        items.push_back(twilio::itemOf(row, twilio::Medium::WhatsApp, u"AC"_s));
        if (const auto receipt = twilio::receiptOf(row))
            items.push_back(*receipt);
        require(row.mediaPath.isEmpty() || row.mediaPath.startsWith(u"/2010-04-01/"_s));
    }
    check(items, {});
}

void readWhatsApp(const QByteArray &bytes)
{
    const auto delivery = whatsapp::deliveryOf(bytes, u"1"_s);
    const auto again = whatsapp::deliveryOf(bytes, u"1"_s);
    require(bool(delivery) == bool(again));
    if (!delivery)
        return;
    require(delivery->items == again->items);
    check(delivery->items, delivery->files);
}

void readLine(const QByteArray &bytes)
{
    const auto delivery = line::deliveryOf(bytes);
    const auto again = line::deliveryOf(bytes);
    require(bool(delivery) == bool(again));
    if (!delivery)
        return;
    require(delivery->items == again->items);
    check(delivery->items, delivery->files);
    for (const line::Person &person : delivery->people)
        require(person.item < delivery->items.size() && !person.user.isEmpty());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    const QByteArray bytes(reinterpret_cast<const char *>(data + 1), qsizetype(size - 1));
    switch (data[0] % 3) {
    case 0:
        readTwilio(bytes);
        break;
    case 1:
        readWhatsApp(bytes);
        break;
    default:
        readLine(bytes);
    }
    return 0;
}
