// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/node/spans.h"

#include "core/metrics/cumulative.h"

namespace peerdesk::node {

using namespace Qt::StringLiterals;

namespace {

/// Facts read at once.
constexpr int PageFacts = 5'000;
/// Facts of one task before the span that are looked at.
constexpr int MaxTaskFacts = 500;

using metrics::Scope;

Result<Scope> scopeOf(const store::OfficeReader &office, const api::StatisticsQuery &query)
{
    Scope scope{Scope::Kind::Workspace, query.id, query.taskChannel};
    bool isThere = true;
    if (query.scope == u"queues") {
        scope.kind = Scope::Kind::Queue;
        isThere = office.find<Queue>({query.id}).has_value();
    } else if (query.scope == u"workflows") {
        scope.kind = Scope::Kind::Workflow;
        isThere = office.find<Workflow>({query.id}).has_value();
    } else if (query.scope == u"workers") {
        scope.kind = Scope::Kind::Worker;
        isThere = office.find<Worker>({query.id}).has_value();
    } else if (query.scope != u"workspace") {
        isThere = false;
    }
    if (!isThere)
        return notFound(u"there is nothing with this id"_s);
    const std::vector<TaskChannel> channels = office.all<TaskChannel>();
    const bool isChannel = query.taskChannel.isEmpty() ||
                           std::ranges::any_of(channels, [&](const TaskChannel &channel) {
                               return channel.uniqueName == query.taskChannel;
                           });
    if (!isChannel)
        return invalid(u"there is no task channel \"%1\""_s.arg(query.taskChannel.left(64)));
    return scope;
}

/// The task's facts from before `start`.
std::vector<metrics::Told> historyOf(const store::OfficeReader &office, TaskId task, Time start)
{
    std::vector<metrics::Told> out;
    if (task.isNull())
        return out;
    const auto found = office.factsNaming(task.toBytes(), MaxTaskFacts);
    std::vector<store::HistoricFact> facts = found ? *found : std::vector<store::HistoricFact>();
    // Its offers are named by their own ids.
    for (const Reservation &reservation : office.reservationsOf(task)) {
        const auto own = office.factsNaming(reservation.id.toBytes(), MaxTaskFacts);
        if (own)
            facts.insert(facts.end(), own->begin(), own->end());
    }
    std::ranges::sort(facts, [](const store::HistoricFact &a, const store::HistoricFact &b) {
        return std::pair(a.at.index, a.at.ordinal) < std::pair(b.at.index, b.at.ordinal);
    });
    const auto same = [](const store::HistoricFact &a, const store::HistoricFact &b) {
        return a.at.index == b.at.index && a.at.ordinal == b.at.ordinal;
    };
    facts.erase(std::unique(facts.begin(), facts.end(), same), facts.end());
    for (store::HistoricFact &historic : facts) {
        if (historic.at.time < start)
            out.emplace_back(std::move(historic.fact), historic.at.time);
    }
    return out;
}

/// In which activity every worker was when the span began.
std::map<WorkerId, ActivityId> activitiesAt(const store::OfficeReader &office, Time start)
{
    std::map<WorkerId, ActivityId> out = office.activitiesBefore(start);
    for (const Worker &worker : office.all<Worker>()) {
        if (worker.dateStatusChanged < start)
            out.try_emplace(worker.id, worker.activity);
    }
    return out;
}

/// Calls `tell` with every fact about routing from `start` until it says false. Errors: TooLarge,
/// Storage.
Result<Done> readSpan(const store::OfficeReader &office, Time start,
                      const std::function<bool(const store::HistoricFact &)> &tell)
{
    quint64 index = office.firstIndexAt(start);
    int ordinal = -1;
    for (int read = 0; read < MaxSpanFacts; read += PageFacts) {
        const auto page = office.routingFactsAfter(index, ordinal, PageFacts);
        if (!page)
            return page.error();
        for (const store::HistoricFact &fact : *page) {
            if (!tell(fact))
                return Done{};
        }
        if (page->size() < size_t(PageFacts))
            return Done{};
        index = page->back().at.index;
        ordinal = page->back().at.ordinal;
    }
    return Error{Error::Code::TooLarge, u"this span holds too much to count at once"_s, {}};
}

/// Follows tasks from their creation to their end, and people through the span.
class Recorder
{
public:
    Recorder(Time start, Time end)
        : m_start(start)
        , m_end(end)
    {}

