// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/api/commands.h"
#include "core/base/completion.h"
#include "core/domain/messagetemplate.h"

#include <QJsonObject>
#include <QObject>

namespace peerdesk::api {

/// Who asks. A caller with a null agent is the office itself (connectors, timers): only core/node
/// makes one.
struct Caller
{
    AgentId agent;
    SessionId session;
    Role role = Role::Agent;
    WorkerId worker; ///< the agent's worker, may be null
    QString name;
    QByteArray request = {}; ///< what a repeat of a command id must be equal to: a hash of the
                             ///< request; empty = the command itself
    bool operator==(const Caller &) const = default;
};

/// What became of a command, after commit and local apply.
struct Outcome
{
    QByteArray subject;     ///< 16 bytes: id of what was created or changed; empty if nothing was
    QString state;          ///< e.g. "queued"
    bool wasRepeat = false; ///< the id was known; this is the recorded answer
    bool operator==(const Outcome &) const = default;

    template <typename IdType>
    IdType as() const
    {
        return {QUuid::fromRfc4122(subject)};
    }
};

/// A slice of a list. `after` is an opaque cursor from the previous page; empty = from the start.
struct Page
{
    int limit = 50; ///< 1..500
    QString after;
};

template <typename T>
struct PageOf
{
    std::vector<T> items;
    QString next; ///< empty = no more
};

enum class ConversationOrder { NewestFirst, ReplyDueFirst, LongestWaiting };

struct ConversationFilter
{
    std::optional<ConversationStatus> status;
    bool onlyActive = false; ///< not resolved, not closed
    bool onlyUnassigned = false;
    bool onlyDone = false; ///< resolved or closed
    QueueId queue;
    AgentId agent;
    QString channel;
    QString tag; ///< one of the conversation's, in any case
    CustomerId customer;
    QString text; ///< full-text search over messages, subjects and names
    ConversationOrder order = ConversationOrder::NewestFirst;
};

/// One line of a customer's timeline: a conversation with what it was about.
struct TimelineEntry
{
    ConversationId conversation;
    QString channel;
    QString title;
    Time at;
};

/// Another card that may be the same person, and the address that says so.
struct SameMaybe
{
    Customer customer;
    Address address;
};

/// The customer card in one value.
struct CustomerCard
{
    Customer customer;
    std::vector<Address> addresses;
    std::vector<TimelineEntry> timeline;   ///< newest first, at most 100
    std::vector<SameMaybe> sameMaybe = {}; ///< other cards that may be this person
    std::vector<CardJoin> joins = {};      ///< what went into this card and can be undone
    std::vector<OptOut> optOuts = {};      ///< of its addresses
};

/// An offer as the pop-up and GET /reservations show it.
struct Offer
{
    Reservation reservation;
    Task task;
    QString customerName;
    QString queueName;
    QString snippet;
    int earlierConversations = 0;
    Milliseconds remaining{0}; ///< counted by the router; < 0 = no limit
};

struct AccountStatus
{
    ChannelAccount account;
    AccountState state = AccountState::Starting;
    QString detail; ///< in plain words: what is wrong and what to do
};

struct MemberStatus
{
    Node node;
    bool isOnline = false;
    QString role;         ///< leader, voter, standby, spare
    Time lastSeen;        ///< by this PC; unset = not since it was started
    QString version = {}; ///< of the program, as it said when it was last in reach; empty = unknown
};

/// How far a PC that lacks a part of the office's log has come.
struct CatchUp
{
    quint64 have = 0;
    quint64 of = 0; ///< 0 = nothing is known to be missing
    bool operator==(const CatchUp &) const = default;
};

/// A PC that wants to be let in without a code.
struct Asker
{
    NodeId node;
    QString name;      ///< as it says of itself
    QString address;   ///< from where it asks
    QStringList words; ///< three, to be compared with those on its screen
    bool operator==(const Asker &) const = default;
};

/// What an invitation shall allow.
struct Invite
{
    int uses = 1;
    Seconds expires = std::chrono::minutes(15);
};

struct OfficeStatus
{
    Office office;
    NodeId node;
    QString role; ///< leader | voter | standby | spare | waiting
    NodeId leader;
    quint64 term = 0;
    quint64 appliedIndex = 0;
    QByteArray digest;
    quint64 generation = 1;
    Time routedSince = {}; ///< since when this PC sees `leader` route; unset = nobody does
    CatchUp catchUp = {};
    /// Who belongs to it. Before the tables have come: whom this PC was told of when it joined,
    /// without names, while `office` has a name and was never created.
    std::vector<MemberStatus> members;
    std::vector<AccountStatus> channels;
    int queuedOutbound = 0;
    QString trouble;              ///< empty, or why new work is not being decided (disk full, ...)
    std::vector<QString> notices; ///< what does not work while all else does (search is off, ...)
    std::vector<Asker> askers = {}; ///< at this PC, while it invites
};

/// Which numbers are asked for.
struct StatisticsQuery
{
    QString scope;       ///< workspace, queues, workflows, workers
    QUuid id;            ///< null for the workspace
    QString taskChannel; ///< empty = all
    Time start = {};     ///< set, with `end` = what happened between; else the present moment
    Time end = {};
    Seconds serviceLevel{20};         ///< answered within
    Seconds shortAbandon{5};          ///< who leaves sooner was not kept waiting
    std::vector<Seconds> splits = {}; ///< of split_by_wait_time
};

/// A task of the past, as a rehearsal lets it come again.
struct RecordedTask
{
    Time at;
    WorkflowId workflow;
    QString taskChannel;
    Json attributes;
    Json facts; ///< what filters could read besides, as they were then
    int priority = 0;
    Milliseconds work{0};     ///< from acceptance to after-contact work; 0 = not known
    Milliseconds wrapUp{0};   ///< after-contact work
    Milliseconds patience{0}; ///< canceled unanswered after this long; 0 = was answered
};

/// Somebody who could be asked, from when to when.
struct RecordedPresence
{
    WorkerId worker;
    Time from;
    Time to;
};

/// What the office had to do, and who was there for it.
struct RecordedDay
{
    std::vector<RecordedTask> tasks; ///< oldest first
    std::vector<RecordedPresence> presence;
};

/// One step of a message's journey, for `trace` (M07).
struct TraceStep
{
    QString step; ///< ingest, flow, task, reservation, accept, queued, claimed, sent, ...
    QString detail;
    Time at;
    quint64 index = 0;
};

/// A committed and applied fact as subscribers see it.
struct Event
{
    quint64 index = 0;
    int ordinal = 0;
    QString name; ///< names of routing.md 2.9, e.g. "reservation.created"
    Time at;
    Json payload;

