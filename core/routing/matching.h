// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/routing/index.h"

#include <vector>

namespace peerdesk::routing {

/// Bounds of `max_reserved_workers`. Source: routing.md 2.10.
constexpr int MaxReservedWorkers = 50;

/// Who may be asked for a task in its current step, whatever their state of work.
enum class Asked {
    Queue, ///< the members of its queue for whom the step's expression holds
    Known, ///< of those only the one that the step names
    Wanted ///< only one worker, member or not
};
Asked askedFor(const Index &index, const Task &task);

/// The worker that the step's known_worker_sid or known_worker_friendly_name means; null id if the
/// value names nobody.
WorkerId knownWorker(const Index &index, const Task &task, const Target &target);

/// The only worker that a task asks: the one that it is transferred to, or its target.
WorkerId wantedWorker(const Index &index, const Task &task);

/// Membership and the step's expression; for a wanted worker, being that one. Never who gives the
/// task on.
bool mayBeAsked(const Index &index, const Task &task, const Worker &worker);

/// The worker's units are kept for something before it.
bool isHeldBack(const Index &index, const Task &task, WorkerId worker);

/// When the worker last declined or missed the task since it entered its step.
std::optional<Time> declinedAt(const Task &task, WorkerId worker);

/// Whom to offer the task now, best first, at most the queue's max_reserved_workers; nobody where
/// workers take for themselves. Who declined comes back once every other worker who could be asked
/// has declined too, longest ago first; with nobody else to ask, after DeclineMemory. With `who`
/// only those are looked at: the others could not take it before.
std::vector<WorkerId> choose(Index &index, const Task &task, Time now,
                             const Newcomers &who = {true, {}});

/// Whose units are kept for which waiting task: per queue its first one, if nothing but units is
/// missing, keeps those of the member who lacks fewest from whatever is behind it, and those of all
/// who could take it from what is less urgent; each for HoldTime after that member last began or
/// ended something. Nobody's unless the office uses weights.
std::map<WorkerId, Hold> holdsAt(const Index &index, Time now);
constexpr Seconds HoldTime{30};

/// Words for people on why `worker` gets the task: matched skills, queue, reason.
QString reasonFor(const Index &index, const Task &task, const Worker &worker);

} // namespace peerdesk::routing
