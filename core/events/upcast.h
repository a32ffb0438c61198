// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/events/batch.h"

#include <span>

/// How facts of versions that this program no longer writes are read. A log or an archive is never
/// rewritten, so every step that was ever published stays here.
namespace peerdesk::events {

/// One step: from `version` of fact `type` to the next.
struct Upcaster
{
    int type = 0;
    int version = 0;
    /// Gives the next version's body and personal content. In a log entry `personal` is empty and
    /// the body holds everything; in the archive the body holds hashes in place of personal fields.
    /// Errors: Invalid if the body is no fact of that version.
    Result<ArchivedFact> (*raise)(const ArchivedFact &old) = nullptr;
};

/// Every step ever published.
std::span<const Upcaster> publishedUpcasters();

/// `fact` in version `current`, step by step. Errors: Invalid for a version that no step begins at
/// (it was never published), and what a step says. `fact.version` is at most `current`.
Result<ArchivedFact> upcast(ArchivedFact fact, int current, std::span<const Upcaster> upcasters);

/// decodeBatch() and restore() of batch.h with other steps than the published ones.
Result<Batch> decodeBatch(const QByteArray &bytes, std::span<const Upcaster> upcasters);
Result<Fact> restore(const ArchivedFact &archived, std::span<const Upcaster> upcasters);

} // namespace peerdesk::events