    QString id() const { return QStringLiteral("%1-%2").arg(index).arg(ordinal); }
};

/// What a group of applied batches touched: enough for views to refresh just that.
struct Changes
{
    quint64 appliedIndex = 0;
    std::vector<Event> events;
    std::vector<ConversationId> conversations;
    std::vector<MessageId> messages;
    std::vector<CustomerId> customers;
    std::vector<TaskId> tasks;
    std::vector<ReservationId> reservations;
    std::vector<WorkerId> workers;
    bool directory = false; ///< queues, workflows, activities, flows, agents or accounts changed
};

/// A typing or viewing mark: not in the log.
struct Presence
{
    ConversationId conversation;
    AgentId agent; ///< null = the customer
    QString name;
    bool isTyping = false;
};

/// What a connector needs to get in; its key in the SecretStore is account and name.
struct AccountSecret
{
    AccountId account;
    QString name;
    QByteArray value;
};

/// Everything the window, the doors and tests may know and do. One object per asking thread; every
/// call returns at once and answers through its Completion in that thread, reads from the local
/// replica, writes after commit and local apply.
class Desk : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    /// Decides, commits, applies, then answers. The same id again gets the recorded answer; with
    /// another body, Conflict. Errors: Rejected{state}, Invalid, NotFound, Forbidden, Conflict,
    /// NoMajority (surely not submitted), Unknown.
    virtual void submit(const Caller &caller, CommandId id, const Command &command,
                        Completion<Outcome> done) = 0;

