// SPDX-License-Identifier: GPL-3.0-or-later
/// Tasks from end to end in one process: placed, offered, accepted, completed, with the facts of 64
/// tasks in one durable commit of the log. Each commit takes the next step of what the ones before
/// it made durable. Arguments: rounds (default 10), commits per round (default 200), workers
/// (default 1000), folder (default: temporary).
#include "core/store/logstore.h"
#include "tests/bench/figures.h"
#include "tests/bench/routingdesk.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QTemporaryDir>

#include <deque>

using namespace peerdesk;
using namespace Qt::StringLiterals;

namespace {

constexpr int TasksPerCommit = 64;

/// A desk whose facts go to the log.
class DurableDesk
{
public:
    DurableDesk(const QString &folder, int workers)
    {
        auto log = store::LogStore::open(folder + u"/raft.db"_s);
        if (!log)
            qFatal("%s", qPrintable(log.error().detail));
        m_log = std::move(*log);
        m_desk.furnish(workers);
        m_desk.recorded = [this](const events::Fact &fact) { m_facts.push_back(fact); };
    }

    /// The clients' part, not measured: their texts for `commits` commits.
    void prepare(int commits)
    {
        for (int i = 0; i < commits * TasksPerCommit; ++i)
            m_arriving.push_back(bench::Desk::arriving(m_next++));
    }
    /// Ends what was accepted, accepts what was offered, places 64 more; then one commit.
    void commit()
    {
        for (const TaskId &task : std::exchange(m_held, {})) {
            std::ignore = routing::complete(m_desk.tables.set, task, {}, m_desk.emitter());
            ++m_done;
        }
        for (const ReservationId &id : std::exchange(m_desk.offers, {})) {
            const Reservation offer = m_desk.tables.set.reservations.at(id);
            std::ignore =
                routing::accept(m_desk.tables.set, id, offer.worker, m_desk.now, m_desk.emitter());
            m_held.push_back(offer.task);
        }
        m_desk.now = m_desk.now + Milliseconds(1);
        for (int i = 0; i < TasksPerCommit; ++i) {
            m_desk.create(std::move(m_arriving.front()));
            m_arriving.pop_front();
            m_desk.settle();
        }
        write();
    }
    qint64 done() const { return m_done; }
    qint64 written() const { return m_written; }

private:
    void write()
    {
        std::vector<store::LogEntry> entries;
        for (size_t from = 0; from < m_facts.size(); from += events::MaxBatchFacts) {
            const size_t to = std::min(m_facts.size(), from + events::MaxBatchFacts);
            events::Batch batch;
            batch.term = 1;
            batch.time = m_desk.now;
            batch.command = derivedId<CommandId>(OfficeId{}, QByteArray::number(m_index));
            batch.salt = batch.command.toBytes();
            batch.facts.assign(m_facts.begin() + qsizetype(from), m_facts.begin() + qsizetype(to));
            entries.push_back({m_index++, 1, events::encode(batch)});
        }
        m_written += qint64(m_facts.size());
        m_facts.clear();
        if (const auto appended = m_log->append(entries); !appended)
            qFatal("%s", qPrintable(appended.error().detail));
    }

    std::unique_ptr<store::LogStore> m_log;
    bench::Desk m_desk;
    std::vector<events::Fact> m_facts;
    std::vector<TaskId> m_held;
    std::deque<Task> m_arriving;
    quint64 m_index = 1;
    int m_next = 0;
    qint64 m_done = 0;
    qint64 m_written = 0;
};

} // namespace

int main(int argc, char *argv[])
{
    QCoreApplication application(argc, argv);
    const QStringList arguments = application.arguments();
    const auto argument = [&](int at, int otherwise) {
        return arguments.size() > at ? std::max(1, arguments.at(at).toInt()) : otherwise;
    };
    const int rounds = argument(1, 10);
    const int commits = argument(2, 200);
    const QTemporaryDir temporary;
    DurableDesk desk(arguments.value(4, temporary.path()), argument(3, 1000));
    desk.prepare(3);
    for (int i = 0; i < 3; ++i)
        desk.commit(); // until every commit has all the steps
    std::vector<double> rates;
    for (int round = 0; round < rounds; ++round) {
        desk.prepare(commits);
        const qint64 before = desk.done();
        QElapsedTimer timer;
        timer.start();
        for (int i = 0; i < commits; ++i)
            desk.commit();
        rates.push_back(double(desk.done() - before) * 1e9 / double(timer.nsecsElapsed()));
    }
    bench::print({{u"bench"_s, u"tasks end to end in one process"_s},
                  {u"tasks_per_commit"_s, TasksPerCommit},
                  {u"rounds"_s, rounds},
                  {u"tasks_per_second"_s, bench::median(rates)},
                  {u"slowest_round"_s, bench::quantile(rates, 0.0)},
                  {u"fastest_round"_s, bench::quantile(rates, 1.0)},
                  {u"facts_per_task"_s, double(desk.written()) / double(desk.done())}});
    return 0;
}
