// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/domain/channel.h"
#include "core/domain/conversation.h"
#include "core/domain/flow.h"
#include "core/domain/ledger.h"
#include "core/domain/message.h"
#include "core/domain/office.h"
#include "core/domain/routing.h"
#include "core/events/erasurefacts.h"
#include "core/events/identityfacts.h"
#include "core/events/nodefacts.h"
#include "core/events/secretfacts.h"
#include "core/events/webhookfacts.h"

#include <variant>

/// What happened, once and for ever. (type, version) is frozen when published: any change is a new
/// version with an upcaster in upcast.cpp. tests/core/events/facts.golden holds the bytes of all,
/// and says no to a change. CBOR keys are the numbers in fields().
namespace peerdesk::events {

/// The office begins.
struct OfficeCreated
{
    static constexpr int type = 1;
    static constexpr int version = 2;
    Office office;

    static constexpr auto fields() { return FieldList{field(1, "office", &OfficeCreated::office)}; }
    bool operator==(const OfficeCreated &) const = default;
};

/// Created or changed.
struct AgentSaved
{
    static constexpr int type = 3;
    static constexpr int version = 1;
    Agent agent;

    static constexpr auto fields() { return FieldList{field(1, "agent", &AgentSaved::agent)}; }
    bool operator==(const AgentSaved &) const = default;
};

struct SessionOpened
{
    static constexpr int type = 4;
    static constexpr int version = 1;
    Session session;

    static constexpr auto fields()
    {
        return FieldList{field(1, "session", &SessionOpened::session)};
    }
    bool operator==(const SessionOpened &) const = default;
};

struct SessionClosed
{
    static constexpr int type = 5;
    static constexpr int version = 1;
    SessionId session;

    static constexpr auto fields()
    {
        return FieldList{field(1, "session", &SessionClosed::session)};
    }
    bool operator==(const SessionClosed &) const = default;
};

/// The agent's sessions are over, but for `kept` if that is set.
struct SessionsEnded
{
    static constexpr int type = 6;
    static constexpr int version = 1;
    AgentId agent;
    SessionId kept;

    static constexpr auto fields()
    {
        return FieldList{field(1, "agent", &SessionsEnded::agent),
                         field(2, "kept", &SessionsEnded::kept)};
    }
    bool operator==(const SessionsEnded &) const = default;
};

struct ActivitySaved
{
    static constexpr int type = 10;
    static constexpr int version = 1;
    Activity activity;

    static constexpr auto fields()
    {
        return FieldList{field(1, "activity", &ActivitySaved::activity)};
    }
    bool operator==(const ActivitySaved &) const = default;
};

struct TaskChannelSaved
{
    static constexpr int type = 11;
    static constexpr int version = 2;
    TaskChannel taskChannel;

    static constexpr auto fields()
    {
        return FieldList{field(1, "task_channel", &TaskChannelSaved::taskChannel)};
    }
    bool operator==(const TaskChannelSaved &) const = default;
};

struct ActivityDeleted
{
    static constexpr int type = 18;
    static constexpr int version = 1;
    ActivityId activity;

    static constexpr auto fields()
    {
        return FieldList{field(1, "activity", &ActivityDeleted::activity)};
    }
    bool operator==(const ActivityDeleted &) const = default;
};

struct TaskChannelDeleted
{
    static constexpr int type = 19;
    static constexpr int version = 1;
    TaskChannelId taskChannel;

    static constexpr auto fields()
    {
        return FieldList{field(1, "task_channel", &TaskChannelDeleted::taskChannel)};
    }
    bool operator==(const TaskChannelDeleted &) const = default;
};

struct QueueSaved
{
    static constexpr int type = 12;
    static constexpr int version = 2;
    Queue queue;

    static constexpr auto fields() { return FieldList{field(1, "queue", &QueueSaved::queue)}; }
    bool operator==(const QueueSaved &) const = default;
};

struct QueueDeleted
{
    static constexpr int type = 13;
    static constexpr int version = 1;
    QueueId queue;

    static constexpr auto fields() { return FieldList{field(1, "queue", &QueueDeleted::queue)}; }
    bool operator==(const QueueDeleted &) const = default;
};

struct WorkflowSaved
{
    static constexpr int type = 14;
    static constexpr int version = 1;
    Workflow workflow;

