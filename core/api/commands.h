// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/api/identity.h"
#include "core/api/keeping.h"
#include "core/api/salvage.h"
#include "core/domain/channel.h"
#include "core/domain/conversation.h"
#include "core/domain/flow.h"
#include "core/domain/message.h"
#include "core/domain/office.h"
#include "core/domain/routing.h"
#include "core/domain/secret.h"

#include <variant>

/// What a caller may ask the office to do. A command has a client-chosen id; what it creates
/// derives its id from that, so a repeat is recognised for ever. The router decides it into facts
/// or refuses it.
namespace peerdesk::api {

/// First command of an office; refused once there is one.
struct CreateOffice
{
    QString name;
    AgentId admin;
    QString adminName;
    QByteArray tokenHash;
    NodeId node;
    QString nodeName;
    QString timeZone; ///< IANA name; what no zone has is refused
    QString locale;

    static constexpr auto fields()
    {
        return FieldList{field(1, "name", &CreateOffice::name),
                         field(2, "admin", &CreateOffice::admin),
                         field(3, "admin_name", &CreateOffice::adminName),
                         field(4, "token_hash", &CreateOffice::tokenHash),
                         field(5, "node", &CreateOffice::node),
                         field(6, "node_name", &CreateOffice::nodeName),
                         field(7, "timezone", &CreateOffice::timeZone),
                         field(8, "locale", &CreateOffice::locale)};
    }
    bool operator==(const CreateOffice &) const = default;
};

/// A PC that has proved an invitation's code. Decided once for each use of an invitation: the
/// command's id derives from it.
struct AddNode
{
    Node node;

    static constexpr auto fields() { return FieldList{field(1, "node", &AddNode::node)}; }
    bool operator==(const AddNode &) const = default;
};

/// What a PC says of itself: keys, addresses, program.
struct UpdateNode
{
    NodeId node;
    QByteArray fingerprint;
    QString addresses;
    QByteArray sealingKey; ///< empty = none
    int featureLevel = 1;

    static constexpr auto fields()
    {
        return FieldList{field(1, "node", &UpdateNode::node),
                         field(2, "fingerprint", &UpdateNode::fingerprint),
                         field(3, "addresses", &UpdateNode::addresses),
                         field(4, "sealing_key", &UpdateNode::sealingKey),
                         field(5, "feature_level", &UpdateNode::featureLevel)};
    }
    bool operator==(const UpdateNode &) const = default;
};

/// Retires a PC: it is shut out at once, for ever.
struct RemoveNode
{
    NodeId node;

    static constexpr auto fields() { return FieldList{field(1, "node", &RemoveNode::node)}; }
    bool operator==(const RemoveNode &) const = default;
};

/// Creates (with a worker and, if tokenHash is set, a session) or changes.
struct SaveAgent
{
    Agent agent;
    QByteArray tokenHash;
    Json attributes;

    static constexpr auto fields()
    {
        return FieldList{field(1, "agent", &SaveAgent::agent),
                         field(2, "token_hash", &SaveAgent::tokenHash),
                         field(3, "attributes", &SaveAgent::attributes)};
    }
    bool operator==(const SaveAgent &) const = default;
};

/// Creates or changes; empty members keep what is there.
struct SaveWorker
{
    WorkerId worker;
    QString friendlyName;
    Json attributes;

    static constexpr auto fields()
    {
        return FieldList{field(1, "worker", &SaveWorker::worker),
                         field(2, "friendly_name", &SaveWorker::friendlyName),
                         field(3, "attributes", &SaveWorker::attributes)};
    }
    bool operator==(const SaveWorker &) const = default;
};

struct DeleteWorker
{
    WorkerId worker;

    static constexpr auto fields() { return FieldList{field(1, "worker", &DeleteWorker::worker)}; }
    bool operator==(const DeleteWorker &) const = default;
};

/// After the edge has checked the password.
struct OpenSession
{
    AgentId agent;
    QByteArray tokenHash;

    static constexpr auto fields()
    {
        return FieldList{field(1, "agent", &OpenSession::agent),
                         field(2, "token_hash", &OpenSession::tokenHash)};
    }
    bool operator==(const OpenSession &) const = default;
};

struct CloseSession
{
    SessionId session;

