// SPDX-License-Identifier: GPL-3.0-or-later
// The router against theory, in virtual time: mean waits beside Erlang C and Erlang A; two skills a
// person in a chain beside one pool of all; calls under a backlog of chats beside a line that
// nobody overtakes in; who was overtaken by somebody of the same skill and priority. JSON on
// standard output. Usage: bench_queueing [tasks per cell]
#include "core/base/json.h"
#include "core/rehearsal/loads.h"
#include "core/rehearsal/settables.h"
#include "core/routing/router.h"
#include "tests/bench/figures.h"

#include <QJsonArray>

#include <cmath>
#include <queue>
#include <set>

using namespace peerdesk;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr double ServiceSeconds = 100;
constexpr int Batches = 20;

template <typename IdType>
IdType id(const QByteArray &name)
{
    return derivedId<IdType>(OfficeId{}, name);
}

/// Erlang's C formula: the share who wait. Source: M/M/n.
double erlangC(int n, double load)
{
    double inverse = 1;
    for (int i = 1; i <= n; ++i)
        inverse = 1 + inverse * double(i) / load; // Erlang B by its recursion
    const double blocked = 1 / inverse;
    const double rho = load / n;
    return blocked / (1 - rho + rho * blocked);
}

/// Mean wait of everybody who comes, answered or not, with impatience (M/M/n+M), by summing the
/// states of the birth and death process. Seconds.
double erlangA(int n, double arrivals, double service, double patience)
{
    const double mu = 1 / service;
    const double theta = 1 / patience;
    double weight = 1;
    double total = 1;
    double waiting = 0;
    for (int k = 1; k < n + 20'000; ++k) {
        const double death = k <= n ? k * mu : n * mu + (k - n) * theta;
        weight *= arrivals / death;
        total += weight;
        waiting += weight * std::max(0, k - n);
        if (k > n && weight < total * 1e-15)
            break;
    }
    return waiting / total / arrivals; // Little
}

/// Who comes: Poisson arrivals, exponential work.
struct Stream
{
    QString taskChannel = u"voice"_s;
    int skill = 0;
    int priority = 0;
    double gap = 0; ///< mean seconds from one arrival to the next
    int atOnce = 1; ///< how many come with one arrival
};

/// One setting in virtual time. Streams ask for their skill; person i has what `skillsOf` says.
struct Cell
{
    std::vector<Stream> streams;
    std::vector<std::vector<int>> skillsOf; ///< one entry a person
    double patience = 0;                    ///< seconds; 0 = endless
    bool usesUnits = false; ///< a call takes a whole person, a chat a quarter; else all take one
};

constexpr int Units = 100;
int unitsOf(const QString &taskChannel)
{
    return taskChannel == u"chat"_s ? Units / 4 : Units;
}

/// What became of one task.
struct Story
{
    size_t stream = 0;
    Time came;
    double wait = -1; ///< seconds until it began or left
    Milliseconds work{0};
};

/// One cell on the product's router.
class Run
{
public:
    Run(const Cell &cell, int tasks, quint64 seed)
        : m_cell(cell)
        , m_random(seed)
        , m_most(size_t(tasks))
    {
        m_tables.set.usesChannelWeights = cell.usesUnits;
        furnish();
        for (size_t stream = 0; stream < cell.streams.size(); ++stream)
            comeNext(stream);
        while (true) {
            const std::optional<Time> due =
                cell.usesUnits ? m_router.nextDeadline(m_now) : std::nullopt;
            if (due && (m_events.empty() || *due < m_events.top().at)) {
                m_now = std::max(m_now, *due);
            } else if (!m_events.empty()) {
                const Event event = m_events.top();
                m_events.pop();
                m_now = event.at;
                happen(event);
            } else {
                return;
            }
            while (m_router.settle(m_now, m_emit))
                continue;
            for (const ReservationId &offer : std::exchange(m_offers, {}))
                accept(offer);
        }
    }
    /// In order of arrival.
    const std::vector<Story> &stories() const { return m_stories; }
    std::vector<double> waits() const
    {
        std::vector<double> out;
        for (const Story &story : m_stories)
            out.push_back(story.wait);
        return out;
    }
    /// How many began before somebody of the same skill and priority who had come earlier.
    int inversions() const { return m_inversions; }

private:
    enum class Kind { Arrive, End, Leave };
    struct Event
    {
        Time at;
        quint64 order = 0;
        size_t subject = 0; ///< stream of Arrive, else task
        Kind kind = Kind::Arrive;
        bool operator<(const Event &other) const
        {
            return std::tie(other.at, other.order) < std::tie(at, order);
        }
    };

