// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/events/apply.h"
#include "core/events/batch.h"
#include "core/store/database.h"

#include <vector>

namespace peerdesk::store {

/// Where a fact stands, as one number that ascends through history.
qint64 factPosition(quint64 index, int ordinal);
quint64 indexOfPosition(qint64 position);
int ordinalOfPosition(qint64 position);

/// First 8 bytes of an id: its key in the table fact_subject.
qint64 subjectKey(const QByteArray &id);

/// Ids of the messages, conversations, tasks, reservations and effects that a fact names, each
/// once, without null ids.
std::vector<QByteArray> subjectsOf(const events::Fact &fact);

/// History: every fact ever applied, personal content in rows of its own. Apply thread, inside the
/// transaction that applies the batch.
class FactArchive
{
public:
    explicit FactArchive(Database &db)
        : m_db(db)
    {}

    Result<Done> add(quint64 index, quint64 term, const events::Batch &batch);
    /// Takes over what another archive has at `position`; `fact` is what it restores to.
    Result<Done> keep(qint64 position, const events::ArchivedFact &archived,
                      const events::Fact &fact);

    /// After an erasing fact: deletes the personal content of all that it names.
    Result<Done> forget(const events::Fact &fact);

private:
    Result<Done> addFact(qint64 position, const events::Fact &fact, const QByteArray &salt);

    Database &m_db;
};

} // namespace peerdesk::store
