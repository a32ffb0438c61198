// SPDX-License-Identifier: GPL-3.0-or-later
// Routing with many workers: medians and p99 as JSON on standard output.
// Usage: bench_routing [workers] [waiting tasks] [rounds]
#include "core/base/json.h"
#include "core/events/apply.h"
#include "tests/core/routing/rehearsal.h"

#include <QElapsedTimer>

#include <algorithm>
#include <cstdio>
#include <vector>

using namespace peerdesk;
using namespace peerdesk::rehearsal;

namespace {

/// Times of one kind of step, in microseconds.
class Series
{
public:
    template <typename Step>
    void time(Step &&step)
    {
        QElapsedTimer timer;
        timer.start();
        step();
        m_times.push_back(double(timer.nsecsElapsed()) / 1000.0);
    }
    QJsonObject result()
    {
        std::ranges::sort(m_times);
        const auto at = [this](double share) {
            return m_times[size_t(share * double(m_times.size() - 1))];
        };
        return {{u"count"_s, qint64(m_times.size())},
                {u"median_us"_s, at(0.5)},
                {u"p99_us"_s, at(0.99)},
                {u"max_us"_s, m_times.back()}};
    }

private:
    std::vector<double> m_times;
};

void furnish(TestOffice &office, int workers)
{
    for (int i = 0; i < 20; ++i)
        office.queue(u"Q%1"_s.arg(i), u"skills HAS 's%1'"_s.arg(i));
    office.workflow(u"W"_s, uR"({"filters":[
        {"expression":"language == 'de'","targets":[{"queue":"Q0","timeout":600,
            "expression":"task.language IN worker.languages","order_by":"worker.level DESC"}]},
        {"expression":"kind == 1","targets":[{"queue":"Q1"}]}],
        "default_filter":{"queue":"Q2"}})"_s);
    for (int i = 0; i < workers; ++i)
        office.worker(u"w%1"_s.arg(i),
                      uR"({"skills":["s%1","s%2"],"level":%3,"languages":["de"]})"_s.arg(i % 20)
                          .arg((i + 1) % 20)
                          .arg(i % 10));
}

QString attributesOf(int i)
{
    return i % 3 == 0 ? u"{\"language\":\"de\"}"_s : u"{\"kind\":%1}"_s.arg(i % 3);
}

/// One task's way: placed, offered, accepted, completed.
QJsonObject journey(TestOffice &office, int rounds)
{
    Series place;
    Series accept;
    Series complete;
    for (int i = 0; i < rounds; ++i) {
        const QString name = u"t%1"_s.arg(i);
        office.now = office.now + 10ms;
        place.time([&] { office.task(name, attributesOf(i)); });
        const QStringList offered = office.offered(name);
        if (offered.isEmpty())
            continue;
        accept.time([&] { std::ignore = office.accept(name, offered.front()); });
        complete.time([&] {
            std::ignore =
                routing::complete(office.set(), TestOffice::id<TaskId>(name), {}, office.emitter());
            office.settle();
        });
    }
    return {{u"create_and_offer"_s, place.result()},
            {u"accept_and_settle"_s, accept.result()},
            {u"complete_and_settle"_s, complete.result()}};
}

/// Everyone is busy, many wait, one worker comes free: who is next.
QJsonObject backlog(TestOffice &office, int waiting, int rounds)
{
    for (const auto &[id, worker] : std::map(office.set().workers))
        office.tell(events::WorkerActivityChanged{id, TestOffice::id<ActivityId>(u"Break"_s), false,
                                                  false});
    for (int i = 0; i < waiting; ++i)
        std::ignore = office.create(office.draft(u"b%1"_s.arg(i), attributesOf(i)));
    office.settle();
    Series freed;
    for (int i = 0; i < rounds && i < int(office.set().workers.size()); ++i)
        freed.time([&] { office.become(u"w%1"_s.arg(i), u"Available"_s); });
    return {{u"worker_comes_free"_s, freed.result()}};
}

} // namespace

int main(int argc, char **argv)
{
    const auto argument = [&](int at, int otherwise) {
        return argc > at ? std::max(1, QByteArray(argv[at]).toInt()) : otherwise;
    };
    const int workers = argument(1, 10'000);
    const int waiting = argument(2, 10'000);
    const int rounds = argument(3, 300);
    TestOffice office;
    furnish(office, workers);
    QJsonObject out{{u"bench"_s, u"routing"_s},
                    {u"workers"_s, workers},
                    {u"waiting"_s, waiting},
                    {u"journey"_s, journey(office, rounds)},
                    {u"backlog"_s, backlog(office, waiting, rounds)}};
    Series rebuild;
    for (int i = 0; i < 3; ++i)
        rebuild.time([&] { office.router.rebuild(); });
    out.insert(u"derive_everything_anew"_s, rebuild.result());
    std::puts(QJsonDocument(out).toJson().constData());
    return 0;
}
