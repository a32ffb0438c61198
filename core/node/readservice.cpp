// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/node/readservice.h"

#include "core/base/json.h"

#include <algorithm>

namespace peerdesk::node {

using namespace Qt::StringLiterals;

namespace {

constexpr int MaxSearchHits = 200;
/// Customers found by name, and conversations of each, that a search shows besides.
constexpr int MaxNamedCustomers = 20;
/// Messages looked at for one that holds an attachment.
constexpr int MaxHoldingFacts = 100;

/// What a fact meant for one message, in a word for `trace`.
struct StepName
{
    const char *operator()(const events::MessageReceived &) const { return "ingest"; }
    const char *operator()(const events::MessageAdded &) const { return "queued"; }
    const char *operator()(const events::ExecutionStarted &) const { return "flow"; }
    const char *operator()(const events::ExecutionMoved &) const { return "flow"; }
    const char *operator()(const events::ExecutionEnded &) const { return "flow"; }
    const char *operator()(const events::TaskCreated &) const { return "task"; }
    const char *operator()(const events::ReservationCreated &) const { return "reservation"; }
    const char *operator()(const events::ReservationAccepted &) const { return "accept"; }
    const char *operator()(const events::ReservationRejected &) const { return "reject"; }
    const char *operator()(const events::EffectIntended &) const { return "intended"; }
    const char *operator()(const events::EffectClaimed &) const { return "claimed"; }
    const char *operator()(const events::EffectEnded &) const { return "ended"; }
    template <typename Fact>
    const char *operator()(const Fact &) const
    {
        return nullptr;
    }
};

/// What a person wants to know about the step, in a word.
struct Detail
{
    QString operator()(const events::ExecutionMoved &f) const { return f.state; }
    QString operator()(const events::ReservationCreated &f) const { return f.reservation.why; }
    QString operator()(const events::EffectEnded &f) const { return enumName(f.state); }
    QString operator()(const events::TaskCreated &f) const { return f.task.taskChannel; }
    QString operator()(const events::MessageStateChanged &f) const { return f.failure; }
    template <typename Fact>
    QString operator()(const Fact &) const
    {
        return {};
    }
};

QString detailOf(const events::Fact &fact)
{
    return std::visit(Detail{}, fact);
}

QString stepOf(const events::Fact &fact)
{
    if (const auto *state = std::get_if<events::MessageStateChanged>(&fact))
        return enumName(state->state);
    const char *name = std::visit(StepName{}, fact);
    return name ? QString::fromLatin1(name) : events::factName(fact);
}

/// Names what an event is about: ids that never change, so that history reads the same for ever.
struct About
{
    Subjects &subjects;
    QJsonObject &payload;

