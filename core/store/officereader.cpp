// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/officereader.h"

#include "core/store/officeschema.h"
#include "core/store/readerlist.h"

#include <set>

namespace peerdesk::store {

using namespace Qt::StringLiterals;

OfficeReader::OfficeReader(std::unique_ptr<Database> db)
    : m_db(std::move(db))
{}

OfficeReader::~OfficeReader() = default;

Result<std::unique_ptr<OfficeReader>> OfficeReader::open(const QString &path)
{
    auto db = Database::open(path, {Access::ReadOnly, officeSchema(), 4 * 1024, {}});
    if (!db)
        return db.error();
    return std::unique_ptr<OfficeReader>(new OfficeReader(std::move(*db)));
}

std::optional<Error> OfficeReader::takeTrouble() const
{
    return std::exchange(m_trouble, std::nullopt);
}

void OfficeReader::note(const Error &error) const
{
    if (!m_trouble)
        m_trouble = error;
}

void OfficeReader::beginSnapshot() const
{
    if (const auto begun = m_db->begin(); !begun)
        note(begun.error());
}

void OfficeReader::endSnapshot() const
{
    if (const auto ended = m_db->commit(); !ended)
        note(ended.error());
}

quint64 OfficeReader::appliedIndex() const
{
    return quint64(number(u"SELECT idx FROM applied"_s));
}

QByteArray OfficeReader::digest() const
{
    const auto row = m_db->run(u"SELECT digest FROM applied"_s);
    if (!row) {
        note(row.error());
        return {};
    }
    const QByteArray digest = (*row)->next() ? (*row)->value(0).toByteArray() : QByteArray();
    (*row)->finish();
    return digest;
}

std::optional<QByteArray> OfficeReader::body(const char *table, const QByteArray &id) const
{
    // The name is one of ours.
    const auto row =
        m_db->run(u"SELECT body FROM %1 WHERE id = ?"_s.arg(QLatin1String(table)), {id});
    if (!row) {
        note(row.error());
        return std::nullopt;
    }
    std::optional<QByteArray> body;
    if ((*row)->next())
        body = (*row)->value(0).toByteArray();
    (*row)->finish();
    return body;
}

std::vector<QByteArray> OfficeReader::bodies(const char *table) const
{
    std::vector<QByteArray> bodies;
    const auto rows = m_db->run(u"SELECT body FROM %1 ORDER BY id"_s.arg(QLatin1String(table)));
    if (!rows) {
        note(rows.error());
        return bodies;
    }
    while ((*rows)->next())
        bodies.push_back((*rows)->value(0).toByteArray());
    (*rows)->finish();
    return bodies;
}

Result<std::vector<QByteArray>> OfficeReader::attachmentHashes() const
{
    const auto rows = m_db->run(u"SELECT body FROM message"_s);
    if (!rows)
        return rows.error();
    std::set<QByteArray> hashes;
    while ((*rows)->next()) {
        const auto message = codec::decode<Message>((*rows)->value(0).toByteArray());
        for (const Attachment &held :
             message ? message->content.attachments : std::vector<Attachment>())
            hashes.insert(held.sha256);
    }
    (*rows)->finish();
    return std::vector<QByteArray>(hashes.begin(), hashes.end());
}

qint64 OfficeReader::number(const QString &sql, const QVariantList &values) const
{
    const auto row = m_db->run(sql, values);
    if (!row) {
        note(row.error());
        return 0;
    }
    const qint64 number = (*row)->next() ? (*row)->value(0).toLongLong() : 0;
    (*row)->finish();
    return number;
}

std::optional<Session> OfficeReader::sessionByTokenHash(const QByteArray &sha256) const
{
    return first<Session>(u"SELECT body FROM session WHERE token_hash = ?"_s, {sha256});
}

std::optional<Agent> OfficeReader::agentByName(const QString &name) const
{
    return first<Agent>(u"SELECT body FROM agent WHERE name = ?"_s, {name});
}

std::vector<Session> OfficeReader::endedSessions(int limit) const
{
    return list<Session>(u"SELECT s.body FROM agent a CROSS JOIN session s ON s.agent = a.id "
                         "AND s.began_at < a.sessions_from WHERE a.sessions_from IS NOT NULL "
                         "LIMIT ?"_s,
                         {limit});
}

std::vector<CommandId> OfficeReader::passedCommands(Time before, int limit) const
{
    std::vector<CommandId> passed;
    for (const CommandRecord &record :
         list<CommandRecord>(u"SELECT body FROM command WHERE passing_since < ? "
                             "ORDER BY passing_since LIMIT ?"_s,
                             {before.ms, limit}))
        passed.push_back(record.id);
    return passed;
}

std::optional<Address> OfficeReader::addressOf(const QString &kind, const QString &scope,
                                               const QString &value) const
{
    return first<Address>(u"SELECT body FROM address WHERE lookup = ?"_s,
                          {Address::lookupKey(kind, scope, value)});
}

std::vector<Address> OfficeReader::addressesOf(CustomerId customer) const
{
    return list<Address>(u"SELECT body FROM address WHERE customer = ? LIMIT 500"_s,
                         {customer.toBytes()});
}

std::vector<Task> OfficeReader::openTasks() const
{
    return list<Task>(u"SELECT body FROM task WHERE open = 1 ORDER BY rowid"_s);
}

std::vector<Task> OfficeReader::tasksOf(ConversationId conversation) const
{
    return list<Task>(u"SELECT body FROM task WHERE conversation = ? ORDER BY rowid LIMIT 500"_s,
                      {conversation.toBytes()});
}

std::vector<Reservation>
OfficeReader::reservations(WorkerId worker, const std::optional<ReservationStatus> &status) const
{
    if (!status) {
        const QString live =
            u"SELECT body FROM reservation WHERE live = 1%1 ORDER BY created_at DESC LIMIT 500"_s;
        return worker.isNull()
                   ? list<Reservation>(live.arg(QString()))
                   : list<Reservation>(live.arg(u" AND worker = ?"_s), {worker.toBytes()});
    }
    if (worker.isNull()) {
        return list<Reservation>(u"SELECT body FROM reservation WHERE status = ? "
                                 "ORDER BY created_at DESC LIMIT 500"_s,
                                 {int(*status)});
    }
    return list<Reservation>(u"SELECT body FROM reservation WHERE worker = ? AND status = ? "
                             "ORDER BY created_at DESC LIMIT 500"_s,
                             {worker.toBytes(), int(*status)});
}

std::vector<Reservation> OfficeReader::reservationsOf(TaskId task) const
{
    return list<Reservation>(
        u"SELECT body FROM reservation WHERE task = ? ORDER BY rowid LIMIT 500"_s,
        {task.toBytes()});
}

std::vector<Reservation> OfficeReader::liveReservations() const
{
    return list<Reservation>(u"SELECT body FROM reservation WHERE live = 1 ORDER BY created_at"_s);
}

std::vector<Effect> OfficeReader::readyEffects(int limit) const
{
    return list<Effect>(u"SELECT body FROM effect WHERE open_state = ? ORDER BY rowid LIMIT ?"_s,
                        {int(EffectState::Ready), limit});
}

std::vector<Effect> OfficeReader::claimedEffects(int limit) const
{
    return list<Effect>(u"SELECT body FROM effect WHERE open_state = ? ORDER BY rowid LIMIT ?"_s,
                        {int(EffectState::Claimed), limit});
}

std::vector<Effect> OfficeReader::effectsOf(MessageId message) const
{
    return list<Effect>(u"SELECT body FROM effect WHERE message = ? ORDER BY rowid LIMIT 500"_s,
                        {message.toBytes()});
}

std::vector<Effect> OfficeReader::effectsOf(ExecutionId execution) const
{
    return list<Effect>(u"SELECT body FROM effect WHERE execution = ? ORDER BY rowid LIMIT 500"_s,
                        {execution.toBytes()});
}

std::optional<Execution> OfficeReader::activeExecution(ConversationId conversation) const
{
    return first<Execution>(
        u"SELECT body FROM execution WHERE active = ? ORDER BY rowid DESC LIMIT 1"_s,
        {conversation.toBytes()});
}

std::vector<Execution> OfficeReader::activeExecutions(int limit) const
{
    return list<Execution>(
        u"SELECT body FROM execution WHERE active IS NOT NULL ORDER BY active LIMIT ?"_s, {limit});
}

std::vector<Execution> OfficeReader::executionsDue(Time now, int limit) const
{
    return list<Execution>(u"SELECT body FROM execution WHERE waits_until <= ? "
                           "ORDER BY waits_until LIMIT ?"_s,
                           {now.ms, limit});
}

} // namespace peerdesk::store