    static constexpr auto fields()
    {
        return FieldList{field(1, "workflow", &WorkflowSaved::workflow)};
    }
    bool operator==(const WorkflowSaved &) const = default;
};

struct WorkflowDeleted
{
    static constexpr int type = 15;
    static constexpr int version = 1;
    WorkflowId workflow;

    static constexpr auto fields()
    {
        return FieldList{field(1, "workflow", &WorkflowDeleted::workflow)};
    }
    bool operator==(const WorkflowDeleted &) const = default;
};

struct FlowSaved
{
    static constexpr int type = 16;
    static constexpr int version = 2;
    Flow flow;

    static constexpr auto fields() { return FieldList{field(1, "flow", &FlowSaved::flow)}; }
    bool operator==(const FlowSaved &) const = default;
};

struct FlowDeleted
{
    static constexpr int type = 17;
    static constexpr int version = 1;
    FlowId flow;

    static constexpr auto fields() { return FieldList{field(1, "flow", &FlowDeleted::flow)}; }
    bool operator==(const FlowDeleted &) const = default;
};

struct WorkerCreated
{
    static constexpr int type = 20;
    static constexpr int version = 1;
    Worker worker;

    static constexpr auto fields() { return FieldList{field(1, "worker", &WorkerCreated::worker)}; }
    bool operator==(const WorkerCreated &) const = default;
};

struct WorkerUpdated
{
    static constexpr int type = 21;
    static constexpr int version = 1;
    WorkerId worker;
    QString friendlyName;
    Json attributes;

    static constexpr auto fields()
    {
        return FieldList{field(1, "worker", &WorkerUpdated::worker),
                         field(2, "friendly_name", &WorkerUpdated::friendlyName),
                         field(3, "attributes", &WorkerUpdated::attributes)};
    }
    bool operator==(const WorkerUpdated &) const = default;
};

struct WorkerDeleted
{
    static constexpr int type = 22;
    static constexpr int version = 1;
    WorkerId worker;

    static constexpr auto fields() { return FieldList{field(1, "worker", &WorkerDeleted::worker)}; }
    bool operator==(const WorkerDeleted &) const = default;
};

/// becauseMissed: the second missed offer in a row put the worker there.
struct WorkerActivityChanged
{
    static constexpr int type = 23;
    static constexpr int version = 1;
    WorkerId worker;
    ActivityId activity;
    bool available = false;
    bool becauseMissed = false;

    static constexpr auto fields()
    {
        return FieldList{field(1, "worker", &WorkerActivityChanged::worker),
                         field(2, "activity", &WorkerActivityChanged::activity),
                         field(3, "available", &WorkerActivityChanged::available),
                         field(4, "because_missed", &WorkerActivityChanged::becauseMissed)};
    }
    bool operator==(const WorkerActivityChanged &) const = default;
};

struct WorkerChannelChanged
{
    static constexpr int type = 24;
    static constexpr int version = 1;
    WorkerId worker;
    QString taskChannel;
    WorkerChannel channel;
    bool isSwitch = false; ///< about `available`, not the capacity: decides the event's name alone

    static constexpr auto fields()
    {
        return FieldList{field(1, "worker", &WorkerChannelChanged::worker),
                         field(2, "task_channel", &WorkerChannelChanged::taskChannel),
                         field(3, "channel", &WorkerChannelChanged::channel),
                         field(4, "is_switch", &WorkerChannelChanged::isSwitch)};
    }
    bool operator==(const WorkerChannelChanged &) const = default;
};

struct WorkerQueueOptChanged
{
    static constexpr int type = 25;
    static constexpr int version = 1;
    WorkerId worker;
    QueueId queue;
    bool optedIn = true;

    static constexpr auto fields()
    {
        return FieldList{field(1, "worker", &WorkerQueueOptChanged::worker),
                         field(2, "queue", &WorkerQueueOptChanged::queue),
                         field(3, "opted_in", &WorkerQueueOptChanged::optedIn)};
    }
    bool operator==(const WorkerQueueOptChanged &) const = default;
};

/// A worker may be offered one task beyond the capacity, or no longer.
struct WorkerOneMoreChanged
{
    static constexpr int type = 26;
    static constexpr int version = 1;
    WorkerId worker;
    bool oneMore = true;

