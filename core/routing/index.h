// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/events/facts.h"
#include "core/routing/boundfilters.h"
#include "core/routing/census.h"
#include "core/routing/workflow.h"
#include "core/routing/workingset.h"

#include <QJsonObject>
#include <absl/container/flat_hash_map.h>

#include <limits>
#include <map>
#include <memory>
#include <set>
#include <unordered_map>
#include <vector>

namespace peerdesk::routing {

/// How long a worker who declined is out when nobody else could be asked.
constexpr Seconds DeclineMemory{60};
/// What a worker has in all where task channels cost units.
constexpr int WorkerUnits = 100;

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
    enum class Kind { Offer, Leg, WrapUp, TimeToLive, Target, Memory };
    Time at;
    Kind kind = Kind::Offer;
    QUuid id; ///< of the reservation for Offer and Leg, else of the task

    bool operator<(const Deadline &other) const
    {
        const TaskId mine{id};
        const TaskId theirs{other.id};
        return std::tie(at, kind, mine) < std::tie(other.at, other.kind, theirs);
    }
    bool operator==(const Deadline &) const = default;
};

/// A deadline of a task that the index knows.
struct Due
{
    Time at;
    Deadline::Kind kind = Deadline::Kind::Target;
    TaskSlot slot = 0;
};
struct SoonerDue
{
    const TaskSlots *tasks;
    bool operator()(const Due &left, const Due &right) const
    {
        if (left.at != right.at)
            return left.at < right.at;
        if (left.kind != right.kind)
            return left.kind < right.kind;
        return left.slot != right.slot && tasks->id(left.slot) < tasks->id(right.slot);
    }
};

struct WorkerView
{
    QString name;
    Row row;                     ///< what expressions ask of this worker, by column
    std::vector<QueueId> queues; ///< member of
    std::map<QString, Load> load;
    int pendingOffers = 0;
    IdleKey idle;
    ActivityId activity;
    bool available = false;
};

using GroupKey = std::pair<QueueId, QString>;

/// The waiting tasks that the very same workers could take: where the first of them finds nobody,
/// none of the others does.
struct TaskClass
{
    GroupKey group;
    QByteArray key;
    bool isAlone = false; ///< asks `only` alone, who may be nobody
    WorkerId only;
    Row row; ///< what the step asks of the tasks
    Turns tasks;
};

/// The ready members of a group as one `order_by` wants them.
struct Ordering
{
    static constexpr size_t MaxClauses = 4; ///< with more they are sorted each time

    struct Key
    {
        std::array<qint64, MaxClauses> values{};
        IdleKey idle;
        auto operator<=>(const Key &) const = default;
    };
    std::vector<std::pair<int, bool>> clauses; ///< column, whether descending
    std::set<Key> ready;
    std::map<WorkerId, Key> keys;
    std::set<WorkerId> odd; ///< a value of theirs is no integer: that clause counts for nobody
};

/// Tasks of one channel in one queue and the members who could take one now.
struct Group
{
    std::set<IdleKey> ready;
    std::map<QByteArray, Ordering> orderings;
    std::set<ClassId> classes; ///< that any member may be asked for
};

struct QueueView
{
    QString source;                      ///< text that `targetWorkers` came from
    std::optional<Expression> condition; ///< none = nobody
    BoundExpression targetWorkers;
    std::set<WorkerId> members;
    std::map<ActivityId, int> activities; ///< members per activity
    int available = 0;                    ///< members in an available activity
    std::map<QString, Group> groups;      ///< by task channel
    std::set<ClassId> skippers;           ///< waiting tasks whose step has a skip_if
};

/// One step of a plan, with its references bound to columns.
struct BoundStep
{
    BoundExpression expression;         ///< first row: the worker, second: the task
    std::vector<Reference> taskColumns; ///< what it asks of the task
    std::vector<std::pair<int, bool>> order;
    QByteArray orderKey; ///< equal orders have equal keys; empty = none, or too long to keep
};

struct ReservationView
{
    TaskId task;
    WorkerId worker;
    QString channel;
    bool isPending = false;
    std::optional<Deadline> deadline;
};

/// A worker's units are kept for a task that needs more of them than are free.
struct Hold
{
    Rank rank;
    Time until;
    /// Only later tasks of a lower priority than this are held back.
    int below = std::numeric_limits<int>::max();
};