    void furnish()
    {
        tell(events::ActivitySaved{{id<ActivityId>("on"), u"On"_s, true}});
        for (const QString &name : {u"voice"_s, u"chat"_s})
            tell(events::TaskChannelSaved{{id<TaskChannelId>(name.toUtf8()), name, name,
                                           Units / unitsOf(name), 0s, unitsOf(name)}});
        std::set<int> skills;
        for (const Stream &stream : m_cell.streams)
            skills.insert(stream.skill);
        QJsonArray filters;
        for (const int skill : skills) {
            const QString name = u"Q%1"_s.arg(skill);
            tell(events::QueueSaved{{id<QueueId>(name.toUtf8()), name,
                                     u"skills HAS 's%1'"_s.arg(skill), TaskOrder::Fifo, 1}});
            filters.append(
                QJsonObject{{u"filter_friendly_name"_s, name},
                            {u"expression"_s, u"skill == 's%1'"_s.arg(skill)},
                            {u"targets"_s, QJsonArray{QJsonObject{{u"queue"_s, name}}}}});
        }
        const QJsonObject routing{{u"filters"_s, filters},
                                  {u"default_filter"_s, QJsonObject{{u"queue"_s, u"Q0"_s}}}};
        tell(events::WorkflowSaved{
            {id<WorkflowId>("W"), u"W"_s, json::canonical({{u"task_routing"_s, routing}}), {}}});
        for (size_t i = 0; i < m_cell.skillsOf.size(); ++i) {
            QJsonArray known;
            for (const int skill : m_cell.skillsOf[i])
                known.append(u"s%1"_s.arg(skill));
            Worker worker;
            worker.id = id<WorkerId>("w" + QByteArray::number(qulonglong(i)));
            worker.friendlyName = u"w%1"_s.arg(i);
            worker.attributes = json::canonical({{u"skills"_s, known}});
            worker.activity = id<ActivityId>("on");
            worker.available = true;
            tell(events::WorkerCreated{worker});
        }
    }
    void tell(const events::Fact &fact)
    {
        events::apply(fact, {++m_facts, 0, m_now}, m_tables);
        m_router.changed(fact);
        if (const auto *offered = std::get_if<events::ReservationCreated>(&fact))
            m_offers.push_back(offered->reservation.id);
    }
    static TaskId taskId(size_t i) { return {QUuid(quint32(i), 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)}; }
    void plan(Milliseconds in, size_t subject, Kind kind)
    {
        m_events.push({m_now + in, ++m_order, subject, kind});
    }
    void comeNext(size_t stream)
    {
        plan(rehearsal::exponential(m_random, m_cell.streams[stream].gap), stream, Kind::Arrive);
    }
    void happen(const Event &event)
    {
        switch (event.kind) {
        case Kind::Arrive:
            for (int i = 0; i < m_cell.streams[event.subject].atOnce && m_stories.size() < m_most;
                 ++i)
                arrive(event.subject);
            if (m_stories.size() < m_most)
                comeNext(event.subject);
            return;
        case Kind::End:
            std::ignore = routing::complete(m_tables.set, taskId(event.subject), {}, m_emit);
            return;
        case Kind::Leave:
            if (routing::cancel(m_tables.set, taskId(event.subject), u"left"_s, m_emit))
                note(event.subject);
            return;
        }
    }
    void arrive(size_t number)
    {
        const Stream &stream = m_cell.streams[number];
        const size_t task = m_stories.size();
        m_stories.push_back({number, m_now, -1, Milliseconds(0)});
        Task made;
        made.id = taskId(task);
        made.taskChannel = stream.taskChannel;
        made.workflow = id<WorkflowId>("W");
        made.taskPriority = stream.priority;
        made.attributes = json::canonical({{u"skill"_s, u"s%1"_s.arg(stream.skill)}});
        tell(events::TaskCreated{*m_router.place(made, {}, m_now)});
        if (m_cell.patience > 0)
            plan(rehearsal::exponential(m_random, m_cell.patience), task, Kind::Leave);
    }
    void accept(ReservationId offer)
    {
        const auto found = m_tables.set.reservations.find(offer);
        if (found == m_tables.set.reservations.end())
            return;
        const size_t task = found->second.task.value.data1;
        std::ignore = routing::accept(m_tables.set, offer, found->second.worker, m_now, m_emit);
        note(task);
        Story &story = m_stories[task];
        const Stream &stream = m_cell.streams[story.stream];
        Time &newest = m_newest[{stream.skill, stream.priority, stream.taskChannel}];
        m_inversions += story.came < newest;
        newest = std::max(newest, story.came);
        story.work = rehearsal::exponential(m_random, ServiceSeconds);
        plan(story.work, task, Kind::End);
    }
    void note(size_t task)
    {
        m_stories[task].wait = double((m_now - m_stories[task].came).count()) / 1000.0;
    }

