// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/routing/index.h"
#include "core/routing/router.h"

namespace peerdesk::routing {

/// A task that comes back from more batches of offers than this is canceled. Source: routing.md
/// 2.10.
constexpr int MaxAssignments = 1000;

/// Where a task goes next.
struct Stop
{
    int filter = -1;
    int target = 0;
    QueueId queue;
    int priority = 0;
};

/// The step after the task's current one: the next target of its filter, else the first target of
/// the next filter below that matches, else the default; steps whose queue is gone are passed over.
/// Nothing if the workflow has no further step.
std::optional<Stop> nextStop(const Index &index, const Task &task, Time now);

/// The id that an offer gets: one per task, batch and worker.
ReservationId reservationId(const Task &task, WorkerId worker);

/// An offer of the task to the worker, as it stands now.
Reservation offerOf(const Task &task, WorkerId worker, Time now, Time expiresAt);

/// Live offers end, then the task.
void cancelTask(const WorkingSet &set, const Task &task, const QString &reason,
                const Emit &emitFact);

/// The task ends, and with it what its worker holds of it.
void completeTask(const WorkingSet &set, const Task &task, const QString &reason,
                  const Emit &emitFact);

/// One run of settle(); `index` follows what it emits.
class Settlement
{
public:
    Settlement(Index &index, Time now, const Emit &emitFact, int atMost);

    /// True = stopped at the bound.
    bool run();

private:
    enum class Found { Somebody, Elsewhere, Nobody };

    void emitFact(const events::Fact &fact);
    bool isFull() const { return m_emitted >= m_atMost; }
    std::optional<Deadline> firstDue() const;
    void reach(const Deadline &deadline);
    void missOffer(ReservationId id);
    void reachTask(const Deadline &deadline);
    void collect();
    void add(ClassId id, const Newcomers &who);
    void work();
    bool isAnyReady(const TaskClass &taskClass, const Newcomers &who) const;
    Found tryTask(const Task &task, const Newcomers &who);
    Found nobodyFor(const Task &task);
    void offer(const Task &task, const std::vector<WorkerId> &chosen);
    void advance(const Task &task, RoutingMark why);

    Index &m_index;
    const WorkingSet &m_set;
    Time m_now;
    const Emit &m_emit;
    const Emit m_follow; ///< emitFact() in the form that decisions take
    int m_atMost;
    int m_emitted = 0;
    /// By the rank of the class's first task.
    std::map<std::pair<Rank, ClassId>, Newcomers> m_work;
};

} // namespace peerdesk::routing
