// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/routing/transfer.h"

namespace peerdesk::routing {

using namespace Qt::StringLiterals;

namespace {

/// The leg through which the worker has the task.
ReservationId ownersLeg(const WorkingSet &set, const Task &task)
{
    for (const ReservationId &id : task.reservations) {
        const auto leg = set.reservations.find(id);
        if (leg != set.reservations.end() && leg->second.worker == task.worker &&
            leg->second.status == ReservationStatus::Accepted)
            return id;
    }
    return {};
}

/// Errors: NotFound, Invalid, Rejected.
Result<Done> checkTarget(const WorkingSet &set, const Task &task, const Transfer &transfer)
{
    if (transfer.type == TransferType::Queue) {
        if (!set.queues.contains(transfer.toQueue))
            return notFound(u"no such queue: %1"_s.arg(transfer.toQueue.toString()));
        return Done{};
    }
    const auto worker = set.workers.find(transfer.toWorker);
    if (worker == set.workers.end())
        return notFound(u"no such worker: %1"_s.arg(transfer.toWorker.toString()));
    if (transfer.toWorker == task.worker)
        return invalid(u"the task is this worker's already"_s);
    if (!worker->second.available && !transfer.ignoreCapacity) {
        const auto activity = set.activities.find(worker->second.activity);
        const QString state =
            activity == set.activities.end() ? QString() : activity->second.friendlyName;
        return rejected(u"%1 is not available (%2)"_s.arg(worker->second.friendlyName, state),
                        state);
    }
    return Done{};
}

Result<Task> transferring(const WorkingSet &set, TaskId id)
{
    const auto task = set.tasks.find(id);
    if (task == set.tasks.end())
        return notFound(u"no open task %1"_s.arg(id.toString()));
    if (!task->second.isTransferring()) {
        const QString state = task->second.transfer ? enumName(task->second.transfer->status)
                                                    : enumName(task->second.assignmentStatus);
        return rejected(u"the task is not being transferred"_s, state);
    }
    return task->second;
}

} // namespace

Result<Done> beginTransfer(const WorkingSet &set, TaskId id, Transfer transfer, Time now,
                           const Emit &emitFact)
{
    const auto found = set.tasks.find(id);
    if (found == set.tasks.end())
        return notFound(u"no open task %1"_s.arg(id.toString()));
    const Task &task = found->second;
    if (task.assignmentStatus != TaskStatus::Assigned)
        return rejected(u"the task is %1: only an assigned one is handed on"_s.arg(
                            enumName(task.assignmentStatus)),
                        enumName(task.assignmentStatus));
    if (task.isTransferring())
        return rejected(u"the task is being transferred already"_s,
                        enumName(task.transfer->status));
    if (const Result<Done> good = checkTarget(set, task, transfer); !good)
        return good.error();
    transfer.status = TransferStatus::Initiated;
    transfer.initiatingReservation = ownersLeg(set, task);
    transfer.initiatingWorker = task.worker;
    transfer.ignoreCapacity = transfer.ignoreCapacity && transfer.type == TransferType::Worker;
    transfer.dateCreated = now;
    transfer.offers.clear();
    transfer.joined = {};
    transfer.failedReason.clear();
    emitFact(events::TransferInitiated{id, transfer});
    return Done{};
}

Result<Done> completeTransfer(const WorkingSet &set, TaskId id, Time now, const Emit &emitFact)
{
    const Result<Task> task = transferring(set, id);
    if (!task)
        return task.error();
    if (task->transfer->joined.isNull())
        return rejected(u"nobody has joined yet"_s, enumName(task->transfer->status));
    finishTransfer(set, id, now, emitFact);
    return Done{};
}

Result<Done> cancelTransfer(const WorkingSet &set, TaskId id, const QString &reason,
                            const Emit &emitFact)
{
    const Result<Task> task = transferring(set, id);
    if (!task)
        return task.error();
    cancelTransferOf(set, id, reason, emitFact);
    return Done{};
}

Result<Done> completeLeg(const WorkingSet &set, ReservationId id, const Emit &emitFact)
{
    const auto leg = set.reservations.find(id);
    if (leg == set.reservations.end())
        return notFound(u"no live reservation %1"_s.arg(id.toString()));
    const auto task = set.tasks.find(leg->second.task);
    const bool isOwners = task != set.tasks.end() && task->second.worker == leg->second.worker &&
                          !(task->second.isTransferring() && task->second.transfer->joined == id);
    if (leg->second.status == ReservationStatus::Pending ||
        (isOwners && leg->second.status == ReservationStatus::Accepted))
        return rejected(u"the reservation is %1"_s.arg(enumName(leg->second.status)),
                        enumName(leg->second.status));
    if (isOwners)
        return complete(set, leg->second.task, {}, emitFact);
    if (task != set.tasks.end() && task->second.isTransferring() &&
        task->second.transfer->joined == id) { // whoever was asked for help leaves again
        const Reservation left = leg->second;
        emitFact(events::ReservationCompleted{id});
        emitFact(events::TransferFailed{left.task, left.transfer, u"left"_s});
        return Done{};
    }
    emitFact(events::ReservationCompleted{id});
    return Done{};
}

void attemptFailed(const WorkingSet &set, const Reservation &offer, const QString &reason,
                   const Emit &emitFact)
{
    const auto found = set.tasks.find(offer.task);
    if (offer.transfer.isNull() || found == set.tasks.end() || !found->second.isTransferring() ||
        found->second.transfer->id != offer.transfer)
        return;
    const bool isLast = found->second.transfer->type == TransferType::Worker &&
                        found->second.transfer->offers.empty();
    const auto worker = set.workers.find(offer.worker);
    const QString name =
        worker == set.workers.end() ? u"the worker"_s : worker->second.friendlyName;
    emitFact(events::TransferAttemptFailed{offer.task, offer.transfer, offer.worker, reason});
    if (isLast)
        emitFact(events::TransferFailed{offer.task, offer.transfer, name + u' ' + reason});
}

QString hopelessness(const WorkingSet &set, const Task &task)
{
    if (task.transfer->type == TransferType::Queue)
        return set.queues.contains(task.transfer->toQueue) ? QString() : u"the queue is gone"_s;
    const auto worker = set.workers.find(task.transfer->toWorker);
    if (worker == set.workers.end())
        return u"the worker is gone"_s;
    if (worker->second.available || task.transfer->ignoreCapacity)
        return {};
    const auto activity = set.activities.find(worker->second.activity);
    return u"%1 is not available (%2)"_s.arg(
        worker->second.friendlyName,
        activity == set.activities.end() ? QString() : activity->second.friendlyName);
}

void finishTransfer(const WorkingSet &set, TaskId id, Time now, const Emit &emitFact)
{
    const Task task = set.tasks.at(id);
    const Transfer &transfer = *task.transfer;
    const Time wrapUpEndsAt = task.conversation.isNull() ? Time{} : now + WrapUpTime;
    emitFact(events::TransferCompleted{id, transfer.id, transfer.joined, wrapUpEndsAt});
    emitFact(events::ReservationWrapping{transfer.initiatingReservation});
}

void cancelTransferOf(const WorkingSet &set, TaskId id, const QString &reason, const Emit &emitFact)
{
    const Task task = set.tasks.at(id);
    if (!task.isTransferring())
        return;
    for (const ReservationId &offer : task.transfer->offers)
        emitFact(events::ReservationCanceled{offer, reason});
    if (!task.transfer->joined.isNull())
        emitFact(events::ReservationCompleted{task.transfer->joined});
    emitFact(events::TransferCanceled{id, task.transfer->id, reason});
}

} // namespace peerdesk::routing