    Cell m_cell;
    rehearsal::Sequence m_random;
    size_t m_most;
    rehearsal::RoutingTables m_tables;
    routing::Router m_router{m_tables.set};
    routing::Emit m_emit{[this](const events::Fact &fact) { tell(fact); }};
    Time m_now{1'790'000'000'000};
    quint64 m_facts = 0;
    quint64 m_order = 0;
    std::priority_queue<Event> m_events;
    std::vector<ReservationId> m_offers;
    std::vector<Story> m_stories;
    std::map<std::tuple<int, int, QString>, Time> m_newest; ///< who began last of each kind
    int m_inversions = 0;
};

/// The waits of the same people in a line in which nobody is ever overtaken: whoever is first waits
/// until somebody has room, and all behind wait along. No router of ours in it.
std::vector<double> strictLine(const Cell &cell, const std::vector<Story> &stories)
{
    struct End
    {
        Time at;
        size_t person = 0;
        int units = 0;
        bool operator<(const End &other) const { return other.at < at; }
    };
    std::vector<int> free(cell.skillsOf.size(), Units);
    std::vector<Time> busySince(free.size());
    std::priority_queue<End> ends;
    std::set<std::pair<int, size_t>> line; // most urgent first, then by arrival
    std::vector<double> waits(stories.size());
    size_t next = 0;
    while (next < stories.size() || !line.empty()) {
        const bool comes =
            next < stories.size() && (ends.empty() || stories[next].came <= ends.top().at);
        const Time now = comes ? stories[next].came : ends.top().at;
        if (comes) {
            line.emplace(-cell.streams[stories[next].stream].priority, next);
            ++next;
        } else {
            free[ends.top().person] += ends.top().units;
            busySince[ends.top().person] = now;
            ends.pop();
        }
        while (!line.empty()) {
            const size_t first = line.begin()->second;
            const Story &story = stories[first];
            const int units = unitsOf(cell.streams[story.stream].taskChannel);
            std::optional<size_t> taker; // idle for longest
            for (size_t person = 0; person < free.size(); ++person) {
                if (free[person] >= units && (!taker || busySince[person] < busySince[*taker]))
                    taker = person;
            }
            if (!taker)
                break;
            line.erase(line.begin());
            free[*taker] -= units;
            ends.push({now + story.work, *taker, units});
            waits[first] = double((now - story.came).count()) / 1000.0;
        }
    }
    return waits;
}

/// Mean and standard error by batch means; the first tenth only warms up.
std::pair<double, double> meanOf(const std::vector<double> &waits)
{
    const size_t from = waits.size() / 10;
    const size_t size = (waits.size() - from) / Batches;
    std::vector<double> means;
    for (size_t batch = 0; batch < Batches; ++batch) {
        double sum = 0;
        for (size_t i = 0; i < size; ++i)
            sum += waits[from + batch * size + i];
        means.push_back(sum / double(size));
    }
    double mean = 0;
    for (const double one : means)
        mean += one / Batches;
    double variance = 0;
    for (const double one : means)
        variance += (one - mean) * (one - mean) / (Batches - 1);
    return {mean, std::sqrt(variance / Batches)};
}

Cell pool(int n, double rho, double patience)
{
    Cell cell;
    cell.streams = {Stream{u"voice"_s, 0, 0, ServiceSeconds / (n * rho)}};
    cell.skillsOf.assign(size_t(n), {0});
    cell.patience = patience;
    return cell;
}

QJsonObject besideErlang(int tasks)
{
    QJsonArray cells;
    int within2 = 0;
    int within35 = 0;
    int count = 0;
    for (const double patience : {0.0, 200.0}) {
        for (const int n : {5, 10, 20, 50}) {
            for (const double rho : {0.7, 0.8, 0.9, 0.95}) {
                const Run run(pool(n, rho, patience), tasks, quint64(++count) * 7919);
                const auto [mean, error] = meanOf(run.waits());
                const double arrivals = n * rho / ServiceSeconds;
                const double theory = patience > 0
                                          ? erlangA(n, arrivals, ServiceSeconds, patience)
                                          : erlangC(n, n * rho) * ServiceSeconds / (n * (1 - rho));
                const double off = error > 0 ? std::abs(mean - theory) / error : 0;
                within2 += off <= 2;
                within35 += off <= 3.5;
                cells.append(
                    QJsonObject{{u"formula"_s, patience > 0 ? u"Erlang A"_s : u"Erlang C"_s},
                                {u"n"_s, n},
                                {u"rho"_s, rho},
                                {u"mean_wait_s"_s, mean},
                                {u"theory_s"_s, theory},
                                {u"standard_error_s"_s, error},
                                {u"errors_off"_s, off}});
            }
        }
    }
    return {{u"cells"_s, cells},
            {u"within_2"_s, double(within2) / count},
            {u"within_3_5"_s, double(within35) / count}};
}

