// SPDX-License-Identifier: GPL-3.0-or-later
// What Telegram, Discord and Slack say, as items: no key is empty, no text holds what cleanText()
// takes out, every file belongs to an item, cursors read as they were written, and the same bytes
// say the same again. The first byte says whose parser it is.
#include "core/channels/discord/events.h"
#include "core/channels/slack/events.h"
#include "core/channels/slack/text.h"
#include "core/channels/telegram/updates.h"
#include "core/channels/vendor/items.h"
#include "core/channels/vendor/markup.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <cstdint>
#include <cstdlib>

using namespace peerdesk;
using namespace peerdesk::channels;

namespace {

void require(bool holds)
{
    if (!holds)
        std::abort();
}

struct Parsed
{
    std::vector<InboundItem> items;
    std::vector<vendor::WantedFile> files;

    bool operator==(const Parsed &) const = default;
};

Parsed telegramParsed(const QByteArray &bytes)
{
    const QJsonDocument json = QJsonDocument::fromJson(bytes);
    const QJsonArray updates = json.isArray() ? json.array() : QJsonArray{json.object()};
    const telegram::Updates out = telegram::parse(updates, {}, QStringLiteral("99"));
    require(out.cursor.offset >= 0);
    require(telegram::cursorFrom(telegram::toBytes(out.cursor)) == out.cursor);
    return {out.items, out.files};
}

Parsed discordParsed(const QByteArray &bytes)
{
    const QJsonObject frame = QJsonDocument::fromJson(bytes).object();
    discord::Context context;
    context.bot = QStringLiteral("99");
    context.channels[QStringLiteral("7")] = {discord::Place::Thread, QStringLiteral("1")};
    const discord::Event out = discord::parse(frame.value(QStringLiteral("t")).toString(),
                                              frame.value(QStringLiteral("d")).toObject(), context);
    discord::Cursor cursor;
    if (!out.newest.isEmpty())
        discord::remember(cursor, out.channel, out.place, out.newest);
    require(discord::cursorFrom(discord::toBytes(cursor)) == cursor);
    return {out.items, out.files};
}

Parsed slackParsed(const QByteArray &bytes)
{
    const QJsonObject envelope = QJsonDocument::fromJson(bytes).object();
    const slack::Context context{QStringLiteral("U0"), QStringLiteral("B0"), QStringLiteral("T1"),
                                 true};
    const slack::Event out =
        slack::parse(envelope.value(QStringLiteral("type")).toString(),
                     envelope.value(QStringLiteral("payload")).toObject(), context);
    slack::Cursor cursor;
    if (!out.newest.isEmpty())
        slack::remember(cursor, out.channel, out.root, out.newest);
    require(slack::cursorFrom(slack::toBytes(cursor)) == cursor);
    return {out.items, out.files};
}

/// What we say is only text, and reads as it was meant.
void checkText(const QByteArray &bytes)
{
    const QString text = QString::fromUtf8(bytes);
    require(slack::readable(slack::escaped(text)) == text);
    require(!slack::escaped(text).contains(u'<'));
    slack::toMarkup(text);
    qsizetype length = 0;
    for (const vendor::Run &run : vendor::runsOf(text))
        length += run.text.size();
    require(length <= text.size() + 2 * text.count(u'\n') + 2);
}

Parsed parsed(int which, const QByteArray &bytes)
{
    switch (which % 4) {
    case 0:
        return telegramParsed(bytes);
    case 1:
        return discordParsed(bytes);
    case 2:
        return slackParsed(bytes);
    default:
        checkText(bytes);
        return {};
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    const QByteArray bytes(reinterpret_cast<const char *>(data) + 1, qsizetype(size) - 1);
    const Parsed out = parsed(data[0], bytes);
    for (const InboundItem &item : out.items) {
        require(!item.providerId.isEmpty());
        require(item.kind == ItemKind::Message || !item.receiptFor.isEmpty());
        require(vendor::cleanText(item.content.text, 64 * 1024) == item.content.text);
    }
    for (const vendor::WantedFile &file : out.files)
        require(file.item < out.items.size());
    require(parsed(data[0], bytes) == out);
    return 0;
}
