// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/doors/routes.h"

using namespace Qt::StringLiterals;

namespace peerdesk::doors {

namespace {

/// Only the present moment: what a span of time would need is not counted yet, and says so.
void show(const ExchangePtr &x, const QString &scope, const QUuid &id)
{
    if (x->query(u"real_time"_s) != u"1")
        return x->fail(invalid(u"Ask with real_time=1: statistics over a span (start, end) are not "
                               u"in this version"_s));
    x->desk().statistics({scope, id, x->query(u"task_channel"_s)},
                         x->then<QJsonObject>([x](const QJsonObject &found) {
                             QJsonObject out = found;
                             out.insert(u"real_time"_s, true);
                             out.insert(u"at"_s, x->now().toString());
                             x->answer(200, out);
                         }));
}

void addOne(Routes &routes, const QString &scope)
{
    routes.push_back({"GET",
                      u"/statistics/"_s + scope + u"/{id}"_s,
                      Scope::Staff,
                      u"The state at this moment, by real_time=1"_s,
                      [scope](const ExchangePtr &x) {
                          const auto id = x->pathId<Id<struct AnyTag>>();
                          id ? show(x, scope, id->value) : x->fail(id.error());
                      },
                      {},
                      {},
                      u"real_time task_channel"_s});
}

} // namespace

void addStatisticsRoutes(Routes &routes)
{
    routes.push_back({"GET",
                      u"/statistics/workspace"_s,
                      Scope::Staff,
                      u"The state at this moment, by real_time=1"_s,
                      [](const ExchangePtr &x) { show(x, u"workspace"_s, {}); },
                      {},
                      {},
                      u"real_time task_channel"_s});
    addOne(routes, u"queues"_s);
    addOne(routes, u"workflows"_s);
    addOne(routes, u"workers"_s);
}

} // namespace peerdesk::doors