    static constexpr auto fields()
    {
        return FieldList{field(1, "worker", &WorkerOneMoreChanged::worker),
                         field(2, "one_more", &WorkerOneMoreChanged::oneMore)};
    }
    bool operator==(const WorkerOneMoreChanged &) const = default;
};

/// Created or changed; owner, fence and cursor of an existing account stay.
struct AccountSaved
{
    static constexpr int type = 30;
    static constexpr int version = 1;
    ChannelAccount account;

    static constexpr auto fields()
    {
        return FieldList{field(1, "account", &AccountSaved::account)};
    }
    bool operator==(const AccountSaved &) const = default;
};

struct AccountRemoved
{
    static constexpr int type = 31;
    static constexpr int version = 1;
    AccountId account;

    static constexpr auto fields()
    {
        return FieldList{field(1, "account", &AccountRemoved::account)};
    }
    bool operator==(const AccountRemoved &) const = default;
};

/// The log index of this fact is the fence.
struct AccountAppointed
{
    static constexpr int type = 32;
    static constexpr int version = 1;
    AccountId account;
    NodeId node;

    static constexpr auto fields()
    {
        return FieldList{field(1, "account", &AccountAppointed::account),
                         field(2, "node", &AccountAppointed::node)};
    }
    bool operator==(const AccountAppointed &) const = default;
};

/// Checked against the expected cursor in decide.
struct CursorMoved
{
    static constexpr int type = 33;
    static constexpr int version = 1;
    AccountId account;
    QByteArray cursor;

    static constexpr auto fields()
    {
        return FieldList{field(1, "account", &CursorMoved::account),
                         field(2, "cursor", &CursorMoved::cursor)};
    }
    bool operator==(const CursorMoved &) const = default;
};

struct CustomerCreated
{
    static constexpr int type = 40;
    static constexpr int version = 1;
    Customer customer;

    static constexpr auto fields()
    {
        return FieldList{field(1, "customer", &CustomerCreated::customer)};
    }
    bool operator==(const CustomerCreated &) const = default;
};

/// Only the fields that are set change.
struct CustomerUpdated
{
    static constexpr int type = 41;
    static constexpr int version = 1;
    CustomerId customer;
    std::optional<QString> name;
    std::optional<QString> language;
    std::optional<Json> customerFacts;
    std::optional<std::vector<QString>> tags;
    std::optional<QString> notes;

    static constexpr auto fields()
    {
        return FieldList{field(1, "customer", &CustomerUpdated::customer),
                         personal(2, "name", &CustomerUpdated::name),
                         personal(3, "language", &CustomerUpdated::language),
                         personal(4, "customer_facts", &CustomerUpdated::customerFacts),
                         personal(5, "tags", &CustomerUpdated::tags),
                         personal(6, "notes", &CustomerUpdated::notes)};
    }
    bool operator==(const CustomerUpdated &) const = default;
};

/// Links, or raises the evidence of an existing link.
struct AddressLinked
{
    static constexpr int type = 42;
    static constexpr int version = 1;
    Address address;

    static constexpr auto fields()
    {
        return FieldList{field(1, "address", &AddressLinked::address)};
    }
    bool operator==(const AddressLinked &) const = default;
};

/// The card is gone: everything of it was moved to `into` before.
struct CustomerMerged
{
    static constexpr int type = 43;
    static constexpr int version = 1;
    CustomerId customer;
    CustomerId into;

    static constexpr auto fields()
    {
        return FieldList{field(1, "customer", &CustomerMerged::customer),
                         field(2, "into", &CustomerMerged::into)};
    }
    bool operator==(const CustomerMerged &) const = default;
};

struct ConversationOpened
{
    static constexpr int type = 50;
    static constexpr int version = 2;
    Conversation conversation;

    static constexpr auto fields()
    {
        return FieldList{field(1, "conversation", &ConversationOpened::conversation)};
    }
    bool operator==(const ConversationOpened &) const = default;
};

/// Only the fields that are set change.
struct ConversationUpdated
{
    static constexpr int type = 51;
    static constexpr int version = 1;
    ConversationId conversation;
    std::optional<ConversationStatus> status;
    std::optional<std::vector<QString>> tags;
    std::optional<Time> snoozeUntil;

