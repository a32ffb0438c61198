// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/codec.h"
#include "core/events/facts.h"
#include "core/events/levels.h"

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
    QByteArray salt; ///< random, made where the batch was decided: see saltOf()

    bool operator==(const Batch &) const = default;
};

/// Name of a fact's type in the archive and in /api/v1/events, e.g. "reservation.created".
QString factName(const Fact &fact);
/// The same; records that may be created or changed are told apart by `command`, from which the id
/// of whatever it created derives.
QString factName(const Fact &fact, CommandId command);

constexpr qsizetype SaltBytes = 16;

/// The salt of the hashes of one fact's personal fields. It stands beside their plain values and
/// goes with them; the batch's own, from which it derives, is kept nowhere but in the log.
QByteArray saltOf(const Batch &batch, int ordinal);

/// Canonical CBOR: [format, header, [[type, version, body], ...]].
QByteArray encode(const Batch &batch);

int levelOf(const Fact &fact);

/// Facts of older versions come out raised (upcast.h). Errors: Invalid for bytes that are no batch
/// or break a bound; Rejected with state "unknown-fact" for a fact type that this program does not
/// know or a newer version (design rule 9: apply must stop, not skip).
Result<Batch> decodeBatch(const QByteArray &bytes);

/// A fact as the archive keeps it: personal fields as salted SHA-256 in `body`, their plain values
/// with the salt in `personal`. Without the latter a phone number cannot be guessed from its hash.
struct ArchivedFact
{
    int type = 0;
    int version = 0;
    QByteArray body;
    QByteArray personal; ///< CBOR: salt, and map path → encoding; a content row of its own, deleted
                         ///< on erasure; empty = none
};
ArchivedFact archive(const Fact &fact, const QByteArray &salt);
Result<Fact> restore(const ArchivedFact &archived);

} // namespace peerdesk::events
