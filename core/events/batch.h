// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/codec.h"
#include "core/events/facts.h"

namespace peerdesk::events {

/// Largest encoded batch. Source: decisions, "One Raft entry".
constexpr qsizetype MaxBatchBytes = 256 * 1024;
/// Most facts in one batch; bulk work continues in a next one.
constexpr size_t MaxBatchFacts = 256;

/// One command's facts: one log entry. Dropped on submit and on apply if `term` is not the entry's
/// term.
struct Batch
{
    CommandId command;
    quint64 term = 0;
    Time time; ///< office time of the decision; never below the last fact's
    NodeId origin;
    AgentId actor; ///< null = the office itself (timers, connectors)
    SessionId session;
    std::vector<Fact> facts;

    bool operator==(const Batch &) const = default;
};

/// Name of a fact's type in the archive and in /api/v1/events, e.g. "reservation.created".
QString factName(const Fact &fact);
/// The same; records that may be created or changed are told apart by `command`, from which the id
/// of whatever it created derives.
QString factName(const Fact &fact, CommandId command);

/// Canonical CBOR: [format, header, [[type, version, body], ...]].
QByteArray encode(const Batch &batch);

/// Facts of older versions come out raised (upcast.h). Errors: Invalid for bytes that are no batch
/// or break a bound; Rejected with state "unknown-fact" for a fact type that this program does not
/// know or a newer version (design rule 9: apply must stop, not skip).
Result<Batch> decodeBatch(const QByteArray &bytes);

/// A fact as the archive keeps it: personal fields as SHA-256 in `body`, their plain values in
/// `personal`.
struct ArchivedFact
{
    int type = 0;
    int version = 0;
    QByteArray body;
    QByteArray personal; ///< CBOR map path → encoding; a content row of its own, deleted on
                         ///< erasure; empty = none
};
ArchivedFact archive(const Fact &fact);
Result<Fact> restore(const ArchivedFact &archived);

} // namespace peerdesk::events