    static constexpr auto fields()
    {
        return FieldList{field(1, "conversation", &ConversationUpdated::conversation),
                         field(2, "status", &ConversationUpdated::status),
                         personal(3, "tags", &ConversationUpdated::tags),
                         field(4, "snooze_until", &ConversationUpdated::snoozeUntil)};
    }
    bool operator==(const ConversationUpdated &) const = default;
};

struct ConversationRead
{
    static constexpr int type = 52;
    static constexpr int version = 1;
    ConversationId conversation;
    Time upTo;

    static constexpr auto fields()
    {
        return FieldList{field(1, "conversation", &ConversationRead::conversation),
                         field(2, "up_to", &ConversationRead::upTo)};
    }
    bool operator==(const ConversationRead &) const = default;
};

/// Null agent = nobody.
struct ConversationAssigned
{
    static constexpr int type = 53;
    static constexpr int version = 1;
    ConversationId conversation;
    AgentId agent;

    static constexpr auto fields()
    {
        return FieldList{field(1, "conversation", &ConversationAssigned::conversation),
                         field(2, "agent", &ConversationAssigned::agent)};
    }
    bool operator==(const ConversationAssigned &) const = default;
};

/// The conversation is another card's, after a merge or a split.
struct ConversationMoved
{
    static constexpr int type = 54;
    static constexpr int version = 1;
    ConversationId conversation;
    CustomerId customer;

    static constexpr auto fields()
    {
        return FieldList{field(1, "conversation", &ConversationMoved::conversation),
                         field(2, "customer", &ConversationMoved::customer)};
    }
    bool operator==(const ConversationMoved &) const = default;
};

/// A customer wrote.
struct MessageReceived
{
    static constexpr int type = 60;
    static constexpr int version = 2;
    Message message;
    AccountId account;
    std::optional<Time> replyDueAt;

    static constexpr auto fields()
    {
        return FieldList{field(1, "message", &MessageReceived::message),
                         field(2, "account", &MessageReceived::account),
                         field(3, "reply_due_at", &MessageReceived::replyDueAt)};
    }
    bool operator==(const MessageReceived &) const = default;
};

/// A reply (queued or scheduled), a note or a system line of ours.
struct MessageAdded
{
    static constexpr int type = 61;
    static constexpr int version = 2;
    Message message;

    static constexpr auto fields()
    {
        return FieldList{field(1, "message", &MessageAdded::message)};
    }
    bool operator==(const MessageAdded &) const = default;
};

struct MessageStateChanged
{
    static constexpr int type = 62;
    static constexpr int version = 1;
    MessageId message;
    MessageState state = MessageState::Queued;
    QString providerId;
    QString failure;
    int attempts = 0;

    static constexpr auto fields()
    {
        return FieldList{field(1, "message", &MessageStateChanged::message),
                         field(2, "state", &MessageStateChanged::state),
                         personal(3, "provider_id", &MessageStateChanged::providerId),
                         personal(4, "failure", &MessageStateChanged::failure),
                         field(5, "attempts", &MessageStateChanged::attempts)};
    }
    bool operator==(const MessageStateChanged &) const = default;
};

/// The writer changed or deleted it at the provider, or somebody reacted to it.
struct MessageAltered
{
    static constexpr int type = 66;
    static constexpr int version = 1;
    MessageId message;
    std::optional<Content> content; ///< edited: all of it, as it is now
    bool isDeleted = false;
    QString reactor; ///< not empty = a reaction, `emoji` empty = taken back
    QString emoji;
    Time at; ///< by the provider's clock

    static constexpr auto fields()
    {
        return FieldList{field(1, "message", &MessageAltered::message),
                         personal(2, "content", &MessageAltered::content),
                         field(3, "is_deleted", &MessageAltered::isDeleted),
                         personal(4, "reactor", &MessageAltered::reactor),
                         personal(5, "emoji", &MessageAltered::emoji),
                         field(6, "at", &MessageAltered::at)};
    }
    bool operator==(const MessageAltered &) const = default;
};

/// Permanent dedupe mark: outlives the erasing of whoever sent the item, so it names no provider id
/// but what derives from it.
struct ItemSeen
{
    static constexpr int type = 65;
    static constexpr int version = 1;
    AccountId account;
    Seen seen;

