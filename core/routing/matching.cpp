// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/routing/matching.h"

#include "core/base/json.h"
#include "core/routing/scope.h"

#include <algorithm>

namespace peerdesk::routing {

using namespace Qt::StringLiterals;

namespace {

struct Candidates
{
    std::vector<WorkerId> fresh;                     ///< in the order in which they were looked at
    std::vector<std::pair<Time, WorkerId>> declined; ///< when, who
};

size_t batchSize(const Index &index, const Task &task)
{
    const auto queue = index.set().queues.find(task.waitingQueue());
    if (queue == index.set().queues.end() || queue->second.autoAccept)
        return 1;
    return size_t(std::clamp(queue->second.maxReservedWorkers, 1, MaxReservedWorkers));
}

const Worker *workerIn(const Index &index, WorkerId id)
{
    const auto found = index.set().workers.find(id);
    return found == index.set().workers.end() ? nullptr : &found->second;
}

bool ignoresCapacity(const Task &task)
{
    return task.isTransferring() ? task.transfer->ignoreCapacity : task.ignoreCapacity;
}

/// One look for somebody for one task.
class Search
{
public:
    Search(Index &index, const Task &task, const Newcomers &who, size_t enough)
        : m_index(index)
        , m_task(task)
        , m_who(who)
        , m_enough(enough)
        , m_declined(lastDeclines(task))
    {}

    Candidates run()
    {
        switch (askedFor(m_index, m_task)) {
        case Asked::Wanted:
            consider(wantedWorker(m_index, m_task), ignoresCapacity(m_task));
            return std::move(m_found);
        case Asked::Known:
            consider(knownWorker(m_index, m_task, *m_index.target(m_task)));
            return std::move(m_found);
        case Asked::Queue:
            break;
        }
        const auto queue = m_index.set().queues.find(m_task.waitingQueue());
        if (queue == m_index.set().queues.end() || queue->second.isPull)
            return {};
        if (m_who.isEverybody)
            everybody();
        else
            newcomers();
        return std::move(m_found);
    }

private:
    void everybody()
    {
        const GroupKey key{m_task.waitingQueue(), m_task.taskChannel};
        const BoundStep *step = m_index.step(m_task);
        const Ordering *ordering = step ? m_index.ordering(key, *step) : nullptr;
        if (ordering) {
            for (const Ordering::Key &ready : ordering->ready) {
                consider(ready.idle.worker);
                if (m_found.fresh.size() >= m_enough)
                    return;
            }
            return;
        }
        const bool isSorted = step && !step->order.empty();
        const Group *group = m_index.group(key);
        if (!group)
            return;
        for (const IdleKey &ready : group->ready) {
            consider(ready.worker);
            if (!isSorted && m_found.fresh.size() >= m_enough)
                return;
        }
        if (isSorted)
            sort(step->order);
    }
    void newcomers()
    {
        std::vector<IdleKey> order;
        for (const WorkerId &worker : m_who.workers) {
            if (const WorkerView *view = m_index.worker(worker))
                order.push_back(view->idle);
        }
        std::ranges::sort(order);
        for (const IdleKey &one : order)
            consider(one.worker);
        const BoundStep *step = m_index.step(m_task);
        if (step && !step->order.empty())
            sort(step->order);
    }
    void consider(WorkerId id, bool isAnyState = false)
    {
        const Worker *worker = workerIn(m_index, id);
        if (!worker || (!isAnyState && !m_index.isReady(*worker, m_task.taskChannel)) ||
            !mayBeAsked(m_index, m_task, *worker) ||
            (!isAnyState && isHeldBack(m_index, m_task, id)))
            return;
        const auto since = m_declined.find(id);
        if (since == m_declined.end())
            m_found.fresh.push_back(id);
        else
            m_found.declined.emplace_back(since->second, id);
    }
    /// By the clauses; who ties stays in the order of idleness. A clause of which somebody's value
    /// is no integer is ignored.
    void sort(const std::vector<std::pair<int, bool>> &clauses)
    {
        std::vector<std::pair<std::map<WorkerId, std::optional<qint64>>, bool>> columns;
        for (const auto &[column, isDescending] : clauses) {
            if (auto values = valuesOf(column))
                columns.emplace_back(std::move(*values), isDescending);
        }
        std::ranges::stable_sort(m_found.fresh, [&](WorkerId left, WorkerId right) {
            for (const auto &[column, isDescending] : columns) {
                const std::optional<qint64> &a = column.at(left);
                const std::optional<qint64> &b = column.at(right);
                if (a == b)
                    continue;
                if (!a || !b)
                    return a.has_value(); // who lacks the attribute comes last either way
                return isDescending ? *a > *b : *a < *b;
            }
            return false;
        });
    }
    /// Nothing where a value is no integer.
    std::optional<std::map<WorkerId, std::optional<qint64>>> valuesOf(int column) const
    {
        std::map<WorkerId, std::optional<qint64>> out;
        for (const WorkerId &id : m_found.fresh) {
            const Cell &cell = m_index.worker(id)->row[size_t(column)];
            out[id] = integerOf(cell);
            if (!out[id] && cell.kind != Cell::Kind::Null)
                return std::nullopt;
        }
        return out;
    }

