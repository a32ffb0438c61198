// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/events/apply.h"

#include <algorithm>

namespace peerdesk::events {

namespace {

constexpr qsizetype SnippetLength = 120;

/// Unicode's White_Space as of version 15. A table of our own: Qt's follows the Unicode version it
/// was built with, and nodes with different ones must write the same row.
bool isWhiteSpace(QChar c)
{
    const char16_t u = c.unicode();
    return (u >= 0x0009 && u <= 0x000d) || u == 0x0020 || u == 0x0085 || u == 0x00a0 ||
           u == 0x1680 || (u >= 0x2000 && u <= 0x200a) || u == 0x2028 || u == 0x2029 ||
           u == 0x202f || u == 0x205f || u == 0x3000;
}

/// The beginning of `text` in one line, runs of white space as one space. Never ends in half a
/// character; a lone surrogate reads as it will come back from the stored row.
QString snippetOf(QStringView text)
{
    QString out;
    bool isBetweenWords = false;
    for (qsizetype i = 0; i < text.size() && out.size() < SnippetLength; ++i) {
        if (isWhiteSpace(text[i])) {
            isBetweenWords = !out.isEmpty();
            continue;
        }
        const bool isPair =
            text[i].isHighSurrogate() && i + 1 < text.size() && text[i + 1].isLowSurrogate();
        if (out.size() + int(isBetweenWords) + 1 + int(isPair) > SnippetLength)
            break;
        if (std::exchange(isBetweenWords, false))
            out += u' ';
        out += text[i];
        if (isPair)
            out += text[++i];
    }
    return QString::fromUtf8(out.toUtf8());
}

/// One function per fact. `at` is where the fact stands; `tables` is all it may touch.
class Projector
{
public:
    Projector(const Position &at, Tables &tables)
        : m_at(at)
        , m_tables(tables)
    {}

    void operator()(const OfficeCreated &f) { put(f.office); }
    void operator()(const WorkspaceSaved &f)
    {
        change<Office>(f.office, [&](Office &office) { fill(office, f); });
    }
    void operator()(const NodeJoined &f) { put(f.node); }
    void operator()(const NodeChanged &f) { put(f.node); }
    void operator()(const AgentSaved &f)
    {
        Agent agent = f.agent;
        const std::optional<Agent> existing = m_tables.of<Agent>().find(agent.id);
        agent.sessionsFrom = existing ? existing->sessionsFrom : 0;
        put(agent);
    }
    void operator()(const SessionOpened &f)
    {
        Session session = f.session;
        session.beganAt = m_at.index;
        put(session);
    }
    void operator()(const SessionClosed &f) { m_tables.of<Session>().erase(f.session); }
    void operator()(const SessionsEnded &f)
    {
        change<Agent>(f.agent, [&](Agent &agent) { agent.sessionsFrom = m_at.index; });
        change<Session>(f.kept, [&](Session &session) { session.beganAt = m_at.index; });
    }

    void operator()(const ActivitySaved &f) { put(f.activity); }
    void operator()(const TaskChannelSaved &f) { put(f.taskChannel); }
    void operator()(const ActivityDeleted &f) { m_tables.of<Activity>().erase(f.activity); }
    void operator()(const TaskChannelDeleted &f)
    {
        m_tables.of<TaskChannel>().erase(f.taskChannel);
    }
    void operator()(const QueueSaved &f) { put(f.queue); }
    void operator()(const QueueDeleted &f) { m_tables.of<Queue>().erase(f.queue); }
    void operator()(const WorkflowSaved &f) { put(f.workflow); }
    void operator()(const WorkflowDeleted &f) { m_tables.of<Workflow>().erase(f.workflow); }
    void operator()(const FlowSaved &f) { put(f.flow); }
    void operator()(const FlowDeleted &f) { m_tables.of<Flow>().erase(f.flow); }