    void isThere(WorkerId worker) { m_since[worker] = m_start; }

    void add(const events::Fact &fact, Time at)
    {
        m_at = at;
        std::visit(*this, fact);
    }
    api::RecordedDay take()
    {
        for (const auto &[worker, since] : std::exchange(m_since, {}))
            m_presence.push_back({worker, since, m_end});
        return {std::move(m_tasks), std::move(m_presence)};
    }

    void operator()(const events::WorkerActivityChanged &f)
    {
        if (m_at >= m_end)
            return;
        if (f.available)
            m_since.try_emplace(f.worker, m_at);
        else
            leave(f.worker);
    }
    void operator()(const events::WorkerDeleted &f)
    {
        if (m_at < m_end)
            leave(f.worker);
    }

    void operator()(const events::TaskCreated &f)
    {
        if (m_at >= m_end)
            return;
        m_places[f.task.id] = {m_tasks.size(), {}, {}};
        m_tasks.push_back({m_at,
                           f.task.workflow,
                           f.task.taskChannel,
                           f.task.attributes,
                           f.task.routingFacts,
                           f.task.taskPriority,
                           {},
                           {},
                           {}});
    }
    void operator()(const events::ReservationCreated &f)
    {
        m_taskOf[f.reservation.id] = f.reservation.task;
    }
    void operator()(const events::ReservationAccepted &f)
    {
        const auto place = m_places.find(m_taskOf[f.reservation]);
        if (place != m_places.end() && !place->second.accepted.isSet())
            place->second.accepted = m_at;
    }
    void operator()(const events::TaskWrapping &f)
    {
        if (const auto place = m_places.find(f.task); place != m_places.end())
            place->second.wrapping = m_at;
    }
    void operator()(const events::TaskCompleted &f)
    {
        const auto place = m_places.find(f.task);
        if (place == m_places.end() || !place->second.accepted.isSet())
            return;
        const Time wrapping = place->second.wrapping.isSet() ? place->second.wrapping : m_at;
        m_tasks[place->second.index].work = wrapping - place->second.accepted;
        m_tasks[place->second.index].wrapUp = m_at - wrapping;
    }
    void operator()(const events::TaskCanceled &f)
    {
        const auto place = m_places.find(f.task);
        if (place != m_places.end() && !place->second.accepted.isSet())
            m_tasks[place->second.index].patience =
                std::max(Milliseconds(1), m_at - m_tasks[place->second.index].at);
    }
    template <typename Fact>
    void operator()(const Fact &)
    {}

private:
    void leave(WorkerId worker)
    {
        const auto since = m_since.find(worker);
        if (since == m_since.end())
            return;
        if (since->second < m_at)
            m_presence.push_back({worker, since->second, m_at});
        m_since.erase(since);
    }

