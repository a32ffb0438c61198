// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "core/node/decision.h"
#include "core/node/flows.h"

/// Decisions about tasks, offers and workers; the rules themselves are in core/routing.
namespace peerdesk::node {

using namespace Qt::StringLiterals;
using namespace events;

namespace {

/// Largest TTL of a task. Source: routing.md 2.1 (two weeks).
constexpr Seconds MaxTaskTimeout{1'209'600};
/// Source: routing.md 2.1, virtual_start_time.
constexpr Time EarliestStart{-2'208'988'800'000};
/// How many timers one TimeReached settles; the rest follows at once in a next one.
constexpr size_t MaxTimersAtOnce = 32;
/// Answers other than of created things are recognised this long. Source: decisions, "Log and
/// data".
constexpr Milliseconds RecognisedFor = std::chrono::days(7);
/// How much of what is over one TimeReached sweeps; the rest follows with the next ones, one at
/// least in half a minute.
constexpr int MaxForgottenAtOnce = 200;
constexpr int MaxSessionsAtOnce = 32;

/// The worker that the caller acts for: its own, or for supervisors whoever holds the thing.
Result<WorkerId> actingFor(const Decision &decision, WorkerId holder)
{
    if (decision.isSupervisor() || decision.caller().worker == holder)
        return holder;
    return Error{Error::Code::Forbidden, u"that is another worker's"_s, {}};
}

bool hasEnded(const Task &task)
{
    return task.assignmentStatus == TaskStatus::Completed ||
           task.assignmentStatus == TaskStatus::Canceled;
}

/// An open task. Errors: NotFound, or Rejected with the state in which it ended.
Result<Task> openTask(const Decision &decision, TaskId id)
{
    const auto task = decision.get<Task>(id);
    if (!task)
        return notFound(u"no such task"_s);
    if (hasEnded(*task))
        return rejected(u"this task has ended"_s, enumName(task->assignmentStatus));
    return *task;
}

Result<Task> taskForCaller(const Decision &decision, TaskId id)
{
    const Result<Task> task = openTask(decision, id);
    if (task && !decision.isSupervisor() &&
        (task->worker.isNull() || task->worker != decision.caller().worker))
        return Error{Error::Code::Forbidden, u"that task is another worker's"_s, {}};
    return task;
}

/// The caller's part of a task that is another worker's: what a transfer left, or help asked for.
std::optional<ReservationId> ownLeg(const Decision &decision, TaskId id)
{
    const auto task = decision.get<Task>(id);
    if (!task || task->worker == decision.caller().worker)
        return std::nullopt;
    for (const ReservationId &leg : task->reservations) {
        const auto held = decision.get<Reservation>(leg);
        if (held && held->worker == decision.caller().worker &&
            held->status != ReservationStatus::Pending)
            return leg;
    }
    return std::nullopt;
}

/// A set `queue` is meant instead of the workflow's default one: not where one of its rules
/// matches.
Result<TaskId> place(Decision &decision, Task task, const QJsonObject &facts, QueueId queue = {})
{
    Result<Task> placed = decision.router().place(std::move(task), facts, decision.now());
    if (!placed)
        return placed.error();
    if (!queue.isNull() && placed->filterIndex < 0)
        placed->taskQueue = queue;
    decision.record(TaskCreated{*placed});
    for (const RoutingMark mark :
         {RoutingMark::WorkflowEntered, RoutingMark::TargetMatched, RoutingMark::QueueEntered})
        decision.record(TaskNoted{placed->id, mark, placed->workflow, placed->taskQueue});
    return placed->id;
}

const TaskChannel *taskChannelNamed(const Decision &decision, const QString &name)
{
    for (const auto &[id, channel] : decision.set().taskChannels) {
        if (channel.uniqueName == name)
            return &channel;
    }
    return nullptr;
}

void sweep(Decision &decision)
{
    const std::vector<CommandId> passed =
        decision.view().passedCommands(decision.now() - RecognisedFor, MaxForgottenAtOnce);
    if (!passed.empty())
        decision.record(CommandsForgotten{passed});
    for (const SessionId &session : decision.view().endedSessions(MaxSessionsAtOnce))
        decision.record(SessionClosed{session});
}

Decided done(const Result<Done> &result, const auto &id, const QString &state)
{
    if (!result)
        return result.error();
    return about(id, state);
}

} // namespace

Result<TaskId> createTask(Decision &decision, const Conversation &conversation,
                          const TaskWish &wish)
{
    const auto account = decision.get<ChannelAccount>(conversation.account);
    Customer customer = decision.get<Customer>(conversation.customer).value_or(Customer{});
    QJsonObject attributes = wish.attributes;
    attributes.insert(u"conversation"_s, conversation.id.toString());
    attributes.insert(u"channel"_s, conversation.channel);
    attributes.insert(u"customer_name"_s, customer.name);
    if (!isProven(decision, conversation))
        customer = {}; // facts and language of the card are not for whoever typed its address
    if (!customer.language.isEmpty() && !attributes.contains(u"language"_s))
        attributes.insert(u"language"_s, customer.language);
    if (const auto last = decision.get<Agent>(conversation.lastAgent);
        last && !last->worker.isNull())
        attributes.insert(u"last_agent"_s, last->worker.toString());
    Task task;
    task.id = decision.newId<TaskId>("task:" + conversation.id.toBytes());
    task.attributes = json::canonical(attributes);
    task.taskChannel = wish.taskChannel.isEmpty() ? decision.rules(conversation.channel).taskChannel
                                                  : wish.taskChannel;
    task.workflow = wish.workflow.isNull() ? decision.warm().office.defaultWorkflow : wish.workflow;
    task.taskPriority = wish.priority;
    task.timeout = wish.timeout;
    task.dateCreated = task.virtualStartTime = decision.now();
    task.conversation = conversation.id;
    task.routingTargetWorker = wish.onlyWorker;
    task.preferredWorker = wish.preferredWorker;
    const QJsonObject channel{{u"type"_s, conversation.channel},
                              {u"name"_s, account ? account->name : QString()}};
    // The account's own queue is meant where a flow names no workflow.
    const bool isOwnQueue =
        wish.workflow.isNull() && account && decision.get<Queue>(account->queue);
    return place(decision, task,
                 {{u"customer"_s, json::object(customer.facts)}, {u"channel"_s, channel}},
                 isOwnQueue ? account->queue : QueueId{});
}

Decided decide(Decision &decision, const api::SetActivity &command)
{
    if (const Result<WorkerId> worker = actingFor(decision, command.worker); !worker)
        return worker.error();
    return done(routing::setActivity(decision.set(), command.worker, command.activity,
                                     command.rejectPending, decision.now(), decision.emitter()),
                command.worker, {});
}

Decided decide(Decision &decision, const api::SetWorkerChannel &command)
{
    const auto worker = decision.get<Worker>(command.worker);
    if (!worker)
        return notFound(u"no such worker"_s);
    const TaskChannel *taskChannel = taskChannelNamed(decision, command.taskChannel);
    if (!taskChannel)
        return notFound(u"no such task channel"_s);
    if (command.channel.configuredCapacity < 0 || command.channel.configuredCapacity > 1000)
        return invalid(u"configured_capacity must be 0 to 1000"_s);
    WorkerChannel share{taskChannel->defaultCapacity, true};
    if (const auto own = worker->channels.find(command.taskChannel); own != worker->channels.end())
        share = own->second;
    const bool isSwitched = share.available != command.channel.available;
    if (share.configuredCapacity != command.channel.configuredCapacity || !isSwitched) {
        share.configuredCapacity = command.channel.configuredCapacity;
        decision.record(WorkerChannelChanged{worker->id, command.taskChannel, share, false});
    }
    if (isSwitched)
        decision.record(
            WorkerChannelChanged{worker->id, command.taskChannel, command.channel, true});
    return about(command.worker);
}

Decided decide(Decision &decision, const api::AskOneMore &command)
{
    const auto worker = decision.get<Worker>(command.worker);
    if (!worker)
        return notFound(u"no such worker"_s);
    if (const Result<WorkerId> acting = actingFor(decision, command.worker); !acting)
        return acting.error();
    const auto activity = decision.get<Activity>(worker->activity);
    if (!worker->available)
        return rejected(u"only an available worker is offered tasks"_s,
                        activity ? activity->friendlyName : QString());
    if (!worker->oneMore)
        decision.record(WorkerOneMoreChanged{worker->id, true});
    return about(worker->id);
}

Decided decide(Decision &decision, const api::OptQueue &command)
{
    if (const Result<WorkerId> worker = actingFor(decision, command.worker); !worker)
        return worker.error();
    if (!decision.get<Worker>(command.worker) || !decision.get<Queue>(command.queue))
        return notFound(u"no such worker or queue"_s);
    decision.record(WorkerQueueOptChanged{command.worker, command.queue, command.optedIn});
    return about(command.worker);
}

Decided decide(Decision &decision, const api::CreateTask &command)
{
    if (command.attributes.text.size() > MaxAttributesBytes) {
        return Error{
            Error::Code::TooLarge,
            u"attributes are %1 bytes, %2 are allowed"_s.arg(command.attributes.text.size())
                .arg(MaxAttributesBytes),
            {}};
    }
    const QJsonDocument attributes =
        QJsonDocument::fromJson(command.attributes.isEmpty() ? "{}" : command.attributes.text);
    if (!attributes.isObject())
        return invalid(u"attributes must be a JSON object"_s);
    if (command.timeout && (*command.timeout < Seconds(1) || *command.timeout > MaxTaskTimeout))
        return invalid(u"timeout must be 1 to %1 seconds"_s.arg(MaxTaskTimeout.count()));
    if (command.priority < 0)
        return invalid(u"priority must not be negative"_s);
    if (command.virtualStartTime > decision.now())
        return invalid(u"virtual_start_time must not be in the future"_s);
    if (command.virtualStartTime < EarliestStart)
        return invalid(u"virtual_start_time must not be before 1900"_s);
    Task task;
    task.id = decision.newId<TaskId>("task");
    task.attributes = json::canonical(attributes.object());
    task.taskChannel = command.taskChannel.isEmpty() ? u"default"_s : command.taskChannel;
    if (!taskChannelNamed(decision, task.taskChannel))
        return invalid(u"there is no task channel \"%1\""_s.arg(task.taskChannel));
    task.workflow =
        command.workflow.isNull() ? decision.warm().office.defaultWorkflow : command.workflow;
    task.taskPriority = command.priority;
    task.timeout = command.timeout.value_or(Seconds(86'400));
    task.dateCreated = decision.now();
    task.virtualStartTime =
        command.virtualStartTime.isSet() ? command.virtualStartTime : decision.now();
    task.conversation = command.conversation;
    task.routingTargetWorker = command.routingTarget;
    task.ignoreCapacity = command.ignoreCapacity;
    if (!command.routingTarget.isNull() && !decision.get<Worker>(command.routingTarget))
        return notFound(u"no such worker"_s);
    if (command.ignoreCapacity && command.routingTarget.isNull())
        return invalid(u"ignore_capacity needs a routing_target"_s);
    if (!command.conversation.isNull()) {
        const auto conversation = decision.get<Conversation>(command.conversation);
        if (!conversation)
            return notFound(u"no such conversation"_s);
        if (!conversation->task.isNull())
            return rejected(u"this conversation has a task already"_s,
                            enumName(conversation->status));
    }
    const Result<TaskId> id = place(decision, task, {});
    if (!id)
        return id.error();
    return about(*id, u"pending"_s);
}

Decided decide(Decision &decision, const api::UpdateTask &command)
{
    const Result<Task> task = openTask(decision, command.task);
    if (!task)
        return task.error();
    Json attributes = task->attributes;
    if (command.attributes) {
        const QJsonDocument document = QJsonDocument::fromJson(command.attributes->text);
        if (!document.isObject() || command.attributes->text.size() > MaxAttributesBytes)
            return invalid(u"attributes must be a JSON object of at most 64 KiB"_s);
        attributes = json::canonical(document.object());
    }
    decision.record(TaskUpdated{task->id, attributes, command.priority.value_or(task->priority)});
    const Result<Done> placed =
        routing::reevaluate(decision.set(), task->id, decision.now(), decision.emitter());
    return done(placed, task->id, enumName(task->assignmentStatus));
}

Decided decide(Decision &decision, const api::CancelTask &command)
{
    if (const Result<Task> task = openTask(decision, command.task); !task)
        return task.error();
    return done(routing::cancel(decision.set(), command.task, command.reason, decision.emitter()),
                command.task, u"canceled"_s);
}

Decided decide(Decision &decision, const api::WrapUpTask &command)
{
    const Result<Task> task = taskForCaller(decision, command.task);
    if (!task)
        return task.error();
    const Milliseconds duration =
        task->conversation.isNull() ? Milliseconds(0) : routing::WrapUpTime;
    return done(
        routing::wrapUp(decision.set(), command.task, duration, decision.now(), decision.emitter()),
        command.task, u"wrapping"_s);
}

Decided decide(Decision &decision, const api::CompleteTask &command)
{
    if (const auto leg = ownLeg(decision, command.task))
        return done(routing::completeLeg(decision.set(), *leg, decision.emitter()), command.task,
                    u"completed"_s);
    const Result<Task> task = taskForCaller(decision, command.task);
    if (!task)
        return task.error();
    return done(routing::complete(decision.set(), command.task, command.reason, decision.emitter()),
                command.task, u"completed"_s);
}

Decided decide(Decision &decision, const api::AcceptReservation &command)
{
    const auto reservation = decision.get<Reservation>(command.reservation);
    if (!reservation)
        return notFound(u"no such reservation"_s);
    const Result<WorkerId> worker = actingFor(decision, reservation->worker);
    if (!worker)
        return worker.error();
    if (reservation->status != ReservationStatus::Pending)
        return rejected(u"this offer is no longer open"_s, enumName(reservation->status));
    return done(routing::accept(decision.set(), command.reservation, *worker, decision.now(),
                                decision.emitter()),
                command.reservation, u"accepted"_s);
}

Decided decide(Decision &decision, const api::RejectReservation &command)
{
    const auto reservation = decision.get<Reservation>(command.reservation);
    if (!reservation)
        return notFound(u"no such reservation"_s);
    const Result<WorkerId> worker = actingFor(decision, reservation->worker);
    if (!worker)
        return worker.error();
    if (reservation->status != ReservationStatus::Pending)
        return rejected(u"this offer is no longer open"_s, enumName(reservation->status));
    return done(routing::reject(decision.set(), command.reservation, *worker, command.activity,
                                decision.now(), decision.emitter()),
                command.reservation, u"rejected"_s);
}

Decided decide(Decision &decision, const api::TimeReached &)
{
    std::vector<Execution> due;
    for (const auto &[waitsUntil, id] : decision.warm().waits) {
        if (waitsUntil > decision.now() || due.size() >= MaxTimersAtOnce)
            break;
        due.push_back(decision.warm().executions.at(id));
    }
    const std::vector<Conversation> sleepers =
        decision.view().snoozeDue(decision.now(), int(MaxTimersAtOnce));
    if (due.size() >= MaxTimersAtOnce || sleepers.size() >= MaxTimersAtOnce)
        decision.leaveMore();
    for (const Conversation &sleeper : sleepers) {
        std::optional<ConversationStatus> status;
        if (sleeper.status == ConversationStatus::Pending)
            status = ConversationStatus::Open;
        decision.record(ConversationUpdated{sleeper.id, status, {}, Time{}});
    }
    for (const Execution &execution : due) {
        flow::Input input;
        input.kind = flow::Input::Kind::TimedOut;
        resumeFlow(decision, execution, input);
    }
    sweep(decision);
    return api::Outcome{}; // offers, targets, wrap-ups: the router settles after every command
}

} // namespace peerdesk::node