    void operator()(const WorkerCreated &f) { put(f.worker); }
    void operator()(const WorkerUpdated &f)
    {
        change<Worker>(f.worker, [&](Worker &worker) {
            worker.friendlyName = f.friendlyName;
            worker.attributes = f.attributes;
        });
    }
    void operator()(const WorkerDeleted &f) { m_tables.of<Worker>().erase(f.worker); }
    void operator()(const WorkerActivityChanged &f)
    {
        change<Worker>(f.worker, [&](Worker &worker) {
            worker.activity = f.activity;
            worker.available = f.available;
            worker.dateStatusChanged = m_at.time;
            worker.missedOffers = 0;
            worker.oneMore = worker.oneMore && f.available;
        });
    }
    void operator()(const WorkerChannelChanged &f)
    {
        change<Worker>(f.worker, [&](Worker &w) { w.channels[f.taskChannel] = f.channel; });
    }
    void operator()(const WorkerQueueOptChanged &f)
    {
        change<Worker>(f.worker, [&](Worker &worker) {
            std::erase(worker.optedOut, f.queue);
            if (!f.optedIn)
                worker.optedOut.push_back(f.queue);
        });
    }

    void operator()(const WorkerOneMoreChanged &f)
    {
        change<Worker>(f.worker, [&](Worker &worker) { worker.oneMore = f.oneMore; });
    }

    void operator()(const AccountSaved &f)
    {
        ChannelAccount account = f.account;
        if (const auto existing = m_tables.of<ChannelAccount>().find(account.id)) {
            account.owner = existing->owner;
            account.fence = existing->fence;
            account.cursor = existing->cursor;
        }
        put(account);
    }
    void operator()(const AccountRemoved &f) { m_tables.of<ChannelAccount>().erase(f.account); }
    void operator()(const AccountAppointed &f)
    {
        change<ChannelAccount>(f.account, [&](ChannelAccount &account) {
            account.owner = f.node;
            account.fence = m_at.index;
        });
    }
    void operator()(const CursorMoved &f)
    {
        change<ChannelAccount>(f.account, [&](ChannelAccount &a) { a.cursor = f.cursor; });
    }

    void operator()(const SecretSealed &f) { put(f.seal); }
    void operator()(const RecoveryKeySet &f)
    {
        change<Office>(f.office, [&](Office &office) { office.recoveryKey = f.publicKey; });
    }
    void operator()(const FeatureLevelRaised &f)
    {
        change<Office>(f.office, [&](Office &office) { office.featureLevel = f.level; });
    }
    void operator()(const OfficeTakenOver &) {}
    void operator()(const SealsDropped &f)
    {
        for (SealId seal : f.seals)
            m_tables.of<SealedSecret>().erase(seal);
    }

    void operator()(const CustomerCreated &f) { put(f.customer); }
    void operator()(const CustomerUpdated &f)
    {
        change<Customer>(f.customer, [&](Customer &customer) {
            customer.name = f.name.value_or(customer.name);
            customer.language = f.language.value_or(customer.language);
            customer.facts = f.customerFacts.value_or(customer.facts);
            customer.tags = f.tags.value_or(customer.tags);
            customer.notes = f.notes.value_or(customer.notes);
        });
    }
    void operator()(const AddressLinked &f) { put(f.address); }
    void operator()(const CustomerMerged &f) { m_tables.of<Customer>().erase(f.customer); }

    void operator()(const CardsJoined &f)
    {
        put(f.join);
        put(f.join.after);
    }
    void operator()(const CardJoinUndone &f)
    {
        m_tables.of<CardJoin>().erase(CardJoin::idFor(f.card));
    }
    void operator()(const LikenessNoted &f) { put(f.likeness); }
    void operator()(const OptOutChanged &f)
    {
        if (f.isOut)
            put(OptOut{f.address, f.message, m_at.time});
        else
            m_tables.of<OptOut>().erase(OptOut::idFor(f.address));
    }

