// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/fields.h"
#include "core/domain/ids.h"

namespace peerdesk {

/// A worker's declared state. `available` is fixed at creation.
struct Activity
{
    using Key = ActivityId;
    ActivityId id;
    QString friendlyName;
    bool available = false;

    static constexpr const char *table = "activity";
    static constexpr auto fields()
    {
        return FieldList{field(1, "id", &Activity::id),
                         field(2, "friendly_name", &Activity::friendlyName),
                         field(3, "available", &Activity::available)};
    }
    Key key() const { return id; }
    bool operator==(const Activity &) const = default;
};

/// What kind of work a task is, for capacity: voice, chat, email, ...
struct TaskChannel
{
    using Key = TaskChannelId;
    TaskChannelId id;
    QString uniqueName;
    QString friendlyName;
    int defaultCapacity = 1;
    Seconds offerTimeout{60}; ///< how long an offer stands; 0 = for ever (pull)
    int channelWeight = 0;    ///< units of a worker's 100 that one task takes; 0 = none

    static constexpr const char *table = "task_channel";
    static constexpr auto fields()
    {
        return FieldList{field(1, "id", &TaskChannel::id),
                         field(2, "unique_name", &TaskChannel::uniqueName),
                         field(3, "friendly_name", &TaskChannel::friendlyName),
                         field(4, "default_capacity", &TaskChannel::defaultCapacity),
                         field(5, "offer_timeout", &TaskChannel::offerTimeout),
                         field(6, "channel_weight", &TaskChannel::channelWeight)};
    }
    Key key() const { return id; }
    bool operator==(const TaskChannel &) const = default;
};

/// A worker's share of one task channel, by the channel's unique name.
struct WorkerChannel
{
    int configuredCapacity = 1;
    bool available = true;

    static constexpr auto fields()
    {
        return FieldList{field(1, "configured_capacity", &WorkerChannel::configuredCapacity),
                         field(2, "available", &WorkerChannel::available)};
    }
    bool operator==(const WorkerChannel &) const = default;
};

/// Routing subject. Names as in Twilio TaskRouter so that workflow JSON imports unchanged.
struct Worker
{
    using Key = WorkerId;
    WorkerId id;
    QString friendlyName; ///< unique, case-insensitive, 1..64 characters
    Json attributes;      ///< a JSON object; skills and the like; at most 64 KiB
    ActivityId activity;
    bool available = false; ///< derived from the activity
    Time dateStatusChanged;
    Time lastTaskAt;      ///< when a task last came or ended: longest idle goes by it
    int missedOffers = 0; ///< in a row
    std::map<QString, WorkerChannel>
        channels; ///< only what differs from the task channel's default
    std::vector<QueueId> optedOut;
    AgentId agent;
    bool oneMore = false; ///< asked for one offer beyond the capacity (M32)

    static constexpr const char *table = "worker";
    static constexpr auto fields()
    {
        return FieldList{field(1, "id", &Worker::id),
                         field(2, "friendly_name", &Worker::friendlyName),
                         field(3, "attributes", &Worker::attributes),
                         field(4, "activity", &Worker::activity),
                         field(5, "available", &Worker::available),
                         field(6, "date_status_changed", &Worker::dateStatusChanged),
                         field(7, "last_task_at", &Worker::lastTaskAt),
                         field(8, "missed_offers", &Worker::missedOffers),
                         field(9, "channels", &Worker::channels),
                         field(10, "opted_out", &Worker::optedOut),
                         field(11, "agent", &Worker::agent),
                         field(12, "one_more", &Worker::oneMore)};
    }
    Key key() const { return id; }
    bool operator==(const Worker &) const = default;
};

enum class TaskOrder { Fifo, Lifo };
template <>
struct EnumNames<TaskOrder>
{
    static constexpr std::array names{"FIFO", "LIFO"};
};

struct Queue
{
    using Key = QueueId;
    QueueId id;
    QString friendlyName;
    QString targetWorkers; ///< expression over worker attributes; empty = nobody
    TaskOrder taskOrder = TaskOrder::Fifo;
    int maxReservedWorkers = 1; ///< 1..50
    bool autoAccept = false;    ///< who is offered a task has it at once
    bool isPull = false;        ///< nobody is offered anything: workers take

    static constexpr const char *table = "queue";
    static constexpr auto fields()
    {
        return FieldList{field(1, "id", &Queue::id),
                         field(2, "friendly_name", &Queue::friendlyName),
                         field(3, "target_workers", &Queue::targetWorkers),
                         field(4, "task_order", &Queue::taskOrder),
                         field(5, "max_reserved_workers", &Queue::maxReservedWorkers),
                         field(6, "auto_accept", &Queue::autoAccept),
                         field(7, "pull", &Queue::isPull)};
    }
    Key key() const { return id; }
    bool operator==(const Queue &) const = default;
};

struct Workflow
{
    using Key = WorkflowId;
    WorkflowId id;
    QString friendlyName;
    Json configuration; ///< Twilio's task_routing document; at most 1 MiB
    std::optional<Seconds> taskReservationTimeout; ///< overrides the task channel's offer time-out