    static constexpr auto fields()
    {
        return FieldList{field(1, "session", &CloseSession::session)};
    }
    bool operator==(const CloseSession &) const = default;
};

struct SetActivity
{
    WorkerId worker;
    ActivityId activity;
    bool rejectPending = false;

    static constexpr auto fields()
    {
        return FieldList{field(1, "worker", &SetActivity::worker),
                         field(2, "activity", &SetActivity::activity),
                         field(3, "reject_pending", &SetActivity::rejectPending)};
    }
    bool operator==(const SetActivity &) const = default;
};

struct SetWorkerChannel
{
    WorkerId worker;
    QString taskChannel;
    WorkerChannel channel;

    static constexpr auto fields()
    {
        return FieldList{field(1, "worker", &SetWorkerChannel::worker),
                         field(2, "task_channel", &SetWorkerChannel::taskChannel),
                         field(3, "channel", &SetWorkerChannel::channel)};
    }
    bool operator==(const SetWorkerChannel &) const = default;
};

struct OptQueue
{
    WorkerId worker;
    QueueId queue;
    bool optedIn = true;

    static constexpr auto fields()
    {
        return FieldList{field(1, "worker", &OptQueue::worker), field(2, "queue", &OptQueue::queue),
                         field(3, "opted_in", &OptQueue::optedIn)};
    }
    bool operator==(const OptQueue &) const = default;
};

/// One offer beyond the capacity: the next one that needs it uses it up.
struct AskOneMore
{
    WorkerId worker;

    static constexpr auto fields() { return FieldList{field(1, "worker", &AskOneMore::worker)}; }
    bool operator==(const AskOneMore &) const = default;
};

struct SaveQueue
{
    Queue queue;

    static constexpr auto fields() { return FieldList{field(1, "queue", &SaveQueue::queue)}; }
    bool operator==(const SaveQueue &) const = default;
};

struct DeleteQueue
{
    QueueId queue;

    static constexpr auto fields() { return FieldList{field(1, "queue", &DeleteQueue::queue)}; }
    bool operator==(const DeleteQueue &) const = default;
};

struct SaveWorkflow
{
    Workflow workflow;

    static constexpr auto fields()
    {
        return FieldList{field(1, "workflow", &SaveWorkflow::workflow)};
    }
    bool operator==(const SaveWorkflow &) const = default;
};

struct DeleteWorkflow
{
    WorkflowId workflow;

    static constexpr auto fields()
    {
        return FieldList{field(1, "workflow", &DeleteWorkflow::workflow)};
    }
    bool operator==(const DeleteWorkflow &) const = default;
};

struct SaveActivity
{
    Activity activity;

    static constexpr auto fields()
    {
        return FieldList{field(1, "activity", &SaveActivity::activity)};
    }
    bool operator==(const SaveActivity &) const = default;
};

struct DeleteActivity
{
    ActivityId activity;

    static constexpr auto fields()
    {
        return FieldList{field(1, "activity", &DeleteActivity::activity)};
    }
    bool operator==(const DeleteActivity &) const = default;
};

struct SaveTaskChannel
{
    TaskChannel taskChannel;

    static constexpr auto fields()
    {
        return FieldList{field(1, "task_channel", &SaveTaskChannel::taskChannel)};
    }
    bool operator==(const SaveTaskChannel &) const = default;
};

struct DeleteTaskChannel
{
    TaskChannelId taskChannel;

    static constexpr auto fields()
    {
        return FieldList{field(1, "task_channel", &DeleteTaskChannel::taskChannel)};
    }
    bool operator==(const DeleteTaskChannel &) const = default;
};

struct SaveFlow
{
    Flow flow;
    bool isDraft =
        false; ///< its `definition` waits for PublishFlow; else customers meet it at once

    static constexpr auto fields()
    {
        return FieldList{field(1, "flow", &SaveFlow::flow),
                         field(2, "is_draft", &SaveFlow::isDraft)};
    }
    bool operator==(const SaveFlow &) const = default;
};

struct DeleteFlow
{
    FlowId flow;

    static constexpr auto fields() { return FieldList{field(1, "flow", &DeleteFlow::flow)}; }
    bool operator==(const DeleteFlow &) const = default;
};

/// Creates or changes; refused without flow and queue (M28).
struct SaveAccount
{
    ChannelAccount account;