/// Everybody has one skill, two that make a ring, or all. Source of the ring and of its largest
/// setting: Wallace, Whitt, "A staffing algorithm for call centers with skill-based routing"
/// (2005).
QJsonArray besideOnePool(int tasks)
{
    QJsonArray out;
    for (const auto &[skills, each] : {std::pair(3, 4), std::pair(5, 10), std::pair(6, 15)}) {
        for (const double rho : {0.8, 0.9, 0.95}) {
            const int people = skills * each;
            int inversions = 0;
            const auto measured = [&, skillCount = skills, perSkill = each](int known) {
                Cell cell;
                for (int skill = 0; skill < skillCount; ++skill) { // a tenth is more urgent
                    cell.streams.push_back(
                        Stream{u"voice"_s, skill, 0, ServiceSeconds / (rho * 0.9 * perSkill)});
                    cell.streams.push_back(
                        Stream{u"voice"_s, skill, 5, ServiceSeconds / (rho * 0.1 * perSkill)});
                }
                for (int person = 0; person < people; ++person) {
                    std::vector<int> own;
                    for (int i = 0; i < known; ++i)
                        own.push_back((person + i) % skillCount);
                    cell.skillsOf.push_back(own);
                }
                const Run run(cell, tasks, 7919 * quint64(people) + quint64(rho * 100));
                inversions += run.inversions();
                return meanOf(run.waits());
            };
            const double alone = measured(1).first;
            const std::pair<double, double> chain = measured(2);
            const std::pair<double, double> pooled = measured(skills);
            out.append(
                QJsonObject{{u"skills"_s, skills},
                            {u"people"_s, people},
                            {u"rho"_s, rho},
                            {u"one_skill_each_s"_s, alone},
                            {u"chain_s"_s, chain.first},
                            {u"chain_standard_error_s"_s, chain.second},
                            {u"pooled_s"_s, pooled.first},
                            {u"pooled_standard_error_s"_s, pooled.second},
                            {u"pooled_theory_s"_s,
                             erlangC(people, people * rho) * ServiceSeconds / (people * (1 - rho))},
                            {u"chain_times_pooled"_s, chain.first / pooled.first},
                            {u"inversions"_s, inversions}});
        }
    }
    return out;
}

/// Calls while chats come in heaps that wait for a long time.
QJsonArray callsAmongChats(int tasks)
{
    QJsonArray out;
    constexpr int People = 20;
    constexpr int Heap = 200;
    for (const double rho : {0.7, 0.8, 0.9}) {
        for (const int priority : {0, 5}) {
            Cell cell;
            cell.usesUnits = true;
            cell.skillsOf.assign(People, {0});
            // Half of the work is calls, half chats, four of which make one person's work.
            cell.streams = {
                Stream{u"voice"_s, 0, priority, ServiceSeconds / (People * rho / 2)},
                Stream{u"chat"_s, 0, 0, ServiceSeconds * Heap / (People * 4 * rho / 2), Heap}};
            const Run run(cell, tasks, quint64(priority) + quint64(rho * 1000));
            const std::vector<double> ideal = strictLine(cell, run.stories());
            std::vector<double> ours;
            std::vector<double> theirs;
            for (size_t i = 0; i < ideal.size(); ++i) {
                if (run.stories()[i].stream != 0)
                    continue;
                ours.push_back(run.stories()[i].wait);
                theirs.push_back(ideal[i]);
            }
            const auto [mean, error] = meanOf(ours);
            const auto [idealMean, idealError] = meanOf(theirs);
            out.append(QJsonObject{{u"people"_s, People},
                                   {u"rho"_s, rho},
                                   {u"calls_are_more_urgent"_s, priority > 0},
                                   {u"calls"_s, qint64(ours.size())},
                                   {u"mean_wait_s"_s, mean},
                                   {u"standard_error_s"_s, error},
                                   {u"ideal_s"_s, idealMean},
                                   {u"ideal_standard_error_s"_s, idealError},
                                   {u"times_ideal"_s, mean / idealMean},
                                   {u"p95_s"_s, bench::quantile(ours, 0.95)},
                                   {u"ideal_p95_s"_s, bench::quantile(theirs, 0.95)},
                                   {u"inversions"_s, run.inversions()}});
        }
    }
    return out;
}

} // namespace

int main(int argc, char **argv)
{
    const int tasks = argc > 1 ? std::max(400, QByteArray(argv[1]).toInt()) : 100'000;
    QJsonObject figures = besideErlang(tasks);
    figures.insert(u"bench"_s, u"queueing"_s);
    figures.insert(u"tasks_per_cell"_s, tasks);
    figures.insert(u"two_skills_in_a_chain"_s, besideOnePool(tasks));
    figures.insert(u"calls_among_chats"_s, callsAmongChats(tasks));
    bench::print(figures);
    return 0;
}