    static constexpr const char *table = "workflow";
    static constexpr auto fields()
    {
        return FieldList{field(1, "id", &Workflow::id),
                         field(2, "friendly_name", &Workflow::friendlyName),
                         field(3, "configuration", &Workflow::configuration),
                         field(4, "task_reservation_timeout", &Workflow::taskReservationTimeout)};
    }
    Key key() const { return id; }
    bool operator==(const Workflow &) const = default;
};

enum class TaskStatus { Pending, Reserved, Assigned, Wrapping, Completed, Canceled };
template <>
struct EnumNames<TaskStatus>
{
    static constexpr std::array names{"pending",  "reserved",  "assigned",
                                      "wrapping", "completed", "canceled"};
};

/// Stations of a task on its way through a workflow. Source: routing.md 2.9.
enum class RoutingMark {
    WorkflowEntered,
    TargetMatched,
    QueueEntered,
    QueueTimeout,
    QueueMoved,
    WorkflowTimeout,
    WorkflowSkipped
};
template <>
struct EnumNames<RoutingMark>
{
    static constexpr std::array names{
        "workflow.entered", "workflow.target-matched", "task-queue.entered", "task-queue.timeout",
        "task-queue.moved", "workflow.timeout",        "workflow.skipped"};
};

/// Decline memory: a worker who rejected or missed this task, and since when.
struct Exclusion
{
    WorkerId worker;
    Time since;
    static constexpr auto fields()
    {
        return FieldList{field(1, "worker", &Exclusion::worker),
                         field(2, "since", &Exclusion::since)};
    }
    bool operator==(const Exclusion &) const = default;
};

enum class TransferType { Worker, Queue };
template <>
struct EnumNames<TransferType>
{
    static constexpr std::array names{"WORKER", "QUEUE"};
};

enum class TransferMode { Cold, Warm };
template <>
struct EnumNames<TransferMode>
{
    static constexpr std::array names{"COLD", "WARM"};
};

enum class TransferStatus { Initiated, Failed, Completed, Canceled };
template <>
struct EnumNames<TransferStatus>
{
    static constexpr std::array names{"INITIATED", "FAILED", "COMPLETED", "CANCELED"};
};

/// The way of an assigned task to its next worker. The first one keeps it until then.
struct Transfer
{
    TransferId id;
    TransferType type = TransferType::Worker;
    TransferMode mode = TransferMode::Cold;
    WorkerId toWorker;
    QueueId toQueue;
    TransferStatus status = TransferStatus::Initiated;
    ReservationId initiatingReservation;
    WorkerId initiatingWorker;
    QString failedReason;        ///< why it came to nothing, for people
    bool ignoreCapacity = false; ///< to a worker only: whatever activity and slots
    Time dateCreated;
    std::vector<ReservationId> offers; ///< pending ones
    ReservationId joined;              ///< warm: the leg that has accepted and takes part

    static constexpr auto fields()
    {
        return FieldList{field(1, "id", &Transfer::id),
                         field(2, "type", &Transfer::type),
                         field(3, "mode", &Transfer::mode),
                         field(4, "to_worker", &Transfer::toWorker),
                         field(5, "to_queue", &Transfer::toQueue),
                         field(6, "status", &Transfer::status),
                         field(7, "initiating_reservation", &Transfer::initiatingReservation),
                         field(8, "initiating_worker", &Transfer::initiatingWorker),
                         personal(9, "failed_reason", &Transfer::failedReason),
                         field(10, "ignore_capacity", &Transfer::ignoreCapacity),
                         field(11, "date_created", &Transfer::dateCreated),
                         field(12, "offers", &Transfer::offers),
                         field(13, "joined", &Transfer::joined)};
    }
    bool operator==(const Transfer &) const = default;

    bool isActive() const { return status == TransferStatus::Initiated; }
};

/// Unit of work to be routed. Names as in TaskRouter.
struct Task
{
    using Key = TaskId;
    TaskId id;
    Json attributes;
    TaskStatus assignmentStatus = TaskStatus::Pending;
    int priority = 0;
    QString taskChannel; ///< unique name
    WorkflowId workflow;
    QueueId taskQueue; ///< current
    Time taskQueueEnteredDate;
    Time virtualStartTime;
    Time dateCreated;
    std::optional<Seconds> timeout; ///< TTL; none = waits for ever
    QString reason;                 ///< why it was completed or canceled, in anybody's words
    ConversationId conversation;    ///< null for a task made by the API alone
    int filterIndex =
        -1; ///< where in the workflow it stands: filter (-1 = default filter) and target
    int targetIndex = 0;
    WorkerId worker; ///< owner once assigned
    Time assignedAt;
    Time wrapUpEndsAt;
    int assignmentCount = 0;
    std::vector<Exclusion> excluded;
    WorkerId routingTargetWorker; ///< set = only this worker is asked (last agent, assign)
    int taskPriority = 0;         ///< the task's own priority, before a target overrides it
    std::vector<ReservationId> reservations; ///< live ones
    Json
        routingFacts; ///< what filters may read besides the attributes, as it was when the task was
                      ///< placed: {"customer":{},"channel":{},"now":{}}, only what they mention
    bool ignoreCapacity = false;      ///< with a target worker: whatever activity and slots
    std::optional<Transfer> transfer; ///< the latest one, under way or ended
    WorkerId preferredWorker;         ///< asked first while free, then the workflow goes its way

