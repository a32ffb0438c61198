// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/factarchive.h"

#include <QtEndian>

#include <algorithm>

namespace peerdesk::store {

using namespace Qt::StringLiterals;

namespace {

constexpr int OrdinalBits = 8;
static_assert(events::MaxBatchFacts <= 1U << OrdinalBits);

/// Ids by which history is asked.
class SubjectCollector
{
public:
    template <Fielded T>
    void visit(const T &value)
    {
        std::apply([&](const auto &...f) { (visit(value.*(f.member)), ...); }, T::fields());
    }
    void visit(const MessageId &id) { add(id.value); }
    void visit(const ConversationId &id) { add(id.value); }
    void visit(const TaskId &id) { add(id.value); }
    void visit(const ReservationId &id) { add(id.value); }
    void visit(const EffectId &id) { add(id.value); }
    void visit(const ExecutionId &id) { add(id.value); }
    /// By the beginning of the hash: who may read an attachment is asked of the messages with it.
    void visit(const std::vector<Attachment> &attachments)
    {
        for (const Attachment &attachment : attachments)
            add(QUuid::fromRfc4122(attachment.sha256.left(16)));
    }
    template <typename T>
    void visit(const T &) requires(!Fielded<T>)
    {}

    std::vector<QByteArray> ids;

private:
    void add(const QUuid &id)
    {
        const QByteArray bytes = id.toRfc4122();
        if (!id.isNull() && std::find(ids.begin(), ids.end(), bytes) == ids.end())
            ids.push_back(bytes);
    }
};

} // namespace

qint64 factPosition(quint64 index, int ordinal)
{
    return qint64(index << OrdinalBits) + ordinal;
}

quint64 indexOfPosition(qint64 position)
{
    return quint64(position) >> OrdinalBits;
}

int ordinalOfPosition(qint64 position)
{
    return int(position & ((1 << OrdinalBits) - 1));
}

qint64 subjectKey(const QByteArray &id)
{
    return id.size() == 16 ? qFromBigEndian<qint64>(id.constData()) : 0;
}

std::vector<QByteArray> subjectsOf(const events::Fact &fact)
{
    SubjectCollector collector;
    std::visit([&](const auto &f) { collector.visit(f); }, fact);
    return std::move(collector.ids);
}

Result<Done> FactArchive::add(quint64 index, quint64 term, const events::Batch &batch)
{
    if (batch.facts.size() > events::MaxBatchFacts)
        return invalid(u"a batch may have 256 facts at most"_s);
    const auto query =
        m_db.prepared(u"INSERT INTO batch (idx, term, time, command, origin, actor, session) "
                      "VALUES (?, ?, ?, ?, ?, ?, ?)"_s);
    if (!query)
        return query.error();
    (*query)->bindValue(0, qint64(index));
    (*query)->bindValue(1, qint64(term));
    (*query)->bindValue(2, batch.time.ms);
    (*query)->bindValue(3, batch.command.toBytes());
    (*query)->bindValue(4, batch.origin.toBytes());
    (*query)->bindValue(5, batch.actor.toBytes());
    (*query)->bindValue(6, batch.session.toBytes());
    if (!(*query)->exec())
        return storageError((*query)->lastError(), u"archiving"_s);
    int ordinal = 0;
    for (const events::Fact &fact : batch.facts) {
        const QByteArray salt = events::saltOf(batch, ordinal);
        if (const auto added = addFact(factPosition(index, ordinal++), fact, salt); !added)
            return added.error();
    }
    return Done{};
}

Result<Done> FactArchive::addFact(qint64 position, const events::Fact &fact, const QByteArray &salt)
{
    return keep(position, events::archive(fact, salt), fact);
}

Result<Done> FactArchive::keep(qint64 position, const events::ArchivedFact &archived,
                               const events::Fact &fact)
{
    const auto row =
        m_db.prepared(u"INSERT INTO fact (position, type, version, body) VALUES (?, ?, ?, ?)"_s);
    if (!row)
        return row.error();
    (*row)->bindValue(0, position);
    (*row)->bindValue(1, archived.type);
    (*row)->bindValue(2, archived.version);
    (*row)->bindValue(3, archived.body);
    if (!(*row)->exec())
        return storageError((*row)->lastError(), u"archiving"_s);
    if (!archived.personal.isEmpty()) {
        const auto content =
            m_db.prepared(u"INSERT INTO content (position, personal) VALUES (?, ?)"_s);
        if (!content)
            return content.error();
        (*content)->bindValue(0, position);
        (*content)->bindValue(1, archived.personal);
        if (!(*content)->exec())
            return storageError((*content)->lastError(), u"archiving"_s);
    }
    const auto subject =
        m_db.prepared(u"INSERT OR IGNORE INTO fact_subject (id, position) VALUES (?, ?)"_s);
    if (!subject)
        return subject.error();
    for (const QByteArray &id : subjectsOf(fact)) {
        (*subject)->bindValue(0, subjectKey(id));
        (*subject)->bindValue(1, position);
        if (!(*subject)->exec())
            return storageError((*subject)->lastError(), u"archiving"_s);
    }
    return Done{};
}

} // namespace peerdesk::store