    struct Place
    {
        size_t index = 0;
        Time accepted;
        Time wrapping;
    };
    Time m_start;
    Time m_end;
    Time m_at;
    std::vector<api::RecordedTask> m_tasks;
    std::vector<api::RecordedPresence> m_presence; ///< that is over
    std::map<WorkerId, Time> m_since;              ///< who is there
    std::map<TaskId, Place> m_places;
    std::map<ReservationId, TaskId> m_taskOf;
};

/// The numbers of each scope, by one reading of the log.
Result<std::vector<QJsonObject>> countSpan(const store::OfficeReader &office,
                                           const api::StatisticsQuery &query,
                                           const std::vector<Scope> &scopes)
{
    if (query.end < query.start)
        return invalid(u"start must not be after end"_s);
    std::map<ActivityId, Activity> activities;
    for (const Activity &activity : office.all<Activity>())
        activities.emplace(activity.id, activity);
    std::map<TaskId, std::vector<metrics::Told>> histories;
    const auto history = [&](TaskId task) {
        const auto known = histories.find(task);
        return known != histories.end()
                   ? known->second
                   : histories.emplace(task, historyOf(office, task, query.start)).first->second;
    };
    std::map<ReservationId, TaskId> tasks;
    const auto taskOf = [&](ReservationId id) {
        const auto [known, isNew] = tasks.try_emplace(id);
        if (isNew)
            known->second = office.find<Reservation>(id).value_or(Reservation{}).task;
        return known->second;
    };
    const std::map<WorkerId, ActivityId> standing = activitiesAt(office, query.start);
    std::vector<std::unique_ptr<metrics::Cumulative>> sums;
    for (const Scope &scope : scopes) {
        const metrics::Wish wish{
            scope, query.start, query.end, query.serviceLevel, query.shortAbandon, query.splits};
        sums.push_back(std::make_unique<metrics::Cumulative>(wish, activities, history, taskOf));
        for (const auto &[worker, activity] : standing)
            sums.back()->stand(worker, {activity, query.start});
    }
    const Result<Done> read = readSpan(office, query.start, [&](const store::HistoricFact &fact) {
        if (fact.at.time >= query.end)
            return false;
        for (const auto &sum : sums)
            sum->add(fact.fact, fact.at.time);
        return true;
    });
    if (!read)
        return read.error();
    std::vector<QJsonObject> out;
    for (const auto &sum : sums)
        out.push_back(sum->result());
    return out;
}

} // namespace

Result<api::RecordedDay> recordedDay(const store::OfficeReader &office, Time start, Time end)
{
    constexpr Milliseconds Afterwards = std::chrono::hours(24);
    Recorder recorder(start, end);
    for (const auto &[worker, activity] : activitiesAt(office, start)) {
        const auto record = office.find<Activity>(activity);
        if (record && record->available)
            recorder.isThere(worker);
    }
    const Result<Done> read = readSpan(office, start, [&](const store::HistoricFact &fact) {
        if (fact.at.time >= end + Afterwards)
            return false;
        recorder.add(fact.fact, fact.at.time);
        return true;
    });
    if (!read)
        return read.error();
    return recorder.take();
}

Result<QJsonObject> statisticsOver(const store::OfficeReader &office,
                                   const api::StatisticsQuery &query)
{
    const Result<Scope> scope = scopeOf(office, query);
    if (!scope)
        return scope.error();
    Result<std::vector<QJsonObject>> counted = countSpan(office, query, {*scope});
    return counted ? Result<QJsonObject>(std::move(counted->front())) : counted.error();
}

Result<QJsonObject> SpanCounts::over(const store::OfficeReader &office,
                                     const api::StatisticsQuery &query)
{
    const Result<Scope> scope = scopeOf(office, query);
    if (!scope)
        return scope.error();
    if (!isGoodFor(office, query))
        m_counts.clear();
    const std::pair own(query.scope, query.id);
    if (const auto kept = m_counts.find(own); kept != m_counts.end())
        return kept->second;
    std::vector<QUuid> ids;
    if (scope->kind == Scope::Kind::Queue) {
        for (const Queue &queue : office.all<Queue>())
            ids.push_back(queue.id.value);
    } else if (scope->kind == Scope::Kind::Worker) {
        for (const Worker &worker : office.all<Worker>())
            ids.push_back(worker.id.value);
    } else {
        ids.push_back(query.id);
    }
    std::vector<Scope> scopes;
    for (const QUuid &id : ids)
        scopes.push_back({scope->kind, id, query.taskChannel});
    const quint64 applied = office.appliedIndex();
    const bool isOver = office.firstIndexAt(query.end) <= applied;
    Result<std::vector<QJsonObject>> counted = countSpan(office, query, scopes);
    if (!counted)
        return counted.error();
    ++m_readings;
    if (m_counts.empty()) {
        m_span = query;
        m_applied = applied;
        m_isOver = isOver;
    }
    for (size_t i = 0; i < ids.size(); ++i)
        m_counts[{query.scope, ids[i]}] = std::move((*counted)[i]);
    const auto found = m_counts.find(own);
    return found == m_counts.end() ? Result<QJsonObject>(notFound(u"it is gone"_s)) : found->second;
}

bool SpanCounts::isGoodFor(const store::OfficeReader &office,
                           const api::StatisticsQuery &query) const
{
    const auto span = [](const api::StatisticsQuery &one) {
        return std::tie(one.taskChannel, one.start, one.end, one.serviceLevel, one.shortAbandon,
                        one.splits);
    };
    return span(m_span) == span(query) &&
           (m_isOver || office.appliedIndex() <= m_applied + m_mostNew);
}

} // namespace peerdesk::node
