// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/factarchive.h"

#include "core/store/officeschema.h"

#include <QtEndian>

#include <algorithm>
#include <set>

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
        T::fields().each([&](const auto &f) { visit(value.*(f.member)); });
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

/// Deletes content rows. A fact is looked at before its content goes: the index of subjects holds
/// the beginning of an id only, and a wrong row would be somebody else's words.
class Forgetting
{
public:
    explicit Forgetting(Database &db)
        : m_db(db)
    {}

    Result<Done> content(const events::ContentErased &erased)
    {
        forgetAll(erased.messages);
        forgetAll(erased.conversations);
        forgetAll(erased.effects);
        forgetAll(erased.executions);
        forgetAll(erased.tasks);
        forgetAll(erased.reservations);
        forgetCommands({erased.commands.begin(), erased.commands.end()});
        return ending();
    }
    Result<Done> customer(const events::CustomerErased &erased)
    {
        std::set<CustomerId> cards(erased.merged.begin(), erased.merged.end());
        cards.insert(erased.customer);
        const std::set<AddressId> addresses(erased.addresses.begin(), erased.addresses.end());
        const auto isTheirs = [&](const events::Fact &fact) {
            if (const auto *created = std::get_if<events::CustomerCreated>(&fact))
                return cards.contains(created->customer.id);
            if (const auto *updated = std::get_if<events::CustomerUpdated>(&fact))
                return cards.contains(updated->customer);
            if (const auto *joined = std::get_if<events::CardsJoined>(&fact))
                return cards.contains(joined->join.from.id) ||
                       cards.contains(joined->join.after.id);
            const auto *linked = std::get_if<events::AddressLinked>(&fact);
            return linked && (cards.contains(linked->address.customer) ||
                              addresses.contains(linked->address.id));
        };
        for (const Row &row :
             rows(u"SELECT position, type, version, body FROM fact WHERE "_s + factsOfPersons(),
                  {})) {
            if (const auto fact = events::restore({row.type, row.version, row.body, {}});
                fact && isTheirs(*fact))
                forgetRow(row, *fact);
        }
        forgetCommands({erased.commands.begin(), erased.commands.end()});
        return ending();
    }

private:
    struct Row
    {
        qint64 position = 0;
        int type = 0;
        int version = 0;
        QByteArray body;
    };

    std::vector<Row> rows(const QString &sql, const QVariantList &values)
    {
        std::vector<Row> out;
        const auto query = m_db.run(sql, values);
        if (!query) {
            m_error = query.error();
            return out;
        }
        while ((*query)->next())
            out.push_back({(*query)->value(0).toLongLong(), (*query)->value(1).toInt(),
                           (*query)->value(2).toInt(), (*query)->value(3).toByteArray()});
        if ((*query)->lastError().isValid())
            m_error = storageError((*query)->lastError(), u"reading the archive"_s);
        (*query)->finish();
        return out;
    }
    void run(const QString &sql, const QVariantList &values)
    {
        if (const auto done = m_db.run(sql, values); !done)
            m_error = done.error();
        else
            (*done)->finish();
    }
    template <typename IdType>
    void forgetAll(const std::vector<IdType> &ids)
    {
        for (const IdType &id : ids) {
            if (!m_error)
                forgetNaming(id.toBytes());
        }
    }
    void forgetNaming(const QByteArray &id)
    {
        for (const Row &row :
             rows(u"SELECT f.position, f.type, f.version, f.body FROM fact_subject s CROSS JOIN "
                  "fact f ON f.position = s.position WHERE s.id = ?"_s,
                  {subjectKey(id)})) {
            const auto fact = events::restore({row.type, row.version, row.body, {}});
            if (!fact)
                continue;
            const std::vector<QByteArray> named = subjectsOf(*fact);
            if (std::find(named.begin(), named.end(), id) != named.end())
                forgetRow(row, *fact);
        }
    }
    /// The content, and the way to the fact by what stood in the content only (attachments).
    void forgetRow(const Row &row, const events::Fact &without)
    {
        m_batches.insert(indexOfPosition(row.position));
        const auto content =
            m_db.run(u"SELECT personal FROM content WHERE position = ?"_s, {row.position});
        if (!content) {
            m_error = content.error();
            return;
        }
        const QByteArray personal =
            (*content)->next() ? (*content)->value(0).toByteArray() : QByteArray();
        (*content)->finish();
        if (personal.isEmpty())
            return;
        std::vector<QByteArray> secretly;
        if (const auto whole = events::restore({row.type, row.version, row.body, personal}))
            secretly = subjectsOf(*whole);
        for (const QByteArray &known : subjectsOf(without))
            std::erase(secretly, known);
        for (const QByteArray &subject : secretly)
            run(u"DELETE FROM fact_subject WHERE id = ? AND position = ?"_s,
                {subjectKey(subject), row.position});
        run(u"DELETE FROM content WHERE position = ?"_s, {row.position});
    }
    /// Of what was asked for, the answers in the batches that were touched.
    void forgetCommands(const std::set<CommandId> &commands)
    {
        for (const quint64 index : std::exchange(m_batches, {})) {
            for (const Row &row :
                 rows(u"SELECT position, type, version, body FROM fact WHERE position >= ? AND "
                      "position < ? AND type = ?"_s,
                      {factPosition(index, 0), factPosition(index + 1, 0),
                       events::CommandDone::type})) {
                const auto fact = events::restore({row.type, row.version, row.body, {}});
                const auto *done = fact ? std::get_if<events::CommandDone>(&*fact) : nullptr;
                if (done && commands.contains(done->record.id))
                    run(u"DELETE FROM content WHERE position = ?"_s, {row.position});
            }
        }
    }
    Result<Done> ending() const { return m_error ? Result<Done>(*m_error) : Done{}; }

    Database &m_db;
    std::set<quint64> m_batches;
    std::optional<Error> m_error;
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
    events::ArchivedFact archived = events::archive(fact, salt);
    if (std::holds_alternative<events::ContentErased>(fact))
        archived.personal.clear(); // which files it was is part of what is forgotten
    return keep(position, archived, fact);
}

Result<Done> FactArchive::forget(const events::Fact &fact)
{
    if (const auto *content = std::get_if<events::ContentErased>(&fact))
        return Forgetting(m_db).content(*content);
    if (const auto *customer = std::get_if<events::CustomerErased>(&fact))
        return Forgetting(m_db).customer(*customer);
    return Done{};
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
