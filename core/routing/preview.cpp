// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/routing/preview.h"

#include "core/base/json.h"
#include "core/routing/explain.h"
#include "core/routing/matching.h"
#include "core/routing/router.h"
#include "core/routing/scope.h"
#include "core/routing/settle.h"

#include <QJsonArray>

namespace peerdesk::routing {

using namespace Qt::StringLiterals;

Result<QJsonObject> preview(const WorkingSet &set, Task task, const QJsonObject &facts, Time now)
{
    WorkingSet trial = set;
    const Result<Task> placed = place(trial, std::move(task), facts, now);
    if (!placed)
        return placed.error();
    trial.tasks[placed->id] = *placed;
    if (const auto queue = trial.queues.find(placed->taskQueue); queue != trial.queues.end())
        queue->second.maxReservedWorkers = MaxReservedWorkers; // to see the whole order
    Index index(trial);
    QJsonObject out = explainTask(index, placed->id, now);
    QJsonArray order;
    for (const WorkerId &worker : choose(index, *placed, now))
        order.append(worker.toString());
    const Target *target = index.target(*placed);
    const bool skips = order.isEmpty() && target && target->skipIf &&
                       target->skipIf->evaluate(skipScope(index, placed->taskQueue));
    out.insert(u"skips"_s, skips);
    out.insert(u"order"_s, order);
    if (!skips && target && target->timeout) {
        const auto stop = nextStop(index, *placed, now);
        const auto next = stop ? trial.queues.find(stop->queue) : trial.queues.end();
        out.insert(u"times_out_after"_s, qint64(target->timeout->count()));
        out.insert(u"then"_s, next == trial.queues.end() ? QString() : next->second.friendlyName);
    }
    return out;
}

Result<std::vector<WorkerId>> membersOf(const WorkingSet &set, const QString &targetWorkers)
{
    std::vector<WorkerId> members;
    if (targetWorkers.trimmed().isEmpty())
        return members;
    const Result<Expression> expression = Expression::parse(targetWorkers);
    if (!expression)
        return expression.error();
    for (const auto &[id, record] : set.workers) {
        const Worker &worker = record; // clang 14 captures no structured binding
        const QJsonObject attributes = json::object(worker.attributes);
        const auto resolve = [&](const Reference &reference) {
            return workerValue(set, worker, attributes, reference);
        };
        if (expression->evaluate(resolve))
            members.push_back(id);
    }
    return members;
}

} // namespace peerdesk::routing
