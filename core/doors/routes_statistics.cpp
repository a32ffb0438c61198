// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/doors/routes.h"

using namespace Qt::StringLiterals;

namespace peerdesk::doors {

namespace {

constexpr Milliseconds DefaultSpan = std::chrono::minutes(15);
constexpr qsizetype MaxSplits = 20;
constexpr int MaxMinutes = 60 * 24 * 400;
const QString Parameters =
    u"real_time start end minutes split_by_wait_time service_level short_abandon task_channel"_s;
const QString Summary =
    u"By real_time=1 the state at this moment, else what happened from start to "
    "end (absent: the last 15 minutes)"_s;

/// Whole seconds from 0 on. Errors: Invalid.
Result<Seconds> secondsIn(const QString &text, const QString &name)
{
    bool isNumber = false;
    const int count = text.toInt(&isNumber);
    if (!isNumber || count < 0)
        return invalid(u"The parameter \"%1\" is a number of seconds"_s.arg(name));
    return Seconds(count);
}

std::optional<Error> takeSeconds(const ExchangePtr &x, const QString &name, Seconds &into)
{
    if (x->query(name).isEmpty())
        return {};
    const Result<Seconds> value = secondsIn(x->query(name), name);
    if (!value)
        return value.error();
    into = *value;
    return {};
}

std::optional<Error> takeTime(const ExchangePtr &x, const QString &name, Time &into)
{
    QString text = x->query(name);
    if (text.isEmpty())
        return {};
    into = Time::fromString(text.replace(u' ', u'+')); // a plus sign that nobody escaped
    if (!into.isSet())
        return invalid(u"The parameter \"%1\" is a time like 2026-11-20T10:43:00Z"_s.arg(name));
    return {};
}

/// Errors: Invalid.
Result<api::StatisticsQuery> withSpan(const ExchangePtr &x, api::StatisticsQuery query)
{
    query.end = x->now();
    Milliseconds span = DefaultSpan;
    if (!x->query(u"minutes"_s).isEmpty()) {
        bool isNumber = false;
        const int minutes = x->query(u"minutes"_s).toInt(&isNumber);
        if (!isNumber || minutes < 1 || minutes > MaxMinutes)
            return invalid(u"The parameter \"minutes\" is a number from 1 on"_s);
        span = std::chrono::minutes(minutes);
    }
    if (const auto error = takeTime(x, u"end"_s, query.end))
        return *error;
    query.start = query.end - span;
    if (const auto error = takeTime(x, u"start"_s, query.start))
        return *error;
    if (query.end < query.start)
        return invalid(u"\"start\" must not be after \"end\""_s);
    if (const auto error = takeSeconds(x, u"service_level"_s, query.serviceLevel))
        return *error;
    if (const auto error = takeSeconds(x, u"short_abandon"_s, query.shortAbandon))
        return *error;
    const QStringList splits = x->query(u"split_by_wait_time"_s).split(u',', Qt::SkipEmptyParts);
    if (splits.size() > MaxSplits)
        return invalid(u"\"split_by_wait_time\" takes at most %1 numbers"_s.arg(MaxSplits));
    for (const QString &part : splits) {
        const Result<Seconds> limit = secondsIn(part.trimmed(), u"split_by_wait_time"_s);
        if (!limit)
            return limit.error();
        query.splits.push_back(*limit);
    }
    return query;
}

void show(const ExchangePtr &x, const QString &scope, const QUuid &id)
{
    const bool isRealTime = x->query(u"real_time"_s) == u"1";
    api::StatisticsQuery query{scope, id, x->query(u"task_channel"_s)};
    if (!isRealTime) {
        const auto spanned = withSpan(x, query);
        if (!spanned)
            return x->fail(spanned.error());
        query = *spanned;
    }
    x->desk().statistics(query, x->then<QJsonObject>([x, isRealTime](const QJsonObject &found) {
        QJsonObject out = found;
        out.insert(u"real_time"_s, isRealTime);
        out.insert(u"at"_s, x->now().toString());
        x->answer(200, out);
    }));
}

void addOne(Routes &routes, const QString &scope)
{
    routes.push_back({"GET",
                      u"/statistics/"_s + scope + u"/{id}"_s,
                      Scope::Staff,
                      Summary,
                      [scope](const ExchangePtr &x) {
                          const auto id = x->pathId<Id<struct AnyTag>>();
                          id ? show(x, scope, id->value) : x->fail(id.error());
                      },
                      {},
                      {},
                      Parameters});
}

} // namespace

void addStatisticsRoutes(Routes &routes)
{
    routes.push_back({"GET",
                      u"/statistics/workspace"_s,
                      Scope::Staff,
                      Summary,
                      [](const ExchangePtr &x) { show(x, u"workspace"_s, {}); },
                      {},
                      {},
                      Parameters});
    addOne(routes, u"queues"_s);
    addOne(routes, u"workflows"_s);
    addOne(routes, u"workers"_s);
}

} // namespace peerdesk::doors