    static constexpr auto fields()
    {
        return FieldList{field(1, "account", &ItemSeen::account),
                         field(2, "seen", &ItemSeen::seen)};
    }
    bool operator==(const ItemSeen &) const = default;
};

/// A committed intent to act.
struct EffectIntended
{
    static constexpr int type = 70;
    static constexpr int version = 1;
    Effect effect;

    static constexpr auto fields()
    {
        return FieldList{field(1, "effect", &EffectIntended::effect)};
    }
    bool operator==(const EffectIntended &) const = default;
};

struct EffectClaimed
{
    static constexpr int type = 71;
    static constexpr int version = 1;
    EffectId effect;
    NodeId node;
    quint64 fence = 0;

    static constexpr auto fields()
    {
        return FieldList{field(1, "effect", &EffectClaimed::effect),
                         field(2, "node", &EffectClaimed::node),
                         field(3, "fence", &EffectClaimed::fence)};
    }
    bool operator==(const EffectClaimed &) const = default;
};

struct EffectEnded
{
    static constexpr int type = 72;
    static constexpr int version = 1;
    EffectId effect;
    EffectState state = EffectState::Succeeded;

    static constexpr auto fields()
    {
        return FieldList{field(1, "effect", &EffectEnded::effect),
                         field(2, "state", &EffectEnded::state)};
    }
    bool operator==(const EffectEnded &) const = default;
};

/// Back to ready: nothing had reached the provider, or a person asked.
struct EffectRetried
{
    static constexpr int type = 73;
    static constexpr int version = 1;
    EffectId effect;
    Time retryAt;

    static constexpr auto fields()
    {
        return FieldList{field(1, "effect", &EffectRetried::effect),
                         field(2, "retry_at", &EffectRetried::retryAt)};
    }
    bool operator==(const EffectRetried &) const = default;
};

struct ExecutionStarted
{
    static constexpr int type = 80;
    static constexpr int version = 1;
    Execution execution;

    static constexpr auto fields()
    {
        return FieldList{field(1, "execution", &ExecutionStarted::execution)};
    }
    bool operator==(const ExecutionStarted &) const = default;
};

struct ExecutionMoved
{
    static constexpr int type = 81;
    static constexpr int version = 1;
    ExecutionId execution;
    QString state;
    Json variables;
    Time waitsUntil;
    int steps = 0;
    EffectId awaiting;

    static constexpr auto fields()
    {
        return FieldList{field(1, "execution", &ExecutionMoved::execution),
                         field(2, "state", &ExecutionMoved::state),
                         personal(3, "variables", &ExecutionMoved::variables),
                         field(4, "waits_until", &ExecutionMoved::waitsUntil),
                         field(5, "steps", &ExecutionMoved::steps),
                         field(6, "awaiting", &ExecutionMoved::awaiting)};
    }
    bool operator==(const ExecutionMoved &) const = default;
};

struct ExecutionEnded
{
    static constexpr int type = 82;
    static constexpr int version = 1;
    ExecutionId execution;

    static constexpr auto fields()
    {
        return FieldList{field(1, "execution", &ExecutionEnded::execution)};
    }
    bool operator==(const ExecutionEnded &) const = default;
};

struct TaskCreated
{
    static constexpr int type = 90;
    static constexpr int version = 2;
    Task task;

    static constexpr auto fields() { return FieldList{field(1, "task", &TaskCreated::task)}; }
    bool operator==(const TaskCreated &) const = default;
};

struct TaskUpdated
{
    static constexpr int type = 91;
    static constexpr int version = 1;
    TaskId task;
    Json attributes;
    int priority = 0;

    static constexpr auto fields()
    {
        return FieldList{field(1, "task", &TaskUpdated::task),
                         personal(2, "attributes", &TaskUpdated::attributes),
                         field(3, "priority", &TaskUpdated::priority)};
    }
    bool operator==(const TaskUpdated &) const = default;
};

struct TaskEnteredQueue
{
    static constexpr int type = 92;
    static constexpr int version = 1;
    TaskId task;
    QueueId queue;
    int filterIndex = -1;
    int targetIndex = 0;
    int priority = 0;

