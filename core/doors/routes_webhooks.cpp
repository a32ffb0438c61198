// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/doors/body.h"
#include "core/doors/routes.h"
#include "core/doors/views.h"
#include "core/secrets/password.h"

#include <QJsonArray>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace peerdesk::doors {

namespace {

constexpr qsizetype MaxSecretLength = 1'024;
constexpr int MaxOrdinal = 99'999; ///< far above the facts of a batch

void withWebhook(const ExchangePtr &x, WebhookId id,
                 const std::function<void(const Webhook &)> &next)
{
    x->desk().webhooks(
        x->then<std::vector<Webhook>>([x, id, next](const std::vector<Webhook> &all) {
            const auto found = std::find_if(all.begin(), all.end(),
                                            [&](const Webhook &one) { return one.id == id; });
            if (found == all.end())
                return x->fail(notFound(u"There is no such webhook"_s));
            next(*found);
        }));
}

void withPathWebhook(const ExchangePtr &x, const std::function<void(const Webhook &)> &next)
{
    const auto id = x->pathId<WebhookId>();
    id ? withWebhook(x, *id, next) : x->fail(id.error());
}

void listWebhooks(const ExchangePtr &x)
{
    const auto page = x->page();
    if (!page)
        return x->fail(page.error());
    const auto show = [x, page = *page](const std::vector<Webhook> &all) {
        const Result<QJsonObject> list =
            slice(all, page, &view::webhook, [](const Webhook &one) { return one.id.toString(); });
        list ? x->answer(200, *list) : x->fail(list.error());
    };
    x->desk().webhooks(x->then<std::vector<Webhook>>(show));
}

void getWebhook(const ExchangePtr &x)
{
    withPathWebhook(x, [x](const Webhook &found) { x->answer(200, view::webhook(found)); });
}

/// Newest first.
void listDeliveries(const ExchangePtr &x)
{
    const auto page = x->page();
    if (!page)
        return x->fail(page.error());
    withPathWebhook(x, [x, page = *page](const Webhook &found) {
        const auto place = [](const WebhookDelivery &one) {
            return newestFirst(Time{qint64(one.index)},
                               u"%1"_s.arg(MaxOrdinal - one.ordinal, 5, 10, QChar(u'0')));
        };
        const Result<QJsonObject> list = slice(found.recent, page, &view::delivery, place);
        list ? x->answer(200, *list) : x->fail(list.error());
    });
}

/// What the body says of a subscription, and the key that signs.
struct Wish
{
    Webhook webhook;
    QString secret; ///< empty = the one that there is, or one that is made
};

Result<Wish> readWish(const QJsonObject &body, const Webhook &before)
{
    Wish wish{before, {}};
    Body in(body);
    if (before.id.isNull())
        in.require("url");
    in.take("url", wish.webhook.url).take("events", wish.webhook.events);
    in.take("active", wish.webhook.isActive).take("secret", wish.secret);
    if (in.error())
        return *in.error();
    if (wish.secret.size() > MaxSecretLength)
        return invalid(u"The member \"secret\" has at most %1 characters"_s.arg(MaxSecretLength));
    return wish;
}

void storeSecret(const ExchangePtr &x, WebhookId id, const QByteArray &secret,
                 const std::function<void()> &next)
{
    x->desk().storeSecret(x->caller(), {secretPlaceOf(id), webhookSecretName(), secret},
                          x->then<Done>([next](const Done &) { next(); }));
}

/// A key that was made here is shown once, in the answer.
void postWebhook(const ExchangePtr &x)
{
    const Result<Wish> wish = readWish(x->body(), {});
    if (!wish)
        return x->fail(wish.error());
    const bool isMade = wish->secret.isEmpty();
    const QByteArray secret = isMade ? secrets::randomToken() : wish->secret.toUtf8();
    x->submit(api::SaveWebhook{wish->webhook}, [x, isMade, secret](const api::Outcome &outcome) {
        const auto id = outcome.as<WebhookId>();
        const auto show = [x, id, isMade, secret] {
            withWebhook(x, id, [x, isMade, secret](const Webhook &saved) {
                QJsonObject shown = view::webhook(saved);
                if (isMade)
                    shown.insert(u"secret"_s, QString::fromLatin1(secret));
                x->answer(201, shown);
            });
        };
        storeSecret(x, id, secret, show);
    });
}

void changeWebhook(const ExchangePtr &x)
{
    withPathWebhook(x, [x](const Webhook &before) {
        const Result<Wish> wish = readWish(x->body(), before);
        if (!wish)
            return x->fail(wish.error());
        const auto show = [x, id = before.id] {
            withWebhook(x, id, [x](const Webhook &saved) { x->answer(200, view::webhook(saved)); });
        };
        x->submit(api::SaveWebhook{wish->webhook},
                  [x, id = before.id, secret = wish->secret, show](const api::Outcome &) {
                      secret.isEmpty() ? show() : storeSecret(x, id, secret.toUtf8(), show);
                  });
    });
}

void deleteWebhook(const ExchangePtr &x)
{
    const auto id = x->pathId<WebhookId>();
    if (!id)
        return x->fail(id.error());
    x->submit(api::DeleteWebhook{*id}, [x](const api::Outcome &) { x->answer(204, {}); });
}

} // namespace

void addWebhookRoutes(Routes &routes)
{
    const QString base = u"/webhooks"_s;
    const QString one = base + u"/{id}"_s;
    const QString shown = u"Webhook"_s;
    routes.push_back({"GET",
                      base,
                      Scope::Admin,
                      u"Subscriptions"_s,
                      &listWebhooks,
                      {},
                      u"[Webhook]"_s,
                      u"limit cursor"_s});
    routes.push_back({"POST",
                      base,
                      Scope::Admin,
                      u"Post events to an address, as /events shows them: at least once, in order, "
                      u"each with its id. `events`: names, or task.* ; absent = all. Signed: "
                      u"X-Peerdesk-Signature: sha256=HEX of HMAC-SHA256(secret, "
                      u"X-Peerdesk-Timestamp + \".\" + body)"_s,
                      &postWebhook,
                      u"url!:string events:array secret:string active:boolean"_s,
                      shown,
                      {},
                      201});
    routes.push_back({"GET", one, Scope::Admin, u"One subscription"_s, &getWebhook, {}, shown, {}});
    for (const char *method : {"PATCH", "PUT"})
        routes.push_back({method,
                          one,
                          Scope::Admin,
                          u"Change it; absent members stay"_s,
                          &changeWebhook,
                          u"url:string events:array secret:string active:boolean"_s,
                          shown,
                          {}});
    routes.push_back(
        {"DELETE", one, Scope::Admin, u"End a subscription"_s, &deleteWebhook, {}, {}, {}, 204});
    routes.push_back({"GET",
                      one + u"/deliveries"_s,
                      Scope::Admin,
                      u"The latest deliveries with their attempts, newest first"_s,
                      &listDeliveries,
                      {},
                      u"[WebhookDelivery]"_s,
                      u"limit cursor"_s});
}

} // namespace peerdesk::doors
