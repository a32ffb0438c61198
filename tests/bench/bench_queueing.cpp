// SPDX-License-Identifier: GPL-3.0-or-later
// The router against theory: mean waits in virtual time beside Erlang C and Erlang A. JSON on
// standard output. Usage: bench_queueing [tasks per cell]
#include "core/base/json.h"
#include "core/rehearsal/loads.h"
#include "core/rehearsal/settables.h"
#include "core/routing/router.h"
#include "tests/bench/figures.h"

#include <QJsonArray>

#include <cmath>
#include <queue>

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

struct Cell
{
    int n = 0;
    double rho = 0;
    double patience = 0; ///< seconds; 0 = endless
};

/// One cell in virtual time; the waits of everybody, in order of arrival.
class Run
{
public:
    Run(const Cell &cell, int tasks, quint64 seed)
        : m_cell(cell)
        , m_random(seed)
    {
        m_waits.assign(size_t(tasks), -1);
        m_since.assign(size_t(tasks), Time{});
        furnish();
        const double gap = ServiceSeconds / (cell.n * cell.rho);
        m_events.push({m_now + rehearsal::exponential(m_random, gap), ++m_order, 0, Kind::Arrive});
        while (!m_events.empty()) {
            const Event event = m_events.top();
            m_events.pop();
            m_now = event.at;
            happen(event, gap);
            while (m_router.settle(m_now, m_emit))
                continue;
            for (const ReservationId &offer : std::exchange(m_offers, {}))
                accept(offer);
        }
    }
    const std::vector<double> &waits() const { return m_waits; }

private:
    enum class Kind { Arrive, End, Leave };
    struct Event
    {
        Time at;
        quint64 order = 0;
        int task = 0;
        Kind kind = Kind::Arrive;
        bool operator<(const Event &other) const
        {
            return std::tie(other.at, other.order) < std::tie(at, order);
        }
    };

    void furnish()
    {
        tell(events::ActivitySaved{{id<ActivityId>("on"), u"On"_s, true}});
        tell(events::TaskChannelSaved{{id<TaskChannelId>("voice"), u"voice"_s, u"voice"_s, 1, 0s}});
        tell(events::QueueSaved{{id<QueueId>("Q"), u"Q"_s, u"1==1"_s, TaskOrder::Fifo, 1}});
        tell(events::WorkflowSaved{{id<WorkflowId>("W"),
                                    u"W"_s,
                                    {R"({"task_routing":{"default_filter":{"queue":"Q"}}})"},
                                    {}}});
        for (int i = 0; i < m_cell.n; ++i) {
            Worker worker;
            worker.id = id<WorkerId>("w" + QByteArray::number(i));
            worker.friendlyName = u"w%1"_s.arg(i);
            worker.attributes = {"{}"};
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
    static TaskId taskId(int i) { return {QUuid(quint32(i), 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)}; }
    void happen(const Event &event, double gap)
    {
        const TaskId task = taskId(event.task);
        switch (event.kind) {
        case Kind::Arrive: {
            Task made;
            made.id = task;
            made.taskChannel = u"voice"_s;
            made.workflow = id<WorkflowId>("W");
            made.attributes = {"{}"};
            m_since[size_t(event.task)] = m_now;
            tell(events::TaskCreated{*m_router.place(made, {}, m_now)});
            if (m_cell.patience > 0)
                m_events.push({m_now + rehearsal::exponential(m_random, m_cell.patience), ++m_order,
                               event.task, Kind::Leave});
            if (size_t(event.task) + 1 < m_waits.size())
                m_events.push({m_now + rehearsal::exponential(m_random, gap), ++m_order,
                               event.task + 1, Kind::Arrive});
            return;
        }
        case Kind::End:
            std::ignore = routing::complete(m_tables.set, task, {}, m_emit);
            return;
        case Kind::Leave:
            if (routing::cancel(m_tables.set, task, u"left"_s, m_emit))
                note(event.task);
            return;
        }
    }
    void accept(ReservationId offer)
    {
        const auto found = m_tables.set.reservations.find(offer);
        if (found == m_tables.set.reservations.end())
            return;
        const int task = int(found->second.task.value.data1);
        std::ignore = routing::accept(m_tables.set, offer, found->second.worker, m_now, m_emit);
        note(task);
        m_events.push(
            {m_now + rehearsal::exponential(m_random, ServiceSeconds), ++m_order, task, Kind::End});
    }
    void note(int task)
    {
        m_waits[size_t(task)] = double((m_now - m_since[size_t(task)]).count()) / 1000.0;
    }

    Cell m_cell;
    rehearsal::Sequence m_random;
    rehearsal::RoutingTables m_tables;
    routing::Router m_router{m_tables.set};
    routing::Emit m_emit{[this](const events::Fact &fact) { tell(fact); }};
    Time m_now{1'790'000'000'000};
    quint64 m_facts = 0;
    quint64 m_order = 0;
    std::priority_queue<Event> m_events;
    std::vector<ReservationId> m_offers;
    std::vector<double> m_waits;
    std::vector<Time> m_since;
};

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

} // namespace

int main(int argc, char **argv)
{
    const int tasks = argc > 1 ? std::max(400, QByteArray(argv[1]).toInt()) : 100'000;
    QJsonArray cells;
    int within2 = 0;
    int within35 = 0;
    int count = 0;
    for (const double patience : {0.0, 200.0}) {
        for (const int n : {5, 10, 20, 50}) {
            for (const double rho : {0.7, 0.8, 0.9, 0.95}) {
                const Cell cell{n, rho, patience};
                const Run run(cell, tasks, quint64(++count) * 7919);
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
    bench::print({{u"bench"_s, u"queueing"_s},
                  {u"tasks_per_cell"_s, tasks},
                  {u"cells"_s, cells},
                  {u"within_2"_s, double(within2) / count},
                  {u"within_3_5"_s, double(within35) / count}});
    return 0;
}