    void operator()(const events::TaskCreated &f) const { task(f.task); }
    void operator()(const events::ReservationCreated &f) const { reservation(f.reservation); }
    void operator()(const events::WorkerCreated &f) const { resource(u"worker"_s, f.worker.id); }
    template <typename Fact>
    void operator()(const Fact &f) const
    {
        if constexpr (requires { f.reservation; })
            reservation(subjects.reservation(f.reservation));
        else if constexpr (requires { f.task; })
            task(subjects.task(f.task));
        else if constexpr (requires { f.worker; })
            resource(u"worker"_s, f.worker);
    }

private:
    template <typename IdType>
    void resource(const QString &type, const IdType &id) const
    {
        payload.insert(u"resource_type"_s, type);
        payload.insert(u"resource_id"_s, json::write(id));
    }
    void reservation(const std::optional<Reservation> &reservation) const
    {
        if (!reservation)
            return;
        add(u"task"_s, json::write(reservation->task));
        add(u"worker"_s, json::write(reservation->worker));
        resource(u"reservation"_s, reservation->id);
    }
    void task(const std::optional<Task> &task) const
    {
        if (!task)
            return;
        add(u"workflow"_s, json::write(task->workflow));
        add(u"task_channel"_s, task->taskChannel);
        add(u"conversation"_s, json::write(task->conversation));
        resource(u"task"_s, task->id);
    }
    void add(const QString &name, const QJsonValue &value) const
    {
        if (!payload.contains(name))
            payload.insert(name, value);
    }
};

} // namespace

api::Event toEvent(const events::Fact &fact, const events::Position &at, CommandId command,
                   Subjects &subjects)
{
    QJsonObject payload = std::visit([](const auto &f) { return json::write(f); }, fact).toObject();
    std::visit(About{subjects, payload}, fact);
    return {at.index, at.ordinal, events::factName(fact, command), at.time,
            json::canonical(payload)};
}

ReadService::ReadService(Files files)
    : m_files(std::move(files))
    , m_attachments(m_files.attachments)
{}

Result<const store::OfficeReader *> ReadService::office()
{
    if (!m_office) {
        auto opened = store::OfficeReader::open(m_files.office);
        if (!opened)
            return opened.error();
        m_office = std::move(*opened);
    }
    return m_office.get();
}

Result<store::SearchStore *> ReadService::search()
{
    if (!m_search) {
        auto opened = store::SearchStore::open(m_files.search);
        if (!opened)
            return opened.error();
        m_search = std::move(*opened);
    }
    return m_search.get();
}

Result<api::Caller> ReadService::authenticate(const QByteArray &tokenHash)
{
    const auto session = m_office->sessionByTokenHash(tokenHash);
    const auto agent = session ? m_office->find<Agent>(session->agent) : std::nullopt;
    if (!agent || !isInForce(*session, *agent))
        return Error{Error::Code::Unauthorized, u"this token is not valid"_s, {}};
    return api::Caller{agent->id, session->id, agent->role, agent->worker, agent->name};
}

Result<api::PageOf<Conversation>> ReadService::conversations(const api::ConversationFilter &filter,
                                                             const api::Page &page)
{
    if (filter.text.trimmed().isEmpty()) {
        auto list = m_office->conversations(filter, page);
        if (list) {
            for (Conversation &conversation : list->items)
                conversation = named(std::move(conversation));
        }
        return list;
    }
    const Result<store::SearchStore *> index = search();
    if (!index)
        return index.error();
    const auto hits = (*index)->conversations(filter.text, MaxSearchHits);
    if (!hits)
        return hits.error();
    return pageOfFound(found(*hits, filter), page);
}

/// The cursor is the last one's id. What is found changes meanwhile: if that one is gone, the list
/// has ended.
Result<api::PageOf<Conversation>> ReadService::pageOfFound(std::vector<Conversation> all,
                                                           const api::Page &page)
{
    if (!page.after.isEmpty()) {
        const auto last = ConversationId::fromString(page.after);
        if (last.isNull())
            return invalid(u"not a cursor of this list"_s);
        const auto at = std::find_if(all.begin(), all.end(),
                                     [&](const Conversation &one) { return one.id == last; });
        all.erase(all.begin(), at == all.end() ? at : std::next(at));
    }
    api::PageOf<Conversation> answer;
    const size_t limit = size_t(std::max(1, page.limit));
    if (all.size() > limit) {
        all.resize(limit);
        answer.next = all.back().id.toString();
    }
    answer.items = std::move(all);
    return answer;
}

/// What was said comes first, then whose name or address it is.
std::vector<Conversation> ReadService::found(const std::vector<ConversationId> &hits,
                                             const api::ConversationFilter &filter) const
{
    std::vector<ConversationId> ids = hits;
    const auto customers = m_office->customers(filter.text, {MaxNamedCustomers, {}});
    for (const Customer &customer : customers ? customers->items : std::vector<Customer>()) {
        api::ConversationFilter of = filter;
        of.customer = customer.id;
        const auto theirs = m_office->conversations(of, {MaxNamedCustomers, {}});
        for (const Conversation &one : theirs ? theirs->items : std::vector<Conversation>()) {
            if (std::find(ids.begin(), ids.end(), one.id) == ids.end())
                ids.push_back(one.id);
        }
    }
    std::vector<Conversation> all;
    for (Conversation &conversation : m_office->conversationsOf(ids, filter))
        all.push_back(named(std::move(conversation)));
    return all;
}

Conversation ReadService::named(Conversation conversation) const
{
    if (const auto customer = m_office->find<Customer>(conversation.customer))
        conversation.customerName = customer->name;
    return conversation;
}

Result<Conversation> ReadService::conversation(ConversationId id)
{
    auto conversation = m_office->find<Conversation>(id);
    if (!conversation)
        return notFound(u"no such conversation"_s);
    return named(std::move(*conversation));
}

void ReadService::upload(quint64 request, AgentId uploader, const QByteArray &bytes)
{
    if (!m_work)
        m_work = std::make_unique<AttachmentWork>(m_attachments);
    const auto stored = [this, request, uploader](const Result<std::vector<QByteArray>> &hashes) {
        onUploaded(request, uploader, hashes);
    };
    m_work->put({bytes}, {this, stored});
}

void ReadService::onUploaded(quint64 request, AgentId uploader,
                             const Result<std::vector<QByteArray>> &stored)
{
    if (stored && !uploader.isNull()) {
        m_uploads.emplace_back(uploader, stored->front());
        if (m_uploads.size() > MaxUploads)
            m_uploads.pop_front();
    }
    Result<QByteArray> answer = stored ? Result<QByteArray>(stored->front()) : stored.error();
    Q_EMIT answered({request, std::any(std::move(answer))});
}

Result<QByteArray> ReadService::attachment(const api::Caller &caller, const QByteArray &sha256)
{
    if (caller.role == Role::Channel)
        return Error{Error::Code::Forbidden, u"a channel's token may not read attachments"_s, {}};
    const std::pair own(caller.agent, sha256);
    const bool isOwn = std::find(m_uploads.begin(), m_uploads.end(), own) != m_uploads.end();
    const Result<bool> isHeld = isOwn ? Result<bool>(true) : isHeldByMessage(sha256);
    if (!isHeld)
        return isHeld.error();
    if (!*isHeld)
        return notFound(u"no conversation that you may see holds this attachment"_s);
    return m_attachments.get(sha256);
}

/// Every role but a channel's may see every conversation today: that one holds it is enough.
Result<bool> ReadService::isHeldByMessage(const QByteArray &sha256) const
{
    const auto facts = m_office->factsNaming(sha256.left(16), MaxHoldingFacts);
    if (!facts)
        return facts.error();
    for (const store::HistoricFact &historic : *facts) {
        const Message *told = nullptr;
        if (const auto *received = std::get_if<events::MessageReceived>(&historic.fact))
            told = &received->message;
        else if (const auto *added = std::get_if<events::MessageAdded>(&historic.fact))
            told = &added->message;
        else if (const auto *imported = std::get_if<events::MessageImported>(&historic.fact))
            told = &imported->message;
        const auto message = told ? m_office->find<Message>(told->id) : std::nullopt;
        if (!message)
            continue;
        for (const Attachment &held : message->content.attachments) {
            if (held.sha256 == sha256)
                return true;
        }
    }
    return false;
}

api::Offer ReadService::toOffer(const Reservation &reservation, Time now) const
{
    api::Offer offer;
    offer.reservation = reservation;
    offer.task = m_office->find<Task>(reservation.task).value_or(Task{});
    offer.remaining = reservation.expiresAt.isSet()
                          ? std::max(Milliseconds(0), reservation.expiresAt - now)
                          : Milliseconds(-1);
    if (const auto queue = m_office->find<Queue>(offer.task.taskQueue))
        offer.queueName = queue->friendlyName;
    if (const auto conversation = m_office->find<Conversation>(offer.task.conversation)) {
        offer.customerName = named(*conversation).customerName;
        offer.snippet = conversation->snippet;
        offer.earlierConversations =
            std::max(0, m_office->conversationCount(conversation->customer) - 1);
    }
    return offer;
}

Result<std::vector<api::Offer>>
ReadService::offers(WorkerId worker, const std::optional<ReservationStatus> &status, Time now)
{
    std::vector<api::Offer> offers;
    for (const Reservation &reservation : m_office->reservations(worker, status))
        offers.push_back(toOffer(reservation, now));
    return offers;
}

Result<api::Offer> ReadService::offer(ReservationId id, Time now)
{
    const auto reservation = m_office->find<Reservation>(id);
    if (!reservation)
        return notFound(u"no such reservation"_s);
    return toOffer(*reservation, now);
}

Result<std::vector<api::TraceStep>> ReadService::trace(MessageId id)
{
    if (!m_office->find<Message>(id))
        return notFound(u"no such message"_s);
    const auto facts = m_office->factsAbout(id);
    if (!facts)
        return facts.error();
    std::vector<api::TraceStep> steps;
    for (const store::HistoricFact &fact : *facts)
        steps.push_back({stepOf(fact.fact), detailOf(fact.fact), fact.at.time, fact.at.index});
    return steps;
}

Result<std::vector<api::Event>> ReadService::eventsAfter(quint64 index, int ordinal, int limit)
{
    const auto facts = m_office->eventsAfter(index, ordinal, limit);
    if (!facts)
        return facts.error();
    Subjects subjects(*m_office);
    std::vector<api::Event> out;
    for (const store::HistoricFact &fact : *facts)
        out.push_back(toEvent(fact.fact, fact.at, fact.command, subjects));
    return out;
}

} // namespace peerdesk::node

#include "moc_readservice.cpp"
