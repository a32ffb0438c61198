// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/node/decision.h"

/// Decisions about handing tasks on and taking them without an offer; the rules are in
/// core/routing.
namespace peerdesk::node {

using namespace Qt::StringLiterals;
using namespace events;

namespace {

/// Only who has the task, or a supervisor. Errors: NotFound, Rejected with the state in which it
/// ended, Forbidden.
Result<Task> ownTask(const Decision &decision, TaskId id)
{
    const auto task = decision.get<Task>(id);
    if (!task)
        return notFound(u"no such task"_s);
    if (task->assignmentStatus == TaskStatus::Completed ||
        task->assignmentStatus == TaskStatus::Canceled)
        return rejected(u"this task has ended"_s, enumName(task->assignmentStatus));
    if (!decision.isSupervisor() && !task->worker.isNull() &&
        task->worker != decision.caller().worker)
        return Error{Error::Code::Forbidden, u"that task is another worker's"_s, {}};
    return *task;
}

Result<Done> mayActFor(const Decision &decision, WorkerId worker)
{
    if (decision.isSupervisor() || decision.caller().worker == worker)
        return Done{};
    return Error{Error::Code::Forbidden, u"that is another worker's"_s, {}};
}

} // namespace

Decided decide(Decision &decision, const api::TransferTask &command)
{
    const Result<Task> task = ownTask(decision, command.task);
    if (!task)
        return task.error();
    Transfer transfer;
    transfer.id = decision.newId<TransferId>("transfer");
    transfer.type = command.type;
    transfer.mode = command.mode;
    transfer.toWorker = command.type == TransferType::Worker ? command.toWorker : WorkerId{};
    transfer.toQueue = command.type == TransferType::Queue ? command.toQueue : QueueId{};
    transfer.ignoreCapacity = command.ignoreCapacity;
    const Result<Done> begun = routing::beginTransfer(decision.set(), command.task, transfer,
                                                      decision.now(), decision.emitter());
    if (!begun)
        return begun.error();
    return about(command.task, enumName(TransferStatus::Initiated));
}

Decided decide(Decision &decision, const api::EndTransfer &command)
{
    const Result<Task> task = ownTask(decision, command.task);
    if (!task)
        return task.error();
    const Result<Done> ended = command.isCompleted
                                   ? routing::completeTransfer(decision.set(), command.task,
                                                               decision.now(), decision.emitter())
                                   : routing::cancelTransfer(decision.set(), command.task,
                                                             u"taken back"_s, decision.emitter());
    if (!ended)
        return ended.error();
    return about(command.task, enumName(command.isCompleted ? TransferStatus::Completed
                                                            : TransferStatus::Canceled));
}

Decided decide(Decision &decision, const api::CompleteReservation &command)
{
    const auto leg = decision.get<Reservation>(command.reservation);
    if (!leg)
        return notFound(u"no such reservation"_s);
    if (const Result<Done> may = mayActFor(decision, leg->worker); !may)
        return may.error();
    if (!decision.set().reservations.contains(leg->id))
        return rejected(u"the reservation has ended"_s, enumName(leg->status));
    const Result<Done> ended =
        routing::completeLeg(decision.set(), command.reservation, decision.emitter());
    if (!ended)
        return ended.error();
    return about(command.reservation, u"completed"_s);
}

Decided decide(Decision &decision, const api::TakeNext &command)
{
    if (const Result<Done> may = mayActFor(decision, command.worker); !may)
        return may.error();
    const Result<TaskId> next = decision.router().nextFor(command.worker, command.queue);
    if (!next)
        return next.error();
    const Result<Done> taken =
        routing::take(decision.set(), *next, command.worker, decision.now(), decision.emitter());
    if (!taken)
        return taken.error();
    return about(*next, u"assigned"_s);
}

} // namespace peerdesk::node
