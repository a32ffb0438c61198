// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/factarchive.h"
#include "core/store/readerlist.h"

#include <map>
#include <set>

namespace peerdesk::store {

using namespace Qt::StringLiterals;

namespace {

constexpr int MaxFacts = 500;
constexpr int MaxRoutingFacts = 5'000;
/// How far back the activity of a worker is looked for, in positions.
constexpr qint64 MaxLookBack = 256LL * 1'000'000;

/// The numbers of fact types, apart by commas.
template <typename... Facts>
QString typesOf()
{
    QStringList numbers{QString::number(Facts::type)...};
    return numbers.join(u',');
}

/// What statistics are made of.
QString routingTypes()
{
    using namespace events;
    return typesOf<TaskCreated, TaskEnteredQueue, TaskNoted, TaskCanceled, TaskWrapping,
                   TaskCompleted, TransferInitiated, TransferCompleted, ReservationCreated,
                   ReservationAccepted, ReservationRejected, ReservationTimedOut,
                   ReservationCanceled, ReservationRescinded, ReservationCompleted, WorkerCreated,
                   WorkerActivityChanged, WorkerDeleted>();
}

/// Facts with their batch and content; `from` names table fact as f.
QString factsFrom(const QString &from, const QString &where)
{
    return u"SELECT f.position, f.type, f.version, f.body, c.personal, b.time, b.command, "
           "b.actor FROM "_s +
           from +
           u" CROSS JOIN batch b ON b.idx = f.position >> 8 "
           "LEFT JOIN content c ON c.position = f.position WHERE "_s +
           where + u" ORDER BY f.position LIMIT ?"_s;
}

} // namespace

Result<std::vector<HistoricFact>> OfficeReader::facts(const QString &sql,
                                                      const QVariantList &values) const
{
    const auto rows = m_db->run(sql, values);
    if (!rows)
        return rows.error();
    std::vector<HistoricFact> facts;
    while ((*rows)->next()) {
        const Statement &row = **rows;
        const qint64 position = row.value(0).toLongLong();
        auto fact = events::restore({row.value(1).toInt(), row.value(2).toInt(),
                                     row.value(3).toByteArray(), row.value(4).toByteArray()});
        if (!fact) {
            (*rows)->finish();
            return fact.error();
        }
        facts.push_back({{indexOfPosition(position), ordinalOfPosition(position),
                          Time{row.value(5).toLongLong()}},
                         {QUuid::fromRfc4122(row.value(6).toByteArray())},
                         {QUuid::fromRfc4122(row.value(7).toByteArray())},
                         std::move(*fact)});
    }
    (*rows)->finish();
    return facts;
}

Result<std::vector<HistoricFact>> OfficeReader::eventsAfter(quint64 index, int ordinal,
                                                            int limit) const
{
    return facts(factsFrom(u"fact f"_s, u"f.position > ?"_s),
                 {factPosition(index, ordinal), qBound(0, limit, MaxFacts)});
}

Result<std::vector<HistoricFact>> OfficeReader::routingFactsAfter(quint64 index, int ordinal,
                                                                  int limit) const
{
    return facts(factsFrom(u"fact f"_s, u"f.position > ? AND f.type IN (%1)"_s.arg(routingTypes())),
                 {factPosition(index, ordinal), qBound(0, limit, MaxRoutingFacts)});
}

/// Times never go back along the log.
quint64 OfficeReader::firstIndexAt(Time time) const
{
    qint64 low = 0;
    qint64 high = number(u"SELECT coalesce(max(idx), 0) + 1 FROM batch"_s);
    while (low < high) {
        const qint64 middle = low + (high - low) / 2;
        const qint64 at = number(
            u"SELECT coalesce((SELECT time FROM batch WHERE idx >= ? ORDER BY idx LIMIT 1), ?)"_s,
            {middle, std::numeric_limits<qint64>::max()});
        if (at < time.ms)
            low = middle + 1;
        else
            high = middle;
    }
    return quint64(low);
}

std::map<WorkerId, ActivityId> OfficeReader::activitiesBefore(Time time) const
{
    std::map<WorkerId, ActivityId> out;
    std::set<WorkerId> missing;
    for (const Worker &worker : all<Worker>()) {
        if (worker.dateStatusChanged >= time)
            missing.insert(worker.id);
    }
    QString sql = factsFrom(u"fact f"_s,
                            u"f.position < ? AND f.position >= ? AND f.type IN (%1)"_s.arg(
                                typesOf<events::WorkerCreated, events::WorkerActivityChanged>()));
    sql.replace(u"ORDER BY f.position"_s, u"ORDER BY f.position DESC"_s);
    const quint64 first = firstIndexAt(time);
    qint64 before = factPosition(first, 0);
    const qint64 until = std::max<qint64>(0, before - MaxLookBack);
    while (!missing.empty()) {
        const auto page = facts(sql, {before, until, MaxFacts});
        if (!page || page->empty())
            break;
        for (const HistoricFact &historic : *page) {
            WorkerId worker;
            ActivityId activity;
            if (const auto *changed = std::get_if<events::WorkerActivityChanged>(&historic.fact)) {
                worker = changed->worker;
                activity = changed->activity;
            } else if (const auto *made = std::get_if<events::WorkerCreated>(&historic.fact)) {
                worker = made->worker.id;
                activity = made->worker.activity;
            }
            if (missing.erase(worker) > 0)
                out.emplace(worker, activity);
        }
        before = factPosition(page->back().at.index, page->back().at.ordinal);
    }
    return out;
}

Result<std::vector<HistoricFact>> OfficeReader::factsNaming(const QByteArray &id, int limit) const
{
    auto found = facts(
        factsFrom(u"fact_subject s CROSS JOIN fact f ON f.position = s.position"_s, u"s.id = ?"_s)
            .replace(u"ORDER BY f.position"_s, u"ORDER BY s.position"_s),
        {subjectKey(id), qBound(0, limit, MaxFacts)});
    if (found) {
        // The index holds half of the id.
        std::erase_if(*found, [&](const HistoricFact &historic) {
            const std::vector<QByteArray> named = subjectsOf(historic.fact);
            return std::find(named.begin(), named.end(), id) == named.end();
        });
    }
    return found;
}

Result<std::vector<HistoricFact>> OfficeReader::factsAbout(MessageId message) const
{
    const auto found = find<Message>(message);
    if (!found) {
        if (auto trouble = takeTrouble())
            return *trouble;
        return notFound(u"no such message"_s);
    }
    // The flow that this message started, or the one that wrote it.
    std::vector<QByteArray> ids{message.toBytes(),
                                derivedId<ExecutionId>(message, "execution").toBytes()};
    for (const Effect &effect : effectsOf(message)) {
        ids.push_back(effect.id.toBytes());
        if (!effect.execution.isNull())
            ids.push_back(effect.execution.toBytes());
    }
    for (const Task &task : tasksOf(found->conversation)) {
        ids.push_back(task.id.toBytes());
        for (const Reservation &reservation : reservationsOf(task.id))
            ids.push_back(reservation.id.toBytes());
    }
    std::map<std::pair<quint64, int>, HistoricFact> ordered;
    for (const QByteArray &id : ids) {
        auto about = factsNaming(id, MaxFacts);
        if (!about)
            return about.error();
        for (HistoricFact &historic : *about)
            ordered.insert_or_assign({historic.at.index, historic.at.ordinal}, std::move(historic));
    }
    const auto opening = factsNaming(found->conversation.toBytes(), 1);
    if (!opening)
        return opening.error();
    for (const HistoricFact &historic : *opening)
        ordered.insert_or_assign({historic.at.index, historic.at.ordinal}, historic);
    std::vector<HistoricFact> facts;
    for (auto &[place, historic] : ordered) {
        if (int(facts.size()) < MaxFacts)
            facts.push_back(std::move(historic));
    }
    return facts;
}

} // namespace peerdesk::store