    Index &m_index;
    const Task &m_task;
    const Newcomers &m_who;
    size_t m_enough;
    std::map<WorkerId, Time> m_declined;
    Candidates m_found;
};

void addMatched(const QStringList &agreements, QStringList &words)
{
    constexpr qsizetype MaxWords = 3;
    constexpr qsizetype MaxLetters = 40;
    for (const QString &agreed : agreements) {
        const QString word = agreed.left(MaxLetters);
        if (words.size() < MaxWords && !words.contains(word, Qt::CaseInsensitive))
            words.append(word);
    }
}

/// What the task's step asks of it: its class's, or read into `own`.
const Row &askedOf(const Index &index, const Task &task, const TaskView &view, Row &own)
{
    if (const TaskClass *waiting = index.taskClass(view.taskClass))
        return waiting->row;
    return own = index.rowOf(task);
}

} // namespace

WorkerId wantedWorker(const Index &index, const Task &task)
{
    if (task.isTransferring()) {
        return task.transfer->type == TransferType::Worker ? task.transfer->toWorker : WorkerId{};
    }
    return workerIn(index, task.routingTargetWorker) ? task.routingTargetWorker : WorkerId{};
}

Asked askedFor(const Index &index, const Task &task)
{
    if (!wantedWorker(index, task).isNull())
        return Asked::Wanted;
    const Target *target = index.target(task);
    return target && target->known != KnownWorker::None ? Asked::Known : Asked::Queue;
}

WorkerId knownWorker(const Index &index, const Task &task, const Target &target)
{
    const TaskView *view = index.task(task.id);
    const TaskClass *waiting = view ? index.taskClass(view->taskClass) : nullptr;
    WorkerId id;
    if (waiting && waiting->isAlone && wantedWorker(index, task).isNull()) {
        id = waiting->only;
    } else if (view) {
        const QString known = index.knownOf(task);
        id = target.known == KnownWorker::ByName ? index.workerNamed(known)
                                                 : WorkerId::fromString(known);
    }
    return workerIn(index, id) ? id : WorkerId{};
}

bool mayBeAsked(const Index &index, const Task &task, const Worker &worker)
{
    if (task.isTransferring() && worker.id == task.transfer->initiatingWorker)
        return false;
    const Target *target = index.target(task);
    switch (askedFor(index, task)) {
    case Asked::Wanted:
        return worker.id == wantedWorker(index, task);
    case Asked::Known:
        if (worker.id != knownWorker(index, task, *target))
            return false;
        break;
    case Asked::Queue:
        break;
    }
    if (!index.isMember(worker.id, task.waitingQueue()))
        return false;
    const TaskView *view = index.task(task.id);
    const BoundStep *step = index.step(task);
    if (!target || !target->expression || !view || !step)
        return true;
    const WorkerView *who = index.worker(worker.id);
    if (!who)
        return false;
    Row own;
    return step->expression.evaluate(who->row, askedOf(index, task, *view, own));
}

bool isHeldBack(const Index &index, const Task &task, WorkerId worker)
{
    const auto hold = index.holds().find(worker);
    return hold != index.holds().end() && index.knows(task.id) &&
           hold->second.rank < index.rankOf(task) && task.priority < hold->second.below &&
           index.weight(task.taskChannel) > 0;
}

std::optional<Time> declinedAt(const Task &task, WorkerId worker)
{
    const std::map<WorkerId, Time> all = lastDeclines(task);
    const auto found = all.find(worker);
    return found == all.end() ? std::nullopt : std::optional(found->second);
}

std::vector<WorkerId> choose(Index &index, const Task &task, Time now, const Newcomers &who)
{
    static const Newcomers everybody{true, {}};
    const Worker *preferred = workerIn(index, task.preferredWorker);
    if (preferred && !task.isTransferring() && !declinedAt(task, preferred->id) &&
        index.isReady(*preferred, task.taskChannel))
        return {preferred->id};
    const size_t most = batchSize(index, task);
    const bool isFirstTime = task.excluded.empty();
    Candidates found = Search(index, task, isFirstTime ? who : everybody, most).run();
    std::vector<WorkerId> out = std::move(found.fresh);
    if (out.empty() &&
        (found.declined.size() > 1 ||
         (!found.declined.empty() && found.declined.front().first + DeclineMemory <= now))) {
        std::ranges::stable_sort(found.declined, {}, &std::pair<Time, WorkerId>::first);
        for (const auto &[since, id] : found.declined)
            out.push_back(id);
    }
    if (out.size() > most)
        out.resize(most);
    return out;
}

namespace {

/// The queue's first waiting task that any member may be asked for.
std::optional<Rank> firstOf(const Index &index, const QueueView &queue)
{
    std::optional<Rank> first;
    for (const auto &[channel, group] : queue.groups) {
        for (const ClassId id : group.classes) {
            const Rank rank = index.firstOf(*index.taskClass(id));
            if (!first || rank < *first)
                first = rank;
        }
    }
    return first;
}

/// The members who lack nothing but units for `task`; nobody if somebody could have it at once.
std::map<WorkerId, Hold> holdersFor(const Index &index, const QueueView &queue, const Task &task,
                                    Time now)
{
    const int units = index.weight(task.taskChannel);
    const Rank rank = index.rankOf(task);
    std::map<WorkerId, Hold> out;
    auto nearest = out.end();
    int most = std::numeric_limits<int>::min();
    for (const WorkerId &id : queue.members) {
        const Worker *worker = workerIn(index, id);
        if (!worker || !index.isPresent(*worker, task.taskChannel) ||
            !index.hasFreeSlot(*worker, task.taskChannel) || declinedAt(task, id) ||
            !mayBeAsked(index, task, *worker))
            continue;
        const int free = index.freeUnits(id);
        if (free >= units)
            return {};
        const Time until = std::max(task.taskQueueEnteredDate, worker->lastTaskAt) + HoldTime;
        if (until <= now)
            continue;
        const auto held = out.insert({id, {rank, until, task.priority}}).first;
        if (free > most) {
            most = free;
            nearest = held;
        }
    }
    if (nearest != out.end())
        nearest->second.below = Hold().below;
    return out;
}

} // namespace

std::map<WorkerId, Hold> holdsAt(const Index &index, Time now)
{
    std::map<WorkerId, Hold> out;
    if (!index.set().usesChannelWeights)
        return out;
    std::map<Rank, const QueueView *> firsts;
    for (const auto &[id, record] : index.set().queues) {
        const QueueView *queue = record.isPull ? nullptr : index.queue(id);
        if (const auto first = queue ? firstOf(index, *queue) : std::nullopt)
            firsts.emplace(*first, queue);
    }
    for (const auto &[rank, queue] : firsts) {
        const Task task = index.set().tasks.at(rank.task);
        const int units = index.weight(task.taskChannel);
        if (units == 0 || units > WorkerUnits)
            continue;
        // Whoever is held for something more urgent stays so.
        out.merge(holdersFor(index, *queue, task, now));
    }
    return out;
}

QString reasonFor(const Index &index, const Task &task, const Worker &worker)
{
    const Target *target = index.target(task);
    const QueueView *queue = index.queue(task.waitingQueue());
    const WorkerView *view = index.worker(worker.id);
    const Asked asked = askedFor(index, task);
    QStringList words;
    const TaskView *waiting = index.task(task.id);
    if (asked != Asked::Wanted && view && waiting) {
        Row own;
        if (const BoundStep *step = index.step(task))
            addMatched(step->expression.agreements(view->row, askedOf(index, task, *waiting, own)),
                       words);
        if (queue)
            addMatched(queue->targetWorkers.agreements(view->row, {}), words);
    }
    const auto record = index.set().queues.find(task.waitingQueue());
    if (record != index.set().queues.end() &&
        !words.contains(record->second.friendlyName, Qt::CaseInsensitive))
        words.append(record->second.friendlyName);
    switch (asked) {
    case Asked::Wanted:
        words.append(task.isTransferring() ? u"handed over to you"_s : u"asked for you"_s);
        break;
    case Asked::Known:
        words.append(u"knows the customer"_s);
        break;
    case Asked::Queue:
        if (task.preferredWorker == worker.id)
            words.append(u"knows the customer"_s);
        else
            words.append(target && !target->orderBy.empty() ? u"best match"_s : u"longest idle"_s);
        break;
    }
    return words.join(u", "_s);
}

} // namespace peerdesk::routing