    void operator()(const ConversationContinued &f)
    {
        change<Conversation>(f.conversation, [&](Conversation &conversation) {
            put(Route{Route::idFor(conversation.id, conversation.account), conversation.id,
                      conversation.account, conversation.channel, conversation.thread,
                      conversation.address, conversation.lastInboundAt});
            conversation.account = f.account;
            conversation.channel = f.channel;
            conversation.thread = f.thread;
            conversation.address = f.address;
            conversation.lastInboundAt = f.lastInboundAt;
            conversation.question = {}; // it was asked elsewhere
        });
    }
    void operator()(const RoutesForgotten &f) { eraseAll<Route>(f.routes); }
    void operator()(const ConversationOpened &f) { put(f.conversation); }
    void operator()(const ConversationUpdated &f)
    {
        change<Conversation>(f.conversation, [&](Conversation &conversation) {
            conversation.status = f.status.value_or(conversation.status);
            conversation.tags = f.tags.value_or(conversation.tags);
            conversation.snoozeUntil = f.snoozeUntil.value_or(conversation.snoozeUntil);
            if (isDone(conversation.status))
                conversation.replyDueAt = {};
        });
    }
    void operator()(const ConversationRead &f)
    {
        change<Conversation>(f.conversation, [&](Conversation &conversation) {
            conversation.readUpTo = std::max(conversation.readUpTo, f.upTo);
            if (conversation.readUpTo >= conversation.lastMessageAt)
                conversation.unread = 0;
        });
    }
    void operator()(const ConversationAssigned &f)
    {
        change<Conversation>(f.conversation, [&](Conversation &c) { c.assignee = f.agent; });
    }

    void operator()(const ConversationMoved &f)
    {
        const std::optional<Customer> customer = m_tables.of<Customer>().find(f.customer);
        change<Conversation>(f.conversation, [&](Conversation &conversation) {
            conversation.customer = f.customer;
            if (customer)
                conversation.customerName = customer->name;
        });
    }

    void operator()(const MessageReceived &f)
    {
        put(f.message);
        change<Conversation>(f.message.conversation, [&](Conversation &conversation) {
            const Time there = conversation.lastInboundAt;
            show(conversation, f.message);
            if (conversation.account != f.account && wroteOn(conversation.id, f.account))
                conversation.lastInboundAt = there; // the customer wrote elsewhere
            ++conversation.unread;
            if (f.replyDueAt && !conversation.replyDueAt.isSet())
                conversation.replyDueAt = *f.replyDueAt;
        });
    }
    void operator()(const MessageAdded &f)
    {
        put(f.message);
        if (f.message.state == MessageState::Scheduled || f.message.kind == MessageKind::System)
            return;
        change<Conversation>(f.message.conversation, [&](Conversation &conversation) {
            show(conversation, f.message);
            if (f.message.kind == MessageKind::Reply && f.message.authorKind == AuthorKind::Agent)
                answered(conversation, f.message.author);
        });
    }
    void operator()(const MessageStateChanged &f)
    {
        change<Message>(f.message, [&](Message &message) {
            message.state = f.state;
            message.failure = f.failure;
            message.attempts = f.attempts;
            if (!f.providerId.isEmpty())
                message.providerId = f.providerId;
        });
    }
    void operator()(const MessageAltered &f)
    {
        change<Message>(f.message, [&](Message &message) {
            if (!f.reactor.isEmpty() && f.emoji.isEmpty())
                message.reactions.erase(f.reactor);
            else if (!f.reactor.isEmpty())
                message.reactions[f.reactor] = f.emoji;
            if (f.content) {
                message.content = *f.content;
                message.editedAt = f.at;
            }
            if (f.isDeleted) { // what was said is for nobody any more; that something was, stays
                message.content = {};
                message.deletedAt = f.at;
            }
        });
    }
    void operator()(const ItemSeen &f) { put(f.seen); }