    static constexpr const char *table = "task";
    static constexpr auto fields()
    {
        return FieldList{field(1, "id", &Task::id),
                         personal(2, "attributes", &Task::attributes),
                         field(3, "assignment_status", &Task::assignmentStatus),
                         field(4, "priority", &Task::priority),
                         field(5, "task_channel", &Task::taskChannel),
                         field(6, "workflow", &Task::workflow),
                         field(7, "task_queue", &Task::taskQueue),
                         field(8, "task_queue_entered_date", &Task::taskQueueEnteredDate),
                         field(9, "virtual_start_time", &Task::virtualStartTime),
                         field(10, "date_created", &Task::dateCreated),
                         field(11, "timeout", &Task::timeout),
                         personal(12, "reason", &Task::reason),
                         field(13, "conversation", &Task::conversation),
                         field(14, "filter_index", &Task::filterIndex),
                         field(15, "target_index", &Task::targetIndex),
                         field(16, "worker", &Task::worker),
                         field(17, "assigned_at", &Task::assignedAt),
                         field(18, "wrap_up_ends_at", &Task::wrapUpEndsAt),
                         field(19, "assignment_count", &Task::assignmentCount),
                         field(20, "excluded", &Task::excluded),
                         field(21, "routing_target_worker", &Task::routingTargetWorker),
                         field(22, "task_priority", &Task::taskPriority),
                         field(23, "reservations", &Task::reservations),
                         personal(24, "routing_facts", &Task::routingFacts),
                         field(25, "ignore_capacity", &Task::ignoreCapacity),
                         field(26, "transfer", &Task::transfer),
                         field(27, "preferred_worker", &Task::preferredWorker)};
    }
    Key key() const { return id; }
    bool operator==(const Task &) const = default;

    bool isTransferring() const { return transfer && transfer->isActive(); }
    /// Looks for a (next) worker and has offered itself to nobody.
    bool isWaiting() const
    {
        return assignmentStatus == TaskStatus::Pending ||
               (isTransferring() && assignmentStatus == TaskStatus::Assigned &&
                transfer->offers.empty() && transfer->joined.isNull());
    }
    /// Where it waits: the queue that it is transferred to, or its own.
    QueueId waitingQueue() const
    {
        return isTransferring() && transfer->type == TransferType::Queue ? transfer->toQueue
                                                                         : taskQueue;
    }
};

enum class ReservationStatus {
    Pending,
    Accepted,
    Wrapping,
    Completed,
    Rejected,
    Timeout,
    Canceled,
    Rescinded
};
template <>
struct EnumNames<ReservationStatus>
{
    static constexpr std::array names{"pending",  "accepted", "wrapping", "completed",
                                      "rejected", "timeout",  "canceled", "rescinded"};
};

/// Offer of a task to one worker.
struct Reservation
{
    using Key = ReservationId;
    ReservationId id;
    TaskId task;
    WorkerId worker;
    ReservationStatus status = ReservationStatus::Pending;
    Time dateCreated;
    Time expiresAt; ///< not set = never
    QString why;    ///< why this worker, for people: "Spanish, Sales, longest idle"
    QString canceledReason;
    TransferId transfer; ///< it came by this transfer; null = by the workflow
    Time wrapUpEndsAt;   ///< of a worker who gave the task on

    static constexpr const char *table = "reservation";
    static constexpr auto fields()
    {
        return FieldList{field(1, "id", &Reservation::id),
                         field(2, "task", &Reservation::task),
                         field(3, "worker", &Reservation::worker),
                         field(4, "status", &Reservation::status),
                         field(5, "date_created", &Reservation::dateCreated),
                         field(6, "expires_at", &Reservation::expiresAt),
                         field(7, "why", &Reservation::why),
                         personal(8, "canceled_reason", &Reservation::canceledReason),
                         field(9, "transfer", &Reservation::transfer),
                         field(10, "wrap_up_ends_at", &Reservation::wrapUpEndsAt)};
    }
    Key key() const { return id; }
    bool operator==(const Reservation &) const = default;
};

} // namespace peerdesk
