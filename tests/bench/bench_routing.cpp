// SPDX-License-Identifier: GPL-3.0-or-later
// The router: what one decision takes, at office size and at 10,000 workers with 100,000 waiting
// tasks; expressions; memory. JSON on standard output.
// Usage: bench_routing [workers] [waiting tasks] [rounds]
#include "core/routing/boundexpression.h"
#include "core/routing/whomatches.h"
#include "tests/bench/figures.h"
#include "tests/bench/routingdesk.h"

#include <ctime>
#include <malloc.h>

using namespace peerdesk;
using bench::Desk;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

double heapMiB()
{
    return double(mallinfo2().uordblks + mallinfo2().hblkhd) / 1024.0 / 1024.0;
}

/// Processor time of this thread, in nanoseconds: what other programs do meanwhile does not count.
qint64 processorTime()
{
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return qint64(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

/// Times of one kind of step, in microseconds.
class Series
{
public:
    template <typename Step>
    void time(Step &&step)
    {
        const qint64 before = processorTime();
        step();
        m_times.push_back(double(processorTime() - before) / 1000.0);
    }
    QJsonObject result() const
    {
        if (m_times.empty())
            return {};
        return {{u"count"_s, qint64(m_times.size())},
                {u"median_us"_s, bench::median(m_times)},
                {u"p99_us"_s, bench::quantile(m_times, 0.99)},
                {u"max_us"_s, bench::quantile(m_times, 1.0)}};
    }
    Series operator+(Series other) const
    {
        other.m_times.insert(other.m_times.end(), m_times.begin(), m_times.end());
        return other;
    }

private:
    std::vector<double> m_times;
};

/// Steps of tasks while everybody is busy and the rest waits: a task comes, an offer is accepted, a
/// task ends and its worker gets the next.
QJsonObject decisions(int workers, int waiting, int rounds)
{
    const double before = heapMiB();
    Desk desk;
    desk.furnish(workers);
    const double furnished = heapMiB();
    int next = 0;
    std::vector<TaskId> held;
    for (; next < workers; ++next)
        desk.create(Desk::arriving(next));
    desk.settle();
    while (!desk.offers.empty()) {
        for (const ReservationId &offer : std::exchange(desk.offers, {})) {
            const Reservation reservation = desk.tables.set.reservations.at(offer);
            held.push_back(reservation.task);
            std::ignore = routing::accept(desk.tables.set, offer, reservation.worker, desk.now,
                                          desk.emitter());
        }
        desk.settle();
    }
    const double manned = heapMiB();
    for (int i = 0; i < waiting; ++i)
        desk.create(Desk::arriving(next++));
    desk.settle();
    const double full = heapMiB();
    Series comes;
    Series freed;
    Series accepted;
    for (int i = 0; i < rounds; ++i) {
        desk.now = desk.now + 5ms;
        Task task = Desk::arriving(next++);
        comes.time([&] {
            desk.create(std::move(task));
            desk.settle();
        });
        if (held.empty())
            break;
        const size_t place = size_t(i) * 7919 % held.size();
        const TaskId over = held[place];
        freed.time([&] {
            std::ignore = routing::complete(desk.tables.set, over, {}, desk.emitter());
            desk.settle();
        });
        held[place] = held.back();
        held.pop_back();
        for (const ReservationId &offer : std::exchange(desk.offers, {})) {
            const auto found = desk.tables.set.reservations.find(offer);
            if (found == desk.tables.set.reservations.end())
                continue;
            const Reservation reservation = found->second;
            held.push_back(reservation.task);
            accepted.time([&] {
                std::ignore = routing::accept(desk.tables.set, offer, reservation.worker, desk.now,
                                              desk.emitter());
                desk.settle();
            });
        }
    }
    const Series all = comes + freed + accepted;
    return {{u"workers"_s, workers},
            {u"waiting"_s, qint64(desk.tables.set.tasks.size()) - workers},
            {u"task_comes"_s, comes.result()},
            {u"task_ends_and_next_is_offered"_s, freed.result()},
            {u"offer_is_accepted"_s, accepted.result()},
            {u"decision"_s, all.result()},
            {u"state_mib"_s, QJsonObject{{u"workers"_s, furnished - before},
                                         {u"assigned"_s, manned - furnished},
                                         {u"waiting"_s, full - manned},
                                         {u"all"_s, full - before}}}};
}

QJsonObject expressions(int rounds)
{
    const auto expression = routing::Expression::parse(
        u"skills HAS 'billing' AND language IN ['pl','en'] AND tier >= 2"_s);
    routing::Symbols symbols;
    std::vector<routing::Row> rows;
    std::vector<routing::Reference> columns;
    const routing::BoundExpression bound(
        *expression,
        [&](const routing::Reference &reference) -> routing::BoundExpression::Place {
            columns.push_back(reference);
            return {routing::BoundExpression::Place::Source::First, int(columns.size()) - 1};
        },
        symbols);
    std::vector<QJsonObject> workers;
    for (int i = 0; i < 10'000; ++i) {
        workers.push_back({{u"skills"_s, QJsonArray{i % 3 ? u"sales"_s : u"returns"_s,
                                                    i % 2 ? u"billing"_s : u"support"_s}},
                           {u"language"_s, i % 5 ? u"en"_s : u"de"_s},
                           {u"tier"_s, i % 4}});
        routing::Row row;
        for (const routing::Reference &column : columns)
            row.push_back(routing::cellOf(routing::follow(workers.back(), column), symbols, true));
        rows.push_back(std::move(row));
    }
    constexpr size_t InCache = 256;
    const routing::Row none;
    qint64 truths = 0;
    const qint64 start = processorTime();
    const int turns = rounds * 100;
    for (int turn = 0; turn < turns; ++turn) {
        for (size_t i = 0; i < InCache; ++i)
            truths += bound.evaluate(rows[i], none);
    }
    const double perSecond =
        double(turns) * double(InCache) * 1e9 / double(processorTime() - start);
    routing::WhoMatches who;
    for (const QJsonObject &worker : workers)
        who.add(worker);
    Series matches;
    size_t matching = 0;
    for (int i = 0; i < std::max(20, rounds); ++i)
        matches.time([&] { matching = who.matching(*expression).size(); });
    return {{u"evaluations_per_second"_s, perSecond},
            {u"share_true"_s, double(truths) / double(turns) / double(InCache)},
            {u"who_matches_of_10000"_s, matches.result()},
            {u"matching"_s, qint64(matching)}};
}

} // namespace

int main(int argc, char **argv)
{
    const auto argument = [&](int at, int otherwise) {
        return argc > at ? std::max(1, QByteArray(argv[at]).toInt()) : otherwise;
    };
    const int workers = argument(1, 10'000);
    const int waiting = argument(2, 100'000);
    const int rounds = argument(3, 2'000);
    const QJsonObject small = decisions(std::min(50, workers), std::min(1'000, waiting), rounds);
    const QJsonObject large = decisions(workers, waiting, rounds);
    const auto p99 = [](const QJsonObject &of) {
        return of.value(u"decision"_s).toObject().value(u"p99_us"_s).toDouble();
    };
    bench::print({{u"bench"_s, u"routing"_s},
                  {u"office"_s, small},
                  {u"largest"_s, large},
                  {u"p99_times_office"_s, p99(large) / p99(small)},
                  {u"expressions"_s, expressions(rounds)},
                  {u"clock"_s, u"processor time of the thread"_s},
                  {u"peers"_s, u"not measured"_s}});
    return 0;
}
