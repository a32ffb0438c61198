// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/domain/routing.h"
#include "core/routing/expression.h"
#include "core/routing/workingset.h"

#include <QJsonObject>

/// What references mean in the four contexts of routing.md 2.4.
namespace peerdesk::routing {

class Index;

/// (a) Queue membership: bare names read the worker, from step `from` of the path on; the
/// attributes, and sid, friendly_name, activity_sid, activity_name.
QJsonValue workerValue(const WorkingSet &set, const Worker &worker, const QJsonObject &attributes,
                       const Reference &reference, size_t from = 0);

/// (b) Filters: bare names read the task's attributes. `customer.`, `channel.` and `now.` read
/// `facts` if it has that member at all, so that an attribute which a visitor supplied cannot pass
/// for a verified fact; `task.age` is in seconds.
Resolve filterScope(const Task &task, const QJsonObject &attributes, const QJsonObject &facts,
                    Time now);

/// (c) Targets: `task.` and `worker.`, the latter with
/// worker.channel.<name>.{available_capacity_percentage,assigned_tasks}.
Resolve targetScope(const Index &index, const QJsonObject &taskAttributes, const Worker &worker);

/// worker.channel.<name>.{available_capacity_percentage,assigned_tasks}
bool isLoadReference(const Reference &reference);
QJsonValue loadValue(const Index &index, const Worker &worker, const Reference &reference);

/// (d) skip_if: `workers.available`, `workers.unavailable`, `workers.<activity id or name>` count
/// members of the queue.
Resolve skipScope(const Index &index, QueueId queue);

/// Of `facts`, what the references mention: {"customer":{"vip":true}}. A mentioned root is kept
/// even if it has nothing to say.
QJsonObject mentioned(const QJsonObject &facts, const std::vector<Reference> &references);

} // namespace peerdesk::routing