    static constexpr auto fields() { return FieldList{field(1, "account", &SaveAccount::account)}; }
    bool operator==(const SaveAccount &) const = default;
};

struct RemoveAccount
{
    AccountId account;

    static constexpr auto fields()
    {
        return FieldList{field(1, "account", &RemoveAccount::account)};
    }
    bool operator==(const RemoveAccount &) const = default;
};

/// A page of provider items. Dedupes by (account, provider id); the cursor moves by compare-and-set
/// when from != to.
struct Ingest
{
    AccountId account;
    std::vector<InboundItem> items;
    QByteArray cursorFrom;
    QByteArray cursorTo;

    static constexpr auto fields()
    {
        return FieldList{field(1, "account", &Ingest::account), field(2, "items", &Ingest::items),
                         field(3, "cursor_from", &Ingest::cursorFrom),
                         field(4, "cursor_to", &Ingest::cursorTo)};
    }
    bool operator==(const Ingest &) const = default;
};

/// The message id derives from the command id.
/// How things stood when a text was written that waited for the office: it goes out only if the
/// conversation has not moved on since.
struct WaitedSince
{
    Time at;        ///< not set = it did not wait
    MessageId seen; ///< the newest message that its author could see
    TaskId task;    ///< the conversation's, if the author had it; else null

    static constexpr auto fields()
    {
        return FieldList{field(1, "at", &WaitedSince::at), field(2, "seen", &WaitedSince::seen),
                         field(3, "task", &WaitedSince::task)};
    }
    bool operator==(const WaitedSince &) const = default;
};

/// A reply or a note. Errors besides the usual: Rejected "moved-on" (WaitedSince).
struct SendMessage
{
    ConversationId conversation;
    Content content;
    MessageKind kind = MessageKind::Reply;
    MessageId replyTo;
    Time sendAt;
    Visibility visibility = Visibility::Public;
    MessageAction action = MessageAction::None; ///< to `replyTo`, with no content
    WaitedSince waited = {};

    static constexpr auto fields()
    {
        return FieldList{field(1, "conversation", &SendMessage::conversation),
                         field(2, "content", &SendMessage::content),
                         field(3, "kind", &SendMessage::kind),
                         field(4, "reply_to", &SendMessage::replyTo),
                         field(5, "send_at", &SendMessage::sendAt),
                         field(6, "visibility", &SendMessage::visibility),
                         field(7, "action", &SendMessage::action),
                         field(8, "waited", &SendMessage::waited)};
    }
    bool operator==(const SendMessage &) const = default;
};

/// Only while scheduled or queued and unclaimed.
struct CancelMessage
{
    MessageId message;

    static constexpr auto fields()
    {
        return FieldList{field(1, "message", &CancelMessage::message)};
    }
    bool operator==(const CancelMessage &) const = default;
};

/// A person asks; only failed or uncertain messages.
struct RetryMessage
{
    MessageId message;

    static constexpr auto fields()
    {
        return FieldList{field(1, "message", &RetryMessage::message)};
    }
    bool operator==(const RetryMessage &) const = default;
};

struct MarkRead
{
    ConversationId conversation;
    Time upTo;

    static constexpr auto fields()
    {
        return FieldList{field(1, "conversation", &MarkRead::conversation),
                         field(2, "up_to", &MarkRead::upTo)};
    }
    bool operator==(const MarkRead &) const = default;
};

struct UpdateConversation
{
    ConversationId conversation;
    std::optional<ConversationStatus> status;
    std::optional<std::vector<QString>> tags;
    std::optional<Time> snoozeUntil;

    static constexpr auto fields()
    {
        return FieldList{field(1, "conversation", &UpdateConversation::conversation),
                         field(2, "status", &UpdateConversation::status),
                         field(3, "tags", &UpdateConversation::tags),
                         field(4, "snooze_until", &UpdateConversation::snoozeUntil)};
    }
    bool operator==(const UpdateConversation &) const = default;
};

/// Pull: the caller becomes owner without an offer.
struct TakeConversation
{
    ConversationId conversation;

    static constexpr auto fields()
    {
        return FieldList{field(1, "conversation", &TakeConversation::conversation)};
    }
    bool operator==(const TakeConversation &) const = default;
};

struct AssignConversation
{
    ConversationId conversation;
    AgentId agent;