/// Who newly could take something, or that everybody is to be looked at.
struct Newcomers
{
    static constexpr size_t MaxWorkers = 8; ///< more = everybody

    bool isEverybody = false;
    std::vector<WorkerId> workers;

    void add(WorkerId worker);
    void add(const Newcomers &others);
};

/// Everything that routing derives from the working set: bound expressions, queue membership,
/// loads, the order of waiting tasks, deadlines, counts. Follows the set fact by fact; `changed`
/// reads the records that the fact names anew, so telling it twice does no harm. Pure; one thread.
class Index
{
public:
    explicit Index(const WorkingSet &set);

    /// Everything anew; compiled expressions of unchanged texts are kept.
    void rebuild();
    /// After `fact` was applied to the set.
    void changed(const events::Fact &fact);
    /// How many facts it was told.
    quint64 told() const { return m_told; }

    const WorkingSet &set() const { return m_set; }
    const WorkerView *worker(WorkerId id) const { return find(m_workers, id); }
    const QueueView *queue(QueueId id) const { return find(m_queues, id); }
    const TaskView *task(TaskId id) const;
    bool knows(TaskId id) const { return m_slots.find(id).has_value(); }
    Rank rankOf(const Task &task) const;
    Rank rankOf(const TaskClass &taskClass, const Turn &place) const;
    /// Of the class's first task.
    Rank firstOf(const TaskClass &taskClass) const
    {
        return rankOf(taskClass, *taskClass.tasks.begin());
    }
    /// What the step asks of the task, and whom it names by attribute.
    Row rowOf(const Task &task) const;
    QString knownOf(const Task &task) const;
    std::vector<Deadline> deadlinesOf(const Task &task) const;
    const TaskClass *taskClass(ClassId id) const { return find(m_classes, id); }
    const Group *group(const GroupKey &key) const;
    std::optional<Deadline> firstDeadline() const;
    /// The same without declines that are past: they have had their chance, the next change brings
    /// the task up again.
    std::optional<Time> nextDeadline(Time now) const;
    void forget(const Deadline &deadline);
    const Census &census() const { return m_census; }
    const std::map<ActivityId, int> &activities() const { return m_activities; }

    /// Null where the workflow is gone or its configuration does not parse.
    const Plan *plan(WorkflowId id) const;
    /// Of the same plan.
    const BoundFilters *filters(WorkflowId id) const;
    const Symbols &symbols() const { return m_symbols; }
    /// The step where the task stands; null where there is none (any more), or while it is
    /// transferred.
    const Target *target(const Task &task) const;
    const BoundStep *step(const Task &task) const;
    /// By id or friendly name; null id if there is no such queue.
    QueueId queueNamed(const QString &name) const;
    WorkerId workerNamed(const QString &name) const;

    bool isMember(WorkerId worker, QueueId queue) const;
    int capacity(const Worker &worker, const QString &channel) const;
    Load load(WorkerId worker, const QString &channel) const;
    int freeUnits(WorkerId worker) const;
    int weight(const QString &channel) const; ///< 0 unless the office uses weights
    bool hasFreeSlot(const Worker &worker, const QString &channel) const;
    /// Available, channel switched on, no other open offer: only room may be missing.
    bool isPresent(const Worker &worker, const QString &channel) const;
    /// Present, and a free slot and units, or the wish for one more.
    bool isReady(const Worker &worker, const QString &channel) const;
    const TaskChannel *taskChannel(const QString &uniqueName) const;
    /// The group's ready members in the order of the step; null where it is to be sorted each time.
    const Ordering *ordering(const GroupKey &key, const BoundStep &step);

    const std::map<WorkerId, Hold> &holds() const { return m_holds; }
    /// Whoever was held and is no longer may take something again.
    void setHolds(std::map<WorkerId, Hold> holds);