    static constexpr auto fields()
    {
        return FieldList{field(1, "task", &TaskEnteredQueue::task),
                         field(2, "queue", &TaskEnteredQueue::queue),
                         field(3, "filter_index", &TaskEnteredQueue::filterIndex),
                         field(4, "target_index", &TaskEnteredQueue::targetIndex),
                         field(5, "priority", &TaskEnteredQueue::priority)};
    }
    bool operator==(const TaskEnteredQueue &) const = default;
};

struct TaskCanceled
{
    static constexpr int type = 93;
    static constexpr int version = 1;
    TaskId task;
    QString reason;

    static constexpr auto fields()
    {
        return FieldList{field(1, "task", &TaskCanceled::task),
                         personal(2, "reason", &TaskCanceled::reason)};
    }
    bool operator==(const TaskCanceled &) const = default;
};

struct TaskWrapping
{
    static constexpr int type = 94;
    static constexpr int version = 1;
    TaskId task;
    Time endsAt;

    static constexpr auto fields()
    {
        return FieldList{field(1, "task", &TaskWrapping::task),
                         field(2, "ends_at", &TaskWrapping::endsAt)};
    }
    bool operator==(const TaskWrapping &) const = default;
};

struct TaskCompleted
{
    static constexpr int type = 95;
    static constexpr int version = 1;
    TaskId task;
    QString reason;

    static constexpr auto fields()
    {
        return FieldList{field(1, "task", &TaskCompleted::task),
                         personal(2, "reason", &TaskCompleted::reason)};
    }
    bool operator==(const TaskCompleted &) const = default;
};

/// What happened to a task on its way through a workflow. Changes no record: the facts beside it
/// do.
struct TaskNoted
{
    static constexpr int type = 96;
    static constexpr int version = 1;
    TaskId task;
    RoutingMark mark = RoutingMark::WorkflowEntered;
    WorkflowId workflow;
    QueueId queue;

    static constexpr auto fields()
    {
        return FieldList{field(1, "task", &TaskNoted::task), field(2, "mark", &TaskNoted::mark),
                         field(3, "workflow", &TaskNoted::workflow),
                         field(4, "queue", &TaskNoted::queue)};
    }
    bool operator==(const TaskNoted &) const = default;
};

struct ReservationCreated
{
    static constexpr int type = 100;
    static constexpr int version = 2;
    Reservation reservation;

    static constexpr auto fields()
    {
        return FieldList{field(1, "reservation", &ReservationCreated::reservation)};
    }
    bool operator==(const ReservationCreated &) const = default;
};

struct ReservationAccepted
{
    static constexpr int type = 101;
    static constexpr int version = 1;
    ReservationId reservation;

    static constexpr auto fields()
    {
        return FieldList{field(1, "reservation", &ReservationAccepted::reservation)};
    }
    bool operator==(const ReservationAccepted &) const = default;
};

struct ReservationRejected
{
    static constexpr int type = 102;
    static constexpr int version = 1;
    ReservationId reservation;

    static constexpr auto fields()
    {
        return FieldList{field(1, "reservation", &ReservationRejected::reservation)};
    }
    bool operator==(const ReservationRejected &) const = default;
};

struct ReservationTimedOut
{
    static constexpr int type = 103;
    static constexpr int version = 1;
    ReservationId reservation;

    static constexpr auto fields()
    {
        return FieldList{field(1, "reservation", &ReservationTimedOut::reservation)};
    }
    bool operator==(const ReservationTimedOut &) const = default;
};

struct ReservationCanceled
{
    static constexpr int type = 104;
    static constexpr int version = 1;
    ReservationId reservation;
    QString reason;

    static constexpr auto fields()
    {
        return FieldList{field(1, "reservation", &ReservationCanceled::reservation),
                         personal(2, "reason", &ReservationCanceled::reason)};
    }
    bool operator==(const ReservationCanceled &) const = default;
};

struct ReservationRescinded
{
    static constexpr int type = 105;
    static constexpr int version = 1;
    ReservationId reservation;

