// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/events/facts.h"
#include "core/routing/workflow.h"
#include "core/routing/workingset.h"

#include <QJsonObject>

#include <memory>
#include <set>
#include <vector>

namespace peerdesk::routing {

/// How long a worker who declined is out when nobody else could be asked.
constexpr Seconds DeclineMemory{60};

/// When each worker last declined or missed the task since it entered its step.
std::map<WorkerId, Time> lastDeclines(const Task &task);

/// Order of idleness: longest first.
struct IdleKey
{
    Time lastTaskAt;
    Time dateStatusChanged;
    WorkerId worker;
    auto operator<=>(const IdleKey &) const = default;
};

/// Order in which waiting tasks are served: the kind of queue, then FIFO by priority and virtual
/// start, LIFO by newest; then id.
struct Rank
{
    int kind = 0;
    qint64 first = 0;
    qint64 second = 0;
    TaskId task;
    auto operator<=>(const Rank &) const = default;
};

/// What a worker holds on one task channel.
struct Load
{
    int taken = 0;    ///< pending, accepted and wrapping reservations: these fill the slots
    int assigned = 0; ///< accepted and wrapping
};

/// Something that happens by time alone.
struct Deadline
{
    enum class Kind { Offer, WrapUp, TimeToLive, Target, Memory };
    Time at;
    Kind kind = Kind::Offer;
    QUuid id; ///< of the reservation for Offer, else of the task

    bool operator<(const Deadline &other) const
    {
        return std::tie(at, kind, id) < std::tie(other.at, other.kind, other.id);
    }
};

struct WorkerView
{
    QByteArray source; ///< text that `attributes` came from
    QJsonObject attributes;
    std::vector<QueueId> queues; ///< member of
    std::map<QString, Load> load;
    int pendingOffers = 0;
    IdleKey idle;
    ActivityId activity;
    bool available = false;
    std::set<TaskId> wantedBy; ///< tasks that ask this worker alone
};

/// Tasks of one channel in one queue and the members who could take one now.
struct Group
{
    std::set<IdleKey> ready;
    std::set<Rank> waiting;
};

struct QueueView
{
    QString source;                          ///< text that `targetWorkers` came from
    std::optional<Expression> targetWorkers; ///< none = nobody
    std::set<WorkerId> members;
    std::map<ActivityId, int> activities; ///< members per activity
    int available = 0;                    ///< members in an available activity
    std::map<QString, Group> groups;      ///< by task channel
    std::set<TaskId> skippers;            ///< waiting tasks whose step has a skip_if
};

struct TaskView
{
    QByteArray source;
    QJsonObject attributes;
    QueueId queue;
    QString channel;
    Rank rank;
    bool isWaiting = false;
    WorkerId wanted;
    std::vector<Deadline> deadlines;
    std::set<ReservationId> reservations;
};

struct ReservationView
{
    TaskId task;
    WorkerId worker;
    QString channel;
    bool isPending = false;
    std::optional<Deadline> deadline;
};

/// Everything that routing derives from the working set: compiled expressions, queue membership,
/// loads, the order of waiting tasks, deadlines. Follows the set fact by fact; `changed` reads the
/// records that the fact names anew, so telling it twice does no harm. Pure; one thread.
class Index
{
public:
    explicit Index(const WorkingSet &set);

    /// Everything anew; compiled expressions of unchanged texts are kept.
    void rebuild();
    /// After `fact` was applied to the set.
    void changed(const events::Fact &fact);

    const WorkingSet &set() const { return m_set; }
    const WorkerView *worker(WorkerId id) const { return find(m_workers, id); }
    const QueueView *queue(QueueId id) const { return find(m_queues, id); }
    const TaskView *task(TaskId id) const { return find(m_tasks, id); }
    const std::set<Deadline> &deadlines() const { return m_deadlines; }
    void forget(const Deadline &deadline) { m_deadlines.erase(deadline); }

    /// Null where the workflow is gone or its configuration does not parse.
    const Plan *plan(WorkflowId id) const;
    /// The step where the task stands; null where there is none (any more).
    const Target *target(const Task &task) const;
    /// By id or friendly name; null id if there is no such queue.
    QueueId queueNamed(const QString &name) const;

    bool isMember(WorkerId worker, QueueId queue) const;
    int capacity(const Worker &worker, const QString &channel) const;
    Load load(WorkerId worker, const QString &channel) const;
    bool hasFreeSlot(const Worker &worker, const QString &channel) const;
    /// Available, channel switched on, a free slot or the wish for one more, no other open offer.
    bool isReady(const Worker &worker, const QString &channel) const;
    const TaskChannel *taskChannel(const QString &uniqueName) const;

    using GroupKey = std::pair<QueueId, QString>;
    /// What might be decided anew since the last call.
    struct Dirty
    {
        std::set<TaskId> tasks;
        std::set<GroupKey> groups;
    };
    /// To be looked at again: one task, or the whole group.
    void markDirty(TaskId task, const std::optional<GroupKey> &group)
    {
        group ? void(m_dirty.groups.insert(*group)) : void(m_dirty.tasks.insert(task));
    }
    Dirty takeDirty() { return std::exchange(m_dirty, {}); }
    bool isDirty() const { return !m_dirty.tasks.empty() || !m_dirty.groups.empty(); }

private:
    template <typename Map, typename Key>
    static const typename Map::mapped_type *find(const Map &map, const Key &key)
    {
        const auto it = map.find(key);
        return it == map.end() ? nullptr : &it->second;
    }

    void rebuildPlans();
    void rebuildQueues();
    void refreshWorker(WorkerId id);
    void refreshReady(WorkerId id);
    void removeWorker(WorkerId id);
    void countLoad(WorkerId id, WorkerView &view);
    void leaveQueues(WorkerId id, WorkerView &view);
    void enterQueues(const Worker &worker, WorkerView &view);
    void refreshReservation(ReservationId id);
    void refreshTask(TaskId id);
    void touchTask(TaskId id);
    void touchReservation(ReservationId id);
    void removeTask(TaskView &view);
    void wait(const Task &task, TaskView &view);
    void setDeadlines(const Task &task, TaskView &view);
    Group &group(QueueId queue, const QString &channel);
    Rank rankOf(const Task &task) const;

    struct CachedPlan
    {
        QByteArray source;
        std::optional<Plan> plan;
    };

    const WorkingSet &m_set;
    std::map<WorkflowId, CachedPlan> m_plans;
    std::map<WorkerId, WorkerView> m_workers;
    std::map<QueueId, QueueView> m_queues;
    std::map<QString, QueueId> m_queueNames;
    std::map<QString, TaskChannelId> m_channels;
    std::map<TaskId, TaskView> m_tasks;
    std::map<ReservationId, ReservationView> m_reservations;
    std::set<Deadline> m_deadlines;
    Dirty m_dirty;
};

} // namespace peerdesk::routing