    static constexpr auto fields()
    {
        return FieldList{field(1, "conversation", &AssignConversation::conversation),
                         field(2, "agent", &AssignConversation::agent)};
    }
    bool operator==(const AssignConversation &) const = default;
};

struct ParkConversation
{
    ConversationId conversation;

    static constexpr auto fields()
    {
        return FieldList{field(1, "conversation", &ParkConversation::conversation)};
    }
    bool operator==(const ParkConversation &) const = default;
};

struct ResumeConversation
{
    ConversationId conversation;

    static constexpr auto fields()
    {
        return FieldList{field(1, "conversation", &ResumeConversation::conversation)};
    }
    bool operator==(const ResumeConversation &) const = default;
};

/// Null id creates.
struct SaveCustomer
{
    CustomerId customer;
    std::optional<QString> name;
    std::optional<QString> language;
    std::optional<Json> customerFacts;
    std::optional<std::vector<QString>> tags;
    std::optional<QString> notes;
    std::vector<Identity> addresses;

    static constexpr auto fields()
    {
        return FieldList{field(1, "customer", &SaveCustomer::customer),
                         field(2, "name", &SaveCustomer::name),
                         field(3, "language", &SaveCustomer::language),
                         field(4, "customer_facts", &SaveCustomer::customerFacts),
                         field(5, "tags", &SaveCustomer::tags),
                         field(6, "notes", &SaveCustomer::notes),
                         field(7, "addresses", &SaveCustomer::addresses)};
    }
    bool operator==(const SaveCustomer &) const = default;
};

/// Two cards are one person: everything of `from` goes over to `into`, then `from` is gone. Refused
/// as a whole where it is more than one step may change.
struct MergeCustomers
{
    CustomerId from;
    CustomerId into;

    static constexpr auto fields()
    {
        return FieldList{field(1, "from", &MergeCustomers::from),
                         field(2, "into", &MergeCustomers::into)};
    }
    bool operator==(const MergeCustomers &) const = default;
};

/// One card is two people: the addresses, with their conversations, go over to a new card.
struct SplitCustomer
{
    CustomerId customer;
    QString name; ///< of the new card; empty = its first address
    std::vector<AddressId> addresses;

    static constexpr auto fields()
    {
        return FieldList{field(1, "customer", &SplitCustomer::customer),
                         field(2, "name", &SplitCustomer::name),
                         field(3, "addresses", &SplitCustomer::addresses)};
    }
    bool operator==(const SplitCustomer &) const = default;
};

struct CreateTask
{
    Json attributes;
    QString taskChannel;
    WorkflowId workflow;
    int priority = 0;
    std::optional<Seconds> timeout;
    Time virtualStartTime;
    ConversationId conversation;
    WorkerId routingTarget;      ///< set = only this worker is asked
    bool ignoreCapacity = false; ///< with a target only: whatever activity and slots

    static constexpr auto fields()
    {
        return FieldList{field(1, "attributes", &CreateTask::attributes),
                         field(2, "task_channel", &CreateTask::taskChannel),
                         field(3, "workflow", &CreateTask::workflow),
                         field(4, "priority", &CreateTask::priority),
                         field(5, "timeout", &CreateTask::timeout),
                         field(6, "virtual_start_time", &CreateTask::virtualStartTime),
                         field(7, "conversation", &CreateTask::conversation),
                         field(8, "routing_target", &CreateTask::routingTarget),
                         field(9, "ignore_capacity", &CreateTask::ignoreCapacity)};
    }
    bool operator==(const CreateTask &) const = default;
};

struct UpdateTask
{
    TaskId task;
    std::optional<Json> attributes;
    std::optional<int> priority;

    static constexpr auto fields()
    {
        return FieldList{field(1, "task", &UpdateTask::task),
                         field(2, "attributes", &UpdateTask::attributes),
                         field(3, "priority", &UpdateTask::priority)};
    }
    bool operator==(const UpdateTask &) const = default;
};

struct CancelTask
{
    TaskId task;
    QString reason;

    static constexpr auto fields()
    {
        return FieldList{field(1, "task", &CancelTask::task),
                         field(2, "reason", &CancelTask::reason)};
    }
    bool operator==(const CancelTask &) const = default;
};

struct WrapUpTask
{
    TaskId task;

    static constexpr auto fields() { return FieldList{field(1, "task", &WrapUpTask::task)}; }
    bool operator==(const WrapUpTask &) const = default;
};

struct CompleteTask
{
    TaskId task;
    QString reason;