    void operator()(const EffectIntended &f)
    {
        Effect effect = f.effect;
        effect.position = m_at.index * MaxBatchFacts + quint64(m_at.ordinal);
        put(effect);
    }
    void operator()(const EffectClaimed &f)
    {
        change<Effect>(f.effect, [&](Effect &effect) {
            effect.state = EffectState::Claimed;
            effect.claimedBy = f.node;
            effect.fence = f.fence;
            effect.retryAt = {};
            ++effect.attempts;
        });
    }
    void operator()(const EffectEnded &f)
    {
        change<Effect>(f.effect, [&](Effect &effect) { effect.state = f.state; });
    }
    void operator()(const EffectRetried &f)
    {
        change<Effect>(f.effect, [&](Effect &effect) {
            effect.state = EffectState::Ready;
            effect.retryAt = f.retryAt;
        });
    }

    void operator()(const ExecutionStarted &f) { put(f.execution); }
    void operator()(const ExecutionMoved &f)
    {
        change<Execution>(f.execution, [&](Execution &execution) {
            execution.state = f.state;
            execution.variables = f.variables;
            execution.waitsUntil = f.waitsUntil;
            execution.steps = f.steps;
            execution.awaiting = f.awaiting;
        });
    }
    void operator()(const ExecutionEnded &f)
    {
        change<Execution>(f.execution, [](Execution &execution) {
            execution.status = ExecutionStatus::Ended;
            execution.waitsUntil = {};
            execution.awaiting = {};
        });
    }

    void operator()(const TaskCreated &f)
    {
        put(f.task);
        onConversation(f.task, [&](Conversation &conversation) {
            conversation.task = f.task.id;
            conversation.queue = f.task.taskQueue;
        });
    }
    void operator()(const TaskUpdated &f)
    {
        change<Task>(f.task, [&](Task &task) {
            task.attributes = f.attributes;
            task.priority = f.priority;
            task.taskPriority = f.priority;
        });
    }
    void operator()(const TaskEnteredQueue &f)
    {
        change<Task>(f.task, [&](Task &task) {
            task.taskQueue = f.queue;
            task.filterIndex = f.filterIndex;
            task.targetIndex = f.targetIndex;
            task.priority = f.priority;
            task.taskQueueEnteredDate = m_at.time;
            task.excluded.clear();
            onConversation(task, [&](Conversation &c) { c.queue = f.queue; });
        });
    }
    void operator()(const TaskCanceled &f) { endTask(f.task, TaskStatus::Canceled, f.reason); }
    void operator()(const TaskWrapping &f)
    {
        change<Task>(f.task, [&](Task &task) {
            task.assignmentStatus = TaskStatus::Wrapping;
            task.wrapUpEndsAt = f.endsAt;
            endReservationsOf(task, ReservationStatus::Wrapping);
        });
    }
    void operator()(const TaskCompleted &f) { endTask(f.task, TaskStatus::Completed, f.reason); }

    void operator()(const ReservationCreated &f)
    {
        put(f.reservation);
        change<Task>(f.reservation.task, [&](Task &task) {
            task.reservations.push_back(f.reservation.id);
            if (isOf(task, f.reservation))
                return task.transfer->offers.push_back(f.reservation.id); // stays assigned
            if (task.assignmentStatus == TaskStatus::Pending)
                ++task.assignmentCount;
            task.assignmentStatus = TaskStatus::Reserved;
        });
    }
    void operator()(const ReservationAccepted &f)
    {
        const std::optional<Reservation> reservation =
            end(f.reservation, ReservationStatus::Accepted);
        if (!reservation)
            return;
        change<Worker>(reservation->worker, [&](Worker &worker) {
            worker.lastTaskAt = m_at.time;
            worker.missedOffers = 0;
        });
        change<Task>(reservation->task, [&](Task &task) {
            if (isOf(task, *reservation)) { // takes part; whose the task is, TransferCompleted says
                std::erase(task.transfer->offers, f.reservation);
                task.transfer->joined = f.reservation;
                return;
            }
            task.assignmentStatus = TaskStatus::Assigned;
            own(task, reservation->worker);
        });
    }
    void operator()(const ReservationRejected &f)
    {
        const auto reservation = end(f.reservation, ReservationStatus::Rejected);
        if (!reservation)
            return;
        change<Worker>(reservation->worker, [](Worker &worker) { worker.missedOffers = 0; });
        giveBack(*reservation, true);
    }
    void operator()(const ReservationTimedOut &f)
    {
        const auto reservation = end(f.reservation, ReservationStatus::Timeout);
        if (!reservation)
            return;
        change<Worker>(reservation->worker, [](Worker &worker) { ++worker.missedOffers; });
        giveBack(*reservation, true);
    }
    void operator()(const ReservationCanceled &f)
    {
        if (const auto reservation = end(f.reservation, ReservationStatus::Canceled, f.reason))
            giveBack(*reservation, false);
    }
    void operator()(const ReservationRescinded &f)
    {
        if (const auto reservation = end(f.reservation, ReservationStatus::Rescinded))
            giveBack(*reservation, false);
    }

