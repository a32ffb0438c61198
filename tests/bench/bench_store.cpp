// SPDX-License-Identifier: GPL-3.0-or-later
/// Durable facts per second at 64 facts per commit, against SQLite's own rate for rows of the same
/// size in the same run: alternating rounds, medians. Durable = in the log and synced: from there
/// on nothing can lose them. Applied = also in every table, index and the archive of office.db,
/// which is what an answer waits for; with the log and the applying in a thread each, as a node has
/// them. Arguments: rounds (default 30), groups per round (default 20), folder (default:
/// temporary).
#include "core/store/logstore.h"
#include "core/store/officestore.h"
#include "tests/bench/figures.h"
#include "tests/core/store/storefixtures.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QTemporaryDir>

#include <semaphore>
#include <sqlite3.h>
#include <thread>

using namespace peerdesk;
using namespace peerdesk::store;
using namespace Qt::StringLiterals;

namespace {

constexpr int FactsPerCommit = 64;

[[noreturn]] void die(const QString &why)
{
    qFatal("%s", qPrintable(why));
}

/// Entries that hold `count` facts altogether, numbered on from `next`.
std::vector<LogEntry> factsGroup(int &next, int count)
{
    std::vector<LogEntry> entries;
    while (count > 0) {
        events::Batch batch = fixtures::inboundBatch(next);
        if (int(batch.facts.size()) > count)
            batch.facts.resize(size_t(count));
        count -= int(batch.facts.size());
        entries.push_back(fixtures::entryOf(quint64(next), batch));
        ++next;
    }
    return entries;
}

/// SQLite through its C interface: one table, one index-free insert per row, one commit per group.
class RawSqlite
{
public:
    explicit RawSqlite(const QString &path)
    {
        run(sqlite3_open(path.toUtf8().constData(), &m_db));
        for (const char *sql :
             {"PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA cache_size=-16384",
              "CREATE TABLE fact (position INTEGER PRIMARY KEY, body BLOB NOT NULL)"})
            run(sqlite3_exec(m_db, sql, nullptr, nullptr, nullptr));
        run(sqlite3_prepare_v2(m_db, "INSERT INTO fact (body) VALUES (?)", -1, &m_insert, nullptr));
    }
    ~RawSqlite()
    {
        sqlite3_finalize(m_insert);
        sqlite3_close(m_db);
    }
    RawSqlite(const RawSqlite &) = delete;
    RawSqlite &operator=(const RawSqlite &) = delete;

    void commit(const QByteArray &row, int rows)
    {
        run(sqlite3_exec(m_db, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr));
        for (int i = 0; i < rows; ++i) {
            sqlite3_bind_blob(m_insert, 1, row.constData(), int(row.size()), nullptr);
            sqlite3_step(m_insert);
            run(sqlite3_reset(m_insert));
        }
        run(sqlite3_exec(m_db, "COMMIT", nullptr, nullptr, nullptr));
    }

private:
    void run(int code)
    {
        if (code != SQLITE_OK)
            die(QString::fromUtf8(sqlite3_errmsg(m_db)));
    }

    sqlite3 *m_db = nullptr;
    sqlite3_stmt *m_insert = nullptr;
};

/// The product's two files, driven as the node drives them.
class Product
{
public:
    explicit Product(const QString &folder)
    {
        auto log = LogStore::open(folder + u"/raft.db"_s);
        auto office = OfficeStore::open(folder + u"/office.db"_s);
        if (!log || !office)
            die(u"cannot open the stores in "_s + folder);
        m_log = std::move(*log);
        m_office = std::move(*office);
    }

