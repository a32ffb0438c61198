// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/routing/scope.h"

#include "core/base/json.h"
#include "core/routing/index.h"

namespace peerdesk::routing {

using namespace Qt::StringLiterals;

namespace {

bool isFactRoot(const QString &name)
{
    return name == u"customer" || name == u"channel" || name == u"now";
}

} // namespace

QJsonValue loadValue(const Index &index, const Worker &worker, const Reference &reference)
{
    const QString channel = reference.name(2);
    const Load load = index.load(worker.id, channel);
    if (reference.name(3) == u"assigned_tasks")
        return load.assigned;
    const int capacity = index.capacity(worker, channel);
    return capacity > 0 ? std::max(0, capacity - load.taken) * 100 / capacity : 0;
}

bool isLoadReference(const Reference &reference)
{
    return reference.path.size() == 4 && reference.name(1) == u"channel" &&
           (reference.name(3) == u"available_capacity_percentage" ||
            reference.name(3) == u"assigned_tasks");
}

QJsonValue workerValue(const WorkingSet &set, const Worker &worker, const QJsonObject &attributes,
                       const Reference &reference, size_t from)
{
    if (reference.path.size() == from + 1) {
        const QString &name = reference.path[from].key;
        if (name == u"sid")
            return worker.id.toString();
        if (name == u"friendly_name")
            return worker.friendlyName;
        if (name == u"activity_sid")
            return worker.activity.toString();
        if (name == u"activity_name") {
            const auto activity = set.activities.find(worker.activity);
            return activity == set.activities.end() ? QJsonValue()
                                                    : QJsonValue(activity->second.friendlyName);
        }
    }
    return follow(attributes, reference, from);
}

Resolve filterScope(const Task &task, const QJsonObject &attributes, const QJsonObject &facts,
                    Time now)
{
    return [&task, &attributes, &facts, now](const Reference &reference) -> QJsonValue {
        const QString &root = reference.root();
        if (reference.path.size() < 2)
            return follow(attributes, reference);
        if (isFactRoot(root) && facts.contains(root))
            return follow(facts, reference);
        if (root == u"now") { // without an office calendar: UTC
            const QDateTime utc = QDateTime::fromMSecsSinceEpoch(now.ms, QTimeZone::utc());
            if (reference.name(1) == u"hour")
                return utc.time().hour();
            if (reference.name(1) == u"weekday")
                return utc.date().dayOfWeek();
        }
        if (root == u"task" && reference.path.size() == 2 && reference.name(1) == u"age")
            return qint64((now - task.dateCreated).count() / 1000);
        if (root == u"task" && !attributes.contains(u"task"_s))
            return follow(attributes, reference, 1);
        return follow(attributes, reference);
    };
}

Resolve targetScope(const Index &index, const QJsonObject &taskAttributes, const Worker &worker)
{
    const QJsonObject attributes = json::object(worker.attributes);
    return
        [&index, &taskAttributes, &worker, attributes](const Reference &reference) -> QJsonValue {
            if (reference.root() == u"task")
                return follow(taskAttributes, reference, 1);
            if (reference.root() != u"worker")
                return {};
            if (isLoadReference(reference))
                return loadValue(index, worker, reference);
            return workerValue(index.set(), worker, attributes, reference, 1);
        };
}

Resolve skipScope(const Index &index, QueueId queue)
{
    const QueueView *view = index.queue(queue);
    return [&index, view](const Reference &reference) -> QJsonValue {
        if (!view || reference.root() != u"workers" || reference.path.size() != 2)
            return 0;
        const QString name = reference.name(1);
        if (name == u"available")
            return view->available;
        if (name == u"unavailable")
            return int(view->members.size()) - view->available;
        for (const auto &[id, activity] : index.set().activities) {
            if (id.toString() == name || activity.friendlyName == name) {
                const auto count = view->activities.find(id);
                return count == view->activities.end() ? 0 : count->second;
            }
        }
        return 0;
    };
}

QJsonObject mentioned(const QJsonObject &facts, const std::vector<Reference> &references)
{
    QJsonObject out;
    for (const Reference &reference : references) {
        const QString &root = reference.root();
        if (reference.path.size() < 2 || !isFactRoot(root) || !facts.contains(root))
            continue;
        QJsonObject kept = out.value(root).toObject();
        const QString member = reference.name(1);
        const QJsonObject all = facts.value(root).toObject();
        if (all.contains(member))
            kept.insert(member, all.value(member));
        out.insert(root, kept);
    }
    return out;
}

} // namespace peerdesk::routing