    void operator()(const ReservationWrapping &f)
    {
        end(f.reservation, ReservationStatus::Wrapping);
    }
    void operator()(const ReservationCompleted &f)
    {
        const auto reservation = end(f.reservation, ReservationStatus::Completed);
        if (!reservation)
            return;
        change<Task>(reservation->task, [&](Task &task) { // one leg; the task goes on
            std::erase(task.reservations, f.reservation);
            if (task.transfer && task.transfer->joined == f.reservation)
                task.transfer->joined = {};
        });
    }

    void operator()(const TransferInitiated &f)
    {
        change<Task>(f.task, [&](Task &task) {
            task.transfer = f.transfer;
            task.excluded.clear();
        });
    }
    void operator()(const TransferAttemptFailed &) {} // history, changes nothing
    void operator()(const TransferFailed &f) { endTransfer(f, TransferStatus::Failed); }
    void operator()(const TransferCanceled &f) { endTransfer(f, TransferStatus::Canceled); }
    void operator()(const TransferCompleted &f)
    {
        change<Task>(f.task, [&](Task &task) {
            if (!task.transfer || task.transfer->id != f.transfer)
                return;
            task.transfer->status = TransferStatus::Completed;
            task.excluded.clear();
            change<Reservation>(task.transfer->initiatingReservation, [&](Reservation &leg) {
                leg.status = ReservationStatus::Wrapping;
                leg.wrapUpEndsAt = f.wrapUpEndsAt;
            });
            if (task.transfer->type == TransferType::Queue) {
                task.taskQueue = task.transfer->toQueue;
                task.taskQueueEnteredDate = m_at.time;
                onConversation(task, [&](Conversation &c) { c.queue = task.taskQueue; });
            }
            if (const auto leg = m_tables.of<Reservation>().find(f.reservation))
                own(task, leg->worker);
        });
    }
    void operator()(const TaskNoted &) {} // history, changes nothing

    void operator()(const WebhookSaved &f)
    {
        Webhook webhook = f.webhook;
        if (const auto existing = m_tables.of<Webhook>().find(webhook.id)) {
            webhook.index = existing->index;
            webhook.ordinal = existing->ordinal;
            webhook.recent = existing->recent;
        } else {
            webhook.index = m_at.index;
            webhook.ordinal = m_at.ordinal;
        }
        put(webhook);
    }
    void operator()(const WebhookDeleted &f) { m_tables.of<Webhook>().erase(f.webhook); }
    void operator()(const WebhookMoved &f)
    {
        change<Webhook>(f.webhook, [&](Webhook &webhook) {
            webhook.index = f.index;
            webhook.ordinal = f.ordinal;
            for (const WebhookDelivery &delivery : f.deliveries) {
                std::erase_if(webhook.recent, [&](const WebhookDelivery &one) {
                    return one.index == delivery.index && one.ordinal == delivery.ordinal;
                });
                webhook.recent.push_back(delivery);
            }
            if (webhook.recent.size() > MaxRememberedDeliveries)
                webhook.recent.erase(webhook.recent.begin(),
                                     webhook.recent.end() - MaxRememberedDeliveries);
        });
    }

