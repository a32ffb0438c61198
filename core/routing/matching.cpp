// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/routing/matching.h"

#include "core/routing/scope.h"

#include <algorithm>
#include <cmath>

namespace peerdesk::routing {

using namespace Qt::StringLiterals;

namespace {

struct Candidates
{
    std::vector<WorkerId> fresh;                     ///< in order of idleness
    std::vector<std::pair<Time, WorkerId>> declined; ///< when, who; in order of idleness
};

size_t batchSize(const Index &index, const Task &task)
{
    const auto queue = index.set().queues.find(task.taskQueue);
    if (queue == index.set().queues.end())
        return 1;
    return size_t(std::clamp(queue->second.maxReservedWorkers, 1, MaxReservedWorkers));
}

const Worker *workerIn(const Index &index, WorkerId id)
{
    const auto found = index.set().workers.find(id);
    return found == index.set().workers.end() ? nullptr : &found->second;
}

/// Everyone who could take the task now. Stops once `enough` fresh ones are found.
Candidates candidates(const Index &index, const Task &task, size_t enough)
{
    Candidates out;
    const std::map<WorkerId, Time> declined = lastDeclines(task);
    const auto consider = [&](WorkerId id) {
        const Worker *worker = workerIn(index, id);
        if (!worker || !index.isReady(*worker, task.taskChannel) ||
            !mayBeAsked(index, task, *worker))
            return;
        const auto since = declined.find(id);
        if (since == declined.end())
            out.fresh.push_back(id);
        else
            out.declined.emplace_back(since->second, id);
    };
    const Target *target = index.target(task);
    switch (askedFor(index, task)) {
    case Asked::Wanted:
        consider(task.routingTargetWorker);
        return out;
    case Asked::Known:
        consider(knownWorker(index, task, *target));
        return out;
    case Asked::Queue:
        break;
    }
    const QueueView *queue = index.queue(task.taskQueue);
    const auto group =
        queue ? queue->groups.find(task.taskChannel) : decltype(queue->groups)::const_iterator{};
    if (!queue || group == queue->groups.end())
        return out;
    for (const IdleKey &key : group->second.ready) {
        consider(key.worker);
        if (out.fresh.size() >= enough)
            break;
    }
    return out;
}

/// A clause's value for one worker: nothing where the attribute is missing.
struct ClauseValues
{
    bool isUsable = true; ///< false: somebody's attribute is no integer, so the clause is ignored
    std::map<WorkerId, std::optional<qint64>> values;
};

ClauseValues valuesOf(const Index &index, const OrderClause &clause,
                      const std::vector<WorkerId> &workers)
{
    ClauseValues out;
    const QJsonObject nothing;
    for (const WorkerId &id : workers) {
        const Worker *worker = workerIn(index, id);
        const QJsonValue value = targetScope(index, nothing, *worker)(clause.attribute);
        std::optional<qint64> &number = out.values[id];
        if (value.isNull())
            continue;
        const double real = value.toDouble(0.5);
        if (real != std::floor(real) || std::abs(real) > 9e15)
            out.isUsable = false;
        else
            number = qint64(real);
    }
    return out;
}

/// Sorts by the clauses; who ties stays in order of idleness.
void order(const Index &index, const std::vector<OrderClause> &clauses,
           std::vector<WorkerId> &workers)
{
    std::vector<std::pair<ClauseValues, bool>> columns;
    for (const OrderClause &clause : clauses) {
        ClauseValues values = valuesOf(index, clause, workers);
        if (values.isUsable)
            columns.emplace_back(std::move(values), clause.isDescending);
    }
    std::ranges::stable_sort(workers, [&](WorkerId left, WorkerId right) {
        for (const auto &[column, isDescending] : columns) {
            const std::optional<qint64> &a = column.values.at(left);
            const std::optional<qint64> &b = column.values.at(right);
            if (a == b)
                continue;
            if (!a || !b)
                return a.has_value(); // who lacks the attribute comes last either way
            return isDescending ? *a > *b : *a < *b;
        }
        return false;
    });
}

bool sameName(const QString &left, const QString &right)
{
    return left.compare(right, Qt::CaseInsensitive) == 0;
}

/// Adds the text on which a comparison that holds agrees: skills and languages.
void addMatched(const std::optional<Expression> &expression, const Resolve &resolve,
                QStringList &words)
{
    constexpr qsizetype MaxWords = 3;
    constexpr qsizetype MaxLetters = 40;
    if (!expression)
        return;
    for (const Comparison *held : expression->holding(resolve)) {
        if (held->comparator != Comparator::Has && held->comparator != Comparator::In &&
            held->comparator != Comparator::Equal)
            continue;
        const Term &scalar = held->comparator == Comparator::In ? held->left : held->right;
        const bool namesWorker =
            held->left.kind == Term::Kind::Reference || held->right.kind == Term::Kind::Reference;
        const QString word = valueOf(scalar, resolve).toString().left(MaxLetters);
        if (namesWorker && !word.isEmpty() && words.size() < MaxWords &&
            !words.contains(word, Qt::CaseInsensitive))
            words.append(word);
    }
}

} // namespace

Asked askedFor(const Index &index, const Task &task)
{
    if (!task.routingTargetWorker.isNull() && workerIn(index, task.routingTargetWorker))
        return Asked::Wanted;
    const Target *target = index.target(task);
    return target && target->known != KnownWorker::None ? Asked::Known : Asked::Queue;
}

WorkerId knownWorker(const Index &index, const Task &task, const Target &target)
{
    const TaskView *view = index.task(task.id);
    if (!view)
        return {};
    const QString value = follow(view->attributes, target.knownWorker, 1).toString();
    if (value.isEmpty())
        return {};
    if (target.known == KnownWorker::BySid) {
        const WorkerId id = WorkerId::fromString(value);
        return workerIn(index, id) ? id : WorkerId{};
    }
    for (const auto &[id, worker] : index.set().workers) {
        if (sameName(worker.friendlyName, value))
            return id;
    }
    return {};
}

bool mayBeAsked(const Index &index, const Task &task, const Worker &worker)
{
    const Target *target = index.target(task);
    switch (askedFor(index, task)) {
    case Asked::Wanted:
        return worker.id == task.routingTargetWorker;
    case Asked::Known:
        if (worker.id != knownWorker(index, task, *target))
            return false;
        break;
    case Asked::Queue:
        break;
    }
    if (!index.isMember(worker.id, task.taskQueue))
        return false;
    const TaskView *view = index.task(task.id);
    return !target || !target->expression || !view ||
           target->expression->evaluate(targetScope(index, view->attributes, worker));
}

std::optional<Time> declinedAt(const Task &task, WorkerId worker)
{
    const std::map<WorkerId, Time> all = lastDeclines(task);
    const auto found = all.find(worker);
    return found == all.end() ? std::nullopt : std::optional(found->second);
}

std::vector<WorkerId> choose(const Index &index, const Task &task, Time now)
{
    const size_t most = batchSize(index, task);
    const Target *target = index.target(task);
    const bool isOrdered = target && !target->orderBy.empty();
    Candidates found = candidates(index, task, isOrdered ? SIZE_MAX : most);
    std::vector<WorkerId> out = std::move(found.fresh);
    if (!out.empty()) {
        if (isOrdered)
            order(index, target->orderBy, out);
    } else if (found.declined.size() > 1 ||
               (!found.declined.empty() && found.declined.front().first + DeclineMemory <= now)) {
        std::ranges::stable_sort(found.declined, {}, &std::pair<Time, WorkerId>::first);
        for (const auto &[since, id] : found.declined)
            out.push_back(id);
    }
    if (out.size() > most)
        out.resize(most);
    return out;
}

QString reasonFor(const Index &index, const Task &task, const Worker &worker)
{
    const Target *target = index.target(task);
    const QueueView *queue = index.queue(task.taskQueue);
    const WorkerView *view = index.worker(worker.id);
    const TaskView *taskView = index.task(task.id);
    const Asked asked = askedFor(index, task);
    QStringList words;
    if (asked != Asked::Wanted && view && taskView) {
        if (target)
            addMatched(target->expression, targetScope(index, taskView->attributes, worker), words);
        if (queue)
            addMatched(
                queue->targetWorkers,
                [&](const Reference &reference) {
                    return workerValue(index.set(), worker, view->attributes, reference);
                },
                words);
    }
    const auto record = index.set().queues.find(task.taskQueue);
    if (record != index.set().queues.end() &&
        !words.contains(record->second.friendlyName, Qt::CaseInsensitive))
        words.append(record->second.friendlyName);
    switch (asked) {
    case Asked::Wanted:
        words.append(u"asked for you"_s);
        break;
    case Asked::Known:
        words.append(u"knows the customer"_s);
        break;
    case Asked::Queue:
        words.append(target && !target->orderBy.empty() ? u"best match"_s : u"longest idle"_s);
        break;
    }
    return words.join(u", "_s);
}

} // namespace peerdesk::routing
