// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/channels/vendor/hookintake.h"

#include "core/channels/vendor/items.h"

#include <QCryptographicHash>

namespace peerdesk::channels::vendor {

using namespace Qt::StringLiterals;

void commitHook(Host &host, FileGathering::Work work, QObject *owner, Completion<HookAnswer> done)
{
    const auto asker = std::make_shared<Completion<HookAnswer>>(std::move(done));
    const auto committed = [asker](const Result<Done> &result) {
        asker->answer(result ? HookAnswer{200, "text/plain", "OK"}
                             : HookAnswer{503, "text/plain", "not kept yet: come again"});
    };
    if (work.page.items.empty())
        return committed(Done{});
    const auto gathered = [&host, owner, committed](Result<InboundPage> page) {
        if (!page)
            return committed(page.error());
        host.ingest(std::move(*page), {owner, committed});
    };
    auto *gathering = new FileGathering(std::move(work), host.clock(), {owner, gathered}, owner);
    gathering->start();
}

InboundPage unreadable(const QByteArray &body, const QString &why, Time at)
{
    InboundPage page;
    InboundItem item;
    item.kind = ItemKind::Quarantined;
    item.providerId =
        u"raw:"_s +
        QString::fromLatin1(QCryptographicHash::hash(body, QCryptographicHash::Sha256).toHex());
    item.sender = {u"unknown"_s, {}, item.providerId, {}, Evidence::Provider};
    item.content.text = why;
    item.providerTime = at;
    item.content.attachments.push_back(addAttachment(page, body, u"call.txt"_s));
    page.items.push_back(std::move(item));
    return page;
}

} // namespace peerdesk::channels::vendor