    static constexpr auto fields()
    {
        return FieldList{field(1, "reservation", &ReservationRescinded::reservation)};
    }
    bool operator==(const ReservationRescinded &) const = default;
};

/// The worker goes over to after-contact work.
struct ReservationWrapping
{
    static constexpr int type = 106;
    static constexpr int version = 1;
    ReservationId reservation;

    static constexpr auto fields()
    {
        return FieldList{field(1, "reservation", &ReservationWrapping::reservation)};
    }
    bool operator==(const ReservationWrapping &) const = default;
};

struct ReservationCompleted
{
    static constexpr int type = 107;
    static constexpr int version = 1;
    ReservationId reservation;

    static constexpr auto fields()
    {
        return FieldList{field(1, "reservation", &ReservationCompleted::reservation)};
    }
    bool operator==(const ReservationCompleted &) const = default;
};

/// The answer that a repeat of the command gets.
struct CommandDone
{
    static constexpr int type = 110;
    static constexpr int version = 1;
    CommandRecord record;

    static constexpr auto fields() { return FieldList{field(1, "record", &CommandDone::record)}; }
    bool operator==(const CommandDone &) const = default;
};

/// The leader's digest at an applied index.
struct DigestAt
{
    static constexpr int type = 111;
    static constexpr int version = 1;
    quint64 index = 0;
    QByteArray digest;

    static constexpr auto fields()
    {
        return FieldList{field(1, "index", &DigestAt::index),
                         field(2, "digest", &DigestAt::digest)};
    }
    bool operator==(const DigestAt &) const = default;
};

/// Recorded answers that were kept long enough. Source: decisions, "Log and data".
struct CommandsForgotten
{
    static constexpr int type = 112;
    static constexpr int version = 1;
    std::vector<CommandId> commands;

    static constexpr auto fields()
    {
        return FieldList{field(1, "commands", &CommandsForgotten::commands)};
    }
    bool operator==(const CommandsForgotten &) const = default;
};

/// How the office routes, beyond queues and workflows. Names of a TaskRouter workspace.
struct WorkspaceSaved
{
    static constexpr int type = 7;
    static constexpr int version = 1;
    OfficeId office;
    ActivityId defaultActivity;
    ActivityId timeoutActivity;
    TaskOrder prioritizeQueueOrder = TaskOrder::Fifo;
    int maxPendingOffers = 1;
    bool usesChannelWeights = false;

    static constexpr auto fields()
    {
        return FieldList{field(1, "office", &WorkspaceSaved::office),
                         field(2, "default_activity", &WorkspaceSaved::defaultActivity),
                         field(3, "timeout_activity", &WorkspaceSaved::timeoutActivity),
                         field(4, "prioritize_queue_order", &WorkspaceSaved::prioritizeQueueOrder),
                         field(5, "max_pending_offers", &WorkspaceSaved::maxPendingOffers),
                         field(6, "uses_channel_weights", &WorkspaceSaved::usesChannelWeights)};
    }
    bool operator==(const WorkspaceSaved &) const = default;
};

/// An assigned task looks for its next worker.
struct TransferInitiated
{
    static constexpr int type = 130;
    static constexpr int version = 1;
    TaskId task;
    Transfer transfer;

    static constexpr auto fields()
    {
        return FieldList{field(1, "task", &TransferInitiated::task),
                         field(2, "transfer", &TransferInitiated::transfer)};
    }
    bool operator==(const TransferInitiated &) const = default;
};

/// One whom the transfer asked did not take it. Changes no record: the reservation's fact does.
struct TransferAttemptFailed
{
    static constexpr int type = 131;
    static constexpr int version = 1;
    TaskId task;
    TransferId transfer;
    WorkerId worker;
    QString reason;

    static constexpr auto fields()
    {
        return FieldList{field(1, "task", &TransferAttemptFailed::task),
                         field(2, "transfer", &TransferAttemptFailed::transfer),
                         field(3, "worker", &TransferAttemptFailed::worker),
                         personal(4, "reason", &TransferAttemptFailed::reason)};
    }
    bool operator==(const TransferAttemptFailed &) const = default;
};

/// Nobody took it: the first worker keeps the task.
struct TransferFailed
{
    static constexpr int type = 132;
    static constexpr int version = 1;
    TaskId task;
    TransferId transfer;
    QString reason;