    static constexpr auto fields()
    {
        return FieldList{field(1, "task", &CompleteTask::task),
                         field(2, "reason", &CompleteTask::reason)};
    }
    bool operator==(const CompleteTask &) const = default;
};

/// Who has the task gives it on; it stays theirs until somebody accepts.
struct TransferTask
{
    TaskId task;
    TransferType type = TransferType::Worker;
    TransferMode mode = TransferMode::Cold;
    WorkerId toWorker;
    QueueId toQueue;
    bool ignoreCapacity = false; ///< to a worker only

    static constexpr auto fields()
    {
        return FieldList{field(1, "task", &TransferTask::task),
                         field(2, "type", &TransferTask::type),
                         field(3, "mode", &TransferTask::mode),
                         field(4, "to_worker", &TransferTask::toWorker),
                         field(5, "to_queue", &TransferTask::toQueue),
                         field(6, "ignore_capacity", &TransferTask::ignoreCapacity)};
    }
    bool operator==(const TransferTask &) const = default;
};

/// Completes a warm transfer that somebody has joined, or takes any back.
struct EndTransfer
{
    TaskId task;
    bool isCompleted = false;

    static constexpr auto fields()
    {
        return FieldList{field(1, "task", &EndTransfer::task),
                         field(2, "is_completed", &EndTransfer::isCompleted)};
    }
    bool operator==(const EndTransfer &) const = default;
};

/// Ends the after-contact work of a worker who has given the task on.
struct CompleteReservation
{
    ReservationId reservation;

    static constexpr auto fields()
    {
        return FieldList{field(1, "reservation", &CompleteReservation::reservation)};
    }
    bool operator==(const CompleteReservation &) const = default;
};

/// Pull: the worker gets the first task of the queue that suits, without an offer. Null queue = of
/// all that the worker is a member of.
struct TakeNext
{
    WorkerId worker;
    QueueId queue;

    static constexpr auto fields()
    {
        return FieldList{field(1, "worker", &TakeNext::worker),
                         field(2, "queue", &TakeNext::queue)};
    }
    bool operator==(const TakeNext &) const = default;
};

/// How the office routes, beyond queues and workflows.
struct SaveWorkspace
{
    ActivityId defaultActivity;
    ActivityId timeoutActivity;
    TaskOrder prioritizeQueueOrder = TaskOrder::Fifo;
    int maxPendingOffers = 1;
    bool usesChannelWeights = false;

    static constexpr auto fields()
    {
        return FieldList{field(1, "default_activity", &SaveWorkspace::defaultActivity),
                         field(2, "timeout_activity", &SaveWorkspace::timeoutActivity),
                         field(3, "prioritize_queue_order", &SaveWorkspace::prioritizeQueueOrder),
                         field(4, "max_pending_offers", &SaveWorkspace::maxPendingOffers),
                         field(5, "uses_channel_weights", &SaveWorkspace::usesChannelWeights)};
    }
    bool operator==(const SaveWorkspace &) const = default;
};

struct AcceptReservation
{
    ReservationId reservation;

    static constexpr auto fields()
    {
        return FieldList{field(1, "reservation", &AcceptReservation::reservation)};
    }
    bool operator==(const AcceptReservation &) const = default;
};

/// A set activity is taken up at once.
struct RejectReservation
{
    ReservationId reservation;
    ActivityId activity;

    static constexpr auto fields()
    {
        return FieldList{field(1, "reservation", &RejectReservation::reservation),
                         field(2, "activity", &RejectReservation::activity)};
    }
    bool operator==(const RejectReservation &) const = default;
};

/// Internal: the owner asks to start.
struct ClaimEffect
{
    EffectId effect;
    NodeId node;
    quint64 fence = 0;

    static constexpr auto fields()
    {
        return FieldList{field(1, "effect", &ClaimEffect::effect),
                         field(2, "node", &ClaimEffect::node),
                         field(3, "fence", &ClaimEffect::fence)};
    }
    bool operator==(const ClaimEffect &) const = default;
};

/// Internal: what the provider answered. Evidence: "sent" is accepted from whoever ever held a
/// claim; anything else is about its own attempt alone. retryAt with state Ready = nothing was
/// accepted, try later.
struct ReportEffect
{
    EffectId effect;
    EffectState state = EffectState::Succeeded;
    QString providerId;
    QString detail;
    Json response;
    Time retryAt;
    int attempt = 0; ///< Effect::attempts of the claim that it answers