    virtual void status(Completion<OfficeStatus> done) = 0;
    /// `tokenHash` = SHA-256 of the bearer token. Errors: Unauthorized.
    virtual void authenticate(const QByteArray &tokenHash, Completion<Caller> done) = 0;
    /// For sign-in: the agent by exact name, password hash included. Errors: NotFound.
    virtual void agentByName(const QString &name, Completion<Agent> done) = 0;
    virtual void agents(Completion<std::vector<Agent>> done) = 0;

    virtual void conversations(const ConversationFilter &filter, const Page &page,
                               Completion<PageOf<Conversation>> done) = 0;
    virtual void conversation(ConversationId id, Completion<Conversation> done) = 0;
    /// Oldest first within the page; pages go backwards in time: the first page is the newest,
    /// `next` is older.
    virtual void messages(ConversationId id, const Page &page,
                          Completion<PageOf<Message>> done) = 0;
    virtual void message(MessageId id, Completion<Message> done) = 0;
    virtual void trace(MessageId id, Completion<std::vector<TraceStep>> done) = 0;

    virtual void customers(const QString &text, const Page &page,
                           Completion<PageOf<Customer>> done) = 0;
    virtual void customer(CustomerId id, Completion<CustomerCard> done) = 0;

    virtual void tasks(const std::optional<TaskStatus> &status, const Page &page,
                       Completion<PageOf<Task>> done) = 0;
    virtual void task(TaskId id, Completion<Task> done) = 0;
    /// Null worker = all; no status = live ones (pending, accepted, wrapping).
    virtual void reservations(WorkerId worker, const std::optional<ReservationStatus> &status,
                              Completion<std::vector<Offer>> done) = 0;
    virtual void reservation(ReservationId id, Completion<Offer> done) = 0;
    virtual void workers(Completion<std::vector<Worker>> done) = 0;
    virtual void activities(Completion<std::vector<Activity>> done) = 0;
    virtual void taskChannels(Completion<std::vector<TaskChannel>> done) = 0;
    virtual void queues(Completion<std::vector<Queue>> done) = 0;
    virtual void workflows(Completion<std::vector<Workflow>> done) = 0;
    virtual void flows(Completion<std::vector<Flow>> done) = 0;
    virtual void webhooks(Completion<std::vector<Webhook>> done)
    {
        done.answer(std::vector<Webhook>());
    }
    /// Why a task waits, or why its worker has it: one line per worker with the first failed
    /// condition.
    virtual void explainTask(TaskId id, Completion<QJsonObject> done) = 0;
    /// The present moment or a span of time in numbers, names of routing.md 2.8. Errors: NotFound,
    /// Invalid, TooLarge (a span with too many facts).
    virtual void statistics(const StatisticsQuery &query, Completion<QJsonObject> done)
    {
        Q_UNUSED(query)
        done.answer(notFound(QStringLiteral("nothing is counted here")));
    }
    /// What was between two moments, from the archive. Errors: TooLarge.
    virtual void recordedDay(Time start, Time end, Completion<RecordedDay> done)
    {
        Q_UNUSED(start)
        Q_UNUSED(end)
        done.answer(notFound(QStringLiteral("nothing is recorded here")));
    }
    /// Errors: NotFound (never submitted, or unknown here).
    virtual void command(CommandId id, Completion<Outcome> done) = 0;
    /// Archived events after a position, oldest first, at most `limit`.
    virtual void eventsAfter(quint64 index, int ordinal, int limit,
                             Completion<std::vector<Event>> done) = 0;

    /// Stores bytes by SHA-256, fsynced before the answer. Errors: TooLarge (over 50 MiB), Storage.
    virtual void storeAttachment(const QByteArray &bytes, Completion<QByteArray> done) = 0;
    /// The same; the uploader may read the bytes again before any message holds them.
    virtual void upload(const Caller &caller, const QByteArray &bytes, Completion<QByteArray> done)
    {
        Q_UNUSED(caller)
        storeAttachment(bytes, std::move(done));
    }
    /// The caller must be allowed to see a conversation that holds it. Errors: NotFound, Forbidden.
    virtual void attachment(const Caller &caller, const QByteArray &sha256,
                            Completion<QByteArray> done) = 0;