    /// What might be decided anew since the last call.
    struct Dirty
    {
        std::map<ClassId, Newcomers> classes;
        std::map<GroupKey, Newcomers> groups;
    };
    void markClass(ClassId id, const Newcomers &who);
    void markTask(TaskId id);
    Dirty takeDirty() { return std::exchange(m_dirty, {}); }
    bool isDirty() const { return !m_dirty.classes.empty() || !m_dirty.groups.empty(); }

private:
    template <typename Map, typename Key>
    static const typename Map::mapped_type *find(const Map &map, const Key &key)
    {
        const auto it = map.find(key);
        return it == map.end() ? nullptr : &it->second;
    }
    /// What expressions ask of workers.
    struct Column
    {
        Reference reference;
        size_t from = 0; ///< where the worker's own names begin in the path
        bool isLoad = false;
    };
    struct CachedPlan
    {
        QByteArray source;
        std::optional<Plan> plan;
        BoundFilters filters;
        std::map<std::pair<int, int>, BoundStep> steps; ///< by filter and target
    };

    void rebuildPlans();
    void bind(CachedPlan &cached);
    BoundStep boundStep(const Target &target);
    int column(const Reference &reference, size_t from);
    void rebuildQueues();
    void refreshWorker(WorkerId id);
    void refreshRow(const Worker &worker, WorkerView &view, bool isLoadOnly);
    void refreshReady(WorkerId id);
    void refreshGroup(const Worker &worker, const IdleKey &before, QueueView &queue,
                      const GroupKey &key);
    void removeWorker(WorkerId id);
    void countLoad(WorkerId id, WorkerView &view);
    void leaveQueues(WorkerId id, WorkerView &view);
    void enterQueues(const Worker &worker, WorkerView &view);
    void nameChanged(WorkerId worker, const QString &before, const QString &now);
    void refreshReservation(ReservationId id);
    /// Counts it in or out of what its worker holds; `times` is 1 or -1.
    void countHeld(const ReservationView &view, int times);
    void refreshTask(TaskId id);
    void touchTask(TaskId id);
    void touchReservation(ReservationId id);
    void forgetTask(TaskSlot slot);
    void stopWaiting(TaskSlot slot, const PackedTask &before, const Task &seen);
    void dropClass(ClassId id);
    void wait(TaskSlot slot, const Task &task);
    Turn turnOf(TaskSlot slot, const Task &task) const;
    bool isFifo(const GroupKey &key) const;
    /// The name by which the task's step knows a worker, in lower case; empty if it knows none so.
    QString askedNameOf(const Task &task) const;
    QByteArray classKey(const Task &task, const Row &row,
                        const std::optional<WorkerId> &only) const;
    /// Whom the task asks alone, if it does; null id = nobody that there is.
    std::optional<WorkerId> asksOnly(const Task &task) const;
    void setDeadlines(TaskSlot slot, const std::vector<Deadline> &before,
                      const std::vector<Deadline> &now);
    Group &groupFor(const GroupKey &key);
    void order(Ordering &ordering, WorkerId worker, const IdleKey &idle, bool isReady) const;

    const WorkingSet &m_set;
    quint64 m_told = 0;
    Symbols m_symbols;
    std::vector<Column> m_columns;
    std::map<QByteArray, int> m_columnIds;
    bool m_hasLoadColumns = false;
    std::map<WorkflowId, CachedPlan> m_plans;
    RecordTable<WorkerId, WorkerView> m_workers;
    TaskSlots m_slots;
    absl::flat_hash_map<ReservationId, ReservationView, IdHash> m_reservations;
    std::map<QString, WorkerId> m_workerNames; ///< lower case
    std::map<ActivityId, int> m_activities;    ///< workers per activity
    std::map<QueueId, QueueView> m_queues;
    std::map<QString, QueueId> m_queueNames;
    std::map<QString, TaskChannelId> m_channels;
    std::unordered_map<ClassId, TaskClass> m_classes;
    QHash<QByteArray, ClassId> m_classIds;
    ClassId m_lastClass = 0;
    std::map<WorkerId, std::set<ClassId>> m_alone;     ///< who is asked alone, for what
    std::map<QString, std::set<TaskId>> m_askedByName; ///< lower case name → tasks
    std::set<Deadline> m_deadlines;                    ///< of reservations
    absl::btree_set<Due, SoonerDue> m_due{SoonerDue{&m_slots}};
    std::map<WorkerId, Hold> m_holds;
    Census m_census{m_slots};
    Dirty m_dirty;
};

} // namespace peerdesk::routing
