// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/node/readservice.h"

#include "core/base/json.h"

namespace peerdesk::node {

using namespace Qt::StringLiterals;

namespace {

constexpr int MaxSearchHits = 200;

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

} // namespace

api::Event toEvent(const events::Fact &fact, const events::Position &at)
{
    const QJsonValue payload = std::visit([](const auto &f) { return json::write(f); }, fact);
    return {at.index, at.ordinal, events::factName(fact), at.time,
            json::canonical(payload.toObject())};
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
    if (!agent || !agent->isActive)
        return Error{Error::Code::Unauthorized, u"this token is not valid"_s, {}};
    return api::Caller{agent->id, session->id, agent->role, agent->worker, agent->name};
}

Result<api::PageOf<Conversation>> ReadService::conversations(const api::ConversationFilter &filter,
                                                             const api::Page &page)
{
    if (filter.text.trimmed().isEmpty())
        return m_office->conversations(filter, page);
    const Result<store::SearchStore *> index = search();
    if (!index)
        return index.error();
    const auto hits = (*index)->conversations(filter.text, MaxSearchHits);
    if (!hits)
        return hits.error();
    std::vector<Conversation> found = m_office->conversationsOf(*hits, filter);
    if (found.size() > size_t(page.limit))
        found.resize(size_t(page.limit));
    return api::PageOf<Conversation>{std::move(found), {}};
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
        offer.customerName = conversation->customerName;
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
    std::vector<api::Event> out;
    for (const store::HistoricFact &fact : *facts)
        out.push_back(toEvent(fact.fact, fact.at));
    return out;
}

} // namespace peerdesk::node
