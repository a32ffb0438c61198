// SPDX-License-Identifier: GPL-3.0-or-later
// What Meta, Google and Apple say, as items: no key is empty, no text holds what cleanText() takes
// out, every file belongs to an item, and the same bytes say the same again. The first byte says
// whose parser it is.
#include "core/channels/appstore/customerreviews.h"
#include "core/channels/google/reviews.h"
#include "core/channels/google/youtubecomments.h"
#include "core/channels/meta/comments.h"
#include "core/channels/meta/messaging.h"

#include <QJsonDocument>

#include <cstdint>

using namespace peerdesk;
using namespace peerdesk::channels;

namespace {

const meta::Self Page{meta::Product::Messenger, QStringLiteral("1"), QStringLiteral("Shop")};
const meta::Self Account{meta::Product::Instagram, QStringLiteral("1"), QStringLiteral("shop")};

meta::Parsed parsed(int which, const QByteArray &bytes)
{
    const QJsonObject object = QJsonDocument::fromJson(bytes).object();
    meta::CommentCursor cursor;
    google::YoutubeCursor videos;
    appstore::ReviewCursor reviews;
    const QString name = QStringLiteral("app");
    switch (which % 8) {
    case 0: {
        const Result<meta::Parsed> out = meta::parseWebhook(bytes, Page);
        return out ? *out : meta::Parsed();
    }
    case 1: {
        const Result<meta::Parsed> out = meta::parseCommentHook(bytes, Account);
        return out ? *out : meta::Parsed();
    }
    case 2:
        return meta::parseConversations(object, Page, Time{}).parsed;
    case 3:
        return meta::compare(meta::facebookComments(object, Page), Page, Time{}, cursor);
    case 4:
        return meta::compare(meta::instagramComments(object, Account), Account, Time{}, cursor);
    case 5:
        return {google::parseReviews(object, name, Time{}).items, {}, {}};
    case 6:
        return {google::newComments(google::parseThreads(object, false),
                                    google::parseVideos(object), name, 20, videos),
                {},
                {}};
    default:
        return {appstore::compare(appstore::parseCustomerReviews(object).reviews, name, Time{},
                                  reviews),
                {},
                {}};
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    const QByteArray bytes(reinterpret_cast<const char *>(data + 1), qsizetype(size - 1));
    const meta::Parsed out = parsed(data[0], bytes);
    for (const InboundItem &item : out.items) {
        if (item.providerId.isEmpty() || item.content.text.contains(QChar(0)))
            __builtin_trap();
    }
    for (const vendor::WantedFile &file : out.files) {
        if (file.item >= out.items.size())
            __builtin_trap();
    }
    if (parsed(data[0], bytes).items != out.items)
        __builtin_trap();
    return 0;
}