    void operator()(const ContentErased &f)
    {
        eraseAll<Message>(f.messages);
        eraseAll<Conversation>(f.conversations);
        eraseAll<Effect>(f.effects);
        eraseAll<Execution>(f.executions);
        for (const TaskId &id : f.tasks)
            change<Task>(id, &withoutWords);
        for (const ReservationId &id : f.reservations)
            change<Reservation>(id, [](Reservation &offer) { offer.canceledReason.clear(); });
        forgetBodies(f.commands);
        for (const ConversationId &id : f.conversations)
            put(Tombstone{Tombstone::idFor(id), m_at.time});
    }
    void operator()(const CustomerErased &f)
    {
        eraseAll<Address>(f.addresses);
        std::vector<CustomerId> cards = f.merged;
        cards.push_back(f.customer);
        eraseAll<Customer>(cards);
        for (const CustomerId &id : cards)
            m_tables.of<CardJoin>().erase(CardJoin::idFor(id));
        for (const AddressId &id : f.addresses)
            m_tables.of<OptOut>().erase(OptOut::idFor(id));
        forgetBodies(f.commands);
        for (const CustomerId &id : cards)
            put(Tombstone{Tombstone::idFor(id), m_at.time});
    }
    void operator()(const ConversationImported &f) { put(f.conversation); }
    void operator()(const MessageImported &f) { put(f.message); }

    void operator()(const CommandDone &f) { put(f.record); }
    void operator()(const CommandsForgotten &f)
    {
        for (const CommandId &command : f.commands)
            m_tables.of<CommandRecord>().erase(command);
    }
    void operator()(const DigestAt &) {} // checked by the node, changes nothing

private:
    template <typename Record>
    void put(const Record &record)
    {
        m_tables.of<Record>().put(record);
    }
    template <typename Record, typename Change>
    void change(const typename Record::Key &key, Change &&edit)
    {
        std::optional<Record> record = m_tables.of<Record>().find(key);
        if (!record)
            return;
        edit(*record);
        put(*record);
    }
    template <typename Record>
    void eraseAll(const std::vector<typename Record::Key> &keys)
    {
        for (const auto &key : keys)
            m_tables.of<Record>().erase(key);
    }
    void forgetBodies(const std::vector<CommandId> &commands)
    {
        for (const CommandId &id : commands)
            change<CommandRecord>(id, [](CommandRecord &record) { record.bodyHash.clear(); });
    }
    static void withoutWords(Task &task)
    {
        task.attributes = {};
        task.routingFacts = {};
        task.reason.clear();
        if (task.transfer)
            task.transfer->failedReason.clear();
    }
    template <typename Change>
    void onConversation(const Task &task, Change &&edit)
    {
        if (!task.conversation.isNull())
            change<Conversation>(task.conversation, std::forward<Change>(edit));
    }

    void show(Conversation &conversation, const Message &message)
    {
        conversation.lastMessageAt = m_at.time;
        if (message.kind == MessageKind::Note)
            return;
        if (message.kind == MessageKind::Inbound)
            conversation.lastInboundAt = m_at.time;
        else if (!message.content.rich.isEmpty())
            conversation.question = message.id;
        const Content &content = message.content;
        QString snippet = snippetOf(content.text);
        if (snippet.isEmpty() && !content.attachments.empty())
            snippet = content.attachments.front().name;
        conversation.snippet = snippet;
        if (conversation.subject.isEmpty())
            conversation.subject = content.subject;
    }
    /// The customer wrote on a way that the conversation has left; false = it never went there.
    bool wroteOn(ConversationId conversation, AccountId account)
    {
        const auto id = Route::idFor(conversation, account);
        const bool isWay = m_tables.of<Route>().find(id).has_value();
        change<Route>(id, [&](Route &route) { route.lastInboundAt = m_at.time; });
        return isWay;
    }
    static void answered(Conversation &conversation, AgentId author)
    {
        conversation.replyDueAt = {};
        conversation.unread = 0;
        conversation.readUpTo = conversation.lastMessageAt;
        conversation.lastAgent = author;
        if (conversation.status == ConversationStatus::New)
            conversation.status = ConversationStatus::Open;
    }

