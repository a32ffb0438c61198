// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/node/applier.h"

#include "core/node/readservice.h"
#include "core/store/attachmentstore.h"

#include <set>

namespace peerdesk::node {

namespace {

/// How soon a full disk is tried again.
constexpr Milliseconds RetryEvery{1'000};

/// Conversations of a changed customer that views are told about: those a list may show.
constexpr int MaxOfOneCustomer = 100;

/// Notes which things a fact touched.
struct Touch
{
    api::Changes &changes;

    void operator()(const events::MessageReceived &f)
    {
        message(f.message.id, f.message.conversation);
    }
    void operator()(const events::MessageAdded &f)
    {
        message(f.message.id, f.message.conversation);
    }
    void operator()(const events::MessageStateChanged &f) { changes.messages.push_back(f.message); }
    void operator()(const events::MessageAltered &f) { changes.messages.push_back(f.message); }
    void operator()(const events::ConversationOpened &f)
    {
        changes.conversations.push_back(f.conversation.id);
    }
    void operator()(const events::ConversationUpdated &f)
    {
        changes.conversations.push_back(f.conversation);
    }
    void operator()(const events::ConversationRead &f)
    {
        changes.conversations.push_back(f.conversation);
    }
    void operator()(const events::ConversationAssigned &f)
    {
        changes.conversations.push_back(f.conversation);
    }
    void operator()(const events::CustomerCreated &f)
    {
        changes.customers.push_back(f.customer.id);
    }
    void operator()(const events::CustomerUpdated &f) { changes.customers.push_back(f.customer); }
    void operator()(const events::AddressLinked &f)
    {
        changes.customers.push_back(f.address.customer);
    }
    void operator()(const events::CustomerMerged &f)
    {
        changes.customers.push_back(f.customer);
        changes.customers.push_back(f.into);
    }
    void operator()(const events::ConversationMoved &f)
    {
        changes.conversations.push_back(f.conversation);
        changes.customers.push_back(f.customer);
    }
    void operator()(const events::CardsJoined &f) { changes.customers.push_back(f.join.after.id); }
    void operator()(const events::CardJoinUndone &f) { changes.customers.push_back(f.card); }
    void operator()(const events::OptOutChanged &) {}   // the message that said so tells
    void operator()(const events::RoutesForgotten &) {} // nobody shows them
    void operator()(const events::LikenessNoted &f)
    {
        changes.customers.push_back(f.likeness.one);
        changes.customers.push_back(f.likeness.other);
    }
    void operator()(const events::ConversationContinued &f)
    {
        changes.conversations.push_back(f.conversation);
    }
    void operator()(const events::TaskCreated &f)
    {
        changes.tasks.push_back(f.task.id);
        if (!f.task.conversation.isNull())
            changes.conversations.push_back(f.task.conversation);
    }
    void operator()(const events::TaskUpdated &f) { changes.tasks.push_back(f.task); }
    void operator()(const events::TaskEnteredQueue &f) { changes.tasks.push_back(f.task); }
    void operator()(const events::TaskCanceled &f) { changes.tasks.push_back(f.task); }
    void operator()(const events::TaskWrapping &f) { changes.tasks.push_back(f.task); }
    void operator()(const events::TaskCompleted &f) { changes.tasks.push_back(f.task); }
    void operator()(const events::TransferInitiated &f) { changes.tasks.push_back(f.task); }
    void operator()(const events::TransferAttemptFailed &f) { changes.tasks.push_back(f.task); }
    void operator()(const events::TransferFailed &f) { changes.tasks.push_back(f.task); }
    void operator()(const events::TransferCanceled &f) { changes.tasks.push_back(f.task); }
    void operator()(const events::TransferCompleted &f) { changes.tasks.push_back(f.task); }
    void operator()(const events::WorkspaceSaved &) { changes.directory = true; }
    void operator()(const events::ReservationCreated &f)
    {
        changes.reservations.push_back(f.reservation.id);
        changes.tasks.push_back(f.reservation.task);
    }
    void operator()(const events::ReservationAccepted &f)
    {
        changes.reservations.push_back(f.reservation);
    }
    void operator()(const events::ReservationRejected &f)
    {
        changes.reservations.push_back(f.reservation);
    }
    void operator()(const events::ReservationTimedOut &f)
    {
        changes.reservations.push_back(f.reservation);
    }
    void operator()(const events::ReservationCanceled &f)
    {
        changes.reservations.push_back(f.reservation);
    }
    void operator()(const events::ReservationRescinded &f)
    {
        changes.reservations.push_back(f.reservation);
    }
    void operator()(const events::ReservationWrapping &f)
    {
        changes.reservations.push_back(f.reservation);
    }
    void operator()(const events::ReservationCompleted &f)
    {
        changes.reservations.push_back(f.reservation);
    }
    void operator()(const events::WorkerCreated &f) { changes.workers.push_back(f.worker.id); }
    void operator()(const events::WorkerUpdated &f) { changes.workers.push_back(f.worker); }
    void operator()(const events::WorkerDeleted &f) { changes.workers.push_back(f.worker); }
    void operator()(const events::WorkerActivityChanged &f) { changes.workers.push_back(f.worker); }
    void operator()(const events::WorkerChannelChanged &f) { changes.workers.push_back(f.worker); }
    void operator()(const events::WorkerQueueOptChanged &f) { changes.workers.push_back(f.worker); }
    void operator()(const events::WorkerOneMoreChanged &f) { changes.workers.push_back(f.worker); }
    void operator()(const events::OfficeCreated &) { changes.directory = true; }
    void operator()(const events::NodeJoined &) { changes.directory = true; }
    void operator()(const events::NodeChanged &) { changes.directory = true; }
    void operator()(const events::AgentSaved &) { changes.directory = true; }
    void operator()(const events::SessionOpened &) { changes.directory = true; }
    void operator()(const events::SessionClosed &) { changes.directory = true; }
    void operator()(const events::SessionsEnded &) { changes.directory = true; }
    void operator()(const events::ActivitySaved &) { changes.directory = true; }
    void operator()(const events::ActivityDeleted &) { changes.directory = true; }
    void operator()(const events::TaskChannelDeleted &) { changes.directory = true; }
    void operator()(const events::TaskChannelSaved &) { changes.directory = true; }
    void operator()(const events::QueueSaved &) { changes.directory = true; }
    void operator()(const events::QueueDeleted &) { changes.directory = true; }
    void operator()(const events::WorkflowSaved &) { changes.directory = true; }
    void operator()(const events::WorkflowDeleted &) { changes.directory = true; }
    void operator()(const events::FlowSaved &) { changes.directory = true; }
    void operator()(const events::FlowDeleted &) { changes.directory = true; }
    void operator()(const events::AccountSaved &) { changes.directory = true; }
    void operator()(const events::AccountRemoved &) { changes.directory = true; }
    void operator()(const events::AccountAppointed &) { changes.directory = true; }
    void operator()(const events::WebhookSaved &) { changes.directory = true; }
    void operator()(const events::WebhookDeleted &) { changes.directory = true; }
    void operator()(const events::ContentErased &f)
    {
        changes.messages.insert(changes.messages.end(), f.messages.begin(), f.messages.end());
        changes.conversations.insert(changes.conversations.end(), f.conversations.begin(),
                                     f.conversations.end());
    }
    void operator()(const events::CustomerErased &f) { changes.customers.push_back(f.customer); }
    void operator()(const events::ConversationImported &f)
    {
        changes.conversations.push_back(f.conversation.id);
    }
    void operator()(const events::MessageImported &f)
    {
        message(f.message.id, f.message.conversation);
    }
    void operator()(const events::SecretSealed &) { changes.directory = true; }
    void operator()(const events::RecoveryKeySet &) { changes.directory = true; }
    void operator()(const events::OfficeTakenOver &) { changes.directory = true; }
    void operator()(const events::FeatureLevelRaised &) { changes.directory = true; }
    void operator()(const events::SealsDropped &) { changes.directory = true; }
    // Bookkeeping that no view shows by itself:
    void operator()(const events::CursorMoved &) {}
    void operator()(const events::ItemSeen &) {}
    void operator()(const events::EffectIntended &) {}
    void operator()(const events::EffectClaimed &) {}
    void operator()(const events::EffectEnded &) {}
    void operator()(const events::EffectRetried &) {}
    void operator()(const events::ExecutionStarted &) {}
    void operator()(const events::ExecutionMoved &) {}
    void operator()(const events::ExecutionEnded &) {}
    void operator()(const events::WebhookMoved &) {}
    void operator()(const events::CommandDone &) {}
    void operator()(const events::CommandsForgotten &) {}
    void operator()(const events::TaskNoted &) {}
    void operator()(const events::DigestAt &) {}

private:
    void message(MessageId id, ConversationId conversation)
    {
        changes.messages.push_back(id);
        changes.conversations.push_back(conversation);
    }
};

template <typename IdType>
void makeUnique(std::vector<IdType> &ids)
{
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
}

/// Facts about a message, an offer, a task or the customer's card change how their conversation is
/// shown, too.
void addConversations(api::Changes &changes, Subjects &subjects, const store::OfficeReader &office)
{
    for (const ReservationId &id : changes.reservations) {
        if (const auto &reservation = subjects.reservation(id))
            changes.tasks.push_back(reservation->task);
    }
    makeUnique(changes.tasks);
    for (const TaskId &id : changes.tasks) {
        const auto &task = subjects.task(id);
        if (task && !task->conversation.isNull())
            changes.conversations.push_back(task->conversation);
    }
    for (const CustomerId &id : changes.customers) {
        api::ConversationFilter filter;
        filter.customer = id;
        const auto theirs = office.conversations(filter, {MaxOfOneCustomer, {}});
        for (const Conversation &one : theirs ? theirs->items : std::vector<Conversation>())
            changes.conversations.push_back(one.id);
    }
    for (const MessageId &id : changes.messages) {
        if (const auto message = office.find<Message>(id))
            changes.conversations.push_back(message->conversation);
    }
    makeUnique(changes.conversations);
}

api::Changes changesOf(const store::Applied &applied, const store::OfficeReader &office)
{
    api::Changes changes;
    changes.appliedIndex = applied.index;
    Subjects subjects(office);
    office.beginSnapshot(); // one look at the file for all that is read
    for (const store::AppliedBatch &batch : applied.batches) {
        if (batch.isDropped)
            continue;
        events::Position at{batch.index, 0, batch.batch.time};
        for (const events::Fact &fact : batch.batch.facts) {
            changes.events.push_back(toEvent(fact, at, batch.batch.command, subjects));
            std::visit(Touch{changes}, fact);
            ++at.ordinal;
        }
    }
    makeUnique(changes.messages);
    makeUnique(changes.customers);
    makeUnique(changes.tasks);
    makeUnique(changes.reservations);
    makeUnique(changes.workers);
    addConversations(changes, subjects, office);
    office.endSnapshot();
    return changes;
}

} // namespace

Applier::Applier(QString path, QString attachments)
    : m_path(std::move(path))
    , m_attachments(std::move(attachments))
    , m_retry(this)
{
    m_retry.setSingleShot(true);
    connect(&m_retry, &QTimer::timeout, this, &Applier::applyWaiting);
}

Result<Done> Applier::open()
{
    if (m_reader)
        return Done{};
    Result<std::unique_ptr<store::OfficeStore>> office = store::OfficeStore::open(m_path);
    if (!office)
        return office.error();
    Result<std::unique_ptr<store::OfficeReader>> reader = store::OfficeReader::open(m_path);
    if (!reader)
        return reader.error();
    m_office = std::move(*office);
    m_office->setFileEraser([folder = m_attachments](const std::vector<QByteArray> &files) {
        const store::AttachmentStore attachments(folder);
        for (const QByteArray &sha256 : folder.isEmpty() ? std::vector<QByteArray>() : files)
            attachments.remove(sha256);
    });
    m_reader = std::move(*reader);
    return Done{};
}

void Applier::apply(const std::vector<store::LogEntry> &entries)
{
    if (m_isStopped)
        return;
    m_waiting.insert(m_waiting.end(), entries.begin(), entries.end());
    if (!m_retry.isActive())
        applyWaiting();
}

/// Under load calls pile up while a group is written; all of them are the next one.
void Applier::add(const std::vector<store::LogEntry> &entries)
{
    if (m_isStopped)
        return;
    m_waiting.insert(m_waiting.end(), entries.begin(), entries.end());
    if (m_retry.isActive() || std::exchange(m_isDue, true))
        return;
    QMetaObject::invokeMethod(
        this,
        [this] {
            m_isDue = false;
            if (!m_retry.isActive())
                applyWaiting();
        },
        Qt::QueuedConnection);
}

void Applier::replaceBy(const store::LogBase &base, const QString &copy)
{
    Result<Done> result = open();
    if (result)
        result = m_office->replaceBy(copy);
    m_waiting.clear(); // what waited is in the copy
    Q_EMIT replaced(base, result, result ? m_office->digest() : QByteArray());
}

void Applier::applyWaiting()
{
    if (m_waiting.empty() || m_isStopped)
        return; // a copy of the tables came instead
    const Result<Done> opened = open();
    Result<store::Applied> result = opened ? m_office->apply(m_waiting) : opened.error();
    if (!result && result.error().state == u"disk-full") {
        m_retry.start(RetryEvery);
        return Q_EMIT stalled(result.error());
    }
    m_waiting.clear();
    if (!result) {
        m_isStopped = true;
        return Q_EMIT stopped(result.error());
    }
    const auto shared = std::make_shared<const store::Applied>(std::move(*result));
    const api::Changes changes = changesOf(*shared, *m_reader);
    Q_EMIT applied(shared, changes, m_office->digest());
    m_office->tidy();
    if (shared->stoppedBy) {
        m_isStopped = true;
        Q_EMIT stopped(*shared->stoppedBy);
    }
}

} // namespace peerdesk::node

#include "moc_applier.cpp"