    static constexpr auto fields()
    {
        return FieldList{field(1, "task", &TransferFailed::task),
                         field(2, "transfer", &TransferFailed::transfer),
                         personal(3, "reason", &TransferFailed::reason)};
    }
    bool operator==(const TransferFailed &) const = default;
};

/// Taken back by who began it, or because the task ended.
struct TransferCanceled
{
    static constexpr int type = 133;
    static constexpr int version = 1;
    TaskId task;
    TransferId transfer;
    QString reason;

    static constexpr auto fields()
    {
        return FieldList{field(1, "task", &TransferCanceled::task),
                         field(2, "transfer", &TransferCanceled::transfer),
                         personal(3, "reason", &TransferCanceled::reason)};
    }
    bool operator==(const TransferCanceled &) const = default;
};

/// The task is the new worker's; the first one's leg goes over to after-contact work.
struct TransferCompleted
{
    static constexpr int type = 134;
    static constexpr int version = 1;
    TaskId task;
    TransferId transfer;
    ReservationId reservation; ///< the new owner's
    Time wrapUpEndsAt;         ///< of the first leg; not set = until completed by hand

    static constexpr auto fields()
    {
        return FieldList{field(1, "task", &TransferCompleted::task),
                         field(2, "transfer", &TransferCompleted::transfer),
                         field(3, "reservation", &TransferCompleted::reservation),
                         field(4, "wrap_up_ends_at", &TransferCompleted::wrapUpEndsAt)};
    }
    bool operator==(const TransferCompleted &) const = default;
};

using AnyFact = std::variant<
    OfficeCreated, NodeJoined, AgentSaved, SessionOpened, SessionClosed, ActivitySaved,
    TaskChannelSaved, QueueSaved, QueueDeleted, WorkflowSaved, WorkflowDeleted, FlowSaved,
    FlowDeleted, WorkerCreated, WorkerUpdated, WorkerDeleted, WorkerActivityChanged,
    WorkerChannelChanged, WorkerQueueOptChanged, AccountSaved, AccountRemoved, AccountAppointed,
    CursorMoved, CustomerCreated, CustomerUpdated, AddressLinked, ConversationOpened,
    ConversationUpdated, ConversationRead, ConversationAssigned, MessageReceived, MessageAdded,
    MessageStateChanged, MessageAltered, ItemSeen, EffectIntended, EffectClaimed, EffectEnded,
    EffectRetried, ExecutionStarted, ExecutionMoved, ExecutionEnded, TaskCreated, TaskUpdated,
    TaskEnteredQueue, TaskCanceled, TaskWrapping, TaskCompleted, ReservationCreated,
    ReservationAccepted, ReservationRejected, ReservationTimedOut, ReservationCanceled,
    ReservationRescinded, CommandDone, DigestAt, ActivityDeleted, TaskChannelDeleted,
    WorkerOneMoreChanged, CustomerMerged, ConversationMoved, TaskNoted, ReservationWrapping,
    ReservationCompleted, SessionsEnded, CommandsForgotten, NodeChanged, SecretSealed, SealsDropped,
    RecoveryKeySet, OfficeTakenOver, WorkspaceSaved, TransferInitiated, TransferAttemptFailed,
    TransferFailed, TransferCanceled, TransferCompleted, WebhookSaved, WebhookDeleted, WebhookMoved,
    ContentErased, CustomerErased, ConversationImported, MessageImported, CardsJoined,
    CardJoinUndone, LikenessNoted, OptOutChanged, ConversationContinued, RoutesForgotten,
    FeatureLevelRaised>;

/// One of them. A class of its own, because copying and destroying so many alternatives is much
/// code: it is compiled once, not in every file that holds a fact.
class Fact : public AnyFact
{
public:
    using AnyFact::AnyFact;
    Fact();
    Fact(const Fact &other);
    Fact(Fact &&other) noexcept;
    Fact &operator=(const Fact &other);
    Fact &operator=(Fact &&other) noexcept;
    ~Fact();
    bool operator==(const Fact &other) const;
};

} // namespace peerdesk::events
