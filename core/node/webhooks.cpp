// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/node/decision.h"

#include <QHostAddress>
#include <QUrl>

#include <algorithm>

/// Subscriptions of receivers outside, and how far each has come.
namespace peerdesk::node {

using namespace Qt::StringLiterals;
using namespace events;

namespace {

constexpr size_t MaxWebhooks = 50;
constexpr size_t MaxNames = 100;
constexpr qsizetype MaxNameLength = 64;
constexpr qsizetype MaxUrlLength = 2'000;
constexpr size_t MaxDeliveriesAtOnce = MaxRememberedDeliveries;

/// Addresses that lead nowhere or to a machine's own services: link-local (where clouds answer with
/// credentials), unspecified, multicast and broadcast.
bool isForbidden(const QHostAddress &address)
{
    return address.isLinkLocal() || address.isMulticast() || address.isBroadcast() ||
           address == QHostAddress::AnyIPv4 || address == QHostAddress::AnyIPv6;
}

/// https anywhere, http on this PC only. A name is not looked up: what it stands for may change.
Result<Done> checkUrl(const QString &text)
{
    const QUrl url(text, QUrl::StrictMode);
    if (!url.isValid() || url.host().isEmpty() || text.size() > MaxUrlLength)
        return invalid(u"\"url\" is no web address"_s);
    if (!url.userInfo().isEmpty())
        return invalid(u"a name or password does not belong in \"url\": deliveries are signed"_s);
    QHostAddress address(url.host());
    bool isFour = false;
    if (const quint32 four = address.toIPv4Address(&isFour); isFour)
        address = QHostAddress(four); // also of ::ffff:a.b.c.d
    if (!address.isNull() && isForbidden(address))
        return invalid(u"nothing is sent to the address %1"_s.arg(url.host()));
    const bool isHere = url.host() == u"localhost" || address.isLoopback();
    if (url.scheme() == u"https"_s || (url.scheme() == u"http"_s && isHere))
        return Done{};
    return invalid(u"\"url\" must begin with https, or with http on this PC"_s);
}

Result<Done> checkNames(const std::vector<QString> &names)
{
    const auto isGood = [](const QString &name) {
        return !name.isEmpty() && name.size() <= MaxNameLength &&
               std::all_of(name.begin(), name.end(), [](QChar c) {
                   return (c >= u'a' && c <= u'z') || c == u'.' || c == u'-' || c == u'_' ||
                          c == u'*';
               });
    };
    if (names.size() > MaxNames || !std::all_of(names.begin(), names.end(), isGood))
        return invalid(u"\"events\" is a list of names like task.created or task.*"_s);
    return Done{};
}

} // namespace

Decided decide(Decision &decision, const api::SaveWebhook &command)
{
    Webhook webhook = command.webhook;
    if (const Result<Done> good = checkUrl(webhook.url); !good)
        return good.error();
    if (const Result<Done> good = checkNames(webhook.events); !good)
        return good.error();
    if (webhook.id.isNull()) {
        if (decision.warm().webhooks.size() >= MaxWebhooks)
            return rejected(u"there are %1 webhooks already"_s.arg(MaxWebhooks), u"too-many"_s);
        webhook.id = decision.newId<WebhookId>("webhook");
        webhook.createdAt = decision.now();
    } else {
        const auto existing = decision.get<Webhook>(webhook.id);
        if (!existing)
            return notFound(u"no such webhook"_s);
        webhook.createdAt = existing->createdAt;
    }
    decision.record(WebhookSaved{webhook});
    return about(webhook.id);
}

Decided decide(Decision &decision, const api::DeleteWebhook &command)
{
    if (!decision.get<Webhook>(command.webhook))
        return notFound(u"no such webhook"_s);
    decision.record(WebhookDeleted{command.webhook});
    dropSeals(decision, [&](const SealedSecret &seal) {
        return seal.account == secretPlaceOf(command.webhook);
    });
    return about(command.webhook);
}

Decided decide(Decision &decision, const api::NoteDeliveries &command)
{
    const auto webhook = decision.get<Webhook>(command.webhook);
    if (!webhook)
        return notFound(u"no such webhook"_s);
    if (command.deliveries.size() > MaxDeliveriesAtOnce)
        return invalid(u"too many deliveries at once"_s);
    if (std::pair(command.index, command.ordinal) < std::pair(webhook->index, webhook->ordinal))
        return about(webhook->id, u"known"_s); // of a router before
    decision.record(WebhookMoved{webhook->id, command.index, command.ordinal, command.deliveries});
    return about(webhook->id);
}

} // namespace peerdesk::node
