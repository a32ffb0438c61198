// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/routing/workflow.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSet>

namespace peerdesk::routing {

using namespace Qt::StringLiterals;

namespace {

/// A whole number that may come as a string; nothing where the key is missing, null or "".
Result<std::optional<qint64>> wholeNumber(const QJsonObject &object, const QString &key, qint64 min,
                                          qint64 max)
{
    const QJsonValue value = object.value(key);
    if (value.isUndefined() || value.isNull() || (value.isString() && value.toString().isEmpty()))
        return std::optional<qint64>();
    bool good = value.isDouble();
    double number = value.toDouble();
    if (value.isString())
        number = value.toString().toDouble(&good);
    if (!good || !(number >= double(min) && number <= double(max)) ||
        number != double(qint64(number)))
        return invalid(u"%1 is a whole number from %2 to %3"_s.arg(key).arg(min).arg(max));
    return std::optional<qint64>(qint64(number));
}

/// Compiles `key` if it is there. Every reference must begin with one of `roots` (none = any).
Result<std::optional<Expression>> expression(const QJsonObject &object, const QString &key,
                                             const QStringList &roots)
{
    const QJsonValue value = object.value(key);
    if (value.isUndefined() || value.isNull() || value.toString(u"-"_s).trimmed().isEmpty())
        return std::optional<Expression>();
    if (!value.isString())
        return invalid(u"%1 is a text"_s.arg(key));
    const Result<Expression> parsed = Expression::parse(value.toString());
    if (!parsed)
        return Error{parsed.error().code, key + u": "_s + parsed.error().detail, {}};
    for (const Reference &reference : parsed->references()) {
        if (!roots.isEmpty() && (!roots.contains(reference.root()) || reference.path.size() < 2))
            return invalid(u"%1: line 1, column %2: a name here begins with %3"_s.arg(key)
                               .arg(reference.position + 1)
                               .arg(roots.join(u". or "_s) + u"."_s));
    }
    return std::optional<Expression>(*parsed);
}

std::optional<Error> readKnownWorker(const QJsonObject &object, Target &target)
{
    const QString bySid = object.value(u"known_worker_sid"_s).toString();
    const QString byName = object.value(u"known_worker_friendly_name"_s).toString();
    if (bySid.isEmpty() && byName.isEmpty())
        return {};
    if (!bySid.isEmpty() && !byName.isEmpty())
        return invalid(u"known_worker_sid and known_worker_friendly_name exclude each other"_s);
    const Result<Reference> reference = parseReference(bySid.isEmpty() ? byName : bySid);
    if (!reference)
        return invalid(u"known worker: "_s + reference.error().detail);
    if (reference->root() != u"task" || reference->path.size() < 2)
        return invalid(u"known worker: line 1, column 1: a name here begins with task."_s);
    target.known = bySid.isEmpty() ? KnownWorker::ByName : KnownWorker::BySid;
    target.knownWorker = *reference;
    return {};
}

Result<Target> readTarget(const QJsonObject &object, const Target *before)
{
    Target target;
    target.queue = object.value(u"queue"_s).toString();
    if (target.queue.isEmpty() && before)
        target.queue = before->queue;
    if (target.queue.isEmpty())
        return invalid(u"the first target names no queue"_s);

    auto wanted = expression(object, u"expression"_s, {u"task"_s, u"worker"_s});
    if (!wanted)
        return wanted.error();
    auto skip = expression(object, u"skip_if"_s, {u"workers"_s});
    if (!skip)
        return skip.error();
    target.expression = std::move(*wanted);
    target.skipIf = std::move(*skip);

    const auto order = parseOrder(object.value(u"order_by"_s).toString());
    if (!order)
        return invalid(u"order_by: "_s + order.error().detail);
    target.orderBy = *order;

    const auto priority = wholeNumber(object, u"priority"_s, 0, std::numeric_limits<qint32>::max());
    if (!priority)
        return priority.error();
    if (*priority)
        target.priority = int(**priority);
    else if (before)
        target.priority = before->priority;

    const auto timeout = wholeNumber(object, u"timeout"_s, 1, std::numeric_limits<qint32>::max());
    if (!timeout)
        return timeout.error();
    if (*timeout)
        target.timeout = Seconds(**timeout);
    if (const auto error = readKnownWorker(object, target))
        return *error;
    return target;
}

Result<Filter> readFilter(const QJsonObject &object)
{
    Filter filter;
    filter.friendlyName = object.value(u"filter_friendly_name"_s).toString();
    if (filter.friendlyName.isEmpty())
        filter.friendlyName = object.value(u"friendly_name"_s).toString();
    auto condition = expression(object, u"expression"_s, {});
    if (!condition)
        return condition.error();
    if (!*condition)
        return invalid(u"the filter has no expression"_s);
    filter.expression = std::move(**condition);
    const QJsonArray targets = object.value(u"targets"_s).toArray();
    if (targets.isEmpty())
        return invalid(u"the filter has no target"_s);
    for (qsizetype i = 0; i < targets.size(); ++i) {
        const Target *before = filter.targets.empty() ? nullptr : &filter.targets.back();
        Result<Target> target = readTarget(targets.at(i).toObject(), before);
        if (!target)
            return Error{
                target.error().code, u"target %1: %2"_s.arg(i + 1).arg(target.error().detail), {}};
        filter.targets.push_back(std::move(*target));
    }
    return filter;
}

} // namespace

const Target *Plan::at(int filter, int target) const
{
    if (filter < 0)
        return defaultTarget ? &*defaultTarget : nullptr;
    if (size_t(filter) >= filters.size() || target < 0 ||
        size_t(target) >= filters[size_t(filter)].targets.size())
        return nullptr;
    return &filters[size_t(filter)].targets[size_t(target)];
}

Result<Plan> parsePlan(const Json &configuration)
{
    if (configuration.text.size() > MaxConfigurationBytes)
        return Error{Error::Code::TooLarge, u"a workflow has at most 1 MiB"_s, {}};
    QJsonParseError problem;
    const QJsonDocument document = QJsonDocument::fromJson(configuration.text, &problem);
    if (problem.error != QJsonParseError::NoError)
        return invalid(u"byte %1: %2"_s.arg(problem.offset).arg(problem.errorString()));
    const QJsonValue routing = document.object().value(u"task_routing"_s);
    if (!routing.isObject())
        return invalid(u"task_routing is missing"_s);

    Plan plan;
    const QJsonArray filters = routing.toObject().value(u"filters"_s).toArray();
    for (qsizetype i = 0; i < filters.size(); ++i) {
        Result<Filter> filter = readFilter(filters.at(i).toObject());
        if (!filter)
            return Error{
                filter.error().code, u"filter %1: %2"_s.arg(i + 1).arg(filter.error().detail), {}};
        plan.filters.push_back(std::move(*filter));
    }
    const QJsonObject fallback = routing.toObject().value(u"default_filter"_s).toObject();
    const QString queue = fallback.value(u"queue"_s).toString();
    if (!queue.isEmpty()) {
        plan.defaultTarget.emplace();
        plan.defaultTarget->queue = queue;
    } else if (!fallback.isEmpty()) {
        return invalid(u"default_filter names no queue"_s);
    }
    return plan;
}

Result<std::vector<OrderClause>> parseOrder(const QString &text)
{
    std::vector<OrderClause> out;
    qsizetype start = 0;
    if (text.trimmed().isEmpty())
        return out;
    for (const QString &part : text.split(u',')) {
        const QStringList words = part.simplified().split(u' ', Qt::SkipEmptyParts);
        const QString where = u"line 1, column %1: "_s.arg(start + 1);
        start += part.size() + 1;
        const QString direction = words.size() > 1 ? words.at(1).toUpper() : u"ASC"_s;
        if (words.isEmpty() || words.size() > 2 || (direction != u"ASC" && direction != u"DESC"))
            return invalid(where + u"expected an attribute and ASC or DESC"_s);
        const Result<Reference> attribute = parseReference(words.front());
        if (!attribute)
            return invalid(where + attribute.error().detail);
        if (attribute->root() != u"worker" || attribute->path.size() < 2)
            return invalid(where + u"the attribute begins with worker."_s);
        out.push_back({*attribute, direction == u"DESC"});
    }
    return out;
}

} // namespace peerdesk::routing