    /// A secret of a channel account, or of a webhook (secretPlaceOf()), goes to the SecretStore,
    /// never into a command. Admins only.
    virtual void storeSecret(const Caller &caller, const AccountSecret &secret,
                             Completion<Done> done) = 0;
    /// Tries the account's settings and secrets for real. The answer is a sentence for people.
    /// Admins only.
    virtual void testAccount(const Caller &caller, AccountId account, Completion<QString> done) = 0;
    /// Which templates the account's provider has approved, and which it has not; asked by
    /// whichever PC runs the account. Errors: NotFound (no such account, or its provider has no
    /// list), Rejected "elsewhere" or "down", with a sentence.
    virtual void templates(AccountId account, Completion<TemplateList> done)
    {
        Q_UNUSED(account)
        done.answer(notFound(QStringLiteral("templates are not listed here")));
    }
    /// A provider's or a middleware's call of a channel that runs on this PC. Whether it may is the
    /// channel's to say. Errors: NotFound, Rejected "elsewhere" (another PC runs it).
    virtual void hook(AccountId account, const HookCall &call, Completion<HookAnswer> done)
    {
        Q_UNUSED(account)
        Q_UNUSED(call)
        done.answer(notFound(QStringLiteral("there are no channels here")));
    }
    /// Six words that let another PC join the office. Admins only. Errors: Rejected "no-peers"
    /// (this PC cannot be reached by others), Invalid.
    virtual void invite(const Caller &caller, const Invite &wanted, Completion<QString> done) = 0;
    /// Lets a PC in that asks (OfficeStatus::askers), once its words were compared, or turns it
    /// away. Whatever is said counts for exactly these words. Admins only. Errors: NotFound (it
    /// does not ask any more), Rejected, those of submit().
    virtual void admit(const Caller &caller, const Asker &asker, bool isOurs, Completion<Done> done)
    {
        Q_UNUSED(caller)
        Q_UNUSED(asker)
        Q_UNUSED(isOurs)
        done.answer(notFound(QStringLiteral("nobody asks here")));
    }
    /// Goes on without the PCs that are gone for good, with what this PC has; they bring back what
    /// they had when they come again. Supervisors and admins. Errors: Rejected "router-alive",
    /// "majority-alive", "no-copy", "no-recovery-key" (this PC does not have the key: with the
    /// words of the recovery sheet it goes on), "old-recovery-key" (the words are not this
    /// office's, or not any more); Invalid (words that are none).
    virtual void takeover(const Caller &caller, const QString &recoveryWords, Completion<Done> done)
    {
        Q_UNUSED(caller)
        Q_UNUSED(recoveryWords)
        done.answer(notFound(QStringLiteral("nothing can be taken over here")));
    }
    /// The office's recovery key as 24 words, for paper. A new one is made when a PC is removed.
    /// Admins only. Errors: Rejected "no-recovery-key" (this PC does not have it).
    virtual void recoveryWords(const Caller &caller, Completion<QString> done)
    {
        Q_UNUSED(caller)
        done.answer(notFound(QStringLiteral("there is no recovery key here")));
    }
    /// Types of channels with their settings and capability record, as `channel types` prints them.
    virtual QJsonArray channelTypes() const = 0;

    /// Tells others, fire and forget.
    virtual void announcePresence(const Presence &presence) = 0;

Q_SIGNALS:
    /// After commit and local apply, in order of the log.
    void changed(const peerdesk::api::Changes &changes);
    void presenceChanged(const peerdesk::api::Presence &presence);
    /// Router, disk or a channel changed its state: ask status() again.
    void statusChanged();
};

} // namespace peerdesk::api

Q_DECLARE_METATYPE(peerdesk::api::Changes)
Q_DECLARE_METATYPE(peerdesk::api::Presence)
