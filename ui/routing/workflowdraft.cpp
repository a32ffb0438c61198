// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/routing/workflowdraft.h"

#include "core/base/json.h"

#include <QJsonArray>

#include <algorithm>

namespace peerdesk::ui {

using namespace Qt::StringLiterals;

namespace {

const QString KnownById = u"known_worker_sid"_s;
const QString KnownByName = u"known_worker_friendly_name"_s;

/// Takes a text or number out of `object`; what is neither stays in it.
QString taken(QJsonObject &object, const QString &key)
{
    const QJsonValue value = object.value(key);
    if (!value.isString() && !value.isDouble() && !value.isNull())
        return {};
    object.remove(key);
    return value.isDouble() ? QString::number(value.toDouble(), 'g', 17) : value.toString();
}

void put(QJsonObject &object, const QString &key, const QString &text)
{
    if (!text.trimmed().isEmpty())
        object.insert(key, text);
}

/// A text that is no number stays a text, so that saving can say what is wrong with it.
void putNumber(QJsonObject &object, const QString &key, const QString &text)
{
    bool isNumber = false;
    const double number = text.trimmed().toDouble(&isNumber);
    if (isNumber)
        object.insert(key, number);
    else
        put(object, key, text);
}

TargetDraft targetOf(QJsonObject object)
{
    TargetDraft target;
    target.queue = taken(object, u"queue"_s);
    target.expression = taken(object, u"expression"_s);
    target.orderBy = taken(object, u"order_by"_s);
    target.priority = taken(object, u"priority"_s);
    target.timeout = taken(object, u"timeout"_s);
    target.skipIf = taken(object, u"skip_if"_s);
    target.isKnownByName = object.value(KnownById).toString().isEmpty() &&
                           !object.value(KnownByName).toString().isEmpty();
    target.known = taken(object, target.isKnownByName ? KnownByName : KnownById);
    target.rest = object;
    return target;
}

QJsonObject objectOf(const TargetDraft &target)
{
    QJsonObject object = target.rest;
    put(object, u"queue"_s, target.queue);
    put(object, u"expression"_s, target.expression);
    put(object, u"order_by"_s, target.orderBy);
    putNumber(object, u"priority"_s, target.priority);
    putNumber(object, u"timeout"_s, target.timeout);
    put(object, u"skip_if"_s, target.skipIf);
    put(object, target.isKnownByName ? KnownByName : KnownById, target.known);
    return object;
}

FilterDraft filterOf(QJsonObject object)
{
    FilterDraft filter;
    filter.name = taken(object, u"filter_friendly_name"_s);
    if (filter.name.isEmpty())
        filter.name = taken(object, u"friendly_name"_s);
    filter.expression = taken(object, u"expression"_s);
    for (const QJsonValue target : object.take(u"targets"_s).toArray())
        filter.targets.push_back(targetOf(target.toObject()));
    filter.rest = object;
    return filter;
}

/// The queue that a step inherits goes with it when it moves away from the one that named it.
void nameQueues(FilterDraft &filter)
{
    QString before;
    for (TargetDraft &target : filter.targets) {
        if (target.queue.isEmpty())
            target.queue = before;
        before = target.queue;
    }
}

} // namespace

FilterDraft *WorkflowDraft::filterAt(const RuleSpot &spot)
{
    return spot.filter >= 0 && size_t(spot.filter) < filters.size() ? &filters[size_t(spot.filter)]
                                                                    : nullptr;
}

TargetDraft *WorkflowDraft::targetAt(const RuleSpot &spot)
{
    FilterDraft *filter = filterAt(spot);
    return filter && spot.target >= 0 && size_t(spot.target) < filter->targets.size()
               ? &filter->targets[size_t(spot.target)]
               : nullptr;
}

WorkflowDraft draftOf(const Json &configuration)
{
    WorkflowDraft draft;
    draft.documentRest = json::object(configuration);
    draft.routingRest = draft.documentRest.take(u"task_routing"_s).toObject();
    for (const QJsonValue filter : draft.routingRest.take(u"filters"_s).toArray())
        draft.filters.push_back(filterOf(filter.toObject()));
    draft.defaultRest = draft.routingRest.take(u"default_filter"_s).toObject();
    draft.defaultQueue = taken(draft.defaultRest, u"queue"_s);
    return draft;
}

Json configurationOf(const WorkflowDraft &draft)
{
    QJsonArray filters;
    for (const FilterDraft &filter : draft.filters) {
        QJsonObject object = filter.rest;
        put(object, u"filter_friendly_name"_s, filter.name);
        put(object, u"expression"_s, filter.expression);
        QJsonArray targets;
        for (const TargetDraft &target : filter.targets)
            targets.append(objectOf(target));
        object.insert(u"targets"_s, targets);
        filters.append(object);
    }
    QJsonObject routing = draft.routingRest;
    routing.insert(u"filters"_s, filters);
    QJsonObject fallback = draft.defaultRest;
    put(fallback, u"queue"_s, draft.defaultQueue);
    if (!fallback.isEmpty())
        routing.insert(u"default_filter"_s, fallback);
    QJsonObject document = draft.documentRest;
    document.insert(u"task_routing"_s, routing);
    return json::canonical(document);
}

RuleSpot moved(WorkflowDraft &draft, const RuleSpot &spot, int by)
{
    if (spot.target < 0) {
        const int to = spot.filter + by;
        if (!draft.filterAt(spot) || !draft.filterAt({to, -1}))
            return spot;
        std::swap(draft.filters[size_t(spot.filter)], draft.filters[size_t(to)]);
        return {to, -1};
    }
    FilterDraft *filter = draft.filterAt(spot);
    if (!draft.targetAt(spot))
        return spot;
    if (draft.targetAt({spot.filter, spot.target + by})) {
        nameQueues(*filter);
        std::swap(filter->targets[size_t(spot.target)], filter->targets[size_t(spot.target + by)]);
        return {spot.filter, spot.target + by};
    }
    const FilterDraft *next = draft.filterAt({spot.filter + by, -1});
    if (!next)
        return spot;
    return movedTo(draft, spot, {spot.filter + by, by > 0 ? 0 : int(next->targets.size())});
}

RuleSpot movedTo(WorkflowDraft &draft, const RuleSpot &spot, const RuleSpot &to)
{
    if (spot.target < 0) {
        if (!draft.filterAt(spot))
            return spot;
        const FilterDraft filter = draft.filters[size_t(spot.filter)];
        draft.filters.erase(draft.filters.begin() + spot.filter);
        int at = to.filter < 0 ? int(draft.filters.size()) : to.filter;
        at = std::clamp(at - (at > spot.filter && to.filter >= 0 ? 1 : 0), 0,
                        int(draft.filters.size()));
        draft.filters.insert(draft.filters.begin() + at, filter);
        return {at, -1};
    }
    FilterDraft *from = draft.filterAt(spot);
    FilterDraft *into = draft.filterAt(to);
    if (!from || !into || !draft.targetAt(spot) || (from != into && from->targets.size() < 2))
        return spot; // a rule keeps one step
    nameQueues(*from);
    nameQueues(*into);
    const TargetDraft target = from->targets[size_t(spot.target)];
    from->targets.erase(from->targets.begin() + spot.target);
    int at = qMax(0, to.target);
    at -= from == into && at > spot.target ? 1 : 0;
    at = std::clamp(at, 0, int(into->targets.size()));
    into->targets.insert(into->targets.begin() + at, target);
    return {to.filter, at};
}

} // namespace peerdesk::ui