    std::optional<Reservation> end(ReservationId id, ReservationStatus status,
                                   const QString &reason = {})
    {
        std::optional<Reservation> reservation = m_tables.of<Reservation>().find(id);
        if (!reservation)
            return std::nullopt;
        reservation->status = status;
        reservation->canceledReason = reason;
        put(*reservation);
        return reservation;
    }
    static void fill(Office &office, const WorkspaceSaved &f)
    {
        office.defaultActivity = f.defaultActivity;
        office.timeoutActivity = f.timeoutActivity;
        office.prioritizeQueueOrder = f.prioritizeQueueOrder;
        office.maxPendingOffers = f.maxPendingOffers;
        office.usesChannelWeights = f.usesChannelWeights;
    }
    /// The offer came by the transfer that is under way.
    static bool isOf(const Task &task, const Reservation &reservation)
    {
        return !reservation.transfer.isNull() && task.isTransferring() &&
               task.transfer->id == reservation.transfer;
    }
    void own(Task &task, WorkerId id)
    {
        const std::optional<Worker> worker = m_tables.of<Worker>().find(id);
        task.worker = id;
        task.assignedAt = m_at.time;
        onConversation(task, [&](Conversation &conversation) {
            conversation.assignee = worker ? worker->agent : AgentId{};
            conversation.lastAgent = conversation.assignee;
            conversation.status = ConversationStatus::Open;
        });
    }
    template <typename Ended>
    void endTransfer(const Ended &f, TransferStatus status)
    {
        change<Task>(f.task, [&](Task &task) {
            if (!task.transfer || task.transfer->id != f.transfer)
                return;
            task.transfer->status = status;
            task.transfer->failedReason = f.reason;
            task.excluded.clear();
        });
    }
    /// An offer ended without acceptance: the task waits again once no offer is left.
    void giveBack(const Reservation &reservation, bool remember)
    {
        change<Task>(reservation.task, [&](Task &task) {
            std::erase(task.reservations, reservation.id);
            if (task.transfer)
                std::erase(task.transfer->offers, reservation.id);
            if (remember)
                task.excluded.push_back({reservation.worker, m_at.time});
            if (task.assignmentStatus == TaskStatus::Reserved && task.reservations.empty())
                task.assignmentStatus = TaskStatus::Pending;
        });
    }
    void endReservationsOf(const Task &task, ReservationStatus status)
    {
        for (const ReservationId &id : task.reservations) {
            const auto reservation = m_tables.of<Reservation>().find(id);
            if (reservation && (reservation->status == ReservationStatus::Accepted ||
                                reservation->status == ReservationStatus::Wrapping))
                end(id, status);
        }
    }
    void endTask(TaskId id, TaskStatus status, const QString &reason)
    {
        change<Task>(id, [&](Task &task) {
            task.assignmentStatus = status;
            task.reason = reason;
            endReservationsOf(task, ReservationStatus::Completed);
            task.reservations.clear();
            if (!task.worker.isNull())
                change<Worker>(task.worker, [&](Worker &worker) { worker.lastTaskAt = m_at.time; });
            onConversation(task, [&](Conversation &conversation) {
                if (conversation.task != id)
                    return;
                conversation.task = {};
                conversation.queue = {};
                conversation.assignee = {};
            });
        });
    }

    const Position &m_at;
    Tables &m_tables;
};

} // namespace

void apply(const Fact &fact, const Position &at, Tables &tables)
{
    std::visit(Projector(at, tables), fact);
}

Milliseconds replyTarget(const QString &channel)
{
    return channel == QStringLiteral("email") ? std::chrono::hours(4) : std::chrono::minutes(3);
}

} // namespace peerdesk::events