    static constexpr auto fields()
    {
        return FieldList{field(1, "effect", &ReportEffect::effect),
                         field(2, "state", &ReportEffect::state),
                         field(3, "provider_id", &ReportEffect::providerId),
                         field(4, "detail", &ReportEffect::detail),
                         field(5, "response", &ReportEffect::response),
                         field(6, "retry_at", &ReportEffect::retryAt),
                         field(7, "attempt", &ReportEffect::attempt)};
    }
    bool operator==(const ReportEffect &) const = default;
};

/// Which PC runs an account. An admin may name one that can open its secrets.
struct Appoint
{
    AccountId account;
    NodeId node;

    static constexpr auto fields()
    {
        return FieldList{field(1, "account", &Appoint::account), field(2, "node", &Appoint::node)};
    }
    bool operator==(const Appoint &) const = default;
};

/// Internal: a PC that has a secret lets another one open it. A version never goes back.
struct SealSecret
{
    SealedSecret seal; ///< its id is not looked at

    static constexpr auto fields() { return FieldList{field(1, "seal", &SealSecret::seal)}; }
    bool operator==(const SealSecret &) const = default;
};

/// Internal: the key that signs takeovers is this one from now on.
struct SetRecoveryKey
{
    QByteArray publicKey;

    static constexpr auto fields()
    {
        return FieldList{field(1, "public_key", &SetRecoveryKey::publicKey)};
    }
    bool operator==(const SetRecoveryKey &) const = default;
};

/// Internal: the router has taken the office over from PCs that are gone.
struct NoteTakeover
{
    NodeId node;
    quint64 generation = 0;
    quint64 keptUpTo = 0; ///< log index

    static constexpr auto fields()
    {
        return FieldList{field(1, "node", &NoteTakeover::node),
                         field(2, "generation", &NoteTakeover::generation),
                         field(3, "kept_up_to", &NoteTakeover::keptUpTo)};
    }
    bool operator==(const NoteTakeover &) const = default;
};

/// Internal: timers that are due at office time `now`.
struct TimeReached
{
    Time now;

    static constexpr auto fields() { return FieldList{field(1, "now", &TimeReached::now)}; }
    bool operator==(const TimeReached &) const = default;
};

using AnyCommand = std::variant<
    CreateOffice, SaveAgent, SaveWorker, DeleteWorker, OpenSession, CloseSession, SetActivity,
    SetWorkerChannel, OptQueue, SaveQueue, DeleteQueue, SaveWorkflow, DeleteWorkflow, SaveActivity,
    SaveTaskChannel, SaveFlow, DeleteFlow, SaveAccount, RemoveAccount, Ingest, SendMessage,
    CancelMessage, RetryMessage, MarkRead, UpdateConversation, TakeConversation, AssignConversation,
    ParkConversation, ResumeConversation, SaveCustomer, CreateTask, UpdateTask, CancelTask,
    WrapUpTask, CompleteTask, AcceptReservation, RejectReservation, ClaimEffect, ReportEffect,
    Appoint, TimeReached, AskOneMore, DeleteActivity, DeleteTaskChannel, MergeCustomers,
    SplitCustomer, AddNode, UpdateNode, RemoveNode, SealSecret, SetRecoveryKey, NoteTakeover,
    SalvageMessage, SalvageCustomer, TransferTask, EndTransfer, CompleteReservation, TakeNext,
    SaveWorkspace, EraseCustomer, ImportCard, ImportConversation, SaveWebhook, DeleteWebhook,
    NoteDeliveries, PublishFlow, ContinueConversation, UndoMerge, DenyLikeness>;

/// One of them. A class of its own for the same reason as events::Fact.
class Command : public AnyCommand
{
public:
    using AnyCommand::AnyCommand;
    Command();
    Command(const Command &other);
    Command(Command &&other) noexcept;
    Command &operator=(const Command &other);
    Command &operator=(Command &&other) noexcept;
    ~Command();
    /// They have no order. Said here, because QMetaType finds that of std::variant and takes it.
    bool operator<(const Command &other) const = delete;
};

} // namespace peerdesk::api