    void append(const std::vector<LogEntry> &entries)
    {
        if (const auto appended = m_log->append(entries); !appended)
            die(appended.error().detail);
    }
    void apply(const std::vector<LogEntry> &entries)
    {
        if (const auto applied = m_office->apply(entries); !applied)
            die(applied.error().detail);
    }

private:
    std::unique_ptr<LogStore> m_log;
    std::unique_ptr<OfficeStore> m_office;
};

using Work = std::vector<std::vector<LogEntry>>; ///< one group = one commit

Work nextWork(int &next, int groups)
{
    Work work;
    for (int i = 0; i < groups; ++i)
        work.push_back(factsGroup(next, FactsPerCommit));
    return work;
}

QByteArray averageFact(const Work &work)
{
    qsizetype bytes = 0;
    for (const auto &group : work) {
        for (const LogEntry &entry : group)
            bytes += entry.payload.size();
    }
    return QByteArray(bytes / (qsizetype(work.size()) * FactsPerCommit), 'x');
}

/// Seconds until the work is in the log, synced group by group.
double inTheLog(LogStore &log, const Work &work)
{
    QElapsedTimer timer;
    timer.start();
    for (const auto &group : work) {
        if (const auto appended = log.append(group); !appended)
            die(appended.error().detail);
    }
    return double(timer.nsecsElapsed()) / 1e9;
}

/// Seconds in which the work is logged and applied, one group after the other.
double inOneThread(Product &product, const Work &work)
{
    QElapsedTimer timer;
    timer.start();
    for (const auto &group : work) {
        product.append(group);
        product.apply(group);
    }
    return double(timer.nsecsElapsed()) / 1e9;
}

/// The same as a node does it: what is in the log is applied while the log takes the next group.
double inTwoThreads(Product &product, const Work &work)
{
    QElapsedTimer timer;
    timer.start();
    std::counting_semaphore<> logged{0};
    std::thread applier([&] {
        for (const auto &group : work) {
            logged.acquire();
            product.apply(group);
        }
    });
    for (const auto &group : work) {
        product.append(group);
        logged.release();
    }
    applier.join();
    return double(timer.nsecsElapsed()) / 1e9;
}

double inRawSqlite(RawSqlite &raw, const QByteArray &row, int groups)
{
    QElapsedTimer timer;
    timer.start();
    for (int i = 0; i < groups; ++i)
        raw.commit(row, FactsPerCommit);
    return double(timer.nsecsElapsed()) / 1e9;
}

} // namespace

int main(int argc, char *argv[])
{
    QCoreApplication application(argc, argv);
    const QStringList arguments = application.arguments();
    const int rounds = arguments.value(1, u"30"_s).toInt();
    const int groups = arguments.value(2, u"20"_s).toInt();
    QTemporaryDir temporary;
    const QString folder = arguments.value(3, temporary.path());
    const double facts = groups * FactsPerCommit;

    Product product(folder);
    RawSqlite raw(folder + u"/raw.db"_s);
    auto log = LogStore::open(folder + u"/alone.db"_s);
    if (!log)
        die(log.error().detail);
    int next = 1;
    int nextAlone = 1;
    std::vector<double> rawRates, logRates, oneRates, twoRates, logRatios, oneRatios, twoRatios;
    for (int round = 0; round < rounds; ++round) {
        const Work first = nextWork(next, groups);
        const Work second = nextWork(next, groups);
        rawRates.push_back(facts / inRawSqlite(raw, averageFact(first), groups));
        logRates.push_back(facts / inTheLog(**log, nextWork(nextAlone, groups)));
        twoRates.push_back(facts / inTwoThreads(product, first));
        oneRates.push_back(facts / inOneThread(product, second));
        logRatios.push_back(logRates.back() / rawRates.back());
        twoRatios.push_back(twoRates.back() / rawRates.back());
        oneRatios.push_back(oneRates.back() / rawRates.back());
    }
    bench::print({{u"bench"_s, u"durable facts, 64 per commit"_s},
                  {u"rounds"_s, rounds},
                  {u"facts_per_round"_s, facts},
                  {u"raw_sqlite_facts_per_second"_s, bench::median(rawRates)},
                  {u"durable_facts_per_second"_s, bench::median(logRates)},
                  {u"ratio"_s, bench::median(logRatios)},
                  {u"applied_facts_per_second"_s, bench::median(twoRates)},
                  {u"applied_facts_per_second_in_one_thread"_s, bench::median(oneRates)},
                  {u"ratio_applied"_s, bench::median(twoRatios)},
                  {u"ratio_applied_in_one_thread"_s, bench::median(oneRatios)},
                  {u"target_ratio"_s, 0.4}});
    return 0;
}
