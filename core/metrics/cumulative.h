// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/events/facts.h"
#include "core/metrics/durations.h"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <vector>

/// What happened over a span of time, in numbers. Source: routing.md 2.8, cumulative.
namespace peerdesk::metrics {

struct Scope
{
    enum class Kind { Workspace, Queue, Workflow, Worker };
    Kind kind = Kind::Workspace;
    QUuid id = {};
    QString taskChannel = {}; ///< empty = all
};

struct Wish
{
    Scope scope;
    Time start;
    Time end;
    Seconds serviceLevel{20};         ///< answered within
    Seconds shortAbandon{5};          ///< who leaves sooner was not kept waiting
    std::vector<Seconds> splits = {}; ///< of split_by_wait_time
};

/// A fact and when it was.
using Told = std::pair<events::Fact, Time>;

/// How a worker stood when the span began.
struct Standing
{
    ActivityId activity;
    Time since;
};

/// Folds the facts of a span, told in order of the log. One thread; a value but for `history`.
class Cumulative
{
public:
    /// The facts of one task before the span, in order; asked at most once for each.
    using History = std::function<std::vector<Told>(TaskId)>;
    /// The task of a reservation from before the span; null id = unknown.
    using TaskOf = std::function<TaskId(ReservationId)>;

    Cumulative(Wish wish, std::map<ActivityId, Activity> activities, History history,
               TaskOf taskOf);

    /// Before the first fact: in which activity a worker was when the span began.
    void stand(WorkerId worker, const Standing &standing);
    /// A fact of the span.
    void add(const events::Fact &fact, Time at);
    /// Names of routing.md 2.8. Nothing may be added afterwards.
    QJsonObject result();

    // How facts are followed; for std::visit.
    void operator()(const events::TaskCreated &f);
    void operator()(const events::TaskEnteredQueue &f);
    void operator()(const events::TaskNoted &f);
    void operator()(const events::TaskCanceled &f);
    void operator()(const events::TaskWrapping &f);
    void operator()(const events::TaskCompleted &f);
    void operator()(const events::TransferInitiated &f);
    void operator()(const events::TransferCompleted &f);
    void operator()(const events::ReservationCreated &f);
    void operator()(const events::ReservationAccepted &f);
    void operator()(const events::ReservationRejected &f);
    void operator()(const events::ReservationTimedOut &f);
    void operator()(const events::ReservationCanceled &f);
    void operator()(const events::ReservationRescinded &f);
    void operator()(const events::ReservationCompleted &f);
    void operator()(const events::WorkerCreated &f);
    void operator()(const events::WorkerActivityChanged &f);
    void operator()(const events::WorkerDeleted &f);
    template <typename Fact>
    void operator()(const Fact &)
    {}

private:
    struct TaskState
    {
        WorkflowId workflow;
        QueueId queue;
        QString taskChannel;
        Time created;
        Time entered; ///< its queue
        Time accepted;
        Time wrapping;
        WorkerId worker;
        bool wasAccepted = false;
        std::optional<Transfer> transfer;
    };
    struct Leg
    {
        TaskId task;
        WorkerId worker;
        TransferId transfer;
        Time acceptedAt;
    };

    TaskState *task(TaskId id);
    Leg *leg(ReservationId id);
    bool isOf(const TaskState &task, WorkerId worker) const;
    void answered(const TaskState &task, const Leg &leg, bool isFirst);
    void count(int &counter, ReservationId id);
    void endLeg(ReservationId id);
    void handled(const TaskState &task);
    void changeActivity(WorkerId worker, ActivityId next);
    QJsonObject splits() const;
    QJsonObject percentiles() const;
    QJsonObject activities() const;
    double serviceLevel() const;
    double occupancy() const;

    Wish m_wish;
    std::map<ActivityId, Activity> m_activities;
    History m_history;
    TaskOf m_taskOf;
    Time m_at;
    bool m_isCounting = true;
    std::map<TaskId, TaskState> m_tasks;
    std::set<TaskId> m_asked;
    std::map<ReservationId, Leg> m_legs;
    std::map<WorkerId, Standing> m_workers;

    struct
    {
        int created = 0, entered = 0, moved = 0, canceled = 0, completed = 0, timedOut = 0;
    } m_counts;
    struct
    {
        int created = 0, accepted = 0, rejected = 0, timedOut = 0, canceled = 0, rescinded = 0;
    } m_offers;
    std::vector<Milliseconds> m_accepted; ///< waits of first acceptances
    std::vector<Milliseconds> m_canceled;
    Durations m_untilAccepted;
    Durations m_untilCanceled;
    Durations m_inQueue;
    Durations m_handle;
    Durations m_talk;
    Durations m_wrap;
    Milliseconds m_held{0}; ///< that workers held tasks, within the span
    std::map<ActivityId, Durations> m_durations;
};

} // namespace peerdesk::metrics
